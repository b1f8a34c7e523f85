"""Every primitive by definition, one file a kind. `RULES` maps a name to its rule.

`COMPLEX_RULES` holds the rules where an operand or a result is complex.

`CONTROL` holds those that run programs: they take and give arrays.
"""

from __future__ import annotations

from . import (
    collectives,
    complex_rules,
    control,
    eigenvalues,
    indexing,
    jacobi,
    orthogonal,
    pointwise,
    product,
    random,
    reductions,
    structural,
    triangular,
    windows,
)
from .call import Rule

_FACTORIZATIONS: dict[str, Rule] = {
    **triangular.RULES,
    **orthogonal.RULES,
    **jacobi.RULES,
    **eigenvalues.RULES,
}
RULES: dict[str, Rule] = {
    **pointwise.RULES,
    **structural.RULES,
    **indexing.RULES,
    **reductions.RULES,
    **product.RULES,
    **collectives.RULES,
    **random.RULES,
    **windows.RULES,
    **_FACTORIZATIONS,
}
CONTROL = control.RULES
COMPLEX_RULES: dict[str, Rule] = {**complex_rules.COMPLEX_RULES, **_FACTORIZATIONS}
