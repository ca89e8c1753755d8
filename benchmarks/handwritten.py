"""The limit: the networks of `workloads.py` in plain TensorFlow operations, one epoch in one graph
call.
"""

import numpy as np
import tensorflow as tf

from benchmarks import workloads

COMPILED_BY_XLA = {workloads.boston, workloads.imdb, workloads.mnist_dense, workloads.vae}


class Parameters:
    """Variables in the order of their first use; creating them is lifted out of the graph under
    way.
    """

    def __init__(self):
        self.variables, self.position = [], 0
        self.random = np.random.default_rng(0)
        self.clock = tf.Variable(0)

    def rewind(self):
        """Starts the next forward pass."""
        self.position = 0

    def __call__(self, *shape, kind="uniform"):
        if self.position == len(self.variables):
            limit = np.sqrt(6.0 / max(1, int(np.prod(shape[:-2])) * sum(shape[-2:])))
            values = {
                "uniform": self.random.uniform(-limit, limit, shape),
                "zeros": np.zeros(shape),
                "ones": np.ones(shape),
            }
            with tf.init_scope():
                trainable = kind == "uniform" or kind == "zeros" or kind == "ones"
                self.variables.append(
                    tf.Variable(values[kind].astype("float32"), trainable=trainable)
                )
        self.position += 1
        return self.variables[self.position - 1]

    def state(self, *shape, kind):
        """A variable that is not trained."""
        variable = self(*shape, kind=kind)
        variable._trainable = False
        return variable

    @property
    def trainable(self):
        """The variables that gradient descent moves."""
        return [variable for variable in self.variables if variable.trainable]


def dense(p, x, units):
    return tf.nn.bias_add(tf.matmul(x, p(x.shape[-1], units)), p(units, kind="zeros"))


def conv(p, x, filters, size, strides=1, padding="SAME"):
    kernel = p(size, size, x.shape[-1], filters)
    return tf.nn.bias_add(tf.nn.conv2d(x, kernel, strides, padding), p(filters, kind="zeros"))


def batch_norm(p, x, momentum=0.99):
    channels = x.shape[-1]
    gamma, beta = p(channels, kind="ones"), p(channels, kind="zeros")
    mean, variance = p.state(channels, kind="zeros"), p.state(channels, kind="ones")
    out = tf.raw_ops.FusedBatchNormV3(
        x=x, scale=gamma, offset=beta, mean=[], variance=[], epsilon=1e-3, is_training=True
    )
    mean.assign_sub((mean - out.batch_mean) * (1 - momentum))
    variance.assign_sub((variance - out.batch_variance) * (1 - momentum))
    return out.y


def noise(p, shape, number):
    """Normal noise of step `clock`; the algorithm is named because XLA's own choice is slow."""
    return tf.random.stateless_normal(shape, tf.stack([p.clock.read_value(), number]), alg="philox")


def dropped(p, x, rate):
    keep = (
        tf.random.stateless_uniform(tf.shape(x), tf.stack([p.clock.read_value(), 0]), alg="philox")
        >= rate
    )
    return tf.where(keep, x / (1 - rate), 0.0)


def forward(build, p, x):
    """Logits of the network that `build` makes (for the autoencoder also mean and variance)."""
    relu = tf.nn.relu
    if build is workloads.boston:
        return dense(p, relu(dense(p, relu(dense(p, x, 64)), 64)), 1)
    if build is workloads.imdb:
        return dense(p, relu(dense(p, relu(dense(p, x, 16)), 16)), 1)
    if build is workloads.mnist_dense:
        return dense(p, relu(dense(p, x, 512)), 10)
    if build is workloads.mnist_conv:
        x = tf.nn.max_pool2d(relu(conv(p, x, 32, 3, padding="VALID")), 2, 2, "VALID")
        x = tf.nn.max_pool2d(relu(conv(p, x, 64, 3, padding="VALID")), 2, 2, "VALID")
        return dense(p, dropped(p, tf.reshape(x, (-1, 1600)), 0.5), 10)
    if build is workloads.resnet20:
        x = relu(batch_norm(p, conv(p, x, 16, 3)))
        for filters in (16, 32, 64):
            for block in range(3):
                strides = 2 if block == 0 and filters > 16 else 1
                shortcut = conv(p, x, filters, 1, strides) if strides == 2 else x
                x = relu(batch_norm(p, conv(p, x, filters, 3, strides)))
                x = relu(batch_norm(p, conv(p, x, filters, 3)) + shortcut)
        return dense(p, tf.reduce_mean(x, (1, 2)), 10)
    hidden = relu(dense(p, x, 256))
    mean, log_var = dense(p, hidden, 16), dense(p, hidden, 16)
    z = mean + tf.exp(0.5 * log_var) * noise(p, tf.shape(mean), 1)
    return dense(p, relu(dense(p, z, 256)), 784), mean, log_var


def loss_and_metric(build, outputs, x, y):
    """Mean loss and mean metric of a batch."""
    if build is workloads.boston:
        return tf.reduce_mean(tf.math.squared_difference(outputs, y)), tf.reduce_mean(
            tf.abs(outputs - y)
        )
    if build is workloads.imdb:
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=outputs))
        return loss, tf.reduce_mean(tf.cast((outputs > 0) == (y > 0.5), tf.float32))
    if build is workloads.vae:
        logits, mean, log_var = outputs
        error = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits), 1)
        kl = tf.reduce_mean(
            tf.reduce_sum(-0.5 * (1 + log_var - tf.square(mean) - tf.exp(log_var)), 1)
        )
        return tf.reduce_mean(error) + kl, kl
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=outputs))
    return loss, tf.reduce_mean(
        tf.cast(tf.equal(tf.argmax(outputs, -1, output_type=tf.int32), y), tf.float32)
    )


class Optimizer:
    """RMSprop or Adam by TensorFlow's fused kernels."""

    def __init__(self, kind):
        self.kind, self.slots = kind, {}
        self.time = tf.Variable(0.0)

    def slots_of(self, variable):
        if variable.ref() not in self.slots:
            with tf.init_scope():
                self.slots[variable.ref()] = (
                    tf.Variable(tf.zeros(variable.shape)),
                    tf.Variable(tf.zeros(variable.shape)),
                )
        return self.slots[variable.ref()]

    def apply(self, gradients, variables):
        raw, time = tf.raw_ops, self.time.assign_add(1.0)
        powers = tf.pow(0.9, time), tf.pow(0.999, time)
        for gradient, variable in zip(gradients, variables):
            first, second = (slot.handle for slot in self.slots_of(variable))
            if self.kind == "rmsprop":
                raw.ResourceApplyRMSProp(
                    var=variable.handle,
                    ms=first,
                    mom=second,
                    lr=1e-3,
                    rho=0.9,
                    momentum=0.0,
                    epsilon=1e-7,
                    grad=gradient,
                )
            else:
                raw.ResourceApplyAdam(
                    var=variable.handle,
                    m=first,
                    v=second,
                    beta1_power=powers[0],
                    beta2_power=powers[1],
                    lr=1e-3,
                    beta1=0.9,
                    beta2=0.999,
                    epsilon=1e-7,
                    grad=gradient,
                )


class Handwritten:
    """A network with `fit`, written out for one workload."""

    def __init__(self, work):
        self.work, self.build = work, work.build
        self.parameters = Parameters()
        self.optimizer = Optimizer(
            "rmsprop"
            if self.build in (workloads.boston, workloads.imdb, workloads.mnist_dense)
            else "adam"
        )
        by_xla = self.build in COMPILED_BY_XLA and not work.dataset
        self.epoch = tf.function(self._epoch, autograph=False, jit_compile=True if by_xla else None)
        self.over_dataset = tf.function(self._over_dataset, autograph=False)

    def step(self, x, y):
        p = self.parameters
        p.rewind()
        p.clock.assign_add(1)
        with tf.GradientTape() as tape:
            loss, metric = loss_and_metric(self.build, forward(self.build, p, x), x, y)
        self.optimizer.apply(tape.gradient(loss, p.trainable), p.trainable)
        return loss, metric

    def _epoch(self, x, y, order):
        size = self.work.batch_size
        full = order.shape[0] // size

        def body(i, loss, metric):
            rows = tf.slice(order, [i * size], [size])
            batch = self.step(tf.gather(x, rows), tf.gather(y, rows))
            return i + 1, loss + batch[0], metric + batch[1]

        zero = tf.zeros(())
        _, loss, metric = tf.while_loop(
            lambda i, *_: i < full, body, (tf.constant(0), zero, zero), parallel_iterations=1
        )
        if order.shape[0] % size:
            rows = order[full * size :]
            batch = self.step(tf.gather(x, rows), tf.gather(y, rows))
            return loss + batch[0], metric + batch[1]
        return loss, metric

    def _over_dataset(self, dataset):
        zero = tf.zeros(())
        return dataset.reduce(
            (zero, zero), lambda sums, batch: tuple(a + b for a, b in zip(sums, self.step(*batch)))
        )

    def fit(self, x, y=None, batch_size=None, epochs=1, verbose=0):
        """Train; arguments as in `Model.fit`."""
        if isinstance(x, tf.data.Dataset):
            for _ in range(epochs):
                float(self.over_dataset(x)[0])
            return
        x = tf.constant(x)
        y = tf.zeros((len(x), 1)) if y is None else tf.constant(y)
        for _ in range(epochs):
            float(self.epoch(x, y, tf.random.shuffle(tf.range(len(x))))[0])
