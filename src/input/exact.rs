//! The end of one CSV record, byte by byte: the grammar as written, for the
//! places where the fast splitter meets something irregular.

use super::Reason;

/// The bytes that structure a CSV file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
}

/// What stands at the start of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exact {
    /// A record that ends before this byte, its line end included.
    End(usize),
    /// A record whose end cannot be known; the column is 1-based.
    Bad(Reason, Option<usize>),
    /// More bytes are needed to tell.
    More,
}

/// Finds the end of the record that starts at the first byte of `text`.
pub(super) fn record(text: &[u8], last: bool, marks: Marks, limit: usize) -> Exact {
    enum State {
        Start,
        Plain,
        Quoted,
        Closed,
        ClosedCr,
    }
    let mut state = State::Start;
    let mut column = 1;
    for (at, &byte) in text.iter().enumerate() {
        let ends = byte == b'\n' && !matches!(state, State::Quoted);
        if at >= limit && !ends {
            return Exact::Bad(Reason::RecordTooLong, None);
        }
        if ends {
            return Exact::End(at + 1);
        }
        let quote = Some(byte) == marks.quote;
        let delimiter = byte == marks.delimiter;
        state = match state {
            State::Start if quote => State::Quoted,
            State::Plain if quote => return Exact::Bad(Reason::StrayQuote, Some(column)),
            State::Quoted if quote => State::Closed,
            State::Closed if quote => State::Quoted,
            State::Quoted => State::Quoted,
            State::Start | State::Plain | State::Closed if delimiter => {
                column += 1;
                State::Start
            }
            State::Start | State::Plain => State::Plain,
            State::Closed if byte == b'\r' => State::ClosedCr,
            State::Closed => return Exact::Bad(Reason::TextAfterQuote, Some(column)),
            State::ClosedCr => return Exact::Bad(Reason::LoneCr, Some(column)),
        };
    }
    match state {
        _ if !last => Exact::More,
        State::Quoted => Exact::Bad(Reason::UnclosedQuote, Some(column)),
        State::ClosedCr => Exact::Bad(Reason::LoneCr, Some(column)),
        State::Start | State::Plain | State::Closed => Exact::End(text.len()),
    }
}
