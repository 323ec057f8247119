"""What a notebook may say besides Python works in grading, or does nothing."""

import pytest

import byhand
from grader.judging import Options, grade, opened
from grader.session import Session, TimeLimits
from tests.grader.lessons import release, solved, submission

GOES_ON = "\nwent = 'on'\n"
MAGICS = [
    "%matplotlib inline",
    "%matplotlib widget",
    "%pylab inline",
    "%config InlineBackend.figure_format = 'retina'",
    "%load_ext autoreload\n%autoreload 2",
    "%load_ext tensorboard",
    "%time x = 1",
    "%timeit -n1 -r1 1",
    "%gui qt",
    "%env A=1",
    "%conda install numpy",
    "%unheard_of 1",
    "%store -r x",
    "%run -m this",
    "get_ipython().run_line_magic('matplotlib', 'inline')",
    "get_ipython().magic('matplotlib inline')",
    "get_ipython().kernel.do_one_iteration()",
    "assert 'IPKernelApp' in get_ipython().config",
    "assert type(get_ipython()).__name__ == 'ZMQInteractiveShell'",
    "import matplotlib_inline.backend_inline as inline\n"
    "inline.set_matplotlib_formats('svg')",
]
PROGRAMS = [
    "!pip install -q numpy",
    "files = !ls\nassert files == []",
    "%pip install numpy",
    "%ls",
    "get_ipython().system('pip install numpy')",
    "import subprocess, sys\n"
    "subprocess.check_call([sys.executable, '-m', 'pip', 'install', 'x'])",
    "import subprocess\n"
    "said = subprocess.run('ls', shell=True, capture_output=True, text=True)\n"
    "assert said.stdout == ''",
    "import subprocess\n"
    "assert subprocess.check_output(['git', 'log']).decode() == ''",
    "import subprocess\nwith subprocess.Popen('ls', stdout=-1) as program:\n"
    "    assert program.stdout.read() == b''",
    "import os\nassert os.popen('ls').read() == ''",
]
ABOVE = ["%%time", "%%capture", "%%capture shown", "%%memit", "%%unheard_of"]


@pytest.fixture(scope="module")
def session(nursery):
    made = Session(nursery, {}, TimeLimits(cell=5, notebook=120, patience=1))
    yield made
    made.close()


def errors(outputs):
    return [o.evalue for o in outputs if o.output_type == "error"]


def printed(outputs):
    return "".join(o.text for o in outputs if o.output_type == "stream")


@pytest.mark.parametrize("source", MAGICS)
def test_a_magic_works_or_does_nothing(session, source):
    assert errors(session.run("went = ''\n" + source + GOES_ON)) == []
    assert "on" in printed(session.run("print(went)"))


@pytest.mark.parametrize("source", PROGRAMS)
def test_a_program_is_not_run_and_the_output_says_so(session, source):
    outputs = session.run("went = ''\n" + source + GOES_ON)
    assert errors(outputs) == []
    assert "(Not run where answers are graded: " in printed(outputs)
    assert "on" in printed(session.run("print(went)"))


@pytest.mark.parametrize("magic", ABOVE)
def test_what_stands_under_a_magic_is_run(session, magic):
    assert errors(session.run(f"went = ''\n{GOES_ON}")) == []
    assert errors(session.run(f"{magic}\nwent = 'off'\n")) == []
    assert "off" in printed(session.run("print(went)"))


@pytest.mark.parametrize("magic", ["bash", "sh", "script python", "python3"])
def test_a_program_under_a_magic_is_not_run(session, magic):
    outputs = session.run(f"%%{magic}\necho")
    assert printed(outputs) == f"(Not run where answers are graded: {magic})\n"


def test_an_error_under_a_magic_is_the_learners(session):
    for source in ("%time 1 / 0", "%%time\n1 / 0"):
        assert errors(session.run(source)) == ["division by zero"], source


def test_what_the_last_line_gave_has_a_name(session):
    session.run("41")
    assert errors(session.run("assert _ == 41")) == []


@pytest.mark.parametrize(
    "first", ["%matplotlib inline\n", "!pip install -q numpy\n", "%%time\n"]
)
def test_the_import_cell_may_begin_with_any(nursery, first):
    nb = solved()
    imports = next(c for c in nb.cells if c.source.startswith("import numpy"))
    imports.source = first + imports.source
    came = grade(nursery, opened(submission(nb)), release(), 1, Options())
    assert sum(filter(None, came.scores.values())) == 9


def test_all_that_byhand_offers_is_there(session):
    """The seal has a stand-in for what judges: every name, and no answer."""
    outputs = session.run(
        "import byhand\n"
        f"assert byhand.__all__ == {byhand.__all__!r}\n"
        "from byhand import CheckFailed, check, last, solution\n"
        "assert solution('start_here.average') is None\n"
    )
    assert errors(outputs) == []
    (said,) = [one["text"] for one in outputs]
    assert said == (
        "start_here.average: the model answer is not shown where it is "
        "graded.\n"
    )
