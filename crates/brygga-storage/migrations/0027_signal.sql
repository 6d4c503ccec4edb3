-- Signals about somebody's home, at whoever gave them or at the municipality. Who they are about stands in notice_part.
CREATE TABLE signal (
    -- Its thread too.
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- The own end.
    side TEXT NOT NULL CHECK (side IN ('SENDER', 'RECIPIENT')),
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL CHECK (recipient <> sender),
    -- Functions; none for the intake.
    sender_unit TEXT,
    recipient_unit TEXT,
    subject TEXT NOT NULL CHECK (
        subject IN ('RENT_NOTICE', 'ARREARS', 'DISTURBANCE', 'VISIT_ROUND', 'RELEASE', 'DISCHARGE')
    ),
    -- An earlier signal that it goes on from.
    replaces {{BLOB}} CHECK ({{BYTES}}(replaces) = 16),
    -- A day, as 2026-12-01: when the tenant was served, the last day of a round, the Monday of the planned week.
    its_day TEXT,
    -- Codes of whom the municipality deals with first, with commas between; empty for nobody in particular.
    priority TEXT NOT NULL,
    -- Place in the agreed order.
    rank {{INTEGER}} NOT NULL,
    -- How soon somebody acts, as it is agreed.
    contact_days {{INTEGER}} NOT NULL,
    on_site_hours {{INTEGER}} NOT NULL,
    take_on_days {{INTEGER}} NOT NULL,
    ground TEXT NOT NULL,
    message_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(message_id) = 16),
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    agreement_version {{INTEGER}} NOT NULL CHECK (agreement_version >= 1),
    rule_id TEXT NOT NULL,
    sent_at {{INTEGER}} NOT NULL,
    -- When it reached the municipality; none while the sender does not know.
    arrived_at {{INTEGER}},
    -- Why the municipality's node did not take it.
    not_taken TEXT,
    outcome TEXT CHECK (
        outcome IN (
            'AVERTED', 'EXECUTED', 'SUPERSEDED', 'RESOLVED', 'EXPIRED', 'PLACED', 'NOT_PLACED', 'WITHDRAWN'
        )
    ),
    -- The alarm that was raised last and still holds, and when it is looked at next.
    raised TEXT CHECK (
        raised IN ('NO_CONTACT', 'NOT_ON_SITE', 'NOT_TAKEN_ON', 'NO_OUTCOME', 'TIME_TO_PAY_OVER')
    ),
    due_at {{INTEGER}},
    changed_at {{INTEGER}} NOT NULL,
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    -- When its sealed parts were erased.
    erased_at {{INTEGER}},
    -- The caller's, at the sender, so that a repeat sends nothing however late it is.
    idempotency_key {{BLOB}} UNIQUE CHECK ({{BYTES}}(idempotency_key) = 16),
    request_digest {{BLOB}} CHECK ({{BYTES}}(request_digest) = 32),
    CHECK (arrived_at IS NULL OR not_taken IS NULL),
    CHECK ((idempotency_key IS NULL) = (request_digest IS NULL))
) {{STRICT}};

-- What goes on from one.
CREATE INDEX signal_replaces ON signal (replaces) WHERE replaces IS NOT NULL;

-- The list.
CREATE INDEX signal_changed ON signal (changed_at);

-- What is open.
CREATE INDEX signal_open ON signal (sent_at) WHERE outcome IS NULL AND not_taken IS NULL;

-- The clock.
CREATE INDEX signal_due ON signal (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX signal_raised ON signal (raised) WHERE raised IS NOT NULL;

-- What followed, in its order.
CREATE TABLE signal_step (
    signal_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(signal_id) = 16),
    place {{INTEGER}} NOT NULL CHECK (place >= 0),
    message_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(message_id) = 16),
    step TEXT NOT NULL,
    at {{INTEGER}} NOT NULL,
    is_late {{INTEGER}} NOT NULL CHECK (is_late IN (0, 1)),
    reason TEXT CHECK (reason IN ('CHILDREN', 'NO_TIME', 'NOT_REACHED_BY_LETTER')),
    -- Kronofogden's notice that is linked.
    notice_id {{BLOB}} CHECK ({{BYTES}}(notice_id) = 16),
    PRIMARY KEY (signal_id, place)
) {{STRICT}};
