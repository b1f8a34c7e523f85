"""How factorizations are differentiated.

Sources: Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
differentiation", 2008; Seeger et al., "Auto-differentiating linear algebra", 2017; de Hoog, Anderssen and Lukas,
"Differentiation of matrix functionals using triangular factorization", 2011 (lu). Vectors of equal eigenvalues and
of equal singular values have no derivative: it is NaN. The phases of complex vectors move as their convention says,
by which the sum over k of cos(k) v_k stays real; R's diagonal does, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...language import catalogue as rows
from ...language.dispatch import bind
from ...language.dtypes import int32, is_complex, real_of
from ...language.primitive import Primitive
from ...language.program import Equation
from .. import operations as ops
from ..differentiation.transposition import Unknown
from .complex_numbers import conj, imag, paired, real, turned

Values = Sequence[Any]
Params = Mapping[str, Any]
Rule = Callable[[Primitive, Values, Values, Params], tuple[Values, Values]]


# -- matrices ----------------------------------------------------------------------------------------------
def product(x: Any, y: Any) -> Any:
    """The product of each two matrices."""
    lead = tuple(range(x.ndim - 2))
    numbers = (((x.ndim - 1,), (x.ndim - 2,)), (lead, lead))
    return bind(rows.dot_general_p, x, y, dimension_numbers=numbers, preferred_element_type=None)[0]


def transposed(x: Any) -> Any:
    """The transpose of each matrix."""
    return ops.transpose(x, (*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


def adjoint(x: Any) -> Any:
    """The conjugate transpose of each matrix."""
    return conj(transposed(x)) if is_complex(x.dtype) else transposed(x)


def real_part(x: Any) -> Any:
    """The real part, in a real dtype."""
    return real(x) if is_complex(x.dtype) else x


def imaginary(x: Any) -> Any:
    """I times a real array."""
    return paired(ops.full_like(x, 0), x)


def triangle(x: Any, relation: str) -> Any:
    """The elements whose row stands in a relation to their column; zero elsewhere."""
    row, column = (ops.iota(int32, x.shape, x.ndim - i) for i in (2, 1))
    return ops.where(ops.compare(relation, row, column), x, ops.full_like(x, 0))


def identity(x: Any) -> Any:
    """The identity of the shape of each matrix."""
    return triangle(ops.full_like(x, 1), "eq")


def diagonal(x: Any) -> Any:
    """The diagonal of each square matrix."""
    return ops.sum_over(triangle(x, "eq"), (x.ndim - 1,))


def along_columns(w: Any, x: Any) -> Any:
    """A number for each column, repeated to the shape of matrices."""
    return ops.broadcast(w, x.shape, (*range(x.ndim - 2), x.ndim - 1))


def along_rows(w: Any, x: Any) -> Any:
    """A number for each row, repeated to the shape of matrices."""
    return ops.broadcast(w, x.shape, tuple(range(x.ndim - 1)))


def solve(a: Any, b: Any, left: bool, lower: bool, adjoint: bool = False, unit: bool = False) -> Any:
    """A triangular solve."""
    return bind(
        rows.triangular_solve_p,
        a,
        b,
        left_side=left,
        lower=lower,
        transpose_a=adjoint,
        conjugate_a=adjoint,
        unit_diagonal=unit,
    )[0]


def mirrored(x: Any, lower: bool = True) -> Any:
    """The Hermitian matrices of which one triangle is read, and of the diagonal the real part."""
    beside = triangle(x, "gt" if lower else "lt")
    middle = ops.convert(real_part(triangle(x, "eq")), x.dtype)
    return ops.add(ops.add(beside, middle), adjoint(beside))


def inverse_gaps(w: Any, like: Any) -> Any:
    """1 / (w_j - w_i) at row i and column j; 0 on the diagonal, NaN where two others are equal."""
    gap = ops.sub(along_columns(w, like), along_rows(w, like))
    same = identity(gap)
    safe = ops.add(gap, same)
    equal = ops.compare("eq", safe, ops.full_like(safe, 0))
    nan, zero = ops.full_like(safe, float("nan")), ops.full_like(safe, 0)
    found = ops.where(equal, nan, ops.reciprocal(ops.where(equal, ops.full_like(safe, 1), safe)))
    return ops.convert(ops.where(ops.compare("eq", same, ops.full_like(same, 1)), zero, found), like.dtype)


# -- triangles -----------------------------------------------------------------------------------------------
def cholesky_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """L times the lower half of L^-1 dA L^-H."""
    (low,), (t,) = bind(primitive, *primals, **params), tangents
    inner = solve(low, solve(low, mirrored(t), True, True), False, True, adjoint=True)
    half = ops.sub(triangle(inner, "ge"), ops.scale(triangle(inner, "eq"), 0.5))
    return [low], [triangle(product(low, half), "ge")]


def triangular_solve_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """op(A)^-1 (dB - op(dA) X)."""
    (a, _), (da, db) = primals, tangents
    (x,) = bind(primitive, *primals, **params)
    moved = db
    if da is not None:
        own, strict = ("ge", "gt") if params["lower"] else ("le", "lt")
        da = triangle(da, strict if params["unit_diagonal"] else own)
        da = conj(da) if params["conjugate_a"] and is_complex(da.dtype) else da
        da = transposed(da) if params["transpose_a"] else da
        taken = product(da, x) if params["left_side"] else product(x, da)
        moved = ops.neg(taken) if db is None else ops.sub(db, taken)
    return [x], bind(primitive, a, moved, **params)


def triangular_solve_transpose(equation: Equation, cotangents: Values, operands: Values) -> Values:
    """The transposed solve, for the right-hand side."""
    a, _ = operands
    if isinstance(a, Unknown):
        raise TypeError(
            "A derivative rule must be linear in its tangents, but one applies 'triangular_solve' to a tangent "
            "of its matrix, which is not linear. Apply it to the primal value."
        )
    params = {**equation.params, "transpose_a": not equation.params["transpose_a"]}
    return [None, bind(equation.primitive, a, cotangents[0], **params)[0]]


def _squared(x: Any, size: int) -> Any:
    """Rectangles as square matrices of a size, with zeros behind."""
    lead = [(0, 0, 0)] * (x.ndim - 2)
    return ops.pad(x, [*lead, (0, size - x.shape[-2], 0), (0, size - x.shape[-1], 0)])


def _with_ones_below(x: Any, k: int) -> Any:
    """Square matrices with ones on the diagonal from row k on."""
    row = ops.iota(int32, x.shape, x.ndim - 2)
    return ops.where(ops.compare("ge", row, ops.full_like(row, k)), identity(x), x)


def lu_rule(primitive: Primitive, primals: Values, tangents: Values, params: Params) -> tuple[Values, Values]:
    """With F = L^-1 P dA U^-1: L times F below its diagonal, and the rest of F times U."""
    (t,) = tangents
    factors, pivots, order = bind(primitive, *primals, **params)
    m, n = factors.shape[-2:]
    k, axis = min(m, n), factors.ndim - 1
    low = _squared(triangle(ops.slice_in(factors, axis, 0, k), "gt"), m)
    high = _with_ones_below(_squared(triangle(ops.slice_in(factors, axis - 1, 0, k), "le"), n), k)
    moved = product(_chosen(order, t), t)
    inner = solve(low, solve(high, moved, False, False), True, True, unit=True)
    lows, highs = triangle(inner, "gt"), triangle(inner, "le")
    low = ops.add(triangle(low, "gt"), identity(low))
    found = ops.add(triangle(product(low, lows), "gt"), triangle(product(highs, high), "le"))
    return [factors, pivots, order], [found, None, None]


def _chosen(order: Any, t: Any) -> Any:
    """The matrices that permute rows: 1 at (i, order[i])."""
    m = t.shape[-2]
    shape = (*t.shape[:-1], m)
    column = ops.iota(int32, shape, len(shape) - 1)
    chosen = ops.compare("eq", along_rows(order, column), column)
    return ops.convert(chosen, t.dtype)


# -- orthogonal factors ------------------------------------------------------------------------------------------
def qr_rule(primitive: Primitive, primals: Values, tangents: Values, params: Params) -> tuple[Values, Values]:
    """Q (W - Y) + X and Y R - W R, with X = dA R^-1, Y = Q^H X and W its skew part from below the diagonal.

    Of complex matrices W has the imaginary part of Y's diagonal: that of R stays real.
    """
    (t,) = tangents
    q, r = bind(primitive, *primals, **params)
    m, n = t.shape[-2:]
    if params["full_matrices"] and m > n:
        raise NotImplementedError(  # no derivative is known
            "The derivative of qr(full_matrices=True) is known for matrices with at most as many rows as columns, "
            f"got {m} rows and {n} columns. Use full_matrices=False."
        )
    k, axis = min(m, n), t.ndim - 1
    x = solve(ops.slice_in(r, axis, 0, k), ops.slice_in(t, axis, 0, k), False, False)
    y = product(adjoint(q), x)
    below = triangle(y, "gt")
    skew = ops.sub(below, adjoint(below))
    if is_complex(y.dtype):
        skew = ops.add(skew, imaginary(imag(triangle(y, "eq"))))
    dq = ops.add(product(q, ops.sub(skew, y)), x)
    dr = ops.sub(product(adjoint(q), t), product(skew, r))
    return [q, r], [dq, triangle(dr, "le")]


def eigh_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """V (F o P) and the diagonal of P = V^H dA V, with F the inverse distances of the eigenvalues."""
    (t,) = tangents
    v, w = bind(primitive, *primals, **params)
    inner = product(adjoint(v), product(mirrored(t, params["lower"]), v))
    moved = product(v, ops.mul(inverse_gaps(w, inner), inner))
    return [v, w], [along_phases(v, phases(v, moved), moved), diagonal(real_part(inner))]


def phases(v: Any, moved: Any) -> Any:
    """What phases of moving columns turn by, so that the sum over k of cos(k) v_k stays real; None of real ones."""
    if not is_complex(v.dtype):
        return None
    rows = ops.unary("cos", ops.iota(real_of(v.dtype), v.shape, v.ndim - 2))
    along, drift = (ops.sum_over(ops.mul(rows, x), (v.ndim - 2,)) for x in (real(v), imag(moved)))
    return ops.neg(ops.div(drift, along))


def along_phases(v: Any, angle: Any, moved: Any) -> Any:
    """Moving columns with their phases turned, each by its angle."""
    if angle is None:
        return moved
    return ops.add(moved, ops.mul(turned(v), ops.convert(along_columns(angle, v), v.dtype)))


def eig_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """Of the values u^H dA v / u^H v, with the left and the right eigenvectors; of the vectors V (F o V^-1 dA V).

    F has the inverse distances of the eigenvalues, V^-1 the rows u^H / u^H v. Left vectors are the right ones of A^H.
    """
    (a,), (t,) = primals, tangents
    w, left, right = bind(primitive, a, **dict.fromkeys(_VECTORS, True))
    t, axis = ops.convert(t, right.dtype), (right.ndim - 2,)
    along = ops.sum_over(ops.mul(conj(left), right), axis)
    moved = ops.sum_over(ops.mul(conj(left), product(t, right)), axis)
    found, slopes = [w], [ops.div(moved, along)]
    if params["compute_left_eigenvectors"]:
        found.append(left)
        slopes.append(_of_vectors(conj(w), left, right, conj(along), adjoint(t)))
    if params["compute_right_eigenvectors"]:
        found.append(right)
        slopes.append(_of_vectors(w, right, left, along, t))
    return found, slopes


_VECTORS = ("compute_left_eigenvectors", "compute_right_eigenvectors")


def _of_vectors(w: Any, v: Any, other: Any, along: Any, t: Any) -> Any:
    """How eigenvectors move that keep length 1 and their phases."""
    inner = product(adjoint(other), product(t, v))
    moved = product(v, ops.mul(inverse_gaps(w, inner), ops.div(inner, along_rows(along, inner))))
    longer = real(ops.sum_over(ops.mul(conj(v), moved), (v.ndim - 2,)))
    moved = ops.sub(moved, ops.mul(v, ops.convert(along_columns(longer, v), v.dtype)))
    return along_phases(v, phases(v, moved), moved)


def svd_rule(
    primitive: Primitive, primals: Values, tangents: Values, params: Params
) -> tuple[Values, Values]:
    """Of the vectors: those of the eigenvectors of A A^H and A^H A; of the values: the diagonal of U^H dA V."""
    (a,), (t,) = primals, tangents
    m, n = t.shape[-2:]
    if params["compute_uv"] and params["full_matrices"] and m != n:
        raise NotImplementedError(  # no derivative is known
            f"The derivative of svd(full_matrices=True) is known for square matrices, got {m} rows and {n} columns. "
            f"Use full_matrices=False."
        )
    s, u, vh = bind(primitive, a, full_matrices=False, compute_uv=True)
    v = adjoint(vh)
    inner = product(adjoint(u), product(t, v))
    ds = _of_values(s, diagonal(real_part(inner)))
    if not params["compute_uv"]:
        return [s], [ds]
    size = ops.convert(s, inner.dtype)
    scaled = ops.mul(inner, along_columns(size, inner)), ops.mul(inner, along_rows(size, inner))
    gaps = _inverse_gaps_of_squares(s, inner)
    du = product(u, ops.mul(gaps, ops.add(scaled[0], adjoint(scaled[0]))))
    dv = product(v, ops.mul(gaps, ops.add(scaled[1], adjoint(scaled[1]))))
    if m > n:
        du = ops.add(du, _outside(product(t, v), product(u, inner), size))
    if n > m:
        dv = ops.add(dv, _outside(product(adjoint(t), u), product(v, adjoint(inner)), size))
    if is_complex(inner.dtype):
        du, dv = _with_phases(u, v, du, dv, ops.div(diagonal(imag(inner)), s))
    return [s, u, vh], [ds, du, adjoint(dv)]


def _of_values(s: Any, moved: Any) -> Any:
    """The derivative of singular values, which have a tip at 0, as an absolute value has: there it is 0."""
    nothing = ops.full_like(s, 0)
    return ops.where(ops.compare("eq", s, nothing), nothing, moved)


def _with_phases(u: Any, v: Any, du: Any, dv: Any, apart: Any) -> tuple[Any, Any]:
    """Phases move apart by the imaginary part of U^H dA V's diagonal over s, and together as the longer side's do."""
    if v.shape[-2] > u.shape[-2]:
        du = along_phases(u, apart, du)
        angle = phases(v, dv)
    else:
        dv = along_phases(v, ops.neg(apart), dv)
        angle = phases(u, du)
    return along_phases(u, angle, du), along_phases(v, angle, dv)


def _inverse_gaps_of_squares(s: Any, like: Any) -> Any:
    """1 / (s_j^2 - s_i^2), by its factors."""
    total = ops.add(along_columns(s, like), along_rows(s, like))
    return ops.div(inverse_gaps(s, like), ops.convert(total, like.dtype))


def _outside(moved: Any, inside: Any, s: Any) -> Any:
    """What leaves the span of the columns, for each column divided by its singular value."""
    return ops.div(ops.sub(moved, inside), along_columns(s, moved))


JVP: dict[str, Rule] = {
    "cholesky": cholesky_rule,
    "triangular_solve": triangular_solve_rule,
    "lu": lu_rule,
    "qr": qr_rule,
    "eig": eig_rule,
    "eigh": eigh_rule,
    "svd": svd_rule,
}
