//! Front matter of other systems: the keys of Jekyll, Hugo, MkDocs and Docusaurus that mean the same as one
//! of ours. A key is translated only if ours is missing and the value fits.

use metadata::{
    Fault,
    entities::decode_head,
    times::{american_day, moment},
    value::{Map, Node, Value, without_signs},
};

use crate::{
    attributes::{MAX_SUMMARY, MAX_TAGS},
    kinds::Kind,
    reader::items,
};

/// Keys that the node sets. In a file they are ignored.
pub(crate) const SET_BY_THE_NODE: [&str; 4] = ["rev", "org", "organisation", "declared"];

/// Our key, and its names in other systems, the best first.
const ALIASES: [(&str, &[&str]); 7] = [
    ("summary", &["description", "excerpt", "abstract"]),
    ("tags", &["keywords", "categories", "category"]),
    // In any case, and with any sign or none between their words.
    (
        "created",
        &[
            "date",
            "datecreated",
            "createdat",
            "publishedat",
            "createddate",
            "creationdate",
        ],
    ),
    (
        "updated",
        &[
            "lastmod",
            "lastmodifiedat",
            "lastmodified",
            "datemodified",
            "modified",
            "updatedat",
            "lastupdate",
            "lastupdated",
            "lastupdatedat",
            "dateupdated",
            "updateddate",
            "updatedate",
            "modifieddate",
            "modificationdate",
            "modifiedat",
            "lastmodifieddate",
            "lastedited",
            "lastchanged",
            "lastrevised",
            "revised",
            "revisiondate",
            "reviseddate",
            "msdate",
        ],
    ),
    ("authors", &["author"]),
    ("lang", &["language"]),
    ("licence", &["license"]),
];

/// The keys of a file that every kind has.
const COMMON_KEYS: [&str; 16] = [
    "kind",
    "id",
    "title",
    "summary",
    "tags",
    "contact",
    "authors",
    "based_on",
    "replaces",
    "licence",
    "visibility",
    "review_by",
    "reviewed",
    "created",
    "updated",
    "lang",
];

/// Returns every key of a file of ours.
fn keys() -> impl Iterator<Item = &'static str> {
    let of_kinds = Kind::ALL.iter().flat_map(|kind| kind.rules().keys);
    COMMON_KEYS
        .into_iter()
        .chain(["rev"])
        .chain(of_kinds.copied())
}

/// Returns the map with the keys of other systems renamed to ours where the value fits.
pub(crate) fn translate(map: &Map) -> Map {
    let has_created = map.iter().any(|(key, _)| key == "created");
    let mut map = map.clone();
    read_american_days(&mut map);
    for (ours, theirs) in ALIASES {
        if map
            .iter()
            .any(|(key, node)| key == ours && !node.value.is_null())
        {
            continue;
        }
        let found = theirs.iter().find_map(|alias| {
            let is_alias = |key: &str| match ours {
                "created" | "updated" => without_signs(key) == *alias,
                _ => key == *alias,
            };
            let is_own = |key: &str| matches!(key, "created" | "updated");
            let index = map
                .iter()
                .position(|(key, _)| is_alias(key) && !is_own(key))?;
            let node = map.get(index).map(|(_, node)| node)?;
            let mut node = fitting(ours, node)?;
            // A category is one, of however many words.
            if let ("category", Some(text)) = (*alias, node.value.as_text()) {
                node.value = Value::texts(vec![text]);
            }
            Some((index, node))
        });
        if let Some((index, node)) = found {
            if let Some(entry) = map.get_mut(index) {
                *entry = (ours.to_owned(), node);
            }
            map.retain(|(key, node)| key != ours || !node.value.is_null());
        }
    }
    take_taxonomies(&mut map);
    split_tags(&mut map);
    if !has_created {
        date_of_last_change(&mut map);
    }
    decode_head(&mut map);
    map
}

/// The documentation of Microsoft writes the month of `ms.date` first.
fn read_american_days(map: &mut Map) {
    for (key, node) in map {
        let written = node.value.as_text().and_then(american_day);
        if let Some(day) = written.filter(|_| without_signs(key) == "msdate") {
            node.value = Value::Text(day.to_string());
        }
    }
}

/// Returns a fault for each date of another system that could not be read, so that its document does not look new
/// without a word.
pub(crate) fn unread_dates(map: &Map) -> Vec<Fault> {
    let dates = ALIASES
        .iter()
        .filter(|(ours, _)| matches!(*ours, "created" | "updated"));
    let names: Vec<&str> = dates.flat_map(|(_, theirs)| *theirs).copied().collect();
    let unread = map.iter().filter_map(|(key, node)| {
        let text = node
            .value
            .as_text()
            .map(str::trim)
            .filter(|text| !text.is_empty())?;
        let is_named = names.contains(&without_signs(key).as_str());
        let is_unread = is_named && moment(text).is_none();
        is_unread.then(|| {
            let shown: String = text.chars().take(40).collect();
            let says = format!("`{key}` cannot be `{shown}`; write a day such as 2026-11-28");
            Fault::new(key.clone(), node.line, says)
        })
    });
    unread.collect()
}

/// Zola has its tags in a map `taxonomies`.
fn take_taxonomies(map: &mut Map) {
    if map.iter().any(|(key, _)| key == "tags") {
        return;
    }
    let inner = map.iter().find(|(key, _)| key == "taxonomies");
    let inner = inner.and_then(|(_, node)| node.value.as_map());
    let tags = inner.and_then(|map| map.iter().find(|(key, _)| key == "tags"));
    let tags = tags.and_then(|(_, node)| fitting("tags", node));
    map.extend(tags.map(|node| ("tags".to_owned(), node)));
}

/// A file of another system with one date was last changed then: an old document does not look new.
fn date_of_last_change(map: &mut Map) {
    if map
        .iter()
        .any(|(key, node)| key == "updated" && !node.value.is_null())
    {
        return;
    }
    let created = map.iter().find(|(key, _)| key == "created");
    let fits = |node: &&Node| {
        node.value
            .as_text()
            .is_some_and(|text| moment(text).is_some())
    };
    let created = created.map(|(_, node)| node).filter(fits).cloned();
    map.retain(|(key, _)| key != "updated" || created.is_none());
    map.extend(created.map(|node| ("updated".to_owned(), node)));
}

/// Returns the value as ours, if it can be one without a fault.
fn fitting(ours: &str, node: &Node) -> Option<Node> {
    let text = || {
        node.value
            .as_text()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let good = match ours {
        "summary" => text()?.chars().count() <= MAX_SUMMARY,
        // Docusaurus has `last_update: {date, author}`.
        "created" | "updated" => match node.value.as_map() {
            Some(map) => {
                let (_, date) = map.iter().find(|(key, _)| key == "date")?;
                return fitting(ours, date);
            }
            None => moment(text()?).is_some(),
        },
        "tags" => {
            let fits = |item: &Node| {
                item.value
                    .as_text()
                    .is_some_and(|text| (1..=60).contains(&text.trim().chars().count()))
            };
            let words = node.value.as_list().map_or_else(
                || text().is_some_and(|text| text.len() <= 500),
                |items| items.iter().all(fits),
            );
            words && items(node).len() <= MAX_TAGS
        }
        "authors" => items(node).iter().all(|item| {
            item.value
                .as_text()
                .is_some_and(|text| (1..=200).contains(&text.trim().chars().count()))
        }),
        "lang" => {
            text()?.len() <= 35
                && text()?
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        }
        "licence" => text().is_some(),
        _ => false,
    };
    good.then(|| node.clone())
}

/// `tags: a, b` and Jekyll's `tags: a b` are lists.
fn split_tags(map: &mut Map) {
    let Some((_, node)) = map.iter_mut().find(|(key, _)| key == "tags") else {
        return;
    };
    let Some(text) = node.value.as_text() else {
        return;
    };
    let parts: Vec<&str> = if text.contains(',') {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    } else {
        text.split_whitespace().collect()
    };
    node.value = Value::texts(parts);
}

/// Most letters in which a misspelt key differs from what was meant.
const MAX_MISSPELT: usize = 2;

/// Returns the key of ours that a key is or looks like.
pub(crate) fn likely_meant(key: &str) -> Option<&'static str> {
    let wanted = key.to_lowercase().replace(['-', ' '], "_");
    let is_likely = |known: &&str, distance: usize| {
        let most = if known.len() < 6 { 1 } else { MAX_MISSPELT };
        distance <= most && known.len() > 3
    };
    // Nearly every key is spelt correctly, and distances are expensive.
    if let Some(known) = keys().find(|known| *known == wanted) {
        return Some(known).filter(|known| is_likely(known, 0));
    }
    let letters = wanted.chars().count();
    keys()
        .filter(|known| known.len().abs_diff(letters) <= MAX_MISSPELT)
        .map(|known| (strsim::damerau_levenshtein(known, &wanted), known))
        .min()
        .filter(|(distance, known)| is_likely(known, *distance))
        .map(|(_, known)| known)
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a test may fail")]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_meant_that_differs_in_few_letters() {
        for (key, meant) in [
            ("visibility", Some("visibility")),
            ("Visibility", Some("visibility")),
            ("visiblity", Some("visibility")),
            ("visibilities", None),
            ("care setting", Some("care_setting")),
            ("titel", Some("title")),
            ("tilte", Some("title")),
            ("wgll", Some("wgll")),
            ("id", None),
            ("ids", None),
            ("weight", None),
            ("é", None),
        ] {
            assert_eq!(likely_meant(key), meant, "{key}");
        }
    }

    #[test]
    fn looking_at_few_keys_finds_what_looking_at_all_would() {
        let all = |wanted: &str| {
            keys()
                .map(|known| (strsim::damerau_levenshtein(known, wanted), known))
                .min()
                .filter(|(distance, known)| {
                    *distance <= if known.len() < 6 { 1 } else { 2 } && known.len() > 3
                })
                .map(|(_, known)| known)
        };
        for known in keys() {
            for cut in 0..known.len() {
                for key in [
                    known.to_owned(),
                    format!("{}{}", &known[..cut], &known[cut + 1..]),
                    format!("{}x{}", &known[..cut], &known[cut..]),
                    format!("{}é{}", &known[..cut], &known[cut + 1..]),
                    known[..cut].to_owned(),
                ] {
                    assert_eq!(likely_meant(&key), all(&key), "{key}");
                }
            }
        }
    }
}
