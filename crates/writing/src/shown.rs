//! A draft as readers will see it, and what happened to one that is published.

use askama::Template;
use axum::response::Response;
use domain::{Body, Card, FacetGroup, Kind};
use drafting::partial::section_of;
use http::StatusCode;
use markdown::DOCUMENT_LINK;
use node::{Node, urls};
use pages::{
    PageError,
    answers::{self, Answer},
    drafts::title_of,
    frame::Frame,
    front::{self, Front},
    link::Link,
    measures::MeasureRow,
    promised::Promised,
    result_card::Facts,
};
use people::{
    drafts::{self, Opened},
    review,
};
use store::{DocumentState, WrittenDraft};
use wire::{Date, DocumentId, Viewer, Visibility};

use crate::{
    Visit, at,
    compare::titles_of,
    framed, name_of,
    notice::Notice,
    origin::{OriginLink, subject_link},
    page,
    remarks::{self, Remarks},
    written_by,
};

#[derive(Template)]
#[template(path = "published.html")]
struct PublishedPage {
    frame: Frame,
    notice: Notice,
    by: Vec<String>,
    grow: Option<String>,
}

/// Says what happened to a draft that is published.
pub(crate) async fn published(
    node: &Visit<'_>,
    draft: &WrittenDraft,
) -> Result<Response, PageError> {
    let rev = draft.published_rev.unwrap_or(1);
    let text = format!(
        "Version {rev} was published at {}.",
        draft.published_at.map(at).unwrap_or_default()
    );
    let held = node.store.held(&[draft.document]).await?;
    let is_withdrawn = held.get(&draft.document).is_none_or(|held| {
        matches!(
            held.state,
            DocumentState::Withdrawn | DocumentState::Removed
        )
    });
    let notice = match is_withdrawn {
        true => Notice::done(
            "Withdrawn",
            format!(
                "{text} The page was withdrawn since: its text is gone, and its address says so."
            ),
        ),
        false => Notice::done("Published", text),
    };
    let notice = match node.identity().filter(|_| !is_withdrawn) {
        Some(own) => notice.with_link(
            "Read the page",
            urls::document_by_id(&own.handle, draft.document),
        ),
        None => notice,
    };
    let mut by = vec![written_by(node, draft).await?];
    if let Some(approver) = draft.approved_by {
        by.push(match review::was_reviewed(draft) {
            true => format!("Approved by {}", name_of(node, approver).await?),
            false => "Not reviewed by a second person".to_owned(),
        });
    }
    let published = PublishedPage {
        frame: framed(node, &notice.heading),
        notice,
        by,
        grow: (!is_withdrawn && draft.kind == domain::Kind::Observation.as_str())
            .then(|| format!("{}?grow={}", urls::WRITE, draft.document)),
    };
    page(StatusCode::OK, &published)
}

#[derive(Template)]
#[template(path = "preview.html")]
struct PreviewPage {
    frame: Frame,
    id: DocumentId,
    remarks: Option<Remarks>,
    title: String,
    kind: String,
    organisation: String,
    /// What a list of results shows: the summary, or the beginning of the text.
    summary: String,
    /// Whether the page has a summary of its own.
    has_summary: bool,
    /// What is missing and has no place in the panel of answers: its name, and where it is written.
    gaps: Vec<(&'static str, String)>,
    /// What an adoption is about.
    subject: Option<OriginLink>,
    facts: Facts,
    answers: Vec<Answer>,
    promised: Option<Promised>,
    measures: Vec<MeasureRow>,
    is_whole: bool,
    glance: Vec<(&'static str, String)>,
    body_html: String,
}

/// Shows a draft as readers will see it. `saved` is the section that was saved before, if one was.
pub(crate) async fn preview(
    node: &Visit<'_>,
    opened: &Opened,
    saved: &str,
) -> Result<Response, PageError> {
    let preview = drafts::preview(node, opened).await?;
    let whole = preview.body.as_deref();
    let partial = preview.partial.as_ref();
    let body = whole.or(partial.map(|partial| &*partial.body));
    let gaps = Gaps {
        draft: opened,
        keys: partial.map_or(&[], |partial| &partial.gaps),
    };
    let card = body.map(|body| Card::new(body, markdown::plain_text));
    let mut public = gaps.public(body, node.now().date());
    match whole {
        Some(body) => public = public.with_titles(node, body).await?,
        None => public.rows.clear(),
    }
    let title = title_of(node, opened).await?;
    let frame = framed(node, &format!("Preview: {title}"));
    let summary = card.as_ref().map(|card| card.summary.clone());
    let summary = match partial {
        Some(partial) if opened.content.kind() != &Kind::Observation => {
            Some(partial.summary.clone())
        }
        _ => summary,
    };
    let preview = PreviewPage {
        id: opened.draft.id,
        remarks: remarks::remarks(node, opened, saved).await?,
        kind: opened.content.kind().label().to_owned(),
        organisation: frame.organisation.clone(),
        summary: markdown::visible(&summary.unwrap_or_default()).into_owned(),
        has_summary: match partial {
            Some(partial) => !partial.summary.trim().is_empty(),
            None => body.is_some_and(|body| !body.common().summary.is_empty()),
        },
        gaps: gaps.elsewhere(),
        subject: subject_link(node, opened).await?,
        facts: card
            .as_ref()
            .map(|card| gaps.facts(card))
            .unwrap_or_default(),
        answers: match (whole, body) {
            (Some(body), _) => answers::for_preview(body),
            (None, Some(body)) => answers::for_partial(body, &|key| gaps.link(key)),
            (None, None) => Vec::new(),
        },
        promised: public.promised,
        measures: public.measures,
        is_whole: whole.is_some(),
        glance: public.rows,
        body_html: preview.rendered.html.clone(),
        frame,
        title,
    };
    page(StatusCode::OK, &preview)
}

/// What a draft lacks.
struct Gaps<'a> {
    draft: &'a Opened,
    /// The keys that are missing or wrong.
    keys: &'a [String],
}

impl Gaps<'_> {
    fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|gap| gap == key)
    }

    /// Returns where a key that is missing is written.
    fn link(&self, key: &str) -> Option<Link> {
        let kind = self.draft.content.kind();
        let section = self.has(key).then(|| section_of(kind, key)).flatten()?;
        let href = urls::draft_section(self.draft.draft.id, section.name);
        Some(Link::new("Write it", href))
    }

    /// Returns what is missing and has no place in the panel of answers.
    fn elsewhere(&self) -> Vec<(&'static str, String)> {
        let keys = [("Summary", "summary"), ("Figures", "measures")].into_iter();
        keys.filter_map(|(label, key)| Some((label, self.link(key)?.href)))
            .collect()
    }

    /// Returns what will be public of it, without figures that are missing or wrong.
    fn public(&self, body: Option<&Body>, today: Date) -> Public {
        let mut public = body.map(|body| Public::for_body(body, today));
        if let Some(public) = public.as_mut().filter(|_| self.has("measures")) {
            public.measures.clear();
        }
        public.unwrap_or_default()
    }

    /// Returns the facts of a card that its author has written.
    fn facts(&self, card: &Card) -> Facts {
        let facts = Facts::from_card(card);
        Facts {
            tag: facts.tag.filter(|_| !self.has("result")),
            cost: facts.cost.filter(|_| !self.has("cost")),
            open_to_call: facts.open_to_call.filter(|_| !self.has("contact")),
            measure: facts.measure.filter(|_| !self.has("measures")),
            ..facts
        }
    }
}

/// What everyone will read of a draft besides its title, its summary, its answers and its texts.
#[derive(Debug, Default)]
pub(crate) struct Public {
    pub(crate) promised: Option<Promised>,
    pub(crate) measures: Vec<MeasureRow>,
    /// The rest of it in words, and what it is filed under.
    pub(crate) rows: Vec<(&'static str, String)>,
}

impl Public {
    /// Returns what the page of a document will show of it, and what a search finds it by.
    pub(crate) fn for_body(body: &Body, today: Date) -> Self {
        let front = Front::for_body(body, today);
        let mut rows = front.rows();
        let filed = glance(&Card::new(body, markdown::plain_text));
        let is_new = |label: &str| rows.iter().all(|(held, _)| *held != label);
        let filed: Vec<_> = filed
            .into_iter()
            .filter(|(label, _)| is_new(label))
            .collect();
        rows.extend(filed);
        Self {
            promised: front.promised,
            measures: front.measures,
            rows,
        }
    }

    /// Returns what the page of a draft will show of it, with the titles of the pages that it names; nothing of a draft that
    /// makes no page yet.
    pub(crate) async fn for_draft(node: &Node, body: Option<&Body>) -> Result<Self, PageError> {
        match body {
            Some(body) => {
                let public = Self::for_body(body, node.now().date());
                public.with_titles(node, body).await
            }
            None => Ok(Self::default()),
        }
    }

    /// Names the pages that a body refers to by their titles, where they are known here.
    pub(crate) async fn with_titles(mut self, node: &Node, body: &Body) -> Result<Self, PageError> {
        let common = body.common();
        let replaced = common.replaces.iter().map(ToString::to_string);
        let origins = common.based_on.iter().map(ToString::to_string);
        let urls = replaced
            .chain(origins)
            .map(|name| format!("{DOCUMENT_LINK}{name}"));
        // What its readers can read: a title that only staff see is none that they will see.
        let viewer = match common.visibility {
            Visibility::Organisation => Viewer::Staff,
            Visibility::Network | Visibility::Public => Viewer::Public,
        };
        let titles = titles_of(node, viewer, urls.collect()).await?;
        let named = |name: &str| match titles.get(&format!("{DOCUMENT_LINK}{name}")) {
            Some(title) => format!("“{}”", markdown::visible(title)),
            None => name.to_owned(),
        };
        let is_reference = |label: &str| [front::REPLACES, front::BASED_ON].contains(&label);
        let rows = self.rows.iter_mut();
        for (_, text) in rows.filter(|(label, _)| is_reference(label)) {
            let names: Vec<String> = text.split(", ").map(named).collect();
            *text = names.join(", ");
        }
        Ok(self)
    }
}

/// Returns what the document is filed under, in words, without what its answers say.
fn glance(card: &Card) -> Vec<(&'static str, String)> {
    const ANSWERED: [FacetGroup; 3] = [
        FacetGroup::Result,
        FacetGroup::WouldRepeat,
        FacetGroup::Cost,
    ];
    let mut rows = Vec::new();
    let groups = FacetGroup::ALL.into_iter();
    for group in groups.filter(|group| !ANSWERED.contains(group)) {
        let values: Vec<_> = card
            .values(group)
            .iter()
            .map(|value| group.value_label(value).unwrap_or(value.into()))
            .collect();
        if !values.is_empty() {
            rows.push((
                group.label(),
                markdown::visible(&values.join(", ")).into_owned(),
            ));
        }
    }
    rows
}
