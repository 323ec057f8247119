"""Begin early with what takes longest: importing what the lanes need.

Once for all of them: lanes are forked from one process, and what learners hand
in runs in processes that are forked from another, the nursery.
"""

from byhand import bank
from grader import sealed

_nursery: sealed.Nursery | None = None


def begin(lesson: str, is_sealed: bool) -> None:
    """Start both; they import meanwhile.

    lesson: what is to be graded. Few lessons need PyTorch, which takes longer
    than all the rest. is_sealed: whether learners' code will be.
    """
    # Here, as not every system has it, and reading the course's configuration
    # must work on all.
    import multiprocessing.forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preloaded(lesson))
    multiprocessing.forkserver.ensure_running()
    global _nursery
    if _nursery and (_nursery.sealed != is_sealed or not _nursery.alive()):
        end()
    if not (_nursery or (is_sealed and sealed.what_is_missing())):
        _nursery = sealed.Nursery(is_sealed, torch=_needs_torch(lesson))


def nursery() -> sealed.Nursery | None:
    """What `begin` started, if the machine can."""
    return _nursery


def end() -> None:
    """End the nursery that `begin` started."""
    global _nursery
    if _nursery:
        _nursery.close()
    _nursery = None


def preloaded(lesson: str) -> list[str]:
    """The modules that grading a lesson needs."""
    needed = ["grader.lane"]
    if (slug := _slug(lesson)) in bank.slugs():
        needed.append(f"byhand.exercises.{slug}")
    if _needs_torch(lesson):
        # What the first backward() of a lane would import by itself.
        needed.append("torch.fx.experimental.symbolic_shapes")
    return needed


def _needs_torch(lesson: str) -> bool:
    slug = _slug(lesson)
    return slug in bank.slugs() and bank.needs_torch(slug)


def _slug(lesson: str) -> str:
    return lesson.partition("_")[2]
