//! Who writes and reviews in these stories, and what they write.

use drafting::{Form, Pairs, Section};
use it::trust::Trust;
use people::drafts::{self, Begin, Found, Opened, Person, SaveOutcome};
use wire::{AccountId, DocumentId, Role, Timestamp};

fn person(number: u8, role: Role) -> Person {
    let now = Timestamp::from_secs(1_790_000_000);
    Person {
        id: AccountId::generate(now, [number; 10]),
        role,
    }
}

/// A contributor.
pub(crate) fn ann() -> Person {
    person(1, Role::Contributor)
}

/// Another contributor.
pub(crate) fn ben() -> Person {
    person(2, Role::Contributor)
}

/// An editor.
pub(crate) fn eve() -> Person {
    person(3, Role::Editor)
}

/// An administrator.
pub(crate) fn ada() -> Person {
    person(5, Role::Administrator)
}

/// A reader.
pub(crate) fn rob() -> Person {
    person(4, Role::Reader)
}

/// The five answers of an observation that can be published.
pub(crate) const OBSERVATION: [(&str, &str); 5] = [
    (
        "text.what-happened",
        "Badge readers on the drug trolleys lost their connection every night.",
    ),
    ("text.advice", "Test at three in the morning, zanzibar."),
    ("result", "did-not-work"),
    ("topics", "single-sign-on-identity"),
    ("contact.role", "Ward manager"),
];

pub(crate) fn pairs(typed: &[(&str, &str)]) -> Pairs {
    let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    typed.iter().map(pair).collect()
}

/// Begins a draft.
pub(crate) async fn begin(trust: &Trust, person: Person, what: Begin) -> DocumentId {
    drafts::begin(trust.node(), person, what)
        .await
        .unwrap()
        .unwrap()
}

/// Opens a draft that a person may see.
pub(crate) async fn opened(trust: &Trust, person: Person, id: DocumentId) -> Opened {
    match drafts::open(trust.node(), person, id).await.unwrap() {
        Found::Open(opened) => *opened,
        other => panic!("it is not open: {other:?}"),
    }
}

fn section(opened: &Opened, name: &str) -> &'static Section {
    let form = Form::for_kind(opened.content.kind()).unwrap();
    form.section(name).unwrap()
}

/// Saves a section that was made from version `base`.
pub(crate) async fn save(
    trust: &Trust,
    person: Person,
    id: DocumentId,
    (name, base): (&str, u64),
    typed: &[(&str, &str)],
) -> SaveOutcome {
    let section = section(&opened(trust, person, id).await, name);
    drafts::save_section(trust.node(), person, id, section, base, pairs(typed))
        .await
        .unwrap()
}

/// Saves a section, and returns the version that has it.
pub(crate) async fn saved(
    trust: &Trust,
    person: Person,
    id: DocumentId,
    at: (&str, u64),
    typed: &[(&str, &str)],
) -> u64 {
    match save(trust, person, id, at, typed).await {
        SaveOutcome::Saved { version, .. } => version,
        other => panic!("it is not saved: {other:?}"),
    }
}
