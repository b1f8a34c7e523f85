"""Eigenvalues and eigenvectors of matrices, which are complex.

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
from .call import Rule
from .matrices import NEVER, Algebra, Matrix, Vector, for_each
from .numbers import each_part, pair, real

Pairs = list[Pair]
# Weierstrass's iteration converges quadratically; what it started from is known to ten digits.
_STEPS = 40


def characteristic(m: Algebra, a: Matrix) -> tuple[Vector, list[Matrix]]:
    """The coefficients of p, the leading 1 left out, and those of the adjugate of z - A, both highest first."""
    n = len(a)
    coefficients: Vector = []
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


def polynomial(m: Algebra, coefficients: Vector, z: Pair) -> Pair:
    """p(z), by Horner's scheme."""
    value: Pair = (m.one(), 0.0)
    for c in coefficients:
        value = m.o.add(m.o.mul(value, z), c)
    return value


def step(m: Algebra, coefficients: Vector, roots: Pairs, k: int) -> Pair:
    """Weierstrass's correction of a root: p(z) / product of (z - z_j)."""
    value = polynomial(m, coefficients, roots[k])
    for j, w in enumerate(roots):
        if j != k:
            value = m.o.div(value, m.o.sub(roots[k], w))
    return value


def size(m: Algebra, z: Pair) -> Scalar:
    """The absolute value."""
    return m.o.sqrt(m.o.add(m.o.square(z[0]), m.o.square(z[1])))


def iterated(m: Algebra, coefficients: Vector) -> Pairs:
    """The roots to this system's digits; what is as good as real is real."""
    guesses = np.roots([1.0, *(complex(*map(approximate, pair(c))) for c in coefficients)])
    scale = 1e-9 * max(1e-300, float(np.max(np.abs(guesses), initial=0.0)))
    roots: Pairs = [
        (m.system.lift(float(z.real) + scale * k, m.dtype), m.system.lift(float(z.imag), m.dtype))
        for k, z in enumerate(guesses)
    ]
    whole = NEVER
    for _ in range(_STEPS):
        moves = [step(m, coefficients, roots, k) for k in range(len(roots))]
        left = max((m.exponent(x) for z in moves for x in z), default=NEVER)
        roots = [m.o.sub(z, w) for z, w in zip(roots, moves, strict=True)]
        whole = max((m.exponent(x) for z in roots for x in z), default=NEVER)
        if left <= whole - m.system.bits:
            break
    nothing = whole - m.system.bits // 2
    return [(x, 0.0 if m.exponent(y) < nothing else y) for x, y in roots]


def radius(m: Algebra, coefficients: Vector, roots: Pairs, k: int) -> Scalar:
    """Smith's: n |p(z)| / product of |z - z_j|."""
    found = m.o.mul(m.system.lift(float(len(roots)), m.dtype), size(m, polynomial(m, coefficients, roots[k])))
    for j, w in enumerate(roots):
        found = m.o.div(found, size(m, m.o.sub(roots[k], w))) if j != k else found
    return found


def enclosed(m: Algebra, coefficients: Vector, roots: Pairs) -> Pairs:
    """The roots as what is known of them; a disc that another meets is not known to hold one root."""
    by = [radius(m, coefficients, roots, k) for k in range(len(roots))]
    found = []
    for k, (x, y) in enumerate(roots):
        apart = [
            m.o.sub(size(m, m.o.sub(roots[k], w)), m.o.add(by[k], by[j]))
            for j, w in enumerate(roots)
            if j != k
        ]
        own = by[k] if all(map(m.positive, apart)) else m.nan()
        # Of a real polynomial the disc of a real number holds each root's conjugate: the one root there is real.
        is_real = not m.complex and type(y) is float and y == 0.0
        found.append((m.system.widened(x, own), y if is_real else m.system.widened(y, own)))
    return found


def roots_of(m: Algebra, coefficients: Vector) -> Pairs:
    """The roots of p; where scalars carry tangents, those of the values and a step, which is Newton's, for these."""
    values = m.below([list(coefficients)])
    if values is None:
        points = Algebra(replace(m.call, system=Exact(m.system.bits // 3))) if m.system.encloses else m
        return enclosed(
            m, coefficients, iterated(points, [each_part(m.system.value, c) for c in coefficients])
        )
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
    found = [list(map(pair, row)) for row in terms[0]]
    for term in terms[1:]:
        found = [
            [m.o.add(m.o.mul(z, w), x) for w, x in zip(row, xs, strict=True)]
            for row, xs in zip(found, term, strict=True)
        ]
    return found


def unit(m: Algebra, lines: Sequence[Pairs]) -> Pairs:
    """The longest of parallel vectors, of length 1 and turned so that the sum over k of cos(k) v_k is positive."""
    lengths = [max(m.exponent(x) for z in v for x in z) for v in lines]
    v = lines[lengths.index(max(lengths))]
    cosines = [m.o.cos(k) if k else m.one() for k in range(len(v))]
    along = m.total(cosines, [x for x, _ in v]), m.total(cosines, [y for _, y in v])
    length = m.o.mul(m.o.sqrt(m.squares(v)), size(m, along))
    return [m.o.div(m.o.mul(z, m.o.conj(along)), length) for z in v]


def eigenpairs(m: Algebra, a: Matrix) -> tuple[Pairs, list[Pairs], list[Pairs]]:
    """The eigenvalues, the left eigenvectors, and the right ones."""
    coefficients, terms = characteristic(m, a)
    roots = in_order(m, roots_of(m, coefficients))
    lefts, rights = [], []
    for z in roots:
        rows = adjugate(m, terms, z)
        rights.append(unit(m, [list(column) for column in zip(*rows, strict=True)]))
        lefts.append(unit(m, [m.conj(row) for row in rows]))
    return roots, lefts, rights


def eig(
    m: Algebra, a: Matrix, compute_left_eigenvectors: bool, compute_right_eigenvectors: bool
) -> Sequence[Vector]:
    """Eigenvalues, and the vectors that are asked for as columns."""
    n = len(a)
    if m.unbounded(a):
        values, *sides = ([(nan := real(m.nan()), nan)] * k for k in (n, n * n, n * n))
    else:
        values, *vectors = eigenpairs(m, a)
        sides = [[v[i] for i in range(n) for v in side] for side in vectors]
    wanted = compute_left_eigenvectors, compute_right_eigenvectors
    return [values, *(side for side, want in zip(sides, wanted, strict=True) if want)]


RULES: dict[str, Rule] = {"eig": for_each(eig)}
