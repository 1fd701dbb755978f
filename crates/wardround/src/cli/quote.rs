//! `verify-quote`: checks a quote against a document, its proof and a policy. It needs neither a node nor the network.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use ledger::policy::Policy;
use quoting::{Evidence, MAX_QUOTE_BYTES, Match, Place, Proved};
use serde_json::{Value, json};

use super::terminal::Terminal;
use crate::commands::failure::{DONE, FAILED, Failure};

/// Bytes of a file that is read: the signed parts of the largest document have fewer.
const MAX_FILE_BYTES: u64 = 2 << 20;

/// `verify-quote`.
#[derive(Debug, Args)]
pub(crate) struct QuoteArguments {
    /// The quote
    #[arg(
        long,
        value_name = "QUOTE",
        required_unless_present = "stdin",
        conflicts_with = "stdin"
    )]
    pub text: Option<String>,
    /// Read the quote from standard input
    #[arg(long)]
    pub stdin: bool,
    /// The document with its signed parts: the `.json` of its page
    #[arg(long, value_name = "FILE.json")]
    pub document: PathBuf,
    /// Its proof: the `.tlog-proof` of its page
    #[arg(long, value_name = "FILE")]
    pub proof: PathBuf,
    /// The keys that you trust, as a policy: `/tlog-policy` of a site that you trust
    #[arg(long, value_name = "FILE")]
    pub policy: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Exits with 0 if the signed document has the quote word for word, with 1 if it does not.
pub(super) fn run(arguments: &QuoteArguments, terminal: &Terminal) -> Result<u8, Failure> {
    // Read what was given.
    let quote = match &arguments.text {
        Some(text) => text.clone(),
        None => read_stdin()?,
    };
    let invalid =
        |path: &Path, text: String| Failure::invalid(format!("`{}`: {text}", path.display()));
    let document = read_file(&arguments.document)?;
    let evidence = Evidence::parse(&document)
        .map_err(|fault| invalid(&arguments.document, fault.to_string()))?;
    let proof = read_text(&arguments.proof)?;
    let policy = Policy::parse(&read_text(&arguments.policy)?)
        .map_err(|fault| invalid(&arguments.policy, fault.to_string()))?;
    // The signature comes first: what is not signed is not looked through.
    let proved = quoting::prove(&evidence, &proof, &policy)
        .map_err(|fault| Failure::failed(fault.to_string()))?;
    let found =
        quoting::find(&proved.body, &quote).map_err(|fault| Failure::invalid(fault.to_string()))?;
    let said = match arguments.json {
        true => object(&proved, &found).to_string(),
        false => lines(&proved, &found),
    };
    terminal.line(said.trim_end());
    Ok(match found {
        Match::Verbatim(_) => DONE,
        Match::Differs(..) | Match::Missing => FAILED,
    })
}

fn read_stdin() -> Result<String, Failure> {
    let limit = u64::try_from(MAX_QUOTE_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::invalid(format!("`{}`: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read_file(path)?)
        .map_err(|_| Failure::invalid(format!("`{}` is no text", path.display())))
}

fn object(proved: &Proved, found: &Match) -> Value {
    let Proved { body, proven } = proved;
    let common = body.common();
    let place = found.place();
    let differs_in = found.differs_in().iter();
    let differs_in: Vec<&str> = differs_in.map(|difference| difference.as_str()).collect();
    json!({
        "verbatim": found.verbatim().is_some(),
        "exact_white_space": found.verbatim().is_some_and(|place| place.is_exact),
        "differs_in": differs_in,
        "node": proven.origin.node.to_string(),
        "document": body.stamp.id.to_string(),
        "revision": body.stamp.rev,
        "digest": proven.digest.to_string(),
        "organisation": body.stamp.organisation.as_ref().map(|one| one.name.clone()),
        "title": common.title,
        "part": place.map(|place| place.part.as_str()),
        "offset": place.map(|place| place.offset),
        "length": place.map(|place| place.len),
        "text": place.map(|place| place.text.clone()),
        "reviewed": common.reviewed.map(|day| day.to_string()),
        "review_by": common.review_by.map(|day| day.to_string()),
        "log": proven.origin.to_string(),
        "log_entry": proven.index,
        "log_size": proven.size,
        "checkpoint_at": proven.at.map(|at| at.to_string()),
    })
}

/// Returns the answer in one line.
fn answer(found: &Match) -> String {
    let at = |place: &Place| {
        let end = place.offset + place.len;
        let part = place.part.words();
        format!("characters {} to {end} of {part}", place.offset)
    };
    match found {
        Match::Missing => "NO: the document does not have these words in this order".to_owned(),
        Match::Differs(place, differences) => {
            let differences = differences.iter().map(|difference| difference.words());
            let differences = differences.collect::<Vec<_>>().join(" and ");
            format!(
                "NO, but the words are there and only {differences} differ: {}",
                at(place)
            )
        }
        Match::Verbatim(place) => {
            let how = match place.is_exact {
                true => "letter by letter",
                false => "word for word; white space differs",
            };
            format!("YES, {how}: {}", at(place))
        }
    }
}

fn lines(proved: &Proved, found: &Match) -> String {
    let Proved { body, proven } = proved;
    let common = body.common();
    let day = |day: Option<wire::Date>| day.map_or("not stated".to_owned(), |day| day.to_string());
    let answer = answer(found);
    let organisation = body.stamp.organisation.as_ref();
    let organisation = organisation.map_or("not stated", |one| one.name.as_str());
    let signed_at = proven
        .at
        .map_or("a time not checked".to_owned(), |at| at.to_string());
    format!(
        "{answer}\ntitle         {}\norganisation  {organisation} (as it calls itself)\nnode          {}\ndocument      {}\n\
         revision      {}\ndigest        {}\nreviewed      {}\nreview by     {}\nlog           {}, entry {} of {}, signed at {signed_at}\n",
        markdown::visible(&common.title),
        proven.origin.node,
        body.stamp.id,
        body.stamp.rev,
        proven.digest,
        day(common.reviewed),
        day(common.review_by),
        proven.origin,
        proven.index + 1,
        proven.size,
    )
}
