//! The function that ships, with other rules.

use std::io::{Cursor, Read as _, Write as _};

use anyhow::{Context as _, anyhow, bail};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The function of a zip, without the rules that the zip has.
#[derive(Debug)]
pub struct Package {
    bootstrap: Vec<u8>,
}

impl Package {
    /// Reads a zip as `cargo xtask package` writes it.
    ///
    /// # Errors
    /// It is no zip, or has no `bootstrap`, or one that Lambda does not run.
    pub fn read(zip: &[u8]) -> anyhow::Result<Self> {
        let mut zip = ZipArchive::new(Cursor::new(zip))
            .map_err(|_| anyhow!("it is no zip; `cargo xtask package` writes one"))?;
        let mut entry = zip.by_name("bootstrap").map_err(|_| {
            anyhow!("it has no file `bootstrap`; `cargo xtask package` writes a zip that has one")
        })?;
        let mut bootstrap = Vec::new();
        entry.read_to_end(&mut bootstrap).context("its `bootstrap` cannot be unpacked")?;
        let package = Package { bootstrap };
        package.architecture()?;
        Ok(package)
    }

    /// What it is built for, as Lambda names it.
    pub(crate) fn architecture(&self) -> anyhow::Result<&'static str> {
        // ELF, then the machine as two bytes at 18.
        match (self.bootstrap.get(..4), self.bootstrap.get(18..20)) {
            (Some(b"\x7fELF"), Some([0xb7, 0])) => Ok("arm64"),
            (Some(b"\x7fELF"), Some([0x3e, 0])) => Ok("x86_64"),
            _ => bail!("its `bootstrap` is no program for Linux on arm64 or x86-64"),
        }
    }

    /// A zip of it with these rules.
    pub(crate) fn with_rules(&self, rules: &str) -> anyhow::Result<Vec<u8>> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("bootstrap", options.unix_permissions(0o755))?;
        zip.write_all(&self.bootstrap)?;
        zip.start_file("rules/conformance.rules", options.unix_permissions(0o644))?;
        zip.write_all(rules.as_bytes())?;
        Ok(zip.finish()?.into_inner())
    }
}
