"""The programs that bounds are tried on: of five kinds, the same one for the same seed.

An elementwise program grows while it runs on its own inputs, so that its values stay of ordinary size; on the
way of a program "at the edges" they overflow, underflow and meet the poles of functions.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...language import control_flow, lax, nn
from ...language import numpy as vnp
from ...language.catalogue import PRIMITIVES
from ...language.config import enable_x64
from ...language.dispatch import bind
from ...language.dtypes import DType, finfo, float32, float64
from ...language.primitive import Domain, Primitive, reals
from ...language.program import Program
from ...language.shapes import ShapedArray
from ...language.tracing import trace
from ..primitive_cases.case import Rng, pick
from ..primitive_cases.elementwise import accepted
from .plain import ELEMENTWISE, run

Array = np.ndarray[Any, Any]
# Of a hundred programs, how many are of each kind.
SHARES = {"elementwise": 50, "edges": 10, "product": 12, "reduction": 12, "normalisation": 8, "scan": 8}
# What is judged together needs 512 elements that have a typical error: some more are drawn.
ELEMENTS = 600
MOST_EQUATIONS = 20
# Elementwise programs keep nine of ten of their values within 2^-this and 2^this, and most of them different.
_ORDINARY = 24


@dataclass(frozen=True, slots=True)
class Trial:
    """A program and what to run it on.

    Attributes:
        kind: one of `SHARES`.
        seed: what it was drawn from.
        program: to be run by NumPy and by the reference.
        operands: machine arrays.
        independent: whether these are continuous, of full mantissa and independent: then its errors are
            also judged together.
    """

    kind: str
    seed: int
    program: Program
    operands: tuple[Array, ...]
    independent: bool

    @property
    def dtype(self) -> DType:
        """Of the operands."""
        found: DType = self.operands[0].dtype
        return found

    def __str__(self) -> str:
        return f"{self.kind} {self.seed} {self.dtype}"


def drawn(seed: int, dtype: DType | None = None) -> Trial:
    """The program of a seed.

    Args:
        seed: equal seeds give equal programs.
        dtype: of its operands; None: float32 or float64.
    """
    rng = np.random.default_rng([seed, 11])
    kinds = list(SHARES)
    shares = np.array([SHARES[k] for k in kinds], float)
    kind = str(rng.choice(kinds, p=shares / shares.sum()))
    dtype = dtype or pick(rng, (float32, float64))
    with enable_x64(dtype == float64):
        function, operands, independent = _KINDS[kind](rng, dtype)
        program = trace(
            function, [ShapedArray(x.shape, x.dtype) for x in operands], f"{kind}_{seed}"
        ).pruned()
    return Trial(kind, seed, program, tuple(operands), independent)


# -- inputs ------------------------------------------------------------------------------------------------
def continuous(rng: Rng, dtype: DType, shape: tuple[int, ...]) -> Array:
    """Independent numbers of full mantissa: normal ones, or between 1/2 and 2, of one sign or of both."""
    what = int(rng.integers(3))
    # A uniform double is a multiple of 2^-53: its last bits would be zeros.
    found = rng.standard_normal(shape) if what == 0 else np.exp2(rng.uniform(-1.0, 1.0, shape))
    if what == 1:
        found *= rng.choice((-1.0, 1.0), shape)
    return np.asarray(found * 2.0 ** rng.integers(-2, 3), dtype)


def tied(rng: Rng, dtype: DType, shape: tuple[int, ...]) -> Array:
    """One number again and again, or few different ones: errors that all go one way."""
    values = np.asarray(rng.uniform(0.1, 2.0, int(rng.integers(1, 4))) * 2.0 ** rng.integers(-8, 9), dtype)
    found = np.full(shape, values[0], dtype) if rng.random() < 0.5 else rng.choice(values, shape)
    return np.asarray(found, dtype)


def anywhere(rng: Rng, dtype: DType, shape: tuple[int, ...]) -> Array:
    """Numbers of every exponent that the format has, subnormal ones and zeros among them."""
    info = finfo(dtype)
    with np.errstate(all="ignore"):
        found = rng.standard_normal(shape) * 2.0 ** rng.uniform(
            info.minexp - info.nmant, info.maxexp - 2, shape
        )
        found[rng.random(shape) < 0.05] = 0.0
        return np.asarray(found, dtype)


# -- elementwise -------------------------------------------------------------------------------------------
Drawn = tuple[Callable[..., list[Any]], list[Array], bool]


@functools.cache
def elementwise_rows(arity: int) -> tuple[Primitive, ...]:
    """The elementwise primitives of one float dtype throughout that NumPy has functions for."""
    found = []
    for name in ELEMENTWISE:
        primitive = PRIMITIVES[name]
        takes = len(primitive.domain) == arity and float32 in accepted(primitive, arity, (float32,))
        if takes and primitive.budget.f32:
            found.append(primitive)
    return tuple(found)


class _Growing:
    """A straight line of equations, and the values that NumPy gives them so far."""

    def __init__(self, rng: Rng, dtype: DType, operands: list[Array], ordinary: bool) -> None:
        self.rng, self.dtype, self.ordinary = rng, dtype, ordinary
        self.values: list[Array] = list(operands)
        self.steps: list[tuple[Callable[..., Any], tuple[int, ...]]] = []

    def any(self) -> int:
        """A value; late ones more often, so that programs grow deep."""
        return int(len(self.values) * self.rng.random() ** 0.4)

    def grow(self) -> bool:
        """Append a step if its values are such as are wanted."""
        kinds = (self._unary, self._unary, self._binary, self._binary, self._binary, self._choice)
        step, places = kinds[int(self.rng.integers(len(kinds)))]()
        avals = [ShapedArray(self.values[i].shape, self.dtype) for i in places]
        (found,) = run(trace(lambda *xs: [step(*xs)], avals), [self.values[i] for i in places])
        if self.ordinary and not _is_ordinary(found):
            return False
        self.values.append(found)
        self.steps.append((step, places))
        return True

    def _unary(self) -> tuple[Callable[..., Any], tuple[int, ...]]:
        primitive, i = pick(self.rng, elementwise_rows(1)), self.any()
        params = {"y": int(pick(self.rng, (-2, -1, 2, 3, 4)))} if primitive.name == "integer_pow" else {}
        return lambda x: bind(primitive, _into(x, primitive.domain[0]), **params)[0], (i,)

    def _binary(self) -> tuple[Callable[..., Any], tuple[int, ...]]:
        primitive, i, j = pick(self.rng, elementwise_rows(2)), self.any(), self.any()
        if self.rng.random() < 0.15:
            value = float(self.rng.normal())
            return lambda x: bind(primitive, _into(x, primitive.domain[0]), lax.full_like(x, value))[0], (i,)
        return lambda x, y: bind(primitive, _into(x, primitive.domain[0]), y)[0], (i, j)

    def _choice(self) -> tuple[Callable[..., Any], tuple[int, ...]]:
        i, j = self.any(), self.any()
        if self.rng.random() < 0.5:
            return lambda x, y: lax.select(lax.lt(x, y), y, lax.neg(x)), (i, j)
        return lambda x, y: lax.clamp(lax.full_like(x, -1.5), lax.add(x, y), lax.full_like(x, 1.5)), (i, j)

    def __call__(self, *operands: Any) -> list[Any]:
        values = list(operands)
        for step, places in self.steps:
            values.append(step(*(values[i] for i in places)))
        return [values[-1]]


def _into(x: Any, domain: Domain) -> Any:
    """A value moved into a domain, smoothly."""
    if domain == reals:
        return x
    if np.isinf(domain.high):  # low + 1/4 + x^2
        return lax.add(lax.mul(x, x), lax.full_like(x, (0.0 if np.isinf(domain.low) else domain.low) + 0.25))
    return lax.mul(lax.sin(x), lax.full_like(x, (domain.high - domain.low) * 0.45))


def _is_ordinary(x: Array) -> bool:
    """Whether values are finite, mostly of ordinary size, and mostly different."""
    size = np.abs(x[np.isfinite(x)].astype(np.float64))
    within = (size > 2.0**-_ORDINARY) & (size < 2.0**_ORDINARY)
    different = 0.95 if x.itemsize > 2 else 0.1  # narrow formats have few numbers
    return len(size) == x.size and within.mean() > 0.95 and len(np.unique(size)) > different * x.size


def _equations(function: Callable[..., list[Any]], operands: Sequence[Array]) -> int:
    """How many equations a function has, broadcasts of written constants not counted."""
    program = trace(function, [ShapedArray(x.shape, x.dtype) for x in operands])
    return sum(e.primitive.name != "broadcast_in_dim" for e in program.pruned().equations)


def _elementwise(rng: Rng, dtype: DType) -> Drawn:
    operands = [continuous(rng, dtype, (ELEMENTS,)) for _ in range(int(rng.integers(1, 4)))]
    wanted = int(rng.integers(1, MOST_EQUATIONS + 1))
    growing = _Growing(rng, dtype, operands, ordinary=True)
    for _ in range(4 * wanted):
        if growing.grow() and _equations(growing, operands) > wanted and len(growing.steps) > 1:
            growing.steps.pop()  # one step may be several equations
            break
    while not growing.steps:
        growing.grow()
    return growing, operands, True


def _edges(rng: Rng, dtype: DType) -> Drawn:
    operands = [anywhere(rng, dtype, (96,)) for _ in range(2)]
    growing = _Growing(rng, dtype, operands, ordinary=False)
    for _ in range(int(rng.integers(1, 7))):
        growing.grow()
    return growing, operands, False


# -- products, reductions, normalisations, scans -------------------------------------------------------------
def _length(rng: Rng, most: int) -> int:
    """Between 1 and ``most``, every order of magnitude alike."""
    return int(2 ** rng.uniform(0, np.log2(most)))


def _drawn_as(rng: Rng, dtype: DType, shape: tuple[int, ...], independent: bool) -> Array:
    return (continuous if independent else tied)(rng, dtype, shape)


def _product(rng: Rng, dtype: DType) -> Drawn:
    independent, n = rng.random() < 0.7, _length(rng, 300)
    rows, columns = (24, 24) if independent else (4, 5)
    x, y = (_drawn_as(rng, dtype, shape, independent) for shape in ((rows, n), (n, columns)))
    what = int(rng.integers(4))
    if what == 0:
        return (lambda a, b: [vnp.tanh(vnp.matmul(a, b) * np.asarray(1 / n, a.dtype))]), [x, y], independent
    if what == 1:  # two layers
        z = _drawn_as(rng, dtype, (columns, columns), independent)
        return (lambda a, b, c: [vnp.matmul(nn.relu(vnp.matmul(a, b)), c)]), [x, y, z], independent
    if what == 2:  # a stack of products
        x, y = x.reshape(4, -1, n), np.ascontiguousarray(np.broadcast_to(y, (4, n, columns)))
        return (lambda a, b: [vnp.matmul(a, b)]), [x, y], independent
    return (lambda a, b: [vnp.matmul(a, b)]), [x, y], independent


def _reduction(rng: Rng, dtype: DType) -> Drawn:
    independent = rng.random() < 0.5
    kept, n = ELEMENTS if independent else 8, _length(rng, 64 if independent else 4000)
    axis = int(rng.integers(2))
    x = _drawn_as(rng, dtype, (kept, n) if axis else (n, kept), independent)
    reduce = pick(
        rng,
        (
            lambda a: vnp.sum(a, axis),
            lambda a: vnp.mean(a, axis),
            lambda a: vnp.sum(vnp.abs(a), axis),
            lambda a: vnp.sum(a * a, axis),
            lambda a: vnp.sqrt(vnp.sum(vnp.square(a), axis)),
            lambda a: vnp.max(vnp.sin(a), axis) - vnp.min(vnp.sin(a), axis),
            lambda a: vnp.prod(a * np.asarray(0.9, a.dtype), axis),
            lambda a: vnp.mean(vnp.exp(-vnp.square(a)), axis),
        ),
    )
    return (lambda a: [reduce(a)]), [x], independent


def _rms_norm(a: Any) -> Any:
    return a * lax.rsqrt(vnp.mean(vnp.square(a), -1, keepdims=True) + np.asarray(1e-6, a.dtype))


def _normalisation(rng: Rng, dtype: DType) -> Drawn:
    independent, n = rng.random() < 0.8, 1 + _length(rng, 96)
    x = _drawn_as(rng, dtype, (max(ELEMENTS // n, 8) + 1 if independent else 6, n), independent)
    normalise = pick(
        rng,
        (
            nn.softmax,
            nn.log_softmax,
            lambda a: nn.logsumexp(a, axis=-1, keepdims=True) - a,
            nn.standardize,
            lambda a: nn.standardize(a) * np.asarray(1.1, a.dtype) + np.asarray(0.3, a.dtype),
            _rms_norm,
            lambda a: a / vnp.sum(vnp.abs(a), -1, keepdims=True),
            lambda a: a / vnp.sqrt(vnp.sum(vnp.square(a), -1, keepdims=True)),
        ),
    )
    return (lambda a: [normalise(a)]), [x], independent


def _recurrence(a: Any) -> Any:
    def body(carry: Any, x: Any) -> tuple[Any, Any]:
        carry = carry * np.asarray(0.9, a.dtype) + x
        return carry, carry

    return control_flow.scan(body, vnp.zeros_like(a[0]), a)[1]


def _recurrent_cell(a: Any) -> Any:
    def body(carry: Any, x: Any) -> tuple[Any, Any]:
        carry = vnp.tanh(carry * np.asarray(0.8, a.dtype) + x)
        return carry, carry * x

    return control_flow.scan(body, vnp.zeros_like(a[0]), a)[1]


def _moving_average(a: Any) -> Any:
    def body(carry: Any, x: Any) -> tuple[Any, Any]:
        mean, square = carry
        mean = mean + (x - mean) * np.asarray(0.1, a.dtype)
        square = square + (x * x - square) * np.asarray(0.1, a.dtype)
        return (mean, square), x * lax.rsqrt(square + np.asarray(1e-3, a.dtype))

    return control_flow.scan(body, (vnp.zeros_like(a[0]), vnp.ones_like(a[0])), a)[1]


def _scan(rng: Rng, dtype: DType) -> Drawn:
    independent, n = rng.random() < 0.7, 2 + _length(rng, 40)
    x = _drawn_as(rng, dtype, (n, ELEMENTS // n + 1 if independent else 5), independent)
    reverse = bool(rng.integers(2))
    scanned = pick(
        rng,
        (
            lambda a: lax.cumsum(a, 0, reverse),
            lambda a: lax.cumsum(vnp.square(a), 0, reverse),
            lambda a: lax.cumprod(np.asarray(0.5, a.dtype) + vnp.square(vnp.sin(a)), 0, reverse),
            lambda a: lax.cummax(vnp.cos(a), 0, reverse) * a,
            lambda a: lax.cumlogsumexp(a, 0, reverse),
            _recurrence,
            _recurrent_cell,
            _moving_average,
        ),
    )
    return (lambda a: [scanned(a)]), [x], independent


_KINDS: dict[str, Callable[[Rng, DType], Drawn]] = {
    "elementwise": _elementwise,
    "edges": _edges,
    "product": _product,
    "reduction": _reduction,
    "normalisation": _normalisation,
    "scan": _scan,
}
