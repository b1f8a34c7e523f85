"""Every failure becomes a capsule: the input that shows it, the programs, what was said and the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from ..adapters.profiles import profile_of
from ..chex_like.judging.judgement import capsule_of
from ..property_tests.arguments import Arguments
from ..property_tests.checking import inputs_of
from ..property_tests.laws.measured import declared_scale
from ..property_tests.outcomes import SubjectReport
from ..property_tests.subjects import Subject
from ..property_tests.trial import Trial
from ..reference.capsules import Capsule, hexadecimal, write
from ..reference.findings import Finding
from ..reference.state import state_folder, trim

# Which derivative a law looks at; the other laws call the function as it is.
ORDERS = {"value": 0, "gradient": 1, "second derivative": 2}


def with_capsules(report: SubjectReport, subject: Subject, examples: int) -> SubjectReport:
    """The report, each of its failures stored and pointing at its capsule."""
    if not any(f.fails and f.worst_input for f in report.findings):
        return report
    inputs = inputs_of(subject, examples, report.seed)
    trial = Trial(subject, inputs, profile_of(report.platform or "numpy"), report.seed)
    folder = state_folder() / "capsules"
    stored = []
    for finding in report.findings:
        index = _index_of(finding, inputs) if finding.fails else None
        name = None if index is None else write(folder, _capsule(trial, finding, index))
        stored.append(finding if name is None else finding.with_capsule(name))
    trim(folder, "*.json")
    return msgspec.structs.replace(report, findings=tuple(stored))


def _index_of(finding: Finding, inputs: Sequence[Arguments]) -> int | None:
    """The input that a finding was shown by; None if it is not about one."""
    for i, arguments in enumerate(inputs):
        if tuple(hexadecimal(np.asarray(x)) for x in arguments.dynamic) == finding.worst_input:
            return i
    return None


def _capsule(trial: Trial, finding: Finding, index: int) -> Capsule:
    arguments = trial.inputs[index]
    order = ORDERS.get(finding.law, 0)
    with trial.machine():
        try:
            capsule = capsule_of(
                arguments.closed(trial.subject.function),
                trial.lifted(arguments.dynamic),
                finding,
                order,
                trial.seed % 2**31 + index,
            )
        except Exception:  # noqa: BLE001  # what raises here is what the finding is about: its inputs are kept
            return Capsule(
                finding=finding, order=order, inputs=_machine(arguments), seed=trial.seed, x64=trial.x64
            )
    scale = declared_scale(trial, order) if finding.code.startswith("VX7") else None
    return replace(capsule, scale=None if scale is None else tuple(scale()))


def _machine(arguments: Arguments) -> tuple[np.ndarray[Any, Any], ...]:
    floats = [np.asarray(x, np.float32) if isinstance(x, float) else np.asarray(x) for x in arguments.dynamic]
    return tuple(floats)
