//! The commented `brygga.toml` that `brygga init` writes.

use std::net::SocketAddr;

use brygga_domain::OrgId;

use crate::endpoint::Endpoint;
use crate::node::{FederationName, Mode};

/// What a new node knows about itself.
#[derive(Clone, Debug)]
pub struct TemplateValues {
    /// The organisation.
    pub organisation: OrgId,
    /// How strict the node is.
    pub mode: Mode,
    /// The federation.
    pub federation: FederationName,
    /// The address the federation port listens on.
    pub federation_address: SocketAddr,
    /// The address the local port listens on.
    pub local_address: SocketAddr,
    /// The address other nodes are told.
    pub public_endpoint: Endpoint,
}

/// Renders a complete `brygga.toml` in which every key is explained.
///
/// [`crate::Settings::parse`] reads it back, and [`crate::Settings::check`] finds nothing
/// as long as `local_address` is loopback and the values suit the mode. In production the
/// issuer is a placeholder that no token will ever match, so nothing is open by default.
pub fn template(values: &TemplateValues) -> String {
    let TemplateValues { organisation, mode, federation, federation_address, .. } = values;
    let (local_address, public_endpoint) = (values.local_address, &values.public_endpoint);
    let local_auth = match mode {
        Mode::Production => LOCAL_AUTH_PRODUCTION,
        Mode::Demo | Mode::Development => LOCAL_AUTH_DEVELOPMENT,
    };
    let mode = mode.as_str();
    let node = format!(
        r#"# Settings of one Brygga node. Paths start from this file's directory.
# Check a change with: brygga config check

[node]
# kommun: and the municipality's code, org: and the organisation number, or demo: and a name.
organisation = "{organisation}"
# production, demo or development.
mode = "{mode}"
# The federation whose registry this node trusts.
federation = "{federation}"

[federation_listener]
# The port other nodes connect to. Always TLS 1.3 with certificates on both sides.
address = "{federation_address}"
# PEM. The registry holds the pin of this certificate's key; a self-signed one is fine.
certificate_file = "keys/node.crt"
# PEM, mode 0600.
key_file = "keys/node.key"
# The address other nodes are told, exactly as it stands in the registry.
public_endpoint = "{public_endpoint}"

[local_listener]
# The port of the organisation's own staff and systems.
# On any other address than loopback, certificate_file and key_file are required. They may be
# there on loopback too, and must be for tokens that are bound to a client certificate.
address = "{local_address}"
#certificate_file = "keys/local.crt"
#key_file = "keys/local.key"
"#
    );
    [node.as_str(), STORAGE_KEYS_REGISTRY, local_auth, REST].join("\n")
}

const STORAGE_KEYS_REGISTRY: &str = r#"[storage]
# sqlite: and a file, or postgres:// and a server. An address with a password belongs in a
# file of its own (mode 0600), named by url_file instead of url.
url = "sqlite:data/brygga.db"
#url_file = "secrets/database-url"
# The vault with the keys of cases, which erasure destroys: vault.db in the key directory unless
# another place is named. Several machines that share one node need a server here.
#vault = "sqlite:keys/vault.db"
#vault_file = "secrets/vault-url"
# Connections that read at the same time, 1 to 64.
max_readers = 4

[keys]
# Signing key, sealing key, key-encryption key and vault: directory 0700, files 0600.
# vault.db is in no ordinary backup: who has an old copy of it can read what was erased since.
directory = "keys"

[registry]
# The signed list of members in use.
file = "registry/registry.json"
# The federation operators and how many of them must sign: the trust anchor.
operators_file = "registry/anchor.json"
# Files where a newer registry may appear.
mirrors = []
# How often they are looked at, 1 to 3600.
poll_seconds = 1
"#;

const LOCAL_AUTH_PRODUCTION: &str = r#"[local_auth]
# CHANGE THIS: the issuer of staff tokens, exactly as in their iss claim.
issuer = "https://change-me.invalid/"
# The aud claim that means this node.
audience = "brygga"
# The issuer's public keys, a JWK set.
jwks_file = "keys/jwks.json"
# EdDSA or ES256; no other algorithm is accepted.
algorithm = "EdDSA"
# Accept only tokens that are bound to the caller's client certificate (cnf, RFC 8705).
require_bound_tokens = false
# Ids (jti) of tokens that are refused, one a line; looked at every second.
revoked_tokens_file = "revoked-tokens"
# The node issues its own tokens. Refused in production.
development_issuer = false
#development_key_file = "keys/development-issuer.key"
"#;

const LOCAL_AUTH_DEVELOPMENT: &str = r#"[local_auth]
# The issuer of staff tokens, exactly as in their iss claim.
issuer = "https://issuer.invalid/"
# The aud claim that means this node.
audience = "brygga"
# The issuer's public keys, a JWK set. Not needed with the development issuer.
#jwks_file = "keys/jwks.json"
# EdDSA or ES256; no other algorithm is accepted.
algorithm = "EdDSA"
# Accept only tokens that are bound to the caller's client certificate (cnf, RFC 8705).
require_bound_tokens = false
# Ids (jti) of tokens that are refused, one a line; looked at every second.
revoked_tokens_file = "revoked-tokens"
# The node issues its own tokens. Refused in production.
development_issuer = true
development_key_file = "keys/development-issuer.key"
"#;

const REST: &str = r#"[client]
# The client certificate and key (PEM, mode 0600) that the program itself shows at the local port,
# for commands on this machine; its tokens are then bound to the certificate.
#certificate_file = "keys/client.crt"
#key_file = "keys/client.key"

[delivery]
# The wait after the first failed attempt, 1 to 300; it doubles until retry_max_seconds.
retry_first_seconds = 2
# The longest wait, 1 to 3600.
retry_max_seconds = 900
# How many days a message is tried, 7 to 90; then it is a dead letter.
give_up_days = 14

[retention]
# Whether cases past their time are only listed and never erased by the node itself.
list_only = false
# How many days a delivered message is kept after its receipt, 7 to 3650.
outbox_days = 30
# How many days a received message is remembered, so that a repeat gets the same answer, 30 to 3650;
# more than give_up_days, and better more than that of any other member, which is at most 90.
inbox_days = 120

[telemetry]
# A collector that speaks OTLP over gRPC. In production only on this machine.
#otlp_endpoint = "http://127.0.0.1:4317"
# json or text.
log_format = "json"
# error, warn, info or debug. Logs never hold personal data, on any level.
log_level = "info"

[audit]
# Time between signed checkpoints of the audit log, 1 to 60.
checkpoint_seconds = 10

[contact]
# Phones that a function answers when a same-day duty cannot wait. Never a person's own.
duty_phone_list = [
#  { name_of_function = "Socialjouren", phone = "08-465 004 00" },
]

[units]
# Functions that several boards share. Each board remains responsible for what is done in its name.
#shared_list = [{ unit = "bostadssamordningen", acts_for = ["socialnamnden", "omsorgsnamnden"] }]

[capacity]
# Areas in which this organisation takes no more dwellings, as whoever publishes will write them. They are never stored,
# sent or logged.
#excluded_areas = ["Norra backarna"]

[public_page]
# Where anybody may read what an agreement lets be public, without TLS: the organisation's own proxy stands before it.
# Nothing listens where it is not set.
#listen = "127.0.0.1:8080"
"#;
