use brygga_crypto::{CELL_BYTES, CELL_CONTENT_BYTES, SealingPublicKey};
use brygga_domain::{ParcelId, Timestamp};
use proptest::prelude::*;
use prost::Message;

use super::*;

fn parcel() -> Parcel {
    Parcel {
        id: ParcelId::from_bytes([1; 16]),
        answer_to: Some(SealingPublicKey::from_bytes([2; 32])),
        acknowledged: vec![ParcelId::from_bytes([3; 16])],
        expires_at: Timestamp::from_millis(1_767_225_600_000),
        content: ParcelContent::Sealed(vec![4]),
    }
}

fn cell(byte: u8) -> Cell {
    Cell::from_bytes(&[byte; CELL_BYTES]).unwrap()
}

fn field(bytes: &[u8]) -> &'static str {
    decode_parcel(bytes).unwrap_err().field
}

#[test]
fn each_kind_of_parcel_comes_back() {
    let enquiry = Parcel {
        answer_to: None,
        acknowledged: Vec::new(),
        content: ParcelContent::Enquiry(vec![9; MAX_PARCEL_CONTENT_BYTES]),
        ..parcel()
    };
    let nothing = Parcel { answer_to: None, content: ParcelContent::Nothing, ..parcel() };
    for parcel in [parcel(), enquiry, nothing] {
        assert!(decode_parcel(&encode_parcel(&parcel)) == Ok(parcel));
    }
}

#[test]
fn the_largest_parcel_fits_into_a_cell() {
    let largest = Parcel {
        acknowledged: vec![ParcelId::from_bytes([0xff; 16]); MAX_ACKNOWLEDGED],
        expires_at: Timestamp::from_millis(253_402_300_799_000),
        content: ParcelContent::Sealed(vec![0xff; MAX_PARCEL_CONTENT_BYTES]),
        ..parcel()
    };
    assert!(encode_parcel(&largest).len() <= CELL_CONTENT_BYTES);
}

#[test]
fn a_parcel_is_refused_by_its_bad_field() {
    let broken = |change: fn(&mut Parcel)| {
        let mut parcel = parcel();
        change(&mut parcel);
        field(&encode_parcel(&parcel))
    };
    let long = |parcel: &mut Parcel| {
        parcel.content = ParcelContent::Sealed(vec![0; MAX_PARCEL_CONTENT_BYTES + 1]);
    };
    assert_eq!(broken(long), "parcel.content");
    assert_eq!(broken(|p| p.content = ParcelContent::Sealed(Vec::new())), "parcel.content");
    assert_eq!(broken(|p| p.content = ParcelContent::Nothing), "parcel.answer_to");
    let enquiry = |p: &mut Parcel| p.content = ParcelContent::Enquiry(vec![1]);
    assert_eq!(broken(enquiry), "parcel.acknowledged");
    let acknowledges = |p: &mut Parcel| {
        p.content = ParcelContent::Enquiry(vec![1]);
        p.acknowledged.clear();
    };
    assert_eq!(broken(acknowledges), "parcel.answer_to");
    let says_nothing = |p: &mut Parcel| {
        (p.content, p.answer_to) = (ParcelContent::Nothing, None);
        p.acknowledged.clear();
    };
    assert_eq!(broken(says_nothing), "parcel.acknowledged");
    let many = |p: &mut Parcel| p.acknowledged = vec![p.id; MAX_ACKNOWLEDGED + 1];
    assert_eq!(broken(many), "parcel.acknowledged");
    let fine = |p: &mut Parcel| p.expires_at = Timestamp::from_millis(1_767_225_600_001);
    assert_eq!(broken(fine), "parcel.expires_at");
}

#[test]
fn a_parcel_of_wrong_lengths_is_refused_by_its_bad_field() {
    let broken = |change: fn(&mut proto::Parcel)| {
        let mut raw = proto::Parcel::decode(encode_parcel(&parcel()).as_slice()).unwrap();
        change(&mut raw);
        field(&raw.encode_to_vec())
    };
    assert_eq!(broken(|raw| raw.parcel_id = vec![1; 15]), "parcel.parcel_id");
    assert_eq!(broken(|raw| raw.answer_to = vec![1; 31]), "parcel.answer_to");
    assert_eq!(broken(|raw| raw.acknowledged = vec![vec![1; 17]]), "parcel.acknowledged");
    assert_eq!(broken(|raw| raw.expires_at = None), "parcel.expires_at");
    assert_eq!(field(&[0xff]), "parcel");
}

#[test]
fn cells_travel_in_the_order_of_their_bytes_and_nothing_else_is_a_cell() {
    let put = CellsPut {
        agreement: AgreementId::from_bytes([5; 16]),
        slot: 7,
        cells: vec![cell(2), cell(1)],
    };
    assert_eq!(CellsPut::from_proto(&put.clone().into_proto()), Ok(put.clone()));
    let taken = cells_from_proto(&cells_to_proto(&put.cells));
    assert_eq!(taken, Ok(vec![cell(1), cell(2)]));
    let wanted = CellsWanted { agreement: put.agreement, slot: 7 };
    assert_eq!(CellsWanted::from_proto(&wanted.to_proto()), Ok(wanted));

    let refused = |cells: Vec<Vec<u8>>| {
        let request = proto::PutCellsRequest { cells, ..put.clone().into_proto() };
        CellsPut::from_proto(&request).unwrap_err().field
    };
    assert_eq!(refused(Vec::new()), "cells");
    assert_eq!(refused(vec![vec![0; CELL_BYTES]; MAX_CELLS_PER_SLOT + 1]), "cells");
    assert_eq!(refused(vec![vec![0; CELL_BYTES], vec![0; CELL_BYTES - 1]]), "cells");
    let many = proto::TakeCellsResponse { cells: vec![Vec::new(); MAX_CELLS_TAKEN + 1] };
    assert_eq!(cells_from_proto(&many).unwrap_err().field, "cells");
    let nobody = proto::TakeCellsRequest { agreement_id: vec![5; 15], slot: 7 };
    assert_eq!(CellsWanted::from_proto(&nobody).unwrap_err().field, "agreement_id");
}

proptest! {
    /// What a parcel holds is what another member chose to put there.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(parcel) = decode_parcel(&bytes) {
            prop_assert!(decode_parcel(&encode_parcel(&parcel)) == Ok(parcel));
        }
    }
}
