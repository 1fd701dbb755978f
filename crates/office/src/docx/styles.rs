//! Styles of a Word document: what a paragraph or a run is, by its style and the styles that this is based on.

use std::collections::HashMap;

use crate::{inline::Raised, limits::MAX_STYLE_CHAIN, xml::Element};

/// All styles by their id.
#[derive(Default)]
pub(crate) struct Styles {
    by_id: HashMap<String, NamedStyle>,
    default_paragraph: Option<String>,
    /// Half points.
    pub(crate) default_size: u32,
    /// In lower case.
    default_font: Option<String>,
}

#[derive(Default)]
struct NamedStyle {
    /// In lower case.
    name: String,
    based_on: Option<String>,
    outline: Option<u8>,
    list: Option<ListPlace>,
    marks: Marks,
}

/// A place in a list: which one, and at which level.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ListPlace {
    pub(crate) id: Option<String>,
    pub(crate) level: Option<usize>,
}

/// What the properties of a run say; `None` is what they leave open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    pub(crate) bold: Option<bool>,
    pub(crate) italic: Option<bool>,
    pub(crate) strike: Option<bool>,
    pub(crate) hidden: Option<bool>,
    pub(crate) raised: Option<Raised>,
    /// Half points.
    pub(crate) size: Option<u32>,
    pub(crate) font: Option<String>,
}

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Title,
    /// From 1.
    Heading(u8),
    /// An entry of a table of contents.
    Contents,
    Quote,
    /// Lines whose spaces count.
    Code,
    /// What Word gives to plain text: lines as in [`Role::Code`], or the paragraphs of a letter.
    PlainText,
    Body,
}

impl Styles {
    /// Reads `styles.xml`.
    pub(crate) fn read(root: Element<'_, '_>) -> Self {
        let mut styles = Self {
            default_size: 22,
            ..Self::default()
        };
        let defaults = root
            .child("docDefaults")
            .and_then(|defaults| defaults.descendant("rPr"));
        let defaults = defaults.map(marks).unwrap_or_default();
        styles.default_size = defaults.size.unwrap_or(styles.default_size);
        styles.default_font = defaults.font;
        for element in root.children().filter(|child| child.name() == "style") {
            let Some(id) = element.attribute("styleId") else {
                continue;
            };
            let paragraph = element.child("pPr");
            let style = NamedStyle {
                name: value(element, "name")
                    .unwrap_or_default()
                    .trim()
                    .to_lowercase(),
                based_on: value(element, "basedOn"),
                outline: paragraph.and_then(outline),
                list: paragraph.and_then(list_place),
                marks: element.child("rPr").map(marks).unwrap_or_default(),
            };
            let is_default = element
                .attribute("default")
                .is_some_and(|value| is_on(&value));
            if is_default && element.attribute("type").as_deref() == Some("paragraph") {
                styles.default_size = style.marks.size.unwrap_or(styles.default_size);
                styles.default_paragraph = Some(id.clone());
            }
            styles.by_id.insert(id, style);
        }
        styles
    }

    /// Returns a style and those that it is based on, the nearest first.
    fn chain<'s>(&'s self, id: Option<&str>) -> impl Iterator<Item = &'s NamedStyle> {
        let first = id
            .or(self.default_paragraph.as_deref())
            .and_then(|id| self.by_id.get(id));
        std::iter::successors(first, |style| self.by_id.get(style.based_on.as_deref()?))
            .take(MAX_STYLE_CHAIN)
    }

    /// Returns what a paragraph of a style is.
    pub(crate) fn role(&self, id: Option<&str>, own_outline: Option<u8>) -> Role {
        // What the paragraph says itself counts more: level 9 is that of a text.
        match own_outline {
            Some(level @ 0..=8) => return Role::Heading(level + 1),
            Some(_) => return Role::Body,
            None => {}
        }
        for style in self.chain(id) {
            if let Some(role) = role_of_name(&style.name) {
                return role;
            }
            match style.outline {
                Some(level @ 0..=8) => return Role::Heading(level + 1),
                Some(_) => return Role::Body,
                None => {}
            }
        }
        // Without a list of styles the id is all there is.
        match id {
            Some(id) if !self.by_id.contains_key(id) => {
                role_of_name(&id.to_lowercase()).unwrap_or(Role::Body)
            }
            Some(_) | None => Role::Body,
        }
    }

    /// Says whether the whole text is in letters that are equally wide, as of a typewriter: then they say nothing of a paragraph.
    pub(crate) fn is_monospaced(&self) -> bool {
        let font = self
            .chain(None)
            .find_map(|style| style.marks.font.as_deref())
            .or(self.default_font.as_deref());
        font.is_some_and(is_monospaced)
    }

    /// Returns the list that a style puts its paragraphs into.
    pub(crate) fn list(&self, id: Option<&str>) -> ListPlace {
        let mut place = ListPlace::default();
        for style in self.chain(id) {
            if let Some(own) = &style.list {
                place.level = place.level.or(own.level);
                place.id = place.id.or_else(|| own.id.clone());
            }
        }
        place
    }

    /// Returns how deep in a list a paragraph is by the name of its style, from 0: `List Bullet 2` is below `List Bullet`,
    /// although each is a list of its own. `None` for the style of a paragraph that goes on with an item.
    pub(crate) fn list_depth(&self, id: Option<&str>) -> Option<usize> {
        let style = self.chain(id).next();
        let name = style.map_or("", |style| style.name.as_str());
        if name.starts_with("list continue") {
            return None;
        }
        let rest = ["list bullet ", "list number "]
            .iter()
            .find_map(|start| name.strip_prefix(start));
        let depth = rest.and_then(|rest| rest.parse::<usize>().ok());
        Some(depth.map_or(0, |depth| depth.saturating_sub(1)))
    }

    /// Returns the marks of a run, by its own properties, its style, and the style of its paragraph. A mark of both
    /// styles is none (ECMA-376 §17.7.3).
    pub(crate) fn marks(&self, paragraph: Option<&str>, run: Option<&str>, own: &Marks) -> Marks {
        let toggled = |pick: fn(&Marks) -> Option<bool>| {
            let of_paragraph = self.chain(paragraph).find_map(|style| pick(&style.marks));
            let of_run =
                run.and_then(|run| self.chain(Some(run)).find_map(|style| pick(&style.marks)));
            let of_styles = of_paragraph.unwrap_or(false) != of_run.unwrap_or(false);
            Some(pick(own).unwrap_or(of_styles))
        };
        let chains = || {
            run.into_iter()
                .flat_map(|run| self.chain(Some(run)))
                .chain(self.chain(paragraph))
        };
        Marks {
            bold: toggled(|marks| marks.bold),
            italic: toggled(|marks| marks.italic),
            strike: toggled(|marks| marks.strike),
            hidden: toggled(|marks| marks.hidden),
            raised: own
                .raised
                .or_else(|| chains().find_map(|style| style.marks.raised)),
            size: own
                .size
                .or_else(|| chains().find_map(|style| style.marks.size)),
            font: own
                .font
                .clone()
                .or_else(|| chains().find_map(|style| style.marks.font.clone())),
        }
    }
}

/// Reads a role from the name of a style. Word keeps the English names of its own styles in every language; other
/// programs translate them.
fn role_of_name(name: &str) -> Option<Role> {
    if name.starts_with("toc ")
        || name.starts_with("toc") && name.ends_with(|c: char| c.is_ascii_digit())
        || name == "toc heading"
        || name == "tocheading"
    {
        return Some(Role::Contents);
    }
    if matches!(
        name,
        "title" | "titel" | "titre" | "título" | "titolo" | "teitl"
    ) {
        return Some(Role::Title);
    }
    if matches!(
        name,
        "quote" | "intense quote" | "quotations" | "intensequote" | "block text" | "blocktext"
    ) {
        return Some(Role::Quote);
    }
    if matches!(
        name,
        "source code"
            | "sourcecode"
            | "code"
            | "code block"
            | "codeblock"
            | "html preformatted"
            | "htmlpreformatted"
            | "preformatted text"
            | "preformattedtext"
            | "macro text"
            | "macrotext"
            | "verbatim"
    ) {
        return Some(Role::Code);
    }
    if matches!(name, "plain text" | "plaintext") {
        return Some(Role::PlainText);
    }
    let words = [
        "heading",
        "überschrift",
        "titre",
        "título",
        "titolo",
        "kop",
        "rubrik",
        "overskrift",
        "pennawd",
        "nagłówek",
    ];
    let rest = words.iter().find_map(|word| name.strip_prefix(word))?;
    match rest.trim().parse::<u8>() {
        Ok(level @ 1..=9) => Some(Role::Heading(level)),
        Ok(_) | Err(_) => None,
    }
}

/// Says whether all letters of a font are equally wide, by its name in lower case.
pub(crate) fn is_monospaced(font: &str) -> bool {
    let known = [
        "andale mono",
        "cascadia code",
        "consolas",
        "fira code",
        "lucida console",
        "menlo",
        "monaco",
        "source code pro",
    ];
    font.starts_with("courier") || font.ends_with(" mono") || known.contains(&font)
}

/// Reads the properties of a run.
pub(crate) fn marks(properties: Element<'_, '_>) -> Marks {
    let mut marks = Marks::default();
    for property in properties.children() {
        let value = property.attribute("val");
        let on = value.as_deref().is_none_or(is_on);
        match property.name() {
            "b" => marks.bold = Some(on),
            "i" => marks.italic = Some(on),
            "strike" | "dstrike" => marks.strike = Some(on || marks.strike == Some(true)),
            "vanish" => marks.hidden = Some(on),
            "vertAlign" => {
                marks.raised = Some(match value.as_deref() {
                    Some("superscript") => Raised::Above,
                    Some("subscript") => Raised::Below,
                    Some(_) | None => Raised::No,
                });
            }
            // Raised by hand: half points.
            "position" if marks.raised.is_none() => {
                marks.raised = match value.and_then(|value| value.parse::<i32>().ok()) {
                    Some(points) if points >= 4 => Some(Raised::Above),
                    Some(points) if points <= -2 => Some(Raised::Below),
                    Some(_) | None => None,
                };
            }
            "sz" => marks.size = value.and_then(|value| value.parse().ok()),
            "rFonts" => marks.font = property.attribute("ascii").map(|font| font.to_lowercase()),
            _ => {}
        }
    }
    marks
}

/// Reads the outline level of the properties of a paragraph, from 0.
pub(crate) fn outline(properties: Element<'_, '_>) -> Option<u8> {
    value(properties, "outlineLvl")?.parse().ok()
}

/// Reads which list the properties of a paragraph name.
pub(crate) fn list_place(properties: Element<'_, '_>) -> Option<ListPlace> {
    let numbering = properties.child("numPr")?;
    Some(ListPlace {
        id: value(numbering, "numId"),
        level: value(numbering, "ilvl").and_then(|level| level.parse().ok()),
    })
}

/// Returns the value of a property of a name.
pub(crate) fn value(element: Element<'_, '_>, name: &str) -> Option<String> {
    element.child(name)?.attribute("val")
}

/// Reads a switch of the schema.
pub(crate) fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "false" | "off" | "none")
}
