"""Each seed runs on both implementations and is judged, and what its docstring claims is so."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verax
import verax.numpy as vnp
from verax import chex_like as chex
from verax import random, tree_util
from verax.fake_devices import fake_devices
from verax.property_tests.subjects import load
from verax.reference import Exact, evaluate
from verax.reference.array import ReferenceArray

pytestmark = pytest.mark.no_cover  # other tests cover it; traced by coverage it takes three times as long

SEEDS = Path(__file__).resolve().parents[2] / "examples" / "seeds"
NAMES = sorted(file.stem for file in SEEDS.glob("*.py"))


def seed(name: str) -> Any:
    """A seed's module, as the gate imports it."""
    return load(str(SEEDS / f"{name}.py"))


def numbers(tree: Any) -> list[Any]:
    """The leaves of a tree as lists of machine numbers, which are equal if their bits are."""
    return [np.asarray(x).tolist() for x in tree_util.tree_leaves(tree)]


def exactly(f: Any, *args: Any) -> list[Any]:
    """What a function gives in real numbers, of 40 digits, each leaf rounded once."""
    leaves, tree = tree_util.tree_flatten(args)

    def flat(*xs: Any) -> Any:
        return tree_util.tree_leaves(f(*tree_util.tree_unflatten(tree, xs)))

    return numbers(evaluate(flat, leaves, Exact(40)))


def assert_judged(f: Any, *args: Any, order: int = 0) -> None:
    """The value or a derivative is within the bound derived for it."""
    verdict = verax.judge(f, *args, order=order)
    assert verdict.holds, str(verdict)


def test_the_readme_has_a_row_for_each_seed() -> None:
    rows = (SEEDS / "README.md").read_text(encoding="utf-8").splitlines()
    named = [row.partition("](")[2].partition(")")[0] for row in rows if row.startswith("| [")]

    assert sorted(named) == [f"{name}.py" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_runs_in_both_implementations_and_holds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[tuple[Any, ...]] = []
    monkeypatch.setattr("builtins.print", lambda *what: printed.append(what))
    seed(name).main()

    def of_the_reference(who: str) -> set[bool]:
        """Whether the arrays that are printed behind a name are the reference's own."""
        shown = [x for first, *rest in printed if first == who for x in tree_util.tree_leaves(rest)]
        return {isinstance(x, ReferenceArray) for x in shown}

    assert (of_the_reference("fast"), of_the_reference("reference")) == ({False}, {True})
    [verdict] = printed[-1]
    assert verdict.holds


def test_recursion_and_a_stack_give_the_same_bits() -> None:
    s = seed("tree_recursion")
    p = s.parameters()

    assert numbers(s.loss(p)) == numbers(s.loss_by_stack(p)) == numbers(verax.jit(s.loss_by_stack)(p))
    assert exactly(verax.grad(s.loss), p) == exactly(verax.grad(s.loss_by_stack), p)
    assert_judged(s.loss_by_stack, p, order=1)


def test_one_trace_of_the_stack_runs_every_tree_of_a_size() -> None:
    s = seed("tree_recursion")
    p = s.parameters()
    by_stack = verax.jit(s.meaning_by_stack)
    trees = [s.SENTENCE, (0, (1, (2, (3, 4)))), ((((4, 3), 2), 1), 0)]

    for tree in trees:
        assert numbers(by_stack(p, np.array(s.steps_of(tree)))) == numbers(s.meaning(p, tree))
    assert by_stack.statistics().traces == 1


def test_the_implicit_derivative_is_the_closed_form_and_that_of_all_steps() -> None:
    s = seed("implicit_differentiation")
    t = vnp.array(0.5)

    assert exactly(s.ridge_slope, t) == exactly(s.ridge_slope_in_closed_form, t)
    assert_judged(s.ridge_slope, t)
    assert_judged(s.ridge_slope_in_closed_form, t)

    ways = [
        verax.make_program(verax.grad(lambda t, f=f: s.other_loss(t, f)))(t) for f in (s.minimum, s.newton)
    ]
    implicit, through_steps = [exactly(program, t) for program in ways]
    assert implicit == through_steps


def test_all_nestings_of_the_third_derivative_are_the_third_moment() -> None:
    s = seed("third_order")
    args = vnp.array(0.25), vnp.array([0.0, 1.0, -1.5])
    ways = [s.third_cumulant, s.third_cumulant_forward, s.third_cumulant_mixed, s.third_moment]

    for way in ways:
        assert exactly(way, *args) == exactly(s.third_moment, *args)
        assert_judged(way, *args)


def test_chains_are_the_loop_and_the_integrator_turns_round_and_keeps_volumes() -> None:
    s = seed("hamiltonian_monte_carlo")
    key = random.key(3)
    state = vnp.array([0.5, -0.25]), vnp.array([1.0, 0.75])

    loop = [s.chain(each, 6) for each in random.split(key, 4)]
    assert numbers(s.chains(key, 4, 6)) == [numbers(loop)]
    assert exactly(s.there_and_back, *state) == numbers(state)
    assert exactly(s.volume, *state) == [1.0]
    assert_judged(s.volume, *state)
    assert_judged(s.leapfrog, *state, order=1)


def test_products_are_blamed_on_one_kind_of_device_and_parts_mend_them() -> None:
    s = seed("two_hardwares")
    plain = s.verdict("plain", vnp.matmul)
    others = s.verdict("as TPUs do", vnp.matmul)
    mended = s.verdict("as TPUs do", s.product_in_parts)

    assert plain.holds
    assert {str(f.blame) for f in others.findings} == {"implementation"}
    assert all(m.error <= p.bound for m, p in zip(mended.elements, plain.elements, strict=True))
    assert numbers(sum(s.parts(s.data()[0]))) == numbers(s.data()[0])


def test_one_lane_and_eight_take_the_same_step() -> None:
    s = seed("lanes")
    w, x, y = s.data()
    rounded = w, vnp.round(4 * x) / 4, vnp.round(4 * y) / 4  # so few bits that every sum is exact
    found = []
    for count in (1, 8):
        with fake_devices(count):
            assert_judged(s.step, w, x, y)
            found.append(numbers(s.step(*rounded)))

    assert found[0] == found[1]
    chex.assert_order_insensitive(s.step, 8, w, x, y)


def test_a_layer_is_the_same_in_both_styles() -> None:
    s = seed("layers")
    ours, theirs, x = s.data()
    named = verax.grad(s.flax_loss)(ours, x)
    listed = verax.grad(s.trax_loss)(theirs, x)

    assert numbers(s.flax_loss(ours, x)) == numbers(s.trax_loss(theirs, x))
    assert numbers([named[k][n] for k in ("hidden", "out") for n in ("kernel", "bias")]) == numbers(listed)
    weights, _ = s.trax.init(random.key(0), 2)
    assert [np.shape(a) for a in tree_util.tree_leaves(weights)] == [(2, 3), (3,), (3, 1), (1,)]


@pytest.mark.parametrize("luck", range(3))
def test_the_agent_learns_the_shortest_way(luck: int) -> None:
    s = seed("agent_loop")

    assert s.trained(0, luck)[1] > s.ROOMS
    assert s.trained(60, luck)[1] == s.ROOMS


def test_the_classifier_learns_and_its_step_is_judged_equation_by_equation() -> None:
    s = seed("convolutional_classifier")
    images = s.batch(2000, 200)

    assert s.cross_entropy(s.trained(), *images) < s.cross_entropy(s.start(), *images)
    assert s.accuracy(s.trained()) > s.accuracy(s.start())
    squares = tree_util.tree_map(vnp.zeros_like, s.start())
    verdict = verax.check_equations(s.step, s.start(), squares, *s.batch(0, 2), samples=2)
    assert verdict.holds, str(verdict)


def test_no_example_pulls_harder_than_allowed() -> None:
    s = seed("clipped_gradients")
    w, x, y = s.data()
    clipped = verax.vmap(lambda x, y: s.square(s.clipped_gradient(w, x, y)))
    squares = verax.vmap(lambda x, y: s.square(verax.grad(s.loss)(w, x, y)))

    [before], [after] = exactly(squares, x, y), exactly(clipped, x, y)
    assert after == [min(square, s.MOST**2) for square in before]
    assert 0 < sum(square > s.MOST**2 for square in before) < len(before)
    assert_judged(clipped, x, y)
    chex.assert_vmap_is_loop(s.clipped_gradient, w, x, y, in_axes=(None, 0, 0))


def test_a_divided_graph_has_the_loss_of_the_whole() -> None:
    s = seed("graph_network")
    w = s.weights()
    with fake_devices(s.DEVICES):
        for f in (s.loss, s.loss_over_devices):
            assert exactly(f, w) == exactly(s.loss, w)
            assert_judged(f, w)
        assert exactly(verax.grad(s.loss_over_devices), w) == exactly(verax.grad(s.loss), w)
    chex.assert_order_insensitive(s.loss_over_devices, s.DEVICES, w)


def test_padding_counts_nothing() -> None:
    s = seed("graph_network")
    w = s.weights()
    g, wanted = s.graphs()
    other = g._replace(nodes=np.where(np.arange(8)[:, None] < 6, g.nodes, 3.0), edges=g.edges.copy())
    other.edges[10:] = 5.0

    assert numbers(s.loss_of(w, other, wanted, s.received(w, other))) == numbers(s.loss(w))


def test_the_kernel_is_the_same_in_both_ways() -> None:
    s = seed("neural_tangent_kernel")
    w, x, y = s.data()

    assert exactly(s.by_jacobians, w, x, y) == exactly(s.by_products, w, x, y)
    assert_judged(s.by_jacobians, w, x, y)
    [kernel] = exactly(s.by_products, w, x, x)
    assert kernel == np.transpose(kernel).tolist()
    assert_judged(s.by_products, w, x, y, order=1)
