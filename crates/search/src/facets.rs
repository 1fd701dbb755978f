//! Counts per facet value, exact, in the same pass as the hits.

use tantivy::aggregation::agg_req::{Aggregation, AggregationVariants, Aggregations};
use tantivy::aggregation::agg_result::{AggregationResult, AggregationResults, BucketResult};
use tantivy::aggregation::bucket::TermsAggregation;
use tantivy::aggregation::{AggContextParams, AggregationCollector, AggregationLimitsGuard, Key};

use crate::analyzer;
use crate::entry::FacetGroup;
use crate::searching::{Facet, FacetValue};

/// Values of one group beyond this many are left out of the answer, the rarest first.
const MAX_VALUES: u32 = 300;

/// Values that one segment may contribute. Counts are exact as long as no group has more.
const MAX_SEGMENT_VALUES: u32 = 100_000;

/// Memory of one aggregation; a page of results needs well under 1 MB.
const MAX_MEMORY_BYTES: u64 = 64 << 20;

/// Returns the collector that counts the values of `groups`.
pub(crate) fn collector(groups: impl IntoIterator<Item = FacetGroup>) -> AggregationCollector {
    let requests: Aggregations = groups
        .into_iter()
        .map(|group| (group.as_str().to_owned(), request(group)))
        .collect();
    let limits = AggregationLimitsGuard::new(Some(MAX_MEMORY_BYTES), None);
    AggregationCollector::from_aggs(
        requests,
        AggContextParams::new(limits, analyzer::tokenizers()),
    )
}

fn request(group: FacetGroup) -> Aggregation {
    Aggregation {
        agg: AggregationVariants::Terms(TermsAggregation {
            field: group.as_str().to_owned(),
            size: Some(MAX_VALUES),
            segment_size: Some(MAX_SEGMENT_VALUES),
            show_term_doc_count_error: Some(false),
            ..TermsAggregation::default()
        }),
        sub_aggregation: Aggregations::default(),
    }
}

/// Returns the counts of one group: the most frequent value first, then by value.
pub(crate) fn facet(results: &AggregationResults, group: FacetGroup) -> Facet {
    let mut values: Vec<FacetValue> = Vec::new();
    if let Some(AggregationResult::BucketResult(BucketResult::Terms {
        buckets: entries, ..
    })) = results.0.get(group.as_str())
    {
        values.extend(entries.iter().filter_map(|entry| match &entry.key {
            Key::Str(value) => Some(FacetValue {
                value: value.clone(),
                count: entry.doc_count,
            }),
            Key::I64(_) | Key::U64(_) | Key::F64(_) => None,
        }));
    }
    values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    Facet { group, values }
}
