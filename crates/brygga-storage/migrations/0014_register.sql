-- The register of official documents (diarium, OSL 5:1-2). Metadata only. Kept for good: it tells what was purged.
CREATE TABLE register_entry (
    -- The node's own number, never given twice; it goes on from year to year and may have gaps.
    number {{SEQUENCE}},
    -- When it was received or drawn up; a secrecy marking has the same date.
    registered_at {{INTEGER}} NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('IN', 'OUT')),
    -- Who sent it, or to whom it was sent.
    counterparty TEXT NOT NULL,
    message_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(message_id) = 16),
    -- The referral or the agreement that it is about.
    conversation {{BLOB}} NOT NULL CHECK ({{BYTES}}(conversation) = 16),
    -- What it concerns in brief: the type of its payload.
    subject TEXT NOT NULL,
    -- The provision of the secrecy marking (OSL 5:5), made by the own organisation; null where it is not marked.
    secrecy TEXT,
    -- The shared unit that made it and the board for which; both or neither.
    handled_by TEXT,
    on_behalf_of TEXT,
    CHECK ((handled_by IS NULL) = (on_behalf_of IS NULL))
) {{STRICT}};

-- Exports of the register that somebody has confirmed to have kept. Nothing of a case is purged before its entries
-- are in one.
CREATE TABLE register_export (
    seq {{SEQUENCE}},
    -- Numbers in it, both ends included.
    first_number {{INTEGER}} NOT NULL CHECK (first_number >= 1),
    last_number {{INTEGER}} NOT NULL CHECK (last_number >= first_number),
    exported_at {{INTEGER}} NOT NULL,
    -- The registrar, by the subject of the token.
    exported_by TEXT NOT NULL,
    -- SHA-256 of the file as the registrar keeps it.
    sha256 {{BLOB}} NOT NULL CHECK ({{BYTES}}(sha256) = 32)
) {{STRICT}};
