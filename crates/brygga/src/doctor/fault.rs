//! Everything that `brygga doctor` can find, with what is wrong and what to do in both languages.
//!
//! `{name}` in a text is a value that is filled in; both languages name the same ones.

use crate::cli::Language;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// The node cannot run, or must not.
    Error,
    /// It will become an error, or is one for somebody else.
    Warning,
}

/// One thing that is not as it must be, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    /// The stable code.
    pub(crate) code: String,
    pub(crate) problem: String,
    /// A command, or a setting to change.
    pub(crate) fix: String,
}

/// What is wrong and what to do.
type Texts = (&'static str, &'static str);

macro_rules! faults {
    ($($fault:ident $severity:ident $code:literal {
        sv: $swedish:literal, $swedish_fix:literal;
        en: $english:literal, $english_fix:literal;
    })*) => {
        /// What can be wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Fault {
            $($fault,)*
        }

        impl Fault {
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$fault,)*];

            const fn code(self) -> &'static str {
                match self {
                    $(Self::$fault => $code,)*
                }
            }

            const fn severity(self) -> Severity {
                match self {
                    $(Self::$fault => Severity::$severity,)*
                }
            }

            const fn texts(self, language: Language) -> Texts {
                match (self, language) {
                    $(
                        (Self::$fault, Language::Sv) => ($swedish, $swedish_fix),
                        (Self::$fault, Language::En) => ($english, $english_fix),
                    )*
                }
            }
        }
    };
}

impl Fault {
    /// The finding in a language, with values for the names in its texts.
    pub(super) fn found(self, language: Language, values: &[(&str, &str)]) -> Finding {
        let fill = |text: &str| {
            let put = |text: String, (name, value): &(&str, &str)| {
                text.replace(&format!("{{{name}}}"), value)
            };
            values.iter().fold(text.to_owned(), put)
        };
        let (problem, fix) = self.texts(language);
        Finding {
            severity: self.severity(),
            code: self.code().to_owned(),
            problem: fill(problem),
            fix: fill(fix),
        }
    }
}

faults! {
    CertificateEndsNow Error "CERTIFICATE_ENDS_SOON" {
        sv: "certifikatet går ut {until}, inom en vecka", "byt nyckel genast: brygga registry request-rotation --tls";
        en: "the certificate ends {until}, within a week", "rotate the key at once: brygga registry request-rotation --tls";
    }
    CertificateEndsSoon Warning "CERTIFICATE_ENDS_SOON" {
        sv: "certifikatet går ut {until}", "byt nyckel: brygga registry request-rotation --tls";
        en: "the certificate ends {until}", "rotate the key: brygga registry request-rotation --tls";
    }
    CertificateExpired Error "CERTIFICATE_REFUSED" {
        sv: "certifikatet har gått ut", "byt nyckel: brygga registry request-rotation --tls";
        en: "the certificate has expired", "rotate the key: brygga registry request-rotation --tls";
    }
    CertificateForm Error "CERTIFICATE_REFUSED" {
        sv: "certifikatet har inte den form som andra noder godtar", "byt nyckel: brygga registry request-rotation --tls";
        en: "the certificate has not the form that other nodes accept", "rotate the key: brygga registry request-rotation --tls";
    }
    CertificateNotListed Error "CERTIFICATE_REFUSED" {
        sv: "certifikatets nyckel står inte i registret", "ta in det nyaste registret: brygga registry install --file FIL, eller be operatören ta in nyckeln";
        en: "the certificate's key is not listed in the registry", "take up the newest registry: brygga registry install --file FILE, or have the operator admit the key";
    }
    CertificateNotYetValid Error "CERTIFICATE_REFUSED" {
        sv: "certifikatet har inte börjat gälla", "ställ klockan: timedatectl set-ntp true";
        en: "the certificate is not valid yet", "set the clock: timedatectl set-ntp true";
    }
    CertificateOfAnother Error "CERTIFICATE_REFUSED" {
        sv: "registret känner certifikatets nyckel under en annan organisation eller ett annat namn", "lägg tillbaka rätt certifikat och nyckel: federation_listener.certificate_file och key_file";
        en: "the registry knows the certificate's key under another organisation or name", "restore the right certificate and key: federation_listener.certificate_file and key_file";
    }
    CertificatePurpose Error "CERTIFICATE_PURPOSE" {
        sv: "certifikatet är inte till för att anropa andra", "byt nyckel: brygga registry request-rotation --tls";
        en: "the certificate is not meant for calling others", "rotate the key: brygga registry request-rotation --tls";
    }
    CertificateUnusable Error "CERTIFICATE_UNUSABLE" {
        sv: "certifikatet kan inte användas: {detail}", "lägg tillbaka certifikat och nyckel tillsammans från säkerhetskopian";
        en: "the certificate cannot be used: {detail}", "restore certificate and key together from the backup";
    }
    ClientCertificateUnusable Error "CLIENT_CERTIFICATE_UNUSABLE" {
        sv: "klientcertifikatet kan inte användas: {detail}", "rätta client.certificate_file och client.key_file";
        en: "the client certificate cannot be used: {detail}", "correct client.certificate_file and client.key_file";
    }
    ClockBehind Error "CLOCK_BEHIND" {
        sv: "registret gjordes {issued}, och den här klockan visar {clock}", "ställ klockan: timedatectl set-ntp true";
        en: "the registry was made {issued}, and this clock says {clock}", "set the clock: timedatectl set-ntp true";
    }
    ClockWentBack Error "CLOCK_WENT_BACK" {
        sv: "noden har undertecknat sin logg {signed}, och klockan visar nu {clock}", "ställ klockan: timedatectl set-ntp true";
        en: "the node signed its log {signed}, and the clock now says {clock}", "set the clock: timedatectl set-ntp true";
    }
    ContactPointNotUnique Error "CONTACT_POINT_NOT_UNIQUE" {
        sv: "det finns inte precis en väg in för {audience}", "operatören: brygga registry contact-point set {organisation}";
        en: "there is not exactly one way in for {audience}", "the operator: brygga registry contact-point set {organisation}";
    }
    DatabaseOutgrowsDisk Warning "DATABASE_OUTGROWS_DISK" {
        sv: "databasen är {size} och bara {free} är ledigt: en kopia får inte plats", "utöka disken, eller kopiera till en annan";
        en: "the database has {size} and only {free} are free: a copy has no room", "enlarge the disk, or copy to another one";
    }
    DevelopmentKeyUnusable Error "DEVELOPMENT_KEY_UNUSABLE" {
        sv: "utvecklingsutfärdarens nyckel kan inte användas: {detail}", "lägg tillbaka filen, eller sätt development_issuer = false";
        en: "the development issuer's key cannot be used: {detail}", "restore the file, or set development_issuer = false";
    }
    DiskFull Error "DISK_FULL" {
        sv: "bara {free} är ledigt under {path}; utan plats sparas inget", "gör plats: journalctl --vacuum-size=200M, eller utöka disken";
        en: "only {free} are free under {path}; without room nothing is stored", "make room: journalctl --vacuum-size=200M, or enlarge the disk";
    }
    DiskLow Warning "DISK_LOW" {
        sv: "bara {free} är ledigt under {path}", "gör plats: journalctl --vacuum-size=200M, eller utöka disken";
        en: "only {free} are free under {path}", "make room: journalctl --vacuum-size=200M, or enlarge the disk";
    }
    DutyPhoneMissing Warning "DUTY_PHONE_MISSING" {
        sv: "inget jourtelefonnummer är angivet; när en akut remiss inte kommer fram ser handläggaren inget nummer", "ange minst ett i [contact] duty_phone_list i brygga.toml";
        en: "no duty phone is named; when an acute referral does not get through, the case worker sees no number", "name at least one in [contact] duty_phone_list of brygga.toml";
    }
    EndpointNotListed Warning "ENDPOINT_NOT_LISTED" {
        sv: "registret har inte {endpoint} som nodens adress", "be operatören ändra adressen i registret, eller rätta federation_listener.public_endpoint";
        en: "the registry does not list {endpoint} as this node's endpoint", "have the operator change the entry, or correct federation_listener.public_endpoint";
    }
    EndpointPortDiffers Warning "ENDPOINT_PORT_DIFFERS" {
        sv: "andra får veta {endpoint}, som inte svarar, och noden lyssnar på port {port}", "vidarebefordra porten, eller rätta federation_listener.address eller public_endpoint";
        en: "others are told {endpoint}, which does not answer, and the node listens on port {port}", "forward the port, or correct federation_listener.address or public_endpoint";
    }
    EvaluationsDue Warning "EVALUATIONS_DUE" {
        sv: "{count} avtal ska utvärderas nu", "avtalsansvarig: brygga agreement list; det sägs tills nästa version av avtalet börjar gälla (brygga agreement propose --amends)";
        en: "{count} agreements are due for their evaluation", "the agreement manager: brygga agreement list; it is said until the next version begins (brygga agreement propose --amends)";
    }
    JwksUnreadable Error "JWKS_UNREADABLE" {
        sv: "inloggningstjänstens nycklar kan inte läsas: {detail}", "lägg inloggningstjänstens JWK-mängd där, eller rätta local_auth.jwks_file";
        en: "the identity provider's keys cannot be read: {detail}", "put the identity provider's JWK set there, or correct local_auth.jwks_file";
    }
    JwksUnusable Error "JWKS_UNUSABLE" {
        sv: "inloggningstjänstens nycklar kan inte användas: {detail}", "lägg inloggningstjänstens JWK-mängd där, eller rätta local_auth.jwks_file";
        en: "the identity provider's keys cannot be used: {detail}", "put the identity provider's JWK set there, or correct local_auth.jwks_file";
    }
    KeyExists Error "KEY_EXISTS" {
        sv: "{path} finns redan", "flytta undan filen";
        en: "{path} exists already", "move the file away";
    }
    KeyIo Error "KEY_IO" {
        sv: "{path} kan inte läsas: {detail}", "kontrollera disken och filens ägare: ls -l {path}";
        en: "{path} cannot be read: {detail}", "look at the disk and at the file's owner: ls -l {path}";
    }
    KeyMalformed Error "KEY_MALFORMED" {
        sv: "{path} innehåller ingen nyckel av sitt slag", "lägg tillbaka den från säkerhetskopian";
        en: "{path} does not hold a key of its kind", "restore it from the backup";
    }
    KeyMissing Error "KEY_MISSING" {
        sv: "{path} saknas", "lägg tillbaka den från säkerhetskopian";
        en: "{path} is missing", "restore it from the backup";
    }
    KeyName Error "KEY_NAME" {
        sv: "{path} har inget namn som en nyckel har", "flytta undan filen";
        en: "{path} is not a name of a key", "move the file elsewhere";
    }
    KeyPermissions Error "KEY_PERMISSIONS" {
        sv: "{path} är öppen för andra", "chmod {mode} {path}";
        en: "{path} is open to others", "run: chmod {mode} {path}";
    }
    KeyReservedUnit Error "KEY_RESERVED_UNIT" {
        sv: "en funktion kan inte heta {unit}: den nyckelfilen är organisationens egen intagsfunktions", "ge funktionen ett annat namn";
        en: "a unit cannot be named {unit}: that key file is the organisation's own intake's", "give the unit another name";
    }
    LocalCertificateEndsSoon Warning "LOCAL_CERTIFICATE_ENDS_SOON" {
        sv: "den lokala portens certifikat går ut {until}", "lägg ett nytt certifikat på dess plats och starta om noden: systemctl restart brygga";
        en: "the certificate of the local port ends {until}", "put a new certificate in its place and restart the node: systemctl restart brygga";
    }
    LocalCertificateUnusable Error "LOCAL_CERTIFICATE_UNUSABLE" {
        sv: "den lokala portens certifikat kan inte användas: {detail}", "rätta local_listener.certificate_file och local_listener.key_file";
        en: "the certificate of the local port cannot be used: {detail}", "correct local_listener.certificate_file and local_listener.key_file";
    }
    NodeNotRunning Warning "NODE_NOT_RUNNING" {
        sv: "ingen svarar på den lokala porten {address}", "systemctl start brygga, eller: brygga serve";
        en: "nobody answers at the local port {address}", "run: systemctl start brygga, or: brygga serve";
    }
    OpenFilesLow Warning "OPEN_FILES_LOW" {
        sv: "en process får ha {limit} filer och förbindelser öppna; noden kan behöva {wanted}", "LimitNOFILE=4096 i brygga.service, eller: ulimit -n 4096";
        en: "a process may have {limit} files and connections open; the node may need {wanted}", "set LimitNOFILE=4096 in brygga.service, or: ulimit -n 4096";
    }
    OutboxDead Warning "OUTBOX_DEAD" {
        sv: "{count} meddelanden har getts upp och når inte fram", "brygga outbox list --dead-only, sedan brygga outbox retry ID eller ring mottagaren";
        en: "{count} messages were given up and do not arrive", "run: brygga outbox list --dead-only, then brygga outbox retry ID, or telephone the recipient";
    }
    OutboxWaits Warning "OUTBOX_WAITS" {
        sv: "{count} meddelanden väntar, det äldsta sedan {since}", "se vem som inte svarar: brygga doctor --peers";
        en: "{count} messages wait, the oldest since {since}", "see who does not answer: brygga doctor --peers";
    }
    PeerNameUnknown Warning "PEER_NAME_UNKNOWN" {
        sv: "{organisation}: namnet i {endpoint} finns inte i DNS", "kontrollera namnservern: resolvectl status; annars be {organisation} rätta sin adress";
        en: "{organisation}: the name in {endpoint} does not resolve", "look at the name server: resolvectl status; else ask {organisation} to correct its address";
    }
    PeerUnreachable Warning "PEER_UNREACHABLE" {
        sv: "{organisation}: {endpoint} tar inte emot någon förbindelse", "öppna brandväggen utåt mot den porten, eller ring {organisation}";
        en: "{organisation}: {endpoint} accepts no connection", "open the firewall outwards to that port, or telephone {organisation}";
    }
    ReferralsUnhandled Warning "REFERRALS_UNHANDLED" {
        sv: "{count} remisser har ingen tagit hand om, fast de är lagda hos mottagningen", "en handläggare: brygga referral list --side target --open, sedan brygga referral take-on ID";
        en: "{count} referrals nobody has taken on, although they lie before the intake", "a case worker: brygga referral list --side target --open, then brygga referral take-on ID";
    }
    RegistryAbsent Error "REGISTRY_ABSENT" {
        sv: "det finns inget register", "brygga registry install --file FIL";
        en: "there is no registry", "run: brygga registry install --file FILE";
    }
    RegistryExcluded Error "REGISTRY_EXCLUDED" {
        sv: "{organisation} är utesluten ur federationen", "tala med operatörerna";
        en: "{organisation} is excluded from the federation", "talk to the operators";
    }
    RegistryExpired Error "REGISTRY_EXPIRED" {
        sv: "registret har gått ut; allt utbyte upphör {until}", "operatören: brygga registry renew; sedan här: brygga registry install --file FIL";
        en: "the registry has expired; all exchange ends {until}", "the operator: brygga registry renew; then here: brygga registry install --file FILE";
    }
    RegistryExpiresSoon Warning "REGISTRY_EXPIRES_SOON" {
        sv: "registret går ut {until}", "operatören: brygga registry renew; sedan här: brygga registry install --file FIL";
        en: "the registry expires {until}", "the operator: brygga registry renew; then here: brygga registry install --file FILE";
    }
    RegistryLapsed Error "REGISTRY_LAPSED" {
        sv: "registret gäller inte längre, och inget litas på", "operatören: brygga registry renew; sedan här: brygga registry install --file FIL";
        en: "the registry holds no more, and nothing is trusted", "the operator: brygga registry renew; then here: brygga registry install --file FILE";
    }
    RegistryNotMember Error "REGISTRY_NOT_MEMBER" {
        sv: "{organisation} är inte medlem ännu", "be operatören ta in er, sedan: brygga registry install --file FIL";
        en: "{organisation} is not a member yet", "have the operator admit you, then: brygga registry install --file FILE";
    }
    RegistryUnusable Error "REGISTRY_UNUSABLE" {
        sv: "registret kan inte användas: {detail}", "lägg tillbaka filen, eller: brygga registry install --file FIL";
        en: "the registry cannot be used: {detail}", "restore the file, or: brygga registry install --file FILE";
    }
    RetentionBlocked Warning "RETENTION_BLOCKED" {
        sv: "{count} ärenden vars gallringstid är ute väntar på att diariet exporteras", "registratorn: brygga register export --format csv --out FIL";
        en: "{count} cases past their time wait for an export of the register", "the registrar: brygga register export --format csv --out FILE";
    }
    RetentionHandOver Warning "RETENTION_HAND_OVER" {
        sv: "{count} ärenden om barn ska lämnas över till nämnden (SoL 17:2-4)", "arkivarien: brygga retention list --due-only";
        en: "{count} cases about a child have to be handed over to the board (SoL 17:2-4)", "the archivist: brygga retention list --due-only";
    }
    ReviewsOverdue Warning "REVIEWS_OVERDUE" {
        sv: "{count} nödåtkomster (brutet glas) har inte granskats inom sju dagar", "loggranskaren: brygga access list --waiting, sedan brygga access review --break-glass ID --finding NO_REMARK";
        en: "{count} broken glasses were not reviewed within seven days", "the log reviewer: brygga access list --waiting, then brygga access review --break-glass ID --finding NO_REMARK";
    }
    RevokedTokensUnreadable Error "REVOKED_TOKENS_UNREADABLE" {
        sv: "listan över återkallade tokens kan inte läsas: {detail}", "gör filen läsbar för noden: local_auth.revoked_tokens_file";
        en: "the list of revoked tokens cannot be read: {detail}", "make the file readable for the node: local_auth.revoked_tokens_file";
    }
    SealingKeyAbsent Error "SEALING_KEY_ABSENT" {
        sv: "innehåll förseglas till en nyckel för {unit} som inte finns här", "lägg tillbaka nyckeln från säkerhetskopian, eller byt: brygga registry request-rotation --sealing";
        en: "content is sealed to a key of {unit} that is not here", "restore the key from the backup, or rotate: brygga registry request-rotation --sealing";
    }
    SigningKeyNotListed Error "SIGNING_KEY_NOT_LISTED" {
        sv: "registret har inte nodens signeringsnyckel", "lägg tillbaka rätt nyckel från säkerhetskopian, eller byt: brygga registry request-rotation --signing";
        en: "the registry does not list the signing key of this node", "restore the right key from the backup, or rotate: brygga registry request-rotation --signing";
    }
    ServicesStale Warning "SERVICES_STALE" {
        sv: "{count} egna tjänster har för gamla siffror, och andra ser dem inte", "den som räknar platserna: brygga capacity services, och sedan brygga capacity publish";
        en: "{count} services of this organisation have numbers that are too old, and others are not shown them", "whoever counts the places: brygga capacity services, then brygga capacity publish";
    }
    StopsUnanswered Warning "STOPS_UNANSWERED" {
        sv: "{count} mottagare har inte svarat på att behandlingen ska stoppas", "en handläggare: brygga consent show ID, och ring mottagaren";
        en: "{count} recipients have not answered an order to stop", "a case worker: brygga consent show ID, and call the recipient";
    }
    StoreAddress Error "STORE_URL" {
        sv: "databasens adress kan inte användas: {detail}", "rätta [storage] i brygga.toml";
        en: "the database's address cannot be used: {detail}", "correct [storage] in brygga.toml";
    }
    StoreFile Error "STORE_FILE" {
        sv: "databasfilen: {detail}", "lägg filen på en lokal disk med rättigheter 0600";
        en: "the database file: {detail}", "keep the file on a local disk with mode 0600";
    }
    StoreSetting Error "STORE_WEAK_SETTING" {
        sv: "sparade uppgifter kan gå förlorade: {detail}", "ändra inställningen hos databasservern";
        en: "what was stored could be lost: {detail}", "change the setting at the database server";
    }
    StoreUnavailable Error "STORE_UNAVAILABLE" {
        sv: "databasen kan inte nås: {detail}", "starta databasen, eller för en ny nod: brygga migrate";
        en: "the database cannot be reached: {detail}", "start the database, or for a new node: brygga migrate";
    }
    StoreUnmigrated Error "STORE_UNMIGRATED" {
        sv: "databasens schema är inte programmets: {detail}", "brygga migrate";
        en: "the database's schema is not the program's: {detail}", "run: brygga migrate";
    }
    StoreUnsound Error "STORE_UNSOUND" {
        sv: "databasen är inte hel: {detail}", "stoppa noden och läs RUNBOOK, Disk and store, innan den startas igen";
        en: "the database is not sound: {detail}", "stop the node and read the RUNBOOK, Disk and store, before it is started again";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn every_finding_has_a_problem_and_a_fix_in_both_languages() {
        for fault in Fault::ALL {
            let (swedish, english) = (fault.texts(Language::Sv), fault.texts(Language::En));
            for (sv, en) in [(swedish.0, english.0), (swedish.1, english.1)] {
                assert!(!sv.is_empty() && !en.is_empty(), "{fault:?}");
                assert_ne!(sv, en, "{fault:?}");
                assert_eq!(names(sv), names(en), "{fault:?}");
            }
        }
    }

    #[test]
    fn values_are_filled_in() {
        let found =
            Fault::KeyPermissions.found(Language::Sv, &[("path", "keys/x"), ("mode", "600")]);
        assert_eq!(found.problem, "keys/x är öppen för andra");
        assert_eq!(found.fix, "chmod 600 keys/x");
    }
}
