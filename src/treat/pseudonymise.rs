//! `pseudonymise`: the keyed code of the normalised value.

use super::{Context, Reader};
use crate::key::{CodeFormat, Tagger};
use crate::kinds::Misfit;

/// A coded column: HMAC-SHA256 under the subkey of project, domain and
/// recipient, written as a code of the domain's form.
pub struct Pseudonymise {
    reader: Reader,
    tagger: Tagger,
    format: CodeFormat,
}

impl Pseudonymise {
    /// `tagger` is keyed with the domain's pseudonym subkey.
    #[must_use]
    pub fn new(reader: Reader, tagger: Tagger, format: CodeFormat) -> Self {
        Self {
            reader,
            tagger,
            format,
        }
    }

    pub(super) fn apply(
        &self,
        value: &str,
        context: &mut Context,
        out: &mut String,
    ) -> Result<(), Misfit> {
        self.reader.normalise(value, &mut context.normal)?;
        let tag = self.tagger.tag(context.normal.as_bytes());
        context.code.clear();
        self.format.write(&tag, &mut context.code);
        out.push_str(std::str::from_utf8(&context.code).map_err(|_| Misfit::Form)?);
        Ok(())
    }
}
