"""Hints to similar answers: blind to disguise, silent about what is common, and never a verdict."""

import random
import re

import pytest
from zoo import ROOT

from course.answers import fill, read_answers, reference
from course.demo import make_course
from course.lab import Lab
from course.register import Register
from course.report import ClassReport
from course.similarity import (
    GRAM,
    MIN_SCORE,
    WINDOW,
    Document,
    compare,
    compare_class,
    tokens_of,
    winnowed,
)

LAB = "01-toy-gmm"
RIGHT = ROOT / "tests" / "submissions" / LAB / "right"
WORDS = ("alpha", "beta", "gamma", "delta", "omega", "kappa")


def answers(name):
    """The code of one of the zoo's right submissions."""
    return list(read_answers(RIGHT / f"{name}.py").items())


def disguised(cells):
    """The same code, renamed, commented, with other numbers, texts and spaces, and turned around."""
    names = sorted(
        {n for _, s in cells for n in re.findall(r"(?<![\w.])[a-z]\w*(?=\s*(?:=[^=]|,))", s)}
    )
    new = {name: f"{WORDS[i % len(WORDS)]}_{i}" for i, name in enumerate(names)}
    changed = []
    for name, source in reversed(cells):
        source = re.sub(r"(?<![\w.])[a-z]\w*", lambda m: new.get(m[0], m[0]), source)
        source = re.sub(r"\b\d+\b", lambda m: str(int(m[0]) + 1), source)
        changed.append((name, re.sub(r"\n( +)", r"  # my own idea\n\n\1", source)))
    return changed


def compared(cells, **options):
    return compare({student: Document(c) for student, c in cells.items()}, **options)


def invented(seed, n_lines=40):
    """Code that nobody else writes."""
    rng = random.Random(seed)
    signs = [
        "+",
        "-",
        "*",
        "/",
        "@",
        "%",
        "<",
        "==",
        "if 1 else",
        "and",
        "or",
        "not in",
        ".sum() +",
        "[0] -",
    ]
    lines = [
        f"v = {' '.join(f'x {rng.choice(signs)}' for _ in range(6))} y" for _ in range(n_lines)
    ]
    return [("answer", "\n".join(lines))]


def test_tokens_do_not_know_names_numbers_texts_and_comments():
    one = "def fit(x, y=1.5):  # mine\n    return np.sum(x) + f'{x}'\n"
    other = 'def go(data, b = 2):\n\n    return numpy.sum(data)  +  """t\n"""\n'
    assert [t for t, _ in tokens_of(one)] == [t for t, _ in tokens_of(other)]
    assert "sum" in [t for t, _ in tokens_of(one)]
    assert [t for t, _ in tokens_of("sum(a)")] != [t for t, _ in tokens_of("max(a)")]
    assert [line for _, line in tokens_of("a\n'''\n\n'''\nb")] == [0, 1, 4]


@pytest.mark.parametrize(
    "source",
    [
        "def f(:\n  '''open",
        "'" * 50_001,
        '"""' * 9_999,
        "\x00\ud800é\\",
        "(" * 100_000,
        "'''\n\\" * 200_000,
        "",
    ],
)
def test_whatever_does_not_parse_is_read_all_the_same(source):
    document = Document([("answer", source)])
    assert len(winnowed(document.grams())) <= max(len(document.tokens), 1)
    assert compared({"ada": [("answer", source)], "bob": invented(1)}).pairs == ()


def test_every_shared_run_of_k_plus_w_minus_1_tokens_is_noticed():
    shared = [token for token, _ in tokens_of(invented(0)[0][1])][: GRAM + WINDOW - 1]
    for seed in range(20):
        a, b = (
            " ".join([*(t for t, _ in tokens_of(invented(s, 5)[0][1])), *shared])
            for s in (2 * seed + 1, 2 * seed + 2)
        )
        prints = [winnowed(Document([("answer", text)]).grams()) for text in (a, b)]
        assert prints[0] & prints[1]


@pytest.mark.parametrize("name", ["precisions", "second-moments", "loops-and-lists"])
def test_a_disguised_copy_is_noticed_among_independent_answers(lab, name):
    others = {path.stem: answers(path.stem) for path in RIGHT.glob("*.py")}
    known = [Document([(n, s) for n, s in reference(lab).items() if not s.startswith("#")])]
    found = compared({**others, "copy": disguised(answers(name))}, known=known)
    assert [pair.students for pair in found.pairs] == [("copy", name)]
    assert found.pairs[0].score > 0.7


def test_independent_answers_stay_far_below_the_threshold(lab):
    cells = {path.stem: answers(path.stem) for path in RIGHT.glob("*.py")}
    assert compared(cells, known=[Document(list(reference(lab).items()))]).pairs == ()


def test_what_much_of_the_class_has_does_not_count():
    common, rare = invented(1), invented(2)
    cells = {f"s{i}": [*common, *invented(100 + i, 10)] for i in range(30)}
    assert compared(cells).pairs == ()
    found = compared({**cells, "ada": [*common, *rare], "bob": [*common, *rare]})
    assert [pair.students for pair in found.pairs] == [("ada", "bob")]


def test_what_everybody_was_given_does_not_count():
    given = invented(3)
    cells = {s: given for s in ("ada", "bob")}
    assert len(compared(cells).pairs) == 1
    assert compared(cells, known=[Document(given)]).pairs == ()


def test_a_copied_part_is_shown_side_by_side():
    stolen = """total = sum(p @ q for p, q in zip(a, b) if p is not None and q) / len(a[1:-1])
while total > 1e-9 and not np.any(a < 0):
    total, a = total ** 2 - a[0], [row[::2] for row in a]"""
    a = [("fit_mog", f"x = 1\n{stolen}\n" + invented(1, 3)[0][1])]
    b = [("mog_bic", invented(2, 3)[0][1] + f"\n{stolen.replace('total', 'answer')}\n")]
    [pair] = compared({"ada": a, "bob": b}).pairs
    [passage] = pair.passages
    assert passage.cells == ("fit_mog", "mog_bic")
    assert stolen in passage.texts[0]
    assert "answer = sum(p @ q" in passage.texts[1]
    assert 0 < pair.score <= 1


def test_the_order_of_students_and_runs_changes_nothing():
    cells = {f"s{i}": [*invented(i // 2), *invented(50 + i, 9)] for i in range(8)}
    one = compared(cells)
    assert one == compared(dict(reversed(cells.items())))
    assert sorted(pair.students for pair in one.pairs) == [
        (f"s{i}", f"s{i + 1}") for i in (0, 2, 4, 6)
    ]


def test_who_handed_in_together_is_not_compared():
    cells = dict.fromkeys(("ada", "bob", "carla"), invented(4))
    found = compared(cells, together=lambda a, b: {a, b} == {"ada", "bob"})
    assert [pair.students for pair in found.pairs] == [("ada", "carla"), ("bob", "carla")]


def test_two_short_and_empty_answers_share_nothing_worth_reading():
    assert compared({"ada": [("a", "return x + 1")], "bob": [("a", "return y + 1")]}).pairs == ()
    assert compared({"ada": [], "bob": []}).n_compared == 2
    assert compared({}).pairs == ()


def copied_class(tmp_path, evil=""):
    """Five hand-ins of lab 01, two of which are one, with records as `course grade` writes them."""
    import json

    lab = Lab(make_course(tmp_path), LAB)
    names = ("precisions", "loops-and-lists", "broadcasting", "second-moments")
    cells = {name: dict(answers(name)) for name in names}
    cells["<b>copy</b>"] = dict(disguised(answers("precisions")))
    for student, own in cells.items():
        path = lab.folder.submission(student.replace("/", "_"), LAB)
        path.parent.mkdir(parents=True)
        own = {name: source + evil for name, source in own.items()}
        path.write_text(json.dumps(fill(lab, reference(lab) | own)), encoding="utf-8")
        record = {
            "student": student.replace("/", "_"), "score": 1.0, "max_score": 8.0, "manual": None,
            "max_manual": 5.0, "status": "graded", "problems": [], "tasks": [],
        }  # fmt: skip
        kept = lab.folder.results(LAB) / f"{record['student']}.json"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(record), encoding="utf-8")
    return lab


def test_the_report_shows_passages_escaped_and_calls_them_a_hint(tmp_path):
    lab = copied_class(tmp_path, evil="\n# <script>alert(1)</script>\n")
    page = ClassReport.of(lab).html()
    assert "A hint to read both, not a finding." in page
    assert "&lt;b&gt;copy&lt;_b&gt; and precisions: share" in page
    assert "<script" not in page
    assert "5 submissions were compared" in page
    assert page.count("<details>") == 1


def test_hand_ins_that_cannot_be_read_are_left_out(tmp_path):
    lab = copied_class(tmp_path)
    lab.folder.submission("broadcasting", LAB).write_text("{", encoding="utf-8")
    lab.folder.submission("loops-and-lists", LAB).unlink()
    report = ClassReport.of(lab)
    report.records[-1]["status"] = "quarantined"
    assert report.comparison.n_compared == 2
    assert [pair.students for pair in report.comparison.pairs] == [("<b>copy<_b>", "precisions")]


def test_a_team_is_not_compared_with_itself(tmp_path):
    lab = copied_class(tmp_path)
    register = Register(lab.folder, LAB)
    for student in ("precisions", "<b>copy<_b>"):
        register.entries[student] = {"from": "ilias", "number": "", "team": "Team 1"}
    register.save()
    assert compare_class(lab, ClassReport.of(lab).records).pairs == ()


def test_a_class_without_hand_ins_has_no_such_section(tmp_path):
    lab = copied_class(tmp_path)
    for student in lab.folder.students(LAB)[1:]:
        lab.folder.submission(student, LAB).unlink()
    assert "Similar answers" not in ClassReport.of(lab).html()
    assert 0.2 < MIN_SCORE < 0.7  # between what independent answers and disguised copies reach
