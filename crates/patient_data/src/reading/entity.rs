//! The entities of HTML.

use std::{collections::HashMap, sync::OnceLock};

use entities::ENTITIES;

/// Bytes of an entity that are looked at: the longest name has 31.
const MAX_ENTITY: usize = 32;
/// Names that browsers also read without their semicolon, of characters that part or join digits.
const WITHOUT_SEMICOLON: [&str; 3] = ["nbsp", "shy", "middot"];

/// An entity: its characters, and the bytes that it takes.
pub(super) struct Entity {
    pub(super) first: char,
    pub(super) second: Option<char>,
    pub(super) length: usize,
}

/// Reads the entity at the beginning of a text.
pub(super) fn entity(text: &str) -> Option<Entity> {
    let inner = text.strip_prefix('&')?;
    if let Some(number) = inner.strip_prefix('#') {
        return numeric(number);
    }
    let end = inner
        .bytes()
        .take(MAX_ENTITY)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let has_semicolon = inner.get(end..)?.starts_with(';');
    // With its ampersand, and the semicolon.
    let length = end + 1 + usize::from(has_semicolon);
    let name = text.get(..length)?;
    if has_semicolon && let Some(entity) = named(name) {
        return Some(entity);
    }
    WITHOUT_SEMICOLON
        .iter()
        .find(|known| inner.starts_with(**known))
        .and_then(|known| named(text.get(..known.len() + 1)?))
}

/// Returns the entity of a name, with its ampersand and its semicolon.
fn named(name: &str) -> Option<Entity> {
    static NAMED: OnceLock<HashMap<&str, &str>> = OnceLock::new();
    let all = NAMED.get_or_init(|| {
        let pairs = ENTITIES.iter().map(|one| (one.entity, one.characters));
        pairs.collect()
    });
    let mut characters = all.get(name)?.chars();
    Some(Entity {
        first: characters.next()?,
        second: characters.next(),
        length: name.len(),
    })
}

/// Reads the number of a character, behind `&#`.
fn numeric(number: &str) -> Option<Entity> {
    let (digits, radix, before) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 3),
        None => (number, 10, 2),
    };
    let end = digits
        .bytes()
        .take(MAX_ENTITY)
        .take_while(|byte| char::from(*byte).is_digit(radix))
        .count();
    let value = u32::from_str_radix(digits.get(..end)?, radix).ok()?;
    let semicolon = usize::from(digits.get(end..)?.starts_with(';'));
    Some(Entity {
        // What is no character is shown as one that replaces it.
        first: char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER),
        second: None,
        length: before + end + semicolon,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found() {
        for known in &ENTITIES {
            let first = named(known.entity).map(|entity| entity.first);
            assert_eq!(first, known.characters.chars().next(), "{}", known.entity);
            assert!(known.entity.len() <= MAX_ENTITY + 2, "{}", known.entity);
        }
    }

    #[test]
    fn an_entity_ends_where_browsers_end_it() {
        for (text, expected) in [
            ("&shy;5", Some(5)),
            ("&shy5", Some(4)),
            ("&InvisibleTimes;5", Some(16)),
            ("&it;", Some(4)),
            ("&it", None),
            ("&nothing;", None),
            ("&#52;5", Some(5)),
            ("&#x34;", Some(6)),
            ("&#;", None),
            ("&#x110000;", Some(10)),
            ("& b", None),
        ] {
            assert_eq!(entity(text).map(|entity| entity.length), expected, "{text}");
        }
    }
}
