//! What a viewer can read, as SQL: the only place where a visibility is written into a statement.
//!
//! A statement for readers is a [`PerViewer`], which cannot be run without naming the viewer. The conditions are texts
//! and not parameters, since an engine uses a partial index only where the statement repeats the index's condition.
//!
//! What is live is read by visibility. What is kept here (`local`) is in no log and only for this node's staff.

use wire::{Viewer, Visibility};

use crate::DocumentState;

/// One statement in the form for each viewer.
pub(crate) struct PerViewer {
    pub(crate) public: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) staff: &'static str,
}

impl PerViewer {
    pub(crate) const fn text(&self, viewer: Viewer) -> &'static str {
        match viewer {
            Viewer::Public => self.public,
            Viewer::Peer => self.peer,
            Viewer::Staff => self.staff,
        }
    }
}

/// Says whether a viewer can read a document in that state: what [`clause!`] says in SQL.
pub(crate) fn can_read(viewer: Viewer, state: DocumentState, visibility: Visibility) -> bool {
    match state {
        DocumentState::Live => viewer.can_read(visibility),
        DocumentState::Local => viewer == Viewer::Staff && viewer.can_read(visibility),
        DocumentState::Pending
        | DocumentState::Unavailable
        | DocumentState::Quarantined
        | DocumentState::Withdrawn
        | DocumentState::Removed => false,
    }
}

/// Returns the first epoch of which a viewer sees anything: what was kept here has epoch 0 and is for staff only.
pub(crate) fn first_epoch(viewer: Viewer) -> i64 {
    match viewer {
        Viewer::Public | Viewer::Peer => 1,
        Viewer::Staff => 0,
    }
}

/// Declares statements for readers. A text is cut where the viewer decides: `[readable]` is the condition on the table
/// `d`, and the other words of [`clause!`] are larger parts.
macro_rules! statements_for_viewers {
    ($($(#[$doc:meta])* $name:ident = $($text:literal $([$($part:tt)+])?)+;)*) => {
        $(
            $(#[$doc])*
            pub(super) const $name: $crate::viewing::PerViewer = $crate::viewing::PerViewer {
                public: concat!($($text $(, $crate::viewing::clause!(public $($part)+))?),+),
                peer: concat!($($text $(, $crate::viewing::clause!(peer $($part)+))?),+),
                staff: concat!($($text $(, $crate::viewing::clause!(staff $($part)+))?),+),
            };
        )*
        /// Every statement of this module that is for readers.
        pub(crate) const FOR_VIEWERS: &[(&str, $crate::viewing::PerViewer)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use statements_for_viewers;

/// Writes the part of a statement that depends on the viewer.
///
/// `readable`: the condition, for a document that is looked up by its key. `public` and `protected`: the same in two
/// halves, each the condition of partial indexes, for lists and counts. `tried`: how many other nodes say that they have
/// tried what the document `d` of the node `n` describes. `count`, `newest` and
/// `both`: the two halves together. `text`: a part that is the same for every viewer, from a macro.
macro_rules! clause {
    (public readable) => { $crate::viewing::clause!(any public) };
    (peer readable) => { "d.state = 'live' AND d.visibility IN ('public', 'network')" };
    (staff readable) => { "d.state IN ('live', 'local') AND d.visibility IN ('public', 'network', 'organisation')" };

    (any public) => { "d.state = 'live' AND d.visibility = 'public'" };
    (peer protected) => {
        concat!($crate::viewing::clause!(staff protected), " AND d.state = 'live' AND d.visibility = 'network'")
    };
    (staff protected) => { "d.state IN ('live', 'local') AND d.visibility IN ('network', 'organisation')" };

    // Each other node counts once for a document, however much it says of it, and only by what everyone can read.
    (any tried) => {
        "(SELECT COUNT(DISTINCT r.node_seq) FROM document_references r JOIN documents a ON a.node_seq = r.node_seq AND a.id = r.id
            WHERE r.target_node = n.node AND r.target_id = d.id AND r.tried AND r.node_seq <> d.node_seq
                AND a.state = 'live' AND a.visibility = 'public')"
    };

    ($viewer:ident text $text:ident) => { $text!() };

    (public count $of:literal) => {
        concat!("(SELECT COUNT(*) FROM documents d WHERE ", $of, $crate::viewing::clause!(any public), ")")
    };
    ($viewer:ident count $of:literal) => {
        concat!("(", $crate::viewing::clause!(public count $of), " + (SELECT COUNT(*) FROM documents d WHERE ", $of,
            $crate::viewing::clause!($viewer protected), "))")
    };

    (public newest $of:literal) => {
        concat!("(SELECT MAX(d.sort_at) FROM documents d WHERE ", $of, $crate::viewing::clause!(any public), ")")
    };
    ($viewer:ident newest $of:literal) => {
        concat!("(SELECT MAX(m.newest) FROM (SELECT ", $crate::viewing::clause!(public newest $of), " AS newest UNION ALL SELECT ",
            "(SELECT MAX(d.sort_at) FROM documents d WHERE ", $of, $crate::viewing::clause!($viewer protected), ") AS newest) m)")
    };

    (public both $select:ident $of:literal) => { concat!($select!(), $crate::viewing::clause!(any public), $of) };
    ($viewer:ident both $select:ident $of:literal) => {
        concat!($crate::viewing::clause!(public both $select $of), " UNION ALL ",
            $select!(), $crate::viewing::clause!($viewer protected), $of)
    };
}
pub(crate) use clause;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_state_but_live_and_local_can_be_read_and_local_by_staff_only() {
        for viewer in Viewer::ALL {
            for visibility in Visibility::ALL {
                for state in DocumentState::ALL {
                    let expected = match state {
                        DocumentState::Live => viewer.can_read(visibility),
                        DocumentState::Local => viewer == Viewer::Staff,
                        _ => false,
                    };
                    assert_eq!(
                        can_read(viewer, state, visibility),
                        expected,
                        "{viewer:?} {state:?} {visibility:?}"
                    );
                }
            }
        }
    }
}
