"""What a rule is told by, where both answer: of a call, our types and JAX's, whether they differ as the rule says."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.language.peer_names.comparing import Refused
from tests.language.peer_names.drawing import Call


def named_integer(call: Call, ours: Any, theirs: Any) -> bool:
    """An integer dtype is asked for."""
    wanted = call.kwargs.get("dtype")
    return wanted is not None and (wanted is int or (wanted != "bfloat16" and np.dtype(wanted).kind in "iu"))


def filled_with_float(call: Call, ours: Any, theirs: Any) -> bool:
    return isinstance(call.kwargs.get("fill_value"), float)


def without_elements(call: Call, ours: Any, theirs: Any) -> bool:
    return any(0 in getattr(x, "shape", ()) for x in call.args)


def number_with_axes_kept(call: Call, ours: Any, theirs: Any) -> bool:
    return bool(call.kwargs.get("keepdims")) and np.ndim(np.empty(getattr(call.args[0], "shape", ()))) == 0


def only_weak(call: Call, ours: Any, theirs: Any) -> bool:
    """The results differ in weak types only."""
    if isinstance(ours, Refused) or isinstance(theirs, Refused) or len(ours) != len(theirs):
        return False
    return all(
        isinstance(a, tuple) and isinstance(b, tuple) and a[:2] == b[:2]
        for a, b in zip(ours, theirs, strict=True)
    )


def a_number_stays(call: Call, ours: Any, theirs: Any) -> bool:
    """A result is a Python number to one of the two, and an array without axes to the other."""
    if len(ours) != len(theirs):
        return False
    return all(
        a == b or (isinstance(a, str) != isinstance(b, str)) for a, b in zip(ours, theirs, strict=True)
    )


def over_no_axes(call: Call, ours: Any, theirs: Any) -> bool:
    axes = call.kwargs.get("axes")
    return axes == () or (axes is None and np.ndim(np.empty(getattr(call.args[0], "shape", ()))) == 0)


def fewer_axes(call: Call, ours: Any, theirs: Any) -> bool:
    return len(call.args[1].shape) < len(call.args[0].shape)


def ids_of_several_axes(call: Call, ours: Any, theirs: Any) -> bool:
    return len(getattr(call.args[1], "shape", ())) != 1


def integers(call: Call) -> bool:
    kind = getattr(getattr(call.args[0], "dtype", None), "kind", type(call.args[0]).__name__[0])
    return str(kind) in "biu"


def first_without_elements(call: Call) -> bool:
    return 0 in np.shape(np.empty(getattr(call.args[0], "shape", ())))


def vector_beside_matrix(call: Call) -> bool:
    """One set of variables is a vector, the other a matrix."""
    return sorted(len(getattr(x, "shape", ())) for x in (call.args[0], call.kwargs.get("y"))) == [1, 2]


def as_the_indices(call: Call, ours: Any, theirs: Any) -> bool:
    """From an array without elements is taken what has the shape of the indices: nothing."""
    return (
        call.kwargs.get("axis") is None
        and first_without_elements(call)
        and ours[0][0] == getattr(call.args[1], "shape", ())
    )


def indices_of_nothing(call: Call, ours: Any, theirs: Any) -> bool:
    """No array has elements: the values agree, and JAX gives no indices beside them."""
    empty = all(0 in getattr(x, "shape", ()) for x in call.args)
    return empty and ours[0] == theirs[0] and [t[0] for t in theirs[1:]] == [(0,), (0,)]


def half_of_another_length(call: Call) -> bool:
    """The operand of an IRFFT has other than the n // 2 + 1 numbers that make n points."""
    return call.args[0].shape[-1:] != tuple(n // 2 + 1 for n in call.args[2][-1:])
