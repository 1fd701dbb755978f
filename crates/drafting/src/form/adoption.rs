//! The form of an adoption, "we tried this too": one page, most of which is filled in or can be left out.

use domain::Kind;

use super::{Field, Fold, Form, Input, Section, choices, field, required};

pub(super) static FORM: Form = Form {
    kind: Kind::Adoption,
    sections: &[Section {
        name: "adoption",
        title: "We tried this too",
        intro: "Four questions, three minutes. The page that you tried will say that your organisation did, and link to what you write here.",
        fields: FIELDS,
    }],
};

const FIELDS: &[Field] = &[
    required(
        "about",
        "Which page is it about?",
        "The address of the page of another organisation. If you came from that page, it is filled in.",
        Input::Line,
        "Write the address of the page that you tried",
    ),
    required(
        "status",
        "How far are you?",
        "",
        Input::One(choices::adoption_statuses),
        "Choose how far you are",
    ),
    required(
        "text.body",
        "How did it go?",
        "A few sentences are enough. Write “a patient”, never a name, a date of birth or an NHS number.",
        Input::Text(None),
        "Write in a few sentences how it went",
    ),
    required(
        "contact.role",
        "Who can be asked?",
        "A role, such as “Ward manager, surgical ward”. Everyone can see the role.",
        Input::Line,
        "Write the role of the person who can be asked",
    ),
    field(
        "contact.open_to",
        "What are they open to?",
        "",
        Input::Many(choices::open_to),
    )
    .folded(Fold::Folded),
    field(
        "since",
        "Since when?",
        "The month in which you began, or decided. For example June 2026.",
        Input::Month,
    )
    .folded(Fold::Folded),
    field(
        "reasons",
        "What got in the way?",
        "Choose at least one if you stopped or decided against it.",
        Input::Many(choices::barriers),
    )
    .folded(Fold::Folded)
    .depending(),
    field(
        "changed",
        "What did you change?",
        "What you do differently from what they describe.",
        Input::Lines(3),
    )
    .folded(Fold::Folded),
    required(
        "title",
        "Title",
        "If you came from their page, it is filled in.",
        Input::Line,
        "Write a title",
    )
    .folded(Fold::FilledIn)
    .counted(10, 90),
    field(
        "topics",
        "Topics",
        "Choose up to 4. Those of the page are chosen already if you came from there.",
        Input::Many(choices::topics),
    )
    .folded(Fold::FilledIn),
    field(
        "contact.mailbox",
        "Shared mailbox for questions",
        "You can leave this out. It is kept on this site and never shown to readers.",
        Input::Line,
    )
    .folded(Fold::Folded),
    field(
        "visibility",
        "Who may read it?",
        "If you choose nothing, everyone can.",
        Input::One(choices::visibilities),
    )
    .folded(Fold::FilledIn),
];
