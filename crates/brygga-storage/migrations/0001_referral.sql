-- Referrals as this node holds them. Instants everywhere are milliseconds since 1970-01-01T00:00:00Z.
CREATE TABLE referral (
    -- Order of arrival at this node, for paging.
    seq {{SEQUENCE}},
    -- The same at both ends; in the order of time.
    id {{BLOB}} NOT NULL UNIQUE CHECK ({{BYTES}}(id) = 16),
    -- Which end this node is.
    side TEXT NOT NULL CHECK (side IN ('SOURCE', 'TARGET')),
    -- Organisations that ask and are asked.
    source TEXT NOT NULL,
    target TEXT NOT NULL CHECK (target <> source),
    -- Function that is asked; null for the target's intake.
    target_unit TEXT,
    -- Function at this node, for its work list: the asking one at the source, the asked one at the target;
    -- '*' for the intake.
    own_unit TEXT NOT NULL,
    -- Function of this node that made it on behalf of that one, and has it in its work list too; null where that made it.
    shared_unit TEXT,
    -- Where the work stands.
    status TEXT NOT NULL CHECK (status IN ('REQUESTED', 'ACCEPTED', 'IN_PROGRESS', 'CANCELLATION_REQUESTED', 'ON_HOLD',
                                           'REJECTED', 'CANCELLED', 'EXPIRED', 'COMPLETED', 'FAILED',
                                           'ENTERED_IN_ERROR')),
    -- Version of the target's log; the request is 1.
    version {{INTEGER}} NOT NULL CHECK (version >= 1),
    requested_at {{INTEGER}} NOT NULL,
    changed_at {{INTEGER}} NOT NULL,
    -- When the target must have answered.
    respond_by {{INTEGER}} NOT NULL,
    -- When the target's log ends it if nobody has answered; never before respond_by.
    answer_due {{INTEGER}} NOT NULL CHECK (answer_due >= respond_by),
    -- When a function must have taken it on, as promised and as moved by a late arrival.
    take_on_by {{INTEGER}} NOT NULL CHECK (take_on_by <= respond_by),
    take_on_due {{INTEGER}} NOT NULL CHECK (take_on_due >= take_on_by),
    -- At the target: when it is laid before the next in line because nobody took it on; null where it need not be.
    escalate_at {{INTEGER}},
    -- How far it was laid before others, 0 for not at all, and the function (null for the intake or nobody).
    escalation_level {{INTEGER}} NOT NULL DEFAULT 0 CHECK (escalation_level BETWEEN 0 AND 2),
    escalated_unit TEXT,
    -- The caller's key and the digest of what it was used for, at the source; both or neither.
    idempotency_key {{BLOB}} CHECK ({{BYTES}}(idempotency_key) = 16),
    request_digest {{BLOB}} CHECK ({{BYTES}}(request_digest) = 32),
    -- Message that carried the request.
    request_message {{BLOB}} NOT NULL CHECK ({{BYTES}}(request_message) = 16),
    -- What is asked for, frozen at the request. Coded terms are list/version/code and parents, nearest first.
    priority TEXT NOT NULL,
    subject TEXT NOT NULL,
    service_type TEXT NOT NULL,
    -- Where the person is and where responsible; null where no municipality is concerned.
    host_municipality TEXT,
    home_municipality TEXT,
    -- 1 where there is an acute duty.
    acute_duty {{INTEGER}} NOT NULL CHECK (acute_duty IN (0, 1)),
    -- Function that asks; null for the source's intake.
    source_unit TEXT,
    contact_policy TEXT NOT NULL,
    -- 1 where the person chose this recipient.
    recipient_chosen_by_person {{INTEGER}} NOT NULL CHECK (recipient_chosen_by_person IN (0, 1)),
    -- 1 where somebody under 18 is concerned.
    about_child {{INTEGER}} NOT NULL CHECK (about_child IN (0, 1)),
    -- Earlier referral that it continues, and the open referral that it answers; null for none.
    part_of {{BLOB}} CHECK ({{BYTES}}(part_of) = 16),
    offer_id {{BLOB}} CHECK ({{BYTES}}(offer_id) = 16),
    -- What permits it: agreement, version and rule, the two legal fields, and kinds of data joined by commas.
    agreement_id {{BLOB}} NOT NULL CHECK ({{BYTES}}(agreement_id) = 16),
    agreement_version {{INTEGER}} NOT NULL CHECK (agreement_version >= 1),
    rule_id TEXT NOT NULL,
    ground TEXT NOT NULL,
    gdpr_basis TEXT NOT NULL,
    data_categories TEXT NOT NULL,
    -- The consent it rests on and until when; both or neither.
    consent_id {{BLOB}} CHECK ({{BYTES}}(consent_id) = 16),
    consent_valid_until {{INTEGER}},
    -- What the sender affirmed: ELIGIBLE or JUSTIFIED, then the dated criteria; null where the rule asks for nothing.
    eligibility TEXT,
    -- When the period began in which it takes a place in the rule's quota; null where the rule does not count.
    counts_since {{INTEGER}},
    -- Details of the status. Why: where declined, taken back, to be taken back, at rest or failed.
    status_reason TEXT,
    -- Who declined and what the person can do next (null where the provider did not decline); where declined.
    declined_by TEXT,
    next_step TEXT,
    -- Organisation that the target proposes instead; null for none.
    rerouted_to TEXT,
    -- Function of the target where the person can get advice: means, function and address; null for none.
    advice TEXT,
    -- What came of it and the kind of place that the person got (null for none); where completed.
    outcome TEXT,
    place_type TEXT,
    -- The human receipt: the function (null for the intake) and until when it promises to have acted (null before it).
    taken_on_unit TEXT,
    taken_on_act_by {{INTEGER}},
    -- What people call it meanwhile; null for nothing.
    business_status TEXT,
    -- When the source acknowledged how it ended; null before.
    loop_closed_at {{INTEGER}},
    -- The second look at a decline: REQUESTED, UPHELD or OVERTURNED; null where nobody asked for one.
    review TEXT,
    -- 1 where its ground was taken away: closed to everyday work.
    is_stopped {{INTEGER}} NOT NULL DEFAULT 0 CHECK (is_stopped IN (0, 1)),
    -- Where in the vault the case's data key lies; null where there is no content. Erasure clears both.
    key_slot {{BLOB}} CHECK ({{BYTES}}(key_slot) = 16),
    -- ENCRYPTED under that key: the personal data, never longer than the retention of the case.
    content {{BLOB}},
    -- When its personal data were erased; null before.
    erased_at {{INTEGER}},
    CHECK ((idempotency_key IS NULL) = (request_digest IS NULL)),
    CHECK ((consent_id IS NULL) = (consent_valid_until IS NULL)),
    CHECK ((key_slot IS NULL) = (content IS NULL)),
    CHECK (erased_at IS NULL OR content IS NULL),
    CHECK ((status IN ('CANCELLATION_REQUESTED', 'CANCELLED', 'REJECTED', 'ON_HOLD', 'FAILED'))
           = (status_reason IS NOT NULL)),
    CHECK ((status = 'REJECTED') = (declined_by IS NOT NULL)),
    -- Nobody is sent away with nothing (KAL-02).
    CHECK (declined_by <> 'PROVIDER' OR next_step IS NOT NULL),
    CHECK (rerouted_to IS NULL OR next_step = 'OTHER_RECIPIENT'),
    -- Who is told that the law gives no right to a dwelling is told where to turn (ORE-02).
    CHECK (status_reason <> 'NO_RIGHT_TO_HOUSING' OR advice IS NOT NULL),
    CHECK (advice IS NULL OR status = 'REJECTED'),
    CHECK (review IS NULL OR status IN ('REJECTED', 'ENTERED_IN_ERROR')),
    CHECK ((status = 'COMPLETED') = (outcome IS NOT NULL)),
    CHECK (place_type IS NULL OR outcome IS NOT NULL),
    CHECK (taken_on_unit IS NULL OR taken_on_act_by IS NOT NULL)
) {{STRICT}};

-- One referral for each key, at the source; the target has none and pays for none.
CREATE UNIQUE INDEX referral_idempotency_key ON referral (idempotency_key) WHERE idempotency_key IS NOT NULL;

-- The work list of one side: what is not final, and at the source also what ended and nobody has acknowledged.
CREATE INDEX referral_open ON referral (side, seq)
    WHERE status IN ('REQUESTED', 'ACCEPTED', 'IN_PROGRESS', 'CANCELLATION_REQUESTED', 'ON_HOLD')
       OR (side = 'SOURCE' AND status <> 'ENTERED_IN_ERROR' AND loop_closed_at IS NULL);

-- Places that are taken in a quota; a referral that takes none pays for nothing.
CREATE INDEX referral_quota ON referral (agreement_id, rule_id, target, counts_since) WHERE counts_since IS NOT NULL;

-- The clock of unanswered requests at the target.
CREATE INDEX referral_due ON referral (answer_due) WHERE side = 'TARGET' AND status = 'REQUESTED';

-- The clock of requests that nobody has taken on.
CREATE INDEX referral_escalate ON referral (escalate_at) WHERE escalate_at IS NOT NULL;

-- What rests on a consent, for its receipt and its withdrawal.
CREATE INDEX referral_consent ON referral (consent_id, seq) WHERE side = 'SOURCE' AND consent_id IS NOT NULL;
