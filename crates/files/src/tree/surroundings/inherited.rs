//! Keys that files are given by others, as if they were in their own front matter: `cascade` of Hugo, `defaults` of Jekyll.

use std::path::{Path, PathBuf};

use domain::{
    Fault,
    front_matter::parse_parts,
    value::{Map, Node},
    vocabulary::Visibility,
};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use wire::Date;

use super::{
    super::front::{front_map, written_front},
    Sign,
};

/// Keys of the page of a bundle that are about everything in its folder.
const OF_BUNDLE: [&str; 6] = [
    "draft",
    "headless",
    "build",
    "_build",
    "publishDate",
    "expiryDate",
];

/// Keys that the files of a folder are given.
#[derive(Debug, Clone)]
pub(super) struct Inherited {
    pub(super) folder: PathBuf,
    pub(super) scope: Scope,
    pub(super) map: Map,
    pub(super) shown: String,
    /// The key that hands them down.
    pub(super) by: &'static str,
    /// The lines of the file that hands them down, from this number on.
    pub(super) lines: Vec<(u32, String)>,
}

/// Which files of the folder are given the keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// Those that one of these patterns names; all without one.
    pub(super) paths: Option<Gitignore>,
    /// Those in a folder of this name.
    pub(super) within: Option<String>,
    /// Pages of sections only, or all others only.
    pub(super) is_section: Option<bool>,
    /// All but this file.
    pub(super) except: Option<PathBuf>,
}

impl Inherited {
    /// Returns whether a file is given the keys.
    pub(super) fn concerns(&self, location: &Path) -> bool {
        let Scope {
            paths,
            within,
            is_section,
            except,
        } = &self.scope;
        let stem = location.file_stem().unwrap_or_default().to_string_lossy();
        let is_page_of_section = stem == "_index" || stem.starts_with("_index.");
        location.starts_with(&self.folder)
            && except.as_deref() != Some(location)
            && is_section.is_none_or(|section| section == is_page_of_section)
            && within
                .as_ref()
                .is_none_or(|name| location.iter().any(|part| part.to_string_lossy() == *name))
            && paths.as_ref().is_none_or(|paths| names(paths, location))
    }

    /// Returns which of the keys keeps a file back that does not have one of `known` itself.
    pub(super) fn says(&self, known: &[String], today: Date) -> Option<String> {
        let unknown = self
            .map
            .iter()
            .filter(|(key, node)| !(known.contains(key) || is_listed(key, node)));
        let (key, fault) = unknown.into_iter().find_map(|(key, node)| {
            let fault = held_by(&vec![(key.clone(), node.clone())], today)?;
            Some((key, fault))
        })?;
        let is_of_key = |line: &&(u32, String)| is_line_of(key, &line.1);
        let line = self.lines.iter().find(is_of_key).or(self.lines.first());
        let line = line.map_or_else(String::new, |(line, _)| format!(", line {line}"));
        Some(format!(
            "`{}`{line}, says so of the files of its folder (`{}`): {}",
            self.shown, self.by, fault.text
        ))
    }
}

/// Returns whether a pattern names a file, with or without its ending: Hugo's have none.
fn names(paths: &Gitignore, location: &Path) -> bool {
    let named = |location: &Path| {
        location.starts_with(paths.path())
            && paths
                .matched_path_or_any_parents(location, false)
                .is_ignore()
    };
    named(location) || named(&location.with_extension(""))
}

/// Returns why a file with these keys would not be published for everyone.
fn held_by(map: &Map, today: Date) -> Option<Fault> {
    let parsed = parse_parts(map, "Words.\n", 1, "page.md", |_| Vec::new());
    if let Some(fault) = parsed.held_on(today) {
        return Some(fault.clone());
    }
    let unclear = parsed.document.as_ref().err().into_iter().flatten();
    let unclear = unclear
        .into_iter()
        .find(|fault| fault.field == "visibility");
    let is_public = |document: &domain::Document| document.common.visibility == Visibility::Public;
    let says = "the file is not for everyone";
    unclear.cloned().or_else(|| {
        let document = parsed.publishable()?;
        (!is_public(document)).then(|| Fault::new("visibility", None, says))
    })
}

/// Returns whether a line of YAML, TOML or JSON begins with a key.
fn is_line_of(key: &str, line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| "-{[\"' \t".contains(c));
    line.strip_prefix(key).is_some_and(|rest| {
        rest.trim_start_matches(['"', '\'', ' '])
            .starts_with([':', '=', '.', ']'])
    })
}

/// Returns what a page of Hugo hands down: its `cascade` and, if it is that of a bundle, what it says of its folder.
///
/// # Errors
/// Why its front matter cannot be read, if it may hand something down.
pub(super) fn of_page(sign: &Sign<'_>, is_hugo: bool) -> Result<Vec<Inherited>, String> {
    let read = front_map(sign.text);
    if read.as_ref().map_or(true, Map::is_empty) && may_hand_down(sign, is_hugo) {
        let reason = read.err().map(|fault| fault.to_string());
        return Err(reason.unwrap_or_else(|| "its front matter is not understood".to_owned()));
    }
    let map = read.unwrap_or_default();
    let mut rules = cascades(&map, sign, sign.folder);
    let is_headless = map.iter().any(|(key, _)| key == "headless");
    if sign.name.starts_with("index.") && (is_hugo || is_headless) {
        let own = map
            .into_iter()
            .filter(|(key, _)| OF_BUNDLE.contains(&key.as_str()));
        let location = sign.folder.join(sign.name);
        rules.push(Inherited {
            folder: sign.folder.to_path_buf(),
            scope: Scope {
                except: Some(location),
                ..Scope::default()
            },
            map: own.collect(),
            shown: sign.shown.to_owned(),
            by: "index",
            lines: numbered(sign.text, 1),
        });
    }
    rules.retain(|rule| !rule.map.is_empty());
    Ok(rules)
}

/// Returns whether front matter that cannot be read has one of the keys that are about other files. A mistake in any other
/// keeps nothing back.
fn may_hand_down(sign: &Sign<'_>, is_hugo: bool) -> bool {
    // Hugo reads keys in any case of letters.
    let front = written_front(sign.text).to_lowercase();
    let has = |key: &str| {
        let key = key.to_lowercase();
        let within = [format!("\"{key}\""), format!(", {key}:")];
        let mut lines = front.lines();
        lines
            .any(|line| is_line_of(&key, line) || within.iter().any(|within| line.contains(within)))
    };
    let is_bundle = sign.name.starts_with("index.") && (is_hugo || has("headless"));
    has("cascade") || is_bundle && OF_BUNDLE.into_iter().any(has)
}

/// Returns what the `cascade` of a map hands down to the files of a folder.
pub(super) fn cascades(map: &Map, sign: &Sign<'_>, folder: &Path) -> Vec<Inherited> {
    let Some((_, cascade)) = map.iter().find(|(key, _)| key == "cascade") else {
        return Vec::new();
    };
    let lines = sign.text.lines();
    let begin = lines
        .clone()
        .position(|line| line.contains("cascade"))
        .unwrap_or_default();
    let lines = numbered(sign.text, begin + 1);
    let alone = std::slice::from_ref(cascade);
    let each = cascade.value.as_list().unwrap_or(alone).iter();
    let rules = each.filter_map(|node| {
        let (targets, keys): (Map, Map) = node
            .value
            .as_map()?
            .iter()
            .cloned()
            .partition(|(key, _)| matches!(key.as_str(), "_target" | "target"));
        let target = targets.first().and_then(|(_, node)| node.value.as_map());
        Some(Inherited {
            folder: folder.to_path_buf(),
            scope: target.map_or_else(Scope::default, |target| scope_of(target, folder)),
            map: keys,
            shown: sign.shown.to_owned(),
            by: "cascade",
            lines: lines.clone(),
        })
    });
    rules.collect()
}

/// Returns for which pages the `_target` of a cascade is.
fn scope_of(target: &Map, folder: &Path) -> Scope {
    let text = |wanted: &str| {
        let found = target.iter().find(|(key, _)| key == wanted);
        found.and_then(|(_, node)| node.value.as_text())
    };
    // The paths of Hugo begin at the folder `content`.
    let content = folder
        .ancestors()
        .find(|folder| folder.ends_with("content"));
    let base = content.unwrap_or(folder);
    Scope {
        paths: text("path")
            .and_then(|path| pattern(base, &path.replace("{/", "{").replace(",/", ","))),
        is_section: text("kind").map(|kind| kind != "page"),
        ..Scope::default()
    }
}

/// Returns whether pages have no address of their own, and are shown on others: `build: {render: never, list: local}`.
fn is_listed(key: &str, node: &Node) -> bool {
    let list = node.value.as_map().and_then(|map| text_of(map, "list"));
    matches!(key, "build" | "_build") && matches!(list, Some("local" | "always" | "true"))
}

/// Returns a matcher of one pattern that begins at `base`, in any case of letters; `None`, which is every file, for one that
/// cannot be read.
pub(super) fn pattern(base: &Path, pattern: &str) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new(base);
    builder
        .case_insensitive(true)
        .and_then(|builder| {
            builder.add_line(None, &format!("/{}", pattern.trim_start_matches('/')))
        })
        .and_then(|builder| builder.build())
        .ok()
}

/// Returns the lines of a text with their numbers, from one of them on.
pub(super) fn numbered(text: &str, first: usize) -> Vec<(u32, String)> {
    let lines = (1..).zip(text.lines().map(str::to_owned));
    lines.skip(first.saturating_sub(1)).collect()
}

/// Returns the text of a key, or nothing.
pub(super) fn text_of<'a>(map: &'a Map, wanted: &str) -> Option<&'a str> {
    let found = map.iter().find(|(key, _)| key == wanted);
    found.and_then(|(_, node): &(String, Node)| node.value.as_text())
}
