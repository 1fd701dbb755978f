//! Which kinds of file may be attached, and how each is recognised.

use office::{OfficeKind, Refusal};

/// A kind of file that may be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// PDF.
    Pdf,
    /// Word.
    Docx,
    /// PowerPoint.
    Pptx,
    /// Excel.
    Xlsx,
    /// Values separated by commas.
    Csv,
    /// A picture without loss.
    Png,
    /// A photograph.
    Jpeg,
    /// A picture of the web.
    Webp,
}

/// Why a file is not taken. Each message says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A file of Office that is not read.
    #[error(transparent)]
    Office(#[from] Refusal),
    /// A form of picture that is not taken.
    #[error("{0} pictures are not taken; save it as PNG or JPEG and upload that file")]
    PictureForm(&'static str),
    /// A picture that moves.
    #[error("the picture is animated; save one frame of it as PNG or JPEG and upload that file")]
    Animated,
    /// A picture with too many points.
    #[error("the picture has {width} × {height} points, and the most is {} million; make it smaller and upload it again", crate::MAX_PIXELS / 1_000_000)]
    Pixels {
        /// Points from left to right.
        width: u32,
        /// Points from top to bottom.
        height: u32,
    },
    /// A picture that cannot be read.
    #[error(
        "the picture is damaged or incomplete; save it again as PNG or JPEG and upload that file"
    )]
    Picture,
    /// Any other kind.
    #[error(
        "this kind of file is not taken; attach a PDF, a Word, PowerPoint or Excel file (.docx, .pptx, .xlsx), a CSV file, or a PNG, JPEG or WebP picture"
    )]
    Unknown,
    /// Without content.
    #[error("the file is empty; choose it again")]
    Empty,
    /// Beyond [`crate::MAX_BYTES`].
    #[error("the file is larger than {} MB; make it smaller, or link to where it is", crate::MAX_BYTES / (1024 * 1024))]
    TooLarge,
    /// The work on it took too much time or memory.
    #[error(
        "the file needs too much time or memory to be read here; save it again in the program that made it, or make it smaller"
    )]
    Exhausting,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Pdf,
        Self::Docx,
        Self::Pptx,
        Self::Xlsx,
        Self::Csv,
        Self::Png,
        Self::Jpeg,
        Self::Webp,
    ];

    /// Returns the media type that it is served with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// Returns the end of a name, without the dot; it is the word for the kind in the database, too.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Pptx => "pptx",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }

    /// Returns the word for a reader.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Docx => "Word document",
            Self::Pptx => "PowerPoint presentation",
            Self::Xlsx => "Excel workbook",
            Self::Csv => "CSV file",
            Self::Png | Self::Jpeg | Self::Webp => "Picture",
        }
    }

    /// Says whether it is shown in a text.
    #[must_use]
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Webp)
    }

    /// Returns the form in which `office` reads its words; nothing for a picture.
    #[must_use]
    pub const fn form(self) -> Option<office::Form> {
        match self {
            Self::Pdf => Some(office::Form::Pdf),
            Self::Docx | Self::Pptx | Self::Xlsx => Some(office::Form::Office),
            Self::Csv => Some(office::Form::Csv),
            Self::Png | Self::Jpeg | Self::Webp => None,
        }
    }
}

/// Says whether a file is a package: what it is, is in the files within it, which are unpacked for that. So it is for a process of
/// its own ([`crate::Job::Kind`]).
#[must_use]
pub const fn is_package(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'K', ..] | [0xd0, 0xcf, 0x11, 0xe0, ..])
}

/// Says what a file is. Its name decides nothing but whether plain text is meant as a table.
///
/// # Errors
/// [`Refused`]: it is not taken.
pub fn sniff(bytes: &[u8], name: &str) -> Result<Kind, Refused> {
    if bytes.len() > crate::MAX_BYTES {
        return Err(Refused::TooLarge);
    }
    match bytes {
        [] => Err(Refused::Empty),
        [b'%', b'P', b'D', b'F', b'-', ..] => Ok(Kind::Pdf),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Kind::Png),
        [0xff, 0xd8, 0xff, ..] => Ok(Kind::Jpeg),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Ok(Kind::Webp),
        [b'P', b'K', ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => match office::office_kind(bytes)? {
            OfficeKind::Document => Ok(Kind::Docx),
            OfficeKind::Presentation => Ok(Kind::Pptx),
            OfficeKind::Workbook => Ok(Kind::Xlsx),
        },
        [b'G', b'I', b'F', b'8', ..] => Err(Refused::PictureForm("GIF")),
        [b'B', b'M', _, _, _, _, 0, 0, ..] => Err(Refused::PictureForm("BMP")),
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Err(Refused::PictureForm("TIFF")),
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm' | b'a', ..] => {
            Err(Refused::PictureForm("HEIC and AVIF"))
        }
        text => plain(text, name),
    }
}

/// Says what a file without a mark of its own is.
fn plain(bytes: &[u8], name: &str) -> Result<Kind, Refused> {
    let is_wide = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c);
    if !is_wide && bytes.iter().any(|byte| control(byte) || *byte == 0x7f) {
        return Err(Refused::Unknown);
    }
    let beginning = bytes.get(..bytes.len().min(1_024)).unwrap_or_default();
    let beginning = String::from_utf8_lossy(beginning).to_ascii_lowercase();
    let beginning = beginning.trim_start_matches('\u{feff}').trim_start();
    if beginning.starts_with('<') {
        let is_drawing = beginning.contains("<svg");
        return Err(if is_drawing {
            Refused::PictureForm("SVG")
        } else {
            Refused::Unknown
        });
    }
    let is_table = name.to_ascii_lowercase().ends_with(".csv");
    if is_table {
        Ok(Kind::Csv)
    } else {
        Err(Refused::Unknown)
    }
}
