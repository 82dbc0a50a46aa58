"""The closed data format in which arguments and answers travel between a check and a student's code.

A value becomes a tree that JSON can hold plus a list of raw buffers for its arrays. Nothing is ever
pickled and decoding never calls code that came with the data, so a check only ever sees plain numbers,
strings, arrays, lists, tuples, dicts, DataFrames and tensors. What cannot travel stays where it is
behind a handle: a number and the name of its type.
"""

import math
import sys
from dataclasses import dataclass, field

import numpy as np

MAX_BYTES = 256 * 2**20
MAX_NODES = 200_000
MAX_DEPTH = 32
# numpy gives every text of a list the room of the longest one, so a few long ones could fill the memory.
MAX_TEXT = 2_000
MAX_BITS = 4_096  # of one integer
MAX_DIMENSIONS = 32
# Keys can be chosen so that each has to be compared with all others.
MAX_KEYS = 1_000
_ARRAY_KINDS = "biufcUSmM"
_TAGS = {
    "int", "float", "complex", "list", "tuple", "set", "dict", "array", "scalar", "frame", "series",
    "tensor", "handle", "fixture",
}  # fmt: skip


class TransportError(ValueError):
    """A value is too large, too deep or malformed, so it cannot travel."""


@dataclass(frozen=True)
class Fixture:
    """A named object of `helpers.checks.fixtures`, built beside the student's code from arrays."""

    name: str
    arrays: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """Stands for an object that stayed with the student's code: its number and its type's name."""

    number: int
    type_name: str


def encode(value, keep=None):
    """Turn a value into a tree of JSON types and a list of buffers.

    Parameters
    ----------
    value : object
        Anything; what is not plain data is passed to `keep`.
    keep : callable, optional
        Stores an object that cannot travel and returns its number. Without it such an object is an error.

    Returns
    -------
    tree, buffers : object, list of bytes

    Raises
    ------
    TransportError
        If the value is too large or too deep, or cannot travel and there is no `keep`.
    """
    encoder = _Encoder(keep)
    return encoder.node(value, 0), encoder.buffers


def decode(tree, buffers=(), resolve=None):
    """Rebuild the value that `encode` took apart.

    Parameters
    ----------
    tree : object
        JSON types, as made by `encode`; anything else is refused.
    buffers : sequence of bytes-like
    resolve : callable, optional
        Maps a `Reference` or `Fixture` to an object; without it they are returned as they are.

    Raises
    ------
    TransportError
        If the tree is not one that `encode` makes.
    """
    decoder = _Decoder(buffers, resolve or (lambda reference: reference))
    try:
        return decoder.node(tree, 0)
    except TransportError:
        raise
    except Exception as error:  # any malformed tree, whatever way it is malformed
        raise TransportError("the data that came back are malformed") from error


def _is_from(value, module, name):
    # pandas and torch are recognised by name: importing them to ask would cost every kernel their start-up.
    return any(
        c.__name__ == name and c.__module__.split(".")[0] == module for c in type(value).__mro__
    )


class _Budget:
    def __init__(self):
        self.nodes = 0
        self.bytes = 0

    def spend(self, depth, n_bytes=0):
        self.nodes += 1
        self.bytes += n_bytes
        if depth > MAX_DEPTH:
            raise TransportError(f"it is nested more than {MAX_DEPTH} levels deep")
        if self.nodes > MAX_NODES:
            raise TransportError(f"it holds more than {MAX_NODES:,} separate items; use arrays")
        if self.bytes > MAX_BYTES:
            raise TransportError(f"it is larger than {MAX_BYTES // 2**20} MiB")


def _weigh(dtype, size):
    """The bytes that an array takes when it is computed with, where texts and small numbers become wide."""
    is_wide = dtype.itemsize > 4 * MAX_TEXT
    _refuse(is_wide, f"it holds texts of more than {MAX_TEXT:,} characters")
    too_many = dtype.kind not in "biufc" and size > MAX_NODES
    _refuse(too_many, f"it holds more than {MAX_NODES:,} separate items that are no numbers")
    return size * max(dtype.itemsize, 8)


def _refuse(condition, what):
    if condition:
        raise TransportError(what)


class _Encoder:
    def __init__(self, keep):
        self.keep = keep
        self.buffers = []
        self.budget = _Budget()

    def node(self, value, depth):
        self.budget.spend(depth)
        if value is None or value is True or value is False:
            return value
        if isinstance(value, np.generic):
            return self.scalar(value, depth)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, int):
            return int(value) if abs(value) < 2**63 else self.integer(int(value))
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else ["float", repr(float(value))]
        if isinstance(value, complex):
            return ["complex", self.node(value.real, depth + 1), self.node(value.imag, depth + 1)]
        if isinstance(value, np.ndarray):
            return self.array(value, depth)
        if isinstance(value, (list, range)):
            return ["list", [self.node(item, depth + 1) for item in value]]
        if isinstance(value, tuple):
            return ["tuple", [self.node(item, depth + 1) for item in value]]
        if isinstance(value, (set, frozenset, dict)):
            _refuse(len(value) > MAX_KEYS, f"it has more than {MAX_KEYS:,} keys; use arrays")
        if isinstance(value, (set, frozenset)):
            return ["set", [self.node(item, depth + 1) for item in value]]
        if isinstance(value, dict):
            pairs = value.items()
            return ["dict", [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in pairs]]
        if isinstance(value, Fixture):
            return ["fixture", value.name, self.node(dict(value.arrays), depth + 1)]
        if isinstance(value, Reference):
            return ["handle", value.number, value.type_name]
        return self.foreign(value, depth)

    def integer(self, value):
        _refuse(value.bit_length() > MAX_BITS, f"it holds a number of more than {MAX_BITS:,} bits")
        return ["int", hex(value)]

    def text(self, value):
        _refuse(len(value) > MAX_TEXT, f"it holds a text of more than {MAX_TEXT:,} characters")
        # Lone surrogates cannot leave as UTF-8; they are shown as question marks.
        return str(value).encode("utf-8", "replace").decode("utf-8")

    def scalar(self, value, depth):
        array = np.asarray(value)
        if array.dtype.kind not in _ARRAY_KINDS:
            return self.foreign(value, depth)
        return ["scalar", self.array(array, depth)]

    def array(self, value, depth):
        value = np.asarray(value)
        if value.dtype.kind == "O":
            return self.node(value.tolist(), depth)
        if value.dtype.kind not in _ARRAY_KINDS:
            return self.foreign(value, depth)
        self.budget.spend(depth, _weigh(value.dtype, value.size))
        self.buffers.append(np.ascontiguousarray(value).tobytes())
        return ["array", value.dtype.str, list(value.shape), len(self.buffers) - 1]

    def foreign(self, value, depth):
        if _is_from(value, "pandas", "DataFrame"):
            columns = [
                self.node(value.iloc[:, i].to_numpy(), depth + 1) for i in range(value.shape[1])
            ]
            names = self.node(list(value.columns), depth + 1)
            return ["frame", names, columns, self.node(value.index.to_numpy(), depth + 1)]
        if _is_from(value, "pandas", "Series"):
            index = self.node(value.index.to_numpy(), depth + 1)
            return ["series", self.node(value.to_numpy(), depth + 1), index]
        if _is_from(value, "torch", "Tensor"):
            return ["tensor", self.node(value.detach().cpu().numpy(), depth + 1)]
        if self.keep is None:
            raise TransportError(f"a {type(value).__name__} cannot be sent")
        return ["handle", self.keep(value), str(type(value).__name__)[:80]]


class _Decoder:
    def __init__(self, buffers, resolve):
        self.buffers = buffers
        self.resolve = resolve
        self.budget = _Budget()

    def node(self, tree, depth):
        self.budget.spend(depth)
        if isinstance(tree, str):
            _refuse(len(tree) > MAX_TEXT, f"it holds a text of more than {MAX_TEXT:,} characters")
            return tree.encode("utf-8", "replace").decode("utf-8")
        if tree is None or isinstance(tree, (bool, int, float)):
            return tree
        tag, *rest = tree
        if tag not in _TAGS:
            raise TransportError("the data that came back hold something unknown")
        return getattr(self, f"_{tag}")(depth + 1, *rest)

    def _int(self, depth, text):
        _refuse(len(text) > MAX_BITS // 4 + 3, f"it holds a number of more than {MAX_BITS:,} bits")
        return int(text, 16)

    def _float(self, depth, text):
        return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[text]

    def _complex(self, depth, real, imaginary):
        return complex(self.node(real, depth), self.node(imaginary, depth))

    def _list(self, depth, items):
        return [self.node(item, depth) for item in items]

    def _tuple(self, depth, items):
        return tuple(self._list(depth, items))

    def _set(self, depth, items):
        _refuse(len(items) > MAX_KEYS, f"it has more than {MAX_KEYS:,} keys; use arrays")
        return set(self._list(depth, items))

    def _dict(self, depth, pairs):
        _refuse(len(pairs) > MAX_KEYS, f"it has more than {MAX_KEYS:,} keys; use arrays")
        return {self.node(k, depth): self.node(v, depth) for k, v in pairs}

    def _array(self, depth, dtype, shape, index):
        dtype = np.dtype(str(dtype)[:50])
        if dtype.kind not in _ARRAY_KINDS or type(index) is not int or index < 0:
            raise TransportError("an array of a kind that cannot travel")
        # A product of millions of sides keeps Python busy for hours.
        _refuse(len(shape) > MAX_DIMENSIONS, f"it has more than {MAX_DIMENSIONS} dimensions")
        shape = [int(n) for n in shape]
        # An empty array with an enormous side passes for small until somebody averages over it.
        weight = _weigh(dtype, math.prod(max(n, 1) for n in shape))
        _refuse(weight > MAX_BYTES, f"it is larger than {MAX_BYTES // 2**20} MiB")
        buffer = self.buffers[index]
        self.budget.spend(depth, max(weight, len(memoryview(buffer).cast("B"))))
        return np.frombuffer(buffer, dtype=dtype).reshape(shape).copy()

    def _scalar(self, depth, array):
        return self.node(array, depth)[()]

    def _frame(self, depth, names, columns, index):
        import pandas as pd

        index, *columns = self._columns(depth, [index, *columns])
        frame = pd.DataFrame(dict(enumerate(columns)), index=index)
        return frame.set_axis(self.node(names, depth), axis=1)

    def _series(self, depth, values, index):
        import pandas as pd

        index, values = self._columns(depth, [index, values])
        return pd.Series(values, index=index)

    def _columns(self, depth, columns):
        columns = self._list(depth, columns)
        # pandas would repeat anything shorter as often as the index is long.
        good = all(isinstance(c, (list, np.ndarray)) for c in columns)
        _refuse(not good or len({len(c) for c in columns}) > 1, "its columns differ in length")
        return columns

    def _tensor(self, depth, array):
        array = self.node(array, depth)
        _refuse(not isinstance(array, np.ndarray), "a tensor is made of an array")
        # A check that passes or receives tensors has torch loaded; elsewhere the array is as good.
        return sys.modules["torch"].from_numpy(array) if "torch" in sys.modules else array

    def _handle(self, depth, number, type_name):
        return self.resolve(Reference(int(number), str(type_name)[:80]))

    def _fixture(self, depth, name, arrays):
        return self.resolve(Fixture(str(name), self.node(arrays, depth)))
