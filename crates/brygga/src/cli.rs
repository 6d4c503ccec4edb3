//! What stands before and around every command.

use std::path::PathBuf;

use brygga_domain::Timestamp;
use clap::{Args, Parser, ValueEnum};

use crate::commands::Command;
use crate::node_dir::NodeDir;
use crate::output::{Format, Output};
use crate::when;

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
    /// Language of what a case worker reads; operators read English
    #[arg(long, value_enum, default_value_t = Language::Sv, global = true)]
    #[arg(env = "BRYGGA_LANGUAGE", hide_env_values = true, display_order = 902)]
    language: Language,
}

/// The language of labels and explanations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Svenska
    Sv,
    /// English
    En,
}

/// What every command is given: where, in which language and when.
pub(crate) struct Invocation {
    pub(crate) node: NodeDir,
    pub(crate) language: Language,
    pub(crate) now: Timestamp,
}

impl Cli {
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
