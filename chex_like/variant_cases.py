"""Class-based variants: a test that runs once with `jit`, once without, and so on. With pytest, mark `variants`."""

from __future__ import annotations

import enum
import functools
import importlib
import importlib.util
import itertools
import unittest
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from .fakes import known_count
from .flags import defined, flag
from .placement import known_devices
from .variant_functions import VARIANTS

Function = Callable[..., Any]
defined()  # a program's command line may name the flags


class ChexVariantType(enum.Enum):
    """The variants; ``self.variant.type`` says which one runs."""

    WITH_JIT = 1
    WITHOUT_JIT = 2
    WITH_DEVICE = 3
    WITHOUT_DEVICE = 4
    WITH_PMAP = 5

    def __str__(self) -> str:
        return f"_{self.name.lower()}"


variant_decorators: dict[ChexVariantType, Function] = {
    kind: VARIANTS[kind.name.lower()] for kind in ChexVariantType
}


def params_product(*params_lists: Sequence[Sequence[Any]], named: bool = False) -> list[tuple[Any, ...]]:
    """Every combination of parameters, one from each list.

    Args:
        params_lists: lists of tuples of parameters.
        named: whether each tuple begins with a name; names are joined by underscores, and come first.

    >>> params_product([("a", 1), ("b", 2)], [("x", 3)], named=True)
    [('a_x', 1, 3), ('b_x', 2, 3)]
    """
    found = []
    for combination in itertools.product(*params_lists):
        parts = [tuple(part[1:]) if named else tuple(part) for part in combination]
        name = ("_".join(part[0] for part in combination),) if named else ()
        found.append((*name, *itertools.chain(*parts)))
    return found


# -- the test case -----------------------------------------------------------------------------------------
class _Unrolling(type):
    """Makes each test of a generator in a class's body a method of its own."""

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        for key, value in list(body.items()):
            if key.startswith("test") and isinstance(value, _Tests):
                del body[key]
                for test in value:
                    body[test.__name__] = test
        return super().__new__(mcs, name, bases, body)


def _base() -> Any:
    """absl's test case where absl is installed: programs derive from both."""
    if importlib.util.find_spec("absl") is not None:
        return importlib.import_module("absl.testing.parameterized").TestCase
    return _Unrolling("TestCase", (unittest.TestCase,), {})


class TestCase(_base()):  # type: ignore[misc]  # which class it derives from depends on what is installed
    """A test case whose tests may have variants."""

    __test__ = False  # pytest would take the class itself for a test; `__init_subclass__` undoes it

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__test__" not in cls.__dict__:
            cls.__test__ = True

    def variant(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: the test has no variants.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("self.variant is not defined: wrap the test in @chex.variants.")


class _Tests:
    """The tests that one test with variants stands for."""

    def __init__(self, tests: Iterable[Function], chosen: dict[ChexVariantType, bool]) -> None:
        self._tests, self._chosen = list(tests), chosen
        self._names: dict[str, int] = {}

    def join(self, chosen: dict[ChexVariantType, bool]) -> None:
        """Add the variants of another decorator."""
        for kind, taken in chosen.items():
            self._chosen[kind] = self._chosen.get(kind, False) or taken

    @property
    def __name__(self) -> str:
        raise RuntimeError(
            "A test wrapper attempts to access __name__ of VariantsTestCaseGenerator: nothing may be applied on top of "
            "@chex.variants. Make it the outermost decorator."
        )

    def __call__(self) -> None:
        raise RuntimeError(
            "A test with variants was called itself: make sure that the class of the test, like all that use variants, "
            "inherit from `chex.TestCase`."
        )

    def __iter__(self) -> Iterator[Function]:
        kinds = [kind for kind, taken in self._chosen.items() if taken]
        if not kinds:
            raise ValueError(f"No variants selected for test: {self._tests}.")
        return iter([self._one(test, kind) for test in self._tests for kind in kinds])

    def _one(self, test: Function, kind: ChexVariantType) -> Function:
        @functools.wraps(test)
        def run(self: Any, *args: Any, **kwargs: Any) -> Any:
            _check_devices(kind)
            calls = 0

            def variant(*inner: Any, **options: Any) -> Any:
                nonlocal calls
                calls += 1
                return variant_decorators[kind](*inner, **options)

            variant.type = kind  # type: ignore[attr-defined]  # Chex's interface
            self.variant = variant
            found = test(self, *args, **kwargs)
            if not calls:
                raise RuntimeError(
                    f"Test is wrapped in @chex.variants, but never calls self.variant (variant: {kind})."
                )
            return found

        self._name(run, kind)
        return run

    def _name(self, run: Any, kind: ChexVariantType) -> None:
        shown = getattr(run, "__x_params_repr__", "")
        wanted = "_".join(filter(None, [run.__name__, shown, str(kind)]))
        taken = self._names.setdefault(wanted, 0)
        self._names[wanted] += 1
        if taken:
            wanted = "_".join(filter(None, [f"{run.__name__}_{taken}", shown, str(kind)]))
        run.__name__ = wanted
        # absl's, which would else name the test itself.
        run.__x_params_repr__, run.__x_use_name__ = "", True


def _check_devices(kind: ChexVariantType) -> None:
    """Skip, or refuse, a variant for which there are too few devices."""
    alone = len(known_devices()) < 2
    if kind is ChexVariantType.WITH_PMAP and alone and flag("chex_skip_pmap_variant_if_single_device"):
        raise unittest.SkipTest(
            f"Only 1 device is available ({known_devices()}). Mark the test fake_devices(n)."
        )
    if flag("chex_assert_multiple_cpu_devices"):
        required = known_count()
        if required < 2:
            raise RuntimeError(
                f"The flag chex_assert_multiple_cpu_devices asks for 2 devices at least, got {required}: call "
                "chex.set_n_cpu_devices(n)."
            )


# -- the decorators ----------------------------------------------------------------------------------------
def _choose(test_method: Any, chosen: dict[str, bool]) -> Any:
    kinds = {ChexVariantType[name.upper()]: taken for name, taken in chosen.items()}
    if isinstance(test_method, _Tests):
        test_method.join(kinds)
        return test_method
    tests = test_method if hasattr(test_method, "__iter__") else [test_method]
    return _Tests(tests, kinds)


def variants(
    test_method: Any = None,
    with_jit: bool = False,
    without_jit: bool = False,
    with_device: bool = False,
    without_device: bool = False,
    with_pmap: bool = False,
) -> Any:
    """A decorator: the test runs once for each variant that is chosen, and applies ``self.variant`` to functions.

    ``self.variant`` is a decorator too, and takes the keyword arguments of all variants: ``static_argnums``,
    ``static_argnames``, ``ignore_argnums``, ``broadcast_args_to_devices``, ``reduce_fn``, ``n_devices``, ``axis_name``,
    ``devices``, ``in_axes``, ``backend``.

    Args:
        test_method: a test of a `TestCase`, or absl's parameterized ones; without it, the result is a decorator.
        with_jit: functions are compiled.
        without_jit: functions are called as they are.
        with_device: their arguments are put on the default device first.
        without_device: arrays among their arguments are handed over as NumPy's.
        with_pmap: they run on every device, and give what the first of them gives.

    Raises:
        ValueError: later, no variant is chosen, or ``self.variant`` does not know an argument.
    """
    chosen = {
        "with_jit": with_jit,
        "without_jit": without_jit,
        "with_device": with_device,
        "without_device": without_device,
        "with_pmap": with_pmap,
    }
    if test_method is None:
        return lambda method: _choose(method, chosen)
    return _choose(test_method, chosen)


def all_variants(
    test_method: Any = None,
    with_jit: bool = True,
    without_jit: bool = True,
    with_device: bool = True,
    without_device: bool = True,
    with_pmap: bool = True,
) -> Any:
    """`variants` with all of them chosen; arguments and errors are its."""
    return variants(test_method, with_jit, without_jit, with_device, without_device, with_pmap)
