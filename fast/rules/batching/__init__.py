"""How each primitive is mapped over lanes: a table, one row per primitive.

A rule gets lanes: values that are stacked along axis 0 where ``mapped``, and shared by all where not.
It returns lanes too.
"""

from __future__ import annotations

from ....language.catalogue import PRIMITIVES
from .. import exchanges, windows
from .alignment import Rule, along_axis, elementwise, reduction
from .callbacks import batching_rule as callback_rule
from .collectives import axis_index_rule, collective, extreme_of_lanes, sum_of_lanes
from .control import (
    backward_call_rule,
    checkpoint_rule,
    cond_rule,
    jit_rule,
    linear_solve_rule,
    scan_rule,
    while_rule,
)
from .indexing import dynamic_slice_rule, dynamic_update_slice_rule, gather_rule, scatter_rule
from .products import dot_general_rule
from .structure import (
    bitcast_rule,
    broadcast_in_dim_rule,
    clamp_rule,
    iota_rule,
    pad_rule,
    reshape_rule,
    rev_rule,
    select_n_rule,
    slice_rule,
    squeeze_rule,
    transpose_rule,
)

# Of one value for each element, whatever the shape: the catalogue says which. Rows below may say otherwise.
ELEMENTWISE = [name for name, row in PRIMITIVES.items() if row.kind == "elementwise"]
REDUCTIONS = [
    "reduce_sum",
    "reduce_prod",
    "reduce_max",
    "reduce_min",
    "reduce_and",
    "reduce_or",
    "reduce_xor",
    "argmax",
    "argmin",
]
# Stacks of matrices, or of vectors of pivots: the lanes are one more axis of the batch.
BATCHED = [
    "fft",
    "cholesky",
    "triangular_solve",
    "lu",
    "lu_pivots_to_permutation",
    "qr",
    "eig",
    "eigh",
    "svd",
]
SCATTERS = ["scatter", "scatter_add", "scatter_sub", "scatter_mul", "scatter_min", "scatter_max"]

BATCHING: dict[str, Rule] = {
    **dict.fromkeys(ELEMENTWISE, elementwise),
    **dict.fromkeys(BATCHED, elementwise),
    **dict.fromkeys(REDUCTIONS, reduction),
    "clamp": clamp_rule,
    "select_n": select_n_rule,
    "bitcast_convert_type": bitcast_rule,
    "broadcast_in_dim": broadcast_in_dim_rule,
    "reshape": reshape_rule,
    "transpose": transpose_rule,
    "squeeze": squeeze_rule,
    "rev": rev_rule,
    "concatenate": along_axis("dimension"),
    "slice": slice_rule,
    "pad": pad_rule,
    "iota": iota_rule,
    "dynamic_slice": dynamic_slice_rule,
    "dynamic_update_slice": dynamic_update_slice_rule,
    "gather": gather_rule,
    **dict.fromkeys(SCATTERS, scatter_rule),
    "cumsum": along_axis("axis"),
    "cumprod": along_axis("axis"),
    "cummax": along_axis("axis"),
    "cummin": along_axis("axis"),
    "sort": along_axis("dimension"),
    "dot_general": dot_general_rule,
    **windows.BATCHING,
    "jit": jit_rule,
    "cond": cond_rule,
    "while": while_rule,
    "scan": scan_rule,
    "checkpoint": checkpoint_rule,
    "callback": callback_rule,
    "custom_linear_solve": linear_solve_rule,
    "psum": collective(sum_of_lanes),
    "pmax": collective(extreme_of_lanes("reduce_max")),
    "pmin": collective(extreme_of_lanes("reduce_min")),
    **exchanges.BATCHING,
    "axis_index": axis_index_rule,
    "backward_call": backward_call_rule,
}
