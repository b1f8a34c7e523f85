"""The backward error of `eig`: what `Bounded` knows of eigenvalues of matrices that are not Hermitian.

The machine's answer is exact for A + E with |E| <= p(n) u |A|. An eigenvalue then moves by at most |E| / s to first
order, with s the cosine of the angle between its left and its right vector, and a vector by the sum over the others
of |E| / (s_j |w_k - w_j|). Source: Anderson et al., *LAPACK Users' Guide*, 3rd edition, section 4.8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..language.shapes import ShapedArray
from .array import ReferenceArray
from .backward_reach import unit_of
from .exact import Exact
from .primitives.call import Call
from .primitives.matrices import matrices
from .primitives.numbers import parts
from .reals import INF, Scalar, approximate, is_special

if TYPE_CHECKING:
    from .bounded import Bounded

# The constant of p(n), "a modestly growing function": what LAPACK was never seen to exceed.
_SMALL = 8
_WANTED = ("compute_left_eigenvectors", "compute_right_eigenvectors")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the results of one matrix may be off, for each eigenvalue and each vector.

    Attributes:
        values: each eigenvalue.
        vectors: each element of its vectors.
        why: why there is no bound, where it is infinite.
    """

    values: list[float]
    vectors: list[float]
    why: str = "eigenvalues are nearly equal, or nearly without vectors of their own"


def reach_of(w: Any, left: Any, right: Any, error: float, loss: float) -> Reach:
    """The bounds for |E| = ``error``; second order is within the factor 2 where eigenvalues stay apart."""
    n = len(w)
    cosines = np.abs(np.sum(left.conj() * right, axis=0))
    weights = np.cos(np.arange(n))
    values, vectors = [], []
    for k in range(n):
        others = [j for j in range(n) if j != k]
        gaps = [abs(w[k] - w[j]) for j in others]
        moved = error / cosines[k] if cosines[k] else INF
        if not moved * 8 < min(gaps, default=INF):
            values.append(INF)
            vectors.append(INF)
            continue
        spread = sum(
            error / (cosines[j] * gap) if cosines[j] else INF for j, gap in zip(others, gaps, strict=True)
        )
        along = min(abs(np.sum(weights * v[:, k])) for v in (left, right))
        turning = 1 + math.sqrt(n) / along if along else INF
        values.append(2 * moved)
        vectors.append((2 * spread + loss) * turning)
    return Reach(values, vectors)


def bounded_eig(system: Bounded, c: Call, definition: Callable[[Call], Any]) -> list[list[Scalar]]:
    """The results: exact values, and the bounds, matrix by matrix; of both parts alike."""
    exact, (x,) = Exact(system.digits), c.operands
    plain = ReferenceArray([system.value(s) for s in x.scalars], x.aval, exact)
    whole = ShapedArray(x.shape, c.results[0].dtype)
    both = replace(c, params=dict.fromkeys(_WANTED, True), results=[c.results[0], whole, whole])
    values = definition(replace(both, system=exact, operands=[plain]))
    n, count = x.shape[-1], math.prod(x.shape[:-2])
    kept = [0, *(k + 1 for k, name in enumerate(_WANTED) if c.params[name])]
    found: list[list[Scalar]] = [[None] * len(values[k]) for k in kept]
    for b, a in enumerate(matrices(x) if n else ()):
        own = [_complex(xs, b, count) for xs in values]
        reach, undecided = _reach(system, c, a, own, n)
        for to, k in zip(found, kept, strict=True):
            bounds = reach.values if k == 0 else reach.vectors * n
            size = len(bounds)
            for half in (0, 1):
                start = (half * count + b) * size
                for i, bound in enumerate(bounds):
                    to[start + i] = _number(system, c, values[k][start + i], bound, undecided, reach.why)
    return found


def _complex(scalars: Sequence[Scalar], b: int, count: int) -> Any:
    """One matrix's part of a result, approximately."""
    size = len(scalars) // (2 * count)
    real, imaginary = (scalars[(half * count + b) * size :][:size] for half in (0, 1))
    return np.array([complex(approximate(p), approximate(q)) for p, q in zip(real, imaginary, strict=True)])


def _reach(system: Bounded, c: Call, a: Any, own: Any, n: int) -> tuple[Reach, bool]:
    flat = [s for row in a for x in row for s in parts(x)]
    marks = [s for s in flat if hasattr(s, "bound")]
    undecided = any(s.undecided for s in marks)
    reason = next((s.unverified for s in marks if s.unverified), None)
    if any(is_special(system.value(s)) for s in flat):
        return Reach([0.0] * n, [0.0] * n), undecided
    if reason is not None or not all(np.isfinite(p).all() for p in own):
        return Reach([INF] * n, [INF] * n, reason or Reach([], []).why), undecided
    loss = _SMALL * n * unit_of(system, c)
    size = math.hypot(*(approximate(system.value(s)) for s in flat))
    error = math.hypot(*(s.bound for s in marks)) + loss * size
    w, left, right = own
    return reach_of(w, left.reshape(n, n), right.reshape(n, n), error, loss), undecided


def _number(system: Bounded, c: Call, x: Scalar, bound: float, undecided: bool, why: str) -> Scalar:
    if not bound:
        return system.number(x, 0.0, 0.0, undecided)
    if not bound < INF:
        return system.number(x, INF, INF, undecided, why)
    size = abs(approximate(x)) + bound
    last, usual = system.rounding("eig", c.results[0].dtype, size, math.frexp(size)[1])
    return system.number(x, bound + last, bound / math.sqrt(_SMALL) + usual, undecided)
