"""Equations whose solution is differentiated by what it solves, not by how: `custom_linear_solve`, `custom_root`.

The value is what the given solver finds. The reference's limits look at that alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import catalogue as rows
from . import dispatch, trees
from .arrays import Array
from .catalogue.control import listed, same_type
from .control_flow import closed_together
from .dispatch import FlatFunction, Operand, aval_of
from .flat import Flat, check_array, name_of, own
from .program import Program
from .shapes import ShapedArray
from .tracing import trace

Function = Callable[..., Any]


def _check_functions(name: str, **functions: Any) -> None:
    for argument, function in functions.items():
        if not callable(function):
            raise TypeError(f"`{argument}` of {name} must be a function, got {function!r}.")


def _avals(leaves: Sequence[Any], what: str) -> list[ShapedArray]:
    return [check_array(x, f"`{what}`: leaf {i}", "Pass arrays in trees.") for i, x in enumerate(leaves)]


class _Solver:
    """A function of one tree that gives such a tree, with ``has_aux`` a pair of it and anything, as a flat one."""

    def __init__(self, name: str, what: str, function: Function, given: Any, has_aux: bool = False) -> None:
        leaves, self.tree = trees.flatten(given)
        self.avals = _avals(leaves, what)
        self.label, self.__name__ = name, name_of(function)
        self.has_aux = has_aux

        def paired(x: Any) -> Any:
            found = function(x)
            if not has_aux:
                return found, None
            if not isinstance(found, (tuple, list)) or len(found) != 2:
                raise TypeError(f"{name} must return a pair (x, aux) with has_aux=True, got {found!r}.")
            return found[0], found[1]

        self.flat = Flat(paired, trees.structure(((given,), {})), self.__name__)

    def __call__(self, *operands: Operand) -> list[Any]:
        """The leaves of the result, then those of the auxiliary value."""
        found = self.flat(*operands)
        structure, _ = self.flat.structure().children()
        if structure != self.tree:
            raise TypeError(f"{self.label} must return a tree like {self.tree}, got {structure}.")
        got = [aval_of(x) for x in found[: len(self.avals)]]
        if not all(map(same_type, got, self.avals)):
            raise ValueError(f"{self.label} must return arrays like {listed(self.avals)}, got {listed(got)}.")
        return found

    def result(self, leaves: Sequence[Any]) -> Any:
        """The tree of the last call."""
        value, aux = self.flat.result(leaves)
        return (value, aux) if self.has_aux else value


# -- linear equations ---------------------------------------------------------------------------------------
def custom_linear_solve(
    matvec: Function,
    b: Any,
    solve: Function,
    transpose_solve: Function | None = None,
    symmetric: bool = False,
    has_aux: bool = False,
) -> Any:
    """The x with ``matvec(x) == b`` that ``solve(matvec, b)`` finds; its derivative is that of the equation.

    Args:
        matvec: a linear function from trees like ``b`` to trees like ``b``.
        b: the right-hand side, arrays in a tree.
        solve: ``solve(matvec, b) -> x``; differentiation does not look into it.
        transpose_solve: ``transpose_solve(vecmat, y) -> x`` for the transposed function; reverse mode needs it.
        symmetric: whether ``matvec`` is its own transpose.
        has_aux: whether the solvers return ``(x, auxiliary)``.

    Returns:
        x, a tree like ``b``; with ``has_aux`` a pair of it and the auxiliary value.

    Raises:
        TypeError, ValueError: a function gives a tree, a shape or a dtype other than ``b``'s.
    """
    _check_functions("custom_linear_solve", matvec=matvec, solve=solve)
    leaves = trees.leaves(b)
    applied = _Solver("`matvec` of custom_linear_solve", "b", matvec, b)
    solver = _Solver("`solve` of custom_linear_solve", "b", lambda y: solve(matvec, y), b, has_aux)
    transposed: Callable[[Function], _Solver] | None = None
    if transpose_solve is not None:
        _check_functions("custom_linear_solve", transpose_solve=transpose_solve)
        label = "`transpose_solve` of custom_linear_solve"

        def transposed(vecmat: Function) -> _Solver:
            return _Solver(label, "b", lambda y: transpose_solve(vecmat, y), b, has_aux)

    owner = dispatch.owner_of(leaves)
    with dispatch.using(owner):
        system = LinearSystem(applied, solver, matvec, transposed, symmetric)
        return solver.result(owner.linear_solve(system, [own(owner, x) for x in leaves]))


class LinearSystem:
    """A linear equation, and who solves it.

    Attributes:
        matvec: the flat linear function.
        solve: the flat solver: right-hand sides to (solutions, auxiliary values).
    """

    def __init__(
        self,
        matvec: _Solver,
        solve: _Solver,
        function: Function,
        transposed: Callable[[Function], _Solver] | None,
        symmetric: bool,
    ) -> None:
        self.matvec, self.solve = matvec, solve
        self._function, self._transposed, self._symmetric = function, transposed, symmetric

    def _programs(self) -> list[Program | None]:
        avals = self.matvec.avals
        programs: list[Program | None] = [trace(self.matvec, avals), trace(self.solve, avals)]
        if self._transposed is None:
            return [*programs, None, None]
        if self._symmetric:
            transpose_solve = self._transposed(self._function)
            return [*programs, programs[0], trace(transpose_solve, avals)]
        vecmat = self._transpose()
        solver = self._transposed(lambda y: trees.unflatten(self.matvec.tree, vecmat(*trees.leaves(y))))
        return [*programs, trace(vecmat, avals), trace(solver, avals)]

    def _transpose(self) -> FlatFunction:
        def vecmat(*cotangents: Any) -> list[Any]:
            owner, avals = dispatch.current(), self.matvec.avals
            found = owner.transpose(self.matvec, avals, [dispatch.lift(c) for c in cotangents])
            return [zeros(a) if y is None else y for a, y in zip(avals, found, strict=True)]

        return vecmat

    def staged(self, b: Sequence[Operand]) -> list[Array]:
        """Bind one ``custom_linear_solve`` equation; what the functions close over become its constants."""
        programs = self._programs()
        there = [p for p in programs if p is not None]
        closed, hoisted = closed_together(there)
        by_program = dict(zip(map(id, there), closed, strict=True))
        names = ("matvec", "solve", "vecmat", "transpose_solve")
        params = {n: None if p is None else by_program[id(p)] for n, p in zip(names, programs, strict=True)}
        return dispatch.bind(rows.custom_linear_solve_p, *hoisted, *b, num_consts=len(hoisted), **params)


def zeros(aval: ShapedArray) -> Array:
    """Zeros of a type."""
    from . import lax

    return lax.full(aval.shape, 0, aval.dtype)


# -- roots -----------------------------------------------------------------------------------------------------
def custom_root(
    f: Function,
    initial_guess: Any,
    solve: Function,
    tangent_solve: Function,
    has_aux: bool = False,
) -> Any:
    """The x with ``f(x) == 0`` that ``solve(f, initial_guess)`` finds; its derivative is the implicit function's.

    Derivatives are with respect to what ``f`` closes over.

    Args:
        f: a function from trees like ``initial_guess`` to such trees.
        initial_guess: arrays in a tree.
        solve: ``solve(f, initial_guess) -> x``; differentiation does not look into it.
        tangent_solve: ``tangent_solve(g, y) -> x`` with ``g(x) == y``, where g is linear: ``f``'s derivative at the
            root. For scalars ``lambda g, y: y / g(1.0)``.
        has_aux: whether ``solve`` returns ``(x, auxiliary)``.

    Returns:
        x, a tree like ``initial_guess``; with ``has_aux`` a pair of it and the auxiliary value.

    Raises:
        TypeError, ValueError: a function gives a tree, a shape or a dtype other than the guess's.
    """
    _check_functions("custom_root", f=f, solve=solve, tangent_solve=tangent_solve)
    guess = trees.leaves(initial_guess)
    function = _Solver("`f` of custom_root", "initial_guess", f, initial_guess)
    solver = _Solver("`solve` of custom_root", "initial_guess", lambda x: solve(f, x), initial_guess, has_aux)
    with dispatch.using(dispatch.owner_of(guess)):
        programs = [trace(function, function.avals), trace(solver, solver.avals)]
        closed, hoisted = closed_together(programs)
        root = _Root(closed[0], closed[1], len(hoisted), tangent_solve, function.tree)
        return solver.result(dispatch.bind_custom_jvp(root, root.rule, [*hoisted, *guess]))


class _Root:
    """``(*consts, *guess) -> [*root, *auxiliary]``, and its derivative by the implicit function theorem."""

    def __init__(
        self, f: Program, solve: Program, consts: int, tangent_solve: Function, tree: trees.TreeDef
    ) -> None:
        self.f, self.solve, self.consts = f, solve, consts
        self.tangent_solve, self.tree = tangent_solve, tree
        self.__name__ = solve.name

    def __call__(self, *operands: Any) -> list[Any]:
        return self.solve(*operands)

    def rule(self, *operands: Any) -> list[Any]:
        """Where f(c, x) = 0: df/dx dx = -df/dc dc."""
        from . import lax
        from .transforms import jvp, linearize

        half = len(operands) // 2
        primals, tangents = operands[:half], operands[half:]
        results = dispatch.bind_custom_jvp(self, self.rule, primals)
        consts, root = primals[: self.consts], results[: half - self.consts]
        _, moved = jvp(lambda *c: self.f(*c, *root), consts, tangents[: self.consts])
        _, slope = linearize(lambda *x: self.f(*consts, *x), *root)

        def linear(x: Any) -> Any:
            return trees.unflatten(self.tree, slope(*trees.leaves(x)))

        minus = trees.unflatten(self.tree, [lax.neg(t) for t in moved])
        found = trees.leaves(self.tangent_solve(linear, minus))
        return [*results, *found, *map(_still, results[len(root) :])]


def _still(x: Any) -> Any:
    """The zero tangent of an auxiliary value."""
    from .transforms.arguments import materialized

    return materialized([None], [aval_of(x)])[0]
