//! The policy language alone: model, parsing with positions, identity.

pub mod model;
