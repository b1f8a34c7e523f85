"""Primitives that move, gather, reduce and sort elements do what JAX's of the same name do."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import numpy as np
import pytest
from jax import lax as jlax

from verax.language import catalogue, dispatch
from verax.language.catalogue import PRIMITIVES
from verax.reference import Exact, evaluate
from verax.reference.reals import Real, Scalar

F32, I32, U32 = np.dtype(np.float32), np.dtype(np.int32), np.dtype(np.uint32)
RANDOM = np.random.default_rng(11)
X = RANDOM.integers(-9, 9, (3, 4, 2)).astype(F32)
M = RANDOM.integers(-9, 9, (4, 5)).astype(F32)


def bound(name: str, *operands: Any, **params: Any) -> list[np.ndarray[Any, Any]]:
    """What the reference makes of a primitive, as machine arrays."""
    found = evaluate(
        lambda *xs: dispatch.bind(PRIMITIVES[name], *xs, **params), [np.asarray(x) for x in operands], Exact()
    )
    return [y.machine_value() for y in found]


def assert_equal(got: np.ndarray[Any, Any], want: Any) -> None:
    wanted = np.asarray(want)
    assert got.shape == wanted.shape
    assert got.dtype == wanted.dtype
    assert np.array_equal(got, wanted, equal_nan=got.dtype.kind == "f")


STRUCTURAL: list[tuple[str, tuple[Any, ...], dict[str, Any], Callable[..., Any]]] = [
    (
        "broadcast_in_dim",
        (X,),
        {"shape": (3, 6, 4, 2), "broadcast_dimensions": (0, 2, 3)},
        jlax.broadcast_in_dim,
    ),
    (
        "broadcast_in_dim",
        (X[:, :1],),
        {"shape": (3, 4, 2), "broadcast_dimensions": (0, 1, 2)},
        jlax.broadcast_in_dim,
    ),
    (
        "broadcast_in_dim",
        (X[:1, 0, 0],),
        {"shape": (3, 2), "broadcast_dimensions": (1,)},
        jlax.broadcast_in_dim,
    ),
    ("reshape", (X,), {"new_sizes": (6, 4)}, jlax.reshape),
    ("transpose", (X,), {"permutation": (2, 0, 1)}, jlax.transpose),
    ("squeeze", (X[:1, :, :1],), {"dimensions": (0, 2)}, jlax.squeeze),
    ("rev", (X,), {"dimensions": (0, 2)}, jlax.rev),
    (
        "slice",
        (X,),
        {"start_indices": (1, 0, 0), "limit_indices": (3, 4, 2), "strides": (1, 3, 1)},
        lambda x, **p: jlax.slice(x, *p.values()),
    ),
    (
        "slice",
        (X,),
        {"start_indices": (0, 1, 0), "limit_indices": (2, 4, 1), "strides": None},
        lambda x, **p: jlax.slice(x, *p.values()),
    ),
    (
        "concatenate",
        (X, X[:, :1], X),
        {"dimension": 1},
        lambda *xs, dimension: jlax.concatenate(xs, dimension),
    ),
    ("pad", (X, F32.type(7)), {"padding_config": ((1, 2, 1), (0, -1, 2), (-1, 3, 0))}, jlax.pad),
    ("pad", (X, F32.type(7)), {"padding_config": ((-1, -1, 0), (0, 0, 0), (2, 0, 0))}, jlax.pad),
]


@pytest.mark.parametrize(("name", "operands", "params", "peer"), STRUCTURAL)
def test_elements_move_as_jaxs_do(
    name: str, operands: tuple[Any, ...], params: dict[str, Any], peer: Callable[..., Any]
) -> None:
    assert_equal(bound(name, *operands, **params)[0], peer(*operands, **params))


@pytest.mark.parametrize("dtype", [F32, I32], ids=str)
def test_iota_counts_along_its_axis(dtype: np.dtype[Any]) -> None:
    (got,) = bound("iota", dtype=dtype, shape=(2, 3), dimension=1)
    assert_equal(got, jlax.broadcasted_iota(dtype, (2, 3), 1))


@pytest.mark.parametrize("starts", [(0, 1, 0), (2, 9, -5)])
def test_dynamic_slices_are_moved_inside(starts: tuple[int, ...]) -> None:
    given = [np.int32(s) for s in starts]
    (got,) = bound("dynamic_slice", X, *given, slice_sizes=(2, 2, 1))
    assert_equal(got, jlax.dynamic_slice(X, given, (2, 2, 1)))
    (updated,) = bound("dynamic_update_slice", X, X[:2, :2, :1] * 10, *given)
    assert_equal(updated, jlax.dynamic_update_slice(X, X[:2, :2, :1] * 10, given))


INDICES = np.array([[0, 1], [3, 4], [-1, 2], [2, 9]], np.int32)
GATHERS: list[tuple[Any, Any, tuple[Any, ...], tuple[int, ...]]] = [
    # operand, indices, (offset, collapsed, map), slice sizes
    (M, INDICES, ((), (0, 1), (0, 1)), (1, 1)),
    (M, INDICES, ((1, 2), (), (0, 1)), (2, 3)),
    (M, INDICES[:, :1], ((1,), (0,), (0,)), (1, 5)),
    (M, INDICES[:, ::-1], ((0,), (0,), (1, 0)), (1, 2)),
    (X, INDICES, ((1,), (0, 2), (2, 0)), (1, 4, 1)),
]


@pytest.mark.parametrize("mode", ["clip", "fill"])
@pytest.mark.parametrize(("operand", "indices", "numbers", "sizes"), GATHERS)
def test_gathers_are_jaxs(operand: Any, indices: Any, numbers: Any, sizes: Any, mode: str) -> None:
    (got,) = bound(
        "gather",
        operand,
        indices,
        dimension_numbers=catalogue.GatherDimensionNumbers(*numbers),
        slice_sizes=sizes,
        mode=mode,
    )
    want = jlax.gather(operand, indices, jlax.GatherDimensionNumbers(*numbers), sizes, mode=mode)
    assert_equal(got, want)


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.bool_])
def test_a_gather_fills_integers_with_jaxs_value(dtype: Any) -> None:
    operand = np.arange(5).astype(dtype)
    numbers = ((), (0,), (0,))
    (got,) = bound(
        "gather",
        operand,
        INDICES[:, 1:] + 3,
        dimension_numbers=catalogue.GatherDimensionNumbers(*numbers),
        slice_sizes=(1,),
        mode="fill",
    )
    want = jlax.gather(operand, INDICES[:, 1:] + 3, jlax.GatherDimensionNumbers(*numbers), (1,), mode="fill")
    assert_equal(got, want)


def test_batching_axes_of_gathers_and_scatters_pair_up() -> None:
    indices = np.array([[1], [0], [4], [2]], np.int32)
    numbers = {"operand_batching_dims": (0,), "start_indices_batching_dims": (0,)}
    (got,) = bound(
        "gather",
        M,
        indices,
        dimension_numbers=catalogue.GatherDimensionNumbers((), (1,), (1,), **numbers),
        slice_sizes=(1, 1),
        mode="clip",
    )
    assert_equal(got, M[np.arange(4), indices[:, 0]])
    scatter = {"operand_batching_dims": (0,), "scatter_indices_batching_dims": (0,)}
    (put,) = bound(
        "scatter_add",
        M,
        indices,
        np.ones(4, F32),
        dimension_numbers=catalogue.ScatterDimensionNumbers((), (1,), (1,), **scatter),
        mode="clip",
    )
    want = M.copy()
    want[np.arange(4), indices[:, 0]] += 1
    assert_equal(put, want)


SCATTERS: list[tuple[Any, Any, Any, tuple[Any, ...]]] = [
    # operand, indices, updates, (update window, inserted, map)
    (M, INDICES, np.arange(4).astype(F32), ((), (0, 1), (0, 1))),
    (M, INDICES, np.arange(8).reshape(4, 2, 1).astype(F32), ((1, 2), (), (0, 1))),
    (M, INDICES[:, :1], np.arange(20).reshape(4, 5).astype(F32), ((1,), (0,), (0,))),
    (M, np.array([[1], [1], [1]], np.int32), np.arange(15).reshape(3, 5).astype(F32), ((1,), (0,), (0,))),
]


@pytest.mark.parametrize("mode", ["clip", "fill"])
@pytest.mark.parametrize(("operand", "indices", "updates", "numbers"), SCATTERS)
@pytest.mark.parametrize("name", ["scatter_add", "scatter_sub", "scatter_mul", "scatter_min", "scatter_max"])
@pytest.mark.parametrize("dtype", [F32, I32, U32], ids=str)
def test_scatters_combine_as_jaxs_do(
    name: str, dtype: Any, operand: Any, indices: Any, updates: Any, numbers: Any, mode: str
) -> None:
    x, new = operand.astype(I32).astype(dtype), updates.astype(dtype)
    own = catalogue.ScatterDimensionNumbers(*numbers)
    (got,) = bound(name, x, indices, new, dimension_numbers=own, mode=mode)
    theirs = jlax.ScatterDimensionNumbers(*numbers)
    assert_equal(got, getattr(jlax, name)(x, indices, new, theirs, mode=mode))


def test_a_scatter_sets_as_jaxs_does() -> None:
    own = catalogue.ScatterDimensionNumbers((), (0, 1), (0, 1))
    updates = np.arange(4).astype(F32)
    (got,) = bound("scatter", M, INDICES, updates, dimension_numbers=own, mode="fill")
    numbers = jlax.ScatterDimensionNumbers((), (0, 1), (0, 1))
    assert_equal(got, jlax.scatter(M, INDICES, updates, numbers, mode="fill"))


SPECIAL = np.array([[1, np.nan, -np.inf, 3], [np.inf, 0.0, -0.0, 2], [5, 5, -1, -1]], np.float32)
REDUCTIONS: dict[str, Callable[..., Any]] = {
    "reduce_sum": np.sum,
    "reduce_prod": np.prod,
    "reduce_max": np.max,
    "reduce_min": np.min,
}


@pytest.mark.parametrize("axes", [(0,), (1, 2), (0, 1, 2), ()])
@pytest.mark.parametrize("name", sorted(REDUCTIONS))
@pytest.mark.parametrize("dtype", [F32, I32, U32], ids=str)
def test_reductions_are_numpys(name: str, axes: tuple[int, ...], dtype: Any) -> None:
    x = np.abs(X[:2]).astype(dtype) % 5
    (got,) = bound(name, x, axes=axes)
    assert_equal(got, np.asarray(REDUCTIONS[name](x, axis=axes)).astype(dtype))


@pytest.mark.parametrize("name", sorted(REDUCTIONS))
def test_reductions_of_nothing_and_of_specials_are_numpys(name: str) -> None:
    with np.errstate(all="ignore"):
        assert_equal(bound(name, SPECIAL, axes=(1,))[0], REDUCTIONS[name](SPECIAL, axis=1))
    if name in ("reduce_sum", "reduce_prod"):
        assert_equal(bound(name, X[:0], axes=(0,))[0], REDUCTIONS[name](X[:0], axis=0))
    else:
        least = -np.inf if name == "reduce_max" else np.inf
        assert (bound(name, X[:0], axes=(0,))[0] == least).all()


@pytest.mark.parametrize("axes", [(0,), (0, 1)])
def test_logical_reductions_are_numpys(axes: tuple[int, ...]) -> None:
    mask = X[:, :, 0] > 0
    assert_equal(bound("reduce_and", mask, axes=axes)[0], np.all(mask, axis=axes))
    assert_equal(bound("reduce_or", mask, axes=axes)[0], np.any(mask, axis=axes))
    assert_equal(bound("reduce_xor", mask, axes=axes)[0], np.logical_xor.reduce(mask, axis=axes))
    whole = X[:, :, 0].astype(I32)
    assert_equal(bound("reduce_xor", whole, axes=axes)[0], np.bitwise_xor.reduce(whole, axis=axes))
    assert_equal(bound("reduce_and", whole, axes=axes)[0], np.bitwise_and.reduce(whole, axis=axes))
    assert bound("reduce_and", mask[:0], axes=(0,))[0].all()
    assert not bound("reduce_or", mask[:0], axes=(0,))[0].any()
    assert (bound("reduce_and", whole[:0], axes=(0,))[0] == -1).all()


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("name", ["cumsum", "cumprod", "cummax", "cummin"])
@pytest.mark.parametrize("dtype", [F32, I32], ids=str)
def test_running_reductions_are_jaxs(name: str, axis: int, reverse: bool, dtype: Any) -> None:
    x = X[:, :, 0].astype(dtype)
    (got,) = bound(name, x, axis=axis, reverse=reverse)
    assert_equal(got, getattr(jlax, name)(x, axis=axis, reverse=reverse))


@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_positions_are_jaxs_first_ones_and_nan_comes_before_all(name: str) -> None:
    for x in (SPECIAL, X[:, :, 0], X[:, :, 1].astype(I32)):
        for axis in (0, 1):
            (got,) = bound(name, x, axes=(axis,), index_dtype=I32)
            assert_equal(got, getattr(jlax, name)(x, axis, np.int32))


@pytest.mark.parametrize("keys", [1, 2])
def test_sorts_are_jaxs_stable_with_nan_last(keys: int) -> None:
    first = np.array([3, np.nan, -0.0, 0.0, np.inf, 3, -np.inf, np.nan, 1], np.float32)
    second = np.array([5, 1, 9, 8, 2, 4, 4, 0, 7], np.int32)
    third = np.arange(9).astype(F32)
    got = bound("sort", first, second, third, dimension=0, num_keys=keys)
    want = jlax.sort([jax.numpy.asarray(v) for v in (first, second, third)], dimension=0, num_keys=keys)
    for g, w in zip(got, want, strict=True):
        assert_equal(g, w)


def test_lines_are_sorted_along_any_axis() -> None:
    for axis in range(3):
        assert_equal(bound("sort", X, dimension=axis, num_keys=1)[0], np.sort(X, axis=axis))


def fraction(x: Scalar) -> Fraction:
    if type(x) is not Real:
        return Fraction(x)
    sign, man, exp, _ = x._mpf_
    return Fraction(-int(man) if sign else int(man)) * Fraction(2) ** int(exp)


PRODUCTS = [
    ((3, 4), (4, 5), (((1,), (0,)), ((), ()))),
    ((3, 4), (5, 4), (((1,), (1,)), ((), ()))),
    ((2, 3, 4), (2, 4, 5), (((2,), (1,)), ((0,), (0,)))),
    ((2, 3, 4), (4, 2, 5), (((2,), (0,)), ((0,), (1,)))),
    ((2, 3), (4,), (((), ()), ((), ()))),
    ((2, 3, 4), (3, 2, 4), (((0, 1, 2), (1, 0, 2)), ((), ()))),
    ((2, 0), (0, 3), (((1,), (0,)), ((), ()))),
]


@pytest.mark.parametrize(("left", "right", "numbers"), PRODUCTS)
def test_products_are_the_sums_of_fractions(left: Any, right: Any, numbers: Any) -> None:
    random = np.random.default_rng(2)
    a, b = random.standard_normal(left).astype(F32), random.standard_normal(right).astype(F32)
    (found,) = evaluate(
        lambda x, y: dispatch.bind(
            PRIMITIVES["dot_general"], x, y, dimension_numbers=numbers, preferred_element_type=None
        ),
        [a, b],
        Exact(),
    )
    own = jlax.dot_general(np.vectorize(float)(a) if a.size else a, b, numbers)
    assert found.shape == own.shape
    assert [fraction(s) for s in found.scalars] == _by_fractions(a, b, numbers)


def _by_fractions(a: Any, b: Any, numbers: Any) -> list[Fraction]:
    """By einsum over Python's fractions."""
    ((left, right), (left_batch, right_batch)) = numbers
    letters = iter("abcdefghijkl")
    names_a, names_b = [""] * a.ndim, [""] * b.ndim
    for i, j in (*zip(left_batch, right_batch, strict=True), *zip(left, right, strict=True)):
        names_a[i] = names_b[j] = next(letters)
    names_a = [n or next(letters) for n in names_a]
    names_b = [n or next(letters) for n in names_b]
    free = [n for n in names_a if n not in names_b] + [n for n in names_b if n not in names_a]
    out = [names_a[i] for i in left_batch] + free
    fractions = [np.vectorize(Fraction, otypes=[object])(x.astype(float)) for x in (a, b)]
    result = np.einsum(f"{''.join(names_a)},{''.join(names_b)}->{''.join(out)}", *fractions)
    return [Fraction(x) for x in np.asarray(result, dtype=object).ravel()]


def test_integer_products_wrap() -> None:
    a = np.array([[2**30, 2**30, 5]], np.int32)
    (got,) = bound(
        "dot_general", a, a.T, dimension_numbers=(((1,), (0,)), ((), ())), preferred_element_type=None
    )
    assert_equal(got, a @ a.T)


INTEGER = ["add", "sub", "mul", "div", "rem", "max", "min", "and", "or", "xor"]
SHIFTS = ["shift_left", "shift_right_logical", "shift_right_arithmetic"]


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint32])
@pytest.mark.parametrize("name", [*INTEGER, *SHIFTS])
def test_integers_are_jaxs(name: str, dtype: Any) -> None:
    info = np.iinfo(dtype)
    edge = np.array([info.min, info.max, 0, 1, 2, 3, 7, info.max - 1, info.min + 1, 8, 31, 32], dtype)
    x, y = (np.ascontiguousarray(v.ravel()) for v in np.meshgrid(edge, edge))
    peer = {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor"}.get(name, name)
    assert_equal(bound(name, x, y)[0], getattr(jlax, peer)(x, y))


@pytest.mark.parametrize("name", ["neg", "sign", "abs", "not", "square"])
def test_integers_of_one_operand_are_jaxs(name: str) -> None:
    x = np.array([-128, 127, 0, -1, 5], np.int8)
    assert_equal(bound(name, x)[0], getattr(jlax, {"not": "bitwise_not"}.get(name, name))(x))
    mask = np.array([True, False])
    assert_equal(bound("not", mask)[0], ~mask)


def test_integer_powers_wrap_and_clamps_limit() -> None:
    x = np.array([3, -7, 2000], np.int32)
    assert_equal(bound("integer_pow", x, y=5)[0], jlax.integer_pow(x, 5))
    assert_equal(bound("clamp", np.int32(-1), x, np.int32(5))[0], jlax.clamp(-1, x, 5))
    floats = np.array([-3, 0.5, 9, np.nan], np.float32)
    assert_equal(bound("clamp", np.float32(-1), floats, np.float32(5))[0], jlax.clamp(-1.0, floats, 5.0))


def test_integer_exponents_are_whole_powers() -> None:
    x, n = np.array([-2, 0.5, 0, -3], np.float32), np.array([3, -2, 0, 2], np.int32)
    assert_equal(bound("pow", x, n)[0], np.array([-8, 4, 1, 9], np.float32))


def test_selections_are_jaxs() -> None:
    cases = [np.array([k, k + 10, k + 20], np.float32) for k in range(3)]
    which = np.array([2, 0, 1], np.int32)
    assert_equal(bound("select_n", which, *cases)[0], jlax.select_n(which, *cases))
    mask = np.array([True, False, True])
    assert_equal(bound("select_n", mask, *cases[:2])[0], jlax.select_n(mask, *cases[:2]))
    assert_equal(bound("select_n", np.bool_(True), *cases[:2])[0], cases[1])


@pytest.mark.parametrize("new", [np.int8, np.uint8, np.int32, np.uint32, np.bool_])
def test_floats_convert_to_integers_as_jaxs_do(new: Any) -> None:
    x = np.array([1.9, -1.9, 0.0, -0.0, 127.5, 300, -300, np.inf, -np.inf, np.nan, 3e38, -0.5], np.float32)
    (got,) = bound("convert_element_type", x, new_dtype=np.dtype(new), weak_type=False)
    assert_equal(got, jlax.convert_element_type(x, new))


def test_integers_convert_to_integers_modulo_their_width() -> None:
    x = np.array([-1, 300, 127, 128, -129], np.int32)
    for new in (np.int8, np.uint8, np.bool_, np.uint32, np.float32):
        (got,) = bound("convert_element_type", x, new_dtype=np.dtype(new), weak_type=False)
        assert_equal(got, jlax.convert_element_type(x, new))


@pytest.mark.parametrize("new", [np.int32, np.uint8, np.uint16, np.float32, np.float16])
def test_bits_are_jaxs(new: Any) -> None:
    x = np.array([1.5, -0.0, np.inf, 1e-40], np.float32)
    (got,) = bound("bitcast_convert_type", x, new_dtype=np.dtype(new))
    assert_equal(got, jlax.bitcast_convert_type(x, new))
    if got.ndim == 2 and got.dtype.kind == "u":  # a NaN among floats keeps no payload
        assert_equal(bound("bitcast_convert_type", got, new_dtype=F32)[0], x)


def test_jax_is_asked_for_32_bits() -> None:
    assert jax.numpy.arange(2.0).dtype == F32
