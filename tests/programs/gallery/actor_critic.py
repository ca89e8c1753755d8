"""Actor and critic on a toy environment: one tape over an episode, returns, Huber losses."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(4)
gamma, eps = 0.99, np.finfo(np.float32).eps.item()


class Environment:
    def reset(self):
        self.state, self.steps = np.array([0.1, -0.2, 0.3, 0.0]), 0
        return self.state

    def step(self, action):
        self.steps += 1
        self.state = np.roll(self.state, 1) + (0.1 if action else -0.1)
        return self.state, float(-np.abs(self.state).sum()), self.steps >= 12


inputs = layers.Input(shape=(4,))
common = layers.Dense(16, activation="relu")(inputs)
action = layers.Dense(2, activation="softmax")(common)
critic = layers.Dense(1)(common)
model = keras.Model(inputs=inputs, outputs=[action, critic])
model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
optimizer = keras.optimizers.Adam(learning_rate=0.01)
huber_loss = keras.losses.Huber()
env, totals = Environment(), []
for episode in range(4):
    state = env.reset()
    action_probs_history, critic_value_history, rewards_history = [], [], []
    with tf.GradientTape() as tape:
        done = False
        while not done:
            state = tf.convert_to_tensor(state)
            state = tf.expand_dims(state, 0)
            action_probs, critic_value = model(state)
            critic_value_history.append(critic_value[0, 0])
            action = int(np.argmax(np.squeeze(action_probs)))
            action_probs_history.append(tf.math.log(action_probs[0, action]))
            state, reward, done = env.step(action)
            rewards_history.append(reward)
        returns, discounted_sum = [], 0
        for r in rewards_history[::-1]:
            discounted_sum = r + gamma * discounted_sum
            returns.insert(0, discounted_sum)
        returns = np.array(returns)
        returns = ((returns - np.mean(returns)) / (np.std(returns) + eps)).tolist()
        actor_losses, critic_losses = [], []
        for log_prob, value, ret in zip(action_probs_history, critic_value_history, returns):
            actor_losses.append(-log_prob * (ret - value))
            critic_losses.append(huber_loss(tf.expand_dims(value, 0), tf.expand_dims(ret, 0)))
        loss_value = sum(actor_losses) + sum(critic_losses)
    grads = tape.gradient(loss_value, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    totals.append([float(loss_value), sum(rewards_history)])
np.savez(sys.argv[1], totals=totals, last=model(state[None])[0].numpy())
