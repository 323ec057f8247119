"""Every gate can fail: each is given something broken and complains."""

from dataclasses import replace

import numpy as np
import pytest

from byhand import bank
from byhand.bank import find
from byhand.exercise import Misconception
from byhand.exercises import self_attention
from byhand.trial import Trial
from tests import gates


def with_misconceptions(monkeypatch, *wrong):
    """Lesson 07's softmax with these misconceptions in place of its own."""
    broken = replace(find("self_attention.softmax"), misconceptions=wrong)
    monkeypatch.setattr(self_attention, "EXERCISES", (broken,))
    return broken


in_both_ways = pytest.mark.parametrize("trial", [Trial, gates.Once])


def shifted(by):
    right = find("self_attention.softmax").reference
    return lambda z, axis=-1: right(z, axis) + by


def test_too_few_misconceptions(monkeypatch):
    broken = with_misconceptions(monkeypatch)
    assert "too few" in gates.mutation(broken, 0)[0]


@in_both_ways
def test_a_misconception_that_is_right(monkeypatch, trial):
    right = find("self_attention.softmax").reference
    broken = with_misconceptions(
        monkeypatch, *[Misconception("m", "Sentence.", right)] * 5
    )
    complaints = " ".join(gates.mutation(broken, 0, trial))
    assert "passes" in complaints
    assert "same sentence" in complaints
    assert "only 0 limits off" in complaints


@in_both_ways
def test_a_misconception_that_is_too_near(monkeypatch, trial):
    wrong = [
        Misconception(str(n), f"Sentence {n}.", shifted(n * 5e-6))
        for n in range(1, 6)
    ]
    broken = with_misconceptions(monkeypatch, *wrong)
    assert any("limits off" in c for c in gates.mutation(broken, 0, trial))


@in_both_ways
def test_a_misconception_that_is_its_neighbours_twin(monkeypatch, trial):
    wrong = [
        Misconception(name, f"Sentence {name}.", shifted(by))
        for name, by in zip("abcde", (1, 2, 3, 4, 4), strict=True)
    ]
    broken = with_misconceptions(monkeypatch, *wrong)
    assert gates.mutation(broken, 0, trial) == [
        "self_attention.softmax, 'e', seed 0: gets 'd'"
    ]


def test_wrong_and_too_few_forms():
    softmax = find("self_attention.softmax")
    complaints = gates.right_forms(softmax, [shifted(1.0)], 0)
    assert "too few" in complaints[0]
    assert "not right yet" in complaints[1]


def test_a_solution_that_leaks():
    cells = [
        {
            "source": "def f(x):\n    ### BEGIN SOLUTION\n"
            "    # why\n    return x + 1\n    ### END SOLUTION\n",
            "metadata": {},
            "cell_type": "code",
        }
    ]
    lines = gates.solution_lines(cells)
    assert lines == {"return x + 1"}
    assert gates.leaks(lines, "a\n  return x + 1\n") == ["return x + 1"]
    assert gates.leaks(lines, "return x + 2") == []


def test_a_model_answer_that_leaks():
    cell = {
        "source": "Because.\n### BEGIN MARK SCHEME",
        "metadata": {"nbgrader": {"solution": True}},
        "cell_type": "markdown",
    }
    assert "Because." in gates.model_answers([cell])


def test_a_number_that_is_not_printed():
    text = "J falls 11.575 → 8.4092; gradient −18.5; 1,000 examples"
    assert gates.missing_numbers(["11.575", "8.409", "-18.5"], text) == []
    assert gates.missing_numbers(["11.576", "18.5", "2"], text) == [
        "11.576",
        "18.5",
        "2",
    ]


def prose(text, **metadata):
    return {"cell_type": "markdown", "source": text, "metadata": metadata}


def printing(text="", plain=""):
    outputs = [{"text": text}, {"data": {"text/plain": plain}}]
    return {"cell_type": "code", "source": "", "outputs": outputs}


def test_a_decimal_in_prose_that_no_cell_prints():
    cells = [
        prose("It falls to 0.285, then to\n$\\theta = −1.3333$ (0.3 a step)."),
        printing("loss 0.28512\n", plain="-1.33333"),
    ]
    assert gates.unprinted(cells) == []
    cells[1] = printing("loss 0.2862\n", plain="1.3333")
    assert gates.unprinted(cells) == [
        "0.285 is never printed: It falls to 0.285, then to",
        "-1.3333 is never printed: $\\theta = -1.3333$ (0.3 a step).",
    ]


def test_code_is_prose_as_well_and_source_is_not_printed():
    code = printing() | {"source": "x = 0.999"}
    cells = [prose("`betas=(0.9, 0.999)`\n"), code]
    assert "0.999 is never printed" in gates.unprinted(cells)[0]


def test_a_figures_text_counts_as_printed_and_not_as_prose():
    figure = "![weights 0.4223 and 0.1554](attachment:a-1.png)\n\n"
    assert gates.unprinted([prose(figure + "The first is 0.422.")]) == []
    (complaint,) = gates.unprinted([prose(figure + "The first is 0.433.")])
    assert "0.433 is never printed" in complaint


def test_a_text_that_was_written_by_hand_is_prose():
    drawn = prose("![0.4223](attachment:there_and_back-1a.png)")
    (complaint,) = gates.unprinted([drawn])
    assert "0.4223 is never printed" in complaint
    assert gates.unprinted([drawn, printing("0.4223")]) == []


def test_an_idea_without_a_picture():
    idea, figure = "## The idea in one picture\n\n", "![a](attachment:a-1.png)"
    assert gates.without_a_picture([prose(idea + figure)]) == []
    assert gates.without_a_picture([prose(idea), prose(figure)]) == []
    for text in ("", figure, f"{idea}| a | b |", f"{idea}## Next\n\n{figure}"):
        assert len(gates.without_a_picture([prose(text)])) == 1


def test_a_number_is_quoted_one_by_one_and_only_if_it_must_be():
    cells = [prose("Try 0.002, then 0.003.", quoted=["0.002", "0.5"])]
    assert gates.unprinted(cells) == [
        "0.003 is never printed: Try 0.002, then 0.003.",
        "0.5 is no number to be quoted",
    ]
    slip = "## Spot the slip\n\n1. softmax(1, 0, 1) = 0.4223, 0.1574"
    assert gates.unprinted([prose(slip)]) == []
    assert gates.unprinted([prose(slip.replace("##", "Not", 1))]) != []


def test_a_warning_below_a_cell():
    line = "x.py:3: DeprecationWarning: do otherwise"
    said = "Your code printed or warned:\n    hello"
    cells = [printing(f"right.\n{line}\n"), printing(said)]
    assert gates.warned(cells) == [line, said.splitlines()[0]]
    assert gates.warned([printing("A warning costs nothing.")]) == []


def test_the_distance_of_an_infinite_answer():
    softmax = find("self_attention.softmax")
    far = gates.distance(softmax, lambda z, axis=-1: z * np.inf, 0)
    assert far == np.inf


def test_lessons_are_found_by_reading_the_folder():
    assert "07_self_attention" in bank.lessons()


def test_an_exercise_that_is_not_listed(monkeypatch):
    monkeypatch.setattr(
        self_attention, "EXERCISES", (find("masking.causal_mask"),)
    )
    complaints = gates.unlisted("self_attention")
    assert len(complaints) == 5
    assert "self_attention/softmax.py has an exercise that EXERCISES" in (
        " ".join(complaints)
    )


def test_a_lesson_that_says_nothing_or_another_name(monkeypatch):
    monkeypatch.setattr(self_attention, "LESSON", "07_something")
    with pytest.raises(bank.Incomplete, match='LESSON = "NN_self_attention"'):
        bank.lesson("self_attention")
    monkeypatch.setattr(self_attention, "LESSON", "07_self_attention")
    monkeypatch.setattr(self_attention, "EXERCISES", ())
    with pytest.raises(bank.Incomplete, match="should list its exercises"):
        bank.lesson("self_attention")


def test_forms_and_numbers_that_are_forgotten(monkeypatch):
    softmax = find("self_attention.softmax")
    monkeypatch.setattr(gates, "file_of", lambda _: "nothing")
    with pytest.raises(
        bank.Incomplete, match=r"self_attention/nothing\.py is"
    ):
        gates.forms(softmax)
    with pytest.raises(bank.Incomplete, match=r"99_new\.txt is missing"):
        gates.numbers("99_new")


def test_a_lesson_without_a_row():
    readme = "| [`01_a`](lessons/01_a) | 30 | what |\n| 02_b | |\nand 03_c\n"
    assert gates.without_a_row(readme, ["01_a"]) == []
    assert len(gates.without_a_row(readme, ["01_a", "02_c", "03_c"])) == 2


def test_a_library_call_that_nobody_refuses():
    softmax = find("self_attention.softmax")
    assert gates.allowed_library_calls(softmax) == []
    (first, *_) = gates.allowed_library_calls(replace(softmax, not_by=()))
    assert "scipy.special.softmax would do it all" in first


def code(source, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata}


def test_a_cell_that_only_shows_and_is_not_tagged():
    cells = [
        code("import numpy as np\nfrom byhand import check"),
        code("rows = np.eye(2)\nrows"),
        code("half = 0.5"),
        code("def f(x, rows):\n    return half * np.sum(x)", nbgrader={}),
        code('check("a.b", f)', nbgrader={}),
        code("f(np.ones(3))", tags=["demonstration"]),
        code("f(1)"),
    ]
    assert gates.untagged(cells) == ["rows = np.eye(2)", "f(1)"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("The id is asked for.", "'asked for'"),
        ("x and y changed places.", "swapped"),
        ("Begin anew.", "again, new"),
        ("Half of it; the rest is lost.", "two sentences"),
        ("It is. " + "one more word and " * 7, "28 words: one more word"),
    ],
)
def test_a_sentence_that_a_reader_stumbles_over(text, complaint):
    assert complaint in gates.stumbles(text)[0]
    wrong = Misconception("wrong", text, shifted(1))
    broken = replace(find("self_attention.softmax"), misconceptions=(wrong,))
    assert len(gates.hard_to_read(broken)) == 1
    card = replace(broken, asks="Have it turned round.")
    assert "inverted" in gates.hard_to_read_card(card)[0]


def test_what_is_easy_to_read():
    assert gates.stumbles("You swapped x and y. Return y first.") == []


def markdown(*texts):
    return [
        {"cell_type": "markdown", "source": t, "metadata": {}} for t in texts
    ]


def test_a_lesson_that_says_other_minutes():
    softmax = find("self_attention.softmax")
    words = "word " * 2000
    right = 10 + softmax.minutes
    card = f"{gates.CARD} {words}"  # its minutes are the exercise's own
    for said, complains in ((right, 0), (right + 5, 0), (right + 10, 1)):
        cells = markdown(f"About {said}\nminutes.", words, card)
        assert len(gates.mistimed(cells, [softmax])) == complains
    assert "no minutes" in gates.mistimed(markdown(words), [softmax])[0]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a = 1\n#\n# ## Why?\n#\n# So.\nb = 2", ["# ## Why?"]),
        ("a = 1\n#\n# And so on.", ["# And so on."]),
        ("# why\na = 1  # here", []),
        ("def f():\n    # YOUR CODE HERE", []),
    ],
)
def test_prose_that_stands_in_a_code_cell(source, found):
    assert gates.prose_in_code([code(source)]) == found


def test_a_folded_cell_that_a_learner_has_to_see():
    folded = {"source_hidden": True}
    cells = [
        code("f(1)", tags=["demonstration"], jupyter=folded),
        code("def g():\n    pass", jupyter=folded),
    ]
    assert gates.folded_answers(cells) == ["def g():"]


def test_a_lesson_of_too_many_cells():
    answer = {"cell_type": "code", "metadata": {"nbgrader": {}}}
    shows = {"cell_type": "code", "metadata": {}}
    most = gates.MOST_CELLS
    door = {"cell_type": "code", "metadata": {"tags": ["door"]}}
    assert gates.too_many_cells([shows] * most + [answer] * 9 + [door]) == []
    (said,) = gates.too_many_cells([shows] * most + markdown("one more"))
    assert said.startswith(f"{most + 1} cells")


def pairs(*numbers):
    told = "<details><summary>{}. Why?</summary>\n\nSo.\n\n</details>"
    folded = "\n\n".join(told.format(n) for n in numbers)
    return markdown(f"## Recall\n\n{folded}\n\n## What comes next")


@pytest.mark.parametrize(
    ("cells", "complaint"),
    [
        (markdown("## Recollect"), "0 sections"),
        (pairs(1, 2, 3, 4, 5) * 2, "2 sections"),
        (pairs(1, 2, 3, 4), "4 pairs"),
        (pairs(*range(1, 10)), "9 pairs"),
        (pairs(1, 2, 3, 3, 5), "numbered"),
    ],
)
def test_a_recall_that_is_none(cells, complaint):
    assert gates.badly_recalled(pairs(1, 2, 3, 4, 5)) == []
    assert complaint in gates.badly_recalled(cells)[0]


def test_a_pair_that_a_reader_stumbles_over():
    cells = pairs(1, 2, 3, 4, 5)
    cells[0]["source"] = cells[0]["source"].replace(
        "So.", "It lies on its\nside.", 1
    )
    (said,) = gates.badly_recalled(cells)
    assert said.startswith("Why?: 'lies on its side'")


def test_a_pair_that_is_written_otherwise_is_noticed():
    cells = pairs(1, 2, 3, 4, 5, 6)
    old = "</summary>\n\nSo."
    cells[0]["source"] = cells[0]["source"].replace(old, "</summary>So.", 1)
    assert "numbered" in gates.badly_recalled(cells)[0]
