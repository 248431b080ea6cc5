"""A process that ends when the one that started it does, however that ended."""

from __future__ import annotations

import os
import sys
import threading

from clientele.errors import UnavailableError


def end_with_the_caller() -> None:
    """End this process when its standard input closes: whoever asked for its work is gone.

    The caller holds the other end of a pipe open; the system closes it, whatever the caller dies of.
    """
    caller = os.dup(sys.stdin.fileno())
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)

    def watch() -> None:
        while os.read(caller, 1):
            pass
        os._exit(UnavailableError.exit_code)

    threading.Thread(target=watch, daemon=True).start()
