//! How many connections are open at once: beyond that a new one is closed, so that those there are go on being
//! answered. A phone takes it for a lost network, and tries again with backoff.

use axum_server::accept::Accept;
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// An acceptor with so many places.
#[derive(Clone)]
pub struct Limited<A> {
    inner: A,
    places: Arc<Semaphore>,
}

impl<A> Limited<A> {
    pub fn new(inner: A, places: usize) -> Self {
        Self { inner, places: Arc::new(Semaphore::new(places)) }
    }
}

type Accepted<Stream, Service> = Pin<Box<dyn Future<Output = io::Result<(Stream, Service)>> + Send>>;

impl<A, S> Accept<TcpStream, S> for Limited<A>
where
    A: Accept<TcpStream, S, Future: Send + 'static>,
{
    type Stream = Seated<A::Stream>;
    type Service = A::Service;
    type Future = Accepted<Self::Stream, Self::Service>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            tracing::warn!("all places for connections are taken: one more was closed");
            return Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) });
        };
        // A verdict is one small packet that a seller waits for.
        let accepting = stream.set_nodelay(true).map(|()| self.inner.accept(stream, service));
        Box::pin(async move {
            let (stream, service) = accepting?.await?;
            Ok((Seated { stream, _place: place }, service))
        })
    }
}

/// A connection that gives its place back when it ends.
pub struct Seated<S> {
    stream: S,
    _place: OwnedSemaphorePermit,
}

impl<S: AsyncRead + Unpin> AsyncRead for Seated<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Seated<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
