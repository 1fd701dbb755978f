//! What an approver confirms: that the draft was read, and for each kind of data that may identify a patient why it does not.

use drafting::Checked;
use pages::{PageError, requester::SignedIn};
use people::{
    drafts::{self, Found},
    review::{self, NoReason},
};
use wire::DocumentId;

use crate::{FaultLink, Visit, fault_link, person, sent::Sent};

/// What the name of a reason begins with; its kind follows.
const REASON: &str = "reason.";

/// What an approver has not confirmed yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Unconfirmed {
    /// Whether they did not say that they have read it.
    pub(super) undeclared: bool,
    /// The kinds without a reason.
    pub(super) reasons: Vec<NoReason>,
}

/// A kind of data that a reason is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) label: String,
    /// Each place where it was found, with its value masked.
    pub(crate) warnings: Vec<FaultLink>,
    pub(crate) reason: String,
    pub(crate) fault: Option<String>,
}

impl Unconfirmed {
    /// Returns all of it as faults of the page.
    pub(super) fn faults(&self) -> Vec<FaultLink> {
        let link = |href: String, text: &str| FaultLink {
            href,
            text: text.to_owned(),
            section: "",
        };
        let reasons = self.reasons.iter();
        let reasons = reasons.map(|one| link(format!("#{}", id_of(one.kind)), &one.text));
        let declared = self
            .undeclared
            .then(|| link("#declared".to_owned(), DECLARE));
        reasons.chain(declared).collect()
    }
}

/// What to do about a page that was not confirmed.
const DECLARE: &str =
    "Confirm that you have read it and that nothing in it could identify a patient";

fn id_of(kind: &str) -> String {
    format!("reason-{kind}")
}

/// Returns what the approver has not confirmed; nothing of a draft that is not open.
pub(super) async fn unconfirmed(
    node: &Visit<'_>,
    signed_in: &SignedIn,
    id: DocumentId,
    sent: &Sent,
) -> Result<Unconfirmed, PageError> {
    let opened = drafts::open(node, person(signed_in), id).await?;
    let missing = match &opened {
        Found::Open(opened) => {
            let checked = review::check(node, opened).await?;
            let reasons = reasons(sent);
            let accepted = review::accept(node, opened, &checked, &reasons).await?;
            accepted.err()
        }
        Found::Published(_) | Found::Missing => None,
    };
    Ok(Unconfirmed {
        undeclared: sent.get("declared").is_empty(),
        reasons: missing.unwrap_or_default(),
    })
}

/// Returns the reasons that were sent, each with its kind.
pub(super) fn reasons(sent: &Sent) -> Vec<(&str, &str)> {
    let pairs = sent.0.iter();
    pairs
        .filter_map(|(name, reason)| Some((name.strip_prefix(REASON)?, reason.as_str())))
        .collect()
}

/// Returns the kinds that a reason is asked for: those of the draft, and those that only the document as a whole has.
pub(super) fn asked(
    id: DocumentId,
    checked: &Checked,
    unconfirmed: &Unconfirmed,
    sent: &Sent,
) -> Vec<Asked> {
    let mut all: Vec<Asked> = Vec::new();
    let warned = checked.warnings.iter().map(|one| (one.kind, one.label));
    let missing = unconfirmed.reasons.iter().map(|one| (one.kind, one.label));
    for (kind, label) in warned.chain(missing) {
        let name = format!("{REASON}{kind}");
        if all.iter().any(|one| one.name == name) {
            continue;
        }
        let of_kind = checked.warnings.iter().filter(|one| one.kind == kind);
        let fault = unconfirmed.reasons.iter().find(|one| one.kind == kind);
        all.push(Asked {
            id: id_of(kind),
            label: drafting::sentence(label),
            warnings: of_kind.map(|one| fault_link(id, &one.place)).collect(),
            reason: sent.get(&name).to_owned(),
            fault: fault.map(|one| one.text.clone()),
            name,
        });
    }
    all
}
