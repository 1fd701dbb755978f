//! The measures of a run, for each query and on average.
//!
//! With `g(r)` the grade of the document at rank `r`, 0 for one that was never judged, and `R` the number of relevant
//! documents, those with a grade above 0:
//! - nDCG@10 is the sum of `g(r) / log2(r + 1)` over the first ten ranks, divided by the sum that the ten best grades
//!   would have in order (`ndcg_cut_10` of `trec_eval`);
//! - average precision is the sum, over the ranks of relevant documents, of the share of relevant documents up to that
//!   rank, divided by `R` (`map`, as far as the run goes);
//! - recall@100 is the number of relevant documents among the first hundred, divided by `R` (`recall_100`);
//! - success@5 is 1 if one of the first five is relevant, and 0 if not (`success_5`).

use serde::Serialize;

use crate::collection::{Collection, Grades};
use crate::run::Run;

/// Ranks that nDCG looks at.
const NDCG_RANKS: usize = 10;
/// Ranks that recall looks at: a run has to go so far.
pub const RECALL_RANKS: usize = 100;
/// Ranks that success looks at.
const SUCCESS_RANKS: usize = 5;

/// The measures of one query, or their means over several; each `0..=1`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Figures {
    /// nDCG@10.
    pub ndcg_at_10: f64,
    /// Average precision, over the run.
    pub average_precision: f64,
    /// Recall@100.
    pub recall_at_100: f64,
    /// Success@5.
    pub success_at_5: f64,
}

/// The measures of one query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryFigures {
    /// The query's id.
    pub query: String,
    /// What is typed.
    pub text: String,
    /// Its measures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Measures every query that has a relevant document, in the order of the collection.
#[must_use]
pub fn measure(collection: &Collection, run: &Run) -> Vec<QueryFigures> {
    let judged = collection.queries.iter().filter_map(|query| {
        let grades = collection.grades.get(&query.id)?;
        grades.values().any(|grade| *grade > 0.0).then(|| {
            let figures = Figures::new(run.documents(&query.id), grades);
            QueryFigures {
                query: query.id.clone(),
                text: query.text.clone(),
                figures,
            }
        })
    });
    judged.collect()
}

impl Figures {
    fn new(found: &[String], grades: &Grades) -> Self {
        let grade = |document: &String| grades.get(document).copied().unwrap_or(0.0).max(0.0);
        let found: Vec<f64> = found.iter().map(grade).collect();
        let mut relevant: Vec<f64> = grades.values().copied().filter(|g| *g > 0.0).collect();
        relevant.sort_by(|a, b| b.total_cmp(a));
        let best = discounted_gain(&relevant);
        let among = |ranks: usize| found.iter().take(ranks).filter(|g| **g > 0.0).count();
        Self {
            ndcg_at_10: if best > 0.0 {
                discounted_gain(&found) / best
            } else {
                0.0
            },
            average_precision: ratio(precisions(&found), relevant.len()),
            recall_at_100: ratio(float(among(RECALL_RANKS)), relevant.len()),
            success_at_5: if among(SUCCESS_RANKS) > 0 { 1.0 } else { 0.0 },
        }
    }

    /// Returns the means over queries; all 0 of none.
    #[must_use]
    pub fn mean(queries: &[QueryFigures]) -> Self {
        let mean = |of: fn(&Self) -> f64| {
            let sum: f64 = queries.iter().map(|query| of(&query.figures)).sum();
            ratio(sum, queries.len())
        };
        Self {
            ndcg_at_10: mean(|figures| figures.ndcg_at_10),
            average_precision: mean(|figures| figures.average_precision),
            recall_at_100: mean(|figures| figures.recall_at_100),
            success_at_5: mean(|figures| figures.success_at_5),
        }
    }
}

fn discounted_gain(grades: &[f64]) -> f64 {
    let ranked = grades.iter().zip(1_u32..).take(NDCG_RANKS);
    ranked
        .map(|(grade, rank)| grade / f64::from(rank + 1).log2())
        .sum()
}

/// Returns the sum of the precisions at the ranks of relevant documents.
fn precisions(found: &[f64]) -> f64 {
    let (mut sum, mut relevant) = (0.0, 0.0);
    for (grade, rank) in found.iter().zip(1_u32..) {
        if *grade > 0.0 {
            relevant += 1.0;
            sum += relevant / f64::from(rank);
        }
    }
    sum
}

/// Returns `part / whole`; 0 where there is no whole.
pub(crate) fn ratio(part: f64, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part / float(whole) }
}

pub(crate) fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(found: &[&str], grades: &[(&str, f64)]) -> Figures {
        let found: Vec<String> = found.iter().map(|id| (*id).to_owned()).collect();
        let grades = grades.iter().map(|(id, grade)| ((*id).to_owned(), *grade));
        Figures::new(&found, &grades.collect())
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} and {expected}");
    }

    /// The example of pytrec_eval, which runs the code of `trec_eval`
    /// (<https://github.com/cvangysel/pytrec_eval>, README): run `q1` orders d3, d1, d2 by score, `q2` orders d1, d3, d2.
    #[test]
    fn the_measures_are_those_that_trec_eval_publishes() {
        let q1 = figures(
            &["d3", "d1", "d2"],
            &[("d1", 0.0), ("d2", 1.0), ("d3", 0.0)],
        );
        // The one relevant document is third: 1 / log2 4, of 1 / log2 2.
        close(q1.ndcg_at_10, 0.5);
        close(q1.average_precision, 0.333_333_333_333_333_3);
        let q2 = figures(&["d1", "d3", "d2"], &[("d2", 1.0), ("d3", 1.0)]);
        // Second and third of two: (1 / log2 3 + 1 / log2 4) / (1 / log2 2 + 1 / log2 3), and (1/2 + 2/3) / 2.
        close(q2.ndcg_at_10, 0.693_426_403_617_270_8);
        close(q2.average_precision, 0.583_333_333_333_333_3);
    }

    #[test]
    fn grades_count_by_their_size_and_ranks_by_their_limit() {
        let judged = [("a", 3.0), ("b", 1.0), ("c", 2.0), ("d", -1.0)];
        // Ideal: 3 + 2 / log2 3 + 1 / 2. Found: 1 + 3 / log2 3, and the third never.
        let found = figures(&["b", "a", "d"], &judged);
        let log3 = 3_f64.log2();
        close(
            found.ndcg_at_10,
            (1.0 + 3.0 / log3) / (3.0 + 2.0 / log3 + 0.5),
        );
        close(found.average_precision, (1.0 + 1.0) / 3.0);
        close(found.recall_at_100, 2.0 / 3.0);
        close(found.success_at_5, 1.0);
        // At rank 11 a document is beyond ten and five, and within a hundred.
        let mut late: Vec<&str> = vec!["x"; 10];
        late.push("a");
        let late = figures(&late, &[("a", 1.0)]);
        close(late.ndcg_at_10, 0.0);
        close(late.average_precision, 1.0 / 11.0);
        close(late.recall_at_100, 1.0);
        close(late.success_at_5, 0.0);
        assert_eq!(figures(&[], &judged), Figures::default());
    }
}
