-- What those who give the places of a quota have told of it, in one period.
CREATE TABLE quota_declared (
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    rule_id TEXT NOT NULL,
    -- Organisation that gives the places, and says so.
    giver TEXT NOT NULL,
    -- When the period began; 0 where it is as long as the agreement.
    period_began {{INTEGER}} NOT NULL,
    -- Of how many it is a share; null where it is none or nothing is said.
    base {{INTEGER}} CHECK (base BETWEEN 0 AND 1000000),
    -- How many it has provided; 0 where it publishes nothing.
    provided {{INTEGER}} NOT NULL CHECK (provided BETWEEN 0 AND 1000000),
    -- On the giver's clock; of two the later one stays.
    declared_at {{INTEGER}} NOT NULL,
    PRIMARY KEY (agreement_id, rule_id, giver, period_began)
) {{STRICT}};
