"""Eigenvalues and eigenvectors of real matrices, which are complex.

Sources: the characteristic polynomial p and the adjugate of z - A by Faddeev and Le Verrier (Gantmacher, *The Theory
of Matrices*, I, chapter 4, section 5); the roots by Weierstrass's iteration, each enclosed by Smith, "Error bounds for
zeros of a polynomial based upon Gerschgorin's theorems", 1970: within n |p(z) / product of (z - z_j)| of z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..exact import Exact, ordering
from ..reals import Scalar, approximate
from ..system import Pair
from .call import Call, Lists, Rule
from .complex_functions import div, mul
from .matrices import NEVER, Algebra, Matrix, matrices

Pairs = list[Pair]
# Weierstrass's iteration converges quadratically; what it started from is known to ten digits.
_STEPS = 40


def characteristic(m: Algebra, a: Matrix) -> tuple[list[Scalar], list[Matrix]]:
    """The coefficients of p, the leading 1 left out, and those of the adjugate of z - A, both highest first."""
    n = len(a)
    coefficients: list[Scalar] = []
    terms = [m.identity(n)]
    for k in range(1, n + 1):
        product = m.times(a, terms[-1])
        trace = m.dot([product[i][i] for i in range(n)], [m.one()] * n)
        coefficients.append(m.o.div(m.o.neg(trace), m.system.lift(float(k), m.dtype)))
        c = coefficients[-1]
        terms.append(
            [[m.o.add(x, c) if i == j else x for j, x in enumerate(row)] for i, row in enumerate(product)]
        )
    return coefficients, terms[:n]


def polynomial(m: Algebra, coefficients: Sequence[Scalar], z: Pair) -> Pair:
    """p(z), by Horner's scheme."""
    value: Pair = (m.one(), 0.0)
    for c in coefficients:
        x, y = mul(m.o, value, z)
        value = m.o.add(x, c), y
    return value


def step(m: Algebra, coefficients: Sequence[Scalar], roots: Pairs, k: int) -> Pair:
    """Weierstrass's correction of a root: p(z) / product of (z - z_j)."""
    value = polynomial(m, coefficients, roots[k])
    for j, w in enumerate(roots):
        if j != k:
            value = div(m.o, value, less(m, roots[k], w))
    return value


def less(m: Algebra, z: Pair, w: Pair) -> Pair:
    """z - w."""
    return m.o.sub(z[0], w[0]), m.o.sub(z[1], w[1])


def size(m: Algebra, z: Pair) -> Scalar:
    """The absolute value."""
    return m.o.sqrt(m.o.add(m.o.square(z[0]), m.o.square(z[1])))


def iterated(m: Algebra, coefficients: Sequence[Scalar]) -> Pairs:
    """The roots to this system's digits; what is as good as real is real."""
    guesses = np.roots([1.0, *map(approximate, coefficients)])
    scale = 1e-9 * max(1e-300, float(np.max(np.abs(guesses), initial=0.0)))
    roots: Pairs = [
        (m.system.lift(float(z.real) + scale * k, m.dtype), m.system.lift(float(z.imag), m.dtype))
        for k, z in enumerate(guesses)
    ]
    whole = NEVER
    for _ in range(_STEPS):
        moves = [step(m, coefficients, roots, k) for k in range(len(roots))]
        left = max((m.exponent(x) for z in moves for x in z), default=NEVER)
        roots = [less(m, z, w) for z, w in zip(roots, moves, strict=True)]
        whole = max((m.exponent(x) for z in roots for x in z), default=NEVER)
        if left <= whole - m.system.bits:
            break
    return [(x, 0.0 if m.exponent(y) < whole - m.system.bits // 2 else y) for x, y in roots]


def radius(m: Algebra, coefficients: Sequence[Scalar], roots: Pairs, k: int) -> Scalar:
    """Smith's: n |p(z)| / product of |z - z_j|."""
    found = m.o.mul(m.system.lift(float(len(roots)), m.dtype), size(m, polynomial(m, coefficients, roots[k])))
    for j, w in enumerate(roots):
        found = m.o.div(found, size(m, less(m, roots[k], w))) if j != k else found
    return found


def enclosed(m: Algebra, coefficients: Sequence[Scalar], roots: Pairs) -> Pairs:
    """The roots as what is known of them; a disc that another meets is not known to hold one root."""
    by = [radius(m, coefficients, roots, k) for k in range(len(roots))]
    found = []
    for k, (x, y) in enumerate(roots):
        apart = [
            m.o.sub(size(m, less(m, roots[k], w)), m.o.add(by[k], by[j]))
            for j, w in enumerate(roots)
            if j != k
        ]
        own = by[k] if all(map(m.positive, apart)) else m.nan()
        real = type(y) is float and y == 0.0  # its disc holds its conjugate: the one root there is real
        found.append((m.system.widened(x, own), y if real else m.system.widened(y, own)))
    return found


def roots_of(m: Algebra, coefficients: Sequence[Scalar]) -> Pairs:
    """The roots of p; where scalars carry tangents, those of the values and a step, which is Newton's, for these."""
    values = m.below([list(coefficients)])
    if values is None:
        points = Algebra(replace(m.call, system=Exact(m.system.bits // 3))) if m.system.encloses else m
        return enclosed(m, coefficients, iterated(points, [m.system.value(c) for c in coefficients]))
    below, (plain,) = values
    roots = roots_of(below, plain)
    found = []
    for k, z in enumerate(roots):
        move = step(m, coefficients, roots, k)
        moved = [m.system.split(m.o.neg(part))[1] for part in move]
        found.append((m.system.joined(z[0], moved[0]), m.system.joined(z[1], moved[1])))
    return found


def in_order(m: Algebra, roots: Pairs) -> Pairs:
    """By Re z + cos(1) Im z, which no two different algebraic numbers share (Lindemann)."""
    cosine = m.o.cos(1)
    keys = [m.o.add(x, m.o.mul(cosine, y)) for x, y in roots]
    order = sorted(range(len(roots)), key=lambda k: approximate(m.system.value(keys[k])))
    for i, j in pairwise(order):
        m.system.decide(ordering, (keys[i], keys[j]))
    return [roots[k] for k in order]


def adjugate(m: Algebra, terms: Sequence[Matrix], z: Pair) -> list[Pairs]:
    """The adjugate of z - A: its columns are eigenvectors, its rows left ones."""
    found = [[(x, 0.0) for x in row] for row in terms[0]]
    for term in terms[1:]:
        found = [
            [(m.o.add(p[0], x), p[1]) for p, x in zip([mul(m.o, z, w) for w in row], xs, strict=True)]
            for row, xs in zip(found, term, strict=True)
        ]
    return found


def unit(m: Algebra, lines: Sequence[Pairs]) -> Pairs:
    """The longest of parallel vectors, of length 1 and turned so that the sum over k of cos(k) v_k is positive."""
    lengths = [max(m.exponent(x) for z in v for x in z) for v in lines]
    v = lines[lengths.index(max(lengths))]
    cosines = [m.o.cos(k) if k else m.one() for k in range(len(v))]
    along = m.dot(cosines, [x for x, _ in v]), m.dot(cosines, [y for _, y in v])
    parts = [x for z in v for x in z]
    length = m.o.mul(m.o.sqrt(m.dot(parts, parts)), size(m, along))
    turned = [mul(m.o, z, (along[0], m.o.neg(along[1]))) for z in v]
    return [(m.o.div(x, length), m.o.div(y, length)) for x, y in turned]


def eigenpairs(m: Algebra, a: Matrix) -> tuple[Pairs, list[Pairs], list[Pairs]]:
    """The eigenvalues, the left eigenvectors, and the right ones."""
    coefficients, terms = characteristic(m, a)
    roots = in_order(m, roots_of(m, coefficients))
    lefts, rights = [], []
    for z in roots:
        rows = adjugate(m, terms, z)
        rights.append(unit(m, [list(column) for column in zip(*rows, strict=True)]))
        lefts.append(unit(m, [[(x, m.o.neg(y)) for x, y in row] for row in rows]))
    return roots, lefts, rights


def defined(c: Call) -> Lists:
    """Eigenvalues, and the vectors that are asked for as columns."""
    m, n = Algebra(c), c.operands[0].shape[-1]
    found: list[Pairs] = [[] for _ in c.results]
    wanted = c.params["compute_left_eigenvectors"], c.params["compute_right_eigenvectors"]
    for a in matrices(c.operands[0]):
        if m.unbounded(a):
            parts = [[(m.nan(), m.nan())] * k for k in (n, n * n, n * n)]
        else:
            roots, *sides = eigenpairs(m, a)
            parts = [roots, *([v[i] for i in range(n) for v in side] for side in sides)]
        chosen = [parts[0], *(part for part, want in zip(parts[1:], wanted, strict=True) if want)]
        for k, part in enumerate(chosen):
            found[k] += part
    return [[z[0] for z in pairs] + [z[1] for z in pairs] for pairs in found]


RULES: dict[str, Rule] = {"eig": lambda c: c.system.factored(c, defined)}
