"""Right answers stand in wherever an answer holds an earlier one."""

import types

import numpy as np
import pytest

from byhand import check
from byhand.check import CheckFailed
from byhand.held import places, replaced, scope_of
from grader.judging import Options, grade, opened
from tests.grader.lessons import release, solved, submission

# A wrong softmax, and answers to attention_weights that reach it.
WRONG = "def softmax(z, axis=-1):\n    return z * 0.5\n"
SCORES = "Q @ K.T / np.sqrt(K.shape[1])"
TAKES = "def attention_weights(Q, K):\n"
WAYS = {
    "by its name": f"{TAKES}    return softmax({SCORES})\n",
    "by another name": f"sm = softmax\n{TAKES}    return sm({SCORES})\n",
    "a helper": "def turn(z):\n    return softmax(z, axis=1)\n\n"
    f"{TAKES}    return turn({SCORES})\n",
    "a helper's helper": "def turn(z):\n    return softmax(z)\n\n"
    "def rows(z):\n    return turn(z)\n\n"
    f"{TAKES}    return rows({SCORES})\n",
    "a decorator": "import functools\n\ndef told(f):\n"
    "    @functools.wraps(f)\n    def inner(*a, **k):\n"
    "        return f(*a, **k)\n    return inner\n\n"
    f"@told\n{TAKES}    return softmax({SCORES})\n",
    "a decorator that normalises": "def rows(f):\n"
    "    return lambda Q, K: softmax(f(Q, K))\n\n"
    f"@rows\n{TAKES}    return {SCORES}\n",
    "a partial": "from functools import partial\n"
    f"rows = partial(softmax, axis=-1)\n\n{TAKES}    return rows({SCORES})\n",
    "a partial as the answer": "from functools import partial\n\n"
    f"def weights(turn, Q, K):\n    return turn({SCORES})\n\n"
    "attention_weights = partial(weights, softmax)\n",
    "a callable object": "class Weights:\n    def __call__(self, Q, K):\n"
    f"        return softmax({SCORES})\n\nattention_weights = Weights()\n",
    "an object's attribute": "class Weights:\n    def __init__(self, turn):\n"
    "        self.turn = turn\n    def __call__(self, Q, K):\n"
    f"        return self.turn({SCORES})\n\n"
    "attention_weights = Weights(softmax)\n",
    "a class's attribute": "class Weights:\n    turn = staticmethod(softmax)\n"
    f"    def of(self, Q, K):\n        return self.turn({SCORES})\n\n"
    "attention_weights = Weights().of\n",
    "a default": "def attention_weights(Q, K, turn=softmax):\n"
    f"    return turn({SCORES})\n",
    "a default by name": "def attention_weights(Q, K, *, turn=softmax):\n"
    f"    return turn({SCORES})\n",
    "a table": "TURNS = {'soft': [softmax]}\n\n"
    f"{TAKES}    return TURNS['soft'][0]({SCORES})\n",
    "a pair": "TURNS = (softmax, np.exp)\n\n"
    f"{TAKES}    return TURNS[0]({SCORES})\n",
    "a closure": "def made(turn):\n    def weights(Q, K):\n"
    f"        return turn({SCORES})\n    return weights\n\n"
    "attention_weights = made(softmax)\n",
    "a cache": "from functools import lru_cache\n\n@lru_cache\n"
    "def turner():\n    return lambda z: softmax(z)\n\n"
    f"{TAKES}    return turner()({SCORES})\n",
    "vectorize": "turn = np.vectorize(softmax, signature='(n)->(n)')\n\n"
    f"{TAKES}    return turn({SCORES})\n",
    "no_grad": "import torch\n\n@torch.no_grad()\n"
    f"{TAKES}    return softmax({SCORES})\n",
}


def notebook(source):
    """A module as a learner's notebook is one, with some cells run."""
    scope = types.ModuleType("__main__").__dict__
    scope["np"] = np
    exec(compile(WRONG + "\n" + source, "a cell", "exec"), scope)
    return scope


@pytest.mark.parametrize("way", WAYS)
def test_in_practice(way, capsys):
    scope = notebook(WAYS[way])
    check("self_attention.attention_weights", scope["attention_weights"])
    assert "checked with a right one" in capsys.readouterr().out
    with pytest.raises(CheckFailed):  # their own stands again
        check("self_attention.softmax", scope["softmax"])
    assert scope["attention_weights"](np.eye(2), np.eye(2))[0, 0] < 0.4


@pytest.mark.parametrize("way", WAYS)
def test_graded(nursery, way):
    nb = solved(softmax=WRONG, attention_weights=WAYS[way])
    came = grade(nursery, opened(submission(nb)), release(), 1, Options())
    assert came.scores["softmax-check"] == 0
    assert came.scores["attention_weights-check"] == 2, came.findings
    assert came.scores["self_attention-check"] == 3


# --- what has no exercise here ---------------------------------------------

CLASSES = """
class Earlier:
    def forward(self):
        return "wrong"

class Later(Earlier):
    pass

class Holding:
    kind = Earlier

    def forward(self):
        return self.kind().forward()
"""


class Right:
    def forward(self):
        return "right"


@pytest.mark.parametrize("name", ["Later", "Holding"])
def test_a_class(name):
    scope = notebook(CLASSES)
    held = places(scope[name], scope, ["Earlier"])
    with replaced(held, {"Earlier": Right}):
        assert scope[name]().forward() == "right"
    assert scope[name]().forward() == "wrong"


def test_several_in_one_tuple():
    scope = notebook(
        "def one(): return 1\ndef two(): return 2\n"
        "def both(those=(one, two)): return [f() for f in those]\n"
    )
    held = places(scope["both"], scope, ["one", "two"])
    with replaced(held, {"one": lambda: "a", "two": lambda: "b"}):
        assert scope["both"]() == ["a", "b"]
    assert scope["both"]() == [1, 2]


def test_a_missing_name_is_missing_afterwards():
    scope = notebook("def later(): return gone()")
    held = places(scope["later"], scope, ["gone"])
    with replaced(held, {"gone": lambda: 1}) as mine:
        assert scope["later"]() == 1
        assert mine == {"gone": None}
    assert "gone" not in scope


def test_an_earlier_answer_is_not_looked_into():
    scope = notebook(
        "def one(): return 1\ndef two(): return one()\n"
        "def three(): return two()\n"
    )
    held = places(scope["three"], scope, ["one", "two"])
    assert [place.name for place in held] == ["two"]


def test_what_goes_on_for_ever_is_looked_at_for_a_while():
    scope = notebook(
        "endless = []\nfor _ in range(20_000):\n    endless = [endless]\n"
        "def later(): return endless\n"
    )
    assert places(scope["later"], scope, ["softmax"]) == []


def test_a_library_is_nobodys_notebook():
    assert scope_of(np.mean) == {}
