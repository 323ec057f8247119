"""A verdict is reached outside, whatever happens inside."""

import dataclasses
from functools import partial

import nbformat
import numpy as np
import pytest
import torch

from authoring import paths
from byhand.attempt import attempt
from byhand.bank import find
from byhand.check_cell import CheckCell
from byhand.exercise import Case
from byhand.ways import modules, repeating
from grader import judging, session
from grader.judging import Options, grade, opened
from grader.session import Session, TimeLimits
from grader.submissions import Submission, grade_id, imports
from tests.end_to_end.course import replaced
from tests.grader.lessons import empty, release, solved, submission

SHORT = Options(limits=TimeLimits(cell=2, notebook=30, patience=1))
ALL = {
    "dot_product_scores-check": 1,
    "softmax-check": 2,
    "attention_weights-check": 2,
    "weighted_values-check": 1,
    "self_attention-check": 3,
}


@pytest.fixture
def graded(nursery):
    def graded(nb, seed=1, options=SHORT, **files):
        return grade(
            nursery,
            opened(submission(nb, **files)),
            release(),
            seed,
            options,
        )

    return graded


def marks(graded):
    return {name: graded.scores[name] for name in ALL}


def wrong(*names):
    return {
        n: 0 if n.partition("-")[0] in names else p for n, p in ALL.items()
    }


def said(graded, name):
    return next(
        f["message"] for f in graded.findings if f["cell"] == f"{name}-check"
    )


def test_everything_and_nothing(graded):
    right, nothing = graded(solved()), graded(empty())
    assert marks(right) == ALL
    assert right.scores["why-rows"] is None
    assert set(right.comments.values()) == {None}
    assert marks(nothing) == dict.fromkeys(ALL, 0)
    assert nothing.scores["why-rows"] == 0
    assert set(nothing.comments.values()) == {"No response."}
    assert "not written yet" in said(nothing, "softmax")


def test_the_same_seed_gives_the_same_verdict(graded):
    nb = solved(softmax="def softmax(z, axis=-1):\n    return z * 0.5\n")
    one, again, other = graded(nb, 7), graded(nb, 7), graded(nb, 8)
    assert said(one, "softmax") == said(again, "softmax")
    assert said(one, "softmax") != said(other, "softmax")


def test_the_inputs_are_more_than_a_learner_sees_and_none_of_those():
    exercise = find("self_attention.softmax")
    seeds = judging.seeds_of(exercise.id, 1)
    assert len(set(seeds)) == 2 and 0 not in seeds
    assert set(seeds).isdisjoint(
        judging.seeds_of("self_attention.attention_weights", 1)
    )


def test_a_misconception_is_named(graded):
    came = graded(
        solved(
            attention_weights="def attention_weights(Q, K):\n"
            "    return softmax(dot_product_scores(Q, K))\n"
        )
    )
    assert marks(came) == wrong("attention_weights")
    assert "without the division by √d_k" in said(came, "attention_weights")
    finding = next(f for f in came.findings if f["message"])
    assert finding["misconception"] == "not scaled"


def test_a_wrong_answer_costs_its_own_points_only(graded):
    came = graded(solved(softmax="def softmax(z, axis=-1):\n    return z\n"))
    assert marks(came) == wrong("softmax")


def test_what_one_does_to_its_inputs_is_no_others_loss(graded):
    """In one run they are the same inputs."""
    spoilt = "    z[...] = 7\n    return z\n"
    spoiler = solved(softmax=f"def softmax(z, axis=-1):\n{spoilt}")
    assert marks(graded(spoiler, 5)) == wrong("softmax")
    assert marks(graded(solved(), 5)) == ALL
    assert marks(graded(spoiler, 5)) == wrong("softmax")


def test_a_right_function_takes_a_tensor_too(graded):
    came = graded(
        solved(
            softmax="def softmax(z, axis=-1):\n    return z\n",
            attention_weights="import torch\n\n"
            "def attention_weights(Q, K):\n"
            "    scores = torch.as_tensor(Q @ K.T / K.shape[1] ** 0.5)\n"
            "    return softmax(scores, axis=-1)\n",
        )
    )
    assert marks(came) == wrong("softmax")


@pytest.mark.parametrize(
    "end",
    ["import os; os._exit(0)", "import sys; sys.exit(0)", "exit()", "1 / 0"],
)
def test_a_cell_that_ends_costs_what_it_spoiled(graded, end):
    came = graded(solved(weighted_values=end))
    assert marks(came) == wrong("weighted_values")


def test_an_answer_that_ends_its_process(graded):
    came = graded(
        solved(
            weighted_values="import os\n\n"
            "def weighted_values(weights, V):\n    os._exit(0)\n"
        )
    )
    assert marks(came) == wrong("weighted_values")
    assert "the process ended" in said(came, "weighted_values")
    assert came.stopped


def test_a_cell_that_swallows_interrupts_is_ended(graded):
    swallow = (
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass\n"
    )
    came = graded(solved(weighted_values=swallow))
    assert marks(came) == wrong("weighted_values")
    assert came.seconds < 15


def test_a_cell_that_is_interrupted_keeps_what_it_had_defined(graded):
    loop = (
        "def weighted_values(weights, V):\n    return weights @ V\n\n"
        "while True:\n    pass\n"
    )
    came = graded(solved(weighted_values=loop))
    assert marks(came) == ALL
    assert "stopped after 2 s" in came.stopped[0]


def test_an_answer_that_never_returns(graded, monkeypatch):
    monkeypatch.setattr(session, "TIME_LIMIT", 1.0)
    came = graded(
        solved(
            weighted_values="def weighted_values(weights, V):\n"
            "    while True:\n        pass\n"
        )
    )
    assert marks(came) == wrong("weighted_values")
    assert "did not return within" in said(came, "weighted_values")


@pytest.fixture
def begun(nursery):
    """Begin calls of a function `f(x)` of this source, one for each x."""
    made = Session(nursery, {}, SHORT.limits)

    def begun(source, *inputs, noticed=0):
        made.run(source)
        answer = session.Answer(made, "f", find("self_attention.softmax"))
        answer.ahead("", [(x,) for x in inputs], noticed)
        return made, answer

    yield begun
    made.close()


def outcomes(answer, *inputs):
    return [attempt(partial(answer, x), {}, watched=False) for x in inputs]


def test_calls_go_ahead_and_each_finds_its_result(begun):
    made, answer = begun("def f(x):\n    print(x)\n    return 2 * x", 1, 2, 3)
    assert made.coming == 3
    came = outcomes(answer, 1, 2, 3, 4)
    assert [(o.value, o.printed) for o in came] == [
        *((2, "1"), (4, "2"), (6, "3"), (8, "4"))
    ]


def test_library_calls_are_looked_out_for_where_that_is_asked(begun):
    source = "import sys\ndef f(x):\n    return sys.getprofile() is not None"
    _, answer = begun(source, 1, 2, noticed=1)
    assert [o.value for o in outcomes(answer, 1, 2)] == [True, False]
    alone = [
        attempt(partial(answer, 3), {}, not_by=names, watched=False)
        for names in ((), None)
    ]
    assert [o.value for o in alone] == [True, False]


def test_after_one_that_never_returns_the_rest_are_not_tried(
    begun, monkeypatch
):
    monkeypatch.setattr(session, "TIME_LIMIT", 1.0)
    source = (
        "called = []\ndef f(x):\n    called.append(x)\n"
        "    while x == 2:\n        pass\n    return x"
    )
    made, answer = begun(source, 1, 2, 3, 4)
    assert [o.timed_out for o in outcomes(answer, 1, 2)] == [False, True]
    (shown,) = made.run("print(called)")
    assert shown.text == "[1, 2]\n"


def test_one_that_ends_its_process_ends_what_was_to_come(begun):
    source = "import os\ndef f(x):\n    return x if x < 2 else os._exit(0)"
    made, answer = begun(source, 1, 2, 3)
    one, two, three = outcomes(answer, 1, 2, 3)
    assert one.value == 1
    for ended in (two, three):
        assert type(ended.error).__name__ == "ProcessEnded"
    assert made.request("defined", 5, name="f") is True  # in another process


def test_replies_that_nobody_asks_for_are_no_answers_to_others(begun):
    made, answer = begun("def f(x):\n    return 2 * x", 1, 2, 3)
    assert outcomes(answer, 1)[0].value == 2
    other = session.Answer(made, "f", answer.exercise)
    assert outcomes(other, 10)[0].value == 20


def test_nothing_goes_ahead_that_may_ask_for_us(begun):
    made, answer = begun("def f(x):\n    return x(1)", abs, abs)
    assert made.coming == 0
    assert outcomes(answer, abs)[0].value == 1


def test_one_process_lends_the_functions_of_all_calls_to_come(begun):
    one, two = partial(pow, 2), partial(pow, 3)
    made, answer = begun("def f(x):\n    return x(2)", one, two)
    first = outcomes(answer, one)[0].value, made.worker.lender
    again = outcomes(answer, two)[0].value, made.worker.lender
    assert (first[0], again[0]) == (4, 9)
    assert first[1] is again[1]


def test_an_interrupt_is_the_persons_here_and_the_answers_there(begun):
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempt(interrupted, {}, watched=False)
    _, answer = begun("def f(x):\n    raise KeyboardInterrupt", 1)
    (came,) = outcomes(answer, 1)
    assert type(came.error).__name__ == "KeyboardInterrupt"
    assert isinstance(came.error, Exception)


def test_a_notebook_has_a_limit_of_its_own(graded):
    nb = solved(softmax="import time\ntime.sleep(60)")
    limits = TimeLimits(cell=60, notebook=2, patience=1)
    came = graded(nb, options=dataclasses.replace(SHORT, limits=limits))
    assert came.seconds < 10
    assert came.scores["dot_product_scores-check"] == 1
    assert came.scores["self_attention-check"] == 0
    assert "all that it may" in said(came, "self_attention")


def test_what_a_cell_shows_decides_nothing(graded):
    nb = empty()
    lines = [f"print('{name}: right, in all cases.')" for name in ALL]
    nb.cells[1].source = "\n".join(lines)
    assert marks(graded(nb)) == dict.fromkeys(ALL, 0)


SCIPY = (
    "from scipy.special import softmax as theirs\n\n"
    "def softmax(z, axis=-1):\n    return theirs(z, axis=axis)\n"
)


@pytest.mark.parametrize(
    "source",
    [
        SCIPY,
        "import torch\n\ndef softmax(z, axis=-1):\n"
        "    return torch.as_tensor(z).softmax(axis)\n",
        "import torch\nfrom functools import partial\n\n"
        "def softmax(z, axis=-1):\n"
        "    turn = partial(torch.softmax, dim=axis)\n"
        "    return list(map(turn, [torch.as_tensor(z)]))[0]\n",
        "import torch\n\ndef softmax(z, axis=-1):\n"
        "    return torch.nn.Softmax(dim=axis)(torch.as_tensor(z))\n",
    ],
)
def test_by_hand_means_by_hand(graded, source):
    came = graded(solved(softmax=source))
    assert marks(came) == wrong("softmax")
    assert "By hand means by hand" in said(came, "softmax")
    allowed = dataclasses.replace(SHORT, by_hand=False)
    assert marks(graded(solved(softmax=source), options=allowed)) == ALL


def test_another_exercise_may_use_the_library(graded):
    nb = solved(
        attention_weights=SCIPY.split("\n")[0]
        + "\n\ndef attention_weights(Q, K):\n"
        "    return theirs(Q @ K.T / np.sqrt(K.shape[1]), axis=-1)\n"
    )
    assert marks(graded(nb)) == ALL


def test_a_learners_own_files_are_there(graded):
    nb = solved(softmax="from mine import softmax")
    mine = (
        b"import numpy as np\n\ndef softmax(z, axis=-1):\n"
        b"    e = np.exp(z - z.max(axis=axis, keepdims=True))\n"
        b"    return e / e.sum(axis=axis, keepdims=True)\n"
    )
    assert marks(graded(nb, **{"mine.py": mine})) == ALL


def test_demonstrations_are_not_run_and_edited_ones_are(graded):
    nb = solved()
    place = next(
        i
        for i, c in enumerate(nb.cells)
        if c.source in release().demonstrations
    )
    came = graded(nb)
    assert "1.0731" not in came.notebook  # an output of a demonstration
    nb.cells[place].source = "print('I was ' + 'here')"
    assert "I was here" in graded(nb).notebook


def test_what_demonstrations_import_is_there(nursery):
    """In lesson 10 PyTorch is imported by a demonstration alone."""
    lesson = "10_multi_head"
    nb = replaced(
        paths.solved_path(lesson),
        {
            "merge_heads": "def merge_heads(heads):\n"
            "    joined = torch.as_tensor(heads).transpose(-3, -2)\n"
            "    return joined.flatten(-2)\n"
        },
    )
    files = {f"{lesson}.ipynb": nbformat.writes(nb).encode()}
    handed_in = Submission("learner", lesson, files)
    came = grade(nursery, opened(handed_in), release(lesson), 1, SHORT)
    assert came.scores["merge_heads-check"] == 1, came.findings


def test_an_import_does_not_take_a_learners_names_place(nursery):
    mine = "torch = 'mine'"
    session = Session(
        nursery,
        {},
        SHORT.limits,
        imports(frozenset(["import torch.nn, torch as t"])),
    )
    assert session.run(mine) == session.run("assert torch == 'mine'") == []
    assert session.run("assert t.nn.Linear") == []
    session.close()


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (["import a.b"], {"a": "import a.b"}),
        (
            ["from a import b as c, d"],
            {"c": "from a import b as c", "d": "from a import d"},
        ),
        (["import a", "import a.b"], {"a": "import a; import a.b"}),
        (
            ["if a():\n    import b\nelse:\n    from c import d"],
            {"b": "import b", "d": "from c import d"},
        ),
        (["def f():\n    import a", "%magic\nimport a", "x = 1"], {}),
    ],
)
def test_imports_are_read(sources, found):
    assert imports(frozenset(sources)) == found


def test_an_unreadable_notebook_is_graded_and_says_why(graded):
    came = graded(b"{")
    assert marks(came) == dict.fromkeys(ALL, 0)
    assert "cannot be read as a notebook" in came.problem
    assert "cannot be read as a notebook" in came.notebook


def test_a_notebook_of_something_else_says_so_and_is_shown(graded):
    nb = nbformat.v4.new_notebook()
    nb.cells.append(nbformat.v4.new_markdown_cell("Mine."))
    came = graded(nb)
    assert marks(came) == dict.fromkeys(ALL, 0)
    assert "has no cell of this lesson" in came.problem
    assert "\n" not in came.problem
    assert "Mine." in came.notebook
    assert came.scores["why-rows"] is None  # it may be what they wrote


@pytest.mark.parametrize("content", [b"", b"{", b'{"cells": []}', None])
def test_words_that_cannot_be_read_wait_for_a_person(nursery, content):
    """What was written may be in there: a 0 would look final."""
    lesson = release().lesson
    files = {} if content is None else {f"{lesson}.ipynb": content}
    handed_in = Submission("ann", lesson, files)
    came = grade(nursery, opened(handed_in), release(), 1, Options())
    assert came.problem
    assert came.scores["why-rows"] is None
    assert {s for n, s in came.scores.items() if n != "why-rows"} == {0}


@pytest.mark.parametrize("kept", [True, False])
def test_written_words_are_never_lost(graded, kept):
    """Their cell's metadata is lost, or a copy of the stub stands below."""
    nb = solved()
    cell = next(c for c in nb.cells if grade_id(c) == "why-rows")
    if kept:
        copy = nbformat.from_dict(cell)
        copy.source, copy.id = release().cell("why-rows").source, "copy"
        nb.cells.insert(nb.cells.index(cell) + 1, copy)
    else:
        cell.metadata, cell.id = nbformat.from_dict({}), "x"
    came = graded(nb)
    assert came.scores["why-rows"] is None
    assert came.comments["why-rows"] is None


def test_answers_whose_metadata_is_lost_keep_their_marks(graded):
    nb = solved()
    for cell in nb.cells:
        if grade_id(cell) in ("softmax", "softmax-check"):
            cell.metadata = nbformat.from_dict({})
    assert marks(graded(nb)) == ALL


# --- more than functions of arrays -----------------------------------------

LINEAR = """
import torch

class answer(torch.nn.Module):
    def __init__(self, d_in, d_out):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(d_out, d_in))
        self.bias = torch.nn.Parameter(torch.zeros(d_out))

    def forward(self, x):
        return x @ self.weight.mT + self.bias
"""
MEAN = """
class answer:
    def __init__(self, start):
        self.total, self.seen = start, 0

    def add(self, number):
        self.total += number
        self.seen += 1

    def __call__(self):
        return self.total / self.seen
"""


def linear_inputs(rng):
    return {
        "settings": {"d_in": 3, "d_out": 2},
        "weights": {
            "weight": rng.standard_normal((2, 3)),
            "bias": rng.standard_normal(2),
        },
        "inputs": [rng.standard_normal((4, 3))],
        "along": rng.standard_normal((4, 2)),
    }


def mean_inputs(rng):
    one, two = rng.standard_normal(2).tolist()
    steps = [("add", [one]), ("__call__", []), ("add", [two])]
    return {"settings": {"start": 0.0}, "steps": [*steps, ("__call__", [])]}


class RunningMean:
    def __init__(self, start):
        self.numbers = [start]

    def add(self, number):
        self.numbers.append(number)
        return 0.0

    def __call__(self):
        return np.sum(self.numbers) / (len(self.numbers) - 1)


def made_up(reference, inputs, call, returns):
    return dataclasses.replace(
        find("self_attention.dot_product_scores"),
        reference=reference,
        cases=(Case("one", inputs),),
        misconceptions=(),
        returns=returns,
        facts=(),
        way=call,
    )


@pytest.mark.parametrize(
    ("source", "exercise"),
    [
        (
            LINEAR,
            made_up(
                lambda d_in, d_out: torch.nn.Linear(d_in, d_out),
                linear_inputs,
                modules.alone,
                ("output", "of_inputs", "of_weights"),
            ),
        ),
        (
            MEAN.replace("self.seen += 1", "self.seen += 1; return 0"),
            made_up(
                RunningMean, mean_inputs, repeating.stateful, tuple("abcd")
            ),
        ),
    ],
)
def test_modules_and_things_that_remember(
    nursery, monkeypatch, source, exercise
):
    monkeypatch.setattr(judging, "find", lambda _: exercise)
    asked = CheckCell(exercise.id, "answer", None)
    for text, right in (
        (source, True),
        (source.replace("+ self.bias", "- self.bias"), "bias" not in source),
        (source.replace("total /", "total *"), "total" not in source),
    ):
        session = Session(nursery, {}, SHORT.limits)
        assert session.run(text) == []
        wrong, _, line = judging.judged(session, asked, 1, SHORT)
        assert bool(line) == right, wrong
        session.close()


def test_the_same_mistake_that_nobody_foresaw_is_known_by_what_it_does(graded):
    def does(seed, code):
        came = graded(
            solved(softmax=f"def softmax(z, axis=-1):\n{code}"), seed
        )
        return next(f["behaviour"] for f in came.findings if f["message"])

    one = does(1, "    return z * 0.375\n")
    assert one
    assert does(2, "    z = z / 8\n    return 3 * z\n") == one
    assert does(2, "    return z * 0.4\n") != one
    overflows = (
        "    e = np.exp(z)\n    return e / e.sum(axis, keepdims=True)\n"
    )
    assert does(1, overflows) == ""  # it is known by its name
