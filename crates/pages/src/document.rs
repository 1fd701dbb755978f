//! A document's page: the answer first, then the facts, then the text and the contact.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
};
use citing::{
    citation::{self, Citation},
    signposting,
};
use domain::{Card, Content, FacetGroup, Kind};
use wire::{Date, Timestamp};

use crate::{
    PageError,
    answers::{self, Answer},
    attached::{self, Files},
    errors,
    forms::{self, Wanted},
    frame::Frame,
    front::Front,
    glance::Glance,
    language,
    link::{CountedLink, Link, LinkedSentence},
    measures::MeasureRow,
    origin::Origin,
    others::{Others, others, same_products},
    parts::{self, Part},
    promised::Promised,
    proof::Proof,
    related::{self, About, AdaptedFrom, RelatedGroup},
    requester::Requester,
    result_card::{escaped, overdue},
    search_links::filter_link,
    staff_only::{downloads, is_for_staff, licence, proof, staff_of},
    tasks,
    team::{Report, Team},
    versions::{self, Version},
    words,
};
use node::{
    Node,
    flows::reading::{self, Reading, Shown},
    urls,
};

/// The verdict links to the heading of this name.
const DIFFERENTLY: &str = "What we would do differently";
/// The heading that is in the brief too.
const ADVICE: &str = "Advice to the next trust";
/// Headings of the text in the rail.
const MAX_RAIL: usize = 24;

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    frame: Frame,
    json_ld: String,
    /// Whose staff may read it, if not everyone may.
    staff_of: Option<String>,
    crumbs: Vec<Link>,
    organisation: String,
    organisation_href: String,
    kind: String,
    date: String,
    title: String,
    summary: String,
    answers: Vec<Answer>,
    measures: Vec<MeasureRow>,
    lang: Option<String>,
    overdue: Option<String>,
    promised: Option<Promised>,
    replaced_by: Vec<Link>,
    origin: Origin,
    proof: Option<Proof>,
    left: bool,
    rail: Vec<Link>,
    glance: Glance,
    /// The text, cut at its headings.
    parts: Vec<Part>,
    /// Whether it prints as a brief of one page, unless the whole is asked for.
    has_brief: bool,
    /// Whether the text is shown as it was written, because its kind is not known here.
    unknown: bool,
    withheld: Option<String>,
    team: Option<Team>,
    report: Report,
    /// What others say of having tried the same.
    tried: Vec<RelatedGroup>,
    /// How many other organisations that are.
    tried_by: Option<Link>,
    /// Where staff say that their organisation tried it too.
    try_it: Option<String>,
    /// For a page that says that its organisation tried something too: what that is.
    about: Option<About>,
    related: Vec<RelatedGroup>,
    /// Others on the same topic.
    others: Option<Others>,
    /// Products that others have used too.
    products: Vec<CountedLink>,
    adapted_from: Vec<AdaptedFrom>,
    files: Option<Files>,
    history: Vec<Version>,
    history_elsewhere: Option<LinkedSentence>,
    citation: Citation,
    downloads: Vec<Link>,
    dates: Vec<String>,
    licence: String,
    /// Where a reader can change it, or make more of it.
    changes: Vec<Link>,
    /// The address on a printed page.
    address: String,
}

/// `GET /d/{handle}/{id}`.
pub async fn short(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Path((handle, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let wanted = Wanted {
        viewer: requester.viewer,
        handle: &handle,
        id: &id,
        slug: None,
    };
    show(&node, &requester, &wanted, &headers).await
}

/// `GET /d/{handle}/{id}/{slug}`.
pub async fn document(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Path((handle, id, slug)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let wanted = Wanted {
        viewer: requester.viewer,
        handle: &handle,
        id: &id,
        slug: Some(&slug),
    };
    show(&node, &requester, &wanted, &headers).await
}

async fn show(
    node: &Arc<Node>,
    requester: &Requester,
    wanted: &Wanted<'_>,
    headers: &HeaderMap,
) -> Result<Response, PageError> {
    // An ending such as `.md` asks for another form of the document.
    if let Some(answer) = forms::form(node, wanted, headers).await {
        return Ok(answer.into_response());
    }
    let Wanted {
        viewer,
        handle,
        id,
        slug,
    } = *wanted;
    match reading::document(node, viewer, handle, id, slug).await? {
        Reading::Found(shown) => {
            let others = others(node, &shown).await;
            let products = same_products(node, &shown).await;
            let frame = crate::frame_for(node, requester);
            let mut page = DocumentPage {
                others,
                products,
                ..DocumentPage::new(&shown, frame, node.now())
            };
            // Last, since the rail lists the sections that the page has.
            page.rail = rail(&page, &shown);
            let mut answer = crate::html_with_etag(&page, headers)?;
            if let Some(links) = signposting::links(&shown) {
                answer.headers_mut().insert(header::LINK, links);
            }
            Ok(answer)
        }
        // Never permanent: a title may change and change back, and a browser that had cached both redirects would
        // loop.
        Reading::Moved(path) => Ok(Redirect::temporary(&path).into_response()),
        Reading::Gone(tombstone) => Ok(errors::gone(node, &tombstone)),
        Reading::NotFound => Ok(errors::missing(node)),
    }
}

impl DocumentPage {
    fn is_right_to_left(&self) -> bool {
        self.lang.as_deref().is_some_and(language::is_right_to_left)
    }

    fn new(shown: &Shown, frame: Frame, now: Timestamp) -> Self {
        let (document, common) = (&shown.document, shown.body.common());
        let card = Card::new(&shown.body, markdown::plain_text);
        let path = shown.path();
        let front = Front::for_body(&shown.body, now.date());
        let team = Team::new(shown, &front.authors);
        Self {
            // The head: which document this is, and whose.
            json_ld: citation::json_ld(shown, &shown.origin_url),
            staff_of: staff_of(shown),
            crumbs: crumbs(&card),
            organisation: document.owner.organisation.clone(),
            organisation_href: urls::organisation(&document.owner.handle),
            kind: markdown::visible(&card.kind_label()).into_owned(),
            date: words::date(day(shown)),
            title: markdown::visible(&common.title).into_owned(),
            summary: markdown::visible(&common.summary).into_owned(),
            answers: answers_of(shown, team.as_ref()),
            measures: front.measures,
            lang: front.lang,
            // Warnings, and the evidence of its origin.
            overdue: overdue(common.review_by, now.date()),
            promised: front.promised,
            replaced_by: related::replaced_by(shown),
            origin: Origin::new(&shown.provenance, now),
            proof: proof(shown, &path, now),
            left: document.left,
            rail: Vec::new(),
            // The overview, the text and the people.
            glance: front.glance,
            parts: parts::parts(&body_html(shown), &brief_headings(shown)),
            has_brief: matches!(shown.body.document.content, Content::CaseStudy(_)),
            unknown: is_unknown(shown),
            withheld: shown.is_withheld().then(|| shown.origin_url.clone()),
            team,
            report: Report::for_document(shown),
            // Other documents, other versions, other forms.
            tried: related::tried(shown),
            tried_by: related::tried_by(shown),
            try_it: tasks::tried_too(shown),
            about: About::for_document(shown),
            related: related::related(shown),
            others: None,
            products: Vec::new(),
            adapted_from: related::adapted_from(shown),
            files: attached::files(shown),
            history: versions::history(document.id, &shown.revisions, &shown.drafts),
            history_elsewhere: versions::history_elsewhere(shown),
            citation: Citation::new(shown, &frame.site),
            downloads: downloads(shown, &path),
            dates: versions::with_first(front.dates, shown),
            licence: licence(shown),
            address: shown.origin_url.clone(),
            changes: tasks::changes(shown),
            frame: frame_of(frame, shown, &path),
        }
    }
}

/// Returns the answers of the overview. The verdict links to its part of the text.
fn answers_of(shown: &Shown, team: Option<&Team>) -> Vec<Answer> {
    let reach = team.and_then(|team| team.reach.as_ref());
    let who = Answer::who(shown.body.common().contact.as_ref(), reach);
    let differently = id_of_heading(shown, DIFFERENTLY);
    answers::answers(&shown.body.document.content, differently, who)
}

/// Returns the ids of the headings whose text is in the brief.
fn brief_headings(shown: &Shown) -> Vec<&str> {
    let ids = [DIFFERENTLY, ADVICE].map(|heading| id_of_heading(shown, heading));
    ids.into_iter().flatten().collect()
}

/// Returns the day that lists show: that of the last change, but no later than the day this site first had it.
fn day(shown: &Shown) -> Date {
    let held = shown.document.first_seen;
    let updated = shown.body.common().updated;
    updated.map_or(held, |at| at.min(held)).date()
}

/// Returns the id of the first heading with this text, in any case.
fn id_of_heading<'a>(shown: &'a Shown, text: &str) -> Option<&'a str> {
    let mut headings = shown.rendered.headings.iter();
    let found = headings.find(|heading| heading.text.eq_ignore_ascii_case(text));
    found.map(|heading| heading.id.as_str())
}

fn frame_of(frame: Frame, shown: &Shown, path: &str) -> Frame {
    let common = shown.body.common();
    let title = format!(
        "{} – {} – {}",
        common.title, shown.document.owner.organisation, frame.site
    );
    let frame = Frame {
        title: markdown::visible(&title).into_owned(),
        description: words::cut(&markdown::visible(&common.summary), 200),
        canonical: Some(shown.origin_url.clone()),
        hidden: matches!(shown.body.kind, Kind::Other(_)),
        ..frame
    }
    .with_alternate(
        "text/markdown",
        "Markdown",
        urls::Form::Markdown.address(path),
    );
    match is_for_staff(shown) {
        true => frame,
        false => frame.with_alternate("application/json", "JSON", urls::Form::Json.address(path)),
    }
}

/// Returns whether this version does not know the kind, or cannot read the fields of the kind (docs/FEED.md §5).
fn is_unknown(shown: &Shown) -> bool {
    matches!(shown.body.document.content, Content::Other { .. })
}

fn body_html(shown: &Shown) -> String {
    if is_unknown(shown) && !shown.is_withheld() {
        let text = escaped(&shown.body.common().body_md);
        return format!("<p class=\"app-wrap\">{text}</p>");
    }
    shown.rendered.html.clone()
}

fn crumbs(card: &Card) -> Vec<Link> {
    let mut out = vec![Link::new("Home", urls::HOME)];
    for group in [FacetGroup::Priority, FacetGroup::Topic] {
        if let Some(value) = card.values(group).first() {
            let words = group.value_label(value).unwrap_or(value.into());
            out.push(Link::new(words, filter_link(group, value)));
        }
    }
    out
}

fn rail(page: &DocumentPage, shown: &Shown) -> Vec<Link> {
    let mut out = Vec::new();
    let mut push = |words: &str, id: &str| out.push(Link::new(words, format!("#{id}")));
    if !page.answers.is_empty() {
        push("The answers", "answers");
    }
    if !page.measures.is_empty() {
        push("Before and after", "measures");
    }
    if !page.glance.rows.is_empty() {
        push("At a glance", "glance");
    }
    if page.withheld.is_none() && !page.unknown {
        for heading in shown
            .rendered
            .headings
            .iter()
            .filter(|heading| heading.level == 2)
            .take(MAX_RAIL)
        {
            push(&heading.text, &heading.id);
        }
    }
    if page.files.is_some() {
        push("Files", "files");
    }
    if page.team.is_some() {
        push("Talk to the team", "team");
    }
    for group in &page.tried {
        push(
            &format!("{} ({})", group.heading, group.list.len()),
            group.id,
        );
    }
    if let Some(others) = &page.others {
        push(&others.heading, "others");
    }
    for group in &page.related {
        push(group.heading, group.id);
    }
    push("About this page", "about");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::{
        attached::AttachedFile,
        glance::Row,
        measures::Bar,
        related::Related,
        samples::{self, Sample},
        team::Reach,
    };

    fn sample(of: Sample) -> DocumentPage {
        let row = |label| Row {
            label,
            text: of.text("Partly"),
            links: of.list(vec![
                of.link("What they would do differently", "#h-differently"),
            ]),
        };
        let sentence = |before: &str, link: &str| LinkedSentence {
            before: of.text(before),
            link: of.text(link),
            href: Some("https://lessons.northmoor.example/".to_owned()),
            after: of.text("."),
        };
        let related = || Related {
            title: of.text("Badges on wards"),
            href: "/d/zz2/2/badges".to_owned(),
            organisation: of.text("Southmoor Trust"),
            status: if of == Sample::Empty {
                ""
            } else {
                "Use it with changes"
            },
            date: "12 September 2026".to_owned(),
            text: of.text("We tried it, too"),
        };
        DocumentPage {
            frame: of.frame(),
            json_ld: citation::for_script(&json!({"headline": of.text("Tap and go")})),
            staff_of: of.option(of.text("Northmoor University Hospitals")),
            crumbs: of.list(vec![
                of.link("Electronic prescribing", "/search?topic=epma"),
            ]),
            organisation: of.text("Northmoor University Hospitals"),
            organisation_href: "/organisations/zz1".to_owned(),
            kind: of.text("Case study"),
            date: "12 September 2026".to_owned(),
            title: of.text("Tap and go"),
            summary: of.text("Badges on drug trolleys"),
            answers: of.list(vec![
                Answer {
                    question: "Did it work?",
                    tag: of.facts().tag,
                    answer: String::new(),
                    details: vec![of.text("Pilot, 24 staff")],
                    link: None,
                },
                Answer {
                    question: "Who can I ask?",
                    tag: None,
                    answer: of.text("Lead for digital nursing"),
                    details: vec![of.text("Open to a call")],
                    link: Some(of.link("Ask about this", "mailto:lessons@northmoor.example")),
                },
            ]),
            measures: of.list(vec![MeasureRow {
                name: of.text("Log-in"),
                note: of.text("(stopwatch)"),
                periods: of.list(vec![of.text("March"), of.text("May")]),
                of_whole: of.flag(),
                bars: vec![Bar {
                    label: "Before",
                    class: "before",
                    share: "58.54%".to_owned(),
                    value: of.text("52 seconds"),
                }],
                verdict: "Better",
                change: of.text("down 45 seconds (87%)"),
                expected: of.text("Better than the 12 seconds they expected"),
            }]),
            lang: of.option(of.text("cy")),
            promised: of.option(Promised {
                words: "Promised by 31 January 2020, not yet reported".to_owned(),
                what: of.text("The time to log in on all wards"),
            }),
            overdue: of.option("Review overdue since 31 January 2020".to_owned()),
            replaced_by: of.list(vec![of.link("Tap and go again", "/d/zz1/3/again")]),
            origin: of.origin(),
            proof: of.option(Proof {
                own: false,
                signed_by: of.text("Northmoor University Hospitals"),
                log: of.text("wardround.v1/wr1c/1"),
                leaf: of.text("7 of 9"),
                digest: of.text("sha256:qVXA"),
                checked: of.text("12:00 on 12 September 2026"),
                node: of.text("wr1c 3man v37a"),
                proof_href: "/d/zz1/1/tap-and-go.tlog-proof".to_owned(),
                quote_href: "/verify-quote?d=%2Fd%2Fzz1%2F1%2Ftap%2Dand%2Dgo".to_owned(),
                help: Some("/help/verified".to_owned()),
            }),
            left: of.flag(),
            rail: of.list(vec![of.link("Cite", "#cite")]),
            glance: Glance {
                rows: of.list(vec![row("Result")]),
                about: of.list(vec![row("Topics")]),
            },
            parts: vec![Part {
                html: format!(
                    "<h2 id=\"h-differently\">{}</h2>",
                    of.html("What we would do differently")
                ),
                is_brief: true,
            }],
            has_brief: of.flag(),
            unknown: of.flag(),
            withheld: None,
            team: of.option(Team {
                authors: of.text("Jo Bloggs, nurse"),
                reach: Some(Reach {
                    sentence: sentence("", "Email Northmoor about this case study"),
                    address: of.text("lessons@northmoor.example"),
                }),
            }),
            report: Report {
                href: of.option("mailto:lessons@northmoor.example".to_owned()),
                words: of.text("Northmoor University Hospitals"),
            },
            tried: of.list(vec![RelatedGroup {
                heading: "Tried this too",
                id: "tried",
                list: vec![related()],
                more: vec![of.text("2 more from Northmoor.")],
            }]),
            tried_by: of.option(of.link("2 others tried this too", "#tried")),
            try_it: of.option("/write?tried=wr1/2".to_owned()),
            about: of.option(About {
                link: of.option(of.link("Tap and go", "/d/zz2/2/tap-and-go")),
                organisation: of.text("Southmoor Trust"),
            }),
            related: of.list(vec![RelatedGroup {
                heading: "Builds on",
                id: "builds-on",
                list: vec![related()],
                more: vec![of.text("117 more from Northmoor.")],
            }]),
            products: Vec::new(),
            others: of.option(Others {
                heading: of.text("Others on electronic prescribing (7)"),
                gist: None,
                cards: of.cards(),
                all: of.link("See all", "/search?topic=epma"),
            }),
            adapted_from: of.list(vec![AdaptedFrom {
                link: of.link("Badges on wards", "/d/zz2/2/badges"),
                organisation: of.text("Southmoor Trust"),
                changed: Some("12 September 2026".to_owned()),
            }]),
            files: of.option(Files {
                list: of.list(vec![AttachedFile {
                    link: of.link("rota.xlsx", "/attachments/x/rota.xlsx"),
                    about: of.text("Excel workbook, 12 KB"),
                }]),
                elsewhere: of.option("https://lessons.northmoor.example/d/zz1/1".to_owned()),
            }),
            history: of.list(vec![Version {
                words: of.text("Version 1 · 12 September 2026"),
                note: "First published",
                review: "Reviewed by a second person",
                compare: of.option("/versions/1?from=1.1&to=1.2".to_owned()),
            }]),
            history_elsewhere: of.option(sentence("Earlier versions are on ", "their site")),
            citation: Citation {
                text: of.text("Northmoor (2026) Tap and go"),
                bibtex: of.text("@misc{tap}"),
            },
            downloads: of.list(vec![
                Link::new("Markdown", "/d/zz1/1/tap-and-go.md"),
                Link::new("JSON", "/d/zz1/1/tap-and-go.json"),
            ]),
            dates: of.list(vec![of.text("Written 12 September 2026")]),
            licence: of.text("Open Government Licence v3.0"),
            address: of.text("https://lessons.northmoor.example/d/zz1/1"),
            changes: of.list(vec![
                of.link("Suggest a change to this page", "/write?change=1"),
            ]),
        }
    }

    /// The organisation does not allow others to show the text.
    fn withheld(of: Sample) -> DocumentPage {
        DocumentPage {
            withheld: Some("https://lessons.northmoor.example/d/zz1/1".to_owned()),
            rail: Vec::new(),
            glance: Glance::default(),
            measures: Vec::new(),
            ..sample(of)
        }
    }

    #[test]
    fn a_text_that_may_not_be_shown_is_a_link_to_where_it_is() {
        let text = samples::render(withheld);
        assert!(!text.contains("h-differently"), "{text}");
        assert!(
            text.contains("does not allow other sites to show the text"),
            "{text}"
        );
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
