//! The scores of some thousand documents that follow one another, added up clause by clause.

use tantivy::query::Scorer;
use tantivy::{DocId, DocSet as _, Score};

/// Documents whose scores are added up together; they stay in a processor's first cache.
const WINDOW: usize = 4_096;

/// Less than any score.
const NO_SCORE: Score = -1.0;

/// The scores of some thousand documents that follow one another.
pub(crate) struct Window {
    pub(crate) scores: Vec<Score>,
    /// Which words each document has.
    pub(crate) has: Vec<u8>,
    /// The best of the clauses of one word, [`NO_SCORE`] outside `touched`.
    best: Vec<Score>,
    /// The places in `best` that have a score.
    touched: Vec<usize>,
}

impl Window {
    pub(crate) fn new() -> Self {
        Self {
            scores: vec![0.0; WINDOW],
            has: vec![0; WINDOW],
            best: vec![NO_SCORE; WINDOW],
            touched: Vec::new(),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.scores.fill(0.0);
        self.has.fill(0);
    }

    /// Adds the clauses of a word to their documents in the window that begins at `start`, and leaves each at the first one
    /// after it.
    pub(crate) fn add(
        &mut self,
        start: DocId,
        word: &mut [Box<dyn Scorer>],
        has: impl Fn(u8) -> u8,
    ) {
        if let [only] = word {
            return self.add_clause(start, only.as_mut(), has);
        }
        for clause in word {
            let mut doc = reached(clause.as_mut(), start);
            while let Some(at) = place(doc, start)
                && let Some(best) = self.best.get_mut(at)
            {
                if *best < 0.0 {
                    self.touched.push(at);
                }
                *best = best.max(clause.score());
                doc = clause.advance();
            }
        }
        for at in self.touched.drain(..) {
            if let (Some(best), Some(score), Some(known)) = (
                self.best.get_mut(at),
                self.scores.get_mut(at),
                self.has.get_mut(at),
            ) {
                *score += *best;
                *known = has(*known);
                *best = NO_SCORE;
            }
        }
    }

    /// Adds the only clause of a word.
    fn add_clause(&mut self, start: DocId, clause: &mut dyn Scorer, has: impl Fn(u8) -> u8) {
        let mut doc = reached(clause, start);
        while let Some(at) = place(doc, start)
            && let (Some(score), Some(known)) = (self.scores.get_mut(at), self.has.get_mut(at))
        {
            *score += clause.score();
            *known = has(*known);
            doc = clause.advance();
        }
    }

    /// Multiplies the scores of the documents of a clause in the window that begins at `start`.
    pub(crate) fn scale(&mut self, start: DocId, clause: &mut dyn Scorer, factor: Score) {
        let mut doc = reached(clause, start);
        while let Some(score) = place(doc, start).and_then(|at| self.scores.get_mut(at)) {
            *score *= factor;
            doc = clause.advance();
        }
    }
}

/// Returns the first document of a clause from `start` on.
fn reached(clause: &mut dyn Scorer, start: DocId) -> DocId {
    match clause.doc() {
        doc if doc < start => clause.seek(start),
        doc => doc,
    }
}

/// Returns the place of a document in the window that begins at `start`.
fn place(doc: DocId, start: DocId) -> Option<usize> {
    usize::try_from(doc.checked_sub(start)?).ok()
}
