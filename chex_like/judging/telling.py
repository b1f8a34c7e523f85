"""Findings in words: their codes, numbers and counts."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np

from ...language.dtypes import is_float
from ...reference.capsules import hexadecimal
from ...reference.findings import Finding
from ...reference.reals import to_machine as machine_number
from ...reference.verdict import Evidence, count_between, law_name
from .case import Case
from .options import Options

# What is wrong -> the rule's code.
_CODES = {
    "value": "VX101",
    "special": "VX102",
    "quiet": "VX103",
    "rule": "VX201",
    "gradient": "VX202",
    "second": "VX203",
    "blown": "VX204",
    "quiet gradient": "VX205",
    "formula": "VX701",
    "problem": "VX702",
    "vanishing": "VX703",
    "unverified": "VX905",
    "ambiguous": "VX906",
}


def told(case: Case, options: Options, key: str, message: str, **known: Any) -> Finding:
    """A finding about a case; ``key`` is one of `_CODES`."""
    return Finding(
        code=_CODES[key],
        subject=case.subject,
        law=law_name(case.order),
        message=message,
        worst_input=tuple(hexadecimal(np.asarray(x.machine_value())) for x in case.inputs),
        platform=options.platform.name,
        **known,
    )


def count_of(e: Evidence) -> int | None:
    """How many representable values lie between the machine's answer and the correctly rounded one."""
    if not is_float(e.dtype):
        return abs(int(e.got) - int(e.true))
    with np.errstate(all="ignore"):
        return count_between(e.got, np.asarray(machine_number(e.true, e.dtype)).astype(e.dtype)[()], e.dtype)


def number(x: Any) -> str:
    """A real or a machine number, as messages write it."""
    if hasattr(x, "_mpf_"):
        return str(mpmath.nstr(x, 17))
    return repr(x.item() if isinstance(x, np.generic) else x)
