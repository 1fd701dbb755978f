//! The files that a Markdown file has attached: `attachments` in its front matter, each next to it or below its folder.
//!
//! An import reads them within bounds, follows no link out of the folder, and takes each as an upload in the browser is taken:
//! by what it is, pictures without metadata, its words checked for patient data. An export writes them, and the key.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Component, Path, PathBuf},
};

use domain::{
    Attachment, Document, Fault,
    value::{Map, Value},
};
use node::{Node, NodeError, flows::publish::Submission, work::spawn_blocking};
use patient_data::{Acceptance, Severity};
use people::{
    about,
    attachments::{self, MAX_BYTES, MAX_COUNT, Upload},
};
use wire::{Digest, DocumentId};

mod paths;

pub(crate) use paths::ListedPaths;

/// The key of front matter.
const KEY: &str = "attachments";
/// What the folder of a document's files is called, behind the name of its Markdown file.
const FOLDER: &str = ".files";

/// The files that a Markdown file lists. They are read one at a time when its document is published: an import prepares
/// hundreds of documents together, and each may have 128 MiB of files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attached {
    /// The folder of the Markdown file.
    folder: PathBuf,
    files: Vec<Listed>,
}

/// A file that front matter lists.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Listed {
    /// Its path from the folder of the Markdown file.
    file: String,
    /// What it shows, if it is a picture.
    alt: String,
}

/// Takes the list of attached files out of a document that was read of the file at `markdown`; or what is wrong with it.
pub(crate) fn take(document: &mut Document, markdown: &Path) -> Result<Attached, Vec<Fault>> {
    let files = listed(document).map_err(|fault| vec![fault])?;
    let folder = markdown.parent().unwrap_or(markdown).to_path_buf();
    Ok(Attached { folder, files })
}

fn listed(document: &mut Document) -> Result<Vec<Listed>, Fault> {
    let unknown = &mut document.private.unknown;
    let is_list = |path: &[String]| matches!(path, [key] if key == KEY);
    let Some(index) = unknown.iter().position(|(path, _)| is_list(path)) else {
        return Ok(Vec::new());
    };
    let (_, value) = unknown.remove(index);
    let nodes = value.as_list().unwrap_or_default();
    let listed: Option<Vec<Listed>> = nodes
        .iter()
        .map(|node| match node.value.as_map() {
            Some(map) => {
                let text = |wanted: &str| {
                    let (_, node) = map.iter().find(|(key, _)| key == wanted)?;
                    node.value.as_text().map(str::to_owned)
                };
                Some(Listed {
                    file: text("file")?,
                    alt: text("alt").unwrap_or_default(),
                })
            }
            None => Some(Listed {
                file: node.value.as_text()?.to_owned(),
                alt: String::new(),
            }),
        })
        .collect();
    match listed {
        Some(listed) if value.as_list().is_some() && listed.len() <= MAX_COUNT => Ok(listed),
        Some(_) | None => Err(fault(format!(
            "`{KEY}` is a list of at most {MAX_COUNT} files, each with `file` and `alt`"
        ))),
    }
}

/// Reads one file below a folder; returns its name and its bytes, or why it is not read.
fn read(folder: &Path, path: &str) -> Result<(String, Vec<u8>), String> {
    let shown = patient_data::shown_file_name(path);
    let inside = !path.is_empty()
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
    if !inside {
        return Err(format!(
            "the file `{shown}` is not below the folder of the Markdown file"
        ));
    }
    let missing = |_| format!("the attached file `{shown}` cannot be read");
    let mut at = PathBuf::from(folder);
    let mut is_file = false;
    for part in Path::new(path).components() {
        at.push(part);
        let found = fs::symlink_metadata(&at).map_err(missing)?;
        if found.is_symlink() {
            return Err(format!(
                "`{shown}` is a symbolic link, which is not followed"
            ));
        }
        is_file = found.is_file();
    }
    // Opening a pipe would wait for its writer.
    if !is_file {
        return Err(format!("`{shown}` is not a file"));
    }
    let file = File::open(&at).map_err(missing)?;
    let max = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    file.take(max + 1)
        .read_to_end(&mut bytes)
        .map_err(missing)?;
    if bytes.len() > MAX_BYTES {
        return Err(format!("`{shown}` has more than {MAX_BYTES} bytes"));
    }
    let name = at
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    Ok((name.unwrap_or_default(), bytes))
}

/// Gives a submission what only the node knows: the document that an adoption is about, and the files that it has attached.
/// Returns what is wrong with them.
///
/// # Errors
/// Of the database, or when a file cannot be worked on now.
pub(crate) async fn complete(
    node: &Node,
    submission: &mut Submission,
    attached: Attached,
) -> Result<Result<(), Vec<Fault>>, NodeError> {
    if let Some(fault) = about::complete(node, &mut submission.document).await? {
        return Ok(Err(vec![fault]));
    }
    let listed = attached.clone();
    let kept = keep(node, attached, &submission.acceptance).await?;
    Ok(kept.map(|kept| {
        paths::link_to_kept(submission, &listed, &kept);
        submission.document.common.attachments = kept;
    }))
}

/// Takes the files of a document that is about to be published: keeps their bytes, and returns how the document names them, or
/// why one is not taken.
///
/// # Errors
/// Of the database, or when a file cannot be worked on now.
async fn keep(
    node: &Node,
    attached: Attached,
    acceptance: &Acceptance,
) -> Result<Result<Vec<Attachment>, Vec<Fault>>, NodeError> {
    let (mut kept, mut faults) = (Vec::new(), Vec::new());
    for one in attached.files {
        let shown = patient_data::shown_file_name(&one.file).into_owned();
        // Step 1: its bytes.
        let upload = match load(&attached.folder, one).await? {
            Ok(upload) => upload,
            Err(text) => {
                faults.push(fault(text));
                continue;
            }
        };
        // Step 2: what it is.
        let names: Vec<String> = kept
            .iter()
            .map(|one: &Attachment| one.name.clone())
            .collect();
        let taken = match attachments::prepare_file(node, upload, &names).await? {
            Ok(taken) => taken,
            Err(why) => {
                faults.push(fault(format!("`{shown}`: {why}")));
                continue;
            }
        };
        // Step 3: what may identify a patient prevents publication, as in the text of the document.
        let found = attachments::findings_of_file(node, &taken.file).await?;
        let acceptance = acceptance.without_repeated(&found.values);
        let refused = found.findings.iter().filter(|finding| {
            finding.severity == Severity::Block || acceptance.reason_for(finding).is_none()
        });
        let texts: Vec<String> = refused.map(patient_data::Finding::text).collect();
        let is_kept = texts.is_empty() && found.unread.is_empty();
        faults.extend(
            texts
                .into_iter()
                .map(|text| fault(format!("`{shown}`: {text}"))),
        );
        faults.extend(found.unread.into_iter().map(|unread| {
            fault(format!(
                "`{shown}`: we cannot read {unread}; attach the file in the browser, where a person looks at it"
            ))
        }));
        if is_kept {
            let store = &node.store;
            store
                .keep_attachment(&taken.file, &taken.original, node.now())
                .await?;
            kept.push(taken.attachment);
        }
    }
    Ok(if faults.is_empty() {
        Ok(kept)
    } else {
        Err(faults)
    })
}

/// Returns whether a document has exactly the files that its Markdown file lists, as they are in the folder now.
///
/// # Errors
/// Of the database.
pub(crate) async fn are_held(
    node: &Node,
    document: DocumentId,
    attached: &Attached,
) -> Result<bool, NodeError> {
    // A file that lists none keeps what its document has.
    if attached.files.is_empty() {
        return Ok(true);
    }
    let held = node.store.attached_to(document).await?;
    if held.len() != attached.files.len() {
        return Ok(false);
    }
    for (one, held) in attached.files.iter().zip(held) {
        // One that cannot be read is reported where it is taken.
        let Ok(upload) = load(&attached.folder, one.clone()).await? else {
            return Ok(false);
        };
        let original = spawn_blocking(move || Digest::for_bytes(&upload.bytes)).await?;
        if node.store.kept_from(&original).await? != held {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns whether the bytes of a Markdown file can list files that it has attached.
pub(crate) fn may_list(markdown: &[u8]) -> bool {
    // A text in another encoding is decoded first.
    std::str::from_utf8(markdown).map_or(true, |text| text.contains(KEY))
}

/// Reads one of the listed files, without blocking others.
async fn load(folder: &Path, one: Listed) -> Result<Result<Upload, String>, NodeError> {
    let (folder, path, alt) = (folder.to_path_buf(), one.file, one.alt);
    let upload = |(name, bytes)| Upload { name, bytes, alt };
    let reading = spawn_blocking(move || read(&folder, &path));
    Ok(reading.await?.map(upload))
}

fn fault(text: String) -> Fault {
    Fault::new(KEY, None, text)
}

/// Returns the path of an attached file in an export, for the Markdown file at `markdown`.
pub(crate) fn export_path(markdown: &str, name: &str) -> String {
    let stem = markdown.strip_suffix(".md").unwrap_or(markdown);
    format!("{stem}{FOLDER}/{name}")
}

/// Lists the attached files of a document in its front matter, as they are written next to the Markdown file at `markdown`.
pub(crate) fn list(document: &mut Document, markdown: &str) {
    let folder = markdown.rsplit('/').next().unwrap_or(markdown);
    // A list that someone pasted names files that were never attached.
    let is_list = |path: &[String]| matches!(path, [key] if key == KEY);
    document.private.unknown.retain(|(path, _)| !is_list(path));
    let attachments = &document.common.attachments;
    if attachments.is_empty() {
        return;
    }
    let each = attachments.iter().map(|attachment| {
        let file = export_path(folder, &attachment.name);
        let mut map: Map = vec![("file".to_owned(), Value::text(file).into())];
        if !attachment.alt.is_empty() {
            map.push(("alt".to_owned(), Value::text(&attachment.alt).into()));
        }
        Value::Map(map).into()
    });
    let value = Value::List(each.collect());
    document.private.unknown.push((vec![KEY.to_owned()], value));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_below_the_folder_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("tree");
        fs::create_dir_all(folder.join("a.files")).unwrap();
        fs::write(folder.join("a.files/b.csv"), "x").unwrap();
        fs::write(directory.path().join("secret.csv"), "secret").unwrap();
        std::os::unix::fs::symlink(directory.path(), folder.join("out")).unwrap();
        assert_eq!(
            read(&folder, "a.files/b.csv"),
            Ok(("b.csv".to_owned(), b"x".to_vec()))
        );
        for wrong in [
            "",
            "../secret.csv",
            "a.files/../../secret.csv",
            "/etc/passwd",
            "out/secret.csv",
            "none.csv",
            "a.files",
        ] {
            assert!(read(&folder, wrong).is_err(), "{wrong}");
        }
    }
}
