//! Legal vocabulary that travels with every message with personal data:
//! the secrecy rule, the GDPR basis and the kinds of data.
//! Two legal fields, never one: a consent under OSL is not a consent under GDPR (rule R6).

macro_rules! coded_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code, used in stored rows and texts.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Reads a stable code.
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}
pub(crate) use coded_enum;

coded_enum!(
    /// The secrecy rule that is lifted or broken when personal data leaves (domain guide 5.2).
    ///
    /// The general clause OSL 10:27 is absent: it does not apply to social services (OSL 10:27 2 st).
    DisclosureGround {
        /// OSL 12:2 and 10:1: the individual lifts the secrecy.
        Consent12_2 = "CONSENT_12_2",
        /// OSL 26:1: it is clear that no harm follows.
        NoHarmClear26_1 = "NO_HARM_CLEAR_26_1",
        /// OSL 10:2: necessary for the sender's own task.
        NecessaryOwnTask10_2 = "NECESSARY_OWN_TASK_10_2",
        /// OSL 26:9: between social-services or health-care authorities.
        Care26_9 = "CARE_26_9",
        /// OSL 10:28 and a named provision.
        StatutoryDuty10_28 = "STATUTORY_DUTY_10_28",
        /// OSL 26:14 d.
        ProtectedAddress26_14d = "PROTECTED_ADDRESS_26_14D",
        /// OSL 10:2 a.
        TechnicalProcessing10_2a = "TECHNICAL_PROCESSING_10_2A",
        /// OSL 12:1: to the person.
        OwnRequest12_1 = "OWN_REQUEST_12_1",
        /// SoL 17:11 with consent.
        Private17_11Consent = "PRIVATE_17_11_CONSENT",
        /// SoL 15:9.
        Private15_9ToBoard = "PRIVATE_15_9_TO_BOARD",
        /// SoL 19:1.
        ChildReport19_1 = "CHILD_REPORT_19_1",
        /// OSL 35:15.
        Kvv35_15 = "KVV_35_15",
        /// OSL 34:1 with the notice duty.
        Kfm34_1 = "KFM_34_1",
        /// JB 12:25 a, 12:42, 12:44; BRL 7 kap.
        LandlordDuty = "LANDLORD_DUTY",
    }
);

impl DisclosureGround {
    /// Whether the ground is the individual's consent, so that a consent record must carry it.
    pub const fn rests_on_consent(self) -> bool {
        matches!(self, Self::Consent12_2 | Self::Private17_11Consent)
    }
}

coded_enum!(
    /// The lawful basis of the sender's processing (GDPR articles 6 and 9).
    GdprBasis {
        /// Article 6.1 e with 9.2 h.
        PublicTask = "PUBLIC_TASK_6_1_E",
        /// Article 6.1 c with 9.2 h.
        LegalObligation = "LEGAL_OBLIGATION_6_1_C",
        /// Article 9.2 a: for senders outside lag 2001:454.
        ExplicitConsent = "EXPLICIT_CONSENT_9_2_A",
    }
);

coded_enum!(
    /// What kinds of data a sealed content holds, without the data.
    DataCategory {
        /// Name, personnummer or samordningsnummer.
        Identity = "IDENTITY",
        /// How to reach the person.
        Contact = "CONTACT",
        /// Size and composition of the household.
        Household = "HOUSEHOLD",
        /// The homelessness situation.
        HousingSituation = "HOUSING_SITUATION",
        /// What dwelling or bed is needed.
        HousingNeed = "HOUSING_NEED",
        /// What support is needed.
        SupportNeed = "SUPPORT_NEED",
        /// Text written by a case worker.
        FreeText = "FREE_TEXT",
        /// Somebody else than the person.
        ThirdPerson = "THIRD_PERSON",
    }
);

coded_enum!(
    /// How somebody else is related to the person.
    ThirdPersonRelation {
        /// Spouse or partner.
        Partner = "PARTNER",
        /// A child of the household.
        Child = "CHILD",
        /// A parent or another guardian.
        Guardian = "GUARDIAN",
        /// Somebody else.
        Other = "OTHER",
    }
);
