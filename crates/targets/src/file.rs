//! JSON lines at the end of a file.

use std::fs::{File, OpenOptions, create_dir_all};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use distributary_delivery::{Delivery, Message};
use distributary_router::{Failure, Limits, Target};

use crate::line;

/// A route to a file.
pub(crate) struct FileTarget {
    route: Arc<str>,
    path: PathBuf,
}

impl FileTarget {
    pub(crate) fn new(route: &Arc<str>, path: &Path) -> Self {
        FileTarget { route: route.clone(), path: path.to_owned() }
    }
}

#[async_trait]
impl Target for FileTarget {
    fn limits(&self) -> Limits {
        line::LIMITS
    }

    fn size(&self, message: &Message) -> Result<usize, String> {
        Ok(message.body.len())
    }

    async fn send(&self, batch: &[&Delivery]) -> Result<Vec<Result<(), Failure>>, Failure> {
        let lines = line::lines(&self.route, batch).map_err(Failure::permanent)?;
        append(&self.path, &lines)?;
        Ok(vec![Ok(()); batch.len()])
    }
}

/// Appends whole lines or nothing: half a line would spoil the one that comes after it. The file is
/// opened anew every time, so that it may be moved away or deleted meanwhile.
///
/// Does not leave the thread: the write is to a local file, and requests on a route stay in the
/// order in which they began.
pub(crate) fn append(path: &Path, lines: &[u8]) -> Result<(), Failure> {
    let write = || {
        let mut file = open(path)?;
        // Others who append here do so under this lock; where the file system has no locks, what
        // was written cannot be taken back without risk to their lines.
        let locked = file.lock().is_ok();
        let before = file.metadata()?.len();
        file.write_all(lines).inspect_err(|_| {
            if locked {
                let _ = file.set_len(before);
            }
        })
    };
    write().map_err(|error: io::Error| {
        Failure::permanent(format!("cannot write to `{}`: {}", path.display(), error.kind()))
    })
}

fn open(path: &Path) -> io::Result<File> {
    let open = || OpenOptions::new().create(true).append(true).open(path);
    match (open(), path.parent()) {
        (Err(error), Some(directory)) if error.kind() == ErrorKind::NotFound => {
            create_dir_all(directory)?;
            open()
        }
        (opened, _) => opened,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[tokio::test]
    async fn lines_are_added_to_what_is_there_and_the_folder_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/lines.jsonl");
        let target = FileTarget::new(&"audit".into(), &path);
        for event in ["e-1", "e-2"] {
            let delivery = sample::delivery(event, "{}");
            assert_eq!(target.send(&[&delivery, &delivery]).await.unwrap(), [Ok(()), Ok(())]);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let events: Vec<_> = text.lines().map(|line| line.get(..14).unwrap()).collect();
        assert_eq!(
            events,
            [r#"{"event":"e-1""#, r#"{"event":"e-1""#, r#"{"event":"e-2""#, r#"{"event":"e-2""#]
        );
    }

    #[tokio::test]
    async fn a_place_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let target = FileTarget::new(&"audit".into(), path);
        let failure = target.send(&[&sample::delivery("e-1", "{}")]).await.unwrap_err();
        assert_eq!(
            failure,
            Failure::permanent(format!("cannot write to `{}`: is a directory", path.display()))
        );
    }

    #[tokio::test]
    async fn a_full_disk_leaves_no_half_line() {
        let target = FileTarget::new(&"audit".into(), Path::new("/dev/full"));
        let failure = target.send(&[&sample::delivery("e-1", "{}")]).await.unwrap_err();
        assert_eq!(failure.reason, "cannot write to `/dev/full`: no storage space");
    }
}
