"""The laws, one file each; `LAWS` lists them in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterable

from ...language.errors import UsageError
from .contract import Contract
from .determinism import Determinism
from .gradient import Gradient, SecondDerivative
from .jit import Jit
from .law import Checked as Checked
from .law import Law as Law
from .purity import Purity
from .returns import Returns
from .value import Value
from .vmap import Vmap

# Cheap ones first: when time is short, they have run.
LAWS: dict[str, Law] = {
    law.name: law
    for law in (
        Returns(),
        Contract(),
        Purity(),
        Determinism(),
        Jit(),
        Vmap(),
        Value(),
        Gradient(),
        SecondDerivative(),
    )
}


def laws_named(names: Iterable[str] | None) -> list[Law]:
    """The laws of these names, in the order of `LAWS`; all of them for None.

    Raises:
        UsageError: there is no law of a name.
    """
    if names is None:
        return list(LAWS.values())
    wanted = set(names)
    unknown = sorted(wanted - set(LAWS))
    if unknown:
        raise UsageError(f"`laws` must be among {', '.join(LAWS)}, got {unknown[0]!r}.")
    return [law for law in LAWS.values() if law.name in wanted]
