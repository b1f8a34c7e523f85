"""Functions that are a primitive, and keep its budget."""

from __future__ import annotations

from ... import lax
from .arguments import of_primitive

erf = of_primitive("erf", lax.erf, "The error function.")
erfc = of_primitive("erfc", lax.erfc, "1 - erf(x), accurate where erf is near 1.")
erfinv = of_primitive("erfinv", lax.erf_inv, "The number whose erf is x.")
expit = of_primitive("expit", lax.logistic, "1 / (1 + exp(-x)).")
gammaln = of_primitive("gammaln", lax.lgamma, "log |Gamma(x)|.")
digamma = of_primitive("digamma", lax.digamma, "The derivative of `gammaln`.")
