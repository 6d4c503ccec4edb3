-- Small values that a node keeps for itself, such as the registry it last accepted. No personal data.
CREATE TABLE note (
    name TEXT NOT NULL PRIMARY KEY,
    value {{BLOB}} NOT NULL
) {{STRICT}};
