//! A secret of the user, by which this program knows again what it wrote itself.
//!
//! A project may come from anybody, with all that lies in it; the secret lies outside of all projects. Never shown.

use std::fmt;
use std::path::Path;

use super::write::write_new_own;

const NAME: &str = "secret";
const BYTES: usize = 32;

/// A secret of the user.
#[derive(Clone)]
pub struct UserSecret([u8; BYTES]);

impl UserSecret {
    /// Reads the secret that lies in a folder, which only the user can open; it is made if there is none. None if it cannot be
    /// had: then nothing is known again.
    pub fn in_folder(folder: &Path) -> Option<Self> {
        let path = folder.join(NAME);
        read(&path).or_else(|| {
            let mut bytes = [0; BYTES];
            getrandom::fill(&mut bytes).ok()?;
            // Another run may have been faster.
            write_new_own(&path, &bytes).ok();
            read(&path)
        })
    }

    /// Gives what nobody can tell of these parts who does not know the secret. It is compared in a time that says nothing.
    pub fn seal(&self, parts: &[&[u8]]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        hasher.finalize()
    }
}

impl fmt::Debug for UserSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserSecret")
    }
}

/// Reads a secret that nobody else can have written or read.
fn read(path: &Path) -> Option<UserSecret> {
    let found = path.symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::mode(&found) & 0o077 != 0 {
        return None;
    }
    #[cfg(not(unix))]
    let _ = found;
    super::read(path, BYTES as u64).ok()?.try_into().ok().map(UserSecret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_stays_the_same_and_another_is_another() {
        let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let seal = |folder: &Path, parts: &[&[u8]]| UserSecret::in_folder(folder).unwrap().seal(parts);
        let folder = one.path().join("state/anlage");
        let first = seal(&folder, &[b"a", b"bc"]);
        assert_eq!(seal(&folder, &[b"a", b"bc"]), first);
        assert_ne!(seal(&folder, &[b"ab", b"c"]), first);
        assert_ne!(seal(other.path(), &[b"a", b"bc"]), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&folder.join(NAME))), (0o700, 0o600));
        }
        assert_eq!(format!("{:?}", UserSecret::in_folder(&folder)), "Some(UserSecret)");
    }

    #[test]
    fn what_may_be_somebody_elses_is_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        for wrong in [&[7; BYTES - 1][..], &[7; BYTES + 1], b""] {
            std::fs::write(&path, wrong).unwrap();
            own(&path);
            assert!(UserSecret::in_folder(folder.path()).is_none(), "{wrong:?}");
            assert_eq!(std::fs::read(&path).unwrap(), wrong);
        }
        std::fs::write(&path, [7; BYTES]).unwrap();
        own(&path);
        assert!(UserSecret::in_folder(folder.path()).is_some());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
            assert!(UserSecret::in_folder(folder.path()).is_none(), "others may have read it");
            own(&path);
            let link = folder.path().join("b");
            std::fs::create_dir(&link).unwrap();
            std::os::unix::fs::symlink(&path, link.join(NAME)).unwrap();
            assert!(UserSecret::in_folder(&link).is_none(), "a link");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(UserSecret::in_folder(folder.path()).is_none(), "a folder");
        assert!(UserSecret::in_folder(&folder.path().join("a\0b")).is_none(), "no such place");
    }

    /// Keeps a file from others.
    fn own(path: &Path) {
        #[cfg(unix)]
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        #[cfg(not(unix))]
        let _ = path;
    }
}
