"""Faults planted in the shape and dtype rules of factorizations are caught by the calls that are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.language.peer_types.comparing import check_drawn
from tests.language.peer_types.factorizations import FACTORIZATIONS
from tests.language.test_planted_rules import after, planted

from verax.language import catalogue

FAULTS: dict[str, tuple[str, Callable[..., Any]]] = {
    "a factor is weak": ("cholesky", after(lambda r, xs, p: r.with_dtype(r.dtype, True))),
    "Q has as many columns as rows": (
        "qr",
        after(lambda r, xs, p: xs[0].with_shape((*r.shape[:-1], r.shape[-2]))),
    ),
    "singular values come first along rows": ("svd", after(lambda r, xs, p: r.with_shape(r.shape[::-1]))),
    "a solution has the shape of the matrix": ("triangular_solve", after(lambda r, xs, p: xs[0])),
    "a permutation is as long as the pivots": ("lu_pivots_to_permutation", after(lambda r, xs, p: xs[0])),
    "eigenvectors lose their batch": ("eigh", after(lambda r, xs, p: r.with_shape(r.shape[-2:]))),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_in_a_rule_is_caught(fault: str) -> None:
    name, plant = FAULTS[fault]
    with planted(catalogue.PRIMITIVES[name], plant), pytest.raises((AssertionError, BaseExceptionGroup)):
        check_drawn(FACTORIZATIONS[name], 150, shrink=False)
