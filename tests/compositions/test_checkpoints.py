"""Checkpoints: what a derivative keeps is the arguments and what the policy says, and the rest is computed again."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp
from verax.fast.differentiation import checkpoints
from verax.language.program import Program, subprograms

STEPS, SIZE = 1000, 1000
CARRIES = STEPS * SIZE * 4  # bytes of the carries of all steps in float32
DEPTH = 4
STEP = (2 * DEPTH + 1) * SIZE * 4  # of what one step keeps: a value and a slope of each operation


def deep(c: Any) -> Any:
    for _ in range(DEPTH):
        c = vnp.sin(c) * 1.01
    return c


def scanned(body: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def loss(c: Any) -> Any:
        return lax.scan(lambda c, _: (body(c), None), c, None, length=STEPS)[0].sum()

    return loss


def peak(function: Callable[[Any], Any]) -> int:
    """The most bytes that a call holds, apart from what the first call has left behind."""
    c = vnp.ones(SIZE, dtype="float32")
    function(c)
    tracemalloc.start()
    try:
        function(c)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("compile", [lambda f: f, verax.jit], ids=["eager", "jit"])
def test_reverse_mode_over_a_thousand_checkpointed_steps_keeps_the_carries_and_one_step(compile: Any) -> None:
    assert peak(compile(verax.grad(scanned(verax.checkpoint(deep))))) < 1.2 * (CARRIES + STEP)


def test_without_a_checkpoint_it_keeps_every_step() -> None:
    """The planted fault: what the measure must see."""
    assert peak(verax.grad(scanned(deep))) > 6 * CARRIES


def product(x: Any) -> Any:
    return vnp.sin(vnp.sin(x) @ x).sum()


X = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)
POLICIES = [
    None,
    "everything_saveable",
    "nothing_saveable",
    "dots_saveable",
    "dots_with_no_batch_dims_saveable",
]


@pytest.mark.parametrize("name", POLICIES)
def test_a_checkpoint_changes_no_bit_of_a_derivative(name: str | None) -> None:
    policy = None if name is None else getattr(verax.checkpoint_policies, name)
    kept = verax.checkpoint(product, policy=policy)
    derivatives: list[Any] = [verax.grad, verax.jacfwd, verax.hessian, lambda f: verax.jit(verax.grad(f))]
    for derivative in derivatives:
        assert np.asarray(derivative(kept)(X)).tobytes() == np.asarray(derivative(product)(X)).tobytes()


def products_of(program: Program) -> int:
    inner = sum(products_of(p) for e in program.equations for _, p in subprograms(e.params))
    return inner + sum(e.primitive.name == "dot_general" for e in program.pruned().equations)


def computed_again(name: str) -> int:
    """How often the backward pass computes a product: two of its own, and those that are not kept."""
    policy = getattr(verax.checkpoint_policies, name)
    program = verax.make_program(verax.grad(verax.checkpoint(product, policy=policy)))(X)
    (backward,) = [e for e in program.equations if e.primitive.name == "checkpoint"]
    return products_of(backward.params["program"])


def test_a_policy_says_what_is_computed_again() -> None:
    assert computed_again("nothing_saveable") == 3
    assert computed_again("dots_saveable") == 2


def test_a_policy_that_is_not_asked_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_kept", lambda program, unknown, policy: [])

    assert computed_again("dots_saveable") == 3


def test_what_is_looked_at_in_a_checkpoint_is_seen_twice_as_in_jax(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = []
    for m in (verax, jax):
        debug = m.debug

        def f(x: Any, debug: Any = debug) -> Any:
            debug.print("x={x}", x=x)
            return x * x

        m.grad(m.checkpoint(f))(3.0)
        jax.effects_barrier()  # type: ignore[no-untyped-call]  # JAX's
        found.append(capsys.readouterr().out)

    assert found[0] == found[1] == "x=3.0\nx=3.0\n"


def test_python_sees_values_in_a_checkpoint_only_outside_of_transforms() -> None:
    f = verax.checkpoint(lambda x: x if x > 0 else -x)

    assert float(f(-2.0)) == 2
    with pytest.raises(verax.errors.TracerBoolConversionError, match="used as a truth value"):
        verax.grad(f)(-2.0)
    assert (
        float(verax.grad(verax.checkpoint(lambda x, n: x * n if n > 0 else x, static_argnums=1))(2.0, 3)) == 3
    )


def named(x: Any) -> Any:
    return verax.checkpoint_name({"sine": vnp.sin(x)}, "sine")["sine"] * x


@pytest.mark.parametrize(
    ("policy", "names", "sines"),
    [
        ("save_only_these_names", ["sine"], 0),
        ("save_only_these_names", ["another"], 1),
        ("save_any_names_but_these", ["another"], 0),
        ("save_any_names_but_these", ["sine"], 1),
        ("save_anything_except_these_names", ["another"], 0),
        (
            "save_anything_except_these_names",
            ["sine"],
            0,
        ),  # the sine has no name before it is given one, as in JAX
    ],
)
def test_what_has_a_name_is_kept_by_it(policy: str, names: list[str], sines: int) -> None:
    kept = verax.checkpoint(named, policy=getattr(verax.checkpoint_policies, policy)(*names))
    (again,) = (
        program
        for equation in verax.make_program(verax.grad(kept))(1.0).equations
        if equation.primitive.name == "checkpoint"
        for _, program in subprograms(equation.params)
    )

    assert [e.primitive.name for e in again.equations].count("sin") == sines
    assert np.asarray(verax.grad(kept)(1.0)).tobytes() == np.asarray(verax.grad(named)(1.0)).tobytes()


def test_what_cannot_have_a_name_is_told() -> None:
    with pytest.raises(TypeError, match="Leaf 0 of `x` of checkpoint_name"):
        verax.checkpoint_name("x", "sine")
    with pytest.raises(TypeError, match="`name` of checkpoint_name must be a string, got int: 3"):
        verax.checkpoint_name(1.0, 3)  # type: ignore[arg-type]  # what is refused
