//! The days between which a file says that it may be published, by its keys and by its first lines.

use metadata::{
    Fault,
    times::first_day,
    value::{Map, without_signs},
};
use wire::Date;

use crate::{
    embargo_day,
    stems::{self, Bound},
};

/// Returns the latest day before which the keys or the first lines of a file say that it must not be published.
#[must_use]
pub fn publish_on(map: &Map, body_md: &str, body_line: u32) -> Option<(Date, Fault)> {
    let in_text = embargo_day(body_md, body_line);
    publish_on_in_keys(map)
        .into_iter()
        .chain(in_text)
        .max_by_key(|(day, _)| *day)
}

/// Keys of the day of publication. A day in the future keeps a file back until then.
/// When what a file is about begins (`start_date`) says nothing of its publication.
const PUBLISH_ON: [&str; 52] = [
    "embargo",
    "publish",
    "postdate",
    "postedon",
    "embargoed",
    "embargolift",
    "launchdate",
    "launchon",
    "holduntil",
    "waituntil",
    "goliveon",
    "publicationday",
    "embargoends",
    "embargoend",
    "embargolifts",
    "visiblefrom",
    "visibleafter",
    "showfrom",
    "displayfrom",
    "livefrom",
    "liveon",
    "livedate",
    "goeslive",
    "onlinefrom",
    "activefrom",
    "scheduledat",
    "scheduledon",
    "publishstart",
    "publishafter",
    "notbefore",
    "embargodate",
    "validfrom",
    "releasedate",
    "releaseon",
    "availablefrom",
    "availableon",
    "embargountil",
    "embargoeduntil",
    "golive",
    "golivedate",
    "publishfrom",
    "scheduledfor",
    "datepublished",
    "publisheddate",
    "publishdate",
    "pubdate",
    "publishon",
    "publishat",
    "publicationdate",
    "publishedat",
    "published",
    "date",
];

/// Keys of the last day of publication. A file whose day is over is kept back.
const PUBLISH_UNTIL: [&str; 21] = [
    "sunset",
    "validuntil",
    "expireafter",
    "expiresat",
    "visibleuntil",
    "showuntil",
    "displayuntil",
    "liveuntil",
    "onlineuntil",
    "hideafter",
    "publishend",
    "expiry",
    "expirydate",
    "expirationdate",
    "expires",
    "expireson",
    "expireat",
    "unpublishdate",
    "unpublishon",
    "publishuntil",
    "availableuntil",
];

/// Returns the latest day before which the keys of a file say that it must not be published, with a fault that says so.
fn publish_on_in_keys(map: &Map) -> Option<(Date, Fault)> {
    let is_key = |key: &str, plain: &str| {
        PUBLISH_ON.contains(&plain) || stems::bound(key) == Some(Bound::From)
    };
    days(map, is_key, "the file is kept back until then").max_by_key(|(day, _)| *day)
}

/// Returns the first day from which a file says that it must not be published any more, with a fault that says so.
#[must_use]
pub fn publish_until(map: &Map) -> Option<(Date, Fault)> {
    let is_key = |key: &str, plain: &str| {
        PUBLISH_UNTIL.contains(&plain) || stems::bound(key) == Some(Bound::Until)
    };
    days(map, is_key, "the file is kept back from then on").min_by_key(|(day, _)| *day)
}

fn days<'a>(
    map: &'a Map,
    is_key: impl Fn(&str, &str) -> bool + 'a,
    says: &'a str,
) -> impl Iterator<Item = (Date, Fault)> + 'a {
    map.iter().filter_map(move |(key, node)| {
        let plain = without_signs(key);
        let day = is_key(key, &plain).then(|| first_day(node.value.as_text()?))??;
        let text = format!("`{key}` is {day}; {says}");
        Some((day, Fault::new(key.clone(), node.line, text)))
    })
}
