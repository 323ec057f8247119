"""Begin early with what takes longest: importing what the lanes need."""


def begin(lesson: str) -> None:
    """Start the process that lanes are forked from; it imports meanwhile.

    lesson: what is to be graded. Few lessons need PyTorch, which takes longer
    than all the rest.
    """
    # Here, as not every system has it, and reading the course's configuration
    # must work on all.
    import multiprocessing.forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preloaded(lesson))
    multiprocessing.forkserver.ensure_running()


def preloaded(lesson: str) -> list[str]:
    """The modules that grading a lesson needs."""
    from byhand import bank

    slug = lesson.partition("_")[2]
    needed = ["grader.lane", "scipy.special"]
    if slug in bank.slugs():
        needed.append(f"byhand.exercises.{slug}")
    return needed
