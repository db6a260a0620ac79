//! Writes the list of what lies in the public folder beside it, as a page and for programs.
//!
//! What it says of a file passed through the gate before the file was put there. What it says is decided in `packet`.

use std::path::PathBuf;

use super::{MAX_PACKET_BYTES, PacketPlace, folder_of};
use crate::files::{self, FileError};
use crate::packet::{PublicFile, index_html, index_json, is_index};
use crate::record::names::{INDEX_FILES, PUBLIC_FOLDER};
use crate::run::{AsideReason, set_aside};

impl PacketPlace<'_> {
    /// Writes what the public folder holds now; where it holds nothing there is no list. Returns the files of the list, and
    /// whether they had to be written.
    pub(in crate::tasks) fn write_index(
        &mut self,
        municipality: Option<&str>,
    ) -> Result<(Vec<PathBuf>, bool), FileError> {
        let files = self.public_files();
        let files: Vec<(&str, &PublicFile)> =
            files.iter().map(|(name, listed)| (name.as_str(), listed)).collect();
        let (mut paths, mut is_written) = (Vec::new(), false);
        let texts = [index_html(municipality, &files), index_json(&files)];
        for (name, text) in INDEX_FILES.into_iter().zip(texts) {
            let text = (!files.is_empty()).then_some(text);
            is_written |= self.put_index(name, text.as_deref())?;
            paths.extend(text.map(|_| self.store.folder().join(PUBLIC_FOLDER).join(name)));
        }
        Ok((paths, is_written))
    }

    /// What lies in the public folder as it was put there, by its names.
    fn public_files(&self) -> Vec<(String, PublicFile)> {
        let public = self.known.packets.iter().filter(|(path, _)| folder_of(path) == PUBLIC_FOLDER);
        let listed = public.filter_map(|(path, packet)| {
            let listed = packet.listed.clone()?;
            let there = self.store.folder().join(path).metadata().ok()?;
            let name = path.rsplit('/').next()?.to_owned();
            (there.len() == listed.bytes).then_some((name, listed))
        });
        listed.collect()
    }

    /// Writes a file of the list, and returns whether that had to be.
    fn put_index(&mut self, name: &str, text: Option<&str>) -> Result<bool, FileError> {
        let file = self.store.folder().join(PUBLIC_FOLDER).join(name);
        let there = files::hash_if_there(&file, MAX_PACKET_BYTES)?;
        let now = text.map(|text| files::hash(&[text.as_bytes()]));
        let known = self.known.index.get(name);
        if there == now && known == now.as_ref() {
            return Ok(false);
        }
        let is_ours = match known {
            Some(known) => there.as_ref() == Some(known),
            // What is known may be lost.
            None => files::read(&file, MAX_PACKET_BYTES).is_ok_and(|bytes| is_index(&bytes)),
        };
        let is_ours = is_ours || there.is_none() || there == now;
        match text {
            Some(text) => {
                if !is_ours {
                    self.moved.push(set_aside(self.store.folder(), &file, AsideReason::NotOurs)?);
                }
                files::write(&file, text.as_bytes())?;
            }
            // It says nothing that is not said elsewhere, so there is nothing to keep.
            None if is_ours => {
                files::remove(&file)?;
            }
            None => {}
        }
        match now {
            Some(now) => self.known.index.insert(name.to_owned(), now),
            None => self.known.index.remove(name),
        };
        self.save()?;
        Ok(text.is_some())
    }
}
