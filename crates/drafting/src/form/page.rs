//! The form of a wiki page: a title and a text.

use domain::Kind;

use super::{Field, Form, Input, Section, choices, field, required};

pub(super) static FORM: Form = Form {
    kind: Kind::Page,
    sections: &[Section {
        name: "page",
        title: "The page",
        intro: "",
        fields: FIELDS,
    }],
};

const FIELDS: &[Field] = &[
    required(
        "title",
        "Title",
        "What people would search for.",
        Input::Line,
        "Write a title",
    )
    .counted(1, 200),
    field(
        "summary",
        "Summary",
        "One or two sentences that lists of results show.",
        Input::Lines(2),
    )
    .counted(0, 1000),
    required(
        "text.body",
        "Text",
        "Use headings for parts of a long page. Never write anything that could identify a patient.",
        Input::Text(None),
        "Write the text of the page",
    ),
    field(
        "topics",
        "Topics",
        "Choose up to 4.",
        Input::Many(choices::topics),
    ),
    field(
        "tags",
        "Tags",
        "Other words that people may search for, with commas between them.",
        Input::Words,
    ),
    field(
        "visibility",
        "Who may read it?",
        "If you choose nothing, everyone can.",
        Input::One(choices::visibilities),
    ),
];
