//! What a file has and the markdown has not, in words for the author.

use std::fmt;

/// What was left out, or is in another form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost {
    /// Text that tracked changes had deleted.
    DeletedText,
    /// A comment.
    Comment,
    /// Text that Word does not show.
    HiddenText,
    /// A slide that is not shown.
    HiddenSlide,
    /// The notes of a speaker.
    SpeakerNotes,
    /// A table of contents or an index.
    Contents,
    /// The words at the top and the bottom of each page.
    HeaderOrFooter,
    /// A picture in a form that a page cannot show.
    PictureForm,
    /// A picture that is larger than a bound.
    LargePicture,
    /// More pictures than a document may have.
    ManyPictures,
    /// A picture that is not in the file but elsewhere.
    LinkedPicture,
    /// A chart.
    Chart,
    /// A diagram whose words were kept as a list.
    Diagram,
    /// A file or an object within the file.
    EmbeddedObject,
    /// Film or sound.
    Media,
    /// A formula, now in one line.
    Equation,
    /// Cells that were one, now with the text repeated.
    MergedCells,
    /// A table within a table, now lines of text.
    NestedTable,
    /// Columns or cells beyond the bound.
    LargeTable,
    /// A list with letters or Roman numbers, now with figures.
    ListForm,
    /// Numbers that Word writes in front of headings.
    HeadingNumbers,
    /// A link to where no reader may be sent.
    Link,
    /// A link to a place in the same file.
    InnerLink,
    /// A character of a symbol font that is not known.
    Symbol,
}

/// One line of the list of what was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omission {
    /// What it is.
    pub lost: Lost,
    /// How often.
    pub count: usize,
    /// Where or which, as far as it is known; at most [`MAX_PLACES`].
    pub places: Vec<String>,
}

/// Most places that one line names.
pub const MAX_PLACES: usize = 5;
/// The longest place, in characters.
const MAX_PLACE_CHARS: usize = 100;

/// Collects what is left out.
#[derive(Default)]
pub(crate) struct Omissions(Vec<Omission>);

impl Omissions {
    /// Adds one, with where or which it is.
    pub(crate) fn add(&mut self, lost: Lost, place: &str) {
        self.add_many(lost, 1, place);
    }

    /// Adds several of one kind.
    pub(crate) fn add_many(&mut self, lost: Lost, count: usize, place: &str) {
        if count == 0 {
            return;
        }
        let at = self.0.iter().position(|omission| omission.lost == lost);
        let place: String = place.trim().chars().take(MAX_PLACE_CHARS).collect();
        let omission = match at.and_then(|at| self.0.get_mut(at)) {
            Some(omission) => omission,
            None => {
                self.0.push(Omission {
                    lost,
                    count: 0,
                    places: Vec::new(),
                });
                let Some(omission) = self.0.last_mut() else {
                    return;
                };
                omission
            }
        };
        omission.count += count;
        if !place.is_empty()
            && omission.places.len() < MAX_PLACES
            && !omission.places.contains(&place)
        {
            omission.places.push(place);
        }
    }

    /// Returns the list in the order of [`Lost`].
    pub(crate) fn finish(mut self) -> Vec<Omission> {
        self.0.sort_by_key(|omission| omission.lost);
        self.0
    }
}

impl fmt::Display for Omission {
    /// Writes a sentence: what it was, and what to do where something can be done.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 1 {
            write!(f, "1 {}", one(self.lost))?;
        } else {
            write!(f, "{} {}", self.count, many(self.lost))?;
        }
        if !self.places.is_empty() {
            write!(f, " ({}", self.places.join("; "))?;
            write!(
                f,
                "{})",
                if self.places.len() < self.count.min(MAX_PLACES + 1) {
                    "; and more"
                } else {
                    ""
                }
            )?;
        }
        write!(f, " {}", then(self.lost))
    }
}

/// Returns the words for one.
fn one(lost: Lost) -> &'static str {
    match lost {
        Lost::DeletedText => "text deleted in tracked changes:",
        Lost::Comment => "comment:",
        Lost::HiddenText => "hidden text:",
        Lost::HiddenSlide => "hidden slide:",
        Lost::SpeakerNotes => "slide with speaker notes: notes",
        Lost::Contents => "table of contents or index:",
        Lost::HeaderOrFooter => "header or footer:",
        Lost::PictureForm => "picture in a form that browsers do not show:",
        Lost::LargePicture => "picture that is too large:",
        Lost::ManyPictures => "picture more than a document may have:",
        Lost::LinkedPicture => "picture that is not in the file but on another computer:",
        Lost::Chart => "chart:",
        Lost::Diagram => "diagram:",
        Lost::EmbeddedObject => "file or object within the file:",
        Lost::Media => "film or sound:",
        Lost::Equation => "equation:",
        Lost::MergedCells => "table with merged cells:",
        Lost::NestedTable => "table within a table:",
        Lost::LargeTable => "table with too many columns or cells:",
        Lost::ListForm => "list with letters or Roman numbers:",
        Lost::HeadingNumbers => "number in front of a heading:",
        Lost::Link => "link that leads nowhere on the web:",
        Lost::InnerLink => "link to a place in the file:",
        Lost::Symbol => "symbol of a special font:",
    }
}

/// Returns the words for several.
fn many(lost: Lost) -> &'static str {
    match lost {
        Lost::DeletedText => "texts deleted in tracked changes:",
        Lost::Comment => "comments:",
        Lost::HiddenText => "hidden texts:",
        Lost::HiddenSlide => "hidden slides:",
        Lost::SpeakerNotes => "slides with speaker notes: notes",
        Lost::Contents => "tables of contents or indexes:",
        Lost::HeaderOrFooter => "headers or footers:",
        Lost::PictureForm => "pictures in a form that browsers do not show:",
        Lost::LargePicture => "pictures that are too large:",
        Lost::ManyPictures => "pictures more than a document may have:",
        Lost::LinkedPicture => "pictures that are not in the file but on another computer:",
        Lost::Chart => "charts:",
        Lost::Diagram => "diagrams:",
        Lost::EmbeddedObject => "files or objects within the file:",
        Lost::Media => "films or sounds:",
        Lost::Equation => "equations:",
        Lost::MergedCells => "tables with merged cells:",
        Lost::NestedTable => "tables within tables:",
        Lost::LargeTable => "tables with too many columns or cells:",
        Lost::ListForm => "lists with letters or Roman numbers:",
        Lost::HeadingNumbers => "numbers in front of headings:",
        Lost::Link => "links that lead nowhere on the web:",
        Lost::InnerLink => "links to places in the file:",
        Lost::Symbol => "symbols of special fonts:",
    }
}

/// Returns what happened to it, and what to do.
fn then(lost: Lost) -> &'static str {
    match lost {
        Lost::Contents => "left out, the page makes its own",
        Lost::PictureForm => "left out; save it as PNG or JPEG and add it",
        Lost::LargePicture => "left out; make it smaller and add it",
        Lost::LinkedPicture => "left out and not fetched; add it yourself",
        Lost::Chart => "left out; add it as a picture, or its figures as a table",
        Lost::Diagram => "its words are now a list; add it as a picture if its form matters",
        Lost::Equation => "now in one line of text; please check it",
        Lost::MergedCells => "split, with a short text in each cell; please check it",
        Lost::NestedTable => "now lines of text; please check it",
        Lost::LargeTable => "cut; add the file as an attachment",
        Lost::ListForm => "now with figures; check texts that refer to them",
        Lost::HeadingNumbers => "left out; check texts that refer to them",
        Lost::Link => "now text",
        Lost::InnerLink => "now text",
        Lost::Symbol => "shown as □; please write the right one",
        Lost::DeletedText
        | Lost::Comment
        | Lost::HiddenText
        | Lost::HiddenSlide
        | Lost::SpeakerNotes
        | Lost::HeaderOrFooter
        | Lost::ManyPictures
        | Lost::EmbeddedObject
        | Lost::Media => "left out",
    }
}
