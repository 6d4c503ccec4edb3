-- Numbers of referrals, told and received; no personal data. Kept for good: what was told once is told again.
CREATE TABLE aggregate_told (
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    -- The calendar quarter in Sweden, such as 2026-Q3.
    quarter TEXT NOT NULL,
    -- When it was counted.
    told_at {{INTEGER}} NOT NULL,
    -- The table as brygga.aggregate.v1.AggregateReported, byte for byte as everybody gets it who may read it.
    report {{BLOB}} NOT NULL,
    PRIMARY KEY (agreement_id, quarter)
) {{CLUSTERED}};

CREATE TABLE aggregate_asked (
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    quarter TEXT NOT NULL,
    -- Organisation that was asked.
    teller TEXT NOT NULL,
    -- When it was last asked, and the message that asked.
    asked_at {{INTEGER}} NOT NULL,
    message_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(message_id) = 16),
    -- The answer as brygga.aggregate.v1.AggregateReported, byte for byte as it arrived; null before it.
    report {{BLOB}},
    PRIMARY KEY (agreement_id, quarter, teller)
) {{CLUSTERED}};
