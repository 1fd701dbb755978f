//! A node in a directory of its own, and what stories ask of it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::front_matter::parse_file;
use files::import::{FileReport, Options, Status, Step, Summary, import};
pub(crate) use it::engine::{Engine, on_each_engine};
use node::{
    Node,
    clock::Clock,
    flows::publish::{Outcome, Submission, publish},
    identity::Introduction,
    settings::{Secret, Settings},
};
use search::{Query, SearchRequest, Sort};
use tempfile::TempDir;
use url::Url;
use wire::{DocumentId, Viewer};

/// A node with an identity, and the directories that are gone with it.
pub(crate) struct World {
    pub(crate) node: Arc<Node>,
    settings: Settings,
    directory: TempDir,
}

impl World {
    pub(crate) async fn new(engine: Engine) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            data: directory.path().join("data"),
            ..Settings::default()
        };
        settings.database.url = engine.database().await.map(Secret::new);
        let node = Node::open(settings.clone(), Clock::system()).await.unwrap();
        let introduction = Introduction {
            name: "Northmoor Teaching Hospitals NHS Trust".to_owned(),
            ods: Some("ZZ1".to_owned()),
            base_url: Url::parse("http://127.0.0.1:8080").unwrap(),
            contact: None,
        };
        node.init(&introduction).await.unwrap();
        Self {
            node,
            settings,
            directory,
        }
    }

    /// Stops the node and opens it again.
    pub(crate) async fn reopened(self) -> Self {
        let Self {
            node,
            settings,
            directory,
        } = self;
        node.close().await;
        drop(Arc::into_inner(node).expect("nobody else holds the node"));
        let node = Node::open(settings.clone(), Clock::system()).await.unwrap();
        Self {
            node,
            settings,
            directory,
        }
    }

    /// Says whether the words of documents lie in files of the data directory.
    pub(crate) fn keeps_words_in_files(&self) -> bool {
        self.settings.database.url.is_none()
    }

    /// Returns a path beside the data.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Publishes a file's text, under an id if one is given.
    pub(crate) async fn publish(&self, text: &str, id: Option<DocumentId>) -> Outcome {
        let document = parse_file(text, "x.md").document.unwrap();
        publish(
            &self.node,
            Submission {
                id,
                document,
                import: None,
            },
        )
        .await
        .unwrap()
    }

    /// Imports a tree; returns the reports by path.
    pub(crate) async fn import(&self, folder: &Path, options: &Options) -> Told {
        let mut files = Vec::new();
        let summary = import(&self.node, folder, options, |step| {
            if let Step::File(report) = step {
                files.push(*report);
            }
        });
        Told {
            summary: summary.await.unwrap(),
            files,
        }
    }

    /// Returns the ids of what a reader without an account finds.
    pub(crate) async fn found(&self, words: &str) -> Vec<DocumentId> {
        self.found_by(words, Viewer::Public).await
    }

    pub(crate) async fn found_by(&self, words: &str, viewer: Viewer) -> Vec<DocumentId> {
        self.node.indexer.catch_up(|_| {}).await.unwrap();
        let request = SearchRequest {
            query: Query::parse(words),
            filters: Default::default(),
            sort: Sort::Relevance,
            page: 1,
            per_page: 100,
            facets: Vec::new(),
            viewer,
        };
        let page = self.node.index.search(&request).unwrap();
        page.hits.into_iter().map(|hit| hit.key.id).collect()
    }

    /// Returns the markdown of an own document as it is stored.
    pub(crate) async fn body_md(&self, id: DocumentId) -> String {
        let text = self
            .node
            .store
            .own_texts_of(&[id])
            .await
            .unwrap()
            .remove(&id)
            .unwrap();
        domain::body::read_local(&text.body)
            .unwrap()
            .document
            .common
            .body_md
    }

    pub(crate) async fn log_size(&self) -> u64 {
        self.node.store.log_head(store::OWN, 1).await.unwrap().size
    }

    /// Returns the files of the data directory that hold some words.
    pub(crate) fn files_with(&self, words: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("data")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                    continue;
                }
                let Ok(bytes) = fs::read(entry.path()) else {
                    continue;
                };
                if bytes
                    .windows(words.len())
                    .any(|window| window == words.as_bytes())
                {
                    found.push(entry.path());
                }
            }
        }
        found
    }
}

/// The databases of the stories that this process tells.
/// What an import said.
pub(crate) struct Told {
    pub(crate) summary: Summary,
    pub(crate) files: Vec<FileReport>,
}

impl Told {
    pub(crate) fn of(&self, path: &str) -> &FileReport {
        let found = self.files.iter().find(|file| file.path == path);
        found.unwrap_or_else(|| panic!("nothing was said of `{path}`: {:?}", self.files))
    }

    pub(crate) fn id(&self, path: &str) -> DocumentId {
        self.of(path).id.unwrap()
    }

    pub(crate) fn statuses(&self) -> Vec<(&str, Status)> {
        self.files
            .iter()
            .map(|file| (file.path.as_str(), file.status))
            .collect()
    }

    /// Returns what is said of a file, as one text.
    pub(crate) fn faults(&self, path: &str) -> String {
        let faults: Vec<_> = self
            .of(path)
            .faults
            .iter()
            .map(|fault| fault.to_string())
            .collect();
        faults.join("; ")
    }
}

/// Writes files into a folder, given as (path, bytes).
pub(crate) fn write(folder: &Path, files: &[(&str, &[u8])]) {
    for (path, bytes) in files {
        let at = folder.join(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, bytes).unwrap();
    }
}

/// Returns the folder of the sample content.
pub(crate) fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("content")
}

/// A case study that can be published.
pub(crate) const STUDY: &str = include_str!("../../../crates/domain/tests/golden/case-study.md");
