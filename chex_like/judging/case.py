"""`Case`: a function at some inputs, run on the machine, with the machine's own program of what it ran."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...language import dispatch, trees
from ...language.arrays import Array
from ...language.dispatch import FlatFunction, lift_to
from ...language.dtypes import is_float
from ...language.errors import ConcretizationTypeError
from ...language.flat import Flat, check_array, name_of, path_of
from ...language.program import Program
from ...language.shapes import Shape
from ...language.tracing import trace
from ...reference.demand import elements_of
from ...reference.verdict import law_name
from ..array_kinds import imported
from .nestings import derivative, restricted, usual
from .parts import OfParts, has_parts, labels_of, parts_of

_SMALL = 4096  # elements: more truth than this is not stored in a capsule


@dataclass
class Case:
    """What is judged.

    Attributes:
        subject: the function's name.
        order: 0 for the value, 1 for the gradient, 2 for the directional second derivative.
        function: of the inputs' leaves; returns the list of outputs.
        inputs: the machine's arrays.
        extras: what the derivative takes besides: a cotangent for each floating output, then, for the
            second derivative, a direction for each floating input.
        results: what the machine said.
        labels: what each result is called.
        program: the derivative's own program; for values traced when it is asked for.
        untraceable: why there is no program; empty if there is one.
        floats: which inputs are floating.
        chosen: which outputs are floating.
        sampled: of each result, its shape and the places in it of the elements that are judged; None for all of them.
            ``results`` then holds only these.
        of_jax: whether JAX ran it, and not the current implementation.
    """

    subject: str
    order: int
    function: FlatFunction
    inputs: list[Any]
    extras: list[Any] = field(default_factory=list)
    results: list[np.ndarray[Any, Any]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    program: Program | None = None
    untraceable: str = ""
    floats: list[int] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    sampled: list[tuple[Shape, list[int]]] | None = None
    of_jax: bool = False

    @property
    def operands(self) -> list[Any]:
        """Everything that the judged program takes."""
        return [*self.inputs, *self.extras]

    @property
    def meaning(self) -> FlatFunction | Program | None:
        """What is evaluated: for values the function itself, for derivatives the machine's program.

        Of a sampled case the program, as far as the elements that are judged rest on it.
        """
        if self.sampled is not None:
            program = self.traced()
            assert program is not None, "what cannot be traced is not sampled"
            return elements_of(program, [places for _, places in self.sampled])
        return self.function if self.order == 0 else self.program

    @property
    def cotangents(self) -> list[Any]:
        """One for each floating output."""
        return self.extras[: len(self.chosen)]

    @property
    def directions(self) -> list[Any]:
        """One for each floating input, for the second derivative."""
        return self.extras[len(self.chosen) :]

    def sampled_at(self, places: Sequence[Sequence[int]]) -> Case:
        """The same case, judged at these places of each result only."""
        kept = [(r.shape, list(p)) for r, p in zip(self.results, places, strict=True)]
        results = [r.reshape(-1)[p] for r, (_, p) in zip(self.results, kept, strict=True)]
        return replace(self, results=results, sampled=kept)

    @property
    def whole(self) -> int | None:
        """How many elements there are in all, where only some are judged."""
        return None if self.sampled is None else sum(math.prod(shape) for shape, _ in self.sampled)

    @property
    def is_small(self) -> bool:
        """Whether its results are few enough to be stored."""
        return sum(r.size for r in self.results) <= _SMALL

    @property
    def is_finite(self) -> bool:
        """Whether all floating inputs are finite: elsewhere there is no derivative to take."""
        values = [self.inputs[i].machine_value().astype(np.float64) for i in self.floats]
        return all(bool(np.isfinite(v).all()) for v in values)

    def traced(self) -> Program | None:
        """The program that is judged, traced if need be; None if it cannot be."""
        if self.program is None and not self.untraceable:
            self.program = self._trace(self.function, self.inputs)
        return self.program

    def plain_program(self) -> Program | None:
        """The function's own program, for capsules; None if it cannot be traced."""
        return self.traced() if self.order == 0 else self._trace(self.function, self.inputs)

    def _trace(self, function: FlatFunction, operands: Sequence[Any]) -> Program | None:
        try:
            return trace(function, [x.aval for x in operands], self.subject)
        except ConcretizationTypeError as err:
            self.untraceable = str(err)
            return None

    def restricted(self) -> Callable[..., tuple[Any, ...]]:
        """The floating outputs as a function of the floating inputs."""
        return restricted(self.function, self.inputs, self.floats, self.chosen)


def dyadic(rng: np.random.Generator, aval: Any) -> np.ndarray[Any, Any]:
    """Random numbers of size 1/2 to 1 with 4 bits: products with them are exact, or nearly."""
    sizes = rng.integers(4, 9, aval.shape) * rng.choice([-1, 1], aval.shape)
    return np.asarray(sizes / 8.0).astype(aval.dtype)


def is_of_jax(args: Sequence[Any]) -> bool:
    """Whether some array among the arguments is JAX's own."""
    jax = imported("jax")
    return jax is not None and any(isinstance(x, jax.Array) for x in trees.leaves(tuple(args)))


# -- making one ----------------------------------------------------------------------------------------------
def case_of(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int,
    seed: int,
    name: str | None = None,
    nesting: str | None = None,
) -> Case:
    """Run ``f`` (or its derivative) on the current implementation, and keep what is needed to judge it.

    Of arrays of JAX's own, JAX runs it. ``nesting`` says how the derivative is taken, by a name of `NESTINGS`; the
    usual way by default, and always by JAX.

    Raises:
        TypeError: an argument is no array or number, or there is nothing to differentiate.
        Exception: whatever ``f`` raises.
    """
    if is_of_jax(args):
        from .jax_cases import case_of_jax

        return case_of_jax(f, args, order, seed, name)
    owner = dispatch.current()
    leaves, tree = trees.flatten((tuple(args), {}))
    for i, x in enumerate(leaves):
        what = f"{path_of(tuple(args), i)} of {(name or name_of(f))!r}"
        check_array(x, what, "Close over what is no array: lambda x: f(x, option).")
    inputs = [lift_to(owner, x) for x in leaves]
    flat: Any = Flat(f, tree)
    paths = [path_of(tuple(args), i) for i in range(len(inputs))]
    with dispatch.using(owner):
        outputs = [lift_to(owner, x) for x in flat(*inputs)]
        labels = _output_labels(flat, len(outputs))
        if has_parts([*inputs, *outputs]):
            flat = OfParts(flat, [x.aval for x in inputs])
            paths, labels = labels_of(paths, inputs), labels_of(labels, outputs)
            inputs, outputs = parts_of(inputs), parts_of(outputs)
        case = Case(name or name_of(f), order, flat, inputs)
        if order == 0:
            return _with_results(case, outputs, labels)
        choose(case, outputs)
        rng = np.random.default_rng([seed, zlib.crc32(case.subject.encode())])
        case.extras = [lift_to(owner, x) for x in extras_of(case, outputs, rng)]
        nesting = nesting or usual(order)
        machine = derivative(flat, len(inputs), case.floats, case.chosen, nesting)
        results = [lift_to(owner, x) for x in machine(*case.operands)]
        case.program = case._trace(machine, case.operands)
    law = law_name(order) if nesting == usual(order) else f"{law_name(order)} ({nesting})"
    return _with_results(case, results, [f"the {law} by {paths[i]}" for i in case.floats])


def case_of_programs(
    subject: str,
    program: Program | None,
    derived: Program | None,
    order: int,
    inputs: Sequence[tuple[np.ndarray[Any, Any], bool]],
    extras: Sequence[np.ndarray[Any, Any]],
    answers: Sequence[np.ndarray[Any, Any]] | None = None,
) -> Case:
    """The case of a capsule: its program, run again; or ``answers``, of a machine that no stored program can run.

    Raises:
        ValueError: the program that is to be judged is missing.
    """
    if program is None or (order and derived is None):
        raise ValueError("`capsule` must hold the program, got none: its function could not be traced.")
    owner = dispatch.current()
    arrays = [owner.lift(x, dispatch.aval_of(x).with_dtype(x.dtype, weak)) for x, weak in inputs]
    meaning: Any = (
        OfParts(program, program.in_avals) if has_parts([*program.in_avals, *program.out_avals]) else program
    )
    with dispatch.using(owner):
        arrays = parts_of(arrays)
    case = Case(subject, order, meaning, arrays, [lift_to(owner, x) for x in extras])
    given = (
        None if answers is None else [owner.lift(x, dispatch.aval_of(x).with_dtype(x.dtype)) for x in answers]
    )
    with dispatch.using(owner):
        if order == 0:
            case.program = program
            outputs = given if given is not None else [lift_to(owner, x) for x in meaning(*arrays)]
            return _with_results(case, outputs, _numbered("out", len(outputs)))
        case.floats = [i for i, v in enumerate(program.in_avals) if is_float(v.dtype)]
        case.chosen = [o for o, v in enumerate(program.out_avals) if is_float(v.dtype)]
        case.program = derived
        assert derived is not None, "checked above"
        results = given if given is not None else [lift_to(owner, x) for x in derived(*case.operands)]
    return _with_results(case, results, [f"the {law_name(order)} by argument {i}" for i in case.floats])


def choose(case: Case, outputs: Sequence[Array]) -> None:
    """Find the floating inputs and outputs of what is to be differentiated.

    Raises:
        TypeError: there are none.
    """
    case.floats = [i for i, x in enumerate(case.inputs) if is_float(x.dtype)]
    case.chosen = [o for o, x in enumerate(outputs) if is_float(x.dtype)]
    if not case.floats or not case.chosen:
        raise TypeError(
            f"`f` must have floating arguments and results to be differentiated, got "
            f"{len(case.floats)} and {len(case.chosen)} of {case.subject!r}. Judge its value (order=0)."
        )


def extras_of(case: Case, outputs: Sequence[Array], rng: np.random.Generator) -> list[np.ndarray[Any, Any]]:
    """What a derivative takes besides: cotangents of the chosen outputs, and directions above order 1."""
    floating = [outputs[o].aval for o in case.chosen]
    if len(floating) == 1 and not floating[0].shape:
        cotangents = [np.ones((), floating[0].dtype)]
    else:
        cotangents = [dyadic(rng, a) for a in floating]
    if case.order < 2:
        return cotangents
    return cotangents + [dyadic(rng, case.inputs[i].aval) for i in case.floats]


def _with_results(case: Case, results: Sequence[Array], labels: list[str]) -> Case:
    case.results = [np.asarray(x.machine_value()) for x in results]
    case.labels = labels
    return case


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}[{i}]" for i in range(count)]


def _output_labels(flat: Flat, count: int) -> list[str]:
    if count == 1 or flat.out_tree is None:
        return _numbered("out", count)
    whole = trees.unflatten(flat.out_tree, list(range(count)))
    return [path_of((whole,), i, "out").replace("out 0", "out", 1) for i in range(count)]
