"""Every function of `verax.lax` gives the shape, dtype and weak type that `jax.eval_shape` gives, or both refuse.

Calls are drawn, invalid ones among them. Where we take more than JAX (Python scalars beside arrays) or less
(reshapes that change the number of elements, which JAX lets through until it compiles) is listed.
"""

from __future__ import annotations

import jax
import numpy as np
import pytest
from tests.language.peer_types.calls import CALLS, UNARY
from tests.language.peer_types.comparing import WIDE, Spec, assert_types_agree, check_drawn, of

from verax.language.config import enable_x64


@pytest.mark.parametrize("name", CALLS)
def test_drawn_calls_have_jax_types(name: str) -> None:
    # 200 of each: `tox run -e peer-types`; its last record stands in docs/measured.
    check_drawn(CALLS[name], 12 if name in UNARY else 30)


def test_wide_dtypes_have_jax_types_with_x64_enabled() -> None:
    with enable_x64(), jax.enable_x64(True):
        for name in ("sin", "abs", "bitwise_not"):
            for dtype in WIDE:
                assert_types_agree(of(lambda lax, x, n=name: getattr(lax, n)(x), name, Spec((2,), dtype)))
        for scalar in (1, 1.5):
            assert_types_agree(of(lambda lax, s=scalar: lax.full((2,), s), "full"))
            assert_types_agree(of(lambda lax, s=scalar: lax.convert_element_type(s, np.float64), "convert"))
        assert_types_agree(of(lambda lax: lax.iota(int, 3), "iota"))
        assert_types_agree(
            of(lambda lax, x: lax.argmax(x, 0, np.int64), "argmax", Spec((2,), np.dtype("float64")))
        )
