"""How each primitive is differentiated forward: a table, one row per primitive.

A rule gets values and tangents (None for zero) and returns results and their tangents. It is linear in
the tangents; what multiplies them is a known value, written so that it keeps its digits everywhere: also
where the function itself has gone flat, and where an obvious intermediate would overflow.
"""

from __future__ import annotations

import math

from ....language import catalogue as rows
from ...differentiation import checkpoints, control, solves
from ...operations import (
    neg,
    scale,
    shift,
    sqrt,
    square,
    unary,
)
from .. import bessel, callbacks, complex_numbers, factorizations, parametric, windows
from ..complex_numbers import by_kind
from ..scatters import scatter_extreme_rule, scatter_mul_rule
from .collectives import lane_extreme, lane_linear_rule
from .folds import (
    cumprod_coefficients,
    reduce_extreme_rule,
    reduce_prod_rule,
    running_extreme,
    running_rule,
    sort_rule,
)
from .kinds import Rule, backward_call_rule, by_division, flat, indexed, linear, named, unary_rule
from .operands import (
    add_rule,
    atan2_rule,
    bitcast_rule,
    clamp_rule,
    convert_rule,
    div_rule,
    dot_general_rule,
    extreme_rule,
    integer_pow_rule,
    mul_rule,
    pow_rule,
    rem_rule,
    select_n_rule,
    sub_rule,
)
from .slopes import (
    acosh_divisor,
    asinh_slope,
    atan_slope,
    digamma_slope,
    erf_inv_divisor,
    erf_slope,
    exp2_slope,
    lgamma_slope,
    logistic_slope,
    one_less_square,
    rsqrt_slope,
    sech_squared,
    sign,
    tan_slope,
)

JVP: dict[str, Rule] = {
    # exact, one operand
    "neg": linear,
    "sign": by_kind(flat, complex_numbers.sign_rule),
    "real": linear,
    "imag": linear,
    "conj": linear,
    "complex": complex_numbers.complex_rule,
    "abs": by_kind(unary_rule(sign), complex_numbers.abs_rule),
    "floor": flat,
    "ceil": flat,
    "round": flat,
    "is_finite": flat,
    "not": flat,
    "mulhi": flat,
    "population_count": flat,
    "clz": flat,
    "stop_gradient": flat,
    "name": named,
    # rounded, one operand
    "sqrt": by_division(lambda x, y: scale(y, 2.0)),
    "rsqrt": unary_rule(rsqrt_slope),
    "cbrt": by_division(lambda x, y: scale(square(y), 3.0)),
    "square": unary_rule(lambda x, y: scale(x, 2.0)),
    "exp": unary_rule(lambda x, y: y),
    "exp2": by_kind(unary_rule(exp2_slope), unary_rule(lambda x, y: scale(y, math.log(2)))),
    "expm1": unary_rule(lambda x, y: unary("exp", x)),
    "log": by_division(lambda x, y: x),
    "log1p": by_division(lambda x, y: shift(x, 1.0)),
    "sin": unary_rule(lambda x, y: unary("cos", x)),
    "cos": unary_rule(lambda x, y: neg(unary("sin", x))),
    "tan": by_kind(unary_rule(tan_slope), unary_rule(complex_numbers.tan_slope)),
    "asin": by_kind(
        by_division(lambda x, y: sqrt(one_less_square(x))), by_division(complex_numbers.asin_divisor)
    ),
    "acos": by_kind(
        by_division(lambda x, y: neg(sqrt(one_less_square(x)))), by_division(complex_numbers.acos_divisor)
    ),
    "atan": by_kind(unary_rule(atan_slope), by_division(complex_numbers.atan_divisor)),
    "sinh": unary_rule(lambda x, y: unary("cosh", x)),
    "cosh": unary_rule(lambda x, y: unary("sinh", x)),
    "tanh": by_kind(unary_rule(sech_squared), unary_rule(complex_numbers.tanh_slope)),
    "asinh": by_kind(unary_rule(asinh_slope), by_division(complex_numbers.asinh_divisor)),
    "acosh": by_kind(by_division(acosh_divisor), by_division(complex_numbers.acosh_divisor)),
    "atanh": by_kind(
        by_division(lambda x, y: one_less_square(x)), by_division(complex_numbers.atanh_divisor)
    ),
    "logistic": by_kind(unary_rule(logistic_slope), unary_rule(complex_numbers.logistic_slope)),
    "erf": unary_rule(erf_slope),
    "erfc": unary_rule(lambda x, y: neg(erf_slope(x, y))),
    "erf_inv": by_division(erf_inv_divisor),
    "bessel_i0e": unary_rule(bessel.i0e_slope),
    "bessel_i1e": unary_rule(bessel.i1e_slope),
    "lgamma": unary_rule(lgamma_slope),
    "digamma": unary_rule(digamma_slope),
    "integer_pow": integer_pow_rule,
    "convert_element_type": convert_rule,
    "bitcast_convert_type": bitcast_rule,
    # two operands and more
    "add": add_rule,
    "sub": sub_rule,
    "mul": mul_rule,
    "div": div_rule,
    "rem": rem_rule,
    "pow": pow_rule,
    "atan2": by_kind(atan2_rule, complex_numbers.atan2_rule),
    "max": extreme_rule("gt"),
    "min": extreme_rule("lt"),
    "nextafter": flat,
    "and": flat,
    "or": flat,
    "xor": flat,
    "shift_left": flat,
    "shift_right_arithmetic": flat,
    "shift_right_logical": flat,
    "eq": flat,
    "ne": flat,
    "lt": flat,
    "le": flat,
    "gt": flat,
    "ge": flat,
    "clamp": clamp_rule,
    "select_n": select_n_rule,
    "threefry2x32": flat,
    # structure
    "broadcast_in_dim": linear,
    "reshape": linear,
    "transpose": linear,
    "squeeze": linear,
    "concatenate": linear,
    "slice": linear,
    "pad": linear,
    "rev": linear,
    "dynamic_slice": indexed,
    "dynamic_update_slice": indexed,
    "iota": flat,
    "gather": indexed,
    "scatter": indexed,
    "scatter_add": indexed,
    "scatter_sub": indexed,
    "scatter_mul": scatter_mul_rule,
    "scatter_min": scatter_extreme_rule,
    "scatter_max": scatter_extreme_rule,
    # reductions
    "reduce_sum": linear,
    "fft": linear,
    "reduce_prod": reduce_prod_rule,
    "reduce_max": reduce_extreme_rule,
    "reduce_min": reduce_extreme_rule,
    "reduce_and": flat,
    "reduce_or": flat,
    "reduce_xor": flat,
    "argmax": flat,
    "argmin": flat,
    "cumsum": linear,
    "cumprod": running_rule(cumprod_coefficients),
    "cummax": running_rule(running_extreme("gt")),
    "cummin": running_rule(running_extreme("lt")),
    "sort": sort_rule,
    "dot_general": dot_general_rule,
    "conv_general_dilated": dot_general_rule,
    "reduce_window_sum": linear,
    **windows.JVP,
    **factorizations.JVP,
    "lu_pivots_to_permutation": flat,
    **parametric.JVP,
    # control, collectives
    "jit": control.jit_jvp,
    "cond": control.cond_jvp,
    "while": control.while_jvp,
    "scan": control.scan_jvp,
    "checkpoint": checkpoints.checkpoint_jvp,
    "callback": callbacks.jvp_rule,
    "custom_linear_solve": solves.linear_solve_jvp,
    "psum": lane_linear_rule,
    **dict.fromkeys(("all_gather", "reduce_scatter", "all_to_all", "ppermute"), lane_linear_rule),
    "pmax": lane_extreme,
    "pmin": lane_extreme,
    "axis_index": flat,
    "backward_call": backward_call_rule,
}

# Calls with custom rules never reach a table: dispatch hands levels the rule itself.
REBOUND = frozenset(name for name, row in rows.PRIMITIVES.items() if row.rebind is not None)
