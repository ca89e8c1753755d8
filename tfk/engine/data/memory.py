"""How much of the machine's memory training data may take as tensors."""

import contextlib
import os
import pathlib

try:
    import resource
except ImportError:  # Windows
    resource = None

RESIDENT_SHARE = 0.5  # of the memory that is free now
UNKNOWN_MEMORY = 4 * 2**30  # bytes assumed where the system does not tell


def available_bytes():
    """Memory that can be allocated without swapping."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            fields = dict(line.split(":", 1) for line in lines)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return UNKNOWN_MEMORY


def total_bytes():
    """Memory that this process can have at most: the machine's, or less by a limit."""
    limits = [UNKNOWN_MEMORY]
    with contextlib.suppress(AttributeError, OSError, ValueError):
        limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with contextlib.suppress(OSError, ValueError):  # "max" stands for no limit
        limits.append(int(pathlib.Path("/sys/fs/cgroup/memory.max").read_text()))
    if resource is not None:
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        limits += [limit] if limit != resource.RLIM_INFINITY else []
    return min(limits)


def resident_budget():
    """Bytes up to which arrays are copied into tensors as a whole; larger ones are streamed."""
    return int(available_bytes() * RESIDENT_SHARE)
