"""Deep Q learning: replay, a target network, masks of the actions that were taken."""

import sys
from collections import deque

import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import Adam

rng = np.random.RandomState(5)


class DQNAgent:
    def __init__(self, state_size, action_size):
        self.state_size, self.action_size = state_size, action_size
        self.memory = deque(maxlen=200)
        self.gamma, self.learning_rate = 0.95, 0.01
        self.model, self.target_model = self._build_model(), self._build_model()
        self.model.set_weights([rng.normal(0, 0.3, w.shape) for w in self.model.get_weights()])
        self.update_target_model()

    def _build_model(self):
        model = Sequential()
        model.add(Dense(12, input_dim=self.state_size, activation="relu"))
        model.add(Dense(12, activation="relu", kernel_initializer="he_uniform"))
        model.add(Dense(self.action_size, activation="linear"))
        model.compile(loss="mse", optimizer=Adam(learning_rate=self.learning_rate))
        return model

    def update_target_model(self):
        self.target_model.set_weights(self.model.get_weights())

    def act(self, state):
        return np.argmax(self.model.predict(state, verbose=0)[0])

    def replay(self, batch_size):
        losses = []
        for state, action, reward, next_state, done in rng.permutation(
            np.array(self.memory, dtype=object)
        )[:batch_size]:
            target = self.model.predict(state, verbose=0)
            if done:
                target[0][action] = reward
            else:
                t = self.target_model.predict(next_state, verbose=0)[0]
                target[0][action] = reward + self.gamma * np.amax(t)
            history = self.model.fit(state, target, epochs=1, verbose=0)
            losses.append(history.history["loss"][0])
        return losses


agent = DQNAgent(4, 2)
state = np.reshape([0.1, 0.2, 0.0, -0.1], [1, 4])
for time in range(14):
    action = agent.act(state)
    next_state = np.tanh(state + (0.2 if action else -0.2) * np.array([[1, -1, 0.5, 2]]))
    reward, done = float(next_state.sum()), time == 13
    agent.memory.append((state, action, reward, next_state, done))
    state = next_state
losses = agent.replay(8)
agent.update_target_model()
np.savez(sys.argv[1], losses=losses, q=agent.target_model.predict(state, verbose=0))
