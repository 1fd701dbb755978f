//! The parameters of statements.

use std::borrow::Cow;

use wire::{AccountId, Date, Digest, DocumentId, NodeId, Role, Timestamp, Visibility};

/// The parameters of a statement, in order.
pub type Values<'a> = Vec<Value<'a>>;

/// One parameter. A null keeps its type, which PostgreSQL wants to know.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// A number, a time in milliseconds.
    Int(Option<i64>),
    /// Text, a day, an id.
    Text(Option<Cow<'a, str>>),
    /// Bytes.
    Bytes(Option<Cow<'a, [u8]>>),
    /// Yes or no.
    Bool(Option<bool>),
}

impl Value<'_> {
    /// Returns the null of the same type.
    #[must_use]
    pub fn null(&self) -> Self {
        match self {
            Self::Int(_) => Self::Int(None),
            Self::Text(_) => Self::Text(None),
            Self::Bytes(_) => Self::Bytes(None),
            Self::Bool(_) => Self::Bool(None),
        }
    }
}

/// Lists parameters of different types.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::values::Value::from($value)),*] };
}

macro_rules! value_from {
    ($($type:ty => |$value:ident| $variant:ident($made:expr);)*) => {
        $(
            impl<'a> From<$type> for Value<'a> {
                fn from($value: $type) -> Self {
                    Self::$variant(Some($made))
                }
            }
            impl<'a> From<Option<$type>> for Value<'a> {
                fn from(value: Option<$type>) -> Self {
                    Self::$variant(value.map(|$value| $made))
                }
            }
        )*
    };
}

value_from! {
    i64 => |value| Int(value);
    u64 => |value| Int(signed(value));
    bool => |value| Bool(value);
    String => |value| Text(Cow::Owned(value));
    &'a str => |value| Text(Cow::Borrowed(value));
    &'a String => |value| Text(Cow::Borrowed(value.as_str()));
    Vec<u8> => |value| Bytes(Cow::Owned(value));
    &'a [u8] => |value| Bytes(Cow::Borrowed(value));
    &'a Vec<u8> => |value| Bytes(Cow::Borrowed(value.as_slice()));
    [u8; 32] => |value| Bytes(Cow::Owned(value.to_vec()));
    &Digest => |value| Bytes(Cow::Owned(value.as_bytes().to_vec()));
    DocumentId => |value| Text(Cow::Owned(value.to_string()));
    AccountId => |value| Text(Cow::Owned(value.to_string()));
    Role => |value| Text(Cow::Borrowed(value.as_str()));
    &NodeId => |value| Text(Cow::Owned(value.to_string()));
    Timestamp => |value| Int(value.millis());
    Date => |value| Text(Cow::Owned(value.to_string()));
    Visibility => |value| Text(Cow::Borrowed(value.as_str()));
}

/// Returns a count or size as the signed number that both engines store; sizes never come near the limit.
#[must_use]
pub fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Returns a stored count as what it is; a negative one cannot have been written by this program.
#[must_use]
pub fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
