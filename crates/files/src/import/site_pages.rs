//! The pages that every site of this program has: a link to one of them leads there from any text.

use node::urls;
use wire::DocumentId;

/// Pages, feeds and addresses for programs without a part of their own.
const PAGES: [&str; 22] = [
    urls::SEARCH,
    urls::BROWSE,
    urls::ORGANISATIONS,
    urls::FEDERATION,
    urls::HELP,
    urls::DISPLAY,
    urls::SIGN_IN,
    urls::SIGN_IN_FORGOT,
    urls::ME,
    urls::WRITE,
    urls::API,
    urls::API_DESCRIPTION,
    urls::API_SEARCH,
    urls::API_KNOWN,
    urls::API_SUGGEST,
    urls::API_PEERS,
    urls::API_STATUS,
    urls::API_DRAFTS,
    urls::API_MARKDOWN,
    urls::FEED_ATOM,
    urls::FEED_JSON,
    urls::DOCUMENTS,
];
/// The pages below [`urls::HELP`], and the template that one of them has.
const HELP_PAGES: [&str; 13] = [
    "about",
    "accessibility",
    "case-study-template.md",
    "commands",
    "files",
    "good-case-study",
    "licence",
    "operators",
    "privacy",
    "publishing",
    "search",
    "verified",
    "withdrawal",
];

/// Returns whether a destination is such a page. Below them is only what has a name that is known, or the id of a document:
/// the tree that a file came from may have folders of these names.
pub(super) fn is_site_page(url: &str) -> bool {
    let path = url.split(['#', '?']).next().unwrap_or_default();
    if path == urls::HOME {
        return true;
    }
    let path = path.strip_suffix('/').unwrap_or(path);
    let below = |page: &str| path.strip_prefix(page)?.strip_prefix('/');
    let is_id = |part: &str| {
        let stem = part.split('.').next().unwrap_or_default();
        DocumentId::parse(stem).is_some()
    };
    let names_document = [urls::DOCUMENTS, urls::API].into_iter().filter_map(below);
    PAGES.contains(&path)
        || below(urls::HELP).is_some_and(|name| HELP_PAGES.contains(&name))
        || below(urls::ORGANISATIONS).is_some_and(|handle| !handle.contains('/'))
        || names_document.flat_map(|rest| rest.split('/')).any(is_id)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_page_is_one_that_sites_serve() {
        const ID: &str = "01996c5e-8a00-7000-8000-00000000000a";
        for page in [
            "/",
            "/#top",
            "/search?q=beds",
            "/search/",
            "/help",
            "/help/publishing#files",
            "/api",
            "/api/v1/search?q=beds",
            "/organisations/zz1",
        ] {
            assert!(is_site_page(page), "{page}");
        }
        for page in [
            format!("/d/{ID}#part"),
            format!("/d/{ID}.md"),
            format!("/d/zz1/{ID}/beds"),
            format!("/api/v1/documents/zz1/{ID}"),
        ] {
            assert!(is_site_page(&page), "{page}");
        }
        for other in [
            "/help/set-up",
            "/help/publishing/files",
            "/api/reference",
            "/api/v1/reference",
            "/search/tips",
            "/browse/wards",
            "/write/style",
            "/d/beds",
            "/me/too",
            "/searching",
            "/contact",
            "help",
        ] {
            assert!(!is_site_page(other), "{other}");
        }
    }

    #[test]
    fn the_help_pages_are_those_of_the_program() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/help");
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| name.strip_suffix(".md").unwrap().to_owned())
            .collect();
        names.push("case-study-template.md".to_owned());
        names.sort();
        assert_eq!(names, HELP_PAGES);
    }
}
