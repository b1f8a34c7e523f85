"""Windows and convolutions have JAX's values, to the bit where sums of integers are exact, in either implementation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest
from jax import lax as jax_lax

import verax
from verax import numpy as vnp
from verax.language import lax

Rng = np.random.Generator


@pytest.fixture(params=["fast", "reference"])
def room(request: pytest.FixtureRequest) -> Any:
    with verax.using(request.param):
        yield request.param


def integers(rng: Rng, shape: Any, dtype: Any = np.float32) -> Any:
    return rng.integers(-4, 5, shape).astype(dtype)


def assert_same(ours: Any, theirs: Any) -> None:
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs), strict=True)


# -- reductions of windows -----------------------------------------------------------------------------------
REDUCTIONS = {"add": 0, "max": -np.inf, "min": np.inf, "mul": 1}


def geometry(rng: Rng, shape: Any) -> dict[str, Any]:
    rank = len(shape)
    window = tuple(int(n) for n in rng.integers(1, 4, rank))
    pads = tuple((int(a), int(b)) for a, b in rng.integers(-1, 3, (rank, 2)))
    names = ("window_strides", "base_dilation", "window_dilation")
    params = {k: tuple(int(n) for n in rng.integers(1, 3, rank)) for k in names if rng.random() < 0.7}
    padding: Any = pads if rng.random() < 0.6 else str(rng.choice(["VALID", "SAME", "SAME_LOWER"]))
    if isinstance(padding, str):
        params["window_strides"] = params.get("window_strides", (1,) * rank)
    return {"window_dimensions": window, "padding": padding, **params}


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", REDUCTIONS)
def test_a_reduction_of_windows_is_jaxs(room: str, name: str, seed: int) -> None:
    rng = np.random.default_rng([seed, *name.encode()])
    x = integers(rng, rng.integers(1, 6, int(rng.integers(1, 4))))
    params = geometry(rng, x.shape)
    init = np.float32(REDUCTIONS[name])

    ours = lax.reduce_window(x, init, getattr(lax, name), **params)

    assert_same(ours, jax_lax.reduce_window(x, init, getattr(jax_lax, name), **params))


@pytest.mark.parametrize("seed", range(6))
def test_any_computation_and_start_will_do(room: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = integers(rng, (4, 5), np.int32), integers(rng, (4, 5), np.int32)
    params = geometry(rng, x.shape)

    def both(lax: Any) -> Any:
        def computation(a: Any, b: Any) -> Any:
            return lax.add(a[0], b[0]), lax.bitwise_xor(a[1], b[1])

        return lax.reduce_window((x, y), (np.int32(3), np.int32(0)), computation, **params)

    for ours, theirs in zip(both(lax), both(jax_lax), strict=True):
        assert_same(ours, theirs)
    shifted = lax.reduce_window(x, np.int32(7), lax.max, **params)
    assert_same(shifted, jax_lax.reduce_window(x, np.int32(7), jax_lax.max, **params))


def test_a_gradient_of_window_sums_is_jaxs_and_ties_share_it() -> None:
    x = np.array([[3, 3, 1, 2], [0, 3, 2, 2]], np.float32)

    def total(lax: Any) -> Callable[[Any], Any]:
        return lambda v: (lax.reduce_window(v, 0.0, lax.add, (2, 2), (1, 2), ((1, 0), (0, 1))) ** 2).sum()

    assert_same(verax.grad(total(lax))(vnp.asarray(x)), jax.grad(total(jax_lax))(x))
    largest = verax.grad(lambda v: vnp.sum(lax.reduce_window(v, -np.inf, lax.max, (2, 2), (2, 2))))(
        vnp.asarray(x)
    )
    third = np.float32(1) / np.float32(3)
    assert_same(largest, np.array([[third, third, 0, third], [0, third, third, third]], np.float32))


# -- convolutions ----------------------------------------------------------------------------------------------
def convolution(rng: Rng, dtype: Any = np.float32) -> tuple[Any, Any, dict[str, Any]]:
    spatial = int(rng.integers(0, 3))
    groups = int(rng.integers(1, 3))
    features, batches = (groups, 1) if rng.random() < 0.5 else (1, groups)
    batch, ins, outs = (int(n) for n in rng.integers(1, 3, 3))
    image = (batch * batches, ins * features, *rng.integers(2, 6, spatial))
    kernel = (outs * groups, ins, *rng.integers(1, 4, spatial))
    names = ("window_strides", "lhs_dilation", "rhs_dilation")
    params: dict[str, Any] = {k: tuple(int(n) for n in rng.integers(1, 3, spatial)) for k in names}
    params["padding"] = tuple((int(a), int(b)) for a, b in rng.integers(-1, 4, (spatial, 2)))
    if rng.random() < 0.3:
        params["padding"], params["lhs_dilation"] = str(rng.choice(["VALID", "SAME"])), None
    letters = "HW"[:spatial]
    specs = ["".join(rng.permutation(list(first + letters))) for first in ("NC", "OI", "NC")]
    order = [letter for letter in specs[1] if letter in letters]

    def placed(sizes: Any, first: str, spec: str) -> Any:
        by_letter = dict(zip([*first, *order], sizes, strict=True))
        return tuple(int(by_letter[letter]) for letter in spec)

    lhs, rhs = placed(image, "NC", specs[0]), placed(kernel, "OI", specs[1])
    params |= {"dimension_numbers": specs, "feature_group_count": features, "batch_group_count": batches}
    return integers(rng, lhs, dtype), integers(rng, rhs, dtype), params


@pytest.mark.parametrize("seed", range(30))
def test_a_convolution_is_jaxs(room: str, seed: int) -> None:
    x, y, params = convolution(np.random.default_rng(seed), np.float32 if seed % 2 else np.int32)

    assert_same(lax.conv_general_dilated(x, y, **params), jax_lax.conv_general_dilated(x, y, **params))


@pytest.mark.parametrize("seed", range(20))
def test_gradients_of_a_convolution_are_jaxs_and_so_are_its_lanes(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    x, y, params = convolution(rng)

    def squares(lax: Any) -> Callable[[Any, Any], Any]:
        return lambda a, b: (lax.conv_general_dilated(a, b, **params) ** 2).sum()

    ours = verax.grad(squares(lax), (0, 1))(vnp.asarray(x), vnp.asarray(y))
    theirs = jax.grad(squares(jax_lax), (0, 1))(x, y)
    for a, b in zip(ours, theirs, strict=True):
        assert_same(a, b)
    for axes in ((0, None), (None, 0), (0, 0)):
        many = [np.stack([v, v[::-1], v * 2]) if a == 0 else v for v, a in zip((x, y), axes, strict=True)]
        mapped = verax.vmap(lambda a, b: lax.conv_general_dilated(a, b, **params), axes)(*many)
        rows = []
        for i in range(3):
            row: Any = [v[i] if axis == 0 else v for v, axis in zip(many, axes, strict=True)]
            rows.append(jax_lax.conv_general_dilated(*row, **params))
        assert_same(mapped, np.stack(rows))


@pytest.mark.parametrize("seed", range(8))
def test_second_derivatives_of_a_convolution_are_jaxs_also_where_no_window_fits(seed: int) -> None:
    x, y, params = convolution(np.random.default_rng(1000 + seed))
    if seed == 0:
        x, y = np.ones((1, 2, 2), np.float32), np.ones((1, 2, 3), np.float32)
        params = {"window_strides": (2,), "padding": "VALID", "rhs_dilation": (2,)}

    def along_itself(lax: Any, grad: Any) -> Callable[[Any, Any], Any]:
        slopes = grad(lambda a, b: (lax.conv_general_dilated(a, b, **params) ** 2).sum(), (0, 1))
        return lambda a, b: sum((u * v).sum() for u, v in zip(slopes(a, b), (a, b), strict=True))

    ours = verax.grad(along_itself(lax, verax.grad), (0, 1))(vnp.asarray(x), vnp.asarray(y))
    theirs = jax.grad(along_itself(jax_lax, jax.grad), (0, 1))(x, y)
    for a, b in zip(ours, theirs, strict=True):
        assert_same(a, b)


@pytest.mark.parametrize("padding", ["SAME", "VALID", [(1, 2), (0, 1)]])
@pytest.mark.parametrize("strides", [(1, 1), (2, 3)])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("consistent", [False, True])
def test_a_transposed_convolution_is_jaxs(
    room: str, padding: Any, strides: Any, turned: bool, consistent: bool
) -> None:
    rng = np.random.default_rng(7)
    x, y = integers(rng, (1, 3, 4, 2)), integers(rng, (2, 3, 2, 2))
    given = [tuple(p) for p in padding] if isinstance(padding, list) else padding

    def call(lax: Any) -> Any:
        return lax.conv_transpose(
            x,
            y,
            strides,
            given,
            rhs_dilation=(1, 2),
            transpose_kernel=turned,
            use_consistent_padding=consistent,
        )

    assert_same(call(lax), call(jax_lax))


def test_short_forms_are_the_long_one(room: str) -> None:
    rng = np.random.default_rng(3)
    x, y = integers(rng, (2, 3, 5, 6)), integers(rng, (4, 3, 2, 3))
    assert_same(lax.conv(x, y, (1, 2), "SAME"), jax_lax.conv(x, y, (1, 2), "SAME"))
    general = (x, y, (1, 2), ((1, 0), (0, 2)), (2, 1), (1, 2))
    assert_same(lax.conv_with_general_padding(*general), jax_lax.conv_with_general_padding(*general))
    assert lax.conv_dimension_numbers(x.shape, y.shape, ("NHWC", "HWIO", "NHWC")) == tuple(
        jax_lax.conv_dimension_numbers(x.shape, y.shape, ("NHWC", "HWIO", "NHWC"))
    )
    assert lax.padtype_to_pads((5, 6), (2, 4), (1, 2), "SAME") == [(0, 1), (1, 1)]


def test_patches_are_jaxs(room: str) -> None:
    x = integers(np.random.default_rng(5), (2, 3, 5, 4))
    given = (x, (2, 3), (1, 2), "SAME", None, (2, 1))
    assert_same(lax.conv_general_dilated_patches(*given), jax_lax.conv_general_dilated_patches(*given))
    last: Any = {"dimension_numbers": ("NHWC", "HWIO", "CNHW")}
    assert_same(
        lax.conv_general_dilated_patches(*given, **last), jax_lax.conv_general_dilated_patches(*given, **last)
    )


def test_infinite_weights_meet_the_padding_as_zeros(room: str) -> None:
    found = lax.conv(np.ones((1, 1, 2), np.float32), np.full((1, 1, 2), np.inf, np.float32), (1,), "SAME")
    assert np.asarray(found)[0, 0, 0] == np.inf
    assert np.isnan(np.asarray(found)[0, 0, 1])


IMAGE, KERNEL = np.ones((2, 3, 5), np.float32), np.ones((4, 3, 2), np.float32)
REFUSED: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: lax.conv(IMAGE, KERNEL[0], (1,), "SAME"), ValueError, "equal ranks"),
    (
        lambda: lax.conv(IMAGE, KERNEL[:, :2], (1,), "SAME"),
        ValueError,
        "must have 2 features for each of 1 groups",
    ),
    (lambda: lax.conv(IMAGE, KERNEL, (1,), "EXACT"), ValueError, "`padding` must be 'VALID', 'SAME'"),
    (lambda: lax.conv(IMAGE, KERNEL.astype(np.int32), (1,), "SAME"), TypeError, "equal dtypes"),
    (
        lambda: lax.conv_with_general_padding(IMAGE, KERNEL, (1,), "SAME", (2,), None),
        ValueError,
        "must be pairs",
    ),
    (
        lambda: lax.conv_with_general_padding(IMAGE, KERNEL, (0,), [(0, 0)], None, None),
        ValueError,
        "at least 1",
    ),
    (
        lambda: lax.conv_with_general_padding(IMAGE, KERNEL, (1, 1), [(0, 0)], None, None),
        ValueError,
        "one entry for each",
    ),
    (
        lambda: lax.conv_general_dilated(IMAGE, KERNEL, (1,), "SAME", batch_group_count=3),
        ValueError,
        "multiples",
    ),
    (
        lambda: lax.conv_general_dilated(
            IMAGE, KERNEL, (1,), "SAME", dimension_numbers=("NCH", "OIW", "NCH")
        ),
        ValueError,
        "the same spatial axes",
    ),
    (lambda: lax.conv_transpose(IMAGE, KERNEL, (1,), "FULL"), ValueError, "`padding` of conv_transpose"),
    (lambda: lax.reduce_window(IMAGE, 0.0, lax.add, (1, 2)), ValueError, "one entry for each of the 3 axes"),
    (lambda: lax.reduce_window(IMAGE, 0.0, lax.add, (1, 1, 0)), ValueError, "at least 1"),
    (lambda: lax.reduce_window(IMAGE, (0.0, 1.0), lax.add, (1, 1, 1)), ValueError, "equal trees"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_what_does_not_fit_is_refused(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
