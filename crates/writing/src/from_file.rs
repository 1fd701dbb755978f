//! `/write/from-file`: a draft made of a Word document or a PowerPoint presentation.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use domain::Kind;
use drafting::{Converted, check};
use http::StatusCode;
use node::{Node, urls};
use pages::{PageError, drafts::title_of, errors, frame::Frame, requester::SignedIn};
use people::{
    attachments::{self, CONTACT, COST, Conversion, ConvertedSection, SECTIONS, SUMMARY},
    drafts::{self, Begin, BeginRefusal, Opened},
};

use crate::{
    Visit,
    attachments::ATTACHMENTS,
    draft::CONVERTED,
    framed, go_to,
    notice::Notice,
    page, person,
    remarks::{self, Remarks},
    upload::Uploaded,
    write,
};

/// What the page of the form is called.
const HEADING: &str = "Begin with a Word or PowerPoint file";

#[derive(Template)]
#[template(path = "from_file.html")]
struct FromFile {
    frame: Frame,
    notice: Option<Notice>,
    /// Whether it will be a wiki page.
    is_page: bool,
    /// Whether the notes of slides are taken, too.
    with_notes: bool,
    /// Whether this person may begin; else there is no form.
    may_begin: bool,
}

#[derive(Template)]
#[template(path = "from_file_done.html")]
struct Done {
    frame: Frame,
    draft: String,
    attachments: String,
    title: String,
    /// The headings of the file, and the section that each became.
    sections: Vec<(String, String)>,
    is_case_study: bool,
    pictures: usize,
    omissions: Vec<String>,
    remarks: Option<Remarks>,
}

/// `GET /write/from-file`.
///
/// # Errors
/// The template failed.
pub async fn choose(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    if let Some(refusal) = drafts::refusal_to_begin(&node, person(&signed_in)).await? {
        let (status, text) = write::words_of(refusal);
        // The page is for every role, and says to those who cannot write here what to do.
        let status = match refusal {
            BeginRefusal::NotAllowed => StatusCode::OK,
            _ => status,
        };
        return refused(&node, text, status);
    }
    form(&node, None, (false, false), StatusCode::OK)
}

/// `POST /write/from-file`.
///
/// # Errors
/// Of the database, or when the file cannot be worked on now.
pub async fn convert(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    mut sent: Uploaded,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    let is_page = sent.get("kind") == "page";
    let with_notes = !sent.get("notes").is_empty();
    let problem = |text: String, status| {
        let notice = Notice::problem("There is a problem", text).at("upload");
        form(&node, Some(notice), (is_page, with_notes), status)
    };
    if let Some(text) = sent.too_large() {
        return problem(text, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let Some(upload) = sent.take() else {
        return problem(
            "Choose a .docx or .pptx file".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        );
    };
    // Converting a file costs seconds of work: only for who may keep what comes of it.
    if let Some(refusal) = drafts::refusal_to_begin(&node, person(&signed_in)).await? {
        let (status, text) = write::words_of(refusal);
        return refused(&node, text, status);
    }
    let mut conversion = match attachments::convert(&node, &upload, with_notes).await? {
        Ok(conversion) => conversion,
        Err(why) => return problem(sentence(&why), StatusCode::UNPROCESSABLE_ENTITY),
    };
    let pictures = attachments::prepare_pictures(&node, &mut conversion).await?;
    let kind = match is_page {
        true => Kind::Page,
        false => Kind::CaseStudy,
    };
    let text = file_of(&conversion, &kind);
    let converted = Converted {
        sections: if kind == Kind::CaseStudy {
            sections_of(&conversion)
        } else {
            Vec::new()
        },
        omissions: conversion.omissions,
        pictures: pictures.len(),
    };
    let begin = Begin::Converted(text, converted);
    let id = match drafts::begin(&node, person(&signed_in), begin).await? {
        Ok(id) => id,
        Err(refusal) => {
            let (status, text) = write::words_of(refusal);
            return problem(text.to_owned(), status);
        }
    };
    attachments::attach_all(&node, id, person(&signed_in).id, pictures).await?;
    // A page of its own, so that going back to it sends nothing again.
    Ok(go_to(&urls::draft_section(id, CONVERTED)))
}

/// Says what came of the file that a draft began with.
pub(crate) async fn done(node: &Visit<'_>, opened: &Opened) -> Result<Response, PageError> {
    let Some(converted) = opened.content.converted() else {
        return Ok(errors::missing(node));
    };
    let id = opened.draft.id;
    let done = Done {
        frame: framed(node, "Your draft is ready"),
        draft: urls::draft(id),
        attachments: urls::draft_section(id, ATTACHMENTS),
        title: title_of(node, opened).await?,
        is_case_study: *opened.content.kind() == Kind::CaseStudy,
        pictures: converted.pictures,
        remarks: remarks::remarks(node, opened, check::FILE).await?,
        sections: converted.sections.clone(),
        omissions: converted.omissions.clone(),
    };
    page(StatusCode::OK, &done)
}

/// Shows the form, with what was chosen in it: whether it will be a page, and whether notes are taken.
fn form(
    node: &Visit<'_>,
    notice: Option<Notice>,
    (is_page, with_notes): (bool, bool),
    status: StatusCode,
) -> Result<Response, PageError> {
    let form = FromFile {
        frame: framed(node, HEADING),
        notice,
        is_page,
        with_notes,
        may_begin: true,
    };
    page(status, &form)
}

/// Says why this person cannot begin, before they choose a file.
fn refused(node: &Visit<'_>, text: &str, status: StatusCode) -> Result<Response, PageError> {
    let refused = FromFile {
        frame: framed(node, HEADING),
        notice: Some(Notice::problem("There is a problem", text)),
        is_page: false,
        with_notes: false,
        may_begin: false,
    };
    page(status, &refused)
}

/// Returns a reason as a sentence without a full stop.
pub(crate) fn sentence(why: &str) -> String {
    let mut chars = why.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Writes a converted file as one Markdown file: in the sections of a case study where its headings mean some, and else in
/// its own order.
fn file_of(conversion: &Conversion, kind: &Kind) -> String {
    let mut out = format!("---\nkind: {}\n", kind.as_str());
    if let Some(title) = &conversion.title {
        out.push_str(&format!("title: {}\n", quoted(title)));
    }
    if *kind != Kind::CaseStudy || conversion.sections.is_empty() {
        out.push_str("---\n\n");
        out.push_str(&conversion.markdown);
        return out;
    }
    let mut sections: Vec<&ConvertedSection> = conversion.sections.iter().collect();
    if let Some(at) = sections.iter().position(|one| is_summary(one)) {
        let summary = markdown::plain_text(&sections.remove(at).markdown);
        let words: Vec<&str> = summary.split_whitespace().collect();
        out.push_str(&format!("summary: {}\n", quoted(&words.join(" "))));
    }
    out.push_str("---\n\n");
    // What belongs into other answers comes first, for its author to move.
    let (sections, others): (Vec<_>, Vec<_>) = sections
        .into_iter()
        .partition(|one| SECTIONS.contains(&one.heading.as_str()));
    for other in others {
        out.push_str(&format!("### {}\n\n{}\n", other.heading, other.markdown));
    }
    for section in sections {
        out.push_str(&format!("## {}\n\n{}\n", section.heading, section.markdown));
    }
    out
}

/// Returns whether a text can be the summary, which has words only.
fn is_summary(section: &ConvertedSection) -> bool {
    let has_more = section.markdown.contains("](attachment:") || section.markdown.contains("\n|");
    section.heading == SUMMARY && !has_more
}

/// Says where the text of a section is in the draft.
fn where_it_is(section: &ConvertedSection) -> String {
    let first = |into: &str| format!("The text before the first heading: move it to “{into}”");
    match section.heading.as_str() {
        SUMMARY if is_summary(section) => {
            "Title and result: what changed, and what was the result".to_owned()
        }
        SUMMARY => first("Title and result"),
        COST => first("Cost, time and size"),
        CONTACT => first("Who to ask"),
        heading => heading.to_owned(),
    }
}

/// Writes a text as a quoted value of YAML.
pub(crate) fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("\"{text}\"")
}

fn sections_of(conversion: &Conversion) -> Vec<(String, String)> {
    let each = conversion.sections.iter();
    each.flat_map(|section| {
        let heading = where_it_is(section);
        section
            .from
            .iter()
            .map(move |from| (from.clone(), heading.clone()))
    })
    .collect()
}
