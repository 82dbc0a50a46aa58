"""The data format: what goes in comes out, what is malformed or too large is refused, nothing is executed."""

import contextlib
import json
import math
import pickle
import random
import reprlib
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from helpers.checks import transport
from helpers.checks.transport import (
    MAX_BITS,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_KEYS,
    MAX_NODES,
    MAX_TEXT,
    Fixture,
    Reference,
    TransportError,
    decode,
    encode,
)

DTYPES = [
    "?",
    "i1",
    "u2",
    "i4",
    "<i8",
    ">i8",
    "u8",
    "f2",
    "f4",
    "f8",
    ">f8",
    "c8",
    "c16",
    "S3",
    "U5",
    "M8[s]",
    "m8[D]",
]


def send(value, **options):
    """Through JSON, as between processes."""
    tree, buffers = encode(value, **options)
    return decode(json.loads(json.dumps(tree)), [bytes(b) for b in buffers])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)], ids=str)
@pytest.mark.parametrize("order", ["C", "F", "strided"])
def test_arrays_come_back(dtype, shape, order):
    values = (
        np.random.default_rng(0).integers(0, 2, shape).astype("m8[D]" if dtype == "m8[D]" else int)
    )
    array = values.astype(dtype)
    if order == "strided" and shape:
        array = np.repeat(array, 2, axis=0)[::-2]
    elif order == "F":
        array = np.asfortranarray(array)
    back = send(array)
    assert back.dtype == array.dtype and back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable and back.flags.owndata


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, 0, -5, 2**62, 2**63, -(2**100), 1.5, math.inf, -math.inf, 0.1 + 0.2, 1e-320,
        3 + 4j, "", "text ü 中", [], [1, [2, [3]]], (), (1, "a", None), {}, {"a": [1], 2: (3,)},
        {(1, 2): 3}, {1, 2}, frozenset(), [{"a": (1, {2: [3]})}], complex(1, math.inf), range(3),
    ],
    ids=repr,
)  # fmt: skip
def test_plain_values_come_back(value):
    back = send(value)
    expected = list(value) if isinstance(value, range) else value
    assert back == expected
    assert type(back) is (set if isinstance(value, frozenset) else type(expected))


def test_nan_and_the_sign_of_zero_come_back():
    assert math.isnan(send(float("nan"))) and math.isnan(send(np.float64("nan")))
    assert math.copysign(1, send(-0.0)) == -1


@pytest.mark.parametrize(
    "scalar", [np.float32(1.5), np.int8(-1), np.bool_(True), np.str_("a"), np.complex64(1j)]
)
def test_numpy_scalars_keep_their_type(scalar):
    back = send(scalar)
    assert back == scalar and type(back) is type(scalar)


def test_object_arrays_and_subclasses_become_plain():
    class Special(np.ndarray):
        pass

    assert send(np.array([1, None, "a"], dtype=object)) == [1, None, "a"]
    assert type(send(np.zeros(2).view(Special))) is np.ndarray
    assert type(send(np.ma.masked_array([1, 2], [True, False]))) is np.ndarray


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1, 2], "b": [0.5, None]}),
        pd.DataFrame({"a": [1, 2]}, index=["x", "y"]),
        pd.DataFrame({"a": ["p", None], 3: [1.0, 2.0]}),
        pd.DataFrame(np.eye(3), columns=["a", "a", "b"]),
        pd.DataFrame({"a": []}),
    ],
)
def test_data_frames_come_back(frame):
    pd.testing.assert_frame_equal(
        send(frame), frame, check_column_type=False, check_index_type=False, check_dtype=False
    )


def test_series_come_back():
    series = pd.Series([1.0, 2.0], index=["a", "b"])
    pd.testing.assert_series_equal(send(series), series, check_index_type=False)


def test_tensors_come_back():
    torch = pytest.importorskip("torch")
    tensor = torch.arange(6.0, requires_grad=True).reshape(2, 3)
    back = send(tensor)
    assert torch.equal(back, tensor.detach()) and not back.requires_grad


def test_a_copy_shares_no_memory():
    array = np.zeros(3)
    back = decode(*encode([array]))
    back[0][:] = 1
    assert not array.any()


def test_what_cannot_travel_stays_behind_a_number():
    kept = []

    def keep(value):
        kept.append(value)
        return len(kept) - 1

    assert send([object(), len], keep=keep) == [
        Reference(0, "object"),
        Reference(1, "builtin_function_or_method"),
    ]
    assert kept[1] is len
    with pytest.raises(TransportError, match="a function cannot be sent"):
        encode(send)


def test_fixtures_travel_by_name():
    back = send(Fixture("linear_neuron", {"filter": np.eye(2)}))
    assert back.name == "linear_neuron" and np.array_equal(back.arrays["filter"], np.eye(2))


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


circle = []
circle.append(circle)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (nested(MAX_DEPTH + 1), "levels deep"),
        (nested(100_000), "levels deep"),
        (circle, "levels deep"),
        ([0] * MAX_NODES, "separate items"),
        ([[[0] * 1000] * 1000] * 1000, "separate items"),
        (np.broadcast_to(0.0, (MAX_BYTES // 8 + 1,)), "larger than 256 MiB"),
        ([np.zeros(2**24)] * 3, "larger than 256 MiB"),
        ("x" * (MAX_TEXT + 1), "characters"),
        (np.array(["x" * (MAX_TEXT + 1)]), "characters"),
        (1 << MAX_BITS, "bits"),
        (10**100_000, "bits"),
        (dict.fromkeys(range(MAX_KEYS + 1)), "keys"),
        (set(range(MAX_KEYS + 1)), "keys"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else type(value).__name__,
)  # fmt: skip
def test_what_is_too_large_is_refused_with_the_reason(value, reason):
    with pytest.raises(TransportError, match=reason):
        encode(value)


@pytest.mark.parametrize(
    ("tree", "buffers"),
    [
        (["list", [["list", []]] * MAX_NODES], []),
        (["set", [["int", hex(i * (2**61 - 1))] for i in range(50_000)]], []),
        (["dict", [[i, i] for i in range(50_000)]], []),
        (["int", "f" * 10_000_000], []),
        ("x" * 10_000_000, []),
        (["list", [["array", "U10000000", [1], 0], "x"]], [bytes(40_000_000)]),
        (["array", "<f8", [0, 2**60], 0], [b""]),
        (["frame", ["list", [0, 1]], [1.0, 2.0], ["array", "|u1", [2**22], 0]], [bytes(2**22)]),
        (["series", 1.0, ["array", "|u1", [2**22], 0]], [bytes(2**22)]),
        (["array", "O", [1], 0], [bytes(8)]),
        (["array", "V8", [1], 0], [bytes(8)]),
        (["array", "f8,O", [1], 0], [bytes(16)]),
        (["array", "<f8", [2], 0], [bytes(8)]),
        (["array", "<f8", [1], 1], [bytes(8)]),
        (["array", "<f8", [1], -1], [bytes(8)]),
        (["array", "<f8", [1], True], [bytes(8)]),
        (["array", "<f8", [1], 0.0], [bytes(8)]),
        (["__init__", []], []),
        (["node", 1], []),
        (["resolve", 1], []),
        (["budget"], []),
        (["float", "1e5"], []),
        (["float", ["list", []]], []),
        (["set", [["list", []]]], []),
        (["dict", [[["dict", []], 1]]], []),
        (["dict", [1]], []),
        (["scalar", 5], []),
        (["handle", "x", "y"], []),
        (["tensor", ["list", "abc"]], []),
        ([], []),
        ([[]], []),
        ({"list": []}, []),
        (["list"], []),
        (["list", 5], []),
        (["list", [], []], []),
    ],
    ids=lambda value: reprlib.repr(value),
)  # fmt: skip
def test_a_forged_tree_is_refused_in_little_memory(tree, buffers):
    tracemalloc.start()
    try:
        with pytest.raises(TransportError):
            decode(tree, buffers)
        assert tracemalloc.get_traced_memory()[1] < 60 * 2**20
    finally:
        tracemalloc.stop()


def test_a_buffer_counts_as_often_as_it_is_used():
    tree = ["list", [["array", "|u1", [2**20], 0]] * 1000]
    tracemalloc.start()
    try:
        with pytest.raises(TransportError, match="larger than 256 MiB"):
            decode(tree, [bytes(2**20)])
        assert tracemalloc.get_traced_memory()[1] < MAX_BYTES + 2**22
    finally:
        tracemalloc.stop()


def test_decoding_executes_nothing(tmp_path):
    trap = tmp_path / "trap"

    class Trap:
        def __reduce__(self):
            return open, (str(trap), "w")

    code = pickle.dumps(Trap())
    for tree in (
        ["array", "O", [1], 0],
        ["object", 0],
        ["pickle", 0],
        ["fixture", "linear_neuron", 5],
    ):
        with contextlib.suppress(TransportError):
            decode(tree, [code])
    assert not trap.exists()
    pickle.loads(code).close()
    assert trap.exists()  # the trap works


def test_half_characters_are_replaced():
    assert send("a\ud800") == "a?"
    assert decode("a\ud800") == "a?"


def mutate(rng, tree):
    """One random change somewhere in a tree."""
    junk = [
        None,
        -1,
        2**70,
        1e308,
        float("nan"),
        "x",
        "\ud800",
        [],
        {},
        ["list", []],
        ["int", "-"],
        *transport._TAGS,
    ]
    if not isinstance(tree, list) or not tree or rng.random() < 0.15:
        return rng.choice(junk)
    tree = list(tree)
    i = rng.randrange(len(tree))
    action = rng.random()
    if action < 0.6:
        tree[i] = mutate(rng, tree[i])
    elif action < 0.75:
        del tree[i]
    else:
        tree.insert(i, rng.choice([*junk, *tree]))
    return tree


def test_mutated_trees_are_refused_or_give_plain_data():
    rng = random.Random(20261120)
    value = [
        1.5, 2**80, "text", (1, {"a": np.arange(6.0).reshape(2, 3)}), {3, 4}, 1 + 2j, math.inf, np.float32(2),
        pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), pd.Series([1.0]), np.array(["a", "bc"]),
        Fixture("f", {"a": np.eye(2)}), Reference(1, "thing"), None, True,
    ]  # fmt: skip
    tree, buffers = encode(value)
    refused = 0
    tracemalloc.start()
    for _ in range(3000):
        forged = tree
        for _ in range(rng.randint(1, 4)):
            forged = mutate(rng, forged)
        try:
            decode(forged, buffers)
        except TransportError:
            refused += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 500 < refused < 3000
    assert peak < 50 * 2**20
