"""Kernels of windows on every device: all dtypes, padding, and windows of nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verax
from verax.fast.implementation import implementation
from verax.fast.kernels import windows
from verax.language import lax
from verax.language.dispatch import lift

DTYPES = ["int8", "uint16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]
X = np.array([[3, 1, 0, 2], [1, 1, 5, 1], [2, 0, 1, 4]])
K = np.array([[1, 2], [0, 1]])


def array(x: Any, dtype: Any) -> Any:
    return lift(np.asarray(x).astype(dtype))


def lists(x: Any) -> Any:
    return np.asarray(x).astype(np.float64).tolist()


@pytest.mark.parametrize("dtype", DTYPES)
def test_windows_are_reduced_in_every_dtype(dtype: Any) -> None:
    with verax.enable_x64():
        x = array(X, dtype)
        whole = np.dtype(dtype).kind in "iu"
        least, most = (np.iinfo(dtype).min, np.iinfo(dtype).max) if whole else (-np.inf, np.inf)
        params: dict[str, Any] = {
            "window_dimensions": (2, 2),
            "window_strides": (1, 2),
            "padding": ((0, 0), (1, 1)),
        }

        assert lists(lax.reduce_window(x, array(0, dtype), lax.add, **params)) == [[4, 7, 3], [3, 7, 5]]
        assert lists(lax.reduce_window(x, array(1, dtype), lax.mul, **params)) == [[3, 0, 2], [2, 0, 4]]
        assert lists(lax.reduce_window(x, array(least, dtype), lax.max, **params)) == [[3, 5, 2], [2, 5, 4]]
        assert lists(lax.reduce_window(x, array(most, dtype), lax.min, **params)) == [[1, 0, 1], [1, 0, 1]]


@pytest.mark.parametrize("dtype", DTYPES)
def test_convolutions_in_every_dtype(dtype: Any) -> None:
    with verax.enable_x64():
        found = lax.conv_with_general_padding(
            array(X, dtype)[None, None], array(K, dtype)[None, None], (1, 2), ((0, 1), (0, 0)), None, None
        )
        wider = lax.conv(
            array(X, dtype)[None, None], array(K, dtype)[None, None], (2, 2), "VALID", None, "float64"
        )

    assert lists(found[0, 0]) == [[6, 5], [3, 11], [2, 9]]
    assert (str(found.dtype), str(wider.dtype)) == (dtype, "float64")
    assert lists(wider[0, 0]) == [[6, 5]]


def test_a_convolution_of_booleans_is_whether_any_product_is_true() -> None:
    found = lax.conv(array(X > 2, bool)[None, None], array(K, bool)[None, None], (1, 1), "VALID")

    assert np.asarray(found)[0, 0].tolist() == [[True, True, False], [False, True, True]]


def test_windows_of_nothing_and_no_windows() -> None:
    x = array(np.ones((0, 3)), "float32")

    assert lists(lax.reduce_window(x, 0.0, lax.add, (2, 1), padding=((1, 1), (0, 0)))) == [[0, 0, 0]]
    assert lax.reduce_window(x, 0.0, lax.add, (2, 1)).shape == (0, 3)
    one, three = array(np.ones((1, 1)), "float32"), array(np.full((1, 1), 3), "float32")
    assert lists(lax.conv(one, three, (), "SAME")) == [[3]]
    short, long = array(np.ones((2, 1, 1)), "float32"), array(np.ones((1, 1, 3)), "float32")
    assert lax.conv(short, long, (1,), "VALID").shape == (2, 1, 0)


@pytest.mark.parametrize(
    ("groups", "parameters"),
    [
        ((1, 1), ((2, 1), ((1, 2), (0, 1)), (1, 1), (1, 1))),
        ((2, 1), ((1, 3), ((3, 2), (0, -1)), (2, 1), (1, 2))),
        ((1, 2), ((1, 2), ((1, 1), (2, 2)), (1, 3), (2, 1))),
    ],
)
def test_a_convolution_too_large_to_lay_out_is_done_in_halves(
    groups: tuple[int, int], parameters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    x = array(rng.integers(-3, 4, (4, 4, 9, 8)), "float32")
    y = array(rng.integers(-3, 4, (4, 4 // groups[0], 3, 2)), "float32")
    called: list[Any] = []
    product = windows._product

    def counted(call: Any) -> Any:
        called.append(call)
        return product(call)

    monkeypatch.setattr(windows, "_product", counted)

    def conv() -> Any:
        implementation._kernels.clear()
        strides, padding, lhs_dilation, rhs_dilation = parameters
        found = lax.conv_general_dilated(
            x, y, strides, padding, lhs_dilation, rhs_dilation, None, groups[0], groups[1]
        )
        implementation._kernels.clear()
        return np.asarray(found)

    whole, once = conv(), len(called)
    monkeypatch.setattr(windows, "LAID_OUT", 64)
    # Sums of small whole numbers are exact in any order.
    assert conv().tobytes() == whole.tobytes()
    assert (once, len(called) > 4) == (1, True)
