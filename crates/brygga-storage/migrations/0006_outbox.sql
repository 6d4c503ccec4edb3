-- Messages that this node owes others.
CREATE TABLE outbox (
    -- The order in which they are sent.
    seq {{SEQUENCE}},
    message_id {{BLOB}} NOT NULL UNIQUE CHECK ({{BYTES}}(message_id) = 16),
    recipient TEXT NOT NULL,
    conversation {{BLOB}} NOT NULL CHECK ({{BYTES}}(conversation) = 16),
    -- Payload type, for people and metrics.
    message_type TEXT NOT NULL,
    -- The signed envelope, byte for byte; where it carries content, SEALED to the recipient's function, it is
    -- also ENCRYPTED under the key of its case. Empty when the case is erased.
    envelope {{BLOB}} NOT NULL,
    -- Where in the vault that key lies; null where the envelope is stored as it travels.
    key_slot {{BLOB}} CHECK ({{BYTES}}(key_slot) = 16),
    -- The same message without its content, as it travels when that must not be sent any more; null for none,
    -- or once it has taken the envelope's place.
    cover {{BLOB}},
    header_digest {{BLOB}} NOT NULL CHECK ({{BYTES}}(header_digest) = 32),
    created_at {{INTEGER}} NOT NULL,
    expires_at {{INTEGER}} NOT NULL CHECK (expires_at > created_at),
    attempts {{INTEGER}} NOT NULL CHECK (attempts >= 0),
    state TEXT NOT NULL CHECK (state IN ('QUEUED', 'DELIVERED', 'DEAD')),
    -- While queued: when to try next, and why the last attempt failed (null before the first).
    next_attempt_at {{INTEGER}},
    -- Why the last attempt failed while queued; why it was given up when dead.
    failure TEXT,
    -- When delivered: the recipient's receipt, byte for byte, and why its application refused (null where accepted).
    receipt {{BLOB}},
    refusal TEXT,
    CHECK ((state = 'QUEUED') = (next_attempt_at IS NOT NULL)),
    CHECK ((state = 'DELIVERED') = (receipt IS NOT NULL)),
    CHECK (state <> 'DEAD' OR failure IS NOT NULL),
    CHECK (state = 'DELIVERED' OR refusal IS NULL)
) {{STRICT}};

-- What waits for a recipient, in its order; small, because delivered messages are not in it.
CREATE INDEX outbox_queued ON outbox (recipient, seq, next_attempt_at) WHERE state = 'QUEUED';

-- A thread: a message does not overtake those before it, and erasure finds them all.
CREATE INDEX outbox_thread ON outbox (conversation, seq);

-- What waits for a human.
CREATE INDEX outbox_dead ON outbox (seq) WHERE state = 'DEAD';
