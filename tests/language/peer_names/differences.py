"""Where we differ from JAX on purpose: each rule, the names it is for, and how it is told.

A rule is told by what the one that refuses says, or, where both answer, by the call.
`*` stands for anything in a name, `!` before a pattern for all but these.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence

from tests.language.peer_names.comparing import Difference
from tests.language.peer_names.telling import (
    a_number_stays,
    fewer_axes,
    filled_with_float,
    ids_of_several_axes,
    integers,
    named_integer,
    number_with_axes_kept,
    only_weak,
    over_no_axes,
    without_elements,
)

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

NOT_THERE = "not there yet"
NUMPY_SIZES = "a window's size is a whole number, and below 1 there is nothing, as in NumPy"
SEGMENTS = "a segment for each leading element, by as many axes as `segment_ids` has"
POLYNOMIAL = (
    "a number is a polynomial of one coefficient, a matrix is none, and an empty one is 0, as in NumPy"
)
SETS = (
    "arrays without elements, and results of none, are filled up like others; JAX indexes what is not there"
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
    (
        "numpy.ndarray.*",
        Difference(
            "index arrays may be of any integer dtype", theirs="to have the same dtypes, got int64, int32"
        ),
    ),
    # linear algebra
    (
        "*.eigh *.eigvalsh *.cholesky *.cho_factor *.polar",
        Difference(
            "what is symmetric is square; JAX broadcasts it against its transpose",
            ours="must hold square matrices",
        ),
    ),
    (
        "numpy.linalg.lstsq",
        Difference("ranks and residuals are never weak, as solutions are not", types=only_weak),
    ),
    (
        "numpy.linalg.*norm",
        Difference(
            "norms are floats: integers become floats first, as in NumPy",
            types=lambda c, a, b: True,
            when=integers,
        ),
    ),
    ("numpy.linalg.qr", Difference("reflections are not kept", ours="`mode` of qr must not be 'raw'")),
    (
        "scipy.linalg.*",
        Difference(
            "vectors beside a batch of matrices are columns: b[..., None]",
            ours="must have a shape (n,) or (..., n, k)",
        ),
    ),
    (
        "scipy.linalg.*",
        Difference("a matrix is made from a vector; batches by vmap", ours="must be a vector of at least"),
    ),
    ("scipy.linalg.*", Difference(COUNTS, ours="cannot be interpreted as an integer")),
    ("scipy.linalg.*", Difference(COUNTS, ours="must be at least 0")),
    (
        "scipy.linalg.eigh_tridiagonal",
        Difference(
            "integers and 16-bit floats are solved as well",
            theirs="Only float32 and float64 inputs are supported",
        ),
    ),
    (
        "scipy.linalg.polar",
        Difference(
            "polar factors are of matrices of any shape, by singular values",
            theirs="only supports mxn matrices",
        ),
    ),
    # Fourier transforms
    (
        "numpy.fft.* lax.fft",
        Difference("a transform has points, as in NumPy and the array API", ours="must be positive"),
    ),
    (
        "numpy.fft.*",
        Difference(
            "16-bit floats are transformed in float32, as fft's are",
            theirs="input must be float32 or float64",
        ),
    ),
    ("numpy.fft.*", Difference(COUNTS, ours="cannot be interpreted as an integer")),
    # networks
    ("nn.*", Difference("integers become floats, as in all of nn", theirs="logistic does not accept dtype")),
    ("nn.one_hot", Difference("what is counted is an integer", ours="must hold integers")),
    (
        "nn.initializers.* random.*",
        Difference(f"complex random numbers are {NOT_THERE}", ours="must be a float dtype, got complex"),
    ),
    (
        "ops.*",
        Difference("a segment for each leading element, by a vector", ours="one for each leading element"),
    ),
    (
        "ops.*",
        Difference(
            "a segment for each leading element, by as many axes as `segment_ids` has",
            types=ids_of_several_axes,
        ),
    ),
    ("ops.*", Difference("no segments are none", theirs="is out of bounds for axis 0 with size 0")),
    (
        "ops.*",
        Difference(
            "a segment for each leading element, by as many axes as `segment_ids` has",
            theirs="Incompatible types for broadcasting",
        ),
    ),
    ("ops.*", Difference("no segments are none", ours="`slice_sizes` of gather must lie within")),
    (
        "ops.*",
        Difference(
            ORDER,
            ours=f"must have a dtype among {NUMBERS}, got complex",
        ),
    ),
    ("ops.*", Difference("no segments are none", theirs="zero-size array to reduction")),
    # special functions
    (
        "scipy.special.spence",
        Difference("integers and 16-bit floats have values too", theirs="is not supported, see docstring"),
    ),
    (
        "scipy.special.polygamma",
        Difference(
            "orders are integers in value, in any dtype, as SciPy's", theirs="must be of integer type"
        ),
    ),
    ("scipy.special.bessel_jn", Difference("of vectors; batches by vmap", ours="must have at most one axis")),
    (
        "scipy.special.multigammaln scipy.special.bessel_jn scipy.special.bernoulli",
        Difference(COUNTS, ours="cannot be interpreted as an integer"),
    ),
    ("scipy.special.comb", Difference("weak where both numbers are", types=only_weak)),
    ("scipy.special.*", Difference(REAL, ours="of floor must have a dtype among")),
    ("scipy.special.kl_div scipy.special.rel_entr", Difference("weak where both are", types=only_weak)),
    (
        "scipy.special.multigammaln",
        Difference("booleans become float32, as everywhere", types=lambda c, a, b: True, when=integers),
    ),
    ("scipy.special.bessel_jn", Difference(COUNTS, ours="`v` of bessel_jn must lie in")),
    (
        "scipy.linalg.solve",
        Difference("vectors beside a batch of matrices are columns: b[..., None]", theirs="must have shapes"),
    ),
    (
        "scipy.linalg.solve",
        Difference("integers become floats by themselves", types=lambda c, a, b: True, when=integers),
    ),
    ("numpy.vander", Difference("no powers are none, of unsigned integers too", theirs="OverflowError")),
    (
        "scipy.linalg.eigh_tridiagonal",
        Difference("diagonals of two dtypes are promoted", theirs="to jax.scipy.linalg.eigh_tridiagonal"),
    ),
    (
        "scipy.linalg.eigh_tridiagonal",
        Difference("diagonals of two dtypes are promoted", theirs="must have same dtype"),
    ),
    (
        "scipy.linalg.polar",
        Difference("integers become floats first, as in NumPy", theirs="svd does not accept dtype"),
    ),
    (
        "scipy.linalg.hessenberg",
        Difference("integers become floats", theirs="hessenberg does not accept dtype"),
    ),
    # random numbers
    ("random.choice", Difference(COUNTS, ours="cannot be interpreted as an integer")),
    (
        "random.categorical",
        Difference("a shape ends in what the logits leave", ours="`shape` of categorical must end in"),
    ),
    (
        "random.uniform",
        Difference("limits broadcast to the shape", ours="must be one that its parameters broadcast to"),
    ),
    (
        "random.*",
        Difference(
            "parameters of different ranks broadcast", theirs="arrays must have the same number of dimensions"
        ),
    ),
    (
        "random.PRNGKey random.key random.fold_in",
        Difference("a seed is an integer", ours="must be an integer"),
    ),
    ("random.choice", Difference("one number is a shape, as everywhere else", theirs="must be a sequence")),
    ("random.dirichlet", Difference("a simplex has a corner", ours="must have elements along axes")),
    # transforms
    (
        "transforms.jvp transforms.linearize",
        Difference(
            "tangents of integers are nothing, whatever they are given as",
            theirs="primal and tangent arguments",
        ),
    ),
    (
        "transforms.jvp transforms.linearize",
        Difference(
            "tangents of integers are nothing, whatever they are given as",
            theirs="inconsistent with the original primal values",
        ),
    ),
    (
        "transforms.*",
        Difference("a number that is handed on may stay a number, or become an array", types=a_number_stays),
    ),
    ("transforms.lax.fori_loop", Difference("bounds may differ in dtype", theirs="must have equal types")),
    ("transforms.jvp", Difference("a tangent is as weak as what it is of", types=only_weak)),
    (
        "transforms.lax.switch transforms.lax.cond",
        Difference("weak where every branch is; JAX takes one branch's word for it", types=only_weak),
    ),
    (
        "transforms.lax.cond transforms.lax.switch",
        Difference("bfloat16 is a number", theirs="Pred type must be either boolean or number"),
    ),
    ("nn.log_sigmoid", Difference("as weak as its argument, for complex numbers too", types=only_weak)),
    (
        "nn.squareplus",
        Difference("x becomes a float by itself, whatever b is", types=lambda c, a, b: "b" in c.kwargs),
    ),
    (
        "nn.logsumexp nn.logmeanexp scipy.special.logsumexp",
        Difference("booleans become float32, as everywhere", types=lambda c, a, b: True, when=integers),
    ),
    (
        "numpy.linalg.*norm scipy.linalg.polar",
        Difference("integers become floats first, as in NumPy", theirs="not inexact"),
    ),
    (
        "numpy.linalg.slogdet",
        Difference("a method is for complex matrices too", theirs="not implemented for complex"),
    ),
    (
        "numpy.fft.*n",
        Difference("over no axes an array is itself, as a transform would take it", types=over_no_axes),
    ),
    ("numpy.fft.*n", Difference("over no axes there is nothing to norm", theirs="Invalid norm value")),
    (
        "scipy.linalg.*solve scipy.linalg.solve_triangular",
        Difference(
            "beside a batch two axes are a matrix, and not rows of vectors", theirs="Incompatible shapes"
        ),
    ),
    (
        "scipy.linalg.*solve scipy.linalg.solve_triangular",
        Difference("beside a batch two axes are a matrix, and not rows of vectors", types=fewer_axes),
    ),
    (
        " ".join(
            f"scipy.linalg.{n}" for n in ("circulant", "hankel", "hessenberg", "eigh_tridiagonal", "polar")
        ),
        Difference("as weak as the elements", types=only_weak),
    ),
    (
        "scipy.linalg.hankel scipy.linalg.toeplitz",
        Difference("a number is a vector of one", theirs="must be at least 1-dimensional"),
    ),
    (
        "scipy.linalg.eigh_tridiagonal",
        Difference(f"eigenvectors are {NOT_THERE}", ours="Use eigh for vectors"),
    ),
    (
        "scipy.linalg.pascal",
        Difference("of the default float dtype, as its fellows", types=lambda c, a, b: c.wide),
    ),
]


def differences(room: str, name: str) -> Sequence[Difference]:
    """The rules for a name."""
    return [rule for names, rule in TABLE if _is_for(names, f"{room}.{name}")]


def _is_for(names: str, name: str) -> bool:
    patterns = names.split()
    excluded = any(fnmatch.fnmatchcase(name, p[1:]) for p in patterns if p.startswith("!"))
    return not excluded and any(fnmatch.fnmatchcase(name, p) for p in patterns)
