//! Why a token or a set of keys is refused. No text repeats what the token says.

/// Why a token is refused. The caller learns only that it is unauthenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Another algorithm than the pinned one, `none` included.
    #[error("the token's algorithm is not the one that is accepted")]
    Algorithm,
    /// Not for this node.
    #[error("the token is for another audience")]
    Audience,
    /// The signature is not by the key that the token names.
    #[error("the token's signature does not verify")]
    BadSignature,
    /// Bound to another certificate than the connection's, or used without any.
    #[error("the token is bound to a certificate that the caller did not show")]
    BoundElsewhere,
    /// A claim has another form than it must have.
    #[error("the claim {0} is malformed")]
    Claim(&'static str),
    /// Bound by something else than one certificate thumbprint.
    #[error("the token is bound in a way that is not known")]
    Confirmation,
    /// Past its `exp`.
    #[error("the token has expired")]
    Expired,
    /// The header names something that would have to be followed or understood.
    #[error("the header parameter {0} is not accepted")]
    HeaderParameter(&'static str),
    /// By another provider.
    #[error("the token is by another issuer")]
    Issuer,
    /// The header names no key, or one that is not in the set.
    #[error("the token's key is not known")]
    KeyUnknown,
    /// Longer than five minutes, or of no length at all.
    #[error("the token's lifetime is not 1 to 300 seconds")]
    Lifetime,
    /// Not three parts of base64url with JSON objects whose names are unique.
    #[error("not a signed token")]
    Malformed,
    /// A required claim is absent.
    #[error("the claim {0} is missing")]
    Missing(&'static str),
    /// Not bound to a certificate, where every token must be.
    #[error("the token is not bound to a certificate")]
    NotBound,
    /// Before its `nbf`, or issued in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Of another organisation's staff.
    #[error("the token is of another organisation")]
    Organisation,
    /// Another token came with the same `jti` before.
    #[error("the token's id is another token's")]
    Reused,
    /// Taken back by the operator.
    #[error("the token was revoked")]
    Revoked,
    /// Over 4 KiB.
    #[error("the token is too long")]
    TooLong,
    /// Another type than `at+jwt`, such as an ID token.
    #[error("the token is of another type")]
    Type,
}

impl TokenError {
    /// Stable code for logs and metrics.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Algorithm => "TOKEN_ALGORITHM",
            Self::Audience => "TOKEN_AUDIENCE",
            Self::BadSignature => "TOKEN_BAD_SIGNATURE",
            Self::BoundElsewhere => "TOKEN_BOUND_ELSEWHERE",
            Self::Claim(_) => "TOKEN_CLAIM",
            Self::Confirmation => "TOKEN_CONFIRMATION",
            Self::Expired => "TOKEN_EXPIRED",
            Self::HeaderParameter(_) => "TOKEN_HEADER_PARAMETER",
            Self::Issuer => "TOKEN_ISSUER",
            Self::KeyUnknown => "TOKEN_KEY_UNKNOWN",
            Self::Lifetime => "TOKEN_LIFETIME",
            Self::Malformed => "TOKEN_MALFORMED",
            Self::Missing(_) => "TOKEN_CLAIM_MISSING",
            Self::NotBound => "TOKEN_NOT_BOUND",
            Self::NotYetValid => "TOKEN_NOT_YET_VALID",
            Self::Organisation => "TOKEN_ORGANISATION",
            Self::Reused => "TOKEN_REUSED",
            Self::Revoked => "TOKEN_REVOKED",
            Self::TooLong => "TOKEN_TOO_LONG",
            Self::Type => "TOKEN_TYPE",
        }
    }
}

/// Why a set of keys is refused.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// Two keys have the same name, so that a token would not say which it means.
    #[error("two keys of the set have the same kid")]
    DuplicateKeyId,
    /// Not a JWK set.
    #[error("not a JWK set (RFC 7517)")]
    Json(#[source] serde_json::Error),
    /// A key of the right kind has coordinates of the wrong length.
    #[error("a key of the set has malformed coordinates")]
    MalformedKey,
    /// No key has the pinned algorithm and a name.
    #[error("the set has no key with a kid for the accepted algorithm")]
    NoUsableKey,
    /// A private key has no place in a file that is read by everybody.
    #[error("the set holds a private key")]
    PrivateKey,
    /// More keys than any provider has.
    #[error("the set has more than 64 keys")]
    TooMany,
}
