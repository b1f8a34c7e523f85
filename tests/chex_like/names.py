"""What each of Chex's 89 names does, for arrays of a kind: a row each, of what must hold and what must be refused."""

from __future__ import annotations

import unittest
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import numpy as np
import pytest
from tests.chex_like.kinds import Kind

import verax
from verax import chex_like as chex
from verax.fake_devices import fake_devices

Check = Callable[[Kind], Any]


class Row(NamedTuple):
    """What is tried.

    Attributes:
        holds: raises nothing, and gives nothing that is false.
        refused: raises an error, unless there is none.
        error: which one.
        note: what the table says of it.
        lenient: kinds for which nothing is refused, as the note says.
    """

    holds: Check
    refused: Check | None = None
    error: type[Exception] = AssertionError
    note: str = ""
    lenient: tuple[str, ...] = ()


def a(k: Kind, *shape: int) -> Any:
    """An array of ones."""
    return k.array(np.ones(shape))


def fails(k: Kind, row: Row) -> AbstractContextManager[Any]:
    """A block that must raise what the row says."""
    return pytest.raises(row.error)


def _instance(name: str) -> Row:
    return Row(
        lambda k: isinstance(a(k, 2), getattr(chex, name)) and not isinstance("a", getattr(chex, name))
    )


def _annotation(name: str) -> Row:
    return Row(lambda k: "Iterable" in str(getattr(chex, name)) and _tree(k, 2), note="an annotation")


def _of_a_device(name: str) -> Row:
    """NumPy's arrays are on no device."""
    return Row(lambda k: isinstance(a(k, 2), getattr(chex, name)) is (k.name != "NumPy"), note="not NumPy's")


_OTHERS = "through `verax.numpy` for CuPy's and PyTorch's arrays"


def _tree(k: Kind, *shape: int) -> dict[str, Any]:
    return {"w": a(k, *shape), "b": [a(k, *shape)]}


def _with(k: Kind, value: float) -> dict[str, Any]:
    return {"w": a(k, 2), "b": [k.array([1.0, value])]}


def _max_traces(k: Kind) -> None:
    f = k.transforms.jit(chex.assert_max_traces(lambda x: x, 1))
    chex.clear_trace_counter()
    for n in (2, 2, 3):
        f(k.handed(a(k, n)))


def _cleared(k: Kind) -> None:
    f = k.transforms.jit(chex.assert_max_traces(lambda x: x, 1))
    for n in (2, 3):
        chex.clear_trace_counter()
        f(k.handed(a(k, n)))


def _disabled(k: Kind) -> None:
    chex.disable_asserts()
    try:
        chex.assert_rank(a(k, 2), 7)
    finally:
        chex.enable_asserts()


def _enabled(k: Kind) -> None:
    chex.enable_asserts()
    chex.assert_rank(a(k, 2), 7)


def _scalar() -> Any:
    return chex.Scalar


def _chexified(wrap: Callable[..., Any]) -> Row:
    def run(k: Kind, *values: float) -> None:
        def f(x: Any) -> Any:
            chex.assert_tree_all_finite({"x": x})
            return x

        inside = wrap(f if k.name in ("CuPy", "PyTorch") else k.transforms.jit(f))
        inside(k.array(values))
        inside.wait_checks()

    return Row(lambda k: run(k, 1.0, 2.0), lambda k: run(k, 1.0, float("nan")))


def _blocks(k: Kind, value: float) -> None:
    chex.chexify(chex.assert_tree_all_finite)(k.array([value]))
    chex.block_until_chexify_assertions_complete()


def _fake_jit(k: Kind) -> bool:
    with chex.fake_jit():
        return bool(k.transforms.jit(lambda x: 1 if bool(x.sum() > 0) else 0)(k.handed(a(k, 2))) == 1)


def _fake_pmap(fake: Callable[[], Any]) -> Check:
    def run(k: Kind) -> bool:
        with fake():
            f = k.transforms.pmap(lambda x: k.transforms.lax.psum(x, "i"), axis_name="i")
            return float(np.asarray(f(k.handed(a(k, 3)))[0])) == 3.0

    return run


def _devices(k: Kind) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # JAX's own devices stay: that is what is said
        try:
            chex.set_n_cpu_devices(3)
            assert verax.device_count() == 3
            chex.assert_rank(k.array([1.0]), 1)
        finally:
            chex.set_n_cpu_devices(1)


def _dataclass(made: Callable[..., Any]) -> Row:
    def run(k: Kind, other: float) -> None:
        point = made()
        tree = verax.tree.map(lambda x: x, point(x=a(k, 2), y=k.array([2.0])))
        chex.assert_trees_all_equal(tree, point(x=a(k, 2), y=k.array([other])))

    return Row(lambda k: run(k, 2.0), lambda k: run(k, 3.0))


def _plain(cls: Any) -> Any:
    import dataclasses

    return dataclasses.dataclass(cls)


def _point() -> Any:
    class Point:
        x: Any
        y: Any

    Point.__annotations__ = {"x": Any, "y": Any}
    return Point


def _mappable() -> Any:
    point = chex.mappable_dataclass(_plain(_point()))
    chex.register_dataclass_type_with_jax_tree_util(point)
    assert "keys" in dir(point)
    return point


def _registered() -> Any:
    point = _plain(_point())
    chex.register_dataclass_type_with_jax_tree_util(point)
    return point


def _warns(decorated: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Check:
    def run(k: Kind) -> bool:
        with pytest.warns(DeprecationWarning, match="deprecated|positionally"):
            found = decorated(lambda x: x)(a(k, 2))
        return type(found) is type(a(k, 2))

    return run


def _variants(decorator: Any) -> Check:
    def run(k: Kind) -> bool:
        seen = []

        class Test(chex.TestCase):
            @decorator  # type: ignore[untyped-decorator]  # it takes a test, or nothing
            def test(self) -> None:
                variant: Any = self.variant
                seen.append(variant.type)
                found = self.variant(lambda x: x + x)(k.handed(a(k, 2)))
                assert np.asarray(found).tolist() == [2.0, 2.0]

        result = unittest.TestResult()
        unittest.defaultTestLoader.loadTestsFromTestCase(Test).run(result)
        return result.wasSuccessful() and len(seen) == 2

    return run


def _restricted(k: Kind) -> None:
    with chex.restrict_backends(forbidden=["cpu"]):
        k.transforms.jit(lambda x: x + len(_FRESH))(k.handed(a(k, 2)))
        _FRESH.append(1)


_FRESH: list[int] = []
_TWO = chex.variants(with_jit=True, without_jit=True)
_ALL = chex.all_variants(with_device=False, without_device=False, with_pmap=False)


def _gradients(k: Kind, factor: float) -> None:
    @k.transforms.custom_jvp  # type: ignore[untyped-decorator]  # JAX's or Verax's
    def f(x: Any) -> Any:
        return x * x

    f.defjvp(lambda p, t: (p[0] * p[0], factor * p[0] * t[0]))
    chex.assert_numerical_grads(lambda x: f(x).sum(), (k.handed(k.array([1.0, 3.0])),), order=1)


def _size(k: Kind) -> int:
    """A Python number out of an array's shape."""
    rows, _ = a(k, 3, 2).shape
    return int(rows)


def _mean(k: Kind) -> float:
    from verax.chex_like.array_kinds import host

    return float(host(k.array([0.5])).item())


ROWS: dict[str, Row] = {
    **{name: _instance(name) for name in ("Array", "Numeric")},
    **{name: _of_a_device(name) for name in ("ArrayDevice", "ArrayBatched", "ArraySharded", "PRNGKey")},
    "ArrayNumpy": Row(lambda k: isinstance(a(k, 2), chex.ArrayNumpy) is (k.name == "NumPy")),
    **{name: _annotation(name) for name in ("ArrayTree", "ArrayDeviceTree", "ArrayNumpyTree")},
    "ArrayDType": Row(
        lambda k: chex.assert_type(a(k, 2), np.float32) is None and chex.ArrayDType is not None
    ),
    "Device": Row(lambda k: isinstance(verax.devices()[0], chex.Device) and a(k, 2) is not None),
    "PyTreeDef": Row(lambda k: isinstance(verax.tree.structure(_tree(k, 2)), chex.PyTreeDef)),
    "Scalar": Row(lambda k: isinstance(_mean(k), _scalar())),
    "Shape": Row(lambda k: chex.assert_shape(a(k, 2), (2,)) is None and chex.Shape is not None),
    "ChexVariantType": Row(lambda k: len(chex.ChexVariantType) == 5 and a(k, 1) is not None),
    "ChexifyChecks": Row(lambda k: chex.ChexifyChecks.user < chex.ChexifyChecks.all and a(k, 1) is not None),
    "Dimensions": Row(
        lambda k: chex.assert_shape(a(k, 3, 2), chex.Dimensions(B=3, N=2)["BN"]),
        lambda k: chex.assert_shape(a(k, 3, 2), chex.Dimensions(B=3, N=2)["NB"]),
    ),
    "TestCase": Row(_variants(_TWO), note=_OTHERS),
    "variants": Row(_variants(_TWO), note=_OTHERS),
    "all_variants": Row(_variants(_ALL), note=_OTHERS),
    "params_product": Row(
        lambda k: len(chex.params_product([(a(k, 1),), (a(k, 2),)], [(a(k, 3),)])[1]) == 2,
    ),
    # -- shapes, ranks, sizes, types
    "assert_shape": Row(
        lambda k: chex.assert_shape([a(k, 2, 3), a(k, 3)], (..., 3)),
        lambda k: chex.assert_shape(a(k, 2), (3,)),
    ),
    "assert_equal_shape": Row(
        lambda k: chex.assert_equal_shape([a(k, 2, 3), a(k, 2, 4)], dims=0),
        lambda k: chex.assert_equal_shape([a(k, 2, 3), a(k, 2, 4)]),
    ),
    "assert_equal_shape_prefix": Row(
        lambda k: chex.assert_equal_shape_prefix([a(k, 2, 3), a(k, 2)], 1),
        lambda k: chex.assert_equal_shape_prefix([a(k, 2, 3), a(k, 3)], 1),
    ),
    "assert_equal_shape_suffix": Row(
        lambda k: chex.assert_equal_shape_suffix([a(k, 2, 3), a(k, 3)], 1),
        lambda k: chex.assert_equal_shape_suffix([a(k, 2, 3), a(k, 2)], 1),
    ),
    "assert_is_broadcastable": Row(
        lambda k: chex.assert_is_broadcastable(a(k, 1, 3).shape, a(k, 2, 2, 3).shape),
        lambda k: chex.assert_is_broadcastable(a(k, 2, 2, 3).shape, a(k, 1, 3).shape),
    ),
    "assert_rank": Row(
        lambda k: chex.assert_rank([a(k, 2), a(k, 2, 2)], {1, 2}), lambda k: chex.assert_rank(a(k, 2), 2)
    ),
    "assert_equal_rank": Row(
        lambda k: chex.assert_equal_rank([a(k, 2), a(k, 3)]),
        lambda k: chex.assert_equal_rank([a(k, 2), a(k, 2, 2)]),
    ),
    "assert_size": Row(
        lambda k: chex.assert_size([a(k, 2), a(k, 3)], (2, ...)), lambda k: chex.assert_size(a(k, 2), 3)
    ),
    "assert_equal_size": Row(
        lambda k: chex.assert_equal_size([a(k, 4), a(k, 2, 2)]),
        lambda k: chex.assert_equal_size([a(k, 4), a(k, 2)]),
    ),
    "assert_type": Row(
        lambda k: chex.assert_type([a(k, 2), k.array([1], np.int32)], [float, np.int32]),
        lambda k: chex.assert_type(a(k, 2), int),
    ),
    "assert_axis_dimension": Row(
        lambda k: chex.assert_axis_dimension(a(k, 2, 3), -1, 3),
        lambda k: chex.assert_axis_dimension(a(k, 2), 1, 2),
    ),
    "assert_axis_dimension_comparator": Row(
        lambda k: chex.assert_axis_dimension_comparator(a(k, 2), 0, lambda n: n % 2 == 0, "even"),
        lambda k: chex.assert_axis_dimension_comparator(a(k, 3), 0, lambda n: n % 2 == 0, "even"),
    ),
    "assert_axis_dimension_gt": Row(
        lambda k: chex.assert_axis_dimension_gt(a(k, 3), 0, 2),
        lambda k: chex.assert_axis_dimension_gt(a(k, 2), 0, 2),
    ),
    "assert_axis_dimension_gteq": Row(
        lambda k: chex.assert_axis_dimension_gteq(a(k, 2), 0, 2),
        lambda k: chex.assert_axis_dimension_gteq(a(k, 1), 0, 2),
    ),
    "assert_axis_dimension_lt": Row(
        lambda k: chex.assert_axis_dimension_lt(a(k, 1), 0, 2),
        lambda k: chex.assert_axis_dimension_lt(a(k, 2), 0, 2),
    ),
    "assert_axis_dimension_lteq": Row(
        lambda k: chex.assert_axis_dimension_lteq(a(k, 2), 0, 2),
        lambda k: chex.assert_axis_dimension_lteq(a(k, 3), 0, 2),
    ),
    # -- numbers and None
    "assert_equal": Row(
        lambda k: chex.assert_equal(k.array(1.0), k.array(1.0)),
        lambda k: chex.assert_equal(k.array(1.0), k.array(2.0)),
    ),
    "assert_not_both_none": Row(
        lambda k: chex.assert_not_both_none(a(k, 1), None), lambda k: chex.assert_not_both_none(None, None)
    ),
    "assert_exactly_one_is_none": Row(
        lambda k: chex.assert_exactly_one_is_none(a(k, 1), None),
        lambda k: chex.assert_exactly_one_is_none(a(k, 1), a(k, 1)),
    ),
    "if_args_not_none": Row(
        lambda k: chex.if_args_not_none(chex.assert_rank, None, 9),
        lambda k: chex.if_args_not_none(chex.assert_rank, a(k, 1), 9),
    ),
    "assert_is_divisible": Row(
        lambda k: chex.assert_is_divisible(_size(k), 3), lambda k: chex.assert_is_divisible(_size(k), 2)
    ),
    "assert_scalar": Row(lambda k: chex.assert_scalar(_mean(k)), lambda k: chex.assert_scalar(k.array(1.0))),
    "assert_scalar_in": Row(
        lambda k: chex.assert_scalar_in(_mean(k), 0, 1), lambda k: chex.assert_scalar_in(_mean(k), 1, 2)
    ),
    "assert_scalar_positive": Row(
        lambda k: chex.assert_scalar_positive(_mean(k)), lambda k: chex.assert_scalar_positive(-_mean(k))
    ),
    "assert_scalar_non_negative": Row(
        lambda k: chex.assert_scalar_non_negative(_mean(k)),
        lambda k: chex.assert_scalar_non_negative(-_mean(k)),
    ),
    "assert_scalar_negative": Row(
        lambda k: chex.assert_scalar_negative(-_mean(k)), lambda k: chex.assert_scalar_negative(_mean(k))
    ),
    # -- trees
    "assert_tree_no_nones": Row(
        lambda k: chex.assert_tree_no_nones(_tree(k, 2)), lambda k: chex.assert_tree_no_nones([a(k, 1), None])
    ),
    "assert_tree_has_only_ndarrays": Row(
        lambda k: chex.assert_tree_has_only_ndarrays(_tree(k, 2)),
        lambda k: chex.assert_tree_has_only_ndarrays([a(k, 1), 1.0]),
    ),
    "assert_tree_shape": Row(
        lambda k: chex.assert_tree_shape(_tree(k, 2, 3), (2, None)),
        lambda k: chex.assert_tree_shape(_tree(k, 2), (3,)),
    ),
    "assert_tree_shape_prefix": Row(
        lambda k: chex.assert_tree_shape_prefix(_tree(k, 2, 3), (2,)),
        lambda k: chex.assert_tree_shape_prefix(_tree(k, 2), (3,)),
    ),
    "assert_tree_shape_suffix": Row(
        lambda k: chex.assert_tree_shape_suffix(_tree(k, 2, 3), (3,)),
        lambda k: chex.assert_tree_shape_suffix(_tree(k, 2), (3,)),
    ),
    "assert_trees_all_equal_structs": Row(
        lambda k: chex.assert_trees_all_equal_structs(_tree(k, 2), _tree(k, 3)),
        lambda k: chex.assert_trees_all_equal_structs(_tree(k, 2), [a(k, 2)]),
    ),
    "assert_trees_all_equal_shapes": Row(
        lambda k: chex.assert_trees_all_equal_shapes(_tree(k, 2), _tree(k, 2)),
        lambda k: chex.assert_trees_all_equal_shapes(_tree(k, 2), _tree(k, 3)),
    ),
    "assert_trees_all_equal_sizes": Row(
        lambda k: chex.assert_trees_all_equal_sizes(_tree(k, 4), _tree(k, 2, 2)),
        lambda k: chex.assert_trees_all_equal_sizes(_tree(k, 2), _tree(k, 3)),
    ),
    "assert_trees_all_equal_dtypes": Row(
        lambda k: chex.assert_trees_all_equal_dtypes([a(k, 2)], [np.ones(3, np.float32)]),
        lambda k: chex.assert_trees_all_equal_dtypes([a(k, 2)], [k.array([1], np.int32)]),
    ),
    "assert_trees_all_equal_shapes_and_dtypes": Row(
        lambda k: chex.assert_trees_all_equal_shapes_and_dtypes(_tree(k, 2), _tree(k, 2)),
        lambda k: chex.assert_trees_all_equal_shapes_and_dtypes([a(k, 1)], [k.array([1], np.int32)]),
    ),
    "assert_trees_all_equal_comparator": Row(
        lambda k: chex.assert_trees_all_equal_comparator(
            lambda x, y: x.shape == y.shape, lambda x, y: "shapes", _tree(k, 2), _tree(k, 2)
        ),
        lambda k: chex.assert_trees_all_equal_comparator(
            lambda x, y: x.shape == y.shape, lambda x, y: "shapes", _tree(k, 2), _tree(k, 3)
        ),
    ),
    "assert_trees_all_equal": Row(
        lambda k: chex.assert_trees_all_equal(_with(k, np.nan), _with(k, np.nan)),
        lambda k: chex.assert_trees_all_equal(_with(k, 1.0), _with(k, 1.5)),
    ),
    "assert_trees_all_close": Row(
        lambda k: chex.assert_trees_all_close(_with(k, 1.0), _with(k, 1.0000001)),
        lambda k: chex.assert_trees_all_close(_with(k, 1.0), _with(k, np.nan)),
    ),
    "assert_trees_all_close_ulp": Row(
        lambda k: chex.assert_trees_all_close_ulp(_with(k, 1.0), _with(k, 1.0000001)),
        lambda k: chex.assert_trees_all_close_ulp(
            _with(k, float(np.finfo(np.float32).max)), _with(k, np.inf)
        ),
    ),
    "assert_tree_all_finite": Row(
        lambda k: chex.assert_tree_all_finite(_with(k, 1.0)),
        lambda k: chex.assert_tree_all_finite(_with(k, np.inf)),
    ),
    "assert_tree_is_on_host": Row(
        lambda k: chex.assert_tree_is_on_host(_tree(k, 2)) if k.name != "CuPy" else True,
        lambda k: chex.assert_tree_is_on_host({"x": 1.0, "y": a(k, 2)}),
        note="CuPy's arrays are not",
    ),
    "assert_tree_is_on_device": Row(
        lambda k: (
            k.name in ("NumPy", "CuPy") or chex.assert_tree_is_on_device(_tree(k, 2), platform="cpu") is None
        ),
        lambda k: chex.assert_tree_is_on_device(_tree(k, 2), platform="tpu"),
        note="NumPy's arrays are on none",
    ),
    "assert_tree_is_sharded": Row(
        lambda k: chex.assert_tree_is_sharded([], devices=verax.devices()),
        lambda k: chex.assert_tree_is_sharded(_tree(k, 2), devices=verax.devices()),
        note="only JAX's arrays can be",
    ),
    # -- devices
    "assert_devices_available": Row(
        lambda k: _in_mesh(k, lambda: chex.assert_devices_available(3, "cpu")),
        lambda k: _in_mesh(k, lambda: chex.assert_devices_available(4, "cpu")),
    ),
    "assert_gpu_available": Row(
        lambda k: a(k, 1) is not None,
        lambda k: _in_mesh(k, chex.assert_gpu_available),
        note="pretend devices are CPUs",
    ),
    "assert_tpu_available": Row(
        lambda k: a(k, 1) is not None,
        lambda k: _in_mesh(k, chex.assert_tpu_available),
        note="pretend devices are CPUs",
    ),
    "restrict_backends": Row(
        lambda k: _allowed(k),  # noqa: PLW0108  it is defined below
        _restricted,
        RuntimeError,
        f"{_OTHERS}; the reference uses no device",
        ("reference",),
    ),
    "set_n_cpu_devices": Row(_devices),
    # -- jit
    "assert_max_traces": Row(
        _cleared, _max_traces, note=f"{_OTHERS}; the reference traces nothing", lenient=("reference",)
    ),
    "clear_trace_counter": Row(_cleared, note=_OTHERS),
    "assert_numerical_grads": Row(
        lambda k: _gradients(k, 2.0),
        lambda k: _gradients(k, 2.1),
        note=f"{_OTHERS}; the reference believes no rules",
        lenient=("reference",),
    ),
    "chexify": _chexified(chex.chexify),
    "with_jittable_assertions": _chexified(chex.with_jittable_assertions),
    "block_until_chexify_assertions_complete": Row(lambda k: _blocks(k, 1.0), lambda k: _blocks(k, np.inf)),
    "fake_jit": Row(_fake_jit, note=_OTHERS),
    "fake_pmap": Row(_fake_pmap(chex.fake_pmap), note=_OTHERS),
    "fake_pmap_and_jit": Row(_fake_pmap(chex.fake_pmap_and_jit), note=_OTHERS),
    # -- switches, dataclasses, warnings
    "disable_asserts": Row(_disabled),
    "enable_asserts": Row(_disabled, _enabled),
    "dataclass": _dataclass(lambda: chex.dataclass(_point())),
    "mappable_dataclass": _dataclass(_mappable),
    "register_dataclass_type_with_jax_tree_util": _dataclass(_registered),
    "create_deprecated_function_alias": Row(
        _warns(lambda f: chex.create_deprecated_function_alias(f, "new", "old"))
    ),
    "warn_deprecated_function": Row(_warns(lambda f: chex.warn_deprecated_function(f, replacement="new"))),
    "warn_keyword_args_only_in_future": Row(_warns(chex.warn_keyword_args_only_in_future)),
    "warn_only_n_pos_args_in_future": Row(_warns(lambda f: chex.warn_only_n_pos_args_in_future(f, n=0))),
}


def _in_mesh(k: Kind, check: Callable[[], Any]) -> None:
    with fake_devices(3):
        chex.assert_rank(a(k, 2), 1)
        check()


def _allowed(k: Kind) -> None:
    with chex.restrict_backends(forbidden=["tpu"]):
        k.transforms.jit(lambda x: x + 1)(k.handed(a(k, 2)))


def tried(name: str, kind: Kind) -> str:
    """How a name does for a kind: "yes", or what went wrong."""
    row = ROWS[name]
    with kind.there():
        try:
            if row.holds(kind) is False:
                return "no: what must hold is false"
            if row.refused is not None and kind.name not in row.lenient:
                with fails(kind, row):
                    row.refused(kind)
        except Exception as err:  # noqa: BLE001 - whatever it is, it is what the table must not say
            return f"no: {type(err).__name__}: {err}".splitlines()[0]
        except pytest.fail.Exception as err:
            return f"no: {err}"
    return "yes"
