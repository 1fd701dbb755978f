//! Lists of a Word document: which paragraphs are items, and their numbers.

use std::collections::HashMap;

use crate::{
    docx::styles::{Styles, value},
    limits::MAX_LIST_LEVELS,
    xml::Element,
};

/// All lists, and how far each has been counted.
#[derive(Default)]
pub(crate) struct Numbering {
    lists: HashMap<String, List>,
    /// What the levels of an abstract list are.
    abstracts: HashMap<String, Abstract>,
    counts: HashMap<String, [u32; MAX_LIST_LEVELS]>,
    /// Lists whose levels have begun again.
    restarted: Vec<(String, usize)>,
}

struct List {
    of: String,
    /// Levels that begin with a number of their own here.
    starts: HashMap<usize, u32>,
    forms: HashMap<usize, Level>,
}

#[derive(Default)]
struct Abstract {
    levels: HashMap<usize, Level>,
    /// The style that says what the list is.
    by_style: Option<String>,
}

#[derive(Clone)]
struct Level {
    form: String,
    start: u32,
    /// What is in front of each item, without spaces; `None` where the file does not say.
    label: Option<String>,
}

impl Level {
    fn has_label(&self) -> bool {
        self.label.as_ref().is_some_and(|label| !label.is_empty())
    }

    /// Says whether its items have nothing in front although they are those of a list: how some programs write the second
    /// paragraph of an item.
    fn is_blank(&self) -> bool {
        self.label.as_ref().is_some_and(String::is_empty)
    }
}

/// What a paragraph of a list has in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Bullet,
    Number(u32),
    /// A number that the document shows as a letter or in Roman figures.
    Letter(u32),
    /// Nothing, since it goes on with the item before it.
    Continued,
    None,
}

impl Numbering {
    /// Reads `numbering.xml`.
    pub(crate) fn read(root: Element<'_, '_>) -> Self {
        let mut numbering = Self::default();
        for element in root.children() {
            match element.name() {
                "abstractNum" => {
                    let Some(id) = element.attribute("abstractNumId") else {
                        continue;
                    };
                    let levels = element
                        .children()
                        .filter(|child| child.name() == "lvl")
                        .filter_map(level)
                        .collect();
                    numbering.abstracts.insert(
                        id,
                        Abstract {
                            levels,
                            by_style: value(element, "numStyleLink"),
                        },
                    );
                }
                "num" => {
                    let (Some(id), Some(of)) =
                        (element.attribute("numId"), value(element, "abstractNumId"))
                    else {
                        continue;
                    };
                    let mut list = List {
                        of,
                        starts: HashMap::new(),
                        forms: HashMap::new(),
                    };
                    for change in element
                        .children()
                        .filter(|child| child.name() == "lvlOverride")
                    {
                        let Some(at) = change.attribute("ilvl").and_then(|at| at.parse().ok())
                        else {
                            continue;
                        };
                        if let Some(start) =
                            value(change, "startOverride").and_then(|start| start.parse().ok())
                        {
                            list.starts.insert(at, start);
                        }
                        list.forms.extend(change.child("lvl").and_then(level));
                    }
                    numbering.lists.insert(id, list);
                }
                _ => {}
            }
        }
        numbering
    }

    /// Counts a paragraph of a list and returns what it has in front.
    pub(crate) fn next(&mut self, styles: &Styles, id: &str, at: usize) -> Label {
        let Some(list) = self.lists.get(id) else {
            // A list that nothing describes is shown with bullets.
            return if id == "0" {
                Label::None
            } else {
                Label::Bullet
            };
        };
        let of = self.described_by(styles, list).to_owned();
        let levels = self.abstracts.get(&of).map(|held| &held.levels);
        let form = list
            .forms
            .get(&at)
            .or_else(|| levels.and_then(|levels| levels.get(&at)));
        let Some(form) = form.cloned() else {
            return Label::Bullet;
        };
        match form.form.as_str() {
            "bullet" if form.is_blank() => return Label::Continued,
            "bullet" => return Label::Bullet,
            "none" if !form.has_label() => return Label::None,
            "none" => return Label::Bullet,
            _ => {}
        }
        let first = list.starts.get(&at).copied();
        let number = self.count((of, id.to_owned()), at, first, form.start);
        match form.form.as_str() {
            "decimal" | "decimalZero" | "ordinal" | "cardinalText" | "ordinalText" => {
                Label::Number(number)
            }
            _ => Label::Letter(number),
        }
    }

    /// Returns the abstract list that says what a list is: its own, or that of the style which it names.
    fn described_by<'s>(&'s self, styles: &Styles, list: &'s List) -> &'s str {
        let style = self
            .abstracts
            .get(&list.of)
            .and_then(|held| held.by_style.as_deref());
        let linked = style
            .and_then(|style| styles.list(Some(style)).id)
            .and_then(|id| self.lists.get(&id));
        linked.map_or(&list.of, |linked| &linked.of)
    }

    /// Returns the next number at a level of a list, which is named with the abstract list that it counts in.
    fn count(
        &mut self,
        (of, id): (String, String),
        at: usize,
        first: Option<u32>,
        start: u32,
    ) -> u32 {
        let counts = self.counts.entry(of).or_insert([0; MAX_LIST_LEVELS]);
        // A list of its own start begins again, once.
        let key = (id, at);
        let begins = first.is_some() && !self.restarted.contains(&key);
        if begins {
            self.restarted.push(key);
        }
        let mut number = 0;
        for (level, count) in counts.iter_mut().enumerate() {
            if level == at {
                *count = match first {
                    Some(first) if begins => first,
                    Some(_) | None if *count == 0 => start,
                    Some(_) | None => count.saturating_add(1),
                };
                number = *count;
            } else if level > at {
                // Deeper levels begin again below the next item.
                *count = 0;
            }
        }
        number
    }
}

fn level(element: Element<'_, '_>) -> Option<(usize, Level)> {
    let at = element.attribute("ilvl")?.parse().ok()?;
    let level = Level {
        form: value(element, "numFmt").unwrap_or_else(|| "decimal".to_owned()),
        start: value(element, "start")
            .and_then(|start| start.parse().ok())
            .unwrap_or(1),
        // A picture as a bullet has a text that no one sees.
        label: match element.child("lvlPicBulletId") {
            Some(_) => None,
            None => value(element, "lvlText").map(|text| text.trim().to_owned()),
        },
    };
    Some((at, level))
}
