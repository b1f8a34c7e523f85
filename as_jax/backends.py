"""XLA's backends, for libraries that ask whether one has been started: there is none, and none will be."""

from __future__ import annotations

from typing import Any

BACKENDS: dict[str, Any] = {}
