//! SHA-512 of files: an archive compares it in thirty years, with tools that are not ours. Older hashes are read where
//! others have listed them.
//!
//! Knows nothing of where a file belongs.

use std::io::{Read, Write};
use std::path::Path;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as Hasher, Sha224, Sha256, Sha384, Sha512};

use super::FileError;

/// The hash and the size of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// SHA-512 in hexadecimal, lower case.
    pub sha512: String,
    /// The size in bytes.
    pub size: u64,
}

/// The most bytes that are read at once.
const CHUNK: usize = 256 << 10;

/// A writer that hashes the bytes it passes on.
pub struct Hashing<W> {
    inner: W,
    hasher: Sha512,
    size: u64,
}

impl<W> Hashing<W> {
    /// Creates a writer that passes everything on to `inner`.
    pub fn new(inner: W) -> Self {
        Self { inner, hasher: Sha512::new(), size: 0 }
    }

    /// Returns the hash of everything written, and the inner writer.
    pub fn finish(self) -> (Digest, W) {
        (Digest { sha512: hexadecimal(&self.hasher.finalize()), size: self.size }, self.inner)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}

/// Hashes bytes.
pub fn digest_bytes(bytes: &[u8]) -> Digest {
    let mut hashing = Hashing::new(std::io::sink());
    hashing.hasher.update(bytes);
    hashing.size = bytes.len() as u64;
    hashing.finish().0
}

/// Hashes bytes with SHA-256, which lists on the web give; hexadecimal, lower case.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Hashes a regular file piece by piece.
pub fn digest(path: &Path) -> Result<Digest, FileError> {
    let mut file = open_regular(path)?;
    let mut hashing = Hashing::new(std::io::sink());
    pour(&mut file, &mut hashing, path, FileError::of(path, "kann nicht gelesen werden"))?;
    Ok(hashing.finish().0)
}

/// The ways to hash that lists of files use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HashKind {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl HashKind {
    /// All there are.
    pub const ALL: [Self; 6] =
        [Self::Md5, Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// Gives its name as it stands in names of lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Counts the digits of a hash.
    pub fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha224 => 56,
            Self::Sha256 => 64,
            Self::Sha384 => 96,
            Self::Sha512 => 128,
        }
    }

    /// Hashes a regular file piece by piece; hexadecimal, lower case.
    pub fn of(self, path: &Path) -> Result<String, FileError> {
        match self {
            Self::Md5 => hashed::<Md5>(path),
            Self::Sha1 => hashed::<Sha1>(path),
            Self::Sha224 => hashed::<Sha224>(path),
            Self::Sha256 => hashed::<Sha256>(path),
            Self::Sha384 => hashed::<Sha384>(path),
            Self::Sha512 => hashed::<Sha512>(path),
        }
    }
}

/// A writer that only hashes.
struct HashSink<D>(D);

impl<D: Hasher> Write for HashSink<D> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn hashed<D: Hasher>(path: &Path) -> Result<String, FileError> {
    let mut file = open_regular(path)?;
    let mut sink = HashSink(D::new());
    pour(&mut file, &mut sink, path, FileError::of(path, "kann nicht gelesen werden"))?;
    Ok(hexadecimal(&sink.0.finalize()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Opens a regular file; reading a device or a pipe could block for ever.
pub(super) fn open_regular(path: &Path) -> Result<std::fs::File, FileError> {
    let fail = || FileError::of(path, "kann nicht gelesen werden");
    if !std::fs::metadata(path).map_err(fail())?.is_file() {
        return Err(fail()(std::io::Error::other("keine gewöhnliche Datei")));
    }
    std::fs::File::open(path).map_err(fail())
}

/// Copies everything from `from`, the file called `name`; `failed` describes a failure to write.
pub(super) fn pour(
    from: &mut std::fs::File,
    to: &mut impl Write,
    name: &Path,
    failed: impl FnOnce(std::io::Error) -> FileError,
) -> Result<(), FileError> {
    let size = from.metadata().map_or(CHUNK as u64, |metadata| metadata.len());
    // Most files are small, and memory that is not used still has to be cleared. One byte more finds the end.
    let mut chunk = vec![0; CHUNK.min(usize::try_from(size).unwrap_or(CHUNK) + 1)];
    loop {
        let count = match from.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(FileError::of(name, "kann nicht gelesen werden")(error)),
        };
        if let Err(error) = to.write_all(&chunk[..count]) {
            return Err(failed(error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_files_hash_alike() {
        // The vector of FIPS 180-2 for "abc".
        let abc = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert_eq!(digest_bytes(b"abc"), Digest { sha512: abc.into(), size: 3 });
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..3 * CHUNK + 7).map(|n| n as u8).collect();
        std::fs::write(folder.path().join("a"), &bytes).unwrap();
        assert_eq!(digest(&folder.path().join("a")).unwrap(), digest_bytes(&bytes));
        assert!(digest(folder.path()).is_err());
    }

    #[test]
    fn files_are_hashed_in_every_way_that_lists_use() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "abc").unwrap();
        // The vectors of RFC 1321, FIPS 180-2 and RFC 3874.
        for (kind, hash) in [
            (HashKind::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (HashKind::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (HashKind::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (HashKind::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ] {
            assert_eq!(kind.of(&path).unwrap(), hash);
        }
        assert_eq!(sha256(b"abc"), HashKind::Sha256.of(&path).unwrap());
        for kind in HashKind::ALL {
            assert_eq!(kind.of(&path).unwrap().len(), kind.digits(), "{}", kind.name());
        }
    }
}
