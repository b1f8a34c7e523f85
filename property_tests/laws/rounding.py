"""Whether what a machine gives otherwise is rounding: both answers within the bound of one program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...reference.findings import Blame, Status
from ..trial import Trial

Arrays = Sequence[np.ndarray[Any, Any]]


def is_rounding(
    trial: Trial, meaning: Callable[..., Any], leaves: Sequence[Any], answers: Arrays, others: Arrays
) -> bool:
    """Whether two answers of the same types differ only as far as the platform may round.

    So do those of which neither is within its bound: what is wrong with the function by itself, the law of values says.

    Args:
        trial: of a function whose programs can be read.
        meaning: what was to be computed, of arrays of any implementation.
        leaves: what it was computed of.
        answers: of the function by itself.
        others: of the function transformed.
    """
    return _is_within(trial, meaning, leaves, answers) == _is_within(trial, meaning, leaves, others)


def _is_within(trial: Trial, meaning: Callable[..., Any], leaves: Sequence[Any], answers: Arrays) -> bool:
    from ...chex_like.judging.judgement import judge_answers

    with trial.machine():
        verdict = judge_answers(
            meaning, trial.lifted(leaves), answers, platform=trial.platform, name=trial.subject.name
        )
    return not any(f.status is Status.FINDING and f.blame is Blame.IMPLEMENTATION for f in verdict.findings)
