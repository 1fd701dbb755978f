//! Which organisations are like ours: their case studies are about the same care settings as ours, and from the same
//! region.
//!
//! Only what case studies declare counts, and who published how many of them; no one enters anywhere what an organisation
//! is. Public documents only.

use std::collections::HashMap;
use std::sync::Arc;

use domain::{FacetGroup, Kind};
use indexer::organisation_value;
use store::Publisher;
use wire::Viewer;

use super::{SearchParams, SearchResults, counted};
use crate::cached::{CachedAnswers, Shared};
use node::{Node, NodeError, answers::Answer};

/// A care setting is one of an organisation's own if one in this number of its case studies is about it.
const SHARE_OF_SETTING: u64 = 3;
/// A region is that of an organisation if one in this number of its case studies is from it.
const SHARE_OF_REGION: u64 = 2;
/// Care settings of our own that are compared, those of most case studies.
const MAX_SETTINGS: usize = 3;

/// The organisations that are like ours, and what they were compared by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LikeOurs {
    /// Our care settings, those of most case studies first.
    settings: Vec<String>,
    /// Our region, if it is known.
    region: Option<String>,
    /// Whether organisations of other regions are among them, since there is none of our own.
    is_of_any_region: bool,
    /// The others, as the index names them.
    organisations: Vec<String>,
}

impl Answer for Shared<LikeOurs> {}

/// How many case studies of each organisation there are, and how many of them have one value.
struct Share<'a> {
    of_all: &'a HashMap<String, u64>,
    one_in: u64,
}

impl LikeOurs {
    /// Returns the organisations to search in; `None` where ours has no case study to compare with.
    pub(super) fn organisations(&self) -> Option<Vec<String>> {
        (!self.settings.is_empty()).then(|| self.organisations.clone())
    }

    /// Returns what a reader has to know of the choice.
    pub(super) fn words(&self) -> String {
        let label = |group: FacetGroup, value: &String| {
            let label = group.value_label(value);
            label.map_or_else(|| value.clone(), |label| label.into_owned())
        };
        let settings: Vec<String> = self
            .settings
            .iter()
            .map(|setting| format!("“{}”", label(FacetGroup::CareSetting, setting)))
            .collect();
        let settings = settings.join(" or ");
        let region = self.region.as_ref();
        let region = region.map(|region| label(FacetGroup::Region, region));
        if settings.is_empty() {
            return "We do not know yet which organisations are like ours: no care setting is in at least a third of the case \
                    studies that we have published. These are results of all organisations."
                .to_owned();
        }
        let settings = format!("about the care setting {settings}");
        let (place, elsewhere) = match &region {
            Some(region) if self.is_of_any_region => {
                let words = format!(" There is none in {region}, so we included other regions.");
                (String::new(), words)
            }
            Some(region) => (
                format!(", and at least half are from {region}"),
                String::new(),
            ),
            None => (String::new(), String::new()),
        };
        let compared =
            format!("at least a third of their case studies are {settings}{place}, as ours are");
        match self.organisations.len() {
            0 => format!(
                "No other organisation is like ours yet: none has at least a third of its case studies {settings}."
            ),
            1 => format!("One organisation is like ours: {compared}.{elsewhere}"),
            many => format!("{many} organisations are like ours: {compared}.{elsewhere}"),
        }
    }
}

impl Share<'_> {
    /// Returns the organisations that have their share in what was counted.
    fn organisations(&self, counts: &SearchResults) -> Vec<String> {
        let values = counts.values(FacetGroup::Organisation);
        let values = values.filter(|value| {
            let all = self.of_all.get(&value.value);
            all.is_some_and(|all| value.count > 0 && value.count * self.one_in >= *all)
        });
        values.map(|value| value.value.clone()).collect()
    }
}

/// Returns the organisations that are like ours, if a search is for those.
pub(super) async fn chosen(
    node: &Node,
    params: &SearchParams,
    publishers: &[Publisher],
) -> Result<Option<Arc<LikeOurs>>, NodeError> {
    if !params.like_ours {
        return Ok(None);
    }
    like_ours(node, publishers).await.map(Some)
}

/// Returns the organisations that are like ours. Costs up to six searches while documents change.
async fn like_ours(node: &Node, publishers: &[Publisher]) -> Result<Arc<LikeOurs>, NodeError> {
    let cached = CachedAnswers::now(node).await?;
    if let Some(found) = cached.get() {
        return Ok(found);
    }
    let own = publishers.iter().find(|publisher| publisher.own);
    let found = match own {
        Some(own) => Arc::new(compare(node, &organisation_value(&own.handle)).await?),
        None => Arc::default(),
    };
    cached.set(&found);
    Ok(found)
}

async fn compare(node: &Node, own: &str) -> Result<LikeOurs, NodeError> {
    let params = SearchParams {
        per_page: 1,
        ..SearchParams::default()
    };
    let studies = params.with(FacetGroup::Kind, Kind::CaseStudy.as_str());
    // Step 1: what our own case studies declare.
    let ours = studies.with(FacetGroup::Organisation, own);
    let groups = &[FacetGroup::CareSetting, FacetGroup::Region];
    let ours = counted(node, Viewer::Public, &ours, groups).await?;
    let shared = |group: FacetGroup, one_in: u64| {
        let values = ours.values(group);
        let values =
            values.filter(move |value| value.count > 0 && value.count * one_in >= ours.total);
        values.map(|value| value.value.clone())
    };
    let settings: Vec<String> = shared(FacetGroup::CareSetting, SHARE_OF_SETTING)
        .take(MAX_SETTINGS)
        .collect();
    let region = shared(FacetGroup::Region, SHARE_OF_REGION).next();
    // Step 2: who has published how many, and how many of them are about one of our settings, or from our region.
    let by_organisation = &[FacetGroup::Organisation];
    let all = counted(node, Viewer::Public, &studies, by_organisation).await?;
    let of_all: HashMap<String, u64> = all
        .values(FacetGroup::Organisation)
        .map(|value| (value.value.clone(), value.count))
        .collect();
    let share = |one_in| Share {
        of_all: &of_all,
        one_in,
    };
    let mut organisations: Vec<String> = Vec::new();
    for setting in &settings {
        let studies = studies.with(FacetGroup::CareSetting, setting);
        let counts = counted(node, Viewer::Public, &studies, by_organisation).await?;
        organisations.extend(share(SHARE_OF_SETTING).organisations(&counts));
    }
    organisations.retain(|organisation| organisation != own);
    organisations.sort_unstable();
    organisations.dedup();
    // Step 3: those of our region, or all if there is none in it.
    let mut is_of_any_region = false;
    if let Some(region) = &region {
        let studies = studies.with(FacetGroup::Region, region);
        let counts = counted(node, Viewer::Public, &studies, by_organisation).await?;
        let near = share(SHARE_OF_REGION).organisations(&counts);
        let is_near = |organisation: &String| near.contains(organisation);
        is_of_any_region = !organisations.iter().any(is_near) && !organisations.is_empty();
        organisations.retain(|organisation| is_of_any_region || near.contains(organisation));
    }
    Ok(LikeOurs {
        settings,
        region,
        is_of_any_region,
        organisations,
    })
}
