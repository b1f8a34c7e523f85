"""Profiles: how much is tried. The same names serve the laws, the plugin and hypothesis itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ..language.errors import UsageError


@dataclass(frozen=True, slots=True)
class Profile:
    """How much is tried.

    Attributes:
        name: "dev", "ci" or "nightly".
        examples: inputs of a subject.
        derandomized: whether the seed is fixed; else it is the day's, so that all branches of one night
            try the same inputs.
    """

    name: str
    examples: int
    derandomized: bool

    def seed(self, today: dt.date | None = None) -> int:
        """The run's seed: 0, or the date as a number."""
        if self.derandomized:
            return 0
        day = today or dt.datetime.now(dt.UTC).date()
        return int(day.strftime("%Y%m%d"))


PROFILES: dict[str, Profile] = {
    p.name: p for p in (Profile("dev", 20, True), Profile("ci", 40, True), Profile("nightly", 200, False))
}


def profile_named(name: str) -> Profile:
    """The profile of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in PROFILES:
        raise UsageError(f"`profile` must be one of {', '.join(PROFILES)}, got {name!r}.")
    return PROFILES[name]


def register_with_hypothesis() -> None:
    """Make the profiles known to hypothesis as "verax-dev", "verax-ci" and "verax-nightly"."""
    from hypothesis import settings

    for profile in PROFILES.values():
        settings.register_profile(
            f"verax-{profile.name}",
            max_examples=profile.examples,
            derandomize=profile.derandomized,
            deadline=None,  # truth takes as long as it takes; hanging is watched elsewhere
            database=None,  # the inputs follow from the seed alone
        )
