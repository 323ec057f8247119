"""What a learner sees in a notebook, from the first cell on.

In a real kernel, since what IPython does with an error is the point.
"""

import ast
import shutil
import uuid

import pytest
from jupyter_client.manager import start_new_kernel

from authoring import paths

IMPORT = "from byhand import check"
STUB = """def softmax(z, axis=-1):
    # YOUR CODE HERE
    raise NotImplementedError()"""
RIGHT = """
import numpy as np
def softmax(z, axis=-1):
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
"""
CHECK = 'check("self_attention.softmax", softmax)'


class Kernel:
    def __init__(self):
        self.manager, self.client = start_new_kernel(kernel_name="python3")

    def run(self, source, person=False):
        """Run a cell. Returns its status, what it printed, and the rest."""
        content = {"code": source, "silent": False, "store_history": True}
        content |= {"user_expressions": {}, "allow_stdin": False}
        content["stop_on_error"] = True
        metadata = {"cellId": uuid.uuid4().hex} if person else {}
        sent = self.client.session.msg(
            "execute_request", content, metadata=metadata
        )
        self.client.shell_channel.send(sent)
        printed, others = "", []
        while True:
            came = self.client.get_iopub_msg(timeout=60)
            if came["parent_header"].get("msg_id") != sent["header"]["msg_id"]:
                continue
            kind, told = came["msg_type"], came["content"]
            if kind == "status" and told["execution_state"] == "idle":
                break
            if kind == "stream":
                printed += told["text"]
            elif kind != "status":
                others.append((kind, told))
        while True:
            reply = self.client.get_shell_msg(timeout=60)
            if reply["parent_header"]["msg_id"] == sent["header"]["msg_id"]:
                return reply["content"]["status"], printed, others

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def started():
    kernel = Kernel()
    yield kernel
    kernel.close()


@pytest.fixture
def kernel(started):
    started.run("%reset -f")
    assert started.run(IMPORT)[0] == "ok"
    return started


@pytest.fixture
def notes_of(kernel):
    """What the kernel's checks have noted, none so far."""
    kernel.run("from byhand import notes\nnotes.file().unlink(True)")
    return lambda: ast.literal_eval(kernel.run("print(notes.read())")[1])


def shown(others):
    return {kind for kind, _ in others} - {"execute_input"}


def errors(others):
    return [told for kind, told in others if kind == "error"]


def test_a_demonstration_of_what_is_not_written_waits_in_a_sentence(kernel):
    kernel.run(STUB)
    status, printed, others = kernel.run("w = softmax([1.0])\nw")
    assert status == "ok"
    assert printed.startswith("`softmax` is not written yet: the exercise ab")
    assert len(printed.splitlines()) == 1
    assert shown(others) == set()


def test_so_does_a_cell_that_needs_what_it_would_have_defined(kernel):
    kernel.run(STUB)
    kernel.run("w = softmax([1.0])\nv = w")
    status, printed, others = kernel.run("u = v + 1")
    assert (status, shown(others)) == ("ok", set())
    assert "This cell needs `v` from a cell above" in printed
    assert "This cell needs `u`" in kernel.run("u")[1]
    kernel.run(RIGHT)
    kernel.run("w = softmax([1.0])\nv = w")
    assert kernel.run("u = v + 1\nprint(u)")[:2] == ("ok", "[2.]\n")


def test_a_method_that_is_not_written_is_its_classs(kernel):
    stub = "def __mul__(self, x):\n        raise NotImplementedError()"
    kernel.run(f"class Value:\n    {stub}")
    assert "`Value` is not written yet" in kernel.run("Value() * 2")[1]


@pytest.mark.parametrize(
    "source",
    [
        "raise NotImplementedError()",
        "no_such_name",
        "import codecs\ncodecs.Codec().encode(0)",
        "1 / 0",
    ],
)
def test_whatever_else_raises_is_an_error_as_ever(kernel, source):
    status, _, others = kernel.run(source)
    assert status == "error"
    assert len(errors(others)) == 1
    assert errors(others)[0]["traceback"]


def test_a_check_of_what_is_not_written_fails(kernel):
    kernel.run(STUB)
    status, printed, others = kernel.run(CHECK)
    assert status == "error"
    assert printed == ""
    assert "not written yet" in errors(others)[0]["evalue"]


def test_an_answer_whose_cell_did_not_run_is_told_so(kernel):
    kernel.run(RIGHT)
    kernel.run("def softmax(z, axis=-1:\n    return z")
    _, printed, _ = kernel.run(CHECK)
    assert (
        "right, in all 9 cases. (This is about an older `softmax`" in printed
    )
    assert "the cell above did not run. SyntaxError" in printed
    kernel.run("def softmax(z, axis=-1):\n    return z")
    kernel.run("def softmax(z, axis=-1):\nreturn z")
    message = errors(kernel.run(CHECK)[2])[0]["evalue"]
    assert "This is about an older `softmax`" in message
    kernel.run(RIGHT)
    assert "older" not in kernel.run(CHECK)[1]


def test_a_program_gets_plain_text_and_a_person_a_card(kernel):
    kernel.run(RIGHT)
    line = "self_attention.softmax: right, in all 9 cases."
    _, printed, others = kernel.run(CHECK)
    assert (printed, shown(others)) == (f"{line}\n", set())
    status, printed, others = kernel.run(CHECK, person=True)
    assert (status, printed) == ("ok", "")
    (data,) = [told["data"] for kind, told in others if "display" in kind]
    assert data["text/plain"] == line
    assert "✓" in data["text/html"]
    assert "1 of 5 exercises of this lesson are done" in data["text/html"]


def test_a_wrong_answer_is_a_card_and_an_error_of_one_line(kernel):
    kernel.run("def softmax(z, axis=-1):\n    return z[:, None] < 1e99")
    assert kernel.run(CHECK)[0] == "error"  # a grader goes by it
    status, _, others = kernel.run(CHECK, person=True)
    (data,) = [told["data"] for kind, told in others if "display" in kind]
    (error,) = errors(others)
    assert status == "ok"  # "Run all" goes on
    assert "✗" in data["text/html"]
    assert error["traceback"] == ["self_attention.softmax: not right yet."]
    assert error["evalue"] == data["text/plain"]
    assert "&lt;" not in data["text/plain"]


def test_the_first_check_says_that_it_loads_and_then_what_it_found():
    kernel = Kernel()
    try:
        kernel.run(f"{IMPORT}, notebook\nnotebook.PATIENCE = 0.0\n{RIGHT}")
        slow = "def slow(z, axis=-1):\n    import time; time.sleep(0.5)\n"
        kernel.run(f"{slow}    return softmax(z, axis)")
        _, _, others = kernel.run(
            'check("self_attention.softmax", slow)', person=True
        )
    finally:
        kernel.close()
    first, second = [
        (kind, told["data"]) for kind, told in others if "display" in kind
    ]
    assert first == (
        "display_data",
        {"text/plain": "Loading what the first check needs …"},
    )
    assert second[0] == "update_display_data"
    assert "✓" in second[1]["text/html"]


# --- notes -----------------------------------------------------------------

SOFTMAX = "self_attention.softmax"


def test_a_persons_check_notes_what_it_says(kernel, notes_of):
    kernel.run(STUB)
    kernel.run(CHECK, person=True)
    assert notes_of() == {}  # it is not written
    kernel.run("def softmax(z, axis=-1):\n    return z")
    kernel.run(CHECK, person=True)
    assert notes_of() == {SOFTMAX: False}
    kernel.run(RIGHT)
    kernel.run(CHECK, person=True)
    assert notes_of() == {SOFTMAX: True}
    kernel.run(f"check('{SOFTMAX}', lambda z, axis=-1: z)", person=True)
    assert notes_of() == {SOFTMAX: True}  # what is tried out changes nothing


def test_what_was_right_before_a_restart_is_done(kernel, notes_of):
    restart = "import byhand, sys\nsys.modules['byhand.check']._right.clear()"
    kernel.run(restart)
    kernel.run(RIGHT)
    kernel.run(CHECK, person=True)
    kernel.run(restart)
    ask = f"byhand.solution('{SOFTMAX}')"
    assert "solve it first" in kernel.run(ask)[1]  # a program's
    assert "execute_result" in shown(kernel.run(ask, person=True)[2])
    another = 'check("self_attention.attention_weights", lambda Q, K: softmax('
    another += "Q @ np.swapaxes(K, -1, -2) / K.shape[-1] ** 0.5))"
    (told,) = [
        t for k, t in kernel.run(another, person=True)[2] if "data" in t
    ]
    assert "2 of 5 exercises" in told["data"]["text/html"]


def test_each_part_is_noted(kernel, notes_of):
    name = "gradient_descent.updates_per_epoch"
    kernel.run(
        f"""
def updates_per_epoch(m, b):
    return -(-m // b)
check("{name}", updates_per_epoch, part="counts")""",
        person=True,
    )
    assert notes_of() == {f"{name} (counts)": True}


def test_a_check_that_a_program_runs_notes_nothing(kernel, notes_of):
    kernel.run(RIGHT)
    assert kernel.run(CHECK)[0] == "ok"
    assert notes_of() == {}


def test_where_nothing_can_be_noted_a_check_says_the_same(kernel, notes_of):
    kernel.run(RIGHT)
    kernel.run("folder = notes.folder\nnotes.folder = lambda: Path('/dev/x')")
    kernel.run("from pathlib import Path")
    said = kernel.run(CHECK, person=True)
    kernel.run("notes.folder = folder")
    assert said[0] == "ok" and errors(said[2]) == []
    assert notes_of() == {}


def test_the_lessons_are_shown_with_what_is_right(kernel, notes_of, tmp_path):
    for name in ("00_start_here", "07_self_attention"):
        (tmp_path / name).mkdir()
        shutil.copy(paths.lesson_path(name), tmp_path / name)
    kernel.run(f"%cd -q {tmp_path}/00_start_here")
    kernel.run(RIGHT)
    kernel.run(CHECK, person=True)
    show = "from byhand import progress\nprogress.how_far()"
    (told,) = [t for k, t in kernel.run(show, person=True)[2] if "data" in t]
    table = told["data"]["text/markdown"]
    link = "../07_self_attention/07_self_attention.ipynb"
    assert f"| [07_self_attention]({link}) | 1 of 5 | ○●○○○ |" in table
    assert "0 of 1" in table
    (tmp_path / "alone").mkdir()
    kernel.run(f"%cd -q {tmp_path}/alone")
    shutil.rmtree(tmp_path / "00_start_here")
    shutil.rmtree(tmp_path / "07_self_attention")
    assert kernel.run(show, person=True)[1].startswith("No lesson lies")
    # A build and a test know of nobody's notes.
    assert kernel.run(show)[1].startswith("Run this in JupyterLab")
