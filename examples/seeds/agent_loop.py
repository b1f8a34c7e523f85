"""An agent in Acme's shape: an environment, an actor, a learner, and the loop that brings them together.

The parts know each other by few methods (Hoffman et al., "Acme: a research framework for distributed reinforcement
learning", 2020). Only the learner computes gradients, and all that it computes is one pure function, `td_loss`. That is
what `jit` compiles and what the gate judges; the rest is plain Python.

The environment is a corridor of five rooms: steps left or right, and a reward of 1 for leaving at the right end.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np
from annotated_types import Interval
from jaxtyping import Float32, Int32

import verax
import verax.numpy as vnp
from verax import Array, lax

ROOMS, MOST_STEPS = 5, 30
RATE, DISCOUNT, CURIOSITY = 0.5, 0.875, 0.25

Values = Annotated[Float32[Array, "5 2"], Interval(ge=-2, le=2)]
Rooms = Annotated[Int32[Array, "n"], Interval(ge=0, le=4)]
Actions = Annotated[Int32[Array, "n"], Interval(ge=0, le=1)]
Numbers = Annotated[Float32[Array, "n"], Interval(ge=0, le=1)]


class TimeStep(NamedTuple):
    """What the environment tells; a discount of 0 ends the episode."""

    observation: int
    reward: float = 0.0
    discount: float = DISCOUNT


class Corridor:
    """The environment."""

    def reset(self) -> TimeStep:
        """Begin an episode in the leftmost room."""
        self.room = 0
        return TimeStep(self.room)

    def step(self, action: int) -> TimeStep:
        """Go left (0) or right (1)."""
        self.room = max(self.room + 2 * action - 1, 0)
        return TimeStep(ROOMS - 1, 1.0, 0.0) if self.room == ROOMS else TimeStep(self.room)


def td_loss(
    q: Values, before: Rooms, action: Actions, reward: Numbers, discount: Numbers, after: Rooms
) -> Float32[Array, ""]:
    """Half of the squared errors in Bellman's equation; the target is held still (Watkins, 1989)."""
    target = lax.stop_gradient(reward + discount * vnp.max(q[after], axis=-1))
    return vnp.sum((target - q[before, action]) ** 2) / 2


class Learner:
    """Owns the values of actions, and improves them."""

    def __init__(self) -> None:
        self.values = vnp.ones((ROOMS, 2))  # hopeful, so that what is not known yet is tried
        self._slope = verax.jit(verax.grad(td_loss))

    def step(self, transition: tuple[Any, ...]) -> None:
        """Learn from one transition."""
        self.values = self.values - RATE * self._slope(self.values, *transition)


class Actor:
    """Acts as the learner's values say, or out of curiosity; hands on what it sees."""

    def __init__(self, learner: Learner, seed: int) -> None:
        self.learner, self.random = learner, np.random.default_rng(seed)

    def select_action(self, room: int, curiosity: float = CURIOSITY) -> int:
        """The best action that is known, the first of equals; or any."""
        if self.random.random() < curiosity:
            return int(self.random.integers(2))
        return int(vnp.argmax(self.learner.values[room]))

    def observe(self, before: int, action: int, step: TimeStep) -> None:
        """Tell the learner what came of an action."""
        told = before, action, step.reward, step.discount, step.observation
        self.learner.step(tuple(vnp.array([x]) for x in told))


class EnvironmentLoop:
    """Runs episodes."""

    def __init__(self, environment: Corridor, actor: Actor) -> None:
        self.environment, self.actor = environment, actor

    def run_episode(self, **options: Any) -> int:
        """How many steps an episode took."""
        room = self.environment.reset().observation
        for count in range(1, MOST_STEPS + 1):
            action = self.actor.select_action(room, **options)
            step = self.environment.step(action)
            self.actor.observe(room, action, step)
            room = step.observation
            if not step.discount:
                return count
        return MOST_STEPS


def trained(episodes: int, seed: int = 0) -> tuple[Learner, int]:
    """A learner after some episodes, and how many steps the agent then takes without curiosity."""
    learner = Learner()
    loop = EnvironmentLoop(Corridor(), Actor(learner, seed))
    for _ in range(episodes):
        loop.run_episode()
    return learner, loop.run_episode(curiosity=0.0)


def main() -> None:
    """One episode's values in both implementations, an agent that has learned, and the verdict on its loss."""
    for implementation in ("fast", "reference"):
        with verax.using(implementation):
            print(implementation, trained(1)[0].values[:, 1])
    learner, steps = trained(40)
    print(f"after 40 episodes it leaves in {steps} steps; going right is worth {learner.values[:, 1]}")
    rooms = vnp.arange(ROOMS, dtype=vnp.int32)
    ones = vnp.ones(ROOMS, vnp.int32)
    args = learner.values, rooms, ones, vnp.zeros(ROOMS), DISCOUNT * vnp.ones(ROOMS), rooms[::-1]
    print(verax.judge(td_loss, *args, order=1))


if __name__ == "__main__":
    main()
