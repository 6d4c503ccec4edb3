-- The audit log (RFC 6962): salted commitments and their openings; no content. Kept for good.
CREATE TABLE audit_leaf (
    -- Order of arrival; may have gaps.
    arrival {{SEQUENCE}},
    -- Place in the tree, without gaps from 0; null until it is sequenced.
    leaf_index {{INTEGER}} CHECK (leaf_index >= 0),
    commitment {{BLOB}} NOT NULL CHECK ({{BYTES}}(commitment) = 32),
    -- Opening of the commitment.
    salt {{BLOB}} NOT NULL CHECK ({{BYTES}}(salt) = 32),
    entry {{BLOB}} NOT NULL
) {{STRICT}};

-- One leaf for each place; what waits for its place is not in it.
CREATE UNIQUE INDEX audit_leaf_index ON audit_leaf (leaf_index) WHERE leaf_index IS NOT NULL;

CREATE INDEX audit_leaf_unsequenced ON audit_leaf (arrival) WHERE leaf_index IS NULL;

CREATE TABLE audit_checkpoint (
    -- Leaves in the tree.
    size {{INTEGER}} NOT NULL PRIMARY KEY CHECK (size >= 0),
    -- The signed note (C2SP).
    note TEXT NOT NULL,
    -- Roots of the full subtrees, left to right, to append without reading the leaves again.
    frontier {{BLOB}} NOT NULL
) {{STRICT}};
