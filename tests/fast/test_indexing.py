"""Gather and scatter: windows, what happens out of bounds, and the edges of shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.language.dispatch import lift


def array(xs: Any, dtype: Any = np.float32) -> Any:
    return lift(np.asarray(xs).astype(dtype))


def lists(x: Any) -> Any:
    return np.asarray(x).tolist()


ROWS = lax.GatherDimensionNumbers(offset_dims=(1,), collapsed_slice_dims=(0,), start_index_map=(0,))
UPDATES = lax.ScatterDimensionNumbers(
    update_window_dims=(1,), inserted_window_dims=(0,), scatter_dims_to_operand_dims=(0,)
)
X = [[1, 2], [3, 4], [5, 6]]


def rows(mode: str, dtype: Any, places: Any = (-1, 1, 3)) -> Any:
    return lists(lax.gather(array(X, dtype), array(places, np.int32)[:, None], ROWS, (1, 2), mode=mode))


def test_an_index_out_of_bounds_is_clipped_or_filled() -> None:
    assert rows("clip", np.int32) == [[1, 2], [3, 4], [5, 6]]
    assert rows("fill", np.int32) == [[-(2**31)] * 2, [3, 4], [-(2**31)] * 2]
    assert rows("fill", np.uint8) == [[255] * 2, [3, 4], [255] * 2]
    assert rows("fill", np.bool_) == [[True] * 2] * 3
    assert np.isnan(rows("fill", np.float32)).tolist() == [[True] * 2, [False] * 2, [True] * 2]
    assert np.isnan(np.asarray(rows("fill", "bfloat16"), float)).tolist()[0] == [True] * 2


@pytest.mark.parametrize(("mode", "dropped"), [("clip", False), ("fill", True)])
def test_an_update_out_of_bounds_is_clipped_or_dropped(mode: str, dropped: bool) -> None:
    new = array([[10, 10], [20, 20]], np.int32)
    places = array([-1, 3], np.int32)[:, None]

    found = lists(lax.scatter_add(array(X, np.int32), places, new, UPDATES, mode=mode))

    assert found == (X if dropped else [[11, 12], [3, 4], [25, 26]])


@pytest.mark.parametrize(
    "dtype", [np.int8, np.int64, np.uint16, np.int32, np.float16, "bfloat16", np.float32, np.float64]
)
def test_every_occurrence_of_a_place_is_added_in_every_dtype(dtype: Any) -> None:
    with verax.enable_x64():
        found = vnp.zeros(3, dtype).at[vnp.asarray([1, 1, 2, 1])].add(vnp.asarray([1, 2, 3, 4], dtype))

        assert lists(found) == [0, 7, 3]


def test_narrow_updates_are_added_in_float32_and_rounded_once() -> None:
    # 256 + 1 is lost in bfloat16 at every step, and not in float32.
    x = vnp.full(1, 256, "bfloat16").at[vnp.zeros(8, int)].add(vnp.ones(8, "bfloat16"))

    assert lists(x) == [264.0]


def test_the_last_update_of_a_place_wins() -> None:
    assert lists(vnp.zeros(2).at[vnp.asarray([0, 0])].set(vnp.asarray([1.0, 2.0]))) == [2, 0]


def test_a_scalar_and_nothing_can_be_indexed() -> None:
    whole = lax.GatherDimensionNumbers((), (), ())
    store = lax.ScatterDimensionNumbers((), (), ())
    nothing = vnp.zeros((2, 0), np.int32)

    assert lists(lax.gather(array(5), nothing, whole, ())) == [5, 5]
    assert lists(lax.scatter_add(array(5), nothing, array([1, 2]), store)) == 8
    assert lists(lax.scatter(array(5), nothing[0], array(7), store)) == 7
    assert vnp.zeros((0, 3))[vnp.zeros(0, int)].shape == (0, 3)
    assert lists(vnp.ones(2).at[vnp.zeros(0, int)].add(vnp.zeros(0))) == [1, 1]


def test_windows_that_reach_out_are_moved_inside() -> None:
    x = vnp.arange(5)

    assert lists(lax.dynamic_slice(x, (array(4, np.int32),), (3,))) == [2, 3, 4]
    assert lists(lax.dynamic_update_slice(x, array([9, 9], np.int32), (array(4, np.int32),))) == [
        0,
        1,
        2,
        9,
        9,
    ]
    starts = array([-1, 1, 9], np.int32)
    assert lists(verax.vmap(lambda i: lax.dynamic_slice(x, (i,), (2,)))(starts)) == [
        lists(lax.dynamic_slice(x, (i,), (2,))) for i in starts
    ]


def test_padding_may_drop_and_spread_elements() -> None:
    x = array([1, 2, 3])

    assert lists(lax.pad(x, array(0.0), ((1, -1, 1),))) == [0, 1, 0, 2, 0]
    assert lists(lax.pad(x, array(0.0), ((-1, 2, 0),))) == [2, 3, 0, 0]
    assert lists(lax.pad(array([]), array(7.0), ((1, 1, 3),))) == [7, 7]


@pytest.mark.parametrize(
    "dtype", [np.int8, np.uint16, np.int64, np.float16, "bfloat16", np.float32, np.float64]
)
@pytest.mark.parametrize(
    ("scatter", "wanted"),
    [
        (lax.scatter_sub, [4, -4, -3]),
        (lax.scatter_mul, [4, 24, 0]),
        (lax.scatter_min, [4, 1, 0]),
        (lax.scatter_max, [4, 4, 3]),
    ],
)
def test_every_occurrence_of_a_place_is_combined(scatter: Any, wanted: list[int], dtype: Any) -> None:
    store = lax.ScatterDimensionNumbers((), (0,), (0,))
    with verax.enable_x64():
        x, new = array([4, 3, 0], dtype), array([1, 2, 3, 4, 5], dtype)

        found = lists(scatter(x, array([1, 1, 2, 1, 9], np.int32)[:, None], new, store))

    assert found == np.asarray(wanted).astype(dtype).tolist()
