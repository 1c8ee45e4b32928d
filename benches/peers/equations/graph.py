"""Formulas as a graph in which equal parts exist once.

A node is a number. `ops[node]` is a tuple: ("num", value), ("sym", name), or (operation, argument nodes...).
Operations: add sub mul div pow neg, the functions of `FUNCTIONS`, relations `lt le gt ge eq ne`, logic `and or not`,
and ("if", condition, then, otherwise). Conditions are 0 or 1.
"""
import math

FUNCTIONS = {
    "exp": math.exp, "ln": math.log, "sqrt": math.sqrt, "abs": abs, "sin": math.sin, "cos": math.cos,
    "tan": math.tan, "tanh": math.tanh, "floor": math.floor, "ceil": math.ceil,
}
RELATIONS = {
    "lt": lambda a, b: a < b, "le": lambda a, b: a <= b, "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b, "eq": lambda a, b: a == b, "ne": lambda a, b: a != b,
}


class Graph:
    """Nodes and the constructors that simplify them."""

    def __init__(self):
        self.ops = []
        self._known = {}

    def node(self, *op):
        """The node of an operation; an equal one is shared."""
        found = self._known.get(op)
        if found is None:
            found = len(self.ops)
            self.ops.append(op)
            self._known[op] = found
        return found

    def num(self, value):
        return self.node("num", float(value))

    def sym(self, name):
        return self.node("sym", name)

    def value(self, node):
        """The value of a number node, otherwise None."""
        op = self.ops[node]
        return op[1] if op[0] == "num" else None

    def args(self, node):
        """Argument nodes; none for numbers and symbols."""
        op = self.ops[node]
        return () if op[0] in ("num", "sym") else op[1:]

    def add(self, a, b):
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.num(x + y)
        if x == 0.0:
            return b
        if y == 0.0:
            return a
        return self.node("add", *sorted((a, b)))

    def sub(self, a, b):
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.num(x - y)
        if y == 0.0:
            return a
        if a == b:
            return self.num(0.0)
        return self.neg(b) if x == 0.0 else self.node("sub", a, b)

    def neg(self, a):
        x = self.value(a)
        if x is not None:
            return self.num(-x)
        return self.ops[a][1] if self.ops[a][0] == "neg" else self.node("neg", a)

    def mul(self, a, b):
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.num(x * y)
        if x == 0.0 or y == 0.0:
            return self.num(0.0)
        if x == 1.0:
            return b
        if y == 1.0:
            return a
        if x == -1.0:
            return self.neg(b)
        if y == -1.0:
            return self.neg(a)
        return self.node("mul", *sorted((a, b)))

    def div(self, a, b):
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None and y != 0.0:
            return self.num(x / y)
        if x == 0.0:
            return self.num(0.0)
        return a if y == 1.0 else self.node("div", a, b)

    def pow(self, a, b):
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None and (x > 0.0 or y == int(y)) and not (x == 0.0 and y < 0.0):
            return self.num(x**y)
        if y == 0.0:
            return self.num(1.0)
        if y == 1.0:
            return a
        return self.node("sqrt", a) if y == 0.5 else self.node("pow", a, b)

    def call(self, name, *args):
        """A function, relation or logical operation."""
        values = [self.value(a) for a in args]
        if name in FUNCTIONS and values[0] is not None:
            return self.num(FUNCTIONS[name](values[0]))
        return self.node(name, *args)

    def choose(self, condition, then, otherwise):
        x = self.value(condition)
        if then == otherwise:
            return then
        if x is not None:
            return then if x != 0.0 else otherwise
        return self.node("if", condition, then, otherwise)

    def order(self, roots):
        """Every node that the roots need, arguments first."""
        seen, out, stack = set(), [], [(r, False) for r in reversed(roots)]
        while stack:
            node, ready = stack.pop()
            if ready:
                out.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((a, False) for a in self.args(node))
        return out

    def symbols(self, roots):
        """Names of the symbols that the roots need."""
        return {self.ops[n][1] for n in self.order(roots) if self.ops[n][0] == "sym"}

    def evaluate(self, roots, values):
        """Numbers of the roots, given the values of the symbols."""
        at = {}
        for node in self.order(roots):
            op = self.ops[node]
            if op[0] == "num":
                at[node] = op[1]
            elif op[0] == "sym":
                at[node] = values[op[1]]
            else:
                at[node] = apply(op[0], [at[a] for a in op[1:]])
        return [at[r] for r in roots]


def apply(name, x):
    """One operation on numbers."""
    if name in FUNCTIONS:
        return FUNCTIONS[name](x[0])
    if name in RELATIONS:
        return float(RELATIONS[name](x[0], x[1]))
    match name:
        case "add": return x[0] + x[1]
        case "sub": return x[0] - x[1]
        case "mul": return x[0] * x[1]
        case "div": return x[0] / x[1]
        case "pow": return x[0] ** x[1]
        case "neg": return -x[0]
        case "and": return float(x[0] != 0 and x[1] != 0)
        case "or": return float(x[0] != 0 or x[1] != 0)
        case "not": return float(x[0] == 0)
        case "if": return x[1] if x[0] != 0 else x[2]
    raise ValueError(f"no operation '{name}'")
