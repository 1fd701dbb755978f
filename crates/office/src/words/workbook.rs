//! The cells of a workbook, as a person sees them: every sheet, also hidden ones.

use super::{
    Collected,
    rows::{self, MAX_PLACED_COLUMNS, Row},
    tables,
};
use crate::{
    limits::MAX_TEXT_BYTES,
    package::{Package, Target},
    refusal::Refusal,
    xml::{Element, Tree},
};

/// Days from the first day of Excel's calendar to 1 January 1970; with that of the Macintosh, 1,462 fewer.
const EPOCH_DAYS: i64 = 25_569;
const MACINTOSH_DAYS: i64 = 1_462;
/// The longest number that is a number of days, about the year 2500.
const MAX_DAYS: f64 = 220_000.0;
/// About the year 2100.
const MAX_LIKELY_DAYS: f64 = 73_050.0;

/// Adds the words of all sheets.
pub(super) fn read(
    package: &Package<'_>,
    within: &str,
    out: &mut Collected,
) -> Result<(), Refusal> {
    let related = |kind: &str| -> Result<Option<String>, Refusal> {
        match package.related(&package.main, kind)? {
            Some(part) => package.xml(&part),
            None => Ok(None),
        }
    };
    let text = package.xml(&package.main)?.ok_or(Refusal::Damaged)?;
    let tree = Tree::parse(&text)?;
    let book = Book {
        strings: match related("sharedStrings")? {
            Some(text) => shared_strings(Tree::parse(&text)?.root())?,
            None => Vec::new(),
        },
        dates: match related("styles")? {
            Some(text) => date_styles(Tree::parse(&text)?.root()),
            None => Vec::new(),
        },
        first_day: first_day(tree.root()),
    };
    let relationships = package.relationships(&package.main)?;
    let sheets = tree.root().child("sheets");
    let (mut known, mut names) = (Vec::new(), Vec::new());
    for sheet in sheets.into_iter().flat_map(Element::children) {
        let name = sheet.attribute("name").unwrap_or_default();
        let hidden = sheet
            .attribute("state")
            .is_some_and(|state| state != "visible");
        let target = sheet.reference("id").and_then(|id| relationships.get(&id));
        let Some(Target::Part(part)) = target.map(|held| &held.target) else {
            continue;
        };
        known.push(part.clone());
        let Some(text) = package.xml(part)? else {
            continue;
        };
        let tree = Tree::parse(&text)?;
        let note = if hidden { " (hidden)" } else { "" };
        let place = format!("{within}sheet {name}{note}");
        names.push(name);
        book.sheet(tree.root(), &place, out)?;
    }
    out.add(&format!("{within}names of the sheets"), &names.join("\n"))?;
    unlisted(package, &known, &book, within, out)?;
    // Strings that no cell shows any more.
    out.add(&format!("{within}texts"), &book.strings.join("\n"))
}

/// Adds the words of sheets that no list names: they are in the file too.
fn unlisted(
    package: &Package<'_>,
    known: &[String],
    book: &Book,
    within: &str,
    out: &mut Collected,
) -> Result<(), Refusal> {
    let is_sheet = |part: &&str| part.contains("xl/worksheets/") && part.ends_with(".xml");
    for part in package.parts().filter(is_sheet) {
        if known.iter().any(|held| held == part) {
            continue;
        }
        let Some(text) = package.xml(part)? else {
            continue;
        };
        let place = format!("{within}{part}");
        book.sheet(Tree::parse(&text)?.root(), &place, out)?;
    }
    Ok(())
}

/// Returns the number of a row, if the file says it.
fn stated_row(row: Element<'_, '_>) -> Option<u32> {
    row.attribute("r")?.parse().ok()
}

/// Returns the column of a cell from 0, if the file says it as `C7`.
fn stated_column(cell: Element<'_, '_>) -> Option<usize> {
    let reference = cell.attribute("r")?;
    let mut column = 0_usize;
    for letter in reference
        .bytes()
        .take_while(u8::is_ascii_alphabetic)
        .take(3)
    {
        column = column * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    }
    column.checked_sub(1)
}

/// Returns the days from the first day of a workbook's calendar to 1 January 1970.
fn first_day(root: Element<'_, '_>) -> i64 {
    let properties = root.child("workbookPr");
    match properties
        .and_then(|properties| properties.attribute("date1904"))
        .as_deref()
    {
        Some("1" | "true") => EPOCH_DAYS - MACINTOSH_DAYS,
        Some(_) | None => EPOCH_DAYS,
    }
}

/// What the cells of all sheets need.
struct Book {
    strings: Vec<String>,
    /// Whether a style shows numbers as days.
    dates: Vec<bool>,
    first_day: i64,
}

impl Book {
    /// Adds the rows of a sheet, and what is not in a cell.
    fn sheet(
        &self,
        root: Element<'_, '_>,
        place: &str,
        out: &mut Collected,
    ) -> Result<(), Refusal> {
        let (mut found, mut others) = (Vec::new(), String::new());
        let mut bytes = 0;
        for child in root.children() {
            if child.name() != "sheetData" {
                others.push_str(&tables::lines_of(child));
                others.push('\n');
                continue;
            }
            let mut number = 0;
            for row in child.children() {
                number = stated_row(row).unwrap_or(number + 1);
                let cells = self.row(row);
                bytes += cells.iter().map(String::len).sum::<usize>();
                if bytes > MAX_TEXT_BYTES {
                    return Err(Refusal::TooLarge);
                }
                found.push(Row { number, cells });
            }
        }
        rows::add(place, found, out)?;
        out.add(&format!("{place}, outside its cells"), &others)
    }

    /// Returns the cells of a row, each in its column: files leave empty ones out.
    fn row(&self, row: Element<'_, '_>) -> Vec<String> {
        let mut cells = Vec::new();
        for cell in row.children() {
            let column = stated_column(cell).unwrap_or(cells.len());
            if column > cells.len() && column < MAX_PLACED_COLUMNS {
                cells.resize(column, String::new());
            }
            cells.push(self.cell(cell));
        }
        cells
    }

    fn cell(&self, cell: Element<'_, '_>) -> String {
        let value = cell.child("v").map(Element::text).unwrap_or_default();
        match cell.attribute("t").as_deref() {
            Some("s") => {
                let at: Option<usize> = value.trim().parse().ok();
                at.and_then(|at| self.strings.get(at))
                    .cloned()
                    .unwrap_or_default()
            }
            Some("inlineStr") => cell.child("is").map(string).unwrap_or_default(),
            Some("b" | "e" | "str" | "d") => value,
            Some(_) | None => self.number(value.trim(), cell.attribute("s").as_deref()),
        }
    }

    /// Shows a number as a sheet would: days as days, and whole numbers with all of their digits.
    fn number(&self, value: &str, style: Option<&str>) -> String {
        let Ok(number) = value.parse::<f64>() else {
            return value.to_owned();
        };
        let style = style.and_then(|style| style.parse::<usize>().ok());
        let is_date = style
            .and_then(|style| self.dates.get(style))
            .copied()
            .unwrap_or(false);
        if is_date && (0.0..MAX_DAYS).contains(&number) {
            let day = self.day(number);
            // A number that is no day of our time may be meant as a number, whatever its format.
            return match number < MAX_LIKELY_DAYS {
                true => day,
                false => format!("{day} ({value})"),
            };
        }
        if number.fract() == 0.0 && number.abs() < 1e15 {
            return format!("{number:.0}");
        }
        value.to_owned()
    }

    /// Writes the day with a number, as `14/02/1961`.
    fn day(&self, number: f64) -> String {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the caller has checked that it is below MAX_DAYS"
        )]
        let days = number.floor() as i64 - self.first_day;
        let (year, month, day) = date(days);
        format!("{day:02}/{month:02}/{year}")
    }
}

/// Returns the date of a number of days since 1 January 1970 (Howard Hinnant, "chrono-compatible low-level date
/// algorithms").
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn shared_strings(root: Element<'_, '_>) -> Result<Vec<String>, Refusal> {
    let mut bytes = 0;
    let mut strings = Vec::new();
    for item in root.children().filter(|child| child.name() == "si") {
        let text = string(item);
        bytes += text.len();
        if bytes > MAX_TEXT_BYTES {
            return Err(Refusal::TooLarge);
        }
        strings.push(text);
    }
    Ok(strings)
}

/// Reads a string: plain, or runs of text with their looks. How it is spoken is no part of it.
fn string(item: Element<'_, '_>) -> String {
    let mut out = String::new();
    for child in item.children() {
        match child.name() {
            "t" => out.push_str(&child.text()),
            "r" => out.extend(child.child("t").map(Element::text)),
            _ => {}
        }
    }
    out
}

/// Says for each style of cells whether it shows numbers as days.
fn date_styles(root: Element<'_, '_>) -> Vec<bool> {
    let formats = root.child("numFmts");
    let own: Vec<(String, bool)> = formats
        .into_iter()
        .flat_map(Element::children)
        .filter_map(|format| {
            Some((
                format.attribute("numFmtId")?,
                is_date_format(&format.attribute("formatCode")?),
            ))
        })
        .collect();
    let styles = root.child("cellXfs");
    styles
        .into_iter()
        .flat_map(Element::children)
        .map(|style| {
            let id = style.attribute("numFmtId").unwrap_or_default();
            match own.iter().find(|(held, _)| *held == id) {
                Some((_, is_date)) => *is_date,
                None => matches!(id.parse::<u32>(), Ok(14..=22 | 27..=36 | 45..=47 | 50..=58)),
            }
        })
        .collect()
}

/// Says whether a format has days or years: outside of quotation marks and brackets.
fn is_date_format(code: &str) -> bool {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    for c in code.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' => escaped = true,
            '"' => quoted = !quoted,
            '[' => bracketed = true,
            ']' => bracketed = false,
            'd' | 'D' | 'y' | 'Y' if !quoted && !bracketed => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_days_are_dates() {
        for (days, wanted) in [
            (0, (1970, 1, 1)),
            (-3_243, (1961, 2, 14)),
            (20_786, (2026, 11, 29)),
            (11_016, (2000, 2, 29)),
        ] {
            assert_eq!(date(days), wanted, "{days}");
        }
        for (code, wanted) in [
            ("dd/mm/yyyy", true),
            ("General", false),
            ("000 000 0000", false),
            ("[Red]0.0", false),
            ("0 \"days\"", false),
            ("mmm\\-yy", true),
        ] {
            assert_eq!(is_date_format(code), wanted, "{code}");
        }
    }
}
