//! Pictures within a file of Office, taken out as they are. Whoever keeps them writes them again without metadata.

use std::collections::HashMap;

use crate::{
    limits::{MAX_ALT_CHARS, MAX_PICTURE_BYTES, MAX_PICTURES, MAX_PICTURES_BYTES},
    omission::Lost,
    package::Package,
    refusal::Refusal,
};

/// A picture of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The name that the markdown refers to, as `attachment:NAME`.
    pub name: String,
    /// What it shows, as far as the file says. An author must complete it.
    pub alt: String,
    /// PNG, JPEG or WebP, not looked into.
    pub bytes: Vec<u8>,
}

/// The pictures that were taken so far.
#[derive(Default)]
pub(crate) struct Pictures {
    taken: Vec<Picture>,
    /// By part: a picture that is shown several times is one file.
    by_part: HashMap<String, usize>,
    bytes: usize,
}

impl Pictures {
    /// Takes a picture out of the file; returns its name and description, or why it is left out.
    pub(crate) fn take(
        &mut self,
        package: &Package<'_>,
        part: &str,
        alt: &str,
    ) -> Result<Result<(String, String), Lost>, Refusal> {
        let alt: String = alt
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_ALT_CHARS)
            .collect();
        if let Some(held) = self.by_part.get(part).and_then(|at| self.taken.get(*at)) {
            let alt = Some(alt).filter(|alt| !alt.is_empty());
            return Ok(Ok((
                held.name.clone(),
                alt.unwrap_or_else(|| held.alt.clone()),
            )));
        }
        if self.taken.len() >= MAX_PICTURES || self.bytes >= MAX_PICTURES_BYTES {
            return Ok(Err(Lost::ManyPictures));
        }
        let extension = part
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension)
            .to_ascii_lowercase();
        if !matches!(
            extension.as_str(),
            "png" | "jpg" | "jpeg" | "jpe" | "jfif" | "webp" | "tmp" | "bin" | ""
        ) {
            return Ok(Err(Lost::PictureForm));
        }
        let bytes =
            match package.bytes(part, MAX_PICTURE_BYTES.min(MAX_PICTURES_BYTES - self.bytes)) {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return Ok(Err(Lost::PictureForm)),
                Err(Refusal::TooLarge) => return Ok(Err(Lost::LargePicture)),
                Err(refusal) => return Err(refusal),
            };
        let Some(extension) = extension_of(&bytes) else {
            return Ok(Err(Lost::PictureForm));
        };
        let name = format!("picture-{}.{extension}", self.taken.len() + 1);
        self.bytes += bytes.len();
        self.by_part.insert(part.to_owned(), self.taken.len());
        self.taken.push(Picture {
            name: name.clone(),
            alt: alt.clone(),
            bytes,
        });
        Ok(Ok((name, alt)))
    }

    /// Returns all that were taken.
    pub(crate) fn finish(self) -> Vec<Picture> {
        self.taken
    }
}

/// Returns the extension of a picture by its first bytes; nothing for one that is not taken.
fn extension_of(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG") {
        Some("png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("jpg")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some("webp")
    } else {
        None
    }
}
