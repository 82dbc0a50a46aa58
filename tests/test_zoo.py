"""Every check against answers whose grade is known: right, wrong, hostile and broken ones.

Two numbers come out: caught, the share of wrong answers that lose points on exactly the tasks their
heads name and are told why; and fair, the share of right answers that keep every point.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import TALLY
from zoo import SEED, faults, judge_answers, load_generator, specimens

from course.answers import fill, reference
from course.grade import grade_file

pytestmark = pytest.mark.slow
ANSWERS = [s for s in specimens("right", "wrong", "hostile") if not s.is_generator]
FILES = [s for s in specimens("hostile", "broken") if s.is_generator]


@pytest.fixture(scope="session")
def judged(request, nursery):
    """The verdicts of all selected answer files, two at a time, as futures by name."""
    params = [getattr(item, "callspec", None) for item in request.session.items]
    selected = [c.params["specimen"] for c in params if c and c.params.get("specimen") in ANSWERS]
    with ThreadPoolExecutor(2) as pool:
        yield {s.name: pool.submit(judge_answers, s, nursery) for s in selected}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("specimen", ANSWERS, ids=lambda s: s.name)
def test_answer_gets_the_grade_it_deserves(specimen, judged):
    found = faults(specimen, *judged[specimen.name].result())
    if specimen.kind != "hostile":
        TALLY["fair" if specimen.kind == "right" else "caught"].append(not found)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("specimen", FILES, ids=lambda s: s.name)
def test_file_is_graded_repaired_or_quarantined(specimen, nursery, tmp_path):
    module = load_generator(specimen)
    path = tmp_path / "submission.ipynb"
    module.build(fill(specimen.lab, reference(specimen.lab)), path)
    record, _ = grade_file(specimen.lab, path, nursery, seed=SEED)
    expected = module.EXPECT
    assert record["status"] == expected["status"], record["problems"]
    assert record["score"] == expected["score"]
    said = " ".join(record["problems"])
    assert all(words in said for words in expected["says"]), said
