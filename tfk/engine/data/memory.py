"""Memory budget for keeping training data resident."""

import contextlib
import os
import pathlib

try:
    import resource
except ImportError:  # Windows
    resource = None

RESIDENT_SHARE = 0.5  # of the memory that is free now
UNKNOWN_MEMORY = 4 * 2**30  # bytes assumed if the system does not report them


def available_bytes():
    """Return the memory that can be allocated without swapping."""
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
    """Return the memory limit of this process: that of the machine, or a lower limit."""
    limits = [UNKNOWN_MEMORY]
    with contextlib.suppress(AttributeError, OSError, ValueError):
        limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with contextlib.suppress(OSError, ValueError):  # "max" means no limit
        limits.append(int(pathlib.Path("/sys/fs/cgroup/memory.max").read_text()))
    if resource is not None:
        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        limits += [limit] if limit != resource.RLIM_INFINITY else []
    return min(limits)


def resident_budget():
    """Return the number of bytes up to which arrays are copied to tensors; larger ones are
    streamed.
    """
    return int(available_bytes() * RESIDENT_SHARE)
