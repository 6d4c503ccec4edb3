-- Calls for places of this organisation, and others' that it was asked by. Nothing of a call is about a person.
CREATE TABLE call (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- The caller's key, so that a repeat gives the same call.
    idempotency_key {{BLOB}} NOT NULL UNIQUE CHECK ({{BYTES}}(idempotency_key) = 16),
    request_digest {{BLOB}} NOT NULL CHECK ({{BYTES}}(request_digest) = 32),
    -- What every party is told.
    service_type TEXT NOT NULL,
    place_for TEXT NOT NULL,
    period TEXT NOT NULL,
    places {{INTEGER}} NOT NULL CHECK (places >= 1),
    with_child {{INTEGER}} NOT NULL CHECK (with_child IN (0, 1)),
    ttl {{INTEGER}} NOT NULL CHECK (ttl >= 60),
    answer_by {{INTEGER}} NOT NULL,
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    agreement_version {{INTEGER}} NOT NULL CHECK (agreement_version >= 1),
    -- Organisations that were asked, joined by commas.
    parties TEXT NOT NULL,
    placed_at {{INTEGER}} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('OPEN', 'TAKEN', 'CALLED_OFF', 'LAPSED')),
    -- Who was first, and what it holds.
    taken_by TEXT,
    hold_id {{BLOB}} CHECK ({{BYTES}}(hold_id) = 16),
    changed_at {{INTEGER}} NOT NULL,
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    CHECK ((state = 'TAKEN') = (taken_by IS NOT NULL)),
    CHECK ((taken_by IS NULL) = (hold_id IS NULL))
) {{STRICT}};

-- What the clock asks for, and the list.
CREATE INDEX call_open ON call (answer_by) WHERE state = 'OPEN';
CREATE INDEX call_changed ON call (changed_at);

CREATE TABLE received_call (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    caller TEXT NOT NULL,
    service_type TEXT NOT NULL,
    place_for TEXT NOT NULL,
    period TEXT NOT NULL,
    places {{INTEGER}} NOT NULL CHECK (places >= 1),
    with_child {{INTEGER}} NOT NULL CHECK (with_child IN (0, 1)),
    ttl {{INTEGER}} NOT NULL CHECK (ttl >= 60),
    answer_by {{INTEGER}} NOT NULL,
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    agreement_version {{INTEGER}} NOT NULL CHECK (agreement_version >= 1),
    received_at {{INTEGER}} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('OPEN', 'ANSWERED', 'REFUSED', 'WON', 'TAKEN', 'CALLED_OFF', 'LAPSED')),
    -- What the own answer holds, while it waits and once it has won.
    hold_id {{BLOB}} CHECK ({{BYTES}}(hold_id) = 16),
    -- Why the own answer was refused, where another may follow.
    reason TEXT,
    changed_at {{INTEGER}} NOT NULL,
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    CHECK ((state IN ('ANSWERED', 'WON')) = (hold_id IS NOT NULL)),
    CHECK ((state = 'REFUSED') = (reason IS NOT NULL))
) {{STRICT}};

CREATE INDEX received_call_changed ON received_call (changed_at);
