"""The exercise `multi_head.count_parameters`."""

from byhand.exercise import Case, Exercise, Misconception

from ..pieces.seams import but


def square(d, h):
    return d * d


def one_row(d, h):
    return d


def count(
    d_model, num_heads, bias=True, *, projections=4, matrix=square, row=one_row
):
    """matrix, row: the sizes of a projection's matrix and of its bias."""
    sizes = matrix(d_model, num_heads), row(d_model, num_heads)
    return projections * (sizes[0] + bool(bias) * sizes[1])


EXERCISE = Exercise(
    id="multi_head.count_parameters",
    signature="count_parameters(d_model, num_heads, bias=True)",
    asks=(
        "How many numbers does multi-head attention learn? Count its four "
        "projections, `W_q`, `W_k`, `W_v` and `W_o`, each from `d_model` to "
        "`d_model` numbers, for all heads together. With `bias=True`, which "
        "is the default, each projection also has a **bias**: one number for "
        "each of its outputs, added at the end. `num_heads` divides "
        "`d_model`. Return an integer."
    ),
    points=1,
    difficulty=2,
    importance=3,
    minutes=5,
    reference=count,
    cases=(
        Case(
            "one head, no bias",
            lambda rng: {"d_model": 3, "num_heads": 1, "bias": False},
        ),
        Case(
            "two heads, no bias",
            lambda rng: {"d_model": 4, "num_heads": 2, "bias": False},
        ),
        Case(
            "two heads with bias",
            lambda rng: {"d_model": 6, "num_heads": 2, "bias": True},
        ),
        Case(
            "bias is the default",
            lambda rng: {"d_model": 10, "num_heads": 5},
        ),
        Case(
            "a larger one",
            lambda rng: {
                "d_model": 8 * int(rng.integers(4, 20)),
                "num_heads": 8,
                "bias": bool(rng.integers(2)),
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "times the heads",
            "you count full matrices for *every* head. The heads share them: "
            "each owns a slice of the columns, and all slices together are "
            "one matrix.",
            lambda d, h, bias=True: h * count(d, h, bias),
        ),
        Misconception(
            "one head only",
            "you counted what a single head owns, or took its matrices for "
            "square. Count all heads together: their matrices have d_model² "
            "numbers.",
            but(
                count,
                matrix=lambda d, h: d * d // h,
                row=lambda d, h: d // h,
            ),
        ),
        Misconception(
            "heads square",
            "each of your matrices has d_model² / num_heads numbers. That is "
            "one head's matrix, or square matrices for all heads, as high as "
            "the head is wide. A head reads a word's *whole* vector: all "
            "heads' matrices together have d_model² numbers.",
            but(count, matrix=lambda d, h: h * (d // h) ** 2),
        ),
        Misconception(
            "W_o forgotten",
            "you counted three projections. The fourth, `W_o`, comes after "
            "the heads and is learned as well.",
            but(count, projections=3),
        ),
        Misconception(
            "bias ignored",
            "you leave the biases out whatever `bias` says.",
            lambda d, h, bias=True: count(d, h, False),
        ),
        Misconception(
            "bias always",
            "you count biases even where `bias` is False.",
            lambda d, h, bias=True: count(d, h, True),
        ),
        Misconception(
            "no bias by default",
            "right wherever `bias` is given. If it is not, it should be True.",
            lambda d, h, bias=False: count(d, h, bias),
        ),
        Misconception(
            "one number as bias",
            "a projection's bias is not a single number: it has one for each "
            "of the projection's outputs.",
            but(count, row=lambda d, h: 1),
        ),
        Misconception(
            "one bias for all",
            "you counted the bias of one projection. Each of the four has "
            "its own.",
            lambda d, h, bias=True: count(d, h, False) + bool(bias) * d,
        ),
        Misconception(
            "W_o without bias",
            "queries, keys and values have their biases here, and the last "
            "projection has none. It has one too.",
            lambda d, h, bias=True: count(d, h, False) + 3 * bool(bias) * d,
        ),
        Misconception(
            "one projection",
            "this is one projection. There are four of them.",
            but(count, projections=1),
        ),
    ),
    hints=(
        "How large is the matrix that takes in rows of d_model numbers and "
        "gives out rows of d_model numbers? How many such matrices are "
        "there?",
        "The number of heads says how the columns are *shared out*, not how "
        "many there are. A bias is as long as a row of the output.",
        "4 times (d_model times d_model, plus d_model if there is a bias).",
    ),
    returns=("parameters",),
)
