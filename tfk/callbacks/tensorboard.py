"""TensorBoard logs, written without its package."""

import contextlib
import itertools
import json
import os
import time
import warnings

import tensorflow as tf

from tfk.callbacks import summaries
from tfk.callbacks.batch_profile import BatchProfile
from tfk.callbacks.callback import Callback
from tfk.callbacks.counting import batches_done, to_int
from tfk.callbacks.distributed_paths import drop_unwanted, writable_path
from tfk.callbacks.layer_graph import layer_graph
from tfk.callbacks.logs import to_numbers
from tfk.callbacks.projector import Projector
from tfk.callbacks.weight_images import weight_images
from tfk.typing import Logs, PathLike
from tfk.utils.checks import check_positive_int
from tfk.utils.variables import as_array

SUMMARY_OPS = ("WriteSummary", "WriteRawProtoSummary")
IGNORED_ARGUMENTS = ("write_grads", "batch_size")


class TensorBoard(Callback):
    """Callback that logs metrics, weights, graphs, embeddings and profiles for TensorBoard.

    View the logs with `pip install tensorboard` and `tensorboard --logdir <log_dir>`; writing them
    does not require the package. The subfolders are `train` and `validation`.

    Args:
        log_dir: Folder of this run. Defaults to `"logs"`.
        histogram_freq: Number of epochs between histograms of the weights; 0 for none. Defaults to
            0.
        write_graph: Whether to write the graph of a training step and the graph of layers. Defaults
            to True.
        write_images: Whether to write the weights as images, as often as histograms. Defaults to
            False.
        write_steps_per_second: Whether to write the speed of epochs, and of batches if batches are
            logged. Defaults to False.
        update_freq: How often to write batch scalars and the model's own `tf.summary` calls:
            `"batch"`, a number of batches, or `"epoch"`, which writes neither. Defaults to
            `"epoch"`.
        profile_batch: Batch to profile, counted from 1, or `(first, last)`; 0 for none. Defaults to
            0.
        embeddings_freq: Number of epochs between projector checkpoints; 0 for none. The points are
            the rows of all Embedding tables unless specified below. Defaults to 0.
        embeddings_metadata: Path of a file of labels for the points, or a dict of paths by layer
            name. Defaults to None.
        embeddings_layer_names: Names of the layers to show; None for all Embedding layers. Defaults
            to None.
        embeddings_data: Model inputs; each becomes a point at the output of the layers. Defaults to
            None.
        **kwargs: Arguments of older versions, ignored with a warning.

    Raises: ValueError or TypeError if an argument is invalid.

    >>> TensorBoard("logs", histogram_freq=1, update_freq=100).update_freq
    100
    """

    keeps_files = True

    def __init__(
        self,
        log_dir: PathLike = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: int = 0,
        embeddings_freq: int = 0,
        embeddings_metadata=None,
        embeddings_layer_names=None,
        embeddings_data=None,
        **kwargs,
    ):
        super().__init__()
        _refuse_unknown(kwargs)
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = {"batch": 1}.get(update_freq, update_freq)
        if self.update_freq != "epoch":
            check_positive_int(self, "update_freq", self.update_freq)
        self.profile_batch = profile_batch
        self.profile = BatchProfile(profile_batch)
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self.embeddings_layer_names = embeddings_layer_names
        self.embeddings_data = embeddings_data
        self._writers = {}
        self._contexts = []  # of the default writers that are set, innermost last
        self._projector = None
        self._wants_graph = write_graph
        self._batch_started = (0, 0.0)
        self._epoch_started = (0, 0.0)

    def set_model(self, model):
        self.model = model
        self._folder = writable_path(model, self.log_dir)
        self._writers = {}
        self._wants_graph = self.write_graph
        if self.write_graph:
            self._write_layer_graph()
        if self.embeddings_freq:
            self._projector = Projector(
                model,
                self._folder,
                self.embeddings_metadata,
                self.embeddings_data,
                self.embeddings_layer_names,
            )
            self._projector.write_config()

    # When to wake ---------------------------------------------------------------------------------

    def batches_until_wake(self, mode):
        if mode != "train":
            return None
        done = batches_done(self.model, "train")
        waits = [] if self.update_freq == "epoch" else [self.update_freq - done % self.update_freq]
        waits.append(self.profile.batches_until_wake(done))
        return min((wait for wait in waits if wait is not None), default=None)

    # Training -------------------------------------------------------------------------------------

    def on_train_begin(self, logs: Logs | None = None):
        self.profile.warm_up()
        self._make_default("train", self.model._train_counter)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None):
        done = batches_done(self.model, "train")
        self._batch_started = (done, time.perf_counter())
        self.profile.start_if_due(done, self._folder)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None):
        self._write_step_graph()
        done = batches_done(self.model, "train")
        if self.update_freq != "epoch" and done % self.update_freq == 0:
            scalars = {f"batch_{name}": value for name, value in to_numbers(logs).items()}
            if self.write_steps_per_second:
                scalars["batch_steps_per_second"] = _rate(self._batch_started, done)
            self._write_scalars("train", scalars, done)
        if self.profile.running and done >= self.profile.last:
            self.profile.stop(self._writer("train"))

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None):
        self._epoch_started = (batches_done(self.model, "train"), time.perf_counter())

    def on_epoch_end(self, epoch: int, logs: Logs | None = None):
        self._write_step_graph()
        self._write_epoch(epoch, logs or {})
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._projector.save(epoch)
        for writer in self._writers.values():
            writer.flush()

    def on_train_end(self, logs: Logs | None = None):
        self._close()

    def on_train_abort(self, error):
        self._close()

    def on_test_begin(self, logs: Logs | None = None):
        self._make_default("validation", self.model._test_counter)

    def on_test_end(self, logs: Logs | None = None):
        iterations = getattr(self.model.optimizer, "iterations", None)
        if iterations is not None and logs:
            scalars = {f"evaluation_{name}_vs_iterations": value for name, value in logs.items()}
            self._write_scalars("validation", scalars, to_int(iterations))
            self._writers["validation"].flush()
        self._unset_default()

    # Writing --------------------------------------------------------------------------------------

    def _writer(self, name):
        if name not in self._writers:
            self._writers[name] = tf.summary.create_file_writer(os.path.join(self._folder, name))
        return self._writers[name]

    def _write(self, name, summary, step):
        with self._writer(name).as_default(), tf.summary.record_if(True):
            summaries.write(summary, step)

    def _write_scalars(self, name, scalars, step):
        summary = summaries.Summary()
        for tag, value in scalars.items():
            summaries.add_scalar(summary, tag, value)
        if scalars:
            self._write(name, summary, step)

    def _write_epoch(self, epoch, logs):
        if not logs:
            return
        train = {
            f"epoch_{name}": value for name, value in logs.items() if not name.startswith("val_")
        }
        validation = {
            f"epoch_{name[4:]}": value for name, value in logs.items() if name.startswith("val_")
        }
        schedule = getattr(self.model.optimizer, "_learning_rate", None)
        if callable(schedule) and hasattr(
            schedule, "get_config"
        ):  # a schedule: neither a variable nor a plain function
            train["epoch_learning_rate"] = schedule(self.model.optimizer.iterations)
        if self.write_steps_per_second:
            train["epoch_steps_per_second"] = _rate(
                self._epoch_started, batches_done(self.model, "train")
            )
        self._write_scalars("train", train, epoch)
        self._write_scalars("validation", validation, epoch)

    def _write_weights(self, epoch):
        summary = summaries.Summary()
        for weight in (weight for layer in self.model.layers for weight in layer.weights):
            name, values = weight.name.replace(":", "_"), as_array(weight)
            summaries.add_histogram(summary, f"{name}/histogram", values)
            images = weight_images(values) if self.write_images else None
            if images is not None:
                summaries.add_images(summary, f"{name}/image", images)
        self._write("train", summary, epoch)

    def _write_layer_graph(self):
        if self.model._graph is None and type(self.model).__name__ != "Sequential":
            return  # the calls of a subclassed model are not known
        text = json.dumps(layer_graph(self.model))
        summary = summaries.Summary()
        summaries.add_text(summary, "keras", text, "graph_keras_model", content=b"1")
        self._write("train", summary, 0)

    def _write_step_graph(self):
        steps = self.model.traced_steps("train") if self._wants_graph else []
        if steps:
            with self._writer("train").as_default(), tf.summary.record_if(True):
                tf.summary.graph(steps[0].graph)
            self._wants_graph = False

    # Summaries written by the model -------------------------------------------------------

    def _make_default(self, name, counter):
        if self.update_freq == "epoch":
            return
        contexts = contextlib.ExitStack()
        contexts.enter_context(self._writer(name).as_default(counter))
        contexts.enter_context(
            tf.summary.record_if(lambda: tf.equal(counter % self.update_freq, 0))
        )
        self._contexts.append(contexts)

    def _unset_default(self):
        if self._contexts:
            self._contexts.pop().close()

    def _close(self):
        while self._contexts:
            self._unset_default()
        if self.profile.running:
            self.profile.stop(self._writer("train"))
        for writer in self._writers.values():
            writer.close()
        if self.update_freq != "epoch":
            self._forget_own_summaries()
        drop_unwanted(self.model, self._folder)

    def _forget_own_summaries(self):
        """Retrace steps that write summaries: their graphs refer to files that are now closed."""
        if any(_writes_summaries(step.graph) for step in self.model.traced_steps("train")):
            self.model.make_train_function(force=True)
        if any(_writes_summaries(step.graph) for step in self.model.traced_steps("test")):
            self.model.make_test_function(force=True)


def _writes_summaries(graph):
    definition = graph.as_graph_def()
    functions = (function.node_def for function in definition.library.function)
    nodes = itertools.chain(definition.node, *functions)
    return any(node.op in SUMMARY_OPS for node in nodes)


def _rate(started, done):
    before, moment = started
    return (done - before) / (time.perf_counter() - moment)


def _refuse_unknown(kwargs):
    unknown = sorted(set(kwargs) - set(IGNORED_ARGUMENTS))
    if unknown:
        raise ValueError(
            f"TensorBoard: unknown arguments {unknown}. Ignored legacy arguments:"
            f" {list(IGNORED_ARGUMENTS)}."
        )
    for name in kwargs:
        warnings.warn(f"TensorBoard: {name} has no effect since TensorFlow 2.", DeprecationWarning)
