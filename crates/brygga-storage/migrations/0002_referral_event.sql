-- The log of each referral. Kept as long as the referral.
CREATE TABLE referral_event (
    -- By the referral's number and not its random id, so that what is written together lies together.
    referral_seq {{INTEGER}} NOT NULL REFERENCES referral (seq),
    -- Version after the event.
    version {{INTEGER}} NOT NULL CHECK (version >= 1),
    -- The event as brygga.referral.v1.ReferralProgressed, byte for byte; no personal data.
    progressed {{BLOB}} NOT NULL,
    PRIMARY KEY (referral_seq, version)
) {{CLUSTERED}};
