"""What a check may expect of an answer; each says what was expected, what came, where, and where to look.

Statistical expectations fail a right answer with a probability of at most `FALSE_ALARM` per call.
"""

import numpy as np
from scipy import stats

from .answers import CheckFailed, Handle

FALSE_ALARM = 1e-6


def expect_true(condition, message):
    """Fail with `message` unless the condition holds."""
    if not condition:
        raise CheckFailed(message)


def expect_results(value, *names):
    """Unpack several results by name.

    Parameters
    ----------
    value : tuple or list
        What the answer returned.
    *names : str
        What the text calls the results, in order.

    Returns
    -------
    tuple of the results
    """
    wanted = f"{len(names)} results: {', '.join(names)}"
    if not isinstance(value, (tuple, list)):
        raise CheckFailed(f"Return {wanted}. What came back is {_a(value)}.{_forgot_return(value)}")
    if len(value) != len(names):
        raise CheckFailed(f"Return {wanted}. What came back has {len(value)}.")
    return tuple(value)


def expect_array(value, what, shape=None, finite=True, integer=False, hint=""):
    """Read a value as an array of numbers.

    Parameters
    ----------
    value : array, nested lists of numbers or arrays, DataFrame, Series or tensor
    what : str
        What the text calls it, for the message.
    shape : tuple, optional
        Expected shape; None in it stands for any length.
    finite : bool
        Whether NaN and infinity are refused.
    integer : bool
        Whether every element must be a whole number.
    hint : str
        What to look at, added to every message.

    Returns
    -------
    ndarray of float, or of int if `integer`
    """
    array = _as_array(value, what, hint)
    if shape is not None and not _fits(array.shape, shape):
        turned = " It looks transposed." if _fits(array.shape[::-1], shape) else ""
        raise CheckFailed(
            _say(
                f"{what} should have shape {_show_shape(shape)} but has {array.shape}.{turned}",
                hint,
            )
        )
    if finite or integer:
        _expect_finite(array, what, hint)
    if not integer:
        return array
    rounded = np.rint(array)
    if not np.array_equal(rounded, array):
        where = _first(rounded != array)
        raise CheckFailed(
            _say(
                f"{what} should be whole numbers but {_at(what, where)} is {_show(array[where])}.",
                hint,
            )
        )
    return rounded.astype(int)


def expect_finite(value, what, hint=""):
    """Read a value as an array and refuse NaN and infinity; the message says where the first one is."""
    return expect_array(value, what, hint=hint)


def expect_number(value, what, finite=True, hint=""):
    """Read a value as one number (an array with one element is as good) and return it as a float."""
    array = _as_array(value, what, hint)
    if array.size != 1:
        raise CheckFailed(
            _say(f"{what} should be one number but is an array of shape {array.shape}.", hint)
        )
    if finite:
        _expect_finite(array, what, hint)
    return float(array.reshape(()))


def expect_integer(value, what, hint=""):
    """Read a value as one whole number and return it as an int."""
    number = expect_number(value, what, hint=hint)
    expect_true(
        number == int(number), _say(f"{what} should be a whole number but is {number:.6g}.", hint)
    )
    return int(number)


def expect_type(value, types, what, hint=""):
    """Fail unless the value is of one of the types."""
    types = types if isinstance(types, tuple) else (types,)
    wanted = " or ".join(t.__name__ for t in types)
    expect_true(
        isinstance(value, types), _say(f"{what} should be a {wanted} but is {_a(value)}.", hint)
    )
    return value


def expect_close(actual, expected, what, rtol=1e-6, atol=0.0, misconceptions=None, hint=""):
    """Fail unless two arrays agree within |actual − expected| ≤ atol + rtol·|expected|.

    Parameters
    ----------
    actual, expected : array_like
    what : str
        What the text calls it.
    rtol, atol : float
    misconceptions : dict of str to array_like
        A sentence that completes "it looks as if …" mapped to the value this mistake would have given.
    hint : str
        What to look at.
    """
    expected = np.asarray(expected, float)
    actual = expect_array(actual, what, shape=expected.shape, finite=False, hint=hint)
    wrong = ~_close(actual, expected, rtol, atol)
    if not wrong.any():
        return
    where = _first(wrong)
    message = (
        f"{_at(what, where)} should be {_show(expected[where])} but is {_show(actual[where])}"
        f"{_how_many(wrong)}."
    )
    raise CheckFailed(_say(message, _diagnose(actual, misconceptions, rtol, atol), hint))


def expect_within(actual, low, high, what, misconceptions=None, hint=""):
    """Fail unless every element of `actual` lies between low and high (both included)."""
    actual = expect_array(actual, what, hint=hint)
    low, high = np.broadcast_to(low, actual.shape), np.broadcast_to(high, actual.shape)
    wrong = (actual < low) | (actual > high)
    if not wrong.any():
        return
    where = _first(wrong)
    message = (
        f"{_at(what, where)} should lie between {_show(low[where])} and {_show(high[where])} but is"
        f" {_show(actual[where])}{_how_many(wrong)}."
    )
    # A value a mistake would have given is a whole interval away from the truth: match it to 1 %.
    raise CheckFailed(_say(message, _diagnose(actual, misconceptions, 0.01, 0.0), hint))


def expect_increasing(values, what, slack=0.0, hint=""):
    """Fail unless no value is smaller than the one before it, apart from `slack`."""
    values = expect_array(values, what, shape=(None,), hint=hint)
    falls = np.flatnonzero(np.diff(values) < -slack)
    if falls.size:
        i = falls[0]
        raise CheckFailed(
            _say(
                f"{what} should never fall, but it falls from {_show(values[i])} to"
                f" {_show(values[i + 1])} between step {i} and step {i + 1}.",
                hint,
            )
        )


def expect_mean(samples, mean, sd, what, misconceptions=None, hint=""):
    """Fail when the mean of independent samples is too far from `mean` to be chance.

    The samples' standard deviation under the hypothesis is `sd`; samples run along axis 0. By the
    central limit theorem the false-alarm rate is at most `FALSE_ALARM` over all columns together.
    """
    samples = expect_array(samples, what, hint=hint)
    mean = np.asarray(mean, float)
    z = stats.norm.isf(FALSE_ALARM / 2 / max(mean.size, 1))
    margin = z * np.asarray(sd, float) / np.sqrt(len(samples))
    expect_within(
        samples.mean(axis=0),
        mean - margin,
        mean + margin,
        f"the mean of {what}",
        misconceptions,
        hint,
    )


def expect_frequencies(counts, probabilities, what, hint=""):
    """Fail when counts of independent draws are too far from their probabilities to be chance.

    Each count is compared with its exact binomial distribution at a false-alarm rate of `FALSE_ALARM`
    shared over all of them.
    """
    counts = expect_array(counts, what, integer=True, hint=hint)
    probabilities = np.asarray(probabilities, float)
    tail = FALSE_ALARM / 2 / counts.size
    low = stats.binom.ppf(tail, counts.sum(), probabilities)
    high = stats.binom.isf(tail, counts.sum(), probabilities)
    expect_within(counts, low, high, what, hint=hint)


def expect_distribution(samples, cdf, what, hint=""):
    """Fail when independent samples of a continuous distribution do not follow `cdf`.

    Kolmogorov–Smirnov test at a false-alarm rate of `FALSE_ALARM`.
    """
    samples = expect_array(samples, what, shape=(None,), hint=hint)
    test = stats.kstest(samples, cdf)
    at = test.statistic_location
    message = (
        f"{what} do not follow the distribution they should: {np.mean(samples <= at):.1%} of them are"
        f" below {_show(at)}, where {float(cdf(at)):.1%} were expected."
    )
    expect_true(test.pvalue >= FALSE_ALARM, _say(message, hint))


def expect_reproducible(answer, *args, **kwargs):
    """Fail unless calling the answer twice with the same arguments gives the same result, which is returned."""
    first, second = answer(*args, **kwargs), answer(*args, **kwargs)
    expect_true(
        same(first, second),
        f"Two calls of {answer.name} with the same arguments, random_seed among them, should give the"
        " same result, but they differ. Make one generator, np.random.default_rng(random_seed), inside the"
        " function and draw everything from it.",
    )
    return first


def same(first, second):
    """Whether two results hold the same numbers, whatever they are packed in."""
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[k], second[k]) for k in first)
    first, second = np.asarray(first), np.asarray(second)
    equal_nan = first.dtype.kind in "fc" and second.dtype.kind in "fc"
    return np.array_equal(first, second, equal_nan=equal_nan)


def _as_array(value, what, hint):
    problem = None
    if value is None or isinstance(value, (str, dict, set, Handle)):
        problem = _a(value)
    else:
        try:
            array = np.asarray(value)
        except ValueError:
            problem = "a ragged list: its parts differ in length"
        else:
            if array.dtype.kind not in "biuf":
                problem = f"{_a(value)} that does not hold only real numbers"
    if problem:
        raise CheckFailed(
            _say(f"{what} should be numbers but is {problem}.{_forgot_return(value)}", hint)
        )
    return array.astype(float)


def _expect_finite(array, what, hint):
    bad = ~np.isfinite(array)
    if bad.any():
        where = _first(bad)
        message = f"{_at(what, where)} is {_show(array[where])}{_how_many(bad)}."
        raise CheckFailed(_say(message, hint))


def _fits(actual, expected):
    return len(actual) == len(expected) and all(
        e is None or a == e for a, e in zip(actual, expected, strict=True)
    )


def _close(actual, expected, rtol, atol):
    return np.isclose(actual, expected, rtol=rtol, atol=atol)


def _diagnose(actual, misconceptions, rtol, atol):
    for sentence, value in (misconceptions or {}).items():
        value = np.asarray(value, float)
        if value.shape == actual.shape and _close(actual, value, rtol, atol).all():
            return f"It looks as if {sentence}."
    return ""


def _first(mask):
    return tuple(int(i) for i in np.argwhere(mask)[0])


def _at(what, where):
    return f"{what}[{', '.join(map(str, where))}]" if where else what


def _how_many(wrong):
    n = int(wrong.sum())
    return f" (and {n - 1} more of {wrong.size} differ)" if n > 1 else ""


def _show(number):
    return f"{float(number):.6g}"


def _show_shape(shape):
    sizes = ["any" if n is None else str(n) for n in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _a(value):
    names = {
        type(None): "nothing (None)",
        str: "a text",
        dict: "a dict",
        set: "a set",
        bool: "a bool",
    }
    if isinstance(value, Handle):
        return f"a {value.type_name}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if type(value) in (int, float) or isinstance(value, np.generic):
        return "a single number"
    return names.get(type(value), f"a {type(value).__name__}")


def _forgot_return(value):
    return " Is there a `return` at the end of your function?" if value is None else ""


def _say(*parts):
    return " ".join(part for part in parts if part)
