//! Zip files: what a recipient and a word processor open.
//!
//! Deflated entries with their sizes in front (PKWARE APPNOTE 4.3), names in
//! UTF-8, no clock: every entry bears the first day that the format knows, so
//! that the same files give the same bytes. Files from 4 GiB on are refused.
//! It encrypts nothing.

use std::io::{self, Read, Seek, SeekFrom, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// 1 January 1980, in the format's own writing.
const DAY: u16 = 0x21;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;

struct Entry {
    name: String,
    crc: u32,
    packed: u32,
    size: u32,
    at: u32,
}

/// A zip file in the making.
pub struct Zip<W: Write + Seek> {
    out: W,
    entries: Vec<Entry>,
}

fn fits(number: u64) -> io::Result<u32> {
    u32::try_from(number).map_err(|_| {
        io::Error::new(
            io::ErrorKind::FileTooLarge,
            "a zip file of 4 GiB or more is not written; set part_rows in [extract] and hand the parts over one by one",
        )
    })
}

impl<W: Write + Seek> Zip<W> {
    /// An empty one.
    pub fn new(out: W) -> Self {
        Self {
            out,
            entries: Vec::new(),
        }
    }

    /// Adds a file; names use `/`.
    ///
    /// # Errors
    /// What reading and writing give, and where something is too large.
    pub fn add(&mut self, name: &str, from: &mut dyn Read) -> io::Result<()> {
        let at = self.out.stream_position()?;
        let mut entry = Entry {
            name: name.to_owned(),
            crc: 0,
            packed: 0,
            size: 0,
            at: fits(at)?,
        };
        self.out.write_all(&entry.local())?;
        let start = self.out.stream_position()?;
        let mut crc = Crc::new();
        let mut size = 0u64;
        let mut packer = DeflateEncoder::new(&mut self.out, Compression::new(6));
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = from.read(&mut buffer)?;
            let Some(part) = buffer.get(..n).filter(|part| !part.is_empty()) else {
                break;
            };
            crc.update(part);
            size += n as u64;
            packer.write_all(part)?;
        }
        packer.finish()?;
        let end = self.out.stream_position()?;
        entry.crc = crc.sum();
        entry.size = fits(size)?;
        entry.packed = fits(end - start)?;
        self.out.seek(SeekFrom::Start(at))?;
        self.out.write_all(&entry.local())?;
        self.out.seek(SeekFrom::Start(end))?;
        self.entries.push(entry);
        Ok(())
    }

    /// Writes the list of files.
    ///
    /// # Errors
    /// What writing gives.
    pub fn finish(mut self) -> io::Result<W> {
        let start = fits(self.out.stream_position()?)?;
        let mut list = Vec::new();
        for entry in &self.entries {
            list.extend_from_slice(b"PK\x01\x02");
            // Made on Unix, so that files come out as 0600.
            put16(&mut list, 3 << 8 | 20);
            entry.common(&mut list);
            put16(&mut list, 0);
            put16(&mut list, 0);
            put16(&mut list, 0);
            put32(&mut list, 0o100_600 << 16);
            put32(&mut list, entry.at);
            list.extend_from_slice(entry.name.as_bytes());
        }
        let count = u16::try_from(self.entries.len())
            .map_err(|_| io::Error::other("too many files for a zip file"))?;
        let size = fits(list.len() as u64)?;
        list.extend_from_slice(b"PK\x05\x06");
        put32(&mut list, 0);
        put16(&mut list, count);
        put16(&mut list, count);
        put32(&mut list, size);
        put32(&mut list, start);
        put16(&mut list, 0);
        self.out.write_all(&list)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl Entry {
    fn local(&self) -> Vec<u8> {
        let mut out = b"PK\x03\x04".to_vec();
        self.common(&mut out);
        out.extend_from_slice(self.name.as_bytes());
        out
    }

    fn common(&self, out: &mut Vec<u8>) {
        put16(out, 20);
        put16(out, UTF8);
        put16(out, 8);
        put16(out, 0);
        put16(out, DAY);
        put32(out, self.crc);
        put32(out, self.packed);
        put32(out, self.size);
        put16(out, u16::try_from(self.name.len()).unwrap_or(u16::MAX));
        put16(out, 0);
    }
}

fn put16(out: &mut Vec<u8>, number: u16) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}
