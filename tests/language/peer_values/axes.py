"""Calls with drawn axes, negative ones and several among them, kept or not, and with masks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from tests.language.peer_values.drawing import KINDS, REGIMES, WIDE, Drawn, shapes_of, values

# name: the kind of its operand, and what is drawn: one axis or several, None, keepdims, where.
_MANY = ("many", "none", "keepdims")
REDUCTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("sum", "prod", "all", "any"), ("any", (*_MANY, "where"))),
    **dict.fromkeys(("mean", "var", "std", "nansum", "nanprod", "nanmean"), ("any", (*_MANY, "where"))),
    **dict.fromkeys(("max", "min", "amax", "amin", "nanmax", "nanmin", "count_nonzero"), ("any", _MANY)),
    **dict.fromkeys(("nanvar", "nanstd"), ("float", (*_MANY, "where"))),
    **dict.fromkeys(("ptp", "average", "median", "nanmedian"), ("number", _MANY)),
    **dict.fromkeys(("argmax", "argmin"), ("any", ("none", "keepdims"))),
    **dict.fromkeys(("nanargmax", "nanargmin"), ("number", ("none", "keepdims"))),
    **dict.fromkeys(("cumsum", "cumprod", "nancumsum", "nancumprod"), ("any", ("none",))),
    "flip": ("any", ("many", "none")),
    **dict.fromkeys(("sort", "argsort"), ("any", ("none",))),
    **dict.fromkeys(("cumulative_sum", "cumulative_prod"), ("any", ("include_initial",))),
    **dict.fromkeys(("diff", "expand_dims", "unstack"), ("any", ())),
    "squeeze": ("any", ("many", "none")),
    "trapezoid": ("number", ()),
    "gradient": ("float", ()),
}
# With a number of places or parts before the axis.
COUNTED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "roll": ("any", (-3, -1, 0, 1, 2, 7)),
    "repeat": ("any", (0, 1, 2)),
    "split": ("any", (1, 2, 3)),
    "array_split": ("any", (1, 2, 3)),
    "take": ("any", (0, -1, 1)),
    "delete": ("any", (0, -1)),
    "insert": ("number", (0, -1)),
}
PAIRS = {"swapaxes": "any", "moveaxis": "any", "rollaxis": "any"}
JOINED = {"concatenate": "any", "stack": "any", "append": "any"}


def _calling(name: str, *args: Any, **keywords: Any) -> Callable[..., Any]:
    def call(m: Any, *xs: Any) -> Any:
        if name in ("concatenate", "stack"):
            return getattr(m, name)(list(xs), **keywords)
        if name == "insert":
            return m.insert(xs[0], args[0], 5, **keywords)
        return getattr(m, name)(*xs, *args, **keywords)

    return call


@st.composite
def keywords(draw: Any, shape: tuple[int, ...], options: tuple[str, ...]) -> dict[str, Any]:
    """Keywords of a reduction over an array of this shape."""
    rank = len(shape)
    found: dict[str, Any] = {}
    axis: st.SearchStrategy[Any] = st.integers(-rank, rank - 1) if rank else st.none()
    if "many" in options and rank:
        axis |= st.lists(st.integers(0, rank - 1), unique=True, max_size=rank).map(
            lambda axes: tuple(a - rank * (i % 2) for i, a in enumerate(axes))
        )
    found["axis"] = draw(axis | st.none() if "none" in options else axis)
    if "keepdims" in options and draw(st.booleans()):
        found["keepdims"] = True
    if "include_initial" in options and draw(st.booleans()):
        found["include_initial"] = True
    if "where" in options and draw(st.integers(0, 3)) == 0:
        found["where"] = draw(values(shape, np.dtype("bool"), "few"))
    return found


@st.composite
def along(draw: Any, name: str) -> Drawn:
    """A call with drawn axes."""
    kind = (REDUCTIONS.get(name) or COUNTED.get(name) or (PAIRS.get(name) or JOINED[name],))[0]
    bare = name in REDUCTIONS and "none" in REDUCTIONS[name][1]  # of no axes there is None alone
    shape = draw(shapes_of(st.integers(0 if bare else 1, 3)))
    args: tuple[Any, ...] = ()
    options = REDUCTIONS[name][1] if name in REDUCTIONS else ()
    count = 1
    if name in PAIRS:
        args = (
            draw(st.integers(-len(shape), len(shape) - 1)),
            draw(st.integers(-len(shape), len(shape) - 1)),
        )
        named: dict[str, Any] = {}
    else:
        named = draw(keywords(shape, options))
    if name in COUNTED:
        args = (draw(st.sampled_from(COUNTED[name][1])),)
    if name in JOINED:
        count = 2
    dtype = draw(st.sampled_from(KINDS[kind]))
    x64 = dtype in WIDE or draw(st.integers(0, 3)) == 0
    arrays = tuple(draw(values(shape, dtype, draw(st.sampled_from(REGIMES)))) for _ in range(count))
    said = ", ".join([*map(str, args), *(f"{k}={v}" for k, v in named.items())])
    return Drawn(_calling(name, *args, **named), (kind,) * count, arrays, x64, f"{name} with {said} of ")


AXES = {*REDUCTIONS, *COUNTED, *PAIRS, *JOINED}
