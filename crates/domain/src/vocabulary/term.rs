//! What all vocabularies have in common, and the macro that declares one.

/// A value of a closed vocabulary.
pub trait Term: Copy + Eq + 'static {
    /// Every value, in the order in which a page lists them.
    const ALL: &'static [Self];

    /// Returns the value as it is written in files, bodies and addresses.
    fn as_str(self) -> &'static str;

    /// Returns what people read: plain English, sentence case.
    fn label(self) -> &'static str;

    /// Returns other ways to write the value, such as a code. They are read and never written.
    fn also(self) -> &'static [&'static str] {
        &[]
    }

    /// Returns the value that is written so, exactly.
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|term| term.as_str() == text)
    }

    /// Returns the value that is meant: any case, spaces or underscores for hyphens, or another way to
    /// write it.
    fn parse_loosely(text: &str) -> Option<Self> {
        let text = text.trim();
        // Nearly always it is written exactly.
        Self::parse(text).or_else(|| {
            Self::ALL.iter().copied().find(|term| {
                let mut forms = term.also().iter().copied().chain([term.as_str()]);
                forms.any(|form| is_loosely(form, text))
            })
        })
    }
}

/// Returns whether two texts are the same in any case, where spaces and underscores count as hyphens.
fn is_loosely(term: &str, text: &str) -> bool {
    let loose = |byte: u8| match byte {
        b' ' | b'_' => b'-',
        byte => byte.to_ascii_lowercase(),
    };
    term.len() == text.len()
        && term
            .bytes()
            .zip(text.bytes())
            .all(|(a, b)| loose(a) == loose(b))
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($term:ident = $value:literal, $label:literal $(, $also:literal)*;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $label] $term,)+
        }

        impl Term for $name {
            const ALL: &'static [Self] = &[$(Self::$term),+];

            fn as_str(self) -> &'static str {
                match self { $(Self::$term => $value,)+ }
            }

            fn label(self) -> &'static str {
                match self { $(Self::$term => $label,)+ }
            }

            fn also(self) -> &'static [&'static str] {
                match self { $(Self::$term => &[$($also),*],)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| {
                    serde::de::Error::custom(concat!("not a value of ", stringify!($name)))
                })
            }
        }
    };
}

pub(super) use vocabulary;
