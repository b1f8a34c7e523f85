"""The names of `verax.numpy` that are no functions of arrays, what they say when misused, and what a call costs."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import verax
from verax.language import numpy as vnp
from verax.language.config import enable_x64
from verax.language.errors import ConcretizationTypeError, TracerError

NAMES = ["bool", "int8", "int16", "int32", "uint8", "uint16", "uint32", "float16", "bfloat16", "float32"]
WIDE = [*NAMES, "int64", "uint64", "float64"]
WEAK: list[Any] = [int, float]


# -- dtypes -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wide", [False, True])
def test_result_types_are_jax_s_for_every_pair(wide: bool) -> None:
    with enable_x64(wide), jax.enable_x64(wide):
        names = WIDE if wide else NAMES
        for a, b in itertools.product([*names, *WEAK], repeat=2):
            assert vnp.promote_types(a, b) == jnp.promote_types(a, b), (a, b)
        for a, b, c in itertools.product(names[::3], [*names[1::3], 1, 2.5], [*names[2::3], 3]):
            assert vnp.result_type(a, b, c) == jnp.result_type(a, b, c), (a, b, c)


def test_casting_and_kinds_are_jax_s() -> None:
    kinds = [
        "bool",
        "signed integer",
        "unsigned integer",
        "integral",
        "real floating",
        "numeric",
        "complex floating",
    ]
    for a in WIDE:
        assert vnp.isdtype(a, ("bool", "real floating")) == jnp.isdtype(
            jnp.dtype(a), ("bool", "real floating")
        )
        for kind in kinds:
            assert vnp.isdtype(a, kind) == jnp.isdtype(jnp.dtype(a), kind), (a, kind)
        for b in WIDE:
            assert vnp.can_cast(a, b) == jnp.can_cast(jnp.dtype(a), jnp.dtype(b)), (a, b)
            assert vnp.issubdtype(a, b) == jnp.issubdtype(jnp.dtype(a), jnp.dtype(b)), (a, b)
        for b in ("floating", "integer", "inexact", "number", "generic", "signedinteger", "unsignedinteger"):
            assert vnp.issubdtype(a, getattr(vnp, b)) == jnp.issubdtype(jnp.dtype(a), getattr(jnp, b)), (a, b)


def test_scalar_types_convert_compare_and_are_dtypes() -> None:
    for name in NAMES:
        kind = getattr(vnp, name)
        assert kind(1).dtype == kind
        assert vnp.zeros(2, kind).dtype == np.dtype(getattr(jnp, name))
        assert {np.dtype(getattr(jnp, name)): name}[kind] == name
    assert vnp.float32 != vnp.float16
    limits: Any = jnp.finfo  # untyped in some releases
    assert vnp.finfo(vnp.bfloat16).max == limits(jnp.bfloat16).max
    assert vnp.iinfo("int16").max == 32767


def test_constants_are_numpy_s() -> None:
    for name in ("pi", "e", "inf", "euler_gamma"):
        assert getattr(vnp, name) == getattr(np, name)
    assert np.isnan(vnp.nan)
    assert vnp.newaxis is None


def test_shapes_are_told_without_computing() -> None:
    x = vnp.zeros((2, 3))
    assert (vnp.shape(x), vnp.ndim(x), vnp.size(x), vnp.size(x, 1), vnp.ndim(3.0)) == ((2, 3), 2, 6, 3, 0)
    assert vnp.broadcast_shapes((3, 1), (4,)) == (3, 4)


def test_arrays_come_over_dlpack() -> None:
    given = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert np.array_equal(np.asarray(vnp.from_dlpack(given)), given)


# -- what depends on values ---------------------------------------------------------------------------------
def test_results_whose_shape_depends_on_values_are_numpy_s() -> None:
    x = np.array([3, 0, 1, 3, 0, 2], np.int32)
    calls: dict[str, Callable[[Any], Any]] = {
        "nonzero": lambda m: m.nonzero(x),
        "flatnonzero": lambda m: m.flatnonzero(x),
        "argwhere": lambda m: m.argwhere(x),
        "unique": lambda m: m.unique(x, return_index=True, return_inverse=True, return_counts=True),
        "bincount": lambda m: m.bincount(x),
        "where": lambda m: m.where(x > 1),
    }
    for name, call in calls.items():
        ours, theirs = verax.tree.leaves(call(vnp)), jax.tree.leaves(call(np))
        assert [np.asarray(a).tolist() for a in ours] == [np.asarray(b).tolist() for b in theirs], name


@pytest.mark.parametrize("name", ["nonzero", "unique", "bincount"])
def test_they_refuse_abstract_values_with_the_mend(name: str) -> None:
    with pytest.raises(ConcretizationTypeError, match=f"`{name}` needs the elements of its argument"):
        verax.jit(getattr(vnp, name))(np.array([1, 0], np.int32))


def test_an_abstract_mask_is_refused_with_the_mend() -> None:
    with pytest.raises(TracerError, match=r"Use verax\.numpy\.where"):
        verax.jit(lambda x: x[x > 0])(np.ones(3, np.float32))


def test_a_path_is_told() -> None:
    path, text = vnp.einsum_path("ij,jk,kl->il", np.ones((2, 3)), np.ones((3, 4)), np.ones((4, 5)))
    assert path[0] == "einsum_path"
    assert "contraction" in text.lower()


def test_false_as_an_index_updates_nothing_and_true_everything() -> None:
    x = vnp.zeros((3, 4))
    assert not np.asarray(x.at[False, 1:3].set(5.0)).any()
    assert np.asarray(x.at[True].set(5.0) == 5).all()
    assert x[True].shape == (1, 3, 4)
    assert x[False].shape == (0, 3, 4)


# -- operators and methods ---------------------------------------------------------------------------------------
OPERATORS = [
    *(
        operator.add,
        operator.sub,
        operator.mul,
        operator.truediv,
        operator.floordiv,
        operator.mod,
        operator.pow,
    ),
    *(operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge, operator.matmul),
]


@pytest.mark.parametrize("op", OPERATORS)
def test_an_operator_is_numpy_s_either_way_round(op: Callable[..., Any]) -> None:
    a, b = np.array([1.0, -2.0, 3.5], np.float32), np.array([2.0, 0.5, -1.5], np.float32)
    x, y = vnp.asarray(a), vnp.asarray(b)
    with np.errstate(invalid="ignore"):
        expected = op(a, b)
    for found in (op(x, y), op(x, b), op(a, y)):
        assert np.array_equal(np.asarray(found), expected, equal_nan=True)


def test_bit_operators_and_signs_are_numpy_s() -> None:
    a, b = np.array([6, -3, 5], np.int32), np.array([3, 2, 1], np.int32)
    x = vnp.asarray(a)
    for op in (operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift):
        assert np.array_equal(np.asarray(op(x, b)), op(a, b))
        assert np.array_equal(
            np.asarray(op(b, x) if op not in (operator.lshift, operator.rshift) else op(x, b)),
            op(b, a) if op not in (operator.lshift, operator.rshift) else op(a, b),
        )
    for sign in (operator.neg, operator.pos, operator.abs, operator.invert):
        assert np.array_equal(np.asarray(sign(x)), sign(a))


def test_an_operand_of_another_kind_is_refused_by_name() -> None:
    x = vnp.ones(2)
    for other in ("a", None, [1.0, 2.0], {"a": 1}):
        with pytest.raises(TypeError, match="Argument 1 of `add` must be an array or a number"):
            x + other


def test_methods_are_the_functions() -> None:
    x = vnp.asarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    for name in (
        "sum",
        "prod",
        "mean",
        "var",
        "std",
        "max",
        "min",
        "argmax",
        "argmin",
        "all",
        "any",
        "cumsum",
    ):
        assert np.array_equal(
            np.asarray(getattr(x, name)(axis=1)), np.asarray(getattr(vnp, name)(x, axis=1))
        ), name
    assert x.T.shape == (3, 2) == x.mT.shape == x.transpose(1, 0).shape
    assert x.reshape(3, 2).shape == x.reshape((3, 2)).shape == (3, 2)
    assert x.reshape(-1, order="F").tolist() == np.arange(6).reshape(2, 3).reshape(-1, order="F").tolist()
    assert x.ravel().shape == x.flatten().shape == (6,)
    assert x.astype("int8").dtype == np.int8
    assert x.clip(1, 2).tolist() == [[1, 1, 2], [2, 2, 2]]
    assert (x + 0.4).round().tolist() == x.tolist()
    assert [row.tolist() for row in x] == x.tolist()


# -- what a call costs -----------------------------------------------------------------------------------------------
COSTS: list[tuple[str, Callable[..., Any], list[str]]] = [
    ("two arrays", lambda x: x + x, ["add"]),
    ("a number", lambda x: x + 1.0, ["broadcast_in_dim", "add"]),
    ("a NumPy number", lambda x: x * np.float32(2), ["broadcast_in_dim", "mul"]),
    ("an integer power", lambda x: x**3, ["integer_pow"]),
    ("the same dtype", lambda x: x.astype("float32"), []),
    ("the same shape", lambda x: x.reshape(3, 4), []),
    ("a row", lambda x: x[1], ["slice", "squeeze"]),
    ("columns", lambda x: x[:, 1:], ["slice"]),
    ("everything", lambda x: x[...], []),
    (
        "a block replaced",
        lambda x: x.at[1:, 0].set(2.0),
        ["broadcast_in_dim", "reshape", "dynamic_update_slice"],
    ),
    ("a sum", lambda x: x.sum(0), ["reduce_sum"]),
    ("a product with a matrix", lambda x: x @ x.T, ["transpose", "dot_general"]),
    (
        "a selection",
        lambda x: vnp.where(x > 0, x, 0.0),
        ["broadcast_in_dim", "gt", "broadcast_in_dim", "select_n"],
    ),
]


@pytest.mark.parametrize(("what", "function", "equations"), COSTS, ids=[c[0] for c in COSTS])
def test_a_call_costs_no_needless_equation(
    what: str, function: Callable[..., Any], equations: list[str]
) -> None:
    program = verax.make_program(function)(np.ones((3, 4), np.float32))
    assert [e.primitive.name for e in program.equations] == equations


# -- messages ----------------------------------------------------------------------------------------------------------
X = np.ones((2, 3), np.float32)
untyped_sum: Any = vnp.sum  # seen without its types: `out` takes None only
MESSAGES: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (vnp.result_type, ValueError, "`arrays_and_dtypes` must hold at least one"),
    (
        lambda: vnp.isdtype("int8", "whole"),
        ValueError,
        "`kind` must be a dtype or one of bool, signed integer",
    ),
    (lambda: vnp.round(np.arange(3), -1), ValueError, "`decimals` must not be negative for int"),
    (
        lambda: vnp.zeros(2, device="cpu"),
        ValueError,
        "`device` must be None or a device, such as one of verax.devices(), got 'cpu'",
    ),
    (lambda: vnp.array([[1], [1, 2]]), ValueError, "`object` must nest sequences of equal lengths"),
    (
        lambda: vnp.array([vnp.ones(2), vnp.ones(3)]),
        ValueError,
        "`object` must nest sequences of equal shapes",
    ),
    (lambda: vnp.array(1, order="F"), ValueError, "`order` must be 'K' or 'C', got 'F'"),
    (lambda: vnp.arange(X), ValueError, "The bounds of `arange` must be scalars"),
    (lambda: vnp.linspace(0, 1, -1), ValueError, "`num` must not be negative, got -1"),
    (lambda: vnp.tril(np.ones(3)), ValueError, "`m` of tril must have at least 2 axes, got shape (3,)"),
    (lambda: vnp.diag(np.ones((1, 1, 1))), ValueError, "`v` must have 1 or 2 axes, got shape (1, 1, 1)"),
    (lambda: vnp.meshgrid(X, indexing="ji"), ValueError, "`indexing` must be 'xy' or 'ij', got 'ji'"),
    (lambda: vnp.meshgrid(X), ValueError, "The arguments of `meshgrid` must be vectors"),
    (
        lambda: vnp.reshape(X, (4, -1)),
        ValueError,
        "`shape` must hold the 6 elements of an array of shape (2, 3)",
    ),
    (lambda: vnp.reshape(X, (-1, -1)), ValueError, "`shape` may hold -1 once"),
    (lambda: vnp.reshape(X, 6, order="A"), ValueError, "`order` must be 'C' or 'F', got 'A'"),
    (lambda: vnp.transpose(X, (0,)), ValueError, "`axes` must name each of the 2 axes once"),
    (lambda: vnp.moveaxis(X, 0, (0, 1)), ValueError, "`source` and `destination` must be equally many"),
    (lambda: vnp.broadcast_to(X, (3,)), ValueError, "(2, 3)"),
    (lambda: vnp.concatenate([]), ValueError, "`arrays` of concatenate must be at least one array"),
    (lambda: vnp.concatenate([1.0, 2.0]), ValueError, "must have at least 1 axis, got a scalar. Use stack"),
    (lambda: vnp.stack([X, X[0]]), ValueError, "`arrays` of stack must have equal shapes"),
    (lambda: vnp.split(X, 2, 1), ValueError, "must divide the axis size 3, got 2. Use array_split"),
    (lambda: vnp.roll(X, (1, 2, 3), (0, 1)), ValueError, "`shift` and `axis` must be equally many"),
    (lambda: vnp.repeat(X, [1, 2, 3], 0), ValueError, "`repeats` must have 2 entries"),
    (lambda: vnp.pad(X, -1), ValueError, "`pad_width` must not be negative"),
    (lambda: vnp.pad(X, 1, "mean"), ValueError, "`mode` must be 'constant' or one of 'edge'"),
    (
        lambda: vnp.max(np.ones((0, 3), np.float32), 0),
        ValueError,
        "`a` of max must have elements along axes (0,)",
    ),
    (lambda: vnp.max(X, where=X > 0), ValueError, "`initial` of max must be given where a mask is"),
    (lambda: vnp.sum(X, where=X), ValueError, "`where` of sum must be a boolean array, got float32"),
    (lambda: untyped_sum(X, out=X), ValueError, "`out` of sum must be None, got ndarray"),
    (lambda: vnp.var(X, ddof=1, correction=1), ValueError, "`ddof` and `correction` are one thing"),
    (lambda: vnp.average(X, weights=np.ones(5)), ValueError, "`weights` must have the shape of `a` (2, 3)"),
    (
        lambda: vnp.cumulative_sum(X),
        ValueError,
        "`axis` of cumulative_sum must be given for an array of rank 2",
    ),
    (lambda: vnp.diff(X, -1), ValueError, "`n` must not be negative, got -1"),
    (lambda: vnp.diff(1.0), ValueError, "`a` of diff must have at least 1 axis"),
    (lambda: vnp.where(X > 0, X), ValueError, "`x` and `y` of where must be given together"),
    (
        lambda: vnp.select([], []),
        ValueError,
        "`condlist` and `choicelist` must be equally long and not empty",
    ),
    (lambda: vnp.argmax(X[:0], 0), ValueError, "`a` of argmax must have elements along axis 0"),
    (lambda: vnp.searchsorted(X, 1.0), ValueError, "`a` of searchsorted must be a vector, got shape (2, 3)"),
    (lambda: vnp.searchsorted(X[0], 1.0, "up"), ValueError, "`side` must be 'left' or 'right', got 'up'"),
    (lambda: vnp.take(X, 0, mode="raise"), ValueError, "`mode` of take must be 'fill', 'clip' or 'wrap'"),
    (
        lambda: vnp.take_along_axis(X, X, 0),
        TypeError,
        "`indices` of take_along_axis must be integers, got float32",
    ),
    (lambda: vnp.nonzero(1.0), ValueError, "`a` of nonzero must have at least 1 axis"),
    (
        lambda: vnp.matmul(X, X),
        ValueError,
        "must have equal sizes along the axes that are summed, got 3 and 2",
    ),
    (lambda: vnp.matmul(X, 2.0), ValueError, "`a` and `b` of matmul must have at least 1 axis"),
    (lambda: vnp.tensordot(X, X, 3), ValueError, "`axes` of tensordot must lie in [0, 2], got 3"),
    (
        lambda: vnp.tensordot(X, X, ((0,), (0, 1))),
        ValueError,
        "`axes` of tensordot must name equally many axes",
    ),
    (lambda: vnp.einsum([0, 1], X), TypeError, "`subscripts` must be a string such as 'ij,jk->ik', got list"),
    (lambda: vnp.asarray(X)[5], IndexError, "Index 5 is out of bounds for axis 0 of size 2"),
    (lambda: vnp.asarray(X)[0, 0, 0], IndexError, "takes at most that many indices, got 3"),
    (lambda: vnp.asarray(X)[..., ...], IndexError, "An index may hold one Ellipsis"),
    (
        lambda: vnp.asarray(X)[1.5],
        TypeError,
        "An index must be integers, slices, Ellipsis, None or masks, got 1.5",
    ),
    (lambda: vnp.asarray(X)[X], TypeError, "An index array must hold integers or booleans, got float32"),
    (
        lambda: vnp.asarray(X)[np.ones(3, bool)],
        IndexError,
        "A mask must have the shape of the axes that it indexes",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), MESSAGES, ids=[m[2][:40] for m in MESSAGES])
def test_a_message_names_argument_value_and_mend(
    call: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


def test_a_concrete_array_ends_a_slice_and_an_abstract_one_is_refused() -> None:
    assert vnp.asarray(X)[vnp.array(1) :].shape == (1, 3)
    with pytest.raises(IndexError, match=r"verax\.lax\.dynamic_slice|static"):
        verax.jit(lambda i: vnp.asarray(X)[i:])(1)


BEYOND: dict[str, Callable[[Any], Any]] = {
    "fill": lambda v: v.at[-7].get(mode="fill", fill_value=-5),
    "clip": lambda v: v.at[7].get(mode="clip"),
    "set": lambda v: v.at[7].set(9, mode="clip"),
    "drop": lambda v: v.at[7].set(9, mode="drop"),
    "add": lambda v: v.at[-9].add(9, mode="drop"),
    "multiply": lambda v: v.at[7].multiply(9, mode="clip"),
    "rows": lambda v: v.reshape(2, 3).at[5, 1:].set(9, mode="clip"),
}


@pytest.mark.parametrize("name", BEYOND)
def test_a_mode_says_what_a_number_out_of_bounds_means_as_in_jax(name: str) -> None:
    found, expected = (BEYOND[name](module.arange(6)) for module in (vnp, jnp))
    assert np.array_equal(np.asarray(found), np.asarray(expected))


def test_a_number_out_of_bounds_is_an_error_where_no_mode_is_given() -> None:
    v = vnp.arange(6)
    for call in (lambda: v.at[7].set(9), v.at[7].get, lambda: v.at[7].multiply(9), lambda: v[7]):
        with pytest.raises(IndexError, match="Index 7 is out of bounds for axis 0 of size 6"):
            call()
    with pytest.raises(
        ValueError, match="`mode` must be 'clip', 'fill', 'drop' or 'promise_in_bounds', got 'no'"
    ):
        vnp.arange(6).at[0].set(9, mode="no")


# -- what programs of NumPy's use now and then ---------------------------------------------------------------------
RARE: dict[str, Callable[[Any], Any]] = {
    "divmod": lambda m: divmod(m.asarray(-7), 2),
    "divmod of a number": lambda m: divmod(7, m.asarray(2)),
    "view, equally wide": lambda m: m.asarray(X).view(np.int32),
    "view, narrower": lambda m: m.asarray(X).view(np.uint8),
    "view, wider": lambda m: m.asarray(X).view(np.uint8).view(np.float32),
    "einsum by lists": lambda m: m.einsum(m.asarray(X), [0, 1], m.asarray(X), [2, 1], [2, 0]),
    "einsum by lists, without a result": lambda m: m.einsum(m.asarray(X), [1, 0]),
}


@pytest.mark.parametrize("name", RARE)
def test_what_is_rarely_used_is_numpy_s(name: str) -> None:
    assert np.array_equal(np.asarray(RARE[name](vnp)), np.asarray(RARE[name](np)))


def test_a_view_that_does_not_fit_the_last_axis_is_refused() -> None:
    with pytest.raises(ValueError, match="`dtype` of view must fit the last axis a whole number of times"):
        vnp.zeros(3, np.uint8).view(np.float32)


def test_a_python_integer_that_no_integer_type_in_force_holds_is_refused_and_never_wrapped() -> None:
    x = vnp.ones(1, np.int32)
    wide: list[Callable[[], Any]] = [lambda: x + 2**40, lambda: verax.jit(lambda x: x - 2**31 - 1)(x)]
    for call in wide:
        with pytest.raises(OverflowError, match=r"does not fit int32\. Enable 64-bit types"):
            call()
    assert (
        vnp.asarray(1, np.int8) + 300
    ).tolist() == 45  # JAX's too: a weak number of the default type, converted
    assert (vnp.asarray(0, np.uint32) + (2**32 - 1)).tolist() == 2**32 - 1
    with enable_x64(True):
        assert (vnp.asarray([1]) + 2**40).tolist() == [2**40 + 1]
