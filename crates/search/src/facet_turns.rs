//! The order of the values of a facet that anyone can invent, such as names of products.
//!
//! A value that documents of more nodes have comes first. Those of one node only take turns: the first of each node, then
//! the second of each, so that a node that invents thousands does not hide what others wrote. Groups with a fixed
//! vocabulary have no nodes here, and are ordered by their counts alone.

use std::cmp::Reverse;

use foldhash::HashMap;

use crate::facet_table::Counted;

/// The nodes whose documents have a value, as bits. Nodes are numbered from 1 in each database; beyond 128 of them, some
/// share a bit and count as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Nodes(u128);

impl Nodes {
    /// Returns these and one more.
    pub(crate) const fn with(self, node: u64) -> Self {
        Self(self.0 | 1 << (node % u128::BITS as u64))
    }

    /// Returns these and those of another value or segment.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn count(self) -> u32 {
        self.0.count_ones()
    }
}

/// Puts the values of one group into their order.
pub(crate) fn sort(values: &mut [&Counted]) {
    values.sort_by(|a, b| {
        let nodes = b.nodes.count().cmp(&a.nodes.count());
        nodes
            .then_with(|| b.count.cmp(&a.count))
            .then_with(|| a.value.cmp(&b.value))
    });
    let several = values.partition_point(|value| value.nodes.count() > 1);
    let Some(of_one) = values.get_mut(several..) else {
        return;
    };
    let mut turns: HashMap<u128, u32> = HashMap::default();
    let mut with_turns: Vec<(u32, &Counted)> = of_one
        .iter()
        .map(|value| {
            let turn = turns.entry(value.nodes.0).or_default();
            *turn += u32::from(value.nodes.count() == 1);
            (*turn, *value)
        })
        .collect();
    with_turns.sort_by_key(|(turn, value)| (Reverse(value.nodes.count()), *turn));
    for (place, (_, value)) in of_one.iter_mut().zip(with_turns) {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use domain::FacetGroup;

    use super::*;

    /// Orders values that are written as `name count nodes`, such as `a 5 12` for one that the nodes 1 and 2 have.
    fn sorted(values: &str) -> String {
        let read = |value: &str| {
            let parts: Vec<&str> = value.split(' ').collect();
            let nodes = parts.get(2).map_or("", |nodes| *nodes).chars();
            let numbers = nodes.map(|node| u64::from(node.to_digit(36).unwrap()));
            Counted {
                group: FacetGroup::System,
                value: parts[0].into(),
                count: parts[1].parse().unwrap(),
                nodes: numbers.fold(Nodes::default(), Nodes::with),
            }
        };
        let values: Vec<Counted> = values.split(", ").map(read).collect();
        let mut order: Vec<&Counted> = values.iter().collect();
        sort(&mut order);
        let names: Vec<&str> = order.iter().map(|value| value.value.as_ref()).collect();
        names.join("")
    }

    #[test]
    fn what_more_nodes_have_comes_first_and_the_others_take_turns() {
        for (values, expected) in [
            // A fixed vocabulary: the most frequent first, then by name.
            ("b 1, a 1, c 3", "cab"),
            // Two nodes before one, whatever the counts.
            ("a 90 1, b 2 12, c 3 123", "cba"),
            // One node has many, another one.
            ("a 9 1, b 8 1, c 7 1, d 1 2", "adbc"),
            ("a 9 1, b 8 1, c 7 1, d 1 2, e 1 2, f 1 3", "adfbec"),
            // The node's most frequent is its first.
            ("a 1 1, b 5 1, c 2 2", "bca"),
        ] {
            assert_eq!(sorted(values), expected, "{values}");
        }
    }

    #[test]
    fn nodes_beyond_the_bits_share_them_and_are_counted_once() {
        let nodes = (0..1_000).fold(Nodes::default(), Nodes::with);
        assert_eq!(nodes.count(), u128::BITS);
        assert_eq!(
            Nodes::default()
                .with(1)
                .and(Nodes::default().with(129))
                .count(),
            1
        );
    }
}
