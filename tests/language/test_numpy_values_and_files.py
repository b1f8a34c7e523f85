"""Names of `verax.numpy` whose results depend on values, text or files, and what the rarer names say when misused."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

import verax
from verax.language import numpy as vnp
from verax.language.errors import ConcretizationTypeError

X = np.array([3, 0, 1, 3, 0, 2], np.int32)
Y = np.array([0, 5, 2], np.int32)
Z = np.array([[0, 0, 0], [0, 1.5, 0], [0, -0.0, 2], [0, 0, 0]], np.float32)
NANS = np.array([1.0, np.nan, 1.0, np.nan], np.float32)

# Calls whose result's shape depends on values, for either module.
CALLS: dict[str, Callable[[Any], Any]] = {
    "unique": lambda m: m.unique(Z, axis=0, return_inverse=True, return_counts=True, return_index=True),
    "unique of NaN": lambda m: m.unique(NANS, equal_nan=False),
    "unique_all": lambda m: m.unique_all(NANS),
    "unique_counts": lambda m: m.unique_counts(X),
    "unique_inverse": lambda m: m.unique_inverse(X.reshape(2, 3)),
    "unique_values": lambda m: m.sort(m.unique_values(X)),  # NumPy gives them in any order
    "union1d": lambda m: m.union1d(X, Y),
    "intersect1d": lambda m: m.intersect1d(X, Y, return_indices=True),
    "setdiff1d": lambda m: m.setdiff1d(X, Y),
    "setdiff1d as they come": lambda m: m.setdiff1d(np.array([5, 1, 3]), Y, assume_unique=True),
    "setxor1d": lambda m: m.setxor1d(X, Y),
    "trim_zeros": lambda m: m.trim_zeros(Z[1]),
    "trim_zeros in front": lambda m: m.trim_zeros(Z[2], "f"),
    "trim_zeros behind": lambda m: m.trim_zeros(X[::-1], "b"),
    "trim_zeros of nothing": lambda m: m.trim_zeros(Z[0]),
    "compress": lambda m: m.compress([True, False], Z, axis=0),
    "extract": lambda m: m.extract(X > 0, X),
    "choose": lambda m: m.choose(np.array([1, 0]), [X[:2], Y[:2]]),
    "ravel_multi_index": lambda m: m.ravel_multi_index((np.array([1, 0]), np.array([2, 1])), (2, 3)),
    "delete by a mask": lambda m: m.delete(X, X == 3),
}


@pytest.mark.parametrize("name", CALLS)
def test_results_whose_shape_depends_on_values_are_numpy_s(name: str) -> None:
    ours, theirs = verax.tree.leaves(CALLS[name](vnp)), jax.tree.leaves(CALLS[name](np))
    for a, b in zip(ours, theirs, strict=True):
        assert np.array_equal(np.asarray(a), b, equal_nan=np.asarray(b).dtype.kind == "f")
        assert np.asarray(a).shape == np.asarray(b).shape


def test_trim_zeros_of_a_matrix_takes_the_box_that_holds_all() -> None:
    assert np.asarray(vnp.trim_zeros(Z)).tolist() == [[1.5, 0], [0, 2]]
    assert vnp.trim_zeros(Z, axis=0).shape == (2, 3)
    assert vnp.trim_zeros(Z, "").shape == Z.shape


@pytest.mark.parametrize("extra", [0, 3])
def test_a_size_gives_the_same_and_fills_up_as_jax_does(extra: int) -> None:
    x, y = X.astype(np.float32), Y.astype(np.float32)
    sized: dict[str, tuple[int, Callable[[Any, Any, Any, int], Any]]] = {
        "unique": (4, lambda m, a, b, n: m.unique(a, True, True, True, size=n)),
        "unique filled": (4, lambda m, a, b, n: m.unique(a, return_counts=True, size=n, fill_value=-1)),
        "rows": (3, lambda m, a, b, n: m.unique(m.stack([b, b, a[:3]]), axis=0, return_inverse=True, size=n)),
        "union1d": (5, lambda m, a, b, n: m.union1d(a, b, size=n)),
        "intersect1d": (2, lambda m, a, b, n: m.intersect1d(a, b, return_indices=True, size=n)),
        "intersect1d filled": (2, lambda m, a, b, n: m.intersect1d(a, b, size=n, fill_value=7)),
        "setdiff1d": (2, lambda m, a, b, n: m.setdiff1d(a, b, size=n)),
        "setxor1d": (3, lambda m, a, b, n: m.setxor1d(a, b, size=n)),
        "setxor1d filled": (3, lambda m, a, b, n: m.setxor1d(a, b, size=n, fill_value=7)),
    }
    for name, (count, call) in sized.items():
        ours = verax.jit(lambda a, b, call=call, n=count + extra: call(vnp, a, b, n))(x, y)
        theirs = jax.jit(lambda a, b, call=call, n=count + extra: call(jax.numpy, a, b, n))(x, y)
        for a, b in zip(verax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
            assert np.asarray(a).tolist() == np.asarray(b).tolist(), name


def test_abstract_indices_that_are_unique_are_deleted() -> None:
    found = verax.jit(lambda i: vnp.delete(X, i, assume_unique_indices=True))(np.array([1, -1], np.int32))
    assert np.asarray(found).tolist() == [3, 1, 3, 0]


# -- text ---------------------------------------------------------------------------------------------------
def test_arrays_are_written_with_numpy_s_options() -> None:
    x = vnp.asarray(np.array([1.0, 2.5e-9], np.float32))
    assert vnp.array_repr(x) == repr(x)
    assert vnp.array_repr(x, precision=2, suppress_small=True) == "Array([1., 0.], dtype=float32)"
    assert vnp.array_str(x, suppress_small=True) == np.array_str(np.asarray(x), suppress_small=True)
    before = vnp.get_printoptions()
    with vnp.printoptions(precision=3):
        assert vnp.get_printoptions()["precision"] == 3
        assert str(vnp.asarray([1 / 3])) == "[0.333]"
    assert vnp.get_printoptions() == before
    vnp.set_printoptions(**before)
    assert vnp.get_printoptions() == before


# -- files and buffers ------------------------------------------------------------------------------------------
def test_arrays_go_to_files_and_back() -> None:
    file = io.BytesIO()
    vnp.save(file, vnp.asarray(Z))
    file.seek(0)
    assert np.array_equal(np.asarray(vnp.load(file)), Z)
    file = io.BytesIO()
    vnp.savez(file, X, z=vnp.asarray(Z))
    file.seek(0)
    with vnp.load(file) as found:
        assert found["arr_0"].tolist() == X.tolist()
        assert found["z"].tolist() == Z.tolist()


def test_a_pickle_is_never_read_nor_written() -> None:
    for call in (lambda: vnp.save(io.BytesIO(), X, True), lambda: vnp.load(io.BytesIO(), allow_pickle=True)):
        with pytest.raises(ValueError, match=r"`allow_pickle` of .* must be False, got True"):
            call()


def test_buffers_and_texts_are_numpy_s() -> None:
    assert np.asarray(vnp.frombuffer(X.tobytes(), "int32", 2, 4)).tolist() == [0, 1]
    assert np.asarray(vnp.fromstring("1 2 3.5", sep=" ")).tolist() == [1, 2, 3.5]
    for refused in (vnp.fromfile, vnp.fromiter):
        with pytest.raises(NotImplementedError, match=r"Use verax\.numpy\.asarray\(numpy\.from"):
            refused(None)


# -- questions, and other names -----------------------------------------------------------------------------------
def test_questions_have_jax_s_answers() -> None:
    for x in (1, 2.5, "a", None, X, np.float32(1), np.array(1), [1]):
        assert vnp.isscalar(x) == jax.numpy.isscalar(x), x
        assert vnp.iterable(x) == jax.numpy.iterable(x), x
    assert vnp.isscalar(vnp.asarray(1))
    assert not vnp.iterable(vnp.asarray(1))
    assert vnp.iterable(vnp.asarray([1]))
    assert not vnp.array_equiv(X, Y)
    assert vnp.s_[1:, None] == vnp.index_exp[1:, None] == (slice(1, None), None)


def test_other_names_of_dtypes_are_jax_s() -> None:
    for name in ("int_", "uint", "single", "double", "float_"):
        assert getattr(vnp, name) == np.dtype(getattr(jax.numpy, name))
    for name in ("flexible", "character", "object_", "dtype"):
        assert getattr(vnp, name) is getattr(jax.numpy, name)


def test_functions_of_cores_are_looped_over_the_other_axes() -> None:
    a, b = np.arange(24, dtype=np.float32).reshape(4, 2, 3), np.arange(3, dtype=np.float32)
    product = vnp.vectorize(vnp.matmul, signature="(n,m),(m)->(n)")
    assert np.array_equal(np.asarray(product(a, b)), a @ b)
    split = vnp.vectorize(lambda v, k: (v[:k], v[k:].sum()), excluded=(1,), signature="(n)->(k),()")
    first, rest = split(a, 2)
    assert np.array_equal(np.asarray(first), a[..., :2])
    assert np.array_equal(np.asarray(rest), a[..., 2])
    assert float(vnp.vectorize(lambda x, y: x if y is None else y)(2.0, None)) == 2.0


# -- complex numbers ------------------------------------------------------------------------------------------------
SMALL = np.random.default_rng(1).integers(-4, 5, (2, 3, 4, 2)).astype(np.float32)
A, B = (part[..., 0] + 1j * part[..., 1] for part in SMALL)
EXACT: dict[str, Any] = {
    **{
        n: lambda m, n=n: getattr(m, n)(A)
        for n in ("real", "imag", "conj", "conjugate", "iscomplex", "isreal")
    },
    **{
        n: lambda m, n=n: getattr(m, n)(A, B)
        for n in ("add", "subtract", "multiply", "vdot", "inner", "kron")
    },
    **{n: lambda m, n=n: getattr(m, n)(A[0], B[0]) for n in ("convolve", "outer", "dot", "equal")},
    **{
        n: lambda m, n=n: getattr(m, n)(A, axis=1)
        for n in ("sum", "prod", "cumsum", "cumprod", "flip", "diff")
    },
    "correlate": lambda m: m.correlate(A[0], B[0], "full"),
    "correlate with a longer one": lambda m: m.correlate(A[0][:2], B[0], "full"),
    "vecdot": lambda m: m.vecdot(A, B),
    "matvec": lambda m: m.matvec(A, B[0]),
    "vecmat": lambda m: m.vecmat(A[:, 0], B),
    "matmul": lambda m: m.matmul(A, B.T),
    "cross": lambda m: m.cross(A[:, :3], B[:, :3]),
    "trace": lambda m: m.trace(A),
    "polyval": lambda m: m.polyval(A[0], B[0]),
    "var": lambda m: m.var(A[:2, :2], axis=0),
    "sort_complex": lambda m: m.sort_complex(A),
    "where": lambda m: m.where(A.real > 0, A, B),
}


@pytest.mark.parametrize("name", EXACT)
def test_what_is_exact_of_complex_numbers_is_numpy_s(name: str) -> None:
    for owner in (verax.fast, verax.reference):
        with verax.using(owner):
            ours = EXACT[name](vnp)
        assert np.array_equal(np.asarray(ours), EXACT[name](np))


def test_what_needs_an_order_refuses_complex_numbers() -> None:
    for name in ("max", "median", "clip", "partition", "isposinf", "fabs"):
        with pytest.raises(ValueError, match=f"`{name}` needs numbers that have an order, got complex64"):
            getattr(vnp, name)(A, 0) if name == "partition" else getattr(vnp, name)(A)
    assert vnp.iscomplexobj(A)
    assert vnp.iscomplexobj(verax.ShapeDtypeStruct((2,), "complex64"))
    assert not vnp.iscomplexobj(verax.ShapeDtypeStruct((2,), "float32"))
    assert (vnp.iscomplexobj(vnp.complex64), vnp.iscomplexobj(vnp.float32)) == (True, False)
    assert vnp.isrealobj(X)


# -- messages -------------------------------------------------------------------------------------------------------
MESSAGES: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: vnp.gcd(1.0, 2), ValueError, "The arguments of gcd must be integers, got float32"),
    (lambda: vnp.bitwise_count(1.5), TypeError, "`x` of bitwise_count must hold integers"),
    (lambda: vnp.packbits(X, bitorder="up"), ValueError, "`bitorder` of packbits must be 'big' or 'little'"),
    (lambda: vnp.packbits(Z), TypeError, "`a` of packbits must hold integers or booleans, got float32"),
    (lambda: vnp.unpackbits(X), TypeError, "`a` of unpackbits must hold uint8, got int32"),
    (lambda: vnp.ldexp(1.0, 1.5), ValueError, "`x2` of ldexp must hold integers, got float32"),
    (lambda: vnp.hanning("a"), TypeError, "`M` of hanning must be an integer known now, got 'a'"),  # type: ignore[arg-type]
    (lambda: vnp.ix_(Z), ValueError, "The arguments of ix_ must be vectors, got shape (4, 3)"),
    (lambda: vnp.ix_(X > 0), TypeError, "must be indices, got a mask. Use nonzero first"),
    (lambda: vnp.r_["x", X], ValueError, "The first entry of r_ may be 'r', 'c' or up to three integers"),
    (lambda: vnp.r_[X, "r"], ValueError, "A string may be the first entry of r_ only, got 'r' after others"),
    (lambda: vnp.diag_indices(-1), ValueError, "`n` and `ndim` of diag_indices must not be negative"),
    (lambda: vnp.diag_indices_from(Z), ValueError, "must have 2 or more axes of one size, got shape (4, 3)"),
    (
        lambda: vnp.tril_indices_from(X),
        ValueError,
        "`arr` of tril_indices_from must be a matrix, got shape (6,)",
    ),
    (
        lambda: vnp.ravel_multi_index((X,), (2, 3)),
        ValueError,
        "`multi_index` must hold one array an axis, 2, got 1",
    ),
    (
        lambda: vnp.ravel_multi_index((X,), (2,)),
        ValueError,
        "`multi_index` must lie within the axis of size 2",
    ),
    (lambda: vnp.ravel_multi_index((X,), (9,), "up"), ValueError, "`mode` must be 'raise', 'wrap', 'clip'"),
    (lambda: vnp.ravel_multi_index((X,), (9,), order="A"), ValueError, "`order` must be 'C' or 'F', got 'A'"),
    (
        lambda: vnp.ravel_multi_index((X,), (999,), dtype="int8"),
        ValueError,
        "`dtype` must be an integer dtype",
    ),
    (lambda: vnp.choose(X, [X]), ValueError, "`a` of choose must lie in [0, 1)"),
    (lambda: vnp.choose(Z, [X]), ValueError, "`a` of choose must hold integers, got float32"),
    (lambda: vnp.choose(X, [X], mode="up"), ValueError, "`mode` of choose must be 'raise', 'wrap' or 'clip'"),
    (
        lambda: vnp.compress(Z > 0, X),
        ValueError,
        "`condition` of compress must be a vector, got shape (4, 3)",
    ),
    (lambda: vnp.compress([True] * 9, X), ValueError, "must not hold beyond the axis of size 6"),
    (lambda: vnp.compress([True], X, size=9), ValueError, "`size` of compress must lie in [0, 1], got 9"),
    (lambda: vnp.piecewise(X, [X > 0], []), ValueError, "`funclist` must hold as many functions"),
    (lambda: vnp.lexsort(()), TypeError, "`keys` of lexsort must hold at least one array, got none"),
    (lambda: vnp.lexsort((X, Y)), ValueError, "`keys` of lexsort must have one shape"),
    (lambda: vnp.partition(X, 6), ValueError, "`kth` of partition must lie in [-6, 6), got 6"),
    (lambda: vnp.digitize(X, Z), ValueError, "`bins` of digitize must be a vector, got shape (4, 3)"),
    (lambda: vnp.block([[X], X]), ValueError, "`arrays` of block must be nested evenly"),
    (lambda: vnp.block([]), ValueError, "`arrays` of block must not hold an empty list"),
    (lambda: vnp.block((X,)), TypeError, "`arrays` of block must nest lists, got a tuple"),
    (
        lambda: vnp.put(X, 0, 1),
        ValueError,
        "`inplace` of put must be False, got True: arrays are never written to",
    ),
    (
        lambda: vnp.put(X, 0, 1, "up", inplace=False),
        ValueError,
        "`mode` of put must be None, 'clip' or 'wrap'",
    ),
    (lambda: vnp.place(X, Y, 1, inplace=False), ValueError, "`mask` of place must have the size of `arr`, 6"),
    (
        lambda: vnp.put_along_axis(Z, Y, 1, 0, inplace=False),
        ValueError,
        "`indices` must have 2 axes like `arr`",
    ),
    (lambda: vnp.fill_diagonal(X, 1, inplace=False), ValueError, "`a` of fill_diagonal must be a matrix"),
    (
        lambda: vnp.insert(X, Z, 1),
        ValueError,
        "`obj` of insert must be an index, a slice or a vector of indices",
    ),
    (lambda: vnp.rollaxis(Z, 0, 3), ValueError, "`start` of rollaxis must lie in [-2, 2], got 3"),
    (lambda: vnp.unique(vnp.zeros(0), size=2), ValueError, "`fill_value` of unique must be given"),
    (
        lambda: vnp.quantile(Z, 0.5, method="up"),
        ValueError,
        "`method` of quantile must be one of linear, lower",
    ),
    (lambda: vnp.quantile(Z, 0.5, weights=Z), ValueError, "`weights` of quantile must be None but for"),
    (
        lambda: vnp.quantile(Z, 1),
        ValueError,
        "`q` of quantile must be a float or a vector of floats, got int32",
    ),
    (
        lambda: vnp.quantile(Z, 0.5, 0, weights=Y, method="inverted_cdf"),
        ValueError,
        "`weights` must have the shape of `a` (4, 3), or of its axes 0, got (3,)",
    ),
    (
        lambda: vnp.median(Z, overwrite_input=True),
        ValueError,
        "`out` of median must be None and `overwrite_input`",
    ),
    (lambda: vnp.convolve(Z, X), ValueError, "`a` and `v` of convolve must be vectors with elements"),
    (lambda: vnp.convolve(X, X, "up"), ValueError, "`mode` of convolve must be one of full, same, valid"),
    (lambda: vnp.cov(np.ones((1, 1, 1))), ValueError, "`m` and `y` of cov must have at most 2 axes"),
    (lambda: vnp.cov(X, dtype=int), ValueError, "`dtype` of cov must be a floating dtype"),
    (
        lambda: vnp.cov(X, aweights=Y),
        ValueError,
        "`aweights` of cov must have shape (6,), one for each sample",
    ),
    (lambda: vnp.cov(Y, fweights=Z[0]), TypeError, "`fweights` of cov must hold integers, got float32"),
    (lambda: vnp.histogram(X, "auto"), TypeError, "`bins` must be how many or their edges, got 'auto'"),
    (lambda: vnp.histogram(X, range=(1,)), ValueError, "`range` must be a first and a last edge, got (1,)"),
    (
        lambda: vnp.histogram(X, weights=Y),
        ValueError,
        "`weights` of histogram must have the shape of `a`, (6,)",
    ),
    (lambda: vnp.histogramdd(Z, [1, 2]), ValueError, "must be one for each of 3 axes"),
    (
        lambda: vnp.histogramdd(Z, weights=Y),
        ValueError,
        "`weights` of histogramdd must have shape (4,), got (3,)",
    ),
    (lambda: vnp.polyder(X, -1), ValueError, "`m` of polyder must not be negative, got -1"),
    (lambda: vnp.polyint(X, -1), ValueError, "`m` of polyint must not be negative, got -1"),
    (lambda: vnp.polyint(X, 2, [1, 2, 3]), TypeError, "must be an array or a number, got list"),
    (
        lambda: vnp.polyint(X, 2, Y),
        ValueError,
        "`k` of polyint must be a number or 2 of them, got shape (3,)",
    ),
    (lambda: vnp.poly(Z), ValueError, "`seq_of_zeros` must be a vector or a square matrix, got shape (4, 3)"),
    (lambda: vnp.vander(Z), ValueError, "`x` of vander must be a vector, got shape (4, 3)"),
    (lambda: vnp.vander(X, -1), ValueError, "`N` of vander must not be negative, got -1"),
    (lambda: vnp.gradient(Z, edge_order=2), ValueError, "`edge_order` must be None, got 2"),
    (
        lambda: vnp.gradient(Z[:1]),
        ValueError,
        "`f` of gradient must have at least 2 samples along axes (0, 1)",
    ),
    (lambda: vnp.gradient(Z, 1, 2, 3), TypeError, "`varargs` must hold none, one or 2 distances, got 3"),
    (lambda: vnp.gradient(X, Y), ValueError, "The places of gradient must be 6, one for each sample"),
    (lambda: vnp.interp(1.0, X, Y), ValueError, "`xp` and `fp` must be vectors of one size"),
    (
        lambda: vnp.interp(1.0, X, X, left="up"),
        ValueError,
        "`left` must be a number or 'extrapolate', got 'up'",
    ),
    (lambda: vnp.interp(1.0, X, X, period=Y), ValueError, "`period` must be a number, got shape (3,)"),
    (lambda: vnp.cross(X, Y), ValueError, "The vectors of cross must have 2 or 3 elements, got 6 and 3"),
    (lambda: vnp.matvec(X, Y), ValueError, "The arguments of matvec must have 2 and 1 axes or more"),
    (lambda: vnp.vectorize(vnp.sin, excluded={-1}), ValueError, "`excluded` must hold positions from 0 on"),
    (
        lambda: vnp.vectorize(vnp.sin, signature="n->n")(X),
        ValueError,
        "`signature` must be such as '(n,m),(m)->(n)'",
    ),
    (lambda: vnp.vectorize(vnp.sin, signature="(n),(n)->(n)")(X), TypeError, "takes 2 arguments, got 1"),
    (
        lambda: vnp.vectorize(vnp.dot, signature="(n),(n)->()")(X, Y),
        ValueError,
        "must have one size, got 6 and 3",
    ),
    (
        lambda: vnp.vectorize(vnp.sin)(x=X),
        TypeError,
        "Arguments of a vectorized function are positional, got ['x']",
    ),
    (
        lambda: vnp.apply_over_axes(lambda a, i: a[None], X, [0]),
        ValueError,
        "`func` must return 1 axes, or one fewer",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), MESSAGES, ids=[m[2][:40] for m in MESSAGES])
def test_a_message_names_argument_value_and_mend(
    call: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call()


ABSTRACT: dict[str, Callable[[Any], Any]] = {
    "trim_zeros": vnp.trim_zeros,
    "union1d": lambda i: vnp.union1d(i, i),
    "choose": lambda i: vnp.choose(i, [i]),
    "ravel_multi_index": lambda i: vnp.ravel_multi_index((i,), (9,)),
    "delete": lambda i: vnp.delete(i, i),
}


@pytest.mark.parametrize("name", ABSTRACT)
def test_abstract_values_are_refused_with_the_mend(name: str) -> None:
    with pytest.raises(ConcretizationTypeError, match="abstract"):
        verax.jit(ABSTRACT[name])(X)


def test_what_drawn_values_found_stays_mended() -> None:
    fraction, _ = vnp.modf(np.float32(-1))
    assert np.signbit(np.asarray(fraction))
    assert int(vnp.gcd(np.int8(-128), np.int8(7))) == 1
    assert np.asarray(vnp.poly(np.array([np.inf], np.float32))).tolist() == [1, -np.inf]
    assert not np.signbit(np.asarray(vnp.polyadd(np.ones(1, np.float32), -np.zeros(2, np.float32)))).any()
    assert np.asarray(vnp.unique_values(np.zeros((0, 4)), size=2, fill_value=9)).tolist() == [9, 9]
    with pytest.raises(TypeError, match="`p` of unwrap must hold real angles"):
        vnp.unwrap(np.ones(2, np.complex64))


@pytest.mark.parametrize("total", [0, 3, 7, 12])
@pytest.mark.parametrize("counts", [[2, 0, 3, 2], [0, 0, 0, 1], [1, 1, 1, 1]])
def test_traced_counts_repeat_as_jaxs(counts: list[int], total: int) -> None:
    a, given = np.arange(8, dtype=np.float32).reshape(4, 2), np.array(counts, np.int32)
    found = verax.jit(lambda c: vnp.repeat(a, c, 0, total_repeat_length=total))(given)
    wanted = jax.jit(lambda c: jax.numpy.repeat(a, c, 0, total_repeat_length=total))(given)
    assert np.asarray(found).tolist() == np.asarray(wanted).tolist()


def test_traced_counts_need_the_length_of_the_result() -> None:
    with pytest.raises(ConcretizationTypeError, match="`total_repeat_length` of repeat must be given"):
        verax.jit(lambda c: vnp.repeat(vnp.ones(4), c))(np.ones(4, np.int32))
