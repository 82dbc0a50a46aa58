"""What every lab must keep: points that add up, full marks for its own answers, a student version that runs."""

import nbclient
import nbformat
import pytest
from conftest import LABS, ROOT, names_of

from course.answers import fill, reference
from course.grade import grade_files
from course.lab import grade_id, is_answer_cell, is_check_cell, is_manual_cell
from course.release import write_environment
from helpers.checks import LocalHost, judge

# Points of the course: automatic, and given by people.
POINTS = {
    "01-toy-gmm": (8.0, 5.0),
    "02-spike-sorting": (9.5, 9.5),
    "03-correlograms": (6.0, 4.0),
    "04-lnp": (7.0, 5.0),
    "05-lasso-rf": (8.0, 4.0),
    "06-mei": (11.0, 5.0),
    "07-drifting-t": (10.0, 0.0),
    "08-deconvolution": (10.0, 0.0),
    "09-spike-detector": (9.0, 1.0),
}
each_lab = pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)


def code_cells(notebook):
    return [c for c in notebook.cells if c.cell_type == "code"]


@each_lab
def test_points_are_those_of_the_checks_and_of_the_course(lab):
    for task in lab.tasks:
        cell = next(c for c in lab.notebook.cells if grade_id(c) == task.check_cell)
        assert cell.metadata.nbgrader.points == pytest.approx(task.max_score), task.name
    assert {c.task for c in lab.checks} == {task.name for task in lab.tasks}
    assert (lab.max_score, sum(lab.manual.values())) == pytest.approx(POINTS[lab.name])


@each_lab
def test_every_check_has_a_name_of_its_own_and_a_sentence(lab):
    names = [c.name for c in lab.checks]
    assert len(names) == len(set(names))
    assert all(c.title.endswith(".") and c.points > 0 for c in lab.checks)


@each_lab
def test_data_come_with_the_card_that_describes_them(lab):
    data = lab.about["data"]
    cards = {name.split(".")[0] + ".md" for name in data if name.endswith(".json")}
    assert cards <= set(data)


@each_lab
def test_every_task_has_visible_and_check_cells_are_all_alike(lab):
    for cell in filter(is_check_cell, lab.notebook.cells):
        task = grade_id(cell).removesuffix("-checks")
        assert f'run_checks("{lab.name}", "{task}")' in cell.source
        assert cell.metadata.nbgrader.locked


@each_lab
@pytest.mark.parametrize("seed", range(3))
def test_reference_answers_earn_every_point_whatever_the_seed(lab, seed):
    results = judge(lab.checks, LocalHost(names_of(lab)), seed)
    failed = [(r.name, r.message) for r in results if not r.passed]
    assert not failed


@each_lab
@pytest.mark.slow
def test_reference_notebook_is_graded_with_full_marks(lab, tmp_path):
    path = tmp_path / "a b ü.ipynb"
    nbformat.write(fill(lab, reference(lab)), path)
    (record,) = grade_files(lab, [path])
    assert record["score"] == record["max_score"] == POINTS[lab.name][0]
    assert record["status"] == ("needs-manual" if lab.manual else "graded")
    assert record["problems"] == []


@each_lab
def test_stored_outputs_are_complete_and_without_errors(lab):
    for cell in code_cells(lab.notebook):
        assert cell.execution_count, grade_id(cell)
        assert not [
            o for o in cell.outputs if o.output_type == "error" or o.get("name") == "stderr"
        ]
        assert str(ROOT) not in str(cell.outputs)


@each_lab
def test_cells_are_no_longer_than_a_screen_and_figures_have_words(lab):
    cells = lab.notebook.cells
    for number, cell in enumerate(cells):
        assert len(cell.source.splitlines()) <= 45, grade_id(cell)
        if any("image/png" in o.get("data", {}) for o in cell.get("outputs", [])):
            after = "".join(c.source for c in cells[number + 1 : number + 3])
            assert "figure" in after.lower(), f"no description after {grade_id(cell)}"


@each_lab
@pytest.mark.notebook
@pytest.mark.slow
def test_student_version_runs_from_top_to_bottom_without_answers(lab, tmp_path):
    notebook = fill(lab, {})
    write_environment(tmp_path, lab)
    client = nbclient.NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute(env={"PYTHONPATH": str(tmp_path), "PATH": "", "HOME": str(tmp_path)})
    said = "".join(str(c.outputs) for c in code_cells(notebook))
    assert "not answered yet" in said
    assert "Error" not in said


@each_lab
def test_released_version_tells_students_where_to_write(lab):
    for cell in filter(is_answer_cell, lab.released.cells):
        placeholder = "Write your answer here"
        assert placeholder in cell.source, grade_id(cell)
        assert "MARK SCHEME" not in cell.source
        assert is_manual_cell(cell) or cell.source.lstrip().startswith(f"def {grade_id(cell)}(")
