//! `rulesc explain`

use std::io::Write as _;

use anyhow::anyhow;
use clap::Args;
use distributary_cli::Exit;

use crate::pages;

/// Print the page about a diagnostic: what it says, why it matters, what to write instead
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code of a diagnostic, such as R301
    code: String,
}

impl Explain {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let page = pages::code(&self.code).and_then(pages::page);
        let page = page.ok_or_else(|| anyhow!("there is no diagnostic `{}`", self.code))?;
        std::io::stdout().write_all(page.as_bytes())?;
        Ok(Exit::Fine)
    }
}
