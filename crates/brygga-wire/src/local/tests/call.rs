//! What somebody looks for is read field by field, with what is said by default.

use brygga_domain::capacity::WantedPlaces;
use brygga_domain::{Refusal, Seconds};
use brygga_proto::capacity::v1::{Period, PlaceFor, WantedPlaces as ProtoWanted};
use brygga_proto::types::v1::Code;

use super::*;
use crate::local::{CallWish, call_wish};

fn request() -> proto::PlaceCallRequest {
    let code = Code {
        list: "service_type".to_owned(),
        list_version: 1,
        code: "NIGHT_SHELTER".to_owned(),
        broader: Vec::new(),
    };
    let wanted = ProtoWanted {
        service_type: Some(code),
        place_for: PlaceFor::Women.into(),
        period: Period::Night.into(),
        places: 1,
        ..ProtoWanted::default()
    };
    proto::PlaceCallRequest {
        idempotency_key: vec![1; 16],
        agreement_id: vec![2; 16],
        wanted: Some(wanted),
        answer_within_seconds: 0,
    }
}

fn read(change: impl FnOnce(&mut proto::PlaceCallRequest)) -> Result<CallWish, Refusal> {
    let mut request = request();
    change(&mut request);
    call_wish(request)
}

#[test]
fn where_nobody_says_answers_are_waited_for_half_an_hour_and_places_held_as_agreed() {
    let wish = read(|_| {}).unwrap();
    assert_eq!((wish.ttl, wish.answer_within), (None, WantedPlaces::ANSWER_WITHIN));
    let wanted = wish.wanted(Seconds(5_400), NOW).unwrap();
    assert_eq!((wanted.ttl, wanted.answer_by), (Seconds(5_400), NOW.plus(Seconds(1_800))));
    let other = read(|request| request.answer_within_seconds = 60).unwrap();
    assert_ne!(other.digest, wish.digest, "another wish under the same key is found");
}

#[test]
fn a_wish_is_refused_by_its_bad_field() {
    let field = |change: fn(&mut proto::PlaceCallRequest)| read(change).unwrap_err().field;
    assert_eq!(field(|request| request.answer_within_seconds = 59), "answer_within_seconds");
    assert_eq!(field(|request| request.answer_within_seconds = 86_401), "answer_within_seconds");
    assert_eq!(field(|request| request.wanted = None), "wanted");
    assert_eq!(field(|request| request.agreement_id.clear()), "agreement_id");
    assert_eq!(field(|request| request.idempotency_key.clear()), "idempotency_key");
    let wish = read(|_| {}).unwrap();
    assert_eq!(wish.wanted(Seconds(59), NOW).unwrap_err().field, "wanted.ttl_seconds");
    assert_eq!(wish.wanted(Seconds(i64::MAX), NOW).unwrap_err().field, "wanted.ttl_seconds");
}
