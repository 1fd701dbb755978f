//! E-mail addresses of persons. The mailbox of a role is not one: its name says what it is for.

use super::{between, glued};
use crate::{
    check::Found,
    finding::{Kind, Severity},
    lexicon::{self, GIVEN_NAME, PROVIDER, ROLE, SURNAME},
    tokens::{Token, Tokens},
};

/// Tokens of an address on one side of its `@`.
const MAX_SIDE: usize = 24;
/// Letters of a word of which a role is a part: `lessonsteam`.
const MIN_ROLE: usize = 4;

/// The parts of an address, and the positions of its first token and behind its last one.
struct Address {
    local: String,
    domain: String,
    first: usize,
    end: usize,
}

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let mut next = 0;
    for &index in tokens.starts() {
        if index < next {
            continue;
        }
        let token = tokens.at(index);
        next = index + 1;
        let is_at = token.is_mark('@') || (tokens.text(token) == "at" && is_spelled(tokens, index));
        if is_at && let Some(address) = address(tokens, index) {
            if is_personal(&address) && !is_in_url(tokens, address.first) {
                let (first, last) = (tokens.at(address.first), tokens.at(address.end - 1));
                found.push(between(Kind::EMail, Severity::Warn, first, last));
            }
            next = address.end.max(next);
        }
    }
}

/// Whether the word `at` means the mark: in brackets, or between a name and a provider of mailboxes.
fn is_spelled(tokens: &Tokens, index: usize) -> bool {
    let is_bracketed =
        tokens.before(index).is_any_mark("([{<-_") && tokens.at(index + 1).is_any_mark(")]}>-_");
    let domain = tokens.at(index + 1);
    let is_domain = (domain.is(PROVIDER) || tokens.text(domain) == "nhs") && {
        let dot = tokens.at(index + 2);
        dot.is_mark('.') && dot.is_glued()
            || matches!(tokens.text(dot), "dot")
            || dot.is_any_mark("([")
    };
    is_bracketed || is_domain
}

/// Whether a token is a dot, in any spelling; returns how many tokens it takes.
fn dot(tokens: &Tokens, index: usize) -> usize {
    if tokens.at(index).is_mark('.') {
        return 1;
    }
    if tokens.word(index) == "dot" {
        return 1;
    }
    let is_bracketed = tokens.at(index).is_any_mark("([{")
        && matches!(tokens.word(index + 1), "dot")
        && tokens.at(index + 2).is_any_mark(")]}");
    let is_mark = tokens.at(index).is_any_mark("([{")
        && tokens.at(index + 1).is_mark('.')
        && tokens.at(index + 2).is_any_mark(")]}");
    if is_bracketed || is_mark { 3 } else { 0 }
}

fn address(tokens: &Tokens, at: usize) -> Option<Address> {
    // Step 1: the domain, of labels with dots between them.
    let is_word_at = tokens.text(tokens.at(at)) == "at";
    let mut index = at + 1;
    let mut local_end = at;
    if is_word_at {
        index += usize::from(tokens.at(index).is_any_mark(")]}>-_"));
        local_end -= usize::from(tokens.before(at).is_any_mark("([{<-_"));
    }
    let (domain, end) = domain(tokens, index)?;
    // Step 2: the name in front of it.
    // A space may separate it where anyone can have a mailbox.
    let provider = domain.split('.').next().unwrap_or_default();
    let is_open = lexicon::is(provider, PROVIDER) || domain == "nhs.net";
    let has_dot = local_end > 1
        && tokens.at(local_end - 2).is_any_mark("._")
        && tokens.before(local_end).is_glued();
    let first = local_begin(tokens, local_end, is_word_at || (is_open && has_dot))?;
    let mut local = String::new();
    for position in first..local_end {
        let token = tokens.at(position);
        let spelled = tokens.text(token) == "dot" && position > first;
        if position > first && tokens.is_behind_underscore(position) {
            local.push('_');
        }
        local.push_str(if spelled { "." } else { tokens.text(token) });
    }
    Some(Address {
        local,
        domain,
        first,
        end,
    })
}

/// Reads the domain that begins at a position, and the position behind it.
fn domain(tokens: &Tokens, index: usize) -> Option<(String, usize)> {
    let is_label = |token: Token| token.is_word() || token.is_number() || token.is_mark('-');
    let (mut domain, mut end) = glued(tokens, index, MAX_SIDE, is_label);
    // A name that a mailer has wrapped: `name@` and the domain.
    if domain.is_empty() {
        return None;
    }
    let mut labels = 1;
    loop {
        let length = dot(tokens, end);
        let is_spaced = length > 0 && !tokens.at(end).is_glued();
        let is_spelled = tokens.word(end) == "dot" || length == 3;
        let next = tokens.at(end + length);
        if length == 0
            || !next.is_word()
            || (!next.is_glued() && !is_spelled)
            || (is_spaced && !is_spelled)
        {
            break;
        }
        let (label, behind) = glued(tokens, end + length, MAX_SIDE, is_label);
        domain.push('.');
        domain.push_str(&label);
        end = behind;
        labels += 1;
    }
    // `jane.ellis@example.org.md`, the name of a file.
    if labels >= 3
        && let Some(rest) = domain.strip_suffix(".md")
    {
        domain.truncate(rest.len());
        end -= 2;
    }
    let top = domain.rsplit('.').next().unwrap_or_default();
    let is_top = (2..=18).contains(&top.len()) && top.chars().all(char::is_alphabetic);
    let is_file = matches!(
        top,
        "png"
            | "jpg"
            | "jpeg"
            | "gif"
            | "svg"
            | "webp"
            | "css"
            | "js"
            | "md"
            | "html"
            | "json"
            | "local"
            | "localhost"
            | "internal"
    );
    (labels >= 2 && is_top && !is_file).then_some((domain, end))
}

/// Returns the position of the first token of the name in front of `@`.
fn local_begin(tokens: &Tokens, end: usize, is_spelled: bool) -> Option<usize> {
    let mut index = end;
    while index > 0 && end - index < MAX_SIDE {
        let token = tokens.before(index);
        let is_part = token.is_word() || token.is_number() || token.is_any_mark("-.+_'");
        // Behind the first token, each one has to be glued to the next.
        let next = tokens.at(index);
        let is_dot = tokens.text(token) == "dot" || tokens.text(next) == "dot";
        let is_near = (index == end && (next.is_glued() || is_spelled))
            || (index < end && (next.is_glued() || (is_spelled && is_dot)));
        // An underscore within a word is read as a space.
        let is_joined = index < end && tokens.is_behind_underscore(index);
        if !is_part || !(is_near || is_joined) {
            // `@name@host` is an account, not a mailbox.
            if token.is_mark('@') && next.is_glued() {
                return None;
            }
            break;
        }
        index -= 1;
    }
    while index < end && !(tokens.at(index).is_word() || tokens.at(index).is_number()) {
        index += 1;
    }
    (index < end).then_some(index)
}

/// Whether the name is part of an address of another kind: `https://user@host`, `ssh://git@host`.
fn is_in_url(tokens: &Tokens, first: usize) -> bool {
    let mut at = first;
    while at > 0 && first - at < MAX_SIDE && tokens.at(at).is_glued() {
        at -= 1;
        // A value of a query, or behind a mark of a link that tracks: `?data=05|name@host|…`.
        if tokens.at(at).is_any_mark("?=&|") {
            return false;
        }
        if tokens.at(at).is_mark('/') && tokens.before(at).is_mark('/') && tokens.at(at).is_glued()
        {
            return true;
        }
    }
    false
}

/// Whether an address is that of a person, by the provider or by the form of its name.
fn is_personal(address: &Address) -> bool {
    let Address { local, domain, .. } = address;
    let words: Vec<&str> = local
        .split(|c: char| !c.is_alphabetic() && c != '\'')
        .filter(|word| !word.is_empty())
        .collect();
    // `rxx-tr.flow@nhs.net` is that of a trust.
    let is_of_trust = local.contains("-tr.");
    let is_role = is_of_trust || words.iter().any(|word| is_role(word));
    let first_label = domain.split('.').next().unwrap_or_default();
    let labels = domain.split('.').count();
    let is_short = matches!(first_label, "web" | "free" | "pm" | "wp" | "post");
    let is_provider =
        (lexicon::is(first_label, PROVIDER) && labels <= 3) || (is_short && labels == 2);
    if is_provider {
        // A mailbox there is one person's, except that of a program.
        return !local.replace(['-', '.', '_'], "").contains("noreply");
    }
    let full: Vec<&&str> = words.iter().filter(|word| word.len() > 1).collect();
    let is_name = |word: &str| lexicon::is(word, GIVEN_NAME | SURNAME);
    let names = full.iter().filter(|word| is_name(word)).count();
    match (words.len(), full.len()) {
        (0, _) => false,
        // `jane`, `jsmith`, `jsmith2`
        (1, _) => {
            let word = words.first().copied().unwrap_or_default();
            !is_role
                && (is_name(word)
                    || is_initial_and_surname(word)
                    || is_two_names(word)
                    || has_number(local))
        }
        // `j.smith`, `smith.j`
        (_, 1) => !is_role || names == 1,
        // `digital.safety` is a role, `jane.ward` is not.
        (_, _) => {
            !is_role
                || (names == full.len())
                || full
                    .first()
                    .is_some_and(|word| lexicon::is(word, GIVEN_NAME))
        }
    }
}

fn has_number(local: &str) -> bool {
    local.ends_with(|c: char| c.is_ascii_digit())
        && local.chars().filter(char::is_ascii_digit).count() <= 4
        && local.len() >= 5
}

/// Whether a word says what a mailbox is for: it is such a word, or is made of them.
fn is_role(word: &str) -> bool {
    if lexicon::is(word, ROLE) || has_form_of_role(word) {
        return true;
    }
    if lexicon::is(word, SURNAME | GIVEN_NAME) {
        return false;
    }
    word.char_indices().skip(1).any(|(at, _)| {
        let (before, behind) = word.split_at_checked(at).unwrap_or_default();
        let is_long = before.len() >= MIN_ROLE || behind.len() >= MIN_ROLE;
        is_long
            && ((before.len() >= MIN_ROLE
                && lexicon::is(before, ROLE)
                && !lexicon::is(behind, SURNAME))
                || (behind.len() >= MIN_ROLE
                    && lexicon::is(behind, ROLE)
                    && !lexicon::is(before, GIVEN_NAME)))
    })
}

/// Whether a word has no vowel, as an abbreviation, or the ending of what is done, not of who does it.
fn has_form_of_role(word: &str) -> bool {
    const ENDINGS: [&str; 12] = [
        "ments", "ment", "tion", "tions", "ology", "ities", "ings", "ing", "ance", "ence", "ship",
        "ware",
    ];
    let is_abbreviation = word.len() >= 3 && !word.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let is_done = word.len() >= 7 && ENDINGS.iter().any(|ending| word.ends_with(ending));
    (is_abbreviation || is_done) && !lexicon::is(word, GIVEN_NAME | SURNAME)
}

/// `jsmith`, `jfsmith`
fn is_initial_and_surname(word: &str) -> bool {
    [1, 2].into_iter().any(|at| {
        let surname = word.get(at..).unwrap_or_default();
        surname.len() >= 4 && lexicon::is(surname, SURNAME)
    })
}

/// `janesmith`
fn is_two_names(word: &str) -> bool {
    (3..word.len().saturating_sub(2)).any(|at| {
        let (before, behind) = word.split_at_checked(at).unwrap_or_default();
        lexicon::is(before, GIVEN_NAME) && lexicon::is(behind, SURNAME)
    })
}
