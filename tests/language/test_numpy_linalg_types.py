"""Functions of `verax.numpy.linalg` give the shapes, dtypes and weak types that `jax.eval_shape` gives."""

from __future__ import annotations

import types
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from verax import numpy as vnp
from verax.language import dispatch, trees
from verax.language.arrays import Array
from verax.language.shapes import ShapedArray
from verax.language.tracing import trace

NOBODY: Any = types.SimpleNamespace(name="nobody", array_type=Array, precedence=0)
REFUSED = "refused"
Shape = tuple[int, ...]


def quick(count: int) -> Any:
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


batches = st.lists(st.integers(1, 2), max_size=1).map(tuple)
sizes = st.integers(1, 4)


@st.composite
def square(draw: Any) -> list[Shape]:
    n = draw(sizes)
    return [(*draw(batches), n, draw(st.sampled_from([n, n, n, n + 1])))]


@st.composite
def rectangle(draw: Any) -> list[Shape]:
    return [draw(st.sampled_from([(*draw(batches), draw(sizes), draw(sizes))] * 4 + [(3,)]))]


@st.composite
def anything(draw: Any) -> list[Shape]:
    return [tuple(draw(st.lists(sizes, max_size=3)))]


@st.composite
def system(draw: Any) -> list[Shape]:
    n, k, batch = draw(sizes), draw(sizes), draw(batches)
    right = draw(st.sampled_from([(n,), (n, k), (*batch, n, k), (k, n)]))
    return [(*batch, n, n), right]


@st.composite
def least_squares(draw: Any) -> list[Shape]:
    m, n, k = draw(sizes), draw(sizes), draw(sizes)
    return [(m, n), draw(st.sampled_from([(m,), (m, k)]))]


@st.composite
def chain(draw: Any) -> list[Shape]:
    ends = draw(st.lists(sizes, min_size=3, max_size=5))
    found: list[Shape] = [(a, b) for a, b in pairwise(ends)]
    if draw(st.booleans()):
        found[0] = found[0][1:]
    if draw(st.booleans()):
        found[-1] = found[-1][:1]
    return found


vectors = st.tuples(batches, st.just((3,))).map(lambda x: [x[0] + x[1], x[1]])
flat = st.tuples(sizes, sizes).map(lambda x: [(x[0],), (x[1],)])
alike = st.tuples(batches, sizes).map(lambda x: [(*x[0], x[1]), (x[1],)])
products = st.tuples(batches, sizes, sizes, sizes).map(lambda x: [(*x[0], x[1], x[2]), (x[2], x[3])])
map_ = st.tuples(sizes, sizes).map(lambda x: [(x[0], x[1], x[0] * x[1])])
solved = st.tuples(sizes, sizes).map(lambda x: [(x[0], x[1], x[0] * x[1]), (x[0], x[1])])


def options(**kwargs: Any) -> Any:
    return st.fixed_dictionaries({k: st.sampled_from(v) for k, v in kwargs.items()})


none: st.SearchStrategy[dict[str, Any]] = st.just({})
BOTH = [True, False]
ORDERS = ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]
CALLS: dict[str, tuple[Any, Any]] = {
    "cholesky": (square(), options(upper=BOTH, symmetrize_input=BOTH)),
    "cond": (square(), options(p=[None, 2, -2, 1, "fro", np.inf])),
    "cross": (vectors, none),
    "det": (square(), none),
    "diagonal": (rectangle(), options(offset=[0, 1, -1])),
    "eig": (square(), none),
    "eigvals": (square(), none),
    "eigh": (square(), options(UPLO=[None, "L", "U"])),
    "eigvalsh": (square(), options(UPLO=["L", "U"])),
    "inv": (square(), none),
    "lstsq": (least_squares(), none),
    "matmul": (products, none),
    "matrix_norm": (rectangle(), options(ord=ORDERS, keepdims=BOTH)),
    "matrix_power": (square(), options(n=[-2, -1, 0, 1, 2, 3, 5])),
    "matrix_rank": (rectangle(), none),
    "matrix_transpose": (rectangle(), none),
    "norm": (anything(), options(ord=[None, 1, 2], keepdims=BOTH)),
    "outer": (flat, none),
    "pinv": (rectangle(), none),
    "qr": (rectangle(), options(mode=["reduced", "complete", "r", "full"])),
    "slogdet": (square(), options(method=[None, "lu"])),
    "solve": (system(), none),
    "svd": (rectangle(), options(full_matrices=BOTH, compute_uv=BOTH)),
    "svdvals": (rectangle(), none),
    "tensordot": (products, options(axes=[1])),
    "tensorinv": (map_, none),
    "tensorsolve": (solved, none),
    "trace": (rectangle(), options(offset=[0, 1])),
    "vecdot": (alike, none),
    "vector_norm": (anything(), options(ord=[0, 1, 2, 3, np.inf, -np.inf], keepdims=BOTH)),
}
DTYPES = ["float32", "float32", "complex64", "complex64", "float16", "bfloat16", "int32", "bool"]
# JAX symmetrizes with the operators of its arrays, which broadcast.
LOOSE = {"cholesky", "eigh", "eigvalsh"}


def ours(name: str, shapes: list[Shape], dtypes: list[Any], kwargs: Any) -> Any:
    def call(*xs: Any) -> list[Any]:
        return [dispatch.lift(y) for y in trees.leaves(getattr(vnp.linalg, name)(*xs, **kwargs))]

    try:
        with dispatch.using(NOBODY):
            avals = [ShapedArray(s, np.dtype(jnp.dtype(d))) for s, d in zip(shapes, dtypes, strict=True)]
            program = trace(call, avals)
    except (TypeError, ValueError, NotImplementedError):
        return REFUSED
    return [(a.shape, str(a.dtype), a.weak_type) for a in program.out_avals]


# JAX ships it untyped.
Struct: Any = jax.ShapeDtypeStruct


def theirs(name: str, shapes: list[Shape], dtypes: list[Any], kwargs: Any) -> Any:
    structs = [Struct(s, jnp.dtype(d)) for s, d in zip(shapes, dtypes, strict=True)]
    try:
        found = jax.eval_shape(lambda *xs: getattr(jnp.linalg, name)(*xs, **kwargs), *structs)
    except (TypeError, ValueError, NotImplementedError, IndexError):
        return REFUSED
    return [(a.shape, str(a.dtype), a.weak_type) for a in jax.tree.leaves(found)]


@pytest.mark.parametrize("name", CALLS)
def test_drawn_calls_have_jax_types(name: str) -> None:
    shapes, kwargs = CALLS[name]

    @quick(6)  # type: ignore[untyped-decorator]  # settings is
    @given(shapes, kwargs, st.data())
    def agree(shapes: list[Shape], kwargs: Any, data: Any) -> None:
        # Of integers JAX gives some vector norms as integers; here they become floats first, as in NumPy.
        known = DTYPES[:6] if name == "vector_norm" else DTYPES
        dtypes = [data.draw(st.sampled_from(known)) for _ in shapes]
        mine, other = ours(name, shapes, dtypes, kwargs), theirs(name, shapes, dtypes, kwargs)
        if mine == REFUSED and name in LOOSE:
            return
        assert mine == other, (name, shapes, dtypes, kwargs)

    agree()


def test_chains_of_products_have_jax_types() -> None:
    @quick(5)  # type: ignore[untyped-decorator]  # settings is
    @given(chain())
    def agree(shapes: list[Shape]) -> None:
        mine = vnp.linalg.multi_dot([vnp.ones(s) for s in shapes])
        other = jnp.linalg.multi_dot([jnp.ones(s) for s in shapes])
        assert (mine.shape, str(mine.dtype)) == (other.shape, str(other.dtype))
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(other))

    agree()
