"""What a jitted function is before it runs: `Traced`, `Lowered` and `Compiled`, with JAX's names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import dispatch, trees
from ..arrays import Array
from ..costs import costs_of
from ..dispatch import Tracer
from ..dtypes import DType
from ..effects import effects_of
from ..flat import check_array, own, step_of
from ..hlo import Hlo
from ..kept_nodes import optree
from ..program import Program
from ..shapes import Shape, ShapedArray, ShapeDtypeStruct


@dataclass(frozen=True, slots=True)
class ArgInfo:
    """What is known of an argument.

    Attributes:
        aval: its shape, dtype and weak type.
        donated: whether its caller gives it away.
    """

    aval: ShapedArray
    donated: bool

    @property
    def shape(self) -> Shape:
        """The sizes of its axes."""
        return self.aval.shape

    @property
    def dtype(self) -> DType:
        """Its element type."""
        return self.aval.dtype


@dataclass(frozen=True, slots=True)
class Stage:
    """A function on arguments of fixed types.

    Attributes:
        program: what it does; what the function closed over is held by it.
        fun_name: the function's name.
        in_tree: the structure of ``(args, kwargs)``, static arguments left out.
        out_tree: the structure of the result.
        args_info: an `ArgInfo` for each argument, in that structure.
        parameters: the names of the positional parameters that are not static.
    """

    program: Program
    fun_name: str
    in_tree: trees.TreeDef
    out_tree: trees.TreeDef
    args_info: Any
    parameters: tuple[str, ...]

    @property
    def in_avals(self) -> Any:
        """The arguments' types, as a tree like them."""
        return trees.map(lambda info: info.aval, self.args_info)

    @property
    def donate_argnums(self) -> tuple[int, ...]:
        """The places of the donated ones among the leaves of the arguments."""
        return tuple(i for i, info in enumerate(trees.leaves(self.args_info)) if info.donated)

    @property
    def out_info(self) -> Any:
        """The results' shapes and dtypes, as a tree like them."""
        avals = self.program.out_avals
        return trees.unflatten(
            self.out_tree, [ShapeDtypeStruct(a.shape, a.dtype, a.weak_type) for a in avals]
        )


class Traced(Stage):
    """A function that has been traced: its program."""

    __slots__ = ()

    @property
    def jaxpr(self) -> Program:
        """The program, under JAX's name for it."""
        return self.program

    @property
    def effects(self) -> frozenset[str]:
        """What running it does beside giving results: "io", "debug"."""
        return effects_of(self.program)

    @property
    def out_avals(self) -> list[ShapedArray]:
        """The results' types, without their tree."""
        return self.program.out_avals

    def lower(self, **options: Any) -> Lowered:
        """The next stage. ``options`` are accepted for JAX's sake: there is one platform at a time."""
        return Lowered(*_parts(self))


class Lowered(Stage):
    """A program that is ready to be compiled."""

    __slots__ = ()

    def as_text(self, dialect: str | None = None, *, debug_info: bool = False) -> str:
        """The program as text: in Verax's own words, or in those of the dialect "hlo"."""
        return str(self.compiler_ir(dialect))

    def compiler_ir(self, dialect: str | None = None) -> Program | Hlo:
        """What the compiler takes, the program; of the dialect "hlo", what has ``as_hlo_text()``."""
        return Hlo(self.program) if dialect == "hlo" else self.program

    def cost_analysis(self) -> dict[str, float]:
        """XLA's keys ``flops``, ``transcendentals`` and ``bytes accessed``, counted from the program's equations."""
        return costs_of(self.program)

    def compile(self, compiler_options: Any = None) -> Compiled:
        """The next stage, made by the implementation in force. ``compiler_options`` is accepted for JAX's sake."""
        return Compiled(self, dispatch.current())


class Compiled(Stage):
    """A function that runs on arguments of the very types that it was compiled for, and is not traced any more."""

    __slots__ = ("_captured", "_implementation", "_run")
    _captured: list[Any]
    _implementation: dispatch.Implementation
    _run: dispatch.Compilation

    def __init__(self, lowered: Lowered, implementation: dispatch.Implementation) -> None:
        Stage.__init__(self, *_parts(lowered))
        closed, captured = self.program.closed()
        with dispatch.using(implementation):
            run = implementation.compiled(closed)
        for name, value in (("_captured", captured), ("_implementation", implementation), ("_run", run)):
            object.__setattr__(self, name, value)  # a stage does not change

    def as_text(self) -> str:
        """The code that runs, as text."""
        return self._run.text()

    def cost_analysis(self) -> dict[str, float]:
        """As `Lowered.cost_analysis`."""
        return costs_of(self.program)

    def memory_analysis(self) -> dict[str, int]:
        """The bytes of arguments and of results."""

        def total(avals: Sequence[ShapedArray]) -> int:
            return sum(a.size * a.dtype.itemsize for a in avals)

        return {
            "argument_size_in_bytes": total(self.program.in_avals),
            "output_size_in_bytes": total(self.program.out_avals),
        }

    def runtime_executable(self) -> Any:
        """What the implementation has made of the program."""
        return self._run

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The result for arguments of the types that it was compiled for; static arguments are left out.

        Raises:
            TypeError: the arguments' structure, a shape or a dtype is another, or a transform watches one.
        """
        leaves, tree = trees.flatten((args, kwargs))
        if tree != self.in_tree:
            raise TypeError(
                f"The arguments of the compiled {self.fun_name!r} must have the structure that it was compiled for, "
                f"{_shown(self.in_tree)}, got {_shown(tree)}. Leave static arguments out, or lower it for these."
            )
        wanted = [info.aval for info in trees.leaves(self.args_info)]
        for i, (x, want) in enumerate(zip(leaves, wanted, strict=True)):
            name = names_of(tree, self.parameters)[i] if not isinstance(x, Array) else ""
            got = check_array(x, f"Argument {name} of the compiled {self.fun_name!r}", "Pass arrays.")
            if isinstance(x, Tracer):
                raise TypeError(
                    f"The compiled {self.fun_name!r} cannot be transformed, and argument "
                    f"{names_of(tree, self.parameters)[i]} is watched by a transform ({x!r}). Transform the function "
                    f"before it is lowered."
                )
            if (got.shape, got.dtype) != (want.shape, want.dtype):
                raise TypeError(
                    f"Argument {names_of(tree, self.parameters)[i]} of the compiled {self.fun_name!r} must be {want}, "
                    f"for which it was compiled, got {got}. Convert it, or lower the function for this type."
                )
        implementation = self._implementation
        with dispatch.using(implementation):
            operands = [own(implementation, x) for x in (*self._captured, *leaves)]
            return trees.unflatten(self.out_tree, self._run(*operands))


def _parts(stage: Stage) -> tuple[Any, ...]:
    return (
        stage.program,
        stage.fun_name,
        stage.in_tree,
        stage.out_tree,
        stage.args_info,
        stage.parameters,
    )


def _shown(tree: trees.TreeDef) -> str:
    return str(trees.unflatten(tree, [_Star()] * tree.num_leaves))


class _Star:
    def __repr__(self) -> str:
        return "*"


def parameters_of(fun: Callable[..., Any], static: Sequence[int] = ()) -> tuple[str, ...]:
    """The names of a function's positional parameters, but for those in static places."""
    try:
        found = list(inspect.signature(fun).parameters.values())
    except (TypeError, ValueError):  # builtins without a signature
        return ()
    places = {i % len(found) for i in static if found and -len(found) <= i < len(found)}
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(p.name for i, p in enumerate(found) if i not in places and p.kind in positional)


def names_of(tree: trees.TreeDef, parameters: Sequence[str]) -> list[str]:
    """How a person would write each leaf of ``(args, kwargs)``: ``params['w']``, or ``args[2]`` beyond the names."""
    whole = trees.unflatten(tree, range(tree.num_leaves))
    found = []
    for accessor in optree.tree_accessors(whole, namespace=trees.NAMESPACE):
        side, place, *rest = accessor
        if side.entry == 1:
            head = str(place.entry)
        elif place.entry < len(parameters):
            head = parameters[place.entry]
        else:
            head = f"args[{place.entry}]"
        found.append(f"`{head}{''.join(step_of(e) for e in rest)}`")
    return found
