//! Writing here: drafts, their review, and what is published from them.

mod approving;
mod caring;
mod changing;
mod commenting;
mod comparing;
mod deciding;
mod files;
mod flows;
mod lineage;
mod mails;
mod pages;
pub(crate) mod people;
mod remarks;
mod replacing;
mod sharing;
