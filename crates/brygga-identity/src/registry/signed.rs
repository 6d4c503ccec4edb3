//! Signatures on a registry, and the proof that there are enough.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use brygga_crypto::{Digest, KeyId, Signature, SigningKey, VerifyingKey, sha256};
use brygga_proto::registry::v1 as proto;
use serde::{Deserialize, Serialize};

use super::field::list;
use super::{
    FieldError, MAX_DOCUMENT_BYTES, MAX_SIGNATURES, Problem, Registry, RegistryError, TrustAnchor,
};

/// What the operators sign for; no other signature of theirs can stand in.
const CONTEXT: &str = "registry";

/// A document and signatures on it. Nothing is proved yet: see [`SignedRegistry::verify`].
#[derive(Clone, PartialEq, Eq)]
pub struct SignedRegistry {
    document: Vec<u8>,
    signatures: Vec<OperatorSignature>,
}

/// One operator's signature over the digest of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperatorSignature {
    /// Which operator.
    pub key_id: KeyId,
    /// The signature.
    pub signature: Signature,
}

/// A registry that enough operators signed. Only [`SignedRegistry::verify`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedRegistry {
    registry: Registry,
    signed: SignedRegistry,
    digest: Digest,
}

/// The registry as a text file, so that a web server or a shared folder is a mirror.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedRegistryFile {
    document: String,
    signatures: Vec<SignatureEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureEntry {
    key_id: String,
    signature: String,
}

impl SignedRegistry {
    /// A serialised document that nobody has signed yet.
    ///
    /// # Errors
    /// [`RegistryError::TooLarge`] over 4 MiB.
    pub fn unsigned(document: Vec<u8>) -> Result<Self, RegistryError> {
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(RegistryError::TooLarge);
        }
        Ok(Self { document, signatures: Vec::new() })
    }

    /// Adds an operator's signature; signing twice changes nothing.
    ///
    /// # Errors
    /// [`RegistryError::TooManySignatures`] over 16.
    pub fn sign(mut self, operator: &SigningKey) -> Result<Self, RegistryError> {
        let signature = OperatorSignature {
            key_id: operator.public().key_id(),
            signature: operator.sign(CONTEXT, self.digest().as_bytes()),
        };
        self.add(signature)?;
        Ok(self)
    }

    /// Brings together the signatures that operators gave separately.
    ///
    /// # Errors
    /// [`RegistryError::OtherDocument`] when they signed different bytes,
    /// [`RegistryError::TooManySignatures`] over 16.
    pub fn merge(mut self, other: &Self) -> Result<Self, RegistryError> {
        if self.document != other.document {
            return Err(RegistryError::OtherDocument);
        }
        for signature in &other.signatures {
            self.add(*signature)?;
        }
        Ok(self)
    }

    fn add(&mut self, signature: OperatorSignature) -> Result<(), RegistryError> {
        if self.signatures.contains(&signature) {
            return Ok(());
        }
        if self.signatures.len() == MAX_SIGNATURES {
            return Err(RegistryError::TooManySignatures);
        }
        self.signatures.push(signature);
        Ok(())
    }

    /// Proves that at least the threshold of different operators signed, and reads the document.
    ///
    /// A signature of somebody else, or one that does not verify, counts for nothing and
    /// harms nothing; one operator's signatures count once however many they are. The
    /// document is not parsed before the signatures have been found good.
    ///
    /// Not checked: time and sequence, which depend on who asks ([`crate::trust`]).
    ///
    /// # Errors
    /// [`RegistryError::TooFewSignatures`], [`RegistryError::Document`] or
    /// [`RegistryError::OtherFederation`].
    pub fn verify(self, anchor: &TrustAnchor) -> Result<VerifiedRegistry, RegistryError> {
        let digest = self.digest();
        let signed_by = |id: &KeyId, key: &VerifyingKey| {
            self.signatures.iter().any(|entry| {
                entry.key_id == *id
                    && key.verify(CONTEXT, digest.as_bytes(), &entry.signature).is_ok()
            })
        };
        let valid = anchor.operators().iter().filter(|(id, key)| signed_by(id, key)).count();
        let threshold = anchor.threshold();
        if valid < threshold {
            return Err(RegistryError::TooFewSignatures { valid, threshold });
        }
        let registry = self.registry().map_err(RegistryError::Document)?;
        if registry.federation != anchor.federation() {
            return Err(RegistryError::OtherFederation);
        }
        Ok(VerifiedRegistry { registry, signed: self, digest })
    }

    /// What the document says, for an operator who is to sign it. It proves nothing.
    ///
    /// # Errors
    /// [`FieldError`] names the first field that breaks the contract.
    pub fn registry(&self) -> Result<Registry, FieldError> {
        Registry::decode(&self.document)
    }

    /// SHA-256 of the document.
    pub fn digest(&self) -> Digest {
        sha256(&[&self.document])
    }

    /// The signatures so far.
    pub fn signatures(&self) -> &[OperatorSignature] {
        &self.signatures
    }

    /// Reads the protobuf form.
    ///
    /// # Errors
    /// [`RegistryError::TooLarge`], [`RegistryError::TooManySignatures`], or
    /// [`RegistryError::Document`] naming the signature that is malformed.
    pub fn from_proto(signed: proto::SignedRegistry) -> Result<Self, RegistryError> {
        if signed.signatures.len() > MAX_SIGNATURES {
            return Err(RegistryError::TooManySignatures);
        }
        let signatures = list("signatures", signed.signatures, MAX_SIGNATURES, |entry| {
            operator_signature(&entry.key_id, &entry.signature)
        });
        let unsigned = Self::unsigned(signed.document)?;
        Ok(Self { signatures: signatures.map_err(RegistryError::Document)?, ..unsigned })
    }

    /// The protobuf form.
    pub fn to_proto(&self) -> proto::SignedRegistry {
        let entry = |entry: &OperatorSignature| proto::OperatorSignature {
            key_id: entry.key_id.to_string(),
            signature: entry.signature.as_bytes().to_vec(),
        };
        proto::SignedRegistry {
            document: self.document.clone(),
            signatures: self.signatures.iter().map(entry).collect(),
        }
    }

    /// Reads the text file form.
    ///
    /// # Errors
    /// As [`SignedRegistry::from_proto`].
    pub fn from_json(text: &[u8]) -> Result<Self, RegistryError> {
        let malformed = |path, expected| {
            RegistryError::Document(FieldError::new(path, Problem::Malformed(expected)))
        };
        let file: SignedRegistryFile = serde_json::from_slice(text)
            .map_err(|_| malformed("file", "JSON with document and signatures"))?;
        let bytes = |path, text: &str| {
            STANDARD.decode(text).map_err(|_| malformed(path, "base64 with padding"))
        };
        let mut signatures = Vec::new();
        for SignatureEntry { key_id, signature } in file.signatures {
            let signature = bytes("signatures", &signature)?;
            signatures.push(proto::OperatorSignature { key_id, signature });
        }
        let document = bytes("document", &file.document)?;
        Self::from_proto(proto::SignedRegistry { document, signatures })
    }

    /// The text file form.
    pub fn to_json(&self) -> String {
        let entry = |entry: &OperatorSignature| SignatureEntry {
            key_id: entry.key_id.to_string(),
            signature: STANDARD.encode(entry.signature.as_bytes()),
        };
        let file = SignedRegistryFile {
            document: STANDARD.encode(&self.document),
            signatures: self.signatures.iter().map(entry).collect(),
        };
        // Strings have no way to fail.
        serde_json::to_string_pretty(&file).expect("a signed registry is JSON") + "\n"
    }
}

impl fmt::Debug for SignedRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRegistry")
            .field("digest", &self.digest())
            .field("signatures", &self.signatures.len())
            .finish()
    }
}

fn operator_signature(key_id: &str, signature: &[u8]) -> Result<OperatorSignature, FieldError> {
    let malformed = |path, expected| FieldError::new(path, Problem::Malformed(expected));
    Ok(OperatorSignature {
        key_id: key_id.parse().map_err(|_| malformed("key_id", "16 hexadecimal digits"))?,
        signature: signature.try_into().map_err(|_| malformed("signature", "64 bytes"))?,
    })
}

impl VerifiedRegistry {
    /// What the operators signed.
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The document with its signatures, for whoever asks this node for it.
    pub const fn signed(&self) -> &SignedRegistry {
        &self.signed
    }

    /// SHA-256 of the document.
    pub const fn digest(&self) -> Digest {
        self.digest
    }
}
