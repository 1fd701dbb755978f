//! What is checked: the parts of a document, each with the form of its text.

/// One part of a document.
#[derive(Clone)]
pub struct Part<'a> {
    /// What findings call it: `body`, a key such as `contact.mailbox`, `file name`.
    pub name: String,
    /// Its text.
    pub text: &'a str,
    /// How the text is read.
    pub form: Form,
    /// The line of the file on which the text begins, from 1; `None` if its lines are not those of a file.
    pub first_line: Option<u32>,
}

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Markdown, with HTML in it.
    Markdown,
    /// Text without markup, such as that of a PDF or a presentation.
    Plain,
    /// The rows of a sheet: one on each line, cells separated by tabs, the names of the columns in the first row.
    Rows,
    /// Front matter as it was typed: one key with its value on each line.
    Keys,
    /// The value of a key, which is read as a label in front of it.
    Value,
    /// The name of a file, without its folders.
    FileName,
}

impl<'a> Part<'a> {
    /// The text of a document, which begins on a line of its file.
    #[must_use]
    pub fn body(text: &'a str, first_line: u32) -> Self {
        Self {
            name: "body".to_owned(),
            text,
            form: Form::Markdown,
            first_line: Some(first_line),
        }
    }

    /// The value of a key: `contact.mailbox`. `line` is that of the value, where it is known.
    #[must_use]
    pub fn value(key: impl Into<String>, text: &'a str, line: Option<u32>) -> Self {
        Self {
            name: key.into(),
            text,
            form: Form::Value,
            first_line: line,
        }
    }

    /// The front matter of a file as it was typed, from the first line of the file.
    #[must_use]
    pub fn front_matter(text: &'a str) -> Self {
        Self {
            name: "front matter".to_owned(),
            text,
            form: Form::Keys,
            first_line: Some(1),
        }
    }

    /// The name of a file or of a folder.
    #[must_use]
    pub fn file_name(text: &'a str) -> Self {
        Self {
            name: "file name".to_owned(),
            text,
            form: Form::FileName,
            first_line: None,
        }
    }

    /// The text of an attachment. `name` must not be the file name as its author wrote it, which can hold a value itself.
    #[must_use]
    pub fn attachment(name: impl Into<String>, text: &'a str, form: Form) -> Self {
        Self {
            name: name.into(),
            text,
            form,
            first_line: Some(1),
        }
    }
}
