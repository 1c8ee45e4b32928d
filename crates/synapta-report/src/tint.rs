//! Fills that carry a number: blue below the value before, orange above it, violet for what starts from nothing. All are light
//! enough for dark words, and the three hues stay apart for readers with colour-vision deficiency.

const WHITE: [f64; 3] = [255.0, 255.0, 255.0];
const BELOW: [f64; 3] = [110.0, 168.0, 216.0];
const ABOVE: [f64; 3] = [240.0, 160.0, 75.0];
const SHARE: [f64; 3] = [178.0, 150.0, 214.0];

/// A number that a fill carries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tint {
    /// A value over that before; the fill is full at a half and at twice.
    Ratio(f64),
    /// A share of the largest value, 0 to 1.
    Share(f64),
    /// No number.
    None,
}

impl Tint {
    /// The fill as `#rrggbb`; grey for a number that does not exist.
    pub fn colour(self) -> String {
        let (end, part) = match self {
            Tint::Ratio(r) if r > 0.0 && r.is_finite() => {
                let doublings = r.log2().clamp(-1.0, 1.0);
                (if doublings < 0.0 { BELOW } else { ABOVE }, doublings.abs())
            }
            Tint::Ratio(r) if r <= 0.0 => (BELOW, 1.0),
            Tint::Share(s) if s.is_finite() => (SHARE, s.clamp(0.0, 1.0)),
            Tint::None => (WHITE, 0.0),
            _ => return "#e4e7eb".to_owned(),
        };
        let channel = |c: usize| (WHITE[c] + part * (end[c] - WHITE[c])).round() as u8;
        format!("#{:02x}{:02x}{:02x}", channel(0), channel(1), channel(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_are_white_at_no_change_and_full_at_twice() {
        assert_eq!(Tint::Ratio(1.0).colour(), "#ffffff");
        assert_eq!(Tint::Ratio(2.0).colour(), Tint::Ratio(9.0).colour());
        assert_eq!(Tint::Ratio(0.5).colour(), Tint::Ratio(0.0).colour());
        assert_ne!(Tint::Ratio(2.0).colour(), Tint::Ratio(0.5).colour());
        assert_eq!(Tint::Share(0.0).colour(), "#ffffff");
        assert_eq!(Tint::Ratio(f64::NAN).colour(), "#e4e7eb");
    }
}
