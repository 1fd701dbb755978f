//! The one table of routes: method, path, audience, access, cost, and the layers between a request and its handler.
//!
//! Nothing is served that is not in the table. [`router`], the guard, the gates and the page cache read the
//! table and know no path themselves; paths are written in the crate `urls` only. The lines are in `routes/table.rs`.

mod table;
mod written;

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath},
    handler::Handler,
    middleware,
    response::Response,
    routing::{self, MethodFilter, MethodRouter},
};
use http::{Extensions, HeaderMap, Method, StatusCode, Version};
use node::Node;
use serde::Serialize;
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate},
    },
};

use crate::{
    access::{self, Rule},
    page_cache, policy, reads,
    server::{
        body::{self, Bound},
        cost::Cost,
        gate::{self, Gate, Gated},
        guard,
    },
    sessions, writer,
};
use pages::{answer::is_personal, errors, first_run, problem::Problem};

pub use self::table::table;
pub use crate::access::{Access, Audience};

/// Quick rather than small, since a page of results is sent once. The feed compresses for itself.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(1);

/// Returns the layer that compresses. An answer for its requester only may carry a secret next to words that someone
/// else has chosen, and the length of the compressed answer would give the secret away (BREACH), so it is left as it is.
fn compression() -> CompressionLayer<impl Predicate> {
    let carries_no_secret =
        |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| !is_personal(headers);
    CompressionLayer::new()
        .quality(COMPRESSION)
        .compress_when(DefaultPredicate::new().and(carries_no_secret))
}

/// The methods of the table. The name that is printed and the filter of the router come from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    /// Reads; serves `HEAD` too.
    Get,
    /// Writes.
    Post,
    /// Replaces.
    Put,
    /// Deletes.
    Delete,
}

impl Verb {
    const fn name(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Delete => Method::DELETE,
        }
    }

    /// Returns the methods that it answers, in words.
    const fn words(self) -> &'static str {
        match self {
            Self::Get => "GET and HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

/// One line of the table.
#[derive(Serialize)]
pub struct Route {
    /// The method; `GET` serves `HEAD` too.
    #[serde(rename = "method", serialize_with = "method_name")]
    verb: Verb,
    /// The path, with `{names}`.
    pub path: &'static str,
    /// The kind of client that uses it.
    pub audience: Audience,
    /// Who may use it.
    pub access: Access,
    /// Whether it answers before the node has an identity; else the first-run page does.
    pub before_init: bool,
    /// Whether its answers to the public are kept in the page cache.
    pub cached: bool,
    /// What an answer costs, which decides how many requests are served at a time.
    pub cost: Cost,
    /// Whether programs may use it with an access token.
    pub takes_token: bool,
    /// Whether a person writes in its form, so that no word of it is lost with the session.
    #[serde(skip)]
    keeps_words: bool,
    /// Bytes that a client may send to it.
    #[serde(skip)]
    body_bytes: usize,
    takes_file: bool,
    /// The content type of the answer to `HEAD`, where that is answered without making the content.
    #[serde(skip)]
    head: Option<&'static str>,
    #[serde(skip)]
    handler: MethodRouter<Arc<Node>>,
}

fn method_name<S: serde::Serializer>(verb: &Verb, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(verb.name().as_str())
}

impl Route {
    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.verb.name()
    }

    fn new<H, T>(audience: Audience, verb: Verb, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Arc<Node>>,
        T: 'static,
    {
        Self {
            verb,
            path,
            audience,
            access: Access::Anyone,
            // Handlers that answer in JSON report by themselves that there is no identity yet.
            before_init: audience != Audience::Page,
            cached: false,
            // What is free is the exception, so that no one forgets the cost of a page.
            cost: match audience {
                Audience::Page | Audience::Api => Cost::Ordinary,
                Audience::Feed | Audience::Health => Cost::Free,
            },
            takes_token: false,
            keeps_words: false,
            body_bytes: body::MAX_FORM_BYTES,
            takes_file: false,
            head: None,
            handler: routing::on(verb.filter(), handler),
        }
    }

    fn before_init(self) -> Self {
        Self {
            before_init: true,
            ..self
        }
    }

    fn cached(self) -> Self {
        Self {
            cached: true,
            ..self
        }
    }

    fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// Lets programs use it with a personal access token of someone who may use it.
    #[must_use]
    pub fn takes_token(self) -> Self {
        Self {
            takes_token: true,
            ..self
        }
    }

    /// Keeps what was typed for those who are not signed in any more, too.
    fn keeps_words(self) -> Self {
        Self {
            keeps_words: true,
            ..self
        }
    }

    /// Lets those who may use it send more than a form of some fields.
    #[must_use]
    pub fn body_bytes(self, body_bytes: usize) -> Self {
        Self { body_bytes, ..self }
    }

    /// Takes a form with a file. Its extractor has no bound of its own then.
    fn takes_file(self) -> Self {
        Self {
            handler: self.handler.layer(DefaultBodyLimit::disable()),
            body_bytes: body::MAX_UPLOAD_BYTES,
            takes_file: true,
            ..self
        }
    }

    fn cost(self, cost: Cost) -> Self {
        Self { cost, ..self }
    }

    /// Answers `HEAD` with this content type, without making the content.
    fn head(self, media_type: &'static str) -> Self {
        Self {
            head: Some(media_type),
            ..self
        }
    }
}

/// Returns the table as a router.
pub fn router(node: Arc<Node>) -> Router {
    router_of(table(), node)
}

fn router_of(table: Vec<Route>, node: Arc<Node>) -> Router {
    let gate = Arc::new(Gate::for_machine(
        &node.settings.server.trusted_proxies,
        node.settings.limits.request_timeout,
    ));
    let methods = Arc::new(methods(&table));
    let mut routers = Audience::ALL.map(|audience| (audience, Router::new()));
    for route in table {
        let of_audience = routers
            .iter_mut()
            .find(|(audience, _)| *audience == route.audience);
        if let Some((_, router)) = of_audience {
            *router = std::mem::take(router).route(route.path, layered(route, &node, &gate));
        }
    }
    let mut all = Router::new().merge(guarded(
        Audience::Page,
        gated(Router::new().fallback(errors::not_found), &node),
        &node,
    ));
    for (audience, router) in routers {
        let methods = Arc::clone(&methods);
        let router = router.method_not_allowed_fallback(move |path: MatchedPath| {
            let answer = wrong_method(audience, methods.get(path.as_str()).map(String::as_str));
            async { answer }
        });
        all = all.merge(guarded(audience, router, &node));
    }
    let headers = middleware::map_response_with_state(Arc::clone(&node), policy::headers);
    all.layer(headers).with_state(node)
}

/// Wraps a route's handler in the layers that the route needs, the innermost first.
fn layered(route: Route, node: &Arc<Node>, gate: &Arc<Gate>) -> MethodRouter<Arc<Node>> {
    let gated = Gated {
        gate: Arc::clone(gate),
        audience: route.audience,
        cost: route.cost,
        head: route.head,
    };
    let route_body = RouteBody {
        access: route.access,
        keeps_words: route.keeps_words,
        bound: Bound {
            audience: route.audience,
            bytes: route.body_bytes,
            takes_file: route.takes_file,
        },
    };
    let gate = middleware::from_fn_with_state(gated, gate::admit);
    let rule = Rule {
        access: route.access,
        audience: route.audience,
        takes_token: route.takes_token,
        node: Arc::clone(node),
    };
    let enforce = middleware::from_fn_with_state(rule, access::enforce);
    let mut handler = route.handler.layer(gate);
    // After the check of the role, so that a stranger can send nothing large; but before it where words would be lost.
    if route.keeps_words {
        handler = reading(handler.layer(enforce), &route_body, node);
    } else if route.verb != Verb::Get && route.cost != Cost::Free {
        handler = reading(handler, &route_body, node).layer(enforce);
    } else {
        handler = handler.layer(enforce);
    }
    if !route.before_init {
        let gate = middleware::from_fn_with_state(Arc::clone(node), first_run::gate);
        handler = handler.layer(gate);
    }
    if route.audience != Audience::Feed {
        handler = handler.layer(compression());
    }
    if route.cached {
        let cache = middleware::from_fn_with_state(Arc::clone(node), page_cache::serve);
        handler = handler.layer(cache);
        // A page from the cache is read as well.
        let count = middleware::from_fn_with_state(Arc::clone(node), reads::count);
        handler = handler.layer(count);
    }
    handler
}

struct RouteBody {
    access: Access,
    keeps_words: bool,
    bound: Bound,
}

/// Reads the body of a request, and of a form whose page it was.
fn reading(
    handler: MethodRouter<Arc<Node>>,
    body: &RouteBody,
    node: &Arc<Node>,
) -> MethodRouter<Arc<Node>> {
    let rule = writer::Rule {
        access: body.access,
        keeps_words: body.keeps_words,
        body_bytes: body.bound.bytes,
        node: Arc::clone(node),
    };
    let handler = match body.bound.audience {
        Audience::Page => handler.layer(middleware::from_fn_with_state(rule, writer::check)),
        Audience::Api | Audience::Feed | Audience::Health => handler,
    };
    handler.layer(middleware::from_fn_with_state(body.bound, body::read))
}

/// While there is no identity, the first-run page also answers unknown addresses.
fn gated(router: Router<Arc<Node>>, node: &Arc<Node>) -> Router<Arc<Node>> {
    router
        .layer(middleware::from_fn_with_state(
            Arc::clone(node),
            first_run::gate,
        ))
        .layer(compression())
}

fn guarded(audience: Audience, router: Router<Arc<Node>>, node: &Arc<Node>) -> Router<Arc<Node>> {
    let state = (audience, Arc::clone(node));
    let identify = middleware::from_fn_with_state(state.clone(), access::identify);
    // Peers and supervisors have no cookies, so they have no session and another site cannot act for them.
    let router = match audience {
        Audience::Page | Audience::Api => router
            .layer(access::same_site_only(audience))
            .layer(identify)
            .layer(middleware::from_fn_with_state(
                Arc::clone(node),
                sessions::manage,
            )),
        Audience::Feed | Audience::Health => router.layer(identify),
    };
    // The guard is outside: its limits of time, its span and its answer to a panic hold for the identification too.
    router.layer(middleware::from_fn_with_state(state, guard::guard))
}

/// Returns the methods of each path, in words.
fn methods(table: &[Route]) -> BTreeMap<&'static str, String> {
    let mut methods: BTreeMap<_, String> = BTreeMap::new();
    for route in table {
        let words = methods.entry(route.path).or_default();
        if !words.is_empty() {
            words.push_str(", and ");
        }
        words.push_str(route.verb.words());
    }
    methods
}

/// Answers a method that an address does not have.
fn wrong_method(audience: Audience, methods: Option<&str>) -> Response {
    let text = match methods {
        Some(methods) => format!("this address takes {methods} only"),
        None => "this address does not take this method".to_owned(),
    };
    audience.answer(Problem::new(StatusCode::METHOD_NOT_ALLOWED, text))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, time::Duration};

    use axum::{body::Body, extract::Request};
    use node::{audit::By, clock::Clock, urls};
    use people::accounts::{self, Person};
    use settings::Settings;
    use tower::ServiceExt as _;
    use wire::{AccountId, Digest, Role, Timestamp, Viewer};

    use super::*;
    use pages::requester::{Account, Requester};

    /// A node without an identity, in a directory that lives as long as the test.
    async fn node() -> (tempfile::TempDir, Arc<Node>) {
        let data = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: data.path().to_owned(),
            ..Settings::default()
        };
        let node = Node::open(settings, Clock::system()).await.unwrap();
        (data, node)
    }

    async fn hello(requester: Requester) -> String {
        format!("for {:?}", requester.viewer)
    }

    fn request(path: &str, viewer: Viewer) -> Request {
        Request::get(path)
            .header("host", "localhost")
            .extension(Requester::for_viewer(viewer))
            .body(Body::empty())
            .unwrap()
    }

    fn person(role: Role) -> Requester {
        Requester::for_account(Account {
            waiting: None,
            id: AccountId::generate(Timestamp::from_secs(1_790_000_000), [7; 10]),
            name: "Ada Okafor".to_owned(),
            role,
        })
    }

    /// Everyone who may make a request: the public, a peer, and a person of each role.
    fn everyone() -> Vec<Requester> {
        let mut all = vec![
            Requester::for_viewer(Viewer::Public),
            Requester::for_viewer(Viewer::Peer),
        ];
        all.extend(Role::ALL.map(person));
        all
    }

    #[tokio::test]
    async fn every_access_admits_its_role_and_those_above_and_no_one_else() {
        let (_data, node) = node().await;
        for audience in Audience::ALL {
            for access in Access::ALL {
                for (verb, requester) in [Verb::Get, Verb::Post]
                    .into_iter()
                    .flat_map(|verb| everyone().into_iter().map(move |one| (verb, one)))
                {
                    let route = Route {
                        access,
                        ..Route::new(audience, verb, "/x", hello).before_init()
                    };
                    let router = router_of(vec![route], Arc::clone(&node));
                    // Whose page it was sent from, as every form says.
                    let account = requester.account.as_ref();
                    let path = account
                        .map_or_else(|| "/x".to_owned(), |one| format!("/x?writer={}", one.id));
                    let mut request = request(&path, Viewer::Public);
                    *request.method_mut() = verb.name();
                    request.extensions_mut().insert(requester.clone());
                    let response = router.oneshot(request).await.unwrap();
                    let is_led_to_sign_in = audience == Audience::Page && verb == Verb::Get;
                    let expected = match (access.role(), requester.role()) {
                        (None, _) => 200,
                        (Some(_), None) if is_led_to_sign_in => 303,
                        (Some(_), None) => 401,
                        (Some(needed), Some(role)) if role < needed => 403,
                        (Some(_), Some(_)) => 200,
                    };
                    let case = format!("{audience:?} {access:?} {verb:?} {requester:?}");
                    assert_eq!(response.status(), expected, "{case}");
                    let header = |name: &str| {
                        let value = response.headers().get(name);
                        value.map_or("", |value| value.to_str().unwrap())
                    };
                    let is_problem = header("content-type") == "application/problem+json";
                    let refused_program = expected >= 400 && audience != Audience::Page;
                    assert_eq!(is_problem, refused_program, "{case}");
                    // RFC 9110 §15.5.2: a 401 says how to sign in.
                    assert_eq!(
                        !header("www-authenticate").is_empty(),
                        expected == 401,
                        "{case}"
                    );
                    if expected == 303 {
                        assert_eq!(header("location"), "/sign-in?next=%2Fx", "{case}");
                    }
                    let has_cookies = matches!(audience, Audience::Page | Audience::Api);
                    assert_eq!(header("vary").contains("cookie"), has_cookies, "{case}");
                }
            }
        }
        node.close().await;
    }

    #[tokio::test]
    async fn an_access_token_counts_on_routes_that_take_one_and_nowhere_else() {
        let (_data, node) = node().await;
        let person = Person {
            email: "ada@northmoor.example",
            name: "Ada Okafor",
        };
        let account = accounts::add(&node, &By::Node, &person, Role::Contributor).await;
        let id = account.unwrap().id;
        let [token, revoked] = [
            accounts::make_token(&node, id, "a tool", 1).await.unwrap(),
            accounts::make_token(&node, id, "an old tool", 1)
                .await
                .unwrap(),
        ];
        let digest = Digest::for_bytes(revoked.expose().as_bytes());
        accounts::revoke_token(&node, id, &digest).await.unwrap();
        let ask = async |access, takes, authorization: String| {
            let route = Route {
                access,
                takes_token: takes,
                ..Route::new(Audience::Api, Verb::Get, "/x", hello)
            };
            let mut request = Request::get("/x").header("host", "localhost");
            request = request.header("authorization", authorization);
            let router = router_of(vec![route], Arc::clone(&node));
            let answered = router.oneshot(request.body(Body::empty()).unwrap()).await;
            answered.unwrap().status().as_u16()
        };
        let token = token.expose();
        for (access, takes, authorization, expected) in [
            (Access::Contributor, true, format!("Bearer {token}"), 200),
            (Access::Contributor, true, format!("bearer  {token}"), 200),
            (Access::Editor, true, format!("Bearer {token}"), 403),
            (Access::Contributor, false, format!("Bearer {token}"), 401),
            (Access::Contributor, true, format!("Basic {token}"), 401),
            (Access::Contributor, true, format!("Bearer {token}x"), 401),
            (
                Access::Contributor,
                true,
                format!("Bearer {}", revoked.expose()),
                401,
            ),
            (Access::Contributor, true, "Bearer".to_owned(), 401),
            (Access::Anyone, true, "Bearer x".to_owned(), 200),
        ] {
            let status = ask(access, takes, authorization.clone()).await;
            assert_eq!(status, expected, "{access:?} {takes} {authorization}");
        }
        node.clock.advance(Duration::from_secs(86_401));
        assert_eq!(
            ask(Access::Reader, true, format!("Bearer {token}")).await,
            401
        );
        node.close().await;
    }

    #[tokio::test]
    async fn what_another_site_sends_is_refused_in_the_form_of_the_audience() {
        let (_data, node) = node().await;
        for (audience, name, value, expected) in [
            (Audience::Page, "sec-fetch-site", "cross-site", 403),
            (Audience::Page, "sec-fetch-site", "same-site", 403),
            (Audience::Page, "sec-fetch-site", "same-origin", 200),
            (Audience::Page, "sec-fetch-site", "none", 200),
            (Audience::Page, "origin", "http://evil.example", 403),
            (Audience::Page, "origin", "null", 403),
            (Audience::Page, "origin", "http://localhost", 200),
            (
                Audience::Page,
                "origin",
                "http://localhost.evil.example",
                403,
            ),
            (Audience::Page, "x-other", "", 200),
            (Audience::Api, "sec-fetch-site", "cross-site", 403),
            (Audience::Api, "origin", "http://evil.example", 403),
            (Audience::Api, "origin", "http://localhost", 200),
            // Peers send it from anywhere, and have no cookies.
            (Audience::Feed, "sec-fetch-site", "cross-site", 200),
            (Audience::Feed, "origin", "http://evil.example", 200),
        ] {
            let route = Route::new(audience, Verb::Post, "/x", hello).before_init();
            let router = router_of(vec![route], Arc::clone(&node));
            let mut request = request("/x", Viewer::Staff);
            *request.method_mut() = Method::POST;
            request.headers_mut().insert(name, value.parse().unwrap());
            let response = router.oneshot(request).await.unwrap();
            let case = format!("{audience:?} {name}: {value}");
            assert_eq!(response.status(), expected, "{case}");
            if expected == 403 {
                let media_type = response.headers()["content-type"].to_str().unwrap();
                let is_page = media_type.starts_with("text/html");
                assert_eq!(is_page, audience == Audience::Page, "{case}");
            }
        }
        node.close().await;
    }

    #[tokio::test]
    async fn an_answer_for_one_viewer_is_never_served_to_another() {
        let (_data, node) = node().await;
        let route = Route::new(Audience::Page, Verb::Get, "/x", hello)
            .before_init()
            .cached();
        let router = router_of(vec![route], Arc::clone(&node));
        let order = [
            Viewer::Staff,
            Viewer::Public,
            Viewer::Peer,
            Viewer::Public,
            Viewer::Staff,
        ];
        for viewer in order {
            let response = router.clone().oneshot(request("/x", viewer)).await.unwrap();
            let caching = response.headers().get("cache-control").cloned();
            let is_private = caching.is_some_and(|value| value == "private, no-store");
            assert_eq!(is_private, viewer != Viewer::Public, "{viewer:?}");
            let bytes = axum::body::to_bytes(response.into_body(), 1_000)
                .await
                .unwrap();
            assert_eq!(bytes, format!("for {viewer:?}").as_bytes());
        }
        node.close().await;
    }

    #[tokio::test]
    async fn only_an_answer_for_everyone_is_compressed() {
        async fn long(_: Requester) -> String {
            "the same words again and again ".repeat(50)
        }
        let (_data, node) = node().await;
        for viewer in Viewer::ALL {
            let route = Route::new(Audience::Page, Verb::Get, "/x", long).before_init();
            let router = router_of(vec![route], Arc::clone(&node));
            let mut request = request("/x", viewer);
            request
                .headers_mut()
                .insert("accept-encoding", "gzip".parse().unwrap());
            let response = router.oneshot(request).await.unwrap();
            let is_compressed = response.headers().contains_key("content-encoding");
            assert_eq!(is_compressed, viewer == Viewer::Public, "{viewer:?}");
        }
        node.close().await;
    }

    #[tokio::test]
    async fn a_wrong_method_is_answered_in_the_form_of_the_audience_with_the_methods_of_the_route()
    {
        let (_data, node) = node().await;
        for (audience, verb, method, text) in [
            (Audience::Page, Verb::Get, Method::POST, "not send anything"),
            (
                Audience::Page,
                Verb::Get,
                Method::DELETE,
                "not send anything",
            ),
            (
                Audience::Api,
                Verb::Get,
                Method::POST,
                "takes GET and HEAD only",
            ),
            (Audience::Feed, Verb::Post, Method::GET, "takes POST only"),
        ] {
            let route = Route::new(audience, verb, "/x", hello).before_init();
            let router = router_of(vec![route], Arc::clone(&node));
            let mut request = request("/x", Viewer::Public);
            *request.method_mut() = method;
            let response = router.oneshot(request).await.unwrap();
            assert_eq!(response.status(), 405, "{audience:?}");
            let media_type = response.headers()["content-type"].to_str().unwrap();
            assert_eq!(
                media_type.starts_with("text/html"),
                audience == Audience::Page
            );
            let bytes = axum::body::to_bytes(response.into_body(), 100_000).await;
            let body = String::from_utf8(bytes.unwrap().to_vec()).unwrap();
            assert!(body.contains(text), "{audience:?}: {body}");
        }
        node.close().await;
    }

    #[tokio::test]
    async fn before_init_only_routes_that_say_so_answer() {
        let (_data, node) = node().await;
        let routes = || {
            vec![
                Route::new(Audience::Page, Verb::Get, "/closed", hello),
                Route::new(Audience::Page, Verb::Get, "/open", hello).before_init(),
            ]
        };
        for (path, status) in [("/closed", 503), ("/open", 200), ("/nowhere", 503)] {
            let router = router_of(routes(), Arc::clone(&node));
            let answer = router.oneshot(request(path, Viewer::Public)).await.unwrap();
            assert_eq!(answer.status(), status, "{path}");
        }
        node.close().await;
    }

    #[test]
    fn every_route_that_searches_or_makes_a_page_has_a_cost() {
        let free: BTreeSet<_> = table()
            .iter()
            .filter(|route| matches!(route.audience, Audience::Page | Audience::Api))
            .filter(|route| route.cost == Cost::Free)
            .map(|route| route.path)
            .collect();
        // What these answer is made without the index and is small.
        assert_eq!(
            free.into_iter().collect::<Vec<_>>(),
            [
                urls::SECURITY_TXT,
                urls::API_OTHER,
                urls::ASSET,
                urls::OPEN_SEARCH,
                urls::ROBOTS
            ]
        );
        for (path, cost) in [
            (urls::SEARCH, Cost::ByQuery),
            (urls::SEARCH_ATOM, Cost::ByQuery),
            (urls::SEARCH_JSON, Cost::ByQuery),
            (urls::API_SEARCH, Cost::ByQuery),
            (urls::SEARCH_CSV, Cost::Expensive),
            (urls::SITEMAP, Cost::Expensive),
            (urls::SITEMAP_PART, Cost::Expensive),
            (urls::OAI, Cost::Expensive),
            (urls::MCP, Cost::Expensive),
        ] {
            let table = table();
            let route = table.iter().find(|route| route.path == path).unwrap();
            assert_eq!(route.cost, cost, "{path}");
        }
    }

    #[test]
    fn no_path_is_in_the_table_twice_with_one_method() {
        let table = table();
        let lines: BTreeSet<_> = table
            .iter()
            .map(|route| (route.verb.words(), route.path))
            .collect();
        assert_eq!(lines.len(), table.len());
    }
}
