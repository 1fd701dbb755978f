//! Documents as rows of word counts, a bounded number at a time.

/// A word of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The document's place in its block.
    pub document: u32,
    /// The number of the word.
    pub term: u32,
    /// How often the word occurs; more than 255 times count as 255.
    pub count: u8,
}

/// Some documents: for each, its words and how often they occur.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Where the words of each document begin, and where the last one's end.
    starts: Vec<usize>,
    entries: Vec<(u32, u8)>,
}

impl Block {
    /// Returns the rows of `documents` documents from their postings, which may have any order.
    #[must_use]
    pub fn new(documents: usize, postings: &[Posting]) -> Self {
        let place = |posting: &Posting| usize::try_from(posting.document).unwrap_or(usize::MAX);
        // Step 1: how many entries each document has, one place further on.
        let mut starts = vec![0; documents + 2];
        for posting in postings {
            if let Some(count) = starts.get_mut(place(posting).saturating_add(2)) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        // Step 2: put each entry in its place; each start moves to the end of its document, which is the next start.
        let mut entries = vec![(0, 0); sum];
        for posting in postings {
            let Some(next) = starts.get_mut(place(posting).saturating_add(1)) else {
                continue;
            };
            if let Some(entry) = entries.get_mut(*next) {
                *entry = (posting.term, posting.count);
                *next += 1;
            }
        }
        starts.pop();
        Self { starts, entries }
    }

    /// Returns how many documents it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Returns whether it has no document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the words of each document, each with its count.
    pub fn rows(&self) -> impl Iterator<Item = &[(u32, u8)]> {
        self.starts.windows(2).map(|ends| match ends {
            [start, end] => self.entries.get(*start..*end).unwrap_or_default(),
            _ => &[],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_in_any_order_become_rows() {
        let posting = |document, term, count| Posting {
            document,
            term,
            count,
        };
        let postings = [
            posting(2, 1, 1),
            posting(0, 1, 2),
            posting(2, 5, 9),
            posting(0, 7, 1),
            // Beyond the block: left out.
            posting(4, 7, 1),
            posting(u32::MAX, 7, 1),
        ];
        let block = Block::new(4, &postings);
        let rows: Vec<&[(u32, u8)]> = block.rows().collect();
        assert_eq!(rows, [&[(1, 2), (7, 1)][..], &[], &[(1, 1), (5, 9)], &[]]);
        assert_eq!(Block::new(0, &postings).rows().count(), 0);
        assert!(Block::default().is_empty());
    }
}
