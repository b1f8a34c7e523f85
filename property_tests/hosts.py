"""`Host`: whose functions are run how. Verax's, NumPy's, which are only called, and JAX's, which JAX runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np

from ..fast.devices import default_device
from ..language import dispatch, transforms, trees
from ..language.arrays import Array
from ..language.config import enable_x64
from ..language.dispatch import Tracer, aval_of, lift_to
from ..language.program import Program
from ..language.shapes import ShapedArray, ShapeDtypeStruct

Function = Callable[..., Any]


class Host(ABC):
    """Who runs functions of one array class; its transforms are those that are judged.

    Attributes:
        name: the package of the array class.
        transforms: whether it has any, and programs that can be read.
        rounds_alike: whether a function compiled or batched gives the same bits as by itself. Where it need not, what
            differs is held to the bound.
    """

    name: str
    transforms: bool = False
    rounds_alike: bool = True

    @property
    @abstractmethod
    def platform(self) -> str:
        """The name of the profile that it is judged by."""

    @abstractmethod
    def running(self, x64: bool) -> AbstractContextManager[None]:
        """The block runs as its functions are to be run, with 64-bit types or without."""

    def lifted(self, leaves: Sequence[Any]) -> list[Any]:
        """Machine arrays as its arrays; Python floats stay what they are."""
        return list(leaves)

    def leaves(self, value: Any) -> tuple[list[np.ndarray[Any, Any]], list[bool], Any]:
        """What a function returned: machine arrays, whether each is weakly typed, and the tree.

        Raises:
            TypeError: a leaf is neither an array nor a number.
        """
        leaves, tree = trees.flatten(value)
        return [_machine(x) for x in leaves], [aval_of(x).weak_type for x in leaves], tree

    def flattened(self, value: Any) -> tuple[list[Any], Any]:
        """The leaves of a tree as they are, and its structure."""
        return trees.flatten(value)

    def readable(self, value: Any) -> Any:
        """The same tree with arrays that Verax knows."""
        return value

    def bits(self, x: Any) -> bytes | None:
        """What a call may not change of an argument; None for what cannot be changed."""
        return x.tobytes() if isinstance(x, np.ndarray) else None

    def is_tracer(self, x: Any) -> bool:
        """Whether it is a value of a trace."""
        return False

    def jit(self, function: Function) -> Function:
        """Compiled."""
        raise NotImplementedError(  # laws ask where `transforms` is set
            f"{self.name} compiles nothing"
        )

    def vmap(self, function: Function, axes: tuple[int | None, ...]) -> Function:
        """Batched."""
        raise NotImplementedError(  # laws ask where `transforms` is set
            f"{self.name} batches nothing"
        )

    def announced(self, function: Function, operands: Sequence[Any]) -> Any:
        """The abstract values that are announced of a call, as a tree."""
        raise NotImplementedError(  # laws ask where `transforms` is set
            f"{self.name} announces nothing"
        )

    def program(self, function: Function, operands: Sequence[Any]) -> Program:
        """What a call computes: a program of the leaves."""
        raise NotImplementedError(  # laws ask where `transforms` is set
            f"{self.name}'s programs cannot be read"
        )

    def gradient(self, function: Function, operands: Sequence[Any]) -> list[np.ndarray[Any, Any]]:
        """The derivative of the sum of all results by each floating operand."""
        raise NotImplementedError(  # then there is no claim
            f"{self.name} differentiates nothing that has no program"
        )


def _machine(x: Any) -> np.ndarray[Any, Any]:
    if isinstance(x, Array):
        return np.asarray(x.machine_value())
    return np.asarray(x, dtype=aval_of(x).dtype)


class _Called(Host):
    """NumPy's functions can be called, no more."""

    name = "numpy"

    @property
    def platform(self) -> str:
        return "numpy"

    @contextmanager
    def running(self, x64: bool) -> Iterator[None]:
        with enable_x64(x64), dispatch.using("fast"), np.errstate(all="ignore"):
            yield


class _Own(_Called):
    """Verax's are run by the fast implementation."""

    name = "verax"
    transforms = True

    @property
    def platform(self) -> str:
        return "cupy" if default_device().platform == "gpu" else "numpy"

    def lifted(self, leaves: Sequence[Any]) -> list[Any]:
        fast = dispatch.implementation_of("fast")
        return [x if isinstance(x, float) else lift_to(fast, x) for x in leaves]

    def bits(self, x: Any) -> bytes | None:
        return x.machine_value().tobytes() if isinstance(x, Array) else super().bits(x)

    def is_tracer(self, x: Any) -> bool:
        return isinstance(x, Tracer)

    def jit(self, function: Function) -> Function:
        compiled: Function = transforms.jit(function)
        return compiled

    def vmap(self, function: Function, axes: tuple[int | None, ...]) -> Function:
        return transforms.vmap(function, in_axes=axes)

    def announced(self, function: Function, operands: Sequence[Any]) -> Any:
        described = [
            ShapeDtypeStruct(x.shape, x.dtype, x.weak_type) if isinstance(x, Array) else x for x in operands
        ]
        return transforms.eval_shape(function, *described)

    def program(self, function: Function, operands: Sequence[Any]) -> Program:
        found: Program = transforms.make_program(function)(*operands)
        return found


class _OfJax(Host):
    """JAX's are run, compiled, batched and traced by JAX, on its CPU."""

    name = "jax"
    transforms = True
    rounds_alike = (
        False  # XLA contracts a product and a sum, and divides by a constant by a product with its inverse
    )

    @property
    def platform(self) -> str:
        return "jax-cpu"

    @contextmanager
    def running(self, x64: bool) -> Iterator[None]:
        from ..adapters.from_jax import machine

        with machine.running(x64), dispatch.using("fast"), np.errstate(all="ignore"):
            yield

    def lifted(self, leaves: Sequence[Any]) -> list[Any]:
        from ..adapters.from_jax import machine

        return [machine.array(x) for x in leaves]

    def leaves(self, value: Any) -> tuple[list[np.ndarray[Any, Any]], list[bool], Any]:
        from ..adapters.from_jax import machine

        found = machine.leaves_of(value)
        return list(found.arrays), list(found.weak), found.tree

    def flattened(self, value: Any) -> tuple[list[Any], Any]:
        from ..adapters.from_jax.errors import the_real_jax

        leaves, tree = the_real_jax().tree.flatten(value)
        return leaves, tree

    def readable(self, value: Any) -> Any:
        from ..adapters.from_jax import machine

        found = machine.leaves_of(value)
        lift = dispatch.implementation_of("fast").lift
        pairs = zip(found.arrays, found.weak, strict=True)
        return found.tree.unflatten([lift(x, ShapedArray(x.shape, x.dtype, weak)) for x, weak in pairs])

    def bits(self, x: Any) -> bytes | None:
        deleted = getattr(x, "is_deleted", None)  # its arrays cannot be changed, but given away
        return super().bits(x) if deleted is None else bytes([deleted()])

    def is_tracer(self, x: Any) -> bool:
        from ..adapters.from_jax.errors import the_real_jax

        return isinstance(x, the_real_jax().core.Tracer)

    def jit(self, function: Function) -> Function:
        from ..adapters.from_jax.errors import the_real_jax

        compiled: Function = the_real_jax().jit(function)
        return compiled

    def vmap(self, function: Function, axes: tuple[int | None, ...]) -> Function:
        from ..adapters.from_jax.errors import the_real_jax

        batched: Function = the_real_jax().vmap(function, in_axes=axes)
        return batched

    def announced(self, function: Function, operands: Sequence[Any]) -> Any:
        from ..adapters.from_jax import machine

        return machine.announced(function, operands)

    def program(self, function: Function, operands: Sequence[Any]) -> Program:
        from ..adapters.from_jax import machine

        return machine.converted(machine.flat(function), operands)

    def gradient(self, function: Function, operands: Sequence[Any]) -> list[np.ndarray[Any, Any]]:
        from ..adapters.from_jax import machine

        return machine.gradient(function, operands)


# The array class's package -> who runs its functions; of others nothing is called.
HOSTS: dict[str, Host] = {host.name: host for host in (_Own(), _Called(), _OfJax())}
OWN = HOSTS["verax"]
