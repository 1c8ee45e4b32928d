"""The DiffSL text of a specialised system, and what happens at its stops as a list of operations.

Formulas used twice become scalars of their own; DiffSL itself finds out which depend on the inputs alone.
"""
from .sbml import Unsupported

INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
CALLS = {"exp": "exp", "ln": "log", "sqrt": "sqrt", "abs": "abs", "sin": "sin", "cos": "cos", "tan": "tan"}
LONGEST = 400  # characters of a formula before it is split


def text(special):
    """The model in DiffSL: inputs are the live parameters, outputs the observables."""
    writer = Writer(special)
    roots = special.rates + special.observables
    lines = ["in_i {"] + [f"  p{i} = {v!r}," for i, v in enumerate(special.live_start)] + ["}"]
    lines += ["u_i {"] + [f"  y{i} = {v!r}," for i, v in enumerate(special.start)] + ["}"]
    definitions = writer.definitions(roots)
    lines += definitions
    # An entry without a state is written so that it still has the shape of the others.
    lines += ["F_i {"] + [f"  {writer.words[r]}," if special.graph.symbols([r]) else f"  {writer.words[r]} + 0.0 * y0,"
                          for r in special.rates] + ["}"]
    lines += ["out_i {"] + [f"  {writer.words[r]}," for r in special.observables] + ["}"]
    return "\n".join(lines) + "\n"


class Writer:
    """Words for nodes: leaves, inlined formulas, names of scalars."""

    def __init__(self, special):
        self.graph = special.graph
        self.state = {name: i for i, name in enumerate(special.states)}
        self.live = {name: i for i, name in enumerate(special.live)}
        self.words = {}

    def definitions(self, roots):
        g, uses = self.graph, {}
        order = g.order(roots)
        for node in order:
            for a in g.args(node):
                uses[a] = uses.get(a, 0) + 1
        lines = []
        for node in order:
            word = self.formula(node)
            if g.args(node) and (uses.get(node, 0) > 1 or len(word) > LONGEST):
                lines.append(f"n{node} {{ {word} }}")
                word = f"n{node}"
            self.words[node] = word
        return lines

    def formula(self, node):
        op, *args = self.graph.ops[node]
        if op == "num":
            return f"({args[0]!r})" if args[0] < 0 else repr(args[0])
        if op == "sym":
            return self.symbol(args[0])
        words = [self.words[a] for a in args]
        if op in INFIX:
            return f"({words[0]} {INFIX[op]} {words[1]})"
        if op == "neg":
            return f"(-1.0 * {words[0]})"
        if op == "pow":
            return power(words, self.graph.value(args[1]))
        if op in CALLS:
            return f"{CALLS[op]}({words[0]})"
        raise Unsupported(f"DiffSL has no '{op}'")

    def symbol(self, name):
        if name == "time":
            return "t"
        return f"y{self.state[name]}" if name in self.state else f"p{self.live[name]}"


def power(words, exponent):
    """Small whole exponents as products."""
    if exponent is not None and exponent == int(exponent) and 1 < exponent <= 4 and len(words[0]) < 80:
        return "(" + " * ".join([words[0]] * int(exponent)) + ")"
    if exponent == -1.0:
        return f"(1.0 / {words[0]})"
    return f"pow({words[0]}, {words[1]})"


def schedule(special):
    """Sizes, stops and follow-ups as data: tapes of [operation, arguments...] over states, live parameters and time."""
    def part(nodes, changes):
        tape, place = make_tape(special, nodes)
        targets = [["x", special.states.index(name)] if name in special.states else ["p", special.live.index(name)]
                   for name, _ in changes]
        return {"tape": tape, "changes": [[*t, place[node]] for t, (_, node) in zip(targets, changes)]}, place

    stops, followups = [], []
    for time, changes in special.stops:
        entry, _ = part([node for _, node in changes], changes)
        stops.append({"time": time, **entry})
    for condition, changes in special.followups:
        entry, place = part([condition] + [node for _, node in changes], changes)
        followups.append({"condition": place[condition], **entry})
    return {"states": len(special.states), "observables": len(special.observables), "live_start": special.live_start,
            "stops": stops, "followups": followups}


def make_tape(special, nodes):
    """The nodes in order, each as [operation, number or places of arguments]; and node -> place."""
    state = {name: i for i, name in enumerate(special.states)}
    live = {name: i for i, name in enumerate(special.live)}
    tape, place = [], {}
    for node in special.graph.order(nodes):
        op, *args = special.graph.ops[node]
        if op == "num":
            entry = {"op": "num", "value": args[0], "args": []}
        elif op == "sym" and args[0] == "time":
            entry = {"op": "time", "value": 0.0, "args": []}
        elif op == "sym":
            kind = "x" if args[0] in state else "p"
            entry = {"op": kind, "value": 0.0, "args": [state[args[0]] if kind == "x" else live[args[0]]]}
        else:
            entry = {"op": op, "value": 0.0, "args": [place[a] for a in args]}
        place[node] = len(tape)
        tape.append(entry)
    return tape, place
