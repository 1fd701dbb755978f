//! What a reader who signs in can do with a document.

use domain::Kind;
use node::{flows::reading::Shown, urls};

use crate::link::Link;

/// Returns where a document of this site can be changed, and where one of another site can be adapted. A page is open to
/// proposals by all who sign in; the others are changed by their authors and by editors.
pub(crate) fn changes(shown: &Shown) -> Vec<Link> {
    let document = &shown.document;
    if !shown.body.kind.is_read() {
        return Vec::new();
    }
    if !document.owner.own {
        let adapt = format!(
            "{}?adapt={}/{}",
            urls::WRITE,
            document.owner.node,
            document.id
        );
        let is_allowed = !shown.is_withheld();
        let link = is_allowed.then(|| Link::new("Adapt this for your organisation", adapt));
        return link.into_iter().collect();
    }
    let mut changes = vec![Link::new("Suggest a change", urls::change(document.id))];
    if shown.body.kind == Kind::Observation {
        let grow = format!("{}?grow={}", urls::WRITE, document.id);
        changes.push(Link::new("Make a case study of this observation", grow));
    }
    changes.push(Link::new("Look after this page", urls::care(document.id)));
    changes
}
