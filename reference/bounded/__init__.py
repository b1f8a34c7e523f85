"""`Bounded`: beside every exact value, the most that a machine within its platform's budgets may be off by.

First-order running error analysis: an elementwise function passes its operands' errors on through its
partial derivatives and adds its own budget; a reduction adds one rounding for each level of its tree.
Beside the bound goes the typical error, the root of the sum of squares. Sources: Higham, "Accuracy and
Stability of Numerical Algorithms", 2nd edition, sections 3.3 (running error analysis) and 4.2 (summation).
"""

from __future__ import annotations

from .numbers import BoundedNumber as BoundedNumber
from .numbers import Undecided as Undecided
from .sums import Bounded as Bounded
