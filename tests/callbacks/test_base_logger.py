"""BaseLogger: means over an epoch."""

import tf_keras

import tfk


def test_means_equal_those_of_keras():
    results = []
    for keras in (tfk, tf_keras):
        logger = keras.callbacks.BaseLogger(stateful_metrics=["last"])
        logger.set_params({"metrics": ["loss", "last", "absent"]})
        for epoch in range(2):
            logs = {}
            logger.on_epoch_begin(epoch)
            logger.on_batch_end(0, {"size": 3, "loss": 1.0, "last": 7.0})
            logger.on_batch_end(1, {"size": 1, "loss": 5.0 + epoch, "last": 8.0})
            logger.on_epoch_end(epoch, logs)
            results.append(logs)
    assert results[:2] == results[2:] == [{"loss": 2.0, "last": 8.0}, {"loss": 2.25, "last": 8.0}]
