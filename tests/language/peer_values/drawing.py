"""What calls are drawn from: dtypes, shapes with empty axes among them, and values with every special one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np
from hypothesis import strategies as st

from verax.language.dtypes import finfo

BOOL = [np.dtype("bool")]
INTS = [np.dtype(f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)]
FLOATS = [np.dtype(ml_dtypes.bfloat16), *(np.dtype(f"float{bits}") for bits in (16, 32, 64))]
COMPLEX = [np.dtype("complex64"), np.dtype("complex128")]
WIDE = {np.dtype(t) for t in ("int64", "uint64", "float64", "complex128")}
KINDS: dict[str, list[Any]] = {
    "any": BOOL + INTS + FLOATS,
    "number": INTS + FLOATS,
    "float": FLOATS,
    "float32": [np.dtype("float32")],
    "single": [np.dtype("float32"), np.dtype("float64")],  # what JAX takes of floats at some places
    "int": INTS,
    "bits": BOOL + INTS,
    "bool": BOOL,
    "index": [np.dtype("int32")],
    "complex": COMPLEX,
    "wide": [np.dtype("float32"), np.dtype("float64"), *COMPLEX],
    "inexact": FLOATS + COMPLEX,
    "numeric": INTS + FLOATS + COMPLEX,
    "all": BOOL + INTS + FLOATS + COMPLEX,
}
# Operands of these kinds are of one dtype, or of several that are promoted.
PROMOTED = {"any", "number", "float", "single", "int", "bits", "inexact", "numeric", "all", "complex", "wide"}

Shape = tuple[int, ...]


class Drawn(NamedTuple):
    """``call(module, *arrays)``, with 64 bits or without."""

    call: Callable[..., Any]
    kinds: tuple[str, ...]
    arrays: tuple[Any, ...]
    x64: bool
    text: str

    def __repr__(self) -> str:
        operands = ", ".join(f"{x.tolist()} of {x.dtype}{list(x.shape)}" for x in self.arrays)
        return f"{self.text}({operands}){', x64' if self.x64 else ''}"


# -- values ----------------------------------------------------------------------------------------------------
def _special_floats(dtype: Any) -> list[float]:
    info = finfo(dtype)
    least, tiny, most = float(info.smallest_subnormal), float(info.tiny), float(info.max)
    above = 1 + 2.0**-info.nmant
    ends = [least, 3 * least, tiny, tiny - least, most, most / 2, most * 0.7, above, 88.7, 1e-3]
    ones = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 0.0, np.inf, np.inf]
    # The first are drawn more often.
    return [np.nan, np.inf, 0.0, -0.0, -np.inf, np.nan] + [sign * x for x in ends + ones for sign in (1, -1)]


def special_ints(dtype: Any) -> list[int]:
    """Both ends of an integer dtype, and small numbers."""
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    found = [0, 1, 2, 3, 7, low, low + 1, high, high - 1, high // 2]
    return found if dtype.kind == "u" else [*found, -1, -2, -3]


# A double's full mantissa, up to 32; narrower dtypes round it. Small integers, which come often, are spread out.
ORDINARY = st.integers(0, 2**53).map(
    lambda n: (n * 0x9E3779B97F4A7C15 % 2**53 - 2**52) * 2.0**-47 if n else 1.0
)
SMALL = st.integers(-7, 7)
FEW = st.sampled_from([0.0, -0.0, 1.0, 1.0, 2.0, -1.0])
REGIMES = ("ordinary", "ordinary", "special", "few", "special", "special")


def elements(dtype: Any, regime: str) -> st.SearchStrategy[Any]:
    """Elements of a real dtype: of full mantissa, few that repeat, or special ones among others."""
    if dtype.kind == "b":
        return st.booleans()
    if dtype.kind in "iu":
        low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
        if regime == "ordinary":
            return SMALL if dtype.kind == "i" else st.integers(0, 7)
        return (
            st.integers(0, 2)
            if regime == "few"
            else st.sampled_from(special_ints(dtype)) | st.integers(low, high)
        )
    if regime == "special":
        return st.sampled_from(_special_floats(dtype)) | ORDINARY
    return ORDINARY if regime == "ordinary" else FEW


@st.composite
def values(draw: Any, shape: Shape, dtype: Any, regime: str) -> Any:
    """An array."""
    size = int(np.prod(shape))
    if dtype.kind == "c":
        real = draw(values(shape, np.dtype(f"float{dtype.itemsize * 4}"), regime))
        found = np.empty(shape, dtype)
        found.real, found.imag = real, draw(values(shape, real.dtype, regime))
        return found
    drawn = draw(st.lists(elements(dtype, regime), min_size=size, max_size=size))
    with np.errstate(all="ignore"):
        wide = np.array(drawn, np.float64) if dtype.kind not in "biu" else np.array(drawn, dtype)
        return wide.astype(dtype).reshape(shape)


# -- shapes ----------------------------------------------------------------------------------------------------
sizes = st.sampled_from([0, 1, 2, 3, 4])


def shapes_of(rank: st.SearchStrategy[int]) -> st.SearchStrategy[Shape]:
    return rank.flatmap(lambda n: st.tuples(*[sizes if n < 3 else st.sampled_from([0, 1, 2])] * n))


@st.composite
def renamed(draw: Any, shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """The shapes of a row, one of their sizes replaced by another wherever it stands; 1 is for broadcasting."""
    found = sorted({n for shape in shapes for n in shape} - {0, 1})
    if not found or draw(st.booleans()):
        return shapes
    old, new = draw(st.sampled_from(found)), draw(st.sampled_from([0, 1, 2, 4]))
    return tuple(tuple(new if n == old else n for n in shape) for shape in shapes)


@st.composite
def broadcastable(draw: Any, count: int) -> tuple[Shape, ...]:
    """Shapes that broadcast together: sizes dropped in front, or 1."""
    whole = draw(shapes_of(st.integers(0, 2)))
    found = []
    for _ in range(count):
        short = whole[draw(st.integers(0, len(whole))) if draw(st.integers(0, 3)) == 0 else 0 :]
        found.append(tuple(1 if draw(st.integers(0, 4)) == 0 else n for n in short))
    return tuple(found)


def shapes_for(row: Any, free: Sequence[Any]) -> st.SearchStrategy[tuple[Shape, ...]]:
    """Shapes for a row's operands: any, where its own say that any will do; else its own, one size replaced."""
    one, axes, pair = free
    if row.shapes == one:
        return shapes_of(st.integers(0, 2)).map(lambda s: (s,))
    if row.shapes == pair:
        return broadcastable(2)
    own = st.sampled_from(list(row.shapes)).flatmap(renamed)
    if row.shapes == axes:
        return own | shapes_of(st.integers(2, 3)).map(lambda s: (s,))
    return own


# -- calls -----------------------------------------------------------------------------------------------------
@st.composite
def dtypes_for(draw: Any, kinds: Sequence[str]) -> list[Any]:
    """A dtype for each operand: one for all that are promoted, now and then several."""
    shared = [k for k in kinds if k in PROMOTED]
    common = draw(st.sampled_from(KINDS[shared[0]])) if shared else None
    mixed = len(shared) > 1 and draw(st.integers(0, 4)) == 0
    found = []
    for kind in kinds:
        same = kind in PROMOTED and not mixed and common in KINDS[kind]
        found.append(common if same else draw(st.sampled_from(KINDS[kind])))
    return found


@st.composite
def calls(draw: Any, name: str, rows: Sequence[Any], free: Sequence[Any]) -> Drawn:
    """A call of one of a name's rows."""
    number = draw(st.integers(0, len(rows) - 1))
    row = rows[number]
    shapes = draw(shapes_for(row, free)) if row.kinds else ()
    dtypes = draw(dtypes_for(row.kinds))
    x64 = any(d in WIDE for d in dtypes) or draw(st.integers(0, 3)) == 0
    arrays = []
    for kind, shape, dtype in zip(row.kinds, shapes, dtypes, strict=True):
        if kind == "index":
            size = int(np.prod(shape))
            places = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
            arrays.append(np.array(places, dtype).reshape(shape))
        else:
            arrays.append(draw(values(shape, dtype, draw(st.sampled_from(REGIMES)))))
    if name.startswith("searchsorted"):
        arrays[0].sort(axis=0)  # of what is not sorted nobody says where a number belongs
    return Drawn(row.call, tuple(row.kinds), tuple(arrays), x64, f"{name}[{number}]")
