//! What is known, held against what the model gives: claims and observations.
//!
//! A claim is a statement with arms and typed expectations; an observation is one measured number with its experiment.
//! Both are texts ([`claim`], [`observation`], [`reference`](mod@reference)). Their arms go into one [`pool`], in which
//! equal arms are one and models are compiled once, and which is run in parallel; then each expectation is judged
//! ([`judge`]) and each measurement compared ([`compare`]); numbers of groups of people
//! come from a [`trial`]. Exports of literature searches ([`search_export`]) are held against
//! the inclusion rule ([`screening`]); claims about the [`literature`] are judged by both. No file is opened here.

pub mod assay_arm;
pub mod attribution;
pub mod claim;
pub mod cohort;
pub mod compare;
pub mod expect;
pub mod formula;
pub mod judge;
pub mod literature;
pub mod observable;
pub mod observation;
pub mod pool;
pub mod quantity;
pub mod reference;
pub mod screening;
pub mod search_export;
pub mod shapley;
pub(crate) mod text;
pub mod trial;
pub mod weigh;
