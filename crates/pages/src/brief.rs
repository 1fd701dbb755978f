//! A document as a brief of one page, for Word: the answers, the measures, what they would do differently, their advice,
//! and where it comes from.

use domain::Content;
use node::flows::reading::Shown;
use office::{Paper, PaperBlock};
use wire::Timestamp;

use crate::{answers, answers::Answer, measures, team::Team, text::clean, versions, words};

/// Media type of a file of Word.
pub const MEDIA_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// Measures of a brief: more do not fit on a page.
const MAX_MEASURES: usize = 6;
/// The longest text of a section, in characters.
const MAX_SECTION: usize = 700;
/// The longest text of a document without answers, in characters: about two thirds of a page.
const MAX_TEXT: usize = 2_400;
/// The sections of a brief.
const SECTIONS: [&str; 2] = ["What we would do differently", "Advice to the next trust"];

/// Returns the brief of a document.
#[must_use]
pub fn brief(shown: &Shown, site: &str, now: Timestamp) -> Paper {
    let document = &shown.document;
    let common = shown.body.common();
    let visible = |text: &str| clean(text);
    let card = domain::Card::new(&shown.body, markdown::plain_text);
    let content = &shown.body.document.content;
    let mut blocks = vec![
        PaperBlock::Small(format!(
            "{} · {} · {}",
            visible(&document.owner.organisation),
            visible(&card.kind_label()),
            words::date(common.updated.unwrap_or(document.first_seen).date())
        )),
        PaperBlock::Title(visible(&common.title)),
    ];
    if !card.summary.is_empty() && !is_beginning(&card.summary, shown, content) {
        blocks.push(PaperBlock::Text(visible(&card.summary)));
    }
    // The answers and the measures.
    blocks.extend(answered(shown, content));
    blocks.extend(measured(content));
    blocks.extend(sections(shown, content));
    // Where it comes from.
    let mut origin = vec![shown.origin_url.clone()];
    origin.extend(versions::dates(shown, now));
    origin.push(visible(&crate::staff_only::licence(shown)));
    blocks.push(PaperBlock::Small(format!(
        "Version {} of this document, from {}. {}.",
        document.rev,
        visible(site),
        origin.join(". ")
    )));
    Paper {
        title: visible(&common.title),
        creator: visible(&document.owner.organisation),
        lang: visible(&common.lang),
        blocks,
    }
}

/// Says whether a summary is made of the beginning of a text that the brief has anyway.
fn is_beginning(summary: &str, shown: &Shown, content: &Content) -> bool {
    let has_text = !matches!(content, Content::CaseStudy(_)) && !shown.is_withheld();
    let summary = clean(summary.trim_end_matches('…'));
    has_text && clean(&markdown::plain_text(&shown.body.common().body_md)).contains(&summary)
}

fn answered(shown: &Shown, content: &Content) -> Option<PaperBlock> {
    let team = Team::for_document(shown);
    let reach = team.as_ref().and_then(|team| team.reach.as_ref());
    let who = Answer::who(shown.body.common().contact.as_ref(), reach);
    let answers = answers::answers(content, None, who);
    let mut rows = vec![vec!["Question".to_owned(), "Answer".to_owned()]];
    for answer in answers {
        let first = answer.tag.map_or(answer.answer, |tag| tag.words.to_owned());
        let mut said = vec![first];
        said.extend(answer.details);
        // Paper has no links, so the address to write to is spelled out.
        let address = reach.filter(|_| answer.question == answers::WHO);
        if let Some(reach) = address.filter(|reach| !said.contains(&reach.address)) {
            said.push(reach.address.clone());
        }
        rows.push(vec![answer.question.to_owned(), clean(&said.join("; "))]);
    }
    (rows.len() > 1).then_some(PaperBlock::Table(rows))
}

fn measured(content: &Content) -> Option<PaperBlock> {
    let Content::CaseStudy(study) = content else {
        return None;
    };
    let mut rows = vec![
        ["Measure", "Before", "After", "Change"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for row in measures::rows(&study.measures)
        .into_iter()
        .take(MAX_MEASURES)
    {
        let value = |label: &str| {
            let mut bars = row.bars.iter();
            let bar = bars.find(|bar| bar.label == label);
            bar.map_or_else(String::new, |bar| bar.value.clone())
        };
        let mut change = vec![row.verdict.to_owned()];
        change.extend((!row.change.is_empty()).then(|| row.change.clone()));
        let (before, after) = (value("Before"), value("After"));
        rows.push(vec![row.name.clone(), before, after, change.join(", ")]);
    }
    (rows.len() > 1).then_some(PaperBlock::Table(rows))
}

fn sections(shown: &Shown, content: &Content) -> Vec<PaperBlock> {
    // A text that may not be shown here is read at its origin.
    if shown.is_withheld() {
        return vec![PaperBlock::Text(
            "The licence allows only the publisher to show the text. Read it at the address below."
                .to_owned(),
        )];
    }
    let body_md = &shown.body.common().body_md;
    let text =
        |md: &str, most| PaperBlock::Text(words::cut(&clean(&markdown::plain_text(md)), most));
    if !matches!(content, Content::CaseStudy(_)) {
        return vec![text(body_md, MAX_TEXT)];
    }
    let mut blocks = Vec::new();
    for heading in SECTIONS {
        if let Some(md) = domain::section(body_md, heading).filter(|md| !md.trim().is_empty()) {
            blocks.push(PaperBlock::Heading(heading.to_owned()));
            blocks.push(text(md, MAX_SECTION));
        }
    }
    blocks
}
