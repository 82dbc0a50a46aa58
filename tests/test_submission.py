"""Reading what was handed in, in whatever state it is, and putting it into our own notebook."""

import copy
import json
import time

import nbformat
import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from course.answers import fill, reference
from course.judge import calls
from course.lab import grade_id, is_check_cell
from course.submission import (
    MAX_CELLS,
    MAX_FILE,
    Quarantine,
    StudentCell,
    cells_of,
    harmless,
    read_submission,
    rebuild,
)


@pytest.fixture
def notebook(lab):
    """The lab as a good student hands it in."""
    return fill(lab, reference(lab))


def rebuilt(lab, notebook):
    return rebuild(lab, cells_of(json.loads(json.dumps(notebook))))


def cell(notebook, name):
    return next(c for c in notebook.cells if grade_id(c) == name)


def sources(notebook):
    return [c.source for c in notebook.cells]


def test_an_untouched_submission_comes_back_as_it_is(lab, notebook):
    result = rebuilt(lab, notebook)
    assert result.problems == []
    assert sources(result.notebook) == sources(notebook)


def test_only_texts_are_taken_over(lab, notebook):
    ours = [(c.id, c.metadata, c.cell_type) for c in copy.deepcopy(notebook.cells)]
    notebook.metadata["kernelspec"] = {"name": "theirs"}
    for c in notebook.cells:
        c.metadata.update(tags=["skip-execution"], editable=True)
        c.metadata.get("nbgrader", {}).update(points=100, locked=False, checksum="0")
        c.id = "same"
    result = rebuilt(lab, notebook).notebook
    assert [(c.id, c.metadata, c.cell_type) for c in result.cells] == ours
    assert result.metadata == lab.released.metadata


def test_check_cells_are_ours_whatever_became_of_theirs(lab, notebook):
    cell(notebook, "mog_bic-checks").source = "pass"
    notebook.cells.remove(cell(notebook, "fit_mog-checks"))
    notebook.cells.append(copy.deepcopy(cell(notebook, "sample_data-checks")))
    result = rebuilt(lab, notebook)
    checks = [c for c in result.notebook.cells if is_check_cell(c)]
    assert checks == [c for c in lab.released.cells if is_check_cell(c)]
    assert set(result.problems) == {
        "The check cell mog_bic-checks was changed; the original was used.",
        "The check cell fit_mog-checks was deleted; it has been put back.",
        "The check cell sample_data-checks was copied; it counts once.",
    }


def test_an_added_cell_keeps_its_place(lab, notebook):
    for name in ("setup-given", "fit_mog"):
        at = notebook.cells.index(cell(notebook, name)) + 1
        notebook.cells.insert(at, nbformat.v4.new_code_cell(f"after = '{name}'"))
    result = rebuilt(lab, notebook)
    texts = sources(result.notebook)
    for name in ("setup-given", "fit_mog"):
        assert texts[texts.index(f"after = '{name}'") - 1] == cell(notebook, name).source
    assert result.problems == []


def test_of_several_answers_the_last_one_counts(lab, notebook):
    first = copy.deepcopy(cell(notebook, "mog_bic"))
    first.source = "def mog_bic(x, m, S, p): pass"
    notebook.cells.insert(0, first)
    result = rebuilt(lab, notebook)
    assert cell(result.notebook, "mog_bic").source == cell(notebook, "mog_bic").source or (
        sources(result.notebook).count(first.source) == 0
    )
    assert result.problems == ["There are 2 answers to mog_bic; the last one counts."]


@pytest.mark.parametrize("left", ["", "   \n", None], ids=["empty", "blank", "as released"])
def test_an_answer_in_another_cell_is_found_by_its_function(lab, notebook, left):
    answer = cell(notebook, "n_parameters")
    text = answer.source
    answer.source = cell(lab.released, "n_parameters").source if left is None else left
    notebook.cells.append(nbformat.v4.new_code_cell(f"# moved\n{text}"))
    result = rebuilt(lab, notebook)
    assert cell(result.notebook, "n_parameters").source == f"# moved\n{text}"
    assert sources(result.notebook).count(f"# moved\n{text}") == 1
    assert result.problems == [
        "Your answer to n_parameters was found in another cell, by its name."
    ]


def test_what_is_missing_is_named(lab, notebook):
    notebook.cells.remove(cell(notebook, "n_parameters"))
    result = rebuilt(lab, notebook)
    assert cell(result.notebook, "n_parameters") == cell(lab.released, "n_parameters")
    assert result.problems == [
        "The answer cell of n_parameters is missing; it counts as not answered."
    ]


def test_a_changed_given_cell_runs_after_the_original(lab, notebook):
    cell(notebook, "toy-given").source += "\nprint(m_true)"
    result = rebuilt(lab, notebook)
    texts = sources(result.notebook)
    original = texts.index(cell(lab.released, "toy-given").source)
    assert texts[original + 1] == cell(notebook, "toy-given").source
    assert result.problems == [
        "The given cell toy-given was changed; yours is run after the original."
    ]


def test_text_that_no_file_can_hold_is_replaced():
    [read] = cells_of({"cells": [{"cell_type": "code", "source": ["a = '\ud800'\r\n", 5]}]})
    assert read == StudentCell("code", "a = '?'\n", None)


@pytest.mark.parametrize(
    "odd", [None, 5, "x", [], {}, {"nbgrader": 3}, {"nbgrader": {"grade_id": []}}]
)
def test_odd_cells_have_no_name_and_no_text(odd):
    assert cells_of({"cells": [{"cell_type": odd, "source": odd and 5, "metadata": odd}, odd]})[
        0
    ] == (StudentCell("raw", "", None))


def test_too_many_cells_are_refused():
    with pytest.raises(Quarantine, match="more than 2,000"):
        cells_of({"cells": [{}] * (MAX_CELLS + 1)})


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "huge.ipynb"
    with open(path, "wb") as file:
        file.truncate(MAX_FILE + 1)
    with pytest.raises(Quarantine, match=r"huge\.ipynb is larger than"):
        read_submission(path)


def test_an_unreadable_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "locked.ipynb"
    path.write_text("{}")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(Quarantine, match=r"locked\.ipynb cannot be read \(Permission denied\)"):
        read_submission(path)


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JavaScript :alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](javascript\\:alert(1))",
        "[x](<\tjava\tscript:alert(1)>)",
        "[x]: java&#x73;cript:alert(1)\n\n[x]",
        "<javascript:alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "$$\\href{javascript:alert(1)}{x}$$",
    ],
)
def test_text_of_a_student_cannot_run_as_script(markdown):
    html = markdown2html_mistune(harmless(markdown)).lower().replace("\t", "")
    assert "javascript:" not in html.replace("%09", "") and 'href="data:' not in html
    assert "<script" not in html and "<img" not in html


def test_harmless_text_stays_as_it_is():
    text = "If $a < b$ & c > d, then **see** [the paper](https://doi.org/10.1/x) &nbsp; 1 <2"
    assert harmless(text) == text


@pytest.mark.parametrize(
    "source",
    [
        'f"' + "{x}" * 300_000 + '"',
        "x\n" * 450_000,
        "def f(x): pass\n" * 60_000,
        "a" + ".b" * 400_000,
    ],
    ids=["f-string", "lines", "functions", "attributes"],
)
def test_code_cannot_keep_the_grader_busy(lab, notebook, source):
    cell(notebook, "fit_mog").source = source
    cell(notebook, "mog_bic").source = ""
    notebook.cells += [nbformat.v4.new_code_cell(source) for _ in range(5)]
    start = time.process_time()
    rebuilt(lab, notebook)
    calls(source)
    assert time.process_time() - start < 3
