//! The facets: properties by which results are counted and filtered, as one table.
//!
//! Everything that lists facets reads this table: the index, the search box, the filter panel, the
//! page for browsing, the CSV file, the API and its description. A new facet is one row here and one
//! line in the kind that has it.

mod meant;
mod values;

use std::fmt;

use crate::amount::{Scale, Unit};
use crate::vocabulary::{
    Audience, Barrier, CareSetting, CostBand, Evidence, Licence, Outcome, Priority, Region, Stage,
    StudyType, Term, Topic, Wgll, WouldRepeat,
};

/// One row of the table: where a facet is shown, and under which names.
pub struct FacetRow {
    /// The key in an address, in the API, in the index and in `name:value` in the search box.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
    /// Which values it can have.
    pub values: Values,
    /// Where it is in the filter panel.
    pub panel: Option<Panel>,
    /// Where it is on the page for browsing.
    pub browse: Option<Browse>,
    /// Its column in a CSV file.
    pub csv: Option<&'static str>,
    /// What the description of the API says of its values.
    pub api: &'static str,
}

/// Which values a facet can have.
pub enum Values {
    /// The values of a closed vocabulary.
    Closed(Vocabulary),
    /// Kinds of document; those of a later version count as one, `other`.
    Kinds,
    /// ODS codes, or handles of nodes without one, in capitals.
    Organisations,
    /// Names of products, as they are written.
    Products,
    /// Years, four digits.
    Years,
    /// Ranges of amounts.
    Amounts(Scale),
}

/// A closed vocabulary without its type.
pub struct Vocabulary {
    /// Returns value and label of the value that is written exactly so.
    exact: fn(&str) -> Option<(&'static str, &'static str)>,
    /// Returns the value that is meant.
    loose: fn(&str) -> Option<&'static str>,
}

const fn closed<T: Term>() -> Values {
    Values::Closed(Vocabulary {
        exact: |text| T::parse(text).map(|term| (term.as_str(), term.label())),
        loose: |text| T::parse_loosely(text).map(Term::as_str),
    })
}

/// A place in the filter panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panel {
    /// Groups come in this order.
    pub place: u8,
    /// Whether it is open from the start.
    pub open: bool,
}

const fn open(place: u8) -> Option<Panel> {
    Some(Panel { place, open: true })
}

const fn shut(place: u8) -> Option<Panel> {
    Some(Panel { place, open: false })
}

/// A place on the page for browsing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Browse {
    /// Groups come in this order.
    pub place: u8,
    /// A sentence under the heading, or nothing.
    pub text: &'static str,
    /// Whether values come by their label, and not the most frequent first.
    pub by_label: bool,
}

const fn browse(place: u8, text: &'static str) -> Option<Browse> {
    Some(Browse {
        place,
        text,
        by_label: false,
    })
}

const fn browse_by_label(place: u8) -> Option<Browse> {
    Some(Browse {
        place,
        text: "",
        by_label: true,
    })
}

/// Declares the facets. Filters in an address come in this order, so that a search has one address:
/// a new facet goes to the end.
macro_rules! facets {
    ($($(#[$doc:meta])* $group:ident = $row:expr;)+) => {
        /// A facet: a property of documents by which results are counted and filtered.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum FacetGroup {
            $($(#[$doc])* $group,)+
        }

        impl FacetGroup {
            /// Every facet, in the order of the table.
            pub const ALL: [Self; [$(stringify!($group)),+].len()] = [$(Self::$group),+];

            /// Returns its row of the table.
            #[must_use]
            pub const fn row(self) -> &'static FacetRow {
                match self {
                    $(Self::$group => {
                        const ROW: FacetRow = $row;
                        &ROW
                    })+
                }
            }
        }
    };
}

facets! {
    /// `case-study`, `page`, and the other kinds of document.
    Kind = FacetRow {
        name: "kind",
        label: "Kind",
        values: Values::Kinds,
        panel: shut(120),
        browse: None,
        csv: Some("kind"),
        api: "`case-study`, `page`, `observation`, …",
    };
    /// The type of a case study: lesson, stopped, how-to.
    Type = FacetRow {
        name: "type",
        label: "Type of case study",
        values: closed::<StudyType>(),
        panel: None,
        browse: None,
        csv: Some("type"),
        api: "`case-study`, `lesson`, `stopped`, `how-to`.",
    };
    /// The five digital priorities.
    Priority = FacetRow {
        name: "priority",
        label: "Digital priority",
        values: closed::<Priority>(),
        panel: open(30),
        browse: browse(10, "The five digital priorities set out by NHS digital leaders in January 2024."),
        csv: Some("priority"),
        api: "One of the five digital priorities: `funding`, `basics`, `workforce`, `data`, `sharing`.",
    };
    /// The seven measures of What Good Looks Like.
    Wgll = FacetRow {
        name: "wgll",
        label: "What Good Looks Like",
        values: closed::<Wgll>(),
        panel: shut(90),
        browse: browse(50, "The seven success measures of the national framework."),
        csv: None,
        api: "A measure of What Good Looks Like, such as `smart-foundations`.",
    };
    /// Where care is given.
    CareSetting = FacetRow {
        name: "care_setting",
        label: "Care setting",
        values: closed::<CareSetting>(),
        panel: shut(40),
        browse: browse(40, ""),
        csv: Some("care_setting"),
        api: "`acute`, `mental-health`, `community`, …",
    };
    /// The subject.
    Topic = FacetRow {
        name: "topic",
        label: "Topic",
        values: closed::<Topic>(),
        panel: open(20),
        browse: browse_by_label(20),
        csv: Some("topics"),
        api: "`epr`, `virtual-wards`, …",
    };
    /// The readers that it is written for.
    Audience = FacetRow {
        name: "audience",
        label: "Written for",
        values: closed::<Audience>(),
        panel: None,
        browse: None,
        csv: None,
        api: "`ccio`, `nurse`, …",
    };
    /// The ODS code of the organisation that published it.
    Organisation = FacetRow {
        name: "organisation",
        label: "Organisation",
        values: Values::Organisations,
        panel: shut(50),
        browse: browse(80, ""),
        csv: None,
        api: "ODS code of the organisation that published it.",
    };
    /// Whether it worked.
    Result = FacetRow {
        name: "result",
        label: "Result",
        values: closed::<Outcome>(),
        panel: open(10),
        browse: browse(30, "What did not work is as useful as what did."),
        csv: Some("result"),
        api: "`worked`, `partly`, `did-not-work`, `too-early`.",
    };
    /// The author's verdict: yes, with changes, no.
    WouldRepeat = FacetRow {
        name: "would_repeat",
        label: "Would they do it again",
        values: closed::<WouldRepeat>(),
        panel: None,
        browse: None,
        csv: Some("would_repeat"),
        api: "`yes`, `with-changes`, `no`.",
    };
    /// The stage of the work.
    Stage = FacetRow {
        name: "stage",
        label: "Stage",
        values: closed::<Stage>(),
        panel: shut(70),
        browse: None,
        csv: Some("stage"),
        api: "`planning`, `pilot`, `live-part`, `live-all`, `multi-organisation`, `ended`.",
    };
    /// The cost band.
    Cost = FacetRow {
        name: "cost",
        label: "Cost",
        values: closed::<CostBand>(),
        // The panel has the amounts, which have the bands in them.
        panel: None,
        browse: browse(60, ""),
        csv: Some("cost"),
        api: "`none`, `under-10k`, `10k-50k`, `50k-250k`, `250k-1m`, `over-1m`, `not-known`.",
    };
    /// Products and their suppliers.
    System = FacetRow {
        name: "system",
        label: "System",
        values: Values::Products,
        panel: shut(100),
        browse: browse_by_label(90),
        csv: None,
        api: "A product, as it is written.",
    };
    /// How the result was measured.
    Evidence = FacetRow {
        name: "evidence",
        label: "Evidence",
        values: closed::<Evidence>(),
        panel: shut(80),
        browse: browse(70, ""),
        csv: Some("evidence"),
        api: "`opinion`, `staff-feedback`, `before-after`, `comparison`, `independent-evaluation`.",
    };
    /// What got in the way.
    Barrier = FacetRow {
        name: "barrier",
        label: "Barrier",
        values: closed::<Barrier>(),
        panel: None,
        browse: None,
        csv: None,
        api: "`leadership`, `funding`, `integration`, …",
    };
    /// The licence of the text.
    Licence = FacetRow {
        name: "licence",
        label: "Licence",
        values: closed::<Licence>(),
        panel: None,
        browse: None,
        csv: None,
        api: "`OGL-UK-3.0`, `CC-BY-4.0`, …",
    };
    /// The year of the first publication: cards show the day of the last change.
    Year = FacetRow {
        name: "year",
        label: "Year first published",
        values: Values::Years,
        panel: shut(110),
        browse: browse(100, ""),
        csv: None,
        api: "Four digits.",
    };
    /// The region of NHS England.
    Region = FacetRow {
        name: "region",
        label: "NHS region",
        values: closed::<Region>(),
        panel: shut(55),
        browse: browse(85, ""),
        csv: Some("region"),
        api: "`london`, `midlands`, `north-east-and-yorkshire`, …, or the ODS code of a region, such as `Y60`.",
    };
    /// What it cost once and in its first year, or its cost band where no amount is known.
    Spend = FacetRow {
        name: "spend",
        label: "Cost in the first year",
        values: Values::Amounts(Scale {
            unit: Unit::Pounds,
            // The ends of the cost bands.
            steps: &[0, 1_000_000, 5_000_000, 25_000_000, 100_000_000],
            own: "Another amount in pounds, such as 30,000 or 20k to 80k",
        }),
        panel: shut(25),
        browse: None,
        csv: None,
        api: "What it cost once and in its first year, in pounds: `up-to-10000`, `from-1000000`, `5000-to-20000`. A document \
              without amounts counts with the whole of its cost band.",
    };
    /// How many people it took.
    Effort = FacetRow {
        name: "effort",
        label: "Staff it took",
        values: Values::Amounts(Scale {
            unit: Unit::People,
            steps: &[50, 100, 200, 500, 1_000],
            own: "Another number of full-time people, such as 1.5 or 2 to 4",
        }),
        panel: shut(65),
        browse: None,
        csv: None,
        api: "Staff it took, in whole-time equivalents: `up-to-0.5`, `from-10`, `1-to-3`.",
    };
}

impl FacetGroup {
    /// Returns its name: its key in an address, in the API and in `name:value` in the search box.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Returns what people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.row().label
    }

    /// Returns the facet of that name, in any letter case; `-` counts as `_`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|group| group.as_str() == name)
    }

    /// Returns the facets of the filter panel in their order.
    #[must_use]
    pub fn in_panel() -> Vec<(Self, Panel)> {
        let row = |group: Self| Some((group, group.row().panel?));
        let mut all: Vec<_> = Self::ALL.into_iter().filter_map(row).collect();
        all.sort_by_key(|(_, panel)| panel.place);
        all
    }

    /// Returns the facets of the page for browsing in their order.
    #[must_use]
    pub fn on_browse() -> Vec<(Self, Browse)> {
        let row = |group: Self| Some((group, group.row().browse?));
        let mut all: Vec<_> = Self::ALL.into_iter().filter_map(row).collect();
        all.sort_by_key(|(_, browse)| browse.place);
        all
    }
}

impl fmt::Display for FacetGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_facet_has_a_name_a_label_and_places_of_its_own() {
        let all = FacetGroup::ALL;
        let names: BTreeSet<_> = all.map(FacetGroup::as_str).into();
        let labels: BTreeSet<_> = all.map(FacetGroup::label).into();
        assert_eq!((names.len(), labels.len()), (all.len(), all.len()));
        let panel: BTreeSet<_> = FacetGroup::in_panel()
            .iter()
            .map(|(_, p)| p.place)
            .collect();
        assert_eq!(panel.len(), FacetGroup::in_panel().len());
        let browse: BTreeSet<_> = FacetGroup::on_browse()
            .iter()
            .map(|(_, b)| b.place)
            .collect();
        assert_eq!(browse.len(), FacetGroup::on_browse().len());
        for group in all {
            assert_eq!(
                FacetGroup::parse(&group.as_str().to_uppercase()),
                Some(group)
            );
            assert_eq!(serde_json::to_value(group).unwrap(), group.as_str());
            assert!(!group.row().api.is_empty());
        }
        assert_eq!(
            FacetGroup::parse("care-setting"),
            Some(FacetGroup::CareSetting)
        );
        assert_eq!(FacetGroup::parse("colour"), None);
    }
}
