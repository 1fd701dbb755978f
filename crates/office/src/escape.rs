//! Words as markdown that means exactly these words.

/// Writes words so that none of their characters is read as a mark.
pub(crate) fn escape_text(text: &str, in_cell: bool) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for word in text.split_inclusive(|c: char| c.is_whitespace()) {
        let plain = word.trim_end();
        if is_address(plain) {
            out.push_str(word);
        } else {
            escape_word(&mut out, word, in_cell);
        }
    }
    out
}

/// A bare address becomes a link where it is shown; a backslash within it would be a part of it.
fn is_address(word: &str) -> bool {
    let begins = ["http://", "https://", "www."]
        .iter()
        .any(|start| word.starts_with(start));
    begins
        && !word.contains([
            '*', '`', '[', ']', '<', '>', '~', '\\', '|', '{', '}', '&', '$', '%',
        ])
}

fn escape_word(out: &mut String, word: &str, in_cell: bool) {
    let mut before: Option<char> = out.chars().next_back();
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let within_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '\\' | '`' | '*' | '[' | ']' | '{' | '$' => {
                out.push('\\');
                out.push(c);
            }
            '_' if within_word(before) && within_word(next) => out.push(c),
            '_' => out.push_str("\\_"),
            // One in front of a figure, for "about", can begin a mark and never end one.
            '~' if before.is_some_and(char::is_whitespace) && within_word(next) => out.push(c),
            '~' => out.push_str("\\~"),
            // Two of them comment out.
            '%' if next == Some(c) || before == Some(c) => {
                out.push('\\');
                out.push(c);
            }
            '|' => out.push_str(if in_cell { "\\|" } else { "|" }),
            '<' if next
                .is_some_and(|next| next.is_alphabetic() || matches!(next, '/' | '!' | '?')) =>
            {
                out.push_str("&lt;");
            }
            '&' if next.is_some_and(|next| next.is_alphanumeric() || next == '#') => {
                out.push_str("&amp;")
            }
            // A picture, when a link follows.
            '!' if next.is_none() || next == Some('[') => out.push_str("\\!"),
            c => out.push(c),
        }
        before = Some(c);
    }
}

/// Escapes what would be read as a block of markdown at the beginning of a line.
pub(crate) fn escape_lines(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| escape_start(line.trim_start()))
        .collect();
    lines.join("\n")
}

fn escape_start(line: &str) -> String {
    let mut chars = line.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let rest = chars.as_str();
    let ends = |rest: &str| {
        rest.is_empty() || rest.starts_with(char::is_whitespace) || rest.starts_with('\\')
    };
    let escaped = match first {
        '#' | '>' | ':' | '=' | '?' | '|' => true,
        '!' => rest.starts_with('!'),
        '-' | '+' => ends(rest) || rest.starts_with(first),
        _ => false,
    };
    if escaped {
        return format!("\\{line}");
    }
    // The number of a list.
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let (number, after) = (line.get(..digits), line.get(digits..));
    if (1..=9).contains(&digits)
        && let (Some(number), Some(after)) = (number, after)
        && after.starts_with(['.', ')'])
        && let Some(behind) = after.get(1..)
        && ends(behind)
    {
        return format!("{number}\\{after}");
    }
    line.to_owned()
}

/// Writes an address into the brackets of a link.
pub(crate) fn escape_url(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.trim().chars() {
        match c {
            ' ' => out.push_str("%20"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            '|' => out.push_str("%7C"),
            '`' => out.push_str("%60"),
            '*' => out.push_str("%2A"),
            c if c.is_control() || c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}
