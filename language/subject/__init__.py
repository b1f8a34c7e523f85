"""Subjects: what a user's function says it takes, read from its annotations.

`subject` marks a function, and does nothing else to it. `signature_of` reads the annotations that people
already write: jaxtyping's for arrays, annotated_types' (and our `Index`) for domains.

How each kind of argument is treated:

- an array, ``Float32[Array, "n k"]``: drawn; equal dimension names have equal sizes throughout a call.
  A family of dtypes (``Float``, ``Int``, ``Num``...) stands for its 32-bit member;
- ``Annotated[..., Interval(ge=0, le=50)]``: its values stay there;
- ``Annotated[Int32[Array, "n"], Index("k")]``: indices into an axis of size k;
- ``float``: a Python scalar, drawn and differentiated; ``int`` and ``bool``: part of the program (static);
- an argument with a default and no array type or domain: its default (static);
- ``tuple``, ``list``, ``dict``, TypedDict, NamedTuple, dataclass of the above: a tree of them;
- ``X | None``, ``Literal``, Enum: each of them in turn; ``Key[Array, ""]``: a random key;
- a bound method: as a function of its remaining arguments.

Strings (``from __future__ import annotations``) are evaluated where the function was defined.
"""

from __future__ import annotations

from .mark import MARK, Gradient, Mark, Undrawable, mark_of, subject
from .reading import signature_of
from .sizes import size_of
from .specs import (
    Argument,
    ArrayOf,
    Choice,
    Dimension,
    Fixed,
    Index,
    KeyOf,
    ScalarOf,
    Signature,
    Spec,
    TreeOf,
    walk,
)

__all__ = [
    "MARK",
    "Argument",
    "ArrayOf",
    "Choice",
    "Dimension",
    "Fixed",
    "Gradient",
    "Index",
    "KeyOf",
    "Mark",
    "ScalarOf",
    "Signature",
    "Spec",
    "TreeOf",
    "Undrawable",
    "mark_of",
    "signature_of",
    "size_of",
    "subject",
    "walk",
]
