"""A program in HLO's words has the instructions that JAX's lowering has, names apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import verax
from verax import lax
from verax import numpy as vnp

X = np.ones((2, 3), np.float32)
Z = np.ones((2, 3), np.complex64)
IMAGE, KERNEL = np.ones((1, 9, 9, 2), np.float32), np.ones((3, 3, 1, 4), np.float32)
PROGRAMS: dict[str, tuple[Callable[[Any, Any, Any], Any], tuple[Any, ...]]] = {
    "elementwise": (
        lambda f, n, l: lambda x: n.tanh(n.exp(x) - n.sin(x) / n.log1p(n.abs(x))) * n.floor(x),
        (X,),
    ),
    "powers": (lambda f, n, l: lambda x: (x**3, x**2, n.square(x), l.integer_pow(x, -3)), (X,)),
    "constants": (lambda f, n, l: lambda x: x * 2.5 + np.float32(1), (X,)),
    "whole numbers": (lambda f, n, l: lambda i: i * 3 + (i & 5), (np.arange(4, dtype=np.int32),)),
    "a weak scalar": (lambda f, n, l: lambda i: i * i, (3,)),
    "complex numbers": (lambda f, n, l: lambda z: n.real(z * 2j) + n.imag(z), (Z,)),
    "comparisons": (
        lambda f, n, l: lambda x: l.select(x > l.full_like(x, 0), x, -x),
        (X,),
    ),
    "shapes": (lambda f, n, l: lambda x: l.reshape(x.T, (2, 3))[0:1, ::2].astype("bfloat16"), (X,)),
    "reductions": (lambda f, n, l: lambda x: (x.sum(), x.prod(0), n.all(x > 0, axis=1)), (X,)),
    "products": (lambda f, n, l: lambda x: n.dot(x, x.T), (X,)),
    "products of batches": (lambda f, n, l: lambda x: l.batch_matmul(x, x.transpose(0, 2, 1)), (X[None],)),
    "convolution": (
        lambda f, n, l: (
            lambda x, k: l.conv_general_dilated(
                x,
                k,
                (2, 1),
                [(1, 0), (0, 0)],
                rhs_dilation=(2, 2),
                dimension_numbers=("NHWC", "HWIO", "NHWC"),
                feature_group_count=2,
            )
        ),
        (IMAGE, KERNEL),
    ),
}
LINE = re.compile(r"^\s+(?:ROOT )?\S+ = (.*)$", re.MULTILINE)


def instructions(text: str) -> list[str]:
    """The instructions of all computations, without names; parameters are called otherwise.

    Without layouts too: to XLA a transposed array is the same memory in another order.
    """
    lines = LINE.findall(re.sub(r"\]\{[\d,]*\}", "]", text))
    plain = [re.sub(r"(to_apply=)\S+", r"\1", line) for line in lines if " parameter(" not in line]
    return sorted(
        line if " constant(" in line else re.sub(r"(?<=\w)\([^()]*\)", "()", line) for line in plain
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_instructions_are_those_of_jaxs_lowering(name: str) -> None:
    make, operands = PROGRAMS[name]
    ours = verax.jit(make(verax, vnp, lax)).lower(*operands)
    lowered: Any = jax.jit(make(jax, jnp, jax.lax)).lower(*operands).compiler_ir(dialect="hlo")
    theirs = lowered.as_hlo_text()
    text = ours.compiler_ir(dialect="hlo").as_hlo_text()

    assert instructions(text) == instructions(theirs)
    assert ours.as_text("hlo") == text
    layout = re.compile(r"entry_computation_layout=.*")
    assert layout.findall(text) == layout.findall(theirs)


def test_values_are_named_once_and_used_after_they_are_written() -> None:
    captured = vnp.ones(3)
    text = (
        verax.jit(lambda x: verax.jit(vnp.sin)(x + captured) + lax.sort((x, x), num_keys=1)[1].sum())
        .lower(X)
        .as_text("hlo")
    )
    seen: set[str] = set()
    for line in text.splitlines()[2:]:
        if " = " in line:
            name = line.split()[line.split().index("=") - 1]
            assert name not in seen
            inside = re.search(r" [\w-]+\(([^()]*)\)", line.partition(" = ")[2])
            assert inside is not None
            operands = inside[1].split(", ") if inside[1] else []
            if not re.search(r" (parameter|constant)\(", line):
                assert set(operands) <= seen
            seen.add(name)
    assert text.count("ROOT") == text.count("{\n") == 3
    assert "ENTRY main.1 {" in text
    assert 'custom_call_target="verax.sort"' in text
    assert "get-tuple-element" in text
    assert re.search(r"call\(\S+\), to_apply=sin\.\d", text) is not None
