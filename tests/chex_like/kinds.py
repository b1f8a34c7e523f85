"""The six kinds of arrays that Chex's names are held to; what is not installed, or has no GPU, has a stand-in."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import jax
import numpy as np
from tests.fast import cupy_stand_in

import verax
import verax.numpy as vnp
from verax.language import dispatch


@dataclass(frozen=True)
class Kind:
    """A kind of arrays.

    Attributes:
        name: what the table calls it.
        array: makes one of nested lists.
        transforms: `jit`, `vmap`, `pmap` and `lax` that its functions are transformed by.
        handed: makes of it what those transforms take.
        modules: stand-ins, by the name of what they stand for.
    """

    name: str
    array: Callable[..., Any]
    transforms: Any = verax
    handed: Callable[[Any], Any] = lambda x: x
    modules: tuple[tuple[str, Any], ...] = ()

    @property
    def stand_in(self) -> bool:
        """Whether it is one."""
        return bool(self.modules)

    @contextmanager
    def there(self) -> Iterator[None]:
        """A block in which the library can be met."""
        before = {name: sys.modules.get(name) for name, _ in self.modules}
        sys.modules.update(self.modules)
        try:
            yield
        finally:
            for name, module in before.items():
                if module is None:
                    del sys.modules[name]
                else:
                    sys.modules[name] = module


def _reference(values: Any, dtype: Any = np.float32) -> Any:
    return dispatch.lift_to(dispatch.implementation_of("reference"), np.asarray(values, dtype))


# -- PyTorch -------------------------------------------------------------------------------------------------
class _TorchType:
    """A dtype that prints as PyTorch's do."""

    def __init__(self, name: str) -> None:
        self._name = f"torch.{name}"

    def __str__(self) -> str:
        return self._name

    def __eq__(self, other: object) -> bool:
        return str(other) == self._name

    def __hash__(self) -> int:
        return hash(self._name)


class TorchTensor:
    """A stand-in for PyTorch's tensors: what of their interface is asked for, and no ``__array__``."""

    def __init__(self, value: Any) -> None:
        self._value = np.asarray(value)

    dtype = property(lambda self: _TorchType(self._value.dtype.name))
    shape = property(lambda self: self._value.shape)
    device = SimpleNamespace(type="cpu", index=None)

    def size(self) -> tuple[int, ...]:
        return tuple(self._value.shape)

    def numpy(self) -> Any:
        return self._value

    def detach(self) -> TorchTensor:
        return self

    cpu = resolve_conj = resolve_neg = detach

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> Any:
        return TorchTensor(self._value == getattr(other, "_value", other))

    __hash__ = None  # type: ignore[assignment]  # tensors compare elementwise


def _torch() -> Kind:
    def handed(x: Any) -> Any:
        return vnp.asarray(x.detach().numpy())

    if importlib.util.find_spec("torch") is not None:
        torch: Any = importlib.import_module("torch")
        return Kind(
            "PyTorch", lambda v, dtype=np.float32: torch.from_numpy(np.array(v, dtype)), handed=handed
        )
    module: Any = ModuleType("torch")
    module.Tensor, module.bfloat16, module.device = (
        TorchTensor,
        _TorchType("bfloat16"),
        type("device", (), {}),
    )
    return Kind(
        "PyTorch",
        lambda v, dtype=np.float32: TorchTensor(np.array(v, dtype)),
        handed=handed,
        modules=(("torch", module),),
    )


def _cupy() -> Kind:
    real: Any = sys.modules.get("cupy")
    answers = real is not None and real.cuda.runtime.getDeviceCount() > 0
    cupy = real if answers else cupy_stand_in.cupy
    return Kind(
        "CuPy",
        lambda v, dtype=np.float32: cupy.asarray(np.array(v, dtype)),
        handed=lambda x: vnp.asarray(cupy.asnumpy(x)),
        modules=() if answers else (("cupy", cupy),),
    )


KINDS = {
    kind.name: kind
    for kind in (
        Kind("reference", _reference),
        Kind("fast", lambda v, dtype=np.float32: vnp.asarray(np.asarray(v, dtype))),
        Kind("NumPy", lambda v, dtype=np.float32: np.asarray(v, dtype)),
        _cupy(),
        Kind("JAX", lambda v, dtype=np.float32: jax.numpy.asarray(np.asarray(v, dtype)), transforms=jax),
        _torch(),
    )
}
