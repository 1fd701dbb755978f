//! How a document is cited: as text, as BibTeX, and as schema.org data for machines.

use serde_json::{Value, json};

use node::flows::reading::Shown;

/// The forms of a citation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// A line of text.
    pub text: String,
    /// BibTeX.
    pub bibtex: String,
}

impl Citation {
    /// Cites a document at its origin, with its version.
    #[must_use]
    pub fn new(shown: &Shown, site: &str) -> Self {
        let document = &shown.document;
        let title = markdown::visible(&shown.body.common().title);
        let year = document
            .published
            .unwrap_or(document.changed_at)
            .date()
            .year();
        let organisation = &document.owner.organisation;
        let (rev, url) = (document.rev, &shown.origin_url);
        let id = document.id.to_string();
        let key = id.get(..8).unwrap_or(&id);
        Self {
            text: format!("{organisation} ({year}) {title}, version {rev}. {site}. {url}"),
            bibtex: format!(
                "@misc{{wardround-{key},\n  author = {{{{{}}}}},\n  title = {{{{{}}}}},\n  year = {{{year}}},\n  \
                 note = {{Version {rev}}},\n  url = {{{url}}}\n}}",
                bibtex(organisation),
                bibtex(&title)
            ),
        }
    }
}

/// Escapes what BibTeX reads as markup.
fn bibtex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '{' | '}' => out.push(' '),
            '&' | '%' | '$' | '#' | '_' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Returns a document as schema.org data, safe inside a `script` element.
#[must_use]
pub fn json_ld(shown: &Shown, url: &str) -> String {
    let document = &shown.document;
    let common = shown.body.common();
    // A mark that turns a line around is shown here as on the page: programs show these texts too.
    let shown = |text: &str| markdown::visible(text).into_owned();
    let organisation =
        json!({"@type": "Organization", "name": shown(&document.owner.organisation)});
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": shown(&common.title),
        "description": shown(&common.summary),
        "inLanguage": common.lang,
        "url": url,
        "identifier": format!("{}/{}", document.owner.node, document.id),
        "version": document.rev.to_string(),
        "author": organisation.clone(),
        "publisher": organisation,
        "isAccessibleForFree": true,
    });
    if let Some(object) = data.as_object_mut() {
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                object.insert(key.to_owned(), Value::from(value));
            }
        };
        put("datePublished", document.published.map(|at| at.to_string()));
        put("dateModified", common.updated.map(|at| at.to_string()));
        // What is for staff of one organisation is open to no one else.
        let is_open = common.visibility != domain::vocabulary::Visibility::Organisation;
        let licence = licence_url(common.licence).filter(|_| is_open);
        put("license", licence.map(str::to_owned));
        if !common.tags.is_empty() {
            put("keywords", Some(shown(&common.tags.join(", "))));
        }
    }
    for_script(&data)
}

/// Writes JSON so that nothing in it can end a `script` element or begin a comment.
#[must_use]
pub fn for_script(data: &Value) -> String {
    data.to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// Returns the address of a licence; none for a text that no licence opens.
#[must_use]
pub fn licence_url(licence: domain::vocabulary::Licence) -> Option<&'static str> {
    use domain::vocabulary::Licence;
    match licence {
        Licence::OglUk3 => {
            Some("https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/")
        }
        Licence::CcBy4 => Some("https://creativecommons.org/licenses/by/4.0/"),
        Licence::CcBySa4 => Some("https://creativecommons.org/licenses/by-sa/4.0/"),
        Licence::CcByNc4 => Some("https://creativecommons.org/licenses/by-nc/4.0/"),
        Licence::AllRightsReserved => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_data_ends_a_script_element() {
        let data = json!({"headline": "</script><script>alert(1)</script><!-- & \u{2028}"});
        let text = for_script(&data);
        assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), data);
    }

    #[test]
    fn bibtex_holds_no_markup_of_the_author() {
        assert_eq!(bibtex("R&D {50%} \\input{x}"), r"R\&D  50\%   input x ");
    }
}
