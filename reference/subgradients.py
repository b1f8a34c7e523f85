"""The subgradient table: what a derivative is where there is none, published, not implied.

Each value lies in the subdifferential, which is what the derivatives beside the point span: Clarke, *Optimization and
Nonsmooth Analysis*, 1983, theorem 2.5.1. A test asserts both, beside the value itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import lost_limits


@dataclass(frozen=True, slots=True)
class Row:
    """One convention.

    Attributes:
        where: the point without a derivative.
        value: the derivative that Verax gives there.
        low: the lower end of the subdifferential.
        high: its upper end.
        jax: JAX's value there.
        torch: PyTorch's value there.
        why: the reason for ours.
    """

    where: str
    value: float
    low: float
    high: float
    jax: float
    torch: float
    why: str


TABLE: dict[str, Row] = {
    "abs": Row("abs(x) at 0", 0.0, -1.0, 1.0, 1.0, 0.0, "the middle; abs is even"),
    "bessel_i0e": Row("bessel_i0e(x) at 0", 0.0, -1.0, 1.0, 0.0, 0.0, "the middle; it is even"),
    "norm": Row("norm((x)) at 0", 0.0, -1.0, 1.0, float("nan"), 0.0, "the middle; as of abs"),
    "std": Row("std((0, x)) at 0", 0.0, -0.5, 0.5, float("nan"), 0.0, "the middle; as of norm"),
    "svd": Row("the singular value of ((x)) at 0", 0.0, -1.0, 1.0, 1.0, 1.0, "the middle; as of abs"),
    "max": Row("max(x, y) by x at x = y", 0.5, 0.0, 1.0, 0.5, 0.5, "symmetric in x and y"),
    "min": Row("min(x, y) by x at x = y", 0.5, 0.0, 1.0, 0.5, 0.5, "symmetric in x and y"),
    "reduce_max": Row("max of n by one of k tied", 0.5, 0.0, 1.0, 0.5, 0.5, "1/k each: symmetric"),
    "reduce_min": Row("min of n by one of k tied", 0.5, 0.0, 1.0, 0.5, 0.5, "1/k each: symmetric"),
    "reduce_window_max": Row(
        "max of a window of 2 by the first of both tied",
        0.5,
        0.0,
        1.0,
        1.0,
        1.0,
        "1/k each, as of reduce_max",
    ),
    "reduce_window_min": Row(
        "min of a window of 2 by the first of both tied",
        0.5,
        0.0,
        1.0,
        1.0,
        1.0,
        "1/k each, as of reduce_min",
    ),
    "scatter_max": Row(
        "max of x and an update by x, tied", 0.5, 0.0, 1.0, 0.5, 0.5, "1/k each, as of reduce_max"
    ),
    "scatter_min": Row(
        "min of x and an update by x, tied", 0.5, 0.0, 1.0, 0.5, 0.5, "1/k each, as of reduce_min"
    ),
    "cummax": Row(
        "running max at the second by the first of both tied",
        0.5,
        0.0,
        1.0,
        0.5,
        0.0,
        "1/k each, as of reduce_max",
    ),
    "cummin": Row(
        "running min at the second by the first of both tied",
        0.5,
        0.0,
        1.0,
        0.5,
        0.0,
        "1/k each, as of reduce_min",
    ),
    "relu": Row("relu(x) at 0", 0.0, 0.0, 1.0, 0.0, 0.0, "everyone's; dead units stay dead"),
    "clamp": Row(
        "clamp(low, x, high) by x at x = low", 0.0, 0.0, 1.0, 0.0, 1.0, "inside means strictly inside"
    ),
    "clamp_high": Row(
        "clamp(low, x, high) by x at x = high", 0.0, 0.0, 1.0, 0.0, 1.0, "inside means strictly inside"
    ),
    "sort": Row("sort by a tied element: to its own place", 1.0, 0.0, 1.0, 1.0, 1.0, "the sort is stable"),
    "sort_other": Row(
        "sort by a tied element: to the other's place", 0.0, 0.0, 1.0, 0.0, 0.0, "the sort is stable"
    ),
    "top_k": Row("the largest of two by the first, tied", 1.0, 0.0, 1.0, 1.0, 1.0, "the first is chosen"),
    "sign": Row("sign(x) at 0", 0.0, 0.0, 0.0, 0.0, 0.0, "the derivative on both sides; a jump has none"),
    "floor": Row("floor(x) at an integer", 0.0, 0.0, 0.0, 0.0, 0.0, "the derivative on both sides"),
    "ceil": Row("ceil(x) at an integer", 0.0, 0.0, 0.0, 0.0, 0.0, "the derivative on both sides"),
    "round": Row("round(x) at a half", 0.0, 0.0, 0.0, 0.0, 0.0, "the derivative on both sides"),
    "rem": Row("rem(x, y) by x at a multiple of y", 1.0, 1.0, 1.0, 1.0, 1.0, "the derivative on both sides"),
    "rem_by_divisor": Row(
        "rem(6, y) by y at y = 2", -3.0, -3.0, -2.0, -3.0, -3.0, "that of the quotient there: 6 / 2 is 3"
    ),
    "pow": Row(
        "pow(0, y) by y at y = 0", 0.0, 0.0, 0.0, 0.0, 0.0, "that from above, where the power is finite"
    ),
    "select_n": Row(
        "select_n(x > 0, 0, x) at 0", 0.0, 0.0, 1.0, 0.0, 0.0, "that of the case that was chosen"
    ),
    "atan2": Row(
        "atan2(y, -1) by y at y = 0: the branch cut",
        -1.0,
        -1.0,
        -1.0,
        -1.0,
        -1.0,
        "the derivative on both sides",
    ),
}


def share_of_ties(count: int) -> int:
    """What the derivative of an extreme is divided by where ``count`` elements are tied."""
    return count


def clamp_region(order_low: int, order_high: int) -> int:
    """Which of (low, x, high) clamp's derivative goes to, by how x compares with the limits; 2 is unordered."""
    if order_high == 1 or order_high == 0:
        return 2
    if order_low == -1 or order_low == 0:
        return 0
    return 1


def page() -> str:
    """The table as Markdown: docs/subgradients.md."""
    rows = [
        f"| {r.where} | {r.value:g} | [{r.low:g}, {r.high:g}] | {r.jax:g} | {r.torch:g} | {r.why} |"
        for r in TABLE.values()
    ]
    return "\n".join([_HEAD, *rows]) + "\n" + lost_limits.page()


_HEAD = """# The subgradient table

What a derivative is where there is none. Each value lies in the subdifferential (Clarke's), which a test asserts, and
equals what `verax` gives. Printed by `python -m verax.reference.subgradients` from the rows in
`reference/subgradients.py`. Comparisons, `argmax`, `argmin` and conversions to integers have no derivative at all.

| where | Verax | subdifferential | JAX | PyTorch | why |
|---|--:|:-:|--:|--:|---|"""


if __name__ == "__main__":
    print(page(), end="")
