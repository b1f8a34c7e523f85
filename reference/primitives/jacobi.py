"""Eigenvalues of Hermitian matrices and singular values, by Jacobi's rotations.

Sources: Golub and Van Loan, *Matrix Computations*, 4th edition, sections 8.5 and 8.6.3 (G&VL). What is left of the
other elements is held against the distances of the eigenvalues: Weyl's inequality for these (G&VL section 8.1.2), and
for a vector sin(angle) <= |residual| / distance to the other eigenvalues (Parlett, *The Symmetric Eigenvalue Problem*,
theorem 11.7.1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from itertools import combinations, pairwise

from ..exact import ordering
from ..reals import Scalar, sign_of
from .call import Rule
from .matrices import NEVER, Algebra, Matrix, Vector, adjoint, conj, flat, for_each, transposed
from .orthogonal import appended

# More sweeps than any matrix takes: they converge quadratically (G&VL section 8.5.3).
_SWEEPS = 60


def rotation(m: Algebra, p: Scalar, x: Scalar, q: Scalar) -> tuple[Scalar, Scalar, Scalar] | None:
    """Cosine, sine and tangent of the rotation that makes [[p, x], [x, q]] diagonal; None if it is, or undetermined.

    t = 2 x / (d +- sqrt(d^2 + 4 x^2)), d = q - p, the root of smaller size (G&VL section 8.5.2). Which one it is
    changes nothing that is told, so no decision is recorded.
    """
    if type(x) is float and x == 0.0:
        return None
    d = m.o.sub(q, p)
    if m.exponent(d) == m.exponent(x) == NEVER:
        return None
    root = m.o.sqrt(m.o.add(m.o.mul(d, d), m.o.mul(4, m.o.mul(x, x))))
    divisor = m.o.sub(d, root) if sign_of(m.system.value(d)) < 0 else m.o.add(d, root)
    t = m.o.div(m.o.mul(2, x), divisor)
    c = m.o.rsqrt(m.o.add(1, m.o.mul(t, t)))
    return c, m.o.mul(t, c), t


def turn(m: Algebra, rows: Matrix, p: int, q: int, c: Scalar, s: Scalar) -> None:
    """Rotate two rows: (c x - s y, s x + c y)."""
    pairs = list(zip(rows[p], rows[q], strict=True))
    rows[p] = [m.o.sub(m.o.mul(c, x), m.o.mul(s, y)) for x, y in pairs]
    rows[q] = [m.o.add(m.o.mul(s, x), m.o.mul(c, y)) for x, y in pairs]


def converged(m: Algebra, sweep: Callable[[], None], state: Callable[[], tuple[int, int]]) -> None:
    """Sweep until what is left is nothing beside the whole, or stops falling.

    ``state()`` gives the exponents of the whole and of what is left.
    """
    before = -NEVER
    for _ in range(_SWEEPS):
        whole, left = state()
        if left <= whole - m.system.bits or left >= before:
            break
        before = left
        sweep()


def diagonalized(m: Algebra, a: Matrix) -> tuple[Matrix, Matrix]:
    """J^H A J, nearly diagonal, and the rows of J^H: cyclic Jacobi (G&VL algorithm 8.5.2).

    Where scalars carry tangents the values are made diagonal first; one sweep more settles the tangents, which turn
    by infinitesimal angles.
    """
    n, values = len(a), m.below(a)
    basis = m.identity(n) if values is None else diagonalized(*values)[1]
    a = [list(row) for row in a] if values is None else m.times(m.times(basis, a), adjoint(basis))

    def sweep() -> None:
        for p, q in combinations(range(n), 2):
            by = rotation(m, a[p][p], a[p][q], a[q][q])
            if by is not None:
                turn_both(m, a, p, q, by)
                turn(m, basis, p, q, *by[:2])

    def state() -> tuple[int, int]:
        pairs = [(i == j, m.exponent(a[i][j])) for i in range(n) for j in range(i + 1)]
        left = max((e for same, e in pairs if not same), default=NEVER)
        return max((e for _, e in pairs), default=NEVER), left

    if values is None:
        converged(m, sweep, state)
    else:
        sweep()
    return a, basis


def turn_both(m: Algebra, a: Matrix, p: int, q: int, by: tuple[Scalar, Scalar, Scalar]) -> None:
    """Rotate two rows and two columns of a Hermitian matrix so that the element where they meet becomes 0."""
    c, s, t = by
    shift = m.o.mul(t, a[p][q])
    diagonal = m.o.sub(a[p][p], shift), m.o.add(a[q][q], shift)
    turn(m, a, p, q, c, s)
    for i, (x, y) in enumerate(zip(conj(a[p]), conj(a[q]), strict=True)):
        a[i][p], a[i][q] = x, y
    (a[p][p], a[q][q]), a[p][q], a[q][p] = diagonal, 0.0, 0.0


def ranked(m: Algebra, values: Vector, sign: int) -> list[int]:
    """The places of values in ascending (``sign`` 1) or descending order; neighbours are decided."""
    plain = [m.system.value(x) for x in values]

    def order_of(i: int, j: int) -> int:
        return sign * (ordering(plain[i], plain[j]) or 0)

    order: list[int] = sorted(range(len(values)), key=cmp_to_key(order_of))
    for i, j in pairwise(order):
        m.system.decide(ordering, (values[i], values[j]))
    return order


def left_over(m: Algebra, a: Matrix) -> Scalar:
    """The Frobenius norm of what is not on the diagonal."""
    rest = [x for i, row in enumerate(a) for j, x in enumerate(row) if i != j]
    return m.o.sqrt(m.dot(rest, conj(rest))) if any(type(x) is not float or x for x in rest) else 0.0


def vector_known(m: Algebra, v: Vector, k: int, values: Vector, left: Scalar) -> Vector:
    """A unit vector as what it is known to be: within 2 |left| / (distance to the other values - |left|)."""
    for j, other in enumerate(values):
        if j != k:
            apart = m.o.sub(m.o.abs(m.o.sub(values[k], other)), left)
            by = m.o.div(m.o.mul(2, left), apart)
            v = [m.system.widened(x, by) for x in v]
    return v


def eigh(m: Algebra, a: Matrix, lower: bool) -> Sequence[Vector]:
    """Vectors and ascending values: A v = v w. Each vector has a positive sum of cos(k) v_k."""
    n = len(a)
    a = [[a[max(i, j)][min(i, j)] if lower else a[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]
    if m.unbounded(a):
        return [[m.nan()] * (n * n), [m.nan()] * n]
    diagonal, basis = diagonalized(m, a)
    left, values = left_over(m, diagonal), [diagonal[i][i] for i in range(n)]
    order = ranked(m, values, 1)
    vectors = [m.turned(vector_known(m, basis[k], k, values, left))[0] for k in order]
    return [flat(transposed(vectors)), [m.system.widened(values[k], left) for k in order]]


def orthogonalized(m: Algebra, columns: Matrix) -> tuple[Matrix, Matrix]:
    """The columns of A V, orthogonal, and the rows of V^H: one-sided Jacobi (G&VL section 8.6.3), as `diagonalized`."""
    n, values = len(columns), m.below(columns)
    basis = m.identity(n) if values is None else orthogonalized(*values)[1]
    columns = list(columns) if values is None else m.times(basis, columns)

    def sweep() -> None:
        for p, q in combinations(range(n), 2):
            x, y = columns[p], columns[q]
            by = rotation(m, m.dot(x, conj(x)), m.dot(x, conj(y)), m.dot(y, conj(y)))
            if by is not None:
                turn(m, columns, p, q, *by[:2])
                turn(m, basis, p, q, *by[:2])

    def state() -> tuple[int, int]:
        gram = [
            (i == j, m.exponent(m.dot(columns[i], conj(columns[j])))) for i in range(n) for j in range(i + 1)
        ]
        left = max((e for same, e in gram if not same), default=NEVER)
        return max((e for _, e in gram), default=NEVER), left + m.system.bits

    if values is None:
        converged(m, sweep, state)
    else:
        sweep()
    return columns, basis


def tall_svd(m: Algebra, a: Matrix, rows: int, columns: int) -> tuple[Matrix, Vector, Matrix]:
    """The columns of U, the descending values, and the rows of V^H, for no fewer rows than columns."""
    turned, basis = orthogonalized(m, transposed(a))
    gram = [[m.dot(x, conj(y)) for y in turned] for x in turned]
    left, squares = left_over(m, gram), [gram[i][i] for i in range(columns)]
    order = ranked(m, squares, -1)
    values: Vector = []
    us: Matrix = []
    vs: Matrix = []
    for k in order:
        v = vector_known(m, basis[k], k, squares, left)
        square = m.system.extreme(m.dtype, (m.system.widened(squares[k], left), 0.0), 1)
        value = m.o.sqrt(square)
        values.append(value)
        if type(value) is float and value == 0.0:  # what is left of a basis, and nothing of the matrix
            known = transposed(us) or [[] for _ in a]
            u, back = m.turned([row[0] for row in appended(m, known, rows, len(us))])[0], False
        else:
            u, back = m.turned([m.o.div(m.dot(row, v), value) for row in a])
        us.append(u)
        vs.append([m.o.neg(x) for x in v] if back else v)
    return us, values, [conj(v) for v in vs]


def svd(m: Algebra, a: Matrix, full_matrices: bool, compute_uv: bool) -> Sequence[Vector]:
    """The descending values, U and V^H; the longer side's vectors have a positive sum of cos(k) u_k."""
    rows, columns = m.shape
    wide = columns > rows
    long, short = max(rows, columns), min(rows, columns)
    if m.unbounded(a):
        sides = (rows * rows, columns * columns) if full_matrices else (rows * short, short * columns)
        return [[m.nan()] * short, *([m.nan()] * size for size in sides)][: 3 if compute_uv else 1]
    us, values, vs = tall_svd(m, adjoint(a) if wide else a, long, short)
    if not compute_uv:
        return [values]
    u = transposed(us) if us else [[] for _ in range(long)]
    if full_matrices:
        u = [x + y for x, y in zip(u, appended(m, u, long, short), strict=True)]
    left, right = (adjoint(vs), adjoint(u)) if wide else (u, vs)
    return [values, flat(left), flat(right)]


RULES: dict[str, Rule] = {"eigh": for_each(eigh), "svd": for_each(svd)}
