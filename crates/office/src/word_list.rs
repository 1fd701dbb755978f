//! The lists of Word in rich text: paragraphs whose style says `mso-list`, each with its number or bullet as words of its own.
//!
//! Word puts no lists of HTML on the clipboard. A paragraph of a list has `mso-list:l0 level2 lfo1` in its style, and a span in it
//! with `mso-list:Ignore` has what Word shows in front of the words.

/// Levels of a list that are read; what is deeper is on the last of them.
const MAX_LEVELS: usize = 9;

/// Where the words of the present paragraph are in a list of Word.
#[derive(Debug, Default)]
pub(crate) struct WordList {
    /// The list that the last item was of, as its style names it.
    name: String,
    /// The number of the last item of each level.
    numbers: Vec<u32>,
    level: usize,
    is_in_item: bool,
    /// The open elements at the beginning of the span with the number or bullet, while it is open.
    opened_at: Option<usize>,
    mark: String,
}

impl WordList {
    /// Reads the style of a paragraph; returns its level, from 0, if it is an item of a list.
    pub(crate) fn begin_item(&mut self, style: &str) -> Option<usize> {
        let mut words = style_value(style)?.split_whitespace();
        let name = words.next()?;
        let level = words.next()?.strip_prefix("level")?.parse::<usize>().ok()?;
        self.level = level.clamp(1, MAX_LEVELS) - 1;
        if self.name != name {
            name.clone_into(&mut self.name);
            self.numbers.clear();
        }
        self.numbers.resize(self.level + 1, 0);
        self.is_in_item = true;
        Some(self.level)
    }

    /// Begins the number or bullet of an item, if the style of a span in `depth` elements says so.
    pub(crate) fn begin_mark(&mut self, style: &str, depth: usize) {
        let is_mark = style_value(style).is_some_and(|value| value.eq_ignore_ascii_case("ignore"));
        if is_mark && self.opened_at.is_none() {
            self.opened_at = Some(depth);
            self.mark.clear();
        }
    }

    /// Takes the words of a number or bullet; returns whether they were that.
    pub(crate) fn takes(&mut self, text: &str) -> bool {
        if self.opened_at.is_some() {
            self.mark.push_str(text);
        }
        self.opened_at.is_some()
    }

    /// Ends the number or bullet, if no more than `depth` elements are open; returns the number of the item, if it has one.
    pub(crate) fn end_mark(&mut self, depth: usize) -> Option<u32> {
        if self.opened_at.is_none_or(|opened| depth > opened) {
            return None;
        }
        self.opened_at = None;
        let last = self.numbers.get_mut(self.level)?;
        let number = number_of(&self.mark, *last)?;
        *last = number;
        Some(number)
    }

    pub(crate) fn is_in_item(&self) -> bool {
        self.is_in_item
    }

    /// Ends the paragraph, and with it a number or bullet that is still open.
    pub(crate) fn end_item(&mut self) {
        self.is_in_item = false;
        self.opened_at = None;
    }
}

/// Returns what a style says of `mso-list`.
fn style_value(style: &str) -> Option<&str> {
    style.split(';').find_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        (name.trim().eq_ignore_ascii_case("mso-list")).then(|| value.trim())
    })
}

/// Returns the number that a mark means, after the number of the item before; a bullet has none.
fn number_of(mark: &str, last: u32) -> Option<u32> {
    let mark = mark.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
    let inner = mark.trim_start_matches('(').trim_end_matches(['.', ')']);
    let digits = inner.rsplit('.').next().unwrap_or(inner);
    if let Ok(number) = digits.parse::<u32>() {
        return Some(number);
    }
    // `a.` and `iv)` are counted. The bullet `o` has no mark after it.
    let is_counted = inner.len() < mark.len()
        && !inner.is_empty()
        && inner.chars().all(|c| c.is_ascii_alphabetic());
    is_counted.then(|| last.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_numbers_or_bullets() {
        for (mark, last, expected) in [
            ("1.\u{a0}\u{a0} ", 0, Some(1)),
            ("12)", 3, Some(12)),
            ("1.2.", 1, Some(2)),
            ("1.3", 1, Some(3)),
            ("(b)", 1, Some(2)),
            ("iv.", 3, Some(4)),
            ("·\u{a0}\u{a0}", 0, None),
            ("o\u{a0}", 0, None),
            ("", 0, None),
            ("§", 4, None),
            ("99999999999.", 4, None),
        ] {
            assert_eq!(number_of(mark, last), expected, "{mark}");
        }
    }

    #[test]
    fn a_style_names_the_list_and_the_level() {
        for (style, expected) in [
            ("text-indent:-18.0pt;mso-list:l0 level1 lfo1", Some(0)),
            ("MSO-LIST: l3 level2 lfo4", Some(1)),
            ("mso-list:l0 level999 lfo1", Some(MAX_LEVELS - 1)),
            ("mso-list:Ignore", None),
            ("mso-list:none", None),
            ("mso-list-id:1", None),
            ("color:red", None),
            ("", None),
        ] {
            assert_eq!(WordList::default().begin_item(style), expected, "{style}");
        }
    }
}
