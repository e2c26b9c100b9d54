//! The end of the pipeline: finished rows to their files, in order, or by way
//! of a spool where shuffling or a limit needs to know the whole first.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::limits::{self, Limited};
use super::rewrite::{Change, Rewrite};
use super::stop::Stop;
use super::worker::{Piece, first_half};
use crate::plan::Plan;
use crate::tally::Classes;

/// A finished file of the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// Name below the release folder, with `/`.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Its length.
    pub bytes: u64,
    /// Rows of data, where it is an extract or a table.
    pub rows: Option<u64>,
}

/// Writes files of a folder, hashing as they are written.
pub(super) struct HashedFile {
    path: PathBuf,
    name: String,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
    rows: u64,
}

pub(super) fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> Stop + '_ {
    move |error| Stop::Write {
        path: path.to_path_buf(),
        error,
    }
}

impl HashedFile {
    pub(super) fn create(folder: &Path, name: &str) -> Result<Self, Stop> {
        let path = folder.join(name);
        let file = crate::release::create_private_file(&path).map_err(failed(&path))?;
        Ok(Self {
            path,
            name: name.to_owned(),
            file: BufWriter::with_capacity(1 << 18, file),
            hash: Sha256::new(),
            bytes: 0,
            rows: 0,
        })
    }

    pub(super) fn write(&mut self, bytes: &[u8], rows: u64) -> Result<(), Stop> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.rows += rows;
        self.file.write_all(bytes).map_err(failed(&self.path))
    }

    pub(super) fn finish(self, counts_rows: bool) -> Result<Artefact, Stop> {
        let file = self
            .file
            .into_inner()
            .map_err(|error| failed(&self.path)(error.into_error()))?;
        file.sync_all().map_err(failed(&self.path))?;
        Ok(Artefact {
            name: self.name,
            sha256: self.hash.finalize().into(),
            bytes: self.bytes,
            rows: counts_rows.then_some(self.rows),
        })
    }
}

/// The files of an extract: one, or parts of so many rows.
pub(super) struct ExtractFiles {
    folder: PathBuf,
    stem: &'static str,
    ending: &'static str,
    head: Vec<u8>,
    part_rows: Option<u64>,
    current: Option<HashedFile>,
    done: Vec<Artefact>,
}

impl ExtractFiles {
    /// `head` is written at the start of every part.
    pub(super) fn new(
        folder: &Path,
        ending: &'static str,
        head: Vec<u8>,
        part_rows: Option<u64>,
    ) -> Self {
        let folder = folder.to_path_buf();
        Self {
            folder,
            stem: "extract",
            ending,
            head,
            part_rows,
            current: None,
            done: Vec::new(),
        }
    }

    fn open(&mut self) -> Result<&mut HashedFile, Stop> {
        if self.current.is_none() {
            let name = match self.part_rows {
                None => format!("{}.{}", self.stem, self.ending),
                Some(_) => format!("{}-{:04}.{}", self.stem, self.done.len() + 1, self.ending),
            };
            let mut file = HashedFile::create(&self.folder, &name)?;
            file.write(&self.head, 0)?;
            self.current = Some(file);
        }
        // The branch above has just filled it.
        self.current.as_mut().ok_or(Stop::Panicked)
    }

    /// Appends one row, beginning a new part where the current one is full.
    pub(super) fn row(&mut self, row: &[u8]) -> Result<(), Stop> {
        if let (Some(limit), Some(file)) = (self.part_rows, &self.current)
            && file.rows >= limit
            && let Some(full) = self.current.take()
        {
            self.done.push(full.finish(true)?);
        }
        self.open()?.write(row, 1)
    }

    /// Appends whole rows at once; `count` says how many. Only without parts.
    pub(super) fn rows(&mut self, rows: &[u8], count: u64) -> Result<(), Stop> {
        self.open()?.write(rows, count)
    }

    /// Whether [`ExtractFiles::rows`] may be used.
    pub(super) fn is_one_file(&self) -> bool {
        self.part_rows.is_none()
    }

    pub(super) fn finish(mut self) -> Result<Vec<Artefact>, Stop> {
        if self.done.is_empty() {
            self.open()?;
        }
        if let Some(last) = self.current.take() {
            self.done.push(last.finish(true)?);
        }
        Ok(self.done)
    }
}

/// Buckets of a shuffle: more keep a bucket small, fewer keep buffers large.
const BUCKETS: usize = 64;
/// A bucket larger than this is split again before it is sorted.
const BUCKET_LIMIT: u64 = 48 << 20;

/// Treated rows that wait for the whole to be known. The files hold treated
/// rows and keyed hashes, nothing raw, and lie in the staging folder.
pub(super) struct Spool {
    folder: PathBuf,
    buckets: Vec<BufWriter<File>>,
    sizes: Vec<u64>,
    shuffled: bool,
    classes: Option<Classes>,
    next: u64,
    /// Where single values may be emptied once the whole is known.
    rewrite: Option<Rewrite>,
}

/// What stands before each row in a spool file.
#[derive(Clone, Copy)]
struct Head {
    row: u64,
    tag: u128,
    /// Cells that were guarded against spreadsheets.
    guarded: u32,
    length: u32,
}

/// Length of a [`Head`] in bytes.
const HEAD: usize = 8 + 16 + 4 + 4;

impl Spool {
    pub(super) fn create(
        folder: &Path,
        shuffled: bool,
        classes: Option<Classes>,
        rewrite: Option<Rewrite>,
    ) -> Result<Self, Stop> {
        // Rows that may change find their place once they have changed.
        let count = if shuffled && rewrite.is_none() {
            BUCKETS
        } else {
            1
        };
        let mut buckets = Vec::with_capacity(count);
        for number in 0..count {
            buckets.push(spool_file(folder, &format!("spool-{number}"))?);
        }
        let folder = folder.to_path_buf();
        Ok(Self {
            folder,
            buckets,
            sizes: vec![0; count],
            shuffled,
            classes,
            next: 0,
            rewrite,
        })
    }

    /// Adds the rows of a piece.
    pub(super) fn add(&mut self, piece: &Piece) -> Result<(), Stop> {
        let (mut rows, marks) = (piece.rows.as_slice(), piece.marks.as_slice());
        let mut sensitive = by_row(&piece.sensitive, marks.len());
        let mut cells = by_row(&piece.cells, marks.len());
        for mark in marks {
            let (row, rest) = rows
                .split_at_checked(mark.length as usize)
                .ok_or(Stop::Panicked)?;
            rows = rest;
            let bucket = if self.shuffled && self.rewrite.is_none() {
                bucket_of(mark.tag, 0)
            } else {
                0
            };
            let file = &mut self.buckets[bucket];
            let head = Head {
                row: self.next,
                tag: mark.tag,
                guarded: mark.guarded,
                length: mark.length,
            };
            write_spooled(file, head, row).map_err(failed(&self.folder))?;
            self.sizes[bucket] += (HEAD + row.len()) as u64;
            self.next += 1;
            if let Some(classes) = &mut self.classes {
                classes.add(
                    mark.class,
                    mark.person,
                    sensitive.next().unwrap_or_default(),
                    cells.next().unwrap_or_default(),
                );
                classes.join(mark.joined);
            }
        }
        if let Some(classes) = &mut self.classes {
            for (hash, text) in &piece.labels {
                classes.label(*hash, text.text());
            }
        }
        Ok(())
    }

    /// The classes of the rows, where they are counted.
    pub(super) fn classes(&mut self) -> Option<&mut Classes> {
        self.classes.as_mut()
    }

    /// Applies the limits and writes what leaves, in order. Gives what the limits
    /// found and by how many guarded cells what leaves has fewer than what was spooled.
    pub(super) fn finish(
        self,
        plan: &Plan,
        files: &mut ExtractFiles,
    ) -> Result<(Option<Limited>, i64), Stop> {
        let limited = match &self.classes {
            Some(classes) => limits::apply(plan, classes)?,
            None => None,
        };
        let withheld = limited.as_ref().map(|limited| &limited.withheld);
        let guarded = std::cell::Cell::new(0i64);
        let stays = |head: Head| -> bool {
            let at = usize::try_from(head.row).unwrap_or(usize::MAX);
            let stays =
                withheld.is_none_or(|withheld| !withheld.rows.get(at).copied().unwrap_or(true));
            if !stays {
                guarded.set(guarded.get() + i64::from(head.guarded));
            }
            stays
        };
        if let Some(rewrite) = &self.rewrite {
            let change = match &limited {
                Some(limited) => Change::new(plan, limited),
                None => Change::default(),
            };
            let more = rewritten(&self.folder, self.buckets, rewrite, change, &stays, files)?;
            return Ok((limited, guarded.get() + more));
        }
        for (number, file) in self.buckets.into_iter().enumerate() {
            let file = file
                .into_inner()
                .map_err(|error| failed(&self.folder)(error.into_error()))?;
            drop(file);
            let path = self.folder.join(format!("spool-{number}"));
            if self.shuffled {
                write_sorted(&self.folder, &path, 1, &stays, files)?;
            } else {
                each_spooled(&path, &mut |head, bytes| {
                    if stays(head) {
                        files.row(bytes)
                    } else {
                        Ok(())
                    }
                })?;
            }
            std::fs::remove_file(&path).map_err(failed(&path))?;
        }
        Ok((limited, guarded.get()))
    }
}

/// Writes what leaves of one spool file, changed; says how many guarded cells were emptied.
fn rewritten(
    folder: &Path,
    buckets: Vec<BufWriter<File>>,
    rewrite: &Rewrite,
    mut change: Change<'_>,
    stays: &dyn Fn(Head) -> bool,
    files: &mut ExtractFiles,
) -> Result<i64, Stop> {
    for file in buckets {
        drop(
            file.into_inner()
                .map_err(|error| failed(folder)(error.into_error()))?,
        );
    }
    let path = folder.join("spool-0");
    let mut guarded = 0;
    let mut parts = Vec::new();
    if rewrite.order.is_some() {
        for bucket in 0..BUCKETS {
            parts.push(spool_file(folder, &format!("spool-changed-{bucket}"))?);
        }
    }
    each_spooled(&path, &mut |mut head, bytes| {
        if !stays(head) {
            return Ok(());
        }
        let at = usize::try_from(head.row).unwrap_or(usize::MAX);
        let changed;
        let mut bytes = bytes;
        if change.begin(at) {
            let (row, less) = rewrite.row(bytes, &mut change)?;
            guarded += less;
            changed = row;
            bytes = &changed;
            if let Some(order) = &rewrite.order {
                let bare = bytes.strip_suffix(b"\n").unwrap_or(bytes);
                head.tag = first_half(&order.tag(bare));
            }
        }
        if rewrite.order.is_none() {
            return files.row(bytes);
        }
        head.length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        match parts.get_mut(bucket_of(head.tag, 0)) {
            Some(part) => write_spooled(part, head, bytes).map_err(failed(folder)),
            None => Err(Stop::Panicked),
        }
    })?;
    std::fs::remove_file(&path).map_err(failed(&path))?;
    for (bucket, part) in parts.into_iter().enumerate() {
        let path = folder.join(format!("spool-changed-{bucket}"));
        drop(
            part.into_inner()
                .map_err(|error| failed(&path)(error.into_error()))?,
        );
        write_sorted(folder, &path, 1, &|_| true, files)?;
        std::fs::remove_file(&path).map_err(failed(&path))?;
    }
    Ok(guarded)
}

/// The hashes of each row, where rows have any.
pub(super) fn by_row<T>(hashes: &[T], rows: usize) -> impl Iterator<Item = &[T]> {
    let each = hashes.len().checked_div(rows).unwrap_or(0);
    hashes.chunks(each.max(1))
}

fn spool_file(folder: &Path, name: &str) -> Result<BufWriter<File>, Stop> {
    let path = folder.join(name);
    let file = crate::release::create_private_file(&path).map_err(failed(&path))?;
    Ok(BufWriter::with_capacity(1 << 16, file))
}

/// Bucket of a tag at a depth: its next six bits.
fn bucket_of(tag: u128, depth: u32) -> usize {
    usize::try_from(tag >> (128 - 6 * (depth + 1)) & (BUCKETS as u128 - 1)).unwrap_or_default()
}

fn write_spooled(file: &mut impl Write, head: Head, bytes: &[u8]) -> std::io::Result<()> {
    file.write_all(&head.row.to_le_bytes())?;
    file.write_all(&head.tag.to_be_bytes())?;
    file.write_all(&head.guarded.to_le_bytes())?;
    file.write_all(&head.length.to_le_bytes())?;
    file.write_all(bytes)
}

/// What is done with a spooled row: its head and its bytes.
type EachSpooled<'a> = dyn FnMut(Head, &[u8]) -> Result<(), Stop> + 'a;

fn each_spooled(path: &Path, each: &mut EachSpooled<'_>) -> Result<(), Stop> {
    let file = File::open(path).map_err(failed(path))?;
    let mut left = file.metadata().map_err(failed(path))?.len();
    let mut file = BufReader::with_capacity(1 << 18, file);
    let mut bytes = Vec::new();
    while left > 0 {
        let mut row = [0; 8];
        let mut tag = [0; 16];
        let mut guarded = [0; 4];
        let mut length = [0; 4];
        file.read_exact(&mut row).map_err(failed(path))?;
        file.read_exact(&mut tag).map_err(failed(path))?;
        file.read_exact(&mut guarded).map_err(failed(path))?;
        file.read_exact(&mut length).map_err(failed(path))?;
        let head = Head {
            row: u64::from_le_bytes(row),
            tag: u128::from_be_bytes(tag),
            guarded: u32::from_le_bytes(guarded),
            length: u32::from_le_bytes(length),
        };
        bytes.resize(head.length as usize, 0);
        file.read_exact(&mut bytes).map_err(failed(path))?;
        each(head, &bytes)?;
        left = left.saturating_sub((HEAD + bytes.len()) as u64);
    }
    Ok(())
}

/// Sorts one bucket by tag, then by bytes, and writes it. A bucket too large
/// for memory is split by its next bits; where the tags run out of bits, its
/// rows are equal and their order means nothing.
fn write_sorted(
    folder: &Path,
    path: &Path,
    depth: u32,
    stays: &dyn Fn(Head) -> bool,
    files: &mut ExtractFiles,
) -> Result<(), Stop> {
    let size = std::fs::metadata(path).map_err(failed(path))?.len();
    if size > BUCKET_LIMIT && 6 * (depth + 1) <= 128 {
        return write_split(folder, path, depth, stays, files);
    }
    if size > BUCKET_LIMIT {
        return each_spooled(path, &mut |head, bytes| {
            if stays(head) {
                files.row(bytes)
            } else {
                Ok(())
            }
        });
    }
    let mut held = Vec::new();
    let mut index: Vec<(u128, usize, usize)> = Vec::new();
    each_spooled(path, &mut |head, bytes| {
        if stays(head) {
            index.push((head.tag, held.len(), held.len() + bytes.len()));
            held.extend_from_slice(bytes);
        }
        Ok(())
    })?;
    let row = |from: usize, to: usize| held.get(from..to).unwrap_or_default();
    index.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| row(a.1, a.2).cmp(row(b.1, b.2))));
    for (_, from, to) in index {
        files.row(row(from, to))?;
    }
    Ok(())
}

fn write_split(
    folder: &Path,
    path: &Path,
    depth: u32,
    stays: &dyn Fn(Head) -> bool,
    files: &mut ExtractFiles,
) -> Result<(), Stop> {
    let name = |bucket: usize| format!("spool-{depth}-{bucket}");
    let mut parts = Vec::with_capacity(BUCKETS);
    for bucket in 0..BUCKETS {
        parts.push(spool_file(folder, &name(bucket))?);
    }
    each_spooled(path, &mut |head, bytes| {
        write_spooled(&mut parts[bucket_of(head.tag, depth)], head, bytes).map_err(failed(path))
    })?;
    for (bucket, part) in parts.into_iter().enumerate() {
        let part_path = folder.join(name(bucket));
        drop(
            part.into_inner()
                .map_err(|error| failed(&part_path)(error.into_error()))?,
        );
        write_sorted(folder, &part_path, depth + 1, stays, files)?;
        std::fs::remove_file(&part_path).map_err(failed(&part_path))?;
    }
    Ok(())
}
