"""`check_equations`: a long program, judged equation by equation on the inputs that each equation really got."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...language import dispatch, trees
from ...language.dispatch import lift_to
from ...language.flat import Flat, check_array, name_of, path_of
from ...language.inlining import inlined
from ...language.platform import Platform
from ...language.program import Equation, Program, printed_equations
from ...language.tracing import trace
from ...reference.capsules import hexadecimal
from ...reference.findings import Blame, Finding, Status, location_of, shown
from ...reference.truth import true_value
from ...reference.verdict import Measured, Verdict, measure, quiet_fault, root_mean_square, worst_element
from .derivatives import RuleCheck
from .judgement import platform_of
from .options import Options
from .outputs import Output, measured_outputs
from .sampling import case_of_equation, some_places
from .telling import count_of, number
from .walking import Machine, walk

# Of an equation in a loop, the first applications and then those whose number is a power of two are judged.
_FIRST = 4
_LAW = "equations"
_CODES = {
    Status.FINDING: "VX101",
    Status.UNVERIFIED: "VX905",
    Status.AMBIGUOUS: "VX906",
    Status.NOTE: "VX701",
}


@dataclass(slots=True)
class CheckedEquation:
    """What was seen of one equation.

    Attributes:
        primitive: the name of what it applies.
        equation: as the program prints it.
        location: the user's line, "file:line"; empty if unknown.
        applications: how often it ran.
        judged: how often of these it was judged.
        elements: how many elements it made in those.
        measured: the elements that were judged.
        worst: the output, the place in it, and the application of the worst of them.
    """

    primitive: str
    equation: str
    location: str
    applications: int = 0
    judged: int = 0
    elements: int = 0
    measured: list[Measured] = field(default_factory=list)
    worst: tuple[Output, int, tuple[str, ...]] | None = None

    @property
    def at_worst(self) -> Measured | None:
        """The worst element: the gravest, then the one with the largest share of its bound."""
        top = worst_element(self.measured)
        return None if top is None else self.measured[top]

    def __str__(self) -> str:
        m = self.at_worst
        told = (
            "not judged"
            if m is None
            else f"error {shown(m.error)} ULP  bound {shown(m.bound)} ULP  {m.status}"
        )
        return f"{self.equation}  {told}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EquationsVerdict(Verdict):
    """What is said of a program whose equations were judged one by one.

    Attributes:
        equations: every equation that computes something, those of branches and loops among them, in the order in
            which they ran first. `outputs` says for each of `elements` which of these made it.
    """

    equations: tuple[CheckedEquation, ...] = ()

    @property
    def law(self) -> str:
        """What was judged."""
        return _LAW

    @property
    def worst(self) -> CheckedEquation | None:
        """The equation that is nearest to its bound, or furthest over it."""
        top = worst_element(self.elements)
        return None if top is None else self.equations[self.outputs[top]]

    def cells(self) -> tuple[str, ...]:
        """The row; of the elements, how many of how many were judged."""
        subject, law, error, bound, elements, verdict = Verdict.cells(self)
        judged = f"{elements} elements of {len(self.equations)} equations"
        return subject, law, error, bound, judged, verdict

    def __str__(self) -> str:
        subject, law, error, bound, judged, verdict = self.cells()
        row = f"{subject}  {law}  error {error} ULP  bound {bound} ULP  {judged}  {verdict}"
        nearest = [f"  worst: {self.worst}"] if self.worst is not None else []
        return "\n".join([row, *nearest, *(f"  {f.code} {f.message}" for f in self.findings)])


def check_equations(
    f: Callable[..., Any],
    *args: Any,
    samples: int = 8,
    platform: Platform | str | None = None,
    drawn: bool = False,
    machine: Machine | None = None,
    seed: int = 0,
    name: str | None = None,
) -> EquationsVerdict:
    """Run a program equation by equation and judge each on the inputs that it really got, at sampled elements.

    So a program that is too long to be run by the reference is judged all the same, a training step for one. Calls and
    custom rules are looked into, and so are branches and loops, of whose steps the first four and then those whose
    number is a power of two are judged.

    Args:
        f: a function of arrays in trees, written in Verax's vocabulary, that can be traced; or a `Program`.
        args: the very arrays to run it on.
        samples: how many elements of each result of an equation are judged: the first, the last, and some between.
        platform: whose promises hold; None for those of the device that runs it.
        drawn: whether ``args`` were drawn by the harness (continuous, full mantissa, independent): then the errors of
            each primitive are also judged together, over all of its equations, for faults of the quiet kind.
        machine: ``machine(equation, inputs)`` gives an equation's outputs; None for the current implementation.
        seed: what the choice of the elements derives from.
        name: what to call the function; its own name by default.

    Returns:
        The verdict: `.worst` is the equation that is nearest to its bound, or furthest over it.

    Raises:
        ValueError: ``samples`` is less than 1.
        ConcretizationTypeError: the function cannot be traced.

    >>> import verax.numpy as vnp
    >>> def rms(x):
    ...     return x / vnp.sqrt(vnp.mean(x * x))
    >>> verdict = check_equations(rms, vnp.linspace(1.0, 2.0, 1000))
    >>> verdict.status.value, len(verdict.equations)
    ('hold', 6)
    """
    if samples < 1:
        raise ValueError(f"`samples` must be at least 1, got {samples}.")
    program, operands = _traced(f, args, name)
    label = name or name_of(f)
    check = _Check(
        program, Options(platform_of(platform), drawn=drawn, seed=seed), samples, machine or _run, label
    )
    walk(program, operands, check)
    return check.verdict()


def _run(equation: Equation, xs: list[Any]) -> Sequence[Any]:
    return dispatch.bind(equation.primitive, *xs, **equation.params)


def _traced(f: Callable[..., Any], args: Sequence[Any], name: str | None) -> tuple[Program, list[Any]]:
    owner = dispatch.current()
    leaves, tree = trees.flatten((tuple(args), {}))
    for i, x in enumerate(leaves):
        check_array(
            x, f"{path_of(tuple(args), i)} of {(name or name_of(f))!r}", "Close over what is no array."
        )
    operands = [lift_to(owner, x) for x in leaves]
    if isinstance(f, Program):
        return inlined(f), operands
    with dispatch.using(owner):
        return inlined(trace(Flat(f, tree), [x.aval for x in operands], name or name_of(f))), operands


class _Check:
    """A machine that judges what another one answers."""

    def __init__(
        self, program: Program, options: Options, samples: int, machine: Machine, subject: str
    ) -> None:
        self.texts = printed_equations(program)
        self.options, self.samples = options, samples
        self.machine, self.subject = machine, subject
        self.seen: dict[Equation, CheckedEquation] = {}
        self.rng = np.random.default_rng([options.seed, zlib.crc32(subject.encode()), 11])

    def __call__(self, equation: Equation, xs: list[Any]) -> Sequence[Any]:
        results = self.machine(equation, xs)
        if equation not in self.seen:
            where = location_of(equation.source)
            self.seen[equation] = CheckedEquation(equation.primitive.name, self.texts[equation], where)
        seen = self.seen[equation]
        seen.applications += 1
        count = seen.applications
        if count <= _FIRST or count & (count - 1) == 0:
            self._judge(seen, equation, xs, results)
        return results

    def _judge(
        self, seen: CheckedEquation, equation: Equation, xs: list[Any], results: Sequence[Any]
    ) -> None:
        places = [some_places(v.aval.size, self.samples, self.rng) for v in equation.outputs]
        case = case_of_equation(self.subject, equation, xs, results, places)
        assert case.meaning is not None, "it was just made"
        outputs = measured_outputs(case, self.options, true_value(case.meaning, case.operands), RuleCheck())
        for output in outputs:
            _decide_zeros(output)
        before = seen.at_worst
        seen.judged += 1
        seen.elements += sum(v.aval.size for v in equation.outputs)
        for output in outputs:
            seen.measured += output.measured
        after = seen.at_worst
        if after is not None and after is not before:
            for output in outputs:
                for i, m in enumerate(output.measured):
                    if m is after:
                        inputs = tuple(hexadecimal(np.asarray(x.machine_value())) for x in xs)
                        seen.worst = output, i, inputs

    def verdict(self) -> EquationsVerdict:
        """What it all came to."""
        equations = tuple(self.seen.values())
        elements = [m for e in equations for m in e.measured]
        owners = [k for k, e in enumerate(equations) for _ in e.measured]
        top = worst_element(elements)
        findings = [f for e in equations for f in self._told(e)]
        findings += self._quiet(equations) if self.options.drawn else []
        order = {s: k for k, s in enumerate(_CODES)}
        return EquationsVerdict(
            subject=self.subject,
            order=0,
            platform=self.options.platform.name,
            findings=tuple(sorted(findings, key=lambda f: order[f.status])),
            elements=tuple(elements),
            outputs=tuple(owners),
            error=0.0 if top is None else elements[top].error,
            bound=None if top is None else elements[top].bound,
            typical=None if top is None else elements[top].typical,
            rms=root_mean_square(elements),
            whole=sum(e.elements for e in equations),
            equations=equations,
        )

    def _quiet(self, equations: Sequence[CheckedEquation]) -> list[Finding]:
        """A finding about each primitive whose errors are too large together."""
        found = []
        for name in sorted({e.primitive for e in equations}):
            mine = [e for e in equations if e.primitive == name]
            rms = quiet_fault(m for e in mine for m in e.measured)
            if rms is not None:
                message = (
                    f"The root-mean-square of error over typical error of `{name}` is {rms:.3g} over "
                    f"{sum(len(e.measured) for e in mine)} elements of {len(mine)} equations; 3 is allowed."
                )
                found.append(
                    Finding(
                        code="VX103",
                        subject=self.subject,
                        law=_LAW,
                        message=message,
                        mend="Find out whether the primitive runs in a narrower format.",
                        platform=self.options.platform.name,
                    )
                )
        return found

    def _told(self, seen: CheckedEquation) -> list[Finding]:
        """The finding about an equation that did not hold."""
        m = seen.at_worst
        if m is None or m.status is Status.HOLD or seen.worst is None:
            return []
        output, i, inputs = seen.worst
        e = output.evidence[i]
        many = sum(x.status is m.status for x in seen.measured)
        message = (
            f"{output.place(i)} of `{seen.equation}` {m.reason} ({many} of the {len(seen.measured)} elements that "
            f"were judged), on the inputs that it got: got {number(e.got)}, the truth is {number(e.true)}."
        )
        return [
            Finding(
                code=_CODES[m.status],
                subject=self.subject,
                law=_LAW,
                message=message,
                status=m.status,
                blame=m.blame or Blame.NOTHING,
                mend="Hold the kernel of this primitive against the catalogue's laws on such inputs.",
                location=seen.location,
                worst_input=inputs,
                error=m.error,
                count=count_of(e),
                bound=m.bound,
                typical=m.typical,
                equation=seen.equation,
                output=output.place(i),
                platform=self.options.platform.name,
            )
        ]


def _decide_zeros(output: Output) -> None:
    """An equation's inputs are known: where it is exactly 0, all that may be undecided is the sign of the zero."""
    for i, e in enumerate(output.evidence):
        if e.undecided and not e.unbounded and e.bound == 0 and e.true == 0:
            output.evidence[i] = replace(e, undecided=False)
            output.measured[i] = measure(output.evidence[i], output.measured[i].index)
