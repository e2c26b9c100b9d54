//! The first of two readings: the names of the whole register, for texts that
//! are searched for them. Both readings must be of the same bytes.

use std::sync::Arc;

use super::{Job, Stop, open, read_failed, reading};
use crate::engine::{self, Ended, Work};
use crate::input::{Chunk, Event, Reading, RecordReader, Unknown};
use crate::kinds::register::{EVERY, NameCount};
use crate::plan::bind::Binding;
use crate::plan::{Plan, Register};
use crate::policy::model::Unlisted;

struct Task {
    file: usize,
    chunk: Chunk,
}

struct Gatherer<'a> {
    plan: &'a Plan,
    register: &'a Register,
    reading: &'a Reading,
    bindings: &'a [Binding],
    names: &'a [&'a str],
    key: (u64, u64),
}

impl Work for Gatherer<'_> {
    type Chunk = Task;
    type Local = NameCount;
    type Piece = Chunk;
    type Stop = Stop;

    fn local(&self) -> NameCount {
        NameCount::new(self.key)
    }

    fn work(&self, count: &mut NameCount, Task { file, chunk }: Task) -> Result<Chunk, Stop> {
        let binding = self.bindings.get(file).ok_or(Stop::Panicked)?;
        let unlisted = match self.plan.policy.unlisted {
            Unlisted::Refuse => Unknown::Report,
            Unlisted::Drop => Unknown::Skip,
        };
        let mut reader =
            RecordReader::new(self.reading, binding.width, self.names).unknown(unlisted);
        let mut read = 0;
        reader.read(&chunk, |event| {
            // What cannot be read for certain is told of by the second reading.
            let Event::Record(record) = event else {
                return;
            };
            let value = |column: &usize| {
                let at = binding.columns.get(*column)?;
                record.get(*at).filter(|value| !self.plan.missing.is(value))
            };
            for name in self.register.columns.iter().filter_map(value) {
                count.name(name);
            }
            if read % EVERY == 0 {
                for text in self.register.texts.iter().filter_map(value) {
                    count.text(text);
                }
            }
            read += 1;
        });
        if count.too_many() {
            return Err(too_many());
        }
        Ok(chunk)
    }
}

fn too_many() -> Stop {
    Stop::Limit(format!(
        "the register has more than {} distinct names, which is more than are followed",
        crate::kinds::register::MOST
    ))
}

/// Reads the inputs for their names, where a plan asks for it.
pub(super) fn gather(job: &Job<'_>, plans: &[Plan]) -> Result<(), Stop> {
    let Some((plan, register)) = plans
        .iter()
        .find_map(|plan| Some((plan, plan.register.as_ref()?)))
    else {
        return Ok(());
    };
    let reading = reading(&plan.policy, job.chunk_size)?;
    let opened = open(job, plan, &reading)?;
    let (mut sources, bindings) = (opened.sources, opened.bindings);
    let names: Vec<&str> = plan
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let random = || {
        getrandom::u64().map_err(|_| {
            Stop::Limit(
                "the operating system gives no random numbers, and no name is hashed without a key"
                    .to_owned(),
            )
        })
    };
    let gatherer = Gatherer {
        plan,
        register,
        reading: &reading,
        bindings: &bindings,
        names: &names,
        key: (random()?, random()?),
    };
    let (used_in, used) = crossbeam_channel::bounded::<Chunk>(job.threads.get() * 2 + 2);
    let digests = std::sync::Mutex::new(Vec::new());
    let mut file = 0;
    let inputs = job.inputs.as_slice();
    let locals = engine::run(
        &gatherer,
        job.threads,
        job.interrupted,
        || {
            while let Some(source) = sources.get_mut(file) {
                let chunk = source.next_chunk(used.try_recv().unwrap_or_default());
                let chunk = chunk.map_err(|error| match inputs.get(file) {
                    Some(path) => read_failed(path)(error),
                    None => Stop::Panicked,
                })?;
                if let Some(chunk) = chunk {
                    return Ok(Some(Task { file, chunk }));
                }
                if let Ok(mut digests) = digests.lock() {
                    digests.push(source.digest().ok_or(Stop::Panicked)?);
                }
                file += 1;
            }
            Ok(None)
        },
        |chunk| {
            // A full channel only means that a buffer is given back to the system.
            drop(used_in.try_send(chunk));
            Ok(())
        },
    )
    .map_err(|ended| match ended {
        Ended::Stopped(stop) => stop,
        Ended::Interrupted => Stop::Interrupted,
        Ended::Panicked => Stop::Panicked,
    })?;
    let count = locals.into_iter().reduce(|mut all, local| {
        all.merge(local);
        all
    });
    let count = count.unwrap_or_else(|| NameCount::new(gatherer.key));
    if count.too_many() {
        return Err(too_many());
    }
    let found = Arc::new(count.finish());
    let digests = digests.into_inner().unwrap_or_default();
    for register in plans.iter().filter_map(|plan| plan.register.as_ref()) {
        // A plan is run once: nothing stands there yet.
        let fresh = register.names.set(Arc::clone(&found)).is_ok()
            && register.digests.set(digests.clone()).is_ok();
        if !fresh {
            return Err(Stop::Panicked);
        }
    }
    Ok(())
}

/// Whether what was read now is what the names were gathered from.
pub(super) fn same_input(plan: &Plan, digests: &[([u8; 32], u64)]) -> Result<(), Stop> {
    match plan.register.as_ref().and_then(|r| r.digests.get()) {
        Some(first) if first.as_slice() != digests => Err(Stop::InputChanged),
        _ => Ok(()),
    }
}
