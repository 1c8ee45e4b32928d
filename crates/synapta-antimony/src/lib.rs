//! Antimony text to model and back
