"""Lanes that exchange what they hold: mapped, lane by lane and by definition alike, and as JAX has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest
from jax import lax as jax_lax

import verax
from verax import lax
from verax import numpy as vnp
from verax.errors import CollectiveError
from verax.fake_devices import fake_devices
from verax.fast import operations as ops
from verax.fast.rules.transpose import TRANSPOSE
from verax.language import catalogue as rows
from verax.language.dispatch import bind


def _of_lane_two(lax: Any, x: Any) -> Any:
    # JAX's own has no derivative under vmap.
    return lax.all_gather(x, "i")[2] if lax is jax_lax else lax.pbroadcast(x, "i", 2)


# name -> the function of `lax` and one lane's operand, that operand's shape, for 4 lanes.
EXCHANGES: dict[str, tuple[Callable[[Any, Any], Any], tuple[int, ...]]] = {
    "all_gather": (lambda lax, x: lax.all_gather(x, "i"), (3, 2)),
    "all_gather last": (lambda lax, x: lax.all_gather(x, "i", axis=-1), (3, 2)),
    "all_gather tiled": (lambda lax, x: lax.all_gather(x, "i", axis=1, tiled=True), (3, 2)),
    "psum_scatter": (lambda lax, x: lax.psum_scatter(x, "i", scatter_dimension=1), (3, 4)),
    "psum_scatter tiled": (lambda lax, x: lax.psum_scatter(x, "i", tiled=True), (8, 2)),
    "all_to_all": (lambda lax, x: lax.all_to_all(x, "i", 1, 0), (3, 4, 2)),
    "all_to_all to the right": (lambda lax, x: lax.all_to_all(x, "i", 0, 2), (4, 3, 2)),
    "all_to_all tiled": (lambda lax, x: lax.all_to_all(x, "i", 0, 1, tiled=True), (8, 3)),
    "pswapaxes": (lambda lax, x: lax.pswapaxes(x, "i", 1), (3, 4)),
    "ppermute": (lambda lax, x: lax.ppermute(x, "i", [(0, 2), (1, 0), (2, 3), (3, 1)]), (3,)),
    "pshuffle": (lambda lax, x: lax.pshuffle(x, "i", np.array([3, 0, 2, 1])), (3,)),
    "pbroadcast": (_of_lane_two, (3,)),
}
LANES = 4


def operand(shape: tuple[int, ...]) -> Any:
    return (np.arange(LANES * np.prod(shape)).reshape(LANES, *shape) % 17).astype(np.float32)


def weighted(function: Callable[[Any, Any], Any], numpy: Any, lax: Any) -> Callable[[Any], Any]:
    """A lane's number: what an exchange gives it, so weighted that each element and lane counts differently."""

    def lane(x: Any) -> Any:
        y = function(lax, x * x)
        weights = numpy.arange(1, y.size + 1, dtype=numpy.float32).reshape(y.shape)
        return numpy.sum(y * weights * (1 + lax.axis_index("i").astype(numpy.float32)))

    return lane


@pytest.mark.parametrize("name", EXCHANGES)
def test_values_are_jaxs_under_vmap_and_the_same_lane_by_lane(name: str) -> None:
    function, shape = EXCHANGES[name]
    x = operand(shape)
    wanted = np.asarray(jax.vmap(lambda row: function(jax_lax, row), axis_name="i")(x))

    def ours(row: Any) -> Any:
        return function(lax, row)

    for implementation in ("fast", "reference"):
        with verax.using(implementation), fake_devices(LANES):
            found = [np.asarray(m(ours, axis_name="i")(vnp.asarray(x))) for m in (verax.vmap, verax.pmap)]
        for y in found:
            np.testing.assert_array_equal(y, wanted, strict=True)


def assert_gradients_agree(name: str) -> None:
    function, shape = EXCHANGES[name]
    x = operand(shape)
    # From outside, the lanes' sum: inside, JAX's all_to_all cannot be transposed under vmap.
    lane = weighted(function, jax.numpy, jax_lax)
    wanted = np.asarray(jax.grad(lambda v: jax.vmap(lane, axis_name="i")(v).sum())(x))

    inside = verax.grad(weighted(function, vnp, lax))
    with fake_devices(LANES):
        found = [np.asarray(m(inside, axis_name="i")(vnp.asarray(x))) for m in (verax.vmap, verax.pmap)]

    for y in found:
        np.testing.assert_array_equal(y, wanted, strict=True)


@pytest.mark.parametrize("name", EXCHANGES)
def test_gradients_in_the_lanes_are_jaxs_and_the_same_lane_by_lane(name: str) -> None:
    assert_gradients_agree(name)


# -- planted faults: the laws see vmap from outside, where no collective is ever transposed ------------------
def of_one_lane(equation: Any, cotangents: Any, operands: Any) -> Any:
    """What the first lane sends back in place of the sum of what all do."""
    params = equation.params
    apart = {"split_axis": params["axis"], "concat_axis": 0, "axis_size": params["axis_size"]}
    (found,) = bind(rows.all_to_all_p, cotangents[0], axes=params["axes"], **apart)
    return [ops.reshape(ops.slice_in(found, 0, 0, 1), operands[0].aval.shape)]


def again(equation: Any, cotangents: Any, operands: Any) -> Any:
    """The exchange itself in place of the way back."""
    return bind(equation.primitive, cotangents[0], **equation.params)


def all_of_the_first(equation: Any, cotangents: Any, operands: Any) -> Any:
    """Every part from the first lane."""
    (found,) = TRANSPOSE_RIGHT["reduce_scatter"](equation, cotangents, operands)
    axis = equation.params["scatter_dimension"]
    first = ops.reshape(ops.slice_in(found, axis, 0, 1), cotangents[0].shape)
    return [ops.from_front(ops.lead(first, found.shape[axis]), axis)]


TRANSPOSE_RIGHT = dict(TRANSPOSE)


@pytest.mark.parametrize(
    ("primitive", "wrong", "name"),
    [
        ("all_gather", of_one_lane, "all_gather"),
        ("ppermute", again, "ppermute"),
        ("all_to_all", lambda equation, cotangents, operands: cotangents, "pswapaxes"),
        ("all_to_all", again, "all_to_all to the right"),
        ("reduce_scatter", all_of_the_first, "psum_scatter"),
    ],
)
def test_a_planted_fault_in_a_transpose_is_caught(
    primitive: str, wrong: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TRANSPOSE, primitive, wrong)

    with pytest.raises((AssertionError, TypeError, ValueError)):
        assert_gradients_agree(name)


@pytest.mark.parametrize("name", EXCHANGES)
def test_lanes_within_lanes_and_jit_change_nothing(name: str) -> None:
    function, shape = EXCHANGES[name]
    x = np.stack([operand(shape), operand(shape)[::-1]])
    wanted = np.asarray(jax.vmap(jax.vmap(lambda row: function(jax_lax, row), axis_name="i"))(x))

    def ours(row: Any) -> Any:
        return function(lax, row)

    inner = verax.vmap(verax.vmap(ours, axis_name="i"))
    outer = verax.vmap(verax.vmap(ours), in_axes=1, out_axes=1, axis_name="i")
    for f in (inner, outer, verax.jit(outer)):
        np.testing.assert_array_equal(np.asarray(f(vnp.asarray(x))), wanted, strict=True)


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_what_all_lanes_share_is_exchanged_like_anything_else(implementation: str) -> None:
    def lane(v: Any) -> Any:
        shared = vnp.arange(3.0) + 1
        moved = lax.ppermute(shared, "i", [(0, 1), (2, 0)]), lax.all_to_all(shared, "i", 0, 0)
        return v, *moved, lax.all_gather(shared, "i"), lax.psum_scatter(shared, "i")

    line = np.array([1, 2, 3], np.float32)
    wanted = [
        np.arange(3, dtype=np.int32),
        np.stack([line, line, 0 * line]),
        np.stack([line] * 3, axis=1),
        np.stack([np.stack([line] * 3)] * 3),
        3 * line,
    ]
    with verax.using(implementation), fake_devices(3):
        for mapped in (verax.vmap, verax.pmap):
            found = mapped(lane, axis_name="i")(vnp.arange(3))
            for y, w in zip(found, wanted, strict=True):
                np.testing.assert_array_equal(np.asarray(y), w, strict=True)


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_several_axes_are_counted_row_by_row(implementation: str) -> None:
    x = operand((12,)).reshape(2, 2, 12)
    flat, total = x.reshape(4, 12), x.sum((0, 1))

    def lane(row: Any) -> Any:
        return (
            lax.all_gather(row, ("i", "j"), axis=1),
            lax.all_gather(row, ("i", "j"), tiled=True),
            lax.psum_scatter(row, ("i", "j"), tiled=True),
            lax.psum_scatter(row[:4], ("i", "j")),
        )

    with verax.using(implementation):
        stacked, joined, parts, own = verax.vmap(verax.vmap(lane, axis_name="j"), axis_name="i")(x)

    assert np.array_equal(stacked, np.broadcast_to(flat.T, (2, 2, 12, 4)))
    assert np.array_equal(joined, np.broadcast_to(flat.reshape(48), (2, 2, 48)))
    assert np.array_equal(parts, total.reshape(2, 2, 3))
    assert np.array_equal(own, total[:4].reshape(2, 2))


GROUPS = [[0, 3], [2, 1]]
GROUPED: dict[str, Callable[[Any, Any], Any]] = {
    "psum": lambda x, groups: lax.psum(x, "i", axis_index_groups=groups),
    "pmean": lambda x, groups: lax.pmean(x, "i", axis_index_groups=groups),
    "pmax": lambda x, groups: lax.pmax(x, "i", axis_index_groups=groups),
    "pmin": lambda x, groups: lax.pmin(x, "i", axis_index_groups=groups),
    "all_gather": lambda x, groups: lax.all_gather(x, "i", axis_index_groups=groups, axis=1),
    "psum_scatter": lambda x, groups: lax.psum_scatter(x, "i", axis_index_groups=groups),
    "psum_scatter tiled": lambda x, groups: lax.psum_scatter(
        x, "i", axis_index_groups=groups, scatter_dimension=1, tiled=True
    ),
    "all_to_all": lambda x, groups: lax.all_to_all(x, "i", 0, 1, axis_index_groups=groups),
    "all_to_all tiled": lambda x, groups: lax.all_to_all(x, "i", 1, 0, axis_index_groups=groups, tiled=True),
}


@pytest.mark.parametrize("name", GROUPED)
@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_a_group_of_lanes_is_an_axis_of_its_own(name: str, implementation: str) -> None:
    # The same without groups, over two axes: JAX's vmap knows no groups.
    function, x = GROUPED[name], operand((2, 4))
    order = [lane for group in GROUPS for lane in group]

    def grouped(row: Any) -> Any:
        return function(row, GROUPS)

    with verax.using(implementation), fake_devices(LANES):
        within = verax.vmap(verax.vmap(lambda row: function(row, None), axis_name="i"))(
            x[order].reshape(2, 2, 2, 4)
        )
        wanted = np.asarray(within).reshape(4, *within.shape[2:])[np.argsort(order)]
        for mapped in (verax.vmap, verax.pmap):
            found = np.asarray(mapped(grouped, axis_name="i")(vnp.asarray(x)))
            np.testing.assert_array_equal(found, wanted, strict=True)


@pytest.mark.parametrize("implementation", ["fast", "reference"])
def test_a_lane_that_nobody_sends_to_gets_zeros(implementation: str) -> None:
    x = np.array([1, 2, 3], np.int32)
    with verax.using(implementation), fake_devices(3):
        for mapped in (verax.vmap, verax.pmap):
            number = mapped(lambda v: lax.ppermute(v, "i", [(0, 1)]), axis_name="i")(x)
            truth = mapped(lambda v: lax.ppermute(v > 0, "i", [(2, 0)]), axis_name="i")(x)

            assert np.asarray(number).tolist() == [0, 1, 0]
            assert np.asarray(truth).tolist() == [True, False, False]


def test_lanes_that_exchange_differently_are_told_apart() -> None:
    def lane(x: Any) -> Any:
        return lax.ppermute(x, "i", [(0, 1)] if float(x) else [(1, 0)])

    with (
        fake_devices(2),
        pytest.raises(CollectiveError, match=r"lane 0 is at ppermute.*\(1, 0\).*lane 1 .*\(0, 1\)"),
    ):
        verax.pmap(lane, axis_name="i")(vnp.arange(2.0))


X = np.ones((4, 6), np.float32)
REFUSED: list[tuple[Callable[[Any], Any], str]] = [
    (lambda x: lax.ppermute(x, "i", [(0, 1), (0, 2)]), "each source and each destination once"),
    (lambda x: lax.ppermute(x, "i", [(0, 4)]), r"`perm` of ppermute must name lanes in \[0, 4\)"),
    (lambda x: lax.ppermute(x, ("i", "i"), [(0, 1), (0, 2)]), "each lane at most once in either place"),
    (lambda x: lax.pshuffle(x, "i", [0, 1, 1, 2]), "must be a permutation of 4 lanes"),
    (lambda x: lax.all_to_all(x, "i", 0, 0), "must have size 4, the number of lanes, along split_axis 0"),
    (lambda x: lax.all_to_all(x, "i", 0, 0, tiled=True), "must have a multiple of 4"),
    (lambda x: lax.psum_scatter(x, "i"), "must have size 4, the number of lanes, along axis 0"),
    (lambda x: lax.psum_scatter(x, "i", tiled=True), "must have a multiple of 4"),
    (lambda x: lax.all_gather(x, "i", axis_index_groups=[[0, 1], [2]]), "`axis_index_groups` of all_gather"),
    (lambda x: lax.psum(x, "i", axis_index_groups=[[0, 1], [2, 2]]), "`axis_index_groups` of psum must be"),
    (lambda x: lax.all_to_all(x, "i", 0, 0, axis_index_groups=[[0], [1], [2], [3]]), "must have size 1, the"),
    (lambda x: lax.all_gather(x, "i", axis=5), "axis"),
]


@pytest.mark.parametrize(("function", "message"), REFUSED)
def test_what_does_not_fit_is_refused(function: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        verax.vmap(function, axis_name="i")(X)
