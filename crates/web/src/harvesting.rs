//! `/oai`: libraries harvest what is public here (OAI-PMH 2.0, docs/INTERFACES.md).
//!
//! `harvest` has the protocol. Here is what our documents are in it: the name of a record, its sets, its Dublin Core.
//! It answers for the public, whoever asks.

mod changes;

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::{IntoResponse as _, Response},
};
use domain::{FacetGroup, Kind, Term as _, vocabulary::Topic};
use harvest::{
    Answer, Asked, Code, DublinCore, Element, Envelope, Fault, Header, List, Page, Position,
    Record, Repository, Request, Resumption, Selection, Set,
};
use http::header;
use url::form_urlencoded;
use wire::{DocumentId, NodeId, Timestamp};

use crate::syndication::urn;
use changes::{Changed, Shown, Wanted};
use citing::{citation::licence_url, text::one_line};
use markdown::contact::Contact;
use node::{Node, urls};
use pages::problem::Problem;

/// What the names of sets begin with: one for each organisation, and one for each topic.
const ORGANISATION: &str = "org:";
const TOPIC: &str = "topic:";

/// `GET /oai`.
///
/// # Errors
/// Of the database. What is wrong with a request is in the answer, whose status is 200 then.
pub(crate) async fn get(
    State(node): State<Arc<Node>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    answer(&node, query.unwrap_or_default().as_bytes()).await
}

/// `POST /oai`: the same arguments as a form.
///
/// # Errors
/// As [`get`].
pub(crate) async fn post(State(node): State<Arc<Node>>, form: Bytes) -> Result<Response, Problem> {
    answer(&node, &form).await
}

async fn answer(node: &Node, query: &[u8]) -> Result<Response, Problem> {
    let now = node.now();
    let pairs =
        form_urlencoded::parse(query).map(|(name, value)| (name.into_owned(), value.into_owned()));
    let (answer, arguments) = match harvest::parse(pairs) {
        Ok(Asked { request, arguments }) => (answer_to(node, request, now).await?, arguments),
        Err(faults) => (Answer::Faults(faults), Vec::new()),
    };
    let envelope = Envelope {
        base_url: &urls::absolute(node, urls::OAI),
        at: now,
        arguments: &arguments,
    };
    let xml = harvest::write(envelope, &answer);
    let media_type = [(header::CONTENT_TYPE, harvest::MEDIA_TYPE)];
    Ok((media_type, xml).into_response())
}

async fn answer_to(node: &Node, request: Request, now: Timestamp) -> Result<Answer, Problem> {
    Ok(match request {
        Request::Identify => Answer::Identify(repository(node, now).await?),
        Request::Formats(None) => Answer::Formats,
        Request::Formats(Some(identifier)) => match find(node, &identifier).await? {
            Some(_) => Answer::Formats,
            None => unknown_record(),
        },
        Request::Sets => Answer::Sets(sets(node).await?),
        Request::Record(identifier) => match find(node, &identifier).await? {
            Some(changed) => Answer::Record(record(node, &changed)),
            None => unknown_record(),
        },
        Request::List(list) => listed(node, list, now).await?,
        Request::Refused(fault) => Answer::Faults(vec![fault]),
    })
}

fn fault(code: Code, text: &str) -> Answer {
    Answer::Faults(vec![Fault::new(code, text)])
}

fn unknown_record() -> Answer {
    fault(Code::IdDoesNotExist, "no record here has this identifier")
}

async fn repository(node: &Node, now: Timestamp) -> Result<Repository, Problem> {
    let earliest = node.store.earliest_harvested().await?;
    let identity = node.identity();
    let contact = identity.and_then(|identity| Contact::parse(&identity.contact));
    let email = contact
        .filter(Contact::is_mail)
        .map(|contact| contact.words);
    // The protocol requires an address. A site without one has that of RFC 2142 for its web pages.
    let host = || {
        let identity = node.identity();
        let host = identity.and_then(|identity| identity.site_url.host_str().map(str::to_owned));
        format!("webmaster@{}", host.unwrap_or_default())
    };
    Ok(Repository {
        name: one_line(&node.current().site.name),
        email: email.unwrap_or_else(host),
        earliest: earliest.unwrap_or(now),
    })
}

async fn sets(node: &Node) -> Result<Vec<Set>, Problem> {
    let publishers = node.store.publishers().await?.list;
    let organisations = publishers.iter().map(|publisher| Set {
        spec: format!("{ORGANISATION}{}", publisher.handle),
        name: one_line(&publisher.name),
    });
    let topics = Topic::ALL.iter().map(|topic| Set {
        spec: format!("{TOPIC}{}", topic.as_str()),
        name: topic.label().to_owned(),
    });
    Ok(organisations.chain(topics).collect())
}

/// Returns the record of an identifier, the one that feeds have.
async fn find(node: &Node, identifier: &str) -> Result<Option<Changed>, Problem> {
    let parts = || {
        let (of, id) = identifier.strip_prefix("urn:wardround:")?.split_once(':')?;
        Some((NodeId::parse(of)?, DocumentId::parse(id)?))
    };
    match parts() {
        Some((of, id)) => Ok(changes::change(node, &of, id).await?),
        None => Ok(None),
    }
}

async fn listed(node: &Node, list: List, now: Timestamp) -> Result<Answer, Problem> {
    let List {
        headers_only,
        mut selection,
        left,
    } = list;
    // Read what the set means.
    let nothing = || fault(Code::NoRecordsMatch, "no record matches");
    let Some(mut wanted) = wanted(node, &selection).await? else {
        return Ok(nothing());
    };
    // What changes after the beginning is for the next harvest; so this one ends.
    let begun = Timestamp::from_secs(now.secs().saturating_add(1));
    selection.before = Some(selection.before.map_or(begun, |before| before.min(begun)));
    wanted.before = selection.before;
    let (after, cursor) = left.unwrap_or_default();
    wanted.after = after;
    let changes = changes::changes(node, &wanted).await?;
    // What a later answer had may have changed since: it is in the next harvest then. A list without a record is not allowed.
    if changes.list.is_empty() && changes.next.is_none() {
        return Ok(nothing());
    }
    let count = u64::try_from(changes.list.len()).unwrap_or(0);
    let token = changes.next.map(|after| {
        let position = Position {
            selection,
            after,
            cursor: cursor.saturating_add(count),
        };
        position.token()
    });
    let is_whole = left.is_none() && token.is_none();
    let resumption = (!is_whole).then_some(Resumption { token, cursor });
    let changes = changes.list.iter();
    Ok(match headers_only {
        true => Answer::Identifiers(Page {
            items: changes.map(header_of).collect(),
            resumption,
        }),
        false => Answer::Records(Page {
            items: changes.map(|changed| record(node, changed)).collect(),
            resumption,
        }),
    })
}

/// Returns what a selection means here; `None` for a set that is not there.
async fn wanted(node: &Node, selection: &Selection) -> Result<Option<Wanted>, Problem> {
    let mut wanted = Wanted {
        from: selection.from,
        ..Wanted::default()
    };
    let Some(set) = &selection.set else {
        return Ok(Some(wanted));
    };
    if let Some(topic) = set.strip_prefix(TOPIC) {
        wanted.topic = Topic::parse(topic);
    } else if let Some(handle) = set.strip_prefix(ORGANISATION) {
        let publishers = node.store.publishers().await?.list;
        let publisher = publishers.iter().find(|one| one.handle == handle);
        wanted.node_seq = publisher.map(|publisher| publisher.node_seq);
    }
    let is_known = wanted.topic.is_some() || wanted.node_seq.is_some();
    Ok(is_known.then_some(wanted))
}

fn header_of(changed: &Changed) -> Header {
    let topics = changed.shown.iter().flat_map(|shown| {
        let topics = shown.card.terms::<Topic>(FacetGroup::Topic);
        topics.map(|topic| format!("{TOPIC}{}", topic.as_str()))
    });
    let handle = &changed.row.handle;
    let organisation = (!handle.is_empty()).then(|| format!("{ORGANISATION}{handle}"));
    Header {
        identifier: urn(&changed.row.node, changed.row.id),
        at: changed.row.at,
        sets: organisation.into_iter().chain(topics).collect(),
        is_deleted: changed.row.is_deleted,
    }
}

fn record(node: &Node, changed: &Changed) -> Record {
    Record {
        header: header_of(changed),
        metadata: changed.shown.as_ref().map(|shown| dublin_core(node, shown)),
    }
}

fn dublin_core(node: &Node, shown: &Shown) -> DublinCore {
    let Shown { row, card } = shown;
    let organisation = one_line(&row.owner.organisation);
    let mut core = DublinCore::default();
    core.push(Element::Title, one_line(&row.title));
    core.push(Element::Creator, organisation.clone());
    // What it is about, and what it says.
    for topic in card.terms::<Topic>(FacetGroup::Topic) {
        core.push(Element::Subject, topic.label());
    }
    for tag in &card.tags {
        core.push(Element::Subject, one_line(tag));
    }
    core.push(
        Element::Description,
        one_line(row.summary.as_deref().unwrap_or_default()),
    );
    core.push(Element::Publisher, organisation);
    // A time that an author claims is never later than the time at which the document came here.
    let updated = row
        .updated
        .or(row.published)
        .unwrap_or(row.changed_at)
        .min(row.changed_at);
    core.push(Element::Date, updated.date().to_string());
    core.push(Element::Type, "Text");
    core.push(Element::Type, Kind::parse(&row.kind).label());
    core.push(Element::Format, "text/html");
    // Where it is here, and its name everywhere.
    let path = urls::document(&row.owner.handle, row.id, &row.slug);
    core.push(Element::Identifier, urls::absolute(node, &path));
    core.push(Element::Identifier, urn(&row.owner.node, row.id));
    core.push(Element::Language, one_line(&card.lang));
    core.push(Element::Rights, card.licence.label());
    core.push(
        Element::Rights,
        licence_url(card.licence).unwrap_or_default(),
    );
    core
}
