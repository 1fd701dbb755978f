//! The form of a case study: one section a page, in the order in which people tell it.

mod about;

use domain::Kind;

use self::about::{COST, PEOPLE, SAFETY, SHARING, SYSTEMS, TOPICS};
use super::{Field, Form, Groups, Input, Section, choices, field, required};

pub(super) static FORM: Form = Form {
    kind: Kind::CaseStudy,
    sections: &[
        Section {
            name: "title",
            title: "Title and result",
            intro: "This is what people see first in a list of results.",
            fields: TITLE,
        },
        Section {
            name: "situation",
            title: "Situation",
            intro: "",
            fields: SITUATION,
        },
        Section {
            name: "what-we-did",
            title: "What we did",
            intro: "",
            fields: WHAT_WE_DID,
        },
        Section {
            name: "what-happened",
            title: "What happened",
            intro: "",
            fields: WHAT_HAPPENED,
        },
        Section {
            name: "figures",
            title: "Figures before and after",
            intro: "You can leave this out. The card then says that there is no measured result.",
            fields: FIGURES,
        },
        Section {
            name: "differently",
            title: "What we would do differently",
            intro: "",
            fields: DIFFERENTLY,
        },
        Section {
            name: "advice",
            title: "Advice to the next trust",
            intro: "",
            fields: ADVICE,
        },
        Section {
            name: "cost",
            title: "Cost, time and size",
            intro: "Peers ask this first. Leave out what you do not know.",
            fields: COST,
        },
        Section {
            name: "topics",
            title: "Topics and setting",
            intro: "How other trusts find it.",
            fields: TOPICS,
        },
        Section {
            name: "systems",
            title: "Systems and partners",
            intro: "You can leave this out.",
            fields: SYSTEMS,
        },
        Section {
            name: "safety",
            title: "Safety and documents",
            intro: "You can leave this out.",
            fields: SAFETY,
        },
        Section {
            name: "people",
            title: "Who to ask",
            intro: "",
            fields: PEOPLE,
        },
        Section {
            name: "sharing",
            title: "Sharing and review",
            intro: "",
            fields: SHARING,
        },
    ],
};

const TITLE: &[Field] = &[
    required(
        "title",
        "Title",
        "Begin with the subject, for example “Moving 34 wards to e-prescribing”.",
        Input::Line,
        "Write a title",
    )
    .counted(10, 90),
    required(
        "summary",
        "What changed, and what was the result?",
        "Lists of results show this below the title.",
        Input::Lines(4),
        "Write what changed and what the result was",
    )
    .counted(60, 280),
    required(
        "type",
        "What sort of case study is it?",
        "",
        Input::One(choices::study_types),
        "Choose what sort of case study it is",
    ),
    required(
        "result",
        "Did it work?",
        "",
        Input::One(choices::outcomes),
        "Choose whether it worked",
    ),
    field(
        "barriers",
        "What got in the way?",
        "Choose at least one, unless it fully worked.",
        Input::Many(choices::barriers),
    )
    .depending(),
    required(
        "would_repeat",
        "Would you do it again?",
        "",
        Input::One(choices::verdicts),
        "Choose whether you would do it again",
    ),
    required(
        "stage",
        "How far has it got?",
        "",
        Input::One(choices::stages),
        "Choose how far it has got",
    ),
];

const SITUATION: &[Field] = &[required(
    "text.situation",
    "What was the problem, and who had it?",
    "Peers ask: how did you know it was a problem? What had you tried before? Two or three short paragraphs.",
    Input::Text(Some("Situation")),
    "Write what the problem was",
)];

const WHAT_WE_DID: &[Field] = &[required(
    "text.what-we-did",
    "What did you do, in the order you did it?",
    "Peers ask: who did it, when, and what did you change along the way? Write “a patient”, never a name, a date of birth, an NHS number or a rare condition with a place.",
    Input::Text(Some("What we did")),
    "Write what you did",
)];

const WHAT_HAPPENED: &[Field] = &[required(
    "text.what-happened",
    "What happened?",
    "Peers ask: what got better, what got worse, and what surprised you? Say what you expected and did not get.",
    Input::Text(Some("What happened")),
    "Write what happened",
)];

const FIGURES: &[Field] = &[
    field(
        "evidence",
        "How do you know?",
        "",
        Input::One(choices::evidence),
    ),
    field(
        "measures",
        "Figures",
        "The most important first: it is shown in lists of results.",
        Input::Groups(Groups {
            fields: MEASURE,
            one: "Figure",
            bare: "name",
            max: 8,
        }),
    ),
    field(
        "expected.what",
        "What result do you still expect?",
        "Say what you will report later. Readers see that it is promised and not yet reported, until you leave this out again.",
        Input::Lines(2),
    ),
    field(
        "expected.by",
        "By when will you report it?",
        "For example 30/11/2027 or 30 November 2027. We ask you on that day.",
        Input::Day,
    ),
];

const MEASURE: &[Field] = &[
    field(
        "name",
        "What was measured?",
        "For example “Time to sign in”.",
        Input::Line,
    ),
    field("unit", "Unit", "", Input::One(choices::units)),
    field(
        "direction",
        "Which is better?",
        "",
        Input::One(choices::directions),
    ),
    field(
        "baseline",
        "Before",
        "Digits only, or “not measured” if no one measured it before.",
        Input::Number,
    ),
    field("result", "After", "Digits only.", Input::Number),
    field(
        "expected",
        "What had you expected?",
        "Digits only. What the business case or the supplier had promised.",
        Input::Number,
    ),
    field(
        "baseline_period",
        "When was it measured before?",
        "",
        Input::Line,
    ),
    field(
        "result_period",
        "When was it measured after?",
        "",
        Input::Line,
    ),
    field("n", "How many were measured?", "", Input::Number),
    field("method", "How was it measured?", "", Input::Lines(2)),
];

const DIFFERENTLY: &[Field] = &[required(
    "text.differently",
    "What would you do differently?",
    "Peers ask: what would you start earlier, leave out, or never do again?",
    Input::Text(Some("What we would do differently")),
    "Write what you would do differently",
)];

const ADVICE: &[Field] = &[required(
    "text.advice",
    "What would you tell the next trust?",
    "A short list is best: what to do first, who to involve, what to ask the supplier.",
    Input::Text(Some("Advice to the next trust")),
    "Write what you would tell the next trust",
)];
