//! What is left of a body that nobody wants.
//!
//! Knows nothing of why.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};

/// The most bytes that are read of it.
const MAX_DROPPED: usize = 256 << 20;

/// Reads what is left of a body, for some time, while its sender is answered. A browser that sends looks for its answer only
/// when all is sent; and where the connection ends before, the answer is lost.
pub(super) async fn drop_rest(mut body: Body, longest: Duration) {
    let rest = async {
        let mut room = MAX_DROPPED;
        while let Some(Ok(part)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let length = part.data_ref().map_or(0, |bytes| bytes.len());
            match room.checked_sub(length) {
                Some(left) => room = left,
                None => break,
            }
        }
    };
    tokio::time::timeout(longest, rest).await.ok();
}
