"""What Chex gets wrong is right here: a test for each fault that docs/chex.md lists as mended."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import jax
import ml_dtypes
import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import chex_like as chex
from verax.chex_like.jitted_checks import _waiting
from verax.fake_devices import fake_devices

NAN = float("nan")


@pytest.mark.parametrize(
    "check",
    [chex.assert_scalar_positive, chex.assert_scalar_non_negative, chex.assert_scalar_negative],
    ids=lambda check: check.__name__,
)
def test_nan_has_no_sign(check: Any) -> None:
    with pytest.raises(AssertionError, match="got nan"):
        check(NAN)
    with pytest.raises(AssertionError, match="must be in"):
        chex.assert_scalar_in(NAN, 0, 1)


def test_a_suffix_of_no_axes_is_equal() -> None:
    chex.assert_equal_shape_suffix([np.zeros((2, 3)), np.zeros(4)], 0)
    with pytest.raises(AssertionError, match="different shape suffixes"):
        chex.assert_equal_shape_suffix([np.zeros((2, 3)), np.zeros(4)], 1)


def test_one_array_is_no_collection_of_arrays_and_none_are_no_inputs() -> None:
    for check in (chex.assert_equal_shape, chex.assert_equal_size, chex.assert_equal_rank):
        wrong: Any
        for wrong in (np.zeros((2, 3)), []):
            with pytest.raises(ValueError, match="non-empty collection"):
                check(wrong)


def test_nothing_is_a_multiple_of_zero() -> None:
    with pytest.raises(AssertionError, match="not divisible by 0"):
        chex.assert_is_divisible(6, 0)


def test_sizes_may_be_given_by_any_collection() -> None:
    chex.assert_shape(np.zeros((2, 3)), (2, frozenset({3, 4})))
    chex.assert_shape(np.zeros((2, 3)), (2, range(2, 5)))


def test_abstract_types_are_known() -> None:
    chex.assert_type(np.zeros(1, np.complex64), complex)
    chex.assert_type(np.zeros(1, np.uint8), np.unsignedinteger)
    chex.assert_type(np.zeros(1, ml_dtypes.bfloat16), np.inexact)


# -- host and jit ------------------------------------------------------------------------------------------
CLOSE: list[tuple[str, Any, Any, str | None]] = [
    ("equal", {"a": [1.0, NAN]}, {"a": [1.0, NAN]}, None),
    ("nan against a number", {"a": [1.0, NAN]}, {"a": [1.0, 2.0]}, "leaves '.*a.*"),
    ("another key", {"a": [1.0]}, {"b": [1.0]}, "trees 0 and 1 do not match"),
    ("a leaf more", {"a": [1.0]}, {"a": [1.0], "b": [1.0]}, "trees 0 and 1 do not match"),
    ("shapes that could be broadcast", {"a": [[1.0, 1.0]]}, {"a": [1.0, 1.0]}, "shapes"),
    ("a scalar against each element", {"a": [1.0, 1.0]}, {"a": 1.0}, None),
    ("opposite infinities", {"a": [float("inf")]}, {"a": [-float("inf")]}, "leaves '.*a.*"),
]


@pytest.mark.parametrize("check", [chex.assert_trees_all_close, chex.assert_trees_all_equal])
@pytest.mark.parametrize(("a", "b", "said"), [row[1:] for row in CLOSE], ids=[row[0] for row in CLOSE])
@pytest.mark.parametrize("library", [vnp, jax.numpy], ids=["verax", "jax"])
def test_host_and_jit_agree(check: Any, a: Any, b: Any, said: str | None, library: Any) -> None:
    jit = verax.jit if library is vnp else jax.jit
    inside = chex.chexify(jit(check), async_check=False)
    x, y = ({k: library.asarray(v) for k, v in tree.items()} for tree in (a, b))
    for run in (check, inside):
        if said is None:
            run(x, y)
        else:
            with pytest.raises(AssertionError, match=said):
                run(x, y)


def test_strict_is_known_inside_too() -> None:
    inside = chex.chexify(
        verax.jit(lambda x, y: chex.assert_trees_all_close(x, y, strict=True)), async_check=False
    )
    inside(vnp.ones(2), vnp.ones(2))
    with pytest.raises(AssertionError, match="dtypes float32, int32 mismatch"):
        inside(vnp.ones(2), vnp.ones(2, int))


def test_an_assertion_inside_raises_what_it_is_asked_to() -> None:
    @chex.chexify
    @verax.jit
    def f(x: Any) -> None:
        chex.assert_tree_all_finite(x, exception_type=OverflowError, custom_message="in f")

    f(vnp.array([1.0, np.inf]))
    with pytest.raises(
        OverflowError, match=r"The first is inf at \(\)\[1\].* Custom message: in f.*test_mended"
    ):
        f.wait_checks()


def test_what_has_been_looked_at_is_waited_for_no_more() -> None:
    f = chex.chexify(verax.jit(chex.assert_tree_all_finite))
    f(vnp.ones(2))
    assert _waiting
    chex.block_until_chexify_assertions_complete()
    assert not _waiting


def test_a_thread_of_its_own_is_not_inside() -> None:
    found: list[BaseException] = []

    def outside() -> None:
        try:
            verax.jit(chex.assert_tree_all_finite)(vnp.ones(2))
        except RuntimeError as err:
            found.append(err)

    def f(x: Any) -> Any:
        thread = threading.Thread(target=outside)
        thread.start()
        thread.join()
        return x

    chex.chexify(f, async_check=False)(vnp.ones(2))
    assert "can only be called from functions wrapped" in str(found[0])


# -- ULPs --------------------------------------------------------------------------------------------------
FORMATS = [
    np.float16,
    np.float32,
    np.float64,
    ml_dtypes.bfloat16,
    ml_dtypes.float8_e4m3,
    ml_dtypes.float8_e5m2,
]


@pytest.mark.parametrize("dtype", FORMATS, ids=lambda d: d.__name__)
def test_ulps_are_steps_of_the_format_for_arrays_of_any_rank(dtype: Any) -> None:
    bits = f"u{np.dtype(dtype).itemsize}"
    one = np.asarray(1, dtype)
    near = (one.view(bits) + np.asarray(2, bits)).view(dtype)
    chex.assert_trees_all_close_ulp(one, near, maxulp=2)
    with pytest.raises(AssertionError, match="max difference is 2"):
        chex.assert_trees_all_close_ulp(one, near, maxulp=1)
    least = np.asarray(1, bits).view(dtype)
    chex.assert_trees_all_close_ulp(least, np.asarray(-least, dtype), maxulp=2)
    chex.assert_trees_all_close_ulp(np.asarray(0.0, dtype), np.asarray(-0.0, dtype), maxulp=0)


@pytest.mark.parametrize(
    "dtype", [np.float16, np.float32, np.float64, ml_dtypes.bfloat16], ids=lambda d: d.__name__
)
def test_an_infinity_is_near_itself_alone_and_nan_is_nan(dtype: Any) -> None:
    most = np.asarray(ml_dtypes.finfo(dtype).max).astype(dtype)  # type: ignore[no-untyped-call]  # it ships untyped
    inf, nan = np.asarray(np.inf, dtype), np.asarray(np.nan, dtype)
    chex.assert_trees_all_close_ulp([inf, nan], [inf, nan], maxulp=0)
    for a, b in ((inf, most), (nan, most), (inf, -inf), (nan, inf)):
        with pytest.raises(AssertionError, match="max difference is inf"):
            chex.assert_trees_all_close_ulp(a, b, maxulp=10**30)


def test_numbers_of_opposite_sign_do_not_wrap() -> None:
    most = np.finfo(np.float32).max
    with pytest.raises(AssertionError, match="max difference is 4278190078 ULP"):
        chex.assert_trees_all_close_ulp(np.float32(most), np.float32(-most))


def test_formats_are_compared_in_the_one_that_holds_both() -> None:
    chex.assert_trees_all_close_ulp(np.ones(2, ml_dtypes.bfloat16), np.ones(2, np.float32), maxulp=0)


# -- devices, gradients, traces ----------------------------------------------------------------------------
def test_a_platform_is_a_whole_name() -> None:
    with pytest.raises(AssertionError, match="resides on 'cpu'"):
        chex.assert_tree_is_on_device(vnp.ones(2), platform="cpugpu")
    chex.assert_tree_is_on_device(vnp.ones(2), platform="cpu")


@pytest.mark.parametrize("library", [vnp, jax.numpy], ids=["verax", "jax"])
def test_stop_gradient_is_a_constant_and_keeps_its_value(library: Any) -> None:
    lax = verax.lax if library is vnp else jax.lax

    def f(x: Any) -> Any:
        factor = lax.stop_gradient(x * x)
        return library.sum(library.where(factor > 2.0, factor * x, 100 * x))

    chex.assert_numerical_grads(f, (library.array([0.5, 3.0]),), order=1)


def test_the_tolerance_of_gradients_is_what_it_is_whatever_the_size() -> None:
    @verax.custom_jvp
    def off(x: Any) -> Any:
        return x

    off.defjvp(lambda primals, tangents: (primals[0], tangents[0] * 1.05))
    for size in (1, 100):
        x = (vnp.full(size, 1.0),)
        with pytest.raises(AssertionError, match="not what central differences give"):
            chex.assert_numerical_grads(lambda x: vnp.sum(off(x) ** 2), x, order=1)


def test_test_vmap_may_define_a_function() -> None:
    def vmap_of_something(x: Any) -> Any:
        return x

    traced = verax.jit(chex.assert_max_traces(vmap_of_something, 1))
    assert float(traced(1.0)) == 1.0
    with pytest.raises(ValueError, match="change wrappers ordering"):
        chex.assert_max_traces(verax.jit(vmap_of_something), 1)


def test_one_trace_too_many_says_which_argument_was_not_as_before() -> None:
    chex.clear_trace_counter()

    @verax.jit
    @chex.assert_max_traces(1)  # type: ignore[untyped-decorator]  # its arguments come in either order
    def f(state: Any, rate: Any) -> Any:
        return state["w"] * rate

    f({"w": vnp.ones(3)}, rate=0.1)
    with pytest.raises(
        AssertionError,
        match=r"traced > 1 times! Since the trace before: argument 0/w was float32\[3\], is float32\[4\]\.",
    ):
        f({"w": vnp.ones(4)}, rate=0.1)
    with pytest.raises(AssertionError, match=r"argument 'rate' was .*is int32"):
        f({"w": vnp.ones(4)}, rate=1)


def test_functions_of_one_line_count_as_one_and_of_two_lines_as_two() -> None:
    chex.clear_trace_counter()

    def f(x: Any) -> Any:
        return x

    first = verax.jit(chex.assert_max_traces(f, 1))
    second = verax.jit(chex.assert_max_traces(f, 1))
    assert float(first(1.0)) == float(second(1.0))
    chex.clear_trace_counter()

    def again() -> None:
        verax.jit(chex.assert_max_traces(f, 1))(1.0)

    again()
    with pytest.raises(AssertionError, match="defined, or transformed, anew"):
        again()


# -- fakes -------------------------------------------------------------------------------------------------
def test_a_fake_pmap_honours_out_axes_and_groups_of_lanes() -> None:
    groups = [[0, 1], [2, 3]]

    def f(x: Any) -> Any:
        return verax.lax.psum(x, "i", axis_index_groups=groups) * vnp.ones(2)

    x = vnp.arange(4.0)
    with fake_devices(4):
        real = verax.pmap(f, axis_name="i", out_axes=1)(x)
    with chex.fake_pmap(ignore_axis_index_groups=True):
        fake = verax.pmap(f, axis_name="i", out_axes=1)(x)
    chex.assert_trees_all_equal(fake, real, np.array([[1.0, 1.0, 5.0, 5.0]] * 2))


def test_devices_may_be_made_at_any_time_and_jax_is_spoken_of() -> None:
    jax.devices()  # from here on JAX refuses
    vnp.ones(3)
    try:
        for n in (4, 6, 2):
            with pytest.warns(RuntimeWarning, match=f"Verax has {n} from here on"):
                chex.set_n_cpu_devices(n)
            assert verax.device_count() == n
            chex.assert_devices_available(n, "cpu", backend="cpu")
    finally:
        chex.set_n_cpu_devices(1)
    assert verax.device_count() == 1


def test_what_is_compiled_already_is_refused_too() -> None:
    f = verax.jit(lambda x: x + 1)
    f(1.0)
    with (
        chex.restrict_backends(forbidden=["cpu"]),
        pytest.raises(RuntimeError, match="forbidden by restrict_backends"),
    ):
        f(1.0)
    assert float(f(1.0)) == 2.0


def test_a_dataclass_is_a_node_for_jax_too_and_its_values_are_compared() -> None:
    @chex.dataclass
    class Point:
        x: Any
        y: Any

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        point = jax.tree_util.tree_map(lambda v: v + 1, Point(y=1, x=np.zeros(2)))
    assert point.y == 2
    with pytest.raises(AssertionError, match="leaves 'x'"):
        chex.assert_trees_all_equal(point, Point(x=np.zeros(2), y=2))
