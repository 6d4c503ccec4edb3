//! Open referrals between three real nodes: Kalmar offers, Nybro and Stadsmissionen may claim.

use std::path::Path;

use brygga_domain::{OfferId, Reason, Seconds};
use brygga_identity::clock::Clock;
use brygga_proto::agreement::v1::{AgreementKind, Priority, SubjectArea};
use brygga_proto::local::v1::{
    AgreementState, ClaimOfferRequest, ListOffersRequest, Offer, OfferReferralRequest, OfferState,
    ProposeAgreementRequest, ShowAgreementRequest, ShowOfferRequest, ShowReferralRequest,
    SignAgreementRequest, WithdrawConsentRequest, WithdrawOfferRequest,
};
use brygga_proto::referral::v1::{OfferEnd, ReferralContent, ReferralStatus};
use brygga_testkit::{
    Place, Region, Staff, agreement_terms, consent_for, eventually, reason_of, referral_to,
};

use crate::setting::{has_status, listed, look, record};

const NAMES: [&str; 3] = ["kalmar", "nybro", "stadsmissionen"];
const KALMAR: &str = Place::KALMAR.organisation;
const NYBRO: &str = Place::NYBRO.organisation;
const MISSION: &str = Place::STADSMISSIONEN.organisation;
/// A person whose words stand nowhere else.
const NAME: &str = "Erbjuda Öppnarsson";
const NOTE: &str = "Erbjuda sover i tvättstugan på Anspråksvägen.";

/// Three parties of one agreement in force, and who works there.
struct County {
    region: Region,
    agreement_id: Vec<u8>,
    kalmar: Staff,
    parties: [(&'static str, Staff); 2],
}

impl County {
    async fn agreed() -> Self {
        let places = [Place::KALMAR, Place::NYBRO, Place::STADSMISSIONEN];
        let region = Region::start(&places).await;
        let now = region.clock("kalmar").now();
        let kind = AgreementKind::Iop;
        let terms =
            agreement_terms(&[KALMAR, NYBRO, MISSION], kind, SubjectArea::Homelessness, now);
        let manager = |name| region.staff(name, "AGREEMENT_MANAGER", None);
        let wish = ProposeAgreementRequest {
            terms: Some(terms),
            accept_findings: false,
            ..Default::default()
        };
        let proposed = manager("kalmar").agreements().propose_agreement(wish).await;
        let agreement = proposed.expect("good terms").into_inner().agreement.expect("one");
        let agreement_id = agreement.terms.expect("terms").agreement_id;
        for name in &NAMES[1..] {
            let staff = manager(*name);
            eventually("the proposal arrives", || async {
                let wish = SignAgreementRequest {
                    agreement_id: agreement_id.clone(),
                    version: 1,
                    accept_findings: false,
                };
                staff.agreements().sign_agreement(wish).await.ok()
            })
            .await;
        }
        for name in NAMES {
            let staff = manager(name);
            eventually("the agreement is in force", || async {
                let wish = ShowAgreementRequest { agreement_id: agreement_id.clone(), version: 1 };
                let shown = staff.agreements().show_agreement(wish).await.ok()?;
                let state = shown.into_inner().agreement?.state();
                (state == AgreementState::Active).then_some(())
            })
            .await;
        }
        let kalmar = region.staff("kalmar", "CASE_WORKER", None);
        let nybro = region.staff("nybro", "CASE_WORKER", None);
        let mission = region.staff("stadsmissionen", "SHELTER_STAFF", None);
        let parties = [("nybro", nybro), ("stadsmissionen", mission)];
        Self { region, agreement_id, kalmar, parties }
    }

    async fn consent(&self, recipients: &[&str]) -> Vec<u8> {
        record(&self.kalmar, consent_for(recipients, 30, self.region.clock("kalmar").now())).await
    }

    /// An urgent offer: open for four hours.
    fn wish(&self, consent_id: Vec<u8>) -> OfferReferralRequest {
        let like = referral_to(NYBRO, consent_id);
        OfferReferralRequest {
            idempotency_key: like.idempotency_key,
            agreement_id: self.agreement_id.clone(),
            priority: Priority::Urgent.into(),
            subject: like.subject,
            service_type: like.service_type,
            host_municipality: KALMAR.to_owned(),
            disclosure_ground: like.disclosure_ground,
            gdpr_basis: like.gdpr_basis,
            consent_id: like.consent_id,
            contact_policy: like.contact_policy,
            content: Some(ReferralContent {
                name: NAME.to_owned(),
                note: NOTE.to_owned(),
                ..ReferralContent::default()
            }),
            ..OfferReferralRequest::default()
        }
    }

    async fn offer(&self, consent_id: Vec<u8>) -> Offer {
        let made = self.kalmar.offers().offer_referral(self.wish(consent_id)).await;
        made.expect("a good offer is made").into_inner().offer.expect("an offer")
    }

    /// Whether Kalmar still holds the content of an offer.
    async fn holds_content(&self, offer_id: &[u8]) -> bool {
        let id = OfferId::try_from(offer_id).expect("an id");
        let store = &self.region.node("kalmar").app().parts().store;
        let held = store.read(move |reader| Box::pin(reader.offer_content(id))).await;
        held.expect("it can be read").is_some()
    }

    async fn is_erased(&self, offer_id: &[u8]) {
        eventually("the content is erased", || async {
            (!self.holds_content(offer_id).await).then_some(())
        })
        .await;
    }
}

async fn shown(staff: &Staff, offer_id: &[u8]) -> Option<Offer> {
    let wish = ShowOfferRequest { offer_id: offer_id.to_vec() };
    staff.offers().show_offer(wish).await.ok()?.into_inner().offer
}

async fn arrived(staff: &Staff, offer_id: &[u8]) -> Offer {
    eventually("the offer arrives", || shown(staff, offer_id)).await
}

async fn ended(staff: &Staff, offer_id: &[u8]) -> Offer {
    eventually("the end arrives", || async {
        shown(staff, offer_id).await.filter(|offer| offer.end() != OfferEnd::Unspecified)
    })
    .await
}

async fn open(staff: &Staff) -> Vec<Offer> {
    let answer = staff.offers().list_offers(ListOffersRequest {}).await;
    answer.expect("the list is shown").into_inner().offers
}

async fn claim(staff: &Staff, offer_id: &[u8]) -> Result<Offer, tonic::Status> {
    let wish = ClaimOfferRequest { offer_id: offer_id.to_vec(), unit: String::new() };
    let claimed = staff.offers().claim_offer(wish).await?;
    Ok(claimed.into_inner().offer.expect("an offer"))
}

/// Whether any file below a directory holds a word of the person.
fn holds_a_word(directory: &Path) -> bool {
    let entries = std::fs::read_dir(directory).expect("it can be read");
    entries.map(|entry| entry.expect("an entry").path()).any(|path| {
        if path.is_dir() {
            return holds_a_word(&path);
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        let words = ["Erbjuda", "Anspråksvägen", NAME, NOTE];
        words.iter().any(|word| {
            let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let forms = [word.as_bytes().to_vec(), hex::encode(word).into_bytes(), utf16];
            forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form))
        })
    })
}

/// Kalmar offers a bed for the night to Nybro and Stadsmissionen, who both claim at the same time.
///
/// Verified: before the claim neither party has a word about the person; exactly one of them gets the
/// content, as a referral that it has already taken on and accepted and that Kalmar sees accepted; the
/// other is told that somebody else was first, its lost claim stays on its list, and it holds no
/// referral and no word of the content; Kalmar's own copy of the offer's content is erased.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_claim_an_open_referral_at_once_exactly_one_gets_the_content() {
    let county = County::agreed().await;
    let consent = county.consent(&[NYBRO, MISSION]).await;
    let wish = county.wish(consent);
    let made = county.kalmar.offers().offer_referral(wish.clone()).await.expect("made");
    let offer = made.into_inner().offer.expect("an offer");
    assert_eq!((offer.state(), offer.parties.len()), (OfferState::Open, 2));
    let again = county.kalmar.offers().offer_referral(wish).await.expect("a repeat");
    assert_eq!(again.into_inner().offer.as_ref(), Some(&offer), "a repeat is the same offer");
    let id = offer.offer_id.clone();
    for (_, staff) in &county.parties {
        let told = arrived(staff, &id).await;
        assert_eq!((told.state(), told.source.as_str()), (OfferState::Open, KALMAR));
        assert!(listed(staff).await.is_empty(), "an offer is no referral");
        assert_eq!(open(staff).await.len(), 1);
    }

    let [(_, nybro), (_, mission)] = &county.parties;
    let (one, other) = tokio::join!(claim(nybro, &id), claim(mission, &id));
    one.expect("Nybro may claim");
    other.expect("Stadsmissionen may claim");
    let ends = [ended(nybro, &id).await, ended(mission, &id).await];
    let won = ends.iter().filter(|offer| offer.end() == OfferEnd::ClaimedByYou).count();
    let lost = ends.iter().filter(|offer| offer.end() == OfferEnd::ClaimedByAnother).count();
    assert_eq!((won, lost), (1, 1), "{ends:?}");
    let winner = usize::from(ends[1].end() == OfferEnd::ClaimedByYou);
    let ((_, winner), (loser_name, loser)) = (&county.parties[winner], &county.parties[1 - winner]);

    let at_source = shown(&county.kalmar, &id).await.expect("Kalmar sees it");
    assert_eq!(at_source.state(), OfferState::Claimed);
    let referral = at_source.referral_id;
    has_status(&county.kalmar, &referral, ReferralStatus::Accepted).await;
    let wanted = ShowReferralRequest { referral_id: referral.clone() };
    let opened = eventually("the referral arrives", || async {
        winner.referrals().show_referral(wanted.clone()).await.ok()
    })
    .await
    .into_inner();
    assert_eq!(opened.content.expect("the winner has the content").name, NAME);
    assert_eq!(opened.referral.expect("a referral").status(), ReferralStatus::Accepted);
    assert_eq!(opened.events.len(), 2, "taken on and accepted by the promise alone");

    let left = open(loser).await;
    assert!(left.len() == 1 && left[0].claim_lost, "a promise that is not needed is shown");
    assert!(listed(loser).await.is_empty());
    assert!(look(loser, &referral).await.is_none());
    assert!(!holds_a_word(&county.region.path(loser_name)), "{loser_name} holds a word");
    assert!(open(winner).await.is_empty() && open(&county.kalmar).await.is_empty());
    county.is_erased(&id).await;
}

/// Kalmar offers, and nobody claims within the agreement's four hours.
///
/// Verified: the offer expires by itself, both parties are told, a claim after that is refused at
/// once, and the content is erased at Kalmar without ever having left it.
#[tokio::test(flavor = "multi_thread")]
async fn an_open_referral_that_nobody_claims_expires_and_its_content_is_erased() {
    let county = County::agreed().await;
    let id = county.offer(county.consent(&[NYBRO, MISSION]).await).await.offer_id;
    for (_, staff) in &county.parties {
        arrived(staff, &id).await;
    }
    assert!(county.holds_content(&id).await);
    for name in NAMES {
        county.region.clock(name).turn(Seconds::hours(4));
    }
    for (name, staff) in &county.parties {
        assert_eq!(ended(staff, &id).await.end(), OfferEnd::Expired);
        let late = claim(staff, &id).await.expect_err("it is over");
        assert_eq!(reason_of(&late), Reason::Terminal);
        assert!(open(staff).await.is_empty() && listed(staff).await.is_empty());
        assert!(!holds_a_word(&county.region.path(name)), "{name} holds a word");
    }
    let expired = shown(&county.kalmar, &id).await.expect("Kalmar sees it");
    assert_eq!((expired.state(), expired.end()), (OfferState::Closed, OfferEnd::Expired));
    county.is_erased(&id).await;
}

/// Kalmar has a consent for Nybro only; then the person withdraws it. Another offer is taken back by hand.
///
/// Verified: whom the consent does not cover is not asked; with a consent that covers nobody nothing is
/// offered, and nothing that continues a referral that Kalmar's case worker does not have; the withdrawal ends the offer at every party and erases the content, and so does a hand.
#[tokio::test(flavor = "multi_thread")]
async fn an_open_referral_goes_only_where_the_consent_goes_and_ends_with_it() {
    let county = County::agreed().await;
    let nobody = county.consent(&["kommun:0885"]).await;
    let refused = county.kalmar.offers().offer_referral(county.wish(nobody)).await;
    assert_eq!(reason_of(&refused.expect_err("nobody may have it")), Reason::ConsentScope);
    let consent_id = county.consent(&[NYBRO]).await;
    let unknown = OfferReferralRequest { part_of: vec![7; 16], ..county.wish(consent_id.clone()) };
    let refused = county.kalmar.offers().offer_referral(unknown).await.expect_err("not theirs");
    assert_eq!(reason_of(&refused), Reason::NotFound);
    let offer = county.offer(consent_id.clone()).await;
    assert_eq!(offer.parties, [NYBRO]);
    let by_hand = county.offer(consent_id.clone()).await.offer_id;
    let [(_, nybro), (_, mission)] = &county.parties;
    arrived(nybro, &offer.offer_id).await;
    arrived(nybro, &by_hand).await;
    let wish = WithdrawOfferRequest { offer_id: by_hand.clone() };
    for _ in 0..2 {
        county.kalmar.offers().withdraw_offer(wish.clone()).await.expect("nobody has claimed");
    }
    assert_eq!(ended(nybro, &by_hand).await.end(), OfferEnd::Withdrawn);
    let withdrawal = WithdrawConsentRequest { consent_id };
    county.kalmar.consents().withdraw_consent(withdrawal).await.expect("never refused");
    assert_eq!(ended(nybro, &offer.offer_id).await.end(), OfferEnd::Withdrawn);
    for id in [&offer.offer_id, &by_hand] {
        county.is_erased(id).await;
        assert!(shown(mission, id).await.is_none(), "Stadsmissionen was never told");
    }
}
