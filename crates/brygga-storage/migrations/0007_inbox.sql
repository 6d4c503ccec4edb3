-- Messages received, so that a repeat gets the very same receipt. Kept longer than any sender repeats.
CREATE TABLE inbox (
    sender TEXT NOT NULL,
    message_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(message_id) = 16),
    -- SHA-256 over header and sealed content: what makes it the same message.
    envelope_digest {{BLOB}} NOT NULL CHECK ({{BYTES}}(envelope_digest) = 32),
    -- The receipt that was given, byte for byte.
    receipt {{BLOB}} NOT NULL,
    received_at {{INTEGER}} NOT NULL,
    PRIMARY KEY (sender, message_id)
) {{CLUSTERED}};
