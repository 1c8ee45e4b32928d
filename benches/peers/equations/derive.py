"""Exact derivatives of graph nodes with respect to symbols."""


def dependence(graph, roots, names):
    """Node -> set of those of `names` it depends on."""
    depends = {}
    for node in graph.order(roots):
        op = graph.ops[node]
        if op[0] == "sym":
            depends[node] = {op[1]} & names
        else:
            depends[node] = set().union(*(depends[a] for a in graph.args(node))) if graph.args(node) else set()
    return depends


def jacobian(graph, rows, names):
    """The entries that are not zero: (row, column) -> node, columns numbered as in `names`."""
    depends = dependence(graph, rows, set(names))
    column = {name: i for i, name in enumerate(names)}
    known, entries = {}, {}
    for i, row in enumerate(rows):
        for name in sorted(depends[row], key=column.get):
            node = derivative(graph, row, name, depends, known)
            if graph.value(node) != 0.0:
                entries[(i, column[name])] = node
    return entries


def derivative(graph, node, name, depends, known):
    """d node / d name. `known` keeps what was derived already."""
    if name not in depends[node]:
        return graph.num(0.0)
    key = (node, name)
    if key not in known:
        # Arguments first, so that a deep formula does not recurse deeply.
        for part in graph.order([node]):
            if name in depends[part] and (part, name) not in known:
                known[(part, name)] = one_step(graph, part, name, known)
    return known[key]


def one_step(graph, node, name, known):
    """The derivative of a node whose arguments are derived already."""
    g = graph
    op, *args = g.ops[node]
    if op == "sym":
        return g.num(1.0)
    d = [known.get((a, name), g.num(0.0)) for a in args]
    a = args[0]
    b = args[1] if len(args) > 1 else None
    match op:
        case "add": return g.add(*d)
        case "sub": return g.sub(*d)
        case "neg": return g.neg(d[0])
        case "mul": return g.add(g.mul(d[0], b), g.mul(a, d[1]))
        case "div": return g.div(g.sub(d[0], g.mul(node, d[1])), b)
        case "pow": return power(g, node, a, b, d)
        case "exp": return g.mul(node, d[0])
        case "ln": return g.div(d[0], a)
        case "sqrt": return g.div(d[0], g.mul(g.num(2.0), node))
        case "sin": return g.mul(g.call("cos", a), d[0])
        case "cos": return g.neg(g.mul(g.call("sin", a), d[0]))
        case "tan": return g.mul(g.add(g.num(1.0), g.mul(node, node)), d[0])
        case "tanh": return g.mul(g.sub(g.num(1.0), g.mul(node, node)), d[0])
        case "abs": return g.choose(g.call("lt", a, g.num(0.0)), g.neg(d[0]), d[0])
        case "if": return g.choose(a, d[1], d[2])
    return g.num(0.0)  # relations, logic and integer parts are flat


def power(g, node, a, b, d):
    """d(a^b): the base's part, and the exponent's where it varies."""
    base = g.mul(g.mul(b, g.pow(a, g.sub(b, g.num(1.0)))), d[0])
    if g.value(d[1]) == 0.0:
        return base
    return g.add(base, g.mul(g.mul(node, g.call("ln", a)), d[1]))
