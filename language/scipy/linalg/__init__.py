"""`jax.scipy.linalg`'s names: decompositions, equations, and matrices that have names."""

from __future__ import annotations

from .decompositions import cholesky, eigh, eigh_tridiagonal, lu, polar, qr, svd
from .forms import hessenberg
from .solving import cho_factor, cho_solve, det, inv, lu_factor, lu_solve, solve, solve_triangular
from .special_matrices import (
    block_diag,
    circulant,
    companion,
    convolution_matrix,
    fiedler,
    hadamard,
    hankel,
    helmert,
    hilbert,
    invhilbert,
    invpascal,
    leslie,
    pascal,
    toeplitz,
)

__all__ = [
    "block_diag",
    "cho_factor",
    "cho_solve",
    "cholesky",
    "circulant",
    "companion",
    "convolution_matrix",
    "det",
    "eigh",
    "eigh_tridiagonal",
    "fiedler",
    "hadamard",
    "hankel",
    "helmert",
    "hessenberg",
    "hilbert",
    "inv",
    "invhilbert",
    "invpascal",
    "leslie",
    "lu",
    "lu_factor",
    "lu_solve",
    "pascal",
    "polar",
    "qr",
    "solve",
    "solve_triangular",
    "svd",
    "toeplitz",
]
