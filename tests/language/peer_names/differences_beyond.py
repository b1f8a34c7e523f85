"""Where we differ from JAX on purpose outside of `numpy`'s own names: `differences`' table, continued."""

from __future__ import annotations

from tests.language.peer_names.comparing import Difference
from tests.language.peer_names.reasons import (
    COUNTS,
    NOT_THERE,
    NUMBERS,
    ORDER,
    REAL,
)
from tests.language.peer_names.telling import (
    a_number_stays,
    fewer_axes,
    ids_of_several_axes,
    integers,
    only_weak,
    over_no_axes,
    without_elements,
)

BEYOND: list[tuple[str, Difference]] = [
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
        "scipy.linalg.eigh_tridiagonal",
        Difference(
            "beside n numbers stand n - 1; JAX never looks at those beside one",
            ours="must have shapes (n,) and (n - 1,)",
            when=lambda c: getattr(c.args[0], "shape", ()) == (1,),
        ),
    ),
    ("scipy.linalg.hessenberg", Difference("integers become floats", types=without_elements, when=integers)),
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
    (
        "random.lognormal",
        Difference(
            "the default of `sigma` is of every dtype; JAX's is a float32 that it refuses itself",
            theirs="In arguments to lognormal, cannot safely cast argument of type float32",
            when=lambda c: not c.args and "sigma" not in c.kwargs,
        ),
    ),
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
