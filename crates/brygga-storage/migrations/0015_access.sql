-- Who works on a referral: whoever asked for it or took it on, and whoever was assigned. Kept with the referral.
CREATE TABLE referral_handler (
    referral_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(referral_id) = 16),
    -- By the subject of the token; never sent.
    subject TEXT NOT NULL CHECK (subject <> ''),
    -- Who assigned it; null where the handler asked for it or took it on.
    assigned_by TEXT,
    since {{INTEGER}} NOT NULL,
    PRIMARY KEY (referral_id, subject)
) {{CLUSTERED}};

-- Where a consent was recorded: who may read it. Kept with the consent.
CREATE TABLE consent_keeper (
    consent_id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(consent_id) = 16),
    recorded_by TEXT NOT NULL,
    -- Null for the intake.
    unit TEXT
) {{CLUSTERED}};

-- Disclosures from one authority to another inside the organisation (OSL 8:1-2). Kept with the referral.
CREATE TABLE inside_disclosure (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    referral_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(referral_id) = 16),
    -- The unit that may read it.
    unit TEXT NOT NULL,
    ground TEXT NOT NULL,
    gdpr_basis TEXT NOT NULL,
    -- SENSITIVE. Why, in words; empty once the case is erased.
    justification TEXT NOT NULL,
    disclosed_by TEXT NOT NULL,
    disclosed_at {{INTEGER}} NOT NULL,
    -- Who took it back and when; both or neither.
    revoked_by TEXT,
    revoked_at {{INTEGER}},
    CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
) {{STRICT}};

CREATE INDEX inside_disclosure_referral ON inside_disclosure (referral_id);

-- Breakings of the glass. Kept with the log that they explain; the words go with the case.
CREATE TABLE break_glass (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    -- Need not exist: whoever asks is not told.
    referral_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(referral_id) = 16),
    opened_by TEXT NOT NULL,
    opened_at {{INTEGER}} NOT NULL,
    reason TEXT NOT NULL,
    -- SENSITIVE. Why, in words; empty once the case is erased.
    justification TEXT NOT NULL,
    -- The second person; null before the approval.
    approved_by TEXT CHECK (approved_by <> opened_by),
    approved_at {{INTEGER}},
    -- The mandatory review; null before it is signed.
    review_id {{BLOB}} CHECK ({{BYTES}}(review_id) = 16),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL))
) {{STRICT}};

CREATE INDEX break_glass_referral ON break_glass (referral_id);

-- What a log reviewer still has to sign.
CREATE INDEX break_glass_unreviewed ON break_glass (opened_at) WHERE review_id IS NULL;

-- Every read and write of person data by the organisation's own people (lag 2001:454 10 §). Kept for five years.
CREATE TABLE access_log (
    seq {{SEQUENCE}},
    at {{INTEGER}} NOT NULL,
    -- Who, by the subject of the token, in which roles and for which unit (null is the intake).
    subject TEXT NOT NULL,
    roles TEXT NOT NULL,
    unit TEXT,
    -- The board for which the unit acted; null where it acted for itself.
    on_behalf_of TEXT CHECK (on_behalf_of IS NULL OR unit IS NOT NULL),
    action TEXT NOT NULL,
    -- What: its kind, and its id where it has one.
    object_kind TEXT NOT NULL CHECK (
        object_kind IN ('CONSENT', 'LIST', 'LOG', 'NOTICE', 'OFFER', 'REFERRAL', 'TRANSFER')
    ),
    object_id {{BLOB}} CHECK ({{BYTES}}(object_id) = 16),
    -- Kinds of data, joined by commas; empty for none.
    data_categories TEXT NOT NULL,
    -- Why it was permitted, and what belongs to that: a secrecy rule or a glass; empty for nothing.
    ground TEXT NOT NULL,
    ground_detail TEXT NOT NULL,
    -- Commitment of its leaf in the audit log.
    leaf {{BLOB}} NOT NULL CHECK ({{BYTES}}(leaf) = 32),
    CHECK ((object_kind IN ('CONSENT', 'NOTICE', 'OFFER', 'REFERRAL', 'TRANSFER')) = (object_id IS NOT NULL))
) {{STRICT}};

-- For a period: reviews, and erasure after five years.
CREATE INDEX access_log_at ON access_log (at);

-- For one person's cases: the extract.
CREATE INDEX access_log_object ON access_log (object_id) WHERE object_id IS NOT NULL;

-- Reviews of the log, signed by the node's key. Kept for good; a reviewer's subject and codes, no person of a case.
CREATE TABLE access_review (
    id {{BLOB}} NOT NULL PRIMARY KEY CHECK ({{BYTES}}(id) = 16),
    reviewer TEXT NOT NULL,
    signed_at {{INTEGER}} NOT NULL,
    -- Codes, joined by commas.
    findings TEXT NOT NULL CHECK (findings <> ''),
    -- The statement as it was signed.
    statement TEXT NOT NULL,
    key_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(key_id) = 8),
    signature {{BLOB}} NOT NULL CHECK ({{BYTES}}(signature) = 64)
) {{STRICT}};
