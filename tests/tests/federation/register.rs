//! The registrar of either end, who sees every message and no content.

use brygga_proto::local::v1::{
    ExportRegisterRequest, ListRegisterRequest, RegisterDirection, RegisterEntry,
};
use brygga_testkit::{Staff, referral_to};

use crate::setting::{Neighbours, delivered, request};

async fn entries(registrar: &Staff, public: bool) -> Vec<RegisterEntry> {
    let wanted = ListRegisterRequest { public, ..ListRegisterRequest::default() };
    let listed = registrar.register().list_register(wanted).await;
    listed.expect("a registrar may").into_inner().entries
}

/// R28: what an authority receives and sends is an official document, registered without delay (OSL 5:1-2, 5:5).
///
/// Kalmar ──referral──▶ Nybro. Verified: both registers show the referral with number, date, parties, subject
/// and secrecy marking; the public extract shows number, date and marking and neither who nor what; an export
/// is a file whose digest the node has noted, and holds nothing of the person.
#[tokio::test(flavor = "multi_thread")]
async fn r28_both_ends_register_the_referral_and_the_public_sees_neither_who_nor_what() {
    let neighbours = Neighbours::agreed().await;
    let region = &neighbours.region;
    let wish = referral_to("kommun:0881", neighbours.consent(30).await);
    let id = request(&neighbours.kalmar, wish).await.expect("permitted").referral_id;
    delivered(&neighbours.kalmar, &id).await;

    for (own, name, other, direction) in [
        ("kommun:0880", "kalmar", "kommun:0881", RegisterDirection::Out),
        ("kommun:0881", "nybro", "kommun:0880", RegisterDirection::In),
    ] {
        let registrar = region.staff(name, "REGISTRAR", None);
        let full = entries(&registrar, false).await;
        let place = full.iter().position(|entry| entry.conversation_id == id);
        let place = place.expect("the referral is registered");
        let entry = &full[place];
        assert_eq!(entry.label, format!("{}-{:06}", &entry.label[..4], entry.number));
        assert!(entry.registered_at.is_some());
        assert_eq!((entry.direction(), entry.counterparty.as_str()), (direction, other));
        assert_eq!(entry.subject, "referral.requested");
        let marking = entry.secrecy.as_ref().expect("a referral is marked");
        assert_eq!((marking.provision.as_str(), marking.authority.as_str()), ("OSL 26:1", own));

        let hidden = &entries(&registrar, true).await[place];
        assert_eq!((hidden.number, &hidden.secrecy), (entry.number, &entry.secrecy));
        assert_eq!((hidden.counterparty.as_str(), hidden.subject.as_str()), ("", ""));
        assert!(hidden.message_id.is_empty() && hidden.conversation_id.is_empty());

        let next = export(&neighbours, name).await;
        let last = full.last().expect("entries").number;
        assert_eq!(next.after_number, last, "the export was noted as kept");
    }
}

/// Exports with the program, and returns what the next export would begin with.
async fn export(
    neighbours: &Neighbours,
    name: &str,
) -> brygga_proto::local::v1::ExportRegisterResponse {
    let region = &neighbours.region;
    let file = region.path(name).join("diarium.csv");
    let public = region.path(name).join("utdrag.csv");
    let text = |path: &std::path::Path| path.to_str().expect("plain names").to_owned();
    let run = |arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        tokio::task::block_in_place(|| region.run(name, &arguments))
    };
    let words = |file: &std::path::Path| {
        ["register", "export", "--format", "csv", "--out"]
            .map(str::to_owned)
            .into_iter()
            .chain([text(file)])
            .collect::<Vec<_>>()
    };
    run([words(&public), vec!["--public".to_owned()]].concat());
    let said = run(words(&file));
    let written = std::fs::read(&file).expect("the program has written it");
    let digest = brygga_crypto::sha256(&[&written]).to_string();
    assert!(said.contains(&digest), "{said}");
    let written = String::from_utf8(written).expect("UTF-8");
    assert!(written.contains("begäran om remiss") && written.contains("OSL 26:1"), "{written}");
    assert!(!written.contains("Testsson") && !written.contains("199001012385"), "{written}");
    let public = std::fs::read_to_string(&public).expect("the program has written it");
    assert!(!public.contains("begäran om remiss") && public.contains("OSL 26:1"), "{public}");
    let registrar = region.staff(name, "REGISTRAR", None);
    let wanted = ExportRegisterRequest::default();
    registrar.register().export_register(wanted).await.expect("a registrar may").into_inner()
}
