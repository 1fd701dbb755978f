//! Loads what earlier imports recorded of the files of a source.

use std::{collections::HashMap, path::Path};

use store::Imported;
use wire::Digest;

use crate::{
    import::ImportError,
    tree::{self, MarkdownFile},
};
use node::Node;

/// Paths in one database query.
const LOOKUP_BATCH: usize = 500;

/// Returns the records of earlier imports of a source by path, those of missing files included.
pub(super) async fn earlier_imports(
    node: &Node,
    files: &[MarkdownFile],
    source: &str,
) -> Result<HashMap<String, Imported>, ImportError> {
    let all = node.store.imported_from(source).await?;
    // A withdrawal erases the path of its file, which can then be found by a digest of the path only.
    let some_erased = all.iter().any(|import| import.path.is_none());
    let mut recorded: HashMap<String, Imported> = all
        .into_iter()
        .filter_map(|import| Some((import.path.clone()?, import)))
        .collect();
    if some_erased {
        let paths = files.iter().map(|file| file.path.as_str());
        let unknown: Vec<&str> = paths.filter(|path| !recorded.contains_key(*path)).collect();
        for paths in unknown.chunks(LOOKUP_BATCH) {
            let imports = node.store.imported_files(source, paths).await?;
            for (path, import) in paths.iter().zip(imports) {
                recorded.extend(import.map(|import| ((*path).to_owned(), import)));
            }
        }
    }
    add_imports_of_related_folders(node, files, source, &mut recorded).await?;
    Ok(recorded)
}

/// Adds the records that imports of a folder above or below made of the same files, so that these stay the same
/// documents.
async fn add_imports_of_related_folders(
    node: &Node,
    files: &[MarkdownFile],
    source: &str,
    recorded: &mut HashMap<String, Imported>,
) -> Result<(), ImportError> {
    let here = Path::new(source);
    if !here.is_absolute() {
        return Ok(());
    }
    let sources = node.store.import_sources().await?;
    let related = sources.iter().filter(|other| {
        let there = Path::new(other);
        there != here && (there.starts_with(here) || here.starts_with(there))
    });
    for other in related {
        let there = Path::new(other);
        let unknown: Vec<(&str, String)> = files
            .iter()
            .filter(|file| !recorded.contains_key(&file.path) && file.location.starts_with(there))
            .map(|file| {
                let path = tree::relative_path(there, &file.location);
                (file.path.as_str(), path)
            })
            .collect();
        for unknown in unknown.chunks(LOOKUP_BATCH) {
            let paths: Vec<&str> = unknown.iter().map(|(_, path)| path.as_str()).collect();
            let imports = node.store.imported_files(other, &paths).await?;
            for ((path, _), import) in unknown.iter().zip(imports) {
                recorded.extend(import.map(|import| ((*path).to_owned(), as_changed(import))));
            }
        }
    }
    Ok(())
}

/// Makes a record of another source count as changed, so that the file is read and recorded under this source; the
/// record of a withdrawn file stays as it is.
pub(super) fn as_changed(import: Imported) -> Imported {
    match import.path {
        Some(_) => Imported {
            digest: Digest::from_bytes([0; 32]),
            ..import
        },
        None => import,
    }
}
