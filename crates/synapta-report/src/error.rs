//! What can go wrong when a figure is turned into an image.

use thiserror::Error;

/// A failure to make an image. Drawing SVG, HTML and text cannot fail.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The text handed over is not an SVG that can be drawn.
    #[error("the figure is not a drawable SVG: {0}")]
    Svg(#[from] resvg::usvg::Error),
    /// The image would have no pixels, or more than can be held.
    #[error("an image of {width} x {height} pixels cannot be made; choose a width from 1 to {max}")]
    Size {
        /// Width asked for, pixels.
        width: u32,
        /// Height that follows from the figure's shape, pixels.
        height: u32,
        /// Largest width or height made, pixels.
        max: u32,
    },
    /// The pixels could not be written as PNG.
    #[error("the image could not be written as PNG: {0}")]
    Png(#[from] png::EncodingError),
}
