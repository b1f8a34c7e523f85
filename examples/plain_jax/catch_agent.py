"""An agent that learns Catch with RLax, Haiku and Optax: `python -m verax.as_jax examples/plain_jax/catch_agent.py`.

Catch (Mnih, Heess, Graves, Kavukcuoglu, "Recurrent models of visual attention", 2014, section 4.2; as in bsuite): a
ball falls down a board of 10 x 5, one row a step, and the paddle on the bottom row moves by at most one column; the
return is 1 where it catches the ball, else -1. The agent is Peng's Q(lambda) on whole episodes.
"""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax
import rlax

ROWS, COLUMNS, ACTIONS = 10, 5, 3
STEPS = ROWS - 1
HIDDEN, LAMBDA, RATE = 32, 0.9, 5e-3


class Catch:
    """Many games at once, all in the same row."""

    def __init__(self, games: int, rng: np.random.Generator) -> None:
        self.row = 0
        self.ball = rng.integers(0, COLUMNS, games)
        self.paddle = np.full(games, COLUMNS // 2)

    def board(self) -> np.ndarray[Any, Any]:
        """What is seen: 1 where the ball is, and 1 where the paddle is."""
        seen = np.zeros((len(self.ball), ROWS, COLUMNS), np.float32)
        every = np.arange(len(self.ball))
        seen[every, self.row, self.ball] = 1
        seen[every, ROWS - 1, self.paddle] = 1
        return seen

    def move(self, actions: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Move the paddles left (0), not (1) or right (2), and let the balls fall; the rewards."""
        self.paddle = np.clip(self.paddle + actions - 1, 0, COLUMNS - 1)
        self.row += 1
        if self.row < ROWS - 1:
            return np.zeros(len(self.ball), np.float32)
        return np.where(self.ball == self.paddle, 1, -1).astype(np.float32)


class Episodes(NamedTuple):
    """Whole episodes, a row for each game."""

    boards: Any  # [games, STEPS + 1, ROWS, COLUMNS]
    actions: Any  # [games, STEPS]
    rewards: Any  # [games, STEPS]
    discounts: Any  # [games, STEPS]


class Learner(NamedTuple):
    """What is learnt."""

    params: Any
    opt_state: Any


network = hk.without_apply_rng(
    hk.transform(lambda board: hk.nets.MLP([HIDDEN, ACTIONS])(hk.Flatten(preserve_dims=-2)(board)))
)
optimizer = optax.adam(RATE)


def initial(seed: int) -> Learner:
    """A learner that has learnt nothing."""
    params = network.init(jax.random.PRNGKey(seed), jnp.zeros((1, ROWS, COLUMNS)))
    return Learner(params, optimizer.init(params))


@jax.jit
def act(params: Any, key: Any, boards: Any, epsilon: Any) -> Any:
    """The actions for the boards, each at random with probability epsilon."""
    return rlax.epsilon_greedy(epsilon).sample(key, network.apply(params, boards))


def loss(params: Any, episodes: Episodes) -> Any:
    """The mean of half the squared temporal differences."""
    values = network.apply(params, episodes.boards)
    errors = jax.vmap(rlax.q_lambda, in_axes=(0, 0, 0, 0, 0, None))(
        values[:, :-1], episodes.actions, episodes.rewards, episodes.discounts, values[:, 1:], LAMBDA
    )
    return jnp.mean(rlax.l2_loss(errors))


@jax.jit
def update(learner: Learner, episodes: Episodes) -> tuple[Learner, Any, Any]:
    """One step of Adam: the next learner, the loss and its gradient."""
    value, gradient = jax.value_and_grad(loss)(learner.params, episodes)
    updates, opt_state = optimizer.update(gradient, learner.opt_state)
    return Learner(optax.apply_updates(learner.params, updates), opt_state), value, gradient


def play(params: Any, key: Any, games: int, epsilon: float, rng: np.random.Generator) -> Episodes:
    """Play so many games to their end."""
    catch = Catch(games, rng)
    boards, actions, rewards = [catch.board()], [], []
    for one in jax.random.split(key, STEPS):
        chosen = np.asarray(act(params, one, boards[-1], epsilon))
        rewards.append(catch.move(chosen))
        actions.append(chosen.astype(np.int32))
        boards.append(catch.board())
    discounts = np.ones((games, STEPS), np.float32)
    discounts[:, -1] = 0
    return Episodes(np.stack(boards, 1), np.stack(actions, 1), np.stack(rewards, 1), discounts)


def train(seed: int, updates: int, games: int) -> Learner:
    """Learn from games played by the learner itself, at random at first and ever less so."""
    rng, key, learner = np.random.default_rng(seed), jax.random.PRNGKey(seed), initial(seed)
    for k in range(updates):
        key, one = jax.random.split(key)
        episodes = play(learner.params, one, games, max(0.1, 1 - 2 * k / updates), rng)
        learner, _, _ = update(learner, episodes)
    return learner


def evaluate(learner: Learner, seed: int, games: int = 100) -> float:
    """The mean return of greedy games that were not learnt from."""
    rng = np.random.default_rng([seed, 1])
    episodes = play(learner.params, jax.random.PRNGKey(seed), games, 0.0, rng)
    return float(np.mean(np.sum(episodes.rewards, axis=1)))


def main() -> None:
    """Train, and say what comes of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--updates", type=int, default=200)
    parser.add_argument("--games", type=int, default=32, help="played for each update")
    given = parser.parse_args()
    for seed in given.seeds:
        learner = train(seed, given.updates, given.games)
        print(f"seed {seed}: mean return {evaluate(learner, seed):.2f} over 100 episodes")


if __name__ == "__main__":
    main()
