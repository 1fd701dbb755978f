//! The HTML elements that are known, and what each becomes. Anything else in angle brackets is text.

/// An element with its meaning here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name, in lower case.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// What an element becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Marks words; the tag that is written for it.
    Mark(&'static str),
    /// A link or an anchor.
    Anchor,
    /// A paragraph.
    Paragraph,
    /// A heading of this level.
    Heading(u8),
    /// A block of its own, whose tag is not written.
    Block,
    /// A quotation.
    Quote,
    /// A list that is not numbered.
    List,
    /// A numbered list.
    Numbered,
    /// An item of a list.
    Item,
    /// A part of a page with a tag of its own that holds blocks: `details`, `dd`.
    Part(&'static str),
    /// A line with a tag of its own: `summary`, `dt`, `caption`.
    Line(&'static str),
    /// A list of definitions.
    Definitions,
    /// A table.
    Table,
    /// A row.
    Row,
    /// A cell; the tag that is written for it.
    Cell(&'static str),
    /// Text whose spaces and lines count.
    Preformatted,
    /// A line break.
    Break,
    /// A rule between sections.
    Rule,
    /// An image.
    Image,
    /// A box to tick, a typed value, or a part of a picture that is a link.
    Input,
    /// Film, sound or a page within the page; what it is called on a page.
    Media(&'static str),
    /// The address of a film or sound.
    Source,
    /// Content that is never shown.
    Hidden,
    /// Its tag is not written, its content is.
    Plain,
}

impl Kind {
    /// Says whether it has lines of its own. Within one line of text it is no more than a break.
    pub(crate) fn has_lines(self) -> bool {
        match self {
            Self::Mark(_)
            | Self::Anchor
            | Self::Break
            | Self::Image
            | Self::Input
            | Self::Media(_)
            | Self::Source
            | Self::Hidden
            | Self::Plain => false,
            Self::Paragraph
            | Self::Heading(_)
            | Self::Block
            | Self::Quote
            | Self::List
            | Self::Numbered
            | Self::Item
            | Self::Part(_)
            | Self::Line(_)
            | Self::Definitions
            | Self::Table
            | Self::Row
            | Self::Cell(_)
            | Self::Preformatted
            | Self::Rule => true,
        }
    }
}

/// Returns a known element by its name in lower case.
pub(crate) fn element(name: &str) -> Option<Element> {
    let at = ELEMENTS
        .binary_search_by(|element| element.0.cmp(name))
        .ok()?;
    let (name, kind) = *ELEMENTS.get(at)?;
    Some(Element { name, kind })
}

/// Attributes that are written without a value.
pub(crate) const BARE_ATTRIBUTES: [&str; 28] = [
    "allowfullscreen",
    "async",
    "autoplay",
    "checked",
    "compact",
    "controls",
    "crossorigin",
    "default",
    "defer",
    "disabled",
    "download",
    "hidden",
    "inert",
    "ismap",
    "itemscope",
    "loop",
    "markdown",
    "multiple",
    "muted",
    "noshade",
    "nowrap",
    "open",
    "playsinline",
    "readonly",
    "required",
    "reversed",
    "selected",
    "webkitallowfullscreen",
];

/// Sorted by name.
const ELEMENTS: [(&str, Kind); 122] = [
    ("a", Kind::Anchor),
    ("abbr", Kind::Mark("abbr")),
    ("acronym", Kind::Mark("abbr")),
    ("address", Kind::Block),
    ("area", Kind::Input),
    ("article", Kind::Block),
    ("aside", Kind::Block),
    ("audio", Kind::Media("Sound")),
    ("b", Kind::Mark("strong")),
    ("base", Kind::Plain),
    ("bdi", Kind::Plain),
    ("bdo", Kind::Plain),
    ("big", Kind::Plain),
    ("blockquote", Kind::Quote),
    ("body", Kind::Block),
    ("br", Kind::Break),
    ("button", Kind::Plain),
    ("canvas", Kind::Plain),
    ("caption", Kind::Line("caption")),
    ("center", Kind::Block),
    ("cite", Kind::Mark("em")),
    ("code", Kind::Mark("code")),
    ("col", Kind::Plain),
    ("colgroup", Kind::Plain),
    ("data", Kind::Plain),
    ("datalist", Kind::Plain),
    ("dd", Kind::Part("dd")),
    ("del", Kind::Mark("del")),
    ("details", Kind::Part("details")),
    ("dfn", Kind::Mark("em")),
    ("dialog", Kind::Block),
    ("dir", Kind::List),
    ("div", Kind::Block),
    ("dl", Kind::Definitions),
    ("dt", Kind::Line("dt")),
    ("em", Kind::Mark("em")),
    ("embed", Kind::Media("Film")),
    ("fieldset", Kind::Block),
    ("figcaption", Kind::Block),
    ("figure", Kind::Block),
    ("font", Kind::Plain),
    ("footer", Kind::Block),
    ("form", Kind::Block),
    ("h1", Kind::Heading(1)),
    ("h2", Kind::Heading(2)),
    ("h3", Kind::Heading(3)),
    ("h4", Kind::Heading(4)),
    ("h5", Kind::Heading(5)),
    ("h6", Kind::Heading(6)),
    ("head", Kind::Block),
    ("header", Kind::Block),
    ("hgroup", Kind::Block),
    ("hr", Kind::Rule),
    ("html", Kind::Block),
    ("i", Kind::Mark("em")),
    ("iframe", Kind::Media("Film")),
    ("img", Kind::Image),
    ("input", Kind::Input),
    ("ins", Kind::Mark("ins")),
    ("kbd", Kind::Mark("kbd")),
    ("label", Kind::Plain),
    ("legend", Kind::Block),
    ("li", Kind::Item),
    ("link", Kind::Plain),
    ("main", Kind::Block),
    ("map", Kind::Plain),
    ("mark", Kind::Mark("mark")),
    ("menu", Kind::List),
    ("meta", Kind::Plain),
    ("meter", Kind::Plain),
    ("nav", Kind::Block),
    ("nobr", Kind::Plain),
    ("noframes", Kind::Plain),
    ("noscript", Kind::Plain),
    ("object", Kind::Media("Film")),
    ("ol", Kind::Numbered),
    ("optgroup", Kind::Block),
    ("option", Kind::Block),
    ("output", Kind::Plain),
    ("p", Kind::Paragraph),
    ("param", Kind::Plain),
    ("picture", Kind::Plain),
    ("pre", Kind::Preformatted),
    ("progress", Kind::Plain),
    ("q", Kind::Mark("q")),
    ("rb", Kind::Plain),
    ("rp", Kind::Plain),
    ("rt", Kind::Plain),
    ("rtc", Kind::Plain),
    ("ruby", Kind::Plain),
    ("s", Kind::Mark("del")),
    ("samp", Kind::Mark("code")),
    ("script", Kind::Hidden),
    ("search", Kind::Block),
    ("section", Kind::Block),
    ("select", Kind::Plain),
    ("small", Kind::Mark("small")),
    ("source", Kind::Source),
    ("span", Kind::Plain),
    ("strike", Kind::Mark("del")),
    ("strong", Kind::Mark("strong")),
    ("style", Kind::Hidden),
    ("sub", Kind::Mark("sub")),
    ("summary", Kind::Line("summary")),
    ("sup", Kind::Mark("sup")),
    ("table", Kind::Table),
    ("tbody", Kind::Plain),
    ("td", Kind::Cell("td")),
    ("template", Kind::Hidden),
    ("textarea", Kind::Plain),
    ("tfoot", Kind::Plain),
    ("th", Kind::Cell("th")),
    ("thead", Kind::Plain),
    ("time", Kind::Plain),
    ("tr", Kind::Row),
    ("track", Kind::Plain),
    ("tt", Kind::Mark("code")),
    ("u", Kind::Mark("u")),
    ("ul", Kind::List),
    ("var", Kind::Mark("em")),
    ("video", Kind::Media("Film")),
    ("wbr", Kind::Plain),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_sorted_by_name() {
        assert!(ELEMENTS.is_sorted_by_key(|(name, _)| name));
        assert!(element("table").is_some() && element("name").is_none());
    }
}
