"""Number formats of hardware that you do not have: what it does to numbers on their way through a primitive.

They act on `fast`, whatever runs its kernels. Each says which hardware it mimics, and where that is known from.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..language.dtypes import DType, bfloat16, complex128, float32, float64
from .block import BLOCK, current_block

_PRODUCTS = frozenset({"dot_general", "conv_general_dilated"})
# What moves numbers, or only looks at their bits, as hardware does.
_MOVES = frozenset(
    {
        "abs",
        "all_gather",
        "all_to_all",
        "bitcast_convert_type",
        "broadcast_in_dim",
        "concatenate",
        "copy",
        "dynamic_slice",
        "dynamic_update_slice",
        "expand_dims",
        "gather",
        "neg",
        "optimization_barrier",
        "pad",
        "ppermute",
        "reshape",
        "rev",
        "scatter",
        "select_n",
        "slice",
        "squeeze",
        "stop_gradient",
        "threefry2x32",
        "transpose",
    }
)


class Format:
    """What happens to numbers. Nothing, but for what a format overrides.

    Attributes:
        name: its own.
        mimics: the hardware.
        source: where it is known from.
    """

    name: str
    mimics: str
    source: str

    def check(self, primitive: str, dtypes: tuple[DType, ...]) -> None:
        """Refuse dtypes that the hardware has not."""

    def operand(self, primitive: str, x: Any, dtype: DType, xp: Any) -> Any:
        """What the hardware reads of an operand."""
        return x

    def result(self, primitive: str, x: Any, dtype: DType, xp: Any) -> Any:
        """What it writes of a result."""
        return x

    def __repr__(self) -> str:
        return self.name


class _FlushSubnormals(Format):
    name = "flush_subnormals"
    mimics = "XLA on CPUs and TPUs, and GPU code that is compiled with -ftz=true: subnormal operands and results are 0"
    source = (
        "Intel 64 and IA-32 Architectures SDM 1, 10.2.3.3 and 10.2.3.4 (MXCSR's FTZ and DAZ, which XLA sets); "
        "CUDA C++ Programming Guide, Intrinsic Functions (-ftz)"
    )

    def operand(self, primitive: str, x: Any, dtype: DType, xp: Any) -> Any:
        """Zero of the same sign in the place of subnormals."""
        if primitive in _MOVES or dtype not in _LEAST:
            return x
        return xp.where(xp.abs(x) < _LEAST[dtype], x * x.dtype.type(0), x)

    result = operand


class _Products(Format):
    """Products whose operands lose their last bits; they are added up in binary32."""

    keep: int  # fraction bits
    away: bool  # where ties go; else to even

    def operand(self, primitive: str, x: Any, dtype: DType, xp: Any) -> Any:
        """A binary32 operand of a product, rounded to fewer bits."""
        if primitive not in _PRODUCTS or dtype != float32:
            return x
        drop = 23 - self.keep
        bits = xp.ascontiguousarray(x).view("uint32")
        half = 1 << (drop - 1)
        carried = bits + half if self.away else bits + (half - 1) + ((bits >> drop) & 1)
        rounded = (carried >> drop << drop).view("float32")
        return xp.where(xp.isfinite(x), rounded.reshape(x.shape), x)


class _Tf32Products(_Products):
    name = "tf32_products"
    mimics = "tensor cores of NVIDIA's GPUs since Ampere, where TF32 is on: operands of products have 11 bits"
    source = "NVIDIA A100 Tensor Core GPU Architecture (2020), TF32; PTX ISA, cvt.rna.tf32.f32 (ties go away from 0)"
    keep, away = 10, True


class _Bf16Products(_Products):
    name = "bf16_products"
    mimics = "TPUs at jax.lax.Precision.DEFAULT: operands of binary32 products are bfloat16"
    source = "Google Cloud, BFloat16: the secret to high performance on Cloud TPUs (2019); jax.lax.Precision"
    keep, away = 7, False


class _NoFloat64(Format):
    name = "no_float64"
    mimics = "GPUs of Apple, and TPUs, which have no binary64"
    source = "Apple, Metal Shading Language Specification, 2.1: double is not supported"

    def check(self, primitive: str, dtypes: tuple[DType, ...]) -> None:
        """Refuse binary64.

        Raises:
            TypeError: there is some.
        """
        for dtype in dtypes:
            if dtype in (float64, complex128):
                raise TypeError(
                    f"`{primitive}` on hardware without binary64 must have operands and results of other dtypes, "
                    f"got {dtype}. Compute in float32, or leave out the format no_float64."
                )


# The least normal numbers; float16 keeps its subnormals, for it is computed in binary32.
_LEAST: dict[DType, float] = {float32: 2.0**-126, bfloat16: 2.0**-126, float64: 2.0**-1022}

flush_subnormals = _FlushSubnormals()
tf32_products = _Tf32Products()
bf16_products = _Bf16Products()
no_float64 = _NoFloat64()
FORMATS: tuple[Format, ...] = (flush_subnormals, tf32_products, bf16_products, no_float64)


def current_formats() -> tuple[Format, ...]:
    """The formats in force, in the order in which they act."""
    block = BLOCK.get()
    return () if block is None else block.formats


def checked_formats(formats: Any) -> tuple[Format, ...]:
    """The formats that are meant.

    Raises:
        TypeError: one of them is none.
    """
    found = (formats,) if isinstance(formats, Format) else tuple(formats)
    for each in found:
        if not isinstance(each, Format):
            raise TypeError(
                f"`formats` must hold {', '.join(f.name for f in FORMATS)}, got {each!r}. "
                f"They are in verax.fake_devices."
            )
    return found


@contextmanager
def number_formats(*formats: Format) -> Iterator[None]:
    """Compute, inside the block, as hardware with these formats does, on the devices that are in force.

    Raises:
        TypeError: one of them is no format.
    """
    token = BLOCK.set(replace(current_block(), formats=checked_formats(formats)))
    try:
        yield
    finally:
        BLOCK.reset(token)
