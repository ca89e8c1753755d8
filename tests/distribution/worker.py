"""One worker of a cluster, of which TF_CONFIG tells: trains, and writes the results to a folder."""

import json
import os
import pathlib
import signal
import sys

import numpy as np
import tensorflow as tf

import tfk
from tests.distribution.step_logs import logs_by_reduction

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(21, 4)).astype("float32")
Y = (X[:, :1] * 2 + 1).astype("float32")
BATCH = 4
POLICIES = ("AUTO", "DATA", "FILE", "HINT", "OFF")


class Epochs(tfk.callbacks.Callback):
    """Notes which epochs this process has begun; it may end in the middle of the second."""

    def __init__(self, dies):
        super().__init__()
        self.dies, self.begun = dies, []

    def on_epoch_begin(self, epoch, logs=None):
        self.begun.append(epoch)

    def on_train_batch_end(self, batch, logs=None):
        if self.dies and self.begun[-1] == 1 and batch == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    def get_state(self):
        return {}

    def set_state(self, state):
        """Another process notes its own."""


def model_of(optimizer):
    model = tfk.Sequential([tfk.layers.Dense(8, "tanh", input_shape=(4,)), tfk.layers.Dense(1)])
    model.compile(optimizer, "mse", metrics=["mae"])
    for number, weight in enumerate(model.trainable_weights):
        weight.assign(np.random.default_rng(number).normal(size=weight.shape, scale=0.3))
    return model


def train(folder, name, dies=False):
    model, epochs = model_of(tfk.optimizers.Adam(0.01)), Epochs(dies)
    callbacks = [
        tfk.callbacks.ModelCheckpoint(folder / "model.keras"),
        tfk.callbacks.BackupAndRestore(folder / "backup"),
        epochs,
    ]
    history = model.fit(
        X, Y, batch_size=BATCH, epochs=3, shuffle=False, verbose=0, callbacks=callbacks
    )
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(BATCH)
    results = {
        "epochs": epochs.begun,
        "history": history.history,
        "evaluate": model.evaluate(dataset, verbose=0),
        "predict": model.predict(X, batch_size=8, verbose=0).tolist(),
    }
    # Data that tf.distribute divides: workers and replicas get rows that are theirs alone.
    distributed = tf.distribute.get_strategy().experimental_distribute_dataset(dataset)
    results["evaluate"] += model.evaluate(distributed, verbose=0)
    model.fit(distributed, verbose=0)
    model.fit(tfk.utils.experimental.DatasetCreator(rows_of_worker), steps_per_epoch=3, verbose=0)
    model.save(folder / f"saved-{name}.keras")
    return {
        **results,
        "weights": values(model),
        "words": words_weights(),
        "step logs": logs_by_reduction(X[:3]),
        "trained epochs": epochs_until_stop(stops=name == 1),
        "policies": by_policy(folder),
    }


def epochs_until_stop(stops):
    """How many of three epochs are trained where one worker ends training after the second."""
    model = model_of(tfk.optimizers.SGD(0.1))

    def stop(epoch, logs):
        model.stop_training = stops and epoch == 1

    callback = tfk.callbacks.LambdaCallback(on_epoch_end=stop)
    return len(model.fit(X, Y, batch_size=BATCH, epochs=3, verbose=0, callbacks=[callback]).epoch)


def words_weights():
    """Weights after training an embedding on batches with different numbers of words."""
    words = [(X[:size, : 1 + size] > 0).astype("int64") + 1 for size in (3, 2, 4, 1)]
    targets = [Y[: len(batch)] for batch in words]
    signature = tf.TensorSpec((None, None), tf.int64), tf.TensorSpec((None, 1), tf.float32)
    dataset = tf.data.Dataset.from_generator(
        lambda: zip(words, targets), output_signature=signature
    )
    tfk.utils.set_random_seed(5)
    layers = tfk.layers.Embedding(3, 2, input_shape=(None,)), tfk.layers.GlobalMaxPooling1D()
    model = tfk.Sequential([*layers, tfk.layers.Dense(1)])
    model.compile(tfk.optimizers.SGD(0.1), "mse")
    model.fit(dataset, epochs=2, verbose=0)
    return values(model)


def rows_of_worker(context):
    """The rows of one worker, batch by batch; a batch of all workers has four."""
    dataset = tf.data.Dataset.from_tensor_slices((X, Y))
    dataset = dataset.shard(context.num_input_pipelines, context.input_pipeline_id)
    return dataset.batch(context.get_per_replica_batch_size(BATCH)).repeat()


def values(model):
    return [weight.tolist() for weight in model.get_weights()]


def by_policy(folder):
    """Weights after an epoch on a dataset with each policy of sharding, and the number of
    batches.
    """
    model, results = model_of(tfk.optimizers.SGD(0.1)), {}
    start = model.get_weights()
    for policy in POLICIES:
        model.set_weights(start)
        model.optimizer.iterations.assign(0)
        if tf.distribute.has_strategy():
            model.fit(dataset_with(policy, folder), verbose=0)
        else:
            x, y, size = what_workers_read(policy)
            model.fit(x, y, batch_size=size, shuffle=False, verbose=0)
        results[policy] = {
            "weights": values(model),
            "steps": int(model.optimizer.iterations.numpy()),
        }
    return results


def dataset_with(policy, folder):
    """The rows in batches: from two files for FILE, with a place for the worker's number for
    HINT.
    """
    if policy == "FILE":
        lines = tf.data.TextLineDataset(sorted(map(str, folder.glob("*.csv"))))
        dataset = lines.map(lambda line: tuple(tf.split(numbers_in(line), [4, 1])))
    else:
        dataset = tf.data.Dataset.from_tensor_slices((X, Y))
    if policy == "HINT":
        hint = tf.data.experimental.SHARD_HINT
        dataset = dataset.shard(hint, hint)
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy[policy]
    return dataset.batch(BATCH).with_options(options)


def numbers_in(line):
    return tf.strings.to_number(tf.strings.split(line, ","))


def what_workers_read(policy):
    """Rows and batch size of one process that trains as two workers do under a policy of
    sharding.
    """
    if policy == "OFF":  # both read every row, half a batch at a time
        return X, Y, BATCH // 2
    if policy == "FILE":  # each worker reads a file, and a batch holds half a batch of each
        first, second = np.arange(11), np.arange(11, 21)
        halves = [
            half[start : start + BATCH // 2]
            for start in range(0, 11, BATCH // 2)
            for half in (first, second)
        ]
        order = np.concatenate(halves)
        return X[order], Y[order], BATCH
    return X, Y, BATCH


def main():
    folder, number = pathlib.Path(sys.argv[1]), json.loads(os.environ["TF_CONFIG"])["task"]["index"]
    with tf.distribute.MultiWorkerMirroredStrategy().scope():
        result = train(folder, number, dies=number == 1 and "--die" in sys.argv)
    (folder / f"{number}.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main()
