"""One worker of a cluster (TF_CONFIG says which), or no cluster: trains, and writes the results to a folder."""

import json
import os
import signal
import sys

import numpy as np
import tensorflow as tf

import tfk

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(21, 4)).astype("float32")
Y = (X[:, :1] * 2 + 1).astype("float32")


class Dies(tfk.callbacks.Callback):
    """Ends the process in the middle of the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.epoch == 1 and batch == 2:
            os.kill(os.getpid(), signal.SIGKILL)


def train(folder, further=()):
    model = tfk.Sequential([tfk.layers.Dense(8, "tanh", input_shape=(4,)), tfk.layers.Dense(1)])
    model.compile(tfk.optimizers.Adam(0.01), "mse", metrics=["mae"])
    for number, weight in enumerate(model.trainable_weights):
        weight.assign(np.random.default_rng(number).normal(size=weight.shape, scale=0.3))
    callbacks = [tfk.callbacks.ModelCheckpoint(os.path.join(folder, "model.keras")), *further]
    history = model.fit(X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0, callbacks=callbacks)
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)
    results = {
        "history": history.history,
        "evaluate": model.evaluate(dataset, verbose=0),
        "predict": model.predict(X, batch_size=8, verbose=0).tolist(),
    }
    # Data that tf.distribute divides: workers and replicas get rows that are theirs alone.
    distributed = tf.distribute.get_strategy().experimental_distribute_dataset(dataset)
    results["evaluate"] += model.evaluate(distributed, verbose=0)
    model.fit(distributed, verbose=0)
    model.fit(tfk.utils.experimental.DatasetCreator(rows_of_worker), steps_per_epoch=3, verbose=0)
    return {**results, "weights": [weight.tolist() for weight in model.get_weights()]}


def rows_of_worker(context):
    """The rows of one worker, batch by batch; a batch of all workers has four."""
    dataset = tf.data.Dataset.from_tensor_slices((X, Y))
    dataset = dataset.shard(context.num_input_pipelines, context.input_pipeline_id)
    return dataset.batch(context.get_per_replica_batch_size(4)).repeat()


def main():
    folder, cluster = sys.argv[1], os.environ.get("TF_CONFIG")
    if cluster:
        name = json.loads(cluster)["task"]["index"]
        further = [tfk.callbacks.BackupAndRestore(os.path.join(folder, f"backup-{name}"))]
        if name == 1 and "--die" in sys.argv:
            further.append(Dies())
        with tf.distribute.MultiWorkerMirroredStrategy().scope():
            result = train(os.path.join(folder, "models"), further)
    else:
        name, result = "alone", train(os.path.join(folder, "alone"))
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
