"""Collectives of lanes that run one by one: they meet in the lanes of the axis in scope."""

from __future__ import annotations

from collections.abc import Callable

from .kernels.call import Call, Kernel

KERNELS: dict[str, Callable[[Call], Kernel]] = {}
