//! A run: which documents a search returned for each query, in order. It is stored in TREC's form, so that other
//! programs can read it.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use crate::collection::{CollectionError, bad_line, numbered, read};

/// The documents that a search returned for each query, the best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run(BTreeMap<String, Vec<String>>);

impl Run {
    /// Adds what was returned for a query.
    pub fn add(&mut self, query: &str, documents: Vec<String>) {
        self.0.insert(query.to_owned(), documents);
    }

    /// Returns what was returned for a query; nothing for one that was never asked.
    #[must_use]
    pub fn documents(&self, query: &str) -> &[String] {
        self.0.get(query).map_or(&[], Vec::as_slice)
    }

    /// Reads a stored run, `query Q0 document rank score tag`. The ranks decide the order.
    ///
    /// # Errors
    /// A file that cannot be read or has another form, by line.
    pub fn open(path: &Path) -> Result<Self, CollectionError> {
        let mut ranked: BTreeMap<String, Vec<(u64, String)>> = BTreeMap::new();
        for (number, line) in numbered(&read(path)?) {
            let parts: Vec<&str> = line.split_whitespace().collect();
            let [query, _, document, rank, _, _] = parts.as_slice() else {
                let expected = "expected `query Q0 document rank score tag`";
                return Err(bad_line(path, number, expected));
            };
            let rank = rank
                .parse()
                .map_err(|_| bad_line(path, number, format!("`{rank}` is not a rank")))?;
            let of_query = ranked.entry((*query).to_owned()).or_default();
            of_query.push((rank, (*document).to_owned()));
        }
        let runs = ranked.into_iter().map(|(query, mut documents)| {
            documents.sort();
            let documents = documents.into_iter().map(|(_, document)| document);
            (query, documents.collect())
        });
        Ok(Self(runs.collect()))
    }

    /// Returns the run as [`Run::open`] reads it. Scores fall with the rank, since `trec_eval` orders by them.
    #[must_use]
    pub fn to_trec(&self) -> String {
        let mut text = String::new();
        for (query, documents) in &self.0 {
            for (document, rank) in documents.iter().zip(1_u32..) {
                let score = 1.0 / f64::from(rank);
                writeln!(text, "{query} Q0 {document} {rank} {score:.6} wardround").ok();
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_run_reads_back_the_same() {
        let home = tempfile::TempDir::new().unwrap();
        let path = home.path().join("run");
        let mut run = Run::default();
        run.add(
            "2",
            (0..20).map(|number| format!("d{}", 19 - number)).collect(),
        );
        run.add("1", vec!["b".to_owned(), "a".to_owned()]);
        std::fs::write(&path, run.to_trec()).unwrap();
        assert_eq!(Run::open(&path).unwrap(), run);
        assert_eq!(run.documents("1"), ["b", "a"]);
        assert!(run.documents("3").is_empty());
        std::fs::write(&path, "1 Q0 a\n").unwrap();
        let error = Run::open(&path).unwrap_err().to_string();
        assert!(error.contains("line 1: expected"), "{error}");
    }
}
