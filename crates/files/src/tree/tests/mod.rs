//! Tables of files, and what each becomes.

mod forbidding_files;
mod marked_files;
mod restricted_files;
