//! A draft whose document was changed since it was begun: the difference, and going on from what is published now.

use askama::Template;
use axum::response::Response;
use drafting::{Content, Pairs, Section, check};
use http::StatusCode;
use node::{NodeError, urls, work::spawn_blocking};
use pages::{PageError, drafts::title_of, errors, frame::Frame, link::Link};
use people::{
    attachments,
    drafts::{self, Found, Opened, Person, SaveOutcome, file_changes, outline},
    versions,
};
use store::FileChanges;
use wire::{DocumentId, Viewer};

use crate::{
    Visit,
    compare::{self, FieldDifference},
    framed, go_to,
    notice::Notice,
    page,
    section::{Texts, put_together},
    sent::Sent,
    shown,
};

#[derive(Template)]
#[template(path = "newer.html")]
struct NewerPage {
    frame: Frame,
    id: DocumentId,
    title: String,
    version: u64,
    /// The revision that the page shows.
    published: u64,
    notice: Option<Notice>,
    edit: Link,
    differences: Vec<FieldDifference>,
}

/// Puts the changes of a draft and those that were published since together, section by section. What both have changed is
/// in the draft twice, and its author chooses.
async fn together(
    node: &Visit<'_>,
    person: Person,
    id: DocumentId,
    version: u64,
) -> Result<Response, PageError> {
    let opened = match drafts::open(node, person, id).await? {
        Found::Open(opened) => opened,
        Found::Published(draft) => return shown::published(node, &draft).await,
        Found::Missing => return Ok(errors::missing(node)),
    };
    let merged = match opened.draft.version == version {
        true => merged(node, &opened).await?,
        false => None,
    };
    let Some(merged) = merged else {
        let notice = Notice::problem(
            "Nothing was changed",
            "The draft was changed since you saw this page, or its first version cannot be read any more. Compare the two, and copy what is missing into your draft.",
        );
        return view(node, &opened, Some(notice), StatusCode::CONFLICT).await;
    };
    let (rev, files) = (merged.rev, merged.files.clone());
    let Some(now) = save(node, person, &opened, merged).await? else {
        let notice = Notice::problem(
            "Not all of it was put together",
            "Someone changed the draft at the same time, or it would be too long. Compare the two.",
        );
        return view(node, &opened, Some(notice), StatusCode::CONFLICT).await;
    };
    if !drafts::rebase(node, person, id, now, rev, &files).await? {
        return show(node, &opened).await;
    }
    // It says what its author has to choose.
    let query = format!("saved={}", check::FILE);
    Ok(go_to(&urls::with_query(&urls::draft(id), &query)))
}

type Sections = Vec<(&'static Section, Pairs)>;

/// A draft with what was published since.
struct Merged {
    sections: Sections,
    /// What it began with, and what is published now, for the keys that no field has.
    began: Content,
    published: Content,
    files: FileChanges,
    /// The revision that it was put together with.
    rev: u64,
}

/// Saves what was put together; returns the version of the draft that has it. `None` if not all of it was saved.
async fn save(
    node: &Visit<'_>,
    person: Person,
    opened: &Opened,
    merged: Merged,
) -> Result<Option<u64>, PageError> {
    let (id, version) = (opened.draft.id, opened.draft.version);
    let mut now = version;
    for (section, pairs) in merged.sections {
        let saved = drafts::save_section(node, person, id, section, version, pairs).await?;
        let SaveOutcome::Saved { version, .. } = saved else {
            return Ok(None);
        };
        now = now.max(version);
    }
    let (began, published) = (&merged.began, &merged.published);
    let saved = drafts::save_published_keys(node, person, id, began, published).await?;
    let SaveOutcome::Saved { version, .. } = saved else {
        return Ok(None);
    };
    Ok(Some(now.max(version)))
}

/// Returns a draft with what was published since; `None` if what it began with is not held any more.
async fn merged(node: &Visit<'_>, opened: &Opened) -> Result<Option<Merged>, PageError> {
    let draft = &opened.draft;
    let revisions = versions::list(node, Viewer::Staff, draft.document).await?;
    let base = revisions.iter().find(|one| Some(one.rev) == draft.base);
    let Some(base) = base else { return Ok(None) };
    let base = versions::document(node, Viewer::Staff, draft.document, base).await?;
    let (Some(base), Some(now)) = (base, drafts::published(node, opened).await?) else {
        return Ok(None);
    };
    let held = attachments::of_draft(node, draft.id).await?;
    let files = file_changes(&base.common.attachments, &now.files, &held);
    let (rev, content) = (now.rev, opened.content.clone());
    let merging = spawn_blocking(move || {
        let base = Content::from_document(&base, true, outline);
        let published = now.content;
        let form = content.form()?;
        let each = form.sections.iter().map(|section| {
            let was = base.section(section, outline).ok()?;
            let held = published.section(section, outline).ok()?;
            let typed = content.section(section, outline).ok()?;
            let fields = content.fields_of(section, outline).ok()?;
            let texts = Texts {
                was: &was,
                held: &held,
                typed: &typed,
            };
            Some((section, put_together(&fields, texts, OTHERS).0))
        });
        let sections = each.collect::<Option<Sections>>()?;
        Some(Merged {
            sections,
            began: base,
            published,
            files,
            rev,
        })
    });
    Ok(merging.await.map_err(NodeError::from)?)
}

/// Shows the difference between what is published now and a draft that was begun earlier.
pub(crate) async fn show(node: &Visit<'_>, opened: &Opened) -> Result<Response, PageError> {
    view(node, opened, None, StatusCode::OK).await
}

async fn view(
    node: &Visit<'_>,
    opened: &Opened,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, PageError> {
    let published = drafts::published(node, opened).await?;
    let Some(published) = published else {
        return Ok(errors::missing(node));
    };
    let title = title_of(node, opened).await?;
    let files = attachments::of_draft(node, opened.draft.id).await?;
    let files = compare::of_files(&published.files, &files);
    let (viewer, draft) = (node.requester.viewer, opened.content.clone());
    let mut differences = compare::of_contents(node, viewer, published.content, draft).await?;
    differences.extend(files);
    let newer = NewerPage {
        frame: framed(node, &format!("A newer version is published: {title}")),
        id: opened.draft.id,
        version: opened.draft.version,
        published: published.rev,
        notice,
        edit: Link::new("Change your draft first", urls::draft(opened.draft.id)),
        differences,
        title,
    };
    page(status, &newer)
}

/// What the labels say above what others have published, where both have changed the same lines.
const OTHERS: &str = "others, and published";

/// Takes what is published now as the version that a draft was made from; with what was changed in it, if that is asked for.
pub(crate) async fn rebase(
    node: &Visit<'_>,
    person: Person,
    id: DocumentId,
    sent: &Sent,
) -> Result<Response, PageError> {
    if !sent.get("together").is_empty() {
        return together(node, person, id, sent.version()).await;
    }
    // Of the version that the page has shown: what was published since is shown first.
    let published = sent.get("published").parse().unwrap_or(0);
    let files = FileChanges::default();
    if drafts::rebase(node, person, id, sent.version(), published, &files).await? {
        return Ok(go_to(&urls::draft(id)));
    }
    match drafts::open(node, person, id).await? {
        Found::Open(opened) => {
            let notice = Notice::problem(
                "Nothing was changed",
                "The draft was changed, or another version was published, since you saw this page. Look at the differences again.",
            );
            view(node, &opened, Some(notice), StatusCode::CONFLICT).await
        }
        Found::Published(draft) => shown::published(node, &draft).await,
        Found::Missing => Ok(errors::missing(node)),
    }
}
