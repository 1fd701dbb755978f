//! The executable; the code is in the library of this crate.
//!
//! Which commit it is built from is known here only, so that another commit builds no more than this file again.

use std::process::ExitCode;

/// Returns memory to the system after a large import or pull, which the system's allocator does not.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Digits of a commit that are shown.
const DIGITS: usize = 12;
/// What git has noted of the checkout, a line for each time that another commit was checked out or made:
/// `BEFORE AFTER NAME <ADDRESS> TIME ZONE\tWHAT`. Only the digits that are taken from it are in the program.
#[cfg(in_checkout)]
const CHECKOUT: &[u8] = include_bytes!(env!("CHECKOUT_LOG"));
#[cfg(not(in_checkout))]
const CHECKOUT: &[u8] = b"";
const CHECKED_OUT: [u8; DIGITS] = checked_out(CHECKOUT);

/// Returns the digits of the commit in the last line, or spaces.
const fn checked_out(log: &[u8]) -> [u8; DIGITS] {
    let mut found = [b' '; DIGITS];
    let (_, lines) = match log.split_last() {
        Some((b'\n', lines)) => (b'\n', lines),
        _ => return found,
    };
    let mut rest = lines;
    let mut begin = lines.len();
    while let Some((last, before)) = rest.split_last() {
        if *last == b'\n' {
            break;
        }
        rest = before;
        begin -= 1;
    }
    let (_, line) = lines.split_at(begin);
    // After the first space is the commit that came.
    let mut rest = line;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b' ' {
            break;
        }
    }
    if let Some((digits, _)) = rest.split_first_chunk::<DIGITS>()
        && is_hexadecimal(digits)
    {
        found = *digits;
    }
    found
}

const fn is_hexadecimal(digits: &[u8]) -> bool {
    let mut rest = digits;
    while let Some((first, after)) = rest.split_first() {
        if !first.is_ascii_hexdigit() {
            return false;
        }
        rest = after;
    }
    true
}

/// Returns the commit that the build has named, or that is checked out.
fn commit() -> Option<&'static str> {
    static FOUND: [u8; DIGITS] = CHECKED_OUT;
    let named = option_env!("WARDROUND_COMMIT").filter(|commit| !commit.is_empty());
    let found = std::str::from_utf8(&FOUND).ok().map(str::trim);
    named.or(found).filter(|commit| !commit.is_empty())
}

fn main() -> ExitCode {
    wardround::main(commit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_of_a_checkout_is_that_of_the_last_line_of_its_log() {
        const A: &str = "878475e0878475e0878475e0878475e0878475e0";
        const B: &str = "c739ab7b4183c739ab7b4183c739ab7b4183c739";
        let line = |before: &str, after: &str| {
            format!("{before} {after} A Name <a@b.example> 1 +0000\tcommit: a\n")
        };
        for (log, expected) in [
            (String::new(), ""),
            (line(&"0".repeat(40), A), "878475e08784"),
            (line(&"0".repeat(40), A) + &line(A, B), "c739ab7b4183"),
            (line(A, B).trim_end().to_owned(), ""),
            ("\n".to_owned(), ""),
            ("no log\n".to_owned(), ""),
            (format!("{A} c739ab7b418\n"), ""),
        ] {
            let found = checked_out(log.as_bytes());
            assert_eq!(
                std::str::from_utf8(&found).unwrap().trim(),
                expected,
                "{log}"
            );
        }
    }
}
