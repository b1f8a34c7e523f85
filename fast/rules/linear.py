"""Control primitives whose known part is run before their linear part is recorded: one row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..differentiation import checkpoints, control

SPLITTING: dict[str, Callable[..., list[Any]]] = {
    "jit": control.split_jit,
    "cond": control.split_cond,
    "while": control.split_while,
    "checkpoint": checkpoints.split_checkpoint,
    "scan": control.split_scan,
}
