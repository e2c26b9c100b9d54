//! Bytes of one input as they lie on disk, hashed and counted, inflated where
//! they are gzip. No decoding here, and nothing that knows a record.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::{Limits, ReadError};

/// Inflated bytes after which the ratio is looked at.
const RATIO_FROM: u64 = 64 << 20;

/// Reads from the operating system, hashes and counts what it hands on.
struct Tap {
    from: Box<dyn Read + Send>,
    /// `None` where nobody asks for it.
    hash: Option<Sha256>,
    count: u64,
    /// First bytes, read ahead to recognise gzip.
    head: [u8; 3],
    head_at: usize,
    head_len: usize,
    ended: bool,
}

impl Tap {
    fn pull(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.ended {
            return Ok(0);
        }
        loop {
            match self.from.read(into) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(n) => {
                    let new = into.get(..n).unwrap_or_default();
                    if let Some(hash) = &mut self.hash {
                        hash.update(new);
                    }
                    self.count += n as u64;
                    self.ended = n == 0 && !into.is_empty();
                    return Ok(n);
                }
            }
        }
    }
}

impl Read for Tap {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let head = self
            .head
            .get(self.head_at..self.head_len)
            .unwrap_or_default();
        if head.is_empty() {
            return self.pull(into);
        }
        let n = head.len().min(into.len());
        for (to, from) in into.iter_mut().zip(head) {
            *to = *from;
        }
        self.head_at += n;
        Ok(n)
    }
}

enum Stream {
    Plain(Tap),
    Gzip(Box<MultiGzDecoder<Tap>>),
}

/// One input, inflated.
pub(super) struct Bytes {
    stream: Stream,
    limits: Limits,
    inflated: u64,
    len: Option<u64>,
}

impl Bytes {
    /// Opens a regular file, a pipe or a device.
    pub(super) fn open(path: &Path, limits: Limits) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(ReadError::Open)?;
        let meta = file.metadata().map_err(ReadError::Open)?;
        if meta.is_dir() {
            return Err(ReadError::Folder);
        }
        let len = meta.is_file().then_some(meta.len());
        Self::new(Box::new(file), len, limits)
    }

    /// Takes over a reader; gzip is recognised by its first three bytes.
    pub(super) fn new(
        from: Box<dyn Read + Send>,
        len: Option<u64>,
        limits: Limits,
    ) -> Result<Self, ReadError> {
        let mut tap = Tap {
            from,
            hash: Some(Sha256::new()),
            count: 0,
            head: [0; 3],
            head_at: 0,
            head_len: 0,
            ended: false,
        };
        let mut head = [0; 3];
        let mut got = 0;
        while let Some(rest) = head.get_mut(got..).filter(|rest| !rest.is_empty()) {
            let n = tap.pull(rest).map_err(|error| ReadError::Io {
                at: tap.count,
                error,
            })?;
            if n == 0 {
                break;
            }
            got += n;
        }
        tap.head = head;
        tap.head_len = got;
        // 1f 8b, and 08 for deflate, the only method there is (RFC 1952).
        let stream = if got == 3 && head == [0x1f, 0x8b, 0x08] {
            Stream::Gzip(Box::new(MultiGzDecoder::new(tap)))
        } else {
            Stream::Plain(tap)
        };
        Ok(Self {
            stream,
            limits,
            inflated: 0,
            len,
        })
    }

    /// Reads some bytes; 0 is the end of the input.
    pub(super) fn read(&mut self, into: &mut [u8]) -> Result<usize, ReadError> {
        match &mut self.stream {
            Stream::Plain(tap) => tap.read(into).map_err(|error| ReadError::Io {
                at: tap.count,
                error,
            }),
            Stream::Gzip(gzip) => {
                let n = loop {
                    match gzip.read(into) {
                        Ok(n) => break n,
                        Err(error) => {
                            let at = gzip.get_ref().count;
                            return Err(match error.kind() {
                                ErrorKind::Interrupted => continue,
                                ErrorKind::UnexpectedEof => ReadError::GzipCut { at },
                                ErrorKind::InvalidInput | ErrorKind::InvalidData => {
                                    ReadError::GzipDamaged { at }
                                }
                                _ => ReadError::Io { at, error },
                            });
                        }
                    }
                };
                self.inflated += n as u64;
                if self.inflated > self.limits.inflated {
                    return Err(ReadError::Inflated {
                        limit: self.limits.inflated,
                    });
                }
                let read = gzip.get_ref().count;
                if self.inflated > RATIO_FROM && self.inflated / self.limits.ratio.max(1) > read {
                    return Err(ReadError::Ratio {
                        limit: self.limits.ratio,
                    });
                }
                Ok(n)
            }
        }
    }

    fn tap(&self) -> &Tap {
        match &self.stream {
            Stream::Plain(tap) => tap,
            Stream::Gzip(gzip) => gzip.get_ref(),
        }
    }

    /// Bytes read of the file as it lies on disk, and its size where known.
    pub(super) fn progress(&self) -> (u64, Option<u64>) {
        (self.tap().count, self.len)
    }

    /// Hashes nothing from here on; there is no digest then.
    pub(super) fn unhashed(&mut self) {
        match &mut self.stream {
            Stream::Plain(tap) => tap.hash = None,
            Stream::Gzip(gzip) => gzip.get_mut().hash = None,
        }
    }

    /// SHA-256 and size of the file as it lies on disk, as far as it was read.
    pub(super) fn digest(&self) -> Option<([u8; 32], u64)> {
        let tap = self.tap();
        Some((tap.hash.clone()?.finalize().into(), tap.count))
    }
}
