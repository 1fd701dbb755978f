//! Results as a table for a spreadsheet: comma-separated (RFC 4180), UTF-8 with a byte order mark, without
//! which the most used spreadsheet reads it as something else.
//!
//! A field that a spreadsheet would take for a formula begins with an apostrophe instead.

use domain::{Term as _, vocabulary};

use crate::syndication::one_line;
use node::{Node, flows::search::FoundHit, urls};

/// The media type.
pub(super) const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

const COLUMNS: [&str; 22] = [
    "title",
    "url",
    "organisation",
    "ods",
    "kind",
    "type",
    "result",
    "would_repeat",
    "stage",
    "cost",
    "evidence",
    "headline",
    "priority",
    "topics",
    "care_setting",
    "summary",
    "published",
    "updated",
    "reviewed",
    "review_by",
    "licence",
    "provenance",
];

/// Writes results.
pub(super) fn write(node: &Node, hits: &[FoundHit]) -> Vec<u8> {
    let rows = hits.iter().map(|hit| fields(node, hit));
    table(rows).into_bytes()
}

fn table(rows: impl Iterator<Item = [String; COLUMNS.len()]>) -> String {
    let mut out = String::from('\u{feff}');
    row(&mut out, COLUMNS.map(str::to_owned));
    for fields in rows {
        row(&mut out, fields);
    }
    out
}

fn row(out: &mut String, fields: [String; COLUMNS.len()]) {
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let field = guarded(&one_line(field));
        if field.contains(['"', ',', ';', '\n', '\r', '\'']) || field.starts_with(' ') {
            out.push('"');
            out.push_str(&field.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&field);
        }
    }
    out.push_str("\r\n");
}

/// Guards against formulas: <https://owasp.org/www-community/attacks/CSV_Injection>, and the full-width
/// signs that some programs take for the same.
fn guarded(field: &str) -> String {
    let first = field.trim_start().chars().next();
    let formula = first.is_some_and(|c| "=+-@|%＝＋－＠".contains(c));
    if formula {
        format!("'{field}")
    } else {
        field.to_owned()
    }
}

fn fields(node: &Node, hit: &FoundHit) -> [String; COLUMNS.len()] {
    let (card, shown) = (&hit.card, &hit.shown);
    let study = shown.study.as_ref();
    let of = |value: Option<&'static str>| value.unwrap_or_default().to_owned();
    let time = |at: Option<wire::Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let day = |day: Option<wire::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let headline = study.and_then(|study| study.headline.as_ref());
    [
        card.title.clone(),
        urls::absolute(node, &urls::document(&card.handle, card.id, &card.slug)),
        card.organisation.clone(),
        card.ods.clone().unwrap_or_default(),
        domain::Kind::parse(&card.kind).label().to_owned(),
        of(study.map(|study| study.study_type.label())),
        of(study.map(|study| study.result.label())),
        of(study.map(|study| study.would_repeat.label())),
        of(study.map(|study| study.stage.label())),
        of(study.map(|study| study.cost_band.label())),
        of(study.map(|study| study.evidence.label())),
        headline
            .map(|headline| format!("{}: {}", headline.name, headline.change))
            .unwrap_or_default(),
        of(study.map(|study| study.priority.label())),
        shown
            .topics
            .iter()
            .map(|topic| topic.label())
            .collect::<Vec<_>>()
            .join("; "),
        study
            .map(|study| labels(&study.care_settings))
            .unwrap_or_default(),
        card.summary.clone().unwrap_or_default(),
        time(card.published),
        time(card.updated),
        day(shown.reviewed),
        day(shown.review_by),
        shown.licence.as_str().to_owned(),
        hit.provenance.state.as_str().to_owned(),
    ]
}

fn labels<T: vocabulary::Term>(terms: &[T]) -> String {
    terms
        .iter()
        .map(|term| term.label())
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula_or_breaks_a_row() {
        let mut fields = [const { String::new() }; COLUMNS.len()];
        let texts = [
            "=HYPERLINK(\"http://x\")",
            "+1",
            "-1",
            "@SUM(1)",
            "\t=1",
            "\u{0}=1",
            "＝1",
            "a, \"b\"\r\nc",
            " =1",
            "plain",
            "it's",
            "52 → 7",
        ];
        for (field, text) in fields.iter_mut().zip(texts) {
            text.clone_into(field);
        }
        let written = table(std::iter::once(fields));
        assert!(written.starts_with("\u{feff}title,url,"));
        let row = written.lines().nth(1).unwrap();
        assert_eq!(
            row,
            "\"'=HYPERLINK(\"\"http://x\"\")\",\"'+1\",\"'-1\",\"'@SUM(1)\",\"'=1\",\"'=1\",\"'＝1\",\
             \"a, \"\"b\"\"  c\",\"'=1\",plain,\"it's\",52 → 7,,,,,,,,,,"
        );
        assert!(written.ends_with("\r\n") && written.lines().count() == 2);
    }
}
