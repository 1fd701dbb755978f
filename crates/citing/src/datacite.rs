//! A document as DataCite describes one (metadata schema 4.5, as JSON), for programs that manage references and
//! repositories. It has no DOI: its identifiers are its address at its origin and its URN.

use domain::{Card, FacetGroup, Term as _, vocabulary::Topic};
use node::flows::reading::Shown;
use serde_json::{Value, json};
use wire::{Date, Timestamp};

use crate::{
    citation::licence_url,
    text::{clean, one_line},
};

/// Media type of the JSON of DataCite.
pub const MEDIA_TYPE: &str = "application/vnd.datacite.datacite+json";
/// The version of the schema.
const SCHEMA: &str = "http://datacite.org/schema/kernel-4";
/// The register of the codes of NHS organisations.
const ODS: &str = "https://digital.nhs.uk/services/organisation-data-service";

/// Describes a document.
#[must_use]
pub fn datacite(shown: &Shown) -> Value {
    let document = &shown.document;
    let common = shown.body.common();
    let card = Card::new(&shown.body, markdown::plain_text);
    let urn = format!("urn:wardround:{}:{}", document.owner.node, document.id);
    let issued = document.published.unwrap_or(document.first_seen).date();
    let lang = one_line(&common.lang);
    let mut description = Vec::new();
    if !card.summary.is_empty() {
        description.push(json!({
            "description": clean(&card.summary),
            "descriptionType": "Abstract",
            "lang": lang,
        }));
    }
    json!({
        "schemaVersion": SCHEMA,
        "alternateIdentifiers": [
            {"alternateIdentifier": shown.origin_url, "alternateIdentifierType": "URL"},
            {"alternateIdentifier": urn, "alternateIdentifierType": "URN"},
        ],
        "url": shown.origin_url,
        "creators": [creator(shown)],
        "titles": [{"title": one_line(&common.title), "lang": lang}],
        "publisher": {"name": one_line(&document.owner.organisation)},
        "publicationYear": format!("{:04}", issued.year()),
        "types": {
            "resourceTypeGeneral": "Report",
            "resourceType": one_line(&card.kind_label()),
        },
        "subjects": subjects(&card),
        "dates": dates(issued, common.updated, common.reviewed),
        "language": lang,
        "formats": ["text/html", "text/markdown"],
        "version": document.rev.to_string(),
        "rightsList": [rights(common.licence)],
        "descriptions": description,
        "relatedIdentifiers": related(shown),
    })
}

fn creator(shown: &Shown) -> Value {
    let owner = &shown.document.owner;
    let mut creator = json!({
        "name": one_line(&owner.organisation),
        "nameType": "Organizational",
    });
    if let (Some(ods), Some(object)) = (&owner.ods, creator.as_object_mut()) {
        let identifier = json!({
            "nameIdentifier": one_line(ods),
            "nameIdentifierScheme": "ODS",
            "schemeUri": ODS,
        });
        object.insert("nameIdentifiers".to_owned(), json!([identifier]));
    }
    creator
}

fn subjects(card: &Card) -> Vec<Value> {
    let topics = card.terms::<Topic>(FacetGroup::Topic);
    let topics = topics.map(|topic| topic.label().to_owned());
    let tags = card.tags.iter().map(|tag| one_line(tag));
    let words = topics.chain(tags).filter(|words| !words.is_empty());
    words.map(|words| json!({"subject": words})).collect()
}

fn dates(issued: Date, updated: Option<Timestamp>, reviewed: Option<Date>) -> Vec<Value> {
    let date = |date: Date, of: &str| json!({"date": date.to_string(), "dateType": of});
    let mut dates = vec![date(issued, "Issued")];
    dates.extend(updated.map(|at| date(at.date(), "Updated")));
    dates.extend(reviewed.map(|day| {
        let mut reviewed = date(day, "Other");
        if let Some(object) = reviewed.as_object_mut() {
            object.insert("dateInformation".to_owned(), Value::from("Reviewed"));
        }
        reviewed
    }));
    dates
}

fn rights(licence: domain::vocabulary::Licence) -> Value {
    let mut rights = json!({
        "rights": licence.label(),
        "rightsIdentifier": licence.as_str(),
    });
    if let (Some(url), Some(object)) = (licence_url(licence), rights.as_object_mut()) {
        object.insert("rightsUri".to_owned(), Value::from(url));
    }
    rights
}

/// Returns the documents that it builds on, replaces, and is replaced by.
fn related(shown: &Shown) -> Vec<Value> {
    let urn = |card: &store::Card| format!("urn:wardround:{}:{}", card.owner.node, card.id);
    let related = |card: &store::Card, relation: &str| {
        json!({
            "relatedIdentifier": urn(card),
            "relatedIdentifierType": "URN",
            "relationType": relation,
        })
    };
    let based_on = shown.based_on.iter();
    let replaces = shown.replaces.iter();
    let mut all: Vec<Value> = based_on
        .map(|card| related(card, "IsDerivedFrom"))
        .collect();
    all.extend(replaces.map(|card| related(card, "Obsoletes")));
    all
}
