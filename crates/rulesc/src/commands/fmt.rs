//! `rulesc fmt`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use distributary_cli::{Exit, Findings, OutputFormat, count, reason};
use distributary_ruleset::{Location, RulesetError};
use similar::TextDiff;

/// Bring rules files into the one style
///
/// Comments stay, and so does what the rules mean. A file with syntax errors is left alone. Exits
/// with 0 when every file is in the one style, with 1 when --check or --diff found one that is not,
/// and with 2 when a file cannot be formatted.
#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Files or directories, `-` for standard input to standard output [default: .]
    paths: Vec<PathBuf>,

    /// Name the files that are not in the style, and write nothing
    #[arg(long)]
    check: bool,

    /// Print what would change as a unified diff, and write nothing
    #[arg(long)]
    diff: bool,
}

/// A rules file and what the one style makes of it.
struct File<'t> {
    path: &'t Path,
    name: &'t str,
    text: &'t str,
    formatted: &'t str,
}

impl Fmt {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut findings = Findings::new(OutputFormat::Full);
        let mut out = std::io::stdout().lock();
        let (mut files, mut changed) = (0, 0);
        for location in distributary_ruleset::files(&self.paths)? {
            files += 1;
            if self.format(&location, &mut findings, &mut out)? {
                changed += 1;
            }
        }
        if !self.prints_only_rules() {
            let result = match changed {
                0 => "nothing to change".to_owned(),
                _ if self.writes() => format!("{changed} changed"),
                _ => format!("{changed} would change"),
            };
            writeln!(out, "{}: {result}", count(files, "file"))?;
        }
        Ok(match changed {
            _ if findings.errors() > 0 => Exit::Failed,
            1.. if !self.writes() => Exit::No,
            _ => Exit::Fine,
        })
    }

    /// Whether the file is not in the style, or was not.
    fn format(
        &self,
        location: &Location,
        findings: &mut Findings,
        out: &mut impl std::io::Write,
    ) -> anyhow::Result<bool> {
        let sources = match location.read() {
            Err(RulesetError::Refused(refused)) => {
                findings.report(&refused.diagnostics, &refused.sources);
                return Ok(false);
            }
            other => other?.sources,
        };
        let Some((_, source)) = sources.iter().next() else { return Ok(false) };
        match distributary_syntax::format(&source.text) {
            Ok(formatted) => {
                let (path, name, text) = (&*location.root, &*source.name, &*source.text);
                self.settle(&File { path, name, text, formatted: &formatted }, out)?;
                Ok(formatted != source.text)
            }
            Err(errors) => {
                findings.report(&errors, &sources);
                Ok(false)
            }
        }
    }

    fn settle(&self, file: &File<'_>, out: &mut impl std::io::Write) -> anyhow::Result<()> {
        let is_stdin = file.path == Path::new("-");
        let is_changed = file.formatted != file.text;
        if self.diff && is_changed {
            let diff = TextDiff::from_lines(file.text, file.formatted);
            let (old, new) = (format!("a/{}", file.name), format!("b/{}", file.name));
            write!(out, "{}", diff.unified_diff().header(&old, &new))?;
        } else if self.check && is_changed {
            writeln!(out, "{}", file.name)?;
        } else if self.writes() && is_stdin {
            write!(out, "{}", file.formatted)?;
        } else if self.writes() && is_changed {
            std::fs::write(file.path, file.formatted).map_err(|error| {
                anyhow::anyhow!("cannot write `{}`: {}", file.name, reason(&error))
            })?;
        }
        Ok(())
    }

    fn writes(&self) -> bool {
        !self.check && !self.diff
    }

    /// Whether another program may read the output.
    fn prints_only_rules(&self) -> bool {
        self.diff || self.writes() && self.paths.iter().any(|path| path == Path::new("-"))
    }
}
