"""The calls of `verax.numpy`'s rarer names, and what stands in for keywords and names that NumPy lacks.

`rows` gives rows of the table in test_numpy_against_jax.py; `StandIns` is the oracle's share of
test_numpy_against_numpy.py.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

IDS = np.array([2, 0, 1, 2], np.int32)
FLAGS = np.array([True, False, True])
EDGES = np.array([-2.0, 0.0, 1.0, 3.0], np.float32)
WEIGHTS = np.array([1, 2, 0, 3], np.int32)
SPREAD = np.array([0.5, 1.0, 2.0, 0.25], np.float32)


def rows(t: Any) -> dict[str, list[Any]]:
    """Rows for `t.ROWS`, with the table's own `Row`, `named` and shapes."""
    Row, named, words = t.Row, t.named, t.words
    ONE, AXES, PAIR, VECTOR = t.ONE, t.AXES, t.PAIR, t.VECTOR
    matrix = (((3, 4),),)
    return {
        **_windows(t),
        # integers and floats
        **{n: [Row(named(n), ("int", "int"), PAIR)] for n in ("gcd", "lcm")},
        "bitwise_count": [Row(named("bitwise_count"), ("bits",), ONE)],
        "packbits": [
            Row(named("packbits"), ("bits",), AXES),
            Row(named("packbits", axis=1, bitorder="little"), ("bits",), AXES),
        ],
        "unpackbits": [
            Row(lambda m, x: m.unpackbits(m.packbits(x, axis=1), axis=1), ("bits",), matrix, False),
            Row(
                lambda m, x: m.unpackbits(m.packbits(x), count=5, bitorder="little"), ("bits",), matrix, False
            ),
            Row(lambda m, x: m.unpackbits(m.packbits(x, axis=0), axis=0, count=11), ("bits",), matrix, False),
        ],
        "frexp": [Row(named("frexp"), ("float",), ONE)],
        "ldexp": [Row(named("ldexp"), ("float", "index"), PAIR), Row(named("ldexp", -140), ("float",), ONE)],
        "spacing": [Row(named("spacing"), ("float",), ONE)],
        "i0": [Row(named("i0"), ("any",), ONE)],
        # complex numbers
        **{
            n: [Row(named(n), ("any",), ONE), Row(named(n), ("complex",), ONE)]
            for n in words("real imag conj conjugate angle iscomplex isreal")
        },
        "sort_complex": [
            Row(named("sort_complex"), ("number",), AXES),
            Row(named("sort_complex"), ("complex",), AXES),
        ],
        # grids and places
        "indices": [
            Row(lambda m: m.indices((2, 3)), ()),
            Row(lambda m: m.indices((2, 3), sparse=True), ()),
            Row(lambda m: m.indices((3,), dtype="int8"), ()),
        ],
        "ix_": [Row(lambda m, i, j: m.ix_(i, j), ("index", "index"), (((2,), (3,)), ((0,), (1,))))],
        "mgrid": [
            Row(lambda m: m.mgrid[0:3], ()),
            Row(lambda m: m.mgrid[0:3, 1:2:0.25], ()),
            Row(lambda m: m.mgrid[0:1:5j, 2:4], ()),
        ],
        "ogrid": [Row(lambda m: m.ogrid[1:7:2], ()), Row(lambda m: m.ogrid[0:3, 0:1:4j], ())],
        "r_": [
            Row(lambda m, x, y: m.r_[x, 0, y, 1:4], ("number", "number"), (((3,), (2,)),)),
            Row(lambda m, x, y: m.r_["0,2,1", x, y], ("number", "number"), (((3,), (3,)),)),
            # Of matrices JAX puts the axes elsewhere than NumPy's text says.
            Row(lambda m, x, y: m.r_["1,3,0", x, y], ("number", "number"), (((3,), (3,)),)),
        ],
        "c_": [Row(lambda m, x, y: m.c_[x, y], ("number", "number"), (((3,), (3,)), ((3, 2), (3, 1))))],
        "diag_indices": [Row(lambda m: m.diag_indices(3), ()), Row(lambda m: m.diag_indices(2, 3), ())],
        "diag_indices_from": [Row(named("diag_indices_from"), ("any",), (((3, 3),), ((2, 2, 2),)))],
        **{
            n: [
                Row(lambda m, n=n: getattr(m, n)(3), ()),
                Row(lambda m, n=n: getattr(m, n)(3, -1, 4), ()),
                Row(lambda m, n=n: getattr(m, n)(2, 1), ()),
            ]
            for n in ("tril_indices", "triu_indices")
        },
        **{n: [Row(named(n, 1), ("any",), matrix)] for n in ("tril_indices_from", "triu_indices_from")},
        "mask_indices": [Row(lambda m: m.mask_indices(3, m.triu, size=6), ())],
        "ravel_multi_index": [
            Row(
                lambda m, i, j, mode=mode, order=order: m.ravel_multi_index((i, j), (3, 4), mode, order),
                ("index", "index"),
                (((3,), (3,)), ((), ())),
                False,
            )
            for mode, order in (("wrap", "C"), ("clip", "F"))
        ],
        "unravel_index": [
            Row(lambda m, i: m.unravel_index(i, (3, 4)), ("index",), (((5,),), ((2, 2),)), False)
        ],
        # selection
        "choose": [
            Row(
                lambda m, i, x, y, mode=mode: m.choose(i, [x, y], mode=mode),
                ("index", "number", "number"),
                (((3, 4), (3, 4), (4,)),),
                False,
            )
            for mode in ("wrap", "clip")
        ],
        "compress": [
            Row(lambda m, x: m.compress(FLAGS, x, axis=0), ("any",), AXES),
            Row(lambda m, x: m.compress(FLAGS, x), ("any",), AXES),
            Row(lambda m, x: m.compress(FLAGS, x, axis=0, size=2), ("any",), matrix),
        ],
        "extract": [Row(lambda m, x: m.extract(x > 0, x, size=3), ("number",), matrix)],
        "piecewise": [
            Row(lambda m, x: m.piecewise(x, [x < 0, x > 1], [lambda v: -v, 5]), ("number",), matrix, False),
            Row(
                lambda m, x: m.piecewise(x, [x < 0], [lambda v, k: v * k, lambda v, k: v + k], 2),
                ("number",),
                matrix,
                False,
            ),
        ],
        "lexsort": [
            Row(lambda m, x, y: m.lexsort((x, y)), ("any", "any"), (((5,), (5,)), ((3, 4), (3, 4)))),
            Row(lambda m, x, y: m.lexsort((x, y), axis=0), ("any", "any"), (((3, 4), (3, 4)),)),
        ],
        "partition": [
            Row(lambda m, x: m.sort(m.partition(x, 1)[..., 2:]), ("any",), AXES),
            Row(lambda m, x: m.partition(x, 1, axis=0)[1], ("any",), AXES),
        ],
        "argpartition": [
            Row(lambda m, x: m.take_along_axis(x, m.argpartition(x, 1), -1)[..., 1], ("number",), AXES)
        ],
        "digitize": [
            Row(lambda m, x: m.digitize(x, EDGES), ("number",), ONE),
            Row(lambda m, x: m.digitize(x, EDGES[::-1], right=True), ("number",), ONE),
        ],
        "block": [
            Row(lambda m, x, y: m.block([[x, y], [y, x]]), ("any", "any"), (((2, 2), (2, 2)), ((), ()))),
            Row(lambda m, x, y: m.block([x, y]), ("any", "any"), (((3,), (2,)), ((2, 3), (2, 1)))),
        ],
        # placement
        "place": [
            Row(
                lambda m, x: m.place(x, x > 0, SPREAD[:2].astype(int), inplace=False),
                ("number",),
                matrix,
                False,
            )
        ],
        "put": [
            Row(
                lambda m, x, mode=mode: m.put(x, IDS[1:3] * 5, IDS[:2], mode, inplace=False),
                ("number",),
                matrix,
                False,
            )
            for mode in (None, "clip", "wrap")
        ],
        "put_along_axis": [
            Row(
                lambda m, x, i: m.put_along_axis(x, i, 3, 1, inplace=False),
                ("number", "index"),
                (((3, 4), (3, 1)),),
            ),
            Row(
                lambda m, x, i: m.put_along_axis(x, i, 3, None, inplace=False),
                ("number", "index"),
                (((3, 4), (5,)),),
            ),
        ],
        "fill_diagonal": [
            Row(
                lambda m, x: m.fill_diagonal(x, 5, inplace=False),
                ("number",),
                (((3, 4),), ((2, 2, 2),)),
                False,
            ),
            Row(lambda m, x: m.fill_diagonal(x, IDS[:2], inplace=False), ("number",), matrix, False),
        ],
        "delete": [
            Row(lambda m, x, i=i: m.delete(x, i, axis=0), ("any",), AXES)
            for i in (0, -1, slice(1), IDS[:1], np.array([0, 0]))
        ]
        + [Row(named("delete", 2), ("any",), AXES)],
        "insert": [
            Row(lambda m, x: m.insert(x, 1, 5), ("number",), AXES),
            Row(lambda m, x: m.insert(x, np.array([0, 2]), 5, axis=0), ("number",), AXES),
            Row(lambda m, x: m.insert(x, 1, IDS, axis=0), ("number",), matrix),
            Row(lambda m, x: m.insert(x, slice(0, 2), 7, axis=1), ("number",), matrix),
            Row(lambda m, x: m.insert(x, np.array([3, 0, 3]), IDS[:3], axis=None), ("number",), matrix),
        ],
        "resize": [
            Row(named("resize", (2, 5)), ("any",), (*AXES, ((0,),))),
            Row(named("resize", 3), ("any",), AXES),
        ],
        "diagflat": [
            Row(named("diagflat"), ("any",), (((3,),), ((2, 2),))),
            Row(named("diagflat", -1), ("any",), VECTOR),
        ],
        "rollaxis": [
            Row(named("rollaxis", a, b), ("any",), (((2, 3, 4),),))
            for a, b in ((2, 0), (0, 3), (1, -1), (-1, 1))
        ],
        "ediff1d": [
            Row(named("ediff1d"), ("number",), (*AXES, ((0,),))),
            Row(lambda m, x: m.ediff1d(x, to_end=IDS, to_begin=1), ("number",), matrix),
        ],
        # sets
        "isin": [
            Row(named("isin"), ("any", "any"), (((3, 4), (5,)), ((), (2,)), ((3,), (0,)))),
            Row(named("isin", invert=True), ("any", "any"), (((3,), (5,)),)),
        ],
        # calculus
        "gradient": [
            Row(named("gradient"), ("any",), (((3, 4),), ((5,),))),
            Row(named("gradient", 0.5, axis=1), ("number",), matrix),
            Row(lambda m, x: m.gradient(x, np.array([0, 1, 3, 4]), axis=-1), ("float",), matrix),
        ],
        "trapezoid": [
            Row(named("trapezoid"), ("number",), AXES),
            Row(named("trapezoid", dx=0.5, axis=0), ("number",), AXES),
            Row(lambda m, y: m.trapezoid(y, np.array([0, 1, 3, 4], np.float32)), ("float",), AXES),
        ],
        "interp": [
            Row(lambda m, x: m.interp(x, EDGES, SPREAD), ("number",), ONE),
            Row(lambda m, x: m.interp(x, EDGES, SPREAD, left=-5, right=7), ("number",), ONE),
        ],
        "unwrap": [
            Row(named("unwrap"), ("float",), (((5,),), ((3, 4),))),
            Row(named("unwrap", axis=0), ("float",), matrix),
        ],
        # polynomials
        "polyval": [Row(named("polyval"), ("number", "number"), (((3,), (4,)), ((2,), ()), ((0,), (3,))))],
        **{
            n: [Row(named(n), ("number", "number"), (((3,), (2,)), ((2,), (4,)), ((3,), (3,))))]
            for n in ("polyadd", "polysub", "polymul")
        },
        "polydiv": [Row(named("polydiv"), ("number", "number"), (((4,), (2,)), ((2,), (3,))))],
        "polyder": [
            Row(named("polyder"), ("number",), VECTOR),
            Row(named("polyder", 2), ("number",), (((5,),),)),
        ],
        "polyint": [
            Row(named("polyint"), ("number",), VECTOR),
            Row(named("polyint", 2, np.array([1, 2])), ("number",), VECTOR),
        ],
        "polyfit": [Row(named("polyfit", 1), ("float", "float"), (((4,), (4,)), ((4,), (4, 2))))],
        "roots": [Row(named("roots", strip_zeros=False), ("float",), (((4,),), ((1,),), ((2,),)))],
        "poly": [Row(named("poly"), ("float",), (((3,),), ((1,),)))],
        "vander": [
            Row(named("vander"), ("number",), (((3,),),)),
            Row(named("vander", 4, True), ("number",), (((3,),),)),
        ],
        # correlation and histograms
        **{
            n: [
                Row(named(n, mode=mode), ("any", "any"), (((5,), (3,)), ((2,), (4,))))
                for mode in ("full", "same", "valid")
            ]
            for n in ("convolve", "correlate")
        },
        "cov": [
            Row(named("cov"), ("number",), (((3, 4),), ((4,),))),
            Row(named("cov", rowvar=False, bias=True), ("number",), matrix),
            Row(lambda m, x: m.cov(x, fweights=WEIGHTS, aweights=SPREAD), ("float",), matrix),
            Row(lambda m, x, y: m.cov(x, y, ddof=0), ("number", "number"), (((4,), (4,)),)),
        ],
        "corrcoef": [Row(named("corrcoef"), ("number",), (((3, 4),), ((4,),)))],
        "histogram_bin_edges": [
            Row(named("histogram_bin_edges"), ("number",), AXES),
            Row(named("histogram_bin_edges", bins=3, range=(0, 6)), ("number",), AXES),
        ],
        "histogram": [
            Row(lambda m, x: m.histogram(x, EDGES), ("number",), AXES),
            Row(lambda m, x: m.histogram(x, 4, (0, 8)), ("number",), AXES),
            Row(lambda m, x: m.histogram(x, EDGES, weights=SPREAD), ("float",), (((4,),),)),
            Row(lambda m, x: m.histogram(x, 4, (-8, 8), density=True), ("float",), (((5,),),)),
        ],
        "histogram2d": [
            Row(
                lambda m, x, y: m.histogram2d(x, y, 3, [(0, 6), (0, 6)]),
                ("number", "number"),
                (((5,), (5,)),),
            )
        ],
        "histogramdd": [
            Row(lambda m, x: m.histogramdd(x, [2, 3], [(0, 6), (-3, 3)]), ("number",), (((5, 2),),)),
            Row(lambda m, x: m.histogramdd(x, 2, [(-8, 8)] * 2, density=True), ("float",), (((5, 2),),)),
        ],
        # quantiles, and what leaves out NaN
        **{
            n: [
                *(Row(named(n, q, method=how), ("number",), matrix) for how in ("linear", "lower", "higher")),
                Row(named(n, q, axis=0, keepdims=True), ("number",), AXES),
                Row(named(n, np.array([q, 0.0], np.float32), axis=-1), ("number",), AXES),
                Row(named(n, q, axis=(0, 1), method="midpoint"), ("number",), AXES),
                Row(named(n, q, axis=1, method="nearest"), ("number",), matrix),
                Row(named(n, q, axis=1, method="inverted_cdf"), ("number",), matrix),
            ]
            for n, q in (
                ("quantile", 0.375),
                ("nanquantile", 0.375),
                ("percentile", 37.5),
                ("nanpercentile", 37.5),
            )
        },
        "nanmedian": [
            Row(named("nanmedian"), ("number",), AXES),
            Row(named("nanmedian", axis=0), ("number",), AXES),
        ],
        **{n: t.along(n) for n in ("nanvar", "nanstd")},
        **{
            n: [Row(named(n, axis=a), ("number",), AXES) for a in (None, 0)]
            for n in ("nanargmax", "nanargmin")
        },
        **{n: t.flat(n) for n in ("nancumsum", "nancumprod")},
        # applying
        "apply_along_axis": [
            Row(lambda m, x: m.apply_along_axis(lambda v: v[::-1] * 2, 0, x), ("number",), AXES),
            Row(lambda m, x: m.apply_along_axis(lambda v: v.max(), 1, x), ("number",), AXES),
        ],
        "apply_over_axes": [Row(lambda m, x: m.apply_over_axes(m.max, x, (0, 1)), ("number",), AXES)],
        "fromfunction": [
            Row(lambda m: m.fromfunction(lambda i, j: i * 2 + j, (2, 3)), ()),
            Row(lambda m: m.fromfunction(lambda i: i, (4,), dtype="int32"), ()),
        ],
        "vectorize": [
            Row(lambda m, x, y: m.vectorize(lambda a, b: a * 2 + b)(x, y), ("number", "number"), PAIR, False),
        ],
        # vectors
        "cross": [
            Row(named("cross"), ("number", "number"), (((4, 3), (4, 3)), ((3,), (2, 3)))),
            Row(named("cross", axis=0), ("number", "number"), (((3, 4), (3, 4)),)),
        ],
        "matvec": [
            Row(named("matvec"), ("any", "any"), (((2, 3), (3,)), ((4, 2, 3), (3,)), ((2, 3), (4, 3))))
        ],
        "vecmat": [
            Row(named("vecmat"), ("any", "any"), (((2,), (2, 3)), ((2,), (4, 2, 3)), ((4, 2), (2, 3))))
        ],
        "array_equiv": [Row(named("array_equiv"), ("any", "any"), PAIR)],
        **{
            n: [Row(named(n, size=5), ("number",), AXES)]
            for n in words("unique unique_all unique_counts unique_inverse")
        },
        "unique_values": [Row(named("unique_values", size=5, fill_value=9), ("number",), AXES)],
        **{
            n: [
                Row(named(n, size=4), ("number", "number"), (((5,), (4,)), ((2, 3), (3,)))),
                Row(named(n, size=4, fill_value=9), ("number", "number"), (((5,), (4,)),)),
            ]
            for n in words("union1d intersect1d setdiff1d setxor1d")
        },
    }


def _windows(t: Any) -> dict[str, list[Any]]:
    sizes = (0, 1, 2, 5, 8)
    found = {
        n: [t.Row(lambda m, n=n, size=size: getattr(m, n)(size), ()) for size in sizes]
        for n in ("hanning", "hamming", "blackman", "bartlett")
    }
    return found | {
        "kaiser": [
            t.Row(lambda m, b=b, size=size: m.kaiser(size, b), ()) for size in sizes for b in (8.6, 100)
        ]
    }


# Names that other tests hold: those whose results depend on values, text, files, and other names of dtypes.
ELSEWHERE = {
    "array_repr",
    "array_str",
    "get_printoptions",
    "set_printoptions",
    "printoptions",
    "save",
    "savez",
    "load",
    "frombuffer",
    "fromstring",
    "fromfile",
    "fromiter",
    "isscalar",
    "iterable",
    "flexible",
    "character",
    "object_",
    "dtype",
    "int_",
    "uint",
    "single",
    "double",
    "float_",
    "s_",
    "index_exp",
    "trim_zeros",
    "linalg",
    "fft",
    "complex64",
    "complex128",
    "complex_",
    "csingle",
    "cdouble",
    "complexfloating",
    "iscomplexobj",
    "isrealobj",
    "__array_namespace_info__",
    "__array_api_version__",
}


def between(low: Any, high: Any, share: Fraction) -> float:
    """A share of the way, rounded once; of an infinity only its own end is anything but it, or NaN beside another."""
    if not share or low == high:
        return float(low)
    if np.isfinite(low) and np.isfinite(high):
        return float(Fraction(float(low)) * (1 - share) + Fraction(float(high)) * share)
    return float(low) + float(high)


class StandIns:
    """What NumPy's functions lack, or do in place, in their own words."""

    @staticmethod
    def _cosines(size: int, *terms: float) -> Any:
        """a - b cos t + c cos 2t ... at 50 digits: NumPy's sums cancel at the ends, to -1.4e-17 for blackman's 0."""
        with mpmath.workdps(50):
            turns = [2 * mpmath.pi * n / (size - 1) for n in range(size)] if size > 1 else []
            exact = [mpmath.mpf(round(100 * c)) / 100 for c in terms]
            found = [sum((-1) ** k * c * mpmath.cos(k * t) for k, c in enumerate(exact)) for t in turns]
        return np.array([float(x) if abs(x) > 1e-40 else 0.0 for x in found]) if size > 1 else np.ones(size)

    def blackman(self, size: int) -> Any:
        return self._cosines(size, 0.42, 0.5, 0.08)

    def hamming(self, size: int) -> Any:
        return self._cosines(size, 0.54, 0.46)

    @staticmethod
    def bartlett(size: int) -> Any:
        """The quotient at once; NumPy's difference from 1 is rounded twice."""
        places = np.arange(size)
        return np.minimum(places, size - 1 - places) * 2 / (size - 1) if size > 1 else np.ones(size)

    # Between two numbers, exactly: NumPy's a + (b - a) t is rounded more often than a (1 - t) + b t next to an end.
    _between = staticmethod(np.frompyfunc(between, 3, 1))

    def linspace(
        self, low: Any, high: Any, num: int = 50, endpoint: bool = True, axis: int = 0, **options: Any
    ) -> Any:
        found = np.linspace(low, high, num, endpoint, axis=axis, **options)
        values, *step = found if isinstance(found, tuple) else (found,)
        if values.dtype.kind != "f" or num < 2:
            return found
        shares = [Fraction(k, num - 1 if endpoint else num) for k in range(num)]
        exact = np.stack([np.asarray(self._between(low, high, t), np.float64) for t in shares], axis)
        return (exact, *step) if step else exact

    def logspace(self, low: Any, high: Any, num: int) -> Any:
        return np.power(low.dtype.type(10), self.linspace(low, high, num).astype(low.dtype))

    def quantile(
        self, x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False
    ) -> Any:
        numpy_s: Any = np.quantile
        if method != "linear":
            return numpy_s(x, q, axis=axis, method=method, keepdims=keepdims)
        low, high = (numpy_s(x, q, axis=axis, method=m, keepdims=keepdims) for m in ("lower", "higher"))
        size = x.size if axis is None else x.shape[axis]
        shares = [Fraction(float(v)) * (size - 1) % 1 for v in np.ravel(q)]
        share = np.array(shares, object).reshape(np.shape(q) + (1,) * (np.ndim(low) - np.ndim(q)))
        return np.asarray(self._between(low, high, share)).astype(np.float64)

    def percentile(self, x: Any, q: Any, **options: Any) -> Any:
        return self.quantile(x, q / 100, **options)

    def histogram_bin_edges(self, x: Any, bins: int = 10, range: Any = None) -> Any:
        low, high = (x.min(), x.max()) if range is None else range
        return self.linspace(np.asarray(low, x.dtype), np.asarray(high, x.dtype), bins + 1)

    nanquantile, nanpercentile = quantile, percentile

    @staticmethod
    def polymul(x: Any, y: Any) -> Any:
        """NumPy's leaves out zeros in front, and so their number depends on the values."""
        return np.convolve(x, y)

    @staticmethod
    def polydiv(u: Any, v: Any) -> Any:
        """Long division; NumPy's leaves out zeros in front of the remainder, and what is next to 0."""
        rest = np.array(u)
        count = max(u.size - v.size + 1, 1)
        quotient = np.zeros(count, rest.dtype)
        for k in range(u.size - v.size + 1):
            quotient[k] = rest[k] * (1 / v[0])
            rest[k : k + v.size] -= quotient[k] * v
        return quotient, rest

    @staticmethod
    def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
        """One division by an exact factor; NumPy divides m times, and rounds as often."""
        constants = np.zeros(m) if k is None else np.asarray(k)
        powers = np.arange(p.size + m - 1, -1, -1)
        factors = np.prod([np.maximum(1, powers - i) for i in range(m)], axis=0)
        return np.append(p, constants).astype(p.dtype) / factors.astype(p.dtype)

    @staticmethod
    def vectorize(function: Any) -> Any:
        """NumPy's hands Python's numbers on, which do not wrap."""
        return lambda *xs: function(*np.broadcast_arrays(*xs))

    @staticmethod
    def ediff1d(x: Any, **ends: Any) -> Any:
        return np.ediff1d(x, **{name: np.asarray(end).astype(x.dtype) for name, end in ends.items()})

    @staticmethod
    def spacing(x: Any) -> Any:
        """Of -0.0 NumPy's is positive, but of no other negative number: JAX's has the sign of x."""
        found = np.spacing(x)
        return np.where(x == 0, np.copysign(found, x), found) if x.dtype != np.float16 else found

    @staticmethod
    def mask_indices(n: int, function: Any, size: int) -> Any:
        return np.mask_indices(n, function)

    @staticmethod
    def ravel_multi_index(index: Any, dims: Any, *options: Any) -> Any:
        return np.ravel_multi_index(index, dims, *options)

    @staticmethod
    def compress(flags: Any, x: Any, axis: Any = None, size: Any = None) -> Any:
        return np.compress(flags, x, axis)

    @staticmethod
    def extract(flags: Any, x: Any, size: int) -> Any:
        held = np.extract(flags, x)
        return np.append(held, np.zeros(size, x.dtype))[:size]

    @staticmethod
    def place(x: Any, mask: Any, values: Any, inplace: bool) -> Any:
        found = np.array(x)
        np.place(found, mask, np.asarray(values).astype(x.dtype))
        return found

    @staticmethod
    def put(x: Any, places: Any, values: Any, mode: Any, inplace: bool) -> Any:
        found = np.array(x)
        np.put(found, places, values, mode or "raise")
        return found

    @staticmethod
    def put_along_axis(x: Any, places: Any, values: Any, axis: Any, inplace: bool) -> Any:
        found = np.array(x)
        np.put_along_axis(found, places, values, axis)
        return found

    @staticmethod
    def fill_diagonal(x: Any, values: Any, inplace: bool) -> Any:
        found = np.array(x)
        np.fill_diagonal(found[: min(found.shape)], values)
        return found

    @staticmethod
    def partition(x: Any, kth: int, axis: int = -1) -> Any:
        return np.sort(x, axis)

    @staticmethod
    def argpartition(x: Any, kth: int) -> Any:
        return np.argsort(x, -1, kind="stable")

    @staticmethod
    def resize(x: Any, shape: Any) -> Any:
        return np.resize(x, shape)

    @staticmethod
    def delete(x: Any, places: Any, axis: Any = None) -> Any:
        return np.delete(x, places, axis)

    @staticmethod
    def cross(a: Any, b: Any, axis: int = -1) -> Any:
        return np.cross(a, b, axis=axis)

    @staticmethod
    def _filled(found: Any, size: int, fill_value: Any, least: Any) -> Any:
        filler = least if fill_value is None else fill_value
        return np.append(found, np.full(size, filler, found.dtype))[:size]

    def unique(self, x: Any, size: int) -> Any:
        return self._filled(np.unique(x), size, None, np.sort(x, None)[0])

    def unique_values(self, x: Any, size: int, fill_value: Any) -> Any:
        return self._filled(np.unique(x, equal_nan=False), size, fill_value, None)

    def unique_all(self, x: Any, size: int) -> Any:
        values, places, inverse, counts = np.unique(x, True, True, True, equal_nan=False)
        return (
            self._filled(values, size, None, np.sort(x, None)[0]),
            self._filled(places, size, None, places[0]),
            inverse,
            self._filled(counts, size, None, 0),
        )

    def unique_counts(self, x: Any, size: int) -> Any:
        return self.unique_all(x, size)[::3]

    def unique_inverse(self, x: Any, size: int) -> Any:
        return self.unique_all(x, size)[::2]

    def union1d(self, x: Any, y: Any, size: int, fill_value: Any = None) -> Any:
        found = np.union1d(x, y)
        return self._filled(found, size, fill_value, found[0])

    def intersect1d(self, x: Any, y: Any, size: int, fill_value: Any = None) -> Any:
        found = np.intersect1d(x, y)
        # With nothing in common 0 fills up, as in JAX.
        return self._filled(found, size, fill_value, found[0] if found.size else 0)

    def setdiff1d(self, x: Any, y: Any, size: int, fill_value: Any = None) -> Any:
        return self._filled(np.setdiff1d(x, y), size, fill_value, 0)

    def setxor1d(self, x: Any, y: Any, size: int, fill_value: Any = None) -> Any:
        found = np.setxor1d(x, y)
        return self._filled(found, size, fill_value, found[0] if found.size else 0)
