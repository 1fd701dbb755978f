//! The ids of a page: of its headings, and of the places that its author named. Each has a prefix, so that no document
//! can name an element of the page around it.

use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

use comrak::{
    Anchorizer,
    nodes::{AstNode, NodeHeading, NodeValue},
};
use percent_encoding::percent_decode_str;

use crate::{elsewhere, words::heading_words};

/// The longest id of an author's own.
const MAX_ID_CHARS: usize = 200;

/// A heading, for a table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// `2..=6`: the page's title is the only heading of level 1. No level is skipped going down.
    pub level: u8,
    /// The fragment, `h-…`, unique within the document.
    pub id: String,
    /// Plain text.
    pub text: String,
}

/// The ids of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Anchors {
    ids: HashSet<String>,
    /// The words of headings with the ids that they have here.
    headings: Vec<(String, String)>,
    /// Ids by their letters and digits alone; `None` where several have the same. Made when it is asked for.
    loose: OnceLock<HashMap<String, Option<String>>>,
    /// Ids by what other programs make of their headings; `None` where that fits several. Made when it is asked for.
    others: OnceLock<HashMap<String, Option<String>>>,
}

impl Anchors {
    fn insert(&mut self, id: &str) -> bool {
        self.ids.insert(id.to_owned())
    }

    /// Returns the only id whose heading another program would name so.
    fn named_elsewhere(&self, written: &str) -> Option<&str> {
        let others = self.others.get_or_init(|| {
            let mut others: HashMap<String, Option<String>> = HashMap::new();
            for (words, id) in &self.headings {
                for name in elsewhere::names(words) {
                    let held = others.entry(name).or_insert_with(|| Some(id.clone()));
                    if held.as_deref() != Some(id) {
                        *held = None;
                    }
                }
            }
            others
        });
        others
            .get(&elsewhere::loosely(elsewhere::without_prefix(written)))?
            .as_deref()
    }

    /// Returns the words of the heading that has an id.
    pub(crate) fn words_of(&self, id: &str) -> Option<&str> {
        let mut headings = self.headings.iter();
        let (words, _) = headings.find(|(_, of_heading)| of_heading == id)?;
        Some(words)
    }

    /// Returns the id that a fragment without its `#` leads to; `None` if there is no such place, or several could be meant.
    pub(crate) fn id(&self, written: &str) -> Option<String> {
        let decoded = percent_decode_str(written).decode_utf8_lossy();
        // Obsidian names a heading with those above it.
        let name = decoded.rsplit('#').next().unwrap_or_default();
        // It names a block by `^id`.
        let name = name.strip_prefix('^').unwrap_or(name);
        let exact = [
            name.to_owned(),
            format!("h-{name}"),
            format!("h-{}", name.to_lowercase()),
        ];
        if let Some(id) = exact.into_iter().find(|id| self.ids.contains(id)) {
            return Some(id);
        }
        let is_of_footnote = name.starts_with("fn-") || name.starts_with("fnref-");
        if is_of_footnote || name.is_empty() {
            return is_of_footnote.then(|| name.to_owned());
        }
        // Other programs make ids by other rules: `gov-uk-teams` of GOV.UK teams.
        let found = self
            .loosely_named(name)
            .or_else(|| self.named_elsewhere(name));
        found.map(str::to_owned)
    }

    /// Returns the only id with these letters and digits.
    fn loosely_named(&self, id: &str) -> Option<&str> {
        let loose = self.loose.get_or_init(|| {
            let mut loose = HashMap::with_capacity(self.ids.len());
            for id in &self.ids {
                loose
                    .entry(elsewhere::loosely(id))
                    .and_modify(|held| *held = None)
                    .or_insert_with(|| Some(id.clone()));
            }
            loose
        });
        loose.get(&elsewhere::loosely(id))?.as_deref()
    }

    /// Returns the fragment, with its `#`, that a link to `written` leads to.
    pub(crate) fn fragment(&self, written: &str) -> String {
        if let Some(id) = self.id(written) {
            return format!("#{id}");
        }
        let decoded = percent_decode_str(written).decode_utf8_lossy();
        // A browser goes to the top of the page.
        if decoded.is_empty() || decoded.eq_ignore_ascii_case("top") {
            return "#top".to_owned();
        }
        if decoded.starts_with("h-") {
            return format!("#{decoded}");
        }
        format!("#h-{}", decoded.to_lowercase())
    }
}

/// Gives every heading with words its level and id, and writes them back: the level into the heading, the ids of the
/// author's own with their prefix into theirs. The heading that says just the title is taken out; its id stays.
pub(crate) fn number<'a>(root: &'a AstNode<'a>, title: Option<&str>) -> (Vec<Heading>, Anchors) {
    let mut anchorizer = Anchorizer::new();
    let mut anchors = Anchors::default();
    let mut headings: Vec<Heading> = Vec::new();
    let mut named = Vec::new();
    let mut top = None;
    let mut is_first = true;
    let nodes: Vec<&AstNode<'_>> = root
        .descendants()
        .filter(|node| matches!(node.data().value, NodeValue::Heading(_) | NodeValue::Raw(_)))
        .collect();
    for node in nodes {
        let NodeValue::Heading(heading) = node.data().value else {
            named.push(node);
            continue;
        };
        let set_level = |level| {
            node.data_mut().value = NodeValue::Heading(NodeHeading { level, ..heading });
        };
        let level = heading.level;
        let text = heading_words(node);
        if text.is_empty() {
            // A screen reader cannot announce a heading without words.
            set_level(0);
            continue;
        }
        let id = format!("h-{}", anchorizer.anchorize(&text));
        anchors.insert(&id);
        anchors.headings.push((text.clone(), id.clone()));
        let is_title =
            std::mem::take(&mut is_first) && title.is_some_and(|title| is_same(title, &text));
        if is_title {
            named.push(node);
            continue;
        }
        let top = *top.get_or_insert(level.min(2));
        let before = headings.last().map_or(1, |heading| heading.level);
        let level = level
            .saturating_sub(top)
            .saturating_add(2)
            .clamp(2, 6)
            .min(before + 1);
        set_level(level);
        headings.push(Heading { level, id, text });
    }
    for node in named {
        name(node, &mut anchors);
    }
    (headings, anchors)
}

/// Gives a named place its id, if nothing else has it. The heading of the title becomes such a place.
fn name<'a>(node: &'a AstNode<'a>, anchors: &mut Anchors) {
    let id = match &node.data().value {
        NodeValue::Raw(id) => Some(own_id(id)),
        _ => None,
    };
    let Some(id) = id else {
        // The title: what was in the heading goes, but for the ids in it.
        let text = heading_words(node);
        let id = format!("h-{}", Anchorizer::new().anchorize(&text));
        let kept: Vec<_> = node
            .descendants()
            .filter(|inner| matches!(inner.data().value, NodeValue::Raw(_)))
            .collect();
        kept.into_iter().for_each(|inner| node.insert_before(inner));
        let words: Vec<_> = node.children().collect();
        words.into_iter().for_each(AstNode::detach);
        node.data_mut().value = NodeValue::Raw(id);
        return;
    };
    if id.len() > 2 && anchors.insert(&id) {
        node.data_mut().value = NodeValue::Raw(id);
    } else {
        node.detach();
    }
}

/// Returns an author's own id with its prefix, of signs that need no escaping.
fn own_id(id: &str) -> String {
    let is_sound = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let kept: String = id.chars().filter(is_sound).take(MAX_ID_CHARS).collect();
    format!("h-{kept}")
}

fn is_same(title: &str, heading: &str) -> bool {
    let title = title.split_whitespace();
    title.collect::<Vec<_>>().join(" ").to_lowercase() == heading.to_lowercase()
}
