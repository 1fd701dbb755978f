//! The answers that a reader comes for: did it work, what did it cost, would they do it again, who can be asked.

use domain::{
    Adoption, Body, CaseStudy, Content, Cost, Observation, PublicContact, Term as _,
    vocabulary::{CostBand, OpenTo},
};

use crate::{glance::pounds, link::Link, tag::Tag, team::Reach, words};

/// The longest text of a detail, in characters: the panel is read in a few seconds.
const MAX_DETAIL: usize = 110;

/// The question about who can be asked.
pub(crate) const WHO: &str = "Who can I ask?";

/// The question about the cost.
const COST: &str = "What did it cost?";
/// The question about the result.
const WORKED: &str = "Did it work?";
/// The question about the verdict.
const REPEAT: &str = "Would they repeat it?";

/// One answer of the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub question: &'static str,
    /// How it went, as a tag.
    pub tag: Option<Tag>,
    /// The answer; empty where the tag is.
    pub answer: String,
    /// What qualifies it.
    pub details: Vec<String>,
    /// Where to read on, or who to write to.
    pub link: Option<Link>,
}

impl Answer {
    fn new(question: &'static str, answer: impl Into<String>) -> Self {
        Self {
            question,
            tag: None,
            answer: markdown::visible(&answer.into()).into_owned(),
            details: Vec::new(),
            link: None,
        }
    }

    fn detail(mut self, text: impl AsRef<str>) -> Self {
        let text = words::cut(&markdown::visible(text.as_ref().trim()), MAX_DETAIL);
        if !text.is_empty() {
            self.details.push(text);
        }
        self
    }

    /// Returns who to ask: a role where the document names one, else the organisation's contact.
    pub(crate) fn who(contact: Option<&PublicContact>, reach: Option<&Reach>) -> Option<Self> {
        let mut answer = match (contact, reach) {
            (Some(contact), _) => {
                Self::new(WHO, words::sentence(&contact.role)).detail(offers(contact))
            }
            (None, Some(reach)) => Self::new(WHO, &reach.address),
            (None, None) => return None,
        };
        if let Some(reach) = reach {
            let ask = |href: &String| Link::new("Ask about this", href);
            answer.link = reach.sentence.href.as_ref().map(ask);
            if contact.is_some() && answer.link.is_none() {
                answer = answer.detail(&reach.address);
            }
        }
        Some(answer)
    }
}

/// Returns the answers of a document that is not published yet.
#[must_use]
pub fn for_preview(body: &Body) -> Vec<Answer> {
    let who = Answer::who(body.common().contact.as_ref(), None);
    let content = &body.document.content;
    let mut answers = answers(content, None, who);
    // A preview has no overview to link to.
    if let Content::CaseStudy(study) = content
        && let Some(interests) = declared_interests(study)
        && let Some(cost) = answers.iter_mut().find(|answer| answer.question == COST)
    {
        cost.link = None;
        cost.details.push(words::cut(
            &markdown::visible(&format!("Interests: {interests}")),
            MAX_DETAIL,
        ));
    }
    answers
}

/// Returns the answers of a document that lacks some of them: `gap` returns what the page says of a key that is missing, with
/// where to write it.
#[must_use]
pub fn for_partial(body: &Body, gap: &dyn Fn(&str) -> Option<Link>) -> Vec<Answer> {
    let keys = [
        (WORKED, "result"),
        (COST, "cost"),
        (REPEAT, "would_repeat"),
        (WHO, "contact"),
    ];
    let mut answers = for_preview(body);
    if !answers.iter().any(|answer| answer.question == WHO) && gap("contact").is_some() {
        answers.push(Answer::new(WHO, ""));
    }
    for answer in &mut answers {
        let key = keys
            .iter()
            .find(|(question, _)| *question == answer.question);
        if let Some(link) = key.and_then(|(_, key)| gap(key)) {
            *answer = Answer {
                link: Some(link),
                ..Answer::new(answer.question, "Not written yet")
            };
        } else if answer.question == WORKED && gap("stage").is_some() {
            // The stage qualifies the result, and would be made up.
            answer.details.drain(..1.min(answer.details.len()));
        }
    }
    answers
}

/// Returns the answers of a document; none for a kind that has no result.
pub(crate) fn answers(
    content: &Content,
    differently: Option<&str>,
    who: Option<Answer>,
) -> Vec<Answer> {
    match content {
        Content::CaseStudy(study) => of_study(study, differently, who),
        Content::Observation(observation) => of_observation(observation, who),
        Content::Adoption(adoption) => of_adoption(adoption, who),
        Content::Page(_) | Content::Other(_) => Vec::new(),
    }
}

fn of_study(study: &CaseStudy, differently: Option<&str>, who: Option<Answer>) -> Vec<Answer> {
    let worked = Answer {
        tag: Some(Tag::for_result(study.result)),
        ..Answer::new(WORKED, "")
    };
    let staff = study.scale.as_ref().and_then(|scale| scale.staff_users);
    let staff = staff.map(|staff| words::counted(staff, "member of staff", "staff"));
    let stage = [Some(study.stage.label().to_owned()), staff];
    let again = Answer {
        link: differently.map(|id| Link::new("What they would do differently", format!("#{id}"))),
        ..Answer::new(REPEAT, study.would_repeat.label())
    };
    let mut answers = vec![
        worked
            .detail(stage.into_iter().flatten().collect::<Vec<_>>().join(", "))
            .detail(study.evidence.map_or("", |evidence| evidence.label())),
        Answer {
            link: declared_interests(study).map(|_| Link::new("Interests declared", "#glance")),
            ..of_cost(study)
        },
        again,
    ];
    answers.extend(who);
    answers
}

/// Returns the interests that the authors declare, if they have any.
pub(crate) fn declared_interests(study: &CaseStudy) -> Option<&str> {
    Some(study.interests.trim()).filter(|text| !text.eq_ignore_ascii_case("none"))
}

/// Returns what it cost, with what makes the figure mean something else: who paid.
pub(crate) fn of_cost(study: &CaseStudy) -> Answer {
    let Cost {
        staff_wte, funding, ..
    } = &study.cost;
    let said = match (pounds(&study.cost), study.cost.band()) {
        (figures, _) if !figures.is_empty() => figures,
        (_, CostBand::NotKnown) => "They do not say".to_owned(),
        (_, band) => band.label().to_owned(),
    };
    let paid = funding.as_deref().unwrap_or_default().trim();
    let mut answer = Answer::new(COST, said);
    if let Some(staff) = staff_wte {
        answer = answer.detail(format!("{staff} whole-time equivalent staff"));
    }
    if !paid.is_empty() {
        answer = answer.detail(format!("Paid from: {paid}"));
    }
    answer
}

fn of_observation(observation: &Observation, who: Option<Answer>) -> Vec<Answer> {
    let worked = Answer {
        tag: Some(Tag::for_result(observation.result)),
        ..Answer::new(WORKED, "")
    };
    let what = Answer::new("What is this?", "An observation")
        .detail("What one team saw, in a few sentences");
    let mut answers = vec![worked, what];
    answers.extend(who);
    answers
}

fn of_adoption(adoption: &Adoption, who: Option<Answer>) -> Vec<Answer> {
    let mut far = Answer::new("How far are they?", adoption.status.label());
    if let Some(since) = adoption.since {
        far = far.detail(format!("Since {}", words::month(since)));
    }
    let mut answers = vec![far];
    answers.extend(who);
    answers
}

/// Returns what a team offers: `Open to a call, a visit and to share documents`.
fn offers(contact: &PublicContact) -> String {
    let offer = |open_to: &OpenTo| match open_to {
        OpenTo::Call => "a call",
        OpenTo::Visit => "a visit",
        OpenTo::Documents => "sharing documents",
        OpenTo::Demo => "a demonstration",
    };
    let offered: Vec<&str> = contact.open_to.iter().map(offer).collect();
    if offered.is_empty() {
        return String::new();
    }
    format!("Open to {}", words::joined(&offered))
}

#[cfg(test)]
mod tests {
    use domain::front_matter;

    use super::*;

    fn said(answers: Vec<Answer>) -> String {
        let line = |answer: Answer| {
            let tag = answer
                .tag
                .map(|tag| format!("[{}]", tag.words))
                .unwrap_or_default();
            let link = answer
                .link
                .map(|link| format!(" → {}", link.words))
                .unwrap_or_default();
            let details = answer.details.join(" | ");
            format!(
                "{} {tag}{} ({details}){link}",
                answer.question, answer.answer
            )
        };
        answers.into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_case_study_answers_in_one_panel() {
        let file = include_str!("../../domain/tests/golden/case-study.md");
        let document = front_matter::parse_file(file, "case-study.md", |_| Vec::new())
            .document
            .unwrap();
        let who = Answer::who(document.common.contact.as_ref(), None);
        insta::assert_snapshot!(said(answers(&document.content, Some("h-x"), who)));
    }

    #[test]
    fn a_cost_is_its_figures_and_else_its_band() {
        let file = include_str!("../../domain/tests/golden/case-study.md");
        let document = front_matter::parse_file(file, "case-study.md", |_| Vec::new())
            .document
            .unwrap();
        let Content::CaseStudy(mut study) = document.content else {
            unreachable!("the golden study is a case study")
        };
        let figures = Cost {
            band: Some(CostBand::From50kTo250k),
            one_off_gbp: Some(95_000),
            yearly_gbp: Some(60_000),
            staff_wte: Some(2.0),
            funding: None,
        };
        let band = Cost {
            one_off_gbp: None,
            yearly_gbp: None,
            staff_wte: None,
            ..figures.clone()
        };
        let nothing = Cost {
            band: Some(CostBand::None),
            one_off_gbp: Some(0),
            yearly_gbp: None,
            staff_wte: None,
            ..figures.clone()
        };
        for (held, answer, details) in [
            (nothing, "No extra cost", vec![]),
            (
                figures,
                "£95,000 one-off, £60,000 a year",
                vec!["2 whole-time equivalent staff"],
            ),
            (band, "£50,000 to £250,000", vec![]),
            (Cost::default(), "They do not say", vec![]),
        ] {
            study.cost = held;
            study.interests = "None".to_owned();
            let found = of_cost(&study);
            assert_eq!(
                (found.answer.as_str(), found.details),
                (answer, details.into_iter().map(str::to_owned).collect())
            );
        }
    }

    #[test]
    fn what_a_team_offers_is_a_phrase() {
        for (open_to, phrase) in [
            (vec![], ""),
            (vec![OpenTo::Call], "Open to a call"),
            (
                vec![OpenTo::Call, OpenTo::Documents, OpenTo::Demo],
                "Open to a call, sharing documents and a demonstration",
            ),
        ] {
            let role = "Matron".to_owned();
            assert_eq!(offers(&PublicContact { role, open_to }), phrase);
        }
    }
}
