//! Municipalities of an exchange network whose nodes are here, and what carries their post.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use brygga_crypto::{SealingPublicKey, SigningKey, SystemRandom};
use brygga_domain::agreement::{
    Action, AgreementDraft, AgreementKind, AgreementRecord, AgreementSignature, Effect,
    NetworkTerms, Party, PartyRole, Priority, ResponseTimes, Rule, SubjectArea,
};
use brygga_domain::relocation::{
    Act, AgeBand, BlindNeedDraft, Earliest, HousingKind, OfferDraft, Offering, OfficerCard,
    Opening, ProtectionLevel, Relocation, Route, SecrecyBasis, SupportLevel,
};
use brygga_domain::{
    AgreementId, EnquiryId, MemberKind, OrgId, ParcelId, Reason, RelocationId, Seconds, Sensitive,
    SocialServicesStatus, Timestamp, UnitId,
};
use brygga_exchange::WriteSet;
use brygga_exchange::relay::{RelayBoard, SlotClock};
use brygga_exchange::retry::RetryPolicy;
use brygga_identity::clock::Clock;
use brygga_identity::keys::NodeKeys;
use brygga_identity::registry::{Member, Registry, SignedRegistry, TrustAnchor, VerifiedRegistry};
use brygga_identity::roles::Role;
use brygga_identity::token::{
    DevelopmentIssuer, TokenAlgorithm, TokenPolicy, TokenRequest, TokenVerifier,
};
use brygga_identity::trust::TrustStore;
use brygga_storage::{Decision, Store, StoreSettings, Vault};
use brygga_wire::agreement::encode_terms;
use brygga_wire::relay::{IncomingPost, OutgoingPost};
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::relocations::random;
use crate::{
    AgreementCache, App, AppError, CapacityBoard, CaseKeys, Parts, Proof, RelayBoards, RelayDesk,
};

const FEDERATION: &str = "kalmar.example";
const NOON: Timestamp = Timestamp::from_millis(1_780_315_200_500);
pub(super) const NETWORK: AgreementId = AgreementId::from_bytes([9; 16]);
/// From where somebody has to move.
pub(super) const NYNASHAMN: &str = "kommun:0192";
pub(super) const HANINGE: &str = "kommun:0136";
pub(super) const KALMAR: &str = "kommun:0880";
/// Members whose nodes are away.
const AWAY: [&str; 2] = ["kommun:0881", "kommun:0885"];
const RELAY: &str = "demo:lansstyrelsen-kalmar";

#[derive(Debug)]
pub(super) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A municipality with two officers.
pub(super) struct Town {
    pub(super) app: App,
    pub(super) officers: [Proof; 2],
    /// Somebody else whom the cases that are opened name.
    pub(super) third: Option<Proof>,
    desk: RelayDesk,
    _directory: TempDir,
}

/// Three of them, and what carries their cells.
pub(super) struct Towns {
    pub(super) clock: Arc<TestClock>,
    pub(super) origin: Town,
    pub(super) haninge: Town,
    pub(super) kalmar: Town,
    board: RelayBoard,
}

pub(super) fn org(text: &str) -> OrgId {
    OrgId::parse(text).unwrap()
}

pub(super) fn sensitive(text: &str) -> Sensitive<String> {
    Sensitive::new(text.to_owned())
}

impl Towns {
    pub(super) async fn begin() -> Self {
        Self::begin_with(Vec::new()).await
    }

    /// With rules in the network's agreement.
    pub(super) async fn begin_with(rules: Vec<Rule>) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(NOON.as_millis())));
        let names = [NYNASHAMN, HANINGE, KALMAR, AWAY[0], AWAY[1], RELAY];
        let nodes = names.map(|name| {
            let directory = TempDir::new().unwrap();
            let path = directory.path().join("keys");
            (name, NodeKeys::generate(&path, &[], &mut SystemRandom).unwrap(), directory)
        });
        let operator = SigningKey::from_seed(&[201; 32]);
        let anchor = TrustAnchor::new(FEDERATION, &[operator.public()], 1).unwrap();
        let members = nodes.iter().map(|(name, keys, _)| member(name, keys)).collect();
        let registry = registry(members, &operator, &anchor);
        let agreement = agreement(rules);
        let mut towns = Vec::new();
        for (name, keys, directory) in nodes.into_iter().take(3) {
            let trust = Arc::new(TrustStore::in_memory(anchor.clone()));
            trust.install(registry.clone(), NOON).unwrap();
            let app = app(name, keys, trust, clock.clone(), &directory).await;
            towns.push(Town::settle(app, agreement.clone(), directory).await);
        }
        let [origin, haninge, kalmar] = towns.try_into().ok().unwrap();
        Self { clock, origin, haninge, kalmar, board: RelayBoard::default() }
    }

    pub(super) fn turn(&self, by: Seconds) {
        self.clock.0.fetch_add(by.0 * 1000, Ordering::SeqCst);
    }

    /// Slots enough for everything that waits, and for its acknowledgements; enquiries wait for none.
    pub(super) async fn carry(&mut self) {
        let clock = SlotClock::new(1);
        for round in 0..8 {
            if round > 1 && !self.waits().await {
                return;
            }
            let now = self.clock.now();
            let slot = clock.slot(now);
            let mut towns = [&mut self.origin, &mut self.haninge, &mut self.kalmar];
            for town in &mut towns {
                let filled = town.desk.fill(slot).await.unwrap();
                let me = &town.app.parts().organisation;
                self.board.put(clock, slot, me, filled.cells.clone(), now).unwrap();
                town.desk.sent(slot, &filled);
            }
            self.clock.0.fetch_add(1000, Ordering::SeqCst);
            let cells = self.board.take(clock, slot, self.clock.now()).unwrap();
            for town in &mut towns {
                town.desk.take(slot, cells.clone()).await.unwrap();
            }
        }
    }

    /// Whether a letter is not acknowledged.
    async fn waits(&self) -> bool {
        let mut waits = false;
        for town in [&self.origin, &self.haninge, &self.kalmar] {
            let store = &town.app.parts().store;
            let rows = store.read(|reader| Box::pin(async { reader.parcels_out().await }));
            waits |= rows.await.unwrap().iter().any(|row| {
                let post = OutgoingPost::from_bytes(&town.app.post_opened(row).unwrap()).unwrap();
                post.mailbox.is_some()
            });
        }
        waits
    }

    /// A case that has asked, and whom everybody has answered: the origin's, Haninge's and Kalmar's.
    pub(super) async fn offered(&mut self) -> [RelocationId; 3] {
        let id = self.origin.open(|_| {}).await;
        self.origin.enquire(id).await.unwrap();
        self.carry().await;
        let haninge = self.haninge.offer().await.unwrap();
        self.carry().await;
        assert_eq!(self.origin.show(id).await.offers.len(), 1);
        let kalmar = self.kalmar.offer().await.unwrap();
        self.carry().await;
        let case = self.origin.show(id).await;
        let from: Vec<_> =
            case.offers.iter().map(|offer| offer.organisation.expose().to_string()).collect();
        assert_eq!(from, [HANINGE, KALMAR]);
        [id, haninge, kalmar]
    }

    /// The same where the person has chosen Haninge, which two officers there have opened.
    pub(super) async fn opened(&mut self) -> [RelocationId; 3] {
        let [id, haninge, kalmar] = self.offered().await;
        self.origin.disclose(id, 0).await;
        self.carry().await;
        self.haninge.open_both(haninge).await;
        self.carry().await;
        [id, haninge, kalmar]
    }
}

impl Town {
    async fn settle(app: App, agreement: AgreementRecord, directory: TempDir) -> Self {
        let mut writes = WriteSet::default();
        writes.agreements.push(agreement);
        write(&app, writes).await;
        app.refresh_agreements().await.unwrap();
        let network = app.relay_networks().remove(0);
        let desk = RelayDesk::open(app.clone(), network).await.unwrap();
        enrol(&app, "granskare", "juridiska-enheten", true).await;
        let officers = [
            enrol(&app, "anna", "kvinnofrid", false).await,
            enrol(&app, "berit", "kvinnofrid", false).await,
        ];
        Self { app, officers, third: None, desk, _directory: directory }
    }

    /// Opens a case of both officers.
    pub(super) async fn open(&self, change: impl FnOnce(&mut Opening)) -> RelocationId {
        let mut opening = Opening {
            agreement_id: NETWORK,
            officers: Vec::new(),
            route: Route::Transfer,
            level: ProtectionLevel::ConfidentialityMarking,
            secrecy_basis: Some(SecrecyBasis::Osl21_3),
            exclusions: Sensitive::new([].into()),
            withheld: Vec::new(),
            need: need().check().unwrap(),
        };
        change(&mut opening);
        let [anna, berit] = self.officers.clone();
        let others = [Some(&berit), self.third.as_ref()];
        let others = others.into_iter().flatten().map(|proof| proof.officer).collect();
        self.app.relocation_open(anna, others, opening).await.unwrap()
    }

    /// Another officer of the same unit.
    pub(super) async fn enrolled(&self, name: &str) -> Proof {
        enrol(&self.app, name, "kvinnofrid", false).await
    }

    pub(super) async fn enquire(&self, id: RelocationId) -> Result<Relocation, AppError> {
        let until = self.app.now().plus(Seconds::days(7));
        self.act(0, id, Act::Enquire { until }).await
    }

    /// What the first officer or the second does.
    pub(super) async fn act(
        &self,
        who: usize,
        id: RelocationId,
        act: Act,
    ) -> Result<Relocation, AppError> {
        self.app.relocation_act(self.officers[who].clone(), id, act).await
    }

    pub(super) async fn show(&self, id: RelocationId) -> Relocation {
        self.app.relocation_show(self.officers[0].clone(), id).await.unwrap()
    }

    /// Answers the only enquiry that is there.
    pub(super) async fn offer(&self) -> Result<RelocationId, AppError> {
        let open = self.app.relocation_enquiries(self.officers[0].clone()).await.unwrap();
        assert_eq!(open.len(), 1);
        self.app.relocation_offer(self.officers[0].clone(), self.offering(open[0].id)).await
    }

    pub(super) fn offering(&self, enquiry: EnquiryId) -> Offering {
        let card = |proof: &Proof, name: &str| OfficerCard {
            id: proof.officer,
            name: sensitive(name),
            phone: sensitive("0480-45 00 00"),
        };
        let [anna, berit] = &self.officers;
        Offering {
            enquiry,
            officers: [card(anna, "Anna"), card(berit, "Berit")],
            content: OfferDraft {
                housing: HousingKind::Dwelling,
                support: SupportLevel::Weekly,
                earliest: Earliest::Now,
            },
            until: self.app.now().plus(Seconds::days(14)),
        }
    }

    /// From the choice to the second officer's release.
    pub(super) async fn disclose(&self, id: RelocationId, place: usize) {
        let content = Sensitive::new("Tolvan Tolvansson".as_bytes().to_vec());
        let spoke_with = sensitive("Berit");
        self.act(0, id, Act::Select { place }).await.unwrap();
        self.act(0, id, Act::CallBack { spoke_with }).await.unwrap();
        self.act(0, id, Act::Prepare { content }).await.unwrap();
        self.act(1, id, Act::Release).await.unwrap();
    }

    /// Both officers open what has arrived.
    pub(super) async fn open_both(&self, id: RelocationId) -> Relocation {
        self.act(1, id, Act::Open).await.unwrap();
        self.act(0, id, Act::Open).await.unwrap()
    }

    /// Puts into the post what somebody has made up.
    pub(super) async fn get(&self, mailbox: [u8; 32], content: Vec<u8>) -> ParcelId {
        let expires_at = self.app.now().plus(Seconds::days(1));
        let post = IncomingPost {
            network: Some(NETWORK),
            mailbox: Some(SealingPublicKey::from_bytes(mailbox)),
            content: Zeroizing::new(content),
            expires_at,
        };
        let id = ParcelId::from_bytes(random());
        let mut writes = WriteSet::default();
        let row = self.app.post_kept(id, expires_at, &post.to_bytes()).unwrap();
        writes.relay.parcels_in.push(row);
        write(&self.app, writes).await;
        id
    }

    /// What has come to a mailbox and is not read.
    pub(super) async fn unread(&self, mailbox: [u8; 32]) -> Vec<Vec<u8>> {
        let come = self.app.parcels_in().await.unwrap().into_iter();
        let mine = come.filter(|one| one.mailbox.is_some_and(|to| *to.as_bytes() == mailbox));
        mine.map(|one| one.content.to_vec()).collect()
    }
}

pub(super) fn refused<T>(answer: Result<T, AppError>) -> (Reason, &'static str) {
    let refusal = answer.map(drop).unwrap_err().to_refusal();
    (refusal.reason, refusal.field)
}

pub(super) async fn write(app: &App, writes: WriteSet) {
    let done = app.parts().store.decide("test", move |_| {
        let writes = writes.clone();
        Box::pin(async move { Ok(Decision { writes, answer: (), read_keys: Vec::new() }) })
    });
    done.await.unwrap();
}

fn need() -> BlindNeedDraft {
    BlindNeedDraft {
        adults: 1,
        children: vec![AgeBand::Preschool],
        wheelchair: false,
        animals: false,
        languages: vec!["ar".to_owned()],
        housing: HousingKind::Dwelling,
        support: SupportLevel::Weekly,
        earliest: Earliest::Now,
    }
}

async fn enrol(app: &App, subject: &str, unit: &str, is_reviewer: bool) -> Proof {
    let (issuer, audience) = ("https://id.kommun.example", "brygga-local");
    let minter = DevelopmentIssuer::generate(issuer, audience, &mut SystemRandom);
    let organisation = &app.parts().organisation;
    let policy = TokenPolicy {
        issuer: issuer.to_owned(),
        audience: audience.to_owned(),
        organisation: organisation.clone(),
        algorithm: TokenAlgorithm::EdDsa,
        require_bound: false,
    };
    let (roles, units) = ([Role::ProtectedOfficer], [UnitId::parse(unit).unwrap()]);
    let request = TokenRequest {
        organisation,
        subject,
        roles: &roles,
        units: &units,
        lifetime: Seconds(300),
        bound_to: None,
    };
    let token = minter.mint(&request, app.now(), &mut SystemRandom);
    let verifier = TokenVerifier::new(&minter.jwks(), policy).unwrap();
    let caller = verifier.verify(&token, None, app.now()).unwrap();
    let passphrase = Zeroizing::new(b"tolv gula kaniner".to_vec());
    let officer = app.officer_enrol(&caller, passphrase.clone(), is_reviewer).await.unwrap();
    Proof { caller, officer, passphrase }
}

async fn app(
    organisation: &str,
    keys: NodeKeys,
    trust: Arc<TrustStore>,
    clock: Arc<TestClock>,
    directory: &TempDir,
) -> App {
    let url = |name: &str| format!("sqlite:{}", directory.path().join(name).display());
    let (url, vault) = (url("node.db"), url("vault.db"));
    Store::migrate(&url).await.unwrap();
    Vault::migrate(&vault, [1; 16]).await.unwrap();
    App::new(Parts {
        organisation: org(organisation),
        federation: FEDERATION.to_owned(),
        clock,
        keys,
        trust,
        store: Store::open(&StoreSettings { url, max_readers: 4 }).await.unwrap(),
        case_keys: CaseKeys::new(Vault::open(&vault).await.unwrap()),
        retry: RetryPolicy { first: Seconds(1), max: Seconds(60) },
        message_lifetime: Seconds::days(21),
        duty_phone: None,
        agreements: AgreementCache::default(),
        capacity: CapacityBoard::default(),
        relay: RelayBoards::default(),
    })
}

fn member(name: &str, keys: &NodeKeys) -> Member {
    Member {
        organisation: org(name),
        name: name.to_owned(),
        kind: MemberKind::Municipality,
        social_services_status: SocialServicesStatus::Authority,
        node_keys: Vec::new(),
        signing_keys: vec![keys.signing_entry()],
        sealing_keys: keys.sealing_entries(),
        endpoints: Vec::new(),
        contact_points: Vec::new(),
        trust_marks: Vec::new(),
        revoked_at: None,
    }
}

fn registry(members: Vec<Member>, operator: &SigningKey, anchor: &TrustAnchor) -> VerifiedRegistry {
    let registry = Registry {
        federation: FEDERATION.to_owned(),
        sequence: 7,
        issued_at: NOON.minus(Seconds::hours(1)),
        expires_at: NOON.plus(Seconds::days(30)),
        members: members.into_iter().map(|one| (one.organisation.clone(), one)).collect(),
    };
    let signed = SignedRegistry::unsigned(registry.encode()).unwrap().sign(operator).unwrap();
    signed.verify(anchor).unwrap()
}

/// The network, signed by all.
fn agreement(mut rules: Vec<Rule>) -> AgreementRecord {
    rules.push(Rule::new("remiss-1", Effect::Permit, Action::ReferralSend));
    let party = |name: &str, role| Party { organisation: org(name), role };
    let participants = [NYNASHAMN, HANINGE, KALMAR, AWAY[0], AWAY[1]];
    let mut parties: Vec<_> =
        participants.iter().map(|name| party(name, PartyRole::Participant)).collect();
    parties.push(party(RELAY, PartyRole::Coordinator));
    let everybody: Vec<_> = parties.iter().map(|party| party.organisation.clone()).collect();
    let (cells_per_slot, least_candidates) = (2, 3);
    let terms = AgreementDraft {
        agreement_id: NETWORK,
        version: 1,
        kind: AgreementKind::ExchangeNetwork,
        title: "Bytesnätverk".to_owned(),
        parties,
        subjects: vec![SubjectArea::Relocation],
        rules,
        response_times: ResponseTimes::parse(&[
            (Priority::Routine, 259_200),
            (Priority::Urgent, 14_400),
        ])
        .unwrap(),
        consent_max_days: 90,
        valid_from: NOON.minus(Seconds::days(1)),
        valid_until: NOON.plus(Seconds::days(365)),
        document_sha256: None,
        legal_references: Vec::new(),
        criteria: Vec::new(),
        evaluation_due: None,
        notice_days: 0,
        tags: Vec::new(),
        open_to_accession: false,
        required_signatures: Vec::new(),
        groups: Vec::new(),
        conditions: Vec::new(),
        holds: None,
        position_days: None,
        signals: None,
        network: Some(NetworkTerms { slot_seconds: 1, cells_per_slot, least_candidates }),
    };
    let terms = terms.check().unwrap();
    let bytes = encode_terms(&terms);
    let digest = *brygga_crypto::sha256(&[&bytes]).as_bytes();
    let mut record = AgreementRecord::proposed(terms, bytes, digest);
    for organisation in everybody {
        let (key_id, signed_at) = ("k".to_owned(), NOON.minus(Seconds::days(1)));
        let signature = [0; 64];
        let signed = AgreementSignature { organisation, key_id, signed_at, signature };
        record.add_signature(signed).unwrap();
    }
    record
}
