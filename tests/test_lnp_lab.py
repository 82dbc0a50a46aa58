"""Lab 04: the answers printed in the notebook and the fast form in helpers.lnp are the same."""

import numpy as np
import pytest
from conftest import ROOT, names_of

from course.answers import read_answers
from course.folder import CourseFolder
from course.lab import Lab, grade_id
from helpers import lnp, plotting
from helpers.checks.answers import LocalHost
from helpers.checks.core import judge, visible_checks

SUBMISSIONS = ROOT / "tests/submissions/04-lnp"
SEEN = [  # mistakes that the visible checks must catch
    "like-where",
    "like-xlogy",
    "like-logpmf",
    "like-log-plus-epsilon",
    "like-rate-clipped-low",
    "like-drive-clipped",
    "like-drive-clipped-above",
    "like-only-bins-with-spikes",
    "like-gammaln-of-c",
    "like-log-of-the-drive",
    "deriv-divides-by-r",
    "deriv-approx-fprime",
    "fit-five-iterations",
    "fit-start-at-ten",
    "sample-normal-counts",
    "sample-bright-forty-percent",
    "sample-one-count",
]
NEURONS = [(15, 1000, 0.1, 50), (5, 300, 0.04, 120.0), (3, 40, 0.2, 15)]


@pytest.fixture(scope="module")
def lab04():
    return Lab(CourseFolder(ROOT), "04-lnp")


@pytest.fixture(scope="module")
def names(lab04):
    """What the notebook defines: its own answers, and the functions and numbers it gives."""
    return names_of(lab04, "rf-given", "errors-given")


def practise(names, task, **answers):
    """Messages of the visible checks of a task that a student with these answers reads."""
    checks = [check for check in visible_checks("04-lnp") if check.task == task]
    return [r.message for r in judge(checks, LocalHost({**names, **answers})) if not r.passed]


def sample(D, nT, dt, R, seed):
    """A Gaussian field, the counts and the stimulus."""
    w = lnp.gen_gauss_rf(D, D / 2, (0.5, 0)).ravel()
    c, _, s = lnp.sample_lnp(w, nT, dt, R, 3.0, seed)
    return w, c, s


@pytest.mark.parametrize("shape", [(15, 7, (1, 1)), (15, 7), (8, 3, (-2, 1.5))])
def test_given_receptive_fields_agree(names, shape):
    np.testing.assert_allclose(
        names["gen_gauss_rf"](*shape), lnp.gen_gauss_rf(*shape), rtol=1e-10, atol=1e-14
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("neuron", NEURONS)
def test_samples_agree(names, neuron, seed):
    D, nT, dt, R = neuron
    w = lnp.gen_gauss_rf(D, 4, (1, 0)).ravel()
    theirs = names["sample_lnp"](w, nT, dt, R, 4.0, seed)
    ours = lnp.sample_lnp(w, nT, dt, R, 4.0, seed)
    np.testing.assert_array_equal(theirs[0], ours[0])
    np.testing.assert_allclose(theirs[1], ours[1], rtol=1e-10)
    np.testing.assert_array_equal(theirs[2], ours[2])


@pytest.mark.parametrize("neuron", NEURONS)
def test_likelihoods_differ_alike_and_gradients_agree(names, neuron):
    D, nT, dt, R = neuron
    w, c, s = sample(D, nT, dt, R, seed=1)
    rng = np.random.default_rng(2)
    there = w + rng.normal(0, 0.05, D**2)
    theirs, ours = (
        f(there, c, s, dt, R) - f(w, c, s, dt, R)
        for f in (names["negloglike_lnp"], lnp.negloglike_lnp)
    )
    assert theirs == pytest.approx(ours, rel=1e-8)
    np.testing.assert_allclose(
        names["deriv_negloglike_lnp"](there, c, s, dt, R),
        lnp.deriv_negloglike_lnp(there, c, s, dt, R),
        rtol=1e-8,
        atol=1e-8,
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("neuron", NEURONS[:2])
def test_fits_and_their_errors_agree(names, neuron, seed):
    """The notebook's fit stops where scipy does: as near the minimum as a small part of an error bar."""
    D, nT, dt, R = neuron
    _, c, s = sample(D, nT, dt, R, seed)
    w = lnp.fit_lnp(c, s, dt, R)
    error = lnp.standard_errors(w, s, dt, R)
    np.testing.assert_allclose(names["standard_errors"](w, s, dt, R), error, rtol=1e-8)
    assert np.abs(names["fit_lnp"](c, s, dt, R) - w).max() < 0.02 * error.min()


@pytest.mark.parametrize("specimen", SEEN)
def test_visible_checks_catch(names, specimen):
    """What the text asks for a student can see: these mistakes do not wait for the grading."""
    (task, source), *_ = read_answers(SUBMISSIONS / "wrong" / f"{specimen}.py").items()
    mine = dict(names)
    exec(source, mine)
    assert practise(mine, task)


def test_biased_coins_are_not_blamed_on_equal_frames(names):
    def sample_lnp(w, nT, dt, R, s_i, random_seed=10):
        rng = np.random.default_rng(random_seed)
        s = np.where(rng.random((len(w), nT)) > 0.6, s_i / 2, -s_i / 2)
        r = np.exp(w @ s) * dt * R
        return rng.poisson(r), r, s

    (said,) = practise(names, "sample_lnp", sample_lnp=sample_lnp)
    assert "equally likely" in said and "new frame" not in said


def test_only_a_factorial_is_called_one(names):
    """An error of another kind, in the check with many spikes, gets no hint about c!."""

    def turned(w, c, s, dt=0.1, R=50):
        return np.sum(np.exp(w @ s.T) * dt * R) - c @ (w @ s)

    said = practise(names, "negloglike_lnp", negloglike_lnp=turned)
    assert said and "c!" not in " ".join(said)


@pytest.mark.parametrize("pack", [lambda x: [x], lambda x: np.array([[x]])])
def test_given_cells_take_what_the_checks_take(names, lab04, pack):
    """A likelihood of one element passes the checks; the cells after it do not stumble over it."""

    def packed(*args):
        return pack(names["negloglike_lnp"](*args))

    assert not practise(names, "negloglike_lnp", negloglike_lnp=packed)
    mine = {**names, "negloglike_lnp": packed}
    for cell in lab04.notebook.cells:
        if grade_id(cell) in ("data-given", "gradient-given", "fresh-given"):
            exec(cell.source.replace("plt.show()", "plt.close()"), mine)


def test_text_quotes_what_the_model_gives(names):
    """The mean counts with sum 1 and with length 1, and the length of the true field."""
    w, a = names["w_true"], names["a"]
    length = np.linalg.norm(w)
    mean, absurd = (names["dt"] * names["R"] * np.prod(np.cosh(a * v)) for v in (w, w / length))
    assert (length, mean, absurd) == pytest.approx((0.151, 5.37, 99.5), rel=2e-3)


def test_estimates_are_drawn_against_the_truth_in_order():
    w = np.array([0.3, 0.1, 0.2])
    ax = plotting.estimates_against_truth(w, w + 1, 0.5, expected=2 * w)
    line = next(line for line in ax.lines if line.get_label() == "expected")
    np.testing.assert_allclose(line.get_xydata(), [[0.1, 0.2], [0.2, 0.4], [0.3, 0.6]])
    (dots,) = ax.containers
    np.testing.assert_allclose(dots.lines[0].get_xydata(), np.column_stack([w, w + 1]))


def test_without_an_expectation_the_line_is_that_of_equal_values():
    w = np.array([0.3, 0.1])
    _, axes = plotting.panels(1, 1)
    ax = plotting.estimates_against_truth(w, w + 1, 0.5, ax=axes[0, 0])
    line = next(line for line in ax.lines if line.get_label() == "equal")
    np.testing.assert_allclose(line.get_xydata(), [[0.1, 0.1], [0.3, 0.3]])


def test_figures_need_one_panel():
    _, axes = plotting.panels(1, 2)
    with pytest.raises(TypeError, match="array of 2 panels"):
        plotting.counts_in_time([1.0], [1], 0.1, ax=axes)
