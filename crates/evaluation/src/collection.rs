//! A collection on disk: documents, queries, and which documents answer which query.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};

/// A collection in memory.
#[derive(Debug, Clone)]
pub struct Collection {
    /// The documents of `docs.jsonl`, in the order of the file.
    pub documents: Vec<Document>,
    /// The queries, in the order of their file.
    pub queries: Vec<Query>,
    /// The judgements of `qrels.txt`, by query.
    pub grades: BTreeMap<String, Grades>,
}

/// The grade of each judged document of one query: 0 for one that does not answer it, more for a better answer.
pub type Grades = HashMap<String, f64>;

/// A document, one line of `docs.jsonl`.
#[derive(Debug, Clone, Deserialize)]
pub struct Document {
    /// What judgements call it.
    pub id: String,
    /// Its title, or nothing.
    #[serde(default)]
    pub title: String,
    /// Its text.
    #[serde(default)]
    pub body: String,
}

/// A query, one line of a file of queries.
#[derive(Debug, Clone, Deserialize)]
pub struct Query {
    /// What judgements call it.
    pub id: String,
    /// What is typed.
    pub text: String,
}

/// Why a collection or a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CollectionError {
    /// From the disk.
    #[error("cannot read `{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line has another form.
    #[error("`{}`, line {line}: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What was expected, or found.
        reason: String,
    },
}

impl Collection {
    /// Reads the collection in `directory`: `docs.jsonl`, `qrels.txt`, and the queries of the file `queries` there.
    ///
    /// # Errors
    /// A file that is missing or has another form, by name and line.
    pub fn open(directory: &Path, queries: &str) -> Result<Self, CollectionError> {
        Ok(Self {
            documents: json_lines(&directory.join("docs.jsonl"))?,
            queries: json_lines(&directory.join(queries))?,
            grades: judgements(&directory.join("qrels.txt"))?,
        })
    }
}

/// Reads a file as text.
pub(crate) fn read(path: &Path) -> Result<String, CollectionError> {
    fs::read_to_string(path).map_err(|source| CollectionError::File {
        path: path.to_owned(),
        source,
    })
}

/// Returns the lines of a text that are not empty, with their numbers from 1.
pub(crate) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = (1..).zip(text.lines());
    numbered.filter(|(_, line)| !line.trim().is_empty())
}

pub(crate) fn bad_line(path: &Path, line: usize, reason: impl ToString) -> CollectionError {
    CollectionError::Line {
        path: path.to_owned(),
        line,
        reason: reason.to_string(),
    }
}

fn json_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, CollectionError> {
    numbered(&read(path)?)
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| bad_line(path, number, error))
        })
        .collect()
}

/// Reads judgements in TREC form, `query 0 document grade`.
fn judgements(path: &Path) -> Result<BTreeMap<String, Grades>, CollectionError> {
    let mut grades: BTreeMap<String, Grades> = BTreeMap::new();
    for (number, line) in numbered(&read(path)?) {
        let parts: Vec<&str> = line.split_whitespace().collect();
        let [query, _, document, grade] = parts.as_slice() else {
            let expected = "expected `query 0 document grade`";
            return Err(bad_line(path, number, expected));
        };
        let grade: f64 = grade
            .parse()
            .map_err(|_| bad_line(path, number, format!("`{grade}` is not a grade")))?;
        let of_query = grades.entry((*query).to_owned()).or_default();
        of_query.insert((*document).to_owned(), grade);
    }
    Ok(grades)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_is_read_and_a_mistake_is_named_by_file_and_line() {
        let home = tempfile::TempDir::new().unwrap();
        let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
        write(
            "docs.jsonl",
            "{\"id\":\"a\",\"body\":\"x\"}\n\n{\"id\":\"b\",\"title\":\"T\"}\n",
        );
        write("queries.jsonl", "{\"id\":\"1\",\"text\":\"x\"}\n");
        write("qrels.txt", "1 0 a 2\n\n1 0 b 0\n");
        let collection = Collection::open(home.path(), "queries.jsonl").unwrap();
        assert_eq!(collection.documents.len(), 2);
        assert_eq!(collection.documents[1].title, "T");
        let grades = Grades::from([("a".to_owned(), 2.0), ("b".to_owned(), 0.0)]);
        assert_eq!(
            collection.grades,
            BTreeMap::from([("1".to_owned(), grades)])
        );
        for (name, text, reason) in [
            ("qrels.txt", "1 0 a 2\n1 0 b\n", "line 2: expected `query"),
            ("qrels.txt", "1 0 b x\n", "line 1: `x` is not a grade"),
            (
                "queries.jsonl",
                "{\"id\":1}\n",
                "`queries.jsonl`, line 1: invalid type",
            ),
        ] {
            write(name, text);
            let error = Collection::open(home.path(), "queries.jsonl").unwrap_err();
            let error = error
                .to_string()
                .replace(&format!("{}/", home.path().display()), "");
            assert!(error.contains(reason), "{error}");
        }
        let error = Collection::open(home.path(), "none.jsonl").unwrap_err();
        assert!(error.to_string().starts_with("cannot read"), "{error}");
    }
}
