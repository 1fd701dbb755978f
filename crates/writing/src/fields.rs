//! The fields of a form as a page shows them: with what was typed, and what is wrong with it.

use drafting::{Choice, Field, Fold, Input, Place};
use pages::words;

/// More choices than this are listed in a box of their own, which a script lets people search.
const MAX_PLAIN_CHOICES: usize = 12;
/// Lines of a part of the text.
const TEXT_ROWS: u8 = 12;

/// A field on a page.
#[derive(Debug, Clone)]
pub(crate) struct FieldView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) shape: Shape,
    pub(crate) value: String,
    pub(crate) fault: Option<String>,
    pub(crate) is_optional: bool,
    /// Whether it is a part of the text, which is Markdown.
    pub(crate) is_text: bool,
    pub(crate) in_group: bool,
    /// The fewest and the most characters, where they are counted.
    pub(crate) chars: Option<(usize, usize)>,
    fold: Fold,
}

impl FieldView {
    /// Returns the ids of what describes it.
    pub(crate) fn described(&self) -> Option<String> {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let fault = self.fault.as_ref().map(|_| format!("{}-fault", self.id));
        let count = self.chars.map(|_| format!("{}-count", self.id));
        let ids: Vec<String> = hint.into_iter().chain(fault).chain(count).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// Returns how many characters may be written, which a script counts.
    pub(crate) fn limits(&self) -> Option<Limits> {
        let (min, max) = self.chars?;
        let most = u64::try_from(max).map_or_else(|_| String::new(), words::number);
        let words = match min {
            0 | 1 => format!("You can write up to {most} characters"),
            min => format!("Write {min} to {most} characters"),
        };
        Some(Limits { words, min, max })
    }

    /// Offers a choice no more, unless it is the one that was made, and says why.
    pub(crate) fn leave_out(&mut self, value: &str, why: &'static str) {
        if let Shape::Radios(choices) = &mut self.shape {
            choices.retain(|choice| choice.value != value || choice.is_chosen);
        }
        self.hint = why;
        self.name_first();
    }

    /// Gives the first choice the `id` of the field: what leads to the field leads to where it can be changed.
    fn name_first(&mut self) {
        if let Shape::Radios(choices) | Shape::Checks { choices, .. } = &mut self.shape
            && let Some(first) = choices.first_mut()
        {
            first.id.clone_from(&self.id);
        }
    }

    pub(crate) fn is_folded(&self) -> bool {
        self.fold != Fold::Open
    }

    /// Returns whether someone has to see it, although it is folded.
    pub(crate) fn unfolds(&self) -> bool {
        let asks = match self.fold {
            Fold::Open => false,
            Fold::Folded => self.has_value(),
            Fold::FilledIn => !self.is_optional && !self.has_value(),
        };
        asks || self.fault.is_some()
    }

    fn has_value(&self) -> bool {
        match &self.shape {
            Shape::Line { .. } | Shape::Lines { .. } => !self.value.trim().is_empty(),
            Shape::Radios(choices) | Shape::Select(choices) | Shape::Checks { choices, .. } => {
                choices.iter().any(|choice| choice.is_chosen)
            }
            Shape::Groups(groups) => {
                let mut fields = groups.iter().flat_map(|group| &group.fields);
                fields.any(Self::has_value)
            }
        }
    }
}

/// How many characters may be written into a field.
pub(crate) struct Limits {
    /// In words, for who uses no script.
    pub(crate) words: String,
    pub(crate) min: usize,
    pub(crate) max: usize,
}

/// How a field is shown.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Line {
        mode: &'static str,
    },
    Lines {
        rows: u8,
    },
    Radios(Vec<ChoiceView>),
    Select(Vec<ChoiceView>),
    Checks {
        choices: Vec<ChoiceView>,
        is_long: bool,
    },
    Groups(Vec<GroupView>),
}

/// A choice on a page.
#[derive(Debug, Clone)]
pub(crate) struct ChoiceView {
    pub(crate) id: String,
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) explanation: &'static str,
    pub(crate) is_chosen: bool,
}

/// One group of a list of groups.
#[derive(Debug, Clone)]
pub(crate) struct GroupView {
    pub(crate) legend: String,
    pub(crate) fields: Vec<FieldView>,
}

/// What was typed, and what is wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Typed<'a> {
    pub(crate) pairs: &'a [(String, String)],
    pub(crate) faults: &'a [Place],
}

impl Typed<'_> {
    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let of_name =
            move |(held, value): &'a (String, String)| (held == name).then_some(value.as_str());
        self.pairs.iter().filter_map(of_name)
    }

    fn fault(&self, name: &str) -> Option<String> {
        let fault = self.faults.iter().find(|fault| fault.field == name);
        fault.map(|fault| markdown::visible(&fault.text).into_owned())
    }
}

/// Returns the `id` of a field in HTML.
pub(crate) fn html_id(name: &str) -> String {
    name.replace('.', "-")
}

/// Returns the fields of a section with what was typed.
pub(crate) fn views(fields: &[&'static Field], typed: Typed<'_>) -> Vec<FieldView> {
    let each = fields.iter();
    each.map(|field| view(field, field.name.to_owned(), typed, false))
        .collect()
}

fn view(field: &'static Field, name: String, typed: Typed<'_>, in_group: bool) -> FieldView {
    let value = typed.values(&name).next().unwrap_or_default().to_owned();
    let shape = match &field.input {
        Input::Line | Input::Words | Input::Month | Input::Day => Shape::Line { mode: "text" },
        Input::Number => Shape::Line { mode: "decimal" },
        Input::Lines(rows) => Shape::Lines { rows: *rows },
        Input::Text(_) => Shape::Lines { rows: TEXT_ROWS },
        Input::One(choices) if in_group => Shape::Select(chosen(&choices(), &name, typed)),
        Input::One(choices) => Shape::Radios(chosen(&choices(), &name, typed)),
        Input::Many(choices) => {
            let choices = choices();
            Shape::Checks {
                is_long: choices.len() > MAX_PLAIN_CHOICES,
                choices: chosen(&choices, &name, typed),
            }
        }
        Input::Groups(groups) => Shape::Groups(group_views(groups, &name, typed)),
    };
    let mut view = FieldView {
        id: html_id(&name),
        fault: typed.fault(&name),
        label: field.label,
        hint: field.hint,
        is_optional: field.is_optional() && !in_group,
        is_text: field.is_text(),
        chars: field.chars,
        fold: field.fold,
        in_group,
        name,
        shape,
        value,
    };
    view.name_first();
    view
}

/// Returns the choices. A value that is none of them is one more, so that it is not lost.
fn chosen(choices: &[Choice], name: &str, typed: Typed<'_>) -> Vec<ChoiceView> {
    let typed: Vec<&str> = typed
        .values(name)
        .filter(|value| !value.is_empty())
        .collect();
    let known = choices.iter().map(|choice| ChoiceView {
        id: format!("{}-{}", html_id(name), choice.value),
        value: choice.value.to_owned(),
        label: choice.label.to_owned(),
        explanation: choice.explanation,
        is_chosen: typed.contains(&choice.value),
    });
    let unknown = typed
        .iter()
        .filter(|value| !choices.iter().any(|choice| choice.value == **value));
    let unknown = unknown.enumerate().map(|(index, value)| ChoiceView {
        id: format!("{}-other-{index}", html_id(name)),
        value: (*value).to_owned(),
        label: format!("“{}”", markdown::visible(value)),
        explanation: "This is not one of the choices. Choose another one",
        is_chosen: true,
    });
    known.chain(unknown).collect()
}

/// Returns the groups that were typed and an empty one, as long as one may be added.
fn group_views(
    groups: &'static drafting::form::Groups,
    name: &str,
    typed: Typed<'_>,
) -> Vec<GroupView> {
    let index_of = |held: &str| {
        let rest = held.strip_prefix(name)?.strip_prefix('.')?;
        rest.split('.').next()?.parse::<usize>().ok()
    };
    let typed_groups = typed.pairs.iter().filter_map(|(held, _)| index_of(held));
    let count = typed_groups.max().map_or(0, |last| last.saturating_add(1));
    let shown = count
        .saturating_add(1)
        .min(groups.max.max(count))
        .min(drafting::form::MAX_GROUPS);
    (0..shown)
        .map(|index| GroupView {
            legend: format!("{} {}", groups.one, index + 1),
            fields: groups
                .fields
                .iter()
                .map(|field| view(field, format!("{name}.{index}.{}", field.name), typed, true))
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::Kind;
    use drafting::Form;

    use super::*;

    #[test]
    fn the_number_of_a_group_may_be_the_largest_that_there_is() {
        let form = Form::for_kind(&Kind::CaseStudy).unwrap();
        let mut fields = form.sections.iter().flat_map(|section| section.fields);
        let field = fields
            .find(|field| matches!(field.input, Input::Groups(_)))
            .unwrap();
        let pairs = [(format!("{}.{}.x", field.name, usize::MAX), "1".to_owned())];
        let typed = Typed {
            pairs: &pairs,
            faults: &[],
        };
        let views = views(&[field], typed);
        let Shape::Groups(groups) = &views[0].shape else {
            panic!("{views:?}");
        };
        assert_eq!(groups.len(), drafting::form::MAX_GROUPS);
    }
    #[test]
    fn what_leads_to_a_field_of_choices_leads_to_the_first_of_them() {
        let form = Form::for_kind(&Kind::CaseStudy).unwrap();
        let fields: Vec<_> = form.sections.iter().flat_map(|one| one.fields).collect();
        let typed = Typed {
            pairs: &[],
            faults: &[],
        };
        for mut view in views(&fields, typed) {
            for _ in 0..2 {
                let (Shape::Radios(choices) | Shape::Checks { choices, .. }) = &view.shape else {
                    continue;
                };
                let Some(first) = choices.first() else {
                    continue;
                };
                assert_eq!(first.id, view.id);
                let first = first.value.clone();
                view.leave_out(&first, "");
            }
        }
    }
}
