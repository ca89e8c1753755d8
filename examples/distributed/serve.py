"""What workers and servers of a cluster with parameter servers run: they do what the chief asks
for.
"""

import os
import sys
import time

import tensorflow as tf


def serve(resolver):
    """Works for the chief, and ends with the process that has started this one.

    Args:
        resolver: A `TFConfigClusterResolver` of a worker or a server.
    """
    server = tf.distribute.Server(
        resolver.cluster_spec(),
        job_name=resolver.task_type,
        task_index=resolver.task_id,
        protocol="grpc",
    )
    launcher = os.getppid()
    while server and os.getppid() == launcher:
        time.sleep(1)
    sys.exit()
