//! Subjects, regimens, read-outs: what is asked of a model
