//! The lines of the table of routes, and nothing else.

use std::sync::Arc;

use axum::handler::Handler;
use node::{Node, urls};
use pages::{
    accounts::{audit, forgot, gaps, link, list, me, one, provider, sign_in, token},
    answer::{HTML, JSON},
    assets, browse, compare, display, document, federation, help, home, known, organisations,
    search, verify_quote,
};

use super::{Access, Audience, Route, Verb, written};
use crate::{
    api, assisting, attachments, audit as lines, evidence, feed, harvesting,
    server::{cost::Cost, health},
    syndication::{self, ATOM, CSV, JSON_FEED, XML},
};

/// Returns a route that reads.
pub(super) fn get<H, T>(audience: Audience, path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Node>>,
    T: 'static,
{
    Route::new(audience, Verb::Get, path, handler)
}

/// Returns a route that writes.
pub(super) fn post<H, T>(audience: Audience, path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Node>>,
    T: 'static,
{
    Route::new(audience, Verb::Post, path, handler)
}

/// Returns the table.
#[must_use]
pub fn table() -> Vec<Route> {
    use Audience::{Api, Feed, Health, Page};
    use Cost::{ByQuery, Free};
    let mut table = vec![
        // For the supervisor of the process.
        get(Health, urls::HEALTHZ, health::alive),
        get(Health, urls::READYZ, health::ready),
        // Pages for readers. Those of documents are in the page cache, and so are those that put documents together.
        get(Page, urls::HOME, home::home),
        get(Page, urls::SEARCH, search::search)
            .cost(ByQuery)
            .head(HTML),
        get(Page, urls::DOCUMENT_BY_ID, document::short).cached(),
        get(Page, urls::DOCUMENT, document::document).cached(),
        get(Page, urls::ATTACHMENT, attachments::attachment),
        get(Page, urls::BROWSE, browse::browse),
        get(Page, urls::ORGANISATIONS, organisations::organisations),
        get(Page, urls::ORGANISATION, organisations::organisation),
        get(Page, urls::FEDERATION, federation::federation),
        get(Page, urls::HELP, help::index),
        get(Page, urls::HELP_PAGE, help::page),
        get(Page, urls::DISPLAY, display::display),
        get(Page, urls::ASSET, assets::asset)
            .before_init()
            .cost(Free),
        // The API for programs, and its reference for people.
        get(Page, urls::API, api::reference),
        get(Api, urls::API_DESCRIPTION, api::description),
        get(Api, urls::API_SEARCH, api::search)
            .cost(ByQuery)
            .head(JSON),
        get(Api, urls::API_KNOWN, api::known),
        get(Api, urls::API_SUGGEST, api::suggest),
        get(Api, urls::API_DOCUMENT, api::document),
        get(Api, urls::API_PEERS, api::peers),
        get(Api, urls::API_STATUS, api::status),
        get(Api, urls::API_OTHER, api::unknown).cost(Free),
        // The feed for peers (docs/FEED.md). Any other path below it is a JSON 404, not a page.
        get(Feed, urls::WELL_KNOWN, feed::well_known),
        get(Feed, urls::FEED_NODE, feed::node_latest),
        get(Feed, urls::FEED_NODE_VERSION, feed::node_version),
        get(Feed, urls::FEED_LOG, feed::log),
        get(Feed, urls::FEED_BODY, feed::body),
        get(Feed, urls::FEED_SEEN, feed::seen),
        get(Feed, urls::FEED_MIRROR_NODE, feed::mirrored_node),
        get(Feed, urls::FEED_MIRROR_BODY, feed::mirrored_body),
        get(Feed, urls::FEED_MIRROR_LOG, feed::mirrored_log),
        post(Feed, urls::FEED_NUDGE, feed::nudge),
        get(Feed, urls::FEED, feed::unknown),
        get(Feed, urls::FEED_SLASH, feed::unknown),
        get(Feed, urls::FEED_OTHER, feed::unknown),
    ];
    table.extend(together());
    table.extend(syndicated());
    table.extend(harvested());
    table.extend(of_accounts());
    table.extend(written::routes());
    table
}

/// Returns the routes of pages that put documents together.
fn together() -> Vec<Route> {
    use Audience::Page;
    vec![
        get(Page, urls::TOPIC, known::topic).cached(),
        get(Page, urls::TOPIC_AND_PRODUCT, known::topic_and_product).cached(),
        get(Page, urls::PRODUCT, known::product).cached(),
        get(Page, urls::COMPARE, compare::compare),
    ]
}

/// Returns the routes of syndication: feeds, tables, and the map of the site.
fn syndicated() -> Vec<Route> {
    use Audience::Page;
    use Cost::{ByQuery, Expensive, Free};
    vec![
        get(Page, urls::FEED_ATOM, syndication::newest).head(ATOM),
        get(Page, urls::FEED_JSON, syndication::newest).head(JSON_FEED),
        get(Page, urls::ORGANISATION_ATOM, syndication::organisation),
        get(Page, urls::ORGANISATION_JSON, syndication::organisation),
        get(Page, urls::SEARCH_ATOM, syndication::search)
            .cost(ByQuery)
            .head(ATOM),
        get(Page, urls::SEARCH_JSON, syndication::search)
            .cost(ByQuery)
            .head(JSON_FEED),
        get(Page, urls::SEARCH_CSV, syndication::search_csv)
            .cost(Expensive)
            .head(CSV),
        get(Page, urls::SITEMAP, syndication::sitemap)
            .cost(Expensive)
            .head(XML),
        get(Page, urls::SITEMAP_PART, syndication::sitemap_part).cost(Expensive),
        get(Page, urls::OPEN_SEARCH, syndication::open_search).cost(Free),
        get(Page, urls::ROBOTS, syndication::robots).cost(Free),
        get(Page, urls::SECURITY_TXT, syndication::security_txt).cost(Free),
        get(Page, urls::LICENCES, syndication::licences),
    ]
}

/// Returns the routes for libraries and assistants, and for those who check quotes.
fn harvested() -> Vec<Route> {
    use Audience::Page;
    use Cost::Expensive;
    vec![
        get(Page, urls::OAI, harvesting::get)
            .cost(Expensive)
            .head(harvest::MEDIA_TYPE),
        post(Page, urls::OAI, harvesting::post).cost(Expensive),
        get(Page, urls::VERIFY_QUOTE, verify_quote::show),
        post(Page, urls::VERIFY_QUOTE, verify_quote::check),
        get(Page, urls::POLICY, evidence::policy),
        post(Audience::Api, urls::MCP, assisting::post).cost(Expensive),
    ]
}

/// Returns the routes of accounts: signing in, one's own page, and the pages of administrators.
fn of_accounts() -> Vec<Route> {
    use Access::{Administrator, Contributor, Editor, Reader};
    use Audience::Page;
    vec![
        get(Page, urls::SIGN_IN, sign_in::show),
        post(Page, urls::SIGN_IN, sign_in::submit),
        get(Page, urls::SIGN_IN_LINK, link::show),
        post(Page, urls::SIGN_IN_LINK, link::submit),
        get(Page, urls::SIGN_IN_FORGOT, forgot::show),
        post(Page, urls::SIGN_IN_FORGOT, forgot::submit),
        get(Page, urls::SIGN_IN_WITH, provider::go),
        get(Page, urls::SIGN_IN_BACK, provider::back),
        get(Page, urls::SIGN_OUT, sign_in::ask_to_sign_out),
        post(Page, urls::SIGN_OUT, sign_in::sign_out),
        get(Page, urls::ME, me::show).access(Reader),
        post(Page, urls::ME_PASSWORD, me::change_password).access(Reader),
        post(Page, urls::ME_SESSIONS, me::end_sessions).access(Reader),
        post(Page, urls::ME_TOKENS, token::submit).access(Reader),
        get(Page, urls::ACCOUNTS, list::show).access(Administrator),
        post(Page, urls::ACCOUNTS, list::add).access(Administrator),
        get(Page, urls::GAPS, gaps::show).access(Contributor),
        post(Page, urls::GAPS, gaps::remove).access(Editor),
        get(Page, urls::AUDIT, audit::show).access(Administrator),
        get(Page, urls::AUDIT_LINES, lines::lines)
            .access(Administrator)
            .cost(Cost::Expensive),
        get(Page, urls::ACCOUNT, one::show).access(Administrator),
        post(Page, urls::ACCOUNT, one::act).access(Administrator),
    ]
}
