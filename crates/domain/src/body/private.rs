//! The private part as JSON, which the node keeps next to the body and never sends.

use serde_json::{Map as JsonMap, Value as Json};

use metadata::{
    value::{Value, map_to_json},
    yaml,
};

use crate::{
    attributes::{Contact, Private},
    vocabulary::{OpenTo, Term as _},
};

impl Private {
    /// Returns the private part as JSON, or nothing if there is none.
    #[must_use]
    pub fn to_json(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        let mut out = JsonMap::new();
        if let Some(contact) = &self.contact {
            let contact = Json::Object(map_to_json(&contact.write()));
            out.insert("contact".to_owned(), contact);
        }
        let kept = |(path, value): &(Vec<String>, Value)| {
            serde_json::json!([path, yaml::write_value_alone(value)])
        };
        if !self.unknown.is_empty() {
            out.insert(
                "unknown".to_owned(),
                Json::Array(self.unknown.iter().map(kept).collect()),
            );
        }
        Some(Json::Object(out).to_string())
    }

    /// Reads what [`Self::to_json`] wrote; anything else is an empty part.
    #[must_use]
    pub fn from_json(text: &str) -> Self {
        let Ok(Json::Object(object)) = serde_json::from_str::<Json>(text) else {
            return Self::default();
        };
        let contact = object.get("contact").and_then(|contact| {
            let text = |key: &str| contact.get(key)?.as_str().map(str::to_owned);
            let open_to = contact.get("open_to").and_then(Json::as_array);
            Some(Contact {
                role: text("role")?,
                mailbox: text("mailbox"),
                name: text("name"),
                open_to: open_to
                    .map(|all| {
                        all.iter()
                            .filter_map(|v| OpenTo::parse(v.as_str()?))
                            .collect()
                    })
                    .unwrap_or_default(),
            })
        });
        let unknown = object.get("unknown").and_then(Json::as_array).map(|all| {
            all.iter()
                .filter_map(|entry| {
                    let path = entry.get(0)?.as_array()?.iter();
                    let path = path
                        .map(|part| part.as_str().map(str::to_owned))
                        .collect::<Option<_>>()?;
                    Some((path, yaml::read_value(entry.get(1)?.as_str()?)?))
                })
                .collect()
        });
        Self {
            contact,
            unknown: unknown.unwrap_or_default(),
        }
    }
}
