"""The human model as a flat model with a regimen: what the parity test does, over 28 days and 8 infusions.

Synapta gives the settled patient and the schedule of a regimen; the public antimony package flattens the model text; state and
schedule go in as written values and SBML events. The table varies parameters around that state, which is not settled anew: every
engine solves the same initial value problems.
"""
import pathlib
import sys
import tempfile

import subjects

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOSE = "0.5 mg/kg iv over 40 min 2/week for 4 weeks"
SUBJECT = "trd"
END = 672.0
OBSERVABLES = """subject_ketamine_plasma_ketamine_ug_per_L subject_brain_ketamine subject_prefrontal_microcircuit_glutamate
subject_prefrontal_bdnf_bdnf_extracellular subject_prefrontal_trkb_erk_phosphorylated subject_prefrontal_mtor_mtorc1_active
subject_prefrontal_synapse_glua1_synaptic subject_prefrontal_synapse_thin_spines subject_connectivity
subject_depression""".split()
VARIED = """subject_ketamine_S_central_volume subject_ketamine_R_central_volume subject_ketamine_S_elimination_rate
subject_ketamine_R_elimination_rate subject_ketamine_S_demethylation_rate subject_ketamine_R_demethylation_rate
subject_ketamine_S_norketamine_clearance subject_ketamine_R_norketamine_clearance subject_prefrontal_microcircuit_adaptation_time
subject_prefrontal_border_adaptation_time subject_prefrontal_bdnf_mrna_decay_rate subject_prefrontal_bdnf_bdnf_clearance_rate
subject_prefrontal_trkb_akt_dephosphorylation_rate subject_prefrontal_mtor_mtorc1_inactivation_rate
subject_prefrontal_mtor_s6k_dephosphorylation_rate subject_prefrontal_mtor_arc_turnover_rate
subject_prefrontal_synapse_consolidation_rate subject_prefrontal_synapse_protein_turnover_rate
subject_prefrontal_synapse_thin_elimination_rate subject_mood_mood_time""".split()


def write(folder, synapta):
    """model.xml, model.ant and subjects.csv in `folder`; `synapta` is the program."""
    sys.path.insert(0, str(ROOT / "tests" / "parity"))
    import run as parity
    import antimony
    with tempfile.TemporaryDirectory() as scratch:
        _, _, manifest = parity.synapta_run(str(synapta), SUBJECT, [DOSE], END, pathlib.Path(scratch))
    text = settled(parity.with_regimen(parity.sbml_of("human"), manifest))
    (folder / "model.xml").write_text(text)
    antimony.clearPreviousLoads()
    if antimony.loadSBMLString(with_clear_powers(text)) < 0:
        raise RuntimeError(f"antimony does not read the flat model: {antimony.getLastError()}")
    (folder / "model.ant").write_text(antimony.getAntimonyString(antimony.getMainModuleName()))
    subjects.write(folder / "subjects.csv", written_values(text))
    return END, OBSERVABLES


def settled(text):
    """The model under a name of its own, because Synapta would dose a model called `human` itself.

    No initial assignment may be left: engines differ in when they carry one out.
    """
    import libsbml
    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    model.setId("human_with_regimen")
    left = [a.getSymbol() for a in model.getListOfInitialAssignments()]
    if left:
        raise RuntimeError(f"the settled state does not name {', '.join(left)}")
    return libsbml.writeSBMLToString(document)


def with_clear_powers(text):
    """The model with `(a^b)^c` as `(1*a^b)^c`: the antimony package writes the former as `a^b^c` and reads that as `a^(b^c)`."""
    import libsbml
    document = libsbml.readSBMLFromString(text)
    for element in document.getListOfAllElements():
        if hasattr(element, "getMath") and element.isSetMath():
            math = element.getMath().deepCopy()
            clear_powers(math)
            element.setMath(math)
    return libsbml.writeSBMLToString(document)


def clear_powers(node):
    import libsbml
    powers = (libsbml.AST_POWER, libsbml.AST_FUNCTION_POWER)
    for k in range(node.getNumChildren()):
        clear_powers(node.getChild(k))
    if node.getType() in powers and node.getChild(0).getType() in powers:
        product, one = libsbml.ASTNode(libsbml.AST_TIMES), libsbml.ASTNode(libsbml.AST_INTEGER)
        one.setValue(1)
        product.addChild(one)
        product.addChild(node.getChild(0).deepCopy())
        node.replaceChild(0, product, True)


def written_values(text):
    """The varied parameters and their values."""
    import libsbml
    model = libsbml.readSBMLFromString(text).getModel()
    return {name: model.getParameter(name).getValue() for name in VARIED}
