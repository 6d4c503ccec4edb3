-- Agreements, each version by itself. Kept for good: they explain what was permitted.
CREATE TABLE agreement (
    id {{BLOB}} NOT NULL CHECK ({{BYTES}}(id) = 16),
    version {{INTEGER}} NOT NULL CHECK (version >= 1),
    -- The terms as brygga.agreement.v1.AgreementTerms, byte for byte as they were signed.
    terms {{BLOB}} NOT NULL,
    -- SHA-256 of the terms.
    terms_digest {{BLOB}} NOT NULL CHECK ({{BYTES}}(terms_digest) = 32),
    -- From when it is ended; null while nobody has ended it.
    terminated_at {{INTEGER}},
    PRIMARY KEY (id, version)
) {{STRICT}};

-- Participants' own switches; a row for each that is turned.
CREATE TABLE agreement_suspension (
    agreement_id {{BLOB}} NOT NULL,
    version {{INTEGER}} NOT NULL,
    organisation TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- On the participant's clock.
    since {{INTEGER}} NOT NULL,
    PRIMARY KEY (agreement_id, version, organisation),
    FOREIGN KEY (agreement_id, version) REFERENCES agreement (id, version)
) {{STRICT}};

CREATE TABLE agreement_signature (
    agreement_id {{BLOB}} NOT NULL,
    version {{INTEGER}} NOT NULL,
    organisation TEXT NOT NULL,
    -- Place in the order in which the signatures came, from 0.
    position {{INTEGER}} NOT NULL CHECK (position >= 0),
    -- Signing key as the registry names it.
    key_id TEXT NOT NULL,
    -- On the signer's clock.
    signed_at {{INTEGER}} NOT NULL,
    -- 1 once it has told that it holds every signature that the version needs.
    holds_all {{INTEGER}} NOT NULL DEFAULT 0 CHECK (holds_all IN (0, 1)),
    -- Ed25519.
    signature {{BLOB}} NOT NULL CHECK ({{BYTES}}(signature) = 64),
    PRIMARY KEY (agreement_id, version, organisation),
    FOREIGN KEY (agreement_id, version) REFERENCES agreement (id, version)
) {{STRICT}};
