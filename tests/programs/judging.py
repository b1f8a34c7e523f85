"""One step of a training program, run on `fast`, held against the reference within derived bounds.

The loss, some entries of each leaf of the gradient, and all new parameters are held against the exact value of the
step's own program; the entries of the gradient also against the derivative of the loss as a limit, which believes no
derivative rule of anybody. No tolerance is picked: what a machine may be off by follows from the program.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from verax.chex_like.judging.case import Case, case_of
from verax.chex_like.judging.derivatives import RuleCheck
from verax.chex_like.judging.judgement import platform_of
from verax.chex_like.judging.options import Options
from verax.chex_like.judging.outputs import measured_outputs
from verax.language import trees
from verax.language.dispatch import aval_of
from verax.language.inlining import inlined
from verax.language.program import Program, subprograms
from verax.language.tracing import trace
from verax.reference.findings import Status
from verax.reference.truth import Derivative, true_value
from verax.reference.verdict import Evidence, Measured, measure, worst_element

LAWS = ("loss", "gradient", "parameters", "gradient as a limit")


@dataclass(frozen=True)
class Step:
    """A step of training.

    Attributes:
        name: of the program.
        update: ``update(learner, batch)`` gives the next learner, the loss and its gradient.
        loss: of the parameters alone; what the gradient is of.
        parameters: those of a learner.
        learner: what has been learnt so far.
        batch: what is learnt from.
    """

    name: str
    update: Callable[[Any, Any], tuple[Any, Any, Any]]
    loss: Callable[[Any], Any]
    parameters: Callable[[Any], Any]
    learner: Any
    batch: Any


class Held(NamedTuple):
    """What was judged by one law, element by element."""

    law: str
    measured: list[Measured]

    @property
    def red(self) -> list[Measured]:
        """The elements that do not hold, whatever the reason; one without a bound is held to nothing."""
        return [m for m in self.measured if m.status is not Status.HOLD or m.bound is None]

    @property
    def worst(self) -> Measured:
        """The element that is nearest to its bound, or furthest over it."""
        top = worst_element(self.measured)
        assert top is not None, "there is no leaf without elements"
        return self.measured[top]


def ran(step: Step) -> Case:
    """The step, run on the current implementation: the loss, the gradient and the new parameters."""

    def outputs(learner: Any, batch: Any) -> Any:
        after, loss, gradient = step.update(learner, batch)
        return loss, gradient, step.parameters(after)

    return case_of(outputs, (step.learner, step.batch), 0, 0, step.name)


def held(step: Step, case: Case, entries: int = 8, seed: int = 0) -> Iterator[Held]:
    """What each law says of what a step answered.

    Args:
        step: what was run.
        case: what it answered.
        entries: of each leaf of the gradient, so many are judged; all of them where it has fewer.
        seed: what the choice of the entries derives from.
    """
    leaves, tree = trees.flatten(step.parameters(step.learner))
    count, rng = len(leaves), np.random.default_rng(seed)
    assert len(case.results) == 1 + 2 * count, "a loss, a gradient and parameters"
    places = [range(r.size) for r in case.results]
    drawn = [_drawn(r.size, entries, rng) for r in case.results[1 : 1 + count]]
    chosen = case.sampled_at([places[0], *drawn, *places[1 + count :]])
    assert chosen.meaning is not None, "it is a sample of a program"
    truth = true_value(chosen.meaning, chosen.operands)
    outputs = measured_outputs(chosen, Options(platform_of(None)), truth, RuleCheck())
    parts = outputs[:1], outputs[1 : 1 + count], outputs[1 + count :]
    for law, part in zip(LAWS, parts, strict=False):
        yield Held(law, [m for o in part for m in o.measured])
    limits = Derivative(lambda *xs: [step.loss(trees.unflatten(tree, xs))], leaves)
    found = []
    for k, (output, row) in enumerate(zip(parts[1], drawn, strict=True)):
        for evidence, measured, place in zip(output.evidence, output.measured, row, strict=True):
            found.append(_beside_limit(evidence, measured, limits, [x.shape for x in leaves], k, place))
    yield Held(LAWS[-1], found)


def _drawn(size: int, entries: int, rng: np.random.Generator) -> list[int]:
    return sorted(int(k) for k in rng.choice(size, min(size, entries), replace=False))


def _beside_limit(
    evidence: Evidence,
    measured: Measured,
    limits: Derivative,
    shapes: list[tuple[int, ...]],
    leaf: int,
    place: int,
) -> Measured:
    """One entry of the gradient against the limit of difference quotients, within the same bound."""
    along = np.zeros(shapes[leaf], evidence.dtype)
    along.reshape(-1)[place] = 1
    directions = [along if k == leaf else None for k in range(len(shapes))]
    (tangent,) = limits.along(directions).tangents
    assert tangent is not None, "a loss is floating"
    beside = replace(evidence, true=tangent.scalars[0], certified=tangent.certified[0])
    return measure(beside, measured.index)


# -- how large it is --------------------------------------------------------------------------------------------
def multiply_adds(step: Step) -> int:
    """How many multiplications with an addition a pass forward does, in products and convolutions."""
    leaves, tree = trees.flatten(step.parameters(step.learner))
    program = trace(lambda *xs: [step.loss(trees.unflatten(tree, xs))], [aval_of(x) for x in leaves])
    return _products(inlined(program))


def _products(program: Program) -> int:
    total = 0
    for e in program.equations:
        inner = [_products(p) for _, p in subprograms(e.params)]
        total += e.params.get("length", 1) * sum(inner)
        size = e.outputs[0].aval.size if e.outputs else 0
        if e.primitive.name == "dot_general":
            (left, _), _ = e.params["dimension_numbers"]
            total += size * math.prod(e.inputs[0].aval.shape[axis] for axis in left)
        elif e.primitive.name == "conv_general_dilated":
            _, (features, *_), _ = e.params["dimension_numbers"]
            total += size * e.inputs[1].aval.size // e.inputs[1].aval.shape[features]
    return total
