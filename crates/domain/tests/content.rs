//! The sample content of the project: every file reads without a fault, and together they cover what
//! a newcomer should find: all priorities, all measures of What Good Looks Like, failures too.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test may fail it"
)]
mod renderer;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::vocabulary::{CostBand, Outcome, Priority, StudyType, Topic, Wgll};
use domain::{About, CaseStudy, Content, Document, Kind, Term};

/// The trusts that are invented, each with its folder.
const TRUSTS: [&str; 3] = ["avonbridge", "harrowdale", "northmoor"];
const SAMPLE: &str = "This is a sample: the trust, the people and the figures are invented.";

fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content")
}

/// Every markdown file below a folder, in order of its path.
fn files(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![content().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "md") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

/// Reads a file that has neither faults nor advice nor unknown keys other than those named.
fn read(path: &str, text: &str, known: &[&str]) -> Document {
    let parsed = renderer::parse_file(text, path);
    assert_eq!(parsed.advice, [], "{path}");
    let document = parsed
        .document
        .unwrap_or_else(|faults| panic!("{path}: {faults:?}"));
    for (key, _) in &document.private.unknown {
        assert!(known.contains(&key.join(".").as_str()), "{path}: {key:?}");
    }
    document
}

fn documents(trust: &str) -> Vec<(String, Document)> {
    files(&format!("case-studies/{trust}"))
        .into_iter()
        .map(|(path, text)| {
            let document = read(&path, &text, &[]);
            (path, document)
        })
        .collect()
}

fn studies(trust: &str) -> Vec<(String, Document)> {
    let mut all = documents(trust);
    all.retain(|(_, document)| document.kind() == Kind::CaseStudy);
    all
}

fn study(document: &Document) -> &CaseStudy {
    match &document.content {
        Content::CaseStudy(study) => study,
        other => panic!("not a case study: {other:?}"),
    }
}

#[test]
fn every_sample_says_what_a_reader_needs_and_that_it_is_invented() {
    for trust in TRUSTS {
        let studies = studies(trust);
        assert!(studies.len() >= 18, "{trust}");
        for (path, document) in &studies {
            let study = study(document);
            let contact = document.private.contact.as_ref().unwrap();
            assert!(
                contact
                    .mailbox
                    .as_ref()
                    .unwrap()
                    .ends_with(&format!("@{trust}.example")),
                "{path}"
            );
            assert!(contact.name.is_none(), "{path}");
            assert!(
                document.common.authors.iter().all(|a| a.name.is_none()),
                "{path}"
            );
            assert!(document.common.tags.iter().any(|t| t == "sample"), "{path}");
            assert!(
                document.common.body_md.trim_end().ends_with(SAMPLE),
                "{path}"
            );
            assert!(!study.measures.is_empty(), "{path}");
            // A study without a known cost says why.
            let known = study.cost.band() != CostBand::NotKnown || study.cost.funding.is_some();
            assert!(known, "{path}");
        }
    }
}

#[test]
fn every_trust_has_observations_that_name_no_person() {
    for trust in TRUSTS {
        let mut all = documents(trust);
        all.retain(|(_, document)| document.kind() == Kind::Observation);
        assert!(all.len() >= 4, "{trust}");
        for (path, document) in &all {
            let contact = document.private.contact.as_ref().unwrap();
            assert!(
                contact.name.is_none() && contact.mailbox.is_none(),
                "{path}"
            );
            let common = &document.common;
            assert!(common.tags.iter().any(|tag| tag == "sample"), "{path}");
            assert!(common.body_md.trim_end().ends_with(SAMPLE), "{path}");
        }
    }
}

#[test]
fn every_trust_says_what_it_tried_of_others_samples() {
    let named = |path: &str, text: &str| {
        let id = renderer::parse_file(text, path).id;
        id.map(|id| (id, trust_of(Path::new(path)).to_owned()))
    };
    let targets: BTreeMap<_, _> = files("case-studies")
        .iter()
        .filter_map(|(path, text)| named(path, text))
        .collect();
    let mut statuses = BTreeSet::new();
    for trust in TRUSTS {
        let all = files(&format!("adoptions/{trust}"));
        assert!(all.len() >= 2, "{trust}");
        for (path, text) in all {
            let document = read(&path, &text, &[]);
            let Content::Adoption(adoption) = &document.content else {
                panic!("{path} is no adoption");
            };
            let About::Page(page) = &adoption.about else {
                panic!("{path} names no page");
            };
            assert!(
                targets.get(&page.id()).is_some_and(|of| of != trust),
                "{path}"
            );
            statuses.insert(adoption.status);
            let common = &document.common;
            assert!(common.tags.iter().any(|tag| tag == "sample"), "{path}");
            assert!(common.body_md.trim_end().ends_with(SAMPLE), "{path}");
        }
    }
    assert!(statuses.len() >= 5, "{statuses:?}");
}

#[test]
fn titles_and_texts_are_not_repeated() {
    let all: Vec<_> = TRUSTS.into_iter().flat_map(studies).collect();
    let titles: BTreeSet<_> = all.iter().map(|(_, d)| &d.common.title).collect();
    let summaries: BTreeSet<_> = all.iter().map(|(_, d)| &d.common.summary).collect();
    assert_eq!((titles.len(), summaries.len()), (all.len(), all.len()));
}

#[test]
fn tables_of_samples_name_every_column() {
    for (path, text) in files("case-studies") {
        let lines: Vec<_> = text.lines().collect();
        for pair in lines.windows(2) {
            if let [head, rule] = pair
                && rule.starts_with("|---")
            {
                let mut cells = head.trim_matches('|').split('|');
                assert!(cells.all(|cell| !cell.trim().is_empty()), "{path}: {head}");
            }
        }
    }
}

#[test]
fn links_between_samples_lead_to_a_file() {
    for (path, text) in files("case-studies") {
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')'))
        {
            let target = Path::new(&path).parent().unwrap().join(link.0);
            assert!(target.is_file(), "{path}: {}", link.0);
            assert_eq!(trust_of(&target), trust_of(Path::new(&path)), "{path}");
        }
        for link in text.split("[[").skip(1) {
            let name = link.split(['|', ']']).next().unwrap();
            let trust = content()
                .join("case-studies")
                .join(trust_of(Path::new(&path)));
            let held = [format!("{name}.md"), format!("observations/{name}.md")];
            assert!(
                held.iter().any(|file| trust.join(file).is_file()),
                "{path}: {name}"
            );
        }
    }
}

/// Returns the folder of the trust that a sample belongs to: each node has only its own.
fn trust_of(path: &Path) -> String {
    let path = path.canonicalize().unwrap();
    let samples = content().join("case-studies").canonicalize().unwrap();
    let first = path.strip_prefix(samples).unwrap().iter().next().unwrap();
    first.to_string_lossy().into_owned()
}

#[test]
fn many_topics_have_opposite_results_and_studies_of_all_trusts() {
    let mut topics: BTreeMap<Topic, Vec<(&str, Outcome)>> = BTreeMap::new();
    for trust in TRUSTS {
        for (_, document) in studies(trust) {
            let study = study(&document);
            for topic in &study.topics {
                topics
                    .entry(*topic)
                    .or_default()
                    .push((trust, study.result));
            }
        }
    }
    topics.retain(|_, known| {
        let has = |wanted| known.iter().any(|(_, result)| *result == wanted);
        let trusts: BTreeSet<_> = known.iter().map(|(trust, _)| trust).collect();
        let is_mixed = has(Outcome::Worked) && has(Outcome::DidNotWork);
        known.len() >= 4 && trusts.len() == TRUSTS.len() && is_mixed
    });
    assert!(topics.len() >= 10, "{:?}", topics.keys());
}

#[test]
fn the_same_measure_of_several_trusts_can_be_compared() {
    let mut measures: BTreeMap<(String, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut units: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for trust in TRUSTS {
        for (_, document) in studies(trust) {
            for measure in &study(&document).measures {
                let unit = measure.unit.as_str();
                let name = measure.name.clone();
                measures
                    .entry((name.clone(), unit))
                    .or_default()
                    .insert(trust);
                units.entry(name).or_default().insert(unit);
            }
        }
    }
    let shared = measures
        .values()
        .filter(|trusts| trusts.len() == TRUSTS.len());
    assert!(shared.count() >= 10);
    for (name, units) in units {
        assert_eq!(units.len(), 1, "{name}: {units:?}");
    }
}

#[test]
fn the_samples_cover_priorities_measures_topics_and_failures() {
    let all: Vec<_> = TRUSTS.into_iter().flat_map(studies).collect();
    let studies: Vec<&CaseStudy> = all.iter().map(|(_, document)| study(document)).collect();
    assert!(studies.len() >= 60);
    for priority in Priority::ALL {
        let count = studies.iter().filter(|s| s.priority == *priority).count();
        assert!(count >= 3, "{priority}: {count}");
    }
    for measure in Wgll::ALL {
        let count = studies.iter().filter(|s| s.wgll.contains(measure)).count();
        assert!(count >= 3, "{measure}: {count}");
    }
    let topics: BTreeSet<_> = studies.iter().flat_map(|s| &s.topics).collect();
    assert!(topics.len() >= 20, "{}", topics.len());
    let hard = studies.iter().filter(|s| {
        matches!(s.result, Outcome::DidNotWork | Outcome::TooEarly)
            || s.study_type == StudyType::Stopped
    });
    assert!(hard.count() >= 18);
    assert!(studies.iter().filter(|s| !s.barriers.is_empty()).count() >= 20);
}

#[test]
fn every_help_page_has_a_title_a_summary_and_a_place_of_its_own() {
    let mut orders = BTreeSet::new();
    let pages = files("help");
    assert!(pages.len() >= 8);
    for (path, text) in &pages {
        let page = read(path, text, &["group", "order"]);
        assert!(matches!(page.content, Content::Page(_)), "{path}");
        assert!(
            (10..=280).contains(&page.common.summary.chars().count()),
            "{path}"
        );
        let order = text.lines().find_map(|line| line.strip_prefix("order: "));
        assert!(
            orders.insert(order.unwrap().parse::<u32>().unwrap()),
            "{path}"
        );
    }
}

#[test]
fn the_template_on_the_help_page_is_itself_without_fault() {
    let (_, page) = files("help")
        .into_iter()
        .find(|(path, _)| path.ends_with("files.md"))
        .unwrap();
    let template: Vec<&str> = page
        .lines()
        .skip_while(|line| *line != "    ---")
        .take_while(|line| line.is_empty() || line.starts_with("    "))
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    let document = read("template", &template.join("\n"), &[]);
    assert_eq!(study(&document).measures.len(), 1);
}
