//! The work on one file as a value, and its outcome as bytes: for a process of its own.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::{Kind, Refused, Rewritten, picture::rewrite, sniff};

/// Most bytes of an outcome.
pub const MAX_OUTCOME_BYTES: usize = 48 * 1024 * 1024;
/// Bytes in front of the head of an outcome: its length.
const LENGTH_BYTES: usize = 4;

/// What is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Its text becomes markdown.
    Convert,
    /// As [`Job::Convert`], with the notes of a speaker.
    ConvertWithNotes,
    /// All of its words are read.
    Words,
    /// A picture is written again.
    Picture,
    /// What a package is that has files within it.
    Kind,
}

impl Job {
    /// Every job.
    pub const ALL: [Self; 5] = [
        Self::Convert,
        Self::ConvertWithNotes,
        Self::Words,
        Self::Picture,
        Self::Kind,
    ];

    /// Returns the word for it on a command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Convert => "convert",
            Self::ConvertWithNotes => "convert-with-notes",
            Self::Words => "words",
            Self::Picture => "picture",
            Self::Kind => "kind",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|job| job.as_str() == word)
    }
}

/// The outcome of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Of [`Job::Convert`].
    Converted(Conversion),
    /// Of [`Job::Words`].
    Words(office::Words),
    /// Of [`Job::Picture`].
    Picture(Rewritten),
    /// Of [`Job::Kind`].
    Kind(Kind),
    /// Why there is none, in a sentence for the person who uploaded the file.
    Refused(String),
}

/// A file that was converted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conversion {
    /// Its title.
    pub title: Option<String>,
    /// All of its text, as markdown.
    pub markdown: String,
    /// The same in the sections of a case study.
    pub sections: Vec<ConvertedSection>,
    /// Its pictures, as they are in the file.
    pub pictures: Vec<ConvertedPicture>,
    /// What was left out, a sentence each.
    pub omissions: Vec<String>,
}

/// The text of a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConvertedSection {
    /// The heading of a case study.
    pub heading: String,
    /// The headings of the file that led to it.
    pub from: Vec<String>,
    /// Its text.
    pub markdown: String,
}

/// A picture of a converted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertedPicture {
    /// The name that the text refers to.
    pub name: String,
    /// What it shows, as far as the file says.
    pub alt: String,
    /// As in the file.
    pub bytes: Vec<u8>,
}

/// The head of an outcome; the bytes of pictures follow it.
#[derive(Serialize, Deserialize)]
enum Head {
    Converted {
        title: Option<String>,
        markdown: String,
        sections: Vec<ConvertedSection>,
        pictures: Vec<PictureHead>,
        omissions: Vec<String>,
    },
    Words {
        places: Vec<(String, String, u32, bool)>,
        unread: Vec<String>,
    },
    Picture {
        kind: String,
        width: u32,
        height: u32,
        len: usize,
    },
    Kind(String),
    Refused(String),
}

#[derive(Serialize, Deserialize)]
struct PictureHead {
    name: String,
    alt: String,
    len: usize,
}

/// Does a job on a file that came with a name, and writes its outcome.
///
/// # Errors
/// Of the writer.
pub fn run(job: Job, bytes: &[u8], name: &str, out: &mut impl Write) -> io::Result<()> {
    let outcome =
        done(job, bytes, name).unwrap_or_else(|refused| Outcome::Refused(refused.to_string()));
    write_outcome(outcome, out)
}

fn done(job: Job, bytes: &[u8], name: &str) -> Result<Outcome, Refused> {
    let convert = |speaker_notes| {
        let converted = office::convert(bytes, office::Options { speaker_notes })?;
        Ok(Outcome::Converted(Conversion {
            title: converted.title,
            markdown: converted.markdown,
            sections: converted
                .sections
                .into_iter()
                .map(|section| ConvertedSection {
                    heading: section.heading.to_owned(),
                    from: section.from,
                    markdown: section.markdown,
                })
                .collect(),
            pictures: converted
                .pictures
                .into_iter()
                .map(|picture| ConvertedPicture {
                    name: picture.name,
                    alt: picture.alt,
                    bytes: picture.bytes,
                })
                .collect(),
            omissions: converted
                .omissions
                .iter()
                .map(ToString::to_string)
                .collect(),
        }))
    };
    match job {
        Job::Convert => convert(false),
        Job::ConvertWithNotes => convert(true),
        Job::Words => match sniff(bytes, name)?.form() {
            Some(form) => Ok(Outcome::Words(office::words(bytes, form)?)),
            None => Ok(Outcome::Words(office::Words::default())),
        },
        Job::Picture => Ok(Outcome::Picture(rewrite(bytes, sniff(bytes, name)?)?)),
        Job::Kind => Ok(Outcome::Kind(sniff(bytes, name)?)),
    }
}

fn write_outcome(outcome: Outcome, out: &mut impl Write) -> io::Result<()> {
    let (head, tails): (Head, Vec<Vec<u8>>) = match outcome {
        Outcome::Converted(conversion) => {
            let pictures = conversion
                .pictures
                .iter()
                .map(|picture| PictureHead {
                    name: picture.name.clone(),
                    alt: picture.alt.clone(),
                    len: picture.bytes.len(),
                })
                .collect();
            let head = Head::Converted {
                title: conversion.title,
                markdown: conversion.markdown,
                sections: conversion.sections,
                pictures,
                omissions: conversion.omissions,
            };
            (
                head,
                conversion
                    .pictures
                    .into_iter()
                    .map(|picture| picture.bytes)
                    .collect(),
            )
        }
        Outcome::Words(words) => {
            let places = words
                .places
                .into_iter()
                .map(|place| (place.name, place.text, place.first_line, place.is_table))
                .collect();
            (
                Head::Words {
                    places,
                    unread: words.unread,
                },
                Vec::new(),
            )
        }
        Outcome::Picture(picture) => {
            let head = Head::Picture {
                kind: picture.kind.extension().to_owned(),
                width: picture.width,
                height: picture.height,
                len: picture.bytes.len(),
            };
            (head, vec![picture.bytes])
        }
        Outcome::Kind(kind) => (Head::Kind(kind.extension().to_owned()), Vec::new()),
        Outcome::Refused(why) => (Head::Refused(why), Vec::new()),
    };
    let head = serde_json::to_vec(&head)?;
    let length = u32::try_from(head.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(&head)?;
    tails.iter().try_for_each(|tail| out.write_all(tail))
}

/// Reads an outcome. `None` for anything that [`run`] does not write: the process did not get to its end.
#[must_use]
pub fn read_outcome(bytes: &[u8]) -> Option<Outcome> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (head, mut tail) = rest.split_at_checked(length)?;
    Some(match serde_json::from_slice(head).ok()? {
        Head::Converted {
            title,
            markdown,
            sections,
            pictures,
            omissions,
        } => {
            let mut taken = Vec::with_capacity(pictures.len());
            for picture in pictures {
                let (bytes, rest) = tail.split_at_checked(picture.len)?;
                tail = rest;
                taken.push(ConvertedPicture {
                    name: picture.name,
                    alt: picture.alt,
                    bytes: bytes.to_vec(),
                });
            }
            Outcome::Converted(Conversion {
                title,
                markdown,
                sections,
                pictures: taken,
                omissions,
            })
        }
        Head::Words { places, unread } => {
            let places = places.into_iter().map(place).collect();
            Outcome::Words(office::Words { places, unread })
        }
        Head::Picture {
            kind,
            width,
            height,
            len,
        } => {
            let bytes = tail.get(..len)?.to_vec();
            let kind = kind_of(&kind)?;
            Outcome::Picture(Rewritten {
                kind,
                bytes,
                width,
                height,
            })
        }
        Head::Kind(kind) => Outcome::Kind(kind_of(&kind)?),
        Head::Refused(why) => Outcome::Refused(why),
    })
}

fn kind_of(extension: &str) -> Option<Kind> {
    let mut kinds = Kind::ALL.into_iter();
    kinds.find(|kind| kind.extension() == extension)
}

fn place((name, text, first_line, is_table): (String, String, u32, bool)) -> office::Place {
    office::Place {
        name,
        text,
        first_line,
        is_table,
    }
}
