"""A DQN agent on a small environment."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tf_agents.agents.dqn import dqn_agent
from tf_agents.environments import random_py_environment, tf_py_environment
from tf_agents.networks import actor_distribution_network, q_network, sequential
from tf_agents.replay_buffers import tf_uniform_replay_buffer
from tf_agents.specs import array_spec, tensor_spec
from tf_agents.trajectories import trajectory
from tf_agents.utils import common

observation = array_spec.BoundedArraySpec((4,), np.float32, -1, 1)
action = array_spec.BoundedArraySpec((), np.int32, 0, 1)
env = tf_py_environment.TFPyEnvironment(
    random_py_environment.RandomPyEnvironment(observation, action)
)
net = q_network.QNetwork(env.observation_spec(), env.action_spec(), fc_layer_params=(8,))
agent = dqn_agent.DqnAgent(
    env.time_step_spec(),
    env.action_spec(),
    q_network=net,
    optimizer=keras.optimizers.legacy.Adam(1e-3),
    td_errors_loss_fn=common.element_wise_squared_loss,
    train_step_counter=tf.Variable(0, dtype=tf.int64),
)
agent.initialize()
buffer = tf_uniform_replay_buffer.TFUniformReplayBuffer(
    agent.collect_data_spec, batch_size=1, max_length=100
)
step = env.reset()
for _ in range(20):
    act = agent.collect_policy.action(step)
    following = env.step(act.action)
    buffer.add_batch(trajectory.from_transition(step, act, following))
    step = following
data = iter(buffer.as_dataset(sample_batch_size=4, num_steps=2).prefetch(1))
experience, _ = next(data)
assert np.isfinite(float(agent.train(experience).loss))
net = sequential.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(2)])
net.create_variables(env.observation_spec())
continuous = tensor_spec.BoundedTensorSpec((1,), tf.float32, -1, 1)
actor_distribution_network.ActorDistributionNetwork(
    env.observation_spec(), continuous, fc_layer_params=(8,)
).create_variables()
print("ok")
