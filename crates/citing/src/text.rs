//! Texts for other programs, without characters that no reader should act on.

/// Returns a text without control characters and noncharacters, except line feeds and tabs, which XML
/// and JSON know; characters that reorder a line are made visible.
#[must_use]
pub fn clean(text: &str) -> String {
    let kept = |c: &char| match c {
        '\n' | '\t' => true,
        // XML 1.0 §2.2 has no such characters, escaped or not.
        '\u{fffe}' | '\u{ffff}' => false,
        c => !c.is_control(),
    };
    let kept: String = text.chars().filter(kept).collect();
    markdown::visible(&kept).into_owned()
}

/// Returns a text on one line, as [`clean`] has it otherwise.
#[must_use]
pub fn one_line(text: &str) -> String {
    let spaced = text.replace(['\n', '\r', '\t', '\u{2028}', '\u{2029}'], " ");
    clean(&spaced).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_leave_and_line_ends_stay_where_they_may() {
        assert_eq!(
            clean("a\0b\u{1b}[31m\r\nc\td\u{fffe}\u{85}e"),
            "ab[31m\nc\tde"
        );
        assert_eq!(one_line(" a\r\nb\u{2028}c\u{7} "), "a  b c");
        assert!(!clean("safe\u{202e}evil").contains('\u{202e}'));
    }
}
