"""The exercise `bert.best_span`."""

import numpy as np

from byhand.exercise import Case, Exercise, Misconception, Whole

from ..pieces.tensors import tensor


def scored(start_logits, end_logits, allowed, max_length, *, score):
    """Every span that is allowed, with what it scores: (start, end)."""
    places = [i for i, one in enumerate(allowed.tolist()) if one]
    starts, ends = start_logits.numpy(), end_logits.numpy()
    return {
        (i, j): score(starts, ends, i, j)
        for i in places
        for j in places
        if i <= j < i + max_length
    }


def added(starts, ends, i, j):
    return starts[i] + ends[j]


def best_of(spans):
    return max(spans, key=spans.get)


def reference(start_logits, end_logits, allowed, max_length):
    return best_of(
        scored(start_logits, end_logits, allowed, max_length, score=added)
    )


# --- what goes wrong -------------------------------------------------------


def softmax(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def by(score):
    def answer(start_logits, end_logits, allowed, max_length):
        given = start_logits, end_logits, allowed, max_length
        return best_of(scored(*given, score=score))

    return answer


def multiplied(starts, ends, i, j):
    return starts[i] * ends[j]


def of_probabilities(starts, ends, i, j):
    return softmax(starts)[i] + softmax(ends)[j]


def a_word_costs(price):
    """Each further word of a span costs as much."""
    return by(
        lambda starts, ends, i, j: added(starts, ends, i, j) - price * (j - i)
    )


def with_other(allowed=None, limit=None):
    """allowed, limit: what the answer makes of these two inputs."""

    def answer(start_logits, end_logits, given, max_length):
        return reference(
            start_logits,
            end_logits,
            allowed(given) if allowed else given,
            limit(max_length) if limit else max_length,
        )

    return answer


def everywhere(allowed):
    return tensor(np.ones(len(allowed), dtype=bool))


def kept(logits, allowed):
    return np.where(allowed.numpy(), logits.numpy(), -np.inf)


def each_for_itself(start_logits, end_logits, allowed, max_length):
    return tuple(
        int(kept(logits, allowed).argmax())
        for logits in (start_logits, end_logits)
    )


def put_in_order(*given):
    return tuple(sorted(each_for_itself(*given)))


def from_zero(*given):
    """Only a sum above 0 is better than none."""
    start, end = reference(*given)
    return (start, end) if given[0][start] + given[1][end] > 0 else (0, 0)


def any_order(start_logits, end_logits, allowed, max_length):
    """An end may stand before its start, as near as the limit says."""
    places = np.flatnonzero(allowed.numpy())
    return max(
        (
            (int(i), int(j))
            for i in places
            for j in places
            if abs(j - i) < max_length
        ),
        key=lambda span: float(start_logits[span[0]] + end_logits[span[1]]),
    )


def start_first(start_logits, end_logits, allowed, max_length):
    start = int(kept(start_logits, allowed).argmax())
    ends = kept(end_logits, allowed)
    last = min(start + max_length, len(ends))
    return start, start + int(ends[start:last].argmax())


def end_first(start_logits, end_logits, allowed, max_length):
    end = int(kept(end_logits, allowed).argmax())
    first = max(0, end + 1 - max_length)
    starts = kept(start_logits, allowed)[first : end + 1]
    return first + int(starts.argmax()), end


def end_exclusive(*given):
    start, end = reference(*given)
    return start, end + 1


def from_the_first_allowed(start_logits, end_logits, allowed, max_length):
    start, end = reference(start_logits, end_logits, allowed, max_length)
    first = int(np.flatnonzero(allowed.numpy())[0])
    return start - first, end - first


def start_and_length(*given):
    start, end = reference(*given)
    return start, end - start + 1


def swapped(*given):
    return reference(*given)[::-1]


def in_the_first_words(start_logits, end_logits, allowed, max_length):
    """As if only so many words of the text could be read at all."""
    first = int(np.flatnonzero(allowed.numpy())[0])
    near = tensor(np.arange(len(allowed)) < first + max_length)
    return reference(start_logits, end_logits, allowed & near, max_length)


def roles_swapped(start_logits, end_logits, allowed, max_length):
    return reference(end_logits, start_logits, allowed, max_length)


def smallest(starts, ends, i, j):
    return -starts[i] - ends[j]


def only_the_start_allowed(start_logits, end_logits, allowed, max_length):
    """The end may leave what is allowed."""
    n = len(allowed)
    return max(
        (
            (i, j)
            for i in range(n)
            if bool(allowed[i])
            for j in range(i, min(n, i + max_length))
        ),
        key=lambda span: float(start_logits[span[0]] + end_logits[span[1]]),
    )


# --- cases -----------------------------------------------------------------


def telling(n, first, last, max_length, *wrong, apart=False, below=0):
    """Logits with one best span, which these wrong answers do not find.

    first, last: of the piece that is allowed. apart: whether they also
    differ from each other. below: how far below 0 all are.
    """

    def inputs(rng):
        allowed = np.zeros(n, dtype=bool)
        allowed[first : last + 1] = True
        while True:
            starts, ends = rng.integers(-60, 61, size=(2, n)) / 10 - below
            given = {
                "start_logits": tensor(starts),
                "end_logits": tensor(ends),
                "allowed": tensor(allowed),
                "max_length": max_length,
            }
            if not has_one_best(given):
                continue
            right = reference(*given.values())
            came = {answer(*given.values()) for answer in wrong}
            if right not in came and len(came) >= apart * len(wrong):
                return given

    return inputs


def has_one_best(given):
    """No two spans tie, nor two places of one kind."""
    spans = scored(*given.values(), score=added)
    best = sorted(spans.values(), reverse=True)[:2]
    if len(best) == 2 and best[0] - best[1] < 0.15:
        return False
    return all(
        len(set(given[name].tolist())) == len(given[name])
        for name in ("start_logits", "end_logits")
    )


def by_hand(max_length):
    return lambda rng: {
        "start_logits": tensor([1.0, 4.0, 0.0, 2.0]),
        "end_logits": tensor([5.0, 1.0, 3.0, 2.0]),
        "allowed": tensor([True, True, True, True]),
        "max_length": max_length,
    }


EXERCISE = Exercise(
    id="bert.best_span",
    signature="best_span(start_logits, end_logits, allowed, max_length)",
    asks=(
        "Find the answer in a text. `start_logits` and `end_logits`, `(n,)`, "
        "say for each place how well it would do as the answer's first and "
        "as its last word. Return `(start, end)`, the pair with the largest "
        "**sum** of the two logits, where `end` is the place of the *last* "
        "word. `start` is at most `end`, the span has at most `max_length` "
        "words (1 or more), and both places are `True` in `allowed` `(n,)`, "
        "which marks one connected piece, the text without the question. No "
        "two spans tie."
    ),
    points=2,
    difficulty=3,
    importance=3,
    minutes=6,
    reference=reference,
    cases=(
        Case(
            "a single place is allowed",
            telling(3, 1, 1, 2, with_other(allowed=everywhere)),
        ),
        Case("the example of the lesson", by_hand(4)),
        Case("the same, with at most one word", by_hand(1)),
        Case(
            "the best start stands behind the best end",
            telling(
                *(6, 0, 5, 6),
                each_for_itself,
                any_order,
                start_first,
                end_first,
            ),
        ),
        Case(
            "the question is not allowed",
            telling(
                *(9, 4, 8, 9),
                with_other(allowed=everywhere),
                each_for_itself,
                roles_swapped,
            ),
        ),
        Case(
            "something behind the text is not allowed either",
            telling(*(9, 2, 5, 9), only_the_start_allowed),
        ),
        Case(
            "at most three words",
            telling(
                *(10, 1, 9, 3),
                with_other(limit=lambda most: 10),
                with_other(limit=lambda most: most + 1),
                with_other(limit=lambda most: most - 1),
                in_the_first_words,
                apart=True,
            ),
        ),
        Case(
            "a long span, better by little",
            telling(*(10, 1, 9, 8), a_word_costs(0.1), each_for_itself),
        ),
        Case(
            "a short span, better by little",
            telling(*(10, 1, 9, 8), a_word_costs(-0.1)),
        ),
        Case(
            "logits below 0",
            telling(*(8, 1, 7, 4), by(multiplied), by(of_probabilities)),
        ),
        Case(
            "every sum far below 0",
            telling(*(6, 2, 3, 2), from_zero, below=2000),
        ),
    ),
    misconceptions=(
        Misconception(
            "each for itself",
            "you took the best start and the best end, each for itself. The "
            "two need not make a span. Look for the best *pair*.",
            each_for_itself,
        ),
        Misconception(
            "each for itself, then put in order",
            "you took the best start and the best end, each for itself, and "
            "swapped the two where the end came first. Look for the best "
            "*pair*.",
            put_in_order,
        ),
        Misconception(
            "the best so far begins at 0",
            "your best sum begins at 0, so no span wins where all sums are "
            "below 0. Begin with −∞.",
            from_zero,
        ),
        Misconception(
            "end before start",
            "your span may end before it starts. Only pairs with `start` at "
            "most `end` count.",
            any_order,
        ),
        Misconception(
            "question included",
            "your answer may lie outside the places that are allowed. Both "
            "ends must be `True` in `allowed`.",
            with_other(allowed=everywhere),
        ),
        Misconception(
            "only the start is allowed",
            "your span starts where it may, and ends where it may not. "
            "`allowed` holds for both ends.",
            only_the_start_allowed,
        ),
        Misconception(
            "no limit",
            "your span may be longer than `max_length` words.",
            with_other(limit=lambda most: 10**6),
        ),
        Misconception(
            "one word too many",
            "your span may have one word too many. A span from `start` to "
            "`end` has end − start + 1 words.",
            with_other(limit=lambda most: most + 1),
        ),
        Misconception(
            "one word too few",
            "your span may not be as long as it may. A span of exactly "
            "`max_length` words counts.",
            with_other(limit=lambda most: max(1, most - 1)),
        ),
        Misconception(
            "end exclusive",
            "your `end` is one place behind the span. Return the place of "
            "its last word.",
            end_exclusive,
        ),
        Misconception(
            "start and length",
            "you return the length of the span as the second number. Return "
            "the place of its last word.",
            start_and_length,
        ),
        Misconception(
            "product of the logits",
            "you multiplied the logits. Two that are far below 0 then score "
            "best. Add them.",
            by(multiplied),
        ),
        Misconception(
            "sum of probabilities",
            "you added probabilities. That prefers one sure end to two good "
            "ones. Add the logits, which multiplies the probabilities.",
            by(of_probabilities),
        ),
        Misconception(
            "best start first",
            "you chose the best start, and then the best end for it. Another "
            "start may have the better sum. Look at all pairs.",
            start_first,
        ),
        Misconception(
            "best end first",
            "you chose the best end, and then the best start for it. Another "
            "end may have the better sum. Look at all pairs.",
            end_first,
        ),
        Misconception(
            "counted from the first allowed place",
            "you count places from the first allowed one. Count from the "
            "start of the row.",
            from_the_first_allowed,
        ),
        Misconception(
            "roles swapped",
            "you took start for end: the logits are swapped.",
            roles_swapped,
        ),
        Misconception(
            "returned the other way round",
            "you returned `end` first. Return `(start, end)`.",
            swapped,
        ),
        Misconception(
            "smallest sum",
            "you looked for the smallest sum. The best span has the largest.",
            by(smallest),
        ),
    ),
    hints=(
        "How many spans are there in a text of four words? Which of them may "
        "have one word only?",
        "Two loops, over the start and over the ends that go with it. Keep "
        "the best pair so far, and begin with −∞.",
        "best = −∞; for each allowed start: for each allowed end from start "
        "to start + max_length − 1: if start_logits[start] + "
        "end_logits[end] is larger than best, keep both.",
    ),
    returns=(Whole("start"), Whole("end")),
)
