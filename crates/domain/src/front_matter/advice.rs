//! What would make a document better, and does not stop it.

use metadata::{Fault, value::Map};

use crate::{
    attributes::{Common, Private},
    foreign,
    kinds::Rules,
    outline::Text,
};

/// Returns what would make the document better: its headings, its title, keys that look misspelt.
pub(super) fn advice(
    common: &Common,
    rules: &Rules,
    map: &Map,
    private: &Private,
    text: &Text<'_>,
) -> Vec<Fault> {
    let mut advice = (rules.advice)(common, text);
    for fault in &mut advice {
        fault.line = fault.line.or_else(|| line_of(map, &fault.field));
    }
    for (path, _) in &private.unknown {
        if let [key] = path.as_slice()
            && let Some(known) = foreign::likely_meant(key)
            // A known key is kept here, too, if its value was refused: that has its own fault.
            && known != key
        {
            let says = format!("`{key}` is not a known key; did you mean `{known}`?");
            advice.push(Fault::new(key.clone(), line_of(map, key), says));
        }
    }
    let is_there = |key: &str| map.iter().any(|(held, _)| held == key);
    let assumed = rules.assumed.iter().filter(|(key, _)| !is_there(key));
    // A text that is not a document of ours yet has all else to be said first.
    if is_there("kind") {
        advice.extend(assumed.map(|(key, says)| Fault::new(*key, None, *says)));
    }
    advice
}

/// Returns the line of a key.
pub(super) fn line_of(map: &Map, key: &str) -> Option<u32> {
    map.iter()
        .find(|(held, _)| held == key)
        .and_then(|(_, node)| node.line)
}
