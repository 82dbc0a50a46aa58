"""Every check against answers whose grade is known: right, wrong, hostile and broken ones.

Two numbers come out: caught, the share of wrong answers that lose points on exactly the tasks their
heads name and are told why; and fair, the share of right answers that keep every point.
"""

import pytest
from zoo import SEED, faults, judge_answers, load_generator, specimens

import course.judge
from course.answers import fill, reference
from course.grade import grade_file

pytestmark = pytest.mark.slow
ANSWERS = [s for s in specimens("right", "wrong", "hostile") if not s.is_generator]
FILES = [s for s in specimens("hostile", "broken") if s.is_generator]


@pytest.fixture(autouse=True)
def little_patience(monkeypatch):
    """An endless cell need not be waited for as long as in real grading."""
    monkeypatch.setattr(course.judge, "CELL_SECONDS", 15.0)


@pytest.mark.parametrize("specimen", ANSWERS, ids=lambda s: s.name)
def test_answer_gets_the_grade_it_deserves(specimen, nursery_of, record_property):
    found = faults(specimen, *judge_answers(specimen, nursery_of(specimen.lab)))
    if specimen.kind != "hostile":
        record_property("fair" if specimen.kind == "right" else "caught", not found)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("specimen", FILES, ids=lambda s: s.name)
def test_file_is_graded_repaired_or_quarantined(specimen, nursery_of, tmp_path):
    path, generator = tmp_path / "submission.ipynb", load_generator(specimen)
    generator.build(fill(specimen.lab, reference(specimen.lab)), path)
    nursery, expected = nursery_of(specimen.lab), generator.EXPECT
    record = grade_file(specimen.lab, path, nursery, seed=SEED)[0]
    assert record["status"] == expected["status"], record["problems"]
    assert record["score"] == expected["score"]
    said = " ".join(record["problems"])
    assert all(words in said for words in expected["says"]), said
