"""The exercise `masking.causal_mask`."""

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception

from ..pieces.masks import look_back


def distances(n):
    """How far key j lies behind query i."""
    return np.subtract.outer(np.arange(n), np.arange(n))


EXERCISE = Exercise(
    id="masking.causal_mask",
    signature="causal_mask(n) -> (n, n)",
    asks=(
        "The **look-ahead mask** for `n` tokens: a boolean `(n, n)` array "
        "whose row *i*, column *j* says whether token *i* may attend to "
        "token *j*. A token may attend to itself and to those before it, "
        "never to those after it."
    ),
    points=1,
    difficulty=1,
    importance=5,
    minutes=5,
    reference=look_back,
    cases=(
        Case("one token", lambda rng: {"n": 1}),
        Case("two tokens", lambda rng: {"n": 2}),
        Case("four tokens", lambda rng: {"n": 4}),
        Case("a longer text", lambda rng: {"n": int(rng.integers(6, 10))}),
    ),
    misconceptions=(
        Misconception(
            "turned round",
            "your mask is inverted: it marks what is *forbidden*. In this "
            'course `True` means "may attend".',
            lambda n: ~look_back(n),
        ),
        Misconception(
            "looks ahead",
            "your tokens see themselves and what comes *after* them. A row "
            "belongs to the token that looks, a column to the token that it "
            "looks at.",
            lambda n: look_back(n).T,
        ),
        Misconception(
            "blocks itself",
            "a token may not see itself here. It should: otherwise the first "
            "one sees nothing at all.",
            lambda n: distances(n) > 0,
        ),
        Misconception(
            "one too far",
            "every token also sees the next one. That is enough for a model "
            "to cheat: the next token is what it has to guess.",
            lambda n: distances(n) >= -1,
        ),
        Misconception(
            "itself only",
            "every token sees only itself. Those before it are allowed too.",
            lambda n: np.eye(n, dtype=bool),
        ),
        Misconception(
            "the last two only",
            "every token sees itself and the one before. *All* earlier ones "
            "are allowed.",
            lambda n: (distances(n) == 0) | (distances(n) == 1),
        ),
        Misconception(
            "nothing masked",
            "every token sees every token: nothing is masked.",
            lambda n: np.ones((n, n), dtype=bool),
        ),
        Misconception(
            "already minus infinity",
            "these are numbers to add to scores, 0 and −∞. The mask itself is "
            "boolean. You will turn it into −∞ later.",
            lambda n: np.where(look_back(n), 0.0, -np.inf),
        ),
        Misconception(
            "mirrored",
            "your triangle leans the wrong way. The first token should see "
            "one token, the last token all of them. Every token may see the "
            "first, so the *first* column is all `True`.",
            lambda n: look_back(n)[:, ::-1],
        ),
    ),
    hints=(
        "Write three rows of yes and no: of three tokens, which may the "
        "first one see, which the second, and which the third?",
        "The yeses make a triangle below the diagonal, diagonal included. "
        "NumPy has a function that keeps exactly that part of a matrix.",
        "mask[i][j] is True if j ≤ i, else False. Or: a square full of "
        "True, of which the lower triangle is kept.",
    ),
    returns=("mask",),
    facts=(
        Fact(
            "every token sees itself",
            lambda mask: bool((np.diag(mask) != 0).all()),
        ),
        Fact(
            "nobody sees a later token",
            lambda mask: bool((np.triu(mask, 1) == 0).all()),
        ),
    ),
)
