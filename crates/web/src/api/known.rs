//! `GET /api/v1/known`: what documents say together about a topic, a product or both.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
    response::IntoResponse,
};
use domain::{FacetGroup, Figure, Term as _, together::Spread, vocabulary::Topic};
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};
use wire::Viewer;

use crate::api::{
    objects::{OrganisationObject, ProblemObject},
    search::FacetCount,
};
use finding::{
    known::{self, Known, Subject},
    search::{FoundHit, SearchResults},
};
use node::{Node, urls};
use pages::{problem::Problem, requester::Requester, text::one_line};

/// Parameters of an address that are read.
const MAX_PARAMETERS: usize = 20;

/// What is asked about: a topic, a product, or a product within a topic.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what the handler reads")]
struct KnownQuery {
    /// A topic, such as `voice-recognition`.
    topic: Option<String>,
    /// A product, as documents write it; letter case does not matter.
    system: Option<String>,
}

/// What is known about a subject.
#[derive(Serialize, ToSchema)]
struct KnownAnswer {
    /// The topic that was asked about.
    topic: Option<String>,
    /// The product that was asked about, as it is written most often.
    system: Option<String>,
    /// The page about it for people.
    url: String,
    /// How many case studies and observations there are.
    documents: u64,
    /// How many organisations published them.
    organisations: usize,
    /// How many went each way.
    results: Vec<FacetCount>,
    /// How well it was measured.
    strength: StrengthObject,
    /// Whether they agree on how it went: `too-few`, `agree`, `mostly-agree`, `differ`.
    agreement: &'static str,
    /// Whether they would repeat it.
    would_repeat: Vec<FacetCount>,
    /// What it cost.
    costs: Vec<FacetCount>,
    /// What got in the way, the most frequent first.
    barriers: Vec<FacetCount>,
    /// The products that they name.
    systems: Vec<FacetCount>,
    /// The newest documents, at most 24.
    studies: Vec<StudyObject>,
    /// Of a product: the observations that name it in their text. An observation declares no product, so they are not
    /// counted above.
    named_in_observations: Option<NamedObject>,
    /// Measures that two of those or more have under one name and in one unit.
    compared: Vec<ComparedObject>,
}

/// How well something was measured, by a rule on what documents declare. It does not say whether it works.
#[derive(Serialize, ToSchema)]
struct StrengthObject {
    /// `nothing`, `opinion`, `limited`, `moderate` or `strong`.
    value: &'static str,
    /// What people read.
    label: &'static str,
    /// The rule, in words.
    rule: &'static str,
}

/// One document.
#[derive(Serialize, ToSchema)]
struct StudyObject {
    /// The node that published it.
    node: String,
    /// Its id at that node.
    id: String,
    /// Its kind.
    kind: String,
    /// Its title, plain text.
    title: String,
    /// Its summary, plain text.
    summary: String,
    /// Who published it.
    organisation: OrganisationObject,
    /// Its page here.
    url: String,
    /// How it went.
    result: Option<String>,
    /// The stage of the work.
    stage: Option<String>,
    /// The cost band.
    cost: Option<String>,
    /// Whether they would repeat it.
    would_repeat: Option<String>,
    /// How the result is known.
    evidence: Option<String>,
    /// Its figures.
    figures: Vec<FigureObject>,
    /// The beginning of what the authors would do differently; plain text.
    differently: String,
    /// The role of who can be asked.
    contact_role: Option<String>,
    /// What they are open to: `call`, `visit`, `documents`, `demo`.
    open_to: Vec<&'static str>,
}

/// A figure before and after.
#[derive(Serialize, ToSchema)]
struct FigureObject {
    /// What was measured.
    name: String,
    /// In what unit.
    unit: &'static str,
    /// Which way is better: `up-good` or `down-good`.
    direction: &'static str,
    /// Before; `null` if no one measured it then.
    before: Option<f64>,
    /// After.
    after: f64,
    /// What was expected beforehand.
    expected: Option<f64>,
}

/// One measure of several documents.
#[derive(Serialize, ToSchema)]
struct ComparedObject {
    /// What was measured.
    name: String,
    /// In what unit.
    unit: &'static str,
    /// The documents, as places in `studies`, from 0.
    studies: Vec<usize>,
    /// How the changes lie, of those that were measured before; `null` of fewer than two.
    change: Option<SpreadObject>,
    /// How the results lie.
    after: SpreadObject,
}

/// How values lie. They are never put into one number with values of another unit.
#[derive(Serialize, ToSchema)]
struct SpreadObject {
    /// How many there are.
    count: usize,
    /// The lowest.
    lowest: f64,
    /// The highest.
    highest: f64,
    /// The median; `null` of fewer than three.
    median: Option<f64>,
}

/// Observations that name a product in their text.
#[derive(Serialize, ToSchema)]
struct NamedObject {
    /// How many there are.
    documents: u64,
    /// How many organisations published them.
    organisations: usize,
    /// How many went each way.
    results: Vec<FacetCount>,
}

/// What is known
///
/// Puts together what documents declare about a topic, a product or both: how it went, what it cost, what got in the way.
#[utoipa::path(
    get,
    path = "/api/v1/known",
    params(KnownQuery),
    responses(
        (status = 200, description = "What is known", body = KnownAnswer),
        (status = 404, description = "No such topic, or no document that names the product",
            body = ProblemObject, content_type = "application/problem+json"),
        (status = 503, description = "Search is being repaired; try again after `Retry-After` seconds",
            body = ProblemObject, content_type = "application/problem+json")
    )
)]
pub async fn known(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Problem> {
    let subject = subject(query.as_deref().unwrap_or_default()).map_err(Problem::not_found)?;
    let known = known::known(&node, viewer, subject)
        .await?
        .ok_or_else(|| Problem::not_found("no document here names this product"))?;
    Ok(Json(answer(&node, &known)))
}

/// Returns the same for another handler; `None` for a product that no document names.
///
/// # Errors
/// As a search.
pub(crate) async fn known_about(
    node: &Node,
    viewer: Viewer,
    subject: Subject,
) -> Result<Option<Value>, Problem> {
    let known = known::known(node, viewer, subject).await?;
    let written = known.map(|known| serde_json::to_value(answer(node, &known)));
    written
        .transpose()
        .map_err(|error| Problem::internal(&error))
}

/// Reads what is asked about; otherwise says why nothing is. A product may also be named as the tools for assistants name it.
fn subject(query: &str) -> Result<Subject, String> {
    let mut subject = Subject::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()).take(MAX_PARAMETERS) {
        let value = value.trim();
        match name.as_ref() {
            "topic" => subject.topic = Some(Topic::parse_loosely(value).ok_or_else(no_such_topic)?),
            "system" | "product" if !value.is_empty() => subject.product = Some(value.to_owned()),
            _ => {}
        }
    }
    if subject == Subject::default() {
        return Err("name a `topic`, a `system` or both".to_owned());
    }
    Ok(subject)
}

/// Says which topics there are, to one who has named another.
pub(crate) fn no_such_topic() -> String {
    let topics: Vec<&str> = Topic::ALL.iter().map(|topic| topic.as_str()).collect();
    let topics = topics.join(", ");
    format!("there is no topic of that name; the topics are: {topics}")
}

fn answer(node: &Node, known: &Known) -> KnownAnswer {
    let counts = |group: FacetGroup| known.values(group).map(FacetCount::from).collect();
    KnownAnswer {
        topic: known.subject.topic.map(|topic| topic.as_str().to_owned()),
        system: known.subject.product.as_deref().map(one_line),
        url: urls::absolute(node, &pages::known::path_of(&known.subject)),
        documents: known.total,
        organisations: known.organisations(),
        results: counts(FacetGroup::Result),
        strength: StrengthObject {
            value: known.strength.as_str(),
            label: known.strength.label(),
            rule: known.strength.rule(),
        },
        agreement: known.agreement.as_str(),
        would_repeat: counts(FacetGroup::WouldRepeat),
        costs: counts(FacetGroup::Cost),
        barriers: counts(FacetGroup::Barrier),
        systems: counts(FacetGroup::System),
        studies: known.studies.iter().map(|hit| study(node, hit)).collect(),
        named_in_observations: known.named.as_ref().map(named),
        compared: known.compared().iter().map(compared).collect(),
    }
}

fn named(found: &SearchResults) -> NamedObject {
    let counted = |group| found.values(group).filter(|value| value.count > 0);
    let results = counted(FacetGroup::Result).map(FacetCount::from);
    NamedObject {
        documents: found.total,
        organisations: counted(FacetGroup::Organisation).count(),
        results: results.collect(),
    }
}

fn study(node: &Node, hit: &FoundHit) -> StudyObject {
    let (card, shown) = (&hit.card, &hit.shown);
    let value = |group| shown.values(group).first().cloned();
    let contact = shown.contact.as_ref();
    StudyObject {
        node: card.owner.node.to_string(),
        id: card.id.to_string(),
        kind: card.kind.clone(),
        title: one_line(&card.title),
        summary: one_line(&shown.summary),
        organisation: (&card.owner).into(),
        url: urls::absolute(node, &urls::card(card)),
        result: value(FacetGroup::Result),
        stage: value(FacetGroup::Stage),
        cost: value(FacetGroup::Cost),
        would_repeat: value(FacetGroup::WouldRepeat),
        evidence: value(FacetGroup::Evidence),
        figures: shown.figures.iter().map(figure).collect(),
        differently: one_line(&shown.differently),
        contact_role: contact.map(|contact| one_line(&contact.role)),
        open_to: contact
            .map(|contact| {
                contact
                    .open_to
                    .iter()
                    .map(|open_to| open_to.as_str())
                    .collect()
            })
            .unwrap_or_default(),
    }
}

fn figure(figure: &Figure) -> FigureObject {
    FigureObject {
        name: one_line(&figure.name),
        unit: figure.unit.as_str(),
        direction: figure.direction.as_str(),
        before: figure.before,
        after: figure.after,
        expected: figure.expected,
    }
}

fn compared(compared: &domain::together::Compared<'_, usize>) -> ComparedObject {
    let spread = |spread: Spread| SpreadObject {
        count: spread.count,
        lowest: spread.lowest,
        highest: spread.highest,
        median: spread.median,
    };
    ComparedObject {
        name: one_line(compared.name),
        unit: compared.unit.as_str(),
        studies: compared.figures.iter().map(|(place, _)| *place).collect(),
        change: compared.change.map(spread),
        after: spread(compared.after),
    }
}
