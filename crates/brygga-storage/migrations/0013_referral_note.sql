-- Notes that the two sides of a referral tell each other in between. Kept and erased with the case.
CREATE TABLE referral_note (
    -- The message that carried it.
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    referral_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(referral_id) = 16),
    -- 1 where this node wrote it.
    is_own {{INTEGER}} NOT NULL CHECK (is_own IN (0, 1)),
    -- Function that wrote it; null for the intake.
    author_unit TEXT,
    -- On the writer's clock.
    written_at {{INTEGER}} NOT NULL,
    -- The consent of this node that it rests on, where it wrote it; null for none.
    consent_id {{BLOB}} CHECK ({{BYTES}}(consent_id) = 16),
    -- Where in the vault its key lies; null where it is erased. Erasure clears both.
    key_slot {{BLOB}} CHECK ({{BYTES}}(key_slot) = 16),
    -- ENCRYPTED under that key: the text.
    content {{BLOB}},
    CHECK ((key_slot IS NULL) = (content IS NULL))
) {{CLUSTERED}};

CREATE INDEX referral_note_referral ON referral_note (referral_id, written_at);
