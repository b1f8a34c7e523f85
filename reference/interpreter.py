"""The reference as an implementation: primitives by definition, transforms by definition.

`jit(f)` is f. `vmap` runs one lane per row, `pmap` one per device. `jvp` is a limit, or a dual number; `vjp`
is the Jacobian, transposed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from typing import Any

import numpy as np

from ..fake_devices.lanes import run_lanes
from ..fake_devices.mesh import require, require_mesh
from ..language.arrays import Array
from ..language.dispatch import FlatFunction, Params, Tracer, lift_to, staging_level
from ..language.dtypes import is_complex
from ..language.errors import ConcretizationTypeError, MissingRuleError
from ..language.executed import EXECUTED
from ..language.meshes import Mesh
from ..language.primitive import Primitive
from ..language.shapes import ShapedArray
from . import deferred, differentiation
from .array import ReferenceArray, of_machine
from .differentiation import negative
from .primitives import COMPLEX_RULES, CONTROL, RULES, control
from .primitives.call import Call
from .primitives.solves import solved
from .reals import Scalar
from .system import NumberSystem, current_system


class Reference:
    """Runs programs slowly, in the number system in force."""

    name = "reference"
    array_type: type[Array] = ReferenceArray
    precedence = 2
    platform = "cpu"
    carries_tangents = True

    def lift(self, value: np.ndarray[Any, Any], aval: ShapedArray) -> ReferenceArray:
        """The array of exactly these machine numbers."""
        return of_machine(value, aval, current_system())

    def put(self, x: Any, device: Any) -> Array:
        """An array of the reference, which has no devices."""
        return self.own(x)

    def bind(self, primitive: Primitive, operands: list[Any], params: Params) -> list[Array]:
        """Apply a primitive by its definition."""
        EXECUTED.primitives += 1
        if primitive is deferred.deferred_p:
            return [self.own(x) for x in params["run"](*operands)]
        if primitive.name in CONTROL:
            return [self.own(x) for x in CONTROL[primitive.name](operands, params)]
        system = current_system()
        results = primitive.infer([x.aval for x in operands], params)
        pairs = any(is_complex(x.dtype) for x in (*operands, *results))
        try:
            rule = (COMPLEX_RULES if pairs else RULES)[primitive.name]
        except KeyError as err:
            raise MissingRuleError(
                f"`{primitive.name}` must have a definition in the reference, got none. "
                f"Add a rule to reference/primitives."
            ) from err
        own = [_of_system(x, system) for x in operands]
        found = rule(Call(system, primitive, own, results, params))
        return [ReferenceArray(s, aval, system) for s, aval in zip(found, results, strict=True)]

    def own(self, x: Any) -> ReferenceArray:
        """Any operand as an array of the reference.

        Raises:
            UnexpectedTracerError: it is a tracer, which has no value to compute with.
        """
        found = lift_to(self, x)
        assert isinstance(found, ReferenceArray), "the reference lifts to its own arrays"
        return found

    # -- transforms -----------------------------------------------------------------------------------
    def jit(
        self, function: FlatFunction, operands: list[Any], key: Any, memory: Any = None
    ) -> tuple[list[Array], Any]:
        """``function`` itself; while a program is traced, its operations."""
        results: list[Array] = [x if isinstance(x, Tracer) else self.own(x) for x in function(*operands)]
        return results, getattr(function, "out_tree", None)

    def recall(self, memory: Any, operands: Sequence[Any]) -> None:
        """Nothing is compiled, so nothing is kept."""

    def kept(self, function: Any) -> int:
        """No trace."""
        return 0

    def forget(self, function: Any) -> None:
        """There is nothing to forget."""

    def compiled(self, program: Any) -> _Interpreted:
        """The program, which is run as it is written."""
        return _Interpreted(self, program)

    def vmap(
        self, function: FlatFunction, operands: list[Any], axes: list[int | None], size: int, axis_name: Any
    ) -> tuple[list[Array], list[bool]]:
        """One lane per row. Results that are the same in all lanes are given once."""

        def lane(i: int) -> list[ReferenceArray]:
            return [self.own(x) for x in function(*_row(operands, axes, i))]

        if axis_name is None and staging_level() is not None:
            return deferred.vmap(self, function, operands, axes, size)
        _require_values("vmap", operands)
        if size == 0:
            return self._no_lanes(function, operands, axes)
        if axis_name is None:
            # Each starts from a copy of the caller's context, as the lanes of a named axis do.
            rows = [copy_context().run(lane, i) for i in range(size)]
        else:
            rows = run_lanes([partial(lane, i) for i in range(size)], axis_name, device=False)
        results: list[Array] = []
        flags: list[bool] = []
        for of_lanes in zip(*rows, strict=True):
            differs = not all(_same(x, of_lanes[0]) for x in of_lanes)
            results.append(control.stacked(of_lanes, of_lanes[0].aval) if differs else of_lanes[0])
            flags.append(differs)
        return results, flags

    def _no_lanes(
        self, function: FlatFunction, operands: list[Any], axes: list[int | None]
    ) -> tuple[list[Array], list[bool]]:
        """Shapes are found by tracing where there is no row to run."""
        from ..language.tracing import trace

        avals = []
        for x, axis in zip(operands, axes, strict=True):
            shape = x.shape if axis is None else x.shape[:axis] + x.shape[axis + 1 :]
            avals.append(x.aval.with_shape(shape))
        program = trace(function, avals)
        found: list[Array] = [control.stacked([], aval) for aval in program.out_avals]
        return found, [True] * len(found)

    def pmap(
        self, function: FlatFunction, operands: list[Any], axes: list[int | None], size: int, axis_name: Any
    ) -> list[Array]:
        """One lane per device."""
        _require_values("pmap", operands)
        require(size)

        def lane(i: int) -> list[ReferenceArray]:
            return [self.own(x) for x in function(*_row(operands, axes, i))]

        rows = run_lanes([partial(lane, i) for i in range(size)], axis_name)
        return [control.stacked(of_lanes, of_lanes[0].aval) for of_lanes in zip(*rows, strict=True)]

    def shard_map(
        self,
        function: FlatFunction,
        operands: list[Any],
        axes: list[tuple[Any, ...]],
        mesh: Mesh,
        names: Sequence[Any],
    ) -> tuple[list[Array], list[tuple[Any, ...]]]:
        """One lane per device of the mesh."""
        _require_values("shard_map", operands)
        require_mesh(mesh)
        sizes = tuple(mesh.shape[name] for name in names)

        def lane(place: tuple[int, ...]) -> list[ReferenceArray]:
            given = list(operands)
            for i, along in enumerate(axes):
                for name in along:
                    given[i] = control.row(given[i], place[names.index(name)], 0)
            return [self.own(x) for x in function(*given)]

        places = itertools.product(*map(range, sizes))
        found: list[Array] = []
        for of_lanes in zip(*run_lanes([partial(lane, p) for p in places], names, sizes), strict=True):
            y = control.stacked(of_lanes, of_lanes[0].aval)
            found.append(ReferenceArray(y.scalars, y.aval.with_shape((*sizes, *y.shape[1:])), y.system))
        return found, [tuple(names)] * len(found)

    def jvp(
        self, function: FlatFunction, primals: list[Any], tangents: list[Any]
    ) -> tuple[list[Array], list[Any]]:
        """A limit in `Exact`, else a dual number."""
        if staging_level() is not None:
            return deferred.jvp(self, function, primals, tangents)
        return differentiation.jvp(_owned(self, function), primals, tangents)

    def linearize(
        self, function: FlatFunction, primals: list[Any]
    ) -> tuple[list[Array], Callable[[Sequence[Any]], list[Any]]]:
        """The value, and `jvp` at the primals."""
        if staging_level() is not None:
            return deferred.linearize(self, function, primals)
        point = differentiation.Point(_owned(self, function), primals)
        return list(point.values), point.jvp

    def vjp(
        self, function: FlatFunction, primals: list[Any]
    ) -> tuple[list[Array], Callable[[Sequence[Any]], list[Any]]]:
        """The Jacobian, transposed: entry i of a gradient is the cotangent times one `jvp`."""
        if staging_level() is not None:
            return deferred.vjp(self, function, primals)
        point = differentiation.Point(_owned(self, function), primals)
        return list(point.values), lambda cotangents: differentiation.transposed(point, cotangents)

    def jacobian(
        self, function: FlatFunction, primals: list[Any], wrt: list[int], mode: str
    ) -> tuple[list[Array], list[list[Array]]]:
        """One `jvp` for each entry of each argument, whatever the mode."""
        if staging_level() is not None:
            return deferred.jacobian(self, function, primals, wrt, mode)
        point = differentiation.Point(_owned(self, function), primals)
        columns = [differentiation.columns(point, i) for i in wrt]
        rows: list[list[Array]] = []
        for k, value in enumerate(point.values):
            rows.append(
                [_block(value, point.primals[i], [c[k] for c in columns[j]], mode) for j, i in enumerate(wrt)]
            )
        return list(point.values), rows

    def transpose(
        self, function: FlatFunction, avals: Sequence[ShapedArray], cotangents: list[Any]
    ) -> list[Any]:
        """The matrix of the function, read by rows instead of columns."""
        if staging_level() is not None:
            return deferred.transpose(self, function, avals, cotangents)
        return differentiation.transpose(_owned(self, function), avals, cotangents)

    def linear_solve(self, system: Any, operands: list[Any]) -> list[Array]:
        """What the solver finds."""
        if any(isinstance(x, Tracer) for x in operands):
            return list(system.solve(*operands))
        return solved(_owned(self, system.matvec), _owned(self, system.solve), operands)

    # -- control flow and custom rules --------------------------------------------------------------------
    def cond(self, index: Any, branches: Sequence[FlatFunction], operands: list[Any]) -> list[Array]:
        """Run the chosen branch."""
        return [self.own(x) for x in control.choose(index, [_owned(self, b) for b in branches], operands)]

    def while_loop(self, test: FlatFunction, body: FlatFunction, init: list[Any]) -> list[Array]:
        """A loop of Python."""
        return list(control.loop(_owned(self, test), _owned(self, body), init))

    def scan(
        self, body: FlatFunction, init: list[Any], xs: list[Any], length: int, reverse: bool
    ) -> tuple[list[Array], list[Array]]:
        """A loop of Python."""
        carry, ys = control.scan(_owned(self, body), init, xs, length, reverse)
        if not ys:
            return self._no_steps(body, init, xs)
        return list(carry), [control.stacked(rows, rows[0].aval) for rows in zip(*ys, strict=True)]

    def _no_steps(
        self, body: FlatFunction, init: list[Any], xs: list[Any]
    ) -> tuple[list[Array], list[Array]]:
        from ..language.tracing import trace

        avals = [x.aval for x in init] + [x.aval.with_shape(x.shape[1:]) for x in xs]
        program = trace(body, avals)
        return list(init), [control.stacked([], aval) for aval in program.out_avals[len(init) :]]

    def custom_jvp(self, function: FlatFunction, rule: FlatFunction, operands: list[Any]) -> list[Array]:
        """``function``; `Dual` honours the rule where it is told to."""
        return differentiation.custom_jvp(_owned(self, function), _owned(self, rule), operands)

    def custom_vjp(
        self, function: FlatFunction, forward: FlatFunction, backward: FlatFunction, operands: list[Any]
    ) -> list[Array]:
        """``function``; `Dual` honours the rule where it is told to."""
        return differentiation.custom_vjp(_owned(self, function), forward, backward, operands)


class _owned:  # reads as the function that it is
    """A flat function whose results are arrays of the reference, with the attributes of the original."""

    def __init__(self, implementation: Reference, function: FlatFunction) -> None:
        self._implementation, self._function = implementation, function

    def __call__(self, *operands: Any) -> list[ReferenceArray]:
        return [self._implementation.own(x) for x in self._function(*operands)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._function, name)


class _Interpreted:
    """A closed program as a function of arrays."""

    def __init__(self, implementation: Reference, program: Any) -> None:
        self._implementation, self._program = implementation, program

    def __call__(self, *operands: Any) -> list[Array]:
        return [self._implementation.own(x) for x in self._program(*operands)]

    def text(self) -> str:
        """The program."""
        return str(self._program)


def _require_values(what: str, operands: Sequence[Any]) -> None:
    for x in operands:
        if isinstance(x, Tracer):
            raise ConcretizationTypeError(
                f"The operands of {what} in the reference must be values, got the traced {x.aval}: it takes limits, "
                f"which have no program. Trace the function under `verax.using(verax.fast)`."
            )


def _of_system(x: ReferenceArray, system: NumberSystem) -> ReferenceArray:
    if x.system is system:
        return x
    return ReferenceArray([system.adopt(s) for s in x.scalars], x.aval, system)


def _row(operands: Sequence[Any], axes: Sequence[int | None], i: int) -> list[Any]:
    return [x if axis is None else control.row(x, i, axis) for x, axis in zip(operands, axes, strict=True)]


def _same(x: ReferenceArray, y: ReferenceArray) -> bool:
    return x is y or all(_same_scalar(a, b) for a, b in zip(x.scalars, y.scalars, strict=True))


def _same_scalar(a: Scalar, b: Scalar) -> bool:
    if a is b:
        return True
    if type(a) is not type(b) or a != b:
        return False
    return type(a) is not float or str(a) == str(b)  # 0.0 and -0.0 are two numbers


def _block(
    value: ReferenceArray, primal: ReferenceArray, columns: Sequence[Any], mode: str
) -> ReferenceArray:
    """The Jacobian of one result by one argument, from its columns.

    A complex argument has two columns an entry: along its real part, which alone is the derivative of a holomorphic
    function, and along its imaginary part, whose negative is the imaginary part of a real result's gradient.
    """
    system, count, entries = current_system(), len(value.scalars), primal.size
    zeros = [0.0] * count
    lists = [zeros if c is None else c.scalars for c in columns]
    scalars = [column[k] for k in range(count) for column in lists[:entries]]
    dtype = value.dtype
    if mode == "reverse" and is_complex(primal.dtype) and not is_complex(dtype):
        scalars += [negative(system, column[k]) for k in range(count) for column in lists[entries:]]
        dtype = primal.dtype
    aval = ShapedArray(value.shape + primal.shape, dtype, value.weak_type)
    return ReferenceArray(scalars, aval, system)


implementation = Reference()
ReferenceArray.implementation = implementation
