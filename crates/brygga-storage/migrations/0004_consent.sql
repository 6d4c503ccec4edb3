-- Consents at the organisation that collected them (ISO/IEC TS 27560). Never sent.
CREATE TABLE consent (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- SENSITIVE. The organisation's own reference for the person.
    person_reference TEXT NOT NULL,
    consenting_party TEXT NOT NULL CHECK (consenting_party IN ('SELF', 'GUARDIANS', 'CHILD_AND_GUARDIANS')),
    -- Organisations that may receive, each as "organisation" or "organisation/unit", joined by commas.
    recipients TEXT NOT NULL CHECK (recipients <> ''),
    -- Kinds of data that may be sent, joined by commas.
    data_categories TEXT NOT NULL CHECK (data_categories <> ''),
    purpose TEXT NOT NULL,
    valid_from {{INTEGER}} NOT NULL,
    valid_until {{INTEGER}} NOT NULL CHECK (valid_until > valid_from),
    form TEXT NOT NULL CHECK (form IN ('WRITTEN', 'ORAL_NOTED', 'INTERPRETER')),
    -- BCP 47.
    language TEXT NOT NULL,
    -- SENSITIVE. Where the evidence lies at the organisation; empty for none.
    evidence_reference TEXT NOT NULL,
    -- Null while it stands.
    withdrawn_at {{INTEGER}},
    -- How old the person is; decides who must consent.
    subject_age TEXT NOT NULL CHECK (subject_age IN ('ADULT', '15_17', '12_14', 'UNDER_12')),
    -- Others whose data it covers, by their relation, joined by commas.
    third_parties_covered TEXT NOT NULL,
    -- What happened to it, as "event@instant" joined by commas, oldest first.
    events TEXT NOT NULL
) {{STRICT}};
