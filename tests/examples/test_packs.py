"""The packs name every public function of what they are of, and the gate can judge what they annotate."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import jax
import pytest

from verax.property_tests.checking import check_subject
from verax.property_tests.subjects import discover
from verax.reference.findings import Status

PACKS = Path(__file__).parents[2] / "examples" / "packs"
# No activations: quantized products of cuDNN's, for devices that are not judged.
NO_ACTIVATIONS = {"get_scaled_dot_general_config", "scaled_dot_general", "scaled_matmul"}


def public(module: Any) -> set[str]:
    return {name for name, f in vars(module).items() if inspect.isroutine(f) or hasattr(f, "__wrapped__")} - {
        name for name in vars(module) if name.startswith("_")
    }


def called(pack: str, prefix: str) -> set[str]:
    """The functions of the library that a pack's source calls."""
    return set(re.findall(rf"{prefix}\.(\w+)\(", (PACKS / pack).read_text(encoding="utf-8")))


def test_every_activation_of_jax_is_in_its_pack() -> None:
    assert public(jax.nn) - NO_ACTIVATIONS == called("jax_nn.py", r"jax\.nn")


def test_every_loss_of_optax_is_in_its_pack() -> None:
    optax = pytest.importorskip("optax", reason="Optax is judged by `tox run -e packs`, which installs it")
    assert public(optax.losses) == called("optax_losses.py", "losses")


def test_what_a_pack_annotates_is_judged_as_jax_runs_it() -> None:
    [relu] = [s for s in discover(str(PACKS / "jax_nn.py")) if s.name.endswith("::relu")]
    found = check_subject(relu, ["returns", "contract", "jit", "value", "gradient"], examples=4)
    assert found.status is Status.HOLD
    assert found.platform == "jax-cpu"
    assert not found.skipped
