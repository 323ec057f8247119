"""The gates that exercises and lessons must pass.

Each is a function that returns its complaints as sentences, so that a test
can hold the course to it (no complaints) and another can show that it does
complain (tests/test_gates.py).
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from byhand import CheckFailed, bank, check, recall
from byhand.attempt import Outcome
from byhand.bank import Incomplete
from byhand.exercise import Exercise
from byhand.judge import judge_on
from byhand.reading import names_of_cell
from byhand.trial import Trial, trials_of

# A misconception must miss by far more than rounding could explain. A random
# answer's bounds are five standard errors already; twice that is told apart
# but for a chance of 1e-6.
DISTANCE = 100
RANDOM_DISTANCE = 2
LEAST_MISCONCEPTIONS = 5
LEAST_FORMS = 3


def without_torch(lesson: str) -> bool:
    """Whether a lesson is done and judged without PyTorch: 00 to 12, and 23.

    Said here, and not found by reading, so that an import is noticed.
    """
    number = int(lesson.partition("_")[0])
    return number <= 12 or number == 23


def distance(exercise: Exercise, answer: Callable, seed: int) -> float:
    """How far an answer is off in the case where it is worst, in limits."""
    return max(
        trial.distance(trial.run(answer))
        for trial in trials_of(exercise, None, (seed,))
    )


class Once(Trial):
    """A trial on which a known mistake runs once, also as an answer."""

    def run(
        self, answer: Callable[..., Any], noticing: bool = True
    ) -> Outcome:
        for known in self.exercise.misconceptions:
            if known.answer is answer:
                return self.outcome_of(known)
        return super().run(answer, noticing)


def mutation(
    exercise: Exercise, seed: int, trial: type[Trial] = Trial
) -> list[str]:
    """Every misconception fails, far off, and gets its own sentence.

    trial: `Once` takes half the time, and takes for granted that a mistake
    does the same each time. Without it a mistake runs as an answer does, too.
    """
    complaints = []
    if len(exercise.misconceptions) < LEAST_MISCONCEPTIONS:
        complaints.append(f"{exercise.id}: too few misconceptions")
    sentences = [m.sentence for m in exercise.misconceptions]
    if len(set(sentences)) < len(sentences):
        complaints.append(f"{exercise.id}: two with the same sentence")
    least = RANDOM_DISTANCE if exercise.bounds else DISTANCE
    # The same trials for all, as each is compared with all the others.
    trials = [
        trial(exercise, one.case, one.inputs)
        for one in trials_of(exercise, None, (seed,))
    ]
    for wrong in exercise.misconceptions:
        name = f"{exercise.id}, {wrong.name!r}, seed {seed}"
        message = judge_on(trials, wrong.answer).failed
        if message is None:
            complaints.append(f"{name}: passes")
        elif wrong.sentence not in str(message):
            complaints.append(f"{name}: gets {message.misconception!r}")
        gap = max(one.distance(one.outcome_of(wrong)) for one in trials)
        if gap < least:
            complaints.append(f"{name}: only {gap:.2g} limits off")
    return complaints


def forms(exercise: Exercise) -> list[Callable]:
    """The right answers to an exercise that the tests keep.

    They stand as FORMS in tests/exercises/forms/LESSON/EXERCISE.py, in a file
    named like the exercise's own.
    """
    file = f"{exercise.lesson}/{file_of(exercise)}.py"
    name = file.removesuffix(".py").replace("/", ".")
    try:
        found = importlib.import_module(f"tests.exercises.forms.{name}")
    except ModuleNotFoundError:
        raise Incomplete(
            f"tests/exercises/forms/{file} is missing: it should list right "
            f"answers to {exercise.id}, in {LEAST_FORMS} forms at least, as "
            "FORMS"
        ) from None
    return found.FORMS


def numbers(lesson: str) -> list[str]:
    """The numbers that a lesson must print: of its by-hand examples.

    As a learner would write them down: 0.1333 stands for anything that
    rounds to it. Incomplete: nobody has said which.
    """
    file = Path(__file__).parent / "notebooks" / "numbers" / f"{lesson}.txt"
    if not file.exists():
        raise Incomplete(
            f"tests/notebooks/numbers/{lesson}.txt is missing: it should list "
            "the numbers that the lesson must print, with blanks between"
        )
    return file.read_text("utf-8").split()


def files_of(slug: str) -> dict[str, Exercise]:
    """A lesson's files that hold an exercise, by name."""
    folder = bank.lesson(slug)
    names = [m.name for m in pkgutil.iter_modules(folder.__path__)]
    modules = {
        name: importlib.import_module(f"{folder.__name__}.{name}")
        for name in names
    }
    return {
        name: module.EXERCISE
        for name, module in modules.items()
        if hasattr(module, "EXERCISE")
    }


def file_of(exercise: Exercise) -> str:
    """The name of the file that an exercise stands in."""
    found = files_of(exercise.lesson)
    return next(name for name, one in found.items() if one is exercise)


def failure(name: str, answer: Any, seed: int = 0) -> CheckFailed | None:
    try:
        check(name, answer, seed=seed)
    except CheckFailed as failed:
        return failed
    return None


def right_forms(
    exercise: Exercise, forms: Iterable[Callable], seed: int
) -> list[str]:
    """Every right answer passes, and there are enough different ones."""
    forms = list(forms)
    complaints = []
    if len({code(f) for f in forms}) < LEAST_FORMS:
        complaints.append(f"{exercise.id}: too few different forms")
    for place, form in enumerate(forms):
        if (message := failure(exercise.id, form, seed)) is not None:
            complaints.append(f"{exercise.id}, form {place}: {message}")
    return complaints


def code(form: Callable) -> object:
    """What tells one implementation from another."""
    written = getattr(form, "__code__", None)
    return (
        written.co_code + repr(written.co_names).encode() if written else form
    )


def solution_lines(cells: Iterable[dict]) -> set[str]:
    """The lines of code that a learner is to write."""
    lines = set()
    for cell in cells:
        inside = False
        for line in cell["source"].splitlines():
            if "### BEGIN SOLUTION" in line:
                inside = True
            elif "### END SOLUTION" in line:
                inside = False
            elif inside and is_code(line):
                lines.add(line.strip())
    return lines


def is_code(line: str) -> bool:
    """Brackets and keywords on their own give nothing away."""
    text = line.strip()
    return bool(text) and not re.fullmatch(
        r"#.*|[\])},:]+|else:|try:|return|break|continue", text
    )


def model_answers(cells: Iterable[dict]) -> set[str]:
    """The lines of the answers that a person marks, and of their rubrics."""
    lines = set()
    for cell in cells:
        meta = cell["metadata"].get("nbgrader", {})
        if meta.get("solution") and cell["cell_type"] == "markdown":
            lines |= {x.strip() for x in cell["source"].splitlines() if x}
    return lines


def leaks(lines: Iterable[str], text: str) -> list[str]:
    """Which lines of a solution stand in a text that learners can read."""
    stand = {line.strip() for line in text.splitlines()}
    return sorted(set(lines) & stand)


def missing_numbers(numbers: Iterable[str], text: str) -> list[str]:
    """Which numbers do not occur in a text, at the precision given."""
    clean = text.replace("−", "-").replace(",", " ")
    found = re.findall(r"(?<![\w.])-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", clean)
    values = {float(n) for n in found}
    complaints = []
    for number in numbers:
        decimals = len(number.partition(".")[2])
        if not any(round(v, decimals) == float(number) for v in values):
            complaints.append(number)
    return complaints


# Figures of ours have their text from code, as their pictures have. What
# assets/ holds is drawn by hand, and its text is written by hand.
FIGURE = re.compile(r"!\[([^\]]*)\]\(attachment:([^)]*)-\w+\.png\)")
DRAWN = {p.stem for p in (Path(__file__).parents[1] / "assets").glob("*.svg")}
DECIMAL = re.compile(r"(?<![\w.])-?\d*\.\d{3,}")
# What is published there is wrong on purpose.
SLIP = "## Spot the slip"


def outputs_of(cells: Iterable[dict]) -> str:
    """Everything that a person sees below the cells, as text."""
    texts = []
    for cell in cells:
        for output in cell.get("outputs", []):
            texts.append(output.get("text", ""))
            texts.append(output.get("data", {}).get("text/plain", ""))
    return "\n".join(texts)


# What Python, and a check, put before what nobody meant to print.
WARNED = re.compile(
    r"^.*(?:\w+Warning: |Your code printed or warned).*$", re.M
)


def warned(cells: Iterable[dict]) -> list[str]:
    """Lines below the cells in which a model answer or a library warns."""
    return WARNED.findall(outputs_of(cells))


def _if_drawn(figure: re.Match) -> str:
    return figure[1] if figure[2] in DRAWN else ""


def unprinted(cells: list[dict]) -> list[str]:
    """Decimals of three places or more that a lesson says and never prints.

    Everything in Markdown counts, formulas, cards and code too. Printed is
    what an output says, or the text of a figure that code drew. Two kinds of
    numbers cannot be printed: those that "Spot the slip" is about, which are
    wrong, and those that the source marks one by one, `# %% [markdown]
    quoted=["0.002"]`: a setting that the text tells one to try.
    """
    prose = [cell for cell in cells if cell["cell_type"] == "markdown"]
    figures = [
        text
        for cell in prose
        for text, name in FIGURE.findall(cell["source"])
        if name not in DRAWN
    ]
    printed = "\n".join([outputs_of(cells), *figures])
    complaints = []
    for cell in prose:
        if cell["source"].startswith(SLIP):
            continue
        text = FIGURE.sub(_if_drawn, cell["source"]).replace("−", "-")
        missing = missing_numbers(DECIMAL.findall(text), printed)
        quoted = cell["metadata"].get("quoted", [])
        for number in dict.fromkeys(missing):
            if number not in quoted:
                line = next(x for x in text.splitlines() if number in x)
                complaints.append(f"{number} is never printed: {line.strip()}")
        for number in set(quoted) - set(missing):
            complaints.append(f"{number} is no number to be quoted")
    return complaints


# --- how long it is --------------------------------------------------------

WORDS_A_MINUTE = 200
CARD = "### Exercise ·"
SAID = re.compile(r"About (\d+)\s+minutes")
MOST_CELLS = 45


def minutes(cells: Iterable[dict], exercises: Iterable[Exercise]) -> float:
    """How long a lesson takes: its cards' minutes, and reading the rest."""
    words = 0
    for cell in cells:
        if cell["cell_type"] == "markdown":
            text = FIGURE.sub("", cell["source"]).partition(CARD)[0]
            words += len(text.split())
    return sum(e.minutes for e in exercises) + words / WORDS_A_MINUTE


IDEA = re.compile(r"^## The idea in one picture.*?(?=^## |\Z)", re.M | re.S)


def without_a_picture(cells: Iterable[dict]) -> list[str]:
    """A sentence unless a lesson's idea is a picture."""
    prose = [c["source"] for c in cells if c["cell_type"] == "markdown"]
    idea = IDEA.search("\n\n".join(prose))
    if idea and FIGURE.search(idea[0]):
        return []
    return ["The idea in one picture: there is no picture"]


def mistimed(
    cells: list[dict], exercises: Iterable[Exercise], slack: float = 5
) -> list[str]:
    """A sentence if a lesson says other minutes than it takes.

    cells: a learner's. To the nearest five, and a sentence more is none.
    """
    found = SAID.search(cells[0]["source"])
    takes = minutes(cells, exercises)
    if found and abs(int(found[1]) - takes) <= slack:
        return []
    said = found[0] if found else "no minutes"
    return [
        f"it says {said!r}; its cards and its text add up to {takes:.0f}, "
        f"so about {5 * round(takes / 5)}"
    ]


def too_many_cells(cells: Iterable[dict]) -> list[str]:
    """A sentence if a lesson is too long to be one.

    A card, its answer and its check are one cell; what fetches the course
    (authoring/text.py) is none.
    """
    count = sum(
        cell["cell_type"] == "markdown"
        or not {"nbgrader", "door"}
        & {*cell["metadata"], *cell["metadata"].get("tags", [])}
        for cell in cells
    )
    if count <= MOST_CELLS:
        return []
    return [f"{count} cells, with a card and its check as one: part it"]


# A heading as a comment, or a comment at a cell's end.
PROSE = re.compile(r"^# (?:#+ .*|.*\Z)", re.M)


def prose_in_code(cells: Iterable[dict]) -> list[str]:
    """The prose in each code cell: the marker of its own cell is missing."""
    return [
        found.group()
        for cell in cells
        if cell["cell_type"] == "code"
        and (found := PROSE.search(cell["source"]))
    ]


def folded_answers(cells: Iterable[dict]) -> list[str]:
    """The first line of each folded cell that a learner has to see."""
    return [
        cell["source"].partition("\n")[0]
        for cell in cells
        if cell["metadata"].get("jupyter", {}).get("source_hidden")
        and "demonstration" not in cell["metadata"].get("tags", [])
    ]


LEAST_RECALLED, MOST_RECALLED = 5, 8


def badly_recalled(cells: list[dict]) -> list[str]:
    """Complaints about the questions at a lesson's end."""
    sections = [
        section
        for cell in cells
        for section in recall.RECALL.findall(cell["source"])
    ]
    if len(sections) != 1:
        return [f"it has {len(sections)} sections called Recall"]
    pairs = recall.pairs("", cells)
    count = len(pairs)
    complaints = [
        f"{pair.question}: {complaint}"
        for pair in pairs
        for text in (pair.question, pair.answer)
        for complaint in stumbles(" ".join(text.split()))
    ]
    if not LEAST_RECALLED <= count <= MOST_RECALLED:
        complaints.append(
            f"{count} pairs under Recall; there should be {LEAST_RECALLED} "
            f"to {MOST_RECALLED}, as byhand/recall.py says"
        )
    numbers = re.findall(r"<summary>(\d*)", sections[0])
    if numbers != [str(n) for n in range(1, count + 1)]:
        complaints.append(f"its pairs are numbered {numbers}")
    return complaints


# --- how it is written -----------------------------------------------------

# What a reader stumbles over → what to write.
STUMBLES = {
    r"asked for": "say what to return: an imperative",
    r"(?:is|are) to be\b": "an imperative",
    r"ha(?:s|ve) to be\b": "an imperative, or must be",
    r"chang\w+ places": "swapped",
    r"turn(?:ed)? round": "inverted, reversed, flipped",
    r"lies? on its side": "transposed",
    r"in place of": "instead of",
    r"\banew\b": "again, new",
    r"\bmend": "fix",
    r"\blest\b": "so that … not",
    r"\bwhoever\b": "name who it is",
    r"\bthose which\b": "name what it is",
}
MOST_WORDS = 25  # of a sentence


def old_fashioned(text: str) -> list[str]:
    """A complaint for each phrase that nobody says any more."""
    return [
        f"{match.group()!r}: better {instead}"
        for pattern, instead in STUMBLES.items()
        for match in re.finditer(pattern, text)
    ]


def stumbles(text: str) -> list[str]:
    """A complaint for each thing in a text that a reader stumbles over."""
    several = ["'; ': better two sentences"] * ("; " in text)
    return [*old_fashioned(text), *several] + [
        f"{len(words)} words: {' '.join(words[:6])} …"
        for words in map(str.split, re.split(r"(?<=[.?!:]) ", text))
        if len(words) > MOST_WORDS
    ]


def hard_to_read(exercise: Exercise) -> list[str]:
    """Complaints about what a learner reads of an exercise's mistakes."""
    return [
        f"{exercise.id}, {one.name!r}: {complaint}"
        for one in exercise.misconceptions
        for complaint in stumbles(one.sentence)
    ]


def hard_to_read_card(exercise: Exercise) -> list[str]:
    """Complaints about its card: longer, and it may list things."""
    texts = [exercise.asks, *exercise.hints]
    texts += [fact.sentence for fact in exercise.facts]
    return [
        f"{exercise.id}: {complaint}"
        for text in texts
        for complaint in old_fashioned(text)
    ]


# --- what an author forgets ------------------------------------------------


def unlisted(slug: str) -> list[str]:
    """A sentence for each exercise that its lesson does not list."""
    listed = bank.lesson(slug).EXERCISES
    return [
        f"byhand/exercises/{slug}/{name}.py has an exercise that EXERCISES in "
        "__init__.py does not list"
        for name, exercise in files_of(slug).items()
        if exercise not in listed
    ]


def without_a_row(readme: str, lessons: Iterable[str]) -> list[str]:
    """A sentence for each lesson that the README's table leaves out."""
    return [
        f"README.md has no row for {lesson}: what is built in it, in a line"
        for lesson in lessons
        if not re.search(rf"^\| [^|]*\b{lesson}\b[^|]*\| .+ \|$", readme, re.M)
    ]


# Where a library's own function of that name would do the whole exercise.
LIBRARIES = [
    "numpy",
    "numpy.linalg",
    "scipy.special",
    "scipy.stats",
    "sklearn.metrics.pairwise",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.utils",
]


def allowed_library_calls(exercise: Exercise) -> list[str]:
    """A sentence for a library's twin of an exercise that is not refused."""
    name = exercise.function
    if name in exercise.not_by:
        return []
    return [
        f"{exercise.id}: {library}.{name} would do it all; name it in not_by"
        for library in LIBRARIES
        if hasattr(importlib.import_module(library), name)
    ]


def untagged(cells: Iterable[Any]) -> list[str]:
    """The first line of each code cell that only shows something.

    No answer and no check depends on it, by the names that it defines, so it
    should be tagged `demonstration` and left out of grading.
    """
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    needed: set[str] = set()
    found = []
    for cell in reversed(code):
        graded = "nbgrader" in cell["metadata"]
        shows = "demonstration" in cell["metadata"].get("tags", [])
        defined, used = names_of_cell(cell["source"])
        if graded or (defined & needed and not shows):
            needed |= used
        elif not shows:
            found.append(cell["source"].partition("\n")[0])
    return found[::-1]
