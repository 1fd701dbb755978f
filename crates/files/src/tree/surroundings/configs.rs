//! Configurations of generators that leave files out: MkDocs, Jekyll, Hugo, Docusaurus, Sphinx.
//!
//! They are programs, or YAML that only their program can read (`!ENV`, `!!python/name:…`). So only the keys that matter are
//! found, by their lines.

use std::path::{Component, Path, PathBuf};

use domain::{
    front_matter::read_parts,
    value::{Map, Value},
};

use super::{
    super::front::keys_of_file,
    Sign,
    inherited::{self, Inherited, Scope, cascades, text_of},
    patterns::{Kind, Patterns},
    programs,
    signs::MAX_BYTES,
};

/// Where Hugo has the configuration for all environments, if it is not in one file.
pub(super) const HUGO_DEFAULTS: &str = "config/_default";

/// Returns whether this is the name of a configuration, in small letters.
pub(super) fn is_config(name: &str) -> bool {
    matches!(
        name,
        "mkdocs.yml" | "mkdocs.yaml" | "_config.yml" | "_config.yaml" | "conf.py"
    ) || is_read_by_hugo(name)
        || name.starts_with("docusaurus.config.")
}

/// Returns whether this is the name of a configuration of Hugo.
pub(super) fn is_of_hugo(name: &str) -> bool {
    matches!(name, "hugo.toml" | "hugo.yaml" | "hugo.yml" | "config.toml")
}

/// Returns whether Hugo would read a file of this name, which may be that of another program.
fn is_read_by_hugo(name: &str) -> bool {
    is_of_hugo(name) || matches!(name, "config.yaml" | "config.yml") || is_cascade(name)
}

/// Returns whether this is the file of one key in Hugo's folder of configurations.
fn is_cascade(name: &str) -> bool {
    matches!(name, "cascade.toml" | "cascade.yaml" | "cascade.yml")
}

/// Reads a configuration.
///
/// # Errors
/// Why it cannot be read, if it may keep files back.
pub(super) fn read(sign: &Sign<'_>) -> Result<(Vec<Patterns>, Vec<Inherited>), String> {
    let read = match sign.name {
        "mkdocs.yml" | "mkdocs.yaml" => (of_mkdocs(sign), Vec::new()),
        "_config.yml" | "_config.yaml" => of_jekyll(sign),
        "conf.py" => (programs::sphinx(sign)?, Vec::new()),
        name if is_read_by_hugo(name) => (Vec::new(), of_hugo(sign)?),
        _ => (programs::docusaurus(sign)?, Vec::new()),
    };
    Ok(read)
}

/// Returns the folder whose files a configuration is about.
pub(super) fn folder_of(sign: &Sign<'_>) -> PathBuf {
    site_of_hugo(sign).unwrap_or(sign.folder).to_path_buf()
}

/// Returns the folder of the site of a file in Hugo's folder of configurations.
fn site_of_hugo<'a>(sign: &Sign<'a>) -> Option<&'a Path> {
    let is_configuration =
        sign.folder.ends_with(HUGO_DEFAULTS) || sign.folder.ends_with("config/production");
    let is_hugo = is_configuration && is_read_by_hugo(sign.name);
    sign.folder.ancestors().nth(2).filter(|_| is_hugo)
}

/// Returns the folder at a path from another folder, without `.` and `..`: the locations of files have none.
fn folder_at(folder: &Path, path: &str) -> PathBuf {
    let mut found = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                found.pop();
            }
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => found.push(part),
        }
    }
    found
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
    let base = folder_at(sign.folder, folder.unwrap_or("docs"));
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
    let base = folder_at(sign.folder, source.unwrap_or_default());
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
fn of_hugo(sign: &Sign<'_>) -> Result<Vec<Inherited>, String> {
    let site = site_of_hugo(sign);
    let is_cascade = is_cascade(sign.name);
    if is_cascade && site.is_none() {
        return Ok(Vec::new());
    }
    let map = match keys_of_file(sign.name, sign.text, MAX_BYTES) {
        Ok(map) => map,
        Err(fault) => {
            let has_cascade = is_cascade || sign.text.to_lowercase().contains("cascade");
            return match has_cascade {
                true => Err(fault.to_string()),
                false => Ok(Vec::new()),
            };
        }
    };
    let is_named = map.iter().any(|(key, _)| key == "cascade");
    let map: Map = match is_cascade && !is_named {
        true => vec![("cascade".to_owned(), Value::Map(map).into())],
        false => map,
    };
    let folder = folder_of(sign).join("content");
    Ok(cascades(&map, sign, &folder))
}
