"""Points at which a derivative exists and peers lose it: 0, infinite or NaN, or wrong beyond any budget.

Verax returns the limit. The values of JAX are those of 0.10.2 on a CPU, in float64.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One point.

    Attributes:
        function: a name of `verax.lax` or `verax.numpy`.
        at: the operand that moves.
        others: the operands after it.
        value: the derivative, rounded to float64.
        jax: JAX's value there.
        why: how it is lost.
    """

    function: str
    at: float
    others: tuple[float, ...]
    value: float
    jax: float
    why: str

    @property
    def where(self) -> str:
        """The point in words."""
        return f"{self.function}({', '.join(f'{x:g}' for x in (self.at, *self.others))}) by the first"


ROWS: tuple[Row, ...] = (
    Row("tanh", 20.0, (), 1.6993417021166355e-17, 0.0, "1 - tanh^2 is 0 where tanh rounds to 1"),
    Row("logistic", 40.0, (), 4.248354255291589e-18, 0.0, "1 - logistic is 0 where logistic rounds to 1"),
    Row(
        "sinc",
        1e-5,
        (),
        -3.2898681333717556e-05,
        -3.289868905634012e-05,
        "a difference of nearly equal numbers",
    ),
    Row("asinh", 1e200, (), 1e-200, 0.0, "the square overflows"),
    Row("acosh", 1e200, (), 1e-200, 0.0, "the square overflows"),
    Row("atan2", 1e200, (1e200,), 5e-201, 0.0, "the squares overflow"),
    Row("atan2", 1e-200, (1e-200,), 5e199, float("inf"), "the squares underflow"),
    Row("erfc", 27.0, (), -2.8299433e-317, -0.0, "the result is subnormal, and flushed"),
    Row("sqrt", 5e-324, (), 2.2494568972715982e161, float("inf"), "the operand is subnormal, and flushed"),
    Row("bessel_i0e", 1e10, (), -1.994711402081965e-16, -1.994711768807042e-16, "i1e - i0e cancels"),
    Row("bessel_i1e", 1e10, (), -1.9947114017827584e-16, -1.994711768807042e-16, "i0e - i1e cancels"),
)


def page() -> str:
    """The table as Markdown, the second part of docs/subgradients.md."""
    rows = [f"| {r.where} | {r.value!r} | {r.jax!r} | {r.why} |" for r in ROWS]
    return "\n".join([_HEAD, *rows]) + "\n"


_HEAD = """
## Limits that are lost elsewhere

Where a derivative exists, Verax returns it. The rows are in `reference/lost_limits.py`.

| where, in float64 | the limit | JAX | how it is lost |
|---|--:|--:|---|"""
