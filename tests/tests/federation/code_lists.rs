//! Organisations with different versions of a code list.

use brygga_proto::types::v1::Code;
use brygga_testkit::referral_to;

use crate::setting::{Neighbours, delivered, look, request};

/// ORE-18: Kalmar uses version 2 of a list that Nybro knows in version 1.
///
/// Verified: a term that Nybro does not know is kept as it was sent and works as its nearest known parent;
/// one without any known parent works as "other"; neither is dropped.
#[tokio::test(flavor = "multi_thread")]
async fn ore_18_unknown_code_degrades_to_its_parent() {
    let neighbours = Neighbours::agreed().await;
    let consent = neighbours.consent(30).await;
    let cases = [
        (
            "NIGHT_SHELTER_FOR_COUPLES",
            vec!["NIGHT_SHELTER_NEW_KIND", "NIGHT_SHELTER", "EMERGENCY_ACCOMMODATION"],
            "NIGHT_SHELTER",
        ),
        ("SOMETHING_ENTIRELY_NEW", vec![], "OTHER"),
    ];
    for (code, broader, effective) in cases {
        let mut wish = referral_to("kommun:0881", consent.clone());
        wish.service_type = Some(Code {
            list: "service_type".to_owned(),
            list_version: 2,
            code: code.to_owned(),
            broader: broader.into_iter().map(str::to_owned).collect(),
        });
        let id = request(&neighbours.kalmar, wish).await.expect("permitted").referral_id;
        delivered(&neighbours.kalmar, &id).await;
        let arrived = look(&neighbours.nybro, &id).await.expect("not dropped");
        let kept = arrived.request.and_then(|asked| asked.service_type).expect("a service type");
        assert_eq!((kept.code.as_str(), kept.list_version), (code, 2));
        assert_eq!(arrived.effective_service_type, effective);
    }
}
