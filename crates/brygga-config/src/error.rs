//! What is wrong with a settings file, as one line and one stable code.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why a settings file is refused.
///
/// Printed as one line: file, key, what is wrong, what is wanted, code. The value at
/// fault is never part of the line where the key may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {key}: {problem}; wanted: {allowed} ({code})", file.display())]
pub struct SettingsError {
    /// The file, as it was named to the loader.
    pub file: PathBuf,
    /// The key with its section, `delivery.give_up_days`; a section alone, or `-` for the file.
    pub key: String,
    /// The stable code.
    pub code: Code,
    /// What is wrong.
    pub problem: String,
    /// What is allowed there, or what to do.
    pub allowed: String,
}

impl SettingsError {
    pub(crate) fn new(
        file: &Path,
        key: impl Into<String>,
        code: Code,
        problem: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            key: key.into(),
            code,
            problem: problem.into(),
            allowed: allowed.into(),
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// The stable codes of settings errors and findings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// Every code, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as it is printed: `UPPER_SNAKE`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

codes! {
    /// Two keys that exclude each other are both set.
    BothGiven = "BOTH_GIVEN",
    /// Every token must be bound to a client certificate, and no caller can show one.
    BoundTokensWithoutTls = "BOUND_TOKENS_WITHOUT_TLS",
    /// A certificate and its key are the same file.
    CertificateIsKey = "CERTIFICATE_IS_KEY",
    /// A demo organisation in a production node.
    DemoOrganisationInProduction = "DEMO_ORGANISATION_IN_PRODUCTION",
    /// The node would issue its own tokens in production.
    DevelopmentIssuerInProduction = "DEVELOPMENT_ISSUER_IN_PRODUCTION",
    /// The development issuer has no key.
    DevelopmentKeyMissing = "DEVELOPMENT_KEY_MISSING",
    /// A development key without a development issuer.
    DevelopmentKeyUnused = "DEVELOPMENT_KEY_UNUSED",
    /// A text or list is empty where it must not be.
    EmptyValue = "EMPTY_VALUE",
    /// The file is absent or cannot be read.
    FileUnreadable = "FILE_UNREADABLE",
    /// The token issuer is not an https address in production.
    IssuerNotHttps = "ISSUER_NOT_HTTPS",
    /// No keys to check tokens with.
    JwksMissing = "JWKS_MISSING",
    /// The two listeners want the same port.
    ListenerClash = "LISTENER_CLASH",
    /// A required key is absent.
    MissingKey = "MISSING_KEY",
    /// A required section is absent.
    MissingSection = "MISSING_SECTION",
    /// Not one of the listed words.
    NotAChoice = "NOT_A_CHOICE",
    /// Not a name of a federation.
    NotAFederation = "NOT_A_FEDERATION",
    /// Not a phone number.
    NotAPhoneNumber = "NOT_A_PHONE_NUMBER",
    /// Not a storage address.
    NotAStorageUrl = "NOT_A_STORAGE_URL",
    /// Not a function of the organisation.
    NotAUnit = "NOT_A_UNIT",
    /// Not an address and port to listen on.
    NotAnAddress = "NOT_AN_ADDRESS",
    /// Not the name of an area.
    NotAnArea = "NOT_AN_AREA",
    /// Not an address of the form `https://host:port`.
    NotAnEndpoint = "NOT_AN_ENDPOINT",
    /// Not an organisation.
    NotAnOrganisation = "NOT_AN_ORGANISATION",
    /// Not an address of an OTLP collector.
    NotAnOtlpEndpoint = "NOT_AN_OTLP_ENDPOINT",
    /// The OTLP collector is on another machine and the connection is not encrypted.
    OtlpRemotePlaintext = "OTLP_REMOTE_PLAINTEXT",
    /// A number outside its range.
    OutOfRange = "OUT_OF_RANGE",
    /// The local listener is reachable from other machines without TLS.
    PlaintextListener = "PLAINTEXT_LISTENER",
    /// PostgreSQL on another machine without verified TLS.
    PostgresPlaintext = "POSTGRES_PLAINTEXT",
    /// A file with a secret can be read by others, or is no file.
    PrivateFile = "PRIVATE_FILE",
    /// Other nodes are told an address that only this machine can reach.
    PublicEndpointLoopback = "PUBLIC_ENDPOINT_LOOPBACK",
    /// Two files of the registry are the same file.
    RegistryFileClash = "REGISTRY_FILE_CLASH",
    /// Received messages are forgotten before their senders give them up.
    RetentionOrder = "RETENTION_ORDER",
    /// The first retry waits longer than the longest wait.
    RetryOrder = "RETRY_ORDER",
    /// A password stands in the settings file.
    SecretInline = "SECRET_INLINE",
    /// The file is not TOML.
    Syntax = "SYNTAX",
    /// A certificate without its key, or a key without its certificate.
    TlsPairIncomplete = "TLS_PAIR_INCOMPLETE",
    /// A key that is not known.
    UnknownKey = "UNKNOWN_KEY",
    /// A section that is not known.
    UnknownSection = "UNKNOWN_SECTION",
    /// The vault and the database are the same.
    VaultIsDatabase = "VAULT_IS_DATABASE",
    /// A value of the wrong TOML type.
    WrongType = "WRONG_TYPE",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
