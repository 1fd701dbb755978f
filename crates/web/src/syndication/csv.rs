//! Results as a table for a spreadsheet: comma-separated (RFC 4180), UTF-8 with a byte order mark, without
//! which the most common spreadsheet program reads another encoding.
//!
//! A field that a spreadsheet would take for a formula begins with an apostrophe instead.

use domain::{FacetGroup, Kind, Term as _};

use finding::search::FoundHit;
use node::{Node, urls};
use pages::text::one_line;

/// The media type.
pub(crate) const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// A column.
enum Column {
    /// A facet, with the labels of its values.
    Facet(FacetGroup),
    /// Something else: its name, and its field.
    Own(&'static str, fn(&Node, &FoundHit) -> String),
}

/// The first columns. Spreadsheets rely on their places, so they stay.
const FIRST: [Column; 22] = [
    Column::Own("title", |_, hit| hit.card.title.clone()),
    Column::Own("url", |node, FoundHit { card, .. }| {
        urls::absolute(node, &urls::card(card))
    }),
    Column::Own("organisation", |_, hit| hit.card.owner.organisation.clone()),
    Column::Own("ods", |_, hit| {
        hit.card.owner.ods.clone().unwrap_or_default()
    }),
    Column::Facet(FacetGroup::Kind),
    Column::Facet(FacetGroup::Type),
    Column::Facet(FacetGroup::Result),
    Column::Facet(FacetGroup::WouldRepeat),
    Column::Facet(FacetGroup::Stage),
    Column::Facet(FacetGroup::Cost),
    Column::Facet(FacetGroup::Evidence),
    Column::Own("headline", |_, hit| {
        let headline = hit.shown.headline.as_ref();
        let words = headline.map(|headline| format!("{}: {}", headline.name, headline.change));
        words.unwrap_or_default()
    }),
    Column::Facet(FacetGroup::Priority),
    Column::Facet(FacetGroup::Topic),
    Column::Facet(FacetGroup::CareSetting),
    Column::Own("summary", |_, hit| {
        hit.card.summary.clone().unwrap_or_default()
    }),
    Column::Own("published", |_, hit| written(hit.card.published)),
    Column::Own("updated", |_, hit| written(hit.card.updated)),
    Column::Own("reviewed", |_, hit| written(hit.shown.reviewed)),
    Column::Own("review_by", |_, hit| written(hit.shown.review_by)),
    Column::Own("licence", |_, hit| hit.shown.licence.as_str().to_owned()),
    Column::Own("provenance", |_, hit| {
        hit.provenance.state.as_str().to_owned()
    }),
];

impl Column {
    fn name(&self) -> &'static str {
        match self {
            Self::Facet(group) => group.row().csv.unwrap_or(group.as_str()),
            Self::Own(name, _) => name,
        }
    }

    fn field(&self, node: &Node, hit: &FoundHit) -> String {
        match self {
            Self::Facet(FacetGroup::Kind) => Kind::parse(&hit.card.kind).label().to_owned(),
            Self::Facet(group) => {
                let values = hit.shown.values(*group).iter();
                let label =
                    |value: &String| group.value_label(value).unwrap_or(value.clone().into());
                values.map(label).collect::<Vec<_>>().join("; ")
            }
            Self::Own(_, field) => field(node, hit),
        }
    }
}

/// Returns all columns: the first ones, then every other facet that has a column.
fn columns() -> Vec<Column> {
    let is_first = |group: &FacetGroup| {
        let same = |column: &Column| matches!(column, Column::Facet(first) if first == group);
        FIRST.iter().any(same)
    };
    let others = FacetGroup::ALL
        .into_iter()
        .filter(|group| group.row().csv.is_some() && !is_first(group));
    let last = Column::Own("words", |_, hit| {
        let words = if hit.has_all { "all" } else { "some" };
        words.to_owned()
    });
    FIRST
        .into_iter()
        .chain(others.map(Column::Facet))
        .chain([last])
        .collect()
}

/// Returns the first row, which names the columns.
pub(super) fn head() -> String {
    let mut out = String::from('\u{feff}');
    row(
        &mut out,
        columns().iter().map(|column| column.name().to_owned()),
    );
    out
}

/// Returns the rows of some results.
pub(super) fn rows(node: &Node, hits: &[FoundHit]) -> String {
    let columns = columns();
    let mut out = String::new();
    for hit in hits {
        let fields = columns.iter().map(|column| column.field(node, hit));
        row(&mut out, fields);
    }
    out
}

fn row(out: &mut String, fields: impl Iterator<Item = String>) {
    for (place, field) in fields.enumerate() {
        if place > 0 {
            out.push(',');
        }
        let field = guarded(&one_line(&field));
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

fn written(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_is_a_formula_or_breaks_a_row() {
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
        let mut written = String::new();
        row(&mut written, texts.into_iter().map(str::to_owned));
        assert_eq!(
            written,
            "\"'=HYPERLINK(\"\"http://x\"\")\",\"'+1\",\"'-1\",\"'@SUM(1)\",\"'=1\",\"'=1\",\"'＝1\",\
             \"a, \"\"b\"\"  c\",\"'=1\",plain,\"it's\",52 → 7\r\n"
        );
    }

    #[test]
    fn every_facet_with_a_column_has_one_and_the_first_stay_where_they_are() {
        let names: Vec<&str> = columns().iter().map(Column::name).collect();
        assert_eq!(
            names.get(..FIRST.len()).unwrap().join(","),
            "title,url,organisation,ods,kind,type,result,would_repeat,stage,cost,evidence,headline,priority,\
             topics,care_setting,summary,published,updated,reviewed,review_by,licence,provenance"
        );
        for group in FacetGroup::ALL {
            let column = group.row().csv;
            let count = names.iter().filter(|name| Some(**name) == column).count();
            assert_eq!(count, usize::from(column.is_some()), "{group}");
        }
    }
}
