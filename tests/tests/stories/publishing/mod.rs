//! One node's own documents: published, withdrawn, imported, exported, over a real database and index.

mod checking;
mod exporting;
mod importing;
mod moving;
mod nasty;
mod parts;
mod screening;
mod submitting;
mod surroundings;
mod withdrawing;
