//! Rasterises an SVG with the font linked into the program.
//!
//! The font is Noto Sans, copyright 2012 Google Inc., in the version whose own record gives the
//! Apache License 2.0; the crate `notosans` that carries it adds the SIL Open Font License 1.1.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{
    Options, Tree,
    fontdb::{Database, Source},
};

use crate::ReportError;

/// Largest width or height of an image, pixels.
const MOST_PX: u32 = 16_384;

/// Rasterises an SVG to PNG bytes of `width_px` and the height that follows from its shape, on
/// white. The only font is the Noto Sans (regular and bold) linked into the program; fonts of
/// the machine are never read.
///
/// # Errors
/// [`ReportError::Svg`] for a text that is not an SVG, [`ReportError::Size`] for an image
/// without pixels or above 16384 pixels a side, [`ReportError::Png`] if encoding fails.
pub fn png_from_svg(svg: &str, width_px: u32) -> Result<Vec<u8>, ReportError> {
    let options = Options { font_family: "Noto Sans".to_owned(), fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options)?;
    let scale = width_px as f32 / tree.size().width();
    let height_px = (tree.size().height() * scale).round() as u32;
    let mut pixmap = blank(width_px, height_px)?;
    let transform = Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut pixmap.as_mut());
    encode(&pixmap)
}

/// The font database, made once.
fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = Database::new();
        for face in [notosans::REGULAR_TTF, notosans::BOLD_TTF] {
            fonts.load_font_source(Source::Binary(Arc::new(face)));
        }
        fonts.set_sans_serif_family("Noto Sans");
        Arc::new(fonts)
    });
    Arc::clone(fonts)
}

fn blank(width: u32, height: u32) -> Result<Pixmap, ReportError> {
    let size = ReportError::Size { width, height, max: MOST_PX };
    if width > MOST_PX || height > MOST_PX {
        return Err(size);
    }
    let mut pixmap = Pixmap::new(width, height).ok_or(size)?;
    pixmap.fill(resvg::tiny_skia::Color::WHITE);
    Ok(pixmap)
}

/// Encodes without the alpha channel, which is full everywhere.
fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, ReportError> {
    let opaque: Vec<u8> = pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut bytes = Vec::with_capacity(opaque.len() / 16);
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&opaque)?;
    writer.finish()?;
    Ok(bytes)
}
