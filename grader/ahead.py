"""Begin early with what takes longest: importing what the lanes need."""

import multiprocessing
import multiprocessing.forkserver


def begin() -> None:
    """Start the process that lanes are forked from; it imports meanwhile."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grader.lane", "scipy.special", "torch"])
    multiprocessing.forkserver.ensure_running()
