-- Open referrals of this organisation, and others' that it was told of. Kept with the cases; an ended one holds no content.
CREATE TABLE offer (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- The caller's key, so that a repeat gives the same offer.
    idempotency_key {{BLOB}} NOT NULL UNIQUE CHECK ({{BYTES}}(idempotency_key) = 16),
    -- SHA-256 of the caller's request. SENSITIVE: it covers the personal data; zeros once they are erased.
    request_digest {{BLOB}} NOT NULL CHECK ({{BYTES}}(request_digest) = 32),
    -- What every party is told.
    priority TEXT NOT NULL,
    subject TEXT NOT NULL,
    service_type TEXT NOT NULL,
    host_municipality TEXT,
    home_municipality TEXT,
    acute_duty {{INTEGER}} NOT NULL CHECK (acute_duty IN (0, 1)),
    -- Null for the intake.
    source_unit TEXT,
    about_child {{INTEGER}} NOT NULL CHECK (about_child IN (0, 1)),
    claim_by {{INTEGER}} NOT NULL,
    -- On what the content is disclosed.
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    agreement_version {{INTEGER}} NOT NULL CHECK (agreement_version >= 1),
    ground TEXT NOT NULL,
    gdpr_basis TEXT NOT NULL,
    data_categories TEXT NOT NULL,
    third_persons TEXT NOT NULL,
    consent_id {{BLOB}} CHECK ({{BYTES}}(consent_id) = 16),
    contact_policy TEXT NOT NULL,
    part_of {{BLOB}} CHECK ({{BYTES}}(part_of) = 16),
    -- What is affirmed of the person under the agreement's criteria; never sent with the offer.
    affirmations TEXT NOT NULL,
    -- Who made it, by the subject of the token; never sent.
    made_by TEXT NOT NULL,
    made_at {{INTEGER}} NOT NULL,
    -- Organisations that were told and not turned away, joined by commas.
    parties TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('OPEN', 'CLAIMING', 'CLAIMED', 'WITHDRAWN', 'EXPIRED')),
    -- The claim that was first.
    claimant TEXT,
    claimant_unit TEXT,
    claimed_at {{INTEGER}},
    -- What came of it.
    referral_id {{BLOB}} CHECK ({{BYTES}}(referral_id) = 16),
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    -- Where in the vault its key lies; null where it is erased. Erasure clears both.
    key_slot {{BLOB}} CHECK ({{BYTES}}(key_slot) = 16),
    -- ENCRYPTED under that key: the personal data.
    content {{BLOB}},
    -- When they were erased.
    erased_at {{INTEGER}},
    CHECK ((key_slot IS NULL) = (content IS NULL)),
    CHECK (key_slot IS NOT NULL OR erased_at IS NOT NULL),
    CHECK ((claimant IS NULL) = (claimed_at IS NULL)),
    CHECK ((state IN ('CLAIMING', 'CLAIMED')) = (claimant IS NOT NULL)),
    CHECK ((state = 'CLAIMED') = (referral_id IS NOT NULL))
) {{STRICT}};

-- What the clock and the work list ask for: what is not over, and what is over and still holds content.
CREATE INDEX offer_live ON offer (claim_by) WHERE state IN ('OPEN', 'CLAIMING');
CREATE INDEX offer_to_erase ON offer (claim_by)
    WHERE state IN ('CLAIMED', 'WITHDRAWN', 'EXPIRED') AND key_slot IS NOT NULL;
CREATE INDEX offer_consent ON offer (consent_id) WHERE state IN ('OPEN', 'CLAIMING');

CREATE TABLE received_offer (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    source TEXT NOT NULL,
    priority TEXT NOT NULL,
    subject TEXT NOT NULL,
    service_type TEXT NOT NULL,
    host_municipality TEXT,
    home_municipality TEXT,
    acute_duty {{INTEGER}} NOT NULL CHECK (acute_duty IN (0, 1)),
    source_unit TEXT,
    about_child {{INTEGER}} NOT NULL CHECK (about_child IN (0, 1)),
    claim_by {{INTEGER}} NOT NULL,
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    agreement_version {{INTEGER}} NOT NULL CHECK (agreement_version >= 1),
    -- Functions of this organisation that may claim it, joined by commas; empty for any.
    units TEXT NOT NULL,
    received_at {{INTEGER}} NOT NULL,
    -- The own claim: who promised, by the subject of the token, for which function (null for the intake), when.
    claimed_by TEXT,
    claimed_unit TEXT,
    claimed_at {{INTEGER}},
    -- How it ended for this organisation, and when that was heard.
    end_reason TEXT CHECK (end_reason IN ('CLAIMED_BY_ANOTHER', 'CLAIMED_BY_YOU', 'NOT_PERMITTED', 'WITHDRAWN', 'EXPIRED')),
    ended_at {{INTEGER}},
    -- The referral that answered the own claim.
    referral_id {{BLOB}} CHECK ({{BYTES}}(referral_id) = 16),
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)),
    CHECK ((end_reason IS NULL) = (ended_at IS NULL)),
    CHECK (referral_id IS NULL OR claimed_by IS NOT NULL)
) {{STRICT}};

-- The work list: what is open, and claims that were too late.
CREATE INDEX received_offer_open ON received_offer (claim_by) WHERE end_reason IS NULL;
CREATE INDEX received_offer_lost ON received_offer (ended_at)
    WHERE claimed_by IS NOT NULL AND end_reason IS NOT NULL AND end_reason <> 'CLAIMED_BY_YOU';
