//! The closed vocabularies of documents: the value on the wire, and what people read.
//!
//! Values never change their meaning and are never removed; new ones may be added.

mod term;
mod topic;

pub use term::Term;
use term::vocabulary;
pub use topic::Topic;
pub use wire::Visibility;

vocabulary! {
    /// What sort of case study it is (`type`).
    StudyType {
        CaseStudy = "case-study", "Case study";
        Lesson = "lesson", "Lesson learned";
        Stopped = "stopped", "Stopped project";
        HowTo = "how-to", "How-to guide";
    }
}

vocabulary! {
    /// How it went (`result`).
    Outcome {
        Worked = "worked", "Worked";
        Partly = "partly", "Partly worked";
        DidNotWork = "did-not-work", "Did not work";
        TooEarly = "too-early", "Too early to say";
    }
}

vocabulary! {
    /// The stage of the work (`stage`).
    Stage {
        Planning = "planning", "Planning";
        Pilot = "pilot", "Pilot";
        LivePart = "live-part", "Live in part of the organisation";
        LiveAll = "live-all", "Live across the organisation";
        MultiOrganisation = "multi-organisation", "Live in several organisations";
        Ended = "ended", "Ended";
    }
}

vocabulary! {
    /// The verdict at a glance (`would_repeat`).
    WouldRepeat {
        Yes = "yes", "Yes";
        WithChanges = "with-changes", "Yes, with changes";
        No = "no", "No";
    }
}

vocabulary! {
    /// The five digital priorities (`priority`).
    Priority {
        Funding = "funding", "Predictable funding and governance";
        Basics = "basics", "Getting the basics right";
        Workforce = "workforce", "Workforce, training and usable systems";
        Data = "data", "Data, shared records and interoperability";
        Sharing = "sharing", "Sharing skills, knowledge and experience";
    }
}

vocabulary! {
    /// The seven success measures of What Good Looks Like (`wgll`).
    Wgll {
        WellLed = "well-led", "Well led";
        SmartFoundations = "smart-foundations", "Ensure smart foundations";
        SafePractice = "safe-practice", "Safe practice";
        SupportPeople = "support-people", "Support people";
        EmpowerCitizens = "empower-citizens", "Empower citizens";
        ImproveCare = "improve-care", "Improve care";
        HealthyPopulations = "healthy-populations", "Healthy populations";
    }
}

vocabulary! {
    /// Where care is given (`care_setting`).
    CareSetting {
        Acute = "acute", "Acute";
        MentalHealth = "mental-health", "Mental health";
        Community = "community", "Community";
        PrimaryCare = "primary-care", "Primary care";
        Ambulance = "ambulance", "Ambulance";
        Maternity = "maternity", "Maternity";
        Children = "children", "Children and young people";
        SocialCare = "social-care", "Social care";
        MultiOrganisation = "multi-organisation", "Several organisations";
        Corporate = "corporate", "Corporate services";
    }
}

vocabulary! {
    /// The seven regions of NHS England (`region`), each with its ODS code.
    Region {
        London = "london", "London", "Y56";
        SouthWest = "south-west", "South West", "Y58";
        SouthEast = "south-east", "South East", "Y59";
        Midlands = "midlands", "Midlands", "Y60";
        EastOfEngland = "east-of-england", "East of England", "Y61";
        NorthWest = "north-west", "North West", "Y62";
        NorthEastAndYorkshire = "north-east-and-yorkshire", "North East and Yorkshire", "Y63";
    }
}

vocabulary! {
    /// The readers that it is written for (`audience`).
    Audience {
        Ccio = "ccio", "Chief clinical information officers";
        Cnio = "cnio", "Chief nursing information officers";
        Cio = "cio", "Chief information officers";
        Doctor = "doctor", "Doctors";
        Nurse = "nurse", "Nurses";
        Midwife = "midwife", "Midwives";
        Ahp = "ahp", "Allied health professionals";
        Pharmacist = "pharmacist", "Pharmacists";
        ItOperations = "it-operations", "IT operations";
        ServiceDesk = "service-desk", "Service desk";
        Architect = "architect", "Architects";
        Developer = "developer", "Developers";
        Data = "data", "Data and analytics";
        UserCentredDesign = "user-centred-design", "User-centred design";
        ProductDelivery = "product-delivery", "Product and delivery";
        ClinicalSafety = "clinical-safety", "Clinical safety";
        InformationGovernance = "information-governance", "Information governance";
        Cyber = "cyber", "Cyber security";
        Training = "training", "Training";
        Operations = "operations", "Operations";
        Finance = "finance", "Finance";
        Procurement = "procurement", "Procurement";
        Hr = "hr", "Human resources";
        Estates = "estates", "Estates";
        Board = "board", "The board";
        Patients = "patients", "Patients";
    }
}

vocabulary! {
    /// What it cost (`cost.band`).
    CostBand {
        None = "none", "No extra cost";
        Under10k = "under-10k", "Under £10,000";
        From10kTo50k = "10k-50k", "£10,000 to £50,000";
        From50kTo250k = "50k-250k", "£50,000 to £250,000";
        From250kTo1m = "250k-1m", "£250,000 to £1 million";
        Over1m = "over-1m", "Over £1 million";
        NotKnown = "not-known", "Not known";
    }
}

vocabulary! {
    /// What a measure counts (`measures[].unit`).
    Unit {
        Percent = "percent", "per cent";
        Seconds = "seconds", "seconds";
        Minutes = "minutes", "minutes";
        Hours = "hours", "hours";
        Days = "days", "days";
        Months = "months", "months";
        PerThousand = "per-1000", "per 1,000";
        Count = "count", "number";
        Gbp = "gbp", "pounds";
        Score = "score", "score";
        Other = "other", "other unit";
    }
}

vocabulary! {
    /// Which way a measure gets better (`measures[].direction`).
    Direction {
        UpGood = "up-good", "Higher is better";
        DownGood = "down-good", "Lower is better";
    }
}

vocabulary! {
    /// How the result is known (`evidence`).
    Evidence {
        Opinion = "opinion", "Opinion of the team";
        StaffFeedback = "staff-feedback", "Staff feedback";
        BeforeAfter = "before-after", "Measured before and after";
        Comparison = "comparison", "Compared with another group";
        IndependentEvaluation = "independent-evaluation", "Independent evaluation";
    }
}

vocabulary! {
    /// What got in the way (`barriers`).
    Barrier {
        Leadership = "leadership", "Leadership";
        Approvals = "approvals", "Approvals";
        Funding = "funding", "Funding";
        StaffCapacity = "staff-capacity", "Staff capacity";
        Skills = "skills", "Skills";
        Supplier = "supplier", "Supplier";
        Integration = "integration", "Integration";
        Infrastructure = "infrastructure", "Infrastructure";
        DataQuality = "data-quality", "Data quality";
        Usability = "usability", "Usability";
        ClinicalSafety = "clinical-safety", "Clinical safety";
        InformationGovernance = "information-governance", "Information governance";
        Procurement = "procurement", "Procurement";
        Culture = "culture", "Culture";
        Other = "other", "Something else";
    }
}

vocabulary! {
    /// How far an organisation has come with what another one published (`status` of an adoption).
    AdoptionStatus {
        Considering = "considering", "Thinking about it";
        Planning = "planning", "Planning it";
        InProgress = "in-progress", "Trying it now";
        Adopted = "adopted", "Use it as described";
        Adapted = "adapted", "Use it with changes";
        Stopped = "stopped", "Tried it and stopped";
        DecidedAgainst = "decided-against", "Decided against it";
    }
}

vocabulary! {
    /// What a team offers to those who ask (`contact.open_to`).
    OpenTo {
        Call = "call", "A call";
        Visit = "visit", "A visit";
        Documents = "documents", "Documents";
        Demo = "demo", "A demonstration";
    }
}

vocabulary! {
    /// Whether clinical risk management was done (`safety.dcb0160`).
    SafetyStatus {
        Done = "done", "Done";
        NotNeeded = "not-needed", "Not needed";
        Unknown = "unknown", "Not known";
    }
}

vocabulary! {
    /// The licence of the text (`licence`).
    Licence {
        OglUk3 = "OGL-UK-3.0", "Open Government Licence v3.0";
        CcBy4 = "CC-BY-4.0", "Creative Commons Attribution 4.0";
        CcBySa4 = "CC-BY-SA-4.0", "Creative Commons Attribution-ShareAlike 4.0";
        CcByNc4 = "CC-BY-NC-4.0", "Creative Commons Attribution-NonCommercial 4.0";
        AllRightsReserved = "all-rights-reserved", "All rights reserved";
    }
}

/// Who may read it (`visibility`).
impl Term for Visibility {
    const ALL: &'static [Self] = &Visibility::ALL;

    fn as_str(self) -> &'static str {
        Visibility::as_str(self)
    }

    fn label(self) -> &'static str {
        match self {
            Self::Public => "Everyone",
            Self::Network => "Signed-in staff of this and other organisations",
            Self::Organisation => "Signed-in staff of this organisation",
        }
    }
}

impl Outcome {
    /// Returns whether it did not fully work, so that barriers are required.
    #[must_use]
    pub fn fell_short(self) -> bool {
        self != Self::Worked
    }
}

impl AdoptionStatus {
    /// Returns whether the organisation has begun: who only thinks about it or decided against it has not tried it.
    #[must_use]
    pub fn is_tried(self) -> bool {
        match self {
            Self::InProgress | Self::Adopted | Self::Adapted | Self::Stopped => true,
            Self::Considering | Self::Planning | Self::DecidedAgainst => false,
        }
    }

    /// Returns whether it must say what got in the way.
    #[must_use]
    pub fn needs_reasons(self) -> bool {
        match self {
            Self::Stopped | Self::DecidedAgainst => true,
            Self::Considering
            | Self::Planning
            | Self::InProgress
            | Self::Adopted
            | Self::Adapted => false,
        }
    }
}

impl Licence {
    /// Returns whether others may index and show more than title and summary.
    #[must_use]
    pub fn allows_text(self) -> bool {
        self != Self::AllRightsReserved
    }
}

/// Returns every value of every vocabulary. Some are in several.
#[must_use]
pub fn values() -> Vec<&'static str> {
    fn of<T: Term>() -> Vec<&'static str> {
        T::ALL.iter().map(|term| term.as_str()).collect()
    }
    [
        of::<StudyType>(),
        of::<Outcome>(),
        of::<Stage>(),
        of::<WouldRepeat>(),
        of::<Priority>(),
        of::<Wgll>(),
        of::<CareSetting>(),
        of::<Region>(),
        of::<Topic>(),
        of::<Audience>(),
        of::<CostBand>(),
        of::<Unit>(),
        of::<Direction>(),
        of::<Evidence>(),
        of::<Barrier>(),
        of::<OpenTo>(),
        of::<SafetyStatus>(),
        of::<Licence>(),
        of::<Visibility>(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_value_reads_back<T: Term + std::fmt::Debug>() {
        for term in T::ALL {
            assert_eq!(T::parse(term.as_str()), Some(*term));
            assert_eq!(T::parse_loosely(&term.as_str().to_uppercase()), Some(*term));
            assert!(!term.label().is_empty());
            let twins = T::ALL
                .iter()
                .filter(|other| other.as_str() == term.as_str())
                .count();
            assert_eq!(twins, 1, "{term:?}");
        }
        assert_eq!(T::parse("nothing of the kind"), None);
    }

    #[test]
    fn every_value_of_every_vocabulary_reads_back() {
        every_value_reads_back::<StudyType>();
        every_value_reads_back::<Outcome>();
        every_value_reads_back::<Stage>();
        every_value_reads_back::<WouldRepeat>();
        every_value_reads_back::<Priority>();
        every_value_reads_back::<Wgll>();
        every_value_reads_back::<CareSetting>();
        every_value_reads_back::<Region>();
        every_value_reads_back::<Topic>();
        every_value_reads_back::<Audience>();
        every_value_reads_back::<CostBand>();
        every_value_reads_back::<Unit>();
        every_value_reads_back::<Direction>();
        every_value_reads_back::<Evidence>();
        every_value_reads_back::<Barrier>();
        every_value_reads_back::<AdoptionStatus>();
        every_value_reads_back::<OpenTo>();
        every_value_reads_back::<SafetyStatus>();
        every_value_reads_back::<Licence>();
        every_value_reads_back::<Visibility>();
    }

    #[test]
    fn a_region_is_known_by_its_name_and_by_its_code() {
        for (text, region) in [
            ("midlands", Some(Region::Midlands)),
            ("y60", Some(Region::Midlands)),
            (" East of England", Some(Region::EastOfEngland)),
            ("Y63", Some(Region::NorthEastAndYorkshire)),
            ("Y57", None),
        ] {
            assert_eq!(Region::parse_loosely(text), region, "{text}");
        }
        assert_eq!(Region::parse("Y60"), None);
    }

    #[test]
    fn the_sizes_are_those_of_the_schema() {
        assert_eq!(
            (Topic::ALL.len(), Audience::ALL.len(), Barrier::ALL.len()),
            (48, 26, 15)
        );
        assert_eq!(
            (Wgll::ALL.len(), Priority::ALL.len(), CareSetting::ALL.len()),
            (7, 5, 10)
        );
    }
}
