-- The post of exchange networks: what a node has for others and has got from them, each sealed to the node itself.
CREATE TABLE mailbox (
    public_key {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(public_key) = 32),
    -- Whose it is: it goes when the case is purged.
    relocation_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(relocation_id) = 16),
    -- Encrypted under the case's key of the vault.
    private_key {{BLOB}} NOT NULL,
    key_slot {{BLOB}} NOT NULL CHECK ({{BYTES}}(key_slot) = 16)
) {{STRICT}};

CREATE INDEX mailbox_relocation ON mailbox (relocation_id);

CREATE TABLE parcel_out (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- First instant of the day before which it is needed.
    needed_until {{INTEGER}} NOT NULL,
    sealed {{BLOB}} NOT NULL CHECK ({{BYTES}}(sealed) = 16384)
) {{STRICT}};

-- What was read keeps its row until nobody sends it again, with a content that says nothing.
CREATE TABLE parcel_in (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    needed_until {{INTEGER}} NOT NULL,
    sealed {{BLOB}} NOT NULL CHECK ({{BYTES}}(sealed) = 16384)
) {{STRICT}};
