//! Beginning a draft: empty, of a file, or of a document that this node has published.

use async_recursion::async_recursion as boxed;
use domain::{Document, Kind, Private, body};
use drafting::{Content, Converted, Form, MAX_CONTENT_BYTES};
use store::{NewDraft, StoreError, WrittenDraft};
use wire::{DocumentId, DocumentRef, Role};

use super::{
    MAX_LISTED, Person,
    adapt::{adapted, tried},
    is_open_to_all, is_untouched, outline,
};
use crate::{attachments, care};
use node::{Node, NodeError, flows::publish::new_id, urls};

/// Most drafts of one person that are not published: so that no one fills the disk.
const MAX_OPEN: u64 = 200;

/// What a draft begins with.
#[derive(Debug, Clone, PartialEq)]
pub enum Begin {
    /// Nothing, for a document of this kind.
    Empty(Kind),
    /// A Markdown file.
    File(String),
    /// A Markdown file that was made of another one, and what came of that.
    Converted(String, Converted),
    /// A document of this node, which it changes.
    Edit(DocumentId),
    /// An observation of this node, which becomes a case study under the same id.
    Grow(DocumentId),
    /// A document of any node, which this organisation adapts.
    Adapt(DocumentRef),
    /// A document of another organisation, which this one says it tried too.
    Try(DocumentRef),
}

/// Why no draft was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeginRefusal {
    /// The person has `MAX_OPEN` drafts.
    TooMany,
    /// The person may not change this document, or not write documents of this kind.
    NotAllowed,
    /// Only its authors and editors change a document of this kind.
    NotAuthor,
    /// There is no such document of this node, or none that can grow.
    Missing,
    /// Documents of this kind are not written here.
    Kind,
    /// The file is too long.
    TooLong,
    /// The licence of the document does not allow others to use its text.
    Licence,
}

/// Begins a draft and returns its id. Who has begun to change a document already continues with that draft, and who has left
/// an empty one begins with that.
///
/// # Errors
/// Of the database; [`NodeError::Random`].
#[boxed]
pub async fn begin(
    node: &Node,
    person: Person,
    begin: Begin,
) -> Result<Result<DocumentId, BeginRefusal>, NodeError> {
    // Step 1: the draft that the person has already, or whether there may be another one.
    if let Begin::Edit(id) | Begin::Grow(id) = &begin
        && let Some(open) = own_draft_of(node, person, *id).await?
    {
        return Ok(Ok(open.id));
    }
    if let Begin::Empty(kind) = &begin {
        if Form::for_kind(kind).is_none() {
            return Ok(Err(BeginRefusal::Kind));
        }
        if let Some(untouched) = untouched(node, person, kind).await? {
            return Ok(Ok(untouched));
        }
    }
    let is_new = !matches!(begin, Begin::Edit(_) | Begin::Grow(_));
    if let Some(refusal) = refusal(node, person, is_new).await? {
        return Ok(Err(refusal));
    }
    // Step 2: what it says.
    let (content, document) = match begin {
        Begin::Empty(kind) => (Content::new(kind), None),
        Begin::File(text) => (Content::from_file(&text, Kind::Page), None),
        Begin::Converted(text, converted) => {
            let content = Content::from_file(&text, Kind::Page);
            (content.with_converted(converted), None)
        }
        Begin::Adapt(origin) => match adapted(node, &origin).await? {
            Ok(content) => (content, None),
            Err(refusal) => return Ok(Err(refusal)),
        },
        Begin::Try(origin) => match tried(node, &origin).await? {
            Some(content) => (content, None),
            None => return Ok(Err(BeginRefusal::Missing)),
        },
        Begin::Edit(id) | Begin::Grow(id) => {
            let grows = matches!(begin, Begin::Grow(_));
            match of_document(node, person, id, grows).await? {
                Ok((content, rev)) => (content, Some((id, rev))),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
    };
    if Form::for_kind(content.kind()).is_none() {
        return Ok(Err(BeginRefusal::Kind));
    }
    if content.to_bytes().len() > MAX_CONTENT_BYTES {
        return Ok(Err(BeginRefusal::TooLong));
    }
    write(node, person, content, document).await
}

/// Writes a draft, unless the person has one of this document: a second click gets the draft of the first. Returns its id.
async fn write(
    node: &Node,
    person: Person,
    content: Content,
    document: Option<(DocumentId, u64)>,
) -> Result<Result<DocumentId, BeginRefusal>, NodeError> {
    let now = node.now();
    let id = new_id(now)?;
    let new = NewDraft {
        id,
        document: match document {
            Some((document, _)) => document,
            None => new_id(now)?,
        },
        base: document.map(|(_, rev)| rev),
        kind: content.kind().as_str().to_owned(),
        author: person.id,
        content: content.to_bytes(),
    };
    let begun = match node.store.create_draft(&new, now).await {
        Ok(begun) => begun,
        // It was withdrawn at this moment: nothing of its text is kept.
        Err(StoreError::Withdrawn(_)) => return Ok(Err(BeginRefusal::Missing)),
        Err(error) => return Err(error.into()),
    };
    if let Some((document, _)) = document
        && begun == id
    {
        attachments::take_over(node, document, id).await?;
    }
    Ok(Ok(begun))
}

/// Returns why a person cannot begin a draft of something new, before the work of making it.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn refusal_to_begin(
    node: &Node,
    person: Person,
) -> Result<Option<BeginRefusal>, NodeError> {
    refusal(node, person, true).await
}

async fn refusal(
    node: &Node,
    person: Person,
    is_new: bool,
) -> Result<Option<BeginRefusal>, NodeError> {
    if is_new && person.role < Role::Contributor {
        return Ok(Some(BeginRefusal::NotAllowed));
    }
    let open = node.store.count_open_drafts(person.id).await?;
    Ok((open >= MAX_OPEN).then_some(BeginRefusal::TooMany))
}

/// Returns the draft in which a person changes a document already.
async fn own_draft_of(
    node: &Node,
    person: Person,
    document: DocumentId,
) -> Result<Option<WrittenDraft>, NodeError> {
    let open = node.store.open_drafts_of(document, MAX_LISTED).await?;
    // A change that was declined is not begun with once more: it is on the list of its author.
    let mut own = open.into_iter();
    Ok(own.find(|draft| draft.author == person.id && !draft.declined))
}

/// Returns a draft of a kind that a person has begun, and left before anything was written into it.
async fn untouched(
    node: &Node,
    person: Person,
    kind: &Kind,
) -> Result<Option<DocumentId>, NodeError> {
    let drafts = node.store.drafts_by(person.id, MAX_LISTED).await?;
    let untouched = drafts.into_iter().filter(|(draft, content)| {
        draft.kind == kind.as_str() && is_untouched(draft, content.as_deref())
    });
    for (draft, _) in untouched {
        // Files that someone has attached are not those of the next text.
        if node.store.draft_attachments(draft.id).await?.is_empty() {
            return Ok(Some(draft.id));
        }
    }
    Ok(None)
}

/// Returns whether a person can begin a change of a document of this node.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn may_change(node: &Node, person: Person, id: DocumentId) -> Result<bool, NodeError> {
    let Some((document, _)) = own_document(node, id).await? else {
        return Ok(false);
    };
    Ok(is_open_to_all(&document.kind()) || may_write(node, person, id).await?)
}

/// A change of a document that a person has begun already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// The draft.
    pub draft: DocumentId,
    /// Whether it makes a case study of an observation.
    pub grows: bool,
}

impl Begun {
    /// Returns the address of the draft.
    #[must_use]
    pub fn href(&self) -> String {
        urls::draft(self.draft)
    }
}

/// Returns the change of a document of this node that a person has begun, and not published yet.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn begun(
    node: &Node,
    person: Person,
    id: DocumentId,
) -> Result<Option<Begun>, NodeError> {
    let Some(draft) = own_draft_of(node, person, id).await? else {
        return Ok(None);
    };
    let document = own_document(node, id).await?;
    let grows = document.is_some_and(|(document, _)| document.kind().as_str() != draft.kind);
    let draft = draft.id;
    Ok(Some(Begun { draft, grows }))
}

/// Returns whether a person looks after a document: then they may change it, too, whoever has written it.
async fn may_write(node: &Node, person: Person, id: DocumentId) -> Result<bool, NodeError> {
    match node.store.cared(id).await? {
        Some(cared) => care::may_care(node, person, &cared).await,
        None => Ok(false),
    }
}

async fn of_document(
    node: &Node,
    person: Person,
    id: DocumentId,
    grows: bool,
) -> Result<Result<(Content, u64), BeginRefusal>, NodeError> {
    let Some((document, rev)) = own_document(node, id).await? else {
        return Ok(Err(BeginRefusal::Missing));
    };
    let may_write = may_write(node, person, id).await?;
    if !may_write && !is_open_to_all(&document.kind()) {
        return Ok(Err(BeginRefusal::NotAuthor));
    }
    // Who may only propose a change does not see what is kept private, and changes nothing of it.
    let content = Content::from_document(&document, !may_write, outline);
    if !grows {
        return Ok(Ok((content, rev)));
    }
    let grown = content.grown(outline).map(|grown| (grown, rev));
    Ok(grown.ok_or(BeginRefusal::Missing))
}

/// Returns a document that this node has published, with its private part, and its revision.
pub(crate) async fn own_document(
    node: &Node,
    id: DocumentId,
) -> Result<Option<(Document, u64)>, NodeError> {
    let Some(text) = node.store.own_texts_of(&[id]).await?.remove(&id) else {
        return Ok(None);
    };
    let read = body::read_local(&text.body)
        .map_err(|_| StoreError::Corrupt(format!("an unreadable body of `{id}`")))?;
    let mut document = read.document;
    if let Some(private) = &text.private {
        document.private = Private::from_json(private);
    }
    Ok(Some((document, text.rev)))
}
