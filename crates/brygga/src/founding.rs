//! Makes a node's directory: keys, certificate and settings, and the entry it wants in the registry.
//!
//! `init` and `join` differ in where the trust anchor comes from and in nothing else. Nothing
//! that exists is ever overwritten.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use brygga_config::{Endpoint, FederationName, Mode, Settings, TemplateValues, template};
use brygga_crypto::SystemRandom;
use brygga_domain::{MemberKind, OrgId, Seconds, SocialServicesStatus, Timestamp, UnitId};
use brygga_identity::keys::{NodeKeys, create_private_directory, write_private};
use brygga_identity::registry::{self, Member, NodeKey, Validity};
use brygga_identity::tls::MintRequest;
use brygga_identity::token::DevelopmentIssuer;
use clap::Args;

use crate::failure::{Failure, chain};
use crate::node_dir::NodeDir;
use crate::settings_text;
use crate::wire_code::domain_parser;

/// How long a node's certificate lasts; the registry can end it at any time before.
const CERTIFICATE_LIFETIME: Seconds = Seconds::days(3 * 365);
/// How far the clocks of peers may be behind ours.
const CERTIFICATE_LEAD: Seconds = Seconds::hours(1);
const DEVELOPMENT_KEY: &str = "development-issuer/key.jwk";
const DEVELOPMENT_JWKS: &str = "development-issuer/jwks.json";

/// How a new node presents itself and where it listens.
#[derive(Args)]
pub(crate) struct NodeArgs {
    /// Name of the organisation as people know it
    #[arg(long)]
    name: String,
    /// Kind of body; MUNICIPALITY for kommun: and CIVIL_SOCIETY for others when left out
    #[arg(long, value_parser = domain_parser(MemberKind::ALL, MemberKind::as_str))]
    kind: Option<MemberKind>,
    /// Law that carries its processing; AUTHORITY for a municipality, otherwise NONE
    #[arg(long, value_name = "STATUS")]
    #[arg(value_parser = domain_parser(SocialServicesStatus::ALL, SocialServicesStatus::as_str))]
    social_services_status: Option<SocialServicesStatus>,
    /// A function that receives on its own, such as mobila-teamet; may be repeated
    #[arg(long = "unit", value_name = "UNIT")]
    units: Vec<UnitId>,
    /// Host and port where other organisations reach the node
    #[arg(long, value_name = "HOST:PORT", required_unless_present = "development")]
    address: Option<String>,
    /// Address and port for the organisation's own staff and systems
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8080")]
    local_address: SocketAddr,
    /// "sqlite", or the address of a PostgreSQL database
    #[arg(long, value_name = "sqlite|URL", default_value = "sqlite")]
    storage: String,
    /// For a demonstration or a developer: the node issues its own staff tokens
    #[arg(long)]
    development: bool,
}

/// A node that has just been made.
pub(crate) struct MadeNode {
    pub(crate) settings: Settings,
    pub(crate) keys: NodeKeys,
    pub(crate) member: Member,
}

impl NodeArgs {
    /// Makes the directory of a node of `organisation` in `federation`.
    pub(crate) fn make(
        &self,
        dir: &NodeDir,
        organisation: &OrgId,
        federation: &str,
        now: Timestamp,
    ) -> Result<MadeNode, Failure> {
        let federation = FederationName::parse(federation)
            .map_err(|error| Failure::usage("NOT_A_FEDERATION", error.to_string()))?;
        let endpoint = self.endpoint()?;
        refuse_overwriting(dir)?;
        if !dir.path().is_dir() {
            create_private_directory(dir.path())?;
        }
        let text = self.settings_text(organisation, &federation, &endpoint);
        // Parsed before anything is written, so that a mistake leaves nothing behind.
        Settings::parse(&text, dir.path())?;
        let keys = NodeKeys::generate(&dir.join("keys"), &self.units, &mut SystemRandom)?;
        let node_key = make_certificate(&dir.join("keys"), organisation, &federation, now)?;
        for directory in ["data", "registry"] {
            create_private_directory(&dir.join(directory))?;
        }
        if !self.storage.starts_with("sqlite") {
            create_private_directory(&dir.join("secrets"))?;
            write_private(&dir.join("secrets/database-url"), self.storage.as_bytes())?;
        }
        write_private(&dir.settings_file(), text.as_bytes())?;
        let settings = dir.settings()?;
        if self.development {
            make_development_issuer(dir, &settings)?;
        }
        let member = self.member(organisation, &endpoint, &keys, node_key)?;
        Ok(MadeNode { settings, keys, member })
    }

    fn endpoint(&self) -> Result<Endpoint, Failure> {
        let address = self.address.as_deref().unwrap_or("localhost:8443");
        let text = format!("https://{address}");
        Endpoint::parse(&text).map_err(|_| {
            Failure::usage("NOT_AN_ADDRESS", "expected host:port in lower case").at("--address")
        })
    }

    fn mode(&self, organisation: &OrgId) -> Mode {
        match (self.development, organisation.as_str().starts_with("demo:")) {
            (false, _) => Mode::Production,
            (true, true) => Mode::Demo,
            (true, false) => Mode::Development,
        }
    }

    fn settings_text(
        &self,
        organisation: &OrgId,
        federation: &FederationName,
        endpoint: &Endpoint,
    ) -> String {
        let values = TemplateValues {
            organisation: organisation.clone(),
            mode: self.mode(organisation),
            federation: federation.clone(),
            federation_address: listening_address(endpoint),
            local_address: self.local_address,
            public_endpoint: endpoint.clone(),
        };
        let path = settings_text::quoted;
        let mut text = template(&values);
        let mut set = |section, key, value: String| {
            text = settings_text::set(&text, section, key, &value);
        };
        set("federation_listener", "certificate_file", path("keys/node-certificate.pem"));
        set("federation_listener", "key_file", path("keys/node-key.pem"));
        if self.development {
            set("local_auth", "jwks_file", path(DEVELOPMENT_JWKS));
            set("local_auth", "development_key_file", path(DEVELOPMENT_KEY));
        }
        if self.storage.starts_with("sqlite:") {
            set("storage", "url", path(&self.storage));
        } else if self.storage != "sqlite" {
            set("storage", "url_file", path("secrets/database-url"));
            text = settings_text::unset(&text, "storage", "url");
        }
        text
    }

    fn member(
        &self,
        organisation: &OrgId,
        endpoint: &Endpoint,
        keys: &NodeKeys,
        node_key: NodeKey,
    ) -> Result<Member, Failure> {
        let is_municipality = organisation.kommunkod().is_some();
        let default_kind =
            if is_municipality { MemberKind::Municipality } else { MemberKind::CivilSociety };
        let kind = self.kind.unwrap_or(default_kind);
        let default_status = match kind {
            MemberKind::Municipality => SocialServicesStatus::Authority,
            _ => SocialServicesStatus::None,
        };
        let endpoint = registry::Endpoint::parse(endpoint.as_str())
            .map_err(|error| Failure::usage("NOT_AN_ADDRESS", error.to_string()).at("--address"))?;
        Ok(Member {
            organisation: organisation.clone(),
            name: self.name.clone(),
            kind,
            social_services_status: self.social_services_status.unwrap_or(default_status),
            node_keys: vec![node_key],
            signing_keys: vec![keys.signing_entry()],
            sealing_keys: keys.sealing_entries(),
            endpoints: vec![endpoint],
            contact_points: Vec::new(),
            trust_marks: Vec::new(),
            revoked_at: None,
        })
    }
}

/// All interfaces, unless only this machine is meant.
fn listening_address(endpoint: &Endpoint) -> SocketAddr {
    let ip = match endpoint.host() {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        host => host
            .parse()
            .ok()
            .filter(IpAddr::is_loopback)
            .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
    };
    SocketAddr::new(ip, endpoint.port())
}

fn refuse_overwriting(dir: &NodeDir) -> Result<(), Failure> {
    let taken = ["brygga.toml", "keys", "registry/registry.json", "registry/anchor.json"];
    match taken.iter().map(|name| dir.join(name)).find(|path| path.exists()) {
        None => Ok(()),
        Some(path) => Err(Failure::usage("ALREADY_A_NODE", "there is a node here already")
            .at(path.display().to_string())
            .fix("nothing is overwritten; name another directory with --dir")),
    }
}

/// Makes `node-certificate.pem` and `node-key.pem` in `dir`, and the registry's entry for them.
pub(crate) fn make_certificate(
    dir: &Path,
    organisation: &OrgId,
    federation: &FederationName,
    now: Timestamp,
) -> Result<NodeKey, Failure> {
    let request = MintRequest {
        org: organisation.clone(),
        federation: federation.to_string(),
        node: 1,
        dns_names: Vec::new(),
        not_before: now.minus(CERTIFICATE_LEAD),
        not_after: now.plus(CERTIFICATE_LIFETIME),
    };
    let minted =
        request.mint().map_err(|error| Failure::other("CERTIFICATE_NOT_MADE", chain(&error)))?;
    write_private(&dir.join("node-key.pem"), minted.key_pem.expose().as_bytes())?;
    let certificate = minted.certificate_pem.as_bytes();
    write_private(&dir.join("node-certificate.pem"), certificate)?;
    let (pin, spiffe_id) = (minted.pin, minted.spiffe_id);
    Ok(NodeKey { pin, spiffe_id, validity: Validity::default() })
}

fn make_development_issuer(dir: &NodeDir, settings: &Settings) -> Result<(), Failure> {
    let auth = &settings.local_auth;
    let issuer = DevelopmentIssuer::generate(&auth.issuer, &auth.audience, &mut SystemRandom);
    create_private_directory(&dir.join("development-issuer"))?;
    write_private(&dir.join(DEVELOPMENT_KEY), issuer.private_jwk().as_bytes())?;
    write_private(&dir.join(DEVELOPMENT_JWKS), issuer.jwks().as_bytes())?;
    Ok(())
}

/// Writes a file that did not exist.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    if path.exists() {
        return Err(
            Failure::usage("FILE_EXISTS", "the file exists already").at(path.display().to_string())
        );
    }
    fs::write(path, text).map_err(|error| Failure::file(path, &error))
}
