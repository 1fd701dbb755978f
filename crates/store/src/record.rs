//! Records: what a row of a query becomes, each field written once.
//!
//! [`records!`] declares a record and, from the types of its fields, the row that the engines fill. A stored value that
//! this program cannot have written is [`StoreError::Corrupt`].

use ledger::FaultCode;
use wire::{AccountId, Date, Digest, DocumentId, NodeId, Relation, Role, Timestamp, Visibility};

use crate::StoreError;

/// A value with the type of the column that holds it.
pub(crate) trait Column: Sized {
    /// What the engines return.
    type Stored;

    /// Reads what is stored.
    fn read(stored: Self::Stored) -> Result<Self, StoreError>;
}

impl<T: Column> Column for Option<T> {
    type Stored = Option<T::Stored>;

    fn read(stored: Self::Stored) -> Result<Self, StoreError> {
        stored.map(T::read).transpose()
    }
}

macro_rules! columns {
    ($($type:ty as $stored:ty: |$value:ident| $read:expr;)*) => {
        $(
            impl Column for $type {
                type Stored = $stored;

                fn read($value: $stored) -> Result<Self, StoreError> {
                    $read
                }
            }
        )*
    };
}

columns! {
    bool as bool: |value| Ok(value);
    i64 as i64: |value| Ok(value);
    String as String: |value| Ok(value);
    Vec<u8> as Vec<u8>: |value| Ok(value);
    u64 as i64: |value| counted(value);
    u32 as i64: |value| counted(value);
    Timestamp as i64: |value| Ok(Timestamp::from_millis(value));
    Date as String: |text| parsed(Date::parse(&text), "date", &text);
    DocumentId as String: |text| parsed(DocumentId::parse(&text), "document id", &text);
    AccountId as String: |text| parsed(AccountId::parse(&text), "account id", &text);
    Role as String: |text| parsed(Role::parse(&text), "role", &text);
    NodeId as String: |text| parsed(NodeId::parse(&text), "node id", &text);
    Relation as String: |text| parsed(Relation::parse(&text), "relation", &text);
    FaultCode as String: |text| parsed(FaultCode::parse(&text), "fault code", &text);
    Visibility as String: |text| parsed(Visibility::parse(&text), "visibility", &text);
    Digest as Vec<u8>: |bytes| {
        let exact = bytes.as_slice().try_into();
        exact.map(Digest::from_bytes).map_err(|_| StoreError::Corrupt(format!("a digest of {} bytes", bytes.len())))
    };
}

/// Returns a stored count; one that does not fit was not written by this crate.
fn counted<T: TryFrom<i64>>(value: i64) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| StoreError::Corrupt(format!("the count {value}")))
}

/// Declares the words that a column can have, and what each means: `enum NAME as "what it is in messages"`.
macro_rules! words {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident as $what:literal {
            $($(#[$word_meta:meta])* $word:ident = $text:literal,)+
        }
    )+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum $name {
                $($(#[$word_meta])* $word,)+
            }

            impl $name {
                /// Every one of them.
                pub const ALL: [Self; [$($text),+].len()] = [$(Self::$word),+];

                /// Returns it as it is stored and shown in JSON.
                #[must_use]
                pub const fn as_str(self) -> &'static str {
                    match self {
                        $(Self::$word => $text,)+
                    }
                }
            }

            impl $crate::record::Column for $name {
                type Stored = String;

                fn read(text: String) -> Result<Self, $crate::StoreError> {
                    let known = Self::ALL.into_iter().find(|word| word.as_str() == text);
                    $crate::record::parsed(known, $what, &text)
                }
            }
        )+
    };
}
pub(crate) use words;

/// Returns what was read of a column's text, or says that nothing could be.
pub(crate) fn parsed<T>(value: Option<T>, what: &str, text: &str) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::Corrupt(format!("the {what} `{text}`")))
}

/// Declares records and their rows: `struct RECORD from ROW`. Each field is a column of the same name; `with` names a field
/// that is itself a record, whose columns are among those of the row.
///
/// The derive macro of sqlx would read the rows as well, but it has all database drivers compiled a second time, for the
/// compiler.
macro_rules! records {
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident from $row:ident $(with $part:ident: $part_type:ident)? {
            $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)*
        }
    )*) => {
        $(
            $(#[$meta])*
            $vis struct $name {
                $(
                    /// The columns that it shares with other records.
                    pub $part: $part_type,
                )?
                $($(#[$field_meta])* pub $field: $type,)*
            }

            /// A row of such a record.
            $vis struct $row {
                $($part: <$part_type as $crate::engine::Record>::Row,)?
                $($field: <$type as $crate::record::Column>::Stored,)*
            }

            impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $row
            where
                &'static str: sqlx::ColumnIndex<R>,
                $(<$part_type as $crate::engine::Record>::Row: sqlx::FromRow<'r, R>,)?
                $(<$type as $crate::record::Column>::Stored:
                    sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)*
            {
                fn from_row(row: &'r R) -> sqlx::Result<Self> {
                    Ok(Self {
                        $($part: sqlx::FromRow::from_row(row)?,)?
                        $($field: row.try_get(stringify!($field))?,)*
                    })
                }
            }

            impl $crate::engine::Record for $name {
                type Row = $row;
                type Error = $crate::StoreError;

                fn read(row: $row) -> Result<Self, $crate::StoreError> {
                    Ok(Self {
                        $($part: $crate::engine::Record::read(row.$part)?,)?
                        $($field: $crate::record::Column::read(row.$field)?,)*
                    })
                }
            }
        )*
    };
}
pub(crate) use records;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_cannot_be_is_corrupt() {
        assert_eq!(<u64 as Column>::read(7).unwrap(), 7);
        assert_eq!(<u32 as Column>::read(7).unwrap(), 7);
        for error in [
            <u64 as Column>::read(-1).map(|_| ()),
            <u32 as Column>::read(-1).map(|_| ()),
            <u32 as Column>::read(1 << 32).map(|_| ()),
        ] {
            assert!(matches!(error, Err(StoreError::Corrupt(_))), "{error:?}");
        }
    }
}
