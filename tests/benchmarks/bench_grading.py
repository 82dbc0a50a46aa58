"""Grading of lab 01 against stock `nbgrader autograde`: the same notebooks, whole processes.

    python tests/benchmarks/bench_grading.py            one and 30 submissions, three rounds
    python tests/benchmarks/bench_grading.py --quick    one and 6 submissions, one round
    … --students 1 12 --rounds 1                        any other sizes
    … --otter PYTHON    also otter-grader without containers, which that Python must have, with scikit-learn

Stock nbgrader runs in a course folder of its own without our settings. Its check cells run the same
checks, visible and hidden ones, where nbgrader runs them: in the student's kernel, with one BLAS thread
as ours. Both write a gradebook. CPU seconds are those of the command and every process it started,
divided by the number of submissions; ratios are stock / ours: above 1 is faster here. Beside them stands
whether both gave the same scores. otter-grader's own tests call the same checks in the notebook's kernel.
"""

import argparse
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import nbformat

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
LAB, JOBS = "01-toy-gmm", os.cpu_count()
OURS = ("jobs 1", f"jobs {JOBS}")
OUR_CONFIG = """from pathlib import Path
from course.folder import configure
configure(get_config(), Path(__file__).parent)
"""
STOCK_CONFIG = """c = get_config()
c.CourseDirectory.source_directory = "notebooks"
for step in ("release", "submitted", "autograded", "feedback"):
    setattr(c.CourseDirectory, step + "_directory", "build/" + step)
c.CourseDirectory.db_url = "sqlite:///build/gradebook.db"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}
c.Execute.timeout = 60
"""
# With stock nbgrader the checks stand in the notebook and its last number is the score.
STOCK_CHECK = """from course.rubrics import toy_gmm
from helpers.checks import LocalHost, checks_of, judge, visible_checks

everything = [*visible_checks("{lab}"), *checks_of(toy_gmm)]
tasks = {{c.task for c in everything}}
checks = [c for c in everything if c.task == "{task}"]
results = judge(checks, LocalHost(globals()), {seed}, tasks)
round(float(sum(r.points for r in results)), 9)"""

# otter-grader runs the notebook, then its tests on what the notebook defined.
OTTER_TEST = """OK_FORMAT = False
from otter.test_files import test_case
name, points = "{task}", {points}

@test_case()
def test_all_checks(env):
    from course.rubrics import toy_gmm
    from helpers.checks import LocalHost, checks_of, judge, visible_checks

    everything = [*visible_checks("{lab}"), *checks_of(toy_gmm)]
    checks = [c for c in everything if c.task == "{task}"]
    results = judge(checks, LocalHost(env), {seed}, {{c.task for c in everything}})
    assert all(r.passed for r in results)
"""


def make_course(root, config, n, seed):
    """A course folder with n submissions: the reference's answers, and the zoo's in turn."""
    from course.answers import fill, read_answers, reference
    from course.folder import CourseFolder
    from course.lab import Lab

    lab = Lab(CourseFolder(ROOT), LAB)
    shutil.copytree(ROOT / "notebooks" / LAB, root / "notebooks" / LAB)
    (root / "nbgrader_config.py").write_text(config)
    (root / "build").mkdir()
    if config == STOCK_CONFIG:
        put_checks_into(root / "notebooks" / LAB / f"{LAB}.ipynb", seed)
    zoo = sorted((ROOT / "tests/submissions" / LAB).glob("wrong/*.py"))
    zoo = [
        None,
        *zoo[seed::7],
        *sorted((ROOT / "tests/submissions" / LAB).glob("right/*.py"))[seed::5],
    ]
    for number, answers in zip(range(n), itertools.cycle(zoo), strict=False):
        folder = root / "build/submitted" / f"student-{number:02}" / LAB
        folder.mkdir(parents=True)
        chosen = reference(lab) | (read_answers(answers) if answers else {})
        nbformat.write(fill(lab, chosen), folder / f"{LAB}.ipynb")
    return root


def put_checks_into(path, seed):
    """Let the check cells of a course's notebook compute the score themselves."""
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.endswith("-checks"):
            task = name.removesuffix("-checks")
            cell.source = STOCK_CHECK.format(lab=LAB, task=task, seed=seed)
    nbformat.write(notebook, path)


def run_otter(python, course, seed):
    """Grade the course's submissions with `otter run`, one after another; CPU and wall seconds."""
    from course.folder import CourseFolder
    from course.lab import Lab, is_check_cell

    lab, place = Lab(CourseFolder(ROOT), LAB), course.parent / "otter"
    (place / "tests").mkdir(parents=True)
    for task in lab.tasks:
        text = OTTER_TEST.format(task=task.name, points=task.max_score, lab=LAB, seed=seed)
        (place / "tests" / f"{task.name}.py").write_text(text)
    otter = str(Path(python).parent / "otter")
    run([otter, "generate", "-t", "tests", "-o", "autograder.zip"], place)
    cpu = wall = 0
    for number, path in enumerate(sorted((course / "build/submitted").glob(f"*/*/{LAB}.ipynb"))):
        notebook = nbformat.read(path, 4)
        # Its own tests take the place of ours.
        notebook.cells = [cell for cell in notebook.cells if not is_check_cell(cell)]
        nbformat.write(notebook, place / f"{number}.ipynb")
        (place / f"out{number}").mkdir()
        options = ["--no-logo", "-a", "autograder.zip", "-o", f"out{number}"]
        spent = run([otter, "run", *options, f"{number}.ipynb"], place)
        cpu, wall = cpu + spent[0], wall + spent[1]
    return cpu, wall


def run(command, root):
    """Run a command in a course folder; return its CPU and wall seconds, with all its processes."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PATH": str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"],
        "COURSE_ROOT": str(root),
        "OPENBLAS_NUM_THREADS": "1",
    }
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall


def scores(root):
    """Automatic scores by student and cell."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'build/gradebook.db'}") as book:
        return {
            (s.student.id, g.name): g.auto_score
            for s in book.assignment_submissions(LAB)
            for n in s.notebooks
            for g in n.grades
            if g.name.endswith("-checks")
        }


def compare(n, seed, otter=None):
    """Grade the same n submissions both ways; one dictionary of measurements."""
    nbgrader, course = [sys.executable, "-m", "nbgrader"], [sys.executable, "-m", "course"]
    with tempfile.TemporaryDirectory() as folder:
        stock = make_course(Path(folder) / "stock", STOCK_CONFIG, n, seed)
        ours = make_course(Path(folder) / "ours", OUR_CONFIG, n, seed)
        run([*nbgrader, "generate_assignment", LAB], stock)
        run([*nbgrader, "generate_assignment", LAB], ours)
        result = {"n": n, "seed": seed}
        result["stock"] = run([*nbgrader, "autograde", LAB], stock)
        grade = [*course, "grade", LAB, "--seed", str(seed), "--jobs"]
        result[OURS[0]] = run([*grade, "1"], ours)
        one = scores(ours)
        result[OURS[1]] = run([*grade, str(JOBS)], ours)
        result["same for any jobs"] = one == scores(ours)
        if otter:
            result["otter"] = run_otter(otter, ours, seed)
        result["differ"] = [key for key, score in scores(stock).items() if one[key] != score]
    return result


def report(results):
    """Print medians and spreads of the ratios."""
    n = results[0]["n"]
    print(f"{n} submission{'s' * (n > 1)} of {LAB}, {len(results)} rounds")
    for jobs in OURS:
        for index, kind in enumerate(("CPU", "wall")):
            each = [r[jobs][index] / n for r in results]
            ratios = [r["stock"][index] / r[jobs][index] for r in results]
            print(
                f"  {kind:4} {jobs}: {median(each):6.2f} s each, stock"
                f" {median(r['stock'][index] / n for r in results):6.2f} s, ratio {median(ratios):5.2f}"
                f" ({min(ratios):.2f} to {max(ratios):.2f})"
            )
    for name in ("stock", "otter", *OURS):
        if name in results[0]:
            a_minute = median(60 * n / r[name][0] for r in results)
            print(f"  {name}: {a_minute:.1f} submissions a minute and core", end="")
            print(f", {median(60 * n / r[name][1] for r in results):.1f} a minute as run")
    differ = [key for r in results for key in r["differ"]]
    print(f"  scores that differ from stock's: {differ or 'none'};", end=" ")
    print(f"the same for any number of jobs: {all(r['same for any jobs'] for r in results)}")


def report_growth(few, many):
    """Print what each further submission costs, without the start of anything: what counts in a large class."""
    more = many[0]["n"] - few[0]["n"]
    print(f"each further submission, from {few[0]['n']} to {many[0]['n']}")
    for index, kind in enumerate(("CPU", "wall")):
        each = {
            name: [(b[name][index] - a[name][index]) / more for a, b in zip(few, many, strict=True)]
            for name in ("stock", *OURS)
        }
        for jobs in OURS:
            ratio = median(s / o for s, o in zip(each["stock"], each[jobs], strict=True))
            print(
                f"  {kind:4} {jobs}: {median(each[jobs]):6.2f} s, stock {median(each['stock']):6.2f} s, ratio {ratio:5.2f}"
            )


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--otter", metavar="PYTHON", help="a Python that has otter-grader")
    parser.add_argument("--json", help="also write the measurements to this file")
    parser.add_argument("--students", type=int, nargs="+", help="sizes of classes")
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    sizes = options.students or ([1, 6] if options.quick else [1, 30])
    rounds = options.rounds or (1 if options.quick else 3)
    everything = []
    for n in sizes:
        everything.append([compare(n, seed, options.otter) for seed in range(rounds)])
        report(everything[-1])
    if len(sizes) > 1:
        report_growth(everything[0], everything[-1])
    if options.json:
        Path(options.json).write_text(json.dumps(list(itertools.chain(*everything)), indent=1))


if __name__ == "__main__":
    main()
