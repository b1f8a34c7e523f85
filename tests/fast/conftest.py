"""Every test of fast runs on NumPy and on a stand-in that has CuPy's names only."""

from collections.abc import Iterator

import pytest
from tests.fast.cupy_stand_in import StandInDevice

from verax.fast import Device, on_device
from verax.fast.devices import CPU

DEVICES = {"numpy": CPU, "cupy stand-in": StandInDevice()}


@pytest.fixture(params=DEVICES, autouse=True)
def device(request: pytest.FixtureRequest) -> Iterator[Device]:
    """Where the test's arrays live."""
    with on_device(DEVICES[request.param]) as chosen:
        yield chosen
