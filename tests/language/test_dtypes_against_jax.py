"""Every function of `verax.lax` takes the dtypes that JAX's takes, and gives theirs: a table of dtypes and functions.

What is taken is run in both implementations as well, for a rule that says yes and a kernel that cannot would be worse.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import ml_dtypes
import mpmath
import numpy as np
import pytest
from tests.language.peer_types.calls import BINARY, CUMULATIVE, REDUCTIONS, UNARY

import verax
from verax import lax
from verax.language import trees
from verax.language.config import enable_x64

jax_lax: Any = jax.lax  # its types are not those of what it takes
DTYPES = [
    np.dtype(t)
    for t in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", ml_dtypes.bfloat16, "float32", "float64", "complex64", "complex128"),
    )
]
Table = dict[str, Callable[[Any, Any], Any]]
ONES = {"window_dimensions": (2, 2), "window_strides": (1, 1), "padding": "VALID"}


def with_x(name: str, *more: Any, twice: bool = False) -> Callable[[Any, Any], Any]:
    return lambda lax, x: getattr(lax, name)(*[x, x] if twice else [x], *more)


def scattered(name: str) -> Callable[[Any, Any], Any]:
    def call(lax: Any, x: Any) -> Any:
        numbers = lax.ScatterDimensionNumbers((1,), (0,), (0,))
        return getattr(lax, name)(x, np.array([[1]], np.int32), x[:1], numbers)

    return call


def gathered(lax: Any, x: Any) -> Any:
    numbers = lax.GatherDimensionNumbers((1,), (0,), (0,))
    return lax.gather(x, np.array([[1]], np.int32), numbers, (1, 3))


def lanes(call: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def mapped(lax: Any, x: Any) -> Any:
        vmap: Any = jax.vmap if lax is jax_lax else verax.vmap
        return vmap(lambda row: call(lax, row), axis_name="i")(x)

    return mapped


def exchanged(lax: Any, row: Any) -> Any:
    return lax.all_to_all(row[:2], "i", 0, 0)


MADE: Table = {
    "broadcast": lambda lax, x: lax.broadcast(x, (2,)),
    "broadcast_in_dim": lambda lax, x: lax.broadcast_in_dim(x, (2, 3, 2), (0, 1)),
    "clamp": lambda lax, x: lax.clamp(x, x, x),
    "concatenate": lambda lax, x: lax.concatenate([x, x], 0),
    "conj": lambda lax, x: lax.conj(x),
    "complex": lambda lax, x: lax.complex(x, x),
    "real": lambda lax, x: lax.real(x),
    "imag": lambda lax, x: lax.imag(x),
    "dynamic_slice": lambda lax, x: lax.dynamic_slice(x, (0, 1), (1, 2)),
    "dynamic_update_slice": lambda lax, x: lax.dynamic_update_slice(x, x[:1], (1, 0)),
    "expand_dims": lambda lax, x: lax.expand_dims(x, (0,)),
    "full_like": lambda lax, x: lax.full_like(x, 1),
    "gather": gathered,
    "index_in_dim": lambda lax, x: lax.index_in_dim(x, 1),
    "integer_pow": lambda lax, x: lax.integer_pow(x, 3),
    "iota": lambda lax, x: lax.iota(x.dtype, 3),
    "pad": lambda lax, x: lax.pad(x, x[0, 0], [(1, 0, 1), (0, -1, 0)]),
    "pow": lambda lax, x: lax.pow(x, x),
    "pow of an integer": lambda lax, x: lax.pow(x, 2),
    "reduce_precision": lambda lax, x: lax.reduce_precision(x, 5, 3),
    "reshape": lambda lax, x: lax.reshape(x, (3, 2)),
    "rev": lambda lax, x: lax.rev(x, (1,)),
    "round": lambda lax, x: lax.round(x),
    "select": lambda lax, x: lax.select(x == x, x, x),
    "select_n": lambda lax, x: lax.select_n(x == x, x, x),
    "which of select_n": lambda lax, x: lax.select_n(x, np.ones((2, 3), np.int32), np.ones((2, 3), np.int32)),
    "slice": lambda lax, x: lax.slice(x, (0, 1), (2, 3), (1, 2)),
    "sort": lambda lax, x: lax.sort(x),
    "sort_key_val": lambda lax, x: lax.sort_key_val(x, x),
    "split": lambda lax, x: lax.split(x, (1, 2), 1),
    "squeeze": lambda lax, x: lax.squeeze(x[:1], (0,)),
    "stop_gradient": lambda lax, x: lax.stop_gradient(x),
    "tile": lambda lax, x: lax.tile(x, (2, 1)),
    "top_k": lambda lax, x: lax.top_k(x, 2),
    "transpose": lambda lax, x: lax.transpose(x, (1, 0)),
    "argmax": lambda lax, x: lax.argmax(x, 1, np.int32),
    "argmin": lambda lax, x: lax.argmin(x, 1, np.int32),
    "batch_matmul": lambda lax, x: lax.batch_matmul(x[None], lax.reshape(x, (1, 3, 2))),
    "dot": lambda lax, x: lax.dot(x, x[0]),
    "dot_general": lambda lax, x: lax.dot_general(x, x, (((1,), (1,)), ((0,), (0,)))),
    "ragged_dot": lambda lax, x: lax.ragged_dot(x, lax.reshape(x, (2, 3, 1)), np.array([1, 1], np.int32)),
    "conv": lambda lax, x: lax.conv(x[None], x[None], (1,), "SAME"),
    "reduce_window sum": lambda lax, x: lax.reduce_window(x, np.zeros((), x.dtype), lax.add, **ONES),
    "reduce_window product": lambda lax, x: lax.reduce_window(x, np.ones((), x.dtype), lax.mul, **ONES),
    "betainc": lambda lax, x: lax.betainc(x, x, x),
    "random_gamma_grad": lambda lax, x: lax.random_gamma_grad(x, x),
    "psum": lanes(lambda lax, row: lax.psum(row, "i")),
    "pmean": lanes(lambda lax, row: lax.pmean(row, "i")),
    "pmax": lanes(lambda lax, row: lax.pmax(row, "i")),
    "pmin": lanes(lambda lax, row: lax.pmin(row, "i")),
    "all_gather": lanes(lambda lax, row: lax.all_gather(row, "i")),
    "psum_scatter": lanes(lambda lax, row: lax.psum_scatter(row[:2], "i")),
    "all_to_all": lanes(exchanged),
    "ppermute": lanes(lambda lax, row: lax.ppermute(row, "i", [(0, 1), (1, 0)])),
    "fft": lambda lax, x: lax.fft(x, "fft", (3,)),
    "rfft": lambda lax, x: lax.fft(x, "rfft", (3,)),
    "irfft": lambda lax, x: lax.fft(x, "irfft", (4,)),
}
SCATTERS = ["scatter", "scatter_add", "scatter_max", "scatter_min", "scatter_mul", "scatter_sub"]
FUNCTIONS: Table = {
    **{name: with_x(name) for name in UNARY},
    **{name: with_x(name, twice=True) for name in BINARY},
    **{name: with_x(name, (1,)) for name in REDUCTIONS},
    **{name: with_x(name, 1) for name in CUMULATIVE},
    **{name: scattered(name) for name in SCATTERS},
    **MADE,
}


# What JAX has a type for, and nothing else.
INTEGERS = [d for d in DTYPES if d.kind in "iu"]
COMPLEX = [d for d in DTYPES if d.kind == "c"]
REFUSED = {
    "cumlogsumexp": INTEGERS,  # JAX fails when it runs: it starts from an infinity
    "argmax": COMPLEX,  # JAX fails when it runs: complex numbers have no order
    "argmin": COMPLEX,
    "scatter_max": COMPLEX,  # of numbers without an order; `max` itself goes by parts, as JAX's does
    "scatter_min": COMPLEX,
}


def types_of(call: Callable[[], Any]) -> list[tuple[Any, str]] | None:
    """Shapes and dtypes of the results; None where the function refuses."""
    try:
        return [(x.shape, str(x.dtype)) for x in trees.leaves(call())]
    except (TypeError, ValueError, NotImplementedError):
        return None


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_dtypes_that_are_taken_are_jaxs(name: str) -> None:
    function = FUNCTIONS[name]
    with enable_x64(), jax.enable_x64(True):
        for dtype in DTYPES:
            x = (np.arange(6).reshape(2, 3) % 2).astype(dtype)
            refused = dtype in REFUSED.get(name, [])
            theirs = types_of(partial(jax.eval_shape, partial(function, jax_lax), x))
            assert theirs is not None or not refused
            wanted = None if refused else theirs
            for implementation in ("fast", "reference"):
                with verax.using(implementation):
                    found = types_of(partial(function, lax, verax.numpy.asarray(x)))
                assert found == wanted, (name, str(dtype), implementation)


def test_a_planted_refusal_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        FUNCTIONS, "sign", lambda lax, x: lax.neg(lax.sign(x))
    )  # no negative booleans, but integers
    monkeypatch.setitem(
        FUNCTIONS, "tan", lambda lax, x: lax.tan(x) if lax is jax_lax else lax.max(x, lax.tan(x.real))
    )
    with pytest.raises(AssertionError):
        test_the_dtypes_that_are_taken_are_jaxs("tan")


def test_running_sums_of_complex_exponentials_are_those_of_many_digits() -> None:
    x = np.array([3j, 1 + 4j, 2 - 5j, -90 + 1j, 95 + 2.5j], np.complex64)
    with verax.using("reference"):
        found = np.asarray(lax.cumlogsumexp(x))
    with mpmath.workdps(60):
        sums = [
            mpmath.log(mpmath.fsum(mpmath.exp(mpmath.mpc(complex(z))) for z in x[: i + 1])) for i in range(5)
        ]
    wanted = [np.complex64(complex(np.float32(float(z.real)), np.float32(float(z.imag)))) for z in sums]
    assert found[0] == x[0]  # of one element nothing is computed
    assert found[1:].tobytes() == np.array(wanted, np.complex64)[1:].tobytes()


def test_complex_logaddexp_and_its_slopes_have_jaxs_leading_digits() -> None:
    rng = np.random.default_rng(8)
    x, y, dx, dy = 10 * (rng.normal(size=(4, 6)) + 1j * rng.normal(size=(4, 6)))
    with enable_x64(), jax.enable_x64(True):
        wanted = jax.jvp(jax.numpy.logaddexp, (x, y), (dx, dy))
        for implementation in ("fast", "reference"):
            with verax.using(implementation):
                found = verax.jvp(verax.numpy.logaddexp, (x, y), (dx, dy))
            for ours, theirs in zip(found, wanted, strict=True):
                assert ours.dtype == theirs.dtype
                assert (
                    np.asarray(ours).astype(np.complex64).tolist()
                    == np.asarray(theirs).astype(np.complex64).tolist()
                )
