"""Stretches, messages and marks of lanes, shardings, and products with scales."""

from __future__ import annotations

from typing import Any

import jax
import ml_dtypes
import numpy as np
import pytest

import verax
from verax import lax
from verax.errors import CollectiveError
from verax.fake_devices import fake_devices

jax_lax: Any = jax.lax  # its types are not those of what it takes
F32 = np.float32
X = np.arange(6, dtype=F32).reshape(3, 2)


@pytest.fixture(params=["fast", "reference"], autouse=True)
def implementation(request: pytest.FixtureRequest) -> Any:
    with verax.using(request.param):
        yield request.param


def by_lanes(function: Any) -> list[Any]:
    """By vmap and by pmap."""
    return [verax.vmap(function, axis_name="i"), verax.pmap(function, axis_name="i")]


# -- stretches -----------------------------------------------------------------------------------------------
def received(operand: Any, output: Any, tables: Any, groups: Any = None) -> Any:
    """The definition in JAX's documentation, in loops: each lane sends its stretches, in order."""
    starts, sizes, places, _ = tables
    result = output.copy()
    for group in groups or [list(range(len(operand)))]:
        each = starts.shape[1] // len(group)
        for here in range(len(group)):
            for lane in group:
                for i in range(here * each, (here + 1) * each):
                    n, to, at = sizes[lane, i], places[lane, i], starts[lane, i]
                    result[group[here]][to : to + n] = operand[lane][at : at + n]
    return result


def drawn_tables(rng: Any, lanes: int, count: int, size: int, room: int, groups: Any = None) -> list[Any]:
    sizes = rng.integers(0, size // 2 + 1, (lanes, count))
    starts = rng.integers(0, size - sizes + 1)
    places = rng.integers(0, room - sizes + 1)
    expected = np.zeros_like(sizes)
    for group in groups or [list(range(lanes))]:
        each = count // len(group)
        for here, lane in enumerate(group):
            expected[lane] = np.concatenate([sizes[k, here * each : (here + 1) * each] for k in group])
    return [x.astype(np.int32) for x in (starts, sizes, places, expected)]


@pytest.mark.parametrize("groups", [None, [[0, 2], [3, 1]]])
@pytest.mark.parametrize("each", [1, 2])
def test_stretches_arrive_where_the_definition_puts_them(groups: Any, each: int) -> None:
    rng = np.random.default_rng(each)
    lanes = 4
    count = each * (2 if groups else lanes)
    operand = rng.integers(1, 99, (lanes, 6, 2)).astype(F32)
    output = -rng.integers(1, 99, (lanes, 7, 2)).astype(F32)
    tables = drawn_tables(rng, lanes, count, 6, 7, groups)

    def lane(*args: Any) -> Any:
        return lax.ragged_all_to_all(*args, axis_name="i", axis_index_groups=groups)

    wanted = received(operand, output, tables, groups)
    with fake_devices(lanes):
        for mapped in by_lanes(lane):
            np.testing.assert_array_equal(np.asarray(mapped(operand, output, *tables)), wanted, strict=True)


def test_the_example_of_jaxs_documentation() -> None:
    table = [
        np.array(t, np.int32)
        for t in ([[0, 1], [0, 1]], [[1, 2], [1, 1]], [[0, 0], [1, 2]], [[1, 1], [2, 1]])
    ]
    operand = np.array([[1, 2, 2], [3, 4, 0]], F32)
    found = verax.vmap(lambda *xs: lax.ragged_all_to_all(*xs, axis_name="i"), axis_name="i")(
        operand, np.zeros((2, 4), F32), *table
    )
    assert np.asarray(found).tolist() == [[1, 3, 0, 0], [2, 2, 4, 0]]


def test_what_is_sent_is_differentiated() -> None:
    table = [
        np.array(t, np.int32)
        for t in ([[0, 1], [0, 1]], [[1, 2], [1, 1]], [[0, 0], [1, 2]], [[1, 1], [2, 1]])
    ]

    def loss(operand: Any, output: Any) -> Any:
        found = verax.vmap(lambda *xs: lax.ragged_all_to_all(*xs, axis_name="i"), axis_name="i")(
            operand, output, *table
        )
        return (found * np.array([[1, 2, 4, 8], [16, 32, 64, 128]], F32)).sum()

    sent, kept = verax.grad(loss, (0, 1))(np.ones((2, 3), F32), np.ones((2, 4), F32))
    # The weights of where each went: lane 0 sends [1], [2, 2] to lanes 0, 1 and lane 1 sends [3], [4].
    assert np.asarray(sent).tolist() == [[1, 16, 32], [2, 64, 0]]
    assert np.asarray(kept).tolist() == [[0, 0, 4, 8], [0, 0, 0, 128]]


# -- messages and marks ----------------------------------------------------------------------------------------
def test_what_is_sent_is_received() -> None:
    pairs = [(0, 1), (2, 0)]

    def lane(x: Any) -> Any:
        token = lax.psend(x, "i", pairs)
        return lax.precv(token, x, "i", pairs)

    with fake_devices(3):
        for mapped in by_lanes(lane):
            assert np.asarray(mapped(X)).tolist() == [X[2].tolist(), X[0].tolist(), [0, 0]]


def test_a_mark_changes_no_value() -> None:
    for to in ("varying", "reduced", "unreduced"):
        found = verax.vmap(lambda row, to=to: lax.pcast({"x": row}, "i", to=to), axis_name="i")(X)
        assert np.asarray(found["x"]).tolist() == X.tolist()
    assert lax.pcast(X, (), to="varying") is X


class Rows:
    """A sharding that needs an even number of rows."""

    def shard_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if shape[0] % 2:
            raise ValueError(f"{shape} has an odd number of rows")
        return (shape[0] // 2, *shape[1:])


def test_a_sharding_changes_no_value_and_must_fit() -> None:
    found = lax.with_sharding_constraint({"a": X.T, "b": (X.T,)}, Rows())
    assert np.asarray(found["b"][0]).tolist() == X.T.tolist()
    # JAX's own say what they are in the same way.
    alone = jax.sharding.SingleDeviceSharding(jax.devices()[0])
    assert np.asarray(lax.with_sharding_constraint(X, alone)).tolist() == X.tolist()
    with pytest.raises(ValueError, match="odd number of rows"):
        lax.with_sharding_constraint(X, Rows())


# -- products with scales -----------------------------------------------------------------------------------------
def scaled_operands(dtype: Any) -> Any:
    rng = np.random.default_rng(5)
    # Of bfloat16's numbers: the reference, which rounds nothing, has the same product.
    left, right = (
        rng.normal(size=s).astype(ml_dtypes.bfloat16).astype(dtype) for s in ((2, 3, 8), (2, 8, 5))
    )
    return left, right, 2.0 ** rng.integers(-3, 4, (2, 3, 2)), 2.0 ** rng.integers(-3, 4, (2, 4, 5))


@pytest.mark.parametrize("dtype", [F32, ml_dtypes.bfloat16])
def test_scales_apply_to_runs_along_contracting_axes(dtype: Any) -> None:
    left, right, left_scale, right_scale = scaled_operands(dtype)
    scales = {"lhs_scale": left_scale.astype(F32), "rhs_scale": right_scale.astype(F32)}

    found = np.asarray(lax.scaled_dot(left, right, **scales, preferred_element_type=F32))

    # Powers of two scale without rounding; products of bfloat16s are exact in float64.
    wide = [
        x.astype(float) * np.repeat(s, x.shape[axis] // s.shape[axis], axis)
        for x, s, axis in ((left, left_scale, 2), (right, right_scale, 1))
    ]
    # Summed in float32 in some order: 8 products, so 7 roundings, and one of the result.
    allowed = 8 * 2.0**-24 * (np.abs(wide[0]) @ np.abs(wide[1]))
    assert (np.abs(found - wide[0] @ wide[1]) <= allowed).all()


def test_scaled_products_have_jaxs_types() -> None:
    left, right, left_scale, right_scale = scaled_operands(F32)
    for given in ({}, {"lhs_scale": left_scale.astype(F32)}, {"rhs_scale": right_scale.astype(F32)}):
        for dtype in (None, F32, ml_dtypes.bfloat16):
            ours = lax.scaled_dot(left, right, preferred_element_type=dtype, **given)
            theirs = jax.eval_shape(
                lambda x, y, given=given, dtype=dtype: jax_lax.scaled_dot(
                    x, y, preferred_element_type=dtype, **given
                ),
                left,
                right,
            )
            assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)


# -- errors ----------------------------------------------------------------------------------------------------------
I = np.zeros(2, np.int32)
ONE = {"axis_name": "i"}
WRONG = [
    (lambda x: lax.ragged_all_to_all(x, x, I, I, I, I, **ONE), ValueError, "must hold a multiple of 3"),
    (
        lambda x: lax.ragged_all_to_all(x, X, I, I, I, I, **ONE),
        ValueError,
        "`output` of ragged_all_to_all must be",
    ),
    (
        lambda x: lax.ragged_all_to_all(x, x, I, I, I[:1], I, **ONE),
        ValueError,
        "`output_offsets` of ragged_all_to_all",
    ),
    (
        lambda x: lax.ragged_all_to_all(x, x, I, I, I, x, **ONE),
        TypeError,
        "`recv_sizes` of ragged_all_to_all must be",
    ),
    (lambda x: lax.precv(lax.create_token(), x, "i", []), ValueError, "`token` of precv must be of a psend"),
    (lambda x: lax.psend(x, "i", [(0, 9)]), ValueError, "`perm` of ppermute must name lanes"),
    (lambda x: lax.pcast(x, "i", to="other"), ValueError, "`to` of pcast must be one of 'varying'"),
    (lambda x: lax.pcast(x, {"i"}, to="varying"), TypeError, "`axis_name` of pcast must be"),
    (lambda x: lax.pcast(x, "k", to="varying"), CollectiveError, "'k'"),
    (
        lambda x: lax.with_sharding_constraint(x, None),
        ValueError,
        "`shardings` of with_sharding_constraint must",
    ),
    (lambda x: lax.scaled_dot(x, x), TypeError, "`lhs` of scaled_dot must have rank 2"),
    (lambda x: lax.scaled_dot(X, x), TypeError, "`rhs` of scaled_dot must have the rank of `lhs`, 2"),
    (lambda x: lax.scaled_dot(X, X), TypeError, "must name axes of equal sizes"),
    (
        lambda x: lax.scaled_dot(X, X.T, lhs_scale=X),
        TypeError,
        "`lhs_scale` of scaled_dot must have size a divisor",
    ),
    (
        lambda x: lax.scaled_dot(X, X.T, rhs_scale=X[:1]),
        TypeError,
        "`rhs_scale` of scaled_dot must have size 3",
    ),
    (lambda x: lax.scaled_dot(X, X.T, rhs_scale=x), TypeError, "`rhs_scale` of scaled_dot must have rank 2"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG)
def test_errors_name_the_argument(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        verax.vmap(call, axis_name="i")(X)
