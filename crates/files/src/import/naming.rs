//! Faults that name several places of a text at once.

use std::collections::HashSet;

use domain::Fault;
use markdown::{Reading, Unseen};

/// Places that one fault names.
const MAX_NAMED: usize = 10;

/// Destinations for one fault, each once.
#[derive(Default)]
pub(super) struct Named {
    order: Vec<String>,
    known: HashSet<String>,
}

impl Named {
    pub(super) fn add(&mut self, url: &str) {
        if self.known.insert(url.to_owned()) {
            self.order.push(url.to_owned());
        }
    }

    /// Returns the first of them for a message; nothing if there are none.
    pub(super) fn named(&self) -> Option<String> {
        let named: Vec<String> = self
            .order
            .iter()
            .take(MAX_NAMED)
            .map(|url| format!("`{url}`"))
            .collect();
        if named.is_empty() {
            return None;
        }
        let more = self.order.len() - named.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        Some(format!("{}{more}", named.join(", ")))
    }

    pub(super) fn fault(&self, reason: &str) -> Option<Fault> {
        let named = self.named()?;
        Some(Fault::new(
            "body",
            None,
            format!("links to {named}: {reason}"),
        ))
    }
}

/// Returns a fault for the rows and one for the footnotes of which a page shows less than was written.
pub(super) fn unseen_faults(reading: &Reading) -> impl Iterator<Item = Fault> + use<> {
    let mut rows = Named::default();
    let mut footnotes = Named::default();
    for unseen in reading.unseen() {
        match unseen {
            Unseen::Row(row) => rows.add(&shortened(row)),
            Unseen::Footnote(name) => footnotes.add(&format!("[^{name}]")),
        }
    }
    let rows = rows.named().map(|named| {
        format!("the rows {named} have more cells than the head of their table, and what is in them is not shown; add columns to the head")
    });
    let footnotes = footnotes.named().map(|named| {
        format!("nothing refers to the footnotes {named}, or they are defined twice, so they are not shown; refer to them, or make them text")
    });
    let texts = rows.into_iter().chain(footnotes);
    texts.map(|text| Fault::new("body", None, text))
}

/// Shortens a row to what shows which one is meant.
fn shortened(row: &str) -> String {
    /// Characters of a row in a message.
    const MAX_SHOWN: usize = 60;
    let row = row.replace('`', "'");
    let mut shown: String = row.chars().take(MAX_SHOWN).collect();
    if shown.len() < row.len() {
        shown.push('…');
    }
    shown
}
