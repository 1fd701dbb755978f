//! Pictures, decoded within limits and written again: without place, time, name of the camera, or anything behind the
//! picture. What is shown is not changed, but turned upright and made no larger than a page shows it.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageEncoder, Limits,
    codecs::{
        jpeg::{JpegDecoder, JpegEncoder},
        png::{CompressionType, FilterType, PngDecoder, PngEncoder},
        webp::{WebPDecoder, WebPEncoder},
    },
    imageops,
};

use crate::{Kind, Refused};

/// The longest side of a picture that is decoded.
pub const MAX_SIDE: u32 = 12_000;
/// Most points of a picture that is decoded: those of a good telephone, 24 million.
pub const MAX_PIXELS: u64 = 24_000_000;
/// The longest side of a picture as it is kept: more than a wide screen shows.
pub const MAX_SHOWN_SIDE: u32 = 2_400;
/// Most bytes that a decoder may take.
const MAX_DECODER_BYTES: u64 = 128 * 1024 * 1024;
/// 1 to 100; no one sees a difference at this one.
const JPEG_QUALITY: u8 = 85;

/// A picture that was written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// Its kind now: a photograph in WebP becomes a JPEG.
    pub kind: Kind,
    /// Its bytes, without metadata.
    pub bytes: Vec<u8>,
    /// Points from left to right.
    pub width: u32,
    /// Points from top to bottom.
    pub height: u32,
}

/// Writes a picture again.
///
/// # Errors
/// [`Refused`], before anything is decoded if it is too large.
pub fn rewrite(bytes: &[u8], kind: Kind) -> Result<Rewritten, Refused> {
    let mut image = decode(bytes, kind)?;
    if image.width().max(image.height()) > MAX_SHOWN_SIDE {
        image = image.resize(
            MAX_SHOWN_SIDE,
            MAX_SHOWN_SIDE,
            imageops::FilterType::CatmullRom,
        );
    }
    let (width, height) = (image.width(), image.height());
    // A file of any depth becomes one of 8 bits; transparency stays.
    let is_transparent = image.color().has_alpha();
    let image = match (is_transparent, image.color().has_color()) {
        (true, _) => DynamicImage::ImageRgba8(image.into_rgba8()),
        (false, true) => DynamicImage::ImageRgb8(image.into_rgb8()),
        (false, false) => DynamicImage::ImageLuma8(image.into_luma8()),
    };
    let mut out = Vec::new();
    let color = image.color().into();
    let data = image.as_bytes();
    let (kind, written) = match kind {
        Kind::Png => {
            let encoder = PngEncoder::new_with_quality(
                &mut out,
                CompressionType::Default,
                FilterType::Adaptive,
            );
            (Kind::Png, encoder.write_image(data, width, height, color))
        }
        Kind::Webp if is_transparent => (
            Kind::Webp,
            WebPEncoder::new_lossless(&mut out).write_image(data, width, height, color),
        ),
        Kind::Jpeg | Kind::Webp | Kind::Pdf | Kind::Docx | Kind::Pptx | Kind::Xlsx | Kind::Csv => {
            let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
            (Kind::Jpeg, encoder.write_image(data, width, height, color))
        }
    };
    written.map_err(|_| Refused::Picture)?;
    if out.len() > crate::MAX_BYTES {
        return Err(Refused::TooLarge);
    }
    Ok(Rewritten {
        kind,
        bytes: out,
        width,
        height,
    })
}

/// Decodes a picture and turns it upright.
fn decode(bytes: &[u8], kind: Kind) -> Result<DynamicImage, Refused> {
    let cursor = Cursor::new(bytes);
    match kind {
        Kind::Png => {
            let decoder = PngDecoder::with_limits(cursor, limits()).map_err(unreadable)?;
            if decoder.is_apng().map_err(unreadable)? {
                return Err(Refused::Animated);
            }
            upright(decoder)
        }
        Kind::Jpeg => upright(JpegDecoder::new(cursor).map_err(unreadable)?),
        Kind::Webp => {
            let decoder = WebPDecoder::new(cursor).map_err(unreadable)?;
            if decoder.has_animation() {
                return Err(Refused::Animated);
            }
            upright(decoder)
        }
        Kind::Pdf | Kind::Docx | Kind::Pptx | Kind::Xlsx | Kind::Csv => Err(Refused::Unknown),
    }
}

fn upright(mut decoder: impl ImageDecoder) -> Result<DynamicImage, Refused> {
    let (width, height) = decoder.dimensions();
    let is_large =
        u64::from(width) * u64::from(height) > MAX_PIXELS || width.max(height) > MAX_SIDE;
    if is_large || decoder.total_bytes() > MAX_DECODER_BYTES {
        return Err(Refused::Pixels { width, height });
    }
    if width == 0 || height == 0 {
        return Err(Refused::Picture);
    }
    decoder.set_limits(limits()).map_err(unreadable)?;
    let orientation = decoder.orientation().map_err(unreadable)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    limits
}

fn unreadable(_: image::ImageError) -> Refused {
    Refused::Picture
}
