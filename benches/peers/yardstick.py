"""A made-up model to time engines with, of the shape of a mechanism-to-endpoint model in pharmacology.

About 125 states over 28 days with 8 doses: two enantiomers with metabolites, receptors with rates in milliseconds, calcium,
protein cycles in seconds to minutes, a growth factor and its receptor, expression in hours, structure in days. No number in it
means anything in biology. Time is in hours.
"""
import subjects

END = 672.0
DOSES = (24, 96, 192, 264, 360, 432, 528, 600)
FORMS = ("R", "S")
SITES = ("spine", "interneuron")
CYCLES = 24   # protein cycles in a row, each with an inactive, an active and every third a doubly active form
GENES = 10    # expressed in turn: messenger and protein


class Text:
    """Antimony statements, with values of parameters gathered on the way."""

    def __init__(self):
        self.species, self.values, self.reactions = {}, {}, []

    def state(self, name, start=0.0):
        self.species[name] = start
        return name

    def value(self, name, number):
        self.values[name] = number
        return name

    def reaction(self, change, rate):
        self.reactions.append(f"  J{len(self.reactions) + 1}: {change}; {rate};")

    def antimony(self):
        lines = ["// A made-up model for timing; see benches/peers/yardstick.py.", "model qsp100()", "  compartment cell = 1;"]
        lines += [f"  species {name} in cell = {start!r};" for name, start in self.species.items()]
        lines += [f"  {name} = {number!r};" for name, number in self.values.items()]
        lines += self.reactions
        for number, time in enumerate(DOSES, 1):
            change = ", ".join(f"depot_{form} = depot_{form} + dose*0.5" for form in FORMS)
            lines.append(f"  dose_{number}: at (time >= {time}): {change};")
        return "\n".join(lines + ["end"]) + "\n"


def drug(t, form, scale):
    """Depot, gut, three spaces, two metabolites with a tissue each, and two sites of effect."""
    names = "depot gut central near far norm norm_tissue hydroxy brain brain_hydroxy".split()
    for name in names:
        t.state(f"{name}_{form}")
    for name, number in {"ka": 1.4, "escape": 0.3, "transit": 3.0, "cl": 70 * scale, "vmax": 250.0, "km": 6.0, "v": 60.0,
                         "q_near": 90.0, "v_near": 40.0, "q_far": 30.0, "v_far": 160.0, "cl_norm": 55 * scale, "q_norm": 40.0,
                         "v_norm": 75.0, "cl_hydroxy": 20.0, "v_hydroxy": 90.0, "k_in": 7.0, "k_out": 6.0}.items():
        t.value(f"{name}_{form}", number)

    def put(change, rate):
        t.reaction(change.replace("@", form), rate.replace("@", form))

    put("depot_@ -> gut_@", "ka_@*depot_@")
    put("gut_@ ->", "transit_@*gut_@")
    put("-> central_@", "escape_@*transit_@*gut_@/v_@")
    put("-> norm_@", "(1 - escape_@)*transit_@*gut_@/v_norm_@*0.6")
    put("central_@ ->", "(cl_@ + vmax_@/(km_@ + central_@))*central_@/v_@*(weight/70)^0.75")
    put("-> norm_@", "vmax_@*central_@/(km_@ + central_@)/v_norm_@*(weight/70)^0.75")
    put("central_@ ->", "q_near_@*(central_@ - near_@)/v_@")
    put("-> near_@", "q_near_@*(central_@ - near_@)/v_near_@")
    put("central_@ ->", "q_far_@*(central_@ - far_@)/v_@")
    put("-> far_@", "q_far_@*(central_@ - far_@)/v_far_@")
    put("norm_@ ->", "cl_norm_@*norm_@/v_norm_@")
    put("norm_@ -> norm_tissue_@", "q_norm_@*(norm_@ - norm_tissue_@)/v_norm_@")
    put("-> hydroxy_@", "0.4*cl_norm_@*norm_@/v_hydroxy_@")
    put("hydroxy_@ ->", "cl_hydroxy_@*hydroxy_@/v_hydroxy_@")
    put("-> brain_@", "k_in_@*central_@ - k_out_@*brain_@")
    put("-> brain_hydroxy_@", "0.5*k_in_@*hydroxy_@ - 0.4*k_out_@*brain_hydroxy_@")


def receptor(t, site):
    """Two binding steps, opening, desensitisation, block by either form and its trapping."""
    start = {"free": 0.75, "half": 0.1, "full": 0.05, "open": 0.03, "asleep": 0.07}
    for name in ("free", "half", "full", "open", "asleep", "block_R", "block_S", "trap_R", "trap_S"):
        t.state(f"{name}_{site}", start.get(name, 0.0))

    def put(change, rate):
        t.reaction(change.replace("@", site), rate.replace("@", site))

    put("free_@ -> half_@", f"2*bind*transmitter_{site}*free_@ - unbind*half_@")
    put("half_@ -> full_@", f"bind*transmitter_{site}*half_@ - 2*unbind*full_@")
    put("full_@ -> asleep_@", "sleep*full_@ - wake*asleep_@")
    put("full_@ -> open_@", "opening*full_@ - closing*open_@")
    for form in FORMS:
        put(f"open_@ -> block_{form}_@", f"block_on_{form}*brain_{form}*open_@ - block_off_{form}*block_{form}_@")
        put(f"block_{form}_@ -> trap_{form}_@", f"2*closing*block_{form}_@ - opening*trap_{form}_@")
        put(f"trap_{form}_@ -> full_@", f"escape_trap*trap_{form}_@")


def transmitters(t):
    """Inhibition, two transmitters and calcium with its buffer."""
    for name, start in {"inhibition": 1.0, "transmitter_spine": 1.0, "transmitter_interneuron": 1.0, "calcium": 0.2, "buffer": 3.0,
                        "buffered": 0.5}.items():
        t.state(name, start)
    t.reaction("-> inhibition", "k_inhibition*(0.04 + open_interneuron)/0.1 - 60*inhibition")
    t.reaction("-> transmitter_spine", "k_release*(1 + 0.4*(brain_hydroxy_R + brain_hydroxy_S)/(2 + brain_hydroxy_R + brain_hydroxy_S))"
               "*2/(1 + inhibition^2.2) - 45*transmitter_spine")
    t.reaction("-> transmitter_interneuron", "40*(0.7 + 0.3*transmitter_spine) - 40*transmitter_interneuron")
    t.reaction("-> calcium", "900*(0.1 + 3*open_spine + 0.3*anchor*transmitter_spine/(1.5 + transmitter_spine)) - 1800*calcium")
    t.reaction("buffer -> buffered", "700*calcium^2*buffer - 300*buffered")


def growth_factor(t):
    """Messenger, store and free factor; its receptor binds, pairs, turns active, goes in and comes back."""
    for name, start in {"messenger": 1.0, "store": 1.0, "factor": 0.3, "trk": 1.0, "bound": 0.15, "pair": 0.02, "active": 0.05,
                        "inside": 0.03}.items():
        t.state(name, start)
    t.reaction("-> messenger", f"0.3*(0.4 + 1.6*active_{CYCLES - 1}^2/(0.1 + active_{CYCLES - 1}^2)) - 0.3*messenger")
    t.reaction("-> store", "k_store*messenger*(0.5 + protein_2/(1 + protein_2)) - 0.7*store")
    t.reaction("store -> factor", "(0.2 + 0.6*transmitter_spine^3/(1.2 + transmitter_spine^3))*store")
    t.reaction("factor ->", "k_loss*factor")
    t.reaction("-> trk", "0.05 - 0.04*trk")
    t.reaction("factor + trk -> bound", "60*factor*trk - 70*bound")
    t.reaction("2 bound -> pair", "5000*bound^2 - 900*pair")
    t.reaction("pair -> active", "k_active*pair - 350*active/(0.3 + active)*0.3")
    t.reaction("active -> inside", "2.5*active")
    t.reaction("inside -> 2 trk", "1.8*inside")
    t.reaction("inside ->", "0.05*inside")


def cycles(t):
    """Protein cycles driven by the one before, with saturable enzymes; the first ones by calcium and the receptor."""
    for i in range(CYCLES):
        t.state(f"resting_{i}", 0.8)
        t.state(f"active_{i}", 0.2)
        speed = 60.0 * 10 ** (-1.2 * i / CYCLES)
        driver = ("(buffered/(0.6 + buffered))^2", "(active + 0.5*inside)")[i] if i < 2 else f"active_{i - 2}"
        t.value(f"k_on_{i}", round(speed, 4))
        brake = f"*1.2/(1 + active_{i + 3})" if i % 5 == 0 and i + 3 < CYCLES else ""
        t.reaction(f"resting_{i} -> active_{i}", f"k_on_{i}*({driver} + 0.05)*resting_{i}/(0.4 + resting_{i}){brake}")
        t.reaction(f"active_{i} -> resting_{i}", f"{round(0.35 * speed, 4)}*active_{i}/(0.3 + active_{i})")
        if i % 3 == 0:
            t.state(f"double_{i}", 0.05)
            t.reaction(f"active_{i} -> double_{i}", f"{round(0.4 * speed, 4)}*({driver})*active_{i}/(0.5 + active_{i})")
            t.reaction(f"double_{i} -> active_{i}", f"{round(0.3 * speed, 4)}*double_{i}/(0.3 + double_{i})")


def expression(t):
    """Proteins made under the cycles, in hours, and the structure they build, in days."""
    for i in range(GENES):
        t.state(f"protein_{i}", 1.0)
        t.reaction(f"-> protein_{i}", f"{round(0.5 / (1 + i), 4)}*(0.3 + 1.4*active_{2 * i + 3}^1.5/(0.1 + active_{2 * i + 3}^1.5))")
        t.reaction(f"protein_{i} ->", f"{round(0.5 / (1 + i), 4)}*protein_{i}")
    for name, start in {"anchor": 1.0, "bud": 0.5, "thin": 1.0, "mushroom": 1.0, "stub": 0.2, "mature": 0.3, "effect": 0.0}.items():
        t.state(name, start)
    t.reaction("-> anchor", "0.05*protein_4*thin - 0.05*anchor")
    t.reaction("-> bud", "0.012*protein_6*protein_7 - 0.02*bud")
    t.reaction("bud -> thin", "0.012*bud")
    t.reaction("thin -> mushroom", "k_mature*anchor*thin - 0.002*mushroom")
    t.reaction("thin ->", "0.006*thin")
    t.reaction("mushroom -> stub", "0.001*mushroom - 0.006*stub")
    t.reaction("mushroom -> mature", "0.0012*mushroom - 0.0008*mature")
    t.reaction("-> effect", "0.008*(top*mushroom^2.5/(0.9^2.5 + mushroom^2.5) - effect)")


def varied(t):
    """The 20 parameters that differ between subjects."""
    names = [f"{p}_{form}" for p in ("cl", "v", "ka", "escape", "k_in", "block_on") for form in FORMS]
    names += "k_inhibition k_active k_store k_loss k_on_4 k_on_9 k_mature top".split()
    return {name: t.values[name] for name in names}


def write(folder):
    """model.ant, model.xml and subjects.csv in `folder`; the end and the observables."""
    import antimony
    t = Text()
    for name, number in {"dose": 40.0, "weight": 74.0, "bind": 9e3, "unbind": 3.6e4, "opening": 1.6e5, "closing": 2.9e5, "sleep": 2e4,
                         "wake": 7e3, "block_on_R": 4e3, "block_on_S": 1.2e4, "block_off_R": 900.0, "block_off_S": 800.0,
                         "escape_trap": 30.0, "k_inhibition": 30.0, "k_release": 45.0, "k_store": 0.8, "k_loss": 1.4, "k_active": 400.0,
                         "k_mature": 0.006, "top": 10.0}.items():
        t.value(name, number)
    for form, scale in zip(FORMS, (0.9, 1.1)):
        drug(t, form, scale)
    for site in SITES:
        receptor(t, site)
    transmitters(t)
    growth_factor(t)
    cycles(t)
    expression(t)
    text = t.antimony()
    (folder / "model.ant").write_text(text)
    antimony.clearPreviousLoads()
    if antimony.loadAntimonyString(text) < 0:
        raise RuntimeError(f"antimony does not read the yardstick: {antimony.getLastError()}")
    (folder / "model.xml").write_text(antimony.getSBMLString("qsp100"))
    subjects.write(folder / "subjects.csv", varied(t))
    return END, spread(list(t.species))


def spread(states, count=10):
    """`count` of the states, evenly over the list."""
    return [states[i * len(states) // count] for i in range(count)]


def take(folder, source):
    """The files of a yardstick that lies elsewhere: qsp100.ant, qsp100.xml, subjects.csv."""
    import libsbml
    for here, there in (("model.ant", "qsp100.ant"), ("model.xml", "qsp100.xml"), ("subjects.csv", "subjects.csv")):
        (folder / here).write_bytes((source / there).read_bytes())
    model = libsbml.readSBMLFromFile(str(folder / "model.xml")).getModel()
    return END, spread([s.getId() for s in model.getListOfSpecies()])
