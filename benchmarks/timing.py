"""Timing several contestants fairly: in turns, by medians."""

import statistics
import time


class Timed:
    """Seconds of several runs of one thing: wall clock, and CPU of all threads."""

    def __init__(self):
        self.wall, self.cpu = [], []

    def run(self, function):
        """Runs and times `function()`."""
        wall, cpu = time.perf_counter(), time.process_time()
        function()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)

    @property
    def median(self):
        """Medians `(wall, cpu)`."""
        return statistics.median(self.wall), statistics.median(self.cpu)


def in_turns(contestants, rounds):
    """Runs every contestant once per round, in alternating order; returns a dict of `Timed`.

    Args:
        contestants: Dict from name to function without arguments, called once before to warm up.
        rounds: How often each is timed.
    """
    results = {name: Timed() for name in contestants}
    for function in contestants.values():
        function()
    for number in range(rounds):
        names = list(contestants) if number % 2 == 0 else list(contestants)[::-1]
        for name in names:
            results[name].run(contestants[name])
    return results
