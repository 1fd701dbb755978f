//! Names of attachments: safe in an address, in a header, in markdown and in every file system.

use unicode_normalization::UnicodeNormalization as _;

use crate::Kind;

/// The longest name without its extension, in characters.
const MAX_STEM_CHARS: usize = 60;
/// The name of a file whose own name has no letter.
const UNNAMED: &str = "attachment";

/// Returns the name under which a file is kept: letters, figures, `-` and `_`, and the extension of its kind.
#[must_use]
pub fn clean_name(name: &str, kind: Kind) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = match file.rsplit_once('.') {
        Some((stem, extension)) if extension.chars().count() <= 5 => stem,
        Some(_) | None => file,
    };
    let mut clean = String::new();
    for c in stem.nfc() {
        if c.is_alphanumeric() || c == '_' {
            clean.push(c);
        } else if !clean.ends_with('-') && !clean.is_empty() {
            clean.push('-');
        }
    }
    let clean: String = clean.chars().take(MAX_STEM_CHARS).collect();
    let clean = clean.trim_matches(['-', '_']);
    let clean = if clean.is_empty() { UNNAMED } else { clean };
    format!("{clean}.{}", kind.extension())
}

/// Returns the name, with a number if it is taken. Names that differ in case only are one name.
#[must_use]
pub fn unique_name(name: &str, taken: &[String]) -> String {
    let is_taken = |name: &str| {
        taken
            .iter()
            .any(|held| held.to_lowercase() == name.to_lowercase())
    };
    if !is_taken(name) {
        return name.to_owned();
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    (2..=taken.len() + 2)
        .map(|number| format!("{stem}-{number}.{extension}"))
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_everywhere() {
        for (name, kind, wanted) in [
            ("Ward board.PNG", Kind::Png, "Ward-board.png"),
            ("..\\..\\etc/passwd", Kind::Pdf, "passwd.pdf"),
            ("report.pdf.exe", Kind::Pdf, "report-pdf.pdf"),
            ("falls\u{202e}gnp.exe", Kind::Png, "falls-gnp.png"),
            ("a\r\nSet-Cookie: x\".png", Kind::Png, "a-Set-Cookie-x.png"),
            ("<script>.docx", Kind::Docx, "script.docx"),
            ("Cafe\u{301} (2).jpg", Kind::Jpeg, "Café-2.jpg"),
            ("photo.jpeg", Kind::Jpeg, "photo.jpg"),
            ("", Kind::Csv, "attachment.csv"),
            ("...", Kind::Csv, "attachment.csv"),
            ("no extension here", Kind::Xlsx, "no-extension-here.xlsx"),
            (
                &"x".repeat(300),
                Kind::Png,
                &format!("{}.png", "x".repeat(60)),
            ),
        ] {
            assert_eq!(clean_name(name, kind), wanted, "{name}");
        }
        let taken = ["a.png".to_owned(), "A-2.png".to_owned()];
        assert_eq!(unique_name("a.png", &taken), "a-3.png");
        assert_eq!(unique_name("b.png", &taken), "b.png");
    }
}
