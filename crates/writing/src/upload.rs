//! A form with a file, read within limits.

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::Field},
    response::Response,
};
use drafting::Pairs;
use http::StatusCode;
use pages::words;
use people::attachments::{MAX_BYTES, Upload};

/// Most fields of a form with a file.
const MAX_FIELDS: usize = 12;
/// Characters of the name of a file that its page says again.
const MAX_NAME: usize = 80;
/// What to do about a file that is too large, by how its name ends.
const SMALLER: [(&[&str], &str); 4] = [
    (
        &[".docx", ".pptx"],
        "Make its pictures smaller, or leave some of them out: choose a picture, and then “Compress Pictures”",
    ),
    (
        &[".pdf"],
        "Leave pages out, or make it once more with smaller pictures: in Word and PowerPoint, choose a picture, and then “Compress Pictures”",
    ),
    (
        &[".csv", ".xlsx"],
        "Leave out rows, columns and sheets that readers do not need",
    ),
    (
        &[".png", ".jpg", ".jpeg", ".webp"],
        "Save it with fewer pixels, or as JPEG",
    ),
];
/// What to do about any other file that is too large.
const SMALLER_OTHER: &str = "Choose a smaller one";
/// The longest value of a field that is no file, in bytes.
const MAX_VALUE_BYTES: usize = 8 * 1024;

/// Says of a request that a part of its file was left out, since it is larger than is read.
#[derive(Debug, Clone, Copy)]
pub struct FileTooLarge;

/// What a form with a file has sent.
#[derive(Debug)]
pub struct Uploaded {
    fields: Pairs,
    /// Its name as the browser gave it, and its bytes.
    file: Option<(String, Vec<u8>)>,
    /// The name of a file that has more bytes than are read.
    too_large: Option<String>,
}

impl<S: Send + Sync> FromRequest<S> for Uploaded {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let refused = |status| pages::errors::page_of(status);
        let is_cut = request.extensions().get::<FileTooLarge>().is_some();
        let form = Multipart::from_request(request, state).await;
        let mut form = form.map_err(|_| refused(StatusCode::BAD_REQUEST))?;
        let mut sent = Self {
            fields: Pairs::new(),
            file: None,
            too_large: None,
        };
        for _ in 0..MAX_FIELDS {
            let field = form.next_field().await;
            let Some(field) = field.map_err(|error| refused(error.status()))? else {
                return Ok(sent);
            };
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(str::to_owned);
            let max = if file_name.is_some() {
                MAX_BYTES
            } else {
                MAX_VALUE_BYTES
            };
            let bytes = match (read(field, max).await, &file_name) {
                // The page of the form says what to do about it.
                (Ok(_), Some(name)) if is_cut => {
                    sent.too_large = Some(name.clone());
                    continue;
                }
                (Err(StatusCode::PAYLOAD_TOO_LARGE), Some(name)) => {
                    sent.too_large = Some(name.clone());
                    continue;
                }
                (Ok(bytes), _) => bytes,
                (Err(status), _) => return Err(refused(status)),
            };
            match file_name {
                // A browser sends an empty file where none was chosen.
                Some(file_name) if !bytes.is_empty() => sent.file = Some((file_name, bytes)),
                Some(_) => {}
                None => {
                    let value = String::from_utf8_lossy(&bytes).into_owned();
                    sent.fields.push((name, value));
                }
            }
        }
        Err(refused(StatusCode::BAD_REQUEST))
    }
}

/// Reads a field to its end, or to the bound.
async fn read(mut field: Field<'_>, max: usize) -> Result<Vec<u8>, StatusCode> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| error.status())? {
        if bytes.len() + chunk.len() > max {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Says what to do about a file that is too large.
fn smaller(name: &str) -> &'static str {
    let name = name.trim().to_lowercase();
    let ends = |(endings, _): &&(&[&str], &str)| endings.iter().any(|end| name.ends_with(end));
    SMALLER
        .iter()
        .find(ends)
        .map_or(SMALLER_OTHER, |(_, advice)| advice)
}

impl Uploaded {
    /// Returns the first value of a name; nothing if it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(held, _)| held == name);
        found.map_or("", |(_, value)| value)
    }

    /// Returns what to do about a file with more bytes than are read, if there is one.
    pub(crate) fn too_large(&self) -> Option<String> {
        let name = self.too_large.as_deref()?;
        let name = words::cut(&markdown::visible(name.trim()), MAX_NAME);
        let file = match name.is_empty() {
            true => "The file".to_owned(),
            false => format!("“{name}”"),
        };
        let advice = smaller(self.too_large.as_deref().unwrap_or_default());
        Some(format!("{file} is larger than 8 MB. {advice}"))
    }

    /// Takes the file, with what it shows.
    pub(crate) fn take(&mut self) -> Option<Upload> {
        let alt = self.get("alt").to_owned();
        let (name, bytes) = self.file.take()?;
        Some(Upload { name, bytes, alt })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_about_a_large_file_fits_what_it_is() {
        for (name, words) in [
            ("Board paper.DOCX", "Compress Pictures"),
            ("slides.pptx", "Compress Pictures"),
            ("report.pdf", "Leave pages out"),
            ("big.csv", "rows, columns"),
            ("big.xlsx", "sheets"),
            ("board.JPG ", "fewer pixels"),
            ("film.mp4", "a smaller one"),
            ("", "a smaller one"),
        ] {
            assert!(smaller(name).contains(words), "{name}: {}", smaller(name));
        }
        assert!(!smaller("big.csv").contains("icture"));
    }
}
