//! A request's body that records whether a handler waits for it, so that a timeout is reported with the right cause:
//! the client does not send, or this node is slow.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// Whether a handler waits for a body: it has polled for the next part, and the part has not come.
#[derive(Debug, Clone, Default)]
pub(super) struct Awaited(Arc<AtomicBool>);

impl Awaited {
    /// Returns a body that records here when a handler waits for it.
    pub(super) fn watch(
        &self,
        body: Body,
    ) -> impl HttpBody<Data = Bytes, Error = axum::Error> + use<> {
        Watched {
            body,
            awaited: self.clone(),
        }
    }

    /// Returns whether a handler waits for the body.
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

struct Watched {
    body: Body,
    awaited: Awaited,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.awaited.0.store(polled.is_pending(), Ordering::Release);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
