//! Assigns a document id to each file of a tree, before any file is imported.
//!
//! All ids are known first, so that links between files can be rewritten in any order, and so that a file that was
//! moved, or that names its id, stays the same document.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use patient_data::Acceptance;
use store::{DocumentState, Imported, OwnDocument};
use tokio::task::spawn_blocking;
use wire::{Digest, DocumentId, Timestamp};

use crate::{
    import::{
        ImportError, Moved, Options, SameTitles, file_head::FileHead, moved::take_over, readers,
        records::earlier_imports, strangers, unfiled,
    },
    tree::{MarkdownFile, Surroundings, Tree},
};
use node::{Node, audit::By, flows::publish::NewIds};

use super::surveyed::Beginning;
pub(crate) use super::surveyed::{Extent, MissingFile, PreviousDocument, Survey, SurveyedFile};

/// Ids in one database query.
const LOOKUP_BATCH: usize = 500;

/// Surveys a tree.
pub(crate) async fn survey(
    node: &Node,
    tree: &Tree,
    source: String,
    extent: Extent,
    options: &Options,
) -> Result<Survey, ImportError> {
    let (root, signs, is_confirmed) = (tree.root.clone(), tree.signs.clone(), options.is_public);
    let surroundings =
        spawn_blocking(move || Surroundings::read(&root, &signs, is_confirmed)).await?;
    let beginning = Beginning {
        source,
        begun: node.now(),
        acceptance: options.acceptance.clone(),
        by: options.by.clone(),
        surroundings: Arc::new(surroundings),
    };
    let known = (&options.moved, options.same_titles);
    let surveyor = Surveyor::load(node, &tree.files, beginning, extent, known).await?;
    // On a blocking thread, since this reads the head of each file.
    let files = tree.files.clone();
    let mut survey = spawn_blocking(move || surveyor.survey(files)).await??;
    survey.add_aliases(tree);
    // A file of a folder that could not be read may still exist.
    survey
        .missing
        .retain(|missing| !tree.is_unread(&missing.path));
    Ok(survey)
}

/// Surveys one file that is in memory: `bytes` is its content. The survey has the other files of its source as targets
/// of links.
pub(crate) async fn survey_one(
    node: &Node,
    file: MarkdownFile,
    source: String,
    bytes: &[u8],
    acceptance: Acceptance,
    by: &By,
) -> Result<(SurveyedFile, Survey), ImportError> {
    let (location, folder) = (file.location.clone(), source.clone());
    let read = move || Surroundings::read_for_file(&location, folder.as_ref());
    let files = [file];
    let beginning = Beginning {
        source,
        begun: node.now(),
        acceptance,
        by: by.clone(),
        surroundings: Arc::new(spawn_blocking(read).await?),
    };
    // A person who publishes one file has said what it is: nothing is asked.
    let (extent, known) = (Extent::OneFile, (&Moved::IfSameBytes, SameTitles::NeverAsk));
    let surveyor = Surveyor::load(node, &files, beginning, extent, known).await?;
    let [file] = files;
    surveyor.survey_one(FileHead::from_content(file, bytes))
}

/// Surveys a tree without a node: every file is new. `surroundings` is what is said of them elsewhere.
pub(crate) fn survey_new(
    tree: &Tree,
    now: Timestamp,
    acceptance: &Acceptance,
    surroundings: Arc<Surroundings>,
) -> Result<Survey, ImportError> {
    let surveyor = Surveyor {
        beginning: Beginning {
            source: String::new(),
            begun: now,
            acceptance: acceptance.clone(),
            by: By::Node,
            surroundings,
        },
        moved_from: Vec::new(),
        strangers: HashMap::new(),
        recorded: HashMap::new(),
        withdrawn: HashMap::new(),
        own: HashMap::new(),
        new_ids: NewIds::new(now)?,
        extent: Extent::Whole,
    };
    let mut survey = surveyor.survey(tree.files.clone())?;
    survey.add_aliases(tree);
    Ok(survey)
}

struct Surveyor {
    beginning: Beginning,
    /// Old sources and paths of files that were in other folders.
    moved_from: Vec<(String, String)>,
    /// Files that name a document which they are not, with its title.
    strangers: HashMap<String, String>,
    /// Records of earlier imports; those of files of the tree are taken out.
    recorded: HashMap<String, Imported>,
    /// Withdrawn documents by the digest of their file.
    withdrawn: HashMap<Digest, DocumentId>,
    own: HashMap<DocumentId, OwnDocument>,
    new_ids: NewIds,
    extent: Extent,
}

impl Surveyor {
    /// Loads what earlier imports recorded, and the documents that this concerns.
    async fn load(
        node: &Node,
        files: &[MarkdownFile],
        beginning: Beginning,
        extent: Extent,
        (moved, same_titles): (&Moved, SameTitles),
    ) -> Result<Self, ImportError> {
        let source = &beginning.source;
        let mut recorded = earlier_imports(node, files, source).await?;
        let moved_from = take_over(node, files, source, moved, &mut recorded).await?;
        if *moved != Moved::Never {
            unfiled::take_over(node, files, same_titles, &mut recorded).await?;
        }
        let strangers = strangers::find(node, files, &recorded).await?;
        let withdrawn = node.store.withdrawn_files().await?;
        let documents = recorded.values().filter_map(|import| import.document);
        let documents: Vec<DocumentId> = documents.chain(withdrawn.values().copied()).collect();
        let mut own = HashMap::new();
        for ids in documents.chunks(LOOKUP_BATCH) {
            own.extend(node.store.own_documents(ids).await?);
        }
        Ok(Self {
            beginning,
            moved_from,
            strangers,
            recorded,
            withdrawn,
            own,
            new_ids: NewIds::new(node.now())?,
            extent,
        })
    }

    fn survey(mut self, files: Vec<MarkdownFile>) -> Result<Survey, ImportError> {
        // Step 1: read the head of each file, and find its record.
        let heads: Vec<(FileHead, Option<Imported>)> = files
            .into_iter()
            .map(|file| {
                let last_import = self.recorded.remove(&file.path);
                (FileHead::read(file), last_import)
            })
            .collect();
        // Step 2: reserve ids for their files, and find moved files by digest.
        let mut owners = self.owners(&heads);
        let mut missing_by_digest = self.missing_by_digest();
        // Step 3: assign an id to each file.
        let mut survey = Survey::new(self.beginning.clone(), std::mem::take(&mut self.moved_from));
        survey.published = readers::of_published(&self.own);
        for (mut head, last_import) in heads {
            let addresses = std::mem::take(&mut head.addresses);
            let surveyed =
                self.assign_id(head, last_import, &mut owners, &mut missing_by_digest)?;
            self.add_targets(&mut survey, &surveyed);
            let path = &surveyed.file.path;
            survey.targets.insert_addresses(path, &addresses);
            if survey.new_targets.document(path).is_some() {
                survey.new_targets.insert_addresses(path, &addresses);
            }
            survey.positions.insert(surveyed.id, survey.files.len());
            survey.files.push(surveyed);
        }
        // Step 4: what is left of the records belongs to files that are not in the tree.
        if self.extent == Extent::Whole {
            self.add_missing(&mut survey);
        }
        self.add_recorded_targets(&mut survey);
        Ok(survey)
    }

    fn survey_one(mut self, head: FileHead) -> Result<(SurveyedFile, Survey), ImportError> {
        let last_import = self.recorded.remove(&head.file.path);
        let heads = [(head, last_import)];
        let mut owners = self.owners(&heads);
        let [(head, last_import)] = heads;
        let surveyed = self.assign_id(head, last_import, &mut owners, &mut HashMap::new())?;
        let mut survey = Survey::new(self.beginning.clone(), std::mem::take(&mut self.moved_from));
        survey.published = readers::of_published(&self.own);
        self.add_targets(&mut survey, &surveyed);
        self.add_recorded_targets(&mut survey);
        Ok((surveyed, survey))
    }

    /// Adds a file as a target of links.
    fn add_targets(&self, survey: &mut Survey, surveyed: &SurveyedFile) {
        let path = &surveyed.file.path;
        survey.targets.insert_file(&surveyed.file, surveyed.id);
        // A draft was no target of an earlier import.
        let last_import = surveyed.last_import.as_ref();
        let was_draft = last_import.is_some_and(|import| import.draft == Some(surveyed.id));
        if was_draft || self.current_id(last_import) != Some(surveyed.id) {
            survey.new_targets.insert(path.clone(), surveyed.id);
        }
    }

    /// Adds the recorded files that were not surveyed as targets of links.
    fn add_recorded_targets(&self, survey: &mut Survey) {
        for (path, import) in &self.recorded {
            if let Some(id) = self.current_id(Some(import)) {
                survey.targets.insert(path.clone(), id);
                if import.document != Some(id) {
                    survey.set_readers(id, None);
                }
            }
        }
    }

    /// Returns the file that owns each id of an earlier import: it keeps the id, even if a copy of it is sorted first.
    fn owners(&self, heads: &[(FileHead, Option<Imported>)]) -> HashMap<DocumentId, String> {
        let mut owners: HashMap<DocumentId, String> = HashMap::new();
        for (head, last_import) in heads {
            if let Some(id) = self.current_id(last_import.as_ref())
                && head.named.is_none_or(|named| named == id)
            {
                owners.entry(id).or_insert_with(|| head.file.path.clone());
            }
        }
        owners
    }

    /// Assigns an id to a file.
    fn assign_id(
        &mut self,
        head: FileHead,
        mut last_import: Option<Imported>,
        owners: &mut HashMap<DocumentId, String>,
        missing_by_digest: &mut HashMap<Digest, DocumentId>,
    ) -> Result<SurveyedFile, ImportError> {
        // The digest of a file without a record shows whether it is a moved or withdrawn file.
        let may_match = !(missing_by_digest.is_empty() && self.withdrawn.is_empty());
        let digest = if last_import.is_none() && may_match {
            head.content_digest()
        } else {
            None
        };
        let FileHead { file, named, .. } = head;
        // The text of a withdrawn document stays withdrawn, whatever the path of its file.
        if let Some(digest) = digest
            && let Some(document) = self.withdrawn.get(&digest)
        {
            last_import = Some(Imported {
                path: None,
                digest,
                document: Some(*document),
                rev: None,
                draft: None,
            });
        }
        let (id, previous) = match named {
            Some(id) => self.named_document(id, &file, last_import.as_ref(), owners)?,
            None => self.unnamed_document(
                digest,
                &file,
                last_import.as_ref(),
                owners,
                missing_by_digest,
            )?,
        };
        Ok(SurveyedFile {
            file,
            id,
            last_import,
            previous,
        })
    }

    /// Decides which document a file is that names the id `named`.
    fn named_document(
        &mut self,
        named: DocumentId,
        file: &MarkdownFile,
        last_import: Option<&Imported>,
        owners: &mut HashMap<DocumentId, String>,
    ) -> Result<(DocumentId, PreviousDocument), ImportError> {
        // A copy does not take the id of its original: it becomes a draft under an id of its own.
        let owner = owners.get(&named).filter(|owner| **owner != file.path);
        let copy = owner.map(|owner| PreviousDocument::CopyOf(owner.clone()));
        let stranger = self.strangers.get(&file.path);
        let stranger = stranger.map(|title| PreviousDocument::Stranger(title.clone()));
        if let Some(previous) = copy.or(stranger) {
            let draft = last_import.and_then(|import| import.draft);
            let draft = draft.filter(|draft| *draft != named);
            return Ok((draft.map_or_else(|| self.new_ids.next_id(), Ok)?, previous));
        }
        owners.insert(named, file.path.clone());
        let previous = self
            .current_id(last_import)
            .filter(|current| *current != named)
            .map_or(PreviousDocument::Same, PreviousDocument::Renamed);
        Ok((named, previous))
    }

    /// Decides which document a file is that names no id.
    fn unnamed_document(
        &mut self,
        digest: Option<Digest>,
        file: &MarkdownFile,
        last_import: Option<&Imported>,
        owners: &mut HashMap<DocumentId, String>,
        missing_by_digest: &mut HashMap<Digest, DocumentId>,
    ) -> Result<(DocumentId, PreviousDocument), ImportError> {
        // The path is known.
        if let Some(id) = self.current_id(last_import) {
            return Ok((id, PreviousDocument::Same));
        }
        if let Some(id) = last_import.and_then(|import| import.document) {
            return Ok((self.new_ids.next_id()?, PreviousDocument::Withdrawn(id)));
        }
        // The path is new, and the content is that of a missing file: the file was moved.
        let moved = digest
            .and_then(|digest| missing_by_digest.remove(&digest))
            .filter(|id| !owners.contains_key(id));
        if let Some(id) = moved {
            owners.insert(id, file.path.clone());
            return Ok((id, PreviousDocument::Same));
        }
        Ok((self.new_ids.next_id()?, PreviousDocument::Same))
    }

    /// Adds the recorded files that are not in the tree: missing, or moved if their document has another file now.
    fn add_missing(&self, survey: &mut Survey) {
        let ids: HashSet<DocumentId> = survey.files.iter().map(|surveyed| surveyed.id).collect();
        for (path, import) in &self.recorded {
            match import.document.or(import.draft) {
                Some(id) if !ids.contains(&id) => survey.missing.push(MissingFile {
                    path: path.clone(),
                    document: import.document,
                    draft: import.draft,
                }),
                _ => survey.old_paths.push(path.clone()),
            }
        }
        survey.missing.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// Returns the document or draft of a file by its record, unless it is withdrawn.
    fn current_id(&self, import: Option<&Imported>) -> Option<DocumentId> {
        let import = import?;
        let document = import.document.filter(|id| !self.is_withdrawn(*id));
        document.or(import.draft)
    }

    fn is_withdrawn(&self, id: DocumentId) -> bool {
        self.own
            .get(&id)
            .is_some_and(|own| own.state == DocumentState::Withdrawn)
    }

    /// Returns the documents of missing files by the digest of the file, for digests that occur once.
    fn missing_by_digest(&self) -> HashMap<Digest, DocumentId> {
        let mut missing = HashMap::new();
        if self.extent == Extent::OneFile {
            return missing;
        }
        let mut repeated = Vec::new();
        for import in self.recorded.values() {
            if let Some(id) = self.current_id(Some(import))
                && missing.insert(import.digest, id).is_some()
            {
                repeated.push(import.digest);
            }
        }
        for digest in repeated {
            missing.remove(&digest);
        }
        missing
    }
}
