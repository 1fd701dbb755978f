//! Tables of files, and what each becomes.

mod marked_files;
mod restricted_files;
