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
/// What to do about a file that is too large, and about a picture.
const SMALLER: &str = "Make its pictures smaller, or leave some of them out: in Word and PowerPoint, choose a picture, and then “Compress Pictures”";
const SMALLER_PICTURE: &str = "Save it with fewer pixels, or as JPEG";
/// How the names of pictures end.
const PICTURES: [&str; 4] = [".png", ".jpg", ".jpeg", ".webp"];
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
        let ending = name.to_lowercase();
        let advice = match PICTURES.iter().any(|picture| ending.ends_with(picture)) {
            true => SMALLER_PICTURE,
            false => SMALLER,
        };
        Some(format!("{file} is larger than 8 MB. {advice}"))
    }

    /// Takes the file, with what it shows.
    pub(crate) fn take(&mut self) -> Option<Upload> {
        let alt = self.get("alt").to_owned();
        let (name, bytes) = self.file.take()?;
        Some(Upload { name, bytes, alt })
    }
}
