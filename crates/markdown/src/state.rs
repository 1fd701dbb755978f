//! What the formatter of a page knows while it writes.

use std::fmt;

use comrak::html::ChildRendering;

use crate::{
    anchors::{Anchors, Heading},
    targets::Links,
};

pub(crate) struct State<'x> {
    pub(crate) links: &'x Links<'x>,
    pub(crate) headings: &'x [Heading],
    pub(crate) anchors: &'x Anchors,
    pub(crate) next_heading: usize,
    pub(crate) tables: usize,
    pub(crate) column: usize,
    pub(crate) in_link: bool,
}

pub(crate) type Formatted = Result<ChildRendering, fmt::Error>;
