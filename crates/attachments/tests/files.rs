//! What is taken and what is not, and pictures that are written again.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use attachments::{
    Job, Kind, MAX_BYTES, MAX_SHOWN_SIDE, Outcome, Refused, read_outcome, rewrite, run, sniff,
};
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, RgbImage, RgbaImage, codecs};
use proptest::prelude::*;

fn rgb(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([
            u8::try_from(x % 256).unwrap(),
            u8::try_from(y % 256).unwrap(),
            128,
        ])
    })
}

fn png(image: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = codecs::png::PngEncoder::new(&mut out);
    encoder
        .write_image(
            image,
            image.width(),
            image.height(),
            ExtendedColorType::Rgb8,
        )
        .unwrap();
    out
}

fn jpeg(image: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 90);
    encoder
        .write_image(
            image,
            image.width(),
            image.height(),
            ExtendedColorType::Rgb8,
        )
        .unwrap();
    out
}

fn webp(image: &DynamicImage) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = codecs::webp::WebPEncoder::new_lossless(&mut out);
    encoder
        .write_image(
            image.as_bytes(),
            image.width(),
            image.height(),
            image.color().into(),
        )
        .unwrap();
    out
}

/// Puts a segment of Exif with an orientation and a place into a JPEG.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08".to_vec();
    tiff.extend([
        0,
        1,
        0x01,
        0x12,
        0,
        3,
        0,
        0,
        0,
        1,
        0,
        orientation,
        0,
        0,
        0,
        0,
        0,
        0,
    ]);
    tiff.extend(b"GPS 51.5072 N 0.1276 W");
    let mut segment = b"Exif\0\0".to_vec();
    segment.extend(tiff);
    let (start, rest) = jpeg.split_at(2);
    let mut out = start.to_vec();
    out.extend([0xff, 0xe1]);
    out.extend(u16::try_from(segment.len() + 2).unwrap().to_be_bytes());
    out.extend(segment);
    out.extend(rest);
    out
}

/// Writes the head of a PNG that says it is so large.
fn huge_png(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    out.extend(&header);
    out.extend(crc(&header).to_be_bytes());
    out.extend(b"\0\0\0\0IDAT");
    out.extend(crc(b"IDAT").to_be_bytes());
    out.extend(b"\0\0\0\0IEND");
    out.extend(crc(b"IEND").to_be_bytes());
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = !0_u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

#[test]
fn a_file_is_what_its_bytes_say() {
    for (bytes, name, wanted) in [
        (b"%PDF-1.7 ...".to_vec(), "x.docx", Ok(Kind::Pdf)),
        (png(&rgb(2, 2)), "x.pdf", Ok(Kind::Png)),
        (jpeg(&rgb(2, 2)), "", Ok(Kind::Jpeg)),
        (
            webp(&DynamicImage::ImageRgb8(rgb(2, 2))),
            "x",
            Ok(Kind::Webp),
        ),
        (b"ward,falls\nA,3\n".to_vec(), "falls.CSV", Ok(Kind::Csv)),
        (
            b"ward,falls\nA,3\n".to_vec(),
            "falls.txt",
            Err(Refused::Unknown),
        ),
        (
            b"<html><script>".to_vec(),
            "falls.csv",
            Err(Refused::Unknown),
        ),
        (
            b"\xef\xbb\xbf <!doctype html>".to_vec(),
            "falls.csv",
            Err(Refused::Unknown),
        ),
        (
            b"<?xml version=\"1.0\"?><svg onload=\"x\">".to_vec(),
            "x.png",
            Err(Refused::PictureForm("SVG")),
        ),
        (
            b"GIF89a".to_vec(),
            "x.png",
            Err(Refused::PictureForm("GIF")),
        ),
        (
            b"\0\0\0\x18ftypheic".to_vec(),
            "x.jpg",
            Err(Refused::PictureForm("HEIC and AVIF")),
        ),
        (
            b"II*\0\x08".to_vec(),
            "x.tiff",
            Err(Refused::PictureForm("TIFF")),
        ),
        (b"MZ\x90\0\x03".to_vec(), "setup.csv", Err(Refused::Unknown)),
        (b"\x7fELF\x02".to_vec(), "x.csv", Err(Refused::Unknown)),
        (
            b"PK\x03\x04 not really".to_vec(),
            "x.docx",
            Err(Refused::Office(office::Refusal::Damaged)),
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 WordDocument".to_vec(),
            "x.doc",
            Err(Refused::Office(office::Refusal::OldFormat)),
        ),
        (Vec::new(), "x.pdf", Err(Refused::Empty)),
        (vec![b'a'; MAX_BYTES + 1], "x.csv", Err(Refused::TooLarge)),
    ] {
        assert_eq!(sniff(&bytes, name), wanted, "{name}");
    }
}

#[test]
fn pictures_are_written_again_without_metadata_and_upright() {
    // 40 × 20 turned by 90 degrees is 20 × 40.
    let turned = rewrite(&with_exif(&jpeg(&rgb(40, 20)), 6), Kind::Jpeg).unwrap();
    assert_eq!(
        (turned.kind, turned.width, turned.height),
        (Kind::Jpeg, 20, 40)
    );
    let finds =
        |bytes: &[u8], words: &[u8]| bytes.windows(words.len()).any(|window| window == words);
    assert!(!finds(&turned.bytes, b"Exif") && !finds(&turned.bytes, b"GPS"));
    // What is behind a picture goes.
    let mut behind = png(&rgb(8, 8));
    behind.extend(b"PK\x03\x04 an archive behind a picture");
    let clean = rewrite(&behind, Kind::Png).unwrap();
    assert!(!finds(&clean.bytes, b"archive"));
    assert_eq!(sniff(&clean.bytes, ""), Ok(Kind::Png));
    // Transparency stays; a photograph in WebP becomes a JPEG.
    let glass = RgbaImage::from_pixel(4, 4, image::Rgba([1, 2, 3, 100]));
    assert_eq!(
        rewrite(&webp(&DynamicImage::ImageRgba8(glass)), Kind::Webp)
            .unwrap()
            .kind,
        Kind::Webp
    );
    assert_eq!(
        rewrite(&webp(&DynamicImage::ImageRgb8(rgb(4, 4))), Kind::Webp)
            .unwrap()
            .kind,
        Kind::Jpeg
    );
    // No larger than a page shows it.
    let small = rewrite(&jpeg(&rgb(3_000, 30)), Kind::Jpeg).unwrap();
    assert_eq!((small.width, small.height), (MAX_SHOWN_SIDE, 24));
}

#[test]
fn pictures_that_would_fill_the_memory_are_refused_before_they_are_decoded() {
    for (width, height) in [
        (50_000, 50_000),
        (u32::MAX / 2, 1),
        (12_001, 1),
        (5_000, 5_000),
        (1, 2_000_000),
    ] {
        let refused = rewrite(&huge_png(width, height), Kind::Png).unwrap_err();
        assert!(
            matches!(refused, Refused::Pixels { .. } | Refused::Picture),
            "{width} × {height}: {refused:?}"
        );
    }
    assert_eq!(
        rewrite(&huge_png(50_000, 50_000), Kind::Png)
            .unwrap_err()
            .to_string(),
        "the picture has 50000 × 50000 points, and the most is 24 million; make it smaller and upload it again"
    );
    assert_eq!(
        rewrite(b"\x89PNG\r\n\x1a\n", Kind::Png),
        Err(Refused::Picture)
    );
}

#[test]
fn an_outcome_is_read_as_it_was_written() {
    let outcome = |job, bytes: &[u8], name| {
        let mut written = Vec::new();
        run(job, bytes, name, &mut written).unwrap();
        for cut in [0, 3, 4, written.len() / 2] {
            assert_eq!(read_outcome(&written[..cut]), None, "cut at {cut}");
        }
        read_outcome(&written).unwrap()
    };
    assert!(
        matches!(outcome(Job::Picture, &png(&rgb(5, 4)), "x"), Outcome::Picture(picture) if (picture.width, picture.height) == (5, 4) && sniff(&picture.bytes, "") == Ok(Kind::Png))
    );
    assert!(
        matches!(outcome(Job::Words, b"a,b\n", "x.csv"), Outcome::Words(words) if words.places[0].text == "a,b")
    );
    assert!(
        matches!(outcome(Job::Convert, b"x", "x.docx"), Outcome::Refused(why) if why.contains("cannot read"))
    );
    assert_eq!(
        outcome(Job::Kind, b"%PDF-1.7", "x"),
        Outcome::Kind(Kind::Pdf)
    );
    assert!(matches!(
        outcome(Job::Kind, b"PK\x03\x04", "x.docx"),
        Outcome::Refused(_)
    ));
    for job in Job::ALL {
        assert_eq!(Job::parse(job.as_str()), Some(job));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn damaged_pictures_are_refused_and_never_a_panic(
        which in 0..3_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
    ) {
        let picture = rgb(24, 16);
        let (mut bytes, kind) = match which {
            0 => (png(&picture), Kind::Png),
            1 => (with_exif(&jpeg(&picture), 3), Kind::Jpeg),
            _ => (webp(&DynamicImage::ImageRgb8(picture)), Kind::Webp),
        };
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = rewrite(&bytes, kind);
    }
}
