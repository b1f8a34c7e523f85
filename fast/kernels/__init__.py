"""How each primitive is computed through an array module: a table, one row per primitive.

Control flow and collectives are not here: a program's execution runs these itself.
"""

from __future__ import annotations

from collections.abc import Callable

from .call import Call as Call
from .call import Kernel as Kernel
from .elementwise import ELEMENTWISE as ELEMENTWISE
from .factorizations import FACTORIZATIONS as FACTORIZATIONS
from .fourier import FOURIER as FOURIER
from .indexing import INDEXING as INDEXING
from .products import PRODUCTS as PRODUCTS
from .reductions import REDUCTIONS as REDUCTIONS
from .structural import STRUCTURAL as STRUCTURAL
from .windows import WINDOWS as WINDOWS

KERNELS: dict[str, Callable[[Call], Kernel]] = {
    **ELEMENTWISE,
    **STRUCTURAL,
    **INDEXING,
    **REDUCTIONS,
    **PRODUCTS,
    **WINDOWS,
    **FACTORIZATIONS,
    **FOURIER,
}
