//! What the page of a section shows of a draft: its own fields, faults and comments.

use domain::{FacetGroup, vocabulary::Visibility};
use drafting::{Checked, Content, Field, Form, Pairs, Place, Section, check};
use finding::search::{self, SearchParams};
use node::{Node, urls};
use pages::PageError;
use people::drafts::{self, Opened, outline};
use wire::{DocumentId, Viewer};

use crate::{
    draft,
    fields::{FieldView, Typed, views},
    sent::Sent,
};

/// Products that are suggested: as many as a list of a browser shows in a moment.
const MAX_PRODUCTS: usize = 200;

/// Why a page that is published cannot be kept to signed-in staff.
const PUBLISHED: &str = "This page is published, so it cannot be kept to signed-in staff any more. To take it back, withdraw it.";

/// Which part of a draft is shown.
#[derive(Clone, Copy)]
pub(super) enum View {
    Section(&'static Section),
    File,
}

impl View {
    /// Returns its name in addresses.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Section(section) => section.name,
            Self::File => check::FILE,
        }
    }
}

/// What a reviewer said about a section.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) field: String,
    pub(crate) quote: String,
    pub(crate) text: String,
}

/// Returns the products that the documents of this and other sites name, the most frequent first, for the section that asks
/// for them.
pub(super) async fn products(node: &Node, section: &str) -> Result<Vec<String>, PageError> {
    if section != "systems" {
        return Ok(Vec::new());
    }
    let params = SearchParams {
        per_page: 1,
        ..SearchParams::default()
    };
    let all = search::search(node, Viewer::Public, &params).await?;
    let facet = all
        .facets
        .into_iter()
        .find(|facet| facet.group == FacetGroup::System);
    let values = facet.map(|facet| facet.values).unwrap_or_default();
    let names = values.into_iter().take(MAX_PRODUCTS);
    Ok(names
        .map(|value| markdown::visible(&value.label).into_owned())
        .collect())
}

/// What a page shows of a draft.
pub(super) struct Shown<'a> {
    pub(super) view: View,
    pub(super) pairs: &'a Pairs,
    /// Whether others than the staff of this node can read the page that it changes.
    pub(super) is_published: bool,
    /// Whether it is what is saved. What was checked is that, and says nothing of what was typed and is not.
    pub(super) is_saved: bool,
    pub(super) shows_missing: bool,
}

impl Shown<'_> {
    /// Returns what is about this section; of a file, everything.
    pub(super) fn own<'p>(&self, places: impl IntoIterator<Item = &'p Place>) -> Vec<Place> {
        let is_own = |place: &&Place| match self.view {
            View::File => true,
            View::Section(_) => place.section == self.view.name(),
        };
        places.into_iter().filter(is_own).cloned().collect()
    }

    /// Returns what may identify a patient, with the lines of what is shown.
    pub(super) fn warnings(&self, content: &Content, checked: &Checked) -> Vec<Place> {
        if !self.is_saved {
            return Vec::new();
        }
        let own = self.own(checked.warned());
        match self.view {
            View::File => drafts::in_file(content, own),
            View::Section(_) => own,
        }
    }

    /// Returns the faults that are shown: what is missing only to someone who asked for it.
    pub(super) fn faults(&self, faults: &[Place]) -> Vec<Place> {
        if !self.is_saved {
            return Vec::new();
        }
        let mut own = self.own(faults);
        if matches!(self.view, View::Section(_)) && !self.shows_missing {
            let is_typed = |name: &str| {
                let mut typed = self.pairs.iter();
                typed.any(|(held, value)| held == name && !value.is_empty())
            };
            own.retain(|fault| is_typed(&fault.field));
        }
        // The line of a fault is one of the file, and no section shows that.
        if matches!(self.view, View::Section(_)) {
            own.iter_mut().for_each(|fault| fault.line = None);
        }
        own
    }

    pub(super) fn fields(&self, content: &Content, faults: &[Place]) -> Vec<FieldView> {
        let View::Section(section) = self.view else {
            return Vec::new();
        };
        let fields = content.fields_of(section, outline).unwrap_or_default();
        let typed = Typed {
            pairs: self.pairs,
            faults,
        };
        let mut views = views(&fields, typed);
        if self.is_published
            && let Some(field) = views.iter_mut().find(|field| field.name == "visibility")
        {
            field.leave_out(Visibility::Organisation.as_str(), PUBLISHED);
        }
        views
    }
}

/// Returns what was typed into fields, without the other values of the form.
pub(super) fn typed_into(fields: &[&'static Field], pairs: &Pairs) -> Pairs {
    let is_of = |name: &str| {
        fields.iter().any(|field| {
            let rest = name.strip_prefix(field.name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let typed = pairs
        .iter()
        .filter(|(name, value)| is_of(name) && !value.trim().is_empty());
    typed
        .map(|(name, value)| (name.clone(), value.replace("\r\n", "\n")))
        .collect()
}

/// Returns what the reviewer said about these fields.
pub(super) fn comments(opened: &Opened, fields: &[FieldView]) -> Vec<Comment> {
    let notes = opened.notes.iter().flat_map(|notes| &notes.notes);
    let own = notes.filter(|note| fields.iter().any(|field| field.name == note.field));
    own.map(|note| Comment {
        field: note.field.clone(),
        quote: markdown::visible(&note.quote).into_owned(),
        text: markdown::visible(&note.text).into_owned(),
    })
    .collect()
}

/// Returns where a form leads after it was saved.
pub(super) fn next_page(id: DocumentId, view: View, sent: &Sent) -> String {
    let View::Section(section) = view else {
        return match sent.get("then") {
            "preview" => urls::draft_section(id, draft::PREVIEW),
            "check" => urls::draft_section(id, draft::SUBMIT),
            _ => urls::draft(id),
        };
    };
    match sent.get("then") {
        "preview" => urls::draft_section(id, draft::PREVIEW),
        "check" => urls::draft_section(id, draft::SUBMIT),
        "add" | "take-back" | "stay" => urls::draft_section(id, section.name),
        _ => match next_section(section) {
            Some(next) => urls::draft_section(id, next.name),
            None => urls::draft(id),
        },
    }
}

fn next_section(section: &Section) -> Option<&'static Section> {
    let mut forms = domain::Kind::ALL.iter().filter_map(Form::for_kind);
    let form = forms.find(|form| form.section(section.name).is_some())?;
    form.next(section.name)
}
