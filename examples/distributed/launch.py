"""Starts several local processes that train together, as a cluster of machines would.

    python examples/distributed/launch.py --workers 2 examples/distributed/train.py --strategy
    multiworker python examples/distributed/launch.py --workers 2 --servers 1
    examples/distributed/train.py --strategy ps

Every process is told its place by the variable TF_CONFIG, which is also how real clusters are
described. The launcher waits for all of them, ends the others when one fails, and leaves with its
status. With parameter servers there is one more process, the chief; servers and workers do what it
asks for, and are ended when it is done.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time


def free_ports(count):
    """Port numbers that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def places(workers, servers=0):
    """What each process of a cluster is to be told, the chief first."""
    roles = {"chief": 1, "worker": workers, "ps": servers} if servers else {"worker": workers}
    ports = iter(free_ports(sum(roles.values())))
    cluster = {
        role: [f"127.0.0.1:{next(ports)}" for _ in range(count)] for role, count in roles.items()
    }
    return [
        {"cluster": cluster, "task": {"type": role, "index": index}}
        for role, count in roles.items()
        for index in range(count)
    ]


def start_at(place, command, **options):
    """Starts the process for one place of a cluster; `options` are those of `subprocess.Popen`."""
    return subprocess.Popen(command, env={**os.environ, "TF_CONFIG": json.dumps(place)}, **options)


def start(command, workers, servers=0, **options):
    """Starts the processes of a cluster, all with the same `command`, a list; returns them, the
    chief first.
    """
    return [start_at(place, command, **options) for place in places(workers, servers)]


def wait(processes, timeout=None, for_chief=False):
    """Waits for all processes; ends all when one fails or time is up. Returns the first bad status,
    else 0.

    Args:
        processes: What `start` returned.
        timeout: Seconds, after which the status is 124.
        for_chief: Wait for the first process alone.
    """
    end = None if timeout is None else time.monotonic() + timeout
    try:
        while True:
            states = [process.poll() for process in (processes[:1] if for_chief else processes)]
            bad = [state for state in states if state]
            if bad or all(state == 0 for state in states):
                return bad[0] if bad else 0
            if end is not None and time.monotonic() > end:
                return 124
            time.sleep(0.1)
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--servers", type=int, default=0, help="parameter servers")
    parser.add_argument("program", nargs=argparse.REMAINDER, help="a Python file and its arguments")
    arguments = parser.parse_args()
    if not arguments.program or arguments.workers < 1:
        parser.error("expected a program to run, and at least one worker")
    processes = start([sys.executable, *arguments.program], arguments.workers, arguments.servers)
    sys.exit(wait(processes, for_chief=arguments.servers > 0))


if __name__ == "__main__":
    main()
