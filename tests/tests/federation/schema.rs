//! What cannot be said at all: there is no field for it and no code, in any message of any package.

use std::path::{Path, PathBuf};

use brygga_domain::code::CodeLists;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorSet};

/// Every name of the published contract and every code of the code lists that travel in it.
pub(crate) struct Contract(Vec<String>);

impl Contract {
    pub(crate) fn read() -> Self {
        let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
        let mut files = Vec::new();
        collect(&proto, &mut files);
        let compiled = protox::compile(files, [proto]).expect("the contract compiles");
        let mut contract = Self(Vec::new());
        contract.add(&compiled);
        for list in CodeLists::current().all() {
            contract.0.extend(list.terms.iter().map(|term| format!("{}.{}", list.name, term.code)));
        }
        contract
    }

    /// The names in which one of these words stands, in whatever case, with or without underscores.
    pub(crate) fn names_with(&self, words: &[&str]) -> Vec<&str> {
        let plain = |text: &str| text.to_lowercase().replace('_', "");
        let words: Vec<String> = words.iter().map(|word| plain(word)).collect();
        let says = |name: &str| words.iter().any(|word| plain(name).contains(word));
        self.0.iter().map(String::as_str).filter(|name| says(name)).collect()
    }

    fn add(&mut self, compiled: &FileDescriptorSet) {
        let is_own = |package: &str| package.starts_with("brygga.");
        for file in compiled.file.iter().filter(|file| is_own(file.package())) {
            file.message_type.iter().for_each(|message| self.add_message("", message));
            file.enum_type.iter().for_each(|words| self.add_enum("", words));
            for service in &file.service {
                let calls = service.method.iter().map(|method| method.name());
                self.0.extend(calls.map(|call| format!("{}.{call}", service.name())));
            }
        }
    }

    fn add_message(&mut self, within: &str, message: &DescriptorProto) {
        let own = format!("{within}{}", message.name());
        let fields = message.field.iter().map(|field| field.name());
        let choices = message.oneof_decl.iter().map(|choice| choice.name());
        self.0.extend(fields.chain(choices).map(|name| format!("{own}.{name}")));
        let within = format!("{own}.");
        self.0.push(own);
        message.nested_type.iter().for_each(|nested| self.add_message(&within, nested));
        message.enum_type.iter().for_each(|words| self.add_enum(&within, words));
    }

    fn add_enum(&mut self, within: &str, words: &EnumDescriptorProto) {
        let own = format!("{within}{}", words.name());
        self.0.extend(words.value.iter().map(|value| format!("{own}.{}", value.name())));
        self.0.push(own);
    }
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(directory).expect("a directory");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
}

/// The search finds what is there: a field, a value of an enum, a message, a call and a code.
#[test]
fn every_kind_of_name_of_the_contract_is_searched() {
    let contract = Contract::read();
    for (word, name) in [
        ("personal_identity_number", "ReferralContent.personal_identity_number"),
        ("debt_register", ""),
        ("location_unsafe", "StatusReason.STATUS_REASON_LOCATION_UNSAFE_FOR_CLIENT"),
        ("third_person", "ThirdPerson"),
        ("request_referral", "ReferralService.RequestReferral"),
        ("sober_housing", "service_type.SOBER_HOUSING"),
    ] {
        let found = contract.names_with(&[word]);
        assert!(name.is_empty() == found.is_empty(), "{word}: {found:?}");
        assert!(name.is_empty() || found.contains(&name), "{word}: {found:?}");
    }
    assert!(contract.0.len() > 500, "{} names", contract.0.len());
}

/// NAT-09: many payment remarks are one-off, so nobody is to be judged by one.
///
/// Verified: no field, no value of an enum, no message, no call and no code of the contract, in any package, is about
/// a payment remark, a credit rating or an entry in a register of debts.
#[test]
fn nat_09_there_is_no_field_for_a_payment_remark() {
    let words = [
        "payment_remark",
        "anmarkning",
        "credit",
        "kredit",
        "solvency",
        "debt_register",
        "debt_record",
        "skuldregist",
        "betalning",
        "enforcement_register",
        "bankrupt",
        "payment_default",
        "payment_history",
    ];
    assert_eq!(Contract::read().names_with(&words), [""; 0]);
}

/// NAT-02: an association's flats ask for total sobriety, with unannounced tests. A treatment contract may ask for tests
/// too (ORE-22); what they show is nobody else's business.
///
/// Verified: `SOBRIETY_TOTAL` is a rule of a house and so are unannounced tests; no field, no value of an enum, no
/// message, no call and no other code of the contract, in any package, is about a test or its result, and no code of
/// the rules of a house says whether anybody keeps them.
#[test]
fn nat_02_sobriety_is_a_house_rule_and_no_field_holds_the_result_of_a_test() {
    let words = [
        "test",
        "urine",
        "urinprov",
        "breath",
        "blood",
        "saliva",
        "alcohol",
        "alkohol",
        "narcotic",
        "narkotik",
        "drug",
        "toxic",
        "sobriety",
        "abstinence",
        "relapse",
        "screening",
        "substance",
    ];
    let contract = Contract::read();
    let is_rule = |name: &&str| name.starts_with("house_rule.");
    // What a service offers to people in substance use (NAT-06), which is about nobody.
    let is_offered = |name: &&str| name.to_lowercase().contains("substance_support");
    // Which house is looked for (NKP-06, KSD-04): asked of the own node, and never kept, sent or logged.
    let is_looked_for = |name: &&str| {
        ["CapacityNeed.sobriety", "Sobriety"].contains(name)
            || ["Sobriety.", "CapacityMismatch.", "CapacityWarning."]
                .iter()
                .any(|of| name.starts_with(of))
    };
    let (rules, others): (Vec<_>, Vec<_>) =
        contract.names_with(&words).into_iter().partition(is_rule);
    let others: Vec<_> =
        others.into_iter().filter(|name| !is_offered(name) && !is_looked_for(name)).collect();
    assert_eq!(others, [""; 0]);
    assert!(rules.contains(&"house_rule.SOBRIETY_TOTAL"), "{rules:?}");
    assert!(rules.contains(&"house_rule.UNANNOUNCED_TESTS"), "{rules:?}");
    let kept = ["result", "positive", "negative", "failed", "passed", "broken", "kept"];
    let said = contract.names_with(&kept).into_iter().find(is_rule);
    assert_eq!(said, None);
    let condition: Vec<_> =
        contract.0.iter().filter(|name| name.starts_with("Condition.")).collect();
    assert_eq!(condition, ["Condition.code", "Condition.text"]);
}

/// Names of what officers write and of what travels between them before and after a disclosure.
fn of_relocations(contract: &Contract) -> Vec<&str> {
    let of = [
        "BlindNeed.",
        "Relocation",
        "ActOnRelocation",
        "OpenRelocation",
        "OfferRelocation",
        "OpenEnquiry.",
        "OfficerCard.",
        "LetterOfficer.",
        "PrepareDisclosure.",
        "RecordCallBack.",
        "SendAssistance.",
        "SendEnquiry.",
        "TakePosition.",
        "Withheld",
        "Parcel.",
        "OfficerProof.",
    ];
    let names = contract.0.iter().map(String::as_str);
    let names: Vec<_> = names.filter(|name| of.iter().any(|of| name.starts_with(of))).collect();
    assert!(names.len() > 40, "{names:?}");
    names
}

/// Those of the names in which one of these words stands.
fn with<'a>(names: &[&'a str], words: &[&str]) -> Vec<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace('_', "");
    let says = |name: &&&str| words.iter().any(|word| plain(name).contains(&plain(word)));
    names.iter().filter(says).copied().collect()
}

/// PRO-06: somebody wants to say that a person lives under fingerade personuppgifter.
///
/// Verified: no name of the contract, in any package, says so or could tie an old identity to a new one; the levels of
/// protection are two of Skatteverket's and none. The node refuses any other (`pro_06_a_third_level_is_refused`).
#[test]
fn pro_06_no_word_of_the_contract_tells_of_an_assumed_identity() {
    let words = [
        "fingera",
        "fictitious",
        "assumed_identity",
        "new_identity",
        "old_identity",
        "former_name",
        "former_identity",
        "previous_name",
        "previous_identity",
        "real_name",
        "real_identity",
        "identity_change",
        "alias",
        "witness_protection",
        "police",
    ];
    let contract = Contract::read();
    assert_eq!(contract.names_with(&words), [""; 0]);
    let levels = contract.0.iter().filter(|name| name.starts_with("ProtectionLevel."));
    let levels: Vec<_> =
        levels.map(|name| name.rsplit_once("LEVEL_").expect("a value").1).collect();
    let known = ["UNSPECIFIED", "THREATENED", "CONFIDENTIALITY_MARKING", "PROTECTED_REGISTRATION"];
    assert_eq!(levels, known);
}

/// Leak L2: a school, a preschool or a workplace in what is told betrays where somebody lives.
#[test]
fn leak_02_no_field_of_a_relocation_names_a_school_or_a_workplace() {
    let words = [
        "school",
        "skola",
        "workplace",
        "employer",
        "arbetsplats",
        "clinic",
        "vardcentral",
        "congregation",
    ];
    let contract = Contract::read();
    assert_eq!(with(&of_relocations(&contract), &words), [""; 0]);
}

/// Leak L4: an address, a property or a point on a map; and what a letter or a call could be sent to.
#[test]
fn leak_04_no_field_of_a_relocation_holds_an_address() {
    let words = [
        "address",
        "street",
        "postal",
        "property",
        "coordinate",
        "latitude",
        "longitude",
        "phone",
        "email",
        "municipality",
        "place_of",
    ];
    let contract = Contract::read();
    // Officers' telephones at work, for the call-back; never the person's.
    let officers = ["OfficerCard.phone", "LetterOfficer.phone"];
    let found = with(&of_relocations(&contract), &words);
    assert!(found.iter().all(|name| officers.contains(name)), "{found:?}");
    assert_eq!(found.len(), officers.len());
}

/// Leak L7: before a disclosure nothing has room for a sentence, and nothing for a name or a number of a person.
#[test]
fn leak_07_a_blind_need_has_codes_and_numbers_only() {
    let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    let compiled = protox::compile(["brygga/relocation/v1/relocation.proto"], [proto]);
    let compiled = compiled.expect("the contract compiles");
    let messages = compiled.file.iter().flat_map(|file| &file.message_type);
    let need =
        messages.into_iter().find(|message| message.name() == "BlindNeed").expect("it is there");
    let texts = need.field.iter().filter(|field| {
        matches!(
            field.r#type(),
            prost_types::field_descriptor_proto::Type::String
                | prost_types::field_descriptor_proto::Type::Bytes
        )
    });
    // Which are codes of a closed list: `a_need_has_no_room_for_a_sentence` in brygga-domain.
    assert_eq!(texts.map(|field| field.name()).collect::<Vec<_>>(), ["languages"]);
    assert_eq!(need.field.len(), 8);
}
