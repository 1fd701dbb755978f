//! The last part of a document's address: readable, never what identifies it.

use std::fmt;

use wire::Digest;

/// Most characters of a slug.
const MAX_CHARS: usize = 80;

/// Bytes of the digest of a title in another script: the documents of one node seldom have the same.
const DIGEST_BYTES: usize = 4;

/// Lower-case ASCII letters and digits in words joined by single hyphens; never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

impl Slug {
    /// Makes the slug of a title. A title in another script becomes a short digest, so that the addresses and files of two
    /// such documents differ; what has no letter and no digit at all becomes `untitled`.
    #[must_use]
    pub fn from_title(title: &str) -> Self {
        let mut slug = String::new();
        for word in title.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’') {
            let word: String = word.chars().flat_map(folded).collect();
            if word.is_empty() {
                continue;
            }
            if !slug.is_empty() && slug.len() + 1 + word.len() > MAX_CHARS {
                break;
            }
            if !slug.is_empty() {
                slug.push('-');
            }
            slug.extend(word.chars().take(MAX_CHARS));
        }
        if !slug.is_empty() {
            return Self(slug);
        }
        if title.chars().any(char::is_alphanumeric) {
            let digest = Digest::for_bytes(title.trim().as_bytes());
            let short = digest.as_bytes().iter().take(DIGEST_BYTES);
            let hex: String = short.map(|byte| format!("{byte:02x}")).collect();
            return Self(format!("title-{hex}"));
        }
        Self("untitled".to_owned())
    }

    /// Reads a slug, and nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = !text.is_empty()
            && text.len() <= MAX_CHARS
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--")
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        good.then(|| Self(text.to_owned()))
    }

    /// Returns the slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns what a character becomes: itself in lower case, without its accent, or nothing.
fn folded(c: char) -> impl Iterator<Item = char> {
    let plain: &'static str = match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'À' | 'Á' | 'Â' | 'Ã' | 'Å' => "a",
        'ä' | 'Ä' | 'æ' | 'Æ' => "ae",
        'ç' | 'Ç' | 'č' | 'Č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'È' | 'É' | 'Ê' | 'Ë' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'Ì' | 'Í' | 'Î' | 'Ï' => "i",
        'ł' | 'Ł' => "l",
        'ñ' | 'Ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ø' => "o",
        'ö' | 'Ö' | 'œ' | 'Œ' => "oe",
        'š' | 'Š' => "s",
        'ß' => "ss",
        'ù' | 'ú' | 'û' | 'ū' | 'Ù' | 'Ú' | 'Û' => "u",
        'ü' | 'Ü' => "ue",
        'ŵ' | 'Ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | 'Ý' | 'Ŷ' => "y",
        'ž' | 'Ž' => "z",
        _ => "",
    };
    let own = c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase());
    own.into_iter().chain(plain.chars())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_readable_slugs() {
        for (title, slug) in [
            (
                "Tap-and-go log-in on drug trolleys",
                "tap-and-go-log-in-on-drug-trolleys",
            ),
            (
                "Nurses’ log-ins: 52 → 7 seconds!",
                "nurses-log-ins-52-7-seconds",
            ),
            (
                "Gesundheitsämter & Bevölkerung",
                "gesundheitsaemter-bevoelkerung",
            ),
            ("日本語", "title-77710aed"),
            ("การบันทึกเวชระเบียน", "title-b2bdec96"),
            ("ระบบ EPMA", "epma"),
            ("…!", "untitled"),
            ("", "untitled"),
            ("--- ../../etc/passwd", "etc-passwd"),
        ] {
            assert_eq!(Slug::from_title(title).as_str(), slug);
        }
        let long = "word ".repeat(60);
        assert!(Slug::from_title(&long).as_str().len() <= MAX_CHARS);
        assert!(Slug::from_title(&"x".repeat(500)).as_str().len() <= MAX_CHARS);
    }

    proptest::proptest! {
        #[test]
        fn every_slug_reads_back(title in "\\PC{0,120}") {
            let slug = Slug::from_title(&title);
            proptest::prop_assert_eq!(Slug::parse(slug.as_str()), Some(slug));
        }
    }
}
