//! The evidence of who published a document.

use node::{
    flows::reading::{ProvenanceState, Shown},
    urls,
};
use wire::Timestamp;

use crate::{help_files, verify_quote, words};

/// The evidence of who published the document.
pub(crate) struct Proof {
    /// Whether this site published it.
    pub(crate) own: bool,
    pub(crate) signed_by: String,
    pub(crate) log: String,
    pub(crate) leaf: String,
    pub(crate) digest: String,
    pub(crate) checked: String,
    pub(crate) node: String,
    pub(crate) proof_href: String,
    /// Where a quote from the document is checked.
    pub(crate) quote_href: String,
    pub(crate) help: Option<String>,
}

impl Proof {
    /// Returns `None` for a document that is in no log.
    pub(crate) fn for_document(shown: &Shown, path: &str, now: Timestamp) -> Option<Self> {
        let document = &shown.document;
        let known = document.provenance.as_ref()?;
        let checked = match (shown.provenance.state, shown.provenance.pulled) {
            (ProvenanceState::Own, _) => "We signed it ourselves".to_owned(),
            (_, Some(at)) => format!(
                "{} on {}, {}",
                words::time(at),
                words::day_of(at),
                words::ago(now, at)
            ),
            (_, None) => "When we copied it".to_owned(),
        };
        Some(Self {
            own: document.owner.own,
            signed_by: document.owner.organisation.clone(),
            log: known.origin.clone(),
            leaf: format!(
                "{} of {}",
                words::number(known.leaf_index + 1),
                words::number(known.log_size)
            ),
            digest: known
                .digest
                .map(|digest| digest.to_string())
                .unwrap_or_default(),
            checked,
            node: document.owner.node.grouped(),
            proof_href: urls::Form::Proof.address(path),
            quote_href: verify_quote::address(path),
            help: help_files::address("verified"),
        })
    }
}
