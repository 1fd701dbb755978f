//! Tables of files, and what each becomes.

use std::path::PathBuf;

use domain::front_matter::Parsed;
use wire::Date;

use super::{MarkdownFile, Surroundings, Verdict, verdict};

mod forbidding_files;
mod marked_files;
mod restricted_files;
mod unread_signs;

/// Decides about a file that nothing else says anything of.
fn verdict_alone<'a>(path: &str, text: &str, parsed: &'a Parsed, today: Date) -> Verdict<'a> {
    let file = MarkdownFile {
        path: path.to_owned(),
        location: PathBuf::from("/tree").join(path),
        size_bytes: 0,
    };
    verdict(&file, &Surroundings::default(), text, parsed, today)
}
