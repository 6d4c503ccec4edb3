//! From settings to the parts of an [`App`]: keys, trust, store.

use std::path::Path;
use std::sync::Arc;

use brygga_app::{AgreementCache, App, CapacityBoard, CaseKeys, Parts, RelayBoards};
use brygga_config::{Settings, StorageUrl};
use brygga_domain::Seconds;
use brygga_exchange::retry::RetryPolicy;
use brygga_identity::clock::Clock;
use brygga_identity::keys::NodeKeys;
use brygga_identity::registry::{RegistryFile, TrustAnchor};
use brygga_identity::token::{DevelopmentIssuer, TokenAlgorithm, TokenPolicy, TokenVerifier};
use brygga_identity::trust::TrustStore;
use brygga_storage::{Store, StoreSettings, Vault};

use crate::{StartError, registry_floor, revoked_tokens, vault_binding};

/// Opens everything that the use cases need.
pub(crate) async fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<App, StartError> {
    let keys = NodeKeys::load(&settings.keys.directory)?;
    let trust = Arc::new(open_trust(settings)?);
    let store = Store::open(&store_settings(settings)?).await?;
    let vault = Vault::open(&url_text(&settings.vault_url()?)).await?;
    let app = App::new(Parts {
        organisation: settings.node.organisation.clone(),
        federation: settings.node.federation.as_str().to_owned(),
        clock,
        keys,
        trust,
        store,
        case_keys: CaseKeys::new(vault),
        retry: RetryPolicy {
            first: whole_seconds(settings.delivery.retry_first),
            max: whole_seconds(settings.delivery.retry_max),
        },
        message_lifetime: whole_seconds(settings.delivery.give_up),
        duty_phone: settings.contact.duty_phone_list.first().map(|duty| duty.phone.clone()),
        agreements: AgreementCache::default(),
        capacity: CapacityBoard::without(settings.capacity.excluded_areas.clone()),
        relay: RelayBoards::default(),
    });
    registry_floor::check(&app).await?;
    vault_binding::check(&app).await?;
    app.refresh_agreements().await?;
    // Before anybody can watch: nothing shown yet is not the same as nothing to show.
    app.capacity_show(true).await?;
    Ok(app)
}

/// How the store is opened.
///
/// # Errors
/// [`StartError::Settings`] when the file that holds the address cannot be used.
fn store_settings(settings: &Settings) -> Result<StoreSettings, StartError> {
    let url = url_text(&settings.storage_url()?);
    Ok(StoreSettings { url, max_readers: settings.storage.max_readers })
}

/// An address as the store wants to be told; may hold a password.
fn url_text(url: &StorageUrl) -> String {
    match url {
        StorageUrl::Postgres(url) => url.expose().to_owned(),
        StorageUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
    }
}

fn open_trust(settings: &Settings) -> Result<TrustStore, StartError> {
    let text = read(&settings.registry.operators_file)?;
    let anchor =
        TrustAnchor::from_json(&text).map_err(|error| StartError::Registry(error.to_string()))?;
    let file = RegistryFile::new(&settings.registry.file);
    TrustStore::open(anchor, file).map_err(|error| StartError::Registry(error.to_string()))
}

/// The check of tokens at the local port.
///
/// # Errors
/// [`StartError`]: the keys are not named, not readable or not usable, or the list of revoked
/// tokens is not readable.
pub fn token_verifier(settings: &Settings) -> Result<TokenVerifier, StartError> {
    let auth = &settings.local_auth;
    let jwks = match (&auth.jwks_file, &auth.development_key_file) {
        (Some(file), _) => read(file)?,
        (None, Some(file)) => {
            DevelopmentIssuer::from_jwk(&read(file)?, &auth.issuer, &auth.audience)?.jwks()
        }
        (None, None) => return Err(StartError::NoTokenKeys),
    };
    let policy = TokenPolicy {
        issuer: auth.issuer.clone(),
        audience: auth.audience.clone(),
        organisation: settings.node.organisation.clone(),
        algorithm: match auth.algorithm {
            brygga_config::TokenAlgorithm::EdDsa => TokenAlgorithm::EdDsa,
            brygga_config::TokenAlgorithm::Es256 => TokenAlgorithm::Es256,
        },
        require_bound: auth.require_bound_tokens,
    };
    let tokens = TokenVerifier::new(&jwks, policy)?;
    let tokens = tokens.with_shared_units(settings.units.shared.clone());
    let file = &auth.revoked_tokens_file;
    tokens.revoke(revoked_tokens::read(file).map_err(|source| unreadable(file, source))?);
    Ok(tokens)
}

fn read(path: &Path) -> Result<String, StartError> {
    std::fs::read_to_string(path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: std::io::Error) -> StartError {
    StartError::File { path: path.to_owned(), source }
}

fn whole_seconds(duration: std::time::Duration) -> Seconds {
    Seconds(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
}
