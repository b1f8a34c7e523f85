"""`verax.lax` has JAX's names and arguments, and its compositions compute what they say, in either implementation."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax as jax_lax

import verax
from verax.language import lax
from verax.language.errors import CollectiveError

# Ours alone, or named otherwise, with the reason.
OWN_NAMES = {
    "zeros_like": "the contract of the language asks for it",
    "select_and_gather_add": "JAX has it as a primitive, under a private name",
    "select_and_scatter_add": "likewise",
}
OWN_ARGUMENTS = {
    "convert_element_type": "weak_type, for the promotion of verax.numpy",
    "nextafter": "x and y, as of every binary function",
}


@pytest.fixture(params=["fast", "reference"])
def room(request: pytest.FixtureRequest) -> Iterator[str]:
    with verax.using(request.param):
        yield request.param


def machine(x: Any) -> Any:
    return np.asarray(x)


def assert_same(ours: Any, wanted: Any) -> None:
    """Equal elements and dtype: everything here is exact."""
    np.testing.assert_array_equal(machine(ours), wanted, strict=True)


X = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, -1.0]], np.float32)


def test_names_are_jax_names() -> None:
    assert {name for name in lax.__all__ if not hasattr(jax_lax, name)} == set(OWN_NAMES)


def test_public_names_are_the_list() -> None:
    assert len(set(lax.__all__)) == len(lax.__all__)
    assert all(hasattr(lax, name) for name in lax.__all__)


@pytest.mark.parametrize("name", [n for n in lax.__all__ if n not in {**OWN_NAMES, **OWN_ARGUMENTS}])
def test_arguments_are_jax_arguments(name: str) -> None:
    ours, theirs = getattr(lax, name), getattr(jax_lax, name)
    if isinstance(ours, types.GenericAlias):
        assert ours == ours.__class__(tuple, theirs.__args__)
        return
    if inspect.isclass(ours) or inspect.ismodule(ours):
        assert type(ours) is type(theirs) or inspect.isclass(theirs)
        return
    mine, jax_names = (list(inspect.signature(f).parameters) for f in (ours, theirs))
    assert mine == jax_names[: len(mine)]


@pytest.mark.parametrize("name", [n for n in lax.__all__ if inspect.isfunction(getattr(lax, n))])
def test_a_function_is_documented_under_its_name(name: str) -> None:
    function = getattr(lax, name)
    assert function.__name__ == name
    assert function.__doc__


def test_a_scalar_takes_the_dtype_beside_it(room: str) -> None:
    half = np.array([1.0, 2.0], np.float16)
    assert_same(lax.mul(half, 0.5), half * np.float16(0.5))
    assert_same(lax.add(1, np.array([1, 2], np.int8)), np.array([2, 3], np.int8))
    assert_same(lax.max(X, 0), np.maximum(X, np.float32(0)))


def test_scalars_and_single_axes_broadcast(room: str) -> None:
    row = np.array([[1.0, 2.0, 3.0]], np.float32)
    assert_same(lax.add(X, row), X + row)
    assert_same(lax.sub(np.float32(1), X), np.float32(1) - X)


def test_a_scalar_that_does_not_fit_is_refused(room: str) -> None:
    with pytest.raises(OverflowError):
        lax.add(np.array([1], np.uint8), 300)
    with pytest.raises(TypeError, match=r"equal dtypes, got int32, float32"):
        lax.add(np.array([1], np.int32), 1.5)


def test_conversion_of_a_scalar_is_direct(room: str) -> None:
    assert_same(lax.convert_element_type(2**40, np.float32), np.array(2**40, np.float32))
    assert_same(lax.convert_element_type(True, np.int8), np.array(1, np.int8))
    assert_same(lax.convert_element_type(-1.75, np.int32), np.array(-1, np.int32))


def test_structure(room: str) -> None:
    assert_same(lax.expand_dims(X, (0, -1)), X[None, ..., None])
    assert_same(lax.squeeze(X[:1], (0,)), X[0])
    assert_same(lax.collapse(X[None], 1, 3), X.reshape(1, 6))
    assert_same(lax.collapse(X, 0), X.reshape(6))
    assert_same(lax.broadcast_to_rank(X, 3), X[None])
    assert_same(lax.broadcast_to_rank(X, 2), X)
    assert_same(lax.reshape(X, (3, 2), dimensions=(1, 0)), X.T.reshape(3, 2))
    assert_same(lax.concatenate([X], 0), X)
    for piece, wanted in zip(lax.split(X, (1, 2), 1), np.split(X, [1], 1), strict=True):
        assert_same(piece, wanted)


def test_slices(room: str) -> None:
    assert_same(lax.slice_in_dim(X, -2, None, axis=1), X[:, -2:])
    assert_same(lax.slice_in_dim(X, 0, 3, 2, axis=1), X[:, ::2])
    assert_same(lax.index_in_dim(X, -1, 1), X[:, -1:])
    assert_same(lax.index_in_dim(X, 1, 0, keepdims=False), X[1])
    assert_same(lax.dynamic_slice(X, (0, -2), (1, 2)), X[:1, 1:])
    assert_same(lax.dynamic_slice(X, np.array([1, 5]), (1, 2)), X[1:, 1:])
    assert_same(lax.dynamic_index_in_dim(X, np.int32(-1), 1, keepdims=False), X[:, -1])
    assert_same(lax.dynamic_slice_in_dim(X, 1, 2, 1), X[:, 1:])
    changed = X.copy()
    changed[:, 1] = 9
    assert_same(lax.dynamic_update_index_in_dim(X, np.full(2, 9, np.float32), 1, 1), changed)
    assert_same(lax.dynamic_update_slice_in_dim(X, np.full((2, 1), 9, np.float32), -2, 1), changed)


def test_creation(room: str) -> None:
    assert_same(lax.full((2,), 7, np.int8), np.full(2, 7, np.int8))
    assert_same(lax.full_like(X, 2), np.full_like(X, 2))
    assert_same(lax.full_like(verax.ShapeDtypeStruct((2,), np.dtype("int8")), 2), np.full(2, 2, np.int8))
    assert_same(lax.zeros_like(X), np.zeros_like(X))
    assert_same(lax.iota(np.int16, 3), np.arange(3, dtype=np.int16))


def test_choices(room: str) -> None:
    where = X > 1
    assert_same(lax.select(where, X, -X), np.where(where, X, -X))
    assert_same(lax.clamp(0.0, X, 2.0), np.clip(X, 0, 2))
    assert_same(lax.reciprocal(np.array([2.0, 4.0], np.float32)), np.array([0.5, 0.25], np.float32))


def test_order(room: str) -> None:
    keys, values = lax.sort_key_val(X, lax.broadcasted_iota(np.int32, X.shape, 1))
    assert_same(keys, np.sort(X, -1))
    assert_same(values, np.argsort(X, -1, kind="stable").astype(np.int32))
    found, places = lax.top_k(np.array([1.0, 3.0, 3.0, np.nan, 2.0], np.float32), 3)
    assert_same(found, np.array([np.nan, 3, 3], np.float32))
    assert_same(places, np.array([3, 1, 2], np.int32))
    first, second = lax.sort((np.array([1, 0, 1]), np.array([2, 1, 0])), num_keys=2)
    assert_same(first, np.array([0, 1, 1], np.int32))
    assert_same(second, np.array([1, 0, 2], np.int32))


def test_gather_and_scatter_out_of_bounds(room: str) -> None:
    x, places = np.arange(4, dtype=np.float32), np.array([[0], [7], [-9]])
    numbers = lax.GatherDimensionNumbers((), (0,), (0,))
    assert_same(lax.gather(x, places, numbers, (1,)), np.array([0, np.nan, np.nan], np.float32))
    assert_same(lax.gather(x, places, numbers, (1,), mode="clip"), np.array([0, 3, 0], np.float32))
    assert_same(lax.gather(x, places, numbers, (1,), fill_value=5.0), np.array([0, 5, 5], np.float32))
    into = lax.ScatterDimensionNumbers((), (0,), (0,))
    ones = np.ones(3, np.float32)
    assert_same(lax.scatter_add(x, places, ones, into), np.array([1, 1, 2, 3], np.float32))
    clipped = lax.scatter_add(x, places, ones, into, mode=lax.GatherScatterMode.CLIP)
    assert_same(clipped, np.array([2, 1, 2, 4], np.float32))
    assert_same(lax.scatter(x, places, 9 * ones, into, mode="drop"), np.array([9, 1, 2, 3], np.float32))


def test_products(room: str) -> None:
    y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], np.float32)
    assert_same(lax.dot(X, y), X @ y)
    assert_same(lax.batch_matmul(X[None], y[None]), (X @ y)[None])
    mixed = lax.dot(X, np.array([1, 2, 3], np.int8))
    assert_same(mixed, X @ np.array([1, 2, 3], np.float32))


def test_collectives(room: str) -> None:
    xs = np.array([1.0, 2.0, 6.0], np.float32)
    per_lane = verax.vmap(
        lambda x: (
            lax.psum(x, "i"),
            lax.pmean(x, "i"),
            lax.pmax(x, "i"),
            lax.pmin({"a": x}, ("i",)),
            lax.axis_index("i"),
            lax.psum(x > 1, "i"),
        ),
        axis_name="i",
    )
    sums, means, most, least, index, count = per_lane(xs)
    assert_same(sums, np.full(3, 9, np.float32))
    assert_same(means, np.full(3, 3, np.float32))
    assert_same(most, np.full(3, 6, np.float32))
    assert_same(least["a"], np.full(3, 1, np.float32))
    assert_same(index, np.arange(3, dtype=np.int32))
    assert_same(count, np.full(3, 2, np.int32))


def test_collectives_of_numbers_are_known_at_once(room: str) -> None:
    seen: list[Any] = []

    def lane(x: Any) -> Any:
        seen.append((lax.psum(1, "i"), lax.psum(2.0, "i"), lax.pmean(2.0, "i"), lax.axis_size("i")))
        return lax.pmean(lax.convert_element_type(x, np.int32), "i")

    assert_same(
        verax.vmap(lane, axis_name="i")(np.array([1.0, 2.0], np.float32)), np.full(2, 1.5, np.float32)
    )
    assert set(seen) == {(2, 4.0, 2.0, 2)}


def test_loops(room: str) -> None:
    carry, ys = lax.scan(lambda c, x: (lax.add(c, x), lax.mul(c, x)), np.float32(0), X[0], reverse=True)
    assert_same(carry, np.float32(4))
    assert_same(ys, np.array([3, -2, 0], np.float32))
    carry, ys = lax.scan(lambda c, x: (1.5, c), 0, None, length=2)
    assert_same(carry, np.array(1.5, np.float32))
    assert_same(ys, np.array([0, 1.5], np.float32))
    carry, ys = lax.scan(lambda c, x: (c, lax.add(c, c)), X, None, length=0)
    assert_same(carry, X)
    assert_same(ys, np.zeros((0, 2, 3), np.float32))
    assert_same(lax.map(lambda row: lax.reduce_max(row, (0,)), X), X.max(1))
    assert_same(lax.while_loop(lambda c: lax.lt(c, 100), lambda c: lax.mul(c, 3), np.int32(1)), np.int32(243))
    assert_same(lax.fori_loop(2, 5, lambda i, c: lax.add(lax.mul(c, 10), i), 0), np.array(234, np.int32))
    bound = lax.reduce_sum(np.array([2, 3], np.int32), (0,))
    assert_same(
        lax.fori_loop(np.int32(2), bound, lambda i, c: lax.add(lax.mul(c, 10), i), 0), np.array(234, np.int32)
    )


def test_a_loop_with_a_computed_bound_under_jit(room: str) -> None:
    counted = verax.jit(lambda n: lax.fori_loop(0, n, lambda i, c: lax.add(c, i), 0))
    assert_same(counted(np.int32(5)), np.array(10, np.int32))


def test_branches(room: str) -> None:
    for pred, wanted in ((True, X), (np.float32(0), -X), (2, X), (float("nan"), X)):
        assert_same(lax.cond(pred, lambda x: x, lax.neg, X), wanted)
    branches = [lambda x: x, lax.neg, lambda x: lax.mul(x, 2.0)]
    for index, wanted in ((-3, X), (1, -X), (np.uint8(7), 2 * X)):
        assert_same(lax.switch(index, branches, X), wanted)


def test_stop_gradient_of_a_tree(room: str) -> None:
    found = lax.stop_gradient({"a": X, "n": 3})
    assert_same(found["a"], X)
    assert found["n"] == 3


BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "a mode": (
        lambda: lax.GatherScatterMode.from_any("wrap"),
        ValueError,
        r"'promise_in_bounds', got 'wrap'",
    ),
    "no dtype": (lambda: lax.convert_element_type(1, None), ValueError, r"must be a dtype, got None"),
    "a dtype we lack": (lambda: lax.convert_element_type(1, "S3"), TypeError, r"`dtype` must be one of"),
    "a list": (lambda: lax.sin([1.0]), TypeError, r"must be an array or a number, got list"),
    "integers": (lambda: lax.reciprocal(1), TypeError, r"`x` of reciprocal must have a dtype among float16"),
    "no cases": (lambda: lax.select_n(True), ValueError, r"`cases` of select_n"),
    "no operands": (lambda: lax.concatenate([], 0), ValueError, r"`operands` of concatenate"),
    "nothing to sort": (lambda: lax.sort(()), TypeError, r"`operand` of sort must be at least one"),
    "a fill value with axes": (lambda: lax.full((2,), X), ValueError, r"`fill_value` of full must be scalar"),
    "a rank too small": (lambda: lax.broadcast_to_rank(X, 1), ValueError, r"`rank` .* at least 2.*got 1"),
    "a range backwards": (lambda: lax.collapse(X, 1, 0), ValueError, r"`stop_dimension` of collapse"),
    "sizes that do not sum": (lambda: lax.split(X, (1, 1), 1), ValueError, r"must sum to 3.*got \(1, 1\)"),
    "an index out of bounds": (lambda: lax.index_in_dim(X, 3, 1), IndexError, r"lie in \[-3, 3\).*got 3"),
    "too few starts": (lambda: lax.dynamic_slice(X, (0,), (1, 1)), ValueError, r"each of the 2 axes.*got 1"),
    "too many wanted": (lambda: lax.top_k(X, 4), ValueError, r"`k` of top_k must lie in \[0, 3\], got 4"),
    "shapes that do not fit": (
        lambda: lax.dot(X, X),
        ValueError,
        r"`lhs` and `rhs` of dot .*\(2, 3\) and \(2, 3\)",
    ),
    "ranks that do not fit": (lambda: lax.batch_matmul(X, X[0]), ValueError, r"equal ranks of at least 2"),
    "a name out of scope": (
        lambda: lax.psum(X, "i"),
        CollectiveError,
        r"must be an axis in scope \(none\), got 'i'",
    ),
    "an index of no axis": (lambda: lax.axis_index("j"), CollectiveError, r"got 'j'"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_call_says_what_was_wrong(case: str) -> None:
    function, error, message = BAD[case]
    with pytest.raises(error, match=message):
        function()


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 8, 13])
def test_an_associative_scan_combines_in_order(room: str, count: int, reverse: bool) -> None:
    # Affine maps do not commute: a wrong order shows.
    slopes, shifts = np.arange(2 * count).reshape(2, 2 * count // 2).astype(np.int32) % 5 - 2
    pair = (slopes[None], shifts[None])

    def after(f: Any, g: Any) -> Any:
        return f[0] * g[0], f[1] * g[0] + g[1]

    found = lax.associative_scan(after, pair, reverse=reverse, axis=1)

    wanted = jax_lax.associative_scan(after, pair, reverse=reverse, axis=1)
    for ours, theirs in zip(found, wanted, strict=True):
        assert_same(ours, np.asarray(theirs))


def test_an_associative_scan_needs_a_function_and_arrays_of_one_length(room: str) -> None:
    with pytest.raises(TypeError, match="`fn` of associative_scan must be a function, got 3"):
        lax.associative_scan(3, X)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"equally long along axis 0, got shapes \(2, 3\), \(3, 2\)"):
        lax.associative_scan(lambda a, b: a, (X, X.T))


def test_a_running_logarithm_of_sums_does_not_overflow(room: str) -> None:
    x = np.array([[-np.inf, 1000.0, 1000.0, np.inf]], np.float32)
    doubled = np.float32(1000 + np.log(2))
    assert_same(lax.cumlogsumexp(x, 1), np.array([[-np.inf, 1000, doubled, np.inf]], np.float32))
    assert_same(lax.cumlogsumexp(x[:, :3], 1, True), np.array([[doubled, doubled, 1000]], np.float32))


def test_stacks_and_tiles(room: str) -> None:
    assert_same(lax.stack([X, X + 1], axis=-1), np.stack([X, X + 1], axis=-1))
    for ours, wanted in zip(lax.unstack(X, axis=1), X.T, strict=True):
        assert_same(ours, wanted)
    assert_same(lax.tile(X, (2, 3)), np.tile(X, (2, 3)))
    assert_same(lax.tile(X, (1, 0)), np.tile(X, (1, 0)))
    assert lax.empty((2, 0), np.int8).shape == (2, 0)
    with pytest.raises(ValueError, match="`reps` of tile must have one entry for each of the 2 axes"):
        lax.tile(X, (2,))
    with pytest.raises(ValueError, match="`operands` of stack must be at least one array"):
        lax.stack([])


@pytest.mark.parametrize("count", [0, 1, 5, 8])
def test_any_associative_computation_is_reduced_in_order(room: str, count: int) -> None:
    # Affine maps do not commute: a wrong order shows.
    slopes = np.arange(2 * count).reshape(2, count).astype(np.int32) % 3 - 1
    pair, start = (slopes, slopes + 2), (np.int32(1), np.int32(0))

    def after(f: Any, g: Any) -> Any:
        return f[0] * g[0], f[1] * g[0] + g[1]

    found = lax.reduce(pair, start, after, (1,))

    for ours, theirs in zip(found, jax_lax.reduce(pair, start, after, (1,)), strict=True):
        assert_same(ours, np.asarray(theirs))
    whole = np.abs(slopes) + 1
    assert_same(
        lax.reduce(whole, np.int32(0), lax.bitwise_xor, (0, 1)), np.bitwise_xor.reduce(whole, axis=None)
    )
    assert_same(lax.reduce(whole, np.int32(5), lax.add, (0,)), whole.sum(0, dtype=np.int32) + np.int32(5))


def test_a_map_in_batches_is_a_map(room: str) -> None:
    x = np.arange(10, dtype=np.float32).reshape(5, 2)
    sums, rows = lax.map(lambda row: (row[0] + row[1], row * 2), x, batch_size=2)
    assert_same(sums, x.sum(1))
    assert_same(rows, x * 2)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_numbers_are_reduced_to_a_format_bit_for_bit_as_xla_does(dtype: str) -> None:
    with verax.enable_x64(), jax.enable_x64(True), np.errstate(all="ignore"):
        wide = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, 65504.0, 65519.0, 65520.0, 2.0**-24, 3e-39])
        unsigned = np.dtype(f"u{jnp.dtype(dtype).itemsize}")
        drawn = np.random.default_rng(0).integers(0, np.iinfo(unsigned).max, 1000, unsigned, endpoint=True)
        x = np.concatenate([drawn.view(jnp.dtype(dtype)), wide.astype(jnp.dtype(dtype))])
        for bits in ((1, 0), (2, 3), (5, 10), (8, 7), (8, 23), (4, 52), (11, 1), (14, 60)):
            want = np.asarray(jax_lax.reduce_precision(jnp.asarray(x), *bits))
            got = np.asarray(lax.reduce_precision(x, *bits))
            assert got.dtype == want.dtype
            number = ~np.isnan(want)
            assert np.isnan(got).tolist() == (~number).tolist()
            assert got.view(unsigned)[number].tolist() == want.view(unsigned)[number].tolist()


def test_reducing_precision_has_the_derivative_of_a_conversion() -> None:
    x, t = np.float32(1.3), np.float32(1.3)
    y, dy = verax.jvp(lambda v: lax.reduce_precision(v, 5, 3), (x,), (t,))
    assert (float(y), float(dy)) == (1.25, float(t))
    assert float(verax.grad(lambda v: lax.reduce_precision(v, 5, 3))(x)) == 1.0


def test_a_format_without_bits_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`exponent_bits` of reduce_precision must be at least 1, got 0"):
        lax.reduce_precision(1.0, 0, 3)
    with pytest.raises(ValueError, match=r"`mantissa_bits` of reduce_precision must not be negative, got -1"):
        lax.reduce_precision(1.0, 5, -1)
