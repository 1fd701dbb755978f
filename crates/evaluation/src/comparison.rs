//! Two runs on the same queries: which queries lost, and whether chance explains the difference.

use serde::Serialize;

use crate::measures::{QueryFigures, float, ratio};

/// Random exchanges of one comparison: the smallest probability that it can show is about one divided by this.
const EXCHANGES: u32 = 10_000;

/// Differences below this are rounding.
const EQUAL: f64 = 1e-9;

/// What happened to nDCG@10 from one run to another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The mean of the earlier run.
    pub before: f64,
    /// The mean of the later run.
    pub after: f64,
    /// Queries that are better now.
    pub better: usize,
    /// Queries that are worse now.
    pub worse: usize,
    /// How likely a difference of means of this size is if both runs are equally good, by a paired randomisation test,
    /// two-sided.
    pub p: f64,
    /// The queries that lost, the greatest loss first.
    pub losses: Vec<Difference>,
}

/// A query whose nDCG@10 differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The query's id.
    pub query: String,
    /// What is typed.
    pub text: String,
    /// In the earlier run.
    pub before: f64,
    /// In the later run.
    pub after: f64,
}

impl Comparison {
    /// Compares two measurements of one collection; both have the same queries in the same order.
    #[must_use]
    pub fn new(before: &[QueryFigures], after: &[QueryFigures]) -> Self {
        let pairs = before.iter().zip(after);
        let both = pairs.map(|(before, after)| Difference {
            query: after.query.clone(),
            text: after.text.clone(),
            before: before.figures.ndcg_at_10,
            after: after.figures.ndcg_at_10,
        });
        let both: Vec<Difference> = both.collect();
        let differences: Vec<f64> = both.iter().map(Difference::gain).collect();
        let mean = |of: fn(&Difference) -> f64| ratio(both.iter().map(of).sum::<f64>(), both.len());
        let count = |is: fn(&f64) -> bool| differences.iter().filter(|gain| is(gain)).count();
        let mut losses: Vec<Difference> = both
            .iter()
            .filter(|pair| pair.gain() < -EQUAL)
            .cloned()
            .collect();
        losses.sort_by(|a, b| a.gain().total_cmp(&b.gain()));
        Self {
            before: mean(|pair| pair.before),
            after: mean(|pair| pair.after),
            better: count(|gain| *gain > EQUAL),
            worse: count(|gain| *gain < -EQUAL),
            p: randomisation(&differences),
            losses,
        }
    }
}

impl Difference {
    fn gain(&self) -> f64 {
        self.after - self.before
    }
}

/// Returns how often the sum of the differences, each with a random sign, is at least as far from 0 as it is: the paired
/// randomisation test of Smucker, Allan and Carterette (2007), <https://doi.org/10.1145/1321440.1321528>. The same in
/// every run.
fn randomisation(differences: &[f64]) -> f64 {
    let observed = differences.iter().sum::<f64>().abs();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut extreme = 0_u32;
    for _ in 0..EXCHANGES {
        let mut sum = 0.0;
        for chunk in differences.chunks(64) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            for (difference, bit) in chunk.iter().zip(0_u32..) {
                let negative = (state >> bit) & 1 == 1;
                sum += if negative { -difference } else { *difference };
            }
        }
        extreme += u32::from(sum.abs() >= observed - EQUAL);
    }
    // The exchange that changes nothing counts too, so that the probability is never 0.
    f64::from(extreme + 1) / float(usize::try_from(EXCHANGES + 1).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::Figures;

    fn queries(values: &[f64]) -> Vec<QueryFigures> {
        let each = values.iter().zip(0..).map(|(value, number)| QueryFigures {
            query: number.to_string(),
            text: format!("query {number}"),
            figures: Figures {
                ndcg_at_10: *value,
                ..Figures::default()
            },
        });
        each.collect()
    }

    #[test]
    fn losses_come_by_their_size() {
        let before = queries(&[0.5, 0.5, 1.0, 0.2]);
        let after = queries(&[0.4, 0.9, 0.1, 0.2]);
        let comparison = Comparison::new(&before, &after);
        assert_eq!((comparison.better, comparison.worse), (1, 2));
        let lost: Vec<&str> = comparison
            .losses
            .iter()
            .map(|loss| loss.query.as_str())
            .collect();
        assert_eq!(lost, ["2", "0"]);
        assert!((comparison.before - 0.55).abs() < 1e-9);
        assert!((comparison.after - 0.4).abs() < 1e-9);
        assert_eq!(Comparison::new(&[], &[]).losses, []);
    }

    #[test]
    fn chance_explains_a_small_difference_and_not_a_steady_one() {
        let p =
            |before: &[f64], after: &[f64]| Comparison::new(&queries(before), &queries(after)).p;
        let (zeros, ones) = ([0.0; 20], [1.0; 20]);
        assert!((p(&zeros, &zeros) - 1.0).abs() < 1e-9);
        // All twenty differ in one direction: 2 of 2^20 exchanges are as extreme.
        assert!(p(&zeros, &ones) < 0.001);
        // Two differences of one size and sign: half of the four exchanges are as extreme.
        assert!((p(&[0.0, 0.0], &[1.0, 1.0]) - 0.5).abs() < 0.03);
        // Five of one sign: 2 of 32 exchanges.
        assert!((p(&zeros[..5], &ones[..5]) - 0.0625).abs() < 0.01);
    }
}
