"""Each private name of TensorFlow that tfk uses is where it was, and does what it did.

A failure says "TensorFlow moved X", and what to do then.
"""

import importlib
import inspect
import operator
import types

import numpy as np
import pytest
import tensorflow as tf

from tfk.utils import tensorflow_internals as internals

PROBES = {}


def probe(*names):
    """Decorator: the function fails if one of these names is gone."""

    def note(function):
        PROBES.update(dict.fromkeys(names, function))
        return function

    return note


@pytest.mark.parametrize("name", sorted(internals.OTHERWISE))
def test_symbol(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        if name.startswith("tf.__internal__."):
            operator.attrgetter(name.removeprefix("tf."))(tf)
        if name.endswith("_pb2"):
            importlib.import_module(name)
        PROBES[name]()
    except (AttributeError, AssertionError, ImportError, TypeError) as error:
        otherwise = internals.OTHERWISE[name]
        pytest.fail(f"TensorFlow {tf.__version__} moved {name}: {error!r}. {otherwise}")


def test_every_symbol_has_a_probe_and_nothing_else():
    assert set(PROBES) == set(internals.OTHERWISE)


def test_a_missing_name_says_which_and_what_to_do(monkeypatch):
    monkeypatch.setattr(internals, "OTHERWISE", {})
    with pytest.raises(ImportError, match=r"no tf\.__internal__\.tracking\.Gone.*Install"):
        internals._find("tracking.Gone", "Nothing.")


# Feature columns


@probe("tf.__internal__.feature_column")
def feature_columns():
    column = tf.feature_column.numeric_column("a")
    assert isinstance(column, internals.feature_columns.DenseColumn)
    config = internals.feature_columns.serialize_feature_column(column)
    assert internals.feature_columns.deserialize_feature_column(config) == column


# Messages in files


@probe("tensorflow.core.framework.summary_pb2")
def summaries():
    value = internals.summary_pb2.Summary.Value(tag="loss", simple_value=1.0)
    assert internals.summary_pb2.Summary(value=[value]).SerializeToString()
    assert internals.summary_pb2.DATA_CLASS_SCALAR == 1


@probe("tensorflow.core.protobuf.saved_model_pb2")
def saved_model_message():
    model = internals.saved_model_pb2.SavedModel()
    model.meta_graphs.add().object_graph_def.nodes.add().user_object.identifier = "_tf_keras_model"
    again = internals.saved_model_pb2.SavedModel.FromString(model.SerializeToString())
    assert again.meta_graphs[0].object_graph_def.nodes[0].user_object.metadata == ""


@probe("tensorflow.core.protobuf.trackable_object_graph_pb2")
def graph_of_objects():
    reader = tf.train.load_checkpoint(tf.train.Checkpoint(v=tf.Variable(1.0)).save("checkpoint"))
    graph = internals.trackable_object_graph_pb2.TrackableObjectGraph.FromString(
        reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH")
    )
    assert "v" in [child.local_name for child in graph.nodes[0].children]


@probe("tensorflow.core.protobuf.tensor_bundle_pb2")
def checkpoint_headers():
    header = internals.tensor_bundle_pb2.BundleHeaderProto(num_shards=2)
    assert header.SerializeToString() == b"\x08\x02"


@probe("tensorflow.tsl.profiler.protobuf.xplane_pb2")
def profiles():
    assert internals.xplane_pb2.XSpace().planes is not None


# Tracking


@probe(
    "tf.__internal__.tracking.Trackable",
    "tf.__internal__.tracking.AutoTrackable",
    "Trackable._track_trackable",
    "AutoTrackable._no_dependency",
)
def tracking():
    owner = internals.AutoTrackable()
    assert isinstance(owner, internals.Trackable) and isinstance(tf.Module(), internals.Trackable)
    plain = []
    owner.plain = internals.untracked(owner, plain)
    assert owner.plain is plain
    internals.track(owner, tf.Variable(1.0), "other name")
    path = tf.train.Checkpoint(owner=owner).save("checkpoint")
    names = [name for name, _ in tf.train.list_variables(path)]
    assert "owner/other name/.ATTRIBUTES/VARIABLE_VALUE" in names
    assert not any("plain" in name for name in names)


@probe(
    "Trackable._maybe_initialize_trackable",
    "Trackable._deferred_dependencies",
    "Trackable._handle_deferred_dependencies",
)
def deferred_values():
    path = tf.train.Checkpoint(late=tf.Variable(3.0)).save("checkpoint")
    owner, late = internals.AutoTrackable(), tf.Variable(1.0)
    tf.train.Checkpoint(root=owner).restore(path)
    assert "late" in internals.deferred_values(owner)
    internals.restore_deferred(owner, "late", late)
    assert late.numpy() == 3.0


@probe(
    "tf.__internal__.tracking.DelegatingTrackableMixin",
    "tf.__internal__.tracking.no_automatic_dependency_tracking",
)
def delegation():
    class Front(internals.DelegatingTrackableMixin, internals.AutoTrackable):
        @internals.no_tracking
        def __init__(self, inner):
            self.inner = inner
            super().__init__(inner)

    inner = internals.AutoTrackable()
    inner.value = tf.Variable(1.0)
    path = tf.train.Checkpoint(of=Front(inner)).save("checkpoint")
    names = [name for name, _ in tf.train.list_variables(path)]
    assert "of/value/.ATTRIBUTES/VARIABLE_VALUE" in names


@probe("tf.__internal__.tracking.wrap")
def containers():
    wrapped = internals.wrap_container([tf.Variable(1.0)])
    assert isinstance(wrapped, internals.Trackable) and len(wrapped) == 1


class Virtual(internals.AutoTrackable):
    """Saves a number that is stored nowhere as a variable, and finds children by old names."""

    number = 3.0

    def _serialize_to_tensors(self):
        return {"NUMBER": tf.constant(self.number)}

    def _restore_from_tensors(self, restored):
        self.number = float(restored["NUMBER"])
        return tf.no_op()


class Renamed(internals.AutoTrackable):
    """Has one child, saved and looked up under names that are no attributes."""

    def __init__(self, saved_as, child):
        self.saved_as = saved_as
        self.child = internals.untracked(self, child)

    def _trackable_children(self, save_type="checkpoint", **kwargs):
        return {**super()._trackable_children(save_type, **kwargs), self.saved_as: self.child}

    def _lookup_dependency(self, name, cached_dependencies=None):
        return self.child if name == "old" else None


@probe(
    *(
        f"Trackable.{name}"
        for name in (
            "_trackable_children",
            "_lookup_dependency",
            "_serialize_to_tensors",
            "_restore_from_tensors",
        )
    )
)
def overridden():
    path = tf.train.Checkpoint(owner=Renamed("old", Virtual())).save("checkpoint")
    assert "owner/old/.ATTRIBUTES/NUMBER" in dict(tf.train.list_variables(path))
    new = Renamed("new", Virtual())
    new.child.number = 0.0
    tf.train.Checkpoint(owner=new).restore(path)
    assert new.child.number == 3.0


@probe("Trackable._unique_id", "Variable._unique_id", "handle._distributed_container")
def variable_keys():
    first, second = tf.Variable(1.0, name="same"), tf.Variable(1.0, name="same")
    keys = [internals.variable_key(variable) for variable in (first, second)]
    assert keys == [first._unique_id, second._unique_id] and keys[0] != keys[1]
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    with strategy.scope():
        mirrored = tf.Variable(1.0)
    of_copies = strategy.run(lambda: [internals.variable_key(mirrored.values[0])])
    assert of_copies == [internals.variable_key(mirrored)]


@probe("Trackable._create_or_restore_slot_variable", "CheckpointPosition.restore")
def slots_of_old_optimizers():
    from tensorflow.python.checkpoint import restore

    assert "optimizer_object._create_or_restore_slot_variable(" in inspect.getsource(restore)


# Values


@probe("tf.__internal__.CompositeTensor")
def composite_tensors():
    for value in (tf.ragged.constant([[1]]), tf.sparse.eye(2), tf.Variable(1.0)):
        assert isinstance(value, internals.CompositeTensor)
    assert not isinstance(tf.constant(1.0), internals.CompositeTensor)


@probe("IndexedSlicesSpec._shape")
def shapes_of_specs():
    for spec in (tf.TensorSpec((2, 3)), tf.RaggedTensorSpec((2, 3)), tf.IndexedSlicesSpec((2, 3))):
        assert tuple(internals.spec_shape(spec)) == (2, 3)


@probe("BatchDataset._batch_size")
def batch_sizes():
    dataset = tf.data.Dataset.range(4)
    assert internals.batch_size_of(dataset) is None
    assert int(internals.batch_size_of(dataset.batch(2))) == 2


# Variables


@probe("ResourceVariable._handle_name", "EagerTensor._name")
def renaming():
    variable = tf.Variable(1.0, name="first")
    assert internals.rename(variable, "second")
    assert variable.name == "second:0"
    rebuilt = tf.nest.map_structure(lambda part: part, variable, expand_composites=True)
    assert rebuilt.name == "second:0"  # by the name of its handle
    assert not internals.rename(tf.Module(), "third")


@probe("ResourceVariable._constraint")
def constraints():
    variable = tf.Variable(1.0)
    internals.set_constraint(variable, tf.abs)
    assert variable.constraint is tf.abs


@probe("CachingVariable._v")
def stand_ins():
    from tensorflow.python.distribute import ps_values

    variable = tf.Variable(1.0)
    assert internals.stored_variable(variable) is variable
    assert internals.stored_variable(ps_values.CachingVariable(variable)) is variable


@probe("Variable._sharded_container")
def shards():
    from tensorflow.python.distribute import sharded_variable

    whole, part = tf.Variable([1.0]), tf.Variable([1.0])
    kept = sharded_variable.ShardedVariable([part])
    assert internals.is_shard(part) and not internals.is_shard(whole) and kept is not None


# Functions and graphs


@probe("framework.ops.get_default_graph")
def graph_of_a_trace():
    graphs = []
    tf.function(lambda: graphs.append(internals.current_graph()))()
    assert isinstance(graphs[0], internals.FuncGraph)


@probe("tf.__internal__.FuncGraph")
def scratch_graphs():
    with internals.FuncGraph("scratch").as_default() as graph:
        assert tf.constant(1.0).graph is graph


@probe("FuncGraph._create_op_internal")
def counted_operations():
    counted = []
    with internals.counting_graph("probe", lambda: counted.append(1)).as_default():
        tf.raw_ops.NoOp()
        tf.raw_ops.Placeholder(dtype=tf.float32)
    assert len(counted) == 2


@probe("ConcreteFunction._inference_function.call_flat")
def flat_calls():
    weight = tf.Variable(3.0)
    concrete = tf.function(lambda x: {"a": x * weight, "b": x}).get_concrete_function(
        tf.TensorSpec(())
    )
    results = internals.flat_call(concrete)(tf.constant(2.0), *concrete.captured_inputs)
    assert [float(result) for result in results] == [6.0, 2.0]


@probe(
    "context.function_call_options",
    "tensorflow.core.protobuf.config_pb2",
    "tensorflow.core.protobuf.rewriter_config_pb2",
)
def options_of_calls():
    seen = []

    def call(*tensors):
        options = internals.context.context().function_call_options
        seen.append(internals.config_pb2.ConfigProto.FromString(options.config_proto_serialized))
        return tensors

    concrete = types.SimpleNamespace(_inference_function=types.SimpleNamespace(call_flat=call))
    assert internals.flat_call(concrete)(1, 2) == (1, 2)
    rewrites = seen[0].graph_options.rewrite_options
    assert rewrites.memory_optimization == internals.rewriter_config_pb2.RewriterConfig.NO_MEM_OPT
    call()
    assert not seen[1].graph_options.rewrite_options.memory_optimization
    assert seen[0].allow_soft_placement == seen[1].allow_soft_placement
    graph = type("Graph", (), {"__call__": lambda self, *tensors: call(*tensors)})()
    assert internals.never_optimized(graph) is graph and graph(3) == (3,)
    assert seen[2] == seen[0]


@probe("Module._TF_MODULE_IGNORED_PROPERTIES")
def modules_without_some_attributes():
    class Holder(tf.Module):
        _TF_MODULE_IGNORED_PROPERTIES = internals.ignored_properties(tf.Module, "_hidden")

    holder = Holder()
    holder.shown, holder._hidden = tf.Module(name="shown"), {1: tf.Module(), "a": tf.Module()}
    assert [module.name for module in holder.submodules] == ["shown"]


@probe("record.could_possibly_record")
def recording_tapes():
    with tf.GradientTape() as tape:
        assert internals.is_recording()
        with tape.stop_recording():
            assert not internals.is_recording()
    assert not internals.is_recording()


@probe("FuncGraph.deferred_external_captures")
def captures_of_calls():
    def captures(x):
        graph = internals.current_graph()
        return x + graph.capture_call_time_value(lambda: tf.constant(1.0), tf.TensorSpec(()))

    weight, spec = tf.Variable(1.0), tf.TensorSpec(())
    kept = tf.function(lambda x: x * weight).get_concrete_function(spec)
    anew = tf.function(captures, autograph=False).get_concrete_function(spec)
    assert internals.has_call_time_captures(anew) and not internals.has_call_time_captures(kept)


@probe("Function._list_all_concrete_functions")
def traces():
    function = tf.function(lambda x: x)
    assert internals.concrete_functions(function) == []
    concrete = function.get_concrete_function(tf.TensorSpec(()))
    assert internals.concrete_functions(function) == [concrete]


@probe("Graph._functions")
def graphs_of_calls():
    inner = tf.function(lambda x: tf.sin(x), autograph=False)
    outer = tf.function(lambda x: inner(x) + 1.0).get_concrete_function(tf.TensorSpec(()))
    [called] = internals.called_graphs(outer.graph)
    assert "Sin" in [operation.type for operation in called.get_operations()]


@probe("Graph._get_control_flow_context", "ControlFlowContext.IsXLAContext")
def xla():
    seen = []

    def f(x):
        seen.append(internals.traces_for_xla(x.graph))
        return x

    tf.function(f, jit_compile=True)(tf.constant(1.0))
    tf.function(f)(tf.constant(1.0))
    assert seen == [True, False]


@probe(
    "tf.__internal__.autograph.control_status_ctx",
    "tf.__internal__.autograph.tf_convert",
    "autograph_info__",
)
def autograph():
    def f(x):
        if x > 0:
            return x
        return -x

    traced = tf.function(lambda x: internals.autograph_convert(f)(x), autograph=False)
    assert float(traced(tf.constant(-2.0))) == 2.0
    internals.mark_as_converted(f)
    branches = tf.function(lambda x: f(x))
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError):
        branches(tf.constant(-2.0))


@probe("tf.__internal__.dispatch.GlobalOpDispatcher")
def dispatch():
    dispatcher = internals.GlobalOpDispatcher
    assert callable(dispatcher.register) and dispatcher.NOT_SUPPORTED is not None


@probe("function._tf_api_names", "function._tf_api_names_v1")
def api_names():
    assert internals.api_name(tf.linalg.matmul) == "linalg.matmul"
    assert internals.api_name(tf.compat.v1.global_variables) == "compat.v1.global_variables"
    assert internals.api_name(np.dot) is None


# Random numbers


@probe("context._rng", "context.clear_kernel_cache")
def operation_seeds():
    tf.random.set_seed(1)
    state = internals.operation_seeds()
    first = float(tf.random.uniform(()))
    internals.set_operation_seeds(state)
    assert float(tf.random.uniform(())) == first


# Distribution


@probe(
    "tf.__internal__.distribute.interim.maybe_merge_call",
    "tf.__internal__.distribute.strategy_supports_no_merge_call",
    "tf.__internal__.distribute.variable_sync_on_read_context",
)
def merging():
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    results = []

    def once(strategy):
        return tf.constant(2.0)

    def in_replica():
        assert isinstance(internals.needs_no_merge_call(), bool)
        with internals.sync_on_read():
            results.append(internals.maybe_merge_call(once, strategy))

    strategy.run(in_replica)
    assert [float(strategy.experimental_local_results(r)[0]) for r in results] == [2.0]


@probe("context.eager_mode")
def outside_strategies():
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    with strategy.scope():
        with internals.outside_strategies():
            assert tf.executing_eagerly() and not tf.distribute.has_strategy()
            assert not strategy.extended.variable_created_in_scope(tf.Variable(1.0))
        assert strategy.extended.variable_created_in_scope(tf.Variable(1.0))


@probe("DistributedDataset._strategy", "PerReplicaSpec._value_specs")
def distributed_datasets():
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    dataset = tf.data.Dataset.range(4).batch(2)
    distributed = strategy.experimental_distribute_dataset(dataset)
    assert internals.strategy_of(distributed) is strategy
    assert internals.strategy_of(dataset) is tf.distribute.get_strategy()
    spec = internals.first_replica_spec(distributed.element_spec)
    assert isinstance(spec, tf.TensorSpec) and spec.dtype == tf.int64


@probe(
    "PerWorkerDistributedIterator._values",
    "DistributedIterator._type_spec",
    "DistributedIteratorSpec._element_spec",
    "ParameterServerStrategyExtended._num_workers",
    "ParameterServerStrategyExtended._allow_run_without_coordinator",
    "ParameterServerStrategyExtended._variable_partitioner",
)
def parameter_servers():
    """A cluster needs processes of its own: tests/distribution runs the calls. Here the names."""
    from tensorflow.python.distribute import (
        input_lib,
        parameter_server_strategy_v2,
    )
    from tensorflow.python.distribute.coordinator import values

    extended = parameter_server_strategy_v2.ParameterServerStrategyV2Extended
    names = extended.__init__.__code__.co_names
    assert {"_num_workers", "_variable_partitioner", "_allow_run_without_coordinator"} <= set(names)
    assert "_values" in values.PerWorkerValues.__init__.__code__.co_names
    assert isinstance(input_lib.DistributedIterator._type_spec, property)
    names = input_lib.DistributedIteratorSpec.__init__.__code__.co_names
    parents = input_lib.DistributedIteratorSpec.__mro__
    assert "_element_spec" in {name for c in parents for name in _stored_names(c)} | set(names)


def _stored_names(cls):
    init = vars(cls).get("__init__")
    return init.__code__.co_names if hasattr(init, "__code__") else ()


# Optimizers of TensorFlow 1


@probe("v1.train.Optimizer._create_slots")
def slots_of_tensorflow_1():
    optimizer = tf.compat.v1.train.MomentumOptimizer(0.1, 0.9)
    assert internals.is_v1_optimizer(optimizer) and not internals.is_v1_optimizer(tf.Variable(1.0))
    variable = tf.Variable([1.0, 2.0])
    internals.create_slots(optimizer, [variable])
    assert optimizer.get_slot(variable, "momentum").shape == (2,)


@probe("Trackable._add_variable_with_custom_getter")
def own_getter():
    class Doubles(tf.Module):
        def _add_variable_with_custom_getter(self, name, getter, **kwargs):
            def twice(**inner):
                return 2.0 * getter(**inner)

            return super()._add_variable_with_custom_getter(name, getter=twice, **kwargs)

    assert internals.custom_getter(tf.Module()) is None
    create = internals.custom_getter(Doubles())
    assert create(name="x", getter=lambda name, **_: 3.0, overwrite=True) == 6.0
