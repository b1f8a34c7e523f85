"""`jax.scipy.special`'s functions of reals, written in primitives.

Those that are a primitive keep its budget; the others are the stable form where there is one. `gamma`, `beta` and their
like are exponentials of logarithms: they lose as many digits as the logarithm has before its point.
"""

from __future__ import annotations

from ...nn import log_softmax, logsumexp, softmax
from .bessels import i0, i0e, i1, i1e
from .entropies import entr, kl_div, logit, rel_entr, xlog1py, xlogy
from .gammas import beta, betaln, factorial, gamma, gammasgn, multigammaln, poch
from .normals import log_ndtr, ndtr, ndtri
from .plain import digamma, erf, erfc, erfinv, expit, gammaln

__all__ = [
    "beta",
    "betaln",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfinv",
    "expit",
    "factorial",
    "gamma",
    "gammaln",
    "gammasgn",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "kl_div",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "multigammaln",
    "ndtr",
    "ndtri",
    "poch",
    "rel_entr",
    "softmax",
    "xlog1py",
    "xlogy",
]
