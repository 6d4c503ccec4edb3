-- Cases that move from one municipality to another, at either of the two. Who the person is stands in transfer_part.
CREATE TABLE transfer (
    -- Its thread too.
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- The own end.
    side TEXT NOT NULL CHECK (side IN ('REQUESTER', 'ASKED')),
    requester TEXT NOT NULL,
    asked TEXT NOT NULL CHECK (asked <> requester),
    -- Functions; none for the intake.
    requester_unit TEXT,
    asked_unit TEXT,
    direction TEXT NOT NULL CHECK (direction IN ('HAND_OVER', 'TAKE_OVER')),
    about_child {{INTEGER}} NOT NULL CHECK (about_child IN (0, 1)),
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    agreement_version {{INTEGER}} NOT NULL CHECK (agreement_version >= 1),
    rule_id TEXT NOT NULL,
    -- Working days for a position, as agreed when it was asked for.
    position_days {{INTEGER}} NOT NULL CHECK (position_days >= 1),
    requested_at {{INTEGER}} NOT NULL,
    -- When it reached the other; none while the requester does not know. Every day of the law is computed from it.
    arrived_at {{INTEGER}},
    -- Why the other's node did not take it.
    not_taken TEXT,
    position TEXT CHECK (position IN ('AGREE', 'DISAGREE')),
    answered_at {{INTEGER}},
    -- Swedish days, as YYYY-MM-DD.
    applied_on TEXT,
    decided_on TEXT,
    decided TEXT CHECK (decided IN ('MOVES', 'STAYS')),
    appealed_on TEXT,
    appealed_by TEXT,
    final_on TEXT,
    outcome TEXT CHECK (outcome IN ('MOVES', 'STAYS')),
    -- Whether a court decided; with final_on.
    after_appeal {{INTEGER}} CHECK (after_appeal IN (0, 1)),
    withdrawn_at {{INTEGER}},
    handed_over_at {{INTEGER}},
    changed_at {{INTEGER}} NOT NULL,
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    -- The caller's key at the requester, so that a repeat gives the same transfer.
    idempotency_key {{BLOB}} UNIQUE CHECK ({{BYTES}}(idempotency_key) = 16),
    -- SHA-256 of it, personal data included; zeros once erased.
    request_digest {{BLOB}} CHECK ({{BYTES}}(request_digest) = 32),
    erased_at {{INTEGER}},
    -- Where it was opened once for the day of birth and is kept because of it: from when on the rules are asked again,
    -- null for never, and the section of law. The first of a year, so that it is no day of birth.
    kept_until {{INTEGER}},
    kept_section TEXT,
    CHECK ((position IS NULL) = (answered_at IS NULL)),
    CHECK ((decided_on IS NULL) = (decided IS NULL)),
    CHECK ((appealed_on IS NULL) = (appealed_by IS NULL)),
    CHECK ((final_on IS NULL) = (outcome IS NULL) AND (final_on IS NULL) = (after_appeal IS NULL)),
    CHECK (decided_on IS NULL OR applied_on IS NOT NULL),
    CHECK (appealed_on IS NULL OR decided_on IS NOT NULL),
    CHECK (final_on IS NULL OR decided_on IS NOT NULL),
    CHECK ((idempotency_key IS NULL) = (side = 'ASKED')),
    CHECK ((idempotency_key IS NULL) = (request_digest IS NULL)),
    CHECK (arrived_at IS NULL OR not_taken IS NULL),
    CHECK (kept_until IS NULL OR kept_section IS NOT NULL),
    CHECK (erased_at IS NULL OR kept_section IS NULL)
) {{STRICT}};

-- The list.
CREATE INDEX transfer_changed ON transfer (changed_at);

-- The sealed parts: a request, an answer, a hand-over.
CREATE TABLE transfer_part (
    -- The message that carried it.
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    transfer_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(transfer_id) = 16),
    part TEXT NOT NULL CHECK (part IN ('REQUEST', 'ANSWER', 'HAND_OVER')),
    is_own {{INTEGER}} NOT NULL CHECK (is_own IN (0, 1)),
    -- Encrypted under a key of its own in the vault: the own ones clear, the other's as they arrived. None once erased.
    key_slot {{BLOB}},
    content {{BLOB}},
    UNIQUE (transfer_id, part),
    CHECK ((key_slot IS NULL) = (content IS NULL))
) {{STRICT}};
