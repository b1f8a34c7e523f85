"""What a row draws its arguments with: dtypes, shapes, arrays, scalars, axes and options, from one seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np

Shape = tuple[int, ...]


class Spec(NamedTuple):
    """An abstract array of this type."""

    shape: Shape
    dtype: Any
    weak: bool = False


class Call(NamedTuple):
    """``function(module, *args, **kwargs)``, where each `Spec` among the arguments becomes an array."""

    function: Callable[..., Any]
    text: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    wide: bool = False  # with 64-bit types
    runs: bool = False  # it asks an implementation: it is of a transform

    def __str__(self) -> str:
        given = [repr(a) for a in self.args] + [f"{k}={v!r}" for k, v in self.kwargs.items()]
        return f"{self.text}({', '.join(given)}){' with 64 bits' if self.wide else ''}"


def _dtypes(names: str) -> list[Any]:
    return [np.dtype(ml_dtypes.bfloat16) if n == "bfloat16" else np.dtype(n) for n in names.split()]


BOOL = _dtypes("bool")
INTS = _dtypes("int8 int16 int32 uint8 uint16 uint32")
FLOATS = _dtypes("float16 bfloat16 float32 float32")
COMPLEX = _dtypes("complex64")
KINDS: dict[str, list[Any]] = {
    "any": BOOL + INTS + FLOATS + COMPLEX,
    "real": BOOL + INTS + FLOATS,
    "number": INTS + FLOATS + COMPLEX,
    "float": FLOATS,
    "inexact": FLOATS + COMPLEX,
    "int": INTS,
    "bits": BOOL + INTS,
    "bool": BOOL,
    "complex": COMPLEX,
    "index": _dtypes("int32 int32 int8 uint8 uint32"),
    # What LAPACK's functions have.
    "matrix": _dtypes("float32 float32 float32 complex64"),
}
WIDE: dict[str, list[Any]] = {
    "any": _dtypes("int64 uint64 float64 float64 complex128"),
    "real": _dtypes("int64 uint64 float64 float64"),
    "number": _dtypes("int64 uint64 float64 float64 complex128"),
    "float": _dtypes("float64 float64"),
    "inexact": _dtypes("float64 float64 complex128"),
    "int": _dtypes("int64 uint64"),
    "bits": _dtypes("int64 uint64"),
    "complex": _dtypes("complex128"),
    "index": _dtypes("int64 uint64"),
    "matrix": _dtypes("float64 float64 complex128"),
}
# What a caller may write for a dtype; Python's own are weak elsewhere, and not here.
DTYPES: list[Any] = [
    *("bool", "int8", "int16", "int32", "uint8", "uint32", "float16", "bfloat16", "float32", "float32"),
    *("complex64", bool, int, float, complex, np.int16, np.float32, np.dtype("float16")),
]
WIDE_DTYPES: list[Any] = ["int64", "uint64", "float64", "complex128", np.float64]


class Draw:
    """Arguments from a seed; ``wide`` draws 64-bit dtypes too."""

    def __init__(self, seed: str, wide: bool = False) -> None:
        self.random = Random(seed)
        self.wide = wide

    # -- choices ----------------------------------------------------------------------------------------------
    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def mostly(self, valid: Any, *others: Any, share: float = 0.85) -> Any:
        """The valid one, or seldom another."""
        return valid if self.chance(share) else self.random.choice(others)

    def size(self, low: int = 0, high: int = 4) -> int:
        """A dimension; seldom 0."""
        found = self.random.randint(max(low, 1), high) if high else 0
        return low if self.chance(0.1) else found

    def options(self, **choices: Sequence[Any]) -> dict[str, Any]:
        """Some of these keywords, each with one of its values."""
        return {
            name: self.random.choice(list(values)) for name, values in choices.items() if self.chance(0.5)
        }

    # -- types ------------------------------------------------------------------------------------------------
    def dtype(self, kind: str = "any") -> Any:
        """A dtype of the kind; seldom of any."""
        if kind != "any" and self.chance(0.12):
            kind = "any"
        return self.random.choice(KINDS[kind] + (WIDE.get(kind) or [] if self.wide else []))

    def named(self) -> Any:
        """What a caller writes for a dtype."""
        return self.random.choice(DTYPES + (WIDE_DTYPES if self.wide else []))

    def defaults(self) -> list[Any]:
        """The dtypes of Python's scalars, which alone are weak."""
        return _dtypes("int64 float64 complex128" if self.wide else "int32 float32 complex64")

    # -- shapes -----------------------------------------------------------------------------------------------
    def shape(self, low: int = 0, high: int = 3) -> Shape:
        return tuple(self.size() for _ in range(self.random.randint(low, high)))

    def partner(self, shape: Shape) -> Shape:
        """A shape that broadcasts with this one; seldom any."""
        if self.chance(0.1):
            return self.shape()
        lower = shape[self.random.randint(0, len(shape)) :] if self.chance(0.5) else shape
        return tuple(1 if self.chance(0.2) else n for n in lower)

    def axis(self, ndim: int) -> int:
        """An axis, from the front or the back; seldom one that there is not."""
        if not ndim or self.chance(0.08):
            return self.random.randint(-ndim - 2, ndim + 1)
        return self.random.randint(-ndim, ndim - 1)

    def axes(self, ndim: int) -> Any:
        """None, an axis, or a tuple of axes; seldom one twice."""
        kind = self.random.randint(0, 5)
        if kind < 2:
            return None
        if kind < 4:
            return self.axis(ndim)
        count = self.random.randint(0, ndim)
        if self.chance(0.1):
            return tuple(self.axis(ndim) for _ in range(count))
        return tuple(i - self.one(0, ndim) for i in self.random.sample(range(ndim), count))

    # -- operands ---------------------------------------------------------------------------------------------
    def array(self, kind: str = "any", shape: Shape | None = None) -> Spec:
        dtype = self.dtype(kind)
        shape = self.shape() if shape is None else shape
        return Spec(shape, dtype, dtype in self.defaults() and self.chance(0.35))

    def scalar(self, kind: str = "any") -> Any:
        """A scalar of Python's (weak) or NumPy's (strong)."""
        dtype = self.dtype(kind)
        if self.chance(0.25):
            return dtype.type(1)
        return {"b": True, "i": 2, "u": 1, "c": 1 + 2j}.get(dtype.kind, 1.5)

    def operand(self, kind: str = "any", shape: Shape | None = None) -> Any:
        """An array, a scalar in the place of an array without axes, or seldom a NumPy array."""
        shape = self.shape() if shape is None else shape
        if shape == () and self.chance(0.4):
            return self.scalar(kind)
        if self.chance(0.06):
            return self.known(kind, shape)
        return self.array(kind, shape)

    def known(self, kind: str = "any", shape: Shape | None = None) -> Any:
        """A NumPy array of ones."""
        return np.ones(self.shape() if shape is None else shape, self.dtype(kind))

    def pair(self, kind: str = "any") -> list[Any]:
        """Two operands whose shapes mostly broadcast; often of one dtype."""
        shape = self.shape()
        other = () if self.chance(0.2) else self.partner(shape)
        x, y = self.operand(kind, shape), self.operand(kind, other)
        if isinstance(x, Spec) and isinstance(y, Spec) and self.chance(0.3):
            y = Spec(y.shape, x.dtype, x.weak and y.weak)
        return [x, y] if self.chance(0.5) else [y, x]

    # -- calls ------------------------------------------------------------------------------------------------
    def call(self, text: str, *args: Any, **kwargs: Any) -> Call:
        """A call of the module's function of this (dotted) name."""
        return self.of(by_name(text), text, *args, **kwargs)

    def of(self, function: Callable[..., Any], text: str, *args: Any, **kwargs: Any) -> Call:
        """A call of ``function(module, *args, **kwargs)``."""
        return Call(function, text, args, kwargs, self.wide)


def by_name(name: str) -> Callable[..., Any]:
    """The function that calls the module's function of this dotted name."""

    def function(module: Any, *args: Any, **kwargs: Any) -> Any:
        for part in name.split("."):
            module = getattr(module, part)
        return module(*args, **kwargs)

    return function


Row = Callable[[Draw], Call]
Rows = dict[str, Row]


def each(names: str | Iterable[str], make: Callable[[str], Row]) -> Rows:
    """A row for each name."""
    return {n: make(n) for n in (names.split() if isinstance(names, str) else names)}


def unary(name: str, kind: str = "any") -> Row:
    return lambda d: d.call(name, d.operand(kind))


def binary(name: str, kind: str = "any") -> Row:
    return lambda d: d.call(name, *d.pair(kind))


def rank(x: Any) -> int:
    return len(x.shape) if isinstance(x, Spec) else np.ndim(x)
