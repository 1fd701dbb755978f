//! What a person looks after, as their own page lists it.

use domain::Kind;
use node::{Node, urls};
use people::{
    care::{self, Caring},
    drafts::Person,
};
use store::{Cared, WrittenDraft};
use wire::{Date, Timestamp};

use crate::{PageError, link::Link, result_card::overdue, words};

/// What a person looks after.
#[derive(Debug, Clone, Default)]
pub(crate) struct CaringView {
    /// What is due from them.
    pub(crate) due: Vec<CaringRow>,
    /// What was handed over to them.
    pub(crate) handed_over: Vec<CaringRow>,
    /// What the person asked to withdraw, and editors have kept.
    pub(crate) kept: Vec<CaringRow>,
    /// What the person wrote, and was withdrawn since.
    pub(crate) withdrawn: Vec<CaringRow>,
}

/// A page that the person looks after.
#[derive(Debug, Clone)]
pub(crate) struct CaringRow {
    pub(crate) link: Link,
    /// What is due and is late.
    pub(crate) late: String,
    /// What is due later, or since when they have it.
    pub(crate) about: String,
}

/// Returns what a person looks after.
///
/// # Errors
/// Of the database.
pub(crate) async fn view(node: &Node, person: Person) -> Result<CaringView, PageError> {
    let today = node.now().date();
    let Caring {
        due,
        handed_over,
        kept,
        withdrawn,
    } = care::caring(node, person).await?;
    Ok(CaringView {
        due: due.iter().map(|cared| due_row(cared, today)).collect(),
        handed_over: handed_over.iter().map(handed_over_row).collect(),
        kept: kept.iter().map(kept_row).collect(),
        withdrawn: withdrawn.iter().map(withdrawn_row).collect(),
    })
}

/// The words of what was withdrawn are gone, so it is named by its kind.
fn withdrawn_row((draft, at): &(WrittenDraft, Timestamp)) -> CaringRow {
    let kind = Kind::parse(&draft.kind).label().to_lowercase();
    CaringRow {
        link: Link::new(format!("Your {kind}"), urls::draft(draft.id)),
        late: String::new(),
        about: format!("Withdrawn on {}", words::date(at.date())),
    }
}

fn link(cared: &Cared) -> Link {
    Link::new(markdown::visible(&cared.title), urls::care(cared.id))
}

fn due_row(cared: &Cared, today: Date) -> CaringRow {
    let (mut late, mut later) = (Vec::new(), Vec::new());
    match (overdue(cared.review_by, today), cared.review_by) {
        (Some(overdue), _) => late.push(overdue),
        (None, Some(day)) => later.push(format!("Review due on {}", words::date(day))),
        (None, None) => {}
    }
    if let Some(day) = cared.expected_by {
        let text = format!("Result promised by {}", words::date(day));
        if day < today { &mut late } else { &mut later }.push(text);
    }
    CaringRow {
        link: link(cared),
        late: late.join(" · "),
        about: later.join(" · "),
    }
}

fn handed_over_row(cared: &Cared) -> CaringRow {
    let since = cared.owner_since.map(|at| words::date(at.date()));
    CaringRow {
        link: link(cared),
        late: String::new(),
        about: since.map_or_else(String::new, |since| format!("Since {since}")),
    }
}

fn kept_row((cared, at): &(Cared, Timestamp)) -> CaringRow {
    CaringRow {
        link: link(cared),
        late: String::new(),
        about: format!("Kept on {}", words::date(at.date())),
    }
}

#[cfg(test)]
mod tests {
    use wire::DocumentId;

    use super::*;

    #[test]
    fn each_page_says_what_is_due_and_what_is_late() {
        let day = |text: &str| (!text.is_empty()).then(|| Date::parse(text).unwrap());
        for (review_by, expected_by, late, about) in [
            ("2026-12-01", "", "", "Review due on 1 December 2026"),
            ("2026-11-01", "", "Review overdue since 1 November 2026", ""),
            ("", "2026-11-28", "Result promised by 28 November 2026", ""),
            (
                "2026-11-01",
                "2026-11-29",
                "Review overdue since 1 November 2026",
                "Result promised by 29 November 2026",
            ),
        ] {
            let cared = Cared {
                id: DocumentId::generate(Timestamp::from_secs(0), [1; 10]),
                rev: 1,
                title: "Badges on wards".to_owned(),
                slug: "badges-on-wards".to_owned(),
                review_by: day(review_by),
                expected_by: day(expected_by),
                owner: None,
                owner_since: None,
                author: None,
            };
            let row = due_row(&cared, Date::parse("2026-11-29").unwrap());
            assert_eq!((row.late.as_str(), row.about.as_str()), (late, about));
        }
    }
}
