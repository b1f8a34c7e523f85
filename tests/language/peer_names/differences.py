"""Where we differ from JAX on purpose: each rule, the names it is for, and how it is told.

A rule is told by what the one that refuses says, or, where both answer, by the call.
`*` stands for anything in a name, `!` before a pattern for all but these.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

from tests.language.peer_names.comparing import Difference
from tests.language.peer_names.differences_beyond import BEYOND
from tests.language.peer_names.reasons import (
    AXIS,
    BOOLEANS,
    COUNTS,
    INDICES,
    LISTS,
    NARROW,
    NOT_THERE,
    NOTHING,
    NUMPY_SIZES,
    ORDER,
    ORDERED,
    POLYNOMIAL,
    REAL,
    REALS,
    SETS,
    VARIABLE,
)
from tests.language.peer_names.telling import (
    as_the_indices,
    filled_with_float,
    first_without_elements,
    half_of_another_length,
    indices_of_nothing,
    named_integer,
    number_with_axes_kept,
    only_weak,
    vector_beside_matrix,
    without_elements,
)

ANY = "*"
TABLE: list[tuple[str, Difference]] = [
    (ANY, Difference(LISTS, theirs="requires ndarray or scalar arguments, got <class 'list'>")),
    (ANY, Difference(LISTS, theirs="non-tuple sequence")),
    (ANY, Difference(ORDER, ours="needs numbers that have an order")),
    (
        ANY,
        Difference(
            ORDER,
            ours=f"must have a dtype among {ORDERED}, got complex",
        ),
    ),
    (ANY, Difference(REAL, ours="must be real, got complex")),
    (
        "* !numpy.linalg.* !scipy.linalg.*",
        Difference(
            REAL,
            ours=f"must have a dtype among {REALS}, got complex",
        ),
    ),
    (ANY, Difference(BOOLEANS, theirs="does not accept dtype bool")),
    (ANY, Difference(AXIS, ours="`axis` must lie in")),
    (ANY, Difference(AXIS, ours="out of bounds for axis")),
    (ANY, Difference(NARROW, theirs="`preferred_element_type` must not be narrower than the original type")),
    (
        ANY,
        Difference(
            "products of complex numbers are complex; JAX leaves the imaginary part out",
            ours="must be complex for complex",
        ),
    ),
    (
        ANY,
        Difference(
            "a Python complex number is never cut to its real part", ours="complex number cannot become"
        ),
    ),
    (
        ANY,
        Difference(
            "sizes are not negative; JAX makes shapes of negative sizes",
            ours="must hold non-negative integers",
        ),
    ),
    (
        ANY,
        Difference(
            "elements that are known while tracing may be looked at",
            theirs="Attempted boolean conversion of traced array",
        ),
    ),
    ("*.round *.around", Difference("a boolean is round already", theirs="bool'> not inexact")),
    (
        "numpy.hanning numpy.hamming numpy.blackman numpy.bartlett numpy.kaiser",
        Difference(NUMPY_SIZES, ours="must be an integer known now", theirs="nonnegative"),
    ),
    (
        "numpy.permute_dims",
        Difference(
            "axes count from the end too, as in transpose", theirs="isn't a permutation of operand dimensions"
        ),
    ),
    (
        "numpy.*split",
        Difference(
            "what is cut off beyond the end is empty, as in NumPy",
            theirs="Sizes passed to split must be nonnegative",
        ),
    ),
    (
        "numpy.repeat",
        Difference(
            "counts are known: the result's shape depends on them, and is checked against total_repeat_length",
            ours="Traced",
        ),
    ),
    (
        "numpy.repeat",
        Difference(
            "counts are known: the result's shape depends on them, and is checked against total_repeat_length",
            ours="A traced value",
        ),
    ),
    (
        "numpy.pad",
        Difference(
            f"statistics' and ramps' modes of pad are {NOT_THERE}", ours="`mode` must be 'constant' or one of"
        ),
    ),
    (
        "*",
        Difference(
            "`where` broadcasts to the array, and never makes it larger, as in NumPy",
            ours="`shape` must be one that",
            when=lambda c: "where" in c.kwargs,
        ),
    ),
    (
        "numpy.var numpy.nanvar",
        Difference(
            "an integer dtype that is asked for is given; JAX's NaN makes floats of it", types=named_integer
        ),
    ),
    (
        "numpy.median numpy.nanmedian numpy.*quantile numpy.*percentile",
        Difference("a number has no axes to keep, as in NumPy", types=number_with_axes_kept),
    ),
    (
        "numpy.*quantile numpy.*percentile",
        Difference(
            "inverted_cdf takes a q of another dtype", theirs="requires arguments to have the same dtypes"
        ),
    ),
    (
        "numpy.repeat",
        Difference("nothing is repeated to make something", ours="must be 0 where there is nothing"),
    ),
    (
        "numpy.*quantile numpy.*percentile",
        Difference(
            "of nothing there is no quantile: NaN",
            theirs="in gather op is out of",
            when=first_without_elements,
        ),
    ),
    (
        "numpy.cov numpy.corrcoef",
        Difference(VARIABLE, theirs="Cannot concatenate", when=vector_beside_matrix),
    ),
    (
        "numpy.cov numpy.corrcoef",
        Difference(VARIABLE, theirs="Incompatible shapes", when=vector_beside_matrix),
    ),
    (
        "numpy.take",
        Difference("nothing is taken from where there is nothing, as in NumPy", types=as_the_indices),
    ),
    (
        "numpy.insert numpy.ndarray.at",
        Difference(NOTHING, ours="must broadcast together", when=first_without_elements),
    ),
    ("numpy.ndarray.at", Difference(NOTHING, ours="`shape` must be one that", when=first_without_elements)),
    (
        "numpy.ndarray.at",
        Difference(
            "a value's leading axes of size 1 are left out, as in NumPy's assignments to slices",
            theirs="Cannot broadcast to shape with fewer dimensions",
            when=lambda c: set(getattr(c.args[1], "shape", ())) == {1},
        ),
    ),
    (
        "numpy.cov numpy.corrcoef",
        Difference(
            "weights are checked where they are known only; beside a dtype they are needed",
            ours="A traced value",
        ),
    ),
    (
        "numpy.cov numpy.corrcoef",
        Difference("variables have as many samples, empty ones too", ours="must agree in all axes"),
    ),
    ("numpy.argpartition", Difference("indices are never weak", types=only_weak)),
    (
        "numpy.nonzero numpy.flatnonzero numpy.argwhere numpy.where",
        Difference("indices are integers, whatever fills them up", types=filled_with_float),
    ),
    (
        "numpy.take numpy.take_along_axis numpy.put_along_axis numpy.bincount",
        Difference(
            "nothing is taken from where there is nothing, as in NumPy",
            ours="`slice_sizes` of gather must lie within",
        ),
    ),
    (
        "numpy.put",
        Difference(
            "a number has one place, 0; an index array has any shape",
            theirs="Cannot broadcast to shape with fewer dimensions",
        ),
    ),
    ("numpy.put", Difference("put knows NumPy's modes, without 'raise'", ours="`mode` of put must be")),
    ("numpy.piecewise", Difference("conditions broadcast", theirs="different numbers of dimensions")),
    ("numpy.unique*", Difference(SETS, types=without_elements)),
    ("numpy.intersect1d", Difference(SETS, types=indices_of_nothing)),
    ("numpy.*1d", Difference(SETS, theirs="zero-size array to reduction")),
    ("numpy.*1d", Difference(SETS, theirs="is out of bounds for axis 0 with size 0")),
    ("numpy.*1d", Difference(SETS, theirs="in gather op is out of range")),
    (
        "numpy.isin numpy.searchsorted numpy.digitize",
        Difference("a method that there is not is refused, for empty arrays too", ours="`method`"),
    ),
    (
        "numpy.ndarray.at* numpy.take_along_axis numpy.put_along_axis",
        Difference("a mode that there is not is refused, where it says nothing too", ours="`mode` must be"),
    ),
    (
        "numpy.unpackbits numpy.packbits",
        Difference("axes without elements are packed too", theirs="ZeroDivisionError"),
    ),
    ("*.tensordot", Difference("axes are counted from 0 up", ours="`axes` of tensordot must lie in")),
    ("numpy.poly*", Difference(POLYNOMIAL, theirs="unsized")),
    ("numpy.poly*", Difference(POLYNOMIAL, theirs="Incompatible types for broadcasting")),
    ("numpy.poly*", Difference(POLYNOMIAL, ours="must have equal shapes")),
    ("numpy.poly*", Difference(POLYNOMIAL, ours="`shape` must be one that")),
    (
        "numpy.trapezoid",
        Difference("the integral over nothing is 0, as in NumPy", theirs="index is out of bounds"),
    ),
    ("numpy.interp", Difference("bfloat16 is a float", theirs="bfloat16'> not inexact")),
    (
        "numpy.clip nn.standardize",
        Difference(
            "of the limits' numbers only the array's own are looked at",
            theirs="Clip received a complex value",
        ),
    ),
    (
        "numpy.diag numpy.diagonal numpy.repeat numpy.linalg.diagonal",
        Difference("a part of an array is as weak as it", types=only_weak),
    ),
    ("numpy.pad", Difference(COUNTS, ours="`pad_width` must hold integers")),
    (
        "numpy.cov numpy.corrcoef",
        Difference("variables have as many samples, empty ones too", types=without_elements),
    ),
    ("numpy.take", Difference("a mask is no index", ours="takes at most that many indices")),
    ("numpy.fft.*freq", Difference("no frequency is a boolean", ours="of div must have a dtype among")),
    ("numpy.fft.rfftn numpy.fft.fftn", Difference("over no axes an array is itself", types=only_weak)),
    (
        "numpy.power numpy.pow",
        Difference("a power is weak where both are, or the base of an integer's", types=only_weak),
    ),
    (
        "numpy.array_equiv",
        Difference("shapes that do not meet are not equivalent, as in NumPy", theirs="incompatible shapes"),
    ),
    ("lax.fft", Difference("an IRFFT is of complex numbers", ours="of fft must have a dtype among")),
    ("lax.fft", Difference("a transform has axes", ours="must hold 1 to 3 lengths")),
    (
        "lax.fft",
        Difference(
            "an IRFFT of n points has n // 2 + 1 numbers; XLA refuses others when it compiles",
            ours="for IRFFT of lengths",
            when=half_of_another_length,
        ),
    ),
    (
        "lax.rng_bit_generator",
        Difference("a key is what the algorithm takes", ours="`key` of rng_bit_generator"),
    ),
    (
        "lax.random_gamma_grad",
        Difference("both are of one dtype and shape", ours="of random_gamma_grad must have"),
    ),
    ("numpy.pad", Difference("a number has no sides to pad", theirs="has unsupported shape")),
    ("numpy.polyfit", Difference("integers become floats first, as in NumPy", theirs="not inexact")),
    ("numpy.logaddexp*", Difference("weak where both are, for complex numbers too", types=only_weak)),
    ("*.round *.around", Difference("any number of decimals is one", theirs="expected number, got int")),
    ("numpy.gcd numpy.lcm", Difference("divisors of numbers, too, are not weak", types=only_weak)),
    ("numpy.poly*", Difference(POLYNOMIAL, theirs="Cannot broadcast to shape with fewer dimensions")),
    ("numpy.ndarray.*", Difference(INDICES, theirs="to have the same dtypes, got int64, int32")),
    ("numpy.ndarray.*", Difference(INDICES, theirs="to have the same dtypes, got int32, int64")),
]


def differences(room: str, name: str) -> Sequence[Difference]:
    """The rules for a name."""
    return [rule for names, rule in (*TABLE, *BEYOND) if _is_for(names, f"{room}.{name}")]


def _is_for(names: str, name: str) -> bool:
    patterns = names.split()
    excluded = any(fnmatch.fnmatchcase(name, p[1:]) for p in patterns if p.startswith("!"))
    return not excluded and any(fnmatch.fnmatchcase(name, p) for p in patterns)
