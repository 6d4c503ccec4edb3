-- One row: the random name of this vault, which its database knows, so that no other is opened in its place.
CREATE TABLE vault (
    id {{INTEGER}} NOT NULL PRIMARY KEY CHECK (id = 1),
    name {{BLOB}} NOT NULL CHECK ({{BYTES}}(name) = 16),
    -- The id of the key-encryption key that everything was wrapped anew by; null before the first time.
    -- Nothing is added under another one, since the others are about to be destroyed.
    wrapping_key {{BLOB}} CHECK ({{BYTES}}(wrapping_key) = 8)
) {{STRICT}};
