//! Reading and labelling the values of facets. The only part of the facets that knows the names of kinds.

use std::borrow::Cow;

use super::{FacetGroup, Values};
use crate::amount::{self, Range, Scale};
use crate::kinds::Kind;
use crate::vocabulary::{CostBand, Evidence, Outcome, Stage, Term, WouldRepeat};

impl FacetGroup {
    /// Returns what people read for a value of the vocabulary.
    #[must_use]
    pub fn value_label(self, value: &str) -> Option<Cow<'static, str>> {
        match &self.row().values {
            Values::Closed(vocabulary) => {
                (vocabulary.exact)(value).map(|(_, label)| Cow::Borrowed(label))
            }
            Values::Kinds => {
                Kind::facet_value_and_label(value).map(|(_, label)| Cow::Borrowed(label))
            }
            Values::Amounts(scale) => Some(scale.words(Range::parse(value)?).into()),
            Values::Organisations | Values::Products | Values::Years => None,
        }
    }

    /// Returns the place of a value among those of a facet whose values have an order of their own, such as costs; `None`
    /// for every other facet.
    #[must_use]
    pub fn place(self, value: &str) -> Option<usize> {
        fn place<T: Term>(value: &str) -> Option<usize> {
            T::ALL.iter().position(|term| term.as_str() == value)
        }
        match self {
            Self::Result => place::<Outcome>(value),
            Self::WouldRepeat => place::<WouldRepeat>(value),
            Self::Stage => place::<Stage>(value),
            Self::Cost => place::<CostBand>(value),
            Self::Evidence => place::<Evidence>(value),
            Self::Kind
            | Self::Type
            | Self::Priority
            | Self::Wgll
            | Self::CareSetting
            | Self::Topic
            | Self::Audience
            | Self::Organisation
            | Self::System
            | Self::Barrier
            | Self::Licence
            | Self::Year
            | Self::Region
            | Self::Spend
            | Self::Effort => None,
        }
    }

    /// Returns the amounts of a facet that has amounts.
    #[must_use]
    pub fn scale(self) -> Option<&'static Scale> {
        match &self.row().values {
            Values::Amounts(scale) => Some(scale),
            Values::Closed(_)
            | Values::Kinds
            | Values::Organisations
            | Values::Products
            | Values::Years => None,
        }
    }

    /// Returns the range that a value asks for, if the index does not hold it as a value of its own.
    #[must_use]
    pub fn range_of_own(self, value: &str) -> Option<Range> {
        let range = Range::parse(value)?;
        let is_offered = self.scale()?.ranges().any(|offered| offered == range);
        (!is_offered).then_some(range)
    }

    /// Returns whether the index holds a value for finding documents only, and not for counting them.
    #[must_use]
    pub fn is_uncounted(self, value: &str) -> bool {
        self.scale().is_some() && amount::is_end(value)
    }

    /// Puts alternatives in order, each once; of ranges those remain that are in no other.
    pub fn sort_values(self, values: &mut Vec<String>) {
        if self.scale().is_some() {
            let ranges = values.iter().filter_map(|value| Range::parse(value));
            let joined = amount::joined(ranges.collect());
            *values = joined.iter().map(Range::to_string).collect();
        }
        values.sort_unstable();
        values.dedup();
    }

    /// Reads a value as people type it, in the form in which the index holds it. `None` for a value
    /// that no document can have.
    #[must_use]
    pub fn parse_value(self, text: &str) -> Option<Cow<'_, str>> {
        let text = text.trim();
        let plain = |text: &str| {
            text.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        match &self.row().values {
            Values::Closed(vocabulary) => (vocabulary.loose)(text).map(Cow::Borrowed),
            Values::Kinds => {
                let kind = text.to_lowercase().replace([' ', '_'], "-");
                Kind::facet_value_and_label(&kind).map(|(value, _)| Cow::Borrowed(value))
            }
            Values::Organisations => plain(text).then(|| text.to_ascii_uppercase().into()),
            Values::Products => Some(text.into()),
            Values::Years => {
                let year = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
                year.then_some(text.into())
            }
            Values::Amounts(_) => Some(Range::parse(text)?.to_string().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_the_index_holds_them() {
        for (group, typed, held) in [
            (FacetGroup::Result, "Did not work", Some("did-not-work")),
            (FacetGroup::Result, "magic", None),
            (FacetGroup::Licence, "ogl-uk-3.0", Some("OGL-UK-3.0")),
            (FacetGroup::Kind, "Case study", Some("case-study")),
            (FacetGroup::Kind, "poem", None),
            (FacetGroup::Kind, "Other", Some("other")),
            (FacetGroup::Kind, "a/b", None),
            (FacetGroup::Organisation, " zz1 ", Some("ZZ1")),
            (FacetGroup::Organisation, "a b", None),
            (FacetGroup::System, "BadgeIn 4", Some("BadgeIn 4")),
            (FacetGroup::Year, "2026", Some("2026")),
            (FacetGroup::Year, "26", None),
            (FacetGroup::Region, "Y56", Some("london")),
            (FacetGroup::Region, "North West", Some("north-west")),
            (FacetGroup::Spend, "£30k", Some("up-to-30000")),
            (FacetGroup::Effort, "lots", None),
        ] {
            assert_eq!(group.parse_value(typed).as_deref(), held, "{group} {typed}");
        }
        assert_eq!(
            FacetGroup::Result.value_label("partly"),
            Some("Partly worked".into())
        );
        assert_eq!(FacetGroup::Kind.value_label("page"), Some("Page".into()));
        assert_eq!(FacetGroup::Kind.value_label("poem"), None);
        assert_eq!(FacetGroup::Kind.value_label("other"), Some("Other".into()));
    }
}
