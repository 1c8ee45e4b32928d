//! From a model to a program, and its stiff simulation
