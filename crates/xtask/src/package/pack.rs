//! A zip that says nothing but what is in it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What goes into a zip: the name there, the file here, its mode.
pub(super) type Content = (String, PathBuf, u32);

/// Every file at the time that zips begin with, so that equal contents make equal bytes.
pub(super) fn pack(zip: &Path, contents: &[Content]) -> Result<()> {
    let mut packed = ZipWriter::new(File::create(zip)?);
    for (name, file, mode) in contents {
        let options = SimpleFileOptions::default().compression_level(Some(9));
        packed.start_file(name, options.unix_permissions(*mode))?;
        packed.write_all(&fs::read(file)?)?;
    }
    packed.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::{Duration, SystemTime};

    use super::*;

    /// Packs two files from a folder of this name that were written at this time.
    fn packed(folder: &str, age: Duration, mode: u32) -> Vec<u8> {
        let folder = std::env::temp_dir().join(format!("pack-{}-{folder}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text.repeat(1000)).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            File::open(&path).unwrap().set_modified(SystemTime::now() - age).unwrap();
            path
        };
        let contents = [
            ("bootstrap".to_owned(), file("bootstrap", "program"), 0o755),
            ("rules.bundle".to_owned(), file("a.bundle", "rules"), 0o644),
        ];
        let zip = folder.join("function.zip");
        pack(&zip, &contents).unwrap();
        let bytes = fs::read(zip).unwrap();
        fs::remove_dir_all(folder).unwrap();
        bytes
    }

    #[test]
    fn equal_contents_make_equal_bytes() {
        let day = Duration::from_secs(86_400);
        let zip = packed("here", Duration::ZERO, 0o644);
        assert_eq!(zip, packed("elsewhere", 400 * day, 0o600));
        // Time and date of the first file, as MS-DOS writes midnight of 1980-01-01.
        assert_eq!(zip[10..14], [0, 0, 0x21, 0]);
    }
}
