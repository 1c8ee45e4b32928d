"""The figure of work against precision: CPU time of one run over its error, one line an engine."""
from matplotlib import pyplot

# Okabe and Ito's colours (https://jfly.uni-koeln.de/color/), told apart with every kind of colour vision; markers differ as well.
STYLES = {"Synapta": ("#D55E00", "o"), "C, CVODE + KLU": ("#0072B2", "s"), "diffsol, BDF, Cranelift": ("#009E73", "^"),
          "libroadrunner": ("#CC79A7", "D"), "AMICI": ("#E69F00", "v"), "COPASI, LSODA": ("#56B4E9", "P")}
TITLES = {"qsp100": "Yardstick, {} states", "human": "Human model, {} states"}


def draw(results, states, folder):
    """work-precision.svg and .png in `folder`; `states` maps model to its number of states."""
    rows = [r for r in results if r.task == "precision" and r.error and r.ms_per_run and not r.failures]
    models = [m for m in TITLES if any(r.model == m for r in rows)]
    if not models:
        return False
    pyplot.rcParams.update({"font.size": 10, "svg.fonttype": "none", "svg.hashsalt": "work-precision", "axes.spines.top": False,
                            "axes.spines.right": False})
    figure, axes = pyplot.subplots(1, len(models), figsize=(4.1 * len(models), 4.3), squeeze=False, layout="constrained")
    for model, axis in zip(models, axes[0]):
        panel(axis, [r for r in rows if r.model == model])
        axis.set_title(TITLES[model].format(states.get(model, "?")), fontsize=10, loc="left")
    axes[0][0].set_ylabel("CPU time of one run (ms)")
    known = {label: handle for axis in axes[0] for handle, label in zip(*axis.get_legend_handles_labels())}
    labels = [label for label in STYLES if label in known]
    figure.legend([known[label] for label in labels], labels, loc="outside lower center", ncols=3, frameon=False)
    for ending in ("svg", "png"):
        metadata = {"Date": None} if ending == "svg" else {"Software": None}
        figure.savefig(folder / f"work-precision.{ending}", dpi=160, metadata=metadata)
    pyplot.close(figure)
    return True


def panel(axis, rows):
    for label, (colour, marker) in STYLES.items():
        mine = sorted((r for r in rows if r.engine == label), key=lambda r: -r.rtol)
        if mine:
            axis.plot([r.error for r in mine], [r.ms_per_run for r in mine], color=colour, marker=marker, markersize=5, linewidth=1.4,
                      label=label, zorder=3 if label == "Synapta" else 2)
    axis.set(xscale="log", yscale="log", xlabel="largest error, scaled by each state's range")
    axis.invert_xaxis()
    axis.grid(True, which="major", color="#DDDDDD", linewidth=0.6)
