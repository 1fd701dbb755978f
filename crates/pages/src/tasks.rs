//! What a reader who signs in can do with a document.

use domain::Kind;
use node::{flows::reading::Shown, urls};
use people::drafts::can_be_tried;

use crate::link::Link;

/// Returns where staff say that their organisation tried it too.
pub(crate) fn tried_too(shown: &Shown) -> Option<String> {
    let document = &shown.document;
    can_be_tried(shown).then(|| {
        format!(
            "{}?tried={}/{}",
            urls::WRITE,
            document.owner.node,
            document.id
        )
    })
}

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
        // What another organisation has tried is its own to say.
        let is_allowed = !shown.is_withheld() && shown.body.kind != Kind::Adoption;
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
