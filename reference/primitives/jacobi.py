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
from .matrices import NEVER, Algebra, Matrix, Vector, flat, for_each, transposed
from .numbers import Number, parts, real
from .orthogonal import appended

# More sweeps than any matrix takes: they converge quadratically (G&VL section 8.5.3).
_SWEEPS = 60
# The whole of what is left falls from the first sweep on; its largest element may stay for some.
_STAYS = 4


def rotation(m: Algebra, p: Scalar, x: Number, q: Scalar) -> tuple[Scalar, Number, Scalar] | None:
    """Cosine and sine of the rotation that makes [[p, x], [conj x, q]] diagonal, and what it takes off p and adds to q.

    t = 2 x / (d +- sqrt(d^2 + 4 |x|^2)), d = q - p, the root of smaller size (G&VL section 8.5.2), is the sine over
    the cosine; conj(x) t is real. Which root it is changes nothing that is told, so no decision is recorded. None
    where the matrix is diagonal, or undetermined.
    """
    if all(type(part) is float and part == 0.0 for part in parts(x)):
        return None
    d = m.o.sub(q, p)
    if m.exponent(d) == m.exponent(x) == NEVER:
        return None
    square = m.squares([x])
    root = m.o.sqrt(m.o.add(m.o.mul(d, d), m.o.mul(4, square)))
    divisor = m.o.sub(d, root) if sign_of(m.system.value(d)) < 0 else m.o.add(d, root)
    t = m.o.div(m.o.mul(2, x), divisor)
    c = m.o.rsqrt(m.o.add(1, m.squares([t])))
    return c, m.o.mul(t, c), m.o.div(m.o.mul(2, square), divisor)


def turn(m: Algebra, rows: Matrix, p: int, q: int, c: Scalar, s: Number) -> None:
    """Rotate two rows: (c x - s y, conj(s) x + c y)."""
    pairs, back = list(zip(rows[p], rows[q], strict=True)), m.o.conj(s)
    rows[p] = [m.o.sub(m.o.mul(c, x), m.o.mul(s, y)) for x, y in pairs]
    rows[q] = [m.o.add(m.o.mul(back, x), m.o.mul(c, y)) for x, y in pairs]


def converged(m: Algebra, sweep: Callable[[], None], state: Callable[[], tuple[int, int]]) -> None:
    """Sweep until what is left is nothing beside the whole, or stops falling.

    ``state()`` gives the exponents of the whole and of what is left. Once half of the digits are right the next sweep
    makes all of them so, or none can; before that, what is left may stay for a while.
    """
    before, stays = -NEVER, 0
    for _ in range(_SWEEPS):
        whole, left = state()
        stays = stays + 1 if left >= before else 0
        most = 1 if left <= whole - m.system.bits // 2 else _STAYS
        if left <= whole - m.system.bits or stays >= most:
            break
        before = min(before, left)
        sweep()


def diagonalized(m: Algebra, a: Matrix) -> tuple[Matrix, Matrix]:
    """J^H A J, nearly diagonal, and the rows of J^H: cyclic Jacobi (G&VL algorithm 8.5.2).

    Where scalars carry tangents the values are made diagonal first; one sweep more settles the tangents, which turn
    by infinitesimal angles.
    """
    n, values = len(a), m.below(a)
    basis = m.identity(n) if values is None else diagonalized(*values)[1]
    a = [list(row) for row in a] if values is None else m.times(m.times(basis, a), m.adjoint(basis))

    def sweep() -> None:
        for p, q in combinations(range(n), 2):
            by = rotation(m, real(a[p][p]), a[p][q], real(a[q][q]))
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


def turn_both(m: Algebra, a: Matrix, p: int, q: int, by: tuple[Scalar, Number, Scalar]) -> None:
    """Rotate two rows and two columns of a Hermitian matrix so that the element where they meet becomes 0."""
    c, s, shift = by
    diagonal = m.o.sub(real(a[p][p]), shift), m.o.add(real(a[q][q]), shift)
    turn(m, a, p, q, c, s)
    for i, (x, y) in enumerate(zip(m.conj(a[p]), m.conj(a[q]), strict=True)):
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
    rest = [part for i, row in enumerate(a) for j, x in enumerate(row) if i != j for part in parts(x)]
    return m.o.sqrt(m.squares(rest)) if any(type(x) is not float or x for x in rest) else 0.0


def vector_known(m: Algebra, v: Vector, k: int, values: Vector, left: Scalar) -> Vector:
    """A unit vector as what it is known to be: within 2 |left| / (distance to the other values - |left|)."""
    for j, other in enumerate(values):
        if j != k:
            apart = m.o.sub(m.o.abs(m.o.sub(values[k], other)), left)
            by = m.o.div(m.o.mul(2, left), apart)
            v = [m.widened(x, by) for x in v]
    return v


def eigh(m: Algebra, a: Matrix, lower: bool) -> Sequence[Vector]:
    """Vectors and ascending values: A v = v w. Each vector has a positive sum of cos(k) v_k."""
    n, a = len(a), m.mirrored(a, lower)
    if m.unbounded(a):
        return [[m.nan()] * (n * n), [real(m.nan())] * n]
    diagonal, basis = diagonalized(m, a)
    left, values = left_over(m, diagonal), [real(diagonal[i][i]) for i in range(n)]
    vectors = []
    for k in (order := ranked(m, values, 1)):
        v = vector_known(m, m.conj(basis[k]), k, values, left)
        vectors.append(m.by(m.turn(v), v))
    return [flat(transposed(vectors)), [m.system.widened(values[k], left) for k in order]]


def orthogonalized(m: Algebra, columns: Matrix) -> tuple[Matrix, Matrix]:
    """The columns of A V, orthogonal, and those of V: one-sided Jacobi (G&VL section 8.6.3), as `diagonalized`."""
    n, values = len(columns), m.below(columns)
    basis = m.identity(n) if values is None else orthogonalized(*values)[1]
    columns = list(columns) if values is None else m.times(basis, columns)

    def sweep() -> None:
        for p, q in combinations(range(n), 2):
            x, y = columns[p], columns[q]
            by = rotation(m, m.squares(x), m.dot(x, m.conj(y)), m.squares(y))
            if by is not None:
                turn(m, columns, p, q, *by[:2])
                turn(m, basis, p, q, *by[:2])

    def state() -> tuple[int, int]:
        gram = [
            (i == j, m.exponent(m.dot(columns[i], m.conj(columns[j]))))
            for i in range(n)
            for j in range(i + 1)
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
    gram = [[m.dot(x, m.conj(y)) for y in turned] for x in turned]
    left, squares = left_over(m, gram), [real(gram[i][i]) for i in range(columns)]
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
            u = [row[0] for row in appended(m, known, rows, len(us))]
            us.append(m.by(m.turn(u), u))
        else:
            u = [m.o.div(m.dot(row, v), value) for row in a]
            by = m.turn(u)
            us.append(m.by(by, u))
            v = m.by(by, v)
        vs.append(v)
    return us, values, [m.conj(v) for v in vs]


def svd(m: Algebra, a: Matrix, full_matrices: bool, compute_uv: bool) -> Sequence[Vector]:
    """The descending values, U and V^H; the longer side's vectors have a positive sum over k of cos(k) u_k."""
    rows, columns = m.shape
    wide = columns > rows
    long, short = max(rows, columns), min(rows, columns)
    if m.unbounded(a):
        sides = (rows * rows, columns * columns) if full_matrices else (rows * short, short * columns)
        return [[real(m.nan())] * short, *([m.nan()] * size for size in sides)][: 3 if compute_uv else 1]
    us, values, vs = tall_svd(m, m.adjoint(a) if wide else a, long, short)
    if not compute_uv:
        return [values]
    u = transposed(us) if us else [[] for _ in range(long)]
    if full_matrices and long > short:
        u = [x + y for x, y in zip(u, appended(m, u, long, short), strict=True)]
    left, right = (m.adjoint(vs), m.adjoint(u)) if wide else (u, vs)
    return [values, flat(left), flat(right)]


RULES: dict[str, Rule] = {"eigh": for_each(eigh), "svd": for_each(svd)}
