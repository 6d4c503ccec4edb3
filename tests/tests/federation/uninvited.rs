//! Messages that a node would not have let out, made by hand with its keys: what the other end says to them.

use brygga_crypto::{Digest, SystemRandom};
use brygga_domain::agreement::{AgreementRecord, AgreementSignature};
use brygga_domain::capacity::{HoldItem, LineKey, Period, PlaceFor};
use brygga_domain::notice::{CaseNumber, NoticeKind};
use brygga_domain::{
    AgreementId, CallId, ConversationId, DataCategory, DisclosureGround, GdprBasis, HoldId,
    MessageId, NoticeId, Seconds, ServiceId, UnitId,
};
use brygga_exchange::agreement::SIGNATURE_CONTEXT;
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementTerms, SubjectArea};
use brygga_proto::consent::v1::ConsentStatement;
use brygga_proto::federation::v1::deliver_result::Result as Delivered;
use brygga_proto::referral::v1::{OutcomeAcknowledged, ReferralRequested};
use brygga_proto::transfer::v1::TransferWithdrawn;
use brygga_testkit::{Region, referral_to};
use brygga_wire::agreement::{encode_proposed, encode_terms, signing_input, terms_from_proto};
use brygga_wire::capacity::{CallAnswer, encode_call_answered};
use brygga_wire::notice::{EvictionContent, Notified, encode_notified};
use brygga_wire::{Header, MessageType, Receipt, SealedInfo, SignedEnvelope, Verdict};
use prost::Message;
use rand_core::Rng;

/// A well-formed request; change what the test is about.
pub(crate) struct Uninvited {
    /// Agreement that it cites, and the version.
    pub(crate) agreement: (AgreementId, u32),
    pub(crate) subject: SubjectArea,
    pub(crate) ground: DisclosureGround,
    pub(crate) gdpr_basis: GdprBasis,
}

impl Uninvited {
    /// From an authority, on a consent that it says to have.
    pub(crate) fn authority(cited: AgreementId) -> Self {
        Self {
            agreement: (cited, 1),
            subject: SubjectArea::Homelessness,
            ground: DisclosureGround::Consent12_2,
            gdpr_basis: GdprBasis::PublicTask,
        }
    }

    /// From civil society, on a consent that it says to have.
    pub(crate) fn civil_society(cited: AgreementId) -> Self {
        Self {
            ground: DisclosureGround::Private17_11Consent,
            gdpr_basis: GdprBasis::ExplicitConsent,
            ..Self::authority(cited)
        }
    }

    /// Delivers it with the keys of `from`, and returns what the node of `to` has signed.
    pub(crate) async fn deliver(&self, region: &Region, from: &str, to: &str) -> Verdict {
        let now = region.clock(from).now();
        let thread = random_id();
        let consent = ConsentStatement {
            consent_id: vec![3; 16],
            valid_until: Some(brygga_wire::time::to_proto(now.plus(Seconds::days(1)))),
        };
        let payload = ReferralRequested {
            referral_id: thread.to_vec(),
            priority: 1,
            subject: self.subject.into(),
            service_type: referral_to("", Vec::new()).service_type,
            respond_by: Some(brygga_wire::time::to_proto(now.plus(Seconds::days(30)))),
            consent: Some(consent).filter(|_| self.ground.rests_on_consent()),
            ..ReferralRequested::default()
        };
        let sealing = region.node(to).app().parts().keys.sealing_entries();
        let sealed = SealedInfo {
            content_commitment: nothing(),
            sealing_key_id: sealing[0].key.key_id().to_string(),
            ground: self.ground,
            gdpr_basis: self.gdpr_basis,
            data_categories: vec![DataCategory::Identity],
        };
        let letter = Letter {
            thread,
            message_type: MessageType::ReferralRequested,
            agreement: Some(self.agreement),
            payload: payload.encode_to_vec(),
            sealed: Some(sealed),
            previous_hash: None,
        };
        letter.deliver(region, from, to).await
    }
}

/// Meddles in a referral with the keys of `from`, and returns what the node of `to` has signed.
pub(crate) async fn meddle(region: &Region, from: &str, to: &str, referral_id: &[u8]) -> Verdict {
    let letter = Letter {
        thread: referral_id.try_into().expect("16 bytes"),
        message_type: MessageType::ReferralAcknowledged,
        agreement: None,
        payload: OutcomeAcknowledged { referral_id: referral_id.to_vec() }.encode_to_vec(),
        sealed: None,
        previous_hash: None,
    };
    letter.deliver(region, from, to).await
}

/// Takes a transfer back with the keys of `from`, whose it is not, and returns what the node of `to` has signed.
pub(crate) async fn meddle_in_transfer(
    region: &Region,
    from: &str,
    to: &str,
    transfer_id: &[u8],
) -> Verdict {
    let letter = Letter {
        thread: transfer_id.try_into().expect("16 bytes"),
        message_type: MessageType::TransferWithdrawn,
        agreement: None,
        payload: TransferWithdrawn { transfer_id: transfer_id.to_vec() }.encode_to_vec(),
        sealed: None,
        previous_hash: None,
    };
    letter.deliver(region, from, to).await
}

/// Proposes terms with the keys of `from`, in the thread as it stands, and returns what the node of `to` has signed.
pub(crate) async fn propose(
    region: &Region,
    from: &str,
    to: &str,
    terms: AgreementTerms,
) -> Verdict {
    let visitor = region.visitor(from, from);
    let terms = terms_from_proto(terms).expect("terms that can be signed");
    let (now, recipient) = (region.clock(from).now(), region.organisation(to));
    let (id, version) = (terms.agreement_id, terms.version);
    let thread = ConversationId::from_bytes(*id.as_bytes());
    let store = region.node(from).app().parts().store.clone();
    let chain =
        store.read(move |reader| Box::pin(async move { reader.chain(thread, &recipient).await }));
    let bytes = encode_terms(&terms);
    let digest = *brygga_crypto::sha256(&[&bytes]).as_bytes();
    let mut record = AgreementRecord::proposed(terms, bytes, digest);
    let signing = visitor.signing_key();
    let signature = AgreementSignature {
        organisation: visitor.organisation().clone(),
        key_id: signing.public().key_id().to_string(),
        signed_at: now,
        signature: *signing.sign(SIGNATURE_CONTEXT, &signing_input(&digest, now)).as_bytes(),
    };
    record.add_signature(signature).expect("a party");
    let letter = Letter {
        thread: *id.as_bytes(),
        message_type: MessageType::AgreementProposed,
        agreement: Some((id, version)),
        payload: encode_proposed(&record),
        sealed: None,
        previous_hash: chain.await.expect("the store").and_then(|chain| chain.sent_head),
    };
    letter.deliver(region, from, to).await
}

/// Answers a call with places of nowhere, with the keys of `from`, and returns what the node of `to` has signed.
pub(crate) async fn answer_call(region: &Region, from: &str, to: &str, call_id: &[u8]) -> Verdict {
    let call = CallId::try_from(call_id).expect("16 bytes");
    let line = LineKey { place_for: PlaceFor::Anybody, period: Period::Night };
    let service = ServiceId::from_bytes(random_id());
    let answer = CallAnswer {
        call,
        hold: HoldId::from_bytes(random_id()),
        items: vec![HoldItem { service, line, places: 1 }],
        held_until: region.clock(from).now().plus(Seconds(600)),
    };
    let letter = Letter {
        thread: *call.as_bytes(),
        message_type: MessageType::CapacityCallAnswered,
        agreement: None,
        payload: encode_call_answered(&answer),
        sealed: None,
        previous_hash: None,
    };
    letter.deliver(region, from, to).await
}

/// Tells of the eviction of a protected person, to a function that is not for protected post, and returns what was signed.
pub(crate) async fn notify(
    region: &Region,
    (from, to): (&str, &str),
    agreement: AgreementId,
    unit: Option<&str>,
) -> Verdict {
    let thread = random_id();
    let notified = Notified {
        id: NoticeId::from_bytes(thread),
        case_number: CaseNumber::parse("U-54321-26").expect("a number"),
        kind: NoticeKind::Scheduled,
        protected: true,
        sender_unit: None,
        with_children: false,
        until: None,
    };
    let unit = unit.map(|unit| UnitId::parse(unit).expect("a unit"));
    let keys = region.node(to).app().parts().keys.sealing_entries();
    let key = keys.iter().find(|entry| entry.unit == unit).expect("a key of the function");
    let sealed = SealedInfo {
        content_commitment: nothing(),
        sealing_key_id: key.key.key_id().to_string(),
        ground: DisclosureGround::StatutoryDuty10_28,
        gdpr_basis: GdprBasis::LegalObligation,
        data_categories: EvictionContent::CATEGORIES.to_vec(),
    };
    let letter = Letter {
        thread,
        message_type: MessageType::NoticeEviction,
        agreement: Some((agreement, 1)),
        payload: encode_notified(&notified),
        sealed: Some(sealed),
        previous_hash: None,
    };
    letter.deliver_to(region, from, to, unit).await
}

/// What is in one envelope.
struct Letter {
    thread: [u8; 16],
    message_type: MessageType,
    agreement: Option<(AgreementId, u32)>,
    payload: Vec<u8>,
    sealed: Option<SealedInfo>,
    /// What the sender sent last in the thread.
    previous_hash: Option<Digest>,
}

impl Letter {
    async fn deliver(self, region: &Region, from: &str, to: &str) -> Verdict {
        self.deliver_to(region, from, to, None).await
    }

    /// The same to a function there.
    async fn deliver_to(
        self,
        region: &Region,
        from: &str,
        to: &str,
        unit: Option<UnitId>,
    ) -> Verdict {
        let (visitor, recipient) = (region.visitor(from, from), region.organisation(to));
        let now = region.clock(from).now();
        let sealed_bytes = if self.sealed.is_some() { vec![1; 64] } else { Vec::new() };
        let header = Header {
            message_id: MessageId::from_bytes(random_id()),
            message_type: self.message_type,
            schema_version: 1,
            sender: visitor.organisation().clone(),
            recipient: recipient.clone(),
            recipient_unit: unit,
            conversation: ConversationId::from_bytes(self.thread),
            created_at: now,
            expires_at: now.plus(Seconds::days(1)),
            agreement: self.agreement,
            previous_hash: self.previous_hash,
            payload_digest: nothing(),
            sealed: self.sealed,
            critical: Vec::new(),
        };
        let envelope =
            SignedEnvelope::sign(header, self.payload, sealed_bytes, visitor.signing_key());
        let answer = visitor.deliver(&recipient, &[envelope]).await.results.remove(0);
        let Some(Delivered::Receipt(receipt)) = answer.result else {
            panic!("{to} signs for what it takes and for what it refuses: {answer:?}");
        };
        let receipt = Receipt::from_proto(receipt).expect("a receipt");
        let key = region.node(to).app().parts().keys.verifying();
        receipt.verify(&key).expect("signed by who received it").verdict
    }
}

fn nothing() -> Digest {
    brygga_crypto::sha256(&[])
}

fn random_id() -> [u8; 16] {
    let mut id = [0; 16];
    SystemRandom.fill_bytes(&mut id);
    id
}
