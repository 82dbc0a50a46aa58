"""The check library: right values pass, and wrong ones fail with a message that helps."""

import dataclasses
import linecache
import logging
import signal
import sys
import textwrap
import time
from itertools import count, product
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.checks import (
    Answer,
    CheckFailed,
    Handle,
    LocalHost,
    NotAnswered,
    check,
    checks_of,
    core,
    expect_array,
    expect_close,
    expect_distribution,
    expect_finite,
    expect_frequencies,
    expect_increasing,
    expect_integer,
    expect_mean,
    expect_number,
    expect_reproducible,
    expect_results,
    expect_true,
    expect_type,
    expect_within,
    expectations,
    fixture,
    judge,
    limit,
    module_name,
    needs,
    run_checks,
    same,
    visible_checks,
)
from helpers.checks.answers import MAX_MESSAGE, OutOfTime, encode, show_bytes
from helpers.checks.core import Result
from helpers.checks.expectations import FALSE_ALARM, expect_shape
from helpers.checks.rendering import Report

LAB = "01-toy-gmm"
_cells = count(1)


def notebook(*cells):
    """The global names after these cells have run, each a file of its own as in Jupyter."""
    names = {"np": np}
    for source in cells:
        source = textwrap.dedent(source).lstrip("\n")
        file = f"<cell {next(_cells)}>"
        linecache.cache[file] = len(source), None, source.splitlines(True), file
        exec(compile(source, file, "exec"), names)
    return names


def answer(source, name="f"):
    return Answer(name, LocalHost(notebook(source)))


def message_of(call, *args, **kwargs):
    with pytest.raises(CheckFailed) as caught:
        call(*args, **kwargs)
    message = str(caught.value)
    # Whatever it says, it is one line of whole sentences.
    assert "\n" not in message and "  " not in message and message == message.strip()
    return message


# Arrays and numbers

RIGHT_ARRAYS = {
    "list": [1, 2],
    "tuple": (1.0, 2.0),
    "list of arrays": [np.array(1), np.array(2.0)],
    "integers": np.array([1, 2], np.int8),
    "half precision": np.array([1, 2], np.float16),
    "series": pd.Series([1, 2]),
    "objects": np.array([1, 2.0], object),
    "complex without imaginary part": np.array([1 + 0j, 2]),
    "range": range(1, 3),
}


@pytest.mark.parametrize("value", RIGHT_ARRAYS.values(), ids=RIGHT_ARRAYS)
def test_numbers_in_any_container_are_an_array(value):
    array = expect_array(value, "m", shape=(2,))
    assert array.dtype == float
    np.testing.assert_array_equal(array, [1, 2])


def test_data_frames_and_truth_values_are_numbers():
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5]})
    np.testing.assert_array_equal(expect_array(frame, "m", shape=(None, 2)), [[1, 0.5], [2, 1.5]])
    mixed = frame.astype(object)
    np.testing.assert_array_equal(expect_array(mixed, "m"), frame)
    np.testing.assert_array_equal(expect_array(np.array([True, False]), "m"), [1, 0])


WRONG_ARRAYS = {
    "nothing": (None, "None. Is there a `return`"),
    "text": ("1, 2", "is a text"),
    "bytes": (b"12", "is a text"),
    "dict": ({"m": 1}, "is a dict"),
    "set": ({1, 2}, "is a set"),
    "generator": ((i for i in range(2)), "is a generator"),
    "ragged": ([[1, 2], [3]], "m[0] has shape (2,) and m[1] has (1,)"),
    "ragged deep inside": (
        [[[1], [2]], [[1], [2, 3]]],
        "m[1][0] has shape (1,) and m[1][1] has (2,)",
    ),
    "a text among numbers": ([1, "2"], "m[1] is a text"),
    "texts": ([["1"], ["2"]], "m[0, 0] is a text"),
    "a hole": ([1.0, None], "m[1] is None"),
    "objects with a hole": (np.array([[1.0, 2], [3, None]], object), "m[1, 1] is None"),
    "small floats with a hole": ([np.float32(1), None], "m[1] is None"),
    "complex": ([1, 2 + 1j], "m[1] is the complex number 2+1j"),
    "complex number": (2 + 1j, "is the complex number 2+1j"),
    "dates": (np.array(["2026-01-01"], "M8[D]"), "m[0] is a date"),
    "frame of texts": (pd.DataFrame({"a": [1.0], "b": ["x"]}), "m[0, 1] is a text"),
    "huge": (10**400, "a number too large to compute with"),
    "huge among others": ([1, 10**400], "m[1] is a number too large to compute with"),
    "0-d text": (np.array("a"), "is a text"),
}


@pytest.mark.parametrize("value, says", WRONG_ARRAYS.values(), ids=WRONG_ARRAYS)
def test_what_is_no_array_of_numbers_is_named_with_its_place(value, says):
    message = message_of(expect_array, value, "m", hint="Look at the M-step.")
    assert message.startswith("m should be numbers but ")
    assert says in message
    assert message.endswith("Look at the M-step.")


@pytest.mark.parametrize(
    "value, shape, says",
    [
        (np.zeros((3, 2)), (2, 3), "should have shape (2, 3) but has (3, 2). It looks transposed."),
        (np.zeros(3), (None, 2), "should have shape (any, 2) but has (3,)."),
        (np.zeros((3, 1)), (3,), "should have shape (3,) but has (3, 1)."),
        (np.float64(1), (1,), "should have shape (1,) but has ()."),
        ([], (2,), "should have shape (2,) but has (0,)."),
    ],
)
@pytest.mark.parametrize("expect", [expect_array, lambda v, w, shape: expect_shape(v, shape, w)])
def test_the_shape_is_compared(expect, value, shape, says):
    assert message_of(expect, value, "x", shape=shape) == f"x {says}"


def test_any_length_fits_where_the_shape_says_none():
    assert expect_array([], "x", shape=(None,)).shape == (0,)
    assert expect_array(np.zeros((4, 2)), "x", shape=(None, 2)).shape == (4, 2)
    assert expect_shape([[np.nan]], (1, None), "x").shape == (1, 1)
    with pytest.raises(CheckFailed, match="transposed"):
        expect_shape(np.zeros((4, 2)), (2, None), "x")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("expect", [expect_array, expect_finite])
def test_what_is_not_finite_is_found(expect, bad):
    message = message_of(expect, [[0, 1], [bad, bad]], "S", hint="Is N_k zero?")
    assert message == f"S should be finite but S[1, 0] is {bad} (2 of 4 are wrong). Is N_k zero?"
    assert "logarithm of 0" in message_of(expect, bad, "S")
    assert not np.isfinite(expect_array([bad], "S", finite=False)).any()


def test_whole_numbers():
    labels = expect_array([0.0, 2.0], "labels", integer=True)
    assert labels.dtype == np.int64
    assert message_of(expect_array, [0, 0.5, 0.5], "labels", integer=True) == (
        "labels should be whole numbers but labels[1] is 0.5."
    )
    # Beyond 64 bits a cast would silently turn it into another number.
    assert "labels[0] is 1e+300" in message_of(expect_array, [1e300], "labels", integer=True)
    assert "labels[0] is nan" in message_of(
        expect_array, [np.nan], "labels", finite=False, integer=True
    )


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.array(2), np.array([[2]]), [2]])
def test_one_number_in_any_container(value):
    assert type(expect_number(value, "LL")) is float and expect_number(value, "LL") == 2
    assert type(expect_integer(value, "K")) is int and expect_integer(value, "K") == 2


@pytest.mark.parametrize(
    "expect, value, says",
    [
        (expect_number, [1, 2], "one number but is an array of shape (2,)"),
        (expect_number, [], "one number but is an array of shape (0,)"),
        (expect_number, None, "numbers but is None"),
        (expect_number, "3", "numbers but is a text"),
        (expect_number, np.nan, "finite but K is nan"),
        (expect_integer, 2.5, "a whole number but is 2.5"),
        (expect_integer, np.inf, "finite but K is inf"),
    ],
)
def test_what_is_not_one_number_is_refused(expect, value, says):
    message = message_of(expect, value, "K", hint="See above.")
    assert message.startswith(f"K should be {says}") and message.endswith("See above.")


def test_infinity_is_a_number_where_allowed():
    assert expect_number(-np.inf, "LL", finite=False) == -np.inf


def test_types():
    assert expect_type(2, int, "K") == 2
    assert expect_type([2], (list, tuple), "K") == [2]
    assert message_of(expect_type, 3.5, (int, str), "K", hint="Hm.") == (
        "K should be an int or str but is a single number. Hm."
    )
    assert "but is None. Is there a `return`" in message_of(expect_type, None, dict, "K")


@pytest.mark.parametrize("value", [(1, 2), [1, 2], np.array([1.0, 2.0])])
def test_results_are_unpacked(value):
    bic, LL = expect_results(value, "bic", "LL")
    assert (bic, LL) == (1, 2)


@pytest.mark.parametrize(
    "value, says",
    [
        (None, "What came back is None. Is there a `return`"),
        (3.0, "What came back is a single number."),
        ({"bic": 1, "LL": 2}, "What came back is a dict."),
        (np.zeros((2, 2)), "What came back is an array of shape (2, 2)."),
        ("ab", "What came back is a text."),
        ((1, 2, 3), "Yours returns 3."),
        ((), "Yours returns 0."),
        ((i for i in range(2)), "What came back is a generator."),
    ],
)
def test_the_number_and_order_of_results_is_said(value, says):
    message = message_of(expect_results, value, "bic", "LL")
    assert message.startswith("Return 2 results in this order: bic, LL.") and says in message


def test_true():
    expect_true(True, "no")
    expect_true(np.bool_(True), "no")
    assert message_of(expect_true, np.bool_(False), "K is no element.") == "K is no element."


# Comparisons


def test_close_values_pass():
    expect_close([[1.0, 2.0]], np.array([[1.0, 2.0 + 1e-6]]), "m")
    expect_close(0.0, 1e-9, "m", rtol=0, atol=1e-8)
    expect_close([np.nan, np.inf], [np.nan, np.inf], "m")
    expect_close([], [], "m")
    expect_close(2**60, 2**60, "m")


def test_a_difference_is_named_with_value_place_and_hint():
    message = message_of(
        expect_close, [[1, 2], [3, 5]], [[1, 2], [4, 4]], "S", hint="See the M-step."
    )
    assert message == "S[1, 0] should be 4 but is 3 (2 of 4 are wrong). See the M-step."
    message = message_of(expect_close, [1, 9], [1, 2], "the mean of x")
    assert message == "the mean of x at index 1 should be 2 but is 9."
    assert message_of(expect_close, np.nan, 2, "LL") == "LL should be 2 but is nan."
    assert message_of(expect_close, 2, np.inf, "LL") == "LL should be inf but is 2."


def test_numbers_that_differ_late_are_shown_with_enough_digits():
    message = message_of(expect_close, 1000000.25, 1000000, "LL", rtol=1e-9)
    assert message == "LL should be 1000000 but is 1000000.25."


@pytest.mark.parametrize("rtol, atol", [(1e-3, 0), (0, 1e-3), (1e-3, 1e-3)])
@pytest.mark.parametrize("sign", [-1, 1])
def test_the_tolerance_is_what_it_says(rtol, atol, sign):
    expected = -4.0
    margin = atol + rtol * abs(expected)
    expect_close(expected + sign * 0.999 * margin, expected, "m", rtol, atol)
    message_of(expect_close, expected + sign * 1.001 * margin, expected, "m", rtol, atol)


def test_a_misconception_is_recognised_by_its_value():
    expected, mistakes = (
        np.array([1.0, 2.0]),
        {"it is doubled": [2, 4], "the sign is lost": [-1, -2]},
    )
    assert "It looks as if the sign is lost." in message_of(
        expect_close, [-1, -2.000001], expected, "m", misconceptions=mistakes
    )
    assert "It looks as if" not in message_of(
        expect_close, [-1, 2], expected, "m", misconceptions=mistakes
    )
    # A mistake that happens to give the right value is none.
    expect_close([1, 2], expected, "m", misconceptions={"it is halved": [1, 2]})
    assert "It looks as if" not in message_of(
        expect_close, 5, 1, "m", misconceptions={"no": [5, 5]}
    )


def test_within():
    expect_within([0, 1, 2], 0, 2, "labels")
    expect_within([[0, 5]], [0, 4], [1, 6], "m")
    assert message_of(expect_within, [0, 3, 4], 0, 2, "labels", hint="They start at 0.") == (
        "labels[1] should lie between 0 and 2 but is 3 (2 of 3 are wrong). They start at 0."
    )
    assert "LL should lie between -2 and -1 but is 1" in message_of(expect_within, 1, -2, -1, "LL")
    # Three digits are enough, unless the number would then seem to lie inside.
    assert message_of(expect_within, 0.512345, -0.288754, 0.288754, "the mean") == (
        "the mean should lie between -0.289 and 0.289 but is 0.512."
    )
    assert "between -0.288754 and 0.288754 but is 0.289" in message_of(
        expect_within, 0.289, -0.288754, 0.288754, "x"
    )
    assert "between 1234 and 1240 but is 1250" in message_of(expect_within, 1250, 1234, 1240, "n")
    assert "between 0 and inf but is -1" in message_of(expect_within, -1, 0, np.inf, "n")
    assert "finite but x is nan" in message_of(expect_within, np.nan, -2, -1, "x")
    assert "It looks as if it is a sum." in message_of(
        expect_within, 100.5, 0, 2, "m", {"it is a sum": 100, "it is a ratio": 50}
    )


def test_increasing():
    expect_increasing([1, 1, 2], "LL")
    expect_increasing([1], "LL")
    expect_increasing([2, 1.5], "LL", slack=0.5)
    assert message_of(expect_increasing, [1, 2, 1.5, 1], "LL", hint="E-step?") == (
        "LL should never fall, but falls from 2 at index 1 to 1.5 at index 2. E-step?"
    )
    assert "from 1e+06 at index 0 to 999999.9999 at" in message_of(
        expect_increasing, [1e6, 1e6 - 1e-4], "LL"
    )
    assert "LL should hold numbers but is empty" in message_of(expect_increasing, [], "LL")
    assert "should have shape (any,)" in message_of(expect_increasing, [[1, 2]], "LL")


# Statistical expectations: their false-alarm rate is stated as 1e-6, far too rare to count. The rate is a
# parameter of the same code, so it is counted at 5 % instead, and where the threshold lies at 1e-6 is
# compared with the exact distribution.


def alarms(expect, draw, n=2000):
    """The share of seeds at which a right sample fails."""
    failed = 0
    for seed in range(n):
        try:
            expect(draw(np.random.default_rng(seed)))
        except CheckFailed:
            failed += 1
    return failed / n


@pytest.fixture
def five_percent(monkeypatch):
    monkeypatch.setattr(expectations, "FALSE_ALARM", 0.05)


# 2,000 seeds measure 5 % with a standard error of 0.5 %.
@pytest.mark.parametrize("columns", [1, 3])
def test_mean_false_alarms(five_percent, columns):
    mean, sd = np.arange(columns), 2.0 + np.arange(columns)
    rate = alarms(
        lambda x: expect_mean(x, mean, sd, "x"),
        lambda rng: mean + sd * rng.standard_normal((50, columns)),
    )
    assert 0.04 <= rate <= 0.06


def test_distribution_false_alarms(five_percent):
    rate = alarms(
        lambda x: expect_distribution(x, stats.expon.cdf, "x"), lambda rng: rng.exponential(size=20)
    )
    assert 0.04 <= rate <= 0.06


def is_refused(expect, *args):
    try:
        expect(*args)
    except CheckFailed:
        return True
    return False


@pytest.mark.parametrize("n, p, least", [(60, (0.2, 0.3, 0.5), 0.01), (25, (0.1, 0.9, 0.0), 0.001)])
def test_frequencies_false_alarms_exactly(five_percent, n, p, least):
    # All outcomes are added up. Counts are whole numbers, so no threshold has a rate of just 5 %: with few
    # draws it is well below that.
    outcomes = [(i, j, n - i - j) for i, j in product(range(n + 1), repeat=2) if i + j <= n]
    chances = stats.multinomial.pmf(outcomes, n, p)
    possible = [(o, c) for o, c in zip(outcomes, chances, strict=True) if c > 0]
    refused = [c for o, c in possible if is_refused(expect_frequencies, o, p, "x")]
    assert least <= sum(refused) <= 0.05


@pytest.mark.parametrize("n", [10, 1000])
def test_frequencies_false_alarms_at_the_stated_rate(n):
    counts = np.arange(n + 1)
    refused = [is_refused(expect_frequencies, (k, n - k), (0.3, 0.7), "x") for k in counts]
    assert stats.binom.pmf(counts, n, 0.3)[refused].sum() <= FALSE_ALARM
    if n == 1000:
        # Nothing is given away either. Both counts are tested though one says it all: half the rate.
        assert stats.binom.pmf(counts, n, 0.3)[refused].sum() >= FALSE_ALARM / 3


@pytest.mark.parametrize("columns", [1, 4])
def test_mean_threshold_at_the_stated_rate(columns):
    n, sd = 100, 3.0
    edge = stats.norm(0, sd / np.sqrt(n)).isf(FALSE_ALARM / (2 * columns))
    x = np.zeros((n, columns))
    for sign in (-1, 1):
        x[:, -1] = sign * edge * 0.9999
        expect_mean(x, np.zeros(columns), sd, "x")
        x[:, -1] = sign * edge * 1.0001
        message_of(expect_mean, x, np.zeros(columns), sd, "x")
        message_of(expect_mean, x, 0.0, sd, "x")  # one mean for all columns, no stricter for it
    assert FALSE_ALARM <= 1e-6


def test_distribution_threshold_at_the_stated_rate():
    n = 200
    edge = stats.kstwo(n).isf(FALSE_ALARM)  # exact distribution of the largest gap
    even = (np.arange(n) + 0.5) / n  # its gap to the uniform distribution is 0.5 / n everywhere
    for sign in (-1, 1):
        expect_distribution(even + sign * (edge - 0.5 / n) * 0.999, stats.uniform.cdf, "x")
        message_of(
            expect_distribution, even + sign * (edge - 0.5 / n) * 1.001, stats.uniform.cdf, "x"
        )


def test_plausible_wrong_samples_are_caught():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((500, 2))
    wrong_mean = message_of(
        expect_mean, x + np.array([0, 0.4]), [0, 0], 1, "the points", {"it is shifted": [0, 0.4]}
    )
    assert wrong_mean.startswith("the mean of the points at index 1 should lie between -0.2")
    assert "That is too far off to be chance." in wrong_mean
    sizes = np.bincount(rng.choice(3, 1000), minlength=3)
    equal_weights = message_of(
        expect_frequencies, sizes, (0.3, 0.5, 0.2), "cluster sizes", hint="Is p used?"
    )
    assert equal_weights.startswith("cluster sizes at index 1 should lie between 4")
    assert equal_weights.endswith("That is too far off to be chance. Is p used?")
    variance_for_sd = message_of(expect_distribution, x[:, 0] * 1.5**2, stats.norm.cdf, "x")
    assert "of them are below" in variance_for_sd and "were expected" in variance_for_sd


@pytest.mark.parametrize(
    "value, says",
    [
        (5.0, "should: 0.0% of them are below 5, where 100.0%"),
        (-5.0, "should: 100.0% of them are below -5, where 0.0%"),
    ],
)
def test_the_gap_is_told_from_its_own_side(value, says):
    assert says in message_of(expect_distribution, np.full(100, value), stats.norm.cdf, "x")


@pytest.mark.parametrize(
    "expect, args, says",
    [
        (expect_mean, ([], 0, 1, "x"), "x should hold numbers but is empty"),
        (
            expect_mean,
            (np.zeros((5, 3)), [0, 0], 1, "x"),
            "should have shape (any, 2) but has (5, 3)",
        ),
        (expect_mean, ([np.nan, 1], 0, 1, "x"), "x[0] is nan"),
        (expect_frequencies, ([1, 2], [1, 0, 0], "x"), "should have shape (3,) but has (2,)"),
        (expect_frequencies, ([-5, 2], [0.5, 0.5], "x"), "x[0] should lie between 0 and"),
        (expect_frequencies, ([0, 0], [0.5, 0.5], "x"), "nothing to count"),
        (
            expect_frequencies,
            ([0.5, 2], [0.5, 0.5], "x"),
            "x should be whole numbers but x[0] is 0.5",
        ),
        (expect_frequencies, ([1, 99], [0, 1], "x"), "x[0] should lie between 0 and 0 but is 1"),
        (expect_distribution, ([], stats.norm.cdf, "x"), "x should hold numbers but is empty"),
        (expect_distribution, ([[1.0]], stats.norm.cdf, "x"), "should have shape (any,)"),
    ],
)
def test_samples_of_the_wrong_form_are_refused(expect, args, says):
    assert says in message_of(expect, *args)


# Reproducibility


def test_a_seeded_answer_is_reproducible():
    f = answer("def f(n, seed): return np.random.default_rng(seed).random(n), {'n': [n, np.nan]}")
    x, more = expect_reproducible(f, 3, seed=1)
    assert x.shape == (3,) and more["n"][0] == 3


def test_an_unseeded_answer_is_caught_with_the_place():
    source = """
        calls = []
        def f(random_seed):
            calls.append(random_seed)
            return [1, 2], np.array([0.5, len(calls)])
    """
    message = message_of(expect_reproducible, answer(source), 1)
    assert "Two calls of f with the same arguments" in message
    assert "the result[1] at index 1 is 1 the first time and 2 the second" in message
    assert "np.random.default_rng(random_seed)" in message


@pytest.mark.parametrize(
    "first, second, equal",
    [
        ([1, (2, 3)], (1, [2, 3]), True),
        ([1, 2], np.array([1, 2]), True),
        ({"a": np.nan}, {"a": np.nan}, True),
        (None, None, True),
        ("a", "a", True),
        (np.array(["a", "b"]), np.array(["a", "c"]), False),
        (1j, 1j, True),
        ({"a": 1}, {"b": 1}, False),
        ([1, 2], [1, 2, 3], False),
        (np.zeros(2), np.zeros((2, 1)), False),
        (1.0, 1.0 + 2**-52, False),
        (np.nan, 0.0, False),
        (None, 0, False),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]}), True),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]}), False),
    ],
)
def test_same(first, second, equal):
    assert same(first, second) is equal


# Answers


def test_arguments_and_results_are_copies():
    f = answer("""
        kept = []
        def f(x, pair):
            x[0], pair["a"] = 99, 99
            kept.append(x)
            return x
    """)
    x, pair = np.zeros(2), {"a": [1]}
    result = f(x, pair)
    assert x[0] == 0 and pair == {"a": [1]} and result[0] == 99
    result[0] = -1
    assert f._host.namespace["kept"][0][0] == 99


def test_what_an_answer_returns_is_plain_data():
    f = answer("""
        import pandas
        def f(kind):
            return {
                "frame": pandas.DataFrame({"a": [1.5, 2]}), "object": np.array([1, 2.5], object),
                "generator": (i for i in range(3)), "function": f, "nothing": None,
            }[kind]
    """)
    assert expect_array(f("frame"), "m", shape=(2, 1))[0, 0] == 1.5
    np.testing.assert_array_equal(expect_array(f("object"), "m"), [1, 2.5])
    assert f("nothing") is None
    for kind in ("generator", "function"):
        assert isinstance(f(kind), Handle)
        assert message_of(expect_array, f(kind), "m") == (
            f"m should be numbers but is a {kind}. Return the numbers themselves, for example as an array."
        )


def test_what_an_answer_prints_warns_or_draws_is_left_out(capfd, recwarn):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    f = answer("""
        import warnings, matplotlib.pyplot as plt
        def f():
            print("hello")
            warnings.warn("careful")
            plt.figure()
            return np.log(np.zeros(1))
    """)
    figures = plt.get_fignums()
    f()
    assert plt.get_fignums() == figures and not recwarn.list and capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "body, says",
    [
        ("return 1 / x", "Your f raised ZeroDivisionError: division by zero (line 2 of its cell: `return 1 / x`)."),
        ("raise ValueError", "Your f raised ValueError (line 2 of its cell: `raise ValueError`)."),
        ("raise ValueError(x, 'b')", "Your f raised ValueError: (0, 'b') (line 2"),
        ("raise SystemExit(3)", "Your f raised SystemExit: 3 (line 2"),
        ("assert x, 'two\\nlines'", "Your f raised AssertionError: two lines (line 2"),
        ("return np.linalg.inv(np.zeros((2, 2)))", "LinAlgError: Singular matrix (line 2 of its cell: `return np.l"),
        ("return undefined", "NameError: name 'undefined' is not defined (line 2"),
    ],
)  # fmt: skip
def test_an_error_is_told_with_type_message_and_the_students_line(body, says):
    message = message_of(answer(f"def f(x):\n    {body}"), 0)
    assert says in message and "answers.py" not in message


def test_the_line_is_the_students_even_when_our_code_raised():
    f = answer("def g(respond):\n    return respond('?')\n\ndef f(respond):\n    return g(respond)")
    message = message_of(f, fixture("linear_neuron", filter=np.ones((2, 2))))
    assert (
        "ValueError: could not convert" in message
        and "(in g, line 2: `return respond('?')`)" in message
    )


def test_the_function_that_owns_the_line_is_named():
    names = notebook(
        "def fit(x):\n    y = [missing for _ in x]\n    return y",
        "def select(x):\n    return (lambda a: fit(a))(x)",
    )
    message = message_of(Answer("select", LocalHost(names)), [1])
    assert message == (
        "Your select raised NameError: name 'missing' is not defined (in fit, line 2: `y = [missing for _ in x]`)."
    )
    # Comprehensions and lambdas are lines of the function around them.
    message = message_of(Answer("fit", LocalHost(names)), [1])
    assert "(line 2 of its cell: `y = [missing" in message


def test_a_wrong_signature_has_no_line():
    message = message_of(answer("def f(x): return x"), 1, n_iters=2)
    assert message == "Your f raised TypeError: f() got an unexpected keyword argument 'n_iters'."


def test_what_is_no_function_is_said():
    assert "f is no function but a int." in message_of(answer("f = 3"))


def test_an_error_cannot_write_what_it_likes():
    f = answer("def f():\n    raise ValueError('\\x1b[32mpassed\\u202e' + 10_000 * 'a')")
    message = message_of(f)
    assert message.isprintable() and len(message) < MAX_MESSAGE + 200
    f = answer("""
        class Odd(Exception):
            def __str__(self): raise RuntimeError
        def f(): raise Odd
    """)
    assert "raised Odd: (its message could not be read)" in message_of(f)


class Liar:
    """A host whose kernel was taken over: it replies whatever it likes."""

    def __init__(self, reply):
        self.reply = reply

    def invoke(self, request, buffers, may_use):
        return self.reply


LIES = [
    encode(("error", reply))
    for reply in (None, 3, "text", [1], {}, {"type": 1}, np.zeros(2), float("inf"), pd.DataFrame())
] + [
    encode(("error", {"type": "E", "message": "m", "line": 1, "code": "c"})),
    encode(
        ("error", {"type": "E", "message": "m", "line": float("inf"), "code": "c", "function": "f"})
    ),
    encode(("error", {"type": "E", "message": np.zeros(2), "line": 1, "code": "c", "function": 3})),
    encode(
        ("error", {"type": "E", "message": "m", "line": 1, "code": "c", "function": "a" * 1999})
    ),
    encode(("error", {"type": "E" * 1500, "message": "\n" * 1500, "line": "1", "code": [1]})),
    encode(("too large", "x" * 1500)),
    encode(("not answered", "\x1b[1m" * 300)),
    encode((["passed"], 1)),
    encode((np.array(["a", "b"]), 1)),
    encode(1.0),
    ({"no": "tree"}, []),
    (["array", "<f8", [9], 7], []),
    (["__class__"], []),
]


@pytest.mark.parametrize("reply", LIES, ids=lambda reply: str(reply[0])[:60])
def test_a_reply_that_is_no_reply_fails_the_check_in_few_words(reply):
    assert len(message_of(Answer("f", Liar(reply)))) < 3 * MAX_MESSAGE


# Not answered


@pytest.mark.parametrize(
    "stub", ["raise NotImplementedError", "raise NotImplementedError('Write here.')"]
)
def test_a_placeholder_is_not_answered(stub):
    for source in (
        f"def f(x): {stub}",
        f"def g(x): {stub}\nf = g",
        f"f = lambda x: g(x)\ndef g(x): {stub}",
    ):
        with pytest.raises(CheckFailed) as caught:
            answer(source)(1)
        if "lambda" in source:
            assert (
                str(caught.value)
                == "Your f calls your g, which is not answered yet. Write g first."
            )
        else:
            assert (
                type(caught.value) is NotAnswered and str(caught.value) == "f is not answered yet."
            )


def test_the_unanswered_function_behind_an_answered_one_is_named():
    source = """
        def fit_mog(x): raise NotImplementedError("Write your answer here.")
        def helper(x): return [fit_mog(v) for v in x]
        def select(x): return helper(x)
    """
    with pytest.raises(CheckFailed) as caught:
        answer(source, "select")([1])
    assert not isinstance(caught.value, NotAnswered)  # select itself is there
    assert str(caught.value) == (
        "Your select calls your fit_mog, which is not answered yet. Write fit_mog first."
    )


def test_a_function_that_is_not_there_is_not_answered():
    with pytest.raises(
        NotAnswered, match="There is no function called f: its cell was not run, its name"
    ):
        answer("def fit(): pass")()


def test_a_librarys_own_not_implemented_error_is_an_error():
    compiled = answer("import io\ndef f():\n    return io.RawIOBase().read(1)")
    assert "Your f raised NotImplementedError (line 3 of its cell" in message_of(compiled)
    source = "from library import compute\ndef f():\n    return compute()"
    sys.modules["library"] = type(sys)("library")
    exec(
        "def compute(): raise NotImplementedError('no sparse input')", vars(sys.modules["library"])
    )
    try:
        message = message_of(answer(source))
    finally:
        del sys.modules["library"]
    assert message == (
        "Your f raised NotImplementedError: no sparse input (line 3 of its cell: `return compute()`)."
    )


# Limits


def test_a_slow_call_is_out_of_time_and_soon_not_tried_again():
    f = answer(
        "import time\ncalls = []\ndef f(s):\n    calls.append(s)\n    time.sleep(s)\n    return s"
    )
    with limit(seconds=0.02):
        assert f(0) == 0
        for _ in range(2):
            message = message_of(f, 0.03)
            assert message.startswith("Your f did not finish within 0.02 s. Is there a loop")
        assert "was not called again: it had run out of time 2 times" in message_of(f, 0)
    assert f._host.namespace["calls"] == [0, 0.03, 0.03]


def test_limits_nest_and_end():
    f = answer("import time\ndef f(): time.sleep(0.03)")
    with limit(seconds=0.01, memory="1 GiB"):
        with limit(seconds=5):
            f()
        message_of(f)
    f()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_hungry_call_is_out_of_memory():
    f = answer("def f(n):\n    x = np.ones(n)\n    return x.sum()")
    with limit(memory="300 MiB"):
        assert f(2**20) == 2**20
        message = message_of(f, 2**27)
        assert f(2**20) == 2**20
    assert message == (
        "Your f needed more than 300 MiB of memory (line 2 of its cell: `x = np.ones(n)`). Which of its"
        " arrays grows fastest with the size of the input?"
    )
    np.empty(2**27)  # the limit is gone again


@pytest.mark.parametrize("memory", ["300", "300 MB", "much", "1GiB"])
def test_memory_is_written_in_one_way(memory):
    with pytest.raises(ValueError, match="300 MiB"), limit(memory=memory):
        pass


def test_bytes_are_shown_as_people_say_them():
    assert (show_bytes(2**30), show_bytes(300 * 2**20)) == ("1 GiB", "300 MiB")


def test_stopping_the_kernel_by_hand_counts_as_out_of_time():
    assert "did not finish" in message_of(answer("def f(): raise KeyboardInterrupt"))


# once


def test_once_reuses_results():
    f = answer("calls = []\ndef f(x, k=0):\n    calls.append(k)\n    return x.sum() + k")
    for _ in range(2):
        assert f.once(np.ones(3)) == 3
        assert f.once(np.ones(3), k=1) == 4
        assert f.once(np.ones(4)) == 4
        assert f.once(np.ones((3, 1))) == 3  # same bytes, another shape
    assert f._host.namespace["calls"] == [0, 1, 0, 0]
    f(np.ones(3))
    assert len(f._host.namespace["calls"]) == 5


def test_once_reuses_failures():
    f = answer("calls = []\ndef f(x):\n    calls.append(x)\n    raise ValueError(x)")
    assert message_of(f.once, 1) == message_of(f.once, 1)
    assert f._host.namespace["calls"] == [1]


def test_once_under_a_tight_limit_says_nothing_about_a_wide_one():
    f = answer("import time\ndef f(): time.sleep(0.03)")
    with limit(seconds=0.01):
        message_of(f.once)
    f.once()


# Handles and fixtures


def test_handles_are_called_by_name_and_passed_back():
    names = notebook("""
        class Neuron:
            def __init__(self, gain): self.gain = gain
            def __call__(self, x): return self.gain * x
            def respond(self, x, offset=0): return self(x) + offset
            def copy(self): return Neuron(self.gain)
        def build(gain): return Neuron(gain)
        def probe(neuron, x): return neuron(x)
    """)
    host = LocalHost(names)
    build, probe = Answer("build", host), Answer("probe", host)
    neuron = build(3)
    assert (
        isinstance(neuron, Handle) and neuron.type_name == "Neuron" and repr(neuron) == "a Neuron"
    )
    np.testing.assert_array_equal(neuron(np.ones(2)), [3, 3])
    np.testing.assert_array_equal(neuron.respond(np.ones(2), offset=1), [4, 4])
    assert probe(neuron, 2) == 6 and probe.once(neuron.copy(), 2) == 6
    assert "Your build(…).spike raised AttributeError" in message_of(neuron.spike)
    assert same(neuron, neuron.copy()) and not same(neuron, build)
    with pytest.raises(AttributeError):
        neuron._private  # noqa: B018


def test_a_fixture_is_built_beside_the_answer():
    F = np.arange(6.0).reshape(2, 3)
    f = answer("def f(neuron, x): return neuron(x)")
    images = np.random.default_rng(0).random((4, 2, 3))
    expected = [(image * F).sum() for image in images]
    np.testing.assert_allclose(f(fixture("linear_neuron", filter=F), images), expected)


# Judging


@check("f", points=0.5)
def it_is_positive(f, rng):
    """`f` of a positive number is positive."""
    expect_true(f(rng.random()) > 0, "f is not positive. Is there a sign?")


@check("f", points=1)
def it_agrees_with_g(f, g):
    """f and g are the same function."""
    expect_close(f(2.0), g(2.0), "f(2)")


CHECKS = [it_is_positive, it_agrees_with_g]


def results_of(source, checks=CHECKS):
    return judge(checks, LocalHost(notebook(source)), names=["g"])


def declare(function):
    """A check of f around a function without a docstring of its own."""
    function.__doc__ = "Some expectation."
    return check("f", points=1)(function)


def test_a_check_knows_its_name_title_and_points():
    assert it_is_positive.name == "it_is_positive" and it_is_positive.points == 0.5
    assert it_is_positive.title == "`f` of a positive number is positive."
    assert type(it_agrees_with_g.points) is float
    assert it_is_positive.hidden and not visible_checks(LAB)[0].hidden
    with pytest.raises(TypeError, match="docstring"):
        check("f", points=1)(lambda f: None)


def test_checks_are_found_in_the_order_in_which_they_are_written():
    assert checks_of(sys.modules[__name__])[:2] == CHECKS
    assert module_name("02-spike-sorting") == "spike_sorting"


def test_right_answers_earn_every_point_and_wrong_ones_lose_the_checks_they_fail():
    right = results_of("def f(x): return x\ng = f")
    assert [r.points for r in right] == [0.5, 1.0] and all(r.passed for r in right)
    negative, different = results_of("def f(x): return -x\ndef g(x): return x")
    assert not negative.passed and negative.points == 0.0 and negative.max_points == 0.5
    assert negative.message == "f is not positive. Is there a sign?"
    assert different.message == "f(2) should be 2 but is -2."
    assert {type(r.points) for r in [*right, negative, different]} == {float}


@pytest.mark.parametrize(
    "error",
    [CheckFailed(), CheckFailed(""), CheckFailed(" \n"), AssertionError(), Exception(), ValueError(""), KeyError()],
)  # fmt: skip
def test_no_exception_passes_however_silent(error):
    def silent(f):
        raise error

    (result,) = results_of("", [declare(silent)])
    assert not result.passed and result.points == 0.0 and result.message.strip()
    assert result.crashed is not isinstance(error, CheckFailed)


def test_a_check_that_breaks_is_said_kindly_and_logged(caplog, capfd):
    (result,) = results_of("", [declare(lambda f: 1 / 0)])
    assert (
        result.crashed
        and "could not read what your f returned (ZeroDivisionError)" in result.message
    )
    assert "ZeroDivisionError" in caplog.text
    assert logging.getLogger(
        "helpers.checks.core"
    ).handlers  # else Python itself prints the traceback


def test_random_inputs_depend_on_seed_and_check_only():
    drawn = []

    def draws(rng):
        drawn.append(rng.random())

    def draws_too(rng):
        drawn.append(rng.random())

    one, other = declare(draws), declare(draws_too)
    host = LocalHost({})
    judge([one, other], host, seed=1)
    judge([other, one], host, seed=1)
    judge([one], host, seed=2)
    assert drawn[0] == drawn[3] and drawn[1] == drawn[2]
    assert len(set(drawn)) == 3


def test_not_answered_is_told_from_wrong():
    stub = results_of("def f(x): raise NotImplementedError\ndef g(x): return x")
    assert [r.answered for r in stub] == [False, False]
    assert not any(r.passed for r in stub)
    assert all(r.answered for r in results_of("def f(x): return None\ng = f"))


# In a student's notebook

RIGHT = "def n_parameters(K, d): return K - 1 + K * d + K * d * (d + 1) // 2"


def test_run_checks_returns_nothing_when_all_pass(capsys):
    assert run_checks(LAB, "n_parameters", notebook(RIGHT)) is None
    said = capsys.readouterr().out
    assert said.startswith(
        "n_parameters: 1 of 1 visible checks passed, 0.3 of 0.3 points here; the task has more in grading."
    )
    # All green is not all: what grading looks at besides is named.
    assert f"and further ones on {core.further_topics(LAB)['n_parameters']}." in said


def test_every_task_names_the_topics_of_its_further_checks(monkeypatch):
    assert core.further_topics(LAB).keys() == {each.task for each in visible_checks(LAB)}
    monkeypatch.delattr("helpers.checks.toy_gmm.FURTHER")
    assert core.further_topics(LAB) == {}


@pytest.mark.parametrize(
    "source",
    [
        "", "n_parameters = None", "def n_parameters(): return 1", "def n_parameters(K, d): return None",
        "def n_parameters(K, d): raise SystemExit", "def n_parameters(K, d): raise BaseException",
        "def n_parameters(K, d): return 'x' * 10", "def n_parameters(K, d): return [[1], [1, 2]]",
        "def n_parameters(K, d): return n_parameters", "def n_parameters(K, d): return n_parameters(K, d)",
        "class n_parameters:\n    def __init__(self, K, d): pass\n    def __getattr__(self, name): raise KeyError",
        "def n_parameters(K, d): return (i for i in range(K))", "def n_parameters(K, d): yield 1",
        "def n_parameters(K, d):\n    x = []\n    x.append(x)\n    return x",
        "def n_parameters(K, d): return float('nan')", "def n_parameters(K, d): return 10**400",
        "def n_parameters(K, d): return K, d", "def n_parameters(K, d): return np.array(['2'], object)",
        "async def n_parameters(K, d): return 1", "def n_parameters(K, d): return {1, 2}",
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:coroutine")
def test_run_checks_never_raises_for_a_bad_answer(source, capsys):
    score = run_checks(LAB, "n_parameters", notebook(source))
    assert type(score) is float and score == 0.0
    captured = capsys.readouterr()
    assert "n_parameters" in captured.out and "Traceback" not in captured.out + captured.err


def test_run_checks_says_kindly_what_is_not_answered(capsys):
    stub = "def n_parameters(K, d): raise NotImplementedError('Write your answer here.')"
    assert run_checks(LAB, "n_parameters", notebook(stub)) == 0.0
    assert capsys.readouterr().out == "n_parameters is not answered yet.\n"
    assert run_checks(LAB, "n_parameters", {}) == 0.0
    assert capsys.readouterr().out.startswith(
        "There is no function called n_parameters: its cell was not run"
    )


def test_run_checks_counts_some_points(monkeypatch, capsys):
    monkeypatch.setattr(core, "further_topics", lambda lab: {})
    # The second check asks for an answer of another task, which is not a check's own.
    checks = [*CHECKS, dataclasses.replace(it_is_positive, task="g")]
    monkeypatch.setattr(core, "visible_checks", lambda lab: checks)
    assert run_checks("x", "f", notebook("def f(x): return x\ndef g(x): return -x")) == 0.5
    assert "f(2) should be -2 but is 2." in capsys.readouterr().out


def test_run_checks_returns_a_round_number(monkeypatch):
    monkeypatch.setattr(core, "further_topics", lambda lab: {})
    checks = [dataclasses.replace(it_is_positive, points=0.4) for _ in range(3)]
    checks += [it_agrees_with_g, dataclasses.replace(it_is_positive, task="g")]
    monkeypatch.setattr(core, "visible_checks", lambda lab: checks)
    score = run_checks("x", "f", notebook("def f(x): return x\ndef g(x): return -x"))
    assert 0.4 + 0.4 + 0.4 != 1.2 and repr(score) == "1.2"


def test_run_checks_uses_the_notebooks_names(monkeypatch):
    import __main__

    monkeypatch.setattr(__main__, "n_parameters", notebook(RIGHT)["n_parameters"], raising=False)
    assert run_checks(LAB, "n_parameters") is None


def test_an_unknown_task_or_lab_is_an_error():
    with pytest.raises(ValueError, match="no visible checks of a task called 'fit'"):
        run_checks(LAB, "fit", {})
    with pytest.raises(ModuleNotFoundError):
        run_checks("99-nothing", "fit", {})


STUBS = """
    from helpers.checks import needs
    def fit_mog(): raise NotImplementedError("Write your answer here.")
    def select(): return fit_mog()
"""


@pytest.mark.parametrize(
    "cell, says",
    [
        ("with needs('fit_mog'):\n    fit_mog()", "This cell needs your fit_mog: write it above"),
        ("with needs('select'):\n    select()", "This cell needs your fit_mog: write it above"),
        ("with needs('fit_mog'):\n    raise NotImplementedError", "Not answered yet: write your answer in this"),
        ("with needs('fit_mog'):\n    print('drawn')", "drawn\n"),
    ],
)  # fmt: skip
def test_needs_says_kindly_what_is_missing(cell, says, capsys):
    notebook(STUBS + "\n    after = 1", STUBS, textwrap.dedent(STUBS) + cell)
    said = capsys.readouterr().out
    assert said.startswith(says) and said.count("\n") == 1


@pytest.mark.parametrize("error", [ValueError, NameError, KeyboardInterrupt, AssertionError])
def test_needs_lets_other_errors_through(error):
    with pytest.raises(error), needs("fit_mog"):
        raise error


def test_needs_lets_a_librarys_not_implemented_error_through():
    library = notebook("def compute(): raise NotImplementedError('no sparse input')")
    with pytest.raises(NotImplementedError, match="sparse"), needs("fit_mog"):
        library["compute"]()


# How results look

FAILED = Result("f", "b", "Is `x < 1` & more?", 0.0, 0.5, '<b>x</b> is "1" & `y > 2`', hidden=False)
PASSED = Result("f", "a", "Passes.", 0.25, 0.25, "", hidden=False)


def table(results):
    return ElementTree.fromstring(Report("f", results)._repr_html_())


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def test_the_table_is_well_formed_and_labelled():
    root = table([PASSED, FAILED])
    assert root.tag == "table"
    assert words(root.find("caption")).startswith(
        "f: 1 of 2 visible checks passed, 0.25 of 0.75 points here;"
    )
    heads = root.findall("thead/tr/th")
    assert [words(h) for h in heads] == ["Result", "Check", "What to look at", "Points"]
    assert all(h.get("scope") == "col" for h in heads)
    for row in root.findall("tbody/tr"):
        (head,) = row.findall("th")
        assert head.get("scope") == "row"
        assert sum(int(cell.get("colspan", 1)) for cell in row) == len(heads)


def test_the_column_of_messages_is_there_only_when_needed():
    root = table([PASSED, PASSED])
    assert [words(h) for h in root.iter("th")][:3] == ["Result", "Check", "Points"]
    assert [len(row) for row in root.iter("tr")] == [3, 3, 3]


def test_texts_are_escaped_and_code_is_marked():
    root = table([FAILED])
    assert root.find(".//b") is None
    assert [c.text for c in root.iter("code")] == ["x < 1", "y > 2"]
    assert '<b>x</b> is "1" & y > 2' in words(root)


def test_states_are_words_and_colours_are_the_pages():
    root = table([PASSED, FAILED])
    passed, failed = root.findall("tbody/tr")
    assert "passed" in words(passed) and "failed" in words(failed) and "failed" not in words(passed)
    for element in root.iter():
        style = dict(part.split(":") for part in element.get("style", "color:inherit").split(";"))
        # Text in the page's own colours on the page's own ground is read in light and dark alike.
        assert style.get("color", "inherit") == "inherit"
        assert style.get("background", "transparent") == "transparent"
        assert not {"bgcolor", "class"} & set(element.attrib)


def test_the_text_is_the_same_each_time():
    expected = textwrap.dedent("""
        f: 1 of 2 visible checks passed, 0.25 of 0.75 points here; the task has more in grading. Grading runs these checks on fresh data, and further ones on far points.
          passed  Passes. (0.25)
          FAILED  Is `x < 1` & more? (0.5)
                  <b>x</b> is "1" & `y > 2`
    """).strip()
    for _ in range(2):
        report = Report("f", [PASSED, FAILED], "far points")
        assert str(report) == repr(report) == expected
        assert "further ones on far points." in report._repr_html_()


def test_no_further_checks_are_promised_once_they_have_run():
    graded = str(Report("f", [PASSED, dataclasses.replace(FAILED, hidden=True)], "far points"))
    assert graded.startswith("f: 1 of 2 checks passed, 0.25 of 0.75 points.\n")
    assert "further" not in graded and "visible" not in graded


def test_an_unanswered_task_is_one_sentence():
    stub = dataclasses.replace(FAILED, message="f is not answered yet.", answered=False)
    assert str(Report("f", [stub, stub])) == "f is not answered yet."
    root = table([stub, stub])
    assert root.tag == "p" and words(root) == "f is not answered yet."


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers on this system")
@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "while True:\n        try: time.sleep(1)\n        except BaseException: tries.append(1)\n"
        "        if len(tries) > 2: raise SystemExit",
    ],
)
def test_an_answer_that_never_ends_is_stopped_in_the_students_own_kernel(body):
    slow = answer(f"import time\ntries = []\ndef f():\n    {body}", "f")
    before, start = signal.getsignal(signal.SIGALRM), time.perf_counter()
    with limit(seconds=0.2), pytest.raises(OutOfTime):
        slow()
    assert time.perf_counter() - start < 10
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
