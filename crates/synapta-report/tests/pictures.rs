//! Pictures of any data are well-formed, name what they hold, and can be rasterised.

use proptest::prelude::*;
use synapta_report::{
    CascadeMap, MapArrow, MapNode, MapRegion, ReceptorFigure, ReceptorPool, ReceptorSite, SitePlace, SynapseFigure,
    SynapseState, Tint, map_svg, png_from_svg, receptor_svg, synapse_svg,
};

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![4 => -3.0..3.0f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 1 => Just(0.0), 1 => Just(1e300)]
}

fn map(numbers: &[f64], words: &str) -> CascadeMap {
    let node = |k: usize| MapNode {
        name: format!("n{k}"),
        title: words.to_string(),
        place: (k % 3, k / 3),
        words: words.to_string(),
        tint: [Tint::Ratio(numbers[k]), Tint::Share(numbers[k]), Tint::None][k % 3],
        before: numbers[k],
        course: numbers.iter().enumerate().map(|(t, v)| (t as f64, *v)).collect(),
    };
    let arrow =
        |from, to, path: Vec<[f64; 2]>| MapArrow { from, to, raises: from < to, key: Some(0), cut: to == 2, path };
    CascadeMap {
        title: words.to_string(),
        subtitle: words.to_string(),
        size: (3, 2),
        regions: vec![MapRegion { title: words.to_string(), place: (0, 0), size: (3, 2) }],
        nodes: (0..6).map(node).collect(),
        arrows: vec![
            arrow(0, 1, vec![]),
            arrow(5, 0, vec![]),
            arrow(1, 2, vec![[1.0, 0.5], [2.0, 0.5]]),
            arrow(2, 99, vec![]),
            arrow(3, 3, vec![]),
        ],
        key: vec![words.to_string()],
        hour: 2.0,
        notes: vec![words.to_string()],
    }
}

fn receptor(n: &[f64], words: &str) -> ReceptorFigure {
    let site = |place, k: usize| ReceptorSite {
        name: format!("s{k}"),
        title: words.to_string(),
        place,
        taken: [n[k], n[k + 1]],
    };
    ReceptorFigure {
        title: words.to_string(),
        subtitle: words.to_string(),
        times: [words.to_string(), words.to_string()],
        subunits: vec![(words.to_string(), words.to_string()); 3],
        sites: vec![site(SitePlace::First, 0), site(SitePlace::Second, 1), site(SitePlace::Channel, 2)],
        pools: vec![ReceptorPool {
            name: "p".into(),
            title: words.to_string(),
            subunits: words.to_string(),
            shares: [[n[0], n[1], n[2]], [n[3], n[4], n[5]]],
        }],
        notes: vec![words.to_string()],
    }
}

fn synapse(n: &[f64], words: &str) -> SynapseFigure {
    let state = SynapseState {
        name: "a".into(),
        title: words.to_string(),
        thin: n[0],
        mushroom: n[1],
        dendrite: n[2],
        ampa: n[3],
        bdnf: n[4],
        mtor: n[5],
        release: n[0],
        ratios: n.to_vec(),
    };
    SynapseFigure {
        title: words.to_string(),
        subtitle: words.to_string(),
        states: vec![state.clone(), SynapseState { name: "b".into(), ..state }],
        rows: vec![words.to_string(); 6],
        notes: vec![words.to_string()],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn pictures_of_any_numbers_and_words_are_well_formed(
        n in prop::collection::vec(any_number(), 6),
        words in "[a-z<>&\"\\u{0}-\\u{1f} \\u{4e00}]{0,40}",
    ) {
        for svg in [map_svg(&map(&n, &words)), receptor_svg(&receptor(&n, &words)), synapse_svg(&synapse(&n, &words))] {
            let document = roxmltree::Document::parse(&svg);
            prop_assert!(document.is_ok(), "{document:?}");
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{svg}");
        }
    }
}

#[test]
fn nothing_to_draw_is_drawn() {
    for svg in [
        map_svg(&CascadeMap::default()),
        receptor_svg(&ReceptorFigure::default()),
        synapse_svg(&SynapseFigure::default()),
    ] {
        assert!(roxmltree::Document::parse(&svg).is_ok(), "{svg}");
        assert!(!png_from_svg(&svg, 200).expect("a PNG").is_empty());
    }
}

#[test]
fn what_a_state_has_more_of_is_drawn_more() {
    let count = |of: f64, what: &str| {
        let n = [of, of, 1.0, of, of, 1.0];
        let figure = SynapseFigure { states: vec![synapse(&n, "x").states[0].clone()], ..synapse(&n, "x") };
        synapse_svg(&figure).matches(what).count()
    };
    let (bdnf, ampa) = ("fill=\"#D55E00\"", "fill=\"#0072B2\"");
    assert!(count(1.5, bdnf) > count(1.0, bdnf) && count(1.0, bdnf) > count(0.4, bdnf));
    assert!(count(1.5, ampa) > count(0.4, ampa));
}

#[test]
fn an_arrow_that_is_cut_is_dashed_and_one_that_lowers_has_a_bar() {
    let svg = map_svg(&map(&[1.0; 6], "x"));
    let arrow = |id: &str| {
        svg.split(&format!("id=\"{id}\"")).nth(1).unwrap_or("").split("</g>").next().unwrap_or("").to_string()
    };
    assert!(arrow("n1--n2").contains("stroke-dasharray"));
    assert!(!arrow("n0--n1").contains("stroke-dasharray") && !arrow("n0--n1").contains("<line"));
    assert!(arrow("n5--n0").contains("<line"));
}
