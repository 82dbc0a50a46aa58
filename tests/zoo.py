"""The zoo: answers whose right grade is known, and what becomes of them.

`right` and `wrong` hold answer files in percent format. The head of a wrong one says which task it
`breaks`, which later tasks `carries` the mistake because they call it, why, and which words the broken
task's feedback must contain. `hostile` holds answer files too, whose head names the tasks that must
earn nothing (`zero`); and, like `broken`, generators: modules with a function
`build(notebook, path)` that writes a file, and a dictionary `EXPECT`.
"""

import copy
import importlib.util
from dataclasses import dataclass, field
from pathlib import Path

from course.answers import fill, read_answers, reference
from course.folder import CourseFolder
from course.judge import calls, judge_notebook
from course.lab import Lab, grade_id, is_check_cell

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = Path(__file__).parent / "submissions"
SEED = 20261120


@dataclass
class Specimen:
    """One file of the zoo, with what its head claims."""

    path: Path
    claims: dict = field(default_factory=dict)

    @property
    def lab(self):
        return Lab(CourseFolder(ROOT), self.path.parents[1].name)

    @property
    def kind(self):
        return self.path.parent.name

    @property
    def name(self):
        return f"{self.path.parents[1].name}/{self.kind}/{self.path.stem}"

    @property
    def is_generator(self):
        return "\ndef build(" in self.path.read_text(encoding="utf-8")

    def listed(self, key):
        """The words of a claim."""
        return set(self.claims.get(key, "").replace(",", " ").split())


def specimens(*kinds):
    """All zoo files of these kinds, of every lab."""
    paths = sorted(p for kind in kinds for p in SUBMISSIONS.glob(f"*/{kind}/*.py"))
    return [Specimen(path, _claims(path)) for path in paths]


def _claims(path):
    claims = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# %%") or not line.startswith("#"):
            break
        key, colon, value = line.lstrip("# ").partition(":")
        if colon:
            claims[key.strip()] = value.strip()
    return claims


def judge_answers(specimen, nursery):
    """Judge an answer file: its answer cells, those of the reference for the rest, and the checks of
    the tasks that can differ from the reference's.

    Returns
    -------
    verdict : Verdict
    tasks : set of str
        The tasks that were judged.
    """
    lab = specimen.lab
    answers = read_answers(specimen.path)
    solutions = reference(lab)
    notebook = fill(lab, {**solutions, **answers})
    tasks = _affected(lab, answers, {**solutions, **answers})
    checked = {task.check_cell for task in lab.tasks if task.name in tasks}
    answered = {task.name for task in lab.tasks}
    notebook = copy.deepcopy(notebook)
    notebook.cells = [
        c
        for c in notebook.cells
        if grade_id(c) in answered | {"setup-given"}
        or (is_check_cell(c) and grade_id(c) in checked)
    ]
    return judge_notebook(lab, notebook, nursery, SEED), tasks


def _affected(lab, answers, sources):
    """The answered tasks, and those that call one of them, directly or through another."""
    affected = {task.name for task in lab.tasks if task.name in answers}
    while True:
        more = {t.name for t in lab.tasks if affected & set(calls(sources[t.name]))} - affected
        if not more:
            return affected
        affected |= more


def faults(specimen, verdict, tasks):
    """What is not as the specimen's head says; empty when all is well."""
    lost = {t for t in tasks if any(not r.passed for r in verdict.results[t])}
    crashed = [r.name for results in verdict.results.values() for r in results if r.crashed]
    found = [f"the check {name} crashed" for name in crashed]
    if specimen.kind == "hostile":
        found += [
            f"{t} earned points" for t in sorted(specimen.listed("zero")) if verdict.score(t) > 0
        ]
        lost -= specimen.listed("zero")
        return found + [f"{t} lost points" for t in sorted(lost)]
    expected = specimen.listed("breaks") | specimen.listed("carries")
    found += [f"{t} lost no points" for t in sorted(expected - lost)]
    found += [f"{t} lost points: {_words(verdict, t)}" for t in sorted(lost - expected)]
    return found + _silent(specimen, verdict)


def _silent(specimen, verdict):
    found = []
    for task in specimen.listed("breaks"):
        said = _words(verdict, task)
        for words in specimen.claims.get("feedback", "").split("|"):
            if words.strip().lower() not in said.lower():
                found.append(f"the feedback of {task} does not say {words.strip()!r} but: {said}")
    for task in specimen.listed("carries"):
        if not any(broken in _words(verdict, task) for broken in specimen.listed("breaks")):
            found.append(
                f"the feedback of {task} does not name the broken task: {_words(verdict, task)}"
            )
    return found


def _words(verdict, task):
    return " ".join(r.message for r in verdict.results.get(task, []) if not r.passed)


def load_generator(specimen):
    """Import a generator of the zoo."""
    spec = importlib.util.spec_from_file_location(
        specimen.path.stem.replace("-", "_"), specimen.path
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
