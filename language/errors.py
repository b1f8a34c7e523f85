"""Errors that Verax raises, under JAX's names where JAX has one."""

from __future__ import annotations


class VeraxError(Exception):
    """Raised as the common ancestor of every error that Verax defines."""


class UsageError(VeraxError):
    """Raised when a command, configuration or call is wrong, and the caller can mend it."""


class MissingRuleError(VeraxError, LookupError):
    """Raised when an implementation has no rule for a primitive that the language has."""


# -- about abstract values ------------------------------------------------------------------------------
class JAXTypeError(VeraxError, TypeError):
    """Raised as the common ancestor of errors about the kind of a value."""


class JAXIndexError(VeraxError, IndexError):
    """Raised as the common ancestor of errors about an index."""


class TracerError(JAXTypeError):
    """Raised as the common ancestor of errors about abstract values."""


class ConcretizationTypeError(TracerError):
    """Raised when an abstract value is used where a concrete one is needed."""


class NonConcreteBooleanIndexError(ConcretizationTypeError, JAXIndexError):
    """Raised when an abstract mask is used as an index."""


class TracerBoolConversionError(ConcretizationTypeError):
    """Raised when Python branches on an abstract value."""


class TracerArrayConversionError(TracerError):
    """Raised when an abstract value is handed to NumPy."""


class TracerIntegerConversionError(TracerError):
    """Raised when an abstract value is used as a Python index."""


class UnexpectedTracerError(TracerError):
    """Raised when a tracer outlives, or comes from outside, the transform that made it."""


class JaxprTypeError(VeraxError, TypeError):
    """Raised when a program does not fit together: an equation's operands are not what its primitive takes."""


class InconclusiveDimensionOperation(VeraxError):
    """Raised by JAX where sizes are symbols and cannot be compared; Verax's sizes are numbers, and never raise it."""


# -- about running --------------------------------------------------------------------------------------
class JaxRuntimeError(VeraxError, RuntimeError):
    """Raised when a device fails while it runs a program."""


class KeyReuseError(JAXTypeError):
    """Raised by JAX's checker of random keys that are used twice; Verax has no such checker, and never raises it."""


class ScanTypeError(VeraxError, TypeError):
    """Raised when a loop's carry changes shape, dtype or structure between steps."""


class CollectiveError(VeraxError):
    """Raised when the lanes of a mesh disagree at a collective, or name an unknown axis."""


class UnboundAxisError(CollectiveError, NameError):
    """Raised when no axis of that name is in scope: a NameError, as JAX's is, which libraries catch to find out."""


# -- about shapes ---------------------------------------------------------------------------------------
class ShapeError(VeraxError, TypeError, ValueError):
    """Raised when operands' shapes do not go together: a TypeError, as JAX's is, and a ValueError, as NumPy's is."""
