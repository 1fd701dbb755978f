//! The vocabularies as lists to choose from, with an explanation where the label does not say it.

use domain::{Term, vocabulary as v};

use super::Choice;

fn all<T: Term>(explain: fn(T) -> &'static str) -> Vec<Choice> {
    let choice = |term: &T| Choice {
        value: term.as_str(),
        label: term.label(),
        explanation: explain(*term),
    };
    T::ALL.iter().map(choice).collect()
}

fn plain<T: Term>() -> Vec<Choice> {
    all::<T>(|_| "")
}

pub(super) fn study_types() -> Vec<Choice> {
    all::<v::StudyType>(|term| match term {
        v::StudyType::CaseStudy => "What you did from beginning to end, and what came of it",
        v::StudyType::Lesson => "One thing that others should know, from a larger piece of work",
        v::StudyType::Stopped => "Work that you ended early, and why",
        v::StudyType::HowTo => "The steps, for a trust that has decided to do it",
    })
}

pub(super) fn outcomes() -> Vec<Choice> {
    all::<v::Outcome>(|term| match term {
        v::Outcome::Worked => "It did what you set out to do",
        v::Outcome::Partly => "Some of it did, or only for some people",
        v::Outcome::DidNotWork => "It did not, whatever the reason. Others need to hear this most",
        v::Outcome::TooEarly => "It runs, and there is no result yet",
    })
}

pub(super) fn adoption_statuses() -> Vec<Choice> {
    all::<v::AdoptionStatus>(|term| match term {
        v::AdoptionStatus::InProgress => "You have begun, and there is no result yet",
        v::AdoptionStatus::Stopped | v::AdoptionStatus::DecidedAgainst => {
            "Others need to hear why: choose under “More” what got in the way"
        }
        v::AdoptionStatus::Considering
        | v::AdoptionStatus::Planning
        | v::AdoptionStatus::Adopted
        | v::AdoptionStatus::Adapted => "",
    })
}

pub(super) fn stages() -> Vec<Choice> {
    plain::<v::Stage>()
}

pub(super) fn verdicts() -> Vec<Choice> {
    plain::<v::WouldRepeat>()
}

pub(super) fn priorities() -> Vec<Choice> {
    plain::<v::Priority>()
}

pub(super) fn wgll() -> Vec<Choice> {
    all::<v::Wgll>(|term| match term {
        v::Wgll::WellLed => "The board owns digital and clinical leaders shape it",
        v::Wgll::SmartFoundations => "Reliable devices, networks, records and hosting",
        v::Wgll::SafePractice => "Cyber security, clinical safety and information governance",
        v::Wgll::SupportPeople => "Staff can use the systems, and the systems fit their work",
        v::Wgll::EmpowerCitizens => "Patients and carers can see and do things themselves",
        v::Wgll::ImproveCare => "Care is better, safer or more joined up",
        v::Wgll::HealthyPopulations => "Data is used to plan care and to reduce inequality",
    })
}

pub(super) fn care_settings() -> Vec<Choice> {
    plain::<v::CareSetting>()
}

pub(super) fn regions() -> Vec<Choice> {
    plain::<v::Region>()
}

pub(super) fn topics() -> Vec<Choice> {
    plain::<v::Topic>()
}

pub(super) fn audiences() -> Vec<Choice> {
    plain::<v::Audience>()
}

pub(super) fn cost_bands() -> Vec<Choice> {
    plain::<v::CostBand>()
}

pub(super) fn units() -> Vec<Choice> {
    plain::<v::Unit>()
}

pub(super) fn directions() -> Vec<Choice> {
    plain::<v::Direction>()
}

pub(super) fn evidence() -> Vec<Choice> {
    all::<v::Evidence>(|term| match term {
        v::Evidence::Opinion => "What you and your team think",
        v::Evidence::StaffFeedback => "You asked the people who use it",
        v::Evidence::BeforeAfter => "The same figure before and after",
        v::Evidence::Comparison => "Measured next to a group that did not change",
        v::Evidence::IndependentEvaluation => "By people who were not part of the work",
    })
}

pub(super) fn barriers() -> Vec<Choice> {
    plain::<v::Barrier>()
}

pub(super) fn open_to() -> Vec<Choice> {
    plain::<v::OpenTo>()
}

pub(super) fn safety() -> Vec<Choice> {
    plain::<v::SafetyStatus>()
}

pub(super) fn licences() -> Vec<Choice> {
    all::<v::Licence>(|term| match term {
        v::Licence::OglUk3 => "Anyone may copy and adapt it and must name you. Usual for NHS work",
        v::Licence::CcBy4 => "Anyone may copy and adapt it and must name you",
        v::Licence::CcBySa4 => "The same, and what is made from it must be as free",
        v::Licence::CcByNc4 => "The same, and not for profit",
        v::Licence::AllRightsReserved => "Other sites show the title and the summary only",
    })
}

pub(super) fn visibilities() -> Vec<Choice> {
    plain::<v::Visibility>()
}
