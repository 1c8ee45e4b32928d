//! Heights of seats: each near the mean of its neighbours, in order, without overlap.

use super::layers::{Layered, Links, Seat, links};

/// Rounds back and forth.
const ROUNDS: usize = 10;
/// Room of a bend, pixels.
const BEND: f64 = 12.0;
/// Room between two seats, pixels.
const GAP: f64 = 12.0;

/// The middle of each seat, pixels from the top.
pub(super) fn heights(layered: &Layered, box_height: &dyn Fn(usize) -> f64) -> Vec<f64> {
    let seats = layered.seats.len();
    let height = |seat: usize| match layered.seats[seat] {
        Seat::Node(node) => box_height(node),
        Seat::Bend => BEND,
    };
    let links = links(&layered.routes, seats, &layered.layers);
    let mut y = vec![0.0; seats];
    for layer in &layered.layers {
        let wished = vec![0.0; layer.len()];
        settle(layer, &wished, &height, &mut y);
    }
    for round in 0..ROUNDS {
        let layers: Vec<usize> = match round % 2 {
            0 => (0..layered.layers.len()).collect(),
            _ => (0..layered.layers.len()).rev().collect(),
        };
        for at in layers {
            let layer = &layered.layers[at];
            let wished: Vec<f64> = layer.iter().map(|seat| wish(*seat, &links, &y)).collect();
            settle(layer, &wished, &height, &mut y);
        }
    }
    let top = (0..seats).map(|s| y[s] - height(s) / 2.0).fold(f64::INFINITY, f64::min);
    y.iter().map(|v| v - top).collect()
}

/// The mean of all neighbours.
fn wish(seat: usize, links: &Links, y: &[f64]) -> f64 {
    let near: Vec<f64> = links.before[seat].iter().chain(&links.after[seat]).map(|n| y[*n]).collect();
    if near.is_empty() { y[seat] } else { near.iter().sum::<f64>() / near.len() as f64 }
}

/// The heights nearest to the wished ones that keep order and room: neighbours that would overlap become a block, whose
/// members share its mean (pool adjacent violators).
fn settle(layer: &[usize], wished: &[f64], height: &dyn Fn(usize) -> f64, y: &mut [f64]) {
    let mut offset = vec![0.0; layer.len()];
    for i in 1..layer.len() {
        offset[i] = offset[i - 1] + (height(layer[i - 1]) + height(layer[i])) / 2.0 + GAP;
    }
    let mut blocks: Vec<(f64, usize)> = vec![];
    for i in 0..layer.len() {
        let mut block = (wished[i] - offset[i], 1);
        while let Some(before) = blocks.pop_if(|b| b.0 > block.0) {
            let members = before.1 + block.1;
            block = ((before.0 * before.1 as f64 + block.0 * block.1 as f64) / members as f64, members);
        }
        blocks.push(block);
    }
    let mut i = 0;
    for (level, members) in blocks {
        for _ in 0..members {
            y[layer[i]] = level + offset[i];
            i += 1;
        }
    }
}
