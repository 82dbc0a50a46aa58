"""Every check against answers whose grade is known: right, wrong, hostile and broken ones.

Two numbers come out: caught, the share of wrong answers that lose points on exactly the tasks their
heads name and are told why; and fair, the share of right answers that keep every point.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import TALLY
from zoo import SEED, faults, judge_answers, load_generator, specimens

import course.judge
from course.answers import fill, reference
from course.grade import grade_file

pytestmark = pytest.mark.slow
ANSWERS = [s for s in specimens("right", "wrong", "hostile") if not s.is_generator]
FILES = [s for s in specimens("hostile", "broken") if s.is_generator]


@pytest.fixture(scope="session")
def outcomes(request, nursery, tmp_path_factory):
    """What becomes of all selected specimens, two at a time, as futures by name."""
    # An endless cell need not be waited for as long as in real grading.
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(course.judge, "CELL_SECONDS", 15.0)
        folder = tmp_path_factory.mktemp("zoo")
        yield {s.name: pool.submit(_meet, s, nursery, folder) for s in _selected(request)}
        pool.shutdown(cancel_futures=True)


def _selected(request):
    params = [getattr(item, "callspec", None) for item in request.session.items]
    return [c.params["specimen"] for c in params if c and "specimen" in c.params]


def _meet(specimen, nursery, folder):
    if not specimen.is_generator:
        return judge_answers(specimen, nursery)
    path = folder / specimen.path.stem / "submission.ipynb"
    path.parent.mkdir()
    load_generator(specimen).build(fill(specimen.lab, reference(specimen.lab)), path)
    return grade_file(specimen.lab, path, nursery, seed=SEED)[0]


@pytest.mark.parametrize("specimen", ANSWERS, ids=lambda s: s.name)
def test_answer_gets_the_grade_it_deserves(specimen, outcomes):
    found = faults(specimen, *outcomes[specimen.name].result())
    if specimen.kind != "hostile":
        TALLY["fair" if specimen.kind == "right" else "caught"].append(not found)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("specimen", FILES, ids=lambda s: s.name)
def test_file_is_graded_repaired_or_quarantined(specimen, outcomes):
    record, expected = outcomes[specimen.name].result(), load_generator(specimen).EXPECT
    assert record["status"] == expected["status"], record["problems"]
    assert record["score"] == expected["score"]
    said = " ".join(record["problems"])
    assert all(words in said for words in expected["says"]), said
