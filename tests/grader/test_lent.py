"""Right answers that stand in for a learner's own, inside the seal."""

import nbformat

from authoring import paths
from grader.judging import Options, grade, opened
from grader.session import TimeLimits
from grader.submissions import Submission
from tests.end_to_end.course import replaced
from tests.grader.lessons import release

LESSON = "21_sentence_embeddings"
OPTIONS = Options(limits=TimeLimits(cell=10, notebook=120, patience=2))
NOT_DIVIDED = "def cosine_matrix(A, B):\n    return A @ B.mT\n"


def test_gradients_flow_through_a_function_that_is_lent(nursery):
    """A loss made of a wrong function of the learner's own is right."""
    nb = replaced(paths.solved_path(LESSON), {"cosine_matrix": NOT_DIVIDED})
    files = {f"{LESSON}.ipynb": nbformat.writes(nb).encode()}
    graded = grade(
        nursery,
        opened(Submission("learner", LESSON, files)),
        release(LESSON),
        1,
        OPTIONS,
    )
    assert graded.scores["cosine_matrix-check"] == 0
    assert graded.scores["search-check"] == 2
    assert graded.scores["info_nce-check"] == 3
