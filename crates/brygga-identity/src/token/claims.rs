//! The claims, after the signature has been found good.

use std::collections::BTreeSet;

use brygga_domain::access::SharedUnits;
use brygga_domain::{OrgId, Timestamp, UnitId};
use serde_json::Value;

use super::unique_object::UniqueObject;
use super::{LEEWAY, MAX_LIFETIME, TokenError, TokenPolicy, binding};
use crate::caller::{Caller, ProvedClaims};
use crate::roles::Role;

/// Names in `sub` and `jti`.
const MAX_NAME_BYTES: usize = 256;
/// Entries of `roles` and `units`.
const MAX_ENTRIES: usize = 64;
/// 9999-12-31T23:59:59Z: later seconds are no date, and would overflow milliseconds.
const LAST_SECOND: i64 = 253_402_300_799;

/// Checks the decoded claims against the policy at `now`.
pub(super) fn check(
    claims: &[u8],
    policy: &TokenPolicy,
    shared: &SharedUnits,
    now: Timestamp,
) -> Result<Caller, TokenError> {
    let claims: UniqueObject = serde_json::from_slice(claims).map_err(|_| TokenError::Malformed)?;
    if text(&claims, "iss")? != policy.issuer {
        return Err(TokenError::Issuer);
    }
    if !audiences(&claims)?.contains(&policy.audience.as_str()) {
        return Err(TokenError::Audience);
    }
    if text(&claims, "org")? != policy.organisation.as_str() {
        return Err(TokenError::Organisation);
    }
    let expires_at = check_times(&claims, now)?;
    let (subject, token_id) = (name(&claims, "sub")?, name(&claims, "jti")?);
    let codes = texts(required(&claims, "roles")?, "roles")?;
    let roles: BTreeSet<Role> = codes.iter().filter_map(|code| Role::parse(code)).collect();
    let unknown_roles = codes.iter().filter(|code| Role::parse(code).is_none()).count();
    let units = units(&claims)?;
    Ok(Caller::proved(ProvedClaims {
        organisation: OrgId::clone(&policy.organisation),
        subject,
        token_id,
        roles,
        unknown_roles,
        behalves: shared.of(&units),
        units,
        expires_at,
        bound_to: claims.find("cnf").map(binding::of_confirmation).transpose()?,
    }))
}

/// `exp` is returned. A token is good from `nbf` up to but not including `exp`, with
/// [`LEEWAY`] on both sides.
fn check_times(claims: &UniqueObject, now: Timestamp) -> Result<Timestamp, TokenError> {
    let issued_at = instant(claims, "iat")?;
    let not_before = instant(claims, "nbf")?;
    let expires_at = instant(claims, "exp")?;
    if expires_at <= issued_at || expires_at > issued_at.plus(MAX_LIFETIME) {
        return Err(TokenError::Lifetime);
    }
    let latest = now.plus(LEEWAY);
    if issued_at > latest || not_before > latest {
        return Err(TokenError::NotYetValid);
    }
    if now >= expires_at.plus(LEEWAY) {
        return Err(TokenError::Expired);
    }
    Ok(expires_at)
}

fn required<'a>(claims: &'a UniqueObject, name: &'static str) -> Result<&'a Value, TokenError> {
    claims.find(name).ok_or(TokenError::Missing(name))
}

fn text<'a>(claims: &'a UniqueObject, name: &'static str) -> Result<&'a str, TokenError> {
    required(claims, name)?.as_str().ok_or(TokenError::Claim(name))
}

/// An opaque name of bounded length.
fn name(claims: &UniqueObject, name: &'static str) -> Result<String, TokenError> {
    let text = text(claims, name)?;
    let is_plain = !text.is_empty() && !text.chars().any(char::is_control);
    if is_plain && text.len() <= MAX_NAME_BYTES {
        Ok(text.to_owned())
    } else {
        Err(TokenError::Claim(name))
    }
}

/// Whole seconds since 1970; a fraction or a text is refused.
fn instant(claims: &UniqueObject, name: &'static str) -> Result<Timestamp, TokenError> {
    let seconds = required(claims, name)?.as_i64().filter(|s| (0..=LAST_SECOND).contains(s));
    seconds.map(|s| Timestamp::from_millis(s * 1000)).ok_or(TokenError::Claim(name))
}

/// `aud` is one text or a list of texts.
fn audiences(claims: &UniqueObject) -> Result<Vec<&str>, TokenError> {
    match required(claims, "aud")? {
        Value::String(one) => Ok(vec![one]),
        list => texts(list, "aud"),
    }
}

fn texts<'a>(value: &'a Value, name: &'static str) -> Result<Vec<&'a str>, TokenError> {
    let malformed = TokenError::Claim(name);
    let entries = value.as_array().filter(|entries| entries.len() <= MAX_ENTRIES);
    entries.ok_or(malformed)?.iter().map(|entry| entry.as_str().ok_or(malformed)).collect()
}

/// `units` may be absent; a unit that cannot exist is refused rather than dropped, since
/// dropping could turn "this unit" into "no unit named".
fn units(claims: &UniqueObject) -> Result<BTreeSet<UnitId>, TokenError> {
    let Some(units) = claims.find("units") else { return Ok(BTreeSet::new()) };
    let parse = |text| UnitId::parse(text).map_err(|_| TokenError::Claim("units"));
    texts(units, "units")?.into_iter().map(parse).collect()
}
