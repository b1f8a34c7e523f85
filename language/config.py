"""Configuration: settings that live in the context, never in the process.

JAX's ``config.update`` sets a setting for the current context (thread or task) and those started
from it; ``enable_x64(...)`` sets it for a ``with`` block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple


class Settings(NamedTuple):
    """What is set. What is traced under some settings is not what is traced under others.

    Attributes:
        enable_x64: whether 64-bit types are kept (True) or canonicalized to 32 bits (False, as in JAX).
        numpy_rank_promotion: what functions of `verax.numpy` do with arrays of different ranks, scalars apart:
            'allow', 'warn' or 'raise'.
        threefry_partitionable: whether an element of random bits depends on its index alone (True), or on the
            shape too (False, as in JAX before 0.5).
        default_prng_impl: the generator that keys are made for.
        check_tracer_leaks: whether tracers that outlive their transform are looked for.
        enable_custom_prng: whether `random.PRNGKey` makes typed keys, as `random.key` does.
    """

    enable_x64: bool = False
    numpy_rank_promotion: str = "allow"
    threefry_partitionable: bool = True
    default_prng_impl: str = "threefry2x32"
    check_tracer_leaks: bool = False
    enable_custom_prng: bool = False


class Watching(NamedTuple):
    """What is looked at while programs are traced and run. It changes no trace.

    Attributes:
        explain_cache_misses: whether it is logged why a jitted function is traced.
        log_compiles: whether it is logged that one is.
        debug_nans: whether a result that is NaN is an error.
        debug_infs: whether one that is infinite is.
    """

    explain_cache_misses: bool = False
    log_compiles: bool = False
    debug_nans: bool = False
    debug_infs: bool = False


VALUES: dict[str, tuple[Any, ...]] = {
    "enable_x64": (True, False),
    "numpy_rank_promotion": ("allow", "warn", "raise"),
    "threefry_partitionable": (True, False),
    "default_prng_impl": ("threefry2x32",),
    "explain_cache_misses": (True, False),
    "log_compiles": (True, False),
    "debug_nans": (True, False),
    "debug_infs": (True, False),
    "check_tracer_leaks": (True, False),
    "enable_custom_prng": (True, False),
}
# Whether NaNs or infinities have ever been looked for: an operation asks nothing more while they have not.
_looked = False
_SETTINGS: ContextVar[Settings] = ContextVar("verax_settings", default=Settings())  # noqa: B039  # a named tuple
_WATCHING: ContextVar[Watching] = ContextVar("verax_watching", default=Watching())  # noqa: B039  # likewise


class Config:
    """The settings in force here. ``config.enable_x64`` reads, ``config.update`` writes; "jax_" may lead a name."""

    @property
    def enable_x64(self) -> bool:
        """Whether 64-bit types are kept (True) or canonicalized to 32 bits (False, as in JAX)."""
        return _SETTINGS.get().enable_x64

    def in_force(self) -> Settings:
        """The settings that a trace depends on, hashable: caches of traces are by them."""
        return _SETTINGS.get()

    def __getattr__(self, name: str) -> Any:
        setting = name.removeprefix("jax_")
        if setting not in VALUES:
            raise AttributeError(f"config has no setting {name!r}. It has {', '.join(VALUES)}.")
        return getattr(_WATCHING.get() if setting in Watching._fields else _SETTINGS.get(), setting)

    def read(self, name: str) -> Any:
        """The value of a setting.

        Raises:
            AttributeError: there is none of that name.
        """
        return getattr(self, name)

    def update(self, name: str, value: Any) -> None:
        """Set a setting for the current context.

        Raises:
            ValueError: the name is unknown, or the value is none of the setting's.
        """
        global _looked
        chosen = name.removeprefix("jax_")
        if chosen not in VALUES:
            raise ValueError(f"`name` must be one of {', '.join(VALUES)}, got {name!r}.")
        if type(value) is not type(VALUES[chosen][0]) or value not in VALUES[chosen]:
            values = ", ".join(map(repr, VALUES[chosen]))
            raise ValueError(f"`value` of {name!r} must be one of {values}, got {value!r}.")
        if chosen in Watching._fields:
            _looked = _looked or chosen.startswith("debug_")
            _WATCHING.set(_WATCHING.get()._replace(**{chosen: value}))
        else:
            _SETTINGS.set(_SETTINGS.get()._replace(**{chosen: value}))


config = Config()


def looks_for_nonfinite() -> bool:
    """Whether results that are NaN, or infinite, are errors here."""
    if not _looked:
        return False
    watching = _WATCHING.get()
    return watching.debug_nans or watching.debug_infs


@contextmanager
def setting(name: str, value: Any) -> Iterator[None]:
    """Set a setting inside the ``with`` block.

    Returns:
        A context manager.

    Raises:
        ValueError: the name is unknown, or the value is none of the setting's.
    """
    before = getattr(config, name)
    config.update(name, value)
    try:
        yield
    finally:
        config.update(name, before)


@contextmanager
def enable_x64(value: bool = True) -> Iterator[None]:
    """Keep 64-bit types (or not) inside the ``with`` block, and restore the setting after it.

    Returns:
        A context manager.

    Raises nothing of its own.
    """
    with setting("enable_x64", bool(value)):
        yield


@contextmanager
def numpy_rank_promotion(value: str) -> Iterator[None]:
    """Allow arrays of different ranks in one operation, warn of them, or raise, inside the ``with`` block.

    Args:
        value: 'allow', 'warn' or 'raise'.

    Returns:
        A context manager.

    Raises:
        ValueError: ``value`` is something else.
    """
    with setting("numpy_rank_promotion", value):
        yield


@contextmanager
def threefry_partitionable(value: bool = True) -> Iterator[None]:
    """Draw random bits in today's layout (or in that of JAX before 0.5) inside the ``with`` block.

    Returns:
        A context manager.

    Raises nothing of its own.
    """
    with setting("threefry_partitionable", bool(value)):
        yield


@contextmanager
def enable_custom_prng(value: bool = True) -> Iterator[None]:
    """Make typed keys with `random.PRNGKey` too (or not) inside the ``with`` block.

    Returns:
        A context manager.

    Raises nothing of its own.
    """
    with setting("enable_custom_prng", bool(value)):
        yield


@contextmanager
def explain_cache_misses(value: bool = True) -> Iterator[None]:
    """Log, inside the ``with`` block, why each jitted function is traced: to the logger "verax", as a warning.

    Returns:
        A context manager.

    Raises nothing of its own.
    """
    with setting("explain_cache_misses", bool(value)):
        yield


@contextmanager
def log_compiles(value: bool = True) -> Iterator[None]:
    """Log, inside the ``with`` block, each tracing and compilation of a jitted function: to "verax", as a warning.

    Returns:
        A context manager.

    Raises nothing of its own.
    """
    with setting("log_compiles", bool(value)):
        yield
