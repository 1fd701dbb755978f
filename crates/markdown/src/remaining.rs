//! Comments that are left in a text after they were taken out: a second look, by the parser.
//!
//! [`crate::without_comments`] reads line by line, and can take a place for code that the parser does not. What the parser
//! calls a comment must not be published, so the caller keeps such a text back.

use comrak::{Arena, nodes::NodeValue, parse_document};

use crate::{options::options, parse::prepared};

/// Returns the line, from 1, of a comment that [`crate::without_comments`] leaves in the text and that is no code.
#[must_use]
pub fn remaining_comment(md: &str) -> Option<usize> {
    let md = prepared(md);
    if !md.contains("<!--") && !md.contains("%%") {
        return None;
    }
    let arena = Arena::new();
    let root = parse_document(&arena, &md, &options(&md));
    root.descendants().find_map(|node| {
        let data = node.data();
        let is_comment = match &data.value {
            NodeValue::HtmlBlock(block) => has_words(&block.literal),
            NodeValue::HtmlInline(html) => has_words(html),
            // Obsidian's marks, where they begin a line: `100%%` is a figure.
            NodeValue::Text(text) if text.starts_with("%%") => {
                node.previous_sibling().is_none_or(|before| {
                    matches!(
                        before.data().value,
                        NodeValue::SoftBreak | NodeValue::LineBreak
                    )
                })
            }
            _ => false,
        };
        is_comment.then_some(data.sourcepos.start.line)
    })
}

/// Returns whether HTML has a comment with words. One without is what is left of a comment that was taken out.
fn has_words(html: &str) -> bool {
    html.split("<!--").skip(1).any(|comment| {
        let inner = comment.split("-->").next().unwrap_or_default();
        !inner.trim().is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::without_comments;

    #[test]
    fn a_comment_that_the_parser_sees_is_taken_out_or_found() {
        for md in [
            "> ```\n> code\n\n%% Jo 07700 %%\n",
            "> ```\n> code\n\n<!-- Jo 07700 -->\n",
            "1. ```bash\n   a\n\n   b\n   ```\n\n<!-- Jo 07700 -->\n",
            "10) ```\n    a\n    ```\n\n%% Jo 07700 %%\n",
            "    ```\n\nWords.\n\n<!-- Jo 07700 -->\n",
            "- > ```\n  > a\n\n<!-- Jo 07700 -->\n",
            "text\n2. ```\n   <!-- Jo 07700 -->\n",
            "Words <!-- Jo 07700 --> and more.\n",
        ] {
            let is_gone = !without_comments(md).contains("Jo 07700");
            assert!(is_gone || remaining_comment(md).is_some(), "{md}");
        }
    }

    #[test]
    fn code_and_figures_are_no_comments() {
        for md in [
            "```html\n<!-- shown -->\n```\n",
            "`<!-- shown -->` and `%% shown %%`\n",
            "We are 100%% sure, 5%% are not.\n",
            "1. ```\n   <!-- shown -->\n   ```\n",
            "    %% shown %%\n",
            "Words.\n\n<!-- gone -->\n\nMore.\n",
        ] {
            assert_eq!(remaining_comment(md), None, "{md}");
        }
    }
}
