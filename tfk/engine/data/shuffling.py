"""The order of rows in an epoch, a function of only the seed and the epoch index."""

import numpy as np


def permutation(count, seed, epoch, dtype="int32"):
    """Return a random permutation of `count` rows.

    >>> sorted(permutation(4, seed=1, epoch=0).tolist())
    [0, 1, 2, 3]
    """
    return _generator(seed, epoch).permutation(np.arange(count, dtype=dtype))


def batchwise_permutation(count, batch_size, seed, epoch, dtype="int32"):
    """Return a random order of the full batches with shuffled rows; the remainder stays at the end.

    Neighbouring rows stay together, which suits data with slow random access.
    """
    generator = _generator(seed, epoch)
    full = count // batch_size
    batches = np.arange(full * batch_size, dtype=dtype).reshape(full, batch_size)
    batches = generator.permuted(generator.permutation(batches), axis=1)
    rest = generator.permutation(np.arange(full * batch_size, count, dtype=dtype))
    return np.concatenate([batches.reshape(-1), rest])


def _generator(seed, epoch):
    return np.random.Generator(np.random.Philox([seed, epoch]))
