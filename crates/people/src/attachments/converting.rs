//! Converting files of Word and PowerPoint, and rich text, to Markdown.

use async_recursion::async_recursion as boxed;
use attachments::{Conversion, Job, Outcome, clean_name};
use node::{Node, NodeError, work::spawn_blocking};
use store::NewAttachment;
use wire::Digest;

use super::{Upload, alt_text, prepared};

/// Converts rich text that was pasted, which a browser hands over as HTML; `None` if it is too long.
///
/// # Errors
/// [`NodeError::Task`].
#[boxed]
pub async fn convert_rich_text(html: String) -> Result<Option<String>, NodeError> {
    Ok(spawn_blocking(move || office::markdown_of_html(&html)).await?)
}

/// Converts a file of Word or PowerPoint, with or without the notes of a speaker. `Err` is why it is not read, in a
/// sentence for the person who uploaded it.
///
/// # Errors
/// When no process can be started for it.
#[boxed]
pub async fn convert(
    node: &Node,
    upload: &Upload,
    speaker_notes: bool,
) -> Result<Result<Conversion, String>, NodeError> {
    let job = if speaker_notes {
        Job::ConvertWithNotes
    } else {
        Job::Convert
    };
    Ok(
        match node
            .file_reader
            .work(job, upload.bytes.clone(), &upload.name)
            .await?
        {
            Outcome::Converted(conversion) => Ok(conversion),
            Outcome::Refused(why) => Err(why),
            Outcome::Words(_) | Outcome::Picture(_) | Outcome::Kind(_) => {
                Err(attachments::Refused::Unknown.to_string())
            }
        },
    )
}

/// Takes the pictures of a converted file, each written again without metadata. One that is not taken is added to the list
/// of what was left out; one that is of another kind afterwards has another name, in the text as well.
///
/// # Errors
/// When no process can be started for the work on them.
#[boxed]
pub async fn prepare_pictures(
    node: &Node,
    conversion: &mut Conversion,
) -> Result<Vec<NewAttachment>, NodeError> {
    let mut files = Vec::new();
    for picture in std::mem::take(&mut conversion.pictures) {
        match prepared(node, picture.bytes, &picture.name).await? {
            Ok((kind, bytes)) => {
                let name = clean_name(&picture.name, kind);
                rename(conversion, &picture.name, &name);
                files.push(NewAttachment {
                    digest: Digest::for_bytes(&bytes),
                    kind: kind.extension().to_owned(),
                    bytes,
                    name,
                    alt: alt_text(&picture.alt),
                });
            }
            Err(why) => {
                let line = format!("1 picture ({}) left out: {why}", picture.name);
                conversion.omissions.push(line);
            }
        }
    }
    Ok(files)
}

/// Changes the name of a picture in a text.
fn rename(conversion: &mut Conversion, from: &str, to: &str) {
    if from == to {
        return;
    }
    let (from, to) = (format!("(attachment:{from})"), format!("(attachment:{to})"));
    conversion.markdown = conversion.markdown.replace(&from, &to);
    for section in &mut conversion.sections {
        section.markdown = section.markdown.replace(&from, &to);
    }
}
