//! Where rules are.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::StartError;

/// What `DISTRIBUTARY_RULES` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder, a file of rules or a bundle.
    Path(PathBuf),
    /// A bundle in S3.
    Object(Object),
}

/// One version of an object: it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The bucket's name.
    pub bucket: String,
    /// The key, as it is.
    pub key: String,
    /// The version's id.
    pub version: String,
}

const SCHEME: &str = "s3://";
const VERSION: &str = "?versionId=";

impl Place {
    /// Reads a path, or `s3://BUCKET/KEY?versionId=ID`.
    pub(crate) fn read(text: &str) -> Result<Self, StartError> {
        let Some(object) = text.strip_prefix(SCHEME) else {
            return Ok(Place::Path(text.into()));
        };
        let parts = object.rsplit_once(VERSION).and_then(|(object, version)| {
            let (bucket, key) = object.split_once('/')?;
            Some([bucket, key, version])
        });
        match parts {
            // Of a bucket without versioning, where whoever writes an object writes over it.
            Some([_, _, "null"]) => Err(StartError::new(format!(
                "`DISTRIBUTARY_RULES` is `{text}`, and the version `null` changes whenever somebody \
                 writes there: switch versioning on, and name a version that was written since"
            ))),
            Some(parts) if parts.iter().all(|part| !part.is_empty()) => {
                let [bucket, key, version] = parts.map(str::to_owned);
                Ok(Place::Object(Object { bucket, key, version }))
            }
            _ => Err(StartError::new(format!(
                "`DISTRIBUTARY_RULES` is `{text}`, which names no version of an object: write \
                 `{SCHEME}BUCKET/KEY{VERSION}ID`, so that rules change with a deployment alone"
            ))),
        }
    }

    /// The rules that are deployed with the executable, which is in `folder`.
    pub(crate) fn beside(folder: &Path) -> PathBuf {
        let bundle = folder.join("rules.bundle");
        if bundle.exists() { bundle } else { folder.join("rules") }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Object { bucket, key, version } = self;
        write!(f, "{SCHEME}{bucket}/{key}{VERSION}{version}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_a_version() {
        let text = "s3://acme-rules/shop/a?b.bundle?versionId=3/L4k.q";
        let place = Place::read(text).unwrap();
        let Place::Object(object) = &place else { panic!("{place:?}") };
        assert_eq!([&*object.bucket, &*object.key], ["acme-rules", "shop/a?b.bundle"]);
        assert_eq!((&*object.version, object.to_string()), ("3/L4k.q", text.to_owned()));

        for wrong in
            ["s3://b/k", "s3://b?versionId=1", "s3:///k?versionId=1", "s3://b/k?versionId="]
        {
            let error = Place::read(wrong).unwrap_err().to_string();
            assert!(error.contains("write `s3://BUCKET/KEY?versionId=ID`"), "{error}");
        }
        let error = Place::read("s3://b/k?versionId=null").unwrap_err().to_string();
        assert!(error.contains("switch versioning on"), "{error}");
        assert_eq!(Place::read("/opt/rules").unwrap(), Place::Path("/opt/rules".into()));
    }
}
