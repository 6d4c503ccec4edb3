-- The heads of the hash chains of each thread with each peer.
CREATE TABLE conversation (
    conversation_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(conversation_id) = 16),
    peer TEXT NOT NULL,
    -- Header digest of the last message that this node made; null before the first.
    sent_head {{BLOB}} CHECK ({{BYTES}}(sent_head) = 32),
    -- Header digest of the last message that the peer made; null before the first.
    received_head {{BLOB}} CHECK ({{BYTES}}(received_head) = 32),
    PRIMARY KEY (conversation_id, peer)
) {{CLUSTERED}};
