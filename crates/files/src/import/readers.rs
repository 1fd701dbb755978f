//! Who may read the documents of a tree, before all of its files are prepared: a link leads only to what the readers of
//! its text may read. What was read of a file is kept until the file is prepared, since parsing and checking it is most of
//! what an import costs.

use std::{
    collections::HashMap,
    sync::{MutexGuard, PoisonError},
};

use domain::{front_matter::Parsed, vocabulary::Visibility};
use markdown::Reading;
use store::OwnDocument;
use wire::{Digest, DocumentId};

use crate::{
    import::{
        ahead::{ParsedAhead, ReadAhead},
        deciding::decide,
        survey::{Survey, SurveyedFile},
    },
    tree,
};

impl Survey {
    /// Returns who may read a document once the import is done; `None` if it is not published. Reads its file if that
    /// was not prepared so far.
    pub(super) fn readers(&self, id: DocumentId) -> Option<Visibility> {
        let known = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(readers) = known.get(&id) {
            return *readers;
        }
        drop(known);
        // A document of an earlier import, whose file is not read now, is published.
        let file = self.positions.get(&id).and_then(|at| self.files.get(*at));
        let readers = file.map_or(Some(Visibility::Public), |file| readers_of(file, self));
        self.set_readers(id, readers);
        readers
    }

    /// Returns who may read what is published of a document, whatever becomes of its file: a draft leaves that as it is.
    pub(super) fn still_reading(&self, id: DocumentId) -> Option<Visibility> {
        self.published.get(&id).copied()
    }

    /// Records who may read a document.
    pub(super) fn set_readers(&self, id: DocumentId, readers: Option<Visibility>) {
        let mut known = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(id, readers);
    }

    /// Parses a file with these bytes, unless it was parsed before its turn.
    pub(super) fn parse(
        &self,
        surveyed: &SurveyedFile,
        digest: &Digest,
        text: &str,
    ) -> (Parsed, Option<Reading>) {
        let ahead = self.ahead().take_parsed(surveyed.id, digest);
        ahead.unwrap_or_else(|| tree::parse_and_read(text, &surveyed.file.path))
    }

    /// Returns what is known of files that were read before their turn.
    pub(super) fn ahead(&self) -> MutexGuard<'_, ReadAhead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns who may read what is published of documents. What is in no log is for the organisation only.
pub(super) fn of_published(
    own: &HashMap<DocumentId, OwnDocument>,
) -> HashMap<DocumentId, Visibility> {
    let live = own.values().filter(|own| own.slug.is_some());
    let readers = |own: &OwnDocument| match own.leaf_index {
        Some(_) => Visibility::Public,
        None => Visibility::Organisation,
    };
    live.map(|own| (own.id, readers(own))).collect()
}

/// Returns who may read the document of a file once it is imported; `None` if it is not published.
fn readers_of(surveyed: &SurveyedFile, survey: &Survey) -> Option<Visibility> {
    let bytes = tree::read(&surveyed.file.location).ok()?;
    let decoded = tree::decode(&bytes).ok()?;
    let digest = Digest::for_bytes(&bytes);
    // A file of an earlier import may say the same still, and then nothing asks for what it says.
    let is_kept = surveyed.last_import.is_none() && survey.ahead().has_room(bytes.len());
    let (parsed, read) = match is_kept {
        true => tree::parse_and_read(&decoded.text, &surveyed.file.path),
        false => {
            let parsed = tree::parse_without_advice(&decoded.text, &surveyed.file.path);
            (parsed, None)
        }
    };
    let faults = &mut Vec::new();
    let (verdict, screened) = decide(surveyed, survey, &digest, &decoded.text, &parsed, faults);
    let readers = verdict.readers();
    let mut ahead = survey.ahead();
    ahead.add_findings(surveyed.id, digest, screened.findings().to_vec());
    if is_kept {
        let bytes = bytes.len();
        let file = ParsedAhead {
            digest,
            bytes,
            parsed,
            read,
        };
        ahead.add_parsed(surveyed.id, file);
    }
    drop(ahead);
    readers.or_else(|| survey.still_reading(surveyed.id))
}

/// Returns whether readers of a document may read another.
pub(super) fn may_also_read(document: Visibility, other: Option<Visibility>) -> bool {
    match (document, other) {
        (_, None) => false,
        (_, Some(Visibility::Public)) | (Visibility::Organisation, Some(_)) => true,
        (Visibility::Network, Some(other)) => other == Visibility::Network,
        (Visibility::Public, Some(Visibility::Network | Visibility::Organisation)) => false,
    }
}
