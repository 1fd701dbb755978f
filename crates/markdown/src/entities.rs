//! Characters that a text names by number and that no reader should get as they are: `&#150;` is a dash to every browser,
//! as in Windows-1252, and `&#x202e;` would turn the line round.

use comrak::nodes::{AstNode, NodeValue};

use crate::text::{is_hidden, visible};

/// What browsers show for the numbers 128 to 159; a number without a sign is shown as it is.
const SIGNS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Writes such characters as a reader should see them.
pub(crate) fn read<'a>(root: &'a AstNode<'a>) {
    for node in root.descendants() {
        match &mut node.data_mut().value {
            NodeValue::Text(text) if text.contains(is_hidden) => *text = shown(text).into(),
            NodeValue::CodeBlock(block) if block.literal.contains(is_hidden) => {
                block.literal = visible(&block.literal).into_owned();
            }
            _ => {}
        }
    }
}

fn shown(text: &str) -> String {
    let signs: String = text.chars().map(sign).collect();
    visible(&signs).into_owned()
}

fn sign(c: char) -> char {
    let number = u32::from(c).checked_sub(0x80);
    let sign = number.and_then(|number| SIGNS.get(usize::try_from(number).ok()?));
    sign.copied().unwrap_or(c)
}
