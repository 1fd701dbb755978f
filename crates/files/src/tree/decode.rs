//! Decodes bytes as text: UTF-8, UTF-16 with or without a byte order mark, and Windows-1252.

use domain::Fault;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a file, and a warning if its encoding was not plain UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The text, without a byte order mark and without NUL.
    pub text: String,
    /// What to fix in its encoding.
    pub warning: Option<Fault>,
}

/// Decodes bytes as text.
///
/// # Errors
/// A fault of the whole file if it is not text.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, Fault> {
    if let Some((encoding, bom_bytes)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(bom_bytes..).unwrap_or_default();
        return decode_as(rest, encoding, encoding != UTF_8);
    }
    if let Some(encoding) = utf16_without_bom(bytes) {
        return decode_as(bytes, encoding, true);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return without_nul(text.to_owned(), None);
    }
    if mostly_utf8(bytes) {
        return decode_as(bytes, UTF_8, false);
    }
    decode_as(bytes, WINDOWS_1252, true)
}

fn decode_as(bytes: &[u8], encoding: &'static Encoding, warn: bool) -> Result<Decoded, Fault> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    let warning = if broken {
        let line = text
            .lines()
            .position(|line| line.contains('\u{fffd}'))
            .and_then(|line| u32::try_from(line + 1).ok());
        let text = format!(
            "bytes that are not {} became `\u{fffd}`; correct them and save the file as UTF-8",
            encoding.name()
        );
        Some(Fault::new("", line, text))
    } else {
        warn.then(|| {
            let text = format!(
                "the file was read as {}; save it as UTF-8 so that accents and quotes are right",
                encoding.name()
            );
            Fault::new("", None, text)
        })
    };
    without_nul(text.into_owned(), warning)
}

/// Replaces a few NUL characters, which are mistakes; refuses a file with many of them, or with many other control
/// characters, which is not text.
fn without_nul(text: String, warning: Option<Fault>) -> Result<Decoded, Fault> {
    // Nearly every text has neither; one pass that the compiler can vectorise says so.
    let is_plain = |byte: u8| {
        ((byte >= 32) & (byte != 127)) | (byte == b'\n') | (byte == b'\r') | (byte == b'\t')
    };
    if text.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        return Ok(Decoded { text, warning });
    }
    let nuls = text.bytes().filter(|byte| *byte == 0).count();
    // Text may hold line ends, tabs, form feeds and terminal colours. A picture or a program has some of the other
    // control characters in every line.
    let is_control = |byte: &u8| matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31 | 127);
    let control = text.bytes().filter(is_control).count();
    if nuls > text.len() / 100 + 1 || control > text.len() / 50 + 10 {
        return Err(Fault::new(
            "",
            None,
            "the file is not text; leave it out, or save it as UTF-8",
        ));
    }
    if nuls == 0 {
        return Ok(Decoded { text, warning });
    }
    let warning =
        warning.unwrap_or_else(|| Fault::new("", None, "NUL characters became `\u{fffd}`"));
    Ok(Decoded {
        text: text.replace('\0', "\u{fffd}"),
        warning: Some(warning),
    })
}

/// Guesses UTF-16 without a byte order mark: in western text every other byte is NUL.
fn utf16_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(4096))?;
    let pairs = sample.len() / 2;
    if pairs < 4 || !bytes.len().is_multiple_of(2) || !sample.contains(&0) {
        return None;
    }
    let count = |odd: usize| {
        sample
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (count(0), count(1));
    let many = pairs * 7 / 10;
    if odd >= many && even <= pairs / 20 {
        return Some(UTF_16LE);
    }
    (even >= many && odd <= pairs / 20).then_some(UTF_16BE)
}

/// Returns whether text with a few wrong bytes is more likely UTF-8 than another encoding.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut wrong) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    good > wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], text: &str, warned: bool) {
        let decoded = decode(bytes).unwrap();
        assert_eq!(
            (decoded.text.as_str(), decoded.warning.is_some()),
            (text, warned),
            "{decoded:?}"
        );
    }

    #[test]
    fn every_encoding_that_people_use_becomes_the_same_text() {
        let text = "# Größe\r\nNurses’ log-ins: £5 – “fine”";
        check(text.as_bytes(), text, false);
        check(&[b"\xef\xbb\xbf", text.as_bytes()].concat(), text, false);
        let units =
            |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
        let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
        check(&[b"\xff\xfe".as_slice(), &little].concat(), text, true);
        check(&[b"\xfe\xff".as_slice(), &big].concat(), text, true);
        check(&little, text, true);
        check(&big, text, true);
        let (windows, _, _) = WINDOWS_1252.encode(text);
        check(&windows, text, true);
        check(b"", "", false);
    }

    #[test]
    fn a_wrong_byte_in_utf_8_costs_only_itself() {
        let mut bytes = "first\nGrößenänderung ".as_bytes().to_vec();
        bytes.push(0xc3);
        bytes.extend_from_slice(b" rest");
        let decoded = decode(&bytes).unwrap();
        assert_eq!(decoded.text, "first\nGrößenänderung \u{fffd} rest");
        assert_eq!(decoded.warning.unwrap().line, Some(2));
    }

    #[test]
    fn a_file_that_is_not_text_is_refused_and_a_stray_nul_is_not() {
        assert!(decode(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0").is_err());
        let packed: Vec<u8> = (1..=251).cycle().step_by(167).take(4000).collect();
        assert!(
            decode(&packed).is_err(),
            "a picture without NULs is still not text"
        );
        check(
            b"a line\0 of text that goes on and on",
            "a line\u{fffd} of text that goes on and on",
            true,
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic_and_text_holds_no_nul(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            if let Ok(decoded) = decode(&bytes) {
                proptest::prop_assert!(!decoded.text.contains('\0'));
            }
        }

        #[test]
        fn utf_8_is_never_changed(text in "(\\PC|[\n\r\t]){0,80}") {
            proptest::prop_assume!(!text.starts_with('\u{feff}') && utf16_without_bom(text.as_bytes()).is_none());
            proptest::prop_assert_eq!(decode(text.as_bytes()).unwrap(), Decoded { text, warning: None });
        }
    }
}
