"""Values of drawn calls are JAX's; two planted faults are seen."""

from __future__ import annotations

from typing import Any

import pytest
from tests.language.peer_types.calls import CALLS
from tests.language.peer_types.values import compared

from verax.language import lax, trees

# Whose values rest on places, windows, orders and modes. In the reference they are held against these by the laws.
NAMES = """
argmax argmin associative_scan broadcast_in_dim clamp concatenate conv_general_dilated conv_general_dilated_local
conv_transpose cumprod cumsum cummax dot_general dynamic_in_dim dynamic_slice dynamic_update_slice fori_loop gather
gather_batched index_take pad ppermute psum_scatter all_to_all ragged_dot_general reduce_window rev round scan select_n
slice sort sort_key_val top_k transpose
"""
DRAWN = 4


@pytest.mark.parametrize("name", NAMES.split())
def test_drawn_values_are_jaxs(name: str) -> None:
    assert compared(CALLS[name], DRAWN) >= 0


def test_a_planted_order_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sort: Any = lax.sort
    monkeypatch.setattr(lax, "sort", lambda *args, **kwargs: trees.map(lax.zeros_like, sort(*args, **kwargs)))
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        compared(CALLS["sort"], 60)


def test_a_planted_tie_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    argmax: Any = lax.argmax
    monkeypatch.setattr(
        lax, "argmax", lambda x, axis, dtype: lax.sub(argmax(x, axis, dtype), lax.full((), 1, dtype))
    )
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        compared(CALLS["argmax"], 60)
