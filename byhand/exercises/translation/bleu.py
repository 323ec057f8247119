"""The exercise `translation.bleu`."""

import math
from functools import reduce
from operator import or_

from byhand.exercise import Case, Exercise, Fact, Misconception

from .brevity_penalty import smaller_of_two
from .shared import corpus, counted, drawn, ngrams


def nearest(hypothesis, several):
    """The reference's length nearest to the hypothesis'; a tie: shorter."""
    return min((abs(len(one) - len(hypothesis)), len(one)) for one in several)[
        1
    ]


def geometric(precisions):
    if not precisions or min(precisions) <= 0:
        return 0.0
    return math.prod(precisions) ** (1 / len(precisions))


def precisions_of(hypotheses, references, max_n):
    """Matches over totals, 0 where there are no n-grams."""
    each = [counted(hypotheses, references, n + 1) for n in range(max_n)]
    return [matches / total if total else 0.0 for matches, total in each]


def score(
    hypotheses,
    references,
    max_n=4,
    *,
    precisions=precisions_of,
    mean=geometric,
    reference_length=nearest,
    penalty=smaller_of_two,
    scale=100.0,
):
    """BLEU, each part of which can go wrong."""
    c = sum(map(len, hypotheses))
    r = sum(map(reference_length, hypotheses, references))
    found = precisions(hypotheses, references, max_n)
    return scale * penalty(c, r) * mean(found)


def by_logarithms(hypotheses, references, max_n=4):
    """In logarithms, and all orders at once."""
    logs = 0.0
    for n in range(1, max_n + 1):
        matches, total = counted(hypotheses, references, n)
        if not matches:
            return 0.0
        logs += math.log(matches) - math.log(total)
    c = sum(map(len, hypotheses))
    r = sum(map(nearest, hypotheses, references))
    return 100 * math.exp(logs / max_n + min(0.0, 1 - r / c))


def wrong(**parts):
    """A wrong answer: one of BLEU's parts is another."""

    def answer(hypotheses, references, max_n=4):
        return score(hypotheses, references, max_n, **parts)

    return answer


def mean_of_sentences(hypotheses, references, max_n=4):
    each = [
        score([one], [several], max_n)
        for one, several in zip(hypotheses, references, strict=True)
    ]
    return sum(each) / len(each)


def always_four(hypotheses, references, max_n=4):
    return score(hypotheses, references, 4)


def the_last_order(hypotheses, references, max_n):
    return precisions_of(hypotheses, references, max_n)[-1:]


def one_less(hypotheses, references, max_n):
    return precisions_of(hypotheses, references, max(max_n - 1, 1))


def smoothed(hypotheses, references, max_n):
    each = [counted(hypotheses, references, n + 1) for n in range(max_n)]
    return [
        (matches + (n > 0)) / (total + (n > 0))
        for n, (matches, total) in enumerate(each)
    ]


def smoothed_from_one(hypotheses, references, max_n):
    each = [counted(hypotheses, references, n + 1) for n in range(max_n)]
    return [(matches + 1) / (total + 1) for matches, total in each]


def smoothed_zeros(hypotheses, references, max_n):
    """An order without matches counts half of what one match would."""
    found, half = [], 1.0
    for n in range(max_n):
        matches, total = counted(hypotheses, references, n + 1)
        if not matches:
            half /= 2
        found.append((matches or half) / total if total else 0.0)
    return found


def zeros_are_ones(hypotheses, references, max_n):
    return [p or 1.0 for p in precisions_of(hypotheses, references, max_n)]


def without_zeros(precisions):
    return geometric([one for one in precisions if one > 0])


def not_clipped(hypotheses, references, max_n):
    found = []
    for n in range(1, max_n + 1):
        matches = total = 0
        for tokens, several in zip(hypotheses, references, strict=True):
            mine = ngrams(tokens, n)
            theirs = set().union(*(ngrams(one, n) for one in several))
            total += mine.total()
            matches += sum(v for gram, v in mine.items() if gram in theirs)
        found.append(matches / total if total else 0.0)
    return found


def of_the_first_reference(hypotheses, references, max_n):
    return precisions_of(hypotheses, [r[:1] for r in references], max_n)


def recalls(hypotheses, references, max_n):
    """Shares of the references' n-grams."""
    found = []
    for n in range(1, max_n + 1):
        matches = counted(hypotheses, references, n)[0]
        total = sum(
            reduce(or_, (ngrams(one, n) for one in several)).total()
            for several in references
        )
        found.append(matches / total if total else 0.0)
    return found


def mean_of_shares(hypotheses, references, max_n):
    """The mean of the sentences' precisions, order by order."""
    each = [
        precisions_of([one], [several], max_n)
        for one, several in zip(hypotheses, references, strict=True)
    ]
    return [sum(column) / len(each) for column in zip(*each, strict=True)]


def penalty_of_each(hypotheses, references, max_n=4):
    """The mean of the sentences' penalties."""
    each = [
        smaller_of_two(len(one), nearest(one, several))
        for one, several in zip(hypotheses, references, strict=True)
    ]
    mean = sum(each) / len(each)
    return score(hypotheses, references, max_n, penalty=lambda c, r: mean)


def longer_at_a_tie(hypothesis, several):
    return (
        min((abs(len(one) - len(hypothesis)), -len(one)) for one in several)[1]
        * -1
    )


def first_at_a_tie(hypothesis, several):
    return len(min(several, key=lambda one: abs(len(one) - len(hypothesis))))


def long_output_punished(c, r):
    return smaller_of_two(c, r) * smaller_of_two(r, c)


def with_max_n(inputs, max_n):
    return lambda rng: {**inputs(rng), "max_n": max_n}


EXERCISE = Exercise(
    id="translation.bleu",
    signature="bleu(hypotheses, references, max_n=4)",
    asks=(
        "The score of a whole translation, from 0 to 100. The arguments are "
        "those of `ngram_matches`. The **precision** of order n is matches / "
        "total, over the whole corpus. Take the geometric mean of the "
        "precisions of n = 1 … `max_n`: the `max_n`-th root of their "
        "product. Multiply it by the brevity penalty and by 100. For the "
        "penalty, c is the number of all hypotheses' words. r adds up, for "
        "each sentence, the length of the reference that is *nearest* in "
        "length to the hypothesis, and at a tie the shorter one. There is no "
        "smoothing: where a precision is 0, or an order has no n-grams at "
        "all, return 0.0."
    ),
    points=3,
    difficulty=3,
    importance=4,
    minutes=6,
    reference=by_logarithms,
    cases=(
        Case(
            "the reference itself",
            with_max_n(corpus(("abcdefg", "abcdefg")), 4),
        ),
        Case(
            "two words swapped", with_max_n(corpus(("abcdegf", "abcdefg")), 4)
        ),
        Case("single words only", with_max_n(corpus(("abcda", "abced")), 1)),
        Case("up to pairs", with_max_n(corpus(("abcdaa", "abcedf")), 2)),
        Case("a word too few", with_max_n(corpus(("abcdef", "abcdefg")), 4)),
        Case("words too many", with_max_n(corpus(("abcdefgh", "abcdef")), 4)),
        Case(
            "short, and long again",
            with_max_n(
                corpus(("abcde", "abcdefghi"), ("bcdefahijk", "bcdefa")), 4
            ),
        ),
        Case(
            "one word again and again",
            with_max_n(corpus(("aaaaaaa", "abcdefg")), 4),
        ),
        Case(
            "no four words in a row",
            with_max_n(
                corpus(("abchij", "abcdef")),
                4,
            ),
        ),
        Case("shorter than four words", with_max_n(corpus(("abc", "abc")), 4)),
        Case("nothing was said", with_max_n(corpus(("", "abcd")), 4)),
        Case(
            "two references, one nearer",
            with_max_n(corpus(("abcdef", "abcdefghi", "abcde")), 4),
        ),
        Case(
            "two references, equally near",
            with_max_n(corpus(("abcdefg", "abcdefghi", "abcde")), 4),
        ),
        Case(
            "equally near, the shorter one first",
            with_max_n(corpus(("abcdefh", "abcde", "abcdefhij")), 3),
        ),
        Case(
            "three references, the middle one near",
            with_max_n(corpus(("abcdef", "abcd", "abcdefg", "abcdefghij")), 4),
        ),
        Case(
            "one word is wrong, all pairs are right",
            with_max_n(corpus(("a", "b"), ("abcde", "abcde")), 4),
        ),
        Case(
            "the nearest is neither the shortest nor the longest",
            with_max_n(
                corpus(
                    ("abcdef", "abc", "abcdefghi", "abcde"),
                    ("abcd", "abcdefgh"),
                ),
                4,
            ),
        ),
        Case("a corpus of several lengths", with_max_n(drawn(5, 1), 4)),
        Case("a corpus with two references", with_max_n(drawn(4, 2), 3)),
        Case(
            "one sentence is all wrong, and one empty",
            with_max_n(
                corpus(("abcde", "abcde"), ("fghij", "kl"), ("", "hijkl")), 4
            ),
        ),
    ),
    misconceptions=(
        Misconception(
            "arithmetic mean",
            "you took the arithmetic mean of the precisions. BLEU takes the "
            "geometric mean: their product, and the root of it.",
            wrong(mean=lambda p: sum(p) / len(p)),
        ),
        Misconception(
            "no root",
            "you multiplied the precisions and took no root. A product of "
            "four numbers needs the fourth root to be their mean.",
            wrong(mean=math.prod),
        ),
        Misconception(
            "always the fourth root",
            "you took the fourth root, whatever `max_n` is. The root has the "
            "number of the precisions.",
            wrong(mean=lambda p: math.prod(p) ** 0.25),
        ),
        Misconception(
            "harmonic mean",
            "you took the harmonic mean of the precisions. BLEU takes the "
            "geometric one.",
            wrong(
                mean=lambda p: (
                    len(p) / sum(1 / x for x in p) if min(p) > 0 else 0.0
                )
            ),
        ),
        Misconception(
            "no brevity penalty",
            "the brevity penalty is missing: a translation that says little "
            "gets away with it.",
            wrong(penalty=lambda c, r: 1.0 if c else 0.0),
        ),
        Misconception(
            "long output punished",
            "you punish long translations as well. The penalty is 1 for them.",
            wrong(penalty=long_output_punished),
        ),
        Misconception(
            "penalty inside the root",
            "the brevity penalty went under the root. Multiply by it after "
            "the root.",
            lambda hypotheses, references, max_n=4: score(
                hypotheses,
                references,
                max_n,
                penalty=lambda c, r: smaller_of_two(c, r) ** (1 / max_n),
            ),
        ),
        Misconception(
            "mean of sentence scores",
            "you took the mean of the sentences' scores. BLEU adds up "
            "matches and totals over the corpus first, and divides once.",
            mean_of_sentences,
        ),
        Misconception(
            "mean of precisions",
            "you took the mean of the sentences' precisions. Add up matches "
            "and totals over the corpus, and divide once.",
            wrong(precisions=mean_of_shares),
        ),
        Misconception(
            "mean of penalties",
            "each sentence has a penalty of its own here, and you take the "
            "mean. BLEU has one penalty, from the lengths of the corpus: a "
            "long sentence makes up for a short one.",
            penalty_of_each,
        ),
        Misconception(
            "from 0 to 1",
            "your score goes from 0 to 1. Multiply it by 100.",
            wrong(scale=1.0),
        ),
        Misconception(
            "the shortest reference",
            "for r you took the *shortest* reference of each sentence. Take "
            "the one nearest in length to the hypothesis.",
            wrong(reference_length=lambda h, several: min(map(len, several))),
        ),
        Misconception(
            "the longest reference",
            "for r you took the *longest* reference of each sentence. Take "
            "the one nearest in length to the hypothesis.",
            wrong(reference_length=lambda h, several: max(map(len, several))),
        ),
        Misconception(
            "the first reference's length",
            "for r you took the *first* reference of each sentence. Take the "
            "one nearest in length to the hypothesis.",
            wrong(reference_length=lambda h, several: len(several[0])),
        ),
        Misconception(
            "the references' mean length",
            "for r you took the references' mean length. Take the one "
            "nearest in length to the hypothesis.",
            wrong(
                reference_length=lambda h, several: (
                    sum(map(len, several)) / len(several)
                )
            ),
        ),
        Misconception(
            "all references' lengths",
            "for r you added up *all* references of a sentence. Take one of "
            "them, the nearest in length.",
            wrong(reference_length=lambda h, several: sum(map(len, several))),
        ),
        Misconception(
            "the longer at a tie",
            "where two references are equally near in length, you took the "
            "longer one. Take the shorter.",
            wrong(reference_length=longer_at_a_tie),
        ),
        Misconception(
            "the first at a tie",
            "where two references are equally near in length, you took the "
            "first. Take the shorter.",
            wrong(reference_length=first_at_a_tie),
        ),
        Misconception(
            "add-one smoothing",
            "you added 1 to matches and totals from pairs on. That is "
            "smoothing. Here a precision of 0 makes the score 0.",
            wrong(precisions=smoothed),
        ),
        Misconception(
            "add-one smoothing of all orders",
            "you added 1 to all matches and totals. That is smoothing. Here "
            "a precision of 0 makes the score 0.",
            wrong(precisions=smoothed_from_one),
        ),
        Misconception(
            "smoothed zeros",
            "where an order has no matches, you put in a small number "
            "instead. That is smoothing. Here the score is 0 then.",
            wrong(precisions=smoothed_zeros),
        ),
        Misconception(
            "orders without matches left out",
            "you left out the orders without matches, or without n-grams. "
            "One precision of 0 makes the whole score 0.",
            wrong(mean=without_zeros),
        ),
        Misconception(
            "orders without matches skipped",
            "you skipped the orders without matches, so each counts as 1. "
            "One precision of 0 makes the whole score 0.",
            wrong(precisions=zeros_are_ones),
        ),
        Misconception(
            "`max_n` ignored",
            "you always count up to four words, whatever `max_n` says.",
            always_four,
        ),
        Misconception(
            "the last order only",
            "you used the precision of order `max_n` alone. Take the mean "
            "over all orders from 1 on.",
            wrong(precisions=the_last_order),
        ),
        Misconception(
            "one order too few",
            "the last order is missing: `range` stops before its end.",
            wrong(precisions=one_less),
        ),
        Misconception(
            "not clipped",
            "your matches are not clipped, so *le le le* is right wherever "
            "the reference has one *le*.",
            wrong(precisions=not_clipped),
        ),
        Misconception(
            "first reference only",
            "you matched with the first reference of each sentence only.",
            wrong(precisions=of_the_first_reference),
        ),
        Misconception(
            "recall",
            "you divided by the n-grams of the references: that is recall. "
            "Divide by those of the hypotheses.",
            wrong(precisions=recalls),
        ),
        Misconception(
            "penalty swapped",
            "the two lengths of the brevity penalty are swapped: c, the "
            "hypotheses' words, comes first.",
            wrong(penalty=lambda c, r: smaller_of_two(r, c)),
        ),
    ),
    hints=(
        "The precisions are 7/7, 4/6, 3/5 and 2/4. What is their product, "
        "and what its fourth root?",
        "`ngram_matches` gives matches and total of an order, "
        "`brevity_penalty` the rest. What should happen before you divide "
        "by a total of 0?",
        "product = 1; for n = 1 … max_n: matches, total = ngram_matches(…); "
        "if matches is 0: return 0.0; product *= matches / total. r = the "
        "sum of the nearest lengths. Result: 100 · brevity_penalty(c, r) · "
        "product ** (1 / max_n).",
    ),
    returns=("score",),
    facts=(
        Fact(
            "a score is between 0 and 100",
            lambda one: bool((one >= 0).all() and (one <= 100 + 1e-9).all()),
        ),
    ),
    not_by=("corpus_bleu", "sentence_bleu", "corpus_score", "sentence_score"),
)
