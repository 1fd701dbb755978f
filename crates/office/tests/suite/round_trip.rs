//! Words come out of the renderer as they were in the file, whatever characters and marks they have.

use crate::support::docx;
use office::{Options, convert};
use proptest::prelude::*;

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// What is read of a text: its letters and signs, without spaces.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn words_survive_their_marks(
        runs in prop::collection::vec(("[ a-z0-9.,:;!?*_`~#|<>&$%{}()\\[\\]=+/\\\\^\"'@£–-]{1,12}", 0..5_usize), 1..6),
    ) {
        let marks = ["", "<w:b/>", "<w:i/>", "<w:b/><w:i/>", "<w:strike/>"];
        let body: String = runs
            .iter()
            .map(|(text, mark)| format!("<w:r><w:rPr>{}</w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r>", marks[*mark], escaped(text)))
            .collect();
        let found = convert(&docx(&format!("<w:p>{body}</w:p>"), &[], &[]), Options::default()).unwrap();
        let written: String = runs.iter().map(|(text, _)| text.as_str()).collect();
        // The renderer's plain text writes what is struck through between tildes.
        let shown = markdown::render(&found.markdown, &markdown::Links::default()).html;
        let shown = shown.replace("<br>", "");
        let mut plain = String::new();
        let mut in_tag = false;
        for c in shown.chars() {
            match c {
                '<' => in_tag = true,
                '>' => in_tag = false,
                c if !in_tag => plain.push(c),
                _ => {}
            }
        }
        let plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        prop_assert_eq!(letters(&plain), letters(&written), "{}", found.markdown);
    }
}
