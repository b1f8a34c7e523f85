"""jit(f) returns what f returns: to the bit, or where the platform may round otherwise, within the bound."""

from __future__ import annotations

from typing import ClassVar

from ...reference.findings import Blame
from ..trial import Raised, Trial
from .law import Checked, Law, Wrong
from .rounding import is_rounding


class Jit(Law):
    """Compilation changes nothing."""

    name: ClassVar[str] = "jit"
    codes: ClassVar[tuple[str, ...]] = ("VX301", "VX905")
    claim: ClassVar[str] = (
        "jit(f) returns what f returns: structure, shape, dtype and every bit, or, where the platform fuses and "
        "rounds otherwise, within the bound."
    )

    def check(self, trial: Trial) -> Checked:
        """Compare jit(f) with f at every input."""
        checked = Checked()
        wrong: list[Wrong] = []
        unbounded: list[Wrong] = []
        for i, plain in trial.returning():
            checked.tried(trial, i, plain.size)
            compiled = trial.call(i, trial.host.jit)
            if isinstance(compiled, Raised):
                message = f"The function raises under jit, and not without: {compiled.error}"
                wrong.append(Wrong(i, message, compiled.location))
            elif difference := plain.difference(compiled):
                told = Wrong(i, f"The function changes under jit: {difference}")
                if trial.host.rounds_alike or not plain.is_alike(compiled):
                    wrong.append(told)
                elif trial.unreadable:
                    unbounded.append(told)
                elif not is_rounding(
                    trial, trial.program(i), trial.inputs[i].dynamic, plain.leaves, compiled.leaves
                ):
                    wrong.append(told)
        checked.findings += self.told(trial, checked, wrong, blame=Blame.TRANSFORM)
        checked.findings += self.told(trial, checked, unbounded, blame=Blame.NOTHING, code="VX905")
        return checked
