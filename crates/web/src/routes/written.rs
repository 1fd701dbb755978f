//! The routes on which people write and review.

use node::urls;
use writing::{
    api, attachments, care, draft, from_file, review, section, still_true, versions, withdraw,
    write,
};

use crate::server::cost::Cost;

use super::{
    Access, Audience, Route, Verb,
    table::{get, post},
};

/// Bytes of a form with a text: a draft of the largest size, with every third byte escaped.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// Returns the routes on which people write and review. What was typed is not lost with the session.
pub(super) fn routes() -> Vec<Route> {
    use Access::{Editor, Reader};
    use Audience::Page;
    let mut routes = vec![
        get(Page, urls::WRITE, write::choose).access(Reader),
        post(Page, urls::WRITE, write::begin)
            .access(Reader)
            .keeps_words(),
        get(Page, urls::DRAFT, draft::show).access(Reader),
        post(Page, urls::DRAFT, draft::take_back)
            .access(Reader)
            .keeps_words(),
        get(Page, urls::DRAFT_SECTION, section::show).access(Reader),
        post(Page, urls::DRAFT_SECTION, section::save)
            .access(Reader)
            .keeps_words(),
        get(Page, urls::REVIEW, review::queue).access(Editor),
        get(Page, urls::REVIEW_DRAFT, review::read).access(Editor),
        post(Page, urls::REVIEW_DRAFT, review::decide)
            .access(Editor)
            .keeps_words(),
    ];
    routes.extend(for_programs());
    routes.extend(after_publishing());
    let texts = routes.into_iter();
    texts
        .map(|route| route.body_bytes(MAX_TEXT_BYTES))
        .chain(with_files())
        .collect()
}

/// Returns the routes of what is published already. Who may look after one document depends on the document.
fn after_publishing() -> Vec<Route> {
    use Access::{Contributor, Editor, Reader};
    use Audience::Page;
    vec![
        get(Page, urls::VERSIONS, versions::show).cost(Cost::Expensive),
        get(Page, urls::STILL_TRUE, still_true::show),
        post(Page, urls::STILL_TRUE, still_true::confirm),
        get(Page, urls::CARE, care::list::list).access(Editor),
        post(Page, urls::CARE, care::list::hand_over)
            .access(Editor)
            .keeps_words(),
        get(Page, urls::CARE_OF, care::one::show).access(Contributor),
        post(Page, urls::CARE_OF, care::one::act)
            .access(Contributor)
            .keeps_words(),
        get(Page, urls::WITHDRAW, withdraw::show).access(Contributor),
        post(Page, urls::WITHDRAW, withdraw::submit)
            .access(Contributor)
            .keeps_words(),
        get(Page, urls::WITHDRAWN, withdraw::receipt).access(Reader),
    ]
}

/// Returns the routes that take and give files. A form with a file is read by its parts, within the bound of the route.
fn with_files() -> impl Iterator<Item = Route> {
    use Access::Reader;
    use Audience::Page;
    let routes = [
        get(Page, urls::WRITE_FROM_FILE, from_file::choose),
        post(Page, urls::WRITE_FROM_FILE, from_file::convert).takes_file(),
        get(Page, urls::DRAFT_ATTACHMENTS, attachments::show),
        post(Page, urls::DRAFT_ATTACHMENTS, attachments::add).takes_file(),
        post(Page, urls::DRAFT_ATTACHMENT, attachments::change).keeps_words(),
        get(Page, urls::DRAFT_ATTACHMENT_FILE, attachments::file),
    ];
    routes.into_iter().map(|route| route.access(Reader))
}

/// Returns the routes of the API for drafts. A token is for these.
fn for_programs() -> Vec<Route> {
    use Access::Reader;
    use Audience::Api;
    use Verb::{Delete, Put};
    let routes = [
        get(Api, urls::API_DRAFTS, api::list),
        post(Api, urls::API_DRAFTS, api::create),
        post(Api, urls::API_MARKDOWN, api::markdown_of_rich_text),
        get(Api, urls::API_DRAFT, api::read),
        Route::new(Api, Put, urls::API_DRAFT, api::replace),
        Route::new(Api, Delete, urls::API_DRAFT, api::delete),
        Route::new(Api, Put, urls::API_DRAFT_SECTION, api::save),
        post(Api, urls::API_DRAFT_SECTION, api::submit),
    ];
    let routes = routes.into_iter();
    routes
        .map(|route| route.access(Reader).takes_token())
        .collect()
}
