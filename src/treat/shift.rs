//! `shift`: a date moved by its subject's own number of days.
//!
//! Spans between two dates of one subject stay; the dates themselves do not.
//! A shifted date is still a quasi-identifier.

use super::{Context, Reader};
use crate::key::{Tagger, shift_days};
use crate::kinds::Misfit;
use crate::kinds::date::CivilDate;

/// A shifted column.
pub struct Shift {
    reader: Reader,
    tagger: Tagger,
    within: u32,
}

impl Shift {
    /// `tagger` is keyed with the subject domain's shift subkey; offsets are 1
    /// to `within` days either way.
    #[must_use]
    pub fn new(reader: Reader, tagger: Tagger, within: u32) -> Self {
        Self {
            reader,
            tagger,
            within,
        }
    }

    pub(super) fn apply(
        &self,
        value: &str,
        context: &mut Context,
        out: &mut String,
    ) -> Result<(), Misfit> {
        if context.subject.is_empty() {
            return Err(Misfit::NoSubject);
        }
        self.reader.normalise(value, &mut context.normal)?;
        let date = CivilDate::parse(&context.normal)?;
        let days = shift_days(&self.tagger.tag(context.subject.as_bytes()), self.within);
        let days = i32::try_from(days).map_err(|_| Misfit::OutOfRange)?;
        let moved = date
            .to_days()
            .checked_add(days)
            .and_then(CivilDate::from_days);
        moved.ok_or(Misfit::OutOfRange)?.write(out);
        Ok(())
    }
}
