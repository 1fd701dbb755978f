//! What people searched for and did not find, for those who write.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Redirect, Response},
};
use finding::search::SearchParams;
use node::{Node, audit::By, gaps::MIN_DAYS, urls};
use serde::Deserialize;
use store::Gap;
use wire::Role;

use super::{Fields, personal};
use crate::{
    PageError,
    frame::Frame,
    requester::{Requester, SignedIn},
    words,
};

/// Gaps on the page.
const MAX_SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "gaps.html")]
struct Gaps {
    frame: Frame,
    /// Whether such searches are counted at all.
    counts: bool,
    gaps: Vec<Shown>,
    /// Whether the reader may take one off the list.
    removes: bool,
    min_days: u32,
}

/// A gap, as the page shows it.
#[derive(Debug, Clone)]
struct Shown {
    words: String,
    href: String,
    days: String,
    last: String,
}

/// Which gap is to be taken off the list.
#[derive(Debug, Deserialize)]
pub struct Removed {
    words: String,
}

/// `GET /gaps`.
pub async fn show(
    State(node): State<Arc<Node>>,
    requester: Requester,
) -> Result<Response, PageError> {
    let gaps = node.store.gaps(MAX_SHOWN).await?;
    let frame = crate::frame_for(&node, &requester);
    let page = Gaps {
        frame: Frame {
            title: format!("What people did not find – {}", frame.site),
            hidden: true,
            ..frame
        },
        counts: node.settings.search.gaps,
        gaps: gaps.into_iter().map(shown).collect(),
        removes: requester
            .account
            .as_ref()
            .is_some_and(|account| account.role >= Role::Editor),
        min_days: MIN_DAYS,
    };
    Ok(personal(Html(page.render()?).into_response()))
}

/// `POST /gaps`: takes one off the list.
pub async fn remove(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Fields(removed): Fields<Removed>,
) -> Result<Response, PageError> {
    let by = By::Account(signed_in.0.id);
    node.store
        .remove_gap(&removed.words, &by, node.now())
        .await?;
    Ok(Redirect::to(urls::GAPS).into_response())
}

fn shown(gap: Gap) -> Shown {
    let params = SearchParams {
        q: gap.words.clone(),
        ..SearchParams::default()
    };
    Shown {
        href: urls::with_query(urls::SEARCH, &params.to_query_string()),
        words: gap.words,
        days: words::number(gap.days),
        last: words::date(gap.last_at.date()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> Gaps {
        Gaps {
            frame: of.frame(),
            counts: true,
            gaps: of.list(vec![Shown {
                words: of.text("dental waterlines"),
                href: "/search?q=dental+waterlines".to_owned(),
                days: "4".to_owned(),
                last: "12 September 2026".to_owned(),
            }]),
            removes: true,
            min_days: MIN_DAYS,
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
