"""Every test of fast runs on NumPy and on a stand-in that has CuPy's names only."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from verax.fast import Device, on_device
from verax.fast.devices import CPU

sys.path.append(str(Path(__file__).parent))  # importlib mode has no package for a test's helpers

from cupy_stand_in import StandInDevice  # found by the line above

DEVICES = {"numpy": CPU, "cupy stand-in": StandInDevice()}


@pytest.fixture(params=DEVICES, autouse=True)
def device(request: pytest.FixtureRequest) -> Iterator[Device]:
    with on_device(DEVICES[request.param]) as chosen:
        yield chosen
