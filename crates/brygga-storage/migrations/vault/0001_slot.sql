-- The keys of cases, apart from the database that they open and from its backups.
-- Rows are added at the end, never grow and are never deleted one by one, so that SQLite never
-- moves a key and leaves its old bytes behind.
CREATE TABLE slot (
    -- Order in which they were made.
    seq {{SEQUENCE}},
    -- What the row of the database names.
    id {{BLOB}} NOT NULL UNIQUE CHECK ({{BYTES}}(id) = 16),
    -- WRAPPED by a key-encryption key. Null when it is destroyed, for good.
    wrapped_key {{BLOB}},
    -- When it was made, while it is not known whether anything names it; null afterwards.
    held_since {{INTEGER}},
    -- What is being erased while the database still has to follow; null before and afterwards.
    subject_kind TEXT CHECK (subject_kind IN ('CONSENT', 'NOTICE', 'OFFER', 'REFERRAL', 'RELOCATION', 'SIGNAL', 'TRANSFER')),
    subject {{BLOB}} CHECK ({{BYTES}}(subject) = 16),
    -- Why, as a code.
    cause TEXT,
    CHECK (subject IS NULL OR wrapped_key IS NULL),
    CHECK ((subject IS NULL) = (subject_kind IS NULL)),
    CHECK ((subject IS NULL) = (cause IS NULL)),
    CHECK (held_since IS NULL OR wrapped_key IS NOT NULL)
) {{STRICT}};

-- What a process that ended may have left unused.
CREATE INDEX slot_held ON slot (held_since) WHERE held_since IS NOT NULL;

-- Erasures that the database has to follow.
CREATE INDEX slot_erasing ON slot (seq) WHERE subject IS NOT NULL;
