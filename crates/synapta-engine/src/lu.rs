//! Sparse LU of `g I - J` over lanes: one symbolic analysis a model, the numbers driven by its tables.

mod dense;
mod numeric;
mod symbolic;

pub(crate) use numeric::Factors;
pub(crate) use symbolic::Symbolic;

#[cfg(test)]
mod tests;
