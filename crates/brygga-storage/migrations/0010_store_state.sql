-- One row of counters.
CREATE TABLE store_state (
    id {{INTEGER}} NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Grows when any agreement changes.
    agreement_revision {{INTEGER}} NOT NULL,
    -- Leaves that have a place in the audit tree.
    audit_size {{INTEGER}} NOT NULL CHECK (audit_size >= 0)
) {{STRICT}};

INSERT INTO store_state (id, agreement_revision, audit_size) VALUES (1, 0, 0);
