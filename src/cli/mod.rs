//! The command line.

mod check;
mod completions;
mod demo;
mod diff;
mod explain;
mod keygen;
mod overrides;
mod preview;
mod recognise;
mod reload;
mod render;
mod replay;
mod serve;
mod set;
mod signals;
mod signatures;
mod test;
mod unwrap;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::demo::args::DemoArgs;
use crate::load::Environment;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// All is well.
    Fine = 0,
    /// The answer is bad: errors were found, or the work failed.
    Bad = 1,
    /// The question was bad: a wrong flag, a file that can't be read.
    Usage = 2,
    /// There is no answer: what was given tells nothing of it.
    Unknown = 3,
}

const EXAMPLES: &str = "\
Examples:
  Try it before an API on port 3000; the link as it stands in your mail:
    linklatch serve --upstream http://127.0.0.1:3000 \\
      --link '/auth/verify?token={token}'

  The same from a file, checked first:
    linklatch check --config linklatch.toml
    linklatch serve --config linklatch.toml

  See what it does, with a mailbox and scanners, on this machine alone:
    linklatch demo

Environment (wins over the file):
  LINKLATCH_LISTEN         the first listener's address
  LINKLATCH_UPSTREAM       the first upstream's url
  LINKLATCH_PUBLIC_URL     the origin that people see
  LINKLATCH_KEY            sealing keys, as `linklatch keygen` prints them
  LINKLATCH_CLIENT_<NAME>  a client's secret, as `linklatch keygen` prints it
  LINKLATCH_LOG            what is told beside requests: error, warn, info, debug

Exit codes:
  0  fine
  1  the answer is bad: errors were found, or the work failed
  2  the question was bad: a wrong flag, a file that can't be read";

/// Keeps one-time sign-in links shut until a person opens them.
///
/// linklatch stands before your auth API as a reverse proxy. Mail scanners may fetch a mailed link as often as
/// they like: they see a page with a button, and the token stays whole until a person presses it.
#[derive(Debug, Parser)]
#[command(name = "linklatch", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Stand before an auth API.
    Serve(ServeArgs),
    /// Show every page in every state, purpose and language, for whoever designs them.
    Preview(preview::PreviewArgs),
    /// Report every problem of a configuration file, and what it protects.
    Check(CheckArgs),
    /// Run the examples in the signature files.
    Test(TestArgs),
    /// Show the signatures in force.
    Signatures(SignaturesArgs),
    /// Say what a request looks like, and why.
    Explain(explain::ExplainArgs),
    /// Say what other signatures would have changed, by past log lines.
    Replay(replay::ReplayArgs),
    /// Undo the links that mail gateways write, and say where they lead.
    Unwrap(UnwrapArgs),
    /// Show it on this machine: a small auth API, a site, a mailbox and a few scanners.
    Demo(DemoArgs),
    /// Print a fresh key, for `[keys] file` or a client's `secret-file`.
    #[command(after_help = "Example:\n  linklatch keygen > linklatch.key")]
    Keygen,
    /// Print a completion script for a shell.
    #[command(
        after_help = "Example:\n  linklatch completions bash > ~/.local/share/bash-completion/completions/linklatch"
    )]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Clone, Debug, Args)]
#[command(after_help = "\
Examples:
  linklatch serve --config linklatch.toml
  linklatch serve --listen 127.0.0.1:8080 --upstream http://127.0.0.1:3000 \\
    --link '/auth/verify?token={token}'

In a link, {token} stands in the token's place, {name} for any other value;
a plain value must be equal.")]
struct ServeArgs {
    /// Configuration file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["listen", "upstream", "link"])]
    config: Option<PathBuf>,
    /// Address and port to listen on [default: 127.0.0.1:8080]; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Where your auth API listens, as in http://127.0.0.1:3000.
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,
    /// A link as it stands in the mail, with {token} in the token's place; may be given several times.
    #[arg(long, value_name = "TEMPLATE")]
    link: Vec<String>,
}

#[derive(Debug, Args)]
#[command(
    override_usage = "linklatch check [OPTIONS] <FILE>\n       linklatch check [OPTIONS] --signatures <FOLDER>",
    after_help = "\
Example: which link is this address, or does it pass?
  linklatch check linklatch.toml --url 'https://auth.example.com/auth/verify?token=…'

Exit codes:
  0  it can be used, perhaps with warnings; with --url: the address is a link
  1  errors were found; with --url: the address is no link
  2  the file can't be read"
)]
struct CheckArgs {
    /// Configuration file; the same as --config.
    #[arg(value_name = "FILE", required_unless_present_any = ["config", "signatures"])]
    file: Option<PathBuf>,
    /// Configuration file.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    config: Option<PathBuf>,
    /// Your folder of signature files alone, laid over the shipped ones, without a configuration.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["file", "config"])]
    signatures: Option<PathBuf>,
    /// An address as it stands in a mail, or its path: which link it is, or that it passes.
    #[arg(long, value_name = "URL", conflicts_with = "signatures")]
    url: Option<String>,
    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes:\n  0  every example holds\n  1  one does not, or a file has errors\n  2  the question was bad"
)]
struct TestArgs {
    /// Your folder of signature files; the same as --signatures.
    #[arg(value_name = "FOLDER", conflicts_with = "signatures")]
    folder: Option<PathBuf>,
    /// Your folder of signature files, laid over the shipped ones.
    #[arg(long, value_name = "FOLDER")]
    signatures: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct SignaturesArgs {
    /// Your folder of signature files, laid over the shipped ones.
    #[arg(long, value_name = "FOLDER", global = true)]
    signatures: Option<PathBuf>,
    #[command(subcommand)]
    command: SignaturesCommand,
}

#[derive(Debug, Subcommand)]
enum SignaturesCommand {
    /// All of them, or those of a vendor: weight, id, what they recognise, and where they stand.
    #[command(after_help = "\
Examples:
  linklatch signatures list
  linklatch signatures list proofpoint

With a word, it also tells what is known of the vendor's behaviour, and what is not.")]
    List {
        /// Only where this stands in the id, the title, the file's name or what the file says of the vendor.
        word: Option<String>,
    },
    /// One of them, with its sources and conditions.
    Show {
        /// Its id.
        id: String,
    },
    /// What differs between two sets: a folder stands for the shipped ones with it laid over them.
    #[command(after_help = "\
Examples:
  linklatch signatures diff shipped signatures
  linklatch signatures diff signatures signatures.new --format json

Exit codes:
  0  nothing differs
  1  something differs
  2  the question was bad, or a file has errors")]
    Diff {
        /// A folder, or `shipped`.
        old: PathBuf,
        /// A folder, or `shipped`.
        new: PathBuf,
        /// How to answer.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// A JSON Schema of signature files, for editors.
    #[command(after_help = "\
Example, and the first line of a signature file then:
  linklatch signatures schema > signatures/schema.json
  #:schema ../schema.json")]
    Schema,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example, the link in quotes:
  linklatch unwrap 'https://urldefense.com/v3/__https://a.example/v__;!!Ab!Cd$'

Nothing is fetched. The answer has the link's one-time token, if there is one.

Exit codes:
  0  every link leads to a plain link, or is one
  1  one can't be undone
  2  the question was bad")]
struct UnwrapArgs {
    /// Links as they stand in the mail; none, or -, reads one a line from standard input.
    #[arg(value_name = "URL")]
    urls: Vec<String>,
    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Runs the command that `arguments` name, the program's own name first.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let exit = match Cli::try_parse_from(arguments) {
        Ok(cli) => run(cli.command, &Environment::from_process()).unwrap_or_else(|error| {
            // Nothing is left to be said where even this can't be written.
            let _ = render::err(&format!("error: {error:#}\n"));
            Exit::Bad
        }),
        Err(usage) => {
            let _ = usage.print();
            if usage.exit_code() == 0 {
                Exit::Fine
            } else {
                Exit::Usage
            }
        }
    };
    ExitCode::from(exit as u8)
}

fn run(command: Command, environment: &Environment) -> anyhow::Result<Exit> {
    match command {
        Command::Serve(args) => serve::run(&args, environment),
        Command::Preview(args) => preview::run(args, environment),
        Command::Check(args) => check::run(&args, environment),
        Command::Test(args) => test::run(&args),
        Command::Signatures(args) => signatures::run(&args),
        Command::Explain(args) => explain::run(&args, environment),
        Command::Replay(args) => replay::run(&args, environment),
        Command::Unwrap(args) => unwrap::run(&args),
        Command::Demo(args) => demo::run(args),
        Command::Keygen => keygen::run(),
        Command::Completions { shell } => completions::run(shell),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_holds() {
        Cli::command().debug_assert();
    }
}
