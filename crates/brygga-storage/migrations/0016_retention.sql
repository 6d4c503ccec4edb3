-- Cases that are over and still hold personal data, by the instant of their last event: what the rules of retention ask for.
CREATE INDEX referral_closed ON referral (changed_at, seq)
    WHERE status IN ('REJECTED', 'CANCELLED', 'EXPIRED', 'COMPLETED', 'FAILED', 'ENTERED_IN_ERROR')
    AND key_slot IS NOT NULL;

-- Cases whose personal data were opened once for the day of birth and that are kept because of it, so that they are
-- not opened again every day. Kept as long as the case. P by link: the year of birth of a child can be told from it.
CREATE TABLE retention_kept (
    referral_id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(referral_id) = 16),
    -- From when on the rules are asked again; null for never. The first of a year, so that it is no day of birth.
    until {{INTEGER}},
    -- The section of law.
    section TEXT NOT NULL
) {{CLUSTERED}};
