use super::layers::{crossings, layered, links};
use super::*;

fn node(label: &str, role: NodeRole) -> NetworkNode {
    NetworkNode { label: label.into(), about: format!("about {label}"), role }
}

fn network(count: usize, arrows: &[(usize, usize)]) -> Network {
    let nodes = (0..count).map(|i| node(&format!("box {i}"), NodeRole::State)).collect();
    let edges = arrows.iter().map(|(from, to)| NetworkEdge { from: *from, to: *to, kind: EdgeKind::Raises }).collect();
    Network { title: "test".into(), nodes, edges }
}

#[test]
fn arrows_go_forward_and_long_ones_pass_every_layer() {
    let chain = network(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]);
    let layered = layered(&chain);
    assert_eq!(layered.layers.len(), 4);
    assert_eq!(layered.routes[3].len(), 4);
    assert_eq!((layered.routes[3][0], layered.routes[3][3]), (0, 3));
}

#[test]
fn a_circle_is_opened_and_its_arrow_keeps_its_direction() {
    let circle = network(3, &[(0, 1), (1, 2), (2, 0), (1, 1)]);
    let layered = layered(&circle);
    assert_eq!(layered.layers.len(), 3);
    assert_eq!((layered.routes[2].first(), layered.routes[2].last()), (Some(&2), Some(&0)));
    assert!(layered.routes[3].is_empty(), "a box does not point to itself");
}

#[test]
fn crossings_that_need_not_be_are_taken_out() {
    let crossed = network(4, &[(0, 3), (1, 2)]);
    let layered = layered(&crossed);
    let links = links(&layered.routes, layered.seats.len(), &layered.layers);
    assert_eq!(crossings(&layered.layers, &links, layered.seats.len()), 0);
}

#[test]
fn every_box_and_arrow_is_drawn_once_and_boxes_do_not_overlap() {
    let mut wide = network(7, &[(0, 1), (0, 2), (0, 3), (4, 3), (3, 5), (5, 6), (6, 3), (0, 99)]);
    wide.nodes[2] = node("a label with many words that needs lines <of> its own", NodeRole::Output);
    wide.edges[1].kind = EdgeKind::Lowers;
    let svg = network_svg(&wide);
    assert_eq!(svg.matches("<rect ").count(), 7);
    // Four arrows of the key, seven of the network: the one into nowhere is left out.
    assert_eq!(svg.matches("class=\"arrow ").count(), 11);
    assert!(svg.contains("&lt;of&gt;") && !svg.contains("<of>"));
    let number = |text: &str, name: &str| -> f64 {
        let rest = &text[text.find(&format!("{name}=\"")).expect(name) + name.len() + 2..];
        rest[..rest.find('"').expect("a quote")].parse().expect("a number")
    };
    let boxes: Vec<(f64, f64, f64)> =
        svg.split("<rect ").skip(1).map(|r| (number(r, "x"), number(r, "y"), number(r, "height"))).collect();
    for (i, a) in boxes.iter().enumerate() {
        for b in &boxes[i + 1..] {
            assert!(a.0 != b.0 || a.1 + a.2 <= b.1 || b.1 + b.2 <= a.1, "{a:?} {b:?}");
        }
    }
    assert_eq!(svg, network_svg(&wide), "one picture for one network");
}

#[test]
fn an_empty_network_is_an_empty_picture() {
    assert!(network_svg(&Network::default()).contains("</svg>"));
}
