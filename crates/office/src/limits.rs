//! The bounds of this crate, each with its reason. Together they keep a conversion within 64 MiB of memory and seconds
//! of time, whatever the file says.

/// The longest file that is read: as long as an attachment may be.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;
/// Most entries of an archive. A slide show of 300 slides has about 2,000.
pub const MAX_ENTRIES: usize = 4_096;
/// The longest name of an entry, in bytes.
pub const MAX_ENTRY_NAME_BYTES: usize = 512;
/// The longest part of XML, unpacked. The text of a book of 500 pages has about 8 MiB.
pub const MAX_XML_BYTES: usize = 12 * 1024 * 1024;
/// Most bytes that are unpacked of one file, all parts together: this bounds the time.
pub const MAX_UNPACKED_BYTES: usize = 64 * 1024 * 1024;
/// Most elements and texts of one part of XML. Each takes 40 bytes.
pub const MAX_NODES: usize = 400_000;
/// The deepest nesting of elements. Word's own files reach about 40.
pub const MAX_DEPTH: usize = 200;
/// The longest markdown or plain text that a file becomes, in bytes.
pub const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;
/// The largest picture that is taken out of a file, in bytes.
pub const MAX_PICTURE_BYTES: usize = 8 * 1024 * 1024;
/// Most pictures that are taken out of a file: a document may have as many attachments.
pub const MAX_PICTURES: usize = 16;
/// Most bytes of all pictures that are taken out of a file.
pub const MAX_PICTURES_BYTES: usize = 16 * 1024 * 1024;
/// The longest description of a picture, in characters.
pub const MAX_ALT_CHARS: usize = 500;
/// Most columns of a table. Wider ones cannot be read on a page.
pub const MAX_COLUMNS: usize = 64;
/// Most cells of all tables of a file, after merged ones were split.
pub const MAX_CELLS: usize = 50_000;
/// The longest text of one cell that is repeated where cells were merged, in bytes.
pub const MAX_REPEATED_BYTES: usize = 300;
/// Most slides that are read.
pub const MAX_SLIDES: usize = 500;
/// Most styles on the way from a style to the one at the root of its chain.
pub const MAX_STYLE_CHAIN: usize = 20;
/// Most levels of a list: Word has nine.
pub const MAX_LIST_LEVELS: usize = 9;
/// Files within a file are read for their words to this depth.
pub const MAX_NESTED_FILES: usize = 1;
