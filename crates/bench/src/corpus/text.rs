//! The text of an invented case study: all headings, paragraphs in broken lines, lists, a table, links.

use domain::HEADINGS;

use super::{Writer, path};

/// Characters after which a line of a paragraph is broken.
const LINE_WIDTH: usize = 95;

/// Writes the text below the front matter.
pub(super) fn write(writer: &mut Writer<'_>, number: u64) {
    for (place, heading) in HEADINGS.iter().enumerate() {
        writer.line(format_args!("## {heading}\n"));
        match place {
            0 => {
                paragraph(writer, 4, "");
                paragraph(writer, 3, "");
            }
            1 => {
                paragraph(writer, 2, "");
                list(writer, 3, "- ");
                let link = link_to_another(writer, number);
                paragraph(writer, 3, &link);
            }
            2 => {
                paragraph(writer, 3, "");
                table(writer);
                paragraph(writer, 2, "");
            }
            3 => paragraph(writer, 3, ""),
            4 => list(writer, 3, "1. "),
            5 => paragraph(writer, 3, ""),
            _ => {
                let link = format!("[the form](https://www.bench.example/forms/{number})");
                paragraph(writer, 2, &link);
            }
        }
    }
}

/// Writes sentences in lines of [`LINE_WIDTH`]; the last one names `link`, if there is one.
fn paragraph(writer: &mut Writer<'_>, sentences: usize, link: &str) {
    let mut text = String::new();
    for _ in 0..sentences {
        text.push_str(&sentence(writer));
        text.push(' ');
    }
    if !link.is_empty() {
        text.push_str("More is in ");
        text.push_str(link);
        text.push('.');
    }
    let mut width = 0;
    for word in text.split_whitespace() {
        let separator = match width {
            0 => "",
            width if width + word.len() > LINE_WIDTH => "\n",
            _ => " ",
        };
        width = if separator == " " { width } else { 0 } + word.len() + 1;
        writer.out.push_str(separator);
        writer.out.push_str(word);
    }
    writer.out.push_str("\n\n");
}

/// Returns a sentence; one in eight has words in bold, one in eight a number.
fn sentence(writer: &mut Writer<'_>) -> String {
    let count = 6 + writer.random.below(10);
    let mut text = writer.phrase(count);
    if writer.one_in(8) {
        text = format!("{text} **{}**", writer.phrase(2));
    }
    if writer.one_in(8) {
        // Not an age: the check for patient data warns about "patient of 94".
        text = format!("{text} {}", 130 + writer.random.below(400));
    }
    let first = text.get(..1).unwrap_or_default().to_uppercase();
    format!("{first}{}.", text.get(1..).unwrap_or_default())
}

fn list(writer: &mut Writer<'_>, items: usize, mark: &str) {
    for _ in 0..items {
        let item = sentence(writer);
        writer.line(format_args!("{mark}{item}"));
    }
    writer.out.push('\n');
}

fn table(writer: &mut Writer<'_>) {
    writer.line(format_args!("| What | Before | After |\n|---|---:|---:|"));
    for _ in 0..3 {
        // From 8: the check for patient data warns about smaller counts of patients.
        let (what, after) = (writer.phrase(2), writer.random.below(60) + 8);
        writer.line(format_args!("| {what} | {} | {after} |", after + 9));
    }
    writer.out.push('\n');
}

/// Returns a link to the file of an earlier case study, which every run with this one has too.
fn link_to_another(writer: &mut Writer<'_>, number: u64) -> String {
    let earlier = writer
        .random
        .below(usize::try_from(number).unwrap_or(0).max(1));
    let words = writer.phrase(3);
    let file = path(u64::try_from(earlier).unwrap_or(0));
    format!("[{words}](../{file})")
}
