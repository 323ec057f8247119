"""Begin early with what takes longest: importing what the lanes need.

Once for all of them: lanes are forked from one process, and what learners hand
in runs in processes that are forked from another, the nursery. On a cluster,
each worker has a nursery of its own.
"""

from byhand import bank
from grader import sealed
from grader.cluster import Cluster, NoCluster

# The authority's certificate, ours, and its key; see Cluster.
Certificates = tuple[str, str, str]

_nursery: sealed.Nursery | None = None
_cluster: Cluster | NoCluster | None = None  # or why there is none


def begin(
    lesson: str, is_sealed: bool, scheduler: str, certificates: Certificates
) -> None:
    """Start what grading a lesson will need; it imports meanwhile.

    is_sealed: whether learners' code will be. scheduler: of a cluster, or ""
    for this machine.
    """
    if scheduler:
        _begin_there(lesson, is_sealed, scheduler, certificates)
    else:
        _begin_here(lesson, is_sealed)


def _begin_here(lesson: str, is_sealed: bool) -> None:
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
        _nursery = sealed.Nursery(is_sealed, torch=needs_torch(lesson))


def _begin_there(
    lesson: str, is_sealed: bool, scheduler: str, certificates: Certificates
) -> None:
    from grader import lane  # whose imports take a while

    global _cluster
    if _cluster:
        return
    try:
        _cluster = Cluster(scheduler, certificates)
        _cluster.everywhere(lane.prepare, lesson, is_sealed)
    except NoCluster as error:  # who asks for it is told
        _cluster = error


def nursery() -> sealed.Nursery | None:
    """What `begin` started, if the machine can."""
    return _nursery


def cluster(scheduler: str, certificates: Certificates) -> Cluster:
    """What `begin` connected to, or a new connection. NoCluster."""
    global _cluster
    made, _cluster = _cluster, None
    if isinstance(made, NoCluster):
        raise made
    return made or Cluster(scheduler, certificates)


def end() -> None:
    """End what `begin` started and nobody has taken."""
    global _nursery, _cluster
    if _nursery:
        _nursery.close()
    if isinstance(_cluster, Cluster):
        _cluster.shutdown()
    _nursery = _cluster = None


def preloaded(lesson: str) -> list[str]:
    """The modules that grading a lesson needs."""
    needed = ["grader.lane"]
    if (slug := _slug(lesson)) in bank.slugs():
        needed.append(f"byhand.exercises.{slug}")
    if needs_torch(lesson):
        # What the first backward() of a lane would import by itself.
        needed.append("torch.fx.experimental.symbolic_shapes")
    return needed


def needs_torch(lesson: str) -> bool:
    """Whether a lesson, such as 13_encoder, is judged with it."""
    slug = _slug(lesson)
    return slug in bank.slugs() and bank.needs_torch(slug)


def _slug(lesson: str) -> str:
    return lesson.partition("_")[2]
