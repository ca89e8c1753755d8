"""What a source of batches gives to a loop."""

from tfk.engine.training.eager_loop import OneByOne
from tfk.utils.nest import map_tensors


class Collect(OneByOne):
    """Stands in for a loop and keeps what it is given."""

    fixed_size, mode, traces = False, "train", 0

    def __init__(self):
        self.batches = []

    def run_rows(self, rows, first, last):
        self.batches += [
            map_tensors(lambda t: t.numpy(), rows.batch(i)) for i in range(first, last)
        ]
        return last - first, {}

    def run_iterator(self, iterator, limit):
        got = [batch for _, batch in zip(range(limit), iterator)]
        self.batches += got
        return len(got), {}

    def run_batch(self, batch, spec):
        self.batches.append(map_tensors(lambda t: t.numpy(), batch))
        return {}


def batches(source, epoch=0, step=0, limit=5, seed=1):
    """What one epoch of a source gives."""
    loop = Collect()
    source.start(epoch, step, seed)
    while source.steps is None or step < source.steps:
        done, _ = source.run(
            loop, limit if source.steps is None else min(limit, source.steps - step)
        )
        if not done:
            break
        step += done
    source.end_epoch()
    return loop.batches
