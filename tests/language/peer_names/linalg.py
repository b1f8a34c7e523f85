"""Names of `verax.numpy.linalg`, `verax.scipy.linalg` and `verax.numpy.fft`."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from tests.language.peer_names.drawing import Call, Draw, Row, Rows, Shape, each, rank, unary
from tests.language.peer_names.products import cross, product_shapes, tensordot, vecdot

BOTH = [True, False]


def _matrix(d: Draw, square: bool = False, kind: str = "matrix", batch: bool = True) -> Any:
    """A matrix, or some; seldom a vector, or one that is not square."""
    m = d.size()
    n = m if square and d.chance(0.93) else d.size()
    shape: Shape = (*(d.shape(0, 1) if batch else ()), m, n)
    kind = d.mostly(kind, "any")
    return d.operand(kind, d.mostly(shape, shape[1:], (), share=0.93))


def _of_matrix(name: str, square: bool = False, batch: bool = True, **options: Any) -> Row:
    return lambda d: d.call(name, _matrix(d, square, batch=batch), **d.options(**options))


def _diagonal(d: Draw) -> Call:
    return d.call("diagonal", _matrix(d, kind="any"), **d.options(offset=[0, 1, -1]))


def _trace(d: Draw) -> Call:
    given = d.options(offset=[0, 1, -1])
    return d.call("trace", _matrix(d, kind="any"), **given, **({"dtype": d.named()} if d.chance(0.3) else {}))


def _system(d: Draw, batch: bool = True) -> tuple[Any, Any]:
    n, k, lead = d.size(), d.size(), d.shape(0, 1) if batch else ()
    kind = d.mostly("matrix", "any")
    a = d.array(kind, d.mostly((*lead, n, n), (n, k), (n,)))
    b = d.array(kind, d.mostly(d.one((n,), (n, k), (*lead, n, k)), (k, n), ()))
    return a, b


def _solve(d: Draw) -> Call:
    return d.call("solve", *_system(d))


def _lstsq(d: Draw) -> Call:
    m, n, k = d.size(), d.size(), d.size()
    b = d.array("matrix", d.mostly(d.one((m,), (m, k)), (k,)))
    return d.call(
        "lstsq", d.array("matrix", (m, n)), b, **d.options(rcond=[None, 1e-3, -1], numpy_resid=BOTH)
    )


def _norm(name: str) -> Row:
    orders: dict[str, list[Any]] = {
        "norm": [None, 1, 2, "fro", "nuc", np.inf, -np.inf, 0, 3, "odd"],
        "matrix_norm": ["fro", "nuc", 1, -1, 2, -2, np.inf, 3],
        "vector_norm": [0, 1, 2, 3, np.inf, -np.inf, 2.5, "fro"],
    }

    def row(d: Draw) -> Call:
        x = d.operand(d.mostly("inexact", "any"), d.mostly(d.shape(2 if name == "matrix_norm" else 1), ()))
        given = d.options(ord=orders[name], keepdims=BOTH)
        if name != "matrix_norm" and d.chance(0.5):
            given["axis"] = d.axes(rank(x))
        return d.call(name, x, **given)

    return row


def _multi_dot(d: Draw) -> Call:
    ends = [d.size() for _ in range(d.random.randint(3, 5))]
    xs = [d.array("any", d.mostly((a, b), (b, a), share=0.97)) for a, b in pairwise(ends)]
    if d.chance(0.3):
        xs[0] = xs[0]._replace(shape=xs[0].shape[1:])
    return d.call("multi_dot", xs if d.chance(0.95) else xs[:1], **d.options(precision=["highest"]))


def _matmul(d: Draw) -> Call:
    left, right = product_shapes(d)
    return d.call("matmul", d.operand("any", left), d.operand("any", right))


def _tensorinv(d: Draw) -> Call:
    m, n = d.size(), d.size()
    return d.call("tensorinv", d.array("matrix", d.mostly((m, n, m * n), (m, n))), **d.options(ind=[2, 1, 0]))


def _tensorsolve(d: Draw) -> Call:
    m, n = d.size(), d.size()
    a = d.array("matrix", d.mostly((m, n, m * n), (m, n, 2)))
    return d.call("tensorsolve", a, d.array("matrix", d.mostly((m, n), (m,))), **d.options(axes=[None, (0,)]))


def _power(d: Draw) -> Call:
    return d.call("matrix_power", _matrix(d, True), d.mostly(d.one(-2, -1, 0, 1, 2, 3, 5), 1.5))


NUMPY_LINALG: Rows = {
    "cholesky": _of_matrix("cholesky", True, upper=BOTH, symmetrize_input=BOTH),
    "cond": _of_matrix("cond", True, p=[None, 2, -2, 1, "fro", np.inf, "odd"]),
    "cross": lambda d: d.call("cross", *cross(d).args, **d.options(axis=[-1, 0])),
    "det": _of_matrix("det", True),
    "diagonal": _diagonal,
    **each("eig eigvals", lambda n: _of_matrix(n, True)),
    "eigh": _of_matrix("eigh", True, UPLO=[None, "L", "U", "odd"], symmetrize_input=BOTH),
    "eigvalsh": _of_matrix("eigvalsh", True, UPLO=["L", "U"], symmetrize_input=BOTH),
    "inv": _of_matrix("inv", True),
    "lstsq": _lstsq,
    "matmul": _matmul,
    **each("norm matrix_norm vector_norm", _norm),
    "matrix_power": _power,
    "matrix_rank": _of_matrix(
        "matrix_rank",
        rtol=[None, 1e-3],  # tolerance-name: an argument
        hermitian=[False],
    ),
    "matrix_transpose": unary("matrix_transpose"),
    "multi_dot": _multi_dot,
    "outer": lambda d: d.call(
        "outer", *(d.operand("any", d.mostly((d.size(),), (), (2, 2))) for _ in range(2))
    ),
    "pinv": _of_matrix("pinv", rtol=[None, 1e-3], hermitian=[False]),  # tolerance-name: an argument
    "qr": _of_matrix("qr", mode=["reduced", "complete", "r", "full", "raw", "odd"]),
    "slogdet": _of_matrix("slogdet", True, method=[None, "lu", "qr"]),
    "solve": _solve,
    "svd": _of_matrix("svd", full_matrices=BOTH, compute_uv=BOTH),
    "svdvals": _of_matrix("svdvals"),
    "tensordot": tensordot,
    "tensorinv": _tensorinv,
    "tensorsolve": _tensorsolve,
    "trace": _trace,
    "vecdot": vecdot,
}


def _triangular(d: Draw) -> Call:
    given = d.options(trans=[0, 1, 2, "N", "T", "C", 3], lower=BOTH, unit_diagonal=BOTH)
    return d.call("solve_triangular", *_system(d), **given)


def _cho_solve(d: Draw) -> Call:
    a, b = _system(d)
    lower = d.one(True, False)
    return d.of(lambda m, a, b: m.cho_solve((a, lower), b), "cho_solve", a, b)


def _lu_solve(d: Draw) -> Call:
    a, b = _system(d)
    trans = d.mostly(d.one(0, 1, 2), 3)
    return d.of(lambda m, a, b: m.lu_solve(m.lu_factor(a), b, trans), f"lu_solve {trans}", a, b)


def _line(d: Draw, kind: str = "any") -> Any:
    return d.operand(kind, d.mostly((d.size(),), (), (2, 2), share=0.8))


def _lines(name: str) -> Row:
    return lambda d: d.call(name, _line(d), **({"r": _line(d)} if d.chance(0.5) else {}))


def _sized(name: str, **options: Any) -> Row:
    return lambda d: d.call(name, d.mostly(d.random.randint(0, 12), -1, 2.5), **d.options(**options))


def _tridiagonal(d: Draw) -> Call:
    n = d.size(1, 4)
    dtype = d.mostly("float", "any")
    x = d.array(dtype, (n,))
    e = d.array(dtype, (d.mostly(max(n - 1, 0), n),))
    if d.chance(0.7):
        e = e._replace(dtype=x.dtype, weak=x.weak)
    return d.call(
        "eigh_tridiagonal", x, e, eigvals_only=d.mostly(True, False), **d.options(select=["a", "odd"])
    )


def _hadamard(d: Draw) -> Call:
    return d.call(
        "hadamard", d.mostly(d.one(1, 2, 4, 8), 0, 3, -1), **({"dtype": d.named()} if d.chance(0.5) else {})
    )


def _convolution(d: Draw) -> Call:
    return d.call(
        "convolution_matrix",
        _line(d),
        d.mostly(d.size(), -1),
        **d.options(mode=["full", "valid", "same", "odd"]),
    )


SCIPY_LINALG: Rows = {
    "block_diag": lambda d: d.call(
        "block_diag",
        *(d.operand("any", d.mostly(d.shape(0, 2), (2, 2, 2))) for _ in range(d.one(0, 1, 2, 3))),
    ),
    "cho_factor": _of_matrix("cho_factor", True, lower=BOTH),
    "cho_solve": _cho_solve,
    "cholesky": _of_matrix("cholesky", True, lower=BOTH),
    **each("circulant companion fiedler", lambda n: lambda d: d.call(n, _line(d))),
    "convolution_matrix": _convolution,
    "det": _of_matrix("det", True),
    "eigh": _of_matrix("eigh", True, lower=BOTH, eigvals_only=BOTH),
    "eigh_tridiagonal": _tridiagonal,
    "hadamard": _hadamard,
    **each("hankel toeplitz", _lines),
    "hessenberg": _of_matrix("hessenberg", True, calc_q=BOTH),
    "helmert": _sized("helmert", full=BOTH),
    **each("hilbert invhilbert", _sized),
    **each("invpascal pascal", lambda n: _sized(n, kind=["symmetric", "lower", "upper", None, "odd"])),
    "inv": _of_matrix("inv", True),
    "leslie": lambda d: (
        n := d.size(),
        d.call("leslie", d.operand("any", (n,)), d.operand("any", (d.mostly(max(n - 1, 0), n),))),
    )[1],
    "lu": _of_matrix("lu", permute_l=BOTH),
    "lu_factor": _of_matrix("lu_factor"),
    "lu_solve": _lu_solve,
    "polar": _of_matrix("polar", batch=False, side=["right", "left", "odd"], method=["qdwh", "svd", "odd"]),
    "qr": _of_matrix("qr", mode=["full", "r", "economic", "odd"]),
    "solve": lambda d: d.call(
        "solve", *_system(d), **d.options(lower=BOTH, assume_a=["gen", "pos", "sym", "her", "odd"])
    ),
    "solve_triangular": _triangular,
    "svd": _of_matrix("svd", full_matrices=BOTH, compute_uv=BOTH),
}

NORMS = [None, "ortho", "backward", "forward", "odd"]


def _line_transform(name: str) -> Row:
    def row(d: Draw) -> Call:
        kind = "float" if name in ("rfft", "ihfft") else "inexact"
        x = d.operand(d.mostly(kind, "any", share=0.7), d.mostly(d.shape(1), ()))
        given = d.options(n=[1, 2, 5, 0, -1, None], norm=NORMS) if d.chance(0.6) else {}
        return d.call(name, x, **given, **({"axis": d.axis(rank(x))} if d.chance(0.5) else {}))

    return row


def _transform(name: str) -> Row:
    def row(d: Draw) -> Call:
        kind = "float" if name.startswith("rfft") else "inexact"
        x = d.operand(d.mostly(kind, "any", share=0.7), d.mostly(d.shape(2), (3,), ()))
        given = d.options(norm=NORMS) if d.chance(0.5) else {}
        if d.chance(0.3):
            given["s"] = d.one((2, 3), (4,), (0, 2), (1, 1, 1))
        if d.chance(0.4):
            axes = d.axes(rank(x))
            given["axes"] = axes if isinstance(axes, tuple) else d.one((0,), (-1, 0), None)
        return d.call(name, x, **given)

    return row


def _frequencies(name: str) -> Row:
    def row(d: Draw) -> Call:
        given = d.options(d=[1.0, 0.5, 2, d.array("float", ())])
        return d.call(
            name, d.mostly(d.size(), 2.5, -1), **given, **({"dtype": d.named()} if d.chance(0.3) else {})
        )

    return row


def _shift(name: str) -> Row:
    def row(d: Draw) -> Call:
        x = d.operand()
        return d.call(name, x, **({"axes": d.axes(rank(x))} if d.chance(0.6) else {}))

    return row


FOURIER: Rows = {
    **each("fft ifft rfft irfft hfft ihfft", _line_transform),
    **each("fft2 ifft2 fftn ifftn rfft2 rfftn irfft2 irfftn", _transform),
    **each("fftfreq rfftfreq", _frequencies),
    **each("fftshift ifftshift", _shift),
}
