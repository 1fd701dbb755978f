//! The invented people of each trust who can sign in, and a draft in each state, so that a newcomer can try how a text is
//! written, read and approved.

use node::{Node, audit::By};
use people::{
    accounts::{self, Person},
    drafts::{self, Begin, Found},
    review,
};
use wire::{DocumentId, Role};

use super::{error::DemoError, trusts::Trust};

/// The password of all people of the demo, who are invented and exist on this computer only.
pub const PASSWORD: &str = "invented-people-only";

/// The people of each trust: the part of the address before the `@`, the name and the role.
pub const PEOPLE: [(&str, &str, Role); 3] = [
    ("author", "Ada Sample", Role::Contributor),
    ("editor", "Eve Sample", Role::Editor),
    ("administrator", "Ali Sample", Role::Administrator),
];

const BEING_WRITTEN: &str = include_str!("drafts/being-written.md");
const SUBMITTED: &str = include_str!("drafts/submitted.md");
const RETURNED: &str = include_str!("drafts/returned.md");
/// What the editor says about the draft that was returned.
const COMMENT: &str =
    "What did not go well? Please say what happened on the ward, and how you noticed.";

/// Returns the address of a person of a trust.
#[must_use]
pub fn email(trust: &Trust, before_at: &str) -> String {
    format!("{before_at}@{}.example", trust.folder)
}

/// Returns what the page of a trust says on which people sign in.
pub(super) fn note(trust: &Trust) -> String {
    let addresses = PEOPLE.map(|(before_at, _, _)| email(trust, before_at));
    format!(
        "This is a demo. Sign in as {}.\nThe password of all three is {PASSWORD}",
        addresses.join(", ")
    )
}

/// Adds the people and their drafts to a node that has no accounts.
pub(super) async fn add(node: &Node, trust: &Trust) -> Result<(), DemoError> {
    if node.store.has_accounts().await? {
        return Ok(());
    }
    let mut author = None;
    let mut editor = None;
    for (before_at, name, role) in PEOPLE {
        let person = Person {
            email: &email(trust, before_at),
            name,
        };
        let account = accounts::add(node, &By::Node, &person, role).await?;
        accounts::set_password(node, &By::Node, account.id, PASSWORD).await?;
        let person = drafts::Person {
            id: account.id,
            role,
        };
        match role {
            Role::Contributor => author = Some(person),
            Role::Editor => editor = Some(person),
            Role::Reader | Role::Administrator => {}
        }
    }
    if let (Some(author), Some(editor)) = (author, editor) {
        add_drafts(node, author, editor).await?;
    }
    Ok(())
}

/// Makes a draft that is being written, one that waits for a review, and one that was returned with a comment.
async fn add_drafts(
    node: &Node,
    author: drafts::Person,
    editor: drafts::Person,
) -> Result<(), DemoError> {
    begin(node, author, BEING_WRITTEN).await?;
    for (text, comment) in [(SUBMITTED, None), (RETURNED, Some(COMMENT))] {
        let Some(id) = begin(node, author, text).await? else {
            continue;
        };
        let Some(version) = version(node, author, id).await? else {
            continue;
        };
        review::submit(node, author, id, version).await?;
        let Some(comment) = comment else { continue };
        let notes = drafting::Notes {
            comment: comment.to_owned(),
            ..drafting::Notes::default()
        };
        if let Some(version) = self::version(node, editor, id).await? {
            review::return_draft(node, editor, id, version, notes).await?;
        }
    }
    Ok(())
}

async fn begin(
    node: &Node,
    author: drafts::Person,
    text: &str,
) -> Result<Option<DocumentId>, DemoError> {
    let begun = drafts::begin(node, author, Begin::File(text.to_owned())).await?;
    Ok(begun.ok())
}

async fn version(
    node: &Node,
    person: drafts::Person,
    id: DocumentId,
) -> Result<Option<u64>, DemoError> {
    Ok(match drafts::open(node, person, id).await? {
        Found::Open(opened) => Some(opened.draft.version),
        Found::Published(_) | Found::Missing => None,
    })
}
