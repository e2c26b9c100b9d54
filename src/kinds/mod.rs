//! What a value is: recognise, validate, normalise, and find in running text.
