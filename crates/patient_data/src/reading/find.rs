//! Finds the next place of a mark, looking at each character once however often it is asked.

/// Finds the places of one mark, from the beginning of a text to its end.
pub(super) struct Next {
    mark: &'static str,
    /// From where the last search began.
    from: usize,
    /// The place that it found; the end of the text if there is none.
    found: Option<usize>,
}

impl Next {
    pub(super) fn new(mark: &'static str) -> Self {
        Self {
            mark,
            from: 0,
            found: Some(0),
        }
    }

    /// Returns the first place of the mark at or behind `from`, before the end of `text`.
    pub(super) fn at(&mut self, text: &str, from: usize) -> Option<usize> {
        let is_known = self.from <= from && self.found.is_none_or(|found| found >= from);
        if !is_known || self.from == 0 {
            self.from = from;
            let rest = text.as_bytes().get(from..).unwrap_or_default();
            self.found = find(rest, self.mark.as_bytes()).map(|place| from + place);
            // 0 means that nothing was searched yet.
            self.from = self.from.max(1);
        }
        self.found
    }
}

fn find(text: &[u8], mark: &[u8]) -> Option<usize> {
    let first = *mark.first()?;
    let mut at = 0;
    loop {
        at += text.get(at..)?.iter().position(|byte| *byte == first)?;
        if text.get(at..)?.starts_with(mark) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_is_found() {
        let text = "a-->b--->c";
        let mut next = Next::new("-->");
        let found: Vec<_> = (0..text.len()).map(|from| next.at(text, from)).collect();
        let expected: Vec<_> = (0..text.len())
            .map(|from| {
                text.get(from..)
                    .unwrap()
                    .find("-->")
                    .map(|place| from + place)
            })
            .collect();
        assert_eq!(found, expected);
    }
}
