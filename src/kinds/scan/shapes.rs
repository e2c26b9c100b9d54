//! Which shapes begin at a place of a row: all of them at once, a bit each.

use super::super::ident::stands;

/// Digits, capital letters and `<`.
const SYMBOLS: usize = 37;

/// Shapes of one set, 64 at a time.
#[derive(Debug, Clone, Default)]
pub(super) struct Shapes {
    sets: Vec<Set>,
    len: usize,
}

#[derive(Debug, Clone, Default)]
struct Set {
    all: u64,
    /// By place: which shapes go on there, by symbol, and which end behind it.
    places: Vec<Place>,
}

#[derive(Debug, Clone)]
struct Place {
    go_on: [u64; SYMBOLS],
    end: u64,
}

fn symbol(b: u8) -> Option<usize> {
    match b {
        b'0'..=b'9' => Some(usize::from(b - b'0')),
        b'A'..=b'Z' => Some(usize::from(b - b'A') + 10),
        b'<' => Some(36),
        _ => None,
    }
}

const BYTES: &[u8; SYMBOLS] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<";

impl Shapes {
    /// Adds a shape; it is known by its number, counted from 0.
    pub(super) fn add(&mut self, shape: &[u8]) {
        let bit = 1 << (self.len % 64);
        if self.len.is_multiple_of(64) {
            self.sets.push(Set::default());
        }
        self.len += 1;
        let Some(set) = self.sets.last_mut() else {
            return;
        };
        set.all |= bit;
        for (at, &place) in shape.iter().enumerate() {
            if set.places.len() == at {
                set.places.push(Place {
                    go_on: [0; SYMBOLS],
                    end: 0,
                });
            }
            let Some(known) = set.places.get_mut(at) else {
                return;
            };
            for (go_on, &b) in known.go_on.iter_mut().zip(BYTES) {
                if stands(place, b) {
                    *go_on |= bit;
                }
            }
            if at + 1 == shape.len() {
                known.end |= bit;
            }
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The numbers of the shapes that `row` begins with.
    #[inline]
    pub(super) fn each(&self, row: impl Iterator<Item = u8> + Clone, mut sink: impl FnMut(usize)) {
        for (nth, set) in self.sets.iter().enumerate() {
            let mut alive = set.all;
            for (place, b) in set.places.iter().zip(row.clone()) {
                alive &= symbol(b)
                    .and_then(|symbol| place.go_on.get(symbol))
                    .copied()
                    .unwrap_or(0);
                if alive == 0 {
                    break;
                }
                let mut done = alive & place.end;
                while done != 0 {
                    sink(nth * 64 + done.trailing_zeros() as usize);
                    done &= done - 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_at_once_is_each_by_itself(
            shapes in proptest::collection::vec("[dlacn*AX1]{1,9}", 0..150),
            row in "[0-9A-Z<]{0,12}",
        ) {
            let mut set = Shapes::default();
            shapes.iter().for_each(|shape| set.add(shape.as_bytes()));
            let mut found = Vec::new();
            set.each(row.bytes(), |at| found.push(at));
            found.sort_unstable();
            let slow: Vec<usize> = shapes.iter().enumerate().filter(|(_, shape)| {
                shape.len() <= row.len() && shape.bytes().zip(row.bytes()).all(|(s, b)| stands(s, b))
            }).map(|(at, _)| at).collect();
            prop_assert_eq!(found, slow);
            prop_assert_eq!(set.is_empty(), shapes.is_empty());
        }
    }
}
