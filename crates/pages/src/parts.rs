//! The text of a document in parts, one for each heading of the second level, so that paper can have some of them only.

/// One part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Safe HTML.
    pub html: String,
    /// Whether it is in the one-page brief.
    pub is_brief: bool,
}

/// Elements without an end.
const VOID: [&str; 8] = ["area", "br", "col", "hr", "img", "input", "source", "wbr"];

/// Cuts rendered HTML before each heading of the second level that is in no other element. `brief` are the ids of the
/// headings whose parts are in the brief.
#[must_use]
pub fn parts(html: &str, brief: &[&str]) -> Vec<Part> {
    let mut cuts = Vec::new();
    let mut depth = 0_usize;
    for (at, _) in html.match_indices('<') {
        let tag = html.get(at + 1..).unwrap_or_default();
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
            continue;
        }
        let name: &str = tag
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        if depth == 0 && name == "h2" {
            cuts.push(at);
        }
        let is_closed = tag.split('>').next().is_some_and(|tag| tag.ends_with('/'));
        if !is_closed && !VOID.contains(&name) {
            depth += 1;
        }
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for to in cuts.into_iter().chain([html.len()]) {
        let html = html.get(from..to).unwrap_or_default();
        if !html.trim().is_empty() {
            let heading = html.split('>').next().unwrap_or_default();
            let is_brief = brief
                .iter()
                .any(|id| heading.contains(&format!("id=\"{id}\"")));
            parts.push(Part {
                html: html.to_owned(),
                is_brief,
            });
        }
        from = to;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_its_own_headings_only() {
        for (html, expected) in [
            ("", vec![]),
            ("<p>a</p>", vec![("<p>a</p>", false)]),
            (
                "<p>a<br></p><h2 id=\"h-x\">X</h2><p>b</p><h2 id=\"h-y\">Y</h2>",
                vec![
                    ("<p>a<br></p>", false),
                    ("<h2 id=\"h-x\">X</h2><p>b</p>", true),
                    ("<h2 id=\"h-y\">Y</h2>", false),
                ],
            ),
            // A heading within a quotation stays where it is.
            (
                "<blockquote><h2 id=\"h-x\">X</h2></blockquote><img src=\"a\"><h2 id=\"h-y\">Y</h2>",
                vec![
                    (
                        "<blockquote><h2 id=\"h-x\">X</h2></blockquote><img src=\"a\">",
                        false,
                    ),
                    ("<h2 id=\"h-y\">Y</h2>", false),
                ],
            ),
        ] {
            let found = parts(html, &["h-x"]);
            let found: Vec<_> = found
                .iter()
                .map(|part| (part.html.as_str(), part.is_brief))
                .collect();
            assert_eq!(found, expected, "{html}");
        }
    }
}
