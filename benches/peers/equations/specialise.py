"""A system in which only the parameters that vary between subjects or change at stops stay symbols.

All other parameters become numbers and fold: what a compiler that knows the values would do. Every engine that gets
generated code gets this form.
"""
import dataclasses

from .graph import FUNCTIONS


@dataclasses.dataclass
class Special:
    """The system to generate code from. Nodes belong to `graph`."""
    graph: object
    states: list
    start: list
    rates: list
    live: list          # names of the parameters that stay: the varied ones in their order, then the others
    live_start: list    # their values
    observables: list   # nodes
    stops: list         # (time, [(name, node)])
    followups: list     # (condition node, [(name, node)])


def specialise(system, varied, observables):
    """`varied` names parameters, `observables` anything that has a name."""
    changed = {name for _, changes in system.stops + system.followups for name, _ in changes}
    live = list(varied) + [p for p in system.parameters if p in changed and p not in set(varied)]
    missing = [name for name in varied if name not in system.parameters]
    if missing:
        raise KeyError(f"not constant parameters of the model: {', '.join(missing)}")
    fixed = {p: v for p, v in system.parameters.items() if p not in set(live)}
    known = {}

    def put(node):
        return substitute(system.graph, node, fixed, known)

    def put_all(changes):
        return [(name, put(node)) for name, node in changes]

    return Special(
        graph=system.graph, states=system.states, start=system.start, rates=[put(r) for r in system.rates],
        live=live, live_start=[system.parameters[p] for p in live],
        observables=[put(system.node_of(name)) for name in observables],
        stops=[(time, put_all(changes)) for time, changes in system.stops],
        followups=[(put(condition), put_all(changes)) for condition, changes in system.followups])


def substitute(g, root, values, known):
    """The node with the symbols in `values` as numbers; `known` is shared between calls."""
    for node in g.order([root]):
        if node in known:
            continue
        op, *args = g.ops[node]
        if op == "num":
            known[node] = node
        elif op == "sym":
            known[node] = g.num(values[args[0]]) if args[0] in values else node
        else:
            known[node] = rebuild(g, op, [known[a] for a in args])
    return known[root]


def rebuild(g, op, args):
    """An operation through the constructor that simplifies it."""
    if op in ("add", "sub", "mul", "div", "neg", "pow"):
        return getattr(g, op)(*args)
    if op == "if":
        return g.choose(*args)
    if op in FUNCTIONS:
        return g.call(op, *args)
    return g.node(op, *args)
