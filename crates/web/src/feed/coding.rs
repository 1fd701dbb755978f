//! Content codings of the answers that may have one: zstd or gzip, as the client accepts.

use std::io::Cursor;

use async_compression::{
    Level,
    tokio::bufread::{GzipEncoder, ZstdEncoder},
};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream::BoxStream};
use http::{HeaderMap, HeaderValue, header};
use tokio_util::io::ReaderStream;

/// Bytes that are coded at a time: few enough that no other task has to wait.
const PIECE: usize = 32 * 1024;

/// How an answer is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
    /// zstd; its window is far below 8 MiB at the level used here.
    Zstd,
}

impl Coding {
    /// Returns the best coding that the client accepts (RFC 9110 §12.5.3); none if it names no coding.
    pub(super) fn wanted(request: &HeaderMap) -> Self {
        let mut wanted = Self::Identity;
        let lists = request.get_all(header::ACCEPT_ENCODING);
        for item in lists
            .iter()
            .filter_map(|list| list.to_str().ok())
            .flat_map(|list| list.split(','))
        {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            let refused = weight
                .trim()
                .strip_prefix("q=")
                .is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
            match name.trim().to_ascii_lowercase().as_str() {
                _ if refused => {}
                "zstd" => return Self::Zstd,
                "gzip" | "x-gzip" => wanted = Self::Gzip,
                _ => {}
            }
        }
        wanted
    }

    /// Returns the end of the ETag of an answer in this coding.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Gzip => "-gzip",
            Self::Zstd => "-zstd",
        }
    }

    /// Names the coding in the answer's head.
    pub(super) fn name(self, response: &mut Response) {
        let name = match self {
            Self::Identity => return,
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        };
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }

    /// Codes bytes piece by piece, as fast as the client reads them.
    pub(super) fn stream(self, bytes: Vec<u8>) -> BoxStream<'static, std::io::Result<Bytes>> {
        let source = Cursor::new(bytes);
        match self {
            Self::Identity => pieces(source).boxed(),
            Self::Gzip => pieces(GzipEncoder::with_quality(source, Level::Fastest)).boxed(),
            Self::Zstd => pieces(ZstdEncoder::with_quality(source, Level::Fastest)).boxed(),
        }
    }
}

fn pieces(
    reader: impl tokio::io::AsyncRead + Send + 'static,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send {
    ReaderStream::with_capacity(reader, PIECE)
}

#[cfg(test)]
mod tests {
    use async_compression::tokio::write::{GzipDecoder, ZstdDecoder};
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    #[test]
    fn the_best_coding_that_is_asked_for_is_taken() {
        for (asked, expected) in [
            (None, Coding::Identity),
            (Some("identity"), Coding::Identity),
            (Some("gzip"), Coding::Gzip),
            (Some("zstd, gzip"), Coding::Zstd),
            (Some("gzip, ZSTD;q=0.1"), Coding::Zstd),
            (Some("gzip;q=1.0, zstd;q=0"), Coding::Gzip),
            (Some("br, deflate"), Coding::Identity),
            (Some("*"), Coding::Identity),
        ] {
            let mut request = HeaderMap::new();
            if let Some(asked) = asked {
                request.insert(header::ACCEPT_ENCODING, asked.parse().unwrap());
            }
            assert_eq!(Coding::wanted(&request), expected, "{asked:?}");
        }
    }

    #[tokio::test]
    async fn what_was_coded_is_decoded_to_the_same() {
        let text = "a ward round\n".repeat(20_000).into_bytes();
        for coding in [Coding::Identity, Coding::Gzip, Coding::Zstd] {
            let mut coded = Vec::new();
            let mut stream = coding.stream(text.clone());
            while let Some(piece) = stream.next().await {
                coded.extend_from_slice(&piece.unwrap());
            }
            let decoded = match coding {
                Coding::Identity => coded,
                Coding::Gzip => {
                    let mut decoder = GzipDecoder::new(Vec::new());
                    decoder.write_all(&coded).await.unwrap();
                    decoder.shutdown().await.unwrap();
                    decoder.into_inner()
                }
                Coding::Zstd => {
                    let mut decoder = ZstdDecoder::new(Vec::new());
                    decoder.write_all(&coded).await.unwrap();
                    decoder.shutdown().await.unwrap();
                    decoder.into_inner()
                }
            };
            assert_eq!(decoded, text, "{coding:?}");
        }
    }
}
