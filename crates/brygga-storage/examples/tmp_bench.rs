#[allow(dead_code)]
#[path = "../tests/conformance/fixtures.rs"]
mod fixtures;
use brygga_domain::referral::Side;
use brygga_exchange::records::*;
use brygga_exchange::write_set::*;
use brygga_exchange::*;
use brygga_storage::*;
use fixtures::*;
use std::time::Instant;

async fn one(store: &Store, n: u32) {
    store.decide("bench", move |r| Box::pin(async move {
        let k = bytes(b'k', n);
        assert!(r.referral_by_idempotency_key(k).await?.is_none());
        r.consent_by_id(consent_id(1)).await?;
        let before = r.chain(conversation(n), &nybro()).await?;
        let mut new = new_referral(n, Side::Source);
        new.content = Some(ContentAtRest { wrapped_key: vec![1; 60], ciphertext: vec![2; 1000] });
        new.idempotency = Some(IdempotencyKey { key: k, request_digest: digest(&[1]) });
        let mut o = outbox_entry(n);
        o.envelope = vec![3; 2000];
        let mut inbox = inbox_entry(n, &[5; 300]);
        inbox.message_id = message_id(n ^ 0x8000_0000);
        let writes = WriteSet { new_referrals: vec![new], outbox: vec![o], audit: vec![leaf(n)], events: vec![event(n, 2)],
            inbox: vec![inbox],
            chains: vec![ChainStep { conversation: conversation(n), peer: nybro(), before, after: Chain { sent_head: Some(digest(&[2])), received_head: None } }],
            ..WriteSet::default() };
        Ok(Decision { writes, answer: (), read_keys: vec![Key::Consent(consent_id(1)), Key::Idempotency(k)] })
    })).await.unwrap();
    store.decide("settle", move |r| Box::pin(async move {
        r.outbox_entry(message_id(n)).await?;
        let writes = WriteSet { outbox_changes: vec![OutboxChange { message_id: message_id(n), attempts: 1, state: OutboxState::Delivered { receipt: vec![4; 300], refusal: None } }], ..WriteSet::default() };
        Ok(Decision { writes, answer: (), read_keys: vec![Key::Outbox(message_id(n))] })
    })).await.unwrap();
}

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    let most: u32 = std::env::args().nth(2).unwrap().parse().unwrap();
    Store::migrate(&url).await.unwrap();
    let store = Store::open(&StoreSettings { url, max_readers: 4 }).await.unwrap();
    fixtures::store(&store, WriteSet { consents: vec![consent(1)], ..WriteSet::default() }).await.unwrap();
    fn cpu() -> f64 { let s = std::fs::read_to_string("/proc/self/stat").unwrap(); let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect(); (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0 }
    fn io() -> f64 { std::fs::read_to_string("/proc/self/io").unwrap().lines().find(|l| l.starts_with("write_bytes")).unwrap().split(' ').nth(1).unwrap().parse::<f64>().unwrap() / 1e3 }
    let mut next = 0;
    while next < most {
        let t = Instant::now(); let (c0, w0) = (cpu(), io());
        let step = if next < 1000 { 1000 } else if next < 5000 { 4000 } else { 15000 };
        let tasks: Vec<_> = (0..64).map(|i| { let s = store.clone(); tokio::spawn(async move { let mut n = next + i; while n < next + step { one(&s, n).await; n += 64; } }) }).collect();
        for t in tasks { t.await.unwrap(); }
        println!("{next}..{}: {:.0} referrals/s, {:.0} us cpu, {:.1} kB written each", next + step, f64::from(step) / t.elapsed().as_secs_f64(), (cpu() - c0) * 1e6 / f64::from(step), (io() - w0) / f64::from(step));
        next += step;
    }
    store.close().await;
}
