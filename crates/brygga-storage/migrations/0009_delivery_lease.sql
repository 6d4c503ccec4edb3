-- Which process delivers to a recipient, so that two do not send at the same time.
CREATE TABLE delivery_lease (
    recipient TEXT NOT NULL PRIMARY KEY,
    -- Random name of the process.
    owner TEXT NOT NULL,
    -- From this instant another process may take it.
    until {{INTEGER}} NOT NULL
) {{STRICT}};
