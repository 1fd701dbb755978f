//! The facet that is meant by a name before a colon in the search box.

use super::FacetGroup;

/// Other words for a facet that people type before a colon.
const OTHER_NAMES: [(&str, FacetGroup); 16] = [
    ("product", FacetGroup::System),
    ("supplier", FacetGroup::System),
    ("software", FacetGroup::System),
    ("price", FacetGroup::Cost),
    ("budget", FacetGroup::Cost),
    ("trust", FacetGroup::Organisation),
    ("org", FacetGroup::Organisation),
    ("hospital", FacetGroup::Organisation),
    ("setting", FacetGroup::CareSetting),
    ("outcome", FacetGroup::Result),
    ("subject", FacetGroup::Topic),
    ("role", FacetGroup::Audience),
    ("staff", FacetGroup::Effort),
    ("license", FacetGroup::Licence),
    ("repeat", FacetGroup::WouldRepeat),
    ("framework", FacetGroup::Wgll),
];

impl FacetGroup {
    /// Returns the facet that a name and a value in the search box mean: by its own name or by another word for it, and for a
    /// cost that is an amount the amounts.
    #[must_use]
    pub fn meant(name: &str, value: &str) -> Option<Self> {
        let other = || {
            let mut names = OTHER_NAMES.iter();
            names.find(|(other, _)| name.eq_ignore_ascii_case(other))
        };
        let group = Self::parse(name).or_else(|| other().map(|(_, group)| *group))?;
        let has = |group: Self| group.parse_value(value).is_some();
        let is_amount = group == Self::Cost && !has(Self::Cost) && has(Self::Spend);
        Some(if is_amount { Self::Spend } else { group })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facet_is_meant_by_other_words_for_it() {
        for (name, value, expected) in [
            ("topic", "epma", Some(FacetGroup::Topic)),
            ("Product", "Hearsay Notes", Some(FacetGroup::System)),
            ("cost", "10k-50k", Some(FacetGroup::Cost)),
            ("cost", "up to £10,000", Some(FacetGroup::Spend)),
            ("price", "20k", Some(FacetGroup::Spend)),
            ("cost", "cheap", Some(FacetGroup::Cost)),
            ("colour", "blue", None),
        ] {
            assert_eq!(FacetGroup::meant(name, value), expected, "{name}:{value}");
        }
        for (name, _) in OTHER_NAMES {
            assert_eq!(FacetGroup::parse(name), None, "{name}");
        }
    }
}
