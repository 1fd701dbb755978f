//! The keys of a draft that no field of its form has.

use domain::Outline;

use super::{Content, PutError, Saved, Text, adapting};
use crate::raw::{self, Pairs};

impl Content {
    /// Returns the keys that no field of its form has, each with its value as text, in their order; `None` if its front matter
    /// cannot be read.
    #[must_use]
    pub fn other_keys(&self, outline: Outline) -> Option<Pairs> {
        let fields = self.fields(outline).ok()?;
        let of_form = self.keys_of_form();
        let others = fields
            .front
            .iter()
            .filter(|(key, _)| is_other(&of_form, key));
        let pairs = others.map(|(key, node)| (key.clone(), raw::text_of(&node.value)));
        Some(pairs.collect())
    }

    /// Puts the keys that no field of its form has together with those that were published since: where the draft has what it
    /// began with, it gets what is published.
    ///
    /// # Errors
    /// [`PutError::Unreadable`], [`PutError::TooLong`].
    pub fn with_published_keys(
        &self,
        began: &Self,
        published: &Self,
        outline: Outline,
    ) -> Result<Saved, PutError> {
        let read = |content: &Self| content.fields(outline).map_err(PutError::Unreadable);
        let (was, held, mut fields) = (read(began)?, read(published)?, read(self)?);
        let before = fields.clone();
        let of_form = self.keys_of_form();
        for (key, _) in was.front.iter().chain(&held.front) {
            let published = raw::get(&held.front, key);
            let text = raw::get(&was.front, key).map(raw::text_of);
            let is_kept = raw::get(&fields.front, key).map(raw::text_of) == text;
            if is_other(&of_form, key) && is_kept && published.map(raw::text_of) != text {
                raw::set(&mut fields.front, key, published.cloned());
            }
        }
        if fields == before {
            return Ok(Saved::Unchanged);
        }
        let changed = Self {
            text: Text::Fields(fields),
            ..self.clone()
        };
        changed.bounded()
    }

    /// Returns the keys that the fields of its form are in.
    fn keys_of_form(&self) -> Vec<&'static str> {
        let sections = self.form().map(|form| form.sections).unwrap_or_default();
        sections
            .iter()
            .flat_map(|section| section.fields)
            .map(|field| field.name.split('.').next().unwrap_or(field.name))
            .collect()
    }
}

fn is_other(of_form: &[&str], key: &str) -> bool {
    !of_form.contains(&key) && key != adapting::BASED_ON
}
