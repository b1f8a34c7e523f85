"""Elements that are asked for are those of the whole, to the last bit and mark; nothing else is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import verax.numpy as vnp
from verax import lax
from verax.adapters.profiles import profile_of
from verax.language import dispatch, trees
from verax.language.catalogue import PRIMITIVES
from verax.language.config import enable_x64
from verax.language.dtypes import is_float
from verax.language.tracing import trace
from verax.property_tests.primitive_cases import case_of
from verax.reference import Ball, Bounded, Exact, elements_of, evaluate, true_value
from verax.reference.array import ReferenceArray
from verax.reference.system import NumberSystem

SEEDS = range(6)
SYSTEMS: list[Callable[[], NumberSystem]] = [Exact, Ball, lambda: Bounded(profile_of("numpy"))]


def _flat(function: Callable[..., Any]) -> Callable[..., list[Any]]:
    return lambda *xs: trees.flatten(function(*xs))[0]


def _drawn(name: str, seed: int) -> tuple[Callable[..., list[Any]], list[Any]]:
    """A primitive with machine operands; zeros, infinities and ties among them."""
    case, rng = case_of(name, seed), np.random.default_rng([seed, *name.encode()])
    operands = []
    for spec in case.operands:
        shape = tuple(int(d.expression) for d in spec.dimensions)
        if spec.index is not None:
            drawn: Any = rng.integers(0, int(spec.index.size), shape)
        elif PRIMITIVES[name].kind == "factorization" and is_float(spec.dtype):
            drawn = rng.integers(-3, 4, shape) / 4 + 4 * np.eye(shape[-2], shape[-1])
        elif is_float(spec.dtype):
            drawn = rng.choice([0.25, 0.5, 0.5, 1.0, 2.0, 3.5, -0.0, -1.0, np.inf], shape)
        else:
            drawn = rng.integers(0 if spec.dtype.kind in "ub" else -3, 4, shape)
        operands.append(np.asarray(drawn).astype(spec.dtype))
    return _flat(case.function), operands


def _some(rng: np.random.Generator, size: int) -> list[int]:
    """Places in any order, some twice; all of them now and then; none now and then."""
    return [int(k) for k in rng.integers(0, size, int(rng.integers(0, 2 * size + 1)))] if size else []


def _shown(x: ReferenceArray, places: Sequence[int]) -> list[str]:
    """Elements with all that their system knows of them."""
    return [repr(s) for s in x.elements_at(places)]


def _checked(function: Callable[..., list[Any]], operands: Sequence[Any], rng: np.random.Generator) -> None:
    program = trace(function, [dispatch.aval_of(x) for x in operands])
    places = [_some(rng, aval.size) for aval in program.out_avals]
    for system in SYSTEMS:
        whole = evaluate(program, operands, system())
        found = evaluate(elements_of(program, places), operands, system())
        for mine, all_of_them, at in zip(found, whole, places, strict=True):
            assert mine.shape == (len(at),)
            assert _shown(mine, range(len(at))) == _shown(all_of_them, at), str(program)


def _check_primitive(name: str, seeds: Sequence[int]) -> None:
    for seed in seeds:
        function, operands = _drawn(name, seed)
        with enable_x64(True):
            _checked(function, operands, np.random.default_rng([seed, 7]))


# Their rows on demand are those of all elementwise primitives, and their series take minutes at odd parameters.
PARAMETRIC = {
    "igamma",
    "igammac",
    "igamma_grad_a",
    "random_gamma_grad",
    "regularized_incomplete_beta",
    "zeta",
}


@pytest.mark.parametrize(
    "name", sorted(n for n, p in PRIMITIVES.items() if p.kind != "collective" and n not in PARAMETRIC)
)
def test_elements_of_every_primitive_are_those_of_the_whole(name: str) -> None:
    _check_primitive(name, SEEDS)


def _attention(q: Any, k: Any, v: Any, at: Any) -> list[Any]:
    weights = vnp.exp(q @ k.T - vnp.max(q @ k.T, axis=-1, keepdims=True))
    mixed = (weights / vnp.sum(weights, axis=-1, keepdims=True)) @ v
    either = lax.cond(at[0] > 1, lambda x: x[::-1], lambda x: x, mixed)
    return [mixed, vnp.take(mixed, at, axis=0), either, mixed.at[at + 1].add(v[: at.size])]


def test_elements_of_a_program_are_those_of_the_whole_indices_and_branches_among_it() -> None:
    rng = np.random.default_rng(0)
    q, k, v = (rng.standard_normal((5, 4)).astype(np.float32) for _ in range(3))
    for at in ([0, 3], [2, 2, 4]):
        _checked(_attention, [q, k, v, np.array(at, np.int32)], rng)


def _complex(z: Any, w: Any) -> list[Any]:
    """What complex numbers take part in."""
    last, ys = lax.scan(lambda carry, x: (carry * x, carry + x), w[0], z)
    sums = [vnp.sum(z, axis=0), vnp.cumsum(z, axis=1), vnp.prod(w), vnp.sort(z, axis=1)]
    return [
        z @ w,
        *sums,
        vnp.exp(z.T)[::-1],
        z[vnp.array([2, 0])],
        vnp.real(z @ w) + vnp.abs(z[:, :2]),
        last,
        ys,
    ]


def test_elements_of_complex_results_are_those_of_the_whole() -> None:
    rng = np.random.default_rng(0)
    z, w = ((rng.standard_normal((*s, 2)) @ [1, 1j]).astype(np.complex64) for s in ((3, 2), (2, 2)))
    _checked(_complex, [z, w], rng)


def _loops(w: Any, h: Any, xs: Any, at: Any) -> list[Any]:
    """What is carried is mixed, left apart, looked up in by a number from outside, and by one that is carried."""

    def mixing(carry: Any, x: Any) -> Any:
        carry = vnp.tanh(w @ carry + x[0])
        return carry, (carry * x, x[1])

    def apart(carry: Any, x: Any) -> Any:
        return carry + x, carry[::-1]

    def looking(carry: Any, i: Any) -> Any:
        return carry * 2, carry[i]

    def following(carry: Any, i: Any) -> Any:
        return (carry[0] * 2, (carry[1] + i) % 4), carry[0][carry[1]]

    last, (ys, zs) = lax.scan(mixing, h, xs)
    kept, older = lax.scan(apart, h, xs, reverse=True)
    return [last, ys, zs, kept, older, lax.scan(looking, h, at)[1], lax.scan(following, (h, at[0]), at)[1]]


def test_elements_of_loops_are_those_of_the_whole() -> None:
    rng = np.random.default_rng(0)
    w, h, xs = (rng.standard_normal(shape).astype(np.float32) for shape in ((4, 4), (4,), (6, 4)))
    for at in ([0, 3, 1], [2, 2]):
        _checked(_loops, [w, h, xs, np.array(at, np.int32)], rng)


def test_a_step_of_a_scan_costs_what_is_asked_of_it() -> None:
    operations = []

    class Counting(Exact):
        def apply(self, definition: Any, *args: Any) -> Any:
            operations.append(definition.name)
            return super().apply(definition, *args)

    def summed(h: Any, xs: Any) -> list[Any]:
        return list(lax.scan(lambda carry, x: (carry + x, carry * x), h, xs))

    h, xs = np.ones(1000, np.float32), np.ones((200, 1000), np.float32)
    evaluate(elements_of(summed, [[], [3 * 1000 + 7]]), [h, xs], Counting())
    assert sorted(operations) == ["add"] * 3 + ["mul"]


def test_twenty_entries_of_a_large_product_cost_twenty_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = []

    class Counting(Exact):
        def total(self, *args: Any) -> Any:
            rows.append(len(args[2]))
            return super().total(*args)

    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal((1000, 1000)).astype(np.float32) for _ in range(2))
    places = [int(k) for k in rng.integers(0, 1_000_000, 20)]
    (found,) = evaluate(elements_of(lambda a, b: [a @ b], [places]), [x, y], Counting())

    assert rows == [1000] * 20
    exact = [sum(Fraction(a) * Fraction(b) for a, b in _pairs(x, y, p)) for p in places]
    assert [_fraction(s) for s in found.scalars] == exact


def _pairs(x: Any, y: Any, place: int) -> Any:
    return zip(x[place // 1000].tolist(), y[:, place % 1000].tolist(), strict=True)


def _fraction(x: Any) -> Fraction:
    sign, man, exp, _ = x._mpf_
    return Fraction(-int(man) if sign else int(man)) * Fraction(2) ** exp


def test_a_part_that_needs_the_wrong_elements_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: a row that reads one element too far."""
    from verax.reference.demand import moves, rows

    monkeypatch.setitem(rows.ROWS, "rev", moves._moved(lambda a, index: index))
    with pytest.raises(AssertionError):
        _check_primitive("rev", range(20))


def test_the_truth_of_some_elements_is_certified() -> None:
    x = np.linspace(-3, 3, 4096, dtype=np.float32)
    truth = true_value(elements_of(lambda a: [vnp.exp(a) / vnp.sum(vnp.exp(a))], [[0, 4095]]), [x])
    assert truth.proof
    assert len(truth.outputs[0].scalars) == 2


def test_places_that_are_none_of_the_result_are_named() -> None:
    x = np.ones(3, np.float32)
    with pytest.raises(ValueError, match=r"`places\[0\]` must lie within \[0, 3\).* got 3"):
        evaluate(elements_of(lambda a: [a + 1], [[3]]), [x], Exact())
    with pytest.raises(ValueError, match="`places` must have a list for each of the 1 results, got 2"):
        evaluate(elements_of(lambda a: [a + 1], [[0], [0]]), [x], Exact())
