"""jit(f) returns what f returns, to the bit."""

from __future__ import annotations

from typing import ClassVar

from ...language.transforms import jit
from ...reference.findings import Blame
from ..trial import Raised, Trial, at_inputs
from .law import Checked, Law


class Jit(Law):
    """Compilation changes nothing."""

    name: ClassVar[str] = "jit"
    codes: ClassVar[tuple[str, ...]] = ("VX301",)
    claim: ClassVar[str] = "jit(f) returns what f returns: structure, shape, dtype and every bit."

    def check(self, trial: Trial) -> Checked:
        """Compare jit(f) with f at every input."""
        checked = Checked()
        wrong: list[tuple[int, str, str]] = []
        for i, plain in trial.returning():
            checked.tried(trial, i, plain.size)
            compiled = trial.call(i, jit)
            if isinstance(compiled, Raised):
                wrong.append((i, f"raises under jit, and not without: {compiled.error}", compiled.location))
            elif difference := plain.difference(compiled):
                wrong.append((i, f"changes under jit: {difference}", ""))
        if wrong:
            i, message, location = wrong[0]
            checked.findings.append(
                trial.finding(
                    self.name,
                    self.codes[0],
                    f"The function {message}{at_inputs(len(wrong), checked.inputs)}.",
                    blame=Blame.TRANSFORM,
                    index=i,
                    location=location,
                )
            )
        return checked
