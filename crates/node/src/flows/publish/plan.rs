//! Decides what to write of a document: nothing, a revision, or why not. Pure.

use std::collections::HashMap;

use domain::{Body, Document, Fault, Organisation, Private, Searchable, Stamp, body};
use store::{DocumentState, HashedBody, Held, NewRevision, OwnText, WarningReason};
use wire::{DocumentId, Kept, NodeId, Timestamp};

use crate::flows::{
    fields::fields,
    publish::{Change, Item, Refusal, Stale},
    screening,
};

/// What to do with one document.
pub(super) enum Plan {
    /// Write nothing, for this reason.
    Refuse(Refusal),
    /// Write nothing: the held revision is the same.
    Keep,
    /// Write a revision into the log.
    Log(Box<Planned>, Change),
    /// Write a revision outside the log.
    Local(Box<Planned>, Change),
}

/// A revision to write.
pub(super) struct Planned {
    pub(super) revision: NewRevision,
    /// What a search index needs of its body.
    pub(super) searchable: Searchable,
}

/// Everything that a plan depends on besides the submission.
pub(super) struct Planner {
    /// State and revision of each document that exists.
    pub(super) held: HashMap<DocumentId, Held>,
    /// Their current texts.
    pub(super) texts: HashMap<DocumentId, OwnText>,
    pub(super) node: NodeId,
    pub(super) organisation: Organisation,
    pub(super) now: Timestamp,
}

impl Planner {
    /// Plans the items at the indexes `waiting`.
    pub(super) fn plans(&self, items: &[Item], waiting: &[usize]) -> Vec<(usize, Plan)> {
        waiting
            .iter()
            .filter_map(|index| Some((*index, self.plan(items.get(*index)?))))
            .collect()
    }

    fn plan(&self, item: &Item) -> Plan {
        let held = self.held.get(&item.id).copied();
        let kept = item.document.common.visibility.kept();
        // Withdrawn is for good, and what was published stays in the log.
        if let Some(refusal) = held.and_then(|held| barred(item.id, held, kept)) {
            return Plan::Refuse(refusal);
        }
        // The held revision, parsed once. One that cannot be parsed is replaced.
        let text = self.texts.get(&item.id);
        let before = text.and_then(|text| Some((text, body::read_local(&text.body).ok()?)));
        let before = before.as_ref();
        // The same text, in the same place, makes no revision.
        let mut document = self.completed(&item.document, before.map(|(_, body)| body));
        keep_attachments(item, &mut document, before);
        if let (Some((text, body)), Some(held)) = (before, held)
            && held.kept == kept
            && is_same(&document, text, body)
        {
            return Plan::Keep;
        }
        // A text that was made from another revision would undo the changes of that one.
        let rev = held.map_or(0, |held| held.rev);
        if let Some(base) = item.base.filter(|base| *base != rev)
            && !adds_private_only(&document, before)
        {
            return Plan::Refuse(stale(item, base, rev, before));
        }
        // Nothing that looks like patient data is written.
        let (findings, values) = screening::findings_but(&document, &item.cleared);
        let acceptance = item.acceptance.without_repeated(&values);
        let refused = screening::refused(&findings, &acceptance);
        if !refused.is_empty() {
            return Plan::Refuse(Refusal::PatientData(refused));
        }
        // A new revision: dated, checked by all rules, and written in its one form.
        let document = self.dated(document, item.document.common.updated);
        let faults = document.faults_on(self.now.date());
        if !faults.is_empty() {
            return Plan::Refuse(Refusal::Faults(faults));
        }
        let rev = Held::next_rev(held, kept);
        let change = if text.is_some() {
            Change::Updated
        } else {
            Change::Created
        };
        let accepted = screening::accepted(&findings, &acceptance);
        match self.revision(item, &document, rev, accepted) {
            Err(faults) => Plan::Refuse(Refusal::Faults(faults)),
            Ok(planned) => match kept {
                Kept::InLog => Plan::Log(Box::new(planned), change),
                Kept::HereOnly => Plan::Local(Box::new(planned), change),
            },
        }
    }

    /// Fills in what the author left out: from the held revision, and from the rules of its kind.
    fn completed(&self, document: &Document, before: Option<&Body>) -> Document {
        let mut document = document.clone();
        if let Some(before) = before {
            let before = before.common();
            let common = &mut document.common;
            common.review_by = common.review_by.or(before.review_by);
            common.updated = common.updated.or(before.updated);
        }
        document.complete(self.now.date());
        document
    }

    /// Dates a new revision with today, unless its author says otherwise.
    fn dated(&self, mut document: Document, stated: Option<Timestamp>) -> Document {
        document.common.updated = stated.or_else(|| Some(Timestamp::from_secs(self.now.secs())));
        document
    }

    /// Encodes the revision, and reads it back as every peer will: what cannot be read is not published.
    fn revision(
        &self,
        item: &Item,
        document: &Document,
        rev: u64,
        accepted: Vec<WarningReason>,
    ) -> Result<Planned, Vec<Fault>> {
        let stamp = Stamp {
            id: item.id,
            rev,
            salt: item.salt,
            organisation: Some(self.organisation.clone()),
        };
        let bytes = body::encode(document, &stamp).map_err(|fault| vec![fault])?;
        let read = body::read_local(&bytes)?;
        if !read.meta_faults.is_empty() {
            return Err(read.meta_faults);
        }
        let body_md = read.common().body_md.as_str();
        let extract = match &item.extract {
            // Usually the body has the author's text unchanged.
            Some(extract) if *body_md == item.document.common.body_md => extract.clone(),
            _ => markdown::extract(body_md),
        };
        let fields = fields(&read, &extract, &self.node);
        let searchable = Searchable::new(&read, |_| extract.plain_text);
        let revision = NewRevision {
            id: item.id,
            rev,
            fields,
            body: HashedBody::new(bytes),
            private: document.private.to_json(),
            import: item.import.clone(),
            accepted,
            occasion: item.occasion.clone(),
            by: item.by.clone(),
        };
        Ok(Planned {
            revision,
            searchable,
        })
    }
}

/// Returns why nothing can be published under an id, if so.
fn barred(id: DocumentId, held: Held, kept: Kept) -> Option<Refusal> {
    match held.state {
        DocumentState::Withdrawn => {
            let text = format!(
                "`{id}` is withdrawn permanently; publish a corrected text without this `id` and with `replaces: [{id}]`"
            );
            Some(Refusal::Withdrawn(Fault::new("id", None, text)))
        }
        DocumentState::Live if kept == Kept::HereOnly => {
            let text = format!(
                "`{id}` is published and cannot be kept to the organisation any more; withdraw it, and keep the text under a new id"
            );
            let fault = Fault::new("visibility", None, text);
            Some(Refusal::Faults(vec![fault]))
        }
        _ => None,
    }
}

/// Gives a file that lists no attachments those of the held revision: it says nothing of what was attached in the browser.
fn keep_attachments(item: &Item, document: &mut Document, before: Option<&(&OwnText, Body)>) {
    if let (Some(_), Some((_, body))) = (&item.import, before)
        && document.common.attachments.is_empty()
    {
        let held = &body.common().attachments;
        document.common.attachments.clone_from(held);
    }
}

/// Returns both texts of a submission that was not made from the held revision.
fn stale(item: &Item, base: u64, rev: u64, before: Option<&(&OwnText, Body)>) -> Refusal {
    let held = before.map(|(text, body)| {
        let mut held = body.document.clone();
        if let Some(private) = &text.private {
            held.private = Private::from_json(private);
        }
        Box::new(held)
    });
    Refusal::Stale(Box::new(Stale {
        base,
        rev,
        held,
        submitted: Box::new(item.document.clone()),
    }))
}

/// Says whether this document only adds the private part to the held revision, which has none: peers, from which a node is
/// brought back, do not have it.
fn adds_private_only(document: &Document, before: Option<&(&OwnText, Body)>) -> bool {
    before.is_some_and(|(text, body)| {
        text.private.is_none()
            && body::encode(document, &body.stamp).is_ok_and(|bytes| bytes == text.body)
    })
}

/// Says whether this document would be published in the same bytes as the held revision.
fn is_same(document: &Document, text: &OwnText, body: &Body) -> bool {
    document.private.to_json() == text.private
        && body::encode(document, &body.stamp).is_ok_and(|bytes| bytes == text.body)
}
