//! The form of an observation: five questions on one page.

use domain::Kind;

use super::{Field, Form, Input, Section, choices, field, required};

pub(super) static FORM: Form = Form {
    kind: Kind::Observation,
    sections: &[Section {
        name: "observation",
        title: "What you saw",
        intro: "Five questions. It takes about three minutes, and you can add to it later.",
        fields: FIELDS,
    }],
};

const FIELDS: &[Field] = &[
    required(
        "text.what-happened",
        "What happened?",
        "A few sentences are enough. Write “a patient”, never a name, a date of birth or an NHS number.",
        Input::Text(Some("What happened")),
        "Write what happened",
    ),
    required(
        "text.advice",
        "What would you tell the next trust?",
        "The one thing that you would have liked to know.",
        Input::Text(Some("Advice to the next trust")),
        "Write what you would tell the next trust",
    ),
    required(
        "result",
        "Did it work?",
        "",
        Input::One(choices::outcomes),
        "Choose whether it worked",
    ),
    required(
        "topics",
        "What is it about?",
        "Choose 1 to 4.",
        Input::Many(choices::topics),
        "Choose at least one topic",
    ),
    required(
        "contact.role",
        "Who can be asked?",
        "A role, such as “Ward manager, surgical ward”. Everyone can see the role.",
        Input::Line,
        "Write the role of the person who can be asked",
    ),
    field(
        "contact.mailbox",
        "Shared mailbox for questions",
        "You can leave this out. It is kept on this site and never shown to readers.",
        Input::Line,
    ),
    field(
        "title",
        "Title",
        "You can leave this out. We then use the first words of what happened.",
        Input::Line,
    )
    .counted(10, 90),
];
