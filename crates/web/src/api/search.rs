//! `GET /api/v1/search` and `GET /api/v1/suggest`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{RawQuery, State},
    response::IntoResponse,
};
use domain::{FacetGroup, Term};
use serde::Serialize;
use url::form_urlencoded;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

use crate::api::objects::{OrganisationObject, ProblemObject, ProvenanceObject};
use finding::search::{self as searching, FoundHit, FoundValue, SearchParams, SearchResults};
use node::{Node, urls};
use pages::{problem::Problem, requester::Requester, text::one_line};

/// The maximum number of suggestions in one answer.
const SUGGESTIONS: usize = 8;

/// The parameters of a search. A filter may be repeated: a document then has any of its values. A document matches
/// all filters. `notes` reports what was ignored.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `SearchParams` reads")]
struct SearchQuery {
    /// Words; `"a phrase"`, `-without`, `title:word` and `filter:value` are understood. At most 512 bytes.
    q: Option<String>,
    /// The page, from 1. Past the end there are no hits. At most 10,000 results can be reached.
    #[param(minimum = 1, default = 1)]
    page: Option<u32>,
    /// Results on a page.
    #[param(minimum = 1, maximum = 100, default = 10)]
    per_page: Option<u32>,
    /// `relevance` (the default), `newest`, `adopted` or `reviewed`.
    sort: Option<String>,
    /// `no` searches for the words as they are spelled.
    correct: Option<String>,
    /// `no` searches without abbreviations and words of one meaning.
    expand: Option<String>,
    /// Only documents that are nearly the same as each other: what `alike_url` of a hit says.
    like: Option<String>,
    /// Only new documents: those whose date, as `sort=newest` orders them, is this day or later, such as `2026-11-30`.
    since: Option<String>,
    /// `yes`: only documents of organisations like this node's: at least a third of their case studies are about one of its
    /// care settings, and half are from its region. `notes` says which and how many they are.
    like_ours: Option<String>,
    /// `yes`: only this node's own documents that are not for everyone, for people who have signed in.
    staff_only: Option<String>,
}

/// The filters, from the table of facets.
struct FilterQuery;

impl IntoParams for FilterQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let values = ArrayBuilder::new().items(text).build();
        let one = |group: FacetGroup| {
            ParameterBuilder::new()
                .name(group.as_str())
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(group.row().api))
                .schema(Some(values.clone()))
                .build()
        };
        FacetGroup::ALL.map(one).into()
    }
}

/// One page of results.
#[derive(Serialize, ToSchema)]
struct SearchAnswer {
    /// What was searched for.
    query: String,
    /// How many documents match: those with all the words, then those with some.
    total: u64,
    /// How many of them have all the words, in any form: corrected, joined or parted, abbreviated or in full. They come
    /// first, and `facets` counts them, or the others where there is none.
    with_all_words: u64,
    /// The page.
    page: u32,
    /// Results on a page.
    per_page: u32,
    /// How long it took here, in milliseconds.
    took_ms: f64,
    /// The documents of this page, in order.
    hits: Vec<SearchHit>,
    /// After the last hit, documents that have none of the words and are about the same, as far as this node has learnt
    /// that. They are not counted.
    related: Vec<SearchHit>,
    /// Counts by the name of the filter, the most frequent value first; of products, those of the most organisations. A
    /// filter does not narrow its own counts.
    facets: BTreeMap<String, Vec<FacetCount>>,
    /// Abbreviations, long forms and words of one meaning that were searched for as well; `expand=no` searches without
    /// them.
    also_searched: Vec<String>,
    /// The corrected spelling that was searched for, or `null`; `correct=no` searches for what was typed.
    suggestion: Option<String>,
    /// The search with other words that may have been meant, which were not searched for, or `null`.
    did_you_mean: Option<String>,
    /// Words that no document has.
    unknown_words: Vec<String>,
    /// Messages about what was ignored or interpreted differently.
    notes: Vec<String>,
}

/// One document that matches.
#[derive(Serialize, ToSchema)]
struct SearchHit {
    /// The node that published it.
    node: String,
    /// Its id at that node.
    id: String,
    /// Its revision.
    rev: u64,
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
    /// The part of it that matches: HTML with only text and `<mark>`.
    snippet: String,
    /// Higher is better; 0 where the order is not by relevance.
    score: f32,
    /// Whether it has all the words of the search.
    all_words: bool,
    /// How many other documents of its node are nearly the same, and come later in the list for that reason.
    alike: u64,
    /// The search that returns it and those, if there are any.
    alike_url: Option<String>,
    /// When it was first published at its origin.
    published: Option<String>,
    /// When it was last updated, as its author says.
    updated: Option<String>,
    /// When it was last reviewed as a whole: a date.
    reviewed: Option<String>,
    /// How it went, of a document that has a result.
    result: Option<String>,
    /// How many other organisations publicly say that they tried it too.
    tried: u64,
    /// Of an adoption, how far its organisation has come.
    adoption: Option<&'static str>,
    /// Where it comes from.
    provenance: ProvenanceObject,
}

/// One value of a filter.
#[derive(Serialize, ToSchema)]
pub(super) struct FacetCount {
    /// The value as a filter takes it.
    pub(super) value: String,
    /// What people read.
    pub(super) label: String,
    /// How many results have it.
    pub(super) count: u64,
}

impl From<&FoundValue> for FacetCount {
    fn from(value: &FoundValue) -> Self {
        Self {
            value: value.value.clone(),
            label: one_line(&value.label),
            count: value.count,
        }
    }
}

/// Search
///
/// Finds documents of this node and of all nodes that it follows, with counts for each filter.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    params(SearchQuery, FilterQuery),
    responses(
        (status = 200, description = "One page of results", body = SearchAnswer),
        (status = 503, description = "Search is being repaired; try again after `Retry-After` seconds",
            body = ProblemObject, content_type = "application/problem+json")
    )
)]
pub async fn search(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Problem> {
    let (params, notes) = SearchParams::parse(query.as_deref().unwrap_or_default());
    let results = searching::search(&node, viewer, &params).await?;
    Ok(Json(answer_of(&node, results, notes)))
}

fn answer_of(node: &Node, results: SearchResults, mut notes: Vec<String>) -> SearchAnswer {
    notes.extend(results.notes);
    let facets = results.facets.into_iter().map(|facet| {
        let values = facet.values.iter().map(FacetCount::from).collect();
        (facet.group.as_str().to_owned(), values)
    });
    let listed = |hits: Vec<FoundHit>| hits.into_iter().map(|hit| hit_of(node, hit)).collect();
    SearchAnswer {
        query: results.params.q,
        total: results.total,
        with_all_words: results.with_all,
        page: results.page,
        per_page: results.params.per_page,
        // To a tenth of a millisecond: more digits would only be noise.
        took_ms: (results.took.as_secs_f64() * 10_000.0).round() / 10.0,
        hits: listed(results.hits),
        related: listed(results.related),
        facets: facets.collect(),
        also_searched: [results.also, results.also_meant].concat(),
        suggestion: results.corrected,
        did_you_mean: results.offered,
        unknown_words: results.unknown,
        notes,
    }
}

fn hit_of(node: &Node, hit: FoundHit) -> SearchHit {
    let card = hit.card;
    let alike_url = hit.alike.as_ref().map(|alike| {
        urls::absolute(
            node,
            &urls::with_query(urls::API_SEARCH, &alike.params.to_query_string()),
        )
    });
    SearchHit {
        node: card.owner.node.to_string(),
        id: card.id.to_string(),
        rev: card.rev,
        title: one_line(&card.title),
        summary: one_line(card.summary.as_deref().unwrap_or_default()),
        organisation: (&card.owner).into(),
        url: urls::absolute(node, &urls::card(&card)),
        kind: card.kind,
        snippet: hit
            .marked
            .map_or_else(String::new, |marked| one_line(&marked.snippet_html)),
        score: hit.score,
        all_words: hit.has_all,
        alike: hit.alike.map_or(0, |alike| alike.others),
        alike_url,
        published: card.published.map(|at| at.to_string()),
        updated: card.updated.map(|at| at.to_string()),
        reviewed: hit.shown.reviewed.map(|day| day.to_string()),
        result: hit.shown.values(FacetGroup::Result).first().cloned(),
        tried: card.tried,
        adoption: hit.shown.adoption.map(Term::as_str),
        provenance: hit.provenance.into(),
    }
}

/// Completions.
#[derive(Serialize, ToSchema)]
struct SuggestAnswer {
    /// Topics, organisations and products, then titles.
    suggestions: Vec<SuggestionObject>,
}

/// One completion.
#[derive(Serialize, ToSchema)]
struct SuggestionObject {
    /// Its text.
    text: String,
    /// `topic`, `organisation`, `product` or `document`.
    kind: &'static str,
    /// How many results it leads to; absent of a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    /// How it went, of a document that has a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    /// Where it leads: what is known about a topic or a product, a search, or the document's page.
    url: String,
}

/// What is being typed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what the handler reads")]
struct SuggestQuery {
    /// What was typed so far.
    q: Option<String>,
}

/// Complete a search
///
/// Suggests topics, organisations, products and titles of documents, never the searches of other people.
#[utoipa::path(
    get,
    path = "/api/v1/suggest",
    params(SuggestQuery),
    responses(
        (status = 200, description = "Up to eight completions", body = SuggestAnswer),
        (status = 503, description = "Search is being repaired; try again after `Retry-After` seconds",
            body = ProblemObject, content_type = "application/problem+json")
    )
)]
pub async fn suggest(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Problem> {
    let query = query.unwrap_or_default();
    let typed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "q");
    let typed = typed
        .map(|(_, typed)| typed.into_owned())
        .unwrap_or_default();
    let found = searching::suggest(&node, viewer, &typed, SUGGESTIONS).await?;
    let suggestions = found.into_iter().map(|suggestion| SuggestionObject {
        text: one_line(&suggestion.text),
        kind: suggestion.kind.as_str(),
        count: suggestion.count,
        result: suggestion.result,
        url: urls::absolute(&node, &suggestion.path),
    });
    Ok(Json(SuggestAnswer {
        suggestions: suggestions.collect(),
    }))
}
