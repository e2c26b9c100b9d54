//! A release is built beside its place and appears there by rename.
//!
//! For `--out DIR` everything is written below `.offrecord-DIR` in the same
//! parent: `release/`, `private/`, `spool/` and a lock. Publishing renames
//! `private` to `DIR.private` and then `release` to `DIR`. Whatever ends the
//! run before that removes the staging folder; after a SIGKILL, which nothing
//! survives, the next run into the same DIR finds it unlocked and removes it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::os::{create_private_dir, create_private_file, rename_new, sync_dir};

/// Why `--out` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OutError {
    /// Something is there already.
    #[error("{} exists already; a release never overwrites anything", .0.display())]
    Exists(PathBuf),
    /// The name ends in nothing that a folder can be called.
    #[error("{} cannot be the name of a new folder", .0.display())]
    Name(PathBuf),
    /// Another run has the place.
    #[error("another run is writing to {} at this moment", .0.display())]
    Busy(PathBuf),
    /// The system refused.
    #[error("{}: {error}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// A release in the making.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    out: PathBuf,
    private: PathBuf,
    removed: Vec<PathBuf>,
    lock: Option<File>,
    published: bool,
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> OutError + '_ {
    move |error| OutError::Io {
        path: path.to_path_buf(),
        error,
    }
}

fn exists(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

impl Staging {
    /// The folder in which a release for `out` is built: what a run that ends
    /// without cleaning up leaves. `None` where `out` cannot be a folder's name.
    #[must_use]
    pub fn folder_for(out: &Path) -> Option<PathBuf> {
        let name = out.file_name()?.to_str()?;
        Some(out.with_file_name(format!(".offrecord-{name}")))
    }

    /// Takes the place of `out`, which must not exist.
    ///
    /// # Errors
    /// Where it exists, is not a possible name, is taken by another run, or
    /// the system refuses.
    pub fn begin(out: &Path) -> Result<Self, OutError> {
        let name = out.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| OutError::Name(out.to_path_buf()))?;
        let parent = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let folder = parent.join(format!(".offrecord-{name}"));
        let private = parent.join(format!("{name}.private"));
        let mut removed = Vec::new();
        if exists(&folder) {
            remove_stale(&folder, out, &private, &mut removed)?;
        }
        for place in [out, private.as_path()] {
            if exists(place) {
                return Err(OutError::Exists(place.to_path_buf()));
            }
        }
        create_private_dir(&folder).map_err(at(&folder))?;
        let mut staging = Self {
            folder,
            out: out.to_path_buf(),
            private,
            removed,
            lock: None,
            published: false,
        };
        let lock_path = staging.folder.join("lock");
        let lock = create_private_file(&lock_path).map_err(at(&lock_path))?;
        lock.try_lock()
            .map_err(|_| OutError::Busy(out.to_path_buf()))?;
        staging.lock = Some(lock);
        for part in ["release", "private", "spool"] {
            let path = staging.folder.join(part);
            create_private_dir(&path).map_err(at(&path))?;
        }
        Ok(staging)
    }

    /// What an earlier run that was killed had left and is gone now.
    #[must_use]
    pub fn removed(&self) -> &[PathBuf] {
        &self.removed
    }

    /// Folder of what will be shared.
    #[must_use]
    pub fn release(&self) -> PathBuf {
        self.folder.join("release")
    }

    /// Folder of the private half.
    #[must_use]
    pub fn private(&self) -> PathBuf {
        self.folder.join("private")
    }

    /// Folder of temporary files: treated rows and keyed hashes only.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.folder.join("spool")
    }

    /// Makes everything durable and renames it into place: the private half
    /// first, so that a release never stands without it.
    ///
    /// # Errors
    /// What the system says; nothing is in place then, or the private half alone
    /// is and has been taken back.
    pub fn publish(mut self) -> Result<(), OutError> {
        let (release, private) = (self.release(), self.private());
        for folder in [&release, &private] {
            sync_tree(folder).map_err(at(folder))?;
        }
        rename_new(&private, &self.private).map_err(at(&self.private))?;
        if let Err(error) = rename_new(&release, &self.out) {
            // Nothing is published without the public half.
            let back = std::fs::rename(&self.private, &private);
            return Err(OutError::Io {
                path: self.out.clone(),
                error: back.err().unwrap_or(error),
            });
        }
        self.published = true;
        let parent = self.folder.parent().unwrap_or(Path::new("."));
        let parent = if parent.as_os_str().is_empty() {
            Path::new(".")
        } else {
            parent
        };
        sync_dir(parent).map_err(at(parent))?;
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        drop(self.lock.take());
        // What cannot be removed now is removed by the next run into the same place.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Removes what a killed run left, unless that run is alive.
fn remove_stale(
    folder: &Path,
    out: &Path,
    private: &Path,
    removed: &mut Vec<PathBuf>,
) -> Result<(), OutError> {
    let lock = folder.join("lock");
    if exists(&lock) {
        let file = File::options().write(true).open(&lock).map_err(at(&lock))?;
        if file.try_lock().is_err() {
            return Err(OutError::Busy(out.to_path_buf()));
        }
    }
    // A kill between the two renames leaves a private half without its release:
    // its own `private` folder is then gone from the staging folder.
    if exists(private) && !exists(out) && exists(&lock) && !exists(&folder.join("private")) {
        std::fs::remove_dir_all(private).map_err(at(private))?;
        removed.push(private.to_path_buf());
    }
    std::fs::remove_dir_all(folder).map_err(at(folder))?;
    removed.push(folder.to_path_buf());
    Ok(())
}

fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        }
    }
    sync_dir(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        (folder, out)
    }

    #[test]
    fn a_release_appears_whole_with_its_private_half() {
        let (folder, out) = place();
        let staging = Staging::begin(&out).unwrap();
        std::fs::write(staging.release().join("a"), "a").unwrap();
        std::fs::write(staging.private().join("b"), "b").unwrap();
        assert!(!out.exists());
        staging.publish().unwrap();
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["out", "out.private"]);
        assert!(out.join("a").exists());
    }

    #[test]
    fn dropping_it_leaves_nothing() {
        let (folder, out) = place();
        drop(Staging::begin(&out).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_is_overwritten() {
        let (folder, out) = place();
        std::fs::create_dir(&out).unwrap();
        assert!(matches!(Staging::begin(&out), Err(OutError::Exists(_))));
        std::fs::remove_dir(&out).unwrap();
        let staging = Staging::begin(&out).unwrap();
        std::fs::create_dir(&out).unwrap();
        assert!(staging.publish().is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_run_left_is_named_and_removed() {
        let (_folder, out) = place();
        let killed = Staging::begin(&out).unwrap();
        assert!(
            matches!(Staging::begin(&out), Err(OutError::Busy(_))),
            "a living run keeps its place"
        );
        let Staging { .. } = &killed;
        let staging_folder = killed.folder.clone();
        let mut killed = killed;
        drop(killed.lock.take());
        std::fs::rename(killed.private(), &killed.private).unwrap();
        std::mem::forget(killed);
        let next = Staging::begin(&out).unwrap();
        assert_eq!(next.removed().len(), 2);
        assert!(next.removed().contains(&staging_folder));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_look() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, out) = place();
        let staging = Staging::begin(&out).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&staging.release()), 0o700);
        drop(create_private_file(&staging.release().join("f")).unwrap());
        assert_eq!(mode(&staging.release().join("f")), 0o600);
    }
}
