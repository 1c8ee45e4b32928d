"""The C text of a specialised system: right-hand side, sparse Jacobian, stops, observables, straight-line LU.

The type of a number is `R`, so that one text serves plain doubles and vectors. What depends on the live parameters alone
is computed once a subject, in `prologue`.
"""
from .derive import jacobian
from .eliminate import eliminate

INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
CALLS = {"exp": "EXP", "ln": "LOG", "sqrt": "SQRT", "abs": "FABS", "sin": "SIN", "cos": "COS", "tan": "TAN",
         "tanh": "TANH", "floor": "FLOOR", "ceil": "CEIL", "lt": "LT", "le": "LE", "gt": "GT", "ge": "GE", "eq": "EQ",
         "ne": "NE", "and": "AND", "or": "OR", "not": "NOT", "if": "IF"}


def header(special):
    """The text of `model.h`."""
    entries = jacobian(special.graph, special.rates, special.states)
    keys = sorted(entries, key=lambda key: (key[1], key[0]))  # compressed columns
    writer = Writer(special, special.rates + [entries[k] for k in keys] + special.observables)
    steps = eliminate(len(special.states), keys)
    parts = sizes(special, writer, keys, steps)
    parts += writer.prologue()
    parts += writer.function("rhs", "R *restrict dx", special.rates, "dx")
    parts += writer.function("jacobian", "R *restrict j", [entries[k] for k in keys], "j")
    parts += writer.function("observe", "R *restrict out", special.observables, "out")
    parts += stop_functions(special)
    parts += factorise(special, keys, steps) + solve(steps)
    return "\n".join(parts) + "\n"


def array(kind, name, values):
    """A constant array; C has none of length 0."""
    values = list(values) or [0]
    return f"static const {kind} {name}[] = {{{', '.join(repr(v) for v in values)}}};"


def sizes(special, writer, keys, steps):
    columns = [sum(1 for k in keys if k[1] < c) for c in range(len(special.states) + 1)]
    return [
        "/* Generated from SBML; not to be edited. */",
        f"enum {{ NX = {len(special.states)}, NP = {len(special.live)}, NC = {max(1, len(writer.constants))}, "
        f"NNZ = {len(keys)}, NOBS = {len(special.observables)}, NSTOP = {len(special.stops)}, NLU = {len(steps.place)} }};",
        array("double", "X0", special.start), array("double", "P0", special.live_start),
        array("double", "STOP_TIME", [float(time) for time, _ in special.stops]),
        array("int", "COLUMN", columns), array("int", "ROW", [k[0] for k in keys]),
    ]


class Writer:
    """Writes functions over t, x, p and the constants c of the prologue."""

    def __init__(self, special, roots):
        self.special = special
        self.graph = special.graph
        self.state = {name: i for i, name in enumerate(special.states)}
        self.live = {name: i for i, name in enumerate(special.live)}
        self.fixed = self.fixed_nodes(roots)
        self.constants = self.used_constants(roots)

    def fixed_nodes(self, roots):
        """Nodes that need neither a state nor time."""
        fixed = set()
        for node in self.graph.order(roots):
            op = self.graph.ops[node]
            if op[0] == "num" or (op[0] == "sym" and op[1] in self.live):
                fixed.add(node)
            elif op[0] != "sym" and all(a in fixed for a in self.graph.args(node)):
                fixed.add(node)
        return fixed

    def used_constants(self, roots):
        """Computed fixed nodes that something varying, or a result, needs -> place in c."""
        needed = [r for r in roots if r in self.fixed]
        for node in self.graph.order(roots):
            if node not in self.fixed:
                needed += [a for a in self.graph.args(node) if a in self.fixed]
        computed = [n for n in dict.fromkeys(needed) if self.graph.args(n)]
        return {node: i for i, node in enumerate(computed)}

    def leaf(self, node):
        op = self.graph.ops[node]
        if op[0] == "num":
            return f"({op[1]!r})" if op[1] < 0 else repr(op[1])
        if op[1] == "time":
            return "NUM(t)"
        return f"x[{self.state[op[1]]}]" if op[1] in self.state else f"p[{self.live[op[1]]}]"

    def refer(self, node, constants):
        if node in constants:
            return f"c[{constants[node]}]"
        return f"n{node}" if self.graph.args(node) else self.leaf(node)

    def statements(self, roots, constants):
        """One line for each computed node that is not in `constants`."""
        lines, seen, stack = [], set(), [(r, False) for r in reversed(roots)]
        while stack:
            node, ready = stack.pop()
            if ready:
                lines.append(f"  const R n{node} = {self.expression(node, constants)};")
            elif node not in seen and node not in constants and self.graph.args(node):
                seen.add(node)
                stack.append((node, True))
                stack.extend((a, False) for a in reversed(self.graph.args(node)))
        return lines

    def expression(self, node, constants):
        op, *args = self.graph.ops[node]
        words = [self.refer(a, constants) for a in args]
        if op in INFIX:
            return f"{words[0]} {INFIX[op]} {words[1]}"
        if op == "neg":
            return f"-{words[0]}"
        if op == "pow":
            return power(words, self.graph.value(args[1]))
        # A number among the arguments of a call becomes a vector where `R` is one.
        words = [f"NUM({w})" if self.graph.value(a) is not None else w for a, w in zip(args, words)]
        return f"{CALLS[op]}({', '.join(words)})"

    def prologue(self):
        nodes = list(self.constants)
        lines = ["static void prologue(const R *restrict p, R *restrict c) {"] + self.statements(nodes, {})
        lines += [f"  c[{i}] = n{node};" for node, i in self.constants.items()]
        return lines + ["  (void)p; (void)c;", "}"]

    def function(self, name, result, roots, out):
        head = f"static void {name}(double t, const R *restrict x, const R *restrict p, const R *restrict c, {result}) {{"
        lines = [head] + self.statements(roots, self.constants)
        for i, root in enumerate(roots):
            word = self.refer(root, self.constants)
            lines.append(f"  {out}[{i}] = {word if self.graph.value(root) is None else f'NUM({word})'};")
        return lines + ["  (void)t; (void)x; (void)p; (void)c;", "}"]


def power(words, exponent):
    """Small whole exponents as products."""
    base = words[0]
    if exponent is not None and exponent == int(exponent) and 1 < abs(exponent) <= 4:
        product = " * ".join([base] * int(abs(exponent)))
        return product if exponent > 0 else f"1.0 / ({product})"
    if exponent == -1.0:
        return f"1.0 / {base}"
    return f"POW({base}, NUM({words[1]}))" if exponent is not None else f"POW({base}, {words[1]})"


def stop_functions(special):
    """`stop(k, ...)` does what belongs to a stop, then what its changes trigger."""
    lines = ["#ifdef WITH_STOPS"]
    for k, (_, changes) in enumerate(special.stops):
        lines += change_function(special, f"stop_{k}", changes)
    for k, (condition, changes) in enumerate(special.followups):
        lines += condition_function(special, f"holds_{k}", condition) + change_function(special, f"follow_{k}", changes)
    held = ", ".join(f"holds_{k}(t, x, p)" for k in range(len(special.followups))) or "0"
    lines.append("static void stop(int k, double t, double *x, double *p) {")
    lines.append(f"  int before[] = {{{held}}};")
    lines += [f"  if (k == {k}) stop_{k}(t, x, p);" for k in range(len(special.stops))]
    lines += [f"  if (!before[{k}] && holds_{k}(t, x, p)) follow_{k}(t, x, p);" for k in range(len(special.followups))]
    return lines + ["  (void)before; (void)k; (void)t; (void)x; (void)p;", "}", "#endif"]


def change_function(special, name, changes):
    """All values from before the change, then all assignments."""
    writer = Writer(special, [node for _, node in changes])
    nodes = [node for _, node in changes]
    lines = [f"static void {name}(double t, double *x, double *p) {{"] + writer.statements(nodes, {})
    lines += [f"  const double to{i} = {writer.refer(node, {})};" for i, node in enumerate(nodes)]
    for i, (target, _) in enumerate(changes):
        place = f"x[{writer.state[target]}]" if target in writer.state else f"p[{writer.live[target]}]"
        lines.append(f"  {place} = to{i};")
    return lines + ["  (void)t; (void)x; (void)p;", "}"]


def condition_function(special, name, condition):
    writer = Writer(special, [condition])
    lines = [f"static int {name}(double t, const double *x, const double *p) {{"] + writer.statements([condition], {})
    return lines + ["  (void)t; (void)x; (void)p;", f"  return {writer.refer(condition, {})} != 0;", "}"]


def factorise(special, keys, steps):
    """LU of g I - J without pivoting, in place; the inverse pivots are kept."""
    entry = {key: i for i, key in enumerate(keys)}
    lines = ["static void factorise(R g, const R *restrict j, R *restrict w) {"]
    for key, i in steps.place.items():
        value = ("g " if key[0] == key[1] else "") + (f"- j[{entry[key]}]" if key in entry else "")
        lines.append(f"  w[{i}] = {value or 'NUM(0.0)'};")
    at = steps.place
    for pivot, below, right in steps.steps:
        lines.append(f"  w[{at[pivot, pivot]}] = 1.0 / w[{at[pivot, pivot]}];")
        for r in below:
            lines.append(f"  w[{at[r, pivot]}] = w[{at[r, pivot]}] * w[{at[pivot, pivot]}];")
            lines += [f"  w[{at[r, c]}] = w[{at[r, c]}] - w[{at[r, pivot]}] * w[{at[pivot, c]}];" for c in right]
    return lines + ["}"]


def solve(steps):
    """Solves with the factors, in place."""
    at = steps.place
    lines = ["static void substitute(const R *restrict w, R *restrict b) {"]
    for pivot, below, _ in steps.steps:
        lines += [f"  b[{r}] = b[{r}] - w[{at[r, pivot]}] * b[{pivot}];" for r in below]
    for pivot, _, right in reversed(steps.steps):
        minus = "".join(f" - w[{at[pivot, c]}] * b[{c}]" for c in right)
        lines.append(f"  b[{pivot}] = (b[{pivot}]{minus}) * w[{at[pivot, pivot]}];")
    return lines + ["}"]
