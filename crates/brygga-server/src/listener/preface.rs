//! The first bytes of HTTP/2, read by us because hyper would wait for them for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

/// RFC 9113, section 3.4.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const FRAME_HEADER_BYTES: usize = 9;
const SETTINGS: u8 = 4;
const SETTING_BYTES: usize = 6;

/// Reads the client's preface and its first SETTINGS, and returns a stream on which
/// they can be read once more. Sets no deadline; the caller must.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`] when the client speaks something else.
pub(super) async fn read_preface<IO>(mut io: IO, max_frame_bytes: u32) -> io::Result<Replay<IO>>
where
    IO: AsyncRead + Unpin,
{
    let mut head = vec![0; PREFACE.len()];
    io.read_exact(&mut head).await?;
    if head != PREFACE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut frame = [0; FRAME_HEADER_BYTES];
    io.read_exact(&mut frame).await?;
    let length = settings_length(&frame, max_frame_bytes).ok_or(io::ErrorKind::InvalidData)?;
    head.extend_from_slice(&frame);
    let start = head.len();
    head.resize(start + length, 0);
    io.read_exact(&mut head[start..]).await?;
    Ok(Replay { head, read: 0, io })
}

/// The payload's length, when the header is of a SETTINGS frame and no acknowledgement.
fn settings_length(frame: &[u8; FRAME_HEADER_BYTES], max_frame_bytes: u32) -> Option<usize> {
    let [high, middle, low, kind, flags, stream @ ..] = *frame;
    let length = u32::from_be_bytes([0, high, middle, low]);
    let bytes = usize::try_from(length).ok()?;
    let plain = kind == SETTINGS && flags & 1 == 0 && stream == [0; 4];
    (plain && length <= max_frame_bytes && bytes.is_multiple_of(SETTING_BYTES)).then_some(bytes)
}

/// A stream whose first bytes were read already and come again.
pub(super) struct Replay<IO> {
    head: Vec<u8>,
    read: usize,
    io: IO,
}

impl<IO: AsyncRead + Unpin> AsyncRead for Replay<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.read == this.head.len() {
            return Pin::new(&mut this.io).poll_read(cx, buf);
        }
        let rest = &this.head[this.read..];
        let length = rest.len().min(buf.remaining());
        buf.put_slice(&rest[..length]);
        this.read += length;
        if this.read == this.head.len() {
            this.head = Vec::new();
            this.read = 0;
        }
        Poll::Ready(Ok(()))
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Replay<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: u32 = 16 * 1024;

    fn opening(settings_header: [u8; 9], payload: &[u8]) -> Vec<u8> {
        [PREFACE.as_slice(), &settings_header, payload].concat()
    }

    #[tokio::test]
    async fn what_was_read_comes_again_and_then_the_rest() {
        let opening = opening([0, 0, 6, 4, 0, 0, 0, 0, 0], &[0, 3, 0, 0, 0, 9]);
        let sent = [opening.as_slice(), b"and more"].concat();
        let mut replay = read_preface(sent.as_slice(), MAX).await.unwrap();
        let mut read = Vec::new();
        replay.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, sent);
    }

    #[tokio::test]
    async fn anything_but_a_plain_settings_frame_is_refused() {
        for header in [
            [0, 0, 0, 6, 0, 0, 0, 0, 0],    // PING first
            [0, 0, 0, 4, 1, 0, 0, 0, 0],    // an acknowledgement
            [0, 0, 0, 4, 0, 0, 0, 0, 1],    // on a stream
            [0, 0, 5, 4, 0, 0, 0, 0, 0],    // half a setting
            [0, 0x40, 2, 4, 0, 0, 0, 0, 0], // 16,386 bytes: a setting more than a frame holds
        ] {
            let sent = opening(header, &[0; 20_000]);
            let error = read_preface(sent.as_slice(), MAX).await.err().unwrap();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{header:?}");
        }
        let http1 = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".as_slice();
        assert!(read_preface(http1, MAX).await.is_err());
    }
}
