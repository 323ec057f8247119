"""The gates, held to every exercise of the course."""

import pytest

from byhand import bank
from byhand.bank import lessons
from tests import gates

EXERCISES = [e for group in lessons().values() for e in group]
# The seed that learners see, and others, as `check(…, seed=…)` may ask for.
SEEDS = (0, 1, 2, 3, 4)

every_exercise = pytest.mark.parametrize(
    "exercise", EXERCISES, ids=[e.id for e in EXERCISES]
)


@every_exercise
def test_misconceptions_fail_with_their_own_sentence(exercise):
    first, *others = SEEDS
    assert gates.mutation(exercise, first) == []
    for seed in others:
        assert gates.mutation(exercise, seed, gates.Once) == []


@every_exercise
def test_right_answers_pass_in_every_form(exercise):
    for seed in SEEDS:
        assert gates.right_forms(exercise, gates.forms(exercise), seed) == []


def test_no_draw_hides_what_a_right_transformer_does():
    """With one draw of weights, three of the forms were refused here."""
    exercise = bank.find("decoder.Transformer")
    assert gates.right_forms(exercise, gates.forms(exercise), 595) == []


@pytest.mark.parametrize(
    ("exercise", "seed"),
    [("decoding.top_p_filter", 5), ("sentence_embeddings.recall_at_k", 8)],
)
def test_no_mistake_takes_anothers_sentence_by_chance(exercise, seed):
    """With these seeds one did."""
    assert gates.mutation(bank.find(exercise), seed) == []


@every_exercise
def test_its_sentences_are_easy_to_read(exercise):
    assert gates.hard_to_read(exercise) == []
    assert gates.hard_to_read_card(exercise) == []


@every_exercise
def test_the_description_is_complete(exercise):
    assert exercise.signature.startswith(f"{exercise.function}(")
    assert exercise.total_points > 0
    assert exercise.asks.endswith(".")
    assert 1 <= exercise.difficulty <= 5
    assert 1 <= exercise.importance <= 5
    assert 0 < exercise.minutes <= 45
    assert len(exercise.hints) == 3
    assert exercise.hints[0].rstrip(")").endswith("?")
    names = [m.name for m in exercise.misconceptions]
    assert len(set(names)) == len(names)
    assert {c.part for c in exercise.cases} <= {"", *exercise.parts}
    if exercise.parts:
        assert {c.part for c in exercise.cases} == set(exercise.parts)


def test_ids_are_unique_and_belong_to_their_lesson():
    ids = [e.id for e in EXERCISES]
    assert len(set(ids)) == len(ids)
    for lesson, group in lessons().items():
        slug = lesson.partition("_")[2]
        assert all(e.id.startswith(f"{slug}.") for e in group)


@pytest.mark.parametrize("slug", bank.slugs())
def test_every_exercise_is_listed(slug):
    assert gates.unlisted(slug) == []


# A mean is no secret: the first exercise is about how exercises work.
TO_BE_CALLED = {"start_here.average"}


@every_exercise
def test_a_librarys_own_function_is_no_answer(exercise):
    if exercise.id not in TO_BE_CALLED:
        assert gates.allowed_library_calls(exercise) == []
