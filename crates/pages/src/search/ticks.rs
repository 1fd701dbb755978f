//! What is ticked for a comparison, on the way to other pages of a search.

use finding::{
    search::SearchResults,
    ticks::{self, Carried},
};

use super::SearchPage;
use crate::{
    result_card::{Pick, ResultCard},
    search_links::search_link,
    words,
};

/// Characters of the title of what is not on the page.
const MAX_TITLE: usize = 60;

/// What is ticked and not on the page.
pub(super) struct Elsewhere {
    pub(super) words: String,
    pub(super) documents: Vec<ticks::Elsewhere>,
    /// The same page without them.
    pub(super) clear: String,
}

impl SearchPage {
    /// Returns the values of the results that can be ticked.
    pub(super) fn picks(&self) -> Vec<String> {
        let partial = self.partial.iter().flat_map(|partial| &partial.cards);
        let cards = self.cards.iter().chain(partial).chain(&self.related);
        let picks = cards.filter_map(|card| card.pick.as_ref());
        picks.map(|pick| pick.value.clone()).collect()
    }

    /// Ticks what the address of the page names, says which of it is not on the page, and lets the links to other pages of
    /// results carry it. Feeds, tables and the address to keep do not.
    pub(super) fn carry(&mut self, carried: &Carried, results: &SearchResults) {
        let picks = self.cards_mut().filter_map(|card| card.pick.as_mut());
        for Pick { value, is_ticked } in picks {
            *is_ticked = carried.has(value);
        }
        if carried.has_more {
            let note = "You can compare four at once. We kept the first four that you ticked.";
            self.notes.push(note.to_owned());
        }
        for href in self.hrefs() {
            *href = ticks::added(href, &carried.values);
        }
        self.elsewhere = elsewhere(carried, &search_link(&results.params));
    }

    /// Returns the number of the page, if it is not the first.
    pub(super) fn number(&self) -> Option<u32> {
        let links = self.pages.iter().flat_map(|pages| &pages.links);
        let mut current = links.filter(|link| link.current);
        current
            .next()
            .map(|link| link.number)
            .filter(|number| *number > 1)
    }

    fn cards_mut(&mut self) -> impl Iterator<Item = &mut ResultCard> {
        let partial = self.partial.iter_mut();
        let partial = partial.flat_map(|partial| &mut partial.cards);
        self.cards
            .iter_mut()
            .chain(partial)
            .chain(&mut self.related)
    }

    /// Returns the addresses of other pages of results.
    fn hrefs(&mut self) -> Vec<&mut String> {
        let mut all = vec![&mut self.clear];
        all.extend(self.chips.iter_mut().map(|chip| &mut chip.href));
        all.extend(self.sorts.iter_mut().map(|sort| &mut sort.href));
        if let Some(pages) = &mut self.pages {
            all.extend(pages.previous.iter_mut());
            all.extend(pages.next.iter_mut());
            let links = pages.links.iter_mut().filter(|link| link.number > 0);
            all.extend(links.map(|link| &mut link.href));
        }
        let of_gist = self.gist.iter_mut().map(|gist| &mut gist.outcomes);
        let outcomes = self.outcomes.iter_mut().chain(of_gist);
        let outcomes = outcomes.flat_map(|outcomes| &mut outcomes.links);
        all.extend(outcomes.map(|outcome| &mut outcome.link.href));
        // What was searched for instead or too.
        for instead in [&mut self.corrected, &mut self.also] {
            all.extend(instead.iter_mut().map(|instead| &mut instead.href));
        }
        for link in [
            &mut self.not_only_typed,
            &mut self.offered,
            &mut self.without_unknown,
        ] {
            all.extend(link.iter_mut().map(|link| &mut link.href));
        }
        all.extend(self.unlike.iter_mut());
        all.extend(self.loosened.iter_mut().map(|other| &mut other.link.href));
        let restricted = self.staff_only.iter_mut().flat_map(|found| &mut found.all);
        all.extend(restricted.map(|link| &mut link.href));
        // Pages that are nearly the same.
        let partial = self.partial.iter_mut();
        let partial = partial.flat_map(|partial| &mut partial.cards);
        let cards = self.cards.iter_mut().chain(partial);
        let cards = cards.chain(&mut self.related);
        let alike = cards.flat_map(|card| &mut card.alike);
        all.extend(alike.map(|link| &mut link.href));
        all
    }
}

fn elsewhere(carried: &Carried, address: &str) -> Option<Elsewhere> {
    let count = u64::try_from(carried.elsewhere.len()).unwrap_or(u64::MAX);
    let more = match carried.here().next() {
        Some(_) => "more ",
        None => "",
    };
    let page = match count {
        0 => return None,
        1 => "another page",
        _ => "other pages",
    };
    let documents = carried.elsewhere.iter().map(|one| ticks::Elsewhere {
        title: words::cut(&markdown::visible(&one.title), MAX_TITLE),
        ..one.clone()
    });
    Some(Elsewhere {
        words: format!("{} {more}chosen on {page}", words::number(count)),
        documents: documents.collect(),
        clear: ticks::added(address, carried.here()),
    })
}
