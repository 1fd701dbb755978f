//! The sections of a case study after its story: cost, topics, systems, safety, people and sharing.

use crate::form::{Field, Groups, Input, choices, field, required};

pub(super) const COST: &[Field] = &[
    field(
        "cost.band",
        "What did it cost?",
        "About, with licences, devices and staff.",
        Input::One(choices::cost_bands),
    ),
    field(
        "cost.one_off_gbp",
        "Cost once, in pounds",
        "For example 4200 or £4,200.",
        Input::Number,
    ),
    field(
        "cost.yearly_gbp",
        "Cost each year, in pounds",
        "For example 4200, £4,200 a year or £350 a month, which is kept as 4200.",
        Input::Number,
    ),
    field(
        "cost.staff_wte",
        "Staff, in whole-time equivalents",
        "",
        Input::Number,
    ),
    field(
        "cost.funding",
        "Where did the money come from?",
        "",
        Input::Line,
    ),
    field(
        "started",
        "When did it start?",
        "For example March 2025.",
        Input::Month,
    ),
    field(
        "live",
        "When did it go live?",
        "For example November 2025.",
        Input::Month,
    ),
    field("scale.sites", "Sites", "", Input::Number),
    field("scale.staff_users", "Staff who use it", "", Input::Number),
    field("scale.beds", "Beds", "", Input::Number),
    field(
        "scale.patients_per_year",
        "Patients a year",
        "Leave this out if there are fewer than 8.",
        Input::Number,
    ),
];

pub(super) const TOPICS: &[Field] = &[
    required(
        "topics",
        "What is it about?",
        "Choose 1 to 4.",
        Input::Many(choices::topics),
        "Choose at least one topic",
    ),
    required(
        "priority",
        "Which priority does it serve most?",
        "",
        Input::One(choices::priorities),
        "Choose a priority",
    ),
    required(
        "wgll",
        "Which measures of What Good Looks Like?",
        "Choose 1 to 3.",
        Input::Many(choices::wgll),
        "Choose at least one measure of What Good Looks Like",
    ),
    required(
        "care_setting",
        "Where is the care given?",
        "",
        Input::Many(choices::care_settings),
        "Choose where the care is given",
    ),
    field("region", "Region", "", Input::One(choices::regions)),
    field("site", "Site or ward", "", Input::Line),
    field(
        "audience",
        "Who should read it?",
        "",
        Input::Many(choices::audiences),
    ),
    field(
        "tags",
        "Tags",
        "Other words that people may search for, with commas between them.",
        Input::Words,
    ),
];

pub(super) const SYSTEMS: &[Field] = &[
    field(
        "systems",
        "Systems",
        "Products that were used.",
        Input::Groups(Groups {
            fields: SYSTEM,
            one: "System",
            bare: "product",
            max: 20,
        }),
    ),
    field(
        "partners",
        "Partners",
        "Who else took part?",
        Input::Lines(2),
    ),
];

const SYSTEM: &[Field] = &[
    field("product", "Product", "", Input::Line),
    field("supplier", "Supplier", "", Input::Line),
    field(
        "category",
        "What sort of system is it?",
        "For example “Electronic patient record”.",
        Input::Line,
    ),
    field("version", "Version", "", Input::Line),
];

pub(super) const SAFETY: &[Field] = &[
    field(
        "safety.dcb0160",
        "Was clinical risk management (DCB0160) done?",
        "",
        Input::One(choices::safety),
    ),
    field(
        "safety.hazards",
        "Hazards worth knowing",
        "",
        Input::Lines(3),
    ),
    field(
        "text.safety",
        "Safety and risks",
        "What could go wrong, and what did you do about it?",
        Input::Text(Some("Safety and risks")),
    ),
    field(
        "text.documents",
        "Documents",
        "Links to documents that others may use.",
        Input::Text(Some("Documents")),
    ),
];

pub(super) const PEOPLE: &[Field] = &[
    required(
        "contact.role",
        "Role of the person who can be asked",
        "For example “Lead for digital nursing”. Everyone can see the role.",
        Input::Line,
        "Write the role of the person who can be asked",
    ),
    required(
        "contact.mailbox",
        "Shared mailbox",
        "It is kept on this site and never shown to readers.",
        Input::Line,
        "Write a shared mailbox",
    ),
    field(
        "contact.name",
        "Name",
        "Only if the person agreed. It is never shown to readers.",
        Input::Line,
    ),
    field(
        "contact.open_to",
        "What are you open to?",
        "",
        Input::Many(choices::open_to),
    ),
    field(
        "authors",
        "Authors",
        "Readers see roles, and the names of people who agreed to be named.",
        Input::Groups(Groups {
            fields: AUTHOR,
            one: "Author",
            bare: "name",
            max: 50,
        }),
    ),
    required(
        "interests",
        "Interests to declare",
        "Supplier sponsorship and the like, or “none”.",
        Input::Lines(2),
        "Write what interests you have to declare, or “none”",
    ),
];

const AUTHOR: &[Field] = &[
    field("role", "Role", "", Input::Line),
    field(
        "name",
        "Name",
        "Only if the person agreed to be named.",
        Input::Line,
    ),
];

pub(super) const SHARING: &[Field] = &[
    field(
        "visibility",
        "Who may read it?",
        "If you choose nothing, everyone can.",
        Input::One(choices::visibilities),
    ),
    field(
        "licence",
        "Licence",
        "If you choose nothing, it is the Open Government Licence.",
        Input::One(choices::licences),
    ),
    field(
        "review_by",
        "When should it be reviewed?",
        "For example 30/11/2027 or 30 November 2027. If you leave it out, in 12 months.",
        Input::Day,
    ),
];
