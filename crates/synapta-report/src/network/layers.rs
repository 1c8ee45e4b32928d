//! Layers of a network: circles opened, every arrow forward, long arrows cut into steps.

use super::Network;

/// Sweeps over the layers in search of fewer crossings.
const SWEEPS: usize = 12;

/// A place in a layer: a box, or where a long arrow passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seat {
    Node(usize),
    Bend,
}

/// A network cut into layers.
pub(super) struct Layered {
    /// What sits at each seat.
    pub seats: Vec<Seat>,
    /// Seats of each layer, from top to bottom.
    pub layers: Vec<Vec<usize>>,
    /// Seats that each arrow passes, from where it leaves to where it enters; empty for one that is left out.
    pub routes: Vec<Vec<usize>>,
}

/// Cuts a network into layers.
pub(super) fn layered(network: &Network) -> Layered {
    let forward = forward(network);
    let ranks = ranks(network.nodes.len(), &forward);
    let mut seats: Vec<Seat> = (0..network.nodes.len()).map(Seat::Node).collect();
    let depth = ranks.iter().max().map_or(0, |r| r + 1);
    let mut layers: Vec<Vec<usize>> = vec![vec![]; depth];
    ranks.iter().enumerate().for_each(|(node, rank)| layers[*rank].push(node));
    let mut routes = vec![];
    for (edge, turned) in network.edges.iter().zip(turned(network, &forward)) {
        let Some((from, to)) = turned else {
            routes.push(vec![]);
            continue;
        };
        let mut route = vec![from];
        for layer in &mut layers[ranks[from] + 1..ranks[to]] {
            seats.push(Seat::Bend);
            layer.push(seats.len() - 1);
            route.push(seats.len() - 1);
        }
        route.push(to);
        if from != edge.from {
            route.reverse();
        }
        routes.push(route);
    }
    let links = links(&routes, seats.len(), &layers);
    order(&mut layers, &links);
    Layered { seats, layers, routes }
}

fn sound(network: &Network) -> impl Iterator<Item = (usize, usize)> + '_ {
    let count = network.nodes.len();
    network.edges.iter().map(|e| (e.from, e.to)).filter(move |(a, b)| a != b && *a < count && *b < count)
}

/// Arrows with those turned around that would close a circle, found from sources on in the order given.
fn forward(network: &Network) -> Vec<(usize, usize)> {
    let count = network.nodes.len();
    let mut next: Vec<Vec<usize>> = vec![vec![]; count];
    let mut entered = vec![false; count];
    for (from, to) in sound(network) {
        next[from].push(to);
        entered[to] = true;
    }
    // 0 not seen, 1 on the way, 2 done.
    let mut state = vec![0u8; count];
    let mut out = vec![];
    let starts = (0..count).filter(|n| !entered[*n]).chain((0..count).filter(|n| entered[*n]));
    for start in starts {
        let mut way = vec![(start, 0)];
        if state[start] != 0 {
            continue;
        }
        state[start] = 1;
        while let Some((node, at)) = way.last_mut() {
            let Some(to) = next[*node].get(*at).copied() else {
                state[*node] = 2;
                way.pop();
                continue;
            };
            *at += 1;
            out.push(if state[to] == 1 { (to, *node) } else { (*node, to) });
            if state[to] == 0 {
                state[to] = 1;
                way.push((to, 0));
            }
        }
    }
    out
}

/// Each arrow as it stands among the forward ones; `None` for one that is left out.
fn turned(network: &Network, forward: &[(usize, usize)]) -> Vec<Option<(usize, usize)>> {
    let one = |e: &super::NetworkEdge| {
        let (there, back) = ((e.from, e.to), (e.to, e.from));
        if e.from == e.to { None } else { [there, back].into_iter().find(|p| forward.contains(p)) }
    };
    network.edges.iter().map(one).collect()
}

/// The longest way to each box; boxes without an arrow into them stand just before what they act on.
fn ranks(count: usize, forward: &[(usize, usize)]) -> Vec<usize> {
    let mut ranks = vec![0usize; count];
    for _ in 0..count {
        let mut moved = false;
        for (from, to) in forward {
            if ranks[*to] < ranks[*from] + 1 {
                ranks[*to] = ranks[*from] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    for node in 0..count {
        let entered = forward.iter().any(|(_, to)| *to == node);
        let nearest = forward.iter().filter(|(from, _)| *from == node).map(|(_, to)| ranks[*to]).min();
        if let (false, Some(nearest)) = (entered, nearest) {
            ranks[node] = nearest.saturating_sub(1);
        }
    }
    ranks
}

/// Seats before and after each seat.
pub(super) struct Links {
    pub before: Vec<Vec<usize>>,
    pub after: Vec<Vec<usize>>,
}

pub(super) fn links(routes: &[Vec<usize>], seats: usize, layers: &[Vec<usize>]) -> Links {
    let mut rank = vec![0; seats];
    for (r, layer) in layers.iter().enumerate() {
        layer.iter().for_each(|seat| rank[*seat] = r);
    }
    let mut out = Links { before: vec![vec![]; seats], after: vec![vec![]; seats] };
    for step in routes.iter().flat_map(|route| route.windows(2)) {
        let (a, b) = if rank[step[0]] < rank[step[1]] { (step[0], step[1]) } else { (step[1], step[0]) };
        out.after[a].push(b);
        out.before[b].push(a);
    }
    out
}

/// Puts each layer in the order of its neighbours' means, back and forth, and keeps the order with the fewest crossings.
fn order(layers: &mut [Vec<usize>], links: &Links) {
    let seats = links.before.len();
    let mut best = layers.to_vec();
    let mut fewest = crossings(layers, links, seats);
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        let all: Vec<usize> =
            if down { (1..layers.len()).collect() } else { (0..layers.len()).rev().skip(1).collect() };
        for at in all {
            let fixed = if down { &layers[at - 1] } else { &layers[at + 1] };
            let place = places(fixed, seats);
            let near = if down { &links.before } else { &links.after };
            let mut keyed: Vec<(f64, usize)> = layers[at]
                .iter()
                .enumerate()
                .map(|(own, seat)| (mean(&near[*seat], &place).unwrap_or(own as f64), *seat))
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            layers[at] = keyed.into_iter().map(|(_, seat)| seat).collect();
        }
        let now = crossings(layers, links, seats);
        if now < fewest {
            fewest = now;
            best = layers.to_vec();
        }
    }
    layers.clone_from_slice(&best);
}

fn places(layer: &[usize], seats: usize) -> Vec<f64> {
    let mut place = vec![0.0; seats];
    layer.iter().enumerate().for_each(|(i, seat)| place[*seat] = i as f64);
    place
}

fn mean(near: &[usize], place: &[f64]) -> Option<f64> {
    (!near.is_empty()).then(|| near.iter().map(|n| place[*n]).sum::<f64>() / near.len() as f64)
}

/// Pairs of arrows that cross between neighbouring layers.
pub(super) fn crossings(layers: &[Vec<usize>], links: &Links, seats: usize) -> usize {
    let mut out = 0;
    for pair in layers.windows(2) {
        let place = places(&pair[1], seats);
        let mut ends: Vec<f64> = vec![];
        for seat in &pair[0] {
            let mut own: Vec<f64> = links.after[*seat].iter().map(|to| place[*to]).collect();
            out += own.iter().map(|end| ends.iter().filter(|e| **e > *end).count()).sum::<usize>();
            ends.append(&mut own);
        }
    }
    out
}
