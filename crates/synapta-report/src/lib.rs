//! Figures and reports of simulated trajectories
