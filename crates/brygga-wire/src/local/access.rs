//! Who inside the organisation may see what, and who has seen it.

use brygga_domain::access::{
    AccessGround, AccessObject, BreakGlass, BreakGlassReason, ReviewFinding, Sampled, check_subject,
};
use brygga_domain::{
    BreakGlassId, DataCategory, DisclosureGround, GdprBasis, InsideDisclosureId, ReferralId,
    Refusal, Seconds, Timestamp, UnitId,
};
use brygga_proto::local::v1 as proto;

use crate::code;
use crate::field::{counted, from_bytes, from_text, invalid, required, text_or_empty};
use crate::time;

/// Referrals or consents in one extract at most.
const MAX_EXTRACTED: usize = 100;
/// Entries in a sample at most, those that stand out aside.
const MAX_SAMPLE: u32 = 500;
/// Longest period of a sample.
const LONGEST_PERIOD: Seconds = Seconds::days(100);

/// A disclosure to another unit, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsideWish {
    /// What is disclosed.
    pub referral_id: ReferralId,
    /// To which unit.
    pub unit: UnitId,
    /// The secrecy rule.
    pub ground: DisclosureGround,
    /// The GDPR basis.
    pub gdpr_basis: GdprBasis,
    /// Why, in words; not checked yet.
    pub justification: String,
}

/// Period, size and seed of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleQuestion {
    /// From when on.
    pub from: Timestamp,
    /// Until before when.
    pub until: Timestamp,
    /// Entries that are drawn at random.
    pub size: u32,
    /// Seed.
    pub seed: u64,
}

/// What a reviewer has looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewWish {
    /// One broken glass.
    BreakGlass(BreakGlassId),
    /// A sample, and its digest.
    Sample(SampleQuestion, [u8; 32]),
}

/// One entry of the log, as the contract tells of it.
#[derive(Clone, Copy, Debug)]
pub struct AccessRow<'a> {
    /// Place in the log.
    pub place: i64,
    /// When.
    pub at: Timestamp,
    /// Who; empty where nobody is to be named.
    pub subject: &'a str,
    /// Roles, joined by commas.
    pub roles: &'a str,
    /// Unit; none is the intake.
    pub unit: Option<&'a UnitId>,
    /// Board for which it acted; none where it acted for itself.
    pub on_behalf_of: Option<&'a UnitId>,
    /// What was done.
    pub action: &'a str,
    /// To what.
    pub object: AccessObject,
    /// Kinds of data.
    pub data_categories: &'a [DataCategory],
    /// Why it was permitted.
    pub ground: AccessGround,
    /// Commitment of its leaf.
    pub leaf: &'a [u8; 32],
}

/// Reads an assignment.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field, as all below.
pub fn assignment(request: proto::AssignReferralRequest) -> Result<(ReferralId, String), Refusal> {
    check_subject(&request.subject)?;
    Ok((super::referral_id(&request.referral_id)?, request.subject))
}

/// Reads a disclosure inside the house.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn inside_wish(request: proto::DiscloseInsideRequest) -> Result<InsideWish, Refusal> {
    Ok(InsideWish {
        referral_id: super::referral_id(&request.referral_id)?,
        unit: from_text(&request.unit, "unit")?,
        ground: code::read(request.disclosure_ground, "disclosure_ground")?,
        gdpr_basis: code::read(request.gdpr_basis, "gdpr_basis")?,
        justification: request.justification,
    })
}

/// Reads which disclosure is taken back.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `disclosure_id`.
pub fn inside_disclosure_id(bytes: &[u8]) -> Result<InsideDisclosureId, Refusal> {
    from_bytes(bytes, "disclosure_id")
}

/// Reads what cannot wait and why.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn glass_wish(
    request: proto::OpenBreakGlassRequest,
) -> Result<(ReferralId, BreakGlassReason, String), Refusal> {
    let id = super::referral_id(&request.referral_id)?;
    Ok((id, code::read(request.reason, "reason")?, request.justification))
}

/// Reads which glass is meant.
///
/// # Errors
/// `SEND_INVALID_FIELD` at `break_glass_id`.
pub fn break_glass_id(bytes: &[u8]) -> Result<BreakGlassId, Refusal> {
    from_bytes(bytes, "break_glass_id")
}

/// Reads how a sample is to be drawn.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn sample_question(request: &proto::SampleAccessLogRequest) -> Result<SampleQuestion, Refusal> {
    let from = time::from_proto(request.from, "from")?;
    let until = time::from_proto(request.until, "until")?;
    if until <= from || until > from.plus(LONGEST_PERIOD) {
        return Err(invalid("until"));
    }
    if !(1..=MAX_SAMPLE).contains(&request.size) {
        return Err(invalid("size"));
    }
    Ok(SampleQuestion { from, until, size: request.size, seed: request.seed })
}

/// Reads what was reviewed, and the findings.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field.
pub fn review_wish(
    request: proto::SignReviewRequest,
) -> Result<(ReviewWish, Vec<ReviewFinding>), Refusal> {
    use proto::sign_review_request::Reviewed;
    let mut findings: Vec<ReviewFinding> = code::read_all(&request.findings, "findings")?;
    findings.sort_unstable();
    findings.dedup();
    let wish = match required(request.reviewed, "reviewed")? {
        Reviewed::BreakGlassId(id) => ReviewWish::BreakGlass(break_glass_id(&id)?),
        Reviewed::Sample(sample) => {
            let question = sample_question(&required(sample.question, "question")?)?;
            let digest = sample.digest.try_into().map_err(|_| invalid("digest"))?;
            ReviewWish::Sample(question, digest)
        }
    };
    Ok((wish, findings))
}

/// Reads about what an extract is wanted.
///
/// # Errors
/// `SEND_INVALID_FIELD` with the field; at `referral_ids` also where nothing is named.
pub fn extract_wish(
    request: &proto::ExtractForPersonRequest,
) -> Result<Vec<AccessObject>, Refusal> {
    counted(&request.referral_ids, 0..=MAX_EXTRACTED, "referral_ids")?;
    counted(&request.consent_ids, 0..=MAX_EXTRACTED, "consent_ids")?;
    let referrals = request.referral_ids.iter().map(|id| from_bytes(id, "referral_ids"));
    let consents = request.consent_ids.iter().map(|id| from_bytes(id, "consent_ids"));
    let objects = referrals
        .map(|id| id.map(AccessObject::Referral))
        .chain(consents.map(|id| id.map(AccessObject::Consent)))
        .collect::<Result<Vec<_>, _>>()?;
    if objects.is_empty() { Err(invalid("referral_ids")) } else { Ok(objects) }
}

/// An entry as it travels to the organisation's own people.
pub fn access_to_proto(row: &AccessRow<'_>) -> proto::AccessEntry {
    let id = |object: AccessObject| object.id().map(|id| id.to_vec()).unwrap_or_default();
    let (referral_id, consent_id) = match row.object {
        AccessObject::Referral(_) => (id(row.object), Vec::new()),
        AccessObject::Consent(_) => (Vec::new(), id(row.object)),
        AccessObject::List
        | AccessObject::Log
        | AccessObject::Notice(_)
        | AccessObject::Offer(_)
        | AccessObject::Transfer(_) => (Vec::new(), Vec::new()),
    };
    let (ground, disclosure_ground, break_glass_id) = match row.ground {
        AccessGround::BreakGlass(glass) => {
            (proto::AccessGround::BreakGlass, None, glass.as_bytes().to_vec())
        }
        AccessGround::DisclosedInside(ground) => {
            (proto::AccessGround::DisclosedInside, Some(ground), Vec::new())
        }
        AccessGround::Handler => (proto::AccessGround::Handler, None, Vec::new()),
        AccessGround::LogReview => (proto::AccessGround::LogReview, None, Vec::new()),
        AccessGround::OwnUnit => (proto::AccessGround::OwnUnit, None, Vec::new()),
    };
    proto::AccessEntry {
        place: row.place,
        at: Some(time::to_proto(row.at)),
        subject: row.subject.to_owned(),
        roles: row.roles.split(',').filter(|role| !role.is_empty()).map(str::to_owned).collect(),
        unit: text_or_empty(row.unit),
        action: row.action.to_owned(),
        referral_id,
        consent_id,
        data_categories: code::numbers(row.data_categories),
        ground: ground.into(),
        disclosure_ground: code::number_or_unset(disclosure_ground),
        break_glass_id,
        leaf: row.leaf.to_vec(),
        on_behalf_of: text_or_empty(row.on_behalf_of),
    }
}

/// A glass that waits for its review.
pub fn waiting_to_proto(glass: &BreakGlass, now: Timestamp) -> proto::WaitingReview {
    let approved_by = glass.approval.as_ref().map(|approval| approval.by.clone());
    proto::WaitingReview {
        break_glass_id: glass.id.as_bytes().to_vec(),
        referral_id: glass.referral_id.as_bytes().to_vec(),
        opened_by: glass.opened_by.clone(),
        opened_at: Some(time::to_proto(glass.opened_at)),
        approved_by: approved_by.unwrap_or_default(),
        reason: code::number_or_unset(Some(glass.reason)),
        justification: glass.justification.clone(),
        due: Some(time::to_proto(glass.review_due())),
        is_overdue: glass.is_overdue(now),
    }
}

/// Findings as they travel.
pub fn findings_to_proto(findings: &[ReviewFinding]) -> Vec<i32> {
    code::numbers(findings)
}

/// Why an entry was drawn, as it travels.
pub fn sampled_to_proto(why: impl IntoIterator<Item = Sampled>) -> Vec<i32> {
    why.into_iter().map(|one| code::number_or_unset(Some(one))).collect()
}
