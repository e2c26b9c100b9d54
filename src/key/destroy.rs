//! The end of a key file: overwritten where the system lets us, then unlinked.
//!
//! What was read to know that it is a key is wiped. Nobody can promise that no
//! copy is left; [`Destroyed`] says what this system could tell.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::{KEY_BYTES, Key, KeyError, KeyId};

/// What became of a key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Destroyed {
    /// Which key it was.
    pub id: KeyId,
    /// Other names of the same file (hard links), which still exist and hold
    /// the overwritten bytes; `None` where the system does not tell.
    pub other_names: Option<u64>,
}

/// Overwrites the file of a key and removes it. Only a regular file that holds
/// a key is touched, so that a slip of the hand destroys no data; a symbolic
/// link is refused, since the key would stay behind it. The mode does not
/// matter: a key that others could read is the more to be destroyed.
///
/// # Errors
/// [`KeyError::Read`], [`KeyError::NotAFile`], [`KeyError::Form`],
/// [`KeyError::Weak`] before anything is changed; [`KeyError::Write`] after.
pub fn destroy(path: &Path) -> Result<Destroyed, KeyError> {
    let read = |source: io::Error| KeyError::Read {
        path: path.to_owned(),
        source,
    };
    let about = std::fs::symlink_metadata(path).map_err(read)?;
    if !about.is_file() {
        return Err(KeyError::NotAFile {
            path: path.to_owned(),
        });
    }
    let id = Key::read_from(File::open(path).map_err(read)?)?.id();
    overwrite(path)
        .and_then(|()| std::fs::remove_file(path))
        .map_err(|source| KeyError::Write {
            path: path.to_owned(),
            source,
        })?;
    #[cfg(unix)]
    let other_names = Some(std::os::unix::fs::MetadataExt::nlink(&about).saturating_sub(1));
    #[cfg(not(unix))]
    let other_names = None;
    Ok(Destroyed { id, other_names })
}

/// Writes zeros over the file and sees them onto the disk. A key that may be
/// read only (0400) is opened up first.
fn overwrite(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    let mut file = OpenOptions::new().write(true).open(path)?;
    let length = file.metadata()?.len().max(2 * KEY_BYTES as u64);
    file.seek(SeekFrom::Start(0))?;
    let zeros = vec![0; usize::try_from(length).unwrap_or(4096)];
    file.write_all(&zeros)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_gone_under_every_name_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, twin) = (folder.path().join("key"), folder.path().join("twin"));
        Key::test_key().write_new(&path).unwrap();
        std::fs::hard_link(&path, &twin).unwrap();
        let done = destroy(&path).unwrap();
        assert_eq!(done.id, Key::test_key().id());
        assert_eq!(done.other_names, cfg!(unix).then_some(1));
        assert!(!path.exists());
        assert!(std::fs::read(&twin).unwrap().iter().all(|byte| *byte == 0));
    }

    #[test]
    fn what_is_not_a_key_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.csv");
        std::fs::write(&path, "id,name\n").unwrap();
        assert!(matches!(destroy(&path), Err(KeyError::Form(_))));
        assert_eq!(std::fs::read(&path).unwrap(), b"id,name\n");
        assert!(matches!(
            destroy(folder.path()),
            Err(KeyError::NotAFile { .. })
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("key"), folder.path().join("link"));
        Key::test_key().write_new(&path).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(destroy(&link), Err(KeyError::NotAFile { .. })));
        assert!(Key::read_file(&path).is_ok());
    }
}
