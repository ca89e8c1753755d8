"""Names of temporary files and folders, which identify their owner: those of processes that were
killed can be removed.
"""

import os
import platform
import re
import secrets
import threading

HOST = re.sub(r"\W", "_", platform.node())[:32] or "host"


def temporary_name(name):
    """Return a new name under which this thread writes what will be called `name`.

    Nobody can guess it, and plant a link of that name.
    """
    unique = f"{threading.get_ident()}-{secrets.token_hex(4)}"
    return f".{name}.{HOST}-{os.getpid()}-{unique}.tmp"


def left_over(names, name):
    """Return those of `names` that are temporary names for `name` of processes on this computer
    that have ended.

    >>> names = [temporary_name("model.keras"), ".model.keras.elsewhere-1-1.tmp", "model.keras"]
    >>> left_over(names, "model.keras")
    []
    """
    ours = re.compile(rf"\.{re.escape(name)}\.{HOST}-(\d+)-\d+(-[0-9a-f]+)?\.tmp")
    return [
        entry
        for entry in names
        if (match := ours.fullmatch(entry)) and not _is_running(int(match[1]))
    ]


def _is_running(process):
    if os.name != "posix":
        return True  # asking would end the process there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True
