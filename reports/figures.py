"""Figures: error against input, as SVG that is the same bytes for the same samples."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from typing import Any

from ..language.errors import UsageError
from ..property_tests.outcomes import Sample

# More would be a black cloud: of each stretch of the input line the largest error is kept.
_STRETCHES = 300
# Legible on a light and on a dark page; the background is the page's.
_INK, _ERROR, _BOUND, _ABOVE = "#808080", "#2b7bba", "#c98a1b", "#d1383d"


def missing(extra: str, library: str) -> UsageError:
    """The error that says how to get what a report needs."""
    return UsageError(
        f"`verax report` needs {library}, which is not installed. Run: pip install 'verax[{extra}]'"
    )


def error_figure(samples: Sequence[Sample], title: str) -> str | None:
    """An SVG of the error in ULPs over the input, with the bound; None if nothing can be drawn.

    Raises:
        UsageError: matplotlib is not installed.
    """
    finite = [s for s in samples if math.isfinite(s.x) and math.isfinite(s.error)]
    if not finite:
        return None
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as err:
        raise missing("report", "matplotlib") from err
    shown = thinned(finite)
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "verax",
        "font.family": "sans-serif",
        "font.size": 9,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fonts that the SVG only names, and never measures by
        figure = Figure(figsize=(7.2, 3.2), layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, shown)
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Title": title})
    return text.getvalue()


def _draw(axes: Any, samples: Sequence[Sample]) -> None:
    bounded = [s for s in samples if math.isfinite(s.bound)]
    axes.scatter([s.x for s in bounded], [s.bound for s in bounded], s=6, c=_BOUND, marker="_", label="bound")
    inside = [s for s in samples if s.error <= s.bound]
    above = [s for s in samples if s.error > s.bound]
    axes.scatter([s.x for s in inside], [s.error for s in inside], s=7, c=_ERROR, label="error")
    if above:
        axes.scatter(
            [s.x for s in above], [s.error for s in above], s=22, c=_ABOVE, marker="x", label="above it"
        )
    sizes = sorted(abs(s.x) for s in samples if s.x)
    if sizes and sizes[-1] > 1000 * sizes[len(sizes) // 2]:
        axes.set_xscale("symlog", linthresh=max(sizes[len(sizes) // 4], 1e-30))
    if max(s.error for s in samples) > 20 or any(s.bound > 20 for s in bounded):
        axes.set_yscale("symlog", linthresh=1.0)
    # A bound far above every error is told in the table; drawn to scale it would leave nothing else to see.
    ceiling = 30 * max(1.0, *(s.error for s in samples))
    axes.set_ylim(bottom=0, top=ceiling if any(s.bound > ceiling for s in bounded) else None)
    axes.set_xlabel("input (of an array: its entry of largest size)", color=_INK)
    axes.set_ylabel("error (ULP)", color=_INK)
    axes.tick_params(colors=_INK)
    for spine in axes.spines.values():
        spine.set_color(_INK)
    axes.legend(loc="upper right", frameon=False, labelcolor=_INK)


def thinned(samples: Sequence[Sample]) -> list[Sample]:
    """The samples of largest error over bound, one for each stretch of the input line, by rank of input."""
    ordered = sorted(samples, key=lambda s: (s.x, s.error, s.bound, s.output))
    width = max(1, math.ceil(len(ordered) / _STRETCHES))
    stretches = [ordered[i : i + width] for i in range(0, len(ordered), width)]
    return [max(stretch, key=_excess) for stretch in stretches]


def _excess(sample: Sample) -> tuple[float, float]:
    return (
        sample.error / sample.bound if sample.bound > 0 else math.inf if sample.error else 0.0,
        sample.error,
    )
