//! Calibration: parameters fitted to observations, stage by stage from fast to slow, within their published ranges.
//!
//! A stage ([`stage`]) names its parameters and rows. Their bounds are the ranges that the model text states, and the range
//! counts as two standard deviations of prior knowledge to either side of its start: a parameter that the data say nothing
//! about stays where it was. [`problem`] makes residuals of runs, [`least_squares`] minimises them, [`record`] keeps what was
//! fitted to what, from where to where, and which parameters the data do not tell.

//!
//! [`audit`] asks whether values that are said to be fitted are told by the rows they name; [`misfit`] is the measure of both.

pub mod audit;
pub mod least_squares;
pub mod misfit;
pub mod problem;
pub mod record;
pub mod stage;
mod symmetric;
