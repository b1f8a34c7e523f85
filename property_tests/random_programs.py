"""Random well-typed programs over the catalogue: the same program for the same seed.

A program is a list of steps; each takes earlier values. Elementwise primitives are asked of the
catalogue, so that a new row takes part without being mentioned here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..language import control_flow, lax
from ..language.catalogue import PRIMITIVES
from ..language.dispatch import bind
from ..language.dtypes import DType, float32, float64
from ..language.primitive import Domain, Primitive, reals
from ..language.shapes import ShapedArray
from ..language.subject import ArrayOf
from .primitive_cases.case import Rng, as_subject, operand, pick
from .primitive_cases.elementwise import accepted, params_of
from .subjects import Subject

# Of each kind of step, how often it is taken.
WEIGHTS = {
    "unary": 5,
    "binary": 5,
    "where": 1,
    "clamp": 1,
    "reduce": 2,
    "cumulate": 1,
    "structure": 3,
    "product": 2,
    "gather": 1,
    "scan": 1,
    "cond": 1,
    "sort": 1,
}


@dataclass(frozen=True)
class Step:
    """One application: ``apply(*operands)`` gives one value; ``text`` is for people."""

    text: str
    apply: Callable[..., Any]
    operands: tuple[int, ...]


@dataclass(frozen=True)
class RandomProgram:
    """A function of arrays.

    Attributes:
        name: with its seed.
        inputs: what it takes.
        steps: each value after the inputs.
        outputs: which values it returns.
    """

    name: str
    inputs: tuple[ArrayOf, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]

    @property
    def __name__(self) -> str:  # what programs and messages call a function by
        return self.name

    def __call__(self, *arrays: Any) -> Any:
        """Run the steps."""
        values = list(arrays)
        for step in self.steps:
            values.append(step.apply(*(values[i] for i in step.operands)))
        return tuple(values[i] for i in self.outputs)

    def subject(self) -> Subject:
        """The program as a subject."""
        return as_subject(self.name, self, self.inputs)

    def __str__(self) -> str:
        lines = [f"v{i}: {spec}" for i, spec in enumerate(self.inputs)]
        start = len(self.inputs)
        for k, step in enumerate(self.steps):
            lines.append(f"v{start + k} = {step.text}({', '.join(f'v{i}' for i in step.operands)})")
        return "\n".join([*lines, f"return {', '.join(f'v{i}' for i in self.outputs)}"])


# What programs do without: steps of one ulp, and functions of parameters, whose series take minutes at values that a
# program comes to by chance.
_LEFT = frozenset(
    [
        "nextafter",
        "igamma",
        "igammac",
        "igamma_grad_a",
        "random_gamma_grad",
        "regularized_incomplete_beta",
        "zeta",
        "polygamma",
    ]
)


@functools.cache
def _elementwise(arity: int) -> tuple[Primitive, ...]:
    """The elementwise primitives of one float dtype throughout, without parameters."""
    found = []
    for primitive in PRIMITIVES.values():
        if primitive.kind != "elementwise" or len(primitive.domain) != arity or primitive.name in _LEFT:
            continue
        if float32 in accepted(primitive, arity, (float32,)):
            (out,) = _inferred(primitive, arity, float32)
            if out.dtype == float32:
                found.append(primitive)
    return tuple(found)


def _inferred(primitive: Primitive, arity: int, dtype: DType) -> list[ShapedArray]:
    params = params_of(primitive, np.random.default_rng(0), dtype)
    return primitive.infer([ShapedArray((2,), dtype)] * arity, params)


class _Builder:
    """Grows a program; every value of it is a float array of one dtype."""

    def __init__(self, rng: Rng, dtype: DType) -> None:
        self.rng, self.dtype = rng, dtype
        self.inputs: list[ArrayOf] = []
        self.steps: list[Step] = []
        self.shapes: list[tuple[int, ...]] = []

    def input(self, shape: tuple[int, ...]) -> int:
        self.inputs.append(operand(self.dtype, shape))
        self.shapes.append(shape)
        return len(self.shapes) - 1

    def step(
        self, text: str, apply: Callable[..., Any], operands: Sequence[int], shape: tuple[int, ...]
    ) -> int:
        self.steps.append(Step(text, apply, tuple(operands)))
        self.shapes.append(shape)
        return len(self.shapes) - 1

    def any(self, least_rank: int = 0) -> int:
        """A value of at least that rank; late ones more often, so that programs grow deep."""
        fitting = [i for i, s in enumerate(self.shapes) if len(s) >= least_rank]
        if not fitting:
            return self.step(
                "broadcast_in_dim",
                lambda x: lax.broadcast_in_dim(x, (3,), ()),
                [self.any()],
                (3,),
            )
        return int(fitting[int(len(fitting) * self.rng.random() ** 0.5)])

    def like(self, index: int) -> int:
        """A value of the same shape: another one, or a constant."""
        shape = self.shapes[index]
        fitting = [i for i, s in enumerate(self.shapes) if s == shape]
        if len(fitting) > 1 and self.rng.random() < 0.7:
            return int(pick(self.rng, fitting))
        value = float(np.round(self.rng.normal(), 2)) or 1.0
        return self.step(f"full_like[{value}]", lambda x: lax.full_like(x, value), [index], shape)

    # -- steps
    def into(self, index: int, domain: Domain) -> int:
        """A value moved into a domain, smoothly."""
        shape = self.shapes[index]
        if domain == reals:
            return index
        if np.isinf(domain.high):  # x -> low + 1/4 + x^2
            low = 0.0 if np.isinf(domain.low) else domain.low
            return self.step(
                f"into[{low}, inf]",
                lambda x: lax.add(lax.mul(x, x), lax.full_like(x, low + 0.25)),
                [index],
                shape,
            )
        middle, half = (domain.low + domain.high) / 2, (domain.high - domain.low) * 0.45
        return self.step(
            f"into[{domain.low}, {domain.high}]",
            lambda x: lax.add(lax.mul(lax.sin(x), lax.full_like(x, half)), lax.full_like(x, middle)),
            [index],
            shape,
        )

    def unary(self) -> None:
        self.apply(pick(self.rng, _elementwise(1)), [self.any()])

    def binary(self) -> None:
        first = self.any()
        self.apply(pick(self.rng, _elementwise(2)), [first, self.like(first)])

    def apply(self, primitive: Primitive, operands: Sequence[int]) -> None:
        params = params_of(primitive, self.rng, self.dtype)
        moved = [self.into(i, d) for i, d in zip(operands, primitive.domain, strict=True)]
        self.step(
            primitive.name, lambda *xs: bind(primitive, *xs, **params)[0], moved, self.shapes[operands[0]]
        )

    def where(self) -> None:
        a = self.any()
        b, c = self.like(a), self.like(a)
        self.step(
            "where(a < b, b, c)", lambda x, y, z: lax.select(lax.lt(x, y), y, z), [a, b, c], self.shapes[a]
        )

    def clamp(self) -> None:
        a = self.any()
        self.step(
            "clamp[-1, 1]",
            lambda x: lax.clamp(lax.full_like(x, -1.0), x, lax.full_like(x, 1.0)),
            [a],
            self.shapes[a],
        )

    def reduce(self) -> None:
        a = self.any(1)
        name = pick(self.rng, ("reduce_sum", "reduce_sum", "reduce_max", "reduce_min", "reduce_prod"))
        shape = self.shapes[a]
        axes = tuple(i for i in range(len(shape)) if self.rng.random() < 0.6) or (len(shape) - 1,)
        left = tuple(n for i, n in enumerate(shape) if i not in axes)
        self.step(f"{name}{list(axes)}", lambda x: bind(PRIMITIVES[name], x, axes=axes)[0], [a], left)

    def cumulate(self) -> None:
        a = self.any(1)
        name = pick(self.rng, ("cumsum", "cumsum", "cummax", "cumprod"))
        params = {"axis": int(self.rng.integers(len(self.shapes[a]))), "reverse": bool(self.rng.integers(2))}
        self.step(name, lambda x: bind(PRIMITIVES[name], x, **params)[0], [a], self.shapes[a])

    def sort(self) -> None:
        a = self.any(1)
        axis = int(self.rng.integers(len(self.shapes[a])))
        self.step(f"sort[{axis}]", lambda x: lax.sort(x, dimension=axis), [a], self.shapes[a])

    def structure(self) -> None:
        a = self.any(1)
        shape = self.shapes[a]
        axis = int(self.rng.integers(len(shape)))
        what = int(self.rng.integers(6))
        if what == 0:
            order = tuple(int(i) for i in self.rng.permutation(len(shape)))
            self.step(
                f"transpose{list(order)}",
                lambda x: lax.transpose(x, order),
                [a],
                tuple(shape[i] for i in order),
            )
        elif what == 1:
            size = int(np.prod(shape, dtype=int))
            self.step("ravel", lambda x: lax.reshape(x, (size,)), [a], (size,))
        elif what == 2:
            self.step(f"rev[{axis}]", lambda x: lax.rev(x, (axis,)), [a], shape)
        elif what == 3:
            start = int(self.rng.integers(shape[axis]))
            cut = tuple(n - start if i == axis else n for i, n in enumerate(shape))
            self.step(
                f"slice[{axis}: {start}:]",
                lambda x: lax.slice_in_dim(x, start, shape[axis], axis=axis),
                [a],
                cut,
            )
        elif what == 4 and shape[axis] <= 4:
            wide = tuple(2 * n if i == axis else n for i, n in enumerate(shape))
            b = self.like(a)
            self.step(f"concatenate[{axis}]", lambda x, y: lax.concatenate([x, y], axis), [a, b], wide)
        else:
            wide = (2, *shape) if len(shape) < 3 else shape
            places = tuple(range(len(wide) - len(shape), len(wide)))
            self.step("broadcast", lambda x: lax.broadcast_in_dim(x, wide, places), [a], wide)

    def product(self) -> None:
        a = self.any(1)
        shape = self.shapes[a]
        axis = int(self.rng.integers(len(shape)))
        kept = tuple(n for i, n in enumerate(shape) if i != axis)
        b = self.like(a)
        if len(shape) > 2:
            return
        numbers = (((axis,), (axis,)), ((), ()))
        self.step(f"dot_general[{axis}]", lambda x, y: lax.dot_general(x, y, numbers), [a, b], kept + kept)

    def gather(self) -> None:
        a = self.any(1)
        shape = self.shapes[a]
        at = np.array(self.rng.integers(0, shape[0], 3), dtype=np.int32)

        def taken(x: Any) -> Any:
            rows = [lax.index_in_dim(x, int(i), axis=0, keepdims=True) for i in at]
            return lax.concatenate(rows, 0)

        self.step(f"take{at.tolist()}", taken, [a], (3, *shape[1:]))

    def scan(self) -> None:
        a = self.any(1)
        inner = tuple(pick(self.rng, _elementwise(1)) for _ in range(2))
        smooth = [p for p in inner if p.domain == (reals,)][:1]
        fixed = {p.name: params_of(p, self.rng, self.dtype) for p in smooth}

        def body(carry: Any, x: Any) -> tuple[Any, Any]:
            for primitive in smooth:
                x = bind(primitive, x, **fixed[primitive.name])[0]
            carry = lax.add(lax.mul(carry, lax.full_like(carry, 0.5)), x)
            return carry, carry

        def scanned(x: Any) -> Any:
            first = lax.mul(lax.index_in_dim(x, 0, axis=0, keepdims=False), np.asarray(0.5, x.dtype))
            return control_flow.scan(body, first, x)[1]

        self.step(f"scan{[p.name for p in smooth]}", scanned, [a], self.shapes[a])

    def cond(self) -> None:
        a = self.any()
        first, second = (pick(self.rng, ("sin", "tanh", "neg", "cos")) for _ in range(2))

        def chosen(x: Any) -> Any:
            total = lax.reduce_max(x, tuple(range(x.ndim))) if x.ndim else x
            test = lax.gt(total, np.zeros((), x.dtype))
            return control_flow.cond(
                test, lambda y: bind(PRIMITIVES[first], y)[0], lambda y: bind(PRIMITIVES[second], y)[0], x
            )

        self.step(f"cond[{first}, {second}]", chosen, [a], self.shapes[a])


def random_program(seed: int, most_steps: int = 6, dtype: DType | None = None) -> RandomProgram:
    """The program of a seed.

    Args:
        seed: equal seeds give equal programs.
        most_steps: how many steps it has at most, apart from the ones that keep domains.
        dtype: of all its values; None: float32, now and then float64.
    """
    rng = np.random.default_rng([seed, 7])
    builder = _Builder(rng, dtype or pick(rng, (float32, float32, float32, float64)))
    for _ in range(int(rng.integers(1, 3))):
        builder.input(tuple(int(n) for n in rng.integers(1, 4, int(rng.integers(0, 3)))))
    kinds = list(WEIGHTS)
    weights = np.array([WEIGHTS[k] for k in kinds], dtype=np.float64)
    for _ in range(int(rng.integers(1, most_steps + 1))):
        getattr(builder, str(rng.choice(kinds, p=weights / weights.sum())))()
    last = len(builder.shapes) - 1
    others = [i for i in range(len(builder.inputs), last) if rng.random() < 0.15]
    return RandomProgram(
        f"program_{seed}", tuple(builder.inputs), tuple(builder.steps), tuple(sorted({*others, last}))
    )
