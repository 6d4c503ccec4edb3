//! The broken rules of `brygga.toml` as findings. Their English comes with them; their Swedish
//! stands here.

use brygga_config::Code;

use super::{Finding, Severity, View};
use crate::cli::Language;

/// What is wrong and what to do, for each code of a rule between settings.
const SWEDISH: &[(Code, &str, &str)] = &[
    (
        Code::BoundTokensWithoutTls,
        "utan TLS kan ingen visa ett certifikat, så ingen token skulle duga",
        "sätt certificate_file och key_file i local_listener, eller require_bound_tokens = false",
    ),
    (
        Code::CertificateIsKey,
        "certifikatfilen är nyckelfilen",
        "ha certifikat och nyckel i två filer",
    ),
    (
        Code::DemoOrganisationInProduction,
        "en demoorganisation finns inte på riktigt",
        "kommun: eller org:, eller mode = \"demo\"",
    ),
    (
        Code::DevelopmentIssuerInProduction,
        "noden skulle utfärda sina egna token",
        "development_issuer = false i produktion",
    ),
    (
        Code::DevelopmentKeyMissing,
        "utvecklingsutfärdaren har ingen nyckel",
        "ange nyckelfilen, eller development_issuer = false",
    ),
    (
        Code::DevelopmentKeyUnused,
        "nyckeln har ingen nytta utan utvecklingsutfärdare",
        "ta bort raden",
    ),
    (
        Code::IssuerNotHttps,
        "utfärdaren är ingen https-adress",
        "utfärdaren precis som inloggningstjänsten skriver den, med https:// först",
    ),
    (
        Code::JwksMissing,
        "det finns inga nycklar att pröva token mot",
        "ange filen med inloggningstjänstens publika nycklar (JWK-mängd)",
    ),
    (Code::ListenerClash, "porten är också federationsportens", "ge de två portarna olika nummer"),
    (
        Code::OtlpRemotePlaintext,
        "insamlaren finns på en annan maskin och förbindelsen är inte krypterad",
        "kör en insamlare på den här maskinen som skickar vidare över TLS",
    ),
    (
        Code::PlaintextListener,
        "porten kan nås från andra maskiner utan TLS",
        "sätt certificate_file och key_file, eller lyssna på 127.0.0.1",
    ),
    (
        Code::PostgresPlaintext,
        "PostgreSQL finns på en annan maskin och dess certifikat skulle inte prövas",
        "lägg till ?sslmode=verify-full, eller anslut över en sockel eller loopback",
    ),
    (
        Code::PublicEndpointLoopback,
        "bara den här maskinen når adressen",
        "ange den adress som andra organisationer når",
    ),
    (Code::RegistryFileClash, "två av registrets filer är samma fil", "ge var och en sin egen fil"),
    (
        Code::RetentionOrder,
        "meddelanden glöms medan en nod som den här ännu upprepar dem",
        "mer än delivery.give_up_days",
    ),
    (Code::RetryOrder, "den första väntan är längre än den längsta", "högst retry_max_seconds"),
    (
        Code::SecretInline,
        "adressen innehåller ett lösenord",
        "flytta adressen till en fil med rättigheter 0600 och ange den i url_file",
    ),
    (
        Code::VaultIsDatabase,
        "ärendenas nycklar skulle ligga i den databas som de öppnar, och i dess säkerhetskopior",
        "ange en annan plats, eller ta bort vault",
    ),
];

pub(super) fn findings(view: &View<'_>) -> Vec<Finding> {
    let finding = |broken: brygga_config::Finding| {
        let (problem, fix) = match (view.at.language, swedish(broken.code)) {
            (Language::Sv, Some((problem, fix))) => (problem.to_owned(), fix.to_owned()),
            _ => (broken.problem, broken.fix.to_owned()),
        };
        Finding {
            severity: Severity::Error,
            code: broken.code.as_str().to_owned(),
            problem: format!("{}: {problem}", broken.key),
            fix,
        }
    };
    view.settings.check().into_iter().map(finding).collect()
}

fn swedish(code: Code) -> Option<(&'static str, &'static str)> {
    let (_, problem, fix) = SWEDISH.iter().find(|(known, ..)| *known == code)?;
    Some((problem, fix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_between_settings_has_swedish_words() {
        let rules = include_str!("../../../brygga-config/src/check.rs");
        let named = rules.split("Code::").skip(1).filter_map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric()).next().filter(|name| !name.is_empty())
        });
        let mut checked = 0;
        for name in named {
            let code = Code::ALL.iter().find(|code| format!("{code:?}") == name).unwrap();
            let (problem, fix) = swedish(*code).unwrap_or_else(|| panic!("{name} has no Swedish"));
            assert!(!problem.is_empty() && !fix.is_empty());
            checked += 1;
        }
        assert!(checked > 15, "only {checked} codes were found");
    }
}
