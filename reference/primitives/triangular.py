"""Factorizations into triangles, and solves with them.

Sources: Golub and Van Loan, *Matrix Computations*, 4th edition (G&VL); LAPACK for what they leave open.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..reals import Scalar
from .call import Call, Lists, Rule
from .matrices import Algebra, Matrix, Vector, flat, for_each, transposed
from .numbers import real


def cholesky(m: Algebra, a: Matrix) -> Sequence[Vector]:
    """L with A = L L^H, row by row: Cholesky and Banachiewicz (G&VL section 4.2.5).

    A pivot that is not positive makes all of L NaN, as LAPACK's `potrf` says that there is none.
    """
    n, a = len(a), m.mirrored(a, True)
    none = flat([[m.nan() if j <= i else 0.0 for j in range(n)] for i in range(n)])
    if m.unbounded([row[: i + 1] for i, row in enumerate(a)]):
        return [none]
    low: Matrix = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i):
            rest = m.rest(a[i][j], low[i][:j], m.conj(low[j][:j]))
            low[i][j] = m.o.div(rest, low[j][j])
        pivot = real(m.rest(a[i][i], low[i][:i], m.conj(low[i][:i])))
        if m.sign(pivot) <= 0:
            return [none]
        low[i][i] = m.o.sqrt(pivot)
    return [flat(low)]


def triangular_solve(
    m: Algebra,
    a: Matrix,
    b: Matrix,
    left_side: bool,
    lower: bool,
    transpose_a: bool,
    conjugate_a: bool,
    unit_diagonal: bool,
) -> Sequence[Vector]:
    """X with op(A) X = B, or X op(A) = B: forward or back substitution (G&VL section 3.1)."""
    t = [m.conj(row) for row in a] if conjugate_a else a
    turn = transpose_a == left_side  # X T = B is T^T X^T = B^T
    t = transposed(t) if turn else t
    rights = transposed(b) if left_side else b
    forward = lower != turn
    n, found = len(t), []
    for right in rights:
        x: Vector = [0.0] * n
        for i in range(n) if forward else reversed(range(n)):
            known = range(i) if forward else range(i + 1, n)
            rest = m.rest(right[i], [t[i][j] for j in known], [x[j] for j in known])
            x[i] = rest if unit_diagonal else m.o.div(rest, t[i][i])
        found.append(x)
    return [flat(transposed(found) if left_side else found)]


def eliminated(m: Algebra, a: Matrix) -> tuple[Matrix, list[int]]:
    """L and U in one matrix, and the pivots: Gaussian elimination, row by row (G&VL algorithm 3.4.1).

    The pivot is the first of the largest, by |Re x| + |Im x| as in LAPACK; where all of a column is 0, there is
    nothing to divide.
    """
    a = [list(row) for row in a]
    rows, columns = m.shape
    pivots = []
    for k in range(min(rows, columns)):
        best = k
        for i in range(k + 1, rows):
            if m.larger(m.o.extent(a[i][k]), m.o.extent(a[best][k])):
                best = i
        a[k], a[best] = a[best], a[k]
        pivots.append(best)
        if k + 1 < rows and m.is_zero(a[k][k]):
            continue
        for i in range(k + 1, rows):
            a[i][k] = m.o.div(a[i][k], a[k][k])
            for j in range(k + 1, columns):
                a[i][j] = m.o.sub(a[i][j], m.o.mul(a[i][k], a[k][j]))
    return a, pivots


def swapped(pivots: Sequence[int], size: int) -> list[int]:
    """The permutation that swaps of row i with row ``pivots[i]`` make."""
    order = list(range(size))
    for i, p in enumerate(pivots):
        order[i], order[p] = order[p], order[i]
    return order


def lu(m: Algebra, a: Matrix) -> Sequence[Vector]:
    """L and U, the pivots, and the permutation that these make."""
    if m.unbounded(a):
        k = min(m.shape)
        return [[m.nan() for _ in flat(a)], list(range(k)), list(range(len(a)))]
    factors, pivots = eliminated(m, a)
    return [flat(factors), list(pivots), list(swapped(pivots, len(a)))]


def lu_pivots_to_permutation(c: Call) -> Lists:
    """The permutation of each row of pivots."""
    (pivots,), size = c.operands, c.params["permutation_size"]
    k = pivots.shape[-1]
    found: list[Scalar] = []
    batch = c.results[0].size // size if size else 0
    for b in range(batch):
        own = pivots.scalars[b * k : (b + 1) * k]
        found += [c.system.plainly(lambda *ps, place=i: swapped(ps, size)[place], own) for i in range(size)]
    return [found]


RULES: dict[str, Rule] = {
    "cholesky": for_each(cholesky),
    "triangular_solve": for_each(triangular_solve),
    "lu": for_each(lu),
    "lu_pivots_to_permutation": lu_pivots_to_permutation,
}
