//! The invented people of each trust who can sign in, and a draft in each state, so that a newcomer can try how a text is
//! written, read and approved.

use node::{Node, audit::By};
use people::{
    accounts::{self, Person},
    drafts::{self, Begin, Found, Opened},
    review::{self, ApproveOutcome},
};
use wire::{Date, DocumentId, Role};

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
const HALF_WRITTEN: &str = include_str!("drafts/case-study.md");
const SUBMITTED: &str = include_str!("drafts/submitted.md");
const RETURNED: &str = include_str!("drafts/returned.md");

/// What the editor says about the draft that was returned.
const COMMENT: &str =
    "What did not go well? Please say what happened on the ward, and how you noticed.";
/// What the author would like to change of the page that is published, and why the editor declines it.
const CHANGE: (&str, &str) = (
    "Tell the service desk when something here is out of date.",
    "Write it on the paper on the door when something here is out of date.",
);
const REASON: &str =
    "No one reads the paper on the door at night. Please keep the service desk, who can answer.";
/// When the review of the published page is due, so that its author finds it among what is due.
const REVIEW_IN_DAYS: u64 = 14;

/// Returns the address of a person of a trust.
#[must_use]
pub fn email(trust: &Trust, before_at: &str) -> String {
    format!("{before_at}@{}.example", trust.folder)
}

/// Returns the drafts of the author of a trust: the state of each in words, and its title.
#[must_use]
pub fn drafts_of(trust: &Trust) -> [(&'static str, &'static str); 6] {
    let drafts = [
        ("being written", BEING_WRITTEN),
        ("half a case study", HALF_WRITTEN),
        ("waits for review", SUBMITTED),
        ("returned", RETURNED),
        ("published", trust.page),
        ("a change of it, declined", trust.page),
    ];
    let title = |text: &'static str| text.lines().find_map(|line| line.strip_prefix("title: "));
    drafts.map(|(state, text)| (state, title(text).unwrap_or_default()))
}

/// Returns what the page of a trust says on which people sign in.
pub(super) fn note(trust: &Trust) -> String {
    let addresses = PEOPLE.map(|(before_at, _, _)| email(trust, before_at));
    format!(
        "This is a demo. Sign in as {}.\nThe password of all three is {PASSWORD}\nThe author has a draft in each state, and one of them waits for the editor",
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
        let desk = Desk {
            node,
            author,
            editor,
        };
        desk.fill(trust).await?;
    }
    Ok(())
}

/// The author and the editor of a trust at work.
struct Desk<'a> {
    node: &'a Node,
    author: drafts::Person,
    editor: drafts::Person,
}

impl Desk<'_> {
    /// Makes a draft in each state.
    async fn fill(&self, trust: &Trust) -> Result<(), DemoError> {
        for text in [BEING_WRITTEN, HALF_WRITTEN] {
            self.begin(text.to_owned()).await?;
        }
        if let Some(id) = self.begin(SUBMITTED.to_owned()).await? {
            self.submit(id).await?;
        }
        if let Some(id) = self.begin(RETURNED.to_owned()).await?
            && let Some(version) = self.submit(id).await?
        {
            review::return_draft(self.node, self.editor, id, version, notes(COMMENT).into())
                .await?;
        }
        let review_by = self.review_by();
        let page = trust.page.replace("{review_by}", &review_by.to_string());
        if let Some(id) = self.begin(page).await?
            && let Some(document) = self.publish(id).await?
        {
            self.decline_a_change_of(document).await?;
        }
        Ok(())
    }

    fn review_by(&self) -> Date {
        let days = std::time::Duration::from_secs(REVIEW_IN_DAYS * 86_400);
        self.node.now().plus(days).date()
    }

    async fn begin(&self, text: String) -> Result<Option<DocumentId>, DemoError> {
        let begun = drafts::begin(self.node, self.author, Begin::File(text)).await?;
        Ok(begun.ok())
    }

    /// Submits a draft; returns the version that waits.
    async fn submit(&self, id: DocumentId) -> Result<Option<u64>, DemoError> {
        let Some(opened) = self.open(id).await? else {
            return Ok(None);
        };
        review::submit(self.node, self.author, id, opened.draft.version).await?;
        let submitted = self.open(id).await?;
        Ok(submitted.map(|opened| opened.draft.version))
    }

    /// Submits and approves a draft; returns the document that it became.
    async fn publish(&self, id: DocumentId) -> Result<Option<DocumentId>, DemoError> {
        let Some(version) = self.submit(id).await? else {
            return Ok(None);
        };
        let outcome = review::approve(self.node, self.editor, id, version, &[]).await?;
        Ok(match outcome {
            ApproveOutcome::Published(accepted) => Some(accepted.id),
            other => {
                tracing::warn!(?other, "a draft of the demo was not published");
                None
            }
        })
    }

    async fn decline_a_change_of(&self, document: DocumentId) -> Result<(), DemoError> {
        let begun = drafts::begin(self.node, self.author, Begin::Edit(document)).await?;
        let Ok(id) = begun else { return Ok(()) };
        let Some(opened) = self.open(id).await? else {
            return Ok(());
        };
        let (old, new) = CHANGE;
        let text = opened.content.file().replace(old, new);
        let version = opened.draft.version;
        drafts::save_file(self.node, self.author, id, version, text).await?;
        if let Some(version) = self.submit(id).await? {
            review::decline_draft(self.node, self.editor, id, version, notes(REASON).into())
                .await?;
        }
        Ok(())
    }

    async fn open(&self, id: DocumentId) -> Result<Option<Box<Opened>>, DemoError> {
        Ok(match drafts::open(self.node, self.author, id).await? {
            Found::Open(opened) => Some(opened),
            Found::Published(_) | Found::Missing => None,
        })
    }
}

fn notes(comment: &str) -> drafting::Notes {
    drafting::Notes {
        comment: comment.to_owned(),
        ..drafting::Notes::default()
    }
}
