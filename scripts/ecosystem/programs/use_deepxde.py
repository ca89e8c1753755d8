"""A differential equation solved by a physics-informed network."""

import os

os.environ["DDE_BACKEND"] = "tensorflow"
import deepxde as dde
import numpy as np


def ode(x, y):
    return dde.grad.jacobian(y, x) + y


domain = dde.geometry.TimeDomain(0, 1)
initial = dde.icbc.IC(domain, lambda x: 1, lambda x, on_initial: on_initial)
data = dde.data.PDE(domain, ode, [initial], num_domain=20, num_boundary=2)
model = dde.Model(data, dde.nn.FNN([1] + [16] * 2 + [1], "tanh", "Glorot uniform"))
model.compile("adam", lr=0.01)
history, _ = model.train(iterations=300, display_every=100)
assert np.sum(history.loss_train[-1]) < 0.1
print("ok")
