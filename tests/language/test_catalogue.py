"""The catalogue is complete, its rows agree with each other, and its errors say what to do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from verax.language import catalogue, dtypes
from verax.language.catalogue import PRIMITIVES, GatherDimensionNumbers, ScatterDimensionNumbers
from verax.language.primitive import Domain, Primitive, ULPs
from verax.language.shapes import ShapedArray

F32, I32, BOOL = (np.dtype(t) for t in ("float32", "int32", "bool"))
# The names of the contract with `jax.lax`; a new row is added here on purpose.
NAMES = """
neg sign abs floor ceil round is_finite exp exp2 expm1 log log1p sqrt rsqrt cbrt sin cos tan asin acos atan sinh
cosh tanh asinh acosh atanh logistic erf erfc lgamma digamma not integer_pow square
erf_inv bessel_i0e bessel_i1e population_count clz real imag complex conj fft
igamma igammac igamma_grad_a random_gamma_grad regularized_incomplete_beta zeta polygamma
add sub mul mulhi div rem pow max min atan2 nextafter and or xor shift_left shift_right_arithmetic shift_right_logical
eq ne lt le gt ge clamp select_n
convert_element_type bitcast_convert_type name stop_gradient
broadcast_in_dim reshape transpose squeeze concatenate slice dynamic_slice dynamic_update_slice pad rev iota
gather scatter_add scatter scatter_sub scatter_mul scatter_min scatter_max
reduce_sum reduce_max reduce_min reduce_prod reduce_and reduce_or reduce_xor argmax argmin
cumsum cumprod cummax cummin sort
reduce_window_sum reduce_window_prod reduce_window_max reduce_window_min conv_general_dilated
cholesky eig eigh lu lu_pivots_to_permutation qr svd triangular_solve
dot_general jit cond while scan psum pmax pmin all_gather reduce_scatter all_to_all ppermute axis_index
custom_jvp_call custom_vjp_call custom_linear_solve threefry2x32 callback checkpoint
"""


def aval(*shape: int, dtype: Any = F32) -> ShapedArray:
    return ShapedArray(shape, np.dtype(dtype))


def test_the_catalogue_holds_the_agreed_primitives() -> None:
    assert set(PRIMITIVES) == set(NAMES.split())


def test_every_row_is_exported_under_its_name() -> None:
    exported = {name for name in catalogue.__all__ if name.endswith("_p")}
    assert exported == {f"{name}_p" for name in PRIMITIVES}
    for name, primitive in PRIMITIVES.items():
        assert primitive.name == name
        assert getattr(catalogue, f"{name}_p") is primitive
        assert repr(primitive) == name


def test_all_names_what_is_defined() -> None:
    public = {name for name, value in vars(catalogue).items() if isinstance(value, Primitive)}
    assert public == {name for name in catalogue.__all__ if name.endswith("_p")}


OF_SERIES = {"igamma", "igammac", "igamma_grad_a", "random_gamma_grad", "regularized_incomplete_beta"}


@pytest.mark.parametrize("name", PRIMITIVES)
def test_a_row_is_consistent(name: str) -> None:
    row = PRIMITIVES[name]
    assert (row.kind == "call") == (row.rebind is not None)
    for dtype in dtypes.FLOATS:
        assert row.budget.of(dtype) >= 0.0
        # Series and continued fractions lose more in float64; tests/adapters/test_reached.py holds how much.
        assert row.budget.of(dtype) <= 4.0 or (name in OF_SERIES and dtype == dtypes.float64)
    for dtype in (*dtypes.INTEGERS, dtypes.bool_):
        assert row.budget.of(dtype) == 0.0
    assert all(math.isfinite(x) for x in row.hard_points)
    assert len(set(row.hard_points)) == len(row.hard_points)


def test_a_budget_is_per_dtype() -> None:
    budget = ULPs(f32=1, f64=2)
    assert [budget.of(d) for d in dtypes.FLOATS] == [0.51, 0.51, 1, 2]


def test_a_domain_knows_its_ends() -> None:
    half_open = Domain(0.0, 1.0, open_low=True)
    assert [x in half_open for x in (-1.0, 0.0, 0.5, 1.0, 2.0)] == [False, False, True, True, False]
    right_open = Domain(0.0, 1.0, open_high=True)
    assert (0.0 in right_open, 1.0 in right_open) == (True, False)


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("log", 0.0),
        ("log1p", -1.0),
        ("rsqrt", 0.0),
        ("atanh", 1.0),
        ("acosh", 0.5),
        ("asin", 1.5),
        ("sqrt", -1.0),
    ],
)
def test_a_point_outside_a_domain_is_outside(name: str, point: float) -> None:
    assert point not in PRIMITIVES[name].domain[0]


def test_indices_of_other_dtypes_are_accepted() -> None:
    starts = [aval(dtype=np.uint8)] * 2
    assert PRIMITIVES["dynamic_slice"].infer([aval(3, 4), *starts], {"slice_sizes": (1, 2)}) == [aval(1, 2)]


def test_gather_with_batching_axes_drops_them() -> None:
    numbers = GatherDimensionNumbers((), (1,), (1,), (0,), (0,))
    params = {"dimension_numbers": numbers, "slice_sizes": (1, 1), "mode": "clip"}
    assert PRIMITIVES["gather"].infer([aval(5, 3), aval(5, 7, 1, dtype=I32)], params) == [aval(5, 7)]


def test_scatter_with_batching_axes_keeps_the_operand() -> None:
    numbers = ScatterDimensionNumbers((), (1,), (1,), (0,), (0,))
    avals = [aval(5, 3), aval(5, 7, 1, dtype=I32), aval(5, 7)]
    params = {"dimension_numbers": numbers, "mode": "clip"}
    assert PRIMITIVES["scatter_add"].infer(avals, params) == [aval(5, 3)]


def test_threefry_gives_two_words() -> None:
    word = aval(3, dtype=np.uint32)
    assert PRIMITIVES["threefry2x32"].infer([word] * 4, {}) == [word, word]


GATHER = {
    "dimension_numbers": GatherDimensionNumbers((1,), (0,), (0,)),
    "slice_sizes": (1, 4),
    "mode": "clip",
}
SCATTER = {"dimension_numbers": ScatterDimensionNumbers((1,), (0,), (0,)), "mode": "clip"}
PRODUCT = {"dimension_numbers": (((1,), (0,)), ((), ())), "preferred_element_type": None}
INDEX = aval(2, 1, dtype=I32)


def numbers(**changes: Any) -> dict[str, Any]:
    kept = {
        name: getattr(GATHER["dimension_numbers"], name)
        for name in GatherDimensionNumbers.__dataclass_fields__
    }
    return {**GATHER, "dimension_numbers": GatherDimensionNumbers(**{**kept, **changes})}


# (primitive, operands, parameters, error, what its message says)
BAD: list[tuple[str, list[ShapedArray], dict[str, Any], type[Exception], str]] = [
    ("add", [aval(2)], {}, TypeError, r"`add` takes 2 operands, got 1"),
    ("add", [aval(2), aval(2)], {"axis": 0}, TypeError, r"parameters of `add` must be none, got \['axis'\]"),
    ("add", [aval(2), aval(2, dtype=I32)], {}, TypeError, r"equal dtypes, got float32, int32.*verax\.numpy"),
    ("add", [aval(2), aval(3)], {}, ValueError, r"equal shapes, got \(2,\), \(3,\)"),
    ("sin", [aval(2, dtype=I32)], {}, TypeError, r"`x` of sin must have a dtype among float16.*got int32"),
    ("abs", [aval(dtype=np.uint8)], {}, TypeError, r"got uint8"),
    ("sin", [ShapedArray((), dtypes.float0)], {}, TypeError, r"got \[\('float0'"),
    ("round", [aval(2)], {}, TypeError, r"must be \['rounding_method'\]"),
    ("integer_pow", [aval(2)], {"y": 1.5}, TypeError, r"`y` of integer_pow must be a Python int, got 1\.5"),
    ("integer_pow", [aval(dtype=I32)], {"y": -1}, TypeError, r"must not be negative for int32, got -1"),
    ("pow", [aval(2, dtype=I32), aval(2)], {}, TypeError, r"`x` of pow"),
    (
        "clamp",
        [aval(3), aval(2), aval()],
        {},
        ValueError,
        r"`min` of clamp must be scalar or of shape \(2,\)",
    ),
    ("select_n", [aval(dtype=BOOL)], {}, TypeError, r"`cases` of select_n must be at least one"),
    ("select_n", [aval(), aval()], {}, TypeError, r"`which` of select_n"),
    ("select_n", [aval(dtype=BOOL), *[aval()] * 3], {}, TypeError, r"more than 2 cases, got bool for 3"),
    ("select_n", [aval(3, dtype=BOOL), aval(2)], {}, ValueError, r"cases' shape \(2,\), got \(3,\)"),
    (
        "bitcast_convert_type",
        [aval(3, dtype=BOOL)],
        {"new_dtype": I32},
        TypeError,
        r"keep bool and complex dtypes as they are",
    ),
    (
        "bitcast_convert_type",
        [aval(3)],
        {"new_dtype": np.dtype("float64")},
        ValueError,
        r"last axis of 2 elements",
    ),
    (
        "reshape",
        [aval(2, 3)],
        {"new_sizes": (5,)},
        ValueError,
        r"hold the 6 elements of shape \(2, 3\), got \(5,\)",
    ),
    (
        "transpose",
        [aval(2, 3)],
        {"permutation": (0, 0)},
        ValueError,
        r"distinct axes in \[0, 2\), got \(0, 0\)",
    ),
    ("transpose", [aval(2, 3)], {"permutation": (0,)}, ValueError, r"one entry for each of the 2 axes"),
    (
        "squeeze",
        [aval(2, 1)],
        {"dimensions": (0,)},
        ValueError,
        r"axes of size 1, got \(0,\) for shape \(2, 1\)",
    ),
    ("concatenate", [], {"dimension": 0}, TypeError, r"at least one array"),
    ("concatenate", [aval(2, 3), aval(2, 4)], {"dimension": 0}, ValueError, r"agree in all axes but 0"),
    (
        "broadcast_in_dim",
        [aval(2)],
        {"shape": (3,), "broadcast_dimensions": (0,)},
        ValueError,
        r"size 1 or of the result's size, got \(2,\) for \(3,\)",
    ),
    (
        "slice",
        [aval(3)],
        {"start_indices": (1,), "limit_indices": (4,), "strides": None},
        ValueError,
        r"0 <= start <= limit <= size, got \(1,\) and \(4,\)",
    ),
    (
        "slice",
        [aval(3)],
        {"start_indices": (0,), "limit_indices": (3,), "strides": (-1,)},
        ValueError,
        r"`strides` of slice must be positive, got \(-1,\)\. Reverse with rev",
    ),
    (
        "dynamic_slice",
        [aval(3), aval(dtype=I32)],
        {"slice_sizes": (4,)},
        ValueError,
        r"within the shape \(3,\)",
    ),
    (
        "dynamic_slice",
        [aval(3), aval()],
        {"slice_sizes": (1,)},
        TypeError,
        r"`start_indices` of dynamic_slice",
    ),
    ("dynamic_slice", [aval(3), aval(1, dtype=I32)], {"slice_sizes": (1,)}, ValueError, r"must be scalar"),
    (
        "dynamic_update_slice",
        [aval(3), aval(4), aval(dtype=I32)],
        {},
        ValueError,
        r"`update` of .* got \(4,\)",
    ),
    ("pad", [aval(3), aval()], {"padding_config": ((0, 0, -1),)}, ValueError, r"interior padding >= 0"),
    ("pad", [aval(3), aval()], {"padding_config": ((-2, -2, 0),)}, ValueError, r"leave sizes >= 0"),
    ("iota", [], {"dtype": BOOL, "shape": (2,), "dimension": 0}, TypeError, r"`dtype` of iota"),
    (
        "reduce_sum",
        [aval(2)],
        {"axes": (1,)},
        ValueError,
        r"`axes` of reduce_sum must hold distinct axes in \[0, 1\)",
    ),
    ("argmax", [aval(2)], {"axes": (0,), "index_dtype": F32}, TypeError, r"`index_dtype` of argmax"),
    (
        "argmax",
        [aval(0)],
        {"axes": (0,), "index_dtype": I32},
        ValueError,
        r"elements along axis 0, got \(0,\)",
    ),
    ("argmin", [aval(2, 2)], {"axes": (0, 1), "index_dtype": I32}, ValueError, r"must be one axis"),
    (
        "sort",
        [aval(2)],
        {"dimension": 0, "num_keys": 2},
        ValueError,
        r"`num_keys` of sort must lie in \[1, 1\]",
    ),
    ("dot_general", [aval(2, 3), aval(2, 3)], PRODUCT, ValueError, r"contracting axes .* got \(3,\) of lhs"),
    (
        "dot_general",
        [aval(2, 3, dtype=I32), aval(3, 2, dtype=I32)],
        {**PRODUCT, "preferred_element_type": np.dtype("int8")},
        TypeError,
        r"must not be narrower than int32, got int8",
    ),
    (
        "gather",
        [aval(3, 4), INDEX],
        {**GATHER, "mode": "wrap"},
        ValueError,
        r"`mode` of gather .* got 'wrap'",
    ),
    ("gather", [aval(3, 4), aval(2, 2, dtype=I32)], GATHER, ValueError, r"last axis of 1 entries"),
    (
        "gather",
        [aval(3, 4), INDEX],
        {**GATHER, "slice_sizes": (1, 5)},
        ValueError,
        r"within \(3, 4\), got \(1, 5\)",
    ),
    (
        "gather",
        [aval(3, 4), INDEX],
        {**GATHER, "slice_sizes": (2, 4)},
        ValueError,
        r"must be 1 along collapsed",
    ),
    (
        "gather",
        [aval(3, 4), INDEX],
        numbers(offset_dims=(0, 1)),
        ValueError,
        r"each of the 1 axes of a window",
    ),
    ("gather", [aval(3, 4), INDEX], numbers(collapsed_slice_dims=(1, 0)), ValueError, r"must be sorted"),
    (
        "gather",
        [aval(3, 4), INDEX],
        numbers(operand_batching_dims=(0,), start_indices_batching_dims=(0,)),
        ValueError,
        r"must not share an axis with `collapsed_slice_dims`",
    ),
    (
        "gather",
        [aval(3, 4), INDEX],
        numbers(operand_batching_dims=(1,), start_indices_batching_dims=(0,), offset_dims=()),
        ValueError,
        r"pair axes of equal sizes, got \[4\] and \[2\]",
    ),
    ("scatter_add", [aval(3, 4), INDEX, aval(2, 5)], SCATTER, ValueError, r"windows within \(4,\)"),
    ("scatter_add", [aval(3, 4), INDEX, aval(3, 4)], SCATTER, ValueError, r"indices' axes \(2,\) outside"),
    ("threefry2x32", [aval(2, dtype=I32)] * 4, {}, TypeError, r"`k0` of threefry2x32"),
    ("psum", [aval(dtype=BOOL)], {"axes": ("i",)}, TypeError, r"`x` of psum"),
]


@pytest.mark.parametrize(("name", "avals", "params", "error", "message"), BAD)
def test_a_bad_call_says_what_was_wrong(
    name: str, avals: list[ShapedArray], params: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        PRIMITIVES[name].infer(avals, params)
