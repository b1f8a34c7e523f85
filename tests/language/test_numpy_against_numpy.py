"""Every name of `verax.numpy` has NumPy's values: per dtype, special values included, within the derived bound.

The reference runs our composition with bounds under the profile of NumPy's own functions: what NumPy answers
must lie within them. Where nothing is rounded the bound is 0 and the values are equal.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from random import Random
from typing import Any

import mpmath
import numpy as np
import pytest
from tests.language import test_numpy_against_jax as table

from verax.adapters.numpy_profile import NUMPY, NUMPY_UFUNCS
from verax.language import dispatch, trees
from verax.language import numpy as vnp
from verax.language.config import enable_x64
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace
from verax.reference import Bounded, evaluate
from verax.reference.ulps import error_in_ulps, ulp

FLOATS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.5,
    -2.5,
    3.0,
    0.1,
    -7.3,
    1e-3,
    88.7,
    1e30,
    1e-40,
    np.inf,
    -np.inf,
    np.nan,
]
INTS = [0, 1, 2, 3, 5, 7, 100, -1, -2, -3, -128]


# -- the comparator ------------------------------------------------------------------------------------------
def program_of(call: Callable[..., Any], arrays: Sequence[Any]) -> Any:
    def flat(*operands: Any) -> list[Any]:
        return [dispatch.lift(x) for x in trees.leaves(call(*operands))]

    return trace(flat, [ShapedArray(x.shape, x.dtype) for x in arrays])


def outside(program: Any, arrays: Sequence[Any], answers: Sequence[Any], platform: Any) -> list[str]:
    """Where answers lie outside of what the program allows a platform."""
    found = []
    for k, (bounded, answer) in enumerate(
        zip(evaluate(program, arrays, Bounded(platform)), answers, strict=True)
    ):
        given = np.asarray(answer)
        if given.shape != bounded.shape:
            found.append(f"result {k} has shape {given.shape}, not {bounded.shape}")
            continue
        for i, (got, scalar) in enumerate(zip(given.reshape(-1), bounded.scalars, strict=True)):
            if not allowed(got, scalar, bounded.dtype):
                found.append(f"result {k}, element {i}: {got!r} for {scalar!r}")
    return found


def allowed(got: Any, scalar: Any, dtype: Any) -> bool:
    if (
        getattr(scalar, "undecided", False)
        or getattr(scalar, "unverified", None)
        or hasattr(scalar, "candidates")
    ):
        return True
    value, bound = getattr(scalar, "value", scalar), getattr(scalar, "bound", 0.0)
    if dtype.kind in "biu":
        # NumPy sums and multiplies small integers in 64 bits: it wraps when it is converted.
        return int(np.asarray(got).astype(dtype)) == int(value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # overflow of what is rounded to a narrower dtype
        answer = float(np.asarray(got).astype(dtype))
    apart = error_in_ulps(answer, value, dtype)
    return apart == 0 or apart * float(ulp(value, dtype)) <= bound


# -- operands --------------------------------------------------------------------------------------------------
# Between infinities and zeros each formula has its own NaN, and a convolution pads with zeros.
FINITE = {*table.words("linspace logspace geomspace quantile percentile nanquantile nanpercentile interp")}
FINITE |= {
    *table.words("histogram_bin_edges convolve correlate poly polymul polydiv polyval gradient cov corrcoef")
}
NONZERO = {"floor_divide", "divmod"}  # no integer is the quotient of a division by zero
SMALL_EXPONENT = {
    "pow",
    "power",
}  # nor a power with a negative exponent; beyond 63 all but 0, 1 and -1 overflow
MODERATE = {"dot", "inner"}  # BLAS leaves open which of overflow, infinity and zero meet first


def operands(name: str, row: Any, seed: str, dtype: Any) -> Iterator[list[Any]]:
    """For each combination of shapes one draw of values, in the domain that both define."""
    random = Random(seed)
    for shapes in row.shapes if row.kinds else [()]:
        found = [values(random, kind, shape, dtype) for kind, shape in zip(row.kinds, shapes, strict=True)]
        if name in FINITE:
            found = [
                np.where(np.isfinite(x) & (np.abs(x) < 30) & (x > 0), x, 2).astype(x.dtype) for x in found
            ]
        if name in MODERATE:
            found = [np.where(np.isfinite(x) & (np.abs(x) < 100), x, 2).astype(x.dtype) for x in found]
        if name in NONZERO and dtype.kind in "biu":
            found[1] = np.where(found[1] == 0, np.array(3, dtype), found[1])
        if name in SMALL_EXPONENT and dtype.kind in "iu":
            found[1] = found[1] % np.array(64, dtype)
        if name == "at" and dtype.kind in "iu":
            found[1] = found[1] % np.array(8, dtype)
        if name == "dynamic":
            found[1] = found[1] % np.array(3, found[1].dtype)
        if name == "searchsorted":
            found[0] = np.sort(found[0])
        yield found


def values(random: Random, kind: str, shape: tuple[int, ...], dtype: Any) -> Any:
    size = int(np.prod(shape))
    if kind == "index":
        return np.array([random.randrange(3) for _ in range(size)], np.int32).reshape(shape)
    if kind == "bool" or dtype == np.bool_:
        return np.array([random.random() < 0.5 for _ in range(size)], np.bool_).reshape(shape)
    chosen = [random.choice(FLOATS if dtype.kind == "f" else INTS) for _ in range(size)]
    with np.errstate(all="ignore"):
        return np.array(chosen).astype(dtype).reshape(shape)


def fits(row: Any, dtype: Any) -> bool:
    kinds = set(row.kinds) - {"index", "bool", "any"}
    if kinds & {"int", "bits"} and dtype.kind == "f":
        return False
    return not (kinds & {"int", "number", "float"} and dtype.kind == "b")


def disagreements(name: str, rows: Sequence[Any], dtype: Any, module: Any = vnp) -> list[str]:
    found = []
    wide = dtype.itemsize == 8
    with enable_x64() if wide else nullcontext(), np.errstate(all="ignore"):
        for number, row in enumerate(rows):
            if not fits(row, dtype):
                continue
            for arrays in operands(name, row, f"{name}{number}{dtype}", dtype):
                found += compared(name, number, row, arrays, module)
    return found


def compared(name: str, number: int, row: Any, arrays: Sequence[Any], module: Any) -> list[str]:
    where = f"{name}[{number}] on {[(x.shape, str(x.dtype)) for x in arrays]}"
    try:
        program = program_of(lambda *xs: row.call(module, *xs), arrays)
    except (TypeError, ValueError, IndexError) as err:
        program = str(err)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's remarks on NaN and empty slices
            warnings.simplefilter("ignore", DeprecationWarning)  # `fix`, which JAX keeps
            answers = trees.leaves(
                row.call(ORACLE, *(x.view(Updatable) for x in in_our_dtype(program, row.kinds, arrays)))
            )
    except (TypeError, ValueError, IndexError, AttributeError) as err:
        return [] if isinstance(program, str) else [f"{where}: NumPy refuses: {err}"]
    if isinstance(program, str):
        return [f"{where}: we refuse: {program}"]
    ours = [x.machine_value() for x in program(*arrays)]
    return [f"{where}: {line}" for line in outside(program, arrays, answers, NUMPY_UFUNCS)] + [
        f"{where}: fast: {line}" for line in outside(program, arrays, ours, NUMPY)
    ]


def in_our_dtype(program: Any, kinds: Sequence[str], arrays: Sequence[Any]) -> list[Any]:
    """NumPy computes functions of small integers in float16: it is given what we compute in."""
    if isinstance(program, str) or not program.out_avals or program.out_avals[0].dtype.kind != "f":
        return list(arrays)
    dtype = program.out_avals[0].dtype
    return [
        x.astype(dtype) if kind not in ("bool", "index") and x.dtype.kind in "biu" else x
        for kind, x in zip(kinds, arrays, strict=True)
    ]


# -- NumPy, and what stands in for the names and keywords that it lacks ------------------------------------------
StandIns: Any = table.more.StandIns


class Oracle(StandIns):  # type: ignore[misc]  # loaded by path, and so untyped
    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    empty, empty_like = staticmethod(np.zeros), staticmethod(np.zeros_like)
    # The constant is rounded to the dtype before it is multiplied with, as in the program.
    degrees = rad2deg = staticmethod(lambda x: x * x.dtype.type(180 / np.pi))
    radians = deg2rad = staticmethod(lambda x: x * x.dtype.type(np.pi / 180))

    @staticmethod
    def sinc(x: Any) -> Any:
        """NumPy's loses the digits that pi x is rounded by: the definition, at 50 digits."""
        with mpmath.workdps(50):
            found = [mpmath.sincpi(v) if np.isfinite(v) else np.nan for v in x.reshape(-1).tolist()]
        return np.array(found, np.float64).astype(x.dtype).reshape(x.shape)

    @staticmethod
    def i0(x: Any) -> Any:
        """NumPy's sum is rounded more often than the result, also at 0: the definition, at 50 digits."""
        with mpmath.workdps(50):
            found = [mpmath.besseli(0, v) if np.isfinite(v) else np.nan for v in x.reshape(-1).tolist()]
        return np.array(found, object).astype(x.dtype).reshape(x.shape)

    @staticmethod
    def positive(x: Any) -> Any:
        return x

    @staticmethod
    def astype(x: Any, dtype: Any) -> Any:
        """Out of range C leaves open what happens; XLA, and we, give the nearest."""
        wanted = np.dtype(dtype)
        if x.dtype.kind == "f" and wanted.kind in "iu":
            x = np.clip(np.nan_to_num(x.astype(np.float64)), np.iinfo(wanted).min, np.iinfo(wanted).max)
        return x.astype(wanted)

    @staticmethod
    def clip(x: Any, *limits: Any) -> Any:
        return np.clip(x, *limits) if limits else x

    @staticmethod
    def sort(x: Any, axis: Any = -1, descending: bool = False) -> Any:
        ordered = np.sort(x, axis)
        return np.flip(ordered, axis) if descending else ordered

    @staticmethod
    def argsort(x: Any, axis: Any = -1, descending: bool = False) -> Any:
        if not descending:
            return np.argsort(x, axis, kind="stable")
        return x.shape[axis] - 1 - np.flip(np.argsort(np.flip(x, axis), axis, kind="stable"), axis)

    @staticmethod
    def nonzero(x: Any, size: int, fill_value: int = 0) -> Any:
        places = [np.append(i, np.full(size, fill_value))[:size] for i in np.nonzero(x)]
        return tuple(places)

    def flatnonzero(self, x: Any, size: int, fill_value: int = 0) -> Any:
        return self.nonzero(np.ravel(x), size, fill_value)[0]

    def argwhere(self, x: Any, size: int) -> Any:
        return np.stack(self.nonzero(x, size), 1)

    @staticmethod
    def bincount(x: Any, length: int) -> Any:
        return np.bincount(x, minlength=length)


class Updatable(np.ndarray):
    """A NumPy array with ``.at``: what an update gives, written with NumPy's own assignments."""

    @property
    def at(self) -> Any:
        return _At(self)


class _At:
    def __init__(self, array: Any, index: Any = None) -> None:
        self.array, self.index = array, index

    def __getitem__(self, index: Any) -> _At:
        return _At(self.array, index)

    def get(self, mode: str) -> Any:
        return np.asarray(self.array)[self.index]

    def set(self, values: Any) -> Any:
        found = np.array(self.array)
        found[self.index] = values
        return found

    def __getattr__(self, name: str) -> Any:
        ufunc = {"multiply": np.multiply, "min": np.minimum, "max": np.maximum, "add": np.add}.get(name)
        ufunc = ufunc or {"divide": np.true_divide, "power": np.power}[name]

        def update(values: Any) -> Any:
            found = np.array(self.array)
            if name == "divide" and found.dtype.kind != "f":
                found = found.astype(np.float32)
            if name == "power" and found.dtype.kind == "b":
                found = found.astype(np.int32)
            # One place after another: NumPy's own `at` counts repeated places too, but knows no slices beside them.
            ufunc.at(found, self.index, np.asarray(values).astype(found.dtype))
            return found

        return update


ORACLE = Oracle()


# -- the claim -----------------------------------------------------------------------------------------------------
DTYPES = [np.dtype(t) for t in ("float32", "int32", "uint8", "bool")]


# Held elsewhere: `sort_complex`, whose results are complex, by test_numpy_values_and_files.py, bit for bit; roots,
# which have no order, and fits, whose matrix of powers no drawn value spares, by test_numpy_fitting.py.
NAMES = sorted(set(table.ROWS) - {"sort_complex", "roots", "polyfit"})


@pytest.mark.parametrize("name", NAMES)
def test_values_are_numpy_s(name: str) -> None:
    assert [line for dtype in DTYPES for line in disagreements(name, table.ROWS[name], dtype)] == []


@pytest.mark.parametrize("name", NAMES)
def test_values_are_numpy_s_with_64_bits(name: str) -> None:
    assert disagreements(name, table.ROWS[name], np.dtype(np.float64)) == []


@pytest.mark.parametrize("name", sorted(table.INDEXING))
def test_indexing_is_numpy_s(name: str) -> None:
    assert [line for dtype in DTYPES for line in disagreements(name, table.INDEXING[name], dtype)] == []


# -- planted faults: one each, in a composition ----------------------------------------------------------------------
class Faulty:
    """`verax.numpy` with one function replaced."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:
        return getattr(vnp, name)


def _shifted_axis(name: str) -> Callable[..., Any]:
    def function(x: Any, axis: Any = None, **keywords: Any) -> Any:
        moved = axis if axis is None or isinstance(axis, tuple) else (axis + 1) % np.ndim(x)
        return getattr(vnp, name)(x, axis=moved, **keywords)

    return function


FAULTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "operands swapped": ("subtract", lambda x, y: vnp.subtract(y, x)),
    "quadrants swapped": ("arctan2", lambda x, y: vnp.arctan2(y, x)),
    "branches swapped": ("where", lambda c, x, y: vnp.where(c, y, x)),
    "limits swapped": ("clip", lambda x, low=None, high=None: vnp.clip(x, high, low)),
    "sum along the next axis": ("sum", _shifted_axis("sum")),
    "running sum along the next axis": ("cumsum", _shifted_axis("cumsum")),
    "flipped along the next axis": ("flip", _shifted_axis("flip")),
    "axes forgotten": ("max", lambda x, axis=None, **k: vnp.max(x, axis=None, **k)),
    "axis not kept": ("mean", lambda x, keepdims=False, **k: vnp.mean(x, **k)),
    "degrees of freedom forgotten": ("var", lambda x, ddof=0, correction=0, **k: vnp.var(x, **k)),
    "sum at the narrow dtype": ("sum", lambda x, **k: vnp.sum(x, **{**k, "promote_integers": False})),
    "indices of 64 bits": ("argmax", lambda x, **k: vnp.astype(vnp.argmax(x, **k), "int16")),
    "integers not made floats": ("true_divide", vnp.floor_divide),
    "weak type lost": ("multiply", lambda x, y: vnp.multiply(vnp.add(x, np.float32(0)), y)),
    "last axis of both": ("matmul", vnp.inner),
    "operands reversed": ("einsum", lambda s, *xs, **k: vnp.einsum(s, *xs[::-1], **k)),
    "other side": (
        "searchsorted",
        lambda a, v, side: vnp.searchsorted(a, v, {"left": "right", "right": "left"}[side]),
    ),
    "rounds away from zero": ("rint", lambda x: vnp.floor(vnp.add(x, 0.5))),
    "overflow on the way": ("hypot", lambda x, y: vnp.sqrt(vnp.add(vnp.square(x), vnp.square(y)))),
    "digits lost": ("logaddexp", lambda x, y: vnp.log(vnp.add(vnp.exp(x), vnp.exp(y)))),
    "sign of zero lost": ("copysign", lambda x, y: vnp.where(vnp.less(y, 0), -vnp.abs(x), vnp.abs(x))),
    "truncates": ("floor_divide", lambda x, y: vnp.trunc(vnp.true_divide(x, y))),
    "not reversed": ("convolve", vnp.correlate),
    "edges on the other side": ("digitize", lambda x, bins, right=False: vnp.digitize(x, bins, not right)),
    "the first bin forgotten": (
        "histogram",
        lambda *given, **k: (vnp.histogram(*given, **k)[0][::-1], given[1]),
    ),
    "the remainder's sign": ("gcd", lambda x, y: vnp.negative(vnp.gcd(x, y))),
    "a place of one less": ("quantile", lambda x, q, **k: vnp.quantile(x, vnp.multiply(q, 0.5), **k)),
    "mean of the wrong axis": ("cov", lambda x, y=None, rowvar=True, **k: vnp.cov(x, y, not rowvar, **k)),
    "coefficients the other way round": ("polyval", lambda p, x: vnp.polyval(p[::-1], x)),
    "values in the other order": (
        "put",
        lambda x, i, v, mode, inplace: vnp.put(x, i, v[::-1], mode, inplace=False),
    ),
    "steps forgotten": ("trapezoid", lambda y, *x, dx=1.0, axis=-1: vnp.trapezoid(y, axis=axis)),
    "the exponent of one less": ("ldexp", lambda x, k: vnp.ldexp(x, vnp.subtract(k, 1))),
    "keys in the other order": ("lexsort", lambda keys, axis=-1: vnp.lexsort(keys[::-1], axis)),
    "inverse of the sorted": ("setdiff1d", lambda x, y, **k: vnp.setdiff1d(y, x, **k)),
    "NaN counted": ("nancumsum", lambda x, axis=None: vnp.cumsum(x, axis)),
    "descending as ascending": ("argsort", lambda x, axis=-1, descending=False: vnp.argsort(x, axis)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(fault: str) -> None:
    name, function = FAULTS[fault]
    faulty = Faulty(name, function)
    rows = table.ROWS[name]
    caught = table.disagreements(name, rows, 8, faulty)
    for dtype in DTYPES:
        caught = caught or disagreements(name, rows, dtype, faulty)
    assert caught
