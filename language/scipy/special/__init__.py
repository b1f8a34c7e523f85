"""`jax.scipy.special`'s functions of reals, written in primitives.

Those that are a primitive keep its budget; the others are the stable form where there is one. `gamma`, `beta` and their
like are exponentials of logarithms: they lose as many digits as the logarithm has before its point.
"""

from __future__ import annotations

from ...nn import log_softmax, logsumexp, softmax
from .bessels import i0, i0e, i1, i1e
from .entropies import entr, kl_div, logit, rel_entr, xlog1py, xlogy
from .exponentials import dawsn, erfcx, exp1, expi, expn
from .gammas import (
    beta,
    betainc,
    betaln,
    factorial,
    gamma,
    gammainc,
    gammaincc,
    gammasgn,
    loggamma,
    multigammaln,
    poch,
    polygamma,
    zeta,
)
from .normals import log_ndtr, ndtr, ndtri
from .plain import digamma, erf, erfc, erfinv, expit, gammaln
from .powers import bernoulli, boxcox, boxcox1p, comb, spence
from .waves import bessel_jn, fresnel, sici

__all__ = [
    "bernoulli",
    "bessel_jn",
    "beta",
    "betainc",
    "betaln",
    "boxcox",
    "boxcox1p",
    "comb",
    "dawsn",
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp1",
    "expi",
    "expit",
    "expn",
    "factorial",
    "fresnel",
    "gamma",
    "gammainc",
    "gammaincc",
    "gammaln",
    "gammasgn",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "kl_div",
    "log_ndtr",
    "log_softmax",
    "loggamma",
    "logit",
    "logsumexp",
    "multigammaln",
    "ndtr",
    "ndtri",
    "poch",
    "polygamma",
    "rel_entr",
    "sici",
    "softmax",
    "spence",
    "xlog1py",
    "xlogy",
    "zeta",
]
