-- Notices of evictions, at Kronofogden or at the municipality. Who is to be evicted stands in notice_part.
CREATE TABLE notice (
    -- Its thread too.
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- The own end.
    side TEXT NOT NULL CHECK (side IN ('SENDER', 'RECIPIENT')),
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL CHECK (recipient <> sender),
    -- Functions; none for the intake. Of a protected person always the one for protected post.
    sender_unit TEXT,
    recipient_unit TEXT,
    protected {{INTEGER}} NOT NULL CHECK (protected IN (0, 1)),
    -- Kronofogden's, of one form that has no room for a person.
    case_number TEXT NOT NULL,
    -- Whether children live there, as far as it is said; of a protected person it is not said here.
    with_children {{INTEGER}} NOT NULL CHECK (with_children IN (0, 1)),
    -- What was told last, and the message that told it.
    kind TEXT NOT NULL CHECK (
        kind IN ('APPLICATION', 'SCHEDULED', 'WITHDRAWN', 'RESPITE', 'LAPSED', 'EXECUTED', 'REMOVAL')
    ),
    -- The last day of a respite, as 2026-12-01.
    until TEXT CHECK (until IS NULL OR kind = 'RESPITE'),
    message_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(message_id) = 16),
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    agreement_version {{INTEGER}} NOT NULL CHECK (agreement_version >= 1),
    rule_id TEXT NOT NULL,
    sent_at {{INTEGER}} NOT NULL,
    -- When it reached the municipality; none while Kronofogden does not know. The day of the duty is its Swedish day.
    arrived_at {{INTEGER}},
    -- Why the municipality's node did not take it.
    not_taken TEXT,
    confirmed_at {{INTEGER}},
    -- The alarm that was raised last and still holds, and when it is looked at next.
    raised TEXT CHECK (raised IN ('WARNING', 'ESCALATED', 'BREACHED', 'RESPITE_OVER', 'LAPSE_DUE')),
    due_at {{INTEGER}},
    changed_at {{INTEGER}} NOT NULL,
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    -- When its sealed parts were erased.
    erased_at {{INTEGER}},
    CHECK (protected = 0 OR recipient_unit IS NOT NULL),
    CHECK (protected = 0 OR with_children = 0),
    CHECK (arrived_at IS NULL OR not_taken IS NULL),
    CHECK (confirmed_at IS NULL OR kind IN ('SCHEDULED', 'REMOVAL'))
) {{STRICT}};

-- What was asked for at Kronofogden, each message with the caller's key, so that a repeat sends nothing however late it is.
CREATE TABLE notice_request (
    idempotency_key {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(idempotency_key) = 16),
    notice_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(notice_id) = 16),
    request_digest {{BLOB}} NOT NULL CHECK ({{BYTES}}(request_digest) = 32)
) {{STRICT}};

-- The list.
CREATE INDEX notice_changed ON notice (changed_at);

-- The clock.
CREATE INDEX notice_due ON notice (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notice_raised ON notice (raised) WHERE raised IS NOT NULL;

-- The sealed parts: who is to be evicted, each time it was told, and who works with it, each time it was confirmed.
CREATE TABLE notice_part (
    -- The message that carried it.
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    notice_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(notice_id) = 16),
    part TEXT NOT NULL CHECK (part IN ('EVICTION', 'CONFIRMATION', 'SIGNAL')),
    is_own {{INTEGER}} NOT NULL CHECK (is_own IN (0, 1)),
    -- Encrypted under a key of its own in the vault: the own ones clear, the other's as they arrived. None once erased.
    key_slot {{BLOB}},
    content {{BLOB}},
    CHECK ((key_slot IS NULL) = (content IS NULL))
) {{STRICT}};

CREATE INDEX notice_part_notice ON notice_part (notice_id);

-- Notices and signals that were opened for the day of birth, and are kept because of it.
CREATE TABLE notice_kept (
    notice_id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(notice_id) = 16),
    -- From when on the rules are asked again; none for never.
    until {{INTEGER}},
    section TEXT NOT NULL
) {{STRICT}};
