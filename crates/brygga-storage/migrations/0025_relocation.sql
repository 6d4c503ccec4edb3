-- Protected relocations: what named officers read, sealed to them, and nothing that points anywhere.
CREATE TABLE officer (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    public_key {{BLOB}} NOT NULL CHECK ({{BYTES}}(public_key) = 32),
    -- The private key, under the officer's passphrase.
    locked_key {{BLOB}} NOT NULL,
    -- Who the officer is, sealed to the officer.
    profile {{BLOB}} NOT NULL,
    -- Units of the officer when enrolling, joined by commas: whoever reviews works in another.
    units TEXT NOT NULL,
    is_reviewer {{INTEGER}} NOT NULL CHECK (is_reviewer IN (0, 1))
) {{STRICT}};

CREATE TABLE relocation_case (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- Sealed to the case's officers, and encrypted under a key of the vault.
    record {{BLOB}},
    key_slot {{BLOB}} CHECK ({{BYTES}}(key_slot) = 16),
    revision {{INTEGER}} NOT NULL CHECK (revision >= 1),
    erased_at {{INTEGER}},
    CHECK ((record IS NULL) = (key_slot IS NULL)),
    CHECK ((record IS NULL) = (erased_at IS NOT NULL))
) {{STRICT}};

-- The access log of the cases above, which reviewers open.
CREATE TABLE relocation_access (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- First instant of the day.
    day {{INTEGER}} NOT NULL,
    sealed {{BLOB}} NOT NULL
) {{STRICT}};

CREATE INDEX relocation_access_day ON relocation_access (day);
