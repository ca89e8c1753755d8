"""Variables created under one name are those that `tf.Variable` makes, to everybody who asks for
their names.
"""

import contextlib

import tensorflow as tf

from tfk.utils.variables import new_variable


def both(scope, name):
    """The variable of tfk and that of TensorFlow."""
    made = []
    for create in (new_variable, tf.Variable):
        with tf.name_scope(scope) if scope else contextlib.nullcontext():
            made.append(create(tf.range(3.0), name=name, trainable=False))
    return made


def test_names_are_those_of_tensorflow():
    for scope, name in (
        (None, "kernel"),
        ("dense", "kernel"),
        ("model/dense/", "kernel"),
        (None, None),
    ):
        ours, theirs = both(scope, name)
        assert ours.name == theirs.name
        assert ours.handle.name == theirs.handle.name if hasattr(theirs.handle, "name") else True
        assert repr(ours) == repr(theirs)
        assert (ours.trainable, ours.dtype, ours.shape) == (
            theirs.trainable,
            theirs.dtype,
            theirs.shape,
        )


def test_traced_graphs_and_saved_models_know_the_name(tmp_path):
    ours, theirs = both("dense", "kernel")

    def graph(variable):
        return tf.function(lambda: variable * 2.0).get_concrete_function().graph.as_graph_def()

    assert [node.name for node in graph(ours).node] == [node.name for node in graph(theirs).node]
    module = tf.Module()
    module.kernel = ours
    tf.saved_model.save(module, str(tmp_path))
    assert tf.saved_model.load(str(tmp_path)).kernel.name == "dense/kernel:0"


def test_inside_functions_graphs_and_strategies():
    made = []

    @tf.function
    def once():
        if not made:
            with tf.init_scope():
                made.append(new_variable(tf.ones(2), "inside"))
        return made[0] + 1.0

    assert once().numpy().tolist() == [2.0, 2.0] and made[0].name == "inside:0"
    with tf.Graph().as_default():
        assert new_variable(1.0, "in_a_graph").name == "in_a_graph:0"
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        mirrored = new_variable(1.0, "mirrored")
    assert mirrored.name == "mirrored:0" and isinstance(mirrored, tf.distribute.DistributedValues)


def test_a_creator_of_the_user_makes_what_it_wants():
    class Boxed(tf.Module):
        def __init__(self, variable):
            super().__init__(name="boxed")
            self.variable = variable

    def creator(next_creator, **arguments):
        return Boxed(next_creator(**arguments))

    with tf.variable_creator_scope(creator):
        assert new_variable(1.0, "inner").variable.name == "inner:0"


def test_two_variables_of_one_name_hold_their_own_values():
    first, second = new_variable(1.0, "same"), new_variable(2.0, "same")
    first.assign_add(10.0)
    assert (first.numpy(), second.numpy()) == (11.0, 2.0)
    assert first.ref() != second.ref()
