//! The systematic review of the access log: draw, look, sign.

use brygga_domain::Timestamp;
use brygga_proto::local::v1 as local;
use brygga_proto::local::v1::sign_review_request::Reviewed;
use clap::Args;
use serde_json::{Value, json};

use super::Service;
use super::extract::{entry, heading, row};
use crate::cli::Language;
use crate::client::refused;
use crate::failure::Failure;
use crate::identifier::{Identifier, show};
use crate::output::{Answer, table};
use crate::text::Text;
use crate::text::vocabulary::word;
use crate::when;
use crate::wire_code::{self, parser};

/// How a sample is drawn.
#[derive(Args, Clone)]
pub(super) struct Question {
    /// From this day or instant on
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    from: Option<Timestamp>,
    /// Until before this day or instant, at most 100 days later
    #[arg(long, value_name = "DATE", value_parser = when::parse)]
    until: Option<Timestamp>,
    /// Entries that are drawn at random
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    size: u32,
    /// Any number; the same one draws the same sample
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Draw a sample of the access log: some entries at random, every broken glass, and what stands out
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga access sample --from 2026-09-01 --until 2026-10-01 --size 50 --seed 2026"
)]
pub(super) struct SampleArgs {
    #[command(flatten)]
    question: Question,
}

/// Have the node sign what a review found
///
/// Either of a sample, with the same question and the digest that came with it, or of one broken glass.
#[derive(Args)]
#[command(
    after_help = "Example:\n  brygga access review --from 2026-09-01 --until 2026-10-01 --size 50 --seed 2026 \\\n      \
    --digest DIGEST --finding NO_REMARK\n  \
    brygga access review --break-glass BREAK-GLASS-ID --finding NO_REMARK"
)]
pub(super) struct ReviewArgs {
    #[command(flatten)]
    question: Question,
    /// The digest of the sample
    #[arg(long, value_name = "HEX", conflicts_with = "break_glass")]
    digest: Option<String>,
    /// The broken glass
    #[arg(long, value_name = "ID", required_unless_present = "digest")]
    break_glass: Option<Identifier>,
    /// What was found; may be repeated
    #[arg(long = "finding", value_name = "FINDING", required = true)]
    #[arg(value_parser = parser::<local::ReviewFinding>())]
    findings: Vec<local::ReviewFinding>,
}

/// List signed reviews, and broken glasses that wait for theirs
#[derive(Args)]
#[command(after_help = "Example:\n  brygga access list --waiting")]
pub(super) struct ListArgs {
    /// Leave out what is signed
    #[arg(long)]
    waiting: bool,
}

impl Question {
    fn request(&self) -> local::SampleAccessLogRequest {
        local::SampleAccessLogRequest {
            from: self.from.map(when::to_proto),
            until: self.until.map(when::to_proto),
            size: self.size,
            seed: self.seed,
        }
    }
}

impl SampleArgs {
    pub(super) async fn run(
        &self,
        mut service: Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let response = service.sample_access_log(self.question.request()).await;
        let sample = response.map_err(|status| refused(&status))?.into_inner();
        let digest = hex::encode(&sample.digest);
        let drawn = |one: &local::SampledEntry| {
            let because = one.because.iter().copied();
            let because: Vec<String> =
                because.map(wire_code::show::<local::SampledBecause>).collect();
            let mut value = entry(&one.entry.clone().unwrap_or_default());
            value["because"] = json!(because);
            value
        };
        let value = json!({
            "entries": sample.entries.iter().map(drawn).collect::<Vec<_>>(),
            "drawn_from": sample.drawn_from,
            "digest": digest,
        });
        let mut heading = heading(language, true);
        heading.push(Text::Because.of(language).to_owned());
        let rows = sample.entries.iter().map(|one| {
            let because = one.because.iter().copied();
            let because: Vec<String> =
                because.map(|number| word::<local::SampledBecause>(number, language)).collect();
            let mut row = row(&one.entry.clone().unwrap_or_default(), language, true);
            row.push(because.join(", "));
            row
        });
        let rows: Vec<Vec<String>> = std::iter::once(heading).chain(rows).collect();
        let digest_line = format!("{}: {digest}", Text::SampleDigest.of(language));
        Ok(Answer::new(value).lines(table(&rows)).line(digest_line))
    }
}

impl ReviewArgs {
    pub(super) async fn run(
        &self,
        mut service: Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let reviewed = match (&self.digest, self.break_glass) {
            (Some(digest), _) => Reviewed::Sample(local::SampleReviewed {
                question: Some(self.question.request()),
                // What is no digest is refused by the node, with the field.
                digest: hex::decode(digest).unwrap_or_default(),
            }),
            (None, glass) => {
                Reviewed::BreakGlassId(glass.map(Identifier::to_bytes).unwrap_or_default())
            }
        };
        let findings = self.findings.iter().map(|finding| (*finding).into()).collect();
        let request = local::SignReviewRequest { reviewed: Some(reviewed), findings };
        let response = service.sign_review(request).await;
        let review = response.map_err(|status| refused(&status))?.into_inner().review;
        let review = review.unwrap_or_default();
        let line = format!("{} {}", Text::ReviewSigned.of(language), show(&review.review_id));
        Ok(Answer::new(signed(&review)).line(line).lines(review.statement.lines()))
    }
}

impl ListArgs {
    pub(super) async fn run(
        &self,
        mut service: Service,
        language: Language,
    ) -> Result<Answer, Failure> {
        let request = local::ListReviewsRequest { waiting_only: self.waiting };
        let response = service.list_reviews(request).await;
        let book = response.map_err(|status| refused(&status))?.into_inner();
        let value = json!({
            "reviews": book.reviews.iter().map(signed).collect::<Vec<_>>(),
            "waiting": book.waiting.iter().map(waiting).collect::<Vec<_>>(),
        });
        let mut answer = Answer::new(value);
        if book.reviews.is_empty() && book.waiting.is_empty() {
            return Ok(answer.line(Text::None.of(language)));
        }
        for glass in &book.waiting {
            answer = answer.line(waiting_line(glass, language));
        }
        for review in &book.reviews {
            let at = when::from_proto(review.signed_at).map_or_else(String::new, when::swedish);
            let found = review.findings.iter().copied();
            let found: Vec<String> =
                found.map(|number| word::<local::ReviewFinding>(number, language)).collect();
            answer = answer.line(format!("{at}  {}  {}", review.reviewer, found.join(", ")));
        }
        Ok(answer)
    }
}

fn waiting_line(glass: &local::WaitingReview, language: Language) -> String {
    let due = when::from_proto(glass.due).map_or_else(String::new, when::swedish);
    let late = if glass.is_overdue { Text::ReviewLate } else { Text::ReviewWaits };
    let reason = word::<local::BreakGlassReason>(glass.reason, language);
    format!(
        "{}  {} {due}  {}  {reason}: {}",
        show(&glass.break_glass_id),
        late.of(language),
        glass.opened_by,
        glass.justification
    )
}

fn signed(review: &local::AccessReview) -> Value {
    let findings = review.findings.iter().copied();
    json!({
        "review_id": show(&review.review_id),
        "reviewer": review.reviewer,
        "signed_at": when::from_proto(review.signed_at).map(when::rfc3339),
        "findings": findings.map(wire_code::show::<local::ReviewFinding>).collect::<Vec<_>>(),
        "statement": review.statement,
        "key_id": review.key_id,
        "signature": hex::encode(&review.signature),
    })
}

fn waiting(glass: &local::WaitingReview) -> Value {
    json!({
        "break_glass_id": show(&glass.break_glass_id),
        "referral_id": show(&glass.referral_id),
        "opened_by": glass.opened_by,
        "opened_at": when::from_proto(glass.opened_at).map(when::rfc3339),
        "approved_by": glass.approved_by,
        "reason": wire_code::show::<local::BreakGlassReason>(glass.reason),
        "justification": glass.justification,
        "due": when::from_proto(glass.due).map(when::rfc3339),
        "is_overdue": glass.is_overdue,
    })
}
