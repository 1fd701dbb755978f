//! The chain: each row's hash covers the hash before it and everything that the row says.
//!
//! A row that is edited, removed, inserted or moved breaks the chain at its place. A tail that is cut off together with the
//! stored head does not: whoever noted an earlier head outside the database finds that.

use std::fmt::Write as _;

use serde_json::json;
use wire::{AccountId, Digest, Timestamp};

use crate::{By, Entry};

/// What is hashed first, so that no other hash of this program can be taken for one of the audit.
const DOMAIN: &[u8] = b"wardround audit 1\n";

/// A row of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place, counted from 1 without a gap.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Which sort of person or program did it.
    pub by_kind: String,
    /// The account or the user.
    pub by_id: String,
    /// Their name at the time.
    pub by_name: String,
    /// What was done.
    pub act: String,
    /// The sort of object.
    pub object_kind: String,
    /// The object.
    pub object_id: String,
    /// What the program adds.
    pub detail: String,
    /// The reason.
    pub why: String,
    /// The hash that ends the chain here.
    pub hash: Digest,
}

impl Row {
    /// Makes the row of an act, which follows a row with the hash `before`. `name` returns the name that an account has now.
    #[must_use]
    pub fn of_act(
        seq: u64,
        entry: &Entry,
        name: impl Fn(&AccountId) -> String,
        before: &Digest,
    ) -> Self {
        let by_name = match &entry.by {
            By::Account(id) => name(id),
            By::Operator(operator) => operator.name.clone(),
            By::Node | By::Unknown => String::new(),
        };
        let mut row = Self {
            seq,
            at: entry.at,
            by_kind: entry.by.kind().to_owned(),
            by_id: entry.by.id(),
            by_name,
            act: entry.act.as_str().to_owned(),
            object_kind: entry.object.kind().to_owned(),
            object_id: entry.object.id(),
            detail: entry.detail.clone(),
            why: entry.why.clone(),
            hash: Head::EMPTY.hash,
        };
        row.hash = hash(before, &row);
        row
    }

    /// Returns the bytes that are hashed: every value with its length before it, as in `4:text,`.
    fn canonical(&self) -> String {
        let (seq, at) = (self.seq.to_string(), self.at.millis().to_string());
        let values = [
            &seq,
            &at,
            &self.by_kind,
            &self.by_id,
            &self.by_name,
            &self.act,
            &self.object_kind,
            &self.object_id,
            &self.detail,
            &self.why,
        ];
        let mut text = String::new();
        for value in values {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{}:{value},", value.len());
        }
        text
    }

    /// Returns the row as one line for a person.
    #[must_use]
    pub fn to_line(&self) -> String {
        let words = [
            self.at.to_string(),
            self.act.clone(),
            format!("by {} {} {}", self.by_kind, self.by_id, self.by_name),
            format!("{} {}", self.object_kind, self.object_id),
            self.detail.clone(),
            self.why.clone(),
        ];
        let words = words.map(|word| word.split_whitespace().collect::<Vec<_>>().join(" "));
        let said: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        format!("{:>6}  {}", self.seq, said.join("  "))
    }

    /// Returns the row as one line of JSON, as it is exported.
    #[must_use]
    pub fn to_json(&self) -> String {
        json!({
            "seq": self.seq,
            "at": self.at.to_string(),
            "at_ms": self.at.millis(),
            "by": { "kind": self.by_kind, "id": self.by_id, "name": self.by_name },
            "act": self.act,
            "object": { "kind": self.object_kind, "id": self.object_id },
            "detail": self.detail,
            "why": self.why,
            "hash": self.hash.to_string(),
        })
        .to_string()
    }
}

/// Returns the hash of a row that follows a row with the hash `before`; whatever hash the row has is not looked at.
#[must_use]
pub fn hash(before: &Digest, row: &Row) -> Digest {
    let mut bytes = DOMAIN.to_vec();
    bytes.extend_from_slice(before.as_bytes());
    bytes.extend_from_slice(row.canonical().as_bytes());
    Digest::for_bytes(&bytes)
}

/// The end of a chain: how many rows it has, and the hash of the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Rows.
    pub seq: u64,
    /// Hash of the last one.
    pub hash: Digest,
}

impl Head {
    /// The head of a chain without rows.
    pub const EMPTY: Self = Self {
        seq: 0,
        hash: Digest::from_bytes([0; 32]),
    };

    /// Returns the form in which a head is noted outside the database, such as `12:sha256:…`.
    #[must_use]
    pub fn as_text(&self) -> String {
        format!("{}:{}", self.seq, self.hash)
    }

    /// Reads what [`Head::as_text`] returns.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.trim().split_once(':')?;
        Some(Self {
            seq: seq.parse().ok()?,
            hash: Digest::parse(hash)?,
        })
    }
}

/// Checks rows in their order.
#[derive(Debug)]
pub struct Chain {
    head: Head,
}

impl Default for Chain {
    fn default() -> Self {
        Self { head: Head::EMPTY }
    }
}

impl Chain {
    /// Checks the next row; the error says in words what is wrong. After a wrong row the chain continues from the
    /// hash that this row states, so that one edit is one fault.
    ///
    /// # Errors
    /// For rows that are missing before it, and for a row that is not what was hashed.
    pub fn check(&mut self, row: &Row) -> Result<(), String> {
        let expected = self.head.seq + 1;
        let before = self.head.hash;
        self.head = Head {
            seq: row.seq,
            hash: row.hash,
        };
        if row.seq != expected {
            return Err(format!(
                "the audit has row {} where row {expected} is due: rows were removed or renumbered",
                row.seq
            ));
        }
        if hash(&before, row) != row.hash {
            return Err(format!(
                "row {} of the audit is not what was hashed: it, or the order of the rows, was changed",
                row.seq
            ));
        }
        Ok(())
    }

    /// Returns where the chain has got to.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }
}

#[cfg(test)]
mod tests {
    use wire::{Digest, Timestamp};

    use super::{Chain, Head, Row, hash};

    /// Returns a chain of rows.
    fn rows(count: u64) -> Vec<Row> {
        let mut before = Head::EMPTY.hash;
        let mut rows = Vec::new();
        for seq in 1..=count {
            let mut row = Row {
                seq,
                at: Timestamp::from_millis(1_700_000_000_000 + i64::try_from(seq).unwrap()),
                by_kind: "account".to_owned(),
                by_id: "01".to_owned(),
                by_name: "Ada Sample".to_owned(),
                act: "published".to_owned(),
                object_kind: "document".to_owned(),
                object_id: format!("doc-{seq}"),
                detail: String::new(),
                why: String::new(),
                hash: Head::EMPTY.hash,
            };
            row.hash = hash(&before, &row);
            before = row.hash;
            rows.push(row);
        }
        rows
    }

    fn faults(rows: &[Row]) -> Vec<String> {
        let mut chain = Chain::default();
        rows.iter()
            .filter_map(|row| chain.check(row).err())
            .collect()
    }

    #[test]
    fn a_chain_that_was_not_changed_has_no_fault() {
        let rows = rows(5);
        assert_eq!(faults(&rows), Vec::<String>::new());
        let mut chain = Chain::default();
        for row in &rows {
            chain.check(row).unwrap();
        }
        let head = chain.head();
        assert_eq!(Head::parse(&head.as_text()), Some(head));
    }

    #[test]
    fn every_change_of_a_row_breaks_the_chain() {
        type Change = fn(&mut Row);
        let changes: [Change; 10] = [
            |row| row.at = Timestamp::from_millis(1),
            |row| row.by_kind = "node".to_owned(),
            |row| row.by_id = "02".to_owned(),
            |row| row.by_name.push('x'),
            |row| row.act = "withdrawn".to_owned(),
            |row| row.object_kind = "draft".to_owned(),
            |row| row.object_id.push('x'),
            |row| row.detail = "revision 2".to_owned(),
            |row| row.why = "error".to_owned(),
            |row| row.hash = Digest::for_bytes(b"another"),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut rows = rows(5);
            change(&mut rows[2]);
            assert!(!faults(&rows).is_empty(), "change {index}");
        }
    }

    #[test]
    fn a_value_cannot_move_into_the_next_one() {
        let mut rows = rows(1);
        rows[0].by_name = "Ada".to_owned();
        rows[0].act = " Samplepublished".to_owned();
        assert_eq!(faults(&rows).len(), 1);
    }

    #[test]
    fn removed_inserted_and_moved_rows_break_the_chain() {
        let all = rows(6);
        let mut removed = all.clone();
        removed.remove(3);
        assert_eq!(faults(&removed).len(), 1);
        let mut moved = all.clone();
        moved.swap(1, 2);
        assert!(!faults(&moved).is_empty());
        // Renumbered, so that there is no gap.
        let mut renumbered = all.clone();
        renumbered.remove(3);
        for (seq, row) in (1..).zip(&mut renumbered) {
            row.seq = seq;
        }
        assert!(!faults(&renumbered).is_empty());
        let mut first = all;
        first.remove(0);
        assert!(!faults(&first).is_empty());
    }
}
