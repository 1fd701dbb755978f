//! What a form of the search page sends besides what it shows.

use finding::search::{
    CORRECT, EXPAND, LIKE, LIKE_OURS, OFF, ON, PER_PAGE, SINCE, STAFF_ONLY, SearchParams,
};

use crate::filters;

/// A hidden field of the form.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) value: String,
}

/// Returns the fields of what is searched for besides the words and the panel.
pub(super) fn unlisted(params: &SearchParams, has_panel: bool) -> Vec<Field> {
    let filters = params.filters.iter();
    let filters = filters.filter(|(group, _)| !filters::is_listed(**group));
    let fields = filters.flat_map(|(group, values)| {
        values.iter().map(|value| Field {
            name: group.as_str(),
            value: value.clone(),
        })
    });
    let like = params.like.map(|like| Field {
        name: LIKE,
        value: like.to_string(),
    });
    let since = params.since.map(|since| Field {
        name: SINCE,
        value: since.to_string(),
    });
    let per_page = (params.per_page != PER_PAGE).then(|| Field {
        name: "per_page",
        value: params.per_page.to_string(),
    });
    let only_typed = [(CORRECT, params.corrects), (EXPAND, params.expands)];
    let only_typed = only_typed.into_iter().filter(|(_, is_on)| !is_on);
    let only_typed = only_typed.map(|(name, _)| Field {
        name,
        value: OFF.to_owned(),
    });
    // Where nothing was found there is no panel with its boxes.
    let boxes = [
        (LIKE_OURS, params.like_ours),
        (STAFF_ONLY, params.staff_only),
    ];
    let hidden = boxes.into_iter().filter(|(_, is_on)| *is_on && !has_panel);
    let hidden = hidden.map(|(name, _)| Field {
        name,
        value: ON.to_owned(),
    });
    let fields = fields.chain(like).chain(since).chain(per_page);
    fields.chain(only_typed).chain(hidden).collect()
}
