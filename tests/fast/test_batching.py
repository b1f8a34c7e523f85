"""vmap is the loop over lanes to the bit, whichever operands are mapped; collectives reduce over the lanes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from tests.fast.drawing import NAMES, drawn

import verax
from verax import lax
from verax import numpy as vnp
from verax.errors import CollectiveError, TracerArrayConversionError, TracerBoolConversionError
from verax.fake_devices import fake_devices
from verax.language.dispatch import lift
from verax.language.errors import ConcretizationTypeError

LANES = 3


def array(xs: Any, dtype: Any = np.float32) -> Any:
    return lift(np.asarray(xs).astype(dtype))


def lists(x: Any) -> Any:
    return np.asarray(x).tolist()


def lanes_of(operands: list[np.ndarray[Any, Any]]) -> list[list[np.ndarray[Any, Any]]]:
    """The operands, and the same numbers in other places of them."""
    return [[np.roll(x.reshape(-1), k).reshape(x.shape) for x in operands] for k in range(LANES)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wrap", [lambda f: f, verax.jit], ids=["eager", "jit"])
def test_every_primitive_maps_as_the_loop_over_lanes(name: str, wrap: Any) -> None:
    for seed in range(2):
        function, operands = drawn(name, seed)
        if not operands:
            continue
        lanes = lanes_of(operands)
        for mapped in itertools.islice(itertools.product([True, False], repeat=len(operands)), 4):
            if not any(mapped):
                continue
            each = [[lane[i] if m else lanes[0][i] for i, m in enumerate(mapped)] for lane in lanes]
            loop = [verax.tree.leaves(function(*map(lift, xs))) for xs in each]
            columns = [
                lift(np.stack([xs[i] for xs in each])) if m else lift(each[0][i])
                for i, m in enumerate(mapped)
            ]

            axes = tuple(0 if m else None for m in mapped)
            found = verax.tree.leaves(wrap(verax.vmap(function, in_axes=axes))(*columns))

            for got, *rows in zip(found, *loop, strict=True):
                want = np.stack([np.asarray(r) for r in rows])
                assert (got.dtype, got.shape) == (want.dtype, want.shape)
                # A product of small whole numbers is exact in any order.
                np.testing.assert_array_equal(np.asarray(got), want)


def test_axes_are_mapped_and_placed_where_they_are_said_to_be() -> None:
    x = array(np.arange(24).reshape(2, 3, 4))

    found = verax.vmap(lambda r: r * 2, in_axes=1, out_axes=-1)(x)

    assert found.shape == (2, 4, 3)
    assert lists(found) == lists(np.moveaxis(np.asarray(x) * 2, 1, -1))


def test_maps_nest() -> None:
    f = verax.vmap(verax.vmap(lambda a, b: a * 10 + b, in_axes=(None, 0)), in_axes=(0, None))

    assert lists(f(array([1, 2]), array([3, 4, 5]))) == [[13, 14, 15], [23, 24, 25]]


def test_a_result_that_all_lanes_share_is_computed_once() -> None:
    traced = verax.make_program(verax.vmap(lambda x, y: (x * 2, vnp.exp(y)), in_axes=(0, None)))
    program = traced(array([1, 2, 3]), array(1.0))

    assert [str(e.outputs[0].aval) for e in program.equations if e.primitive.name == "exp"] == ["f32[]"]


def test_a_cond_on_a_mapped_index_selects_and_one_on_a_shared_index_stays_a_cond() -> None:
    def f(i: Any, x: Any) -> Any:
        return lax.switch(i, [lambda v: v, lambda v: v * v, lambda v: -v], x)

    i, x = array([0, 1, 2, 1], np.int32), array([5.0, 6.0, 7.0, 8.0])

    assert lists(verax.vmap(f)(i, x)) == [5, 36, -7, 64]
    names = [
        [e.primitive.name for e in verax.make_program(verax.vmap(f, in_axes=axes))(*xs).equations]
        for axes, xs in (((0, 0), (i, x)), ((None, 0), (i[0], x)))
    ]
    assert ["cond" in n for n in names] == [False, True]


def test_lanes_of_a_while_loop_stop_one_by_one() -> None:
    def f(x: Any, n: Any) -> Any:
        return lax.while_loop(lambda c: c[1] > 0, lambda c: (c[0] * 2, c[1] - 1), (x, n))[0]

    x, n = array([1, 1, 1]), array([0, 3, 1], np.int32)

    assert lists(verax.vmap(f)(x, n)) == [1, 8, 2]
    assert lists(verax.jit(verax.vmap(f, in_axes=(0, None)))(x, n[1])) == [8, 8, 8]
    assert lists(verax.vmap(f, in_axes=(None, 0))(x[0], n)) == [1, 8, 2]


def test_collectives_reduce_over_the_lanes() -> None:
    x = array([[1.0, 5.0], [2.0, 3.0], [4.0, 0.0]])

    def f(row: Any) -> Any:
        return (
            lax.psum(row, "i"),
            lax.pmax(row, "i"),
            lax.pmin(row, "i"),
            lax.axis_index("i"),
            lax.pmean(row, "i"),
            lax.psum(1.0, "i"),
        )

    for transform in (verax.vmap(f, axis_name="i"), verax.jit(verax.vmap(verax.jit(f), axis_name="i"))):
        total, most, least, index, mean, count = transform(x)
        assert lists(total) == [[7, 8]] * 3
        assert lists(most) == [[4, 5]] * 3
        assert lists(least) == [[1, 0]] * 3
        assert lists(index) == [0, 1, 2]
        assert lists(mean) == lists(vnp.broadcast_to(vnp.asarray([7.0, 8.0]) / 3, (3, 2)))
        assert lists(count) == [3, 3, 3]


def test_collectives_over_two_axes_meet_in_both() -> None:
    x = array([[1.0, 2.0], [3.0, 4.0]])

    def f(v: Any) -> Any:
        return lax.psum(v, ("i", "j")), lax.axis_index("i") * 2 + lax.axis_index("j")

    total, place = verax.vmap(verax.vmap(f, axis_name="j"), axis_name="i")(x)

    assert lists(total) == [[10, 10], [10, 10]]
    assert lists(place) == [[0, 1], [2, 3]]


def test_a_collective_in_a_loop_that_no_lane_is_mapped_into_finds_its_lanes() -> None:
    def f(x: Any) -> Any:
        steps = lax.scan(lambda c, _: (c + lax.axis_index("i"), None), 0, None, length=2)[0]
        return x * steps, verax.jit(lambda: lax.axis_index("i"))()

    found, index = verax.vmap(f, axis_name="i")(array([1, 1, 1], np.int32))

    assert (lists(found), lists(index)) == ([0, 2, 4], [0, 1, 2])


def test_a_gradient_through_psum_sums_over_the_lanes() -> None:
    x = array([1.0, 2.0, 3.0])

    inside = verax.vmap(verax.grad(lambda v: lax.psum(v * v, "i")), axis_name="i")(x)
    outside = verax.grad(lambda v: vnp.sum(verax.vmap(lambda r: lax.psum(r * r, "i"), axis_name="i")(v)))(x)

    assert lists(inside) == [6, 12, 18]
    assert lists(outside) == [6, 12, 18]


def test_an_axis_out_of_scope_is_named() -> None:
    with pytest.raises(CollectiveError, match=r"must be an axis in scope \('i'\), got 'j'"):
        verax.vmap(lambda x: lax.psum(x, "j"), axis_name="i")(array([1.0]))


def test_a_mapped_value_has_no_one_value() -> None:
    x = array([1.0, 2.0])

    with pytest.raises(TracerBoolConversionError, match=r"mapped value .* cannot be used as a truth value"):
        verax.vmap(lambda v: v if v > 0 else -v)(x)
    with pytest.raises(ConcretizationTypeError, match=r"Use \.astype"):
        verax.vmap(float)(x)
    with pytest.raises(TracerArrayConversionError, match=r"Use verax\.numpy instead"):
        verax.vmap(lambda v: np.sin(np.asarray(v)))(x)


# -- pmap -----------------------------------------------------------------------------------------------------
def step(x: Any, w: Any) -> Any:
    total = lax.psum(x * w, "devices")
    return vnp.sin(total) + lax.axis_index("devices"), lax.pmax(x, "devices")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_pmap_runs_a_lane_per_device_and_is_vmap_when_traced(count: int) -> None:
    x, w = array(np.arange(count * 2).reshape(count, 2)), array([3.0, 4.0])
    f = verax.pmap(step, axis_name="devices", in_axes=(0, None))

    with fake_devices(count):
        eager, traced = f(x, w), verax.jit(f)(x, w)

    for a, b in zip(eager, traced, strict=True):
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes()
    assert lists(eager[1]) == [[2 * count - 2, 2 * count - 1]] * count


def test_eager_lanes_run_their_own_python() -> None:
    seen: list[int] = []

    def lane(x: Any) -> Any:
        if float(x) > 1:  # a lane has its own value
            seen.append(int(x))
        return lax.psum(x, "i")

    with fake_devices(3):
        found = verax.pmap(lane, axis_name="i")(array([1.0, 2.0, 3.0]))

    assert (lists(found), seen) == ([6, 6, 6], [2, 3])


def test_more_lanes_than_devices_are_refused_with_the_mend() -> None:
    with pytest.raises(ValueError, match=r"`pmap` over 4 lanes must have as many devices, got 1"):
        verax.pmap(lambda x: x)(array([1.0, 2.0, 3.0, 4.0]))


def test_lanes_that_do_not_agree_are_refused() -> None:
    def lane(x: Any) -> Any:
        return lax.psum(x, "i") if float(x) > 1 else lax.pmax(x, "i")

    with fake_devices(2), pytest.raises(CollectiveError, match=r"lane 0 is at pmax.*lane 1 is at psum"):
        verax.pmap(lane, axis_name="i")(array([1.0, 2.0]))


def test_a_gradient_through_pmap_is_that_of_its_lanes() -> None:
    x = array([1.0, 2.0])

    with fake_devices(2):
        found = verax.grad(lambda v: vnp.sum(verax.pmap(lambda r: lax.psum(r * r, "i"), axis_name="i")(v)))(x)
        inside = verax.pmap(verax.grad(lambda r: lax.psum(r * r, "i")), axis_name="i")(x)

    assert (lists(found), lists(inside)) == ([4, 8], [4, 8])
