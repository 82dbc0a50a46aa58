"""What a check may expect of an answer; each says what was expected, what came, where, and where to look.

Statistical expectations fail a right answer with a probability of at most `FALSE_ALARM` per call.
"""

from numbers import Real

import numpy as np
from scipy import stats

from .answers import CheckFailed, Handle

FALSE_ALARM = 1e-6
MAX_WHOLE = 10**300  # floats end not far beyond
NO_CHANCE = "That is too far off to be chance."
NOT_FINITE = "Look for a division by 0, a logarithm of 0 or an exponential of a large number."


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
    wanted = f"Return {len(names)} results in this order: {', '.join(names)}."
    if isinstance(value, np.ndarray) and value.ndim == 1:
        value = tuple(value)  # numbers packed into an array unpack like a tuple
    if not isinstance(value, (tuple, list)):
        raise CheckFailed(_say(wanted, f"What came back is {_a(value)}.", _remedy(value)))
    if len(value) != len(names):
        raise CheckFailed(f"{wanted} Yours returns {len(value)}.")
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
    broken = (np.rint(array) != array) | (np.abs(array) >= 2.0**63)
    if broken.any():
        where = _first(broken)
        raise CheckFailed(
            _say(
                f"{what} should be whole numbers but {_at(what, where)} is {_show(array[where])}.",
                hint,
            )
        )
    return array.astype(np.int64)


def expect_shape(value, shape, what, hint=""):
    """Read a value as an array of numbers and refuse any other shape; None in it stands for any length."""
    return expect_array(value, what, shape=shape, finite=False, hint=hint)


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
    message = _say(f"{what} should be {_an(wanted)} but is {_a(value)}.", _remedy(value), hint)
    expect_true(isinstance(value, types), message)
    return value


def expect_close(actual, expected, what, rtol=1e-6, atol=0.0, misconceptions=None, hint=""):
    """Fail unless two arrays agree within |actual − expected| ≤ atol + rtol·|expected|; NaN equals NaN.

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
        f"{_at(what, where)} should be {_show(expected[where], actual[where])} but is"
        f" {_show(actual[where], expected[where])}{_how_many(wrong)}."
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
    shown = _show_bounds(low[where], high[where], actual[where])
    message = (
        f"{_at(what, where)} should lie between {shown[0]} and {shown[1]} but is"
        f" {shown[2]}{_how_many(wrong)}."
    )
    # A value a mistake would have given is a whole interval away from the truth: match it to 1 %.
    raise CheckFailed(_say(message, _diagnose(actual, misconceptions, 0.01, 0.0), hint))


def expect_increasing(values, what, slack=0.0, hint=""):
    """Fail unless no value is smaller than the one before it, apart from `slack`."""
    values = _not_empty(expect_array(values, what, shape=(None,), hint=hint), what, hint)
    falls = np.flatnonzero(np.diff(values) < -slack)
    if falls.size:
        i = int(falls[0])
        message = (
            f"{what} should never fall, but falls from {_show(values[i])} at index {i} to"
            f" {_show(values[i + 1], values[i])} at index {i + 1}."
        )
        raise CheckFailed(_say(message, hint))


def expect_mean(samples, mean, sd, what, misconceptions=None, hint=""):
    """Fail when the mean of independent samples is too far from `mean` to be chance.

    The samples' standard deviation under the hypothesis is `sd`; samples run along axis 0. The rate of
    false alarms over all columns together is at most `FALSE_ALARM` for normal samples; for others it
    approaches that as their number grows (central limit theorem).
    """
    mean = np.asarray(mean, float)
    shape = (None, *mean.shape) if mean.ndim else None
    samples = _not_empty(expect_array(samples, what, shape=shape, hint=hint), what, hint)
    samples = samples.reshape(-1, 1) if samples.ndim == 0 else samples
    average = samples.mean(axis=0)
    z = stats.norm.isf(FALSE_ALARM / 2 / average.size)
    margin = z * np.asarray(sd, float) / np.sqrt(len(samples))
    name, hint = f"the mean of {what}", _say(NO_CHANCE, hint)
    expect_within(average, mean - margin, mean + margin, name, misconceptions, hint)


def expect_frequencies(counts, probabilities, what, hint=""):
    """Fail when counts of independent draws are too far from their probabilities to be chance.

    Each count is compared with its exact binomial distribution at a false-alarm rate of `FALSE_ALARM`
    shared over all of them.
    """
    probabilities = np.asarray(probabilities, float)
    counts = expect_array(counts, what, shape=probabilities.shape, integer=True, hint=hint)
    expect_within(counts, 0, np.inf, what, hint=hint)
    n = counts.sum()
    expect_true(n > 0, _say(f"{what} are all 0: there is nothing to count.", hint))
    tail = FALSE_ALARM / 2 / counts.size
    low, high = stats.binom.ppf(tail, n, probabilities), stats.binom.isf(tail, n, probabilities)
    expect_within(counts, low, high, what, hint=_say(NO_CHANCE, hint))


def expect_distribution(samples, cdf, what, hint=""):
    """Fail when independent samples of a continuous distribution do not follow `cdf`.

    Kolmogorov–Smirnov test at a false-alarm rate of `FALSE_ALARM`.
    """
    samples = _not_empty(expect_array(samples, what, shape=(None,), hint=hint), what, hint)
    test = stats.kstest(samples, cdf)
    at = test.statistic_location
    # The largest gap opens just after a sample if there are too many below it, just before it if too few.
    below = np.mean(samples <= at) if test.statistic_sign > 0 else np.mean(samples < at)
    message = (
        f"{what} do not follow the distribution they should: {below:.1%} of them are below {_show(at)},"
        f" where {float(cdf(at)):.1%} were expected."
    )
    expect_true(test.pvalue >= FALSE_ALARM, _say(message, NO_CHANCE, hint))


def expect_reproducible(answer, *args, **kwargs):
    """Fail unless calling the answer twice with the same arguments gives the same result, which is returned."""
    first, second = answer(*args, **kwargs), answer(*args, **kwargs)
    difference = _difference(first, second, "the result")
    expect_true(
        not difference,
        f"Two calls of {answer.name} with the same arguments, random_seed among them, should give the"
        f" same result, but {difference}. Make one generator, np.random.default_rng(random_seed), inside"
        " the function and draw everything from it.",
    )
    return first


def same(first, second):
    """Whether two results hold the same numbers, whatever they are packed in."""
    return not _difference(first, second, "the result")


def _difference(first, second, what):
    """Where two results differ and how; empty if they hold the same."""
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        if len(first) != len(second):
            return f"{what} has {len(first)} elements the first time and {len(second)} the second"
        pairs = zip(first, second, strict=True)
        return next(
            filter(None, (_difference(*p, f"{what}[{i}]") for i, p in enumerate(pairs))), ""
        )
    if isinstance(first, dict) and isinstance(second, dict):
        if first.keys() != second.keys():
            return f"{what} has other keys"
        return next(
            filter(None, (_difference(first[k], second[k], f"{what}[{k!r}]") for k in first)), ""
        )
    if isinstance(first, Handle) and isinstance(second, Handle):
        same_kind = first.type_name == second.type_name  # what is inside cannot be seen from here
        return (
            "" if same_kind else f"{what} is {_a(first)} the first time and {_a(second)} the second"
        )
    return _array_difference(np.asarray(first), np.asarray(second), what)


def _array_difference(first, second, what):
    if first.shape != second.shape:
        return f"{what} has shape {first.shape} the first time and {second.shape} the second"
    differ = np.asarray(first != second)
    if first.dtype.kind in "fc" and second.dtype.kind in "fc":
        differ &= ~(np.isnan(first) & np.isnan(second))
    if not differ.any():
        return ""
    where = _first(differ)
    if first.dtype.kind in "biuf" and second.dtype.kind in "biuf":
        shown = _show(first[where]), _show(second[where], first[where])
        return f"{_at(what, where)} is {shown[0]} the first time and {shown[1]} the second"
    return f"{_at(what, where)} differs"


def _as_array(value, what, hint):
    problem, where = None, ()
    if value is None or isinstance(value, (str, dict, set, Handle)):
        problem = _a(value)
    else:
        try:
            array = _unpack(value)
        except ValueError:
            problem = f"a ragged list: {_ragged(value, what)}"
        else:
            where, problem = _not_a_number(array)
    if problem:
        say = "numbers but is" if not where else f"numbers but {_at(what, where)} is"
        raise CheckFailed(_say(f"{what} should be {say} {problem}.", _remedy(value), hint))
    return (array.real if array.dtype.kind == "c" else array).astype(float)


def _unpack(value):
    array = np.asarray(value)
    if array.dtype.kind in "biufc":
        return array
    # Numbers in an array of objects, as pandas makes them from mixed columns, are as good as others.
    elements = np.asarray(np.asarray(value, object).tolist(), object)
    array = np.asarray(elements.tolist())
    return array if array.dtype.kind in "biufc" else elements


def _not_a_number(array):
    """Index and description of the first element that is no real number, or (), None."""
    if array.dtype.kind in "biuf":
        return (), None
    if array.dtype.kind == "c":
        wrong = iter(np.argwhere(array.imag != 0))
    else:
        wrong = (w for w in np.ndindex(array.shape) if not _is_real(array[w]))
    where = next(wrong, None)
    if where is None:
        return (), None
    where = tuple(map(int, where))
    return where, _a(array[where])


def _is_real(element):
    return isinstance(element, (Real, np.bool_)) and not _is_too_large(element)


def _is_too_large(element):
    return isinstance(element, int) and abs(element) > MAX_WHOLE


def _ragged(value, what):
    """Which part of a nested list has another shape than the first one."""
    shapes = []
    for i, part in enumerate(value):
        try:
            shapes.append(np.shape(part))
        except ValueError:
            return _ragged(part, f"{what}[{i}]")
        if shapes[i] != shapes[0]:
            return f"{what}[0] has shape {shapes[0]} and {what}[{i}] has {shapes[i]}"
    return "its parts differ in length"


def _not_empty(array, what, hint):
    expect_true(array.size > 0, _say(f"{what} should hold numbers but is empty.", hint))
    return array


def _expect_finite(array, what, hint):
    bad = ~np.isfinite(array)
    if bad.any():
        where = _first(bad)
        message = f"{what} should be finite but {_at(what, where)} is {_show(array[where])}{_how_many(bad)}."
        raise CheckFailed(_say(message, hint or NOT_FINITE))


def _fits(actual, expected):
    return len(actual) == len(expected) and all(
        e is None or a == e for a, e in zip(actual, expected, strict=True)
    )


def _close(actual, expected, rtol, atol):
    return np.isclose(actual, expected, rtol=rtol, atol=atol, equal_nan=True)


def _diagnose(actual, misconceptions, rtol, atol):
    for sentence, value in (misconceptions or {}).items():
        value = np.asarray(value, float)
        if value.shape == actual.shape and _close(actual, value, rtol, atol).all():
            return f"It looks as if {sentence}."
    return ""


def _first(mask):
    return tuple(int(i) for i in np.argwhere(mask)[0])


def _at(what, where):
    if not where:
        return what
    index = ", ".join(map(str, where))
    return f"{what} at index {index}" if " " in what else f"{what}[{index}]"


def _how_many(wrong):
    n = int(wrong.sum())
    return f" ({n} of {wrong.size} are wrong)" if n > 1 else ""


def _show(number, other=None):
    """A number with six digits, or with as many as tell it from another one."""
    number = float(number)
    for digits in (6, 9, 12, 17):
        text = f"{number:.{digits}g}"
        if other is None or text != f"{float(other):.{digits}g}":
            break
    return text


def _show_bounds(low, high, number):
    """Bounds and a number outside them with three digits, or with as many as still show it outside."""
    for digits in (3, 6, 9, 12, 17):
        texts = [_show_whole(value, digits) for value in (low, high, number)]
        low_shown, high_shown, shown = map(float, texts)
        if not low_shown <= shown <= high_shown:
            break
    return texts


def _show_whole(number, digits):
    """A number with so many digits, but none lost before the decimal point."""
    number = float(number)
    before = len(str(int(abs(number)))) if abs(number) < 1e9 else 0
    return f"{number:.{max(digits, before)}g}"


def _show_shape(shape):
    sizes = ["any" if n is None else str(n) for n in shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _a(value):
    """What kind of thing a value is, in words."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray):
        value = value[()]
    if value is None:
        return "None"
    if isinstance(value, (str, bytes)):
        return "a text"
    if isinstance(value, (bool, np.bool_)):
        return str(value)
    if isinstance(value, (complex, np.complexfloating)):
        return f"the complex number {value:.4g}"
    if isinstance(value, Real):
        return "a number too large to compute with" if _is_too_large(value) else "a single number"
    return _an(value.type_name if isinstance(value, Handle) else type(value).__name__)


def _an(name):
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _remedy(value):
    """What to look at when a value is of no use at all."""
    if value is None:
        return "Is there a `return` at the end of your function?"
    if isinstance(value, Handle):
        return "Return the numbers themselves, for example as an array."
    return ""


def _say(*parts):
    return " ".join(part for part in parts if part)
