//! Tables of files, and what each becomes.

mod restricted_files;
