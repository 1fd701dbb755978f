//! What an answer costs. The table of routes says it for each route; a search is judged from its query.
//!
//! The figures are processor time of one request over 10,000 documents (docs/BENCHMARKS.md).

use finding::search::SearchParams;
use serde::Serialize;

/// A longer query has more filters or words than a person chooses. Longer ones are not parsed to find out.
const MAX_ORDINARY_BYTES: usize = 1_024;
/// Hits up to the end of the page: each one before the page costs as well.
const MAX_ORDINARY_DEPTH: u64 = 200;
/// Hits on a page: 100 take 38 ms and 10 take 3 ms.
const MAX_ORDINARY_HITS: u32 = 20;
/// Groups with a filter: each costs a search of its own to count.
const MAX_ORDINARY_GROUPS: usize = 4;
/// Values of all filters together.
const MAX_ORDINARY_VALUES: usize = 12;
/// Words of the search.
const MAX_ORDINARY_WORDS: usize = 16;
/// Quotation marks of the search: a phrase costs several times its words.
const MAX_ORDINARY_QUOTES: usize = 6;

/// The cost of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cost {
    /// Below a millisecond and without a search: never refused.
    Free,
    /// A page or an ordinary search.
    Ordinary,
    /// A search, ordinary or expensive by what its query asks for.
    ByQuery,
    /// Tens of milliseconds.
    Expensive,
}

/// The cost of one request that is not free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Ordinary,
    Expensive,
}

impl Cost {
    /// Returns the name that `routes` prints.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Ordinary => "ordinary",
            Self::ByQuery => "by-query",
            Self::Expensive => "expensive",
        }
    }

    /// Returns the weight of a request; `None` if it is free.
    pub(super) fn weight(self, query: Option<&str>) -> Option<Weight> {
        match self {
            Self::Free => None,
            Self::Ordinary => Some(Weight::Ordinary),
            Self::ByQuery => Some(weight_of(query.unwrap_or_default())),
            Self::Expensive => Some(Weight::Expensive),
        }
    }
}

fn weight_of(query: &str) -> Weight {
    if query.len() > MAX_ORDINARY_BYTES {
        return Weight::Expensive;
    }
    let (params, _) = SearchParams::parse(query);
    let depth = u64::from(params.page) * u64::from(params.per_page);
    let values: usize = params.filters.values().map(Vec::len).sum();
    let expensive = depth > MAX_ORDINARY_DEPTH
        || params.per_page > MAX_ORDINARY_HITS
        || params.filters.len() > MAX_ORDINARY_GROUPS
        || values > MAX_ORDINARY_VALUES
        || params.q.split_whitespace().count() > MAX_ORDINARY_WORDS
        || params.q.matches('"').count() > MAX_ORDINARY_QUOTES;
    if expensive {
        Weight::Expensive
    } else {
        Weight::Ordinary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_pages_long_pages_many_filters_and_many_words_are_expensive() {
        let many = |part: &str, count: usize| part.repeat(count);
        for (query, expected) in [
            (String::new(), Weight::Ordinary),
            ("q=handover&page=3".to_owned(), Weight::Ordinary),
            ("q=handover&page=20".to_owned(), Weight::Ordinary),
            ("q=handover&page=21".to_owned(), Weight::Expensive),
            ("q=handover&per_page=20".to_owned(), Weight::Ordinary),
            ("q=handover&per_page=50".to_owned(), Weight::Expensive),
            (
                "topic=epma&kind=case-study&result=worked&stage=live".to_owned(),
                Weight::Ordinary,
            ),
            (format!("q={}", many("a+", 16)), Weight::Ordinary),
            (format!("q={}", many("a+", 17)), Weight::Expensive),
            (format!("q={}", many("-\"a b\"+", 3)), Weight::Ordinary),
            (format!("q={}", many("-\"a b\"+", 4)), Weight::Expensive),
            (format!("q={}", many("a", 1_023)), Weight::Expensive),
            (
                (0..13).map(|system| format!("system=s{system}&")).collect(),
                Weight::Expensive,
            ),
        ] {
            assert_eq!(weight_of(&query), expected, "{query}");
        }
    }
}
