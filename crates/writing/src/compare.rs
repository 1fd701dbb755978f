//! Differences between two texts, field by field, as a page shows them.

mod leads;

use std::{
    borrow::Cow,
    collections::BTreeSet,
    time::{Duration, Instant},
};

use domain::Attachment;
use drafting::{Content, Field, Groups, Input, Pairs, Piece, difference, difference_within};
use node::{Node, NodeError, work::spawn_blocking};
use pages::{PageError, words};
use people::drafts::outline;
use wire::{Date, Viewer};

pub(crate) use leads::{Leads, titles_of};

/// Time for comparing all fields of two texts. What is left then is shown as removed and added.
const MAX_COMPARING: Duration = Duration::from_millis(400);
/// Keys that no field of some forms has, and what they say, in the words of the pages.
const OTHER_KEYS: [(&str, &str); 5] = [
    ("reviewed", "Last reviewed"),
    ("review_by", "Next review by"),
    ("visibility", "Who can read it"),
    ("licence", "Licence"),
    ("tags", "Tags"),
];

/// The difference of one field.
#[derive(Debug, Clone)]
pub(crate) struct FieldDifference {
    pub(crate) label: Cow<'static, str>,
    /// The name of the field; empty where the whole is compared.
    pub(crate) name: String,
    /// The difference as HTML: what was removed and what was added is marked, and said for those who do not see it.
    pub(crate) html: String,
    /// Where links lead that one of the two has only; [`with_leads`] adds them to the HTML.
    pub(crate) leads: Leads,
}

/// Returns the fields in which two versions of a section differ.
pub(crate) fn of_pairs(
    fields: &[&'static Field],
    earlier: &Pairs,
    later: &Pairs,
) -> Vec<FieldDifference> {
    of_pairs_until(Instant::now() + MAX_COMPARING, fields, earlier, later)
}

fn of_pairs_until(
    end: Instant,
    fields: &[&'static Field],
    earlier: &Pairs,
    later: &Pairs,
) -> Vec<FieldDifference> {
    let mut differences = Vec::new();
    for field in fields {
        let (mut before, mut after) = (text_of(field, earlier), text_of(field, later));
        if before != after {
            let mut leads = Leads::default();
            if field.is_text() {
                leads = Leads::new(&before, &after);
                (before, after) = read(&before, &after, leads.is_empty());
            }
            differences.push(FieldDifference {
                label: field.label.into(),
                name: field.name.to_owned(),
                html: html_of(difference_within(left(end), &before, &after)),
                leads,
            });
        }
    }
    differences
}

/// Returns the fields in which two drafts of the same kind differ; for drafts that cannot be read, or of different kinds, the
/// difference of their files. It takes up to [`MAX_COMPARING`], on a thread that may take its time.
///
/// # Errors
/// The thread ended early.
pub(crate) async fn of_contents(
    node: &Node,
    viewer: Viewer,
    earlier: Content,
    later: Content,
) -> Result<Vec<FieldDifference>, PageError> {
    let comparing = spawn_blocking(move || compared(&earlier, &later));
    let differences = comparing.await.map_err(NodeError::from)?;
    with_leads(node, viewer, differences).await
}

/// Adds to differences where the links lead that only one of the two has, below the words.
///
/// # Errors
/// Of the database.
pub(crate) async fn with_leads(
    node: &Node,
    viewer: Viewer,
    mut differences: Vec<FieldDifference>,
) -> Result<Vec<FieldDifference>, PageError> {
    let titles = leads::titles(node, viewer, &differences).await?;
    for one in &mut differences {
        one.html.push_str(&html_of(one.leads.pieces(&titles)));
    }
    Ok(differences)
}

fn compared(earlier: &Content, later: &Content) -> Vec<FieldDifference> {
    let sections = later.form().map(|form| form.sections).unwrap_or_default();
    let end = Instant::now() + MAX_COMPARING;
    let mut differences = Vec::new();
    for section in sections {
        let read = (
            earlier.section(section, outline),
            later.section(section, outline),
            later.fields_of(section, outline),
        );
        let (Ok(before), Ok(after), Ok(fields)) = read else {
            return whole(earlier, later);
        };
        differences.extend(of_pairs_until(end, &fields, &before, &after));
    }
    differences.extend(of_other_keys(end, earlier, later));
    if differences.is_empty() && earlier.file() != later.file() {
        return whole(earlier, later);
    }
    differences
}

/// Returns the difference of what is attached: a line for each file. A file that was replaced by another one of the same name
/// is named so.
pub(crate) fn of_files(earlier: &[Attachment], later: &[Attachment]) -> Option<FieldDifference> {
    let line = |file: &Attachment| match file.alt.is_empty() {
        true => file.name.clone(),
        false => format!("{}: {}", file.name, file.alt),
    };
    let is_replaced = |file: &Attachment| {
        let mut named = earlier.iter().filter(|was| was.name == file.name);
        named.any(|was| was.digest != file.digest)
    };
    let before: Vec<String> = earlier.iter().map(line).collect();
    let after: Vec<String> = later
        .iter()
        .map(|file| match is_replaced(file) {
            true => format!("{} (another file of this name)", line(file)),
            false => line(file),
        })
        .collect();
    let (was, is): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
    (was != is).then(|| FieldDifference {
        label: "Attached files".into(),
        name: String::new(),
        html: html(&before.join("\n"), &after.join("\n")),
        leads: Leads::default(),
    })
}

/// Returns the keys that no field of the form has and in which two drafts differ.
fn of_other_keys(end: Instant, earlier: &Content, later: &Content) -> Vec<FieldDifference> {
    let (Some(before), Some(after)) = (earlier.other_keys(outline), later.other_keys(outline))
    else {
        return Vec::new();
    };
    let value = |pairs: &Pairs, key: &str| {
        let held = pairs.iter().find(|(name, _)| name == key);
        held.map_or_else(String::new, |(_, value)| in_words(value).into_owned())
    };
    let is_new = |(key, _): &&(String, String)| after.iter().all(|(held, _)| held != key);
    let keys = after.iter().chain(before.iter().filter(is_new));
    let mut differences = Vec::new();
    for (key, _) in keys {
        let (was, is) = (value(&before, key), value(&after, key));
        if was != is {
            let known = OTHER_KEYS.iter().find(|(name, _)| name == key);
            differences.push(FieldDifference {
                label: known.map_or_else(|| key.clone().into(), |(_, label)| (*label).into()),
                name: String::new(),
                html: html_of(difference_within(left(end), &was, &is)),
                leads: Leads::default(),
            });
        }
    }
    differences
}

/// Returns a value as it is read: days in words.
fn in_words(value: &str) -> Cow<'_, str> {
    match Date::parse(value) {
        Some(day) => words::date(day).into(),
        None => value.into(),
    }
}

fn whole(earlier: &Content, later: &Content) -> Vec<FieldDifference> {
    vec![FieldDifference {
        label: "The whole file".into(),
        name: String::new(),
        html: html(&earlier.file(), &later.file()),
        leads: Leads::default(),
    }]
}

/// Returns two texts as their words are read, without marks. Texts that differ in their marks only, and not in where links
/// lead, are returned as they are written.
fn read(earlier: &str, later: &str, leads_are_same: bool) -> (String, String) {
    let (before, after) = (markdown::plain_text(earlier), markdown::plain_text(later));
    match before == after && leads_are_same {
        true => (earlier.to_owned(), later.to_owned()),
        false => (before, after),
    }
}

/// Returns the values of a field as one text, in the words of its form.
fn text_of(field: &Field, pairs: &Pairs) -> String {
    if let Input::Groups(groups) = &field.input {
        return text_of_groups(field.name, groups, pairs);
    }
    let prefix = format!("{}.", field.name);
    let of_field = pairs
        .iter()
        .filter(|(name, _)| name == field.name || name.starts_with(&prefix));
    let each: Vec<Cow<'_, str>> = of_field.map(|(_, value)| shown(field, value)).collect();
    each.join(", ")
}

/// Returns a line for each value of each group: `Figure 2, unit: minutes`.
fn text_of_groups(name: &str, groups: &Groups, pairs: &Pairs) -> String {
    let line = |(held, value): &(String, String)| {
        let rest = held.strip_prefix(name)?.strip_prefix('.')?;
        let (number, inner) = rest.split_once('.')?;
        let number = number.parse::<u64>().ok()?.saturating_add(1);
        let field = groups.fields.iter().find(|field| field.name == inner)?;
        if value.is_empty() {
            return None;
        }
        let (one, label) = (groups.one, words::lower_first(field.label));
        Some(format!("{one} {number}, {label}: {}", shown(field, value)))
    };
    let lines: Vec<String> = pairs.iter().filter_map(line).collect();
    lines.join("\n")
}

/// Returns a value of a field in the words of its form.
fn shown<'a>(field: &Field, value: &'a str) -> Cow<'a, str> {
    if matches!(field.input, Input::Day) {
        return in_words(value);
    }
    let choices = field.choices();
    let choice = choices.iter().find(|choice| choice.value == value);
    choice.map_or(value, |choice| choice.label).into()
}

/// Writes a difference. `del` and `ins` say to a screen reader what the colours say to the eye.
pub(crate) fn html(earlier: &str, later: &str) -> String {
    html_of(difference(earlier, later))
}

fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}

fn html_of(pieces: Vec<Piece>) -> String {
    let escaped = |text: &str| markdown::escape(&markdown::visible(text));
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Same(text) => out.push_str(&escaped(&text)),
            Piece::Removed(text) => {
                out.push_str("<del><span class=\"nhsuk-u-visually-hidden\">Removed: </span>");
                out.push_str(&escaped(&text));
                out.push_str("</del>");
            }
            Piece::Added(text) => {
                out.push_str("<ins><span class=\"nhsuk-u-visually-hidden\">Added: </span>");
                out.push_str(&escaped(&text));
                out.push_str("</ins>");
            }
            Piece::LeftOut => out.push_str("<span class=\"app-left-out\"> … </span>"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_compared_as_its_words_are_read() {
        for (earlier, later, expected) in [
            (
                "## Pagers\n\nWe **moved** 3 wards.\n\n- See [the plan](/d/1).",
                "## Bleeps\n\nWe **moved** 34 wards.\n\n- See [the plan](/d/1).",
                (
                    "Pagers\nWe moved 3 wards.\nSee the plan.",
                    "Bleeps\nWe moved 34 wards.\nSee the plan.",
                ),
            ),
            // Where a link leads is compared apart from the words.
            (
                "See [the plan](/d/1).",
                "See [the plan](https://example.org/).",
                ("See the plan.", "See the plan."),
            ),
            // What differs in marks only is shown with them.
            (
                "We *did* it.",
                "We **did** it.",
                ("We *did* it.", "We **did** it."),
            ),
        ] {
            let leads = Leads::new(earlier, later);
            let (before, after) = read(earlier, later, leads.is_empty());
            assert_eq!((before.as_str(), after.as_str()), expected);
        }
    }
}
