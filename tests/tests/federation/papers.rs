//! What officers hand out of a relocation: documents that the program writes and no node keeps.

use brygga_testkit::{Place, eventually};

use crate::keyboard::Keyboard;
use crate::network::{Exchange, NYNASHAMN};
use crate::observability::canary::found;
use crate::officers::PERSON;

/// PRO-03, PRO-08, leaks L1 and L16: a transfer that is refused, from the first word to the papers, with the program alone.
///
/// Verified: the decision that the person gets says how and until when it can be appealed and names nobody of the origin;
/// the other guardian who asks for insight is told that it is withheld, by which decision and until when, and nothing
/// that points to a place; a statement loses every name that would tell from where it comes; the origin is told of the
/// refusal by its code.
#[tokio::test(flavor = "multi_thread")]
async fn pro_03_pro_08_leak_16_papers_tell_the_person_and_not_the_place() {
    let exchange = Exchange::begin().await;
    let region = &exchange.region;
    let origin = Keyboard::of(region, NYNASHAMN.name);
    let kalmar = Keyboard::of(region, Place::KALMAR.name);
    let withheld = format!("guardian={}", origin.in_days(-10));
    let child = ["--child", "0_5", "--withheld", &withheld, "--secrecy-basis", "osl-21-3-a"];
    let id = origin.open(&exchange.agreement, &child);
    let soon = origin.in_days(7);
    origin.anna(&["enquire", &id, "--until", &soon]);

    let enquiry = eventually("an enquiry comes", || async {
        let listed = kalmar.anna(&["enquiries"]);
        listed.split_whitespace().find(|word| word.len() >= 32).map(str::to_owned)
    })
    .await;
    let card = |id: &str, name: &str, last: u8| {
        format!("[[officer]]\nid = \"{id}\"\nname = \"{name}\"\nphone = \"0480-000 0{last}\"\n")
    };
    let cards = card(&kalmar.anna, "Anna Provsson", 1) + &card(&kalmar.berit, "Berit Provsson", 2);
    let cards = kalmar.file("handlaggare.toml", &cards);
    let offer = ["offer", &enquiry, "--officers-file", &cards, "--until", &soon];
    let what = ["--housing", "dwelling", "--support", "weekly", "--earliest", "now"];
    let offered = kalmar.anna(&[&offer[..], &what].concat());
    let there = offered.trim().rsplit(' ').next().expect("an id").to_owned();
    eventually("the offer has come", || async {
        origin.anna(&["show", &id]).contains("Anna Provsson").then_some(())
    })
    .await;
    origin.anna(&["select", &id, "--offer", "1"]);
    let spoke_with = origin.file("svarade.txt", "Anna Provsson\n");
    origin.anna(&["call-back", &id, "--spoke-with-file", &spoke_with]);
    let content = origin.file("personen.txt", PERSON);
    origin.anna(&["prepare", &id, "--content-file", &content]);
    origin.berit(&["release", &id]);
    eventually("it has arrived", || async {
        kalmar.anna(&["show", &there]).contains("ett utlämnande har kommit").then_some(())
    })
    .await;
    kalmar.anna(&["open-disclosure", &there]);
    assert!(kalmar.berit(&["open-disclosure", &there]).contains("Kanarina Fågelsson"));
    kalmar.anna(&["position", &there, "--position", "refused", "--refusal", "no-place"]);

    let decision = kalmar.document(&there, "refusal");
    assert!(decision.contains("tre veckor") && decision.contains("överklag"), "{decision}");
    assert!(decision.contains("35 kap. 1 §"), "{decision}");
    assert_eq!(found(&["Nynäshamn", NYNASHAMN.organisation, "0192"], decision.as_bytes()), None);

    eventually("the refusal is told", || async {
        origin.anna(&["show", &id]).contains("ingen plats i tid").then_some(())
    })
    .await;
    let answer = origin.document(&id, "insight");
    assert!(answer.contains("2024:79") && answer.contains("5 kap. 4 §"), "{answer}");
    let places = ["Kalmar", "0880", "Nynäshamn", "0192", "Provsson", "0480"];
    assert_eq!(found(&places, answer.as_bytes()), None, "{answer}");
}
