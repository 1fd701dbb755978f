//! A connection that ends when its client does not read the answer: after a while, or before that if all answers that
//! wait together are too large.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use super::{handshake::Secured, unread::Share};

/// A stream that fails when the client reads nothing for a while: otherwise such a client could hold its connection
/// and the answer without limit.
pub(super) struct Stalling {
    stream: Secured,
    limit: Duration,
    /// Runs while the client reads nothing.
    until: Pin<Box<Sleep>>,
    waits: bool,
    share: Share,
}

impl Stalling {
    pub(super) fn new(stream: Secured, limit: Duration, share: Share) -> Self {
        Self {
            stream,
            limit,
            until: Box::pin(sleep(limit)),
            waits: false,
            share,
        }
    }

    /// Passes on what was written, and ends the wait for it or begins one for this number of bytes.
    fn check<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        bytes: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            if self.waits {
                self.waits = false;
                self.share.has_read();
            }
            return written;
        }
        if bytes > 0 {
            self.share.waits(bytes);
        }
        if !self.waits {
            self.waits = true;
            self.until.as_mut().reset(Instant::now() + self.limit);
        }
        ready!(self.until.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Stalling {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stalling {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.check(written, bytes.len(), context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        let bytes = parts.iter().map(|part| part.len()).sum();
        self.check(written, bytes, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.check(flushed, 0, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // TLS says goodbye first, which a client that does not read would hold up.
        let ended = Pin::new(&mut self.stream).poll_shutdown(context);
        self.check(ended, 0, context)
    }
}
