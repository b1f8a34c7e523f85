"""The transforms of the reference are their definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import verax
from verax import numpy as vnp
from verax import reference
from verax.language import lax
from verax.language.errors import ConcretizationTypeError
from verax.language.transforms import make_program
from verax.reference import Bounded, Dual, Exact, Rounded, arithmetic, evaluate
from verax.reference.array import ReferenceArray
from verax.reference.system import NumberSystem, current_system

F32 = np.float32
X = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -0.75]], F32)


@pytest.fixture(autouse=True)
def _reference() -> Any:
    with verax.using(reference):
        yield


def values(x: Any) -> Any:
    return np.asarray(x).tolist()


def test_jit_is_the_function_and_keeps_its_tree() -> None:
    found = verax.jit(lambda x: {"a": x + 1, "b": (x, 2 * x)})(F32(3))
    assert values(found["a"]) == 4
    assert values(found["b"][1]) == 6
    assert isinstance(found["a"], ReferenceArray)


def test_vmap_is_a_loop_over_rows_along_any_axis() -> None:
    assert values(verax.vmap(vnp.sum)(X)) == [1.5, 2.5]
    assert values(verax.vmap(vnp.sum, in_axes=1)(X)) == [3.5, -0.75, 1.25]
    assert values(verax.vmap(lambda a, b: a * b, in_axes=(0, None))(X, X[0]))[1] == [1.5, -0.25, -1.5]
    assert values(verax.vmap(lambda a: a, out_axes=1)(X)) == X.T.tolist()


def test_results_that_do_not_depend_on_the_lane_may_be_given_once() -> None:
    once = verax.vmap(lambda a: vnp.float32(7), out_axes=None)(X)
    assert values(once) == 7
    assert values(verax.vmap(lambda a: vnp.float32(7))(X)) == [7, 7]
    with pytest.raises(ValueError, match="equal in all lanes"):
        verax.vmap(lambda a: a, out_axes=None)(X)


def test_no_rows_have_the_shapes_of_some() -> None:
    found = verax.vmap(lambda a: (a, vnp.sum(a)))(X[:0])
    assert [y.shape for y in found] == [(0, 3), (0,)]
    carry, ys = lax.scan(lambda c, x: (c + x, c * x), F32(1), X[0][:0])
    assert values(carry) == 1
    assert ys.shape == (0,)


def test_rows_without_elements_are_mapped_and_scanned() -> None:
    empty = np.zeros((3, 2, 0), F32)
    assert verax.vmap(lambda row: row * 2)(empty).shape == (3, 2, 0)
    assert verax.vmap(lambda row: row * 2, in_axes=1)(empty).shape == (2, 3, 0)
    last, every = lax.scan(lambda c, x: (c + 1, x * c), F32(0), empty)
    assert (values(last), every.shape) == (3, (3, 2, 0))


def test_pmap_of_a_lane_is_vmap() -> None:
    with verax.fake_devices.fake_devices(2):
        assert values(verax.pmap(vnp.sum)(X)) == values(verax.vmap(vnp.sum)(X))


def test_integer_results_and_arguments_have_no_tangents() -> None:
    value, tangent = verax.jvp(lambda x: (x * 2, vnp.argmax(x)), (X[0],), (X[1],))
    assert values(value[1]) == 2
    assert tangent[1].dtype == np.dtype([("float0", np.void, 0)])
    slope = verax.grad(lambda x, n: vnp.sum(x) * n, allow_int=True, argnums=1)(X[0], 3)
    assert slope.dtype == np.dtype([("float0", np.void, 0)])


def test_a_pullback_of_nothing_is_nothing() -> None:
    _, pullback = verax.vjp(lambda x: (x, 2 * x), X[0])
    zero = np.zeros(3, F32)
    assert values(pullback((zero, zero))[0]) == [0, 0, 0]


def programs(x: Any) -> Any:
    def step(c: Any, row: Any) -> Any:
        return c * row + 1, vnp.sin(c)

    last, every = lax.scan(step, vnp.ones((), F32), x, reverse=True)
    chosen = lax.switch(vnp.argmax(x), [lambda: last, lambda: 2 * last, lambda: last * last])
    counted = lax.while_loop(lambda s: s[0] < 3, lambda s: (s[0] + 1, s[1] * 2), (0, chosen))[1]
    return counted + vnp.sum(every) + verax.jit(vnp.tanh)(last)


@pytest.mark.parametrize("system", [Exact(), Dual(Exact()), Rounded()], ids=repr)
def test_a_program_is_the_function_that_it_was_traced_from(system: NumberSystem) -> None:
    program = make_program(programs)(X[0])
    assert {"scan", "cond", "while"} <= {e.primitive.name for e in program.equations}
    (direct,) = evaluate(lambda x: [programs(x)], [X[0]], system)
    (run,) = evaluate(program, [X[0]], system)
    assert direct.scalars == run.scalars


def test_control_flow_chooses_by_value() -> None:
    assert values(lax.cond(F32(1) > 0, lambda: F32(1), lambda: F32(2))) == 1
    assert values(lax.switch(9, [lambda: 1, lambda: 2])) == 2
    assert values(lax.fori_loop(0, 4, lambda i, x: x + i, 0)) == 6


def test_systems_are_chosen_by_block_and_nest() -> None:
    before = current_system()
    with arithmetic(Exact(30)) as outer:
        with arithmetic(Rounded()) as inner:
            assert current_system() is inner
        assert current_system() is outer
    assert current_system() is before


def test_scalars_of_another_system_are_read_as_values() -> None:
    from verax.language.platform import Platform

    with arithmetic(Bounded(Platform("any"))):
        bounded = vnp.sin(X[0])
    with arithmetic(Exact()):
        assert values(bounded + 0) == values(vnp.sin(X[0]))
    with arithmetic(Dual(Exact())):
        assert values(bounded + 0) == values(vnp.sin(X[0]))
    rebound = evaluate(lambda x: [x * x], [bounded], Bounded(Platform("any")))
    assert rebound[0].scalars[0].bound > 0  # machine numbers again, and one rounding


def test_machine_values_are_the_nearest_of_their_dtype() -> None:
    third = vnp.asarray(F32(1)) / 3
    assert np.asarray(third) == F32(1) / F32(3)
    assert np.asarray(third.astype(vnp.float16)) == np.float16(1 / 3)
    assert bool(third > 0)
    assert float(third) == float(F32(1) / F32(3))


def test_nothing_overflows_or_is_absorbed_in_real_numbers() -> None:
    big = vnp.asarray(F32(3e38))
    assert values(big * big / big / big) == 1
    small = F32(2.0**-100)
    assert values((vnp.asarray(F32(1)) + small - 1) / small) == 1


def test_the_room_names_what_it_lacks() -> None:
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        _ = reference.frobnicate


@pytest.mark.parametrize(
    "transformed",
    [
        verax.grad(vnp.sum),
        verax.jacfwd(vnp.sin),
        verax.vmap(vnp.sin),
        lambda x: verax.jvp(vnp.sin, (x,), (x,)),
        lambda x: verax.linearize(vnp.sin, x)[0],
        lambda x: verax.linear_transpose(lambda y: 2 * y, x)(x)[0],
        lambda x: verax.vjp(vnp.sin, x)[1](x)[0],
    ],
)
def test_a_limit_in_a_program_is_an_equation_that_takes_it_later(transformed: Any) -> None:
    program = make_program(transformed)(X[0])
    found = program(X[0])
    wanted = verax.tree_util.tree_leaves(transformed(X[0]))

    assert "deferred" in {e.primitive.name for e in program.equations}
    assert [np.asarray(x).tobytes() for x in found] == [np.asarray(x).tobytes() for x in wanted]


def test_devices_need_values() -> None:
    with pytest.raises(ConcretizationTypeError, match="must be values, got the traced f32"):
        make_program(verax.pmap(vnp.sin))(X[0])
