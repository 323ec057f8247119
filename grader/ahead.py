"""Begin early with what takes longest: importing what the lanes need."""


def begin() -> None:
    """Start the process that lanes are forked from; it imports meanwhile."""
    # Here, as not every system has it, and reading the course's configuration
    # must work on all.
    import multiprocessing.forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grader.lane", "scipy.special", "torch"])
    multiprocessing.forkserver.ensure_running()
