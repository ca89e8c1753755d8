"""Timings of tfk against tf_keras and hand-written TensorFlow: `python -m benchmarks`."""
