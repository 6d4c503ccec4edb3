//! What those see of a protected relocation who have no part in it.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::super::places::{ALL, GUESTS, Place, SAMORDNAREN, SMAVIK};
use super::super::stage::Stage;
use super::officers::{CARDS, Officer, Team};
use super::{MEMBERS, PERSON, SPOKE_WITH};
use crate::failure::Failure;
use crate::when;

/// An identifier that nothing has.
const INVENTED: &str = "09090909090909090909090909090909";
/// The two whose nodes are looked into: where the person was, and whose node carried everything.
const LOOKED_INTO: [Place; 2] = [SMAVIK, SAMORDNAREN];

/// How it was before the first case.
pub(super) struct Outside {
    before: [Seen; 2],
    /// What the coordinator asked, and what it was answered.
    asked: Vec<(Vec<String>, Output)>,
}

/// A node as whoever runs it sees it.
struct Seen {
    /// How often each organisation stands in the database.
    counts: Vec<usize>,
    /// How long the log is.
    log: usize,
}

impl Outside {
    pub(super) fn before(stage: &Stage, agreement: &str) -> Result<Self, Failure> {
        let [origin, relay] = LOOKED_INTO;
        let before = [Seen::now(stage, origin, "before")?, Seen::now(stage, relay, "before")?];
        let answered = |question: Vec<String>| {
            let words: Vec<_> = question.iter().map(String::as_str).collect();
            let answer = stage.output(SAMORDNAREN, &words)?;
            Ok((question, answer))
        };
        let asked: Result<_, Failure> =
            questions(stage, agreement).into_iter().map(answered).collect();
        Ok(Self { before, asked: asked? })
    }

    /// Looks from everywhere.
    pub(super) fn look(
        &self,
        stage: &mut Stage,
        case: &str,
        teams: &[&Team],
    ) -> Result<(), Failure> {
        stage.scene(
            "Och vad ser alla andra av flytten? Ingenting.",
            "And what does everybody else see of the move? Nothing.",
        );
        self.relay(stage, case, teams)?;
        self.administrator(stage, teams)?;
        self.coordinator(stage, case)?;
        colleagues(stage, case, &teams[0].one)
    }

    /// The node that carried every letter.
    fn relay(&self, stage: &mut Stage, case: &str, teams: &[&Team]) -> Result<(), Failure> {
        let [_, before] = &self.before;
        unchanged(stage, SAMORDNAREN, before)?;
        let mut words = hidden(teams);
        words.extend([case.to_owned(), case.replace('-', "")]);
        nowhere(stage, SAMORDNAREN, &words)?;
        stage.tell(
            "Samordnarens nod bar varje brev: dess databas har ingen rad om det, och loggen har inte nämnt någon kommun",
            "The coordinator's node carried every letter: its database has no row of it, its log has named no municipality",
        );
        Ok(())
    }

    /// Whoever coordinates, and asks all that can be asked.
    fn coordinator(&self, stage: &mut Stage, case: &str) -> Result<(), Failure> {
        for (question, before) in &self.asked {
            let about =
                |word: &String| if word == INVENTED { case.to_owned() } else { word.clone() };
            let mut words: Vec<String> = question.iter().map(about).collect();
            // The officer stays an invented one.
            if let Some(officer) = words.iter().position(|word| word == "--officer") {
                INVENTED.clone_into(&mut words[officer + 1]);
            }
            let words: Vec<_> = words.iter().map(String::as_str).collect();
            let now = stage.output(SAMORDNAREN, &words)?;
            if now != *before {
                return Err(step(format!("{words:?}: {before:?}, then {now:?}")));
            }
        }
        let count = self.asked.len();
        stage.tell(
            format!("Samordnaren frågar om allt den kan, {count} frågor: sammanställningar, listor, ärenden; \
                     svaren är desamma som före flytten"),
            format!("The coordinator asks all it can, {count} questions: aggregates, lists, cases; \
                     the answers are those from before the move"),
        );
        Ok(())
    }

    /// Whoever has every file of the node from which the person moved.
    fn administrator(&self, stage: &mut Stage, teams: &[&Team]) -> Result<(), Failure> {
        let [before, _] = &self.before;
        nowhere(stage, SMAVIK, &hidden(teams))?;
        stage.tell(
            "Småviks administratör läser varje fil: personen, numret, handläggarna och lösenorden står ingenstans",
            "Småvik's administrator reads every file: the person, the number, the officers and passphrases stand nowhere",
        );
        unchanged(stage, SMAVIK, before)?;
        stage.tell(
            "Ingen kommun står oftare i Småviks databas och logg än före flytten, inte heller den dit personen flyttade",
            "No municipality stands more often in Småvik's database and log than before, not the one moved to either",
        );
        Ok(())
    }
}

/// All that a coordinator can ask its node about others, in its own role and in that of an officer.
fn questions(stage: &Stage, agreement: &str) -> Vec<Vec<String>> {
    let (passphrase, today) = (stage.file("smavik-ett.txt"), when::swedish(when::now()));
    let year = today.get(..4).unwrap_or_default();
    let month: u32 = today.get(5..7).and_then(|month| month.parse().ok()).unwrap_or(1);
    let mut all = Vec::new();
    for role in ["REGIONAL_COORDINATOR", "AGREEMENT_MANAGER", "OPERATOR", "PROTECTED_OFFICER"] {
        let quarter = format!("{year}-Q{}", month.div_ceil(3));
        let numbers = ["--agreement", agreement, "--quarter", &quarter];
        let officer = ["--officer", INVENTED, "--passphrase-file", &passphrase];
        let relocation = [&["relocation"], &officer[..]].concat();
        let lines = [
            [&["aggregate", "ask"], &numbers[..]].concat(),
            [&["aggregate", "show"], &numbers[..]].concat(),
            vec!["agreement", "show", agreement],
            vec!["capacity", "list"],
            vec!["referral", "list"],
            vec!["transfer", "list"],
            vec!["officer", "enrol", "--passphrase-file", &passphrase],
            [&relocation[..], &["list"]].concat(),
            [&relocation[..], &["enquiries"]].concat(),
            [&relocation[..], &["show", INVENTED]].concat(),
        ];
        let said = lines
            .into_iter()
            .map(|line| line.into_iter().chain(["--as-role", role]).map(str::to_owned).collect());
        all.extend(said);
    }
    all
}

/// A case worker and another officer of the same municipality, with the case's identifier and with one that nothing has.
fn colleagues(stage: &mut Stage, case: &str, officer: &Officer) -> Result<(), Failure> {
    let another = Officer::enrol(stage, SMAVIK, "en annans", &[])?;
    let worker = ["--as-role", "CASE_WORKER"];
    for (who, more, code) in
        [(officer, &worker[..], "SEND_ROLE_DENIED"), (&another, &[], "SEND_NOT_FOUND")]
    {
        let ask = |id| stage.output(SMAVIK, &who.line(&[&["show", id], more].concat()));
        let (real, invented) = (ask(case)?, ask(INVENTED)?);
        let said = String::from_utf8_lossy(&real.stderr).contains(code);
        if !said || real.status.success() || real != invented {
            return Err(step(format!("{code}: {real:?} and {invented:?}")));
        }
    }
    stage.tell(
        "En vanlig handläggare, och en annan särskilt utsedd, får om ärendet samma svar som om ett påhittat, byte för byte",
        "A case worker, and another officer, get the same answer about the case as about an invented one, byte for byte",
    );
    Ok(())
}

/// Who the person is, the officers that were told of, and what opens their keys.
fn hidden(teams: &[&Team]) -> Vec<String> {
    let [_, number, _] = PERSON;
    let mut words: Vec<String> = PERSON.map(str::to_owned).into();
    words.extend(number.get(2..).map(str::to_owned));
    words.push(SPOKE_WITH.to_owned());
    words.extend(CARDS.iter().flat_map(|(name, phone)| [*name, *phone]).map(str::to_owned));
    let officers = teams.iter().flat_map(|team| [&team.one, &team.other]);
    words.extend(officers.map(|officer| officer.passphrase.clone()));
    words
}

/// Fails where one of the words stands in a file of a node: its databases and their write-ahead logs, its logs, its keys.
fn nowhere(stage: &Stage, place: Place, words: &[String]) -> Result<(), Failure> {
    let dir = stage.dir(place);
    let files = files(Path::new(&dir))?;
    let needles = Needles::of(words);
    if let Some((file, _)) = files.iter().find(|(_, bytes)| needles.found(bytes)) {
        return Err(step(format!("something of a protected person stands in {file}")));
    }
    // A search that finds nothing at all would be no search.
    let own = Needles::of(&[place.organisation.to_owned()]);
    if !files.iter().any(|(file, bytes)| file.ends_with("brygga.db") && own.found(bytes)) {
        return Err(step(format!("{dir} has no database to search in")));
    }
    Ok(())
}

/// Fails where a node's database tells more often of an organisation than before, or its log has named another.
fn unchanged(stage: &Stage, place: Place, before: &Seen) -> Result<(), Failure> {
    let now = Seen::now(stage, place, "after")?;
    if now.counts != before.counts {
        let (was, is) = (&before.counts, &now.counts);
        return Err(step(format!("{} tells of organisations: {was:?}, then {is:?}", place.title)));
    }
    let log = read(&Path::new(&stage.dir(place)).join("serve.log"))?;
    let others = MEMBERS.iter().filter(|member| member.name != place.name);
    let names: Vec<String> =
        others.flat_map(|member| [member.organisation, member.title]).map(str::to_owned).collect();
    if Needles::of(&names).found(log.get(before.log..).unwrap_or_default()) {
        return Err(step(format!("the log of {} names a member", place.title)));
    }
    Ok(())
}

impl Seen {
    /// A copy of the database counts alike whatever lies in a write-ahead log.
    fn now(stage: &Stage, place: Place, when: &str) -> Result<Self, Failure> {
        let out = stage.file(&format!("{}-{when}", place.name));
        stage.run(place, &["backup", "--out", &out])?;
        let copy = read(&Path::new(&out).join("brygga.db"))?;
        let all = ALL.iter().chain(&GUESTS);
        let counts = all.map(|place| times(&copy, place.organisation.as_bytes())).collect();
        let log = read(&Path::new(&stage.dir(place)).join("serve.log"))?.len();
        Ok(Self { counts, log })
    }
}

fn times(bytes: &[u8], word: &[u8]) -> usize {
    bytes.windows(word.len()).filter(|at| *at == word).count()
}

/// Words as text in UTF-8 and both orders of UTF-16 and as hexadecimal digits, by the byte that they begin with.
struct Needles(Vec<Vec<Vec<u8>>>);

impl Needles {
    fn of(words: &[String]) -> Self {
        let mut by_byte = vec![Vec::new(); 256];
        let forms = words.iter().flat_map(|word| {
            let wide = |order: fn(u16) -> [u8; 2]| word.encode_utf16().flat_map(order).collect();
            [
                word.clone().into_bytes(),
                hex::encode(word).into_bytes(),
                hex::encode_upper(word).into_bytes(),
                wide(u16::to_le_bytes),
                wide(u16::to_be_bytes),
            ]
        });
        for form in forms {
            if let Some(first) = form.first() {
                by_byte[usize::from(*first)].push(form);
            }
        }
        Self(by_byte)
    }

    fn found(&self, bytes: &[u8]) -> bool {
        let begins = |(at, first): (usize, &u8)| {
            self.0[usize::from(*first)].iter().any(|form| bytes[at..].starts_with(form))
        };
        bytes.iter().enumerate().any(begins)
    }
}

/// Every file under a directory, by its path.
fn files(dir: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| Failure::file(dir, &error))? {
        let path = entry.map_err(|error| Failure::file(dir, &error))?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.is_file() {
            found.push((path.display().to_string(), read(&path)?));
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::file(path, &error))
}

fn step(what: String) -> Failure {
    Failure::other("DEMO_STEP", what)
}
