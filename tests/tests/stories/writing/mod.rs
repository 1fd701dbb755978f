//! Writing here: drafts, their review, and what is published from them.

mod flows;
mod pages;
mod people;
