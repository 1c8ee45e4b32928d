"""A model's equations as a graph, read from SBML, and the texts made of it."""
