//! Who did what on this site, for administrators.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use node::{
    Node,
    audit::{Act, Row},
    urls,
};
use serde::Deserialize;
use store::AuditFilter;
use wire::{AccountId, Date, DocumentId};

use super::{Asked, FieldFault, FormFaults, form_page, when};
use crate::{PageError, frame::Frame, requester::Requester, words};

/// Rows on one page.
const PAGE_ROWS: u32 = 50;
/// Characters of a field that are looked at: longer than any id or name.
const MAX_FIELD_CHARS: usize = 200;

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    frame: Frame,
    faults: FormFaults,
    acts: Vec<ActChoice>,
    person: String,
    object: String,
    from: String,
    to: String,
    rows: Vec<AuditRow>,
    counted: String,
    download: String,
    older: Option<String>,
    newest: Option<String>,
}

/// An act to choose.
#[derive(Debug, Clone)]
struct ActChoice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

/// A row, as the page shows it.
#[derive(Debug, Clone)]
struct AuditRow {
    seq: u64,
    when: String,
    what: String,
    who: String,
    who_detail: String,
    object: String,
    /// Where the object is, if it has a page.
    href: Option<String>,
    detail: String,
    why: String,
}

/// Which rows are asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct AuditFields {
    #[serde(default)]
    act: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    object: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// Only rows before this one.
    #[serde(default)]
    before: String,
}

impl AuditFields {
    /// Returns what the store filters by, and what could not be read.
    pub fn filter(&self) -> (AuditFilter, Vec<&'static str>) {
        let mut unread = Vec::new();
        let mut day = |field, text: &str| {
            let day = Date::parse(text.trim());
            if day.is_none() && !text.trim().is_empty() {
                unread.push(field);
            }
            day
        };
        let (from, to) = (day("from", &self.from), day("to", &self.to));
        let act = match Act::parse(&self.act) {
            Some(act) => act.as_str(),
            None if self.act.is_empty() => "",
            None => {
                unread.push("act");
                NO_ACT
            }
        };
        let filter = AuditFilter {
            act: act.to_owned(),
            person: bounded(&self.person),
            object: bounded(&self.object),
            since: from.map(Date::start),
            // The day itself is part of it.
            until: to.map(|day| day.start().plus(DAY)),
        };
        (filter, unread)
    }

    /// Returns the query of the same rows, without a place.
    fn query(&self) -> String {
        let fields = [
            ("act", &self.act),
            ("person", &self.person),
            ("object", &self.object),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = given
            .map(|(name, value)| format!("{name}={}", urls::encoded(value)))
            .collect();
        pairs.join("&")
    }
}

/// What is asked for instead of an act that is not known: no row has it.
const NO_ACT: &str = "unknown";
const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

fn bounded(text: &str) -> String {
    text.trim().chars().take(MAX_FIELD_CHARS).collect()
}

/// `GET /audit`.
pub async fn show(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Asked(fields): Asked<AuditFields>,
) -> Result<Response, PageError> {
    let (filter, unread) = fields.filter();
    let before = fields.before.parse().ok();
    // One more than is shown says whether there is an older page.
    let limit = PAGE_ROWS + 1;
    let mut rows = node
        .store
        .audit_before(before.unwrap_or(u64::MAX), &filter, limit)
        .await?;
    let shown = usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
    let is_more = rows.len() > shown;
    rows.truncate(shown);
    let query = fields.query();
    let older = rows.last().filter(|_| is_more).map(|last| {
        let place = format!("{query}&before={}", last.seq);
        urls::with_query(urls::AUDIT, place.trim_start_matches('&'))
    });
    let head = node.store.audit_head().await?;
    let handle = node.identity().map(|identity| identity.handle.clone());
    let handle = handle.unwrap_or_default();
    let frame = crate::frame_for(&node, &requester);
    let error = if unread.is_empty() { "" } else { "Error: " };
    let page = Audit {
        frame: Frame {
            title: format!("{error}Audit – {}", frame.site),
            hidden: true,
            ..frame
        },
        faults: FormFaults(unread.into_iter().map(unread_field).collect()),
        acts: choices(&filter.act),
        counted: words::counted(head.seq, "act is recorded", "acts are recorded"),
        rows: rows.into_iter().map(|one| row(one, &handle)).collect(),
        download: urls::with_query(urls::AUDIT_LINES, &query),
        older,
        newest: before.map(|_: u64| urls::with_query(urls::AUDIT, &query)),
        person: fields.person,
        object: fields.object,
        from: fields.from,
        to: fields.to,
    };
    form_page(&page, &page.faults)
}

fn unread_field(field: &'static str) -> FieldFault {
    let text = match field {
        "act" => "No act is called that. Choose one of the list",
        _ => "Enter a day in the form 2027-01-31",
    };
    FieldFault {
        field,
        text: text.to_owned(),
    }
}

fn choices(chosen: &str) -> Vec<ActChoice> {
    let choice = |act: &Act| ActChoice {
        value: act.as_str(),
        label: act.label(),
        chosen: act.as_str() == chosen,
    };
    Act::ALL.iter().map(choice).collect()
}

fn row(row: Row, handle: &str) -> AuditRow {
    let (who, who_detail) = who(&row);
    AuditRow {
        seq: row.seq,
        when: when(row.at),
        what: Act::parse(&row.act).map_or(row.act, |act| act.label().to_owned()),
        who,
        who_detail,
        href: href(&row.object_kind, &row.object_id, handle),
        object: match row.object_kind.as_str() {
            "" => String::new(),
            "named" => row.object_id,
            kind => format!("{kind} {}", row.object_id),
        },
        detail: row.detail,
        why: row.why,
    }
}

fn who(row: &Row) -> (String, String) {
    match row.by_kind.as_str() {
        "account" => (row.by_name.clone(), String::new()),
        "operator" => {
            let name = match row.by_name.as_str() {
                "" => format!("User {}", row.by_id),
                name => name.to_owned(),
            };
            (name, "At the command line".to_owned())
        }
        "node" => ("This site".to_owned(), String::new()),
        _ => ("Someone not signed in".to_owned(), String::new()),
    }
}

/// Returns where an object is shown; `handle` is that of this site.
fn href(kind: &str, id: &str, handle: &str) -> Option<String> {
    match kind {
        "account" => AccountId::parse(id).map(urls::account),
        "document" => DocumentId::parse(id).map(|id| urls::document_by_id(handle, id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use wire::Timestamp;

    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> Audit {
        Audit {
            frame: of.frame(),
            faults: FormFaults(of.list(vec![unread_field("from")])),
            acts: choices("withdrawn"),
            person: of.text("okafor"),
            object: of.text("0193e3a0-5b7c-7cc0-8b2f-0d9c8a3f1e11"),
            from: of.text("2026-11-01"),
            to: of.text("2026-11-30"),
            rows: of.list(vec![AuditRow {
                seq: 12,
                when: "12 September 2026, 09:30".to_owned(),
                what: of.text("Withdrew"),
                who: of.text("Ada Okafor"),
                who_detail: of.text("At the command line"),
                object: of.text("document 0193e3a0-5b7c-7cc0-8b2f-0d9c8a3f1e11"),
                href: of.option("/d/zz1/0193e3a0-5b7c-7cc0-8b2f-0d9c8a3f1e11".to_owned()),
                detail: of.text("revision 2"),
                why: of.text("privacy"),
            }]),
            counted: "12 acts are recorded".to_owned(),
            download: "/audit.jsonl".to_owned(),
            older: of.option("/audit?before=12".to_owned()),
            newest: of.option("/audit".to_owned()),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }

    #[test]
    fn a_day_is_part_of_the_time_that_it_ends() {
        let fields = AuditFields {
            from: "2026-11-01".to_owned(),
            to: "2026-11-01".to_owned(),
            ..AuditFields::default()
        };
        let (filter, unread) = fields.filter();
        assert_eq!(unread, [""; 0]);
        let length = filter.until.zip(filter.since);
        let length = length.map(|(until, since): (Timestamp, Timestamp)| until.since(since));
        assert_eq!(length, Some(DAY));
    }
}
