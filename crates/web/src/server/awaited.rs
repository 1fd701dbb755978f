//! A request's body that knows whether it is being waited for, so that a request which takes too long is laid at the
//! right door: the client's, who does not send, or ours.

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

/// Says whether a body is being waited for: somebody has asked for its next part, and it has not come.
#[derive(Debug, Clone, Default)]
pub(super) struct Awaited(Arc<AtomicBool>);

impl Awaited {
    /// Returns a body that notes here when it is waited for.
    pub(super) fn watch(
        &self,
        body: Body,
    ) -> impl HttpBody<Data = Bytes, Error = axum::Error> + use<> {
        Watched {
            body,
            awaited: self.clone(),
        }
    }

    /// Says whether the body is being waited for.
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
