//! Languages of documents, as far as a page has to know them.

/// Languages that are written from the right, and the scripts that say so of another.
const RIGHT_TO_LEFT: [&str; 17] = [
    "ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "pnb", "prs", "ps", "sd", "syr", "ug",
    "ur", "yi",
];

/// Returns whether a language is written from the right.
#[must_use]
pub fn is_right_to_left(lang: &str) -> bool {
    let lang = lang.to_ascii_lowercase();
    let mut parts = lang.split(['-', '_']);
    let first = parts.next().unwrap_or_default();
    match parts.find(|part| part.len() == 4) {
        Some(script) => matches!(script, "arab" | "hebr" | "syrc" | "thaa" | "nkoo"),
        None => RIGHT_TO_LEFT.contains(&first),
    }
}
