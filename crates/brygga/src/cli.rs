//! What stands before and around every command.

pub(crate) mod help;
mod language;
mod usage;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use brygga_domain::Timestamp;
use clap::error::ErrorKind;
use clap::{Args, FromArgMatches, Parser};

use crate::commands::Command;
use crate::node_dir::NodeDir;
use crate::output::{Format, Output};
use crate::when;

pub(crate) use language::Language;

/// The node of one organisation in a federation against homelessness.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused with a coded reason, 4 the node
/// cannot be reached. With --output json every command prints one JSON object on standard
/// output, and an error as {"error": {"code", "what", "where", "fix"}} on standard error;
/// names and codes in it are stable, and new fields may be added.
#[derive(Parser)]
#[command(name = "brygga", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    options: GlobalOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Args)]
struct GlobalOptions {
    /// The node's directory, with brygga.toml in it
    #[arg(long, env = "BRYGGA_DIR", default_value = ".", global = true, hide_env_values = true)]
    #[arg(value_name = "DIR", display_order = 900)]
    dir: PathBuf,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t = Format::Text, global = true, display_order = 901)]
    output: Format,
    /// Language of answers, errors and help; when left out that of LC_ALL, LC_MESSAGES or LANG, and
    /// Swedish where they name neither
    #[arg(long, value_enum, default_value_t, global = true, hide_default_value = true)]
    #[arg(env = "BRYGGA_LANGUAGE", hide_env_values = true, display_order = 902)]
    language: Language,
}

/// What every command is given: where, in which language and when.
pub(crate) struct Invocation {
    pub(crate) node: NodeDir,
    pub(crate) language: Language,
    pub(crate) now: Timestamp,
}

impl Cli {
    /// Reads the command line, with help and complaints in the reader's language.
    ///
    /// # Errors
    ///
    /// There is nothing to run: the help, the version or what is wrong has been printed, and the
    /// exit code is 0, or 2 for wrong usage.
    pub(crate) fn read(line: &[OsString]) -> Result<Self, ExitCode> {
        let language = Language::asked(line, |name| std::env::var(name).ok());
        let command = help::command(language, line);
        let read = command.try_get_matches_from(line);
        let read = read.and_then(|mut matches| Self::from_arg_matches_mut(&mut matches));
        read.map_err(|error| match error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            | ErrorKind::DisplayVersion => {
                // Nobody reads it when the output is closed.
                let _ = error.print();
                ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
            }
            _ => {
                let output = Output::new(Format::asked(line), language);
                output.failure(&usage::failure(&error, language))
            }
        })
    }

    pub(crate) fn output(&self) -> Output {
        let format = match &self.command {
            Command::Bench(args) if args.json => Format::Json,
            _ => self.options.output,
        };
        Output::new(format, self.options.language)
    }

    pub(crate) fn invocation(&self) -> Invocation {
        Invocation {
            node: NodeDir::new(&self.options.dir),
            language: self.options.language,
            now: when::now(),
        }
    }
}
