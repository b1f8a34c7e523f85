"""A training step of a ResNet-18, thinned out, is judged equation by equation; a wrong kernel in it is named."""

import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verax.language import dispatch
from verax.language.program import Equation
from verax.reference.findings import Status

RESNET = Path(__file__).resolve().parents[2] / "examples" / "resnet.py"


@pytest.fixture(scope="module")
def judged() -> Any:
    """What the example judges with."""
    return runpy.run_path(str(RESNET))["judged"]


def test_an_honest_step_holds(judged: Any) -> None:
    verdict = judged(batch=2, size=16, width=0.0625, samples=2)
    assert verdict.status is Status.HOLD, str(verdict)
    assert len(verdict.equations) > 1000
    kinds = {e.equation.partition(" = ")[2].partition(" ")[0].partition("[")[0] for e in verdict.equations}
    assert {"conv_general_dilated", "reduce_window_max", "scatter_add", "dot_general", "rsqrt"} <= kinds


def test_a_convolution_in_a_narrow_format_is_named(judged: Any) -> None:
    def machine(equation: Equation, xs: list[Any]) -> Sequence[Any]:
        if equation.primitive.name == "conv_general_dilated":
            xs = [dispatch.lift(_narrow(x.machine_value())) for x in xs]
        return dispatch.bind(equation.primitive, *xs, **equation.params)

    verdict = judged(batch=2, size=16, width=0.0625, samples=2, machine=machine)
    red = [f.equation for f in verdict.findings]
    assert red
    assert all(" = conv_general_dilated" in equation for equation in red)


def _narrow(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The numbers with the ten bits after the point that a TF32 product keeps."""
    return (x.view(np.int32) & ~np.int32((1 << 13) - 1)).view(np.float32)
