//! Shared by the integration tests: the conformance suite, and models as comparable lines.
#![allow(dead_code)] // each test file uses its part

pub mod facts;
pub mod models;
pub mod sbml;
pub mod suite;
