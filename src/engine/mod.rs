//! Chunks to workers and back in order: knows no format and no treatment by name.
//!
//! One reader, any number of workers, one collector on the calling thread.
//! Chunks travel through bounded queues and a fixed number of permits, so a
//! slow collector slows the reader and memory stays flat; results reach the
//! collector in the order of the chunks, whatever the threads do.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::bounded;

/// What workers do to chunks.
pub trait Work: Sync {
    /// A piece of input.
    type Chunk: Send;
    /// What a worker keeps to itself until the end.
    type Local: Send;
    /// What becomes of one chunk.
    type Piece: Send;
    /// Why a run stops.
    type Stop: Send;

    /// A worker's state before its first chunk.
    fn local(&self) -> Self::Local;

    /// Treats one chunk.
    ///
    /// # Errors
    /// Whatever must stop the run.
    fn work(&self, local: &mut Self::Local, chunk: Self::Chunk) -> Result<Self::Piece, Self::Stop>;
}

/// How a run ended without a result.
#[derive(Debug)]
pub enum Ended<S> {
    /// A stage stopped it.
    Stopped(S),
    /// The flag was raised from outside.
    Interrupted,
    /// A thread panicked; the message is not shown, since it might hold data.
    Panicked,
}

/// Runs `next` chunk by chunk through `work` on `threads` workers and hands the
/// pieces to `collect` in order. Returns what the workers kept.
///
/// # Errors
/// The first stop in the order of the chunks, an interruption, or a panic.
pub fn run<W: Work>(
    work: &W,
    threads: NonZeroUsize,
    interrupted: &AtomicBool,
    mut next: impl FnMut() -> Result<Option<W::Chunk>, W::Stop> + Send,
    mut collect: impl FnMut(W::Piece) -> Result<(), W::Stop>,
) -> Result<Vec<W::Local>, Ended<W::Stop>> {
    let in_flight = threads.get() * 2 + 2;
    let (permit_in, permits) = bounded::<()>(in_flight);
    let (chunks_in, chunks) = bounded::<(u64, W::Chunk)>(threads.get());
    let (pieces_in, pieces) = bounded::<(u64, Result<W::Piece, W::Stop>)>(in_flight);
    let over = AtomicBool::new(false);
    let stopping = || over.load(Ordering::Relaxed) || interrupted.load(Ordering::Relaxed);

    std::thread::scope(|scope| {
        let reader_pieces = pieces_in.clone();
        let stopping = &stopping;
        let reader = scope.spawn(move || {
            for number in 0.. {
                if permit_in.send(()).is_err() || stopping() {
                    break;
                }
                match next() {
                    Ok(Some(chunk)) => {
                        if chunks_in.send((number, chunk)).is_err() {
                            break;
                        }
                    }
                    Ok(None) => break,
                    Err(stop) => {
                        // Takes its place in the order, so that what came before it counts first.
                        if reader_pieces.send((number, Err(stop))).is_err() {
                            break;
                        }
                        break;
                    }
                }
            }
        });
        let workers: Vec<_> = (0..threads.get())
            .map(|_| {
                let (chunks, pieces) = (chunks.clone(), pieces_in.clone());
                scope.spawn(move || {
                    let mut local = work.local();
                    for (number, chunk) in &chunks {
                        if stopping()
                            || pieces.send((number, work.work(&mut local, chunk))).is_err()
                        {
                            break;
                        }
                    }
                    local
                })
            })
            .collect();
        drop((chunks, pieces_in));

        let mut stop = None;
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        'collecting: for (number, piece) in &pieces {
            waiting.insert(number, piece);
            while let Some(piece) = waiting.remove(&due) {
                due += 1;
                if permits.recv().is_err() {
                    break 'collecting;
                }
                if let Err(why) = piece.and_then(&mut collect) {
                    stop = Some(why);
                    break 'collecting;
                }
            }
        }
        over.store(true, Ordering::Relaxed);
        drop((pieces, permits));
        let reader_fine = reader.join().is_ok();
        let locals: Vec<_> = workers
            .into_iter()
            .map(std::thread::ScopedJoinHandle::join)
            .collect();
        match stop {
            Some(why) => Err(Ended::Stopped(why)),
            None if interrupted.load(Ordering::Relaxed) => Err(Ended::Interrupted),
            None if !reader_fine => Err(Ended::Panicked),
            None => locals
                .into_iter()
                .collect::<Result<Vec<_>, _>>()
                .map_err(|_| Ended::Panicked),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Squares numbers; slow for some, so that pieces come out of order.
    struct Squares;

    impl Work for Squares {
        type Chunk = u64;
        type Local = u64;
        type Piece = u64;
        type Stop = &'static str;

        fn local(&self) -> u64 {
            0
        }

        fn work(&self, local: &mut u64, chunk: u64) -> Result<u64, &'static str> {
            if chunk.is_multiple_of(7) {
                std::thread::yield_now();
            }
            *local += 1;
            if chunk == 500 {
                Err("five hundred")
            } else {
                Ok(chunk * chunk)
            }
        }
    }

    fn squares(threads: usize, upto: u64) -> (Result<Vec<u64>, Ended<&'static str>>, Vec<u64>) {
        let mut numbers = 0..upto;
        let mut seen = Vec::new();
        let done = run(
            &Squares,
            NonZeroUsize::new(threads).unwrap(),
            &AtomicBool::new(false),
            || Ok(numbers.next()),
            |piece| {
                seen.push(piece);
                Ok(())
            },
        );
        (done, seen)
    }

    #[test]
    fn pieces_come_back_in_order_and_every_chunk_is_worked_once() {
        for threads in [1, 2, 3, 8] {
            let (done, seen) = squares(threads, 300);
            assert_eq!(seen, (0..300).map(|n| n * n).collect::<Vec<u64>>());
            assert_eq!(done.unwrap().iter().sum::<u64>(), 300);
        }
    }

    #[test]
    fn a_stop_ends_the_run_after_everything_before_it() {
        for threads in [1, 2, 8] {
            let (done, seen) = squares(threads, 1000);
            assert!(matches!(done, Err(Ended::Stopped("five hundred"))));
            assert_eq!(seen.len(), 500);
        }
    }

    #[test]
    fn a_raised_flag_interrupts() {
        let done = run(
            &Squares,
            NonZeroUsize::new(2).unwrap(),
            &AtomicBool::new(true),
            || Ok(Some(1)),
            |_| Ok(()),
        );
        assert!(matches!(done, Err(Ended::Interrupted)));
    }

    struct Panics;

    impl Work for Panics {
        type Chunk = ();
        type Local = ();
        type Piece = ();
        type Stop = ();

        fn local(&self) {}

        fn work(&self, (): &mut (), (): ()) -> Result<(), ()> {
            panic!("a worker panics on purpose")
        }
    }

    #[test]
    fn a_panic_in_a_worker_is_an_end_and_not_a_hang() {
        let done = run(
            &Panics,
            NonZeroUsize::new(2).unwrap(),
            &AtomicBool::new(false),
            || Ok(Some(())),
            |()| Ok(()),
        );
        assert!(matches!(done, Err(Ended::Panicked)));
    }
}
