//! A whole protected relocation over real processes, and then every byte that anybody wrote of it.

use std::collections::BTreeMap;
use std::path::Path;

use brygga_crypto::sha256;
use brygga_proto::local::v1::act_on_relocation_request::Act;
use brygga_proto::local::v1::{
    CloseRelocation, RecordFollowUp, RecordMove, SendAssistance, ShowNodeRequest, TakePosition,
};
use brygga_proto::relocation::v1::{
    HandoverItem, RefusalCode, RelocationPosition, RelocationRoute,
};
use brygga_testkit::{Place, Region, Running, eventually};

use crate::network::{Exchange, HANINGE, NYNASHAMN, PLACES, agree};
use crate::observability::canary::found;
use crate::observability::collector::Collector;
use crate::observability::{exported, files};
use crate::officers::{PASSPHRASE, PERSON, Team, disclose, enquire, offered};

/// A note of the destination for the investigation.
const NOTE: &str = "Kanariefågeln behöver en tolk.";

/// What must stand nowhere: who the person is, officers, telephone numbers, passphrases.
fn canaries(teams: &[&Team]) -> Vec<String> {
    let mut words: Vec<String> =
        ["Kanarina", "Fågelsson", "199001012385", "9001012385", "Kanariefågeln", PASSPHRASE]
            .map(str::to_owned)
            .into();
    words.push("Dagny Provsson".to_owned());
    for team in teams {
        for officer in [&team.one, &team.other, &team.reviewer] {
            words.extend([officer.name.clone(), officer.phone.clone()]);
        }
    }
    words
}

/// Everything in a node's directory but its keys, which are secret anyway: databases and their write-ahead logs, logs,
/// exports, temporary files.
fn written(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let kept = files(&dir.join("data")).into_iter().chain(files(&dir.join("tmp")));
    let log = std::fs::read(dir.join("serve.log")).expect("a log");
    kept.chain([("serve.log".to_owned(), log)]).collect()
}

/// How often each organisation stands in a copy of a node's database, as it is and as its SHA-256.
fn counted(region: &Region, name: &str, copy: &str) -> BTreeMap<&'static str, [usize; 3]> {
    let out = region.path(name).join(copy);
    region.run(name, &["backup", "--out", out.to_str().expect("a plain name")]);
    let bytes = std::fs::read(out.join("brygga.db")).expect("a copy");
    let times = |form: &[u8]| bytes.windows(form.len()).filter(|at| *at == form).count();
    let all = PLACES.iter().map(|place| {
        let digest = sha256(&[place.organisation.as_bytes()]);
        let forms = [
            times(place.organisation.as_bytes()),
            times(digest.as_bytes()),
            times(digest.to_string().as_bytes()),
        ];
        (place.name, forms)
    });
    all.collect()
}

/// The whole story between Nynäshamn and Kalmar, with Nybro as another that offers.
async fn play(exchange: &Exchange, origin: &Team, kalmar: &Team, nybro: &Team) -> [Vec<u8>; 2] {
    let id = origin.open(exchange, RelocationRoute::Application297, &[HANINGE.organisation]).await;
    origin.one.act(&id, enquire(exchange)).await.expect("asked");
    let there = kalmar.offer(exchange, &kalmar.asked().await).await;
    nybro.offer(exchange, &nybro.asked().await).await;
    let place = offered(origin, &id, Place::KALMAR.organisation).await;
    offered(origin, &id, Place::NYBRO.organisation).await;
    disclose(origin, &id, place).await;
    assert_eq!(kalmar.open_arrived(&there).await.content, PERSON);
    let note = Act::Assist(SendAssistance { text: NOTE.to_owned() });
    kalmar.one.act(&there, note).await.expect("asked");
    let position = RelocationPosition::Accepted.into();
    let accept = TakePosition { position, refusal: RefusalCode::Unspecified.into() };
    kalmar.one.act(&there, Act::TakePosition(accept)).await.expect("accepted");
    let accepted = origin.reaches(&id, "ACCEPTED").await;
    assert_eq!(accepted.assistance, [NOTE]);
    let item = HandoverItem::WarmHandoff.into();
    origin.one.act(&id, Act::HandOver(item)).await.expect("handed over");
    kalmar.reaches(&there, "HANDING_OVER").await;
    kalmar.one.act(&there, Act::Receive(item)).await.expect("received");
    kalmar.one.act(&there, Act::Move(RecordMove {})).await.expect("moved");
    kalmar.one.act(&there, Act::FollowUp(RecordFollowUp {})).await.expect("followed up");
    kalmar.one.act(&there, Act::Close(CloseRelocation {})).await.expect("closed");
    origin.reaches(&id, "CLOSED").await;
    [id, there]
}

/// PRO-02, leaks L1 and L11: a whole run on six processes that log all they can and send spans and metrics to a collector.
///
/// Verified: the person, the officers, their telephones and passphrases and the notes stand in no database file, no
/// write-ahead log, no temporary file, no log, no span or metric, no audit export and no backup, of any node or the relay, in UTF-8, UTF-16,
/// base64 or hexadecimal digits. No log line and no span of the run names any organisation. In the origin's and the
/// destination's databases every organisation stands as often as before the run, and no more often as its SHA-256: nothing
/// there tells who wrote to whom.
#[tokio::test(flavor = "multi_thread")]
async fn pro_02_leak_01_leak_11_a_whole_run_leaves_nothing_that_others_can_read() {
    let collector = Collector::start().await;
    let region = Region::found(&PLACES);
    let running = PLACES.map(|place| {
        region.set(place.name, "otlp_endpoint", &format!("\"{}\"", collector.endpoint()));
        region.set(place.name, "log_level", "\"debug\"");
        region.set(place.name, "checkpoint_seconds", "1");
        Running::start(region.program(), &region.path(place.name))
    });
    for place in PLACES {
        let staff = region.staff(place.name, "OPERATOR", None);
        let answers = || async { staff.node().show_node(ShowNodeRequest {}).await.ok() };
        eventually("it answers", answers).await;
    }
    let agreement = agree(&region).await;
    let exchange = Exchange { region, agreement };
    let region = &exchange.region;
    let origin = Team::of(region, NYNASHAMN.name).await;
    let kalmar = Team::of(region, Place::KALMAR.name).await;
    let nybro = Team::of(region, Place::NYBRO.name).await;
    let ends = [NYNASHAMN.name, Place::KALMAR.name];
    let before = ends.map(|name| counted(region, name, "before"));
    let log = |name: &str| std::fs::read(region.path(name).join("serve.log")).expect("a log");
    let begun = PLACES.map(|place| log(place.name).len());

    play(&exchange, &origin, &kalmar, &nybro).await;

    let after = ends.map(|name| counted(region, name, "after"));
    assert_eq!(after, before, "as often as before");
    let live: Vec<_> = PLACES.iter().map(|place| written(&region.path(place.name))).collect();
    let mut bundles = Vec::new();
    for place in PLACES {
        bundles.push(exported(region, place.name).await);
    }
    let said = PLACES.map(|place| log(place.name));
    running.into_iter().for_each(Running::stop);
    let words = canaries(&[&origin, &kalmar, &nybro]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for (place, (live, bundle)) in PLACES.iter().zip(live.iter().zip(&bundles)) {
        assert_eq!(found(&words, bundle), None, "in the audit of {}", place.name);
        let copy = region.path(place.name).join("after");
        let copy = if copy.exists() { files(&copy) } else { Vec::new() };
        let stopped = written(&region.path(place.name));
        for (file, bytes) in live.iter().chain(&stopped).chain(&copy) {
            assert_eq!(found(&words, bytes), None, "in {file} of {}", place.name);
        }
    }
    assert_eq!(found(&words, &collector.bytes()), None, "at the collector");
    for (place, (said, begun)) in PLACES.iter().zip(said.iter().zip(begun)) {
        let said = &said[begun..];
        let others = PLACES.iter().filter(|other| other.name != place.name);
        let others: Vec<&str> = others.map(|other| other.organisation).collect();
        assert_eq!(found(&others, said), None, "in what {} said of the run", place.name);
    }
    let named = collector.methods_with_a_peer();
    assert!(named.iter().all(|method| !method.contains("Relay")), "{named:?}");
    assert!(collector.span_names().iter().any(|name| name == "rpc"), "spans arrived");
}
