//! The words of faults as people at a form read them: without the names of keys.

use domain::Fault;

use crate::form::{Field, Input};

/// Returns the name that a field of a file has in the form: `measures[0].unit` is `measures.0.unit`.
pub(crate) fn form_name(field: &str) -> String {
    field.replace('[', ".").replace(']', "")
}

/// Returns the heading that a fault of the text names.
pub(crate) fn quoted_heading(fault: &Fault) -> Option<&str> {
    (fault.field == "body").then_some(())?;
    let names = ["the heading `", "under `"];
    let begin = names
        .iter()
        .find_map(|name| fault.text.find(name).map(|at| at + name.len()))?;
    let rest = fault.text.get(begin..)?;
    rest.split_once('`').map(|(heading, _)| heading)
}

/// Says a fault about a field whose name in the form is `name`. `is_file` says that it was typed as a file, where values have
/// their codes.
pub(crate) fn say(fault: &Fault, field: &Field, name: &str, is_file: bool) -> String {
    if let Some(heading) = quoted_heading(fault)
        && fault.text.contains("missing")
    {
        return format!("Nothing is written under “{heading}” yet");
    }
    if let Some(text) = about_readers(fault) {
        return text;
    }
    let label = label(field, name);
    let key = format!("`{}`", fault.field);
    let text = match fault.text.strip_prefix(&key) {
        Some(rest) => format!("“{label}”{rest}"),
        None => format!("“{label}”: {}", fault.text),
    };
    // A list of values, which the form has as choices.
    let text = match text.split_once(" is missing; write a list of 1 to ") {
        Some((name, _)) => format!("{name}: choose at least one"),
        None => text.replace(&key, "it"),
    };
    let (_, inner) = in_group(field, name);
    let asked = inner.unwrap_or(field);
    let text = match is_file {
        true => text,
        false => with_numbers(&text, asked),
    };
    sentence(&with_labels(&text, asked, is_file))
}

/// Says what looks as if a text was not for everyone: in a form, who may read it is chosen.
fn about_readers(fault: &Fault) -> Option<String> {
    (fault.field == "visibility").then_some(())?;
    let (found, _) = fault.text.split_once(" looks as if ")?;
    let text = format!(
        "{found} looks as if this was not for everyone; choose who may read it, or change these words"
    );
    Some(sentence(&text))
}

/// Returns what a field is called; of a group, with its number.
fn label(field: &Field, name: &str) -> String {
    let Input::Groups(groups) = &field.input else {
        return field.label.trim_end_matches('?').to_owned();
    };
    match in_group(field, name) {
        (Some(index), Some(inner)) => format!(
            "{} {}: {}",
            groups.one,
            index.saturating_add(1),
            inner.label.trim_end_matches('?')
        ),
        (Some(index), None) => format!("{} {}", groups.one, index.saturating_add(1)),
        (None, _) => field.label.to_owned(),
    }
}

/// Returns the index of the group that a name is in, and the field of the group.
fn in_group(field: &Field, name: &str) -> (Option<usize>, Option<&'static Field>) {
    let Input::Groups(groups) = &field.input else {
        return (None, None);
    };
    let rest = name.strip_prefix(field.name).unwrap_or_default();
    let mut rest = rest.trim_start_matches('.').split('.');
    let index = rest.next().and_then(|index| index.parse::<usize>().ok());
    let inner = rest
        .next()
        .and_then(|key| groups.fields.iter().find(|field| field.name == key));
    (index, inner)
}

/// Says what a form takes as a number: it reads commas, and pounds where it asks for them.
fn with_numbers(text: &str, field: &Field) -> String {
    let is_pounds = field.name.ends_with("_gbp");
    let has_unit = matches!(field.name, "baseline" | "result" | "expected");
    for (kind, example) in [("a whole number", "31 or 1,200"), ("a number", "31 or 4.5")] {
        let rule = format!("must be {kind} without commas or units");
        let Some((before, after)) = text.split_once(&rule) else {
            continue;
        };
        let example = if is_pounds {
            "4200 or £4,200"
        } else {
            example
        };
        let unit = match has_unit {
            true => "; its unit is chosen above",
            false => "",
        };
        return format!("{before}must be {kind} only, such as {example}{unit}{after}");
    }
    text.to_owned()
}

/// Writes the labels of a vocabulary where a fault lists its values; with their codes where a file is written.
fn with_labels(text: &str, field: &Field, is_file: bool) -> String {
    let Some((before, list)) = text.split_once("write one of ") else {
        return text.to_owned();
    };
    let choices = field.choices();
    let each: Vec<String> = list
        .split(", ")
        .map(|value| {
            let found = choices.iter().find(|choice| choice.value == value);
            match found {
                Some(choice) if !is_file => choice.label.to_owned(),
                Some(choice) if !choice.label.eq_ignore_ascii_case(value) => {
                    format!("`{value}` ({})", choice.label)
                }
                Some(_) | None => value.to_owned(),
            }
        })
        .collect();
    format!("{before}choose one of: {}", each.join("; "))
}

/// Makes a sentence of a fault: a capital at its beginning, quotation marks for backticks.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_open = false;
    for c in text.chars() {
        if c == '`' {
            out.push(if is_open { '”' } else { '“' });
            is_open = !is_open;
        } else if out.is_empty() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
    }
    out
}
