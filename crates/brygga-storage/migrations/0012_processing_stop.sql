-- Orders to stop processing: given by a source, answered by a target. Kept with the case, without personal data.
CREATE TABLE processing_stop (
    -- The same at both ends, and the thread of the order and its answer.
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- Which end this node is.
    side TEXT NOT NULL CHECK (side IN ('SOURCE', 'TARGET')),
    -- The organisation at the other end.
    peer TEXT NOT NULL,
    -- Referral that must not be worked on any more, whether or not it ever arrived.
    referral_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(referral_id) = 16),
    reason TEXT NOT NULL CHECK (reason IN ('CONSENT_WITHDRAWN', 'CONSENT_NARROWED', 'ENTERED_IN_ERROR')),
    -- When it was ordered, or arrived.
    requested_at {{INTEGER}} NOT NULL,
    -- The answer: when the target stopped, what it still holds, and the law that demands it. Null before it came.
    answered_at {{INTEGER}},
    held TEXT CHECK (held IN ('ERASED', 'NOTHING_HELD', 'RETAINED')),
    statute TEXT,
    -- The signed envelope that carried the answer, byte for byte; at the source only.
    evidence {{BLOB}},
    CHECK ((answered_at IS NULL) = (held IS NULL)),
    CHECK ((held = 'RETAINED') = (statute IS NOT NULL))
) {{CLUSTERED}};

CREATE INDEX processing_stop_referral ON processing_stop (referral_id);

-- What waits for an answer, on either end.
CREATE INDEX processing_stop_waiting ON processing_stop (side, requested_at) WHERE answered_at IS NULL;
