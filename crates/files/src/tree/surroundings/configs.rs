//! Configurations of generators that leave files out: MkDocs, Jekyll, Hugo, Docusaurus, Sphinx.
//!
//! They are programs, or YAML that only their program can read (`!ENV`, `!!python/name:…`). So only the keys that matter are
//! found, by their lines.

use std::path::{Path, PathBuf};

use domain::{
    front_matter::read_parts,
    value::{Map, Value},
};

use super::{
    super::front::front_map,
    Sign,
    inherited::{self, Inherited, Scope, cascades, text_of},
    patterns::{Kind, Patterns},
};

/// Returns whether this is the name of a configuration, in small letters.
pub(super) fn is_config(name: &str) -> bool {
    matches!(
        name,
        "mkdocs.yml" | "mkdocs.yaml" | "_config.yml" | "_config.yaml" | "conf.py"
    ) || is_of_hugo(name)
        || name.starts_with("docusaurus.config.")
}

/// Returns whether this is the name of a configuration of Hugo.
pub(super) fn is_of_hugo(name: &str) -> bool {
    matches!(name, "hugo.toml" | "hugo.yaml" | "hugo.yml" | "config.toml")
}

/// Reads a configuration.
pub(super) fn read(sign: &Sign<'_>) -> (Vec<Patterns>, Vec<Inherited>) {
    match sign.name {
        "mkdocs.yml" | "mkdocs.yaml" => (of_mkdocs(sign), Vec::new()),
        "_config.yml" | "_config.yaml" => of_jekyll(sign),
        "conf.py" => (of_program(sign, "exclude_patterns"), Vec::new()),
        name if is_of_hugo(name) => (Vec::new(), of_hugo(sign)),
        _ => (of_program(sign, "exclude"), Vec::new()),
    }
}

/// The lines of a key at the beginning of a line of YAML.
struct Block<'a> {
    /// The number of the line of the key.
    line: u32,
    /// What is on that line, behind the colon.
    value: &'a str,
    /// The lines that belong to it, with their numbers.
    below: Vec<(u32, &'a str)>,
}

/// Finds a key of YAML that is not within another.
fn block<'a>(text: &'a str, key: &str) -> Option<Block<'a>> {
    let mut lines = (1_u32..).zip(text.lines());
    let (line, value) = lines.find_map(|(number, line)| {
        let rest = line.strip_prefix(key)?.trim_start().strip_prefix(':')?;
        Some((number, rest.trim()))
    })?;
    let belongs =
        |line: &str| line.trim().is_empty() || line.starts_with([' ', '\t', '-', '#', ']']);
    let below = lines.take_while(|(_, line)| belongs(line)).collect();
    Some(Block { line, value, below })
}

/// `exclude_docs` and `draft_docs`. What is not in the navigation (`not_in_nav`) is published all the same.
fn of_mkdocs(sign: &Sign<'_>) -> Vec<Patterns> {
    let folder = block(sign.text, "docs_dir").map(|block| unquoted(block.value));
    let base = sign.folder.join(folder.unwrap_or("docs"));
    let keys = ["exclude_docs", "draft_docs"].into_iter();
    let found = keys.filter_map(|key| Some((key, block(sign.text, key)?)));
    let patterns = found.map(|(key, block)| {
        let lines = match block.value.starts_with(['|', '>']) || block.value.is_empty() {
            true => block
                .below
                .iter()
                .map(|(line, text)| (text.trim().to_owned(), *line))
                .collect(),
            false => {
                let each = unquoted(block.value).split("\\n");
                each.map(|pattern| (pattern.trim().to_owned(), block.line))
                    .collect()
            }
        };
        Patterns::new(Kind::Generator(key), sign.shown, &base, lines)
    });
    patterns.collect()
}

/// `exclude`, and `defaults` that keep files from being published.
fn of_jekyll(sign: &Sign<'_>) -> (Vec<Patterns>, Vec<Inherited>) {
    let source = block(sign.text, "source").map(|block| unquoted(block.value));
    let base = sign.folder.join(source.unwrap_or_default());
    let excluded = block(sign.text, "exclude").map(|block| {
        let first = (block.line, block.value);
        let items = [first]
            .into_iter()
            .chain(block.below)
            .flat_map(|(line, text)| {
                items(text).map(move |item| (format!("/{}", item.trim_start_matches('/')), line))
            });
        Patterns::new(
            Kind::Generator("exclude"),
            sign.shown,
            &base,
            items.collect(),
        )
    });
    let defaults = block(sign.text, "defaults").map(|block| defaults(sign, &base, &block));
    (excluded.into_iter().collect(), defaults.unwrap_or_default())
}

/// Returns the items of a line of a list of YAML, in either form.
fn items(line: &str) -> impl Iterator<Item = &str> {
    let line = line.split(" #").next().unwrap_or_default().trim();
    let line = if line.starts_with('#') { "" } else { line };
    let line = line.strip_prefix('-').unwrap_or(line);
    let each = line
        .split([',', '[', ']'])
        .map(|item| unquoted(item.trim()));
    each.filter(|item| !item.is_empty())
}

fn unquoted(value: &str) -> &str {
    let value = value.split(" #").next().unwrap_or_default();
    value.trim().trim_matches(['"', '\''])
}

/// Reads `defaults`: lists of `{scope: {path, type}, values: {…}}`. The narrower one comes first, since it decides.
fn defaults(sign: &Sign<'_>, base: &Path, block: &Block<'_>) -> Vec<Inherited> {
    let below: Vec<&str> = block.below.iter().map(|(_, line)| *line).collect();
    let yaml = format!(
        "---\ndefaults: {}\n{}\n---\n",
        block.value,
        below.join("\n")
    );
    let lines = inherited::numbered(sign.text, usize::try_from(block.line).unwrap_or(1));
    let rule = |scope: Scope, map: Map| Inherited {
        folder: base.to_path_buf(),
        scope,
        map,
        shown: sign.shown.to_owned(),
        by: "defaults",
        lines: lines.clone(),
    };
    let Ok((map, _)) = read_parts(&yaml) else {
        // What cannot be read must not count as silence.
        let is_switch = |line: &&&str| line.contains("published") && line.contains("false");
        let unread = vec![("published".to_owned(), Value::plain(false).into())];
        let all = || rule(Scope::default(), unread.clone());
        return below
            .iter()
            .find(is_switch)
            .map(|_| all())
            .into_iter()
            .collect();
    };
    let list = map.first().and_then(|(_, node)| node.value.as_list());
    let mut rules: Vec<(usize, Inherited)> = Vec::new();
    for item in list.unwrap_or_default() {
        let Some(item) = item.value.as_map() else {
            continue;
        };
        let inner = |wanted: &str| {
            let found = item.iter().find(|(key, _)| key == wanted);
            found.and_then(|(_, node)| node.value.as_map())
        };
        let (Some(values), scope) = (inner("values"), inner("scope")) else {
            continue;
        };
        let text = |wanted| {
            scope
                .and_then(|scope| text_of(scope, wanted))
                .unwrap_or_default()
        };
        let path = text("path").trim_matches('/');
        let scope = Scope {
            paths: (!path.is_empty())
                .then(|| inherited::pattern(base, path))
                .flatten(),
            within: match text("type") {
                "" | "pages" => None,
                kind => Some(format!("_{kind}")),
            },
            ..Scope::default()
        };
        let mut rule = rule(scope, values.clone());
        // Of several, the lines from the one with this path on.
        if let Some(at) = rule
            .lines
            .iter()
            .position(|(_, line)| !path.is_empty() && line.contains(path))
        {
            rule.lines.drain(..at);
        }
        rules.push((path.len(), rule));
    }
    rules.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    rules.into_iter().map(|(_, rule)| rule).collect()
}

/// The `cascade` of a whole site.
fn of_hugo(sign: &Sign<'_>) -> Vec<Inherited> {
    let fence = if sign.name.ends_with(".toml") {
        "+++"
    } else {
        "---"
    };
    let map = front_map(&format!("{fence}\n{}\n{fence}\n", sign.text));
    let folder: PathBuf = sign.folder.join("content");
    map.map(|map| cascades(&map, sign, &folder))
        .unwrap_or_default()
}

/// Finds a list of patterns in a program: `exclude: ['**/drafts/**']`, `exclude_patterns = ["hr/*"]`.
fn of_program(sign: &Sign<'_>, key: &'static str) -> Vec<Patterns> {
    // Docusaurus leaves these out unless its configuration says otherwise.
    let always = (key == "exclude").then(|| ("**/_*/".to_owned(), 0));
    let mut lines: Vec<(String, u32)> = always.into_iter().collect();
    let mut is_open = false;
    for (number, line) in (1..).zip(sign.text.lines()) {
        let line = line.trim();
        let mut rest = line;
        if !is_open {
            let Some((_, behind)) = line.split_once(key) else {
                continue;
            };
            let behind = behind.trim_start_matches(['\'', '"', ' ', '+']);
            let Some(list) = behind.strip_prefix([':', '=']) else {
                continue;
            };
            let Some(list) = list.trim_start().strip_prefix('[') else {
                continue;
            };
            (is_open, rest) = (true, list);
        }
        if rest.starts_with(['#', '/']) {
            continue;
        }
        let end = rest
            .find(']')
            .filter(|at| quotes_before(rest, *at).is_multiple_of(2));
        let inner = end.and_then(|end| rest.get(..end)).unwrap_or(rest);
        // Of what is between quotes, every second part.
        let texts = inner.split(['\'', '"', '`']).skip(1).step_by(2);
        let each = texts.filter(|text| !text.is_empty());
        lines.extend(each.map(|text| (anywhere(text), number)));
        is_open = end.is_none();
    }
    let patterns = Patterns::new(Kind::Generator(key), sign.shown, sign.folder, lines);
    vec![patterns]
}

/// Returns how many quotation marks are in front of a place.
fn quotes_before(text: &str, at: usize) -> usize {
    text.get(..at)
        .unwrap_or_default()
        .matches(['\'', '"', '`'])
        .count()
}

/// Returns a pattern for the same path in any folder: which folder it begins at is said elsewhere in the program.
fn anywhere(pattern: &str) -> String {
    let inner = pattern.trim_start_matches("./").trim_start_matches('/');
    match inner.starts_with("**/") {
        true => inner.to_owned(),
        false => format!("**/{inner}"),
    }
}
