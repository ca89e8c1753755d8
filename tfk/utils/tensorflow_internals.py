"""The names of TensorFlow outside its public API that tfk uses, each once.

TensorFlow may move such a name in any release. Each entry says what it is used for, and `otherwise`
says what to do when it is gone. `tests/utils/test_tensorflow_internals.py` tries each of them and
fails with "TensorFlow moved ..."; `tests/test_source.py` keeps them out of all other files.
Differences between the supported versions of TensorFlow belong here, too.
"""

import contextlib
import functools
import inspect
import operator

import tensorflow as tf
from tensorflow.core.framework import summary_pb2  # noqa: F401
from tensorflow.core.protobuf import (
    config_pb2,
    rewriter_config_pb2,
    saved_model_pb2,  # noqa: F401
    tensor_bundle_pb2,  # noqa: F401
    trackable_object_graph_pb2,  # noqa: F401
)
from tensorflow.python.eager import context, record
from tensorflow.python.framework import ops
from tensorflow.tsl.profiler.protobuf import xplane_pb2  # noqa: F401

# What to do when a name is gone, by name.
OTHERWISE = {}


def _uses(name, otherwise):
    """Decorator that records what to do when `name`, which a function uses, is gone."""
    OTHERWISE[name] = otherwise
    return lambda function: function


def _find(name, otherwise):
    """The object that `tf.__internal__` has under a dotted name.

    Raises: ImportError if there is none.
    """
    OTHERWISE[f"tf.__internal__.{name}"] = otherwise
    try:
        return operator.attrgetter(name)(tf.__internal__)
    except AttributeError:
        raise ImportError(
            f"TensorFlow {tf.__version__} has no tf.__internal__.{name}, which tfk needs. Install a"
            " version of TensorFlow that tfk supports: 2.16 to 2.21."
        ) from None


# Messages in files --------------------------------------------------------------------------------
# Read and written without the packages tensorboard and tensorboard-plugin-profile.

OTHERWISE["tensorflow.core.framework.summary_pb2"] = "Use tensorboard.compat.proto.summary_pb2."
OTHERWISE["tensorflow.core.protobuf.trackable_object_graph_pb2"] = (
    "Match objects and checkpoints with tf.train.CheckpointView."
)
OTHERWISE["tensorflow.core.protobuf.tensor_bundle_pb2"] = (
    "Read the field num_shards with utils/protobuf_wire.py: it has the number 1."
)
OTHERWISE["tensorflow.core.protobuf.saved_model_pb2"] = (
    "Read saved_model.pb with utils/protobuf_wire.py; its fields are in saved_model.proto."
)
OTHERWISE["tensorflow.tsl.profiler.protobuf.xplane_pb2"] = (
    "Look for xplane_pb2 in the packages tsl and xprof; it has moved with the profiler before."
)

OTHERWISE |= {
    f"tensorflow.core.protobuf.{name}": "Leave the memory optimizer on: see flat_call."
    for name in ("config_pb2", "rewriter_config_pb2")
}

# TensorBoard --------------------------------------------------------------------------------------

# The TensorBoard of TensorFlow 2.16 reads the connections of layers in the form of Keras 2, and
# fails at that of Keras 3, the only one that later releases read.
TENSORBOARD_READS_KERAS_3 = tuple(map(int, tf.__version__.split(".")[:2])) >= (2, 17)

# Feature columns ----------------------------------------------------------------------------------

# Classes of columns, and the state of a layer that uses them.
feature_columns = _find(
    "feature_column", "Take the classes from the module of type(tf.feature_column.numeric_column)."
)

# Tracking -----------------------------------------------------------------------------------------

Trackable = _find("tracking.Trackable", "Take it from tf.Module.__mro__, where it precedes object.")
# Base class of objects with variables that are no modules: optimizers, loss scales, SavedModels.
AutoTrackable = _find("tracking.AutoTrackable", "Take it from tf.Module.__mro__, or use tf.Module.")
# An object that is another one to checkpoints: the loss scale optimizer.
DelegatingTrackableMixin = _find(
    "tracking.DelegatingTrackableMixin", "Delegate the methods of Trackable one by one."
)
# Decorator of a method: what it assigns to attributes is not tracked.
no_tracking = _find(
    "tracking.no_automatic_dependency_tracking", "Assign with object.__setattr__ in the method."
)
# A list or dict as checkpoints and SavedModels hold it.
wrap_container = _find(
    "tracking.wrap", "Assign the list to an attribute of a tf.Module and read it back."
)

# Methods that TensorFlow calls under these names and that classes of tfk override.
OVERRIDDEN = (
    "_trackable_children",  # (save_type, **kwargs): dict of what an object saves with it, by name
    "_lookup_dependency",  # (name, cached): the child of that name, for files with other names
    "_serialize_to_tensors",  # (): dict of tensors that checkpoints hold for an object
    "_restore_from_tensors",  # (dict): takes them back
    "_unique_id",  # identifies a variable
    "_create_or_restore_slot_variable",  # called when a checkpoint has slots of an old optimizer
)
OTHERWISE |= {
    f"Trackable.{name}": "Find the method of Trackable that saving and restoring call instead."
    for name in OVERRIDDEN
}


OTHERWISE["Module._TF_MODULE_IGNORED_PROPERTIES"] = (
    "Find out how tf.Module.submodules skips attributes; those listed there must be skipped."
)


def ignored_properties(cls, *names):
    """Return the value of `_TF_MODULE_IGNORED_PROPERTIES` for a subclass of `cls`, a `tf.Module`:
    names of attributes in which `submodules` does not search.
    """
    return cls._TF_MODULE_IGNORED_PROPERTIES.union(names)


def children_of(item):
    """Return a dict of what a trackable object saves with it, by name."""
    return item._trackable_children()


@_uses("AutoTrackable._no_dependency", "Assign with object.__setattr__, past the tracking.")
def untracked(owner, value):
    """`value` for an attribute of an `AutoTrackable`, left alone: neither wrapped nor tracked."""
    return owner._no_dependency(value)


@_uses("Trackable._add_variable_with_custom_getter", "Return None: larq needs another way in.")
def custom_getter(owner):
    """Return the method through which the class of a layer creates variables, None if it defines
    none."""
    method = owner._add_variable_with_custom_getter
    inherited = method.__func__ is Trackable._add_variable_with_custom_getter
    return None if inherited else method


@_uses("Trackable._track_trackable", "Assign the child to an attribute of that name.")
def track(owner, child, name):
    """Make `child` part of checkpoints of `owner` under a name that is no attribute."""
    owner._track_trackable(child, name=name, overwrite=True)


@_uses("Trackable._maybe_initialize_trackable", "Return an empty dict: see deferred_values.")
@_uses("Trackable._deferred_dependencies", "Return an empty dict: restore after building then.")
def deferred_values(owner):
    """Return the values of a restored checkpoint by the names of children that `owner` does not
    have yet."""
    owner._maybe_initialize_trackable()
    return owner._deferred_dependencies


@_uses("Trackable._handle_deferred_dependencies", "Restore the checkpoint again after building.")
def restore_deferred(owner, name, child):
    """Give `child` the values that a restored checkpoint holds for that name below `owner`."""
    owner._handle_deferred_dependencies(name, child)


@_uses("CheckpointPosition.restore", "Return the slot from _create_or_restore_slot_variable.")
def restore_position(position, variable):
    """Give a variable the value at a position of a checkpoint that is being restored, or was."""
    position.restore(variable)


# Values -------------------------------------------------------------------------------------------

# Ragged and sparse tensors, and variables; `tf.is_tensor` is true for some of them only.
CompositeTensor = _find("CompositeTensor", "Take it from tf.RaggedTensor.__mro__.")


@_uses("IndexedSlicesSpec._shape", "Read the first entry of spec.__reduce__()[1].")
def spec_shape(spec):
    """Return the shape of a type spec; that of `tf.IndexedSlicesSpec` is private."""
    return spec.shape if hasattr(spec, "shape") else spec._shape


@_uses("BatchDataset._batch_size", "Return None: splits of datasets are then not batched again.")
def batch_size_of(dataset):
    """Return the batch size of a `tf.data.Dataset` that ends with `batch`; None for others."""
    return getattr(dataset, "_batch_size", None)


# Variables ----------------------------------------------------------------------------------------


@_uses("ResourceVariable._handle_name", "Return False: variables are then created more slowly.")
@_uses("EagerTensor._name", "Return False: variables are then created more slowly.")
def rename(variable, name):
    """Give an eager variable another name, also in the graphs that read it from now on.

    Returns False if that is not possible, because somebody's variable creator made something else.
    """
    if "_handle_name" not in vars(variable):
        return False
    variable._handle_name = variable.handle._name = f"{name}:0"
    return True


@_uses("ResourceVariable._constraint", "Keep the constraint in a table, which optimizers ask.")
def set_constraint(variable, constraint):
    """Replace the constraint of a variable, which TensorFlow fixes when it is created."""
    variable._constraint = constraint


@_uses("Variable._unique_id", "Use variable.ref(), and id() of what is not hashable.")
@_uses("handle._distributed_container", "Match copies to variables by name and shape.")
def variable_key(variable):
    """What identifies a variable, whichever of its copies on several devices is given."""
    if not isinstance(variable, tf.distribute.DistributedValues):
        handle = getattr(variable, "handle", None)  # where a copy keeps track of the whole
        if hasattr(handle, "_distributed_container"):
            variable = handle._distributed_container()
    return variable._unique_id


@_uses("CachingVariable._v", "Look for the attribute of the stand-in that holds the variable.")
def stored_variable(variable):
    """Return the variable itself, of which a parameter server strategy hands out a stand-in."""
    return getattr(variable, "_v", variable)


@_uses("Variable._sharded_container", "Ask whether a ShardedVariable of the model holds it.")
def is_shard(variable):
    """Return whether a variable is a part of one that is spread over several servers."""
    return hasattr(variable, "_sharded_container")


# Functions and graphs -----------------------------------------------------------------------------

# A graph for tracing once, that is thrown away.
FuncGraph = _find("FuncGraph", "Use the graph of tf.function(...).get_concrete_function().")


@_uses("framework.ops.get_default_graph", "Count names per trace with tf.constant(0).graph.")
def current_graph():
    """Return the graph in which operations are created where TensorFlow does not run eagerly."""
    return ops.get_default_graph()


class _CountingGraph(FuncGraph):
    count = None

    def _create_op_internal(self, *args, **kwargs):
        self.count()
        return super()._create_op_internal(*args, **kwargs)


@_uses("FuncGraph._create_op_internal", "Return a FuncGraph: operations are then not counted.")
def counting_graph(name, count):
    """Return a `FuncGraph` that calls `count` before every operation that is added to it."""
    graph = _CountingGraph(name)
    graph.count = count
    return graph


@_uses("ConcreteFunction._inference_function.call_flat", "Return the concrete function itself.")
def flat_call(concrete):
    """Return a function that calls a concrete one on flat tensors, captured ones included.

    It checks nothing and builds no structure: 0.2 ms instead of 0.25 ms for a call of a small
    graph, which is most of what a step or the prediction of a row costs. TensorFlow's memory
    optimizer is off: see `_without_memory_optimizer`.
    """
    return _never_optimized(concrete._inference_function.call_flat)


def never_optimized(concrete):
    """Return a concrete function for `ClusterCoordinator.schedule` with TensorFlow's memory
    optimizer off: see `_without_memory_optimizer`.

    It is the same object, of another class: the coordinator cancels nothing but concrete functions.
    """
    concrete.__class__ = _never_optimized_class(type(concrete))
    return concrete


@functools.cache
def _never_optimized_class(cls):
    return type(cls.__name__, (cls,), {"__call__": _never_optimized(cls.__call__)})


def _never_optimized(run):
    """Return `run`, which calls a graph, with the memory optimizer off."""

    def call(*args, **kwargs):
        here = context.context()
        given = here.function_call_options
        here.function_call_options = _without_memory_optimizer(
            given.config_proto_serialized, given.executor_type
        )
        try:
            return run(*args, **kwargs)
        finally:
            here.function_call_options = given

    return call


@_uses("record.could_possibly_record", "Return True: models with several outputs run op by op.")
def is_recording():
    """Return whether a tape or an accumulator records the operations of this thread."""
    return record.could_possibly_record()


@_uses("FuncGraph.deferred_external_captures", "Return True: calls then take a little longer.")
def has_call_time_captures(concrete):
    """Return whether a concrete function captures values that each call computes again, such as the
    keys of collectives, which must not be used twice.
    """
    return bool(concrete.graph.deferred_external_captures)


@functools.cache
@_uses("context.function_call_options", "Return None: large ConvLSTM models then fail in fit.")
def _without_memory_optimizer(config, executor_type):
    """Options of a call whose graph is not rewritten to save memory.

    In graphs that seem to need more than 200 MB on a CPU, the memory optimizer replaces sums of
    three and more tensors by a temporary variable. In the gradient of a recurrent layer, a loop
    inside the loop over batches, the second batch finds that variable there already and fails
    (AlreadyExistsError: .../AddN/tmp_var). The order of such a sum, and with it the last bits,
    depends on timing, too.
    """
    config = config_pb2.ConfigProto.FromString(config or b"")
    rewrites = config.graph_options.rewrite_options
    rewrites.memory_optimization = rewriter_config_pb2.RewriterConfig.NO_MEM_OPT
    return context.FunctionCallOptions(executor_type, config)


@_uses("Function._list_all_concrete_functions", "Ask users for an input signature.")
def concrete_functions(function):
    """What a `tf.function` has been traced to so far."""
    return function._list_all_concrete_functions()


@_uses(
    "Graph._functions", "Return nothing: XLA is then used automatically for steps without calls."
)
def called_graphs(graph):
    """Return the graphs of the functions that operations of a graph call."""
    graphs = (getattr(function, "graph", None) for function in graph._functions.values())
    return [inner for inner in graphs if inner is not None and inner is not graph]


@_uses("Graph._get_control_flow_context", "Return False: see inside_xla for what depends on it.")
@_uses("ControlFlowContext.IsXLAContext", "Return False: see inside_xla for what depends on it.")
def traces_for_xla(graph):
    """Return whether XLA compiles what is traced in a graph: that of a
    `tf.function(jit_compile=True)`, or one inside of it.
    """
    while graph is not None:
        status = graph._get_control_flow_context()
        if status is not None and status.IsXLAContext():
            return True
        graph = getattr(graph, "outer_graph", None)
    return False


_status = _find("autograph.control_status_ctx", "Leave the status out of tf_convert.")
_convert = _find("autograph.tf_convert", "Use tf.autograph.to_graph.")
# The status outside every conversion: a function wrapped under it is converted when it is called.
_CONVERTS = _status()


def autograph_convert(function):
    """Return the function that AutoGraph makes of `function` when it is called in a graph."""
    return _convert(function, _CONVERTS)


# The attribute by which AutoGraph recognizes what it need not convert. A marker costs nothing per
# call, unlike tf.autograph.experimental.do_not_convert, which wraps the function.
OTHERWISE["autograph_info__"] = "Decorate with tf.autograph.experimental.do_not_convert."


def mark_as_converted(function):
    """Mark a function, or a class whose instances are called, as not to be converted."""
    function.autograph_info__ = {}


# Calls of TensorFlow's functions ------------------------------------------------------------------

# Base class of a handler of calls with arguments that TensorFlow cannot convert.
GlobalOpDispatcher = _find(
    "dispatch.GlobalOpDispatcher", "Use tf.experimental.dispatch_for_api for each function."
)


@_uses("function._tf_api_names", "Search the public modules for the function.")
@_uses("function._tf_api_names_v1", "Search the modules of tf.compat.v1 for the function.")
def api_name(function):
    """Return the canonical public name of a function of TensorFlow, `"math.add"`; None if it has
    none."""
    function = inspect.unwrap(function)
    names = getattr(function, "_tf_api_names", None)
    if names:
        return names[0]
    names = getattr(function, "_tf_api_names_v1", None)
    return f"compat.v1.{names[0]}" if names else None


# Random numbers -----------------------------------------------------------------------------------


@_uses("context._rng", "Leave the seeds alone: a dry run then moves them.")
def operation_seeds():
    """State of the generator from which `tf.random.set_seed` gives eager operations their seeds;
    None if it was not called.
    """
    generator = context.context()._rng
    return generator and generator.getstate()


@_uses("context.clear_kernel_cache", "Leave the kernels alone: a dry run then moves their seeds.")
def set_operation_seeds(state):
    """Set a state that `operation_seeds` returned."""
    context.context()._rng.setstate(state)
    context.context().clear_kernel_cache()  # kernels made for these seeds have drawn already


# Distribution -------------------------------------------------------------------------------------

# Runs a function once for all replicas, without a merge call where the strategy needs none.
maybe_merge_call = _find(
    "distribute.interim.maybe_merge_call", "Use tf.distribute.get_replica_context().merge_call."
)
# Whether the current strategy updates mirrored variables inside of the replicas.
needs_no_merge_call = _find(
    "distribute.strategy_supports_no_merge_call", "Return False: merge calls work everywhere."
)
# Context in which variables of replicas read as their sum.
sync_on_read = _find(
    "distribute.variable_sync_on_read_context", "Compute metrics in a merge call everywhere."
)


@_uses("context.eager_mode", "Raise an error when the scope of another strategy is entered.")
@contextlib.contextmanager
def outside_strategies():
    """Context outside of the scopes of all strategies: they belong to a graph, also in eager mode,
    and this one has none.
    """
    with tf.Graph().as_default(), context.eager_mode():
        yield


@_uses("DistributedDataset._strategy", "Return the current strategy: mix-ups go unnoticed.")
def strategy_of(dataset):
    """Return the strategy that distributed a dataset; the current one for other datasets."""
    return getattr(dataset, "_strategy", tf.distribute.get_strategy())


@_uses("PerReplicaSpec._value_specs", "Read the specs of the first element of the dataset.")
def first_replica_spec(spec):
    """Return the type spec of the first replica's part of a distributed value; other specs as they
    are."""
    return getattr(spec, "_value_specs", [spec])[0]


@_uses("PerWorkerDistributedIterator._values", "Ask users for the specs of per-worker datasets.")
@_uses("DistributedIterator._type_spec", "Ask users for the specs of per-worker datasets.")
@_uses("DistributedIteratorSpec._element_spec", "Ask users for the specs of per-worker datasets.")
def per_worker_specs(iterator):
    """Return the type specs of the iterator that each worker has, and of its elements, behind an
    iterator of `ClusterCoordinator.create_per_worker_dataset`.
    """
    spec = iterator._values[0]._type_spec
    return spec, spec._element_spec


@_uses("ParameterServerStrategyExtended._num_workers", "Count the workers in TF_CONFIG.")
def number_of_workers(strategy):
    """Return the number of workers of a ParameterServerStrategy."""
    return strategy.extended._num_workers


@_uses(
    "ParameterServerStrategyExtended._allow_run_without_coordinator",
    "Do nothing: tracing a step then warns of being slow.",
)
def allow_run_while_tracing(strategy):
    """Let `strategy.run` be traced outside of what a coordinator schedules, without a warning."""
    strategy.extended._allow_run_without_coordinator = True


@_uses("ParameterServerStrategyExtended._variable_partitioner", "Check variables for shards.")
def has_partitioner(strategy):
    """Return whether a strategy cuts variables into shards."""
    return getattr(strategy.extended, "_variable_partitioner", None) is not None


# Optimizers of TensorFlow 1 -----------------------------------------------------------------------


def is_v1_optimizer(value):
    """Return whether a value is a `tf.compat.v1.train.Optimizer`."""
    classes = ((cls.__module__, cls.__name__) for cls in type(value).__mro__)
    return ("tensorflow.python.training.optimizer", "Optimizer") in classes


@_uses("v1.train.Optimizer._create_slots", "Do nothing: the first update creates them.")
def create_slots(optimizer, variables):
    """Create the slots of an optimizer of TensorFlow 1 before its first update is traced."""
    optimizer._create_slots(variables)
