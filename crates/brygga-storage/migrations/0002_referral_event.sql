-- The log of each referral. Kept as long as the referral.
CREATE TABLE referral_event (
    referral_id {{BLOB}} NOT NULL REFERENCES referral (id),
    -- Version after the event.
    version {{INTEGER}} NOT NULL CHECK (version >= 1),
    -- The event as brygga.referral.v1.ReferralProgressed, byte for byte; no personal data.
    progressed {{BLOB}} NOT NULL,
    PRIMARY KEY (referral_id, version)
) {{CLUSTERED}};
