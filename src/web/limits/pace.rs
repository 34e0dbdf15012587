//! Bodies that crawl: a form that comes in too slowly is cut off.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use crate::app::App;

/// How slowly a body may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long any body may take.
    pub grace: Duration,
    /// Bytes that earn a body one more second.
    pub bytes_per_second: u64,
}

impl Pace {
    /// How long a body may take of which so many bytes are in.
    fn allowed(self, received: u64) -> Duration {
        self.grace
            + Duration::from_millis(received.saturating_mul(1000) / self.bytes_per_second.max(1))
    }
}

/// A body that the framework still knows to be there after whoever reads it has gone.
type Shared = Rc<RefCell<Payload>>;

/// A body that ends with an error when it comes in too slowly.
struct Paced {
    body: Shared,
    pace: Pace,
    started: Instant,
    received: u64,
    alarm: Pin<Box<Sleep>>,
}

impl Paced {
    fn new(body: Shared, pace: Pace) -> Self {
        let started = Instant::now();
        let alarm = Box::pin(sleep_until(started + pace.allowed(0)));
        Self { body, pace, started, received: 0, alarm }
    }
}

impl Stream for Paced {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut *self.body.borrow_mut()).poll_next(context);
        match polled {
            Poll::Ready(Some(Ok(bytes))) => {
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                self.received = self.received.saturating_add(length);
                let until = self.started + self.pace.allowed(self.received);
                self.alarm.as_mut().reset(until);
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Pending => match Future::poll(self.alarm.as_mut(), context) {
                Poll::Ready(()) => Poll::Ready(Some(Err(too_slow()))),
                Poll::Pending => Poll::Pending,
            },
            ended @ Poll::Ready(_) => ended,
        }
    }
}

/// A body as the framework takes it.
type BoxedBody = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

/// The error that a body which is too slow ends with.
fn too_slow() -> PayloadError {
    PayloadError::Io(std::io::ErrorKind::TimedOut.into())
}

/// Whether an error of a body says that it came in too slowly.
#[must_use]
pub fn is_too_slow(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(inner) if inner.kind() == std::io::ErrorKind::TimedOut)
}

/// An answer that holds on to what it answers until it is sent.
struct Holding {
    answer: BoxBody,
    _body: Shared,
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.answer).poll_next(context)
    }
}

/// Middleware: puts every body under the pace that the settings ask for.
///
/// A body that nobody reads to its end is held until the answer is sent: the framework then
/// closes the connection. Of one that was dropped it would go on reading, for as long as
/// the sender likes.
///
/// # Errors
///
/// None of its own.
pub async fn pace(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let limits = request.app_data::<Data<App>>().map(|app| Pace {
        grace: Duration::from_secs(app.settings.limits.request_body_seconds),
        bytes_per_second: app.settings.limits.body_bytes_per_second,
    });
    let Some(pace) = limits else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let (request, body) = request.into_parts();
    if matches!(body, Payload::None) {
        let request = ServiceRequest::from_parts(request, body);
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let body: Shared = Rc::new(RefCell::new(body));
    let payload: BoxedBody = Box::pin(Paced::new(Rc::clone(&body), pace));
    let request = ServiceRequest::from_parts(request, Payload::Stream { payload });
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(response.map_body(|_, answer| BoxBody::new(Holding { answer, _body: body })))
}
