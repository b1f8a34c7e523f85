"""What is known of each output of a case: evidence, element by element, and how it measures up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...reference import evaluate
from ...reference.bounded import Bounded
from ...reference.findings import Status
from ...reference.rounded import Rounded
from ...reference.truth import Truth
from ...reference.verdict import Evidence, Measured, each, measure
from .case import Case
from .derivatives import RuleCheck
from .options import Options


@dataclass(slots=True)
class Output:
    """What is known of one output: rows of scalars, one for each element that is judged."""

    label: str
    got: np.ndarray[Any, Any]
    evidence: list[Evidence]
    measured: list[Measured]

    @property
    def dtype(self) -> Any:
        """The element type."""
        return self.got.dtype

    def place(self, i: int) -> str:
        """How an element is written."""
        index = self.measured[i].index
        return self.label + (f"[{', '.join(map(str, index))}]" if index else "")


def measured_outputs(case: Case, options: Options, truth: Truth, check: RuleCheck) -> list[Output]:
    """The outputs of a case, each element held against its truth and its bound."""
    assert case.meaning is not None, "checked by the caller"
    bounded = evaluate(case.meaning, case.operands, Bounded(options.platform))
    outputs = []
    for o, got in enumerate(case.results):
        true = truth.outputs[o]
        evidence = [
            Evidence(
                got=got.reshape(-1)[i],
                true=true.scalars[i],
                dtype=got.dtype,
                bound=getattr(b, "bound", 0.0),
                typical=getattr(b, "typical", 0.0),
                undecided=bool(getattr(b, "undecided", False)),
                unbounded=getattr(b, "unverified", None) or "",
                certified=true.certified[i],
                slack=check.slack[o][i] if check.slack else 0,
            )
            for i, b in enumerate(bounded[o].scalars)
        ]
        measured = [measure(e, index) for e, index in zip(evidence, _indices(case, o), strict=True)]
        outputs.append(Output(case.labels[o], got, evidence, measured))
    if any(m.status is not Status.HOLD for o in outputs for m in o.measured):
        _ask_the_ideal_machine(case, outputs)
    return outputs


def _indices(case: Case, o: int) -> Iterable[tuple[int, ...]]:
    """The index of each element of an output that is judged."""
    if case.sampled is None:
        return each(case.results[o].shape)
    shape, places = case.sampled[o]
    return [tuple(int(k) for k in np.unravel_index(p, shape)) for p in places]


def _ask_the_ideal_machine(case: Case, outputs: list[Output]) -> None:
    """Measure again, knowing what a machine that rounds correctly answers in the same dtypes."""
    assert case.meaning is not None, "there is something to evaluate"
    for output, row in zip(outputs, evaluate(case.meaning, case.operands, Rounded()), strict=True):
        ideal = [row.system.value(s) for s in row.scalars]
        output.evidence = [replace(e, ideal=v) for e, v in zip(output.evidence, ideal, strict=True)]
        output.measured = [measure(e, m.index) for e, m in zip(output.evidence, output.measured, strict=True)]
