//! Figures and reports of simulated trajectories.
//!
//! The crate takes plain numbers and words and knows nothing of models or solvers:
//!
//! - [`Figure`] is a sheet of small multiples along a cascade on one time axis;
//!   [`cascade_svg`] draws it and [`png_from_svg`] rasterises it with a font linked into the
//!   program, so that no font need be installed.
//! - [`Network`] is a set of boxes and arrows in layers; [`network_svg`] draws it.
//! - [`CascadeMap`] is a map of quantities and mechanisms for print, drawn by [`map_svg`].
//! - [`ReceptorFigure`] and [`SynapseFigure`] are drawn the same way by [`receptor_svg`] and [`synapse_svg`].
//! - [`Report`] is a whole run, written by [`report_html`] as one file that loads nothing.
//! - [`sparkline`], [`table`] and [`summary_table`] write for a terminal.
//!
//! Times are hours from the first dose. Values that are not finite are gaps, never an error.

mod cascade_map;
mod curve;
mod draw;
mod error;
mod figure;
mod header;
mod html;
mod layout;
mod map_draw;
mod map_legend;
mod network;
mod number;
mod palette;
mod png;
mod receptor;
mod report;
mod route;
mod shapes;
mod svg;
mod synapse;
mod synapse_draw;
mod table;
mod terminal;
mod text;
mod time_axis;
mod time_map;
mod tint;
mod value_axis;

pub use cascade_map::{CascadeMap, MapArrow, MapNode, MapRegion};
pub use draw::{FIGURE_WIDTH, cascade_svg};
pub use error::ReportError;
pub use figure::{Dash, Figure, Mark, Panel, Reference, Series, SeriesColour, SeriesStyle};
pub use html::report_html;
pub use map_draw::{TWO_COLUMNS_MM, map_svg};
pub use network::{EdgeKind, Network, NetworkEdge, NetworkNode, NodeRole, network_svg};
pub use number::{significant, time_label};
pub use palette::{OKABE_ITO, stage_colour};
pub use png::png_from_svg;
pub use receptor::{ReceptorFigure, ReceptorPool, ReceptorSite, SitePlace, receptor_svg};
pub use report::{RESEARCH_NOTE, Report, SummaryRow};
pub use synapse::{SynapseFigure, SynapseState, synapse_svg};
pub use table::{Align, Column, summary_table, table};
pub use terminal::{Charset, sparkline};
pub use time_axis::{DoseMark, TimeAxis, TimeScale};
pub use tint::Tint;
