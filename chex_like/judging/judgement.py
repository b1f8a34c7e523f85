"""`judge`: one Python face of the verdict. The gate, the plugin and `assert_accurate` are calls of it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from ...adapters.profiles import profile_of
from ...language import dispatch
from ...language.config import config, enable_x64
from ...language.platform import Platform
from ...reference.capsules import Capsule, digits_of
from ...reference.findings import Finding, Status
from ...reference.truth import true_value
from ...reference.verdict import Verdict, root_mean_square, worst_element
from .case import Case, case_of, case_of_programs, is_of_jax
from .derivatives import RuleCheck, check_rule
from .elements import element_findings, quiet_findings, rule_findings, untraceable
from .formulas import formula_findings, is_suspicious
from .options import Options, Scales
from .outputs import Output, measured_outputs
from .sampling import at_scale
from .telling import count_of

_GRAVITY = (Status.FINDING, Status.UNVERIFIED, Status.AMBIGUOUS, Status.NOTE, Status.HOLD)


def judge(
    f: Callable[..., Any],
    *args: Any,
    order: int = 0,
    platform: Platform | str | None = None,
    scale: Scales = None,
    drawn: bool = False,
    formula: bool = True,
    vanishing: bool = True,
    relative: bool = False,
    gradient: str = "true",
    entries: int = 64,
    samples: int = 600,
    seed: int = 0,
    name: str | None = None,
) -> Verdict:
    """Run a function and say how far it is from the truth, how far it may be, and who is at fault.

    Args:
        f: a function of arrays in trees, written in Verax's vocabulary, or in JAX's where ``args`` are JAX's.
        args: the very arrays to run it on; Python numbers are weakly typed, as everywhere. Where they are arrays
            of JAX's own, JAX runs and differentiates the function, and is judged (docs/from_jax.md).
        order: 0 for the value, 1 for the gradient, 2 for the directional second derivative.
        platform: whose promises hold; None for those of the device that runs it.
        scale: for each output the largest true size over the declared domain, or a function that finds
            them when they are needed; None: over inputs of the same decade as ``args``.
        drawn: whether ``args`` were drawn by the harness (continuous, full mantissa, independent): then
            errors are also judged together, for faults of the quiet kind.
        formula: whether the formula is judged too.
        vanishing: whether digits that are lost only beside larger values are also looked into, for a note;
            that costs a run of the program for each of its equations.
        relative: hold the formula against each true value itself, as for catalogue primitives.
        gradient: "true", or "declared" if custom rules are meant to differ from the derivative.
        entries: a gradient of more entries than this is judged at 8 of them and along 2 directions.
        samples: of results of more than 4,096 elements in all, at how many elements each is judged; the verdict
            says so. A derivative is judged at all of its elements, unless its rules are declared.
        seed: what random directions and samples derive from.
        name: what to call the function; its own name by default.

    Returns:
        The verdict: prints as the gate's row; ``.raise_if_red()`` raises if there is a finding.

    Raises:
        ValueError: an option is out of range.
        Exception: whatever ``f`` raises.

    >>> import verax.numpy as vnp
    >>> judge(lambda x: vnp.log1p(x), vnp.array([1e-10, 0.5])).status.value
    'hold'
    """
    if order < 0:
        raise ValueError(f"`order` must be 0 for the value or the order of a derivative, got {order}.")
    if gradient not in ("true", "declared"):
        raise ValueError(f"`gradient` must be 'true' or 'declared', got {gradient!r}.")
    if samples < 1:
        raise ValueError(f"`samples` must be at least 1, got {samples}.")
    of_jax = is_of_jax(args)
    options = Options(
        profile_of(platform or "jax-cpu") if of_jax else platform_of(platform),
        scale,
        drawn,
        formula,
        vanishing,
        relative,
        gradient == "declared",
        entries,
        samples,
        seed,
    )
    with _types_of_jax() if of_jax else nullcontext():
        return judge_case(case_of(f, args, order, seed, name), options)


def _types_of_jax() -> AbstractContextManager[None]:
    """The setting of 64 bits that JAX is in."""
    from ...adapters.from_jax.machine import has_x64

    return enable_x64(has_x64())


def judge_answers(
    meaning: Callable[..., Any],
    operands: Sequence[Any],
    answers: Sequence[np.ndarray[Any, Any]],
    *,
    platform: Platform | str,
    name: str,
) -> Verdict:
    """Hold what JAX answered against what it was to compute; the formula is not judged.

    Args:
        meaning: of arrays of any implementation, returning a list; such as a converted program, or a `vmap` of one.
        operands: JAX's arrays.
        answers: one for each result.
        platform: whose promises hold.
        name: what to call the function.
    """
    from .jax_cases import case_of_answers

    case = case_of_answers(name, meaning, operands, answers)
    return judge_case(case, Options(profile_of(platform), formula=False))


def platform_of(platform: Platform | str | None) -> Platform:
    """The profile meant; None for that of the device that computations go to."""
    if platform is not None:
        return profile_of(platform)
    devices = getattr(dispatch.current(), "devices", None)
    gpu = devices is not None and devices()[0].platform == "gpu"
    return profile_of("cupy" if gpu else "numpy")


def replay(capsule: Capsule) -> Verdict:
    """Judge a stored failure again, from its stored programs alone; of JAX's also from what JAX answered.

    Raises:
        ValueError: the capsule holds no program.
    """
    with enable_x64(capsule.x64):
        case = case_of_programs(
            capsule.finding.subject,
            capsule.program,
            capsule.derivative,
            capsule.order,
            list(zip(capsule.inputs, capsule.weak or (False,) * len(capsule.inputs), strict=True)),
            capsule.extras,
            capsule.got if capsule.platform == "jax-cpu" else None,
        )
        known = capsule.platform or None
        options = Options(
            platform_of(known), capsule.scale or None, relative=capsule.scale == (), seed=capsule.seed or 0
        )
        return judge_case(case, options)


def capsule_of(
    f: Callable[..., Any],
    args: Sequence[Any],
    finding: Finding,
    order: int = 0,
    seed: int = 0,
    nesting: str | None = None,
    relative: bool = False,
) -> Capsule:
    """The capsule of a finding of `judge` at ``args``: everything that `replay` needs."""
    case = case_of(f, args, order, seed, finding.subject, nesting)
    meaning = case.meaning if case.is_small else None
    truth = true_value(meaning, case.operands) if meaning is not None else None
    return Capsule(
        finding=finding,
        order=order,
        inputs=tuple(x.machine_value() for x in case.inputs),
        weak=tuple(x.weak_type for x in case.inputs),
        extras=tuple(x.machine_value() for x in case.extras),
        program=case.plain_program(),
        derivative=case.program if order else None,
        got=tuple(case.results),
        truth=tuple(digits_of(t.scalars) for t in truth.outputs) if truth else (),
        platform=finding.platform,
        seed=seed,
        x64=config.enable_x64,
        scale=() if relative else None,
    )


def judge_case(case: Case, options: Options) -> Verdict:
    """Judge what was prepared by `case_of`."""
    if case.meaning is None:
        return _summed_up(case, options, [], [untraceable(case, options)])
    if case.order == 0 or options.believe_rules:
        rng = np.random.default_rng([options.seed, zlib.crc32(case.subject.encode()), 12])
        case = at_scale(case, options.samples, rng)
    assert case.meaning is not None, "it is there at any scale"
    truth = true_value(case.meaning, case.operands)
    check = RuleCheck()
    if case.order and case.is_finite and not options.believe_rules:
        check = check_rule(case, truth, options.entries, options.seed)
    outputs = measured_outputs(case, options, truth, check)
    findings = rule_findings(case, options, outputs, check)
    for output in outputs:
        findings += element_findings(case, options, output)
    if options.drawn:
        findings += quiet_findings(case, options, outputs)
    if not (options.formula and check.fault is None and any(is_suspicious(o) for o in outputs)):
        return _summed_up(case, options, outputs, findings)
    formula = formula_findings(case, options, outputs)
    findings = [f for f in findings if not (f.status is Status.UNVERIFIED and f.output in formula.explained)]
    return _summed_up(case, options, outputs, findings + formula.findings, formula.scale, formula.searched)


def _summed_up(
    case: Case,
    options: Options,
    outputs: list[Output],
    findings: list[Finding],
    scale: tuple[float, ...] | None = None,
    searched: bool = False,
) -> Verdict:
    elements = [m for o in outputs for m in o.measured]
    owners = [k for k, o in enumerate(outputs) for _ in o.measured]
    evidence = [e for o in outputs for e in o.evidence]
    top = worst_element(elements)
    order = {status: k for k, status in enumerate(_GRAVITY)}
    return Verdict(
        subject=case.subject,
        order=case.order,
        platform=options.platform.name,
        findings=tuple(sorted(findings, key=lambda f: order[f.status])),
        elements=tuple(elements),
        outputs=tuple(owners),
        error=0.0 if top is None else elements[top].error,
        count=None if top is None else count_of(evidence[top]),
        bound=None if top is None else elements[top].bound,
        typical=None if top is None else elements[top].typical,
        rms=root_mean_square(elements),
        scale=scale,
        searched=searched,
        whole=case.whole,
    )
