"""Reinforcement learning: an actor and a critic learn to balance a pole on a cart.

The cart is pushed to the left or to the right 50 times a second. For each step that the pole stays
up there is a reward of 1; the episode ends when it leans by more than 12 degrees, when the cart
leaves the track, or after 200 steps. One network has two answers: the actor's, with which
probability to push which way, and the critic's, how much reward is still to come. After an episode
the critic learns how much there was, and the actor makes those pushes likelier after which there
was more than the critic had expected.

There is no `fit` here: the program plays and learns in a loop of its own with `tf.GradientTape`,
its two functions on tensors compiled by `tf.function`. The physics is a few lines of NumPy. The
task counts as solved when the average reward (a moving one: 95 % old, 5 % new) is above 195 of 200;
that takes a few hundred episodes, and less than a minute on two cores.

Source: Barto, Sutton and Anderson, 1983, Neuronlike Adaptive Elements That Can Solve Difficult
Learning Control Problems (the pole and the method); Konda and Tsitsiklis, 1999, Actor-Critic
Algorithms.

    python examples/actor_critic_cartpole.py [--episodes 600] [--seed 1]
"""

import argparse

import numpy as np
import tensorflow as tf
from support.outcome import conclude

import tfk
from tfk import layers

STEPS = 200
DISCOUNT = 0.99  # a reward one step later counts so much


class CartPole:
    """A pole on a cart; the state is place and speed of the cart, angle and angular speed of the
    pole.
    """

    GRAVITY, CART, POLE, HALF_LENGTH, FORCE, SECONDS = 9.8, 1.0, 0.1, 0.5, 10.0, 0.02
    TRACK, LEAN = 2.4, np.radians(12)

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def reset(self):
        """Nearly upright in the middle of the track."""
        self.state = self.rng.uniform(-0.05, 0.05, 4)
        return self.state

    def step(self, action):
        """Pushes to the left (0) or to the right (1); returns the new state, and whether the pole
        is down.
        """
        place, speed, angle, turning = self.state
        mass, moment = self.CART + self.POLE, self.POLE * self.HALF_LENGTH
        sine, cosine = np.sin(angle), np.cos(angle)
        push = (self.FORCE if action else -self.FORCE) + moment * turning**2 * sine
        turning_change = (self.GRAVITY * sine - cosine * push / mass) / (
            self.HALF_LENGTH * (4 / 3 - self.POLE * cosine**2 / mass)
        )
        speed_change = (push - moment * turning_change * cosine) / mass
        changes = np.array([speed, speed_change, turning, turning_change])
        self.state = self.state + self.SECONDS * changes
        return self.state, abs(self.state[0]) > self.TRACK or abs(self.state[2]) > self.LEAN


def make_model():
    """One hidden layer for both: what matters in a state is the same for actor and critic."""
    state = tfk.Input((4,))
    x = layers.Dense(128, activation="relu")(state)
    return tfk.Model(state, [layers.Dense(2, name="actor")(x), layers.Dense(1, name="critic")(x)])


def returns_of(rewards):
    """For each step the reward from there to the end, later ones discounted."""
    total, returns = 0.0, []
    for reward in reversed(rewards):
        total = reward + DISCOUNT * total
        returns.append(total)
    return np.array(returns[::-1], "float32")


class Agent:
    """Plays by the model's answers, and learns from whole episodes."""

    def __init__(self, model, optimizer):
        self.model, self.optimizer = model, optimizer

    @tf.function
    def act(self, state):
        """The actor's choice in one state, drawn by its probabilities."""
        scores, _ = self.model(state[tf.newaxis])
        return tf.random.categorical(scores, 1)[0, 0]

    # The signature says that episodes may have any length: otherwise each length would be compiled
    # for itself.
    @tf.function(
        input_signature=[
            tf.TensorSpec((None, 4), tf.float32),
            tf.TensorSpec((None,), tf.int32),
            tf.TensorSpec((None,), tf.float32),
        ]
    )
    def learn(self, states, actions, returns):
        """One step of gradient descent for actor and critic together."""
        with tf.GradientTape() as tape:
            scores, expected = self.model(states)
            surprise = returns - expected[:, 0]
            unlikeliness = tf.nn.sparse_softmax_cross_entropy_with_logits(actions, scores)
            actor_loss = tf.reduce_sum(unlikeliness * tf.stop_gradient(surprise))
            critic_loss = tf.reduce_sum(tfk.losses.huber(returns[:, None], expected))
            loss = actor_loss + critic_loss
        weights = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return loss


def play(agent, world):
    """One episode: its states and actions."""
    states, actions = [], []
    state, fallen = world.reset(), False
    while not fallen and len(states) < STEPS:
        state = state.astype("float32")
        action = int(agent.act(tf.constant(state)))
        states.append(state)
        actions.append(action)
        state, fallen = world.step(action)
    return np.array(states), np.array(actions, "int32")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--episodes", type=int, default=600, help="give up after so many")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    tfk.utils.set_random_seed(arguments.seed)
    world = CartPole(arguments.seed)
    agent = Agent(make_model(), tfk.optimizers.Adam(1e-2))

    average = 0.0
    for episode in range(1, arguments.episodes + 1):
        states, actions = play(agent, world)
        returns = returns_of(np.ones(len(states)))
        # With mean 0 and deviation 1 the size of the steps does not depend on the length of the
        # episode.
        agent.learn(states, actions, (returns - returns.mean()) / (returns.std() + 1e-7))
        average = 0.95 * average + 0.05 * len(states)
        if episode % 20 == 0:
            print(f"episode {episode}: average reward {average:.1f}")
        if average > 195:
            print(f"solved after {episode} episodes")
            break
    conclude("average reward", average, at_least=195)


if __name__ == "__main__":
    main()
