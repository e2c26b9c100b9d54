//! What the policy does to a value: one file a treatment.
//!
//! A treatment sees one value, never missing, and, where it asks, a little of
//! its record ([`Context`]). It appends the treated text to a cleared buffer or
//! says by [`Misfit`] why the value does not fit its rule; what follows then is
//! the column's `invalid`, which is not decided here. A treatment never writes
//! anywhere else and keeps no value.

mod decimal;
mod generalise;
mod keep;
mod mask;
mod pseudonymise;
mod redact;
mod shift;

pub use decimal::compare_decimals;
pub use generalise::{AgeBands, Bands, Calendar, Generalise, Lookup, Rule};
pub use keep::Keep;
pub use mask::Mask;
pub use pseudonymise::Pseudonymise;
pub(crate) use redact::WRITTEN_CODE;
pub use redact::{Coder, Labels, Redact};
pub use shift::Shift;

use crate::kinds::own_row::OwnRow;
use crate::kinds::register::NameScratch;
use crate::kinds::scan::{Hit, Scratch};
use crate::kinds::{Kind, KindOptions, Misfit};

/// Kind and options of a column: how its values are normalised.
pub struct Reader {
    /// The kind.
    pub kind: &'static dyn Kind,
    /// Region and written form of dates.
    pub options: KindOptions,
}

impl Reader {
    /// Normalises `value` into `out`.
    ///
    /// # Errors
    /// The kind's reason where the value does not fit.
    pub fn normalise(&self, value: &str, out: &mut String) -> Result<(), Misfit> {
        self.kind.normalise(value, &self.options, out)
    }
}

/// What a treatment may know beside its value, and buffers it may reuse.
#[derive(Default)]
pub struct Context {
    /// The subject's normalised identifier; empty where it is missing or does not fit.
    pub subject: String,
    /// The record's own protected values, for `own-row`.
    pub own_row: OwnRow,
    /// Buffer for a normalised value.
    pub normal: String,
    /// Buffer for a code.
    pub code: Vec<u8>,
    /// Buffers of the text scanner.
    pub scratch: Scratch,
    /// Buffers of the search for names.
    pub names: NameScratch,
    /// Spans found by the last redaction, as bytes of the value.
    pub found: Vec<Hit>,
    /// Of each of them, whether it is a near miss: it has the form of its kind,
    /// and its check digit or its date does not hold.
    pub near: Vec<bool>,
}

/// A treatment with its parameters, keyed where it needs a key.
pub enum Treat {
    /// The column does not leave.
    Drop,
    /// See [`Keep`].
    Keep(Keep),
    /// See [`Pseudonymise`].
    Pseudonymise(Pseudonymise),
    /// See [`Mask`].
    Mask(Mask),
    /// See [`Generalise`].
    Generalise(Generalise),
    /// See [`Redact`].
    Redact(Redact),
    /// A constant.
    Replace(String),
    /// See [`Shift`].
    Shift(Shift),
}

impl Treat {
    /// Treats one value that is not missing; `out` is cleared first.
    ///
    /// # Errors
    /// Why the value does not fit the rule. `out` is empty then.
    pub fn apply(
        &self,
        value: &str,
        context: &mut Context,
        out: &mut String,
    ) -> Result<(), Misfit> {
        out.clear();
        let done = match self {
            Treat::Drop => Ok(()),
            Treat::Keep(keep) => keep.apply(value, context, out),
            Treat::Pseudonymise(code) => code.apply(value, context, out),
            Treat::Mask(mask) => mask.apply(value, context, out),
            Treat::Generalise(general) => general.apply(value, context, out),
            Treat::Redact(redact) => {
                redact.apply(value, context, out);
                Ok(())
            }
            Treat::Replace(with) => {
                out.push_str(with);
                Ok(())
            }
            Treat::Shift(shift) => shift.apply(value, context, out),
        };
        if done.is_err() {
            out.clear();
        }
        done
    }

    /// Whether the same value always gives the same result, whatever its record:
    /// only then may a result be remembered.
    #[must_use]
    pub fn depends_on_value_alone(&self) -> bool {
        !matches!(self, Treat::Redact(_) | Treat::Shift(_))
    }
}
