"""Assertions for array programs, under Chex's names, and those that Chex has not."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .accuracy import assert_accurate as assert_accurate
    from .accuracy import assert_gradients as assert_gradients
    from .claims.jitted import assert_jit_is_eager as assert_jit_is_eager
    from .claims.linear import assert_linear as assert_linear
    from .claims.mapped import assert_pmap_is_loop as assert_pmap_is_loop
    from .claims.mapped import assert_vmap_is_loop as assert_vmap_is_loop
    from .claims.reach import assert_nonzero_gradient as assert_nonzero_gradient
    from .claims.repeated import assert_deterministic as assert_deterministic
    from .claims.repeated import assert_same_bits as assert_same_bits
    from .claims.traps import assert_no_nan_gradient_trap as assert_no_nan_gradient_trap
    from .closeness import assert_tree_all_finite as assert_tree_all_finite
    from .closeness import assert_trees_all_close as assert_trees_all_close
    from .judging.equations import check_equations as check_equations
    from .judging.judgement import judge as judge
    from .number_formats import format_errors as format_errors
    from .shapes import assert_equal_shape as assert_equal_shape
    from .shapes import assert_rank as assert_rank
    from .shapes import assert_shape as assert_shape
    from .shapes import assert_type as assert_type
    from .sum_orders import assert_order_insensitive as assert_order_insensitive

# Loaded when first used, so that asserting a shape does not cost mpmath.
_HOMES = {
    "assert_accurate": ".accuracy",
    "assert_gradients": ".accuracy",
    "assert_equal_shape": ".shapes",
    "assert_order_insensitive": ".sum_orders",
    "assert_rank": ".shapes",
    "assert_shape": ".shapes",
    "assert_tree_all_finite": ".closeness",
    "assert_trees_all_close": ".closeness",
    "assert_type": ".shapes",
    "check_equations": ".judging.equations",
    "format_errors": ".number_formats",
    "assert_deterministic": ".claims.repeated",
    "assert_jit_is_eager": ".claims.jitted",
    "assert_linear": ".claims.linear",
    "assert_no_nan_gradient_trap": ".claims.traps",
    "assert_nonzero_gradient": ".claims.reach",
    "assert_pmap_is_loop": ".claims.mapped",
    "assert_same_bits": ".claims.repeated",
    "assert_vmap_is_loop": ".claims.mapped",
    "judge": ".judging.judgement",
}
__all__ = [  # noqa: PLE0604 - the table above is the list
    *sorted(_HOMES)
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
