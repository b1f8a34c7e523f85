"""Distributions: one transform of JAX's bits within the program's bound; rejection samplers by Kolmogorov-Smirnov."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import jax.random
import mpmath
import numpy as np
import pytest
import scipy.stats
from tests.language import test_numpy_against_numpy as values

import verax
from verax import random
from verax.adapters.numpy_profile import NUMPY
from verax.reference import Bounded, evaluate

COUNT = (40,)
F32 = np.float32
BELOW = np.nextafter(F32(-1), F32(0))


def drawn(key: Any, low: Any = 0.0, high: Any = 1.0, shape: Any = COUNT) -> list[Any]:
    """JAX's uniform floats, as reals."""
    found = np.asarray(jax.random.uniform(key, shape, F32, low, high), np.float64)
    return [mpmath.mpf(x) for x in found.reshape(-1).tolist()]


def normals(key: Any, shape: Any = COUNT) -> list[Any]:
    return [mpmath.sqrt(2) * mpmath.erfinv(u) for u in drawn(key, BELOW, 1.0, shape)]


def halves(key: Any) -> Any:
    return jax.random.split(key)


TINY, STEP = np.finfo(F32).tiny, F32(2.0**-23)


def _wald(key: Any) -> list[Any]:
    found, mean = [], mpmath.mpf(1.5)
    for v, z in zip(normals(halves(key)[0]), drawn(halves(key)[1]), strict=True):
        y = v * v
        x = mean + mean**2 * y / 2 - mean / 2 * mpmath.sqrt(4 * mean * y + mean**2 * y**2)
        found.append(x if z <= mean / (mean + x) else mean**2 / x)
    return found


def _triangular(key: Any) -> list[Any]:
    left, mode, right = mpmath.mpf(-1), mpmath.mpf(0.5), mpmath.mpf(2)
    return [
        left + mpmath.sqrt(u * (right - left) * (mode - left))
        if u < (mode - left) / (right - left)
        else right - mpmath.sqrt((1 - u) * (right - left) * (right - mode))
        for u in drawn(key)
    ]


def _maxwell(key: Any) -> list[Any]:
    xs = normals(key, (*COUNT, 3))
    return [mpmath.sqrt(sum(x * x for x in xs[i : i + 3])) for i in range(0, len(xs), 3)]


def _signed_maxwell(key: Any) -> list[Any]:
    signs = [1 if u < 0.5 else -1 for u in drawn(halves(key)[1])]
    return [s * x * 2 + 3 for s, x in zip(signs, _maxwell(halves(key)[0]), strict=True)]


def _truncated(key: Any) -> list[Any]:
    low, high = (F32(mpmath.erf(x / mpmath.sqrt(2))) for x in (mpmath.mpf(-0.5), mpmath.mpf(1)))
    return [mpmath.sqrt(2) * mpmath.erfinv(u) for u in drawn(key, low, high)]


# name: (the call, the transform of JAX's uniform floats in reals)
TRANSFORMS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], list[Any]]]] = {
    "normal": (lambda k: random.normal(k, COUNT), normals),
    "lognormal": (
        lambda k: random.lognormal(k, 1.5, COUNT),
        lambda k: [mpmath.exp(1.5 * x) for x in normals(k)],
    ),
    "exponential": (
        lambda k: random.exponential(k, COUNT),
        lambda k: [-mpmath.log(1 - u) for u in drawn(k)],
    ),
    "gumbel": (
        lambda k: random.gumbel(k, COUNT),
        lambda k: [-mpmath.log(-mpmath.log(u)) for u in drawn(k, TINY)],
    ),
    "laplace": (
        lambda k: random.laplace(k, COUNT),
        lambda k: [mpmath.sign(u) * mpmath.log(1 - abs(u)) for u in drawn(k, F32(-1) + STEP / 2)],
    ),
    "logistic": (
        lambda k: random.logistic(k, COUNT),
        lambda k: [mpmath.log(u / (1 - u)) for u in drawn(k, TINY)],
    ),
    "cauchy": (
        lambda k: random.cauchy(k, COUNT),
        lambda k: [mpmath.tan(mpmath.pi * (u - 0.5)) for u in drawn(k, STEP)],
    ),
    "pareto": (
        lambda k: random.pareto(k, 2.5, COUNT),
        lambda k: [(1 - u) ** (-1 / mpmath.mpf(2.5)) for u in drawn(k)],
    ),
    "rayleigh": (
        lambda k: random.rayleigh(k, 1.5, COUNT),
        lambda k: [1.5 * mpmath.sqrt(-2 * mpmath.log(u)) for u in drawn(k)],
    ),
    "weibull_min": (
        lambda k: random.weibull_min(k, 1.5, 2.5, COUNT),
        lambda k: [1.5 * (-mpmath.log(1 - u)) ** (1 / mpmath.mpf(2.5)) for u in drawn(k)],
    ),
    "triangular": (lambda k: random.triangular(k, -1.0, 0.5, 2.0, COUNT), _triangular),
    "wald": (lambda k: random.wald(k, 1.5, COUNT), _wald),
    "maxwell": (lambda k: random.maxwell(k, COUNT), _maxwell),
    "double_sided_maxwell": (lambda k: random.double_sided_maxwell(k, 3.0, 2.0, COUNT), _signed_maxwell),
    "truncated_normal": (lambda k: random.truncated_normal(k, -0.5, 1.0, COUNT), _truncated),
    "geometric": (
        lambda k: random.geometric(k, 0.25, COUNT),
        lambda k: [mpmath.floor(mpmath.log(u) / mpmath.log(0.75)) + 1 for u in drawn(k)],
    ),
}


@pytest.mark.parametrize("name", sorted(TRANSFORMS))
def test_a_distribution_is_the_stated_transform_of_jax_s_bits(name: str) -> None:
    call, transform = TRANSFORMS[name]
    words = np.array([0, 5], np.uint32)
    program = values.program_of(call, [words])
    got = program(words)[0].machine_value()
    assert values.outside(program, [words], [got], NUMPY) == []
    with mpmath.workdps(40):
        true = transform(jax.random.wrap_key_data(jnp.asarray(words)))
        found = evaluate(program, [words], Bounded(NUMPY))[0].scalars
        for want, scalar in zip(true, found, strict=True):
            value, bound = getattr(scalar, "value", scalar), getattr(scalar, "bound", 0.0)
            assert abs(want - mpmath.mpf(value)) <= abs(bound), (want, scalar)


# -- rejection samplers -----------------------------------------------------------------------------------
SIZE = 4000
# Seeds are fixed: an honest sampler is below this with the probability itself, once, when the seed is chosen.
LEAST = 1e-3


def ks(sample: Any, law: Any) -> float:
    """The p-value of a sample under a law of SciPy's; that of a discrete one is spread within its steps."""
    xs = np.asarray(sample, np.float64).reshape(-1)
    if not hasattr(law.dist, "pmf"):
        return float(scipy.stats.kstest(xs, law.cdf).pvalue)
    spread = np.random.default_rng(5).uniform(size=xs.size)
    places = law.cdf(xs - 1) + spread * law.pmf(xs)
    return float(scipy.stats.kstest(places, "uniform").pvalue)


def _norm(points: Any, p: float) -> Any:
    return (np.abs(np.asarray(points, np.float64)) ** p).sum(-1) ** (1 / p)


stats = scipy.stats
REJECTED: dict[str, Any] = {
    **{f"gamma {a}": (lambda k, a=a: random.gamma(k, a, (SIZE,)), stats.gamma(a)) for a in (0.3, 1.0, 7.5)},
    "gamma of arrays": (lambda k: random.gamma(k, np.full((SIZE,), 2, F32)), stats.gamma(2)),
    "loggamma": (lambda k: random.loggamma(k, 0.05, (SIZE,)), stats.loggamma(0.05)),
    "beta": (lambda k: random.beta(k, 0.5, 2.5, (SIZE,)), stats.beta(0.5, 2.5)),
    "chisquare": (lambda k: random.chisquare(k, 3.0, (SIZE,)), stats.chi2(3)),
    "f": (lambda k: random.f(k, 3.0, 8.0, (SIZE,)), stats.f(3, 8)),
    "t": (lambda k: random.t(k, 4.0, (SIZE,)), stats.t(4)),
    "dirichlet": (
        lambda k: np.asarray(random.dirichlet(k, np.array([0.5, 1, 3], F32), (SIZE,)))[:, 0],
        stats.beta(0.5, 4),
    ),
    "generalized_normal": (lambda k: random.generalized_normal(k, 1.5, (SIZE,)), stats.gennorm(1.5)),
    "ball": (lambda k: _norm(random.ball(k, 3, 1.5, (SIZE,)), 1.5) ** 3, stats.uniform()),
    **{
        f"poisson {m}": (lambda k, m=m: random.poisson(k, m, (SIZE,)), stats.poisson(m))
        for m in (0.7, 9.5, 10.0, 300.0)
    },
    **{
        f"binomial {n} {p}": (lambda k, n=n, p=p: random.binomial(k, n, p, (SIZE,)), stats.binom(n, p))
        for n, p in ((12, 0.3), (40, 0.9), (60, 0.4), (500, 0.7))
    },
    "multinomial": (
        lambda k: np.asarray(random.multinomial(k, 50.0, np.tile(np.array([0.2, 0.5, 0.3], F32), (SIZE, 1))))[
            :, 1
        ],
        stats.binom(50, np.float64(F32(0.5))),
    ),
    "geometric": (lambda k: random.geometric(k, 0.25, (SIZE,)), stats.geom(0.25)),
    "wald": (lambda k: random.wald(k, 1.5, (SIZE,)), stats.invgauss(1.5)),
}


@pytest.mark.parametrize("name", sorted(REJECTED))
def test_a_sampler_has_its_law(name: str) -> None:
    draw, law = REJECTED[name]
    sample = np.asarray(draw(random.key(11)), np.float64)
    assert ks(sample, law) > LEAST
    # What is a third too large is seen.
    off = np.ceil(sample * 4 / 3) if hasattr(law.dist, "pmf") else sample * 4 / 3
    assert ks(off, law) < LEAST


# Draws of whole numbers are JAX's, in these: what goes through a logarithm decides alike.
COUNTS: dict[str, Callable[[Any, Any], Any]] = {
    "poisson": lambda r, k: r.poisson(k, np.array([0, 0.5, 3, 9.9, 10, 50, 1e4, -1, np.nan], F32), (5, 9)),
    "binomial": lambda r, k: r.binomial(
        k,
        np.array([0, 5, 30, 100, 1e3, -1, np.nan, np.inf], F32),
        np.array([[0.3], [0.8], [0.5], [0.01]], F32),
    ),
    "geometric": lambda r, k: r.geometric(k, np.array([0.1, 0.5, 0.999], F32), (4, 3)),
    "key_dtype": lambda r, k: np.frombuffer(str(r.key_dtype()).encode(), np.uint8),
}


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_counts_are_jax_s(name: str) -> None:
    ours = np.asarray(COUNTS[name](random, random.key(7)))
    theirs = np.asarray(COUNTS[name](jax.random, jax.random.key(7)))
    assert (ours.dtype, ours.shape, ours.tobytes()) == (theirs.dtype, theirs.shape, theirs.tobytes())


# name: a call whose type is JAX's, in float32 and under x64.
TYPED: dict[str, Callable[[Any, Any, Any], Any]] = {
    "gamma": lambda r, k, t: r.gamma(k, np.ones((2, 3), F32), None, t),
    "loggamma": lambda r, k, t: r.loggamma(k, 2, (4,), t),
    "beta": lambda r, k, t: r.beta(k, 2, np.ones(3, np.int32), None, t),
    "chisquare": lambda r, k, t: r.chisquare(k, 3, None, t),
    "f": lambda r, k, t: r.f(k, np.ones(3, F32), np.ones(3, F32), None, t),
    "t": lambda r, k, t: r.t(k, 3, (2,), t),
    "dirichlet": lambda r, k, t: r.dirichlet(k, np.ones((2, 3), F32), (4, 2), t),
    "generalized_normal": lambda r, k, t: r.generalized_normal(k, 2, (3,), t),
    "ball": lambda r, k, t: r.ball(k, 3, 2, (2,), t),
    "lognormal": lambda r, k, t: r.lognormal(k, dtype=t),
    "maxwell": lambda r, k, t: r.maxwell(k, (2,), t),
    "double_sided_maxwell": lambda r, k, t: r.double_sided_maxwell(k, 1.0, np.ones(3, F32), (), t),
    "wald": lambda r, k, t: r.wald(k, np.ones(3, F32), None, t),
    "pareto": lambda r, k, t: r.pareto(k, 1, (2,), t),
    "rayleigh": lambda r, k, t: r.rayleigh(k, np.ones(3, F32), None, t),
    "weibull_min": lambda r, k, t: r.weibull_min(k, np.ones(3, F32), 2.0, (3,), t),
    "triangular": lambda r, k, t: r.triangular(k, 0, 1, np.ones(3, F32) * 3, None, t),
    "binomial": lambda r, k, t: r.binomial(k, 3, 0.5, None, t),
    "multinomial": lambda r, k, t: r.multinomial(k, 3, np.ones((2, 3), F32), dtype=t),
}


@pytest.mark.parametrize("name", sorted(TYPED))
def test_types_are_jax_s(name: str) -> None:
    for wide, dtype in ((False, None), (False, "float16"), (True, None), (True, "float32")):
        with verax.enable_x64(wide), jax.enable_x64(wide):
            if (
                name in ("beta", "f", "lognormal", "pareto", "wald", "rayleigh", "triangular")
                and dtype == "float16"
            ):
                continue  # their float32 parameters do not fit, which the next test asks
            ours = verax.eval_shape(lambda k: TYPED[name](random, k, dtype), np.zeros(2, np.uint32))  # noqa: B023
            theirs = jax.eval_shape(lambda k: TYPED[name](jax.random, k, dtype), np.zeros(2, np.uint32))  # noqa: B023
            assert (ours.shape, ours.dtype, ours.weak_type) == (theirs.shape, theirs.dtype, theirs.weak_type)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda k: random.pareto(k, np.ones(2, F32), None, "float16"), "`b` of pareto must have a dtype"),
        (lambda k: random.t(k, np.ones(3, F32), (2,)), "3"),
        (lambda k: random.gamma(k, np.ones((2, 3), F32), (3,)), "`shape` of gamma must be one that"),
        (lambda k: random.poisson(k, 1.0, dtype=float), "`dtype` of poisson must be an integer dtype"),
        (lambda k: random.gamma(k, 1.0, dtype=int), "`dtype` of gamma must be a float dtype"),
        (lambda k: random.dirichlet(k, 1.0), "`alpha` of dirichlet must have an axis"),
    ],
)
def test_what_does_not_fit_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(random.key(0))


def test_samplers_pass_through_transforms_and_the_reference() -> None:
    keys = random.split(random.key(1), 3)
    mapped = np.asarray(verax.vmap(lambda k: random.gamma(k, 0.7, (4,)))(keys))
    single = np.stack([np.asarray(random.gamma(k, 0.7, (4,))) for k in keys])
    assert mapped.tobytes() == single.tobytes()
    counts = np.asarray(verax.jit(lambda k: random.poisson(k, 12.0, (5,)))(keys[0]))
    with verax.using(verax.reference):
        assert np.asarray(random.poisson(keys[0], 12.0, (5,))).tolist() == counts.tolist()


# -- what rests on a factorization ------------------------------------------------------------------------
COVARIANCE = np.array([[2.0, 0.5], [0.5, 1.0]], F32)


@pytest.mark.parametrize("method", ["cholesky", "eigh", "svd"])
def test_normal_vectors_have_their_covariance(method: str) -> None:
    mean = np.array([1.0, -2.0], F32)
    sample = np.asarray(random.multivariate_normal(random.key(3), mean, COVARIANCE, (SIZE,), method=method))
    for weights in ((1.0, 0.0), (0.0, 1.0), (1.0, -2.0)):
        w = np.array(weights)
        law = stats.norm(w @ mean, np.sqrt(w @ COVARIANCE.astype(np.float64) @ w))
        assert ks(sample @ w, law) > LEAST
        assert ks(sample @ w * 4 / 3, law) < LEAST
    with pytest.raises(ValueError, match="`method` of multivariate_normal must be one of"):
        random.multivariate_normal(random.key(0), mean, COVARIANCE, method="lu")
    with pytest.raises(ValueError, match="`cov` of multivariate_normal must have shape"):
        random.multivariate_normal(random.key(0), mean, np.eye(3, dtype=F32))


@pytest.mark.parametrize(("n", "m"), [(3, 3), (4, 2), (2, 4)])
def test_orthogonal_matrices_are_those_of_jax_but_for_last_bits(n: int, m: int) -> None:
    ours = random.orthogonal(random.key(5), n, (2,), None, m)
    theirs = jax.random.orthogonal(jax.random.key(5), n, (2,), None, m)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    # Entries are at most 1: half of their digits are those of JAX.
    assert np.array_equal(np.rint(np.asarray(ours) * 4096), np.rint(np.asarray(theirs) * 4096))
