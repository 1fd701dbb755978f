//! Reads HTML as browsers do, and keeps as text everything that is not HTML: `<name of patient>`, `a <b then c> d`.

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token as Raw, Tokenizer};

use super::{
    drawing,
    elements::{BARE_ATTRIBUTES, Element, Kind, element},
    said::{self, Said},
};

/// The most attributes of a tag; with more it is text. Each is searched for in the tag.
const MAX_ATTRIBUTES: usize = 32;

/// A part of raw HTML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Text, decoded.
    Text(String),
    /// A tag.
    Tag(Tag),
}

/// A tag of a known element.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) element: Element,
    pub(crate) closes: bool,
    /// Names in lower case, values decoded.
    pub(crate) attributes: Vec<(String, String)>,
    /// As it was written.
    pub(crate) written: String,
    /// Lines before it in the same piece of HTML.
    pub(crate) line: usize,
}

impl Tag {
    /// Returns an attribute that has a value.
    pub(crate) fn attribute(&self, wanted: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name == wanted);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// Returns an attribute that is a number as HTML reads it: what is behind its figures does not count.
    pub(crate) fn integer(&self, wanted: &str) -> Option<i64> {
        let text = self.attribute(wanted)?;
        let figures = text.trim_start_matches(['-', '+']);
        let end = figures
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(figures.len());
        let signs = text.len() - figures.len();
        let number = text.get(..signs + end).filter(|_| signs < 2)?;
        number.parse::<i32>().ok().map(i64::from)
    }

    /// Returns an attribute that is a number, at least 1.
    pub(crate) fn number(&self, wanted: &str) -> Option<usize> {
        let number = self.attribute(wanted)?.parse().ok()?;
        (number > 0).then_some(number)
    }
}

/// Reads a piece of HTML. Comments are left out.
pub(crate) fn tokens(html: &str) -> Vec<Token> {
    tokens_of(html, &mut Components::default())
}

/// Does what [`tokens`] does with a piece of a longer text, in whose earlier pieces components are open.
pub(crate) fn tokens_of(html: &str, components: &mut Components) -> Vec<Token> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut reader = Reader {
        html,
        components,
        tokens: Vec::new(),
        hidden: None,
        counted: 0,
        line: 0,
        end: 0,
    };
    for Ok(raw) in Tokenizer::new_with_emitter(html, emitter) {
        reader.read(raw);
    }
    // What never ends hides nothing.
    if let Some((_, from)) = reader.hidden.take() {
        reader.text(html.get(from..).unwrap_or_default());
        return reader.tokens;
    }
    // A tag that the text ends in is none.
    let rest = html.get(reader.end..).unwrap_or_default();
    if rest.starts_with('<') {
        reader.text(rest);
    }
    reader.tokens
}

/// Returns a text with its entities decoded, as in the value of an attribute.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for token in tokens(&text.replace('<', "&lt;")) {
        if let Token::Text(text) = token {
            out.push_str(&text);
        }
    }
    out
}

struct Reader<'a> {
    html: &'a str,
    components: &'a mut Components,
    tokens: Vec<Token>,
    /// The element whose content is not shown, and where that begins.
    hidden: Option<(&'static str, usize)>,
    /// Up to where lines are counted, and how many there are.
    counted: usize,
    line: usize,
    /// Up to where the text is read.
    end: usize,
}

impl Reader<'_> {
    fn read(&mut self, raw: Raw<usize>) {
        match raw {
            Raw::StartTag(tag) => {
                let written = self.written(tag.span.start, tag.span.end);
                let name = text_of(&tag.name);
                let mut attributes = attributes_of(&tag);
                let link = link_of_component(&name, &written, &mut attributes);
                let link = link.filter(|_| reads_as_a_tag(&written, &attributes));
                if let Some(link) = link.filter(|_| self.hidden.is_none()) {
                    let tag = (tag.span.start, tag.self_closing);
                    return self.component(link, name, tag, attributes, written);
                }
                if self.is_of_drawing(&name, !attributes.is_empty(), tag.self_closing) {
                    return self.part_of_drawing(&name);
                }
                let known = element(&name).filter(|_| self.hidden.is_none());
                match known.filter(|_| reads_as_a_tag(&written, &attributes)) {
                    Some(element) => {
                        let said = said::by_attributes(element, &written, &attributes);
                        let place = (tag.span.start, tag.self_closing);
                        self.element(element, attributes, written, said, place);
                        if element.kind == Kind::Hidden {
                            self.hidden = Some((element.name, tag.span.end));
                        }
                    }
                    None => self.text(&written),
                }
            }
            Raw::EndTag(tag) => {
                let written = self.written(tag.span.start, tag.span.end);
                let name = text_of(&tag.name);
                if self.components.drawings > 0 && drawing::is_part(&name) {
                    self.components.drawings -= usize::from(name == drawing::NAME);
                    return self.part_of_drawing(&name);
                }
                match self.components.end(&name).or_else(|| element(&name)) {
                    Some(element) => {
                        self.end_hidden(element.name, tag.span.start);
                        self.tag(element, true, Vec::new(), written, tag.span.start);
                    }
                    None => self.text(&written),
                }
            }
            Raw::String(text) => {
                self.end = self.end.max(text.span.end);
                self.text(&text_of(&text));
            }
            Raw::Comment(comment) => {
                // `<? … ?>` and `<! … >` are comments to a browser, and words to a reader.
                let written = self.written(comment.span.start, comment.span.end);
                if !written.starts_with("<!--") {
                    self.text(&written);
                }
            }
            Raw::Doctype(tag) => self.end = self.end.max(tag.span.end),
            Raw::Error(_) => {}
        }
    }

    /// Reads a component as a link: with what it holds, or if it holds nothing with the words in its attributes.
    fn component(
        &mut self,
        link: Element,
        name: String,
        (start, is_empty): (usize, bool),
        attributes: Vec<(String, String)>,
        written: String,
    ) {
        if !is_empty {
            self.components.open.push(name);
            return self.tag(link, false, attributes, written, start);
        }
        let named = |wanted: &str| {
            let mut found = attributes.iter().filter(|(name, _)| name == wanted);
            found.find_map(|(_, value)| (!value.trim().is_empty()).then(|| value.clone()))
        };
        let words = ["title", "label", "text", "name", "href"];
        let words = words.into_iter().find_map(named).unwrap_or_default();
        self.tag(link, false, attributes, written.clone(), start);
        self.text(&words);
        self.tag(link, true, Vec::new(), written, start);
    }

    /// Reads the tag of an element, with the words that its attributes say.
    fn element(
        &mut self,
        element: Element,
        attributes: Vec<(String, String)>,
        written: String,
        said: Said,
        (start, is_empty): (usize, bool),
    ) {
        let is_component = said != Said::Nothing;
        if let Said::Before(words) = &said {
            self.wrapped("p", words, start);
        }
        self.tag(element, false, attributes, written.clone(), start);
        match &said {
            Said::Line(name, words) => self.wrapped(name, words, start),
            Said::Within(words) => self.text(&format!("{words} ")),
            Said::Nothing | Said::Before(_) => {}
        }
        // A component that ends at once holds nothing of what follows.
        if is_component && is_empty {
            self.tag(element, true, Vec::new(), written, start);
        }
    }

    /// Writes words in an element of their own.
    fn wrapped(&mut self, name: &str, words: &str, start: usize) {
        let Some(element) = element(name) else {
            return self.text(words);
        };
        self.tag(element, false, Vec::new(), String::new(), start);
        self.text(words);
        self.tag(element, true, Vec::new(), String::new(), start);
    }

    /// Ends the element whose content is not shown; what a style sheet says is kept.
    fn end_hidden(&mut self, name: &str, at: usize) {
        let Some((_, from)) = self.hidden.take_if(|(hidden, _)| *hidden == name) else {
            return;
        };
        if name == "style" && self.components.drawings == 0 {
            let css = self.html.get(from..at).unwrap_or_default();
            self.components.css.push_str(css);
        }
    }

    /// Returns whether a tag is that of a drawing, or of a part of the one that is open.
    fn is_of_drawing(&mut self, name: &str, has_attributes: bool, is_empty: bool) -> bool {
        if self.hidden.is_some() {
            return false;
        }
        let begins = name == drawing::NAME && (has_attributes || self.html.contains("</svg"));
        if begins && !is_empty {
            self.components.drawings += 1;
        }
        begins || self.components.drawings > 0 && drawing::is_part(name)
    }

    /// Keeps the words of a drawing apart.
    fn part_of_drawing(&mut self, name: &str) {
        if drawing::has_words(name) {
            self.text(" ");
        }
    }

    fn written(&mut self, start: usize, end: usize) -> String {
        self.end = self.end.max(end);
        self.html.get(start..end).unwrap_or_default().to_owned()
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        match self.tokens.last_mut() {
            Some(Token::Text(last)) => last.push_str(text),
            Some(Token::Tag(_)) | None => self.tokens.push(Token::Text(text.to_owned())),
        }
    }

    fn tag(
        &mut self,
        element: Element,
        closes: bool,
        attributes: Vec<(String, String)>,
        written: String,
        start: usize,
    ) {
        if self.hidden.is_some() {
            return;
        }
        let between = self.html.get(self.counted..start).unwrap_or_default();
        self.line += between.matches('\n').count();
        self.counted = self.counted.max(start);
        self.tokens.push(Token::Tag(Tag {
            element,
            closes,
            attributes,
            written,
            line: self.line,
        }));
    }
}

/// The elements that programs for pages in parts have for a link: `<Link to="/b">`.
const LINKS_OF_PROGRAMS: [&str; 7] = [
    "gatsbylink",
    "link",
    "navlink",
    "nuxt-link",
    "nuxtlink",
    "router-link",
    "routerlink",
];

/// What is open across the pieces of a text, in its order: components that are links, and drawings.
#[derive(Debug, Default)]
pub(crate) struct Components {
    open: Vec<String>,
    /// How many drawings are open.
    drawings: usize,
    /// What the style sheets say.
    pub(super) css: String,
}

impl Components {
    /// Ends the innermost component if it has this name.
    fn end(&mut self, name: &str) -> Option<Element> {
        self.open.pop_if(|open| open == name)?;
        element("a")
    }
}

/// Reads a component with an address as a link: `<Link to="/b">`, `<Button href="/b">`, `<sl-button href="/b">`. A `link`
/// of HTML has `rel`, and its other elements have no address unless they are links.
fn link_of_component(
    name: &str,
    written: &str,
    attributes: &mut [(String, String)],
) -> Option<Element> {
    let is_component = written.chars().nth(1).is_some_and(char::is_uppercase);
    let is_of_html = !is_component && !LINKS_OF_PROGRAMS.contains(&name) && element(name).is_some();
    if is_of_html || name == "a" || attributes.iter().any(|(name, _)| name == "rel") {
        return None;
    }
    let is_address = |value: &str| !value.trim().is_empty() && !value.contains(['{', '<']);
    let to = attributes
        .iter_mut()
        .find(|(name, value)| (name == "to" || name == "href") && is_address(value))?;
    to.0 = "href".to_owned();
    element("a")
}

/// Returns whether a tag is one and not a comparison: `<b then c>` has words where a tag has attributes.
fn reads_as_a_tag(written: &str, attributes: &[(String, String)]) -> bool {
    if attributes.len() > MAX_ATTRIBUTES {
        return false;
    }
    let mut bare = attributes.iter().filter(|(name, value)| {
        value.is_empty()
            && !BARE_ATTRIBUTES.contains(&name.as_str())
            && !name.starts_with("data-")
            && !name.starts_with("aria-")
    });
    if written.contains('=') {
        let lower = written.to_ascii_lowercase();
        return bare.all(|(name, _)| {
            let mut places = lower.match_indices(name.as_str());
            places.any(|(at, _)| {
                let after = lower.get(at + name.len()..).unwrap_or_default();
                after.trim_start().starts_with('=')
            })
        });
    }
    bare.next().is_none()
}

fn attributes_of(tag: &StartTag<usize>) -> Vec<(String, String)> {
    let each = tag.attributes.iter();
    each.map(|(name, value)| (text_of(name), text_of(value)))
        .collect()
}

fn text_of(bytes: &HtmlString) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes tokens in a short form: tags in brackets.
    fn shown(html: &str) -> String {
        let each = tokens(html).into_iter().map(|token| match token {
            Token::Text(text) => text,
            Token::Tag(tag) => {
                let close = if tag.closes { "/" } else { "" };
                let attributes = tag.attributes.iter();
                let attributes: String = attributes
                    .map(|(name, value)| format!(" {name}={value}"))
                    .collect();
                format!("[{close}{}{attributes}]", tag.element.name)
            }
        });
        each.collect()
    }

    #[test]
    fn a_tag_is_read_and_other_marks_are_text() {
        for (html, expected) in [
            ("<B>x</b>", "[b]x[/b]"),
            (
                "Caf&eacute; &pound;3 &#8211; &nosuch;",
                "Café £3 – &nosuch;",
            ),
            ("<name of patient>", "<name of patient>"),
            ("a<b then c>d", "a<b then c>d"),
            ("a<b then c=1>d", "a<b then c=1>d"),
            (
                "<a href='x > y' title=\"\">z</a>",
                "[a href=x > y title=]z[/a]",
            ),
            ("<input checked disabled>", "[input checked= disabled=]"),
            (
                "<!-- gone --><!DOCTYPE html>x<?php echo 1 ?>",
                "x<?php echo 1 ?>",
            ),
            (
                "a<script>b</script>c<style>d",
                "a[script][/script]c[style]d",
            ),
            ("<5 minutes and < 6", "<5 minutes and < 6"),
            ("</Name>", "</Name>"),
            ("<img src=x alt=\"a &amp; b\"/>", "[img alt=a & b src=x]"),
            ("x <b", "x <b"),
            ("<Button href=\"/b\">x</Button>", "[a href=/b]x[/a]"),
            ("<Link to=/b>x</Link> </Link>", "[a href=/b]x[/a] [/link]"),
            ("<sl-button href=/b>x</sl-button>", "[a href=/b]x[/a]"),
            (
                "<Card title=\"T\" href=\"/b\" />y",
                "[a href=/b title=T]T[/a]y",
            ),
            ("<button href=/b>x</button>", "[button href=/b]x[/button]"),
            ("<Card title=\"T\">x</Card>", "<Card title=\"T\">x</Card>"),
            ("x <b c=\"d\n", "x <b c=\"d\n"),
        ] {
            assert_eq!(shown(html), expected, "{html}");
        }
        let lines: Vec<usize> = tokens("<p>\n\n<b>x\n</b>")
            .into_iter()
            .filter_map(|token| match token {
                Token::Tag(tag) => Some(tag.line),
                Token::Text(_) => None,
            })
            .collect();
        assert_eq!(lines, [0, 2, 3]);
        assert_eq!(decode("a<b &lt; &eacute;"), "a<b < é");
    }
}
