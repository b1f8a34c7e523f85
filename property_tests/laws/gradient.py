"""Gradients and second derivatives are the derivatives, as near as the machine can be."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from ...language.dtypes import bfloat16, complex64, complex128, float16, float32, float64
from ...language.subject import ArrayOf, ScalarOf, walk
from ...reference.findings import Blame
from ..subjects import Subject
from ..trial import Trial
from .law import Checked, Law, Wrong
from .measured import measured

_FLOATS = (float16, bfloat16, float32, float64, complex64, complex128)


class Gradient(Law):
    """The machine's derivative is the derivative."""

    name: ClassVar[str] = "gradient"
    codes: ClassVar[tuple[str, ...]] = (
        "VX201",
        "VX202",
        "VX204",
        "VX205",
        "VX701",
        "VX702",
        "VX703",
        "VX905",
        "VX906",
    )
    claim: ClassVar[str] = (
        "Every entry of the gradient is the limit of difference quotients, up to the error that a machine "
        "within its platform's budgets may make."
    )
    order: ClassVar[int] = 1

    def fits(self, subject: Subject) -> str:
        """Functions of ours with a floating argument."""
        reason = super().fits(subject)
        if reason or subject.signature is None:
            return reason
        specs = [s for a in subject.signature.arguments for s in walk(a.spec)]
        if any(isinstance(s, ArrayOf) and s.dtype in _FLOATS for s in specs):
            return ""
        if any(isinstance(s, ScalarOf) and s.kind is float for s in specs):
            return ""
        return "it has no floating argument to differentiate with respect to"

    def check(self, trial: Trial) -> Checked:
        """Hold the derivatives at all inputs against the limit; without a program, only look for NaN."""
        if trial.unreadable:
            return self.look_for_nan(trial)
        return measured(trial, self.name, self.order)

    def look_for_nan(self, trial: Trial) -> Checked:
        """A NaN where arguments and value are ordinary numbers is no derivative, whatever the program."""
        checked = Checked()
        wrong: list[Wrong] = []
        for i, result in trial.returning():
            arguments = trial.inputs[i]
            if arguments.source == "edge" or not result.is_finite:
                continue
            try:
                with trial.machine():
                    found = trial.host.gradient(arguments.closed(trial.subject.function), arguments.dynamic)
            except Exception:  # noqa: BLE001  # what cannot be differentiated has no gradient, and promises none
                return checked
            checked.tried(trial, i, sum(x.size for x in found))
            if any(np.isnan(x.astype(np.complex128)).any() for x in found):
                wrong.append(Wrong(i, "The gradient is NaN, though the arguments and the value are finite"))
        checked.findings += self.told(trial, checked, wrong, blame=Blame.RULE, code="VX204")
        return checked


class SecondDerivative(Gradient):
    """The derivative's derivative is the second derivative, in random directions."""

    name: ClassVar[str] = "second derivative"
    codes: ClassVar[tuple[str, ...]] = ("VX203", "VX905", "VX906")
    needs_program: ClassVar[bool] = True
    claim: ClassVar[str] = (
        "The directional second derivative is the limit of its difference quotients, likewise."
    )
    order: ClassVar[int] = 2

    def fits(self, subject: Subject) -> str:
        """Functions whose gradient is to be the derivative."""
        if subject.mark.gradient == "declared":
            return "its gradient is declared to differ from the derivative"
        return super().fits(subject)
