"""Equation by equation: a wrong kernel is named, an honest program is not, whatever it is wrapped in."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import check_equations, lax
from verax.chex_like.judging.walking import walk
from verax.language import dispatch
from verax.language.config import enable_x64
from verax.language.dtypes import is_float
from verax.language.inlining import inlined
from verax.language.program import Equation
from verax.language.tracing import trace
from verax.property_tests.calibration.planted import tf32
from verax.property_tests.random_programs import RandomProgram, random_program
from verax.reference.findings import Status
from verax.reference.verdict import Condemned

RNG = np.random.default_rng(0)


def _normal(*shape: int) -> Any:
    return vnp.asarray(RNG.standard_normal(shape).astype(np.float32))


def network(w: Any, v: Any, x: Any) -> Any:
    """Two layers and a loss."""
    scores = vnp.maximum(x @ w, 0) @ v
    return -vnp.mean(scores - vnp.log(vnp.sum(vnp.exp(scores), axis=-1, keepdims=True)))


def recurrent(w: Any, h: Any, xs: Any) -> Any:
    """A scan, backwards."""

    def step(carry: Any, x: Any) -> Any:
        carry = vnp.tanh(w @ carry + x)
        return carry, carry[0]

    last, ys = lax.scan(step, h, xs, reverse=True)
    return vnp.sum(last) + vnp.sum(ys)


def branching(x: Any) -> Any:
    """A loop around a branch."""

    def body(carry: Any) -> Any:
        i, y = carry
        return i + 1, lax.cond(i % 2 == 0, vnp.sin, lambda z: z * vnp.cos(z), y)

    return lax.while_loop(lambda carry: carry[0] < 7, body, (0, x))[1]


@verax.custom_jvp
def cube(x: Any) -> Any:
    """With a rule of its own."""
    return vnp.exp(3 * vnp.log(x))


cube.defjvp(lambda primals, tangents: (cube(*primals), 3 * primals[0] ** 2 * tangents[0]))


def ruled(x: Any) -> Any:
    """A custom rule within a compiled call."""
    return verax.jit(cube)(vnp.abs(x) + 1)


SUBJECTS: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "network": (network, [_normal(6, 8), _normal(8, 4), _normal(5, 6)]),
    "its gradient": (verax.grad(network), [_normal(6, 8), _normal(8, 4), _normal(5, 6)]),
    "recurrent": (recurrent, [_normal(4, 4), _normal(4), _normal(9, 4)]),
    "its gradient too": (verax.grad(recurrent), [_normal(4, 4), _normal(4), _normal(9, 4)]),
    "branching": (branching, [_normal(20)]),
    "ruled": (ruled, [_normal(20)]),
}


def plain(equation: Equation, xs: list[Any]) -> Sequence[Any]:
    """An honest machine."""
    return dispatch.bind(equation.primitive, *xs, **equation.params)


def faulty(name: str, ulps: int, place: int | None = None, application: int = 1) -> Any:
    """A machine whose kernel of one primitive is off, from some application on: everywhere, or at one place."""
    ran = 0

    def machine(equation: Equation, xs: list[Any]) -> Sequence[Any]:
        nonlocal ran
        results = plain(equation, xs)
        if equation.primitive.name != name:
            return results
        ran += 1
        if ran < application:
            return results
        wrong = np.array(results[0].machine_value())
        bits = wrong.reshape(-1).view(np.int32)
        bits[slice(None) if place is None else place] += ulps
        return [dispatch.lift(wrong), *results[1:]]

    return machine


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_honest_program_is_silent(subject: str) -> None:
    f, args = SUBJECTS[subject]
    verdict = check_equations(f, *args)
    assert verdict.holds, str(verdict)
    assert verdict.status is Status.HOLD
    assert len(verdict.elements) == len(verdict.outputs) > 0
    assert all(e.judged for e in verdict.equations)


@pytest.mark.parametrize(
    ("subject", "name", "ulps"),
    [
        ("network", "exp", 2),
        ("network", "log", -2),
        ("its gradient", "mul", 1),
        ("recurrent", "tanh", 2),
        ("its gradient too", "logistic", 2),
        ("branching", "cos", 2),
        ("branching", "sin", 2),
        ("ruled", "exp", 2),
        ("ruled", "abs", 1),
    ],
)
def test_a_wrong_kernel_is_named_and_nothing_else(subject: str, name: str, ulps: int) -> None:
    f, args = SUBJECTS[subject]
    verdict = check_equations(f, *args, machine=faulty(name, ulps))
    assert verdict.status is Status.FINDING
    assert verdict.worst is not None
    assert f" = {name}" in verdict.worst.equation
    red = [x.equation for x in verdict.findings]
    assert red
    assert all(f" = {name}" in text for text in red)
    with pytest.raises(Condemned, match=name):
        verdict.raise_if_red()


def test_a_fault_in_the_last_element_alone_is_found() -> None:
    x = _normal(5000)
    assert check_equations(vnp.tanh, x).holds
    verdict = check_equations(vnp.tanh, x, machine=faulty("tanh", 2, place=-1))
    assert [f.output for f in verdict.findings] == ["out[4999]"]


def test_a_sum_of_zeros_is_zero_of_either_sign_and_nothing_else() -> None:
    zeros, x = vnp.zeros(5), -vnp.abs(_normal(5))  # all products are negative zeros

    def answers(value: float) -> Status:
        def machine(equation: Equation, xs: list[Any]) -> Sequence[Any]:
            return [dispatch.lift(np.float32(value))]

        return check_equations(vnp.dot, zeros, x, machine=machine).status

    assert (answers(0.0), answers(-0.0), answers(1e-3)) == (Status.HOLD, Status.HOLD, Status.FINDING)


def test_a_fault_that_begins_in_the_fifth_step_is_found_in_the_eighth() -> None:
    f, args = SUBJECTS["recurrent"]
    verdict = check_equations(f, *args, machine=faulty("tanh", 2, application=5))
    (tanh,) = [e for e in verdict.equations if " = tanh" in e.equation]
    assert (tanh.applications, tanh.judged) == (9, 5)
    assert sum(m.status is Status.FINDING for m in tanh.measured) == 4


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_walked_answers_what_is_run(subject: str) -> None:
    f, args = SUBJECTS[subject]
    flat = trace(lambda *xs: verax.tree.leaves(f(*xs)), [x.aval for x in args])
    walked = walk(inlined(flat), args, plain)
    ran = verax.tree.leaves(f(*args))
    assert [x.machine_value().tobytes() for x in walked] == [x.machine_value().tobytes() for x in ran]


def test_a_value_is_dropped_after_its_last_use() -> None:
    def long(x: Any) -> Any:
        for _ in range(200):
            x = x + 1
        return x

    x = vnp.zeros(1 << 16)
    program = trace(lambda a: [long(a)], [x.aval])
    tracemalloc.start()
    try:
        walk(program, [x], plain)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 4 * x.size


def test_a_product_in_tf32_is_a_quiet_fault() -> None:
    def narrowed(equation: Equation, xs: list[Any]) -> Sequence[Any]:
        if equation.primitive.name == "dot_general":
            xs = [dispatch.lift(tf32(np.asarray(x.machine_value()))) for x in xs]
        return plain(equation, xs)

    x, y = _normal(23, 1024), _normal(1024, 23)
    assert check_equations(vnp.matmul, x, y, samples=529, drawn=True).status is Status.HOLD
    verdict = check_equations(vnp.matmul, x, y, samples=529, drawn=True, machine=narrowed)
    (quiet,) = [f for f in verdict.findings if f.code == "VX103"]
    assert "`dot_general`" in quiet.message
    assert "529 elements of 1 equations" in quiet.message


def test_another_library_may_be_the_machine() -> None:
    jax = pytest.importorskip("jax")

    def machine(equation: Equation, xs: list[Any]) -> Sequence[Any]:
        named = getattr(jax.lax, equation.primitive.name)
        arrays = [np.asarray(x.machine_value()) for x in xs]
        return [dispatch.lift(np.asarray(named(*arrays, **equation.params)))]

    def affine(w: Any, x: Any) -> Any:
        return lax.add(lax.mul(lax.dot(w, x), x), lax.neg(x))

    verdict = check_equations(affine, _normal(7, 7), _normal(7), machine=machine)
    assert verdict.holds, str(verdict)
    assert [e.primitive for e in verdict.equations] == ["dot_general", "mul", "neg", "add"]


def test_how_many_of_how_many_elements_were_judged_is_said() -> None:
    verdict = check_equations(lambda x: vnp.exp(-x), _normal(1000), samples=5, name="decay")
    assert "10 of 2000 elements of 2 equations" in str(verdict)
    assert str(verdict).startswith("decay  equations  ")


def test_the_same_seed_judges_the_same_elements() -> None:
    x = _normal(1000)
    first, second, other = (check_equations(vnp.exp, x, seed=s).elements for s in (0, 0, 1))
    assert first == second != other


def test_no_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="`samples` must be at least 1, got 0"):
        check_equations(vnp.exp, _normal(3), samples=0)


def _drawn(program: RandomProgram, rng: np.random.Generator) -> list[np.ndarray[Any, Any]]:
    found = []
    for spec in program.inputs:
        shape = tuple(int(d.expression) for d in spec.dimensions)
        floating = rng.standard_normal(shape) * 10 ** rng.uniform(-2, 2)
        drawn = floating if is_float(spec.dtype) else rng.integers(0, 4, shape)
        found.append(np.asarray(drawn).astype(spec.dtype))
    return found


def _one_off(number: int) -> Any:
    """A machine of which one equation, by the order in which they run first, is off in every bit or by a 64th."""
    order: list[Equation] = []

    def machine(equation: Equation, xs: list[Any]) -> Sequence[Any]:
        first, *rest = plain(equation, xs)
        if equation not in order:
            order.append(equation)
        if order.index(equation) != number:
            return [first, *rest]
        right = np.asarray(first.machine_value())
        if is_float(right.dtype):
            wrong = (right.astype(np.float64) * (1 + 2.0**-6) + 2.0**-10).astype(right.dtype)
        else:
            wrong = ~right
        return [dispatch.lift(wrong), *rest]

    return machine


@pytest.mark.parametrize("seed", range(20))
def test_in_random_programs_the_one_wrong_equation_is_named_and_honest_ones_hold(seed: int) -> None:
    program, rng = random_program(seed), np.random.default_rng([seed, 3])
    with enable_x64(True):
        args = _drawn(program, rng)
        honest = check_equations(program, *args)
        number = int(rng.integers(len(honest.equations)))
        planted = check_equations(program, *args, machine=_one_off(number))
    assert honest.status is Status.HOLD, str(honest)
    named = [f.equation for f in planted.findings if f.status is Status.FINDING]
    assert named == [honest.equations[number].equation], str(planted)
