//! The rules between settings: what each value alone cannot know.

use std::net::SocketAddr;
use std::path::Path;

use crate::endpoint::{host_and_port, is_loopback_host};
use crate::error::{Code, SettingsError};
use crate::node::Mode;
use crate::settings::Settings;
use crate::storage::StorageLocation;

/// A broken rule between settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stable code.
    pub code: Code,
    /// The key to change, with its section.
    pub key: &'static str,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub fix: &'static str,
}

impl Finding {
    fn new(
        code: Code,
        key: &'static str,
        problem: impl Into<String>,
        fix: &'static str,
    ) -> Option<Self> {
        Some(Self { code, key, problem: problem.into(), fix })
    }

    /// The finding as a reason to refuse the file.
    pub(crate) fn into_error(self, file: &Path) -> SettingsError {
        SettingsError::new(file, self.key, self.code, self.problem, self.fix)
    }
}

impl Settings {
    /// Every broken rule between settings; empty means that the node may start.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        findings.extend(listeners_clash(self));
        findings.extend(local_listener_plaintext(self));
        findings.extend(bound_tokens_plaintext(self));
        findings.extend(certificate_is_key(self));
        findings.extend(development_key(self));
        findings.extend(jwks_missing(self));
        findings.extend(registry_files_clash(self));
        findings.extend(retry_order(self));
        findings.extend(retention_order(self));
        findings.extend(vault_is_database(self));
        if self.node.mode == Mode::Production {
            findings.extend(demo_organisation(self));
            findings.extend(public_endpoint_loopback(self));
            findings.extend(development_issuer(self));
            findings.extend(issuer_not_https(self));
            findings.extend(storage_exposed("storage.url", &self.storage.location));
            let vault = self.storage.vault.as_ref();
            findings.extend(vault.and_then(|vault| storage_exposed("storage.vault", vault)));
            findings.extend(otlp_remote(self));
        }
        findings
    }
}

fn listeners_clash(settings: &Settings) -> Option<Finding> {
    let (federation, local) =
        (settings.federation_listener.address, settings.local_listener.address);
    if !overlap(federation, local) {
        return None;
    }
    Finding::new(
        Code::ListenerClash,
        "local_listener.address",
        format!("port {} is the federation listener's too", local.port()),
        "give the two listeners different ports",
    )
}

fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() == other.port()
        && one.port() != 0
        && (one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified())
}

fn local_listener_plaintext(settings: &Settings) -> Option<Finding> {
    let listener = &settings.local_listener;
    if listener.tls.is_some() || listener.address.ip().is_loopback() {
        return None;
    }
    Finding::new(
        Code::PlaintextListener,
        "local_listener.address",
        format!("{} is reachable from other machines without TLS", listener.address),
        "set certificate_file and key_file, or listen on 127.0.0.1",
    )
}

fn bound_tokens_plaintext(settings: &Settings) -> Option<Finding> {
    if settings.local_listener.tls.is_some() || !settings.local_auth.require_bound_tokens {
        return None;
    }
    Finding::new(
        Code::BoundTokensWithoutTls,
        "local_auth.require_bound_tokens",
        "without TLS nobody can show a certificate, so no token would be good",
        "set certificate_file and key_file of local_listener, or require_bound_tokens = false",
    )
}

fn certificate_is_key(settings: &Settings) -> Option<Finding> {
    let same = |tls: &crate::TlsFiles| tls.certificate_file == tls.key_file;
    let key = if same(&settings.federation_listener.tls) {
        "federation_listener.key_file"
    } else if settings.local_listener.tls.as_ref().is_some_and(same) {
        "local_listener.key_file"
    } else if settings.client.tls.as_ref().is_some_and(same) {
        "client.key_file"
    } else {
        return None;
    };
    let problem = "the certificate file is the key file";
    Finding::new(Code::CertificateIsKey, key, problem, "keep certificate and key in two files")
}

fn development_key(settings: &Settings) -> Option<Finding> {
    let auth = &settings.local_auth;
    let (code, problem, fix) = match (auth.development_issuer, &auth.development_key_file) {
        (true, None) => (
            Code::DevelopmentKeyMissing,
            "the development issuer has no key",
            "name the key file, or set development_issuer = false",
        ),
        (false, Some(_)) => (
            Code::DevelopmentKeyUnused,
            "the key has no use without a development issuer",
            "remove the key",
        ),
        (true, Some(_)) | (false, None) => return None,
    };
    Finding::new(code, "local_auth.development_key_file", problem, fix)
}

fn jwks_missing(settings: &Settings) -> Option<Finding> {
    if settings.local_auth.jwks_file.is_some() || settings.local_auth.development_issuer {
        return None;
    }
    Finding::new(
        Code::JwksMissing,
        "local_auth.jwks_file",
        "there are no keys to check tokens with",
        "name the file with the identity provider's public keys (JWK set)",
    )
}

fn registry_files_clash(settings: &Settings) -> Option<Finding> {
    let registry = &settings.registry;
    let (key, problem) = if registry.file == registry.operators_file {
        ("registry.operators_file", "the trust anchor is the registry itself")
    } else if registry.mirrors.contains(&registry.file)
        || registry.mirrors.contains(&registry.operators_file)
    {
        ("registry.mirrors", "a mirror is the registry or the trust anchor itself")
    } else {
        return None;
    };
    Finding::new(Code::RegistryFileClash, key, problem, "give each its own file")
}

fn retry_order(settings: &Settings) -> Option<Finding> {
    let delivery = &settings.delivery;
    if delivery.retry_first <= delivery.retry_max {
        return None;
    }
    Finding::new(
        Code::RetryOrder,
        "delivery.retry_first_seconds",
        "the first wait is longer than the longest wait",
        "at most retry_max_seconds",
    )
}

fn retention_order(settings: &Settings) -> Option<Finding> {
    if settings.retention.inbox > settings.delivery.give_up {
        return None;
    }
    Finding::new(
        Code::RetentionOrder,
        "retention.inbox_days",
        "messages are forgotten while a node like this one still repeats them",
        "more than delivery.give_up_days",
    )
}

fn demo_organisation(settings: &Settings) -> Option<Finding> {
    if !settings.node.organisation.as_str().starts_with("demo:") {
        return None;
    }
    Finding::new(
        Code::DemoOrganisationInProduction,
        "node.organisation",
        "a demo organisation does not exist",
        "kommun: or org:, or mode = \"demo\"",
    )
}

fn public_endpoint_loopback(settings: &Settings) -> Option<Finding> {
    if !is_loopback_host(settings.federation_listener.public_endpoint.host()) {
        return None;
    }
    Finding::new(
        Code::PublicEndpointLoopback,
        "federation_listener.public_endpoint",
        "only this machine can reach the address",
        "the address other organisations reach",
    )
}

fn development_issuer(settings: &Settings) -> Option<Finding> {
    if !settings.local_auth.development_issuer {
        return None;
    }
    Finding::new(
        Code::DevelopmentIssuerInProduction,
        "local_auth.development_issuer",
        "the node would issue its own tokens",
        "false in production",
    )
}

fn issuer_not_https(settings: &Settings) -> Option<Finding> {
    if settings.local_auth.issuer.starts_with("https://") {
        return None;
    }
    Finding::new(
        Code::IssuerNotHttps,
        "local_auth.issuer",
        "the issuer is not an https address",
        "the issuer exactly as the identity provider writes it, https:// first",
    )
}

fn storage_exposed(key: &'static str, location: &StorageLocation) -> Option<Finding> {
    match location {
        StorageLocation::Inline(url) if url.has_password() => Finding::new(
            Code::SecretInline,
            key,
            "the address holds a password",
            "move the address to a file with mode 0600 and name it in url_file or vault_file",
        ),
        StorageLocation::Inline(url) if url.is_remote_plaintext() => Some(postgres_plaintext(key)),
        StorageLocation::Inline(_) | StorageLocation::File(_) => None,
    }
}

fn vault_is_database(settings: &Settings) -> Option<Finding> {
    if settings.storage.vault.as_ref() != Some(&settings.storage.location) {
        return None;
    }
    Finding::new(
        Code::VaultIsDatabase,
        "storage.vault",
        "the keys of cases would lie in the database that they open, and in its backups",
        "name another place, or leave vault out",
    )
}

/// PostgreSQL on another machine needs a connection whose certificate is checked.
pub(crate) fn postgres_plaintext(key: &'static str) -> Finding {
    Finding {
        code: Code::PostgresPlaintext,
        key,
        problem: "PostgreSQL is on another machine and its certificate would not be checked".into(),
        fix: "add ?sslmode=verify-full, or connect over a socket or loopback",
    }
}

fn otlp_remote(settings: &Settings) -> Option<Finding> {
    let endpoint = settings.telemetry.otlp_endpoint.as_deref()?;
    let (host, _) = host_and_port(endpoint, "http://")?;
    if is_loopback_host(host) {
        return None;
    }
    Finding::new(
        Code::OtlpRemotePlaintext,
        "telemetry.otlp_endpoint",
        "the collector is on another machine and the connection is not encrypted",
        "run a collector on this machine and let it forward over TLS",
    )
}
