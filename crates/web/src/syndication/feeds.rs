//! The addresses of feeds: everything, one organisation, one search.

use std::{convert::Infallible, sync::Arc};

use axum::{
    BoxError, Extension,
    body::Body,
    extract::{FromRequestParts, Path, RawQuery, State},
    http::request::Parts,
    response::{IntoResponse as _, Response},
};
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, header};
use search::Sort;
use store::Listed;
use wire::Viewer;

use crate::{
    server::gate::Pass,
    syndication::{
        atom, csv, json_feed,
        newest::{self, Page},
        place::Start,
        view::{self, Item, View, Withdrawn},
    },
};
use finding::search::{self as searching, PER_PAGE, SearchParams};
use node::{Node, NodeError, urls};
use pages::{
    answer::{REVALIDATE, answer},
    problem::Problem,
    requester::Requester,
    text::one_line,
};

/// Documents on a page of a feed, unless a search asks for another number.
pub(super) const ON_A_PAGE: u32 = 50;
/// What the feed of a search says that no page answers.
const NOTHING_YET: &str =
    "No page has all the words of this search yet. The first one that has them will be here.";
/// Withdrawals that a feed reports: a reader that looks once a day misses none.
const MAX_WITHDRAWN: u32 = 100;
/// Rows of a table: as many as a person looks through, and at most a few megabytes.
const MAX_ROWS: usize = 1_000;
/// Results of each search while a table is filled.
const ROWS_AT_A_TIME: u32 = 100;

/// The two forms of a feed.
#[derive(Clone, Copy)]
enum Form {
    Atom,
    Json,
}

impl Form {
    fn answer(self, request: &HeaderMap, view: &View) -> Response {
        match self {
            Self::Atom => answer(request, atom::MEDIA_TYPE, atom::write(view)),
            Self::Json => answer(request, json_feed::MEDIA_TYPE, json_feed::write(view)),
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Json => "json",
        }
    }
}

/// `GET /feed.atom` and `/feed.json`: the newest documents.
///
/// # Errors
/// Of the database.
pub async fn newest(
    State(node): State<Arc<Node>>,
    asked: FeedRequest,
) -> Result<Response, Problem> {
    let list = List {
        listed: Listed::All,
        title: format!("{}: the newest documents", node.current().site.name),
        path: urls::feed(asked.form.ending()),
        home: urls::HOME.to_owned(),
    };
    list_of(&node, &list, &asked).await
}

/// `GET /organisations/{handle}/feed.atom` and `….json`: an organisation's newest documents.
///
/// # Errors
/// 404 for an organisation that is not known here.
pub async fn organisation(
    State(node): State<Arc<Node>>,
    Path(handle): Path<String>,
    asked: FeedRequest,
) -> Result<Response, Problem> {
    let publishers = node.store.publishers().await?.list;
    let publisher = publishers
        .iter()
        .find(|publisher| publisher.handle == handle);
    let publisher =
        publisher.ok_or_else(|| Problem::not_found("no such organisation is known here"))?;
    let list = List {
        listed: Listed::OfNode(publisher.node_seq),
        title: format!(
            "{}: documents of {}",
            node.current().site.name,
            publisher.name
        ),
        path: urls::organisation_feed(&handle, asked.form.ending()),
        home: urls::organisation(&handle),
    };
    list_of(&node, &list, &asked).await
}

/// `GET /search.atom` and `/search.json`: what has all the words of a search, the newest first unless its address says
/// otherwise. A page with some of the words is no news of what is followed.
///
/// # Errors
/// 503 while search is being repaired.
pub async fn search(
    State(node): State<Arc<Node>>,
    asked: FeedRequest,
) -> Result<Response, Problem> {
    let node = node.as_ref();
    // A feed reader wants the newest first and a full page, unless its address says otherwise.
    let (mut params, _) = SearchParams::parse(asked.query.as_deref().unwrap_or_default());
    let given = params.clone();
    if params.sort == Sort::Relevance {
        params.sort = Sort::Newest;
    }
    if params.per_page == PER_PAGE {
        params.per_page = ON_A_PAGE;
    }
    let viewer = asked.viewer;
    let found = searching::unmarked_hits(node, viewer, &params).await?;
    // The addresses in the feed repeat the search as it was given, without those defaults.
    let of = |path: &str, params: &SearchParams| {
        urls::absolute(node, &urls::with_query(path, &params.to_query_string()))
    };
    let path = match asked.form {
        Form::Atom => urls::SEARCH_ATOM,
        Form::Json => urls::SEARCH_JSON,
    };
    let pages = found.with_all.div_ceil(u64::from(params.per_page.max(1)));
    let is_last = params.page >= found.pages || u64::from(params.page) >= pages;
    let next = (!is_last).then(|| given.with_page(params.page + 1));
    let view = View {
        title: format!(
            "{}: search for {}",
            node.current().site.name,
            one_line(&named(&params))
        ),
        about: (found.ranked && found.with_all == 0).then_some(NOTHING_YET),
        publisher: publisher(node),
        self_url: of(path, &given),
        first_url: of(path, &given.with_page(1)),
        next_url: next.map(|next| of(path, &next)),
        home_url: of(urls::SEARCH, &given.with_page(1)),
        items: found
            .hits
            .iter()
            .filter(|hit| hit.has_all)
            .map(|hit| Item::new(node, &hit.card, &hit.shown))
            .collect(),
        withdrawn: withdrawn(node, viewer, params.page == 1, Listed::All).await?,
    };
    Ok(asked.form.answer(&asked.headers, &view))
}

/// Returns the words of a search and what it is filtered by: a reader of feeds shows nothing else of it.
fn named(params: &SearchParams) -> String {
    let words = Some(params.q.clone()).filter(|words| !words.is_empty());
    let filters = params.filters.iter().flat_map(|(group, values)| {
        let label = |value: &String| group.value_label(value).unwrap_or(value.clone().into());
        values.iter().map(move |value| label(value).into_owned())
    });
    let parts: Vec<String> = words.into_iter().chain(filters).collect();
    match parts.is_empty() {
        true => "everything".to_owned(),
        false => parts.join(", "),
    }
}

/// `GET /search.csv`: a search as a table, from its first result, of at most 1,000 rows. It is sent while it is made, so
/// that it has no length and no `ETag`.
///
/// # Errors
/// 503 while search is being repaired.
pub async fn search_csv(
    State(node): State<Arc<Node>>,
    Requester { viewer, .. }: Requester,
    RawQuery(query): RawQuery,
    Extension(pass): Extension<Pass>,
) -> Result<Response, Problem> {
    let (params, _) = SearchParams::parse(query.as_deref().unwrap_or_default());
    let mut table = Table {
        node,
        viewer,
        search: SearchParams {
            page: 1,
            per_page: ROWS_AT_A_TIME,
            ..params
        },
        rows_left: MAX_ROWS,
    };
    // The first rows belong to this request, so that a failure has its status. Each further part queues again.
    let first = csv::head() + &table.next_rows().await?.unwrap_or_default();
    let rest = stream::try_unfold((table, pass), async |(mut table, pass)| {
        let rows = pass.work(table.next_rows()).await??;
        Ok::<_, BoxError>(rows.map(|rows| (rows, (table, pass))))
    });
    let body = Body::from_stream(stream::once(async { Ok(first) }).chain(rest));
    let headers = [
        (header::CONTENT_TYPE, csv::MEDIA_TYPE),
        (header::CACHE_CONTROL, REVALIDATE),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"wardround-search.csv\"",
        ),
    ];
    Ok((headers, body).into_response())
}

/// A table that is written from its first row to its last, a page of results at a time.
struct Table {
    node: Arc<Node>,
    viewer: Viewer,
    /// The search, at the page that comes next.
    search: SearchParams,
    rows_left: usize,
}

impl Table {
    /// Returns the next rows; `None` after the last.
    async fn next_rows(&mut self) -> Result<Option<String>, NodeError> {
        if self.rows_left == 0 {
            return Ok(None);
        }
        let found = searching::unmarked_hits(&self.node, self.viewer, &self.search).await?;
        let hits = found
            .hits
            .get(..self.rows_left)
            .unwrap_or(found.hits.as_slice());
        self.rows_left -= hits.len();
        if self.search.page >= found.pages {
            self.rows_left = 0;
        }
        self.search.page += 1;
        Ok(Some(csv::rows(&self.node, hits)))
    }
}

/// A request for a feed, of the form that its path ends with.
pub struct FeedRequest {
    viewer: Viewer,
    query: Option<String>,
    form: Form,
    headers: HeaderMap,
}

impl<S: Sync> FromRequestParts<S> for FeedRequest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Requester { viewer, .. } = Requester::from_request_parts(parts, state).await?;
        let is_atom = parts.uri.path().ends_with(Form::Atom.ending());
        Ok(Self {
            viewer,
            query: parts.uri.query().map(str::to_owned),
            form: if is_atom { Form::Atom } else { Form::Json },
            headers: parts.headers.clone(),
        })
    }
}

/// A list from the database.
struct List {
    listed: Listed,
    title: String,
    /// Path without its ending, `.atom` or `.json`.
    path: String,
    home: String,
}

async fn list_of(node: &Node, list: &List, asked: &FeedRequest) -> Result<Response, Problem> {
    let viewer = asked.viewer;
    let start = asked.query.as_deref().map_or(Start::InTurn(1), Start::read);
    let Page { items, next } = newest::page(node, viewer, list.listed, start).await?;
    let page = |start: Start| urls::absolute(node, &start.address(&list.path));
    let view = View {
        withdrawn: withdrawn(node, viewer, start == Start::InTurn(1), list.listed).await?,
        self_url: page(start),
        first_url: urls::absolute(node, &list.path),
        next_url: next.map(page),
        home_url: urls::absolute(node, &list.home),
        title: list.title.clone(),
        about: None,
        publisher: publisher(node),
        items,
    };
    Ok(asked.form.answer(&asked.headers, &view))
}

async fn withdrawn(
    node: &Node,
    viewer: Viewer,
    first_page: bool,
    listed: Listed,
) -> Result<Vec<Withdrawn>, Problem> {
    if !first_page {
        return Ok(Vec::new());
    }
    let mut documents = node.store.withdrawn(viewer, MAX_WITHDRAWN).await?;
    if let Listed::OfNode(node_seq) = listed {
        documents.retain(|document| document.node_seq == node_seq);
    }
    Ok(view::withdrawn(&documents))
}

fn publisher(node: &Node) -> String {
    let name = node.identity().map(|identity| identity.name.clone());
    one_line(&name.unwrap_or_else(|| node.current().site.name.clone()))
}
