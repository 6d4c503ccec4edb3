//! Protobuf over gRPC, with a limit on how many fields one message has.
//!
//! A field that is empty takes two bytes on the wire and a hundred in memory, so a limit on the
//! bytes of a message alone lets a peer make this node hold sixty times as much. The fields are
//! counted before anything is read.

use std::marker::PhantomData;

use prost::Message;
use prost::bytes::Buf;
use prost::encoding::{DecodeContext, decode_key, skip_field};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder};
use tonic_prost::{ProstCodec, ProstDecoder, ProstEncoder};

/// Fields of one message, each entry of a list counted: many times what any call needs.
pub const MAX_FIELDS: usize = 4096;

/// What the generated clients and servers read and write messages with.
#[derive(Debug)]
pub(crate) struct BoundedCodec<T, U>(PhantomData<(T, U)>);

/// Reads one message, unless it is crowded.
#[derive(Debug)]
pub(crate) struct BoundedDecoder<U>(ProstDecoder<U>);

impl<T, U> Default for BoundedCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for BoundedCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = BoundedDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::default().encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        BoundedDecoder(ProstCodec::<T, U>::default().decoder())
    }
}

impl<U: Message + Default> Decoder for BoundedDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        // A message lies in one piece.
        if is_crowded(source.chunk()) {
            return Err(Status::out_of_range("too many fields in one message"));
        }
        self.0.decode(source)
    }
}

/// Whether a message has more than [`MAX_FIELDS`] fields. Malformed bytes are not its matter.
fn is_crowded(mut message: &[u8]) -> bool {
    for _ in 0..MAX_FIELDS {
        if message.is_empty() {
            return false;
        }
        let read = decode_key(&mut message).and_then(|(tag, wire_type)| {
            skip_field(wire_type, tag, &mut message, DecodeContext::default())
        });
        if read.is_err() {
            return false;
        }
    }
    !message.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::federation::v1::{DeliverRequest, Envelope};

    #[test]
    fn a_message_may_have_4096_fields_and_not_one_more() {
        let request = |count| DeliverRequest { envelopes: vec![Envelope::default(); count] };
        assert!(!is_crowded(&request(MAX_FIELDS).encode_to_vec()));
        assert!(is_crowded(&request(MAX_FIELDS + 1).encode_to_vec()));
    }

    #[test]
    fn a_large_field_counts_once_and_malformed_bytes_are_left_to_the_reader() {
        let large = Envelope { sealed: vec![0; 1 << 20], ..Envelope::default() };
        assert!(!is_crowded(&DeliverRequest { envelopes: vec![large] }.encode_to_vec()));
        assert!(!is_crowded(&[0xff; 100]));
    }
}
