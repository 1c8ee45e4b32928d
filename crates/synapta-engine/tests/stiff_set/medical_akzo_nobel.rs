//! The medical Akzo Nobel problem as Antimony text.

use std::fmt::Write;

/// Cells of the discretisation.
const CELLS: usize = 200;

/// Antibodies that carry a radioactive label wander into a tissue of tumour cells: a reaction and diffusion equation
/// over half a line, which the map x = c zeta/(1 - zeta), c = 4, makes the unit interval; central differences in 200
/// cells. `u1` to `u200` are the free antibodies, `v1` to `v200` the free sites. Supply from outside stops at time 5;
/// nothing flows at the far end.
pub fn text() -> String {
    let mut text = String::from("model medical_akzo_nobel\n  outside := piecewise(2, time <= 5, 0)\n");
    for cell in 1..=CELLS {
        let depth = cell as f64 / CELLS as f64 - 1.0;
        let drift = 2.0 * depth.powi(3) / 16.0 * CELLS as f64 / 2.0;
        let spread = depth.powi(4) / 16.0 * (CELLS * CELLS) as f64;
        let before = if cell == 1 { "outside".to_string() } else { format!("u{}", cell - 1) };
        let after = format!("u{}", if cell == CELLS { cell } else { cell + 1 });
        let here = format!("u{cell}");
        let met = format!("100*{here}*v{cell}");
        let flow = format!("{drift:e}*({after} - {before}) + {spread:e}*({before} - 2*{here} + {after})");
        let lines = format!("  {here} = 0; v{cell} = 1\n  {here}' = {flow} - {met}\n  v{cell}' = -{met}\n");
        text.write_str(&lines).expect("a string takes it");
    }
    text.push_str("end\n");
    text
}
