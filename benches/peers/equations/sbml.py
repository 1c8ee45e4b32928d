"""A flat SBML model as a system of equations.

Compartments must be constant; triggers may name time only as `time >= number` (a stop), other triggers are looked at once
after each stop (a follow-up). What does not fit raises `Unsupported` with the reason.
"""
import dataclasses

import libsbml

from .graph import Graph

BINARY = {
    libsbml.AST_MINUS: "sub", libsbml.AST_DIVIDE: "div", libsbml.AST_POWER: "pow", libsbml.AST_FUNCTION_POWER: "pow",
}
UNARY = {
    libsbml.AST_FUNCTION_EXP: "exp", libsbml.AST_FUNCTION_LN: "ln", libsbml.AST_FUNCTION_ABS: "abs",
    libsbml.AST_FUNCTION_SIN: "sin", libsbml.AST_FUNCTION_COS: "cos", libsbml.AST_FUNCTION_TAN: "tan",
    libsbml.AST_FUNCTION_TANH: "tanh", libsbml.AST_FUNCTION_FLOOR: "floor", libsbml.AST_FUNCTION_CEILING: "ceil",
    libsbml.AST_LOGICAL_NOT: "not",
}
COMPARE = {
    libsbml.AST_RELATIONAL_LT: "lt", libsbml.AST_RELATIONAL_LEQ: "le", libsbml.AST_RELATIONAL_GT: "gt",
    libsbml.AST_RELATIONAL_GEQ: "ge", libsbml.AST_RELATIONAL_EQ: "eq", libsbml.AST_RELATIONAL_NEQ: "ne",
}
NUMBERS = (libsbml.AST_INTEGER, libsbml.AST_REAL, libsbml.AST_REAL_E, libsbml.AST_RATIONAL)


class Unsupported(Exception):
    """The model has a part that the generated code does not cover."""


@dataclasses.dataclass
class System:
    """dx/dt = rates(x, p, t), with what happens at stops."""
    graph: Graph
    states: list        # names
    start: list         # values of the states at time 0
    rates: list         # node of each derivative
    parameters: dict    # name -> value, of all constants and of what events change
    rules: dict         # name -> node, assignment rules and what stands for a species' concentration or amount
    stops: list         # (time, [(name, node)])
    followups: list     # (condition node, [(name, node)])

    def node_of(self, name):
        """The node of anything that has a name."""
        return self.rules[name] if name in self.rules else self.graph.sym(name)


def read(path):
    """The system of the SBML file at `path`."""
    document = libsbml.readSBMLFromFile(str(path))
    model = document.getModel()
    if model is None:
        raise Unsupported(f"{path} holds no model")
    return Reader(model).system()


class Reader:
    """Carries the model's lists over, one after the other."""

    def __init__(self, model):
        self.model = model
        self.graph = Graph()
        self.formulas = {r.getVariable(): r.getMath() for r in model.getListOfRules() if r.isAssignment()}
        self.rate_rules = {r.getVariable(): r.getMath() for r in model.getListOfRules() if r.isRate()}
        self.initial = {a.getSymbol(): a.getMath() for a in model.getListOfInitialAssignments()}
        self.sizes = {c.getId(): c.getSize() for c in model.getListOfCompartments()}
        self.rules = {}
        self.open = set()
        if model.getNumFunctionDefinitions():
            raise Unsupported("function definitions: expand them first")
        for c in model.getListOfCompartments():
            if c.getId() in self.formulas or c.getId() in self.rate_rules or not c.getConstant():
                raise Unsupported(f"the compartment '{c.getId()}' varies")

    def system(self):
        states, start = [], []
        for s in self.model.getListOfSpecies():
            if s.getId() not in self.formulas:
                states.append(s.getId())
                start.append(self.species_start(s))
        for p in self.model.getListOfParameters():
            if p.getId() in self.rate_rules:
                states.append(p.getId())
                start.append(p.getValue())
        known = set(states)
        parameters = {p.getId(): p.getValue() for p in self.model.getListOfParameters()
                      if p.getId() not in known and p.getId() not in self.formulas}
        parameters.update({c: size for c, size in self.sizes.items() if size != 1.0})
        rates = self.derivatives(states)
        for name in self.formulas:
            self.name(name)
        stops, followups = self.events()
        self.assign_initial(states, start, parameters)
        return System(self.graph, states, start, rates, parameters, self.rules, stops, followups)

    def species_start(self, s):
        """Concentration, or the amount where the species counts as amount only."""
        size = self.sizes[s.getCompartment()]
        if s.isSetInitialConcentration():
            return s.getInitialConcentration() * (size if s.getHasOnlySubstanceUnits() else 1.0)
        return s.getInitialAmount() / (1.0 if s.getHasOnlySubstanceUnits() else size)

    def derivatives(self, states):
        g, zero = self.graph, self.graph.num(0.0)
        total = {name: zero for name in states}
        fixed = {s.getId() for s in self.model.getListOfSpecies() if s.getBoundaryCondition() or s.getConstant()}
        for reaction in self.model.getListOfReactions():
            law = reaction.getKineticLaw()
            if law.getNumLocalParameters():
                raise Unsupported(f"reaction '{reaction.getId()}' has local parameters")
            rate = self.formula(law.getMath())
            self.rules[reaction.getId()] = rate
            for sign, side in ((-1.0, reaction.getListOfReactants()), (1.0, reaction.getListOfProducts())):
                for part in side:
                    name = part.getSpecies()
                    if name in fixed:
                        continue
                    change = g.mul(g.num(sign * part.getStoichiometry()), rate)
                    total[name] = g.add(total[name], change)
        for s in self.model.getListOfSpecies():
            size = self.sizes[s.getCompartment()]
            if s.getId() in total and not s.getHasOnlySubstanceUnits() and size != 1.0:
                total[s.getId()] = g.div(total[s.getId()], g.num(size))
        for name, math in self.rate_rules.items():
            total[name] = self.formula(math)
        return [total[name] for name in states]

    def name(self, name):
        """What a name stands for."""
        if name in self.rules:
            return self.rules[name]
        if name in self.formulas:
            if name in self.open:
                raise Unsupported(f"the rule of '{name}' needs itself")
            self.open.add(name)
            self.rules[name] = self.formula(self.formulas[name])
            return self.rules[name]
        if self.sizes.get(name) == 1.0:
            return self.graph.num(1.0)
        return self.graph.sym(name)

    def formula(self, math):
        """The node of a formula."""
        g, kind = self.graph, math.getType()
        if kind in NUMBERS:
            return g.num(math.getValue())
        if kind == libsbml.AST_NAME:
            return self.name(math.getName())
        if kind == libsbml.AST_NAME_TIME:
            return g.sym("time")
        if kind == libsbml.AST_CONSTANT_PI:
            return g.num(3.141592653589793)
        if kind == libsbml.AST_CONSTANT_E:
            return g.num(2.718281828459045)
        if kind in (libsbml.AST_CONSTANT_TRUE, libsbml.AST_CONSTANT_FALSE):
            return g.num(kind == libsbml.AST_CONSTANT_TRUE)
        return self.operation(kind, [self.formula(math.getChild(i)) for i in range(math.getNumChildren())], math)

    def operation(self, kind, args, math):
        g = self.graph
        if kind == libsbml.AST_PLUS:
            return fold(g.add, args, g.num(0.0))
        if kind == libsbml.AST_TIMES:
            return fold(g.mul, args, g.num(1.0))
        if kind == libsbml.AST_MINUS and len(args) == 1:
            return g.neg(args[0])
        if kind in BINARY:
            return getattr(g, BINARY[kind])(*args)
        if kind in UNARY:
            return g.call(UNARY[kind], *args)
        if kind in COMPARE and len(args) == 2:
            return g.call(COMPARE[kind], *args)
        if kind in (libsbml.AST_LOGICAL_AND, libsbml.AST_LOGICAL_OR):
            word = "and" if kind == libsbml.AST_LOGICAL_AND else "or"
            return fold(lambda a, b: g.call(word, a, b), args, g.num(word == "and"))
        if kind == libsbml.AST_FUNCTION_ROOT:
            return g.pow(args[-1], g.num(0.5) if len(args) == 1 else g.div(g.num(1.0), args[0]))
        if kind == libsbml.AST_FUNCTION_LOG:
            return g.div(g.call("ln", args[-1]), g.call("ln", args[0] if len(args) == 2 else g.num(10.0)))
        if kind in (libsbml.AST_FUNCTION_MIN, libsbml.AST_FUNCTION_MAX):
            word = "lt" if kind == libsbml.AST_FUNCTION_MIN else "gt"
            return fold(lambda a, b: g.choose(g.call(word, a, b), a, b), args, args[0])
        if kind == libsbml.AST_FUNCTION_PIECEWISE:
            out = args[-1]  # the last piece stands where no otherwise is given
            for i in range(len(args) // 2 - 1, -1, -1):
                out = g.choose(args[2 * i + 1], args[2 * i], out)
            return out
        raise Unsupported(f"the function '{math.getName() or kind}'")

    def events(self):
        stops, followups = {}, []
        for event in self.model.getListOfEvents():
            if event.isSetDelay() or event.isSetPriority():
                raise Unsupported(f"event '{event.getId()}' has a delay or a priority")
            changes = [(a.getVariable(), self.formula(a.getMath())) for a in event.getListOfEventAssignments()]
            time = stop_time(event.getTrigger().getMath())
            if time is not None:
                stops.setdefault(time, []).extend(changes)
            else:
                followups.append((self.formula(event.getTrigger().getMath()), changes))
        return sorted(stops.items()), followups

    def assign_initial(self, states, start, parameters):
        """Initial assignments at the written parameter values; they stay fixed when a parameter is varied."""
        nodes = {name: self.formula(math) for name, math in self.initial.items()}
        for _ in range(len(nodes)):
            values = {**parameters, **dict(zip(states, start)), "time": 0.0}
            found = dict(zip(nodes, self.graph.evaluate(list(nodes.values()), values)))
            before = [start[:], dict(parameters)]
            for name, value in found.items():
                if name in parameters:
                    parameters[name] = value
                elif name in states:
                    start[states.index(name)] = value
            if before == [start, parameters]:
                return
        if nodes:
            raise Unsupported("initial assignments go in a circle")


def fold(operation, args, neutral):
    """A chain of one operation; `neutral` for none."""
    if not args:
        return neutral
    out = args[0]
    for a in args[1:]:
        out = operation(out, a)
    return out


def stop_time(math):
    """The number in `time >= number`, otherwise None."""
    if math.getType() not in (libsbml.AST_RELATIONAL_GEQ, libsbml.AST_RELATIONAL_GT) or math.getNumChildren() != 2:
        return None
    left, right = math.getChild(0), math.getChild(1)
    if left.getType() == libsbml.AST_NAME_TIME and right.getType() in NUMBERS:
        return right.getValue()
    return None
