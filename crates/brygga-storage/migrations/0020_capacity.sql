-- Services that this organisation publishes, as they stand. Nothing of capacity is about a person.
CREATE TABLE service (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- Of the publication that counts.
    sequence {{INTEGER}} NOT NULL CHECK (sequence >= 1),
    -- Of the statement.
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    -- When, in the order of all changes of all services; the watch goes on from it.
    position {{INTEGER}} NOT NULL CHECK (position >= 1),
    -- brygga.capacity.v1.Publication.
    publication {{BLOB}} NOT NULL,
    -- brygga.capacity.v1.SignedStatement, as others are told.
    statement {{BLOB}} NOT NULL,
    withdrawn_at {{INTEGER}},
    -- When others are told that something has changed; null where the statement tells it.
    tell_at {{INTEGER}}
) {{STRICT}};

CREATE INDEX service_to_tell ON service (tell_at) WHERE tell_at IS NOT NULL;
CREATE INDEX service_position ON service (position);

-- The order of changes, one row.
CREATE TABLE capacity_state (
    id {{INTEGER}} NOT NULL PRIMARY KEY CHECK (id = 1),
    position {{INTEGER}} NOT NULL CHECK (position >= 0)
) {{STRICT}};

INSERT INTO capacity_state (id, position) VALUES (1, 0);

-- What was published, for good: nothing is overwritten.
CREATE TABLE publication (
    service_id {{BLOB}} NOT NULL REFERENCES service (id),
    sequence {{INTEGER}} NOT NULL CHECK (sequence >= 1),
    -- brygga.capacity.v1.Publication.
    publication {{BLOB}} NOT NULL,
    PRIMARY KEY (service_id, sequence)
) {{CLUSTERED}};

-- Places held, at their publisher and at whoever holds them.
CREATE TABLE hold (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    publisher TEXT NOT NULL,
    holder TEXT NOT NULL,
    -- Joined by commas, each as service/place_for/period/places.
    items TEXT NOT NULL,
    with_child {{INTEGER}} NOT NULL CHECK (with_child IN (0, 1)),
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    agreement_version {{INTEGER}} NOT NULL CHECK (agreement_version >= 1),
    rule_id TEXT NOT NULL,
    -- All places together, and since when the permission's quota counts them; null where it does not.
    places {{INTEGER}} NOT NULL CHECK (places >= 1),
    counts_since {{INTEGER}},
    requested_at {{INTEGER}} NOT NULL,
    -- The hold that ended by departure and whose place is to be had again; null where it is no re-entry.
    reentry_of {{BLOB}} CHECK ({{BYTES}}(reentry_of) = 16),
    ttl {{INTEGER}} NOT NULL CHECK (ttl >= 60),
    state TEXT NOT NULL CHECK (state IN ('REQUESTED', 'WAITING', 'HELD', 'CONFIRMED', 'REFUSED', 'CANCELLED', 'EXPIRED', 'DEPARTED', 'TAKEN_BACK')),
    -- When it ends unless it is confirmed.
    expires_at {{INTEGER}},
    -- Where it stands in the queue of its line.
    position {{INTEGER}} CHECK (position >= 1),
    -- Why it was refused.
    reason TEXT,
    changed_at {{INTEGER}} NOT NULL,
    extensions {{INTEGER}} NOT NULL CHECK (extensions >= 0),
    -- What was asked last and is not answered.
    pending TEXT CHECK (pending IN ('EXTEND', 'CONFIRM', 'CANCEL')),
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    -- The caller's key, so that a repeat gives the same hold; null at the publisher.
    idempotency_key {{BLOB}} UNIQUE CHECK ({{BYTES}}(idempotency_key) = 16),
    request_digest {{BLOB}} CHECK ({{BYTES}}(request_digest) = 32),
    CHECK ((state = 'HELD') = (expires_at IS NOT NULL)),
    CHECK ((state = 'WAITING') = (position IS NOT NULL)),
    CHECK (state <> 'WAITING' OR reentry_of IS NOT NULL),
    CHECK ((state = 'REFUSED') = (reason IS NOT NULL)),
    CHECK ((idempotency_key IS NULL) = (request_digest IS NULL))
) {{STRICT}};

-- What quotas ask for; a permission that does not count costs nothing.
CREATE INDEX hold_quota ON hold (agreement_id, rule_id, publisher, counts_since)
    WHERE counts_since IS NOT NULL;
-- What the clock asks for, and the list.
CREATE INDEX hold_held ON hold (expires_at) WHERE state = 'HELD';
CREATE INDEX hold_live ON hold (requested_at) WHERE state IN ('REQUESTED', 'WAITING', 'HELD', 'CONFIRMED');
-- Whether a right to come back is used.
CREATE INDEX hold_reentry ON hold (reentry_of) WHERE reentry_of IS NOT NULL;

-- What holds that are not over have of own services: what held and available are computed from.
CREATE TABLE hold_counted (
    service_id {{BLOB}} NOT NULL REFERENCES service (id),
    place_for TEXT NOT NULL,
    period TEXT NOT NULL,
    promise TEXT NOT NULL CHECK (promise IN ('HELD', 'CONFIRMED', 'WAITING')),
    hold_id {{BLOB}} NOT NULL REFERENCES hold (id),
    places {{INTEGER}} NOT NULL CHECK (places >= 1),
    PRIMARY KEY (service_id, promise, place_for, period, hold_id)
) {{CLUSTERED}};

CREATE INDEX hold_counted_hold ON hold_counted (hold_id);

-- What others publish, as far as this organisation may see it.
CREATE TABLE capacity_replica (
    publisher TEXT NOT NULL,
    service_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(service_id) = 16),
    -- brygga.capacity.v1.SignedStatement, as it came.
    statement {{BLOB}} NOT NULL,
    PRIMARY KEY (publisher, service_id)
) {{CLUSTERED}};

-- How far each publisher was heard.
CREATE TABLE capacity_heard (
    publisher TEXT NOT NULL PRIMARY KEY,
    resume_token {{BLOB}} NOT NULL,
    as_of {{INTEGER}} NOT NULL
) {{CLUSTERED}};
