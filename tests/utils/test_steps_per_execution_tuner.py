"""StepsPerExecutionTuner: in which direction it changes the number of steps."""

import tensorflow as tf

import tfk


def test_goes_on_while_training_becomes_faster_and_turns_back_when_slower():
    steps = tf.Variable(4, dtype="int64")
    tuner = tfk.utils.StepsPerExecutionTuner(tfk.optimizers.SGD(), steps)
    tuner._begin_tuning()
    seen = []
    for speed in (100, 200, 205, 100, 150):
        tuner.rgsps = [speed]
        tuner._tune()
        seen.append(int(steps))
    assert seen == [6, 9, 9, 4, 2]


def test_runs_in_a_thread_until_it_is_stopped():
    steps = tf.Variable(4, dtype="int64")
    tuner = tfk.utils.StepsPerExecutionTuner(tfk.optimizers.SGD(), steps, interval=0.001)
    thread = tuner.start()
    assert tuner.start() is thread
    tuner.stop()
    thread.join(30)
    assert not thread.is_alive() and int(steps) == 4  # no step was made
    tuner.steps_per_execution = 8
    assert int(steps) == 8
