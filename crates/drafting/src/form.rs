//! The form of each kind: its sections, their fields, and the words around them.
//!
//! The tables are in one file a kind. A field is named by the path of its key in front matter (`cost.band`), a part of the
//! text by `text.` and a short name of its heading.

mod adoption;
mod case_study;
mod choices;
mod observation;
mod page;

use domain::Kind;

/// Most entries of a group that a form reads; no list of groups may be longer.
pub const MAX_GROUPS: usize = 50;

/// The form of a kind.
#[derive(Debug)]
pub struct Form {
    /// The kind.
    pub kind: Kind,
    /// Its sections, in the order of writing.
    pub sections: &'static [Section],
}

/// One page of a form.
#[derive(Debug)]
pub struct Section {
    /// Its name in addresses.
    pub name: &'static str,
    /// What people read.
    pub title: &'static str,
    /// What it is for, in a sentence; may be empty.
    pub intro: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

/// One field.
#[derive(Debug)]
pub struct Field {
    /// Its name in a form.
    pub name: &'static str,
    /// The question.
    pub label: &'static str,
    /// What peers ask; may be empty.
    pub hint: &'static str,
    /// How it is entered.
    pub input: Input,
    /// What to do when it is empty; `None` where it may be left out.
    pub missing: Option<&'static str>,
    /// Whether it is below the others, where it is not in the way of who answers only those.
    pub fold: Fold,
    /// The fewest and the most characters, where its author sees how many are left.
    pub chars: Option<(usize, usize)>,
    /// Whether another answer decides if it may be left out: its hint says so.
    pub depends: bool,
}

/// Where a field is on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// With the questions that everyone answers.
    Open,
    /// Below them, folded until it has a value.
    Folded,
    /// Below them, and filled in for most: only a fault, or no value where one is needed, unfolds it.
    FilledIn,
}

/// How a field is entered.
#[derive(Debug)]
pub enum Input {
    /// One line.
    Line,
    /// Several lines; the number is how many are shown.
    Lines(u8),
    /// A number.
    Number,
    /// A month, `YYYY-MM`.
    Month,
    /// A day, `YYYY-MM-DD` or as it is written in Britain.
    Day,
    /// One value of a vocabulary.
    One(fn() -> Vec<Choice>),
    /// Values of a vocabulary.
    Many(fn() -> Vec<Choice>),
    /// Words with commas between them.
    Words,
    /// The part of the text under a heading, or the whole of a text without headings.
    Text(Option<&'static str>),
    /// Groups of fields, such as one for each measure.
    Groups(Groups),
}

/// A list of groups of fields.
#[derive(Debug)]
pub struct Groups {
    /// The fields of one group, named within it.
    pub fields: &'static [Field],
    /// What one group is called.
    pub one: &'static str,
    /// The field that holds a value which is no group, as in `systems: [Meridian]`.
    pub bare: &'static str,
    /// Most groups.
    pub max: usize,
}

/// A value that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value as files have it.
    pub value: &'static str,
    /// What people read.
    pub label: &'static str,
    /// What it means, where the label does not say it.
    pub explanation: &'static str,
}

impl Form {
    /// Returns the form of a kind; `None` for a kind that is not written here.
    #[must_use]
    pub fn for_kind(kind: &Kind) -> Option<&'static Self> {
        match kind {
            Kind::CaseStudy => Some(&case_study::FORM),
            Kind::Observation => Some(&observation::FORM),
            Kind::Page => Some(&page::FORM),
            Kind::Adoption => Some(&adoption::FORM),
            Kind::Ask | Kind::Answer | Kind::Other(_) => None,
        }
    }

    /// Returns a section.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&'static Section> {
        self.sections.iter().find(|section| section.name == name)
    }

    /// Returns the section after another one.
    #[must_use]
    pub fn next(&self, name: &str) -> Option<&'static Section> {
        let mut rest = self
            .sections
            .iter()
            .skip_while(|section| section.name != name);
        rest.nth(1)
    }

    /// Returns the headings that begin a part of the text.
    pub fn headings(&self) -> impl Iterator<Item = &'static str> {
        let fields = self.sections.iter().flat_map(|section| section.fields);
        fields.filter_map(Field::heading)
    }

    /// Returns the section and the field of a name, the field of a group by the name of its list.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<(&'static Section, &'static Field)> {
        let all = self.sections.iter();
        let mut fields = all.flat_map(|section| section.fields.iter().map(move |f| (section, f)));
        fields.find(|(_, field)| {
            field.name == name
                || name
                    .strip_prefix(field.name)
                    .is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

impl Section {
    /// Returns whether something in it has to be written.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.fields.iter().any(|field| field.missing.is_some())
    }
}

impl Field {
    /// Folds it.
    const fn folded(self, fold: Fold) -> Self {
        Self { fold, ..self }
    }

    /// Counts its characters while it is written.
    const fn counted(self, min: usize, max: usize) -> Self {
        Self {
            chars: Some((min, max)),
            ..self
        }
    }

    /// Says that another answer decides if it may be left out.
    const fn depending(self) -> Self {
        Self {
            depends: true,
            ..self
        }
    }

    /// Returns whether it may be left out, whatever the other answers are.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.missing.is_none() && !self.depends
    }

    /// Returns the heading of the part of the text that it is.
    #[must_use]
    pub fn heading(&self) -> Option<&'static str> {
        match self.input {
            Input::Text(heading) => heading,
            _ => None,
        }
    }

    /// Returns whether it is a part of the text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.input, Input::Text(_))
    }

    /// Returns the values that can be chosen.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        match self.input {
            Input::One(choices) | Input::Many(choices) => choices(),
            _ => Vec::new(),
        }
    }
}

/// Makes a field that may be left out.
const fn field(name: &'static str, label: &'static str, hint: &'static str, input: Input) -> Field {
    Field {
        name,
        label,
        hint,
        input,
        missing: None,
        fold: Fold::Open,
        chars: None,
        depends: false,
    }
}

/// Makes a field that has to be filled in.
const fn required(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    input: Input,
    missing: &'static str,
) -> Field {
    Field {
        name,
        label,
        hint,
        input,
        missing: Some(missing),
        fold: Fold::Open,
        chars: None,
        depends: false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn forms() -> impl Iterator<Item = &'static Form> {
        Kind::ALL.iter().filter_map(Form::for_kind)
    }

    #[test]
    fn every_name_is_used_once_and_every_question_is_asked() {
        assert_eq!(forms().count(), 4);
        for form in forms() {
            let (mut sections, mut names) = (HashSet::new(), HashSet::new());
            for section in form.sections {
                assert!(sections.insert(section.name), "{}", section.name);
                for field in section.fields {
                    assert!(names.insert(field.name), "{}", field.name);
                    assert!(!field.label.is_empty());
                    let found = form.field(field.name).unwrap();
                    assert_eq!(found.0.name, section.name);
                }
            }
        }
    }

    #[test]
    fn a_field_of_a_group_is_found_by_its_list() {
        let form = Form::for_kind(&Kind::CaseStudy).unwrap();
        for (name, section) in [
            ("measures.0.unit", Some("figures")),
            ("cost.band", Some("cost")),
            ("costs", None),
            ("", None),
        ] {
            let found = form.field(name).map(|(section, _)| section.name);
            assert_eq!(found, section, "{name}");
        }
    }
}
