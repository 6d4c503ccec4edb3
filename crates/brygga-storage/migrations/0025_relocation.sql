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
    -- First instant of the day on which something is in time at the latest; none where nothing is waited for.
    due_on {{INTEGER}},
    -- First instant of the day from which it is to be purged; none before it has an end.
    purge_on {{INTEGER}},
    -- What the purge adds to the balance, under the same key and always of one size; none once it is added.
    tally {{BLOB}},
    -- SHA-256 over a salt that is forgotten and the record: set by the purge.
    commitment {{BLOB}} CHECK ({{BYTES}}(commitment) = 32),
    erased_at {{INTEGER}},
    CHECK ((record IS NULL) = (key_slot IS NULL)),
    CHECK ((record IS NULL) = (erased_at IS NOT NULL)),
    CHECK (record IS NOT NULL OR (due_on IS NULL AND purge_on IS NULL AND tally IS NULL))
) {{STRICT}};

-- Own moves of an exchange network in half a year: who came less who went. No move by itself, and no other side.
CREATE TABLE reciprocity (
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    -- In which the moves were closed, in Sweden, such as 2026-H2.
    half_year TEXT NOT NULL,
    balance {{INTEGER}} NOT NULL,
    PRIMARY KEY (agreement_id, half_year)
) {{STRICT}};

-- The access log of the cases above, which reviewers open.
CREATE TABLE relocation_access (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- First instant of the day.
    day {{INTEGER}} NOT NULL,
    sealed {{BLOB}} NOT NULL
) {{STRICT}};

CREATE INDEX relocation_access_day ON relocation_access (day);
