//! Reading files with the headings that the renderer finds, as the program does.

use domain::{Heading, front_matter};

/// Reads a file.
pub(crate) fn parse_file(text: &str, path: &str) -> front_matter::Parsed {
    front_matter::parse_file(text, path, |md| {
        let headings = markdown::outline(md).into_iter();
        let heading = |written: markdown::WrittenHeading| Heading {
            text: written.text,
            lines: written.lines,
        };
        headings.map(heading).collect()
    })
}
