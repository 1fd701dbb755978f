//! Reads the arguments of a request (§3.1, §4).

use wire::{Date, Timestamp};

use crate::{
    METADATA_PREFIX,
    fault::{Code, Fault},
    selection::{Selection, is_set_spec},
    token::Position,
};

/// Arguments of a request: more than any verb has.
pub const MAX_ARGUMENTS: usize = 16;
/// Bytes of the value of an argument.
pub const MAX_ARGUMENT_BYTES: usize = 1_024;

/// A day and a second, in milliseconds.
const DAY_MILLIS: i64 = 86_400_000;
const SECOND_MILLIS: i64 = 1_000;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Who serves.
    Identify,
    /// The forms of all records, or of one.
    Formats(Option<String>),
    /// The sets.
    Sets,
    /// Records, or their headers.
    List(List),
    /// One record.
    Record(String),
    /// Something that is well asked, and that no answer has.
    Refused(Fault),
}

/// A list, from its beginning or from where it was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Whether headers suffice.
    pub headers_only: bool,
    /// What is selected.
    pub selection: Selection,
    /// Where it was left: the number of the last record, and how many came before.
    pub left: Option<(u64, u64)>,
}

/// A request, with its arguments as the answer repeats them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The request.
    pub request: Request,
    /// The arguments.
    pub arguments: Vec<(&'static str, String)>,
}

/// The arguments that a verb has: those that must be there, and those that may.
struct Verb {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    /// Whether a token may be there, alone.
    resumes: bool,
}

const VERBS: [Verb; 6] = [
    Verb {
        name: "GetRecord",
        required: &["identifier", "metadataPrefix"],
        optional: &[],
        resumes: false,
    },
    Verb {
        name: "Identify",
        required: &[],
        optional: &[],
        resumes: false,
    },
    Verb {
        name: "ListIdentifiers",
        required: &["metadataPrefix"],
        optional: &["from", "until", "set"],
        resumes: true,
    },
    Verb {
        name: "ListMetadataFormats",
        required: &[],
        optional: &["identifier"],
        resumes: false,
    },
    Verb {
        name: "ListRecords",
        required: &["metadataPrefix"],
        optional: &["from", "until", "set"],
        resumes: true,
    },
    Verb {
        name: "ListSets",
        required: &[],
        optional: &[],
        resumes: true,
    },
];

const TOKEN: &str = "resumptionToken";

/// Reads a request from its arguments, decoded and in any order.
///
/// # Errors
/// All faults of the verb and the arguments that were found, at least one: an answer repeats nothing of them.
pub fn parse(arguments: impl IntoIterator<Item = (String, String)>) -> Result<Asked, Vec<Fault>> {
    let given: Vec<(String, String)> = arguments.into_iter().take(MAX_ARGUMENTS + 1).collect();
    let verb = verb(&given).map_err(|fault| vec![fault])?;
    let arguments = check(verb, &given)?;
    let value = |name: &str| {
        let found = arguments.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    };
    // A token is alone, and has all that the list was asked with.
    if let Some(token) = value(TOKEN) {
        let position = Position::parse(&token).filter(|_| verb.name != "ListSets");
        let request = match position {
            Some(position) => Request::List(List {
                headers_only: verb.name == "ListIdentifiers",
                selection: position.selection,
                left: Some((position.after, position.cursor)),
            }),
            None => {
                let text = "this is not a token of this site";
                Request::Refused(Fault::new(Code::BadResumptionToken, text))
            }
        };
        return Ok(Asked { request, arguments });
    }
    if value("metadataPrefix").is_some_and(|prefix| prefix != METADATA_PREFIX) {
        let text = format!("records are in the form `{METADATA_PREFIX}` only");
        let request = Request::Refused(Fault::new(Code::CannotDisseminateFormat, text));
        return Ok(Asked { request, arguments });
    }
    let request = match verb.name {
        "Identify" => Request::Identify,
        "ListMetadataFormats" => Request::Formats(value("identifier")),
        "ListSets" => Request::Sets,
        "GetRecord" => Request::Record(value("identifier").unwrap_or_default()),
        name => Request::List(List {
            headers_only: name == "ListIdentifiers",
            selection: selection(value("from"), value("until"), value("set"))?,
            left: None,
        }),
    };
    Ok(Asked { request, arguments })
}

fn verb(given: &[(String, String)]) -> Result<&'static Verb, Fault> {
    let mut verbs = given.iter().filter(|(name, _)| name == "verb");
    let (first, second) = (verbs.next(), verbs.next());
    let known = first.and_then(|(_, value)| VERBS.iter().find(|verb| verb.name == value));
    match (known, second) {
        (Some(verb), None) => Ok(verb),
        (_, Some(_)) => Err(Fault::new(Code::BadVerb, "there is more than one verb")),
        (None, None) => {
            let names = VERBS.map(|verb| verb.name).join(", ");
            Err(Fault::new(Code::BadVerb, format!("the verbs are {names}")))
        }
    }
}

/// Returns the arguments under the names that the verb has.
fn check(
    verb: &Verb,
    given: &[(String, String)],
) -> Result<Vec<(&'static str, String)>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut bad = |text: String| faults.push(Fault::new(Code::BadArgument, text));
    let mut arguments = vec![("verb", verb.name.to_owned())];
    if given.len() > MAX_ARGUMENTS {
        bad("there are too many arguments".to_owned());
    }
    let token = verb.resumes.then_some(TOKEN);
    for (name, value) in given.iter().filter(|(name, _)| name != "verb") {
        let mut known = verb.required.iter().chain(verb.optional).chain(&token);
        let Some(known) = known.find(|known| *known == name) else {
            bad(format!("`{}` has no such argument", verb.name));
            continue;
        };
        if value.len() > MAX_ARGUMENT_BYTES {
            bad(format!("`{known}` is too long"));
        } else if arguments.iter().any(|(held, _)| held == known) {
            bad(format!("`{known}` is there twice"));
        } else {
            arguments.push((known, value.clone()));
        }
    }
    let has = |name: &str| arguments.iter().any(|(held, _)| *held == name);
    if has(TOKEN) {
        if arguments.len() > 2 {
            bad(format!("`{TOKEN}` is the only argument next to the verb"));
        }
    } else {
        for missing in verb.required.iter().filter(|name| !has(name)) {
            bad(format!("`{missing}` is missing"));
        }
    }
    if faults.is_empty() {
        Ok(arguments)
    } else {
        Err(faults)
    }
}

/// A time as an argument gives it: a day, or a second.
#[derive(Clone, Copy)]
enum Given {
    Day(Date),
    Second(Timestamp),
}

impl Given {
    fn parse(text: &str) -> Option<Self> {
        let day = || Date::parse(text).map(Self::Day);
        day().or_else(|| Timestamp::parse(text).map(Self::Second))
    }

    fn start(self) -> Timestamp {
        match self {
            Self::Day(day) => day.start(),
            Self::Second(second) => second,
        }
    }

    /// Returns the first time after it: `until` includes the whole day or second.
    fn end(self) -> Timestamp {
        let length = match self {
            Self::Day(_) => DAY_MILLIS,
            Self::Second(_) => SECOND_MILLIS,
        };
        Timestamp::from_millis(self.start().millis().saturating_add(length))
    }
}

fn selection(
    from: Option<String>,
    until: Option<String>,
    set: Option<String>,
) -> Result<Selection, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut bad = |text: &str| faults.push(Fault::new(Code::BadArgument, text));
    let mut time = |text: Option<String>| {
        let given = text.as_deref().map(Given::parse);
        if matches!(given, Some(None)) {
            bad("a time is `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ssZ`");
        }
        given.flatten()
    };
    let (from, until) = (time(from), time(until));
    if let (Some(from), Some(until)) = (from, until) {
        if matches!(from, Given::Day(_)) != matches!(until, Given::Day(_)) {
            bad("`from` and `until` are both days or both seconds");
        } else if from.start() > until.start() {
            bad("`from` is later than `until`");
        }
    }
    if set.as_deref().is_some_and(|set| !is_set_spec(set)) {
        bad("this is not the name of a set");
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Selection {
        from: from.map(Given::start),
        before: until.map(Given::end),
        set,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Result<Asked, Vec<Fault>> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        parse(pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name.to_owned(), value.to_owned())
        }))
    }

    fn list(query: &str) -> List {
        match asked(query).unwrap().request {
            Request::List(list) => list,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_wrong_has_the_code_of_the_protocol() {
        let long = format!(
            "verb=GetRecord&metadataPrefix=oai_dc&identifier={}",
            "x".repeat(1_025)
        );
        let many = format!("verb=Identify{}", "&a=b".repeat(40));
        for (query, codes) in [
            ("", vec![Code::BadVerb]),
            ("verb=", vec![Code::BadVerb]),
            ("verb=identify", vec![Code::BadVerb]),
            ("verb=Identify&verb=Identify", vec![Code::BadVerb]),
            ("metadataPrefix=oai_dc", vec![Code::BadVerb]),
            ("verb=Identify&x=y", vec![Code::BadArgument]),
            ("verb=ListRecords", vec![Code::BadArgument]),
            ("verb=GetRecord", vec![Code::BadArgument; 2]),
            ("verb=GetRecord&identifier=a", vec![Code::BadArgument]),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc",
                vec![Code::BadArgument],
            ),
            (
                "verb=ListRecords&metadataPrefix=marc",
                vec![Code::CannotDisseminateFormat],
            ),
            (
                "verb=GetRecord&identifier=a&metadataPrefix=marc",
                vec![Code::CannotDisseminateFormat],
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday",
                vec![Code::BadArgument],
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30&until=2026",
                vec![Code::BadArgument; 2],
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-22T05:17:11.5Z",
                vec![Code::BadArgument],
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-22&until=2026-11-23T00:00:00Z",
                vec![Code::BadArgument],
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-23&until=2026-11-22",
                vec![Code::BadArgument],
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&set=a b",
                vec![Code::BadArgument],
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&set=a::b",
                vec![Code::BadArgument],
            ),
            (
                "verb=ListRecords&resumptionToken=x",
                vec![Code::BadResumptionToken],
            ),
            (
                "verb=ListIdentifiers&resumptionToken=",
                vec![Code::BadResumptionToken],
            ),
            (
                "verb=ListSets&resumptionToken=x",
                vec![Code::BadResumptionToken],
            ),
            (
                "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x",
                vec![Code::BadArgument],
            ),
            (long.as_str(), vec![Code::BadArgument; 2]),
            (many.as_str(), vec![Code::BadArgument; 17]),
        ] {
            let faults = match asked(query) {
                Err(faults) => faults,
                // The answer repeats the arguments.
                Ok(Asked {
                    request: Request::Refused(fault),
                    arguments,
                }) => {
                    assert_eq!(arguments.len(), query.split('&').count(), "{query}");
                    vec![fault]
                }
                Ok(asked) => panic!("{query}: {asked:?}"),
            };
            let found: Vec<_> = faults.iter().map(|fault| fault.code).collect();
            assert_eq!(found, codes, "{query}: {faults:?}");
        }
    }

    #[test]
    fn each_verb_is_read_and_its_arguments_are_repeated() {
        for (query, request) in [
            ("verb=Identify", Request::Identify),
            ("verb=ListSets", Request::Sets),
            ("verb=ListMetadataFormats", Request::Formats(None)),
            (
                "identifier=urn:a&verb=ListMetadataFormats",
                Request::Formats(Some("urn:a".to_owned())),
            ),
            (
                "verb=GetRecord&metadataPrefix=oai_dc&identifier=urn:a",
                Request::Record("urn:a".to_owned()),
            ),
        ] {
            let asked = asked(query).unwrap();
            assert_eq!(asked.request, request);
            assert_eq!(asked.arguments[0].0, "verb");
            assert_eq!(asked.arguments.len(), query.split('&').count());
        }
        assert!(list("verb=ListIdentifiers&metadataPrefix=oai_dc").headers_only);
        assert!(!list("verb=ListRecords&metadataPrefix=oai_dc").headers_only);
    }

    #[test]
    fn until_includes_the_day_or_the_second_that_it_names() {
        let base = "verb=ListRecords&metadataPrefix=oai_dc";
        for (arguments, from, before) in [
            ("&from=2026-11-22", Some("2026-11-22T00:00:00Z"), None),
            ("&until=2026-11-22", None, Some("2026-11-23T00:00:00Z")),
            (
                "&from=2026-11-22T10:00:00Z&until=2026-11-22T10:00:00Z",
                Some("2026-11-22T10:00:00Z"),
                Some("2026-11-22T10:00:01Z"),
            ),
        ] {
            let selection = list(&format!("{base}{arguments}")).selection;
            let at = |text: Option<&str>| text.map(|text| Timestamp::parse(text).unwrap());
            assert_eq!(selection.from, at(from), "{arguments}");
            assert_eq!(selection.before, at(before), "{arguments}");
        }
    }

    #[test]
    fn a_list_goes_on_as_it_was_asked_for() {
        let position = Position {
            selection: list("verb=ListRecords&metadataPrefix=oai_dc&set=org:zz1&until=2026-11-22")
                .selection,
            after: 41,
            cursor: 200,
        };
        let resumed = list(&format!(
            "verb=ListRecords&resumptionToken={}",
            position.token()
        ));
        assert_eq!(resumed.selection, position.selection);
        assert_eq!(resumed.left, Some((41, 200)));
    }
}
