//! Raw values: what was typed into a field, as keys of front matter and as the names and values of a form.
//!
//! A value of another shape than its field's, which only a file can have, is shown as text; no word of it is lost.

use domain::value::{Map, Node, Value};

use crate::form::{Choice, Field, Groups, Input};

/// The names and values of a form, in their order.
pub type Pairs = Vec<(String, String)>;

/// Appends the values that a field has.
pub(crate) fn read_field(map: &Map, field: &Field, prefix: &str, out: &mut Pairs) {
    let Some(value) = get(map, field.name) else {
        return;
    };
    let name = format!("{prefix}{}", field.name);
    match &field.input {
        Input::Line | Input::Lines(_) | Input::Number | Input::Month | Input::Day => {
            out.push((name, text_of(value)));
        }
        Input::One(choices) => out.push((name, chosen(&choices(), value))),
        Input::Many(choices) => {
            let choices = choices();
            let each = items(value).into_iter();
            out.extend(each.map(|value| (name.clone(), chosen(&choices, value))));
        }
        Input::Words => {
            let words: Vec<String> = items(value).into_iter().map(text_of).collect();
            out.push((name, words.join(", ")));
        }
        Input::Text(_) => {}
        Input::Groups(groups) => {
            for (index, item) in items(value).into_iter().enumerate() {
                read_group(groups, item, &format!("{name}.{index}."), out);
            }
        }
    }
}

fn read_group(groups: &Groups, item: &Value, prefix: &str, out: &mut Pairs) {
    match item.as_map() {
        Some(map) => {
            for field in groups.fields {
                read_field(map, field, prefix, out);
            }
        }
        None => out.push((format!("{prefix}{}", groups.bare), text_of(item))),
    }
}

/// Replaces the value of a field by what was typed. An empty one is removed.
pub(crate) fn write_field(map: &mut Map, field: &Field, prefix: &str, pairs: &[(String, String)]) {
    let name = format!("{prefix}{}", field.name);
    let mut typed = pairs
        .iter()
        .filter(|(held, _)| *held == name)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.trim().is_empty());
    let value = match &field.input {
        Input::Line | Input::Lines(_) | Input::Month | Input::Day | Input::One(_) => {
            typed.next().map(Value::text)
        }
        Input::Number => typed.next().map(|text| Value::plain(number(field, text))),
        Input::Many(_) => list(typed.map(Value::text).collect()),
        Input::Words => {
            let words = typed.flat_map(|text| text.split(',')).map(str::trim);
            list(
                words
                    .filter(|word| !word.is_empty())
                    .map(Value::text)
                    .collect(),
            )
        }
        Input::Text(_) => return,
        Input::Groups(groups) => list(write_groups(map, field, groups, &name, pairs)),
    };
    set(map, field.name, value);
}

/// How people write for which time an amount is, and how often that is in a year.
const PERIODS: [(&str, u64); 20] = [
    (" a year", 1),
    (" per year", 1),
    (" each year", 1),
    (" every year", 1),
    (" yearly", 1),
    (" annually", 1),
    (" per annum", 1),
    (" p.a.", 1),
    (" pa", 1),
    ("/year", 1),
    (" a quarter", 4),
    (" per quarter", 4),
    (" a month", 12),
    (" per month", 12),
    (" each month", 12),
    (" every month", 12),
    (" monthly", 12),
    ("/month", 12),
    (" a week", 52),
    (" per week", 52),
];

/// Returns a number as a file has it where one is plainly meant: `4,200` is `4200`, and so is `£4,200` where pounds are asked
/// for. Where the cost of a year is asked for, `£600 a year` is `600` and `£50 a month` is `600`. Anything else stays as it was
/// typed, for its author to correct.
fn number(field: &Field, typed: &str) -> String {
    let typed = typed.trim();
    if field.name.ends_with("yearly_gbp")
        && let Some((amount, times)) = without_period(typed)
        && let Ok(pounds) = plain_number(field, amount).parse::<u64>()
        && let Some(pounds) = pounds.checked_mul(times)
    {
        return pounds.to_string();
    }
    plain_number(field, typed)
}

/// Splits an amount from the words that say for which time it is; returns how often that is in a year.
fn without_period(typed: &str) -> Option<(&str, u64)> {
    PERIODS.iter().find_map(|(words, times)| {
        let (amount, said) = typed.split_at_checked(typed.len().checked_sub(words.len())?)?;
        said.eq_ignore_ascii_case(words).then_some((amount, *times))
    })
}

fn plain_number(field: &Field, typed: &str) -> String {
    let typed = typed.trim();
    let amount = match typed.strip_prefix('£') {
        Some(amount) if field.name.ends_with("_gbp") => {
            let amount = amount.trim_start();
            amount.strip_suffix(".00").unwrap_or(amount)
        }
        Some(_) | None => typed,
    };
    let (whole, rest) = amount.split_at(amount.find('.').unwrap_or(amount.len()));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = whole.split(',');
    let begins = parts.next().unwrap_or_default();
    let is_whole = match whole.contains(',') {
        true => {
            (1..=3).contains(&begins.len())
                && is_digits(begins)
                && parts.all(|part| part.len() == 3 && is_digits(part))
        }
        false => !whole.is_empty() && is_digits(whole),
    };
    let is_number = is_whole && is_digits(rest.strip_prefix('.').unwrap_or(rest));
    match is_number {
        true => whole.replace(',', "") + rest,
        false => typed.to_owned(),
    }
}

/// Returns the groups that were typed, each with the keys that the form does not know.
fn write_groups(
    map: &Map,
    field: &Field,
    groups: &Groups,
    name: &str,
    pairs: &[(String, String)],
) -> Vec<Value> {
    let held = get(map, field.name).map(items).unwrap_or_default();
    let mut written = Vec::new();
    for index in 0..crate::form::MAX_GROUPS {
        let prefix = format!("{name}.{index}.");
        if !pairs.iter().any(|(name, _)| name.starts_with(&prefix)) {
            continue;
        }
        let mut group = held
            .get(index)
            .and_then(|value| value.as_map())
            .cloned()
            .unwrap_or_default();
        for field in groups.fields {
            write_field(&mut group, field, &prefix, pairs);
        }
        if !group.is_empty() {
            written.push(Value::Map(group));
        }
    }
    written
}

fn list(values: Vec<Value>) -> Option<Value> {
    let nodes: Vec<Node> = values.into_iter().map(Node::from).collect();
    (!nodes.is_empty()).then_some(Value::List(nodes))
}

/// Gives values that are not in groups the place that the form has for them: `contact: Ward manager` is a role.
pub(crate) fn settle(map: &mut Map, fields: &[&Field]) {
    for field in fields {
        let Some((root, rest)) = field.name.split_once('.') else {
            continue;
        };
        if let Some((_, node)) = map.iter_mut().find(|(key, _)| key == root)
            && node.value.as_map().is_none()
            && !node.value.is_null()
        {
            let value = std::mem::replace(&mut node.value, Value::Map(Map::new()));
            node.value = Value::Map(vec![(rest.to_owned(), value.into())]);
        }
    }
}

/// Returns the value under a path such as `cost.band`; an empty one is none.
pub(crate) fn get<'a>(map: &'a Map, path: &str) -> Option<&'a Value> {
    let (key, rest) = match path.split_once('.') {
        Some((key, rest)) => (key, Some(rest)),
        None => (path, None),
    };
    let (_, node) = map.iter().find(|(held, _)| held == key)?;
    match rest {
        Some(rest) => get(node.value.as_map()?, rest),
        None => Some(&node.value).filter(|value| !value.is_null()),
    }
}

/// Sets or removes the value under a path. A group that becomes empty is removed.
pub(crate) fn set(map: &mut Map, path: &str, value: Option<Value>) {
    let (key, rest) = match path.split_once('.') {
        Some((key, rest)) => (key, Some(rest)),
        None => (path, None),
    };
    let index = map.iter().position(|(held, _)| held == key);
    let value = match rest {
        None => value,
        Some(rest) => {
            let held = index.and_then(|index| map.get(index));
            let mut inner = held
                .and_then(|(_, node)| node.value.as_map())
                .cloned()
                .unwrap_or_default();
            set(&mut inner, rest, value);
            (!inner.is_empty()).then_some(Value::Map(inner))
        }
    };
    match (index.and_then(|index| map.get_mut(index)), value) {
        (Some((_, node)), Some(value)) => *node = value.into(),
        (Some(_), None) => map.retain(|(held, _)| held != key),
        (None, Some(value)) => map.push((key.to_owned(), value.into())),
        (None, None) => {}
    }
}

/// Returns the items of a list, or the single value.
fn items(value: &Value) -> Vec<&Value> {
    match value.as_list() {
        Some(nodes) => nodes.iter().map(|node| &node.value).collect(),
        None => vec![value],
    }
}

/// Returns a value as text, whatever its shape.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::Plain(text) | Value::Text(text) => text.clone(),
        Value::List(nodes) => {
            let each: Vec<String> = nodes.iter().map(|node| text_of(&node.value)).collect();
            each.join(", ")
        }
        Value::Map(map) => {
            let each: Vec<String> = map
                .iter()
                .map(|(key, node)| format!("{key}: {}", text_of(&node.value)))
                .collect();
            each.join(", ")
        }
    }
}

/// Returns the value of the choice that is meant, or what was typed.
fn chosen(choices: &[Choice], value: &Value) -> String {
    let text = text_of(value);
    let wanted = match value.as_bool() {
        Some(true) => "yes".to_owned(),
        Some(false) => "no".to_owned(),
        None => loose(&text),
    };
    let found = choices
        .iter()
        .find(|choice| loose(choice.value) == wanted || loose(choice.label) == wanted);
    found.map_or(text, |choice| choice.value.to_owned())
}

fn loose(text: &str) -> String {
    text.trim().to_lowercase().replace([' ', '_'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_set_and_removed_with_its_empty_groups() {
        let mut map = Map::new();
        set(&mut map, "cost.band", Some(Value::text("none")));
        set(&mut map, "cost.funding", Some(Value::text("a grant")));
        assert_eq!(get(&map, "cost.band").map(text_of), Some("none".to_owned()));
        set(&mut map, "cost.band", None);
        assert!(get(&map, "cost").is_some());
        set(&mut map, "cost.funding", None);
        assert_eq!(map, Map::new());
    }

    #[test]
    fn a_number_is_read_as_people_write_it_and_anything_else_is_kept() {
        let form = crate::Form::for_kind(&domain::Kind::CaseStudy).unwrap();
        for (name, typed, kept) in [
            ("cost.one_off_gbp", "£4,200", "4200"),
            ("cost.one_off_gbp", " £ 4,200.00 ", "4200"),
            ("cost.yearly_gbp", "1,234,567", "1234567"),
            ("cost.staff_wte", "1,200.5", "1200.5"),
            ("cost.staff_wte", "0.5", "0.5"),
            ("cost.one_off_gbp", "4,20", "4,20"),
            ("cost.one_off_gbp", "4.200,00", "4.200,00"),
            ("cost.one_off_gbp", "£4.2k", "£4.2k"),
            ("cost.one_off_gbp", "£", "£"),
            ("cost.one_off_gbp", "about 4,200", "about 4,200"),
            ("scale.beds", "£12", "£12"),
            ("cost.yearly_gbp", "£600 a year", "600"),
            ("cost.yearly_gbp", "£1,600.00 per annum", "1600"),
            ("cost.yearly_gbp", "600 p.a.", "600"),
            ("cost.yearly_gbp", "£50 a Month", "600"),
            ("cost.yearly_gbp", "£50/month", "600"),
            ("cost.yearly_gbp", "£10 per week", "520"),
            ("cost.yearly_gbp", "£100 a quarter", "400"),
            ("cost.yearly_gbp", "£0.5k a year", "£0.5k a year"),
            ("cost.yearly_gbp", "£99.50 a month", "£99.50 a month"),
            ("cost.yearly_gbp", " a year", "a year"),
            (
                "cost.yearly_gbp",
                "£18446744073709551615 a month",
                "£18446744073709551615 a month",
            ),
            // What is asked for once is not a cost of each year.
            ("cost.one_off_gbp", "£600 a year", "£600 a year"),
            ("scale.patients_per_year", "600 a year", "600 a year"),
            ("scale.beds", "12", "12"),
        ] {
            let field = form.field(name).unwrap().1;
            assert_eq!(number(field, typed), kept, "{name}: {typed}");
        }
    }

    #[test]
    fn a_choice_is_found_in_any_spelling_and_another_word_is_kept() {
        let form = crate::Form::for_kind(&domain::Kind::CaseStudy).unwrap();
        let choices = |name: &str| form.field(name).unwrap().1.choices();
        for (name, value, shown) in [
            ("result", Value::text("Did not work"), "did-not-work"),
            ("would_repeat", Value::plain("yes"), "yes"),
            ("would_repeat", Value::plain("true"), "yes"),
            ("result", Value::text("workedd"), "workedd"),
        ] {
            assert_eq!(chosen(&choices(name), &value), shown);
        }
    }
}
