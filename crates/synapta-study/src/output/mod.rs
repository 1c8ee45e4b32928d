//! Files of one arm as bytes or text; the caller writes them.

mod manifest;
mod parquet;
mod summary;
mod table;

pub use self::parquet::trajectory_parquet;
pub use manifest::{Manifest, ModelSource, SolverSettings, text_hash};
pub use summary::summary;
pub use table::trajectory_csv;

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The Parquet writer refused.
    #[error("the trajectory could not be written as Parquet: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
}
