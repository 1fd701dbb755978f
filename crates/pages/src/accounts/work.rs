//! What happened to a person's work, as their own page shows it and prints it.

use node::{Node, urls};
use people::{
    drafts::Person,
    work::{self, DocumentWork},
};
use wire::{Date, Timestamp};

use crate::{PageError, link::Link, result_card::overdue, words};

/// Days of the picture.
const DAYS: i64 = 30;
/// Its height, and the width of a day, in its own units.
const HEIGHT: u64 = 60;
const STEP: u64 = 10;
/// The seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// What happened to a person's work.
#[derive(Debug, Clone, Default)]
pub(crate) struct WorkView {
    /// The sum, in a sentence; empty without anything published.
    pub(crate) summary: String,
    /// The bars of the last 30 days; none without readers.
    pub(crate) bars: Vec<Bar>,
    /// What the picture shows, with its highest day.
    pub(crate) caption: String,
    /// The days that have readers, for those who do not see the picture.
    pub(crate) days: Vec<(String, String)>,
    /// Each document.
    pub(crate) documents: Vec<WorkRow>,
    /// The day of this page, for paper.
    pub(crate) prepared: String,
}

/// One day of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) x: u64,
    pub(crate) y: u64,
    pub(crate) height: u64,
}

/// A document of the person.
#[derive(Debug, Clone)]
pub(crate) struct WorkRow {
    pub(crate) link: Link,
    pub(crate) reads: String,
    pub(crate) from_search: String,
    /// Who refers to it, each in words.
    pub(crate) later: Vec<String>,
    pub(crate) overdue: Option<String>,
}

/// Returns what happened to a person's work.
///
/// # Errors
/// Of the database.
pub(crate) async fn view(node: &Node, person: Person) -> Result<WorkView, PageError> {
    let work = work::work(node, person).await?;
    let today = node.now().date();
    let first = day_before(today, DAYS - 1);
    let recent: Vec<(Date, u64)> = work
        .days
        .iter()
        .copied()
        .filter(|(day, _)| *day >= first)
        .collect();
    let documents = work.documents.iter();
    Ok(WorkView {
        summary: summary(&work.documents, &recent),
        bars: bars(&recent, first),
        caption: format!(
            "Readers here on each of the last {DAYS} days, up to {} on one day",
            words::number(recent.iter().map(|(_, count)| *count).max().unwrap_or(0))
        ),
        days: recent
            .iter()
            .map(|(day, count)| (words::date(*day), words::number(*count)))
            .collect(),
        documents: documents.map(|document| row(document, today)).collect(),
        prepared: words::date(today),
    })
}

fn day_before(day: Date, days: i64) -> Date {
    Timestamp::from_secs(day.start().secs() - days * DAY_SECONDS).date()
}

/// Sums up in one sentence.
fn summary(documents: &[DocumentWork], recent: &[(Date, u64)]) -> String {
    if documents.is_empty() {
        return String::new();
    }
    let count = u64::try_from(documents.len()).unwrap_or(u64::MAX);
    let sum = |of: fn(&DocumentWork) -> u64| documents.iter().map(of).sum::<u64>();
    let has = format!(
        "You have {}.",
        words::counted(count, "published page", "published pages")
    );
    let them = if count == 1 { "it" } else { "them" };
    let reads = sum(|one| one.reads);
    if reads == 0 {
        return format!("{has} No one has opened {them} on this site so far.");
    }
    let from_search = match sum(|one| one.from_search) {
        0 => String::new(),
        some => format!(", {} of these from a page of results", words::number(some)),
    };
    format!(
        "{has} Readers of this site opened {them} {} in the last 12 months{from_search}, and {} in the last 30 days.",
        words::counted(reads, "time", "times"),
        words::counted(recent.iter().map(|(_, count)| count).sum(), "time", "times"),
    )
}

fn bars(recent: &[(Date, u64)], first: Date) -> Vec<Bar> {
    let most = recent.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let bar = |(day, count): &(Date, u64)| {
        let index = (day.start().secs() - first.start().secs()) / DAY_SECONDS;
        // The smallest bar can be seen.
        let height = (count * HEIGHT).div_ceil(most.max(1)).max(2);
        Bar {
            x: u64::try_from(index).unwrap_or(0) * STEP,
            y: HEIGHT.saturating_sub(height),
            height,
        }
    };
    recent.iter().map(bar).collect()
}

fn row(document: &DocumentWork, today: Date) -> WorkRow {
    let card = &document.card;
    let mut later = Vec::new();
    for (count, one, many) in [
        (
            document.adapted,
            "page says that it is adapted from it",
            "pages say that they are adapted from it",
        ),
        (
            document.tried,
            "organisation tried it too",
            "organisations tried it too",
        ),
        (document.mentions, "page links to it", "pages link to it"),
    ] {
        if count > 0 {
            later.push(words::counted(count, one, many));
        }
    }
    WorkRow {
        link: Link::new(markdown::visible(&card.title), urls::card(card)),
        reads: words::number(document.reads),
        from_search: words::number(document.from_search),
        later,
        overdue: overdue(card.review_by, today),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_with_most_readers_is_as_high_as_the_picture() {
        let day = |text| Date::parse(text).unwrap();
        let days = [(day("2026-11-02"), 1), (day("2026-11-28"), 120)];
        let bars = bars(&days, day_before(day("2026-11-28"), DAYS - 1));
        let bar = |x, y, height| Bar { x, y, height };
        assert_eq!(bars, [bar(30, 58, 2), bar(290, 0, 60)]);
    }
}
