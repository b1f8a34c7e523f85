"""Why we differ from JAX, where a reason has several rules."""

from __future__ import annotations

REALS = "float16, bfloat16, float32, float64"
NUMBERS = f"int8, int16, int32, int64, uint8, uint16, uint32, uint64, {REALS}"
ORDERED = f"bool, {NUMBERS}"
ORDER = "complex numbers have no order (array API); what needs one refuses them"
REAL = "defined for real numbers only; JAX lets complex ones through, and orders them by their parts"
BOOLEANS = "arithmetic of booleans is or, and, exclusive or; JAX's primitives refuse what its own function hands them"
LISTS = "a list of numbers is a vector, as in NumPy"
AXIS = "an axis that there is not is refused"
COUNTS = "sizes and orders are whole numbers that fit, and are looked at first"
NARROW = "JAX asks a product for a dtype that it refuses itself: that of the strong operand beside a wider weak one"

VARIABLE = "a vector is one variable, beside a matrix too, as in NumPy"
NOTHING = "values broadcast to what they replace, as in NumPy, where that is nothing too"
INDICES = "index arrays may be of any integer dtype"

NOT_THERE = "not there yet"
NUMPY_SIZES = "a window's size is a whole number, and below 1 there is nothing, as in NumPy"
SEGMENTS = "a segment for each leading element, by as many axes as `segment_ids` has"
POLYNOMIAL = (
    "a number is a polynomial of one coefficient, a matrix is none, and an empty one is 0, as in NumPy"
)
SETS = (
    "arrays without elements, and results of none, are filled up like others; JAX indexes what is not there"
)
