-- Consents at the organisation that collected them (ISO/IEC TS 27560). Never sent.
CREATE TABLE consent (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    consenting_party TEXT NOT NULL CHECK (consenting_party IN ('SELF', 'GUARDIANS', 'CHILD_AND_GUARDIANS')),
    -- Organisations that may receive, each as "organisation" or "organisation/unit", joined by commas.
    recipients TEXT NOT NULL CHECK (recipients <> ''),
    -- Kinds of data that may be sent, joined by commas.
    data_categories TEXT NOT NULL CHECK (data_categories <> ''),
    valid_from {{INTEGER}} NOT NULL,
    valid_until {{INTEGER}} NOT NULL CHECK (valid_until > valid_from),
    form TEXT NOT NULL CHECK (form IN ('WRITTEN', 'ORAL_NOTED', 'INTERPRETER')),
    -- BCP 47.
    language TEXT NOT NULL,
    -- Null while it stands.
    withdrawn_at {{INTEGER}},
    -- How old the person is; decides who must consent.
    subject_age TEXT NOT NULL CHECK (subject_age IN ('ADULT', '15_17', '12_14', 'UNDER_12')),
    -- Others whose data it covers, by their relation, joined by commas.
    third_parties_covered TEXT NOT NULL,
    -- What happened to it, as "event@instant" joined by commas, oldest first.
    events TEXT NOT NULL,
    -- Where in the vault the consent's own key lies; null where the words are erased. Erasure clears both.
    key_slot {{BLOB}} CHECK ({{BYTES}}(key_slot) = 16),
    -- ENCRYPTED under that key: the organisation's reference for the person, the purpose, where the evidence lies.
    words {{BLOB}},
    -- When the words were erased; null before.
    erased_at {{INTEGER}},
    CHECK ((key_slot IS NULL) = (words IS NULL)),
    CHECK (erased_at IS NULL OR words IS NULL)
) {{STRICT}};
