//! A regimen as its canonical line. Reading it gives the same regimen.

use std::fmt;

use super::{Clause, Extent, Regimen, Repeat, Rhythm};

impl fmt::Display for Regimen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, clause) in self.clauses.iter().enumerate() {
            if i > 0 {
                f.write_str(", then ")?;
            }
            clause.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.amount, self.drug, self.route)?;
        if let Some(over) = self.over {
            write!(f, " over {over}")?;
        }
        for (i, at) in self.at.iter().enumerate() {
            f.write_str(if i == 0 { " at " } else { ", " })?;
            at.fmt(f)?;
        }
        match self.repeat {
            Some(repeat) => write!(f, " {repeat}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rhythm {
            Rhythm::PerDay(n) => write!(f, "{n}/day")?,
            Rhythm::PerWeek(n) => write!(f, "{n}/week")?,
            Rhythm::Every(period) => write!(f, "every {period}")?,
        }
        match self.extent {
            Extent::For(period) => write!(f, " for {period}"),
            Extent::Times(n) => write!(f, " x {n}"),
        }
    }
}
