"""The modules that are compared: their names' rows, what they are held against, and what no row is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy
import jax.scipy.linalg
import jax.scipy.special
import numpy as np
import scipy.linalg
from hypothesis import strategies as st
from tests.language import test_numpy_against_jax as table
from tests.language.peer_values import lax_oracle, lax_rows, nn_rows, special_rows, transform_rows
from tests.language.peer_values.axes import AXES, along
from tests.language.peer_values.certain import certain
from tests.language.peer_values.comparing import Subject
from tests.language.peer_values.drawing import Drawn, calls
from tests.language.peer_values.numpy_oracle import ORACLE

from verax.language import lax, nn
from verax.language import numpy as vnp
from verax.language.scipy import special
from verax.scipy import linalg as scipy_linalg

FREE = (table.ONE, table.AXES, table.PAIR)


class Compared(NamedTuple):
    """A module: its subject, rows by name, and names without rows with the reason."""

    subject: Subject
    rows: Mapping[str, Sequence[Any]]
    without: dict[str, str]
    matrices: bool = False

    def certain(self, name: str, number: int) -> Drawn | None:
        """The call of this number that is always made; of prepared matrices there is none."""
        if self.matrices:
            return None
        rows = [*self.rows[name]]
        if self.subject.name == "numpy" and name not in table.ORDERED:
            rows += table.of_complex_numbers(name)
        return certain(name, rows, number)

    def strategy(self, name: str) -> st.SearchStrategy[Drawn]:
        """Calls of a name: of its rows, of these with complex numbers, and with drawn axes."""
        if self.matrices:
            return transform_rows.matrices(name, self.rows[name], self.subject.oracle)
        rows = calls(name, self.rows[name], FREE)
        if self.subject.name != "numpy":
            return rows
        found = [rows, rows, rows]
        complexes = [] if name in table.ORDERED else table.of_complex_numbers(name)
        if complexes:
            found.append(calls(f"{name} of complex numbers", complexes, FREE))
        if name in AXES:
            found += [along(name), along(name)]
        return st.one_of(found)


def _numpy() -> Compared:
    told = "no function of arrays: a dtype, a constant, text or a file"
    # Roots come in no order, and fits rest on a decomposition.
    solved = dict.fromkeys(
        ("polyfit", "roots"), "held to their own definition: JAX's keywords are not NumPy's"
    )
    rows = {name: row for name, row in table.ROWS.items() if name not in solved}
    return Compared(
        Subject("numpy", vnp, ORACLE, jax.numpy), rows, dict.fromkeys(table.ELSEWHERE, told) | solved
    )


MODULES: dict[str, Compared] = {"numpy": _numpy()}


def _lax() -> Compared:
    return Compared(Subject("lax", lax, lax_oracle.ORACLE, jax.lax), lax_rows.ROWS, lax_rows.WITHOUT)


MODULES["lax"] = _lax()


def _special() -> Compared:
    return Compared(
        Subject("scipy.special", special, special_rows.ORACLE, jax.scipy.special, False),
        special_rows.SPECIAL,
        special_rows.SPECIAL_WITHOUT,
    )


MODULES["scipy.special"] = _special()
MODULES["numpy.fft"] = Compared(Subject("numpy.fft", vnp.fft, np.fft, jax.numpy.fft), transform_rows.FFT, {})
MODULES["nn"] = Compared(Subject("nn", nn, nn_rows.ORACLE, jax.nn, False), nn_rows.ROWS, nn_rows.WITHOUT)
MODULES["numpy.linalg"] = Compared(
    Subject("numpy.linalg", vnp, np, jax.numpy), transform_rows.LINALG, transform_rows.LINALG_WITHOUT, True
)
MODULES["scipy.linalg"] = Compared(
    Subject("scipy.linalg", scipy_linalg, scipy.linalg, jax.scipy.linalg),
    transform_rows.SCIPY_LINALG,
    {
        **dict.fromkeys(("cho_factor", "lu_factor"), "a factor for another function, which it is drawn with"),
        "hessenberg": "its rotations leave signs open: held by its own definition",
    },
    True,
)
