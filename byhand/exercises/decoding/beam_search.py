"""The exercise `decoding.beam_search`."""

import math
import operator

import numpy as np

from byhand.exercise import Case, Exercise, Fact, Misconception, Whole

from ..pieces.tensors import tensor


def beam_as_a_table(step, bos, eos, width, max_len):
    """All candidates of a round in one table, `(beam, vocab)`."""
    import torch

    beams, totals = [[bos]], torch.zeros(1, dtype=torch.float64)
    for _round in range(max_len):
        rows = [None if ends(b, eos) else step(list(b)) for b in beams]
        vocab = max((len(row) for row in rows if row is not None), default=0)
        if not vocab:
            break
        # What is finished has one candidate, which costs nothing: itself.
        itself = torch.full((vocab,), -math.inf, dtype=torch.float64)
        itself[eos] = 0.0
        table = totals[:, None] + torch.stack(
            [itself if row is None else row for row in rows]
        )
        possible = int((table > -math.inf).sum())
        totals, places = table.flatten().topk(min(width, possible))
        beams = [
            beams[at] if ends(beams[at], eos) else [*beams[at], token]
            for at, token in (divmod(int(place), vocab) for place in places)
        ]
    return beams[0], totals[0]


def ends(tokens, eos):
    return len(tokens) > 1 and tokens[-1] == eos


# What the wrong answers may do otherwise; each replaces one of these.
def total(tokens, score):
    return score


def best_of_all(families, width, rank):
    every = [one for family in families for one in family]
    return sorted(every, key=rank)[:width]


def best_of_each(families, width, rank):
    """The first time the best tokens, then each goes its own way."""
    if len(families) == 1:
        return sorted(families[0], key=rank)[:width]
    return sorted((min(family, key=rank) for family in families), key=rank)


def the_first(beam, eos):
    best, *_ = beam
    return best


def best_finished(beam, eos):
    return next((one for one in beam if ends(one[0], eos)), beam[0])


def searched(
    add=operator.add,
    start=0.0,
    rank=total,
    finished=lambda tokens, eos: ends(tokens, eos),
    resting=lambda tokens, eos: tokens,
    rounds=lambda max_len: max_len,
    given=list,
    prune=best_of_all,
    stop=lambda beam, eos: False,
    pick=the_first,
    result=lambda tokens, score, eos: (tokens, score),
):
    """A wrong answer: a beam search in which one of these goes wrong."""

    def answer(step, bos, eos, width, max_len):
        beam = [([bos], start)]
        for _ in range(rounds(max_len)):
            families = [
                [(resting(tokens, eos), score)]
                if finished(tokens, eos)
                else [
                    ([*tokens, token], add(score, log))
                    for token, log in enumerate(
                        np.asarray(step(given(tokens)))
                    )
                ]
                for tokens, score in beam
            ]
            beam = prune(families, width, lambda one: -rank(*one))
            if stop(beam, eos):
                break
        return result(*pick(beam, eos), eos)

    return answer


def forgets_finished(step, bos, eos, width, max_len):
    alive = [([bos], 0.0)]
    for _round in range(max_len):
        every = [
            ([*tokens, token], score + log)
            for tokens, score in alive
            for token, log in enumerate(np.asarray(step(list(tokens))))
            if token != eos
        ]
        alive = best_of_all([every], width, lambda one: -one[1])
    return alive[0]


def ended_put_aside(step, bos, eos, width, max_len):
    beam, aside = [([bos], 0.0)], []
    for _round in range(max_len):
        every = [
            ([*tokens, token], score + log)
            for tokens, score in beam
            for token, log in enumerate(np.asarray(step(list(tokens))))
        ]
        aside += [one for one in every if ends(one[0], eos)]
        every = [one for one in every if not ends(one[0], eos)]
        beam = best_of_all([every], width, lambda one: -one[1])
    return max(beam + aside, key=lambda one: one[1])


def finished_apart(places):
    """What ends among the best leaves the beam for a list that stays.

    places: how many go on, from the width and how many have ended.
    """

    def answer(step, bos, eos, width, max_len):
        beam, aside = [([bos], 0.0)], []
        for _round in range(max_len):
            every = [
                ([*tokens, token], score + log)
                for tokens, score in beam
                for token, log in enumerate(np.asarray(step(list(tokens))))
            ]
            room = places(width, len(aside))
            best = best_of_all([every], room, lambda one: -one[1])
            aside += [one for one in best if ends(one[0], eos)]
            going = [one for one in every if not ends(one[0], eos)]
            room = places(width, len(aside))
            beam = best_of_all([going], room, lambda one: -one[1])
        return max(beam + aside, key=lambda one: one[1])

    return answer


def best_within_each(families, width, rank):
    return sorted(
        (one for f in families for one in sorted(f, key=rank)[:width]),
        key=rank,
    )


def mean_score(tokens, score):
    return score / max(len(tokens) - 1, 1)


def some_finished(beam, eos):
    return any(ends(tokens, eos) for tokens, _ in beam)


def without_eos(tokens, score, eos):
    return (tokens[:-1] if ends(tokens, eos) else tokens), score


def worst_first(families, width, rank):
    return best_of_all(families, width, lambda one: -rank(one))


def everything(families, width, rank):
    return best_of_all(families, None, rank)


def without_bos(families, width, rank):
    every = [one for family in families for one in family]
    once = [one for one in every if one[0].count(one[0][0]) == 1]
    return best_of_all([once], width, rank)


def greedily(families, width, rank):
    return best_of_all(families, 1, rank)


def model(branches, vocab, bos, eos, width, max_len, never=None):
    """A next-token model, as a tree of probabilities.

    branches: from the tokens behind bos to the probabilities of the next, in
    the order of the ids, which chance moves by 3 % at most. Elsewhere they
    are drawn, a little apart from each other, and depend on the whole
    sequence. never: an id that cannot follow anything.
    """

    def inputs(rng):
        seed = int(rng.integers(2**32))
        known = {}
        for tokens, shares in branches.items():
            moved = np.array(shares) * rng.uniform(0.97, 1.03, vocab)
            known[bos, *tokens] = moved

        def step(tokens):
            sequence = tuple(int(token) for token in tokens)
            if sequence not in known:
                own = np.random.default_rng([seed, *map(abs, sequence)])
                known[sequence] = own.uniform(0.5, 1.5, vocab)
            shares = known[sequence].copy()
            if never is not None:
                shares[never] = 0.0
            with np.errstate(divide="ignore"):
                return tensor(np.log(shares / shares.sum()))

        return {
            "step": step,
            "bos": bos,
            "eos": eos,
            "width": width,
            "max_len": max_len,
        }

    return inputs


# Ids 0 and 1 are bos and eos, 2 and 3 are words.
GREEDY_LOSES = {
    (): (0.02, 0.08, 0.5, 0.4),
    (2,): (0.1, 0.2, 0.4, 0.3),
    (3,): (0.02, 0.05, 0.03, 0.9),
}


SHORT_IS_BEST = {
    (): (0.05, 0.4, 0.35, 0.2),
    (1,): (0.02, 0.95, 0.01, 0.02),
    (2,): (0.02, 0.03, 0.05, 0.9),
    (2, 3): (0.02, 0.03, 0.9, 0.05),
}


SHORT_IS_BEATEN = {
    (): (0.03, 0.3, 0.6, 0.07),
    (2,): (0.02, 0.03, 0.05, 0.9),
    (2, 3): (0.02, 0.03, 0.9, 0.05),
}


LONG_ENDS = {**SHORT_IS_BEATEN, (2, 3): (0.02, 0.9, 0.03, 0.05)}


TWINS = {
    (): (0.04, 0.06, 0.55, 0.35),
    (2,): (0.02, 0.03, 0.5, 0.45),
    (3,): (0.2, 0.2, 0.33, 0.27),
    (2, 2): (0.2, 0.22, 0.3, 0.28),
    (2, 3): (0.02, 0.03, 0.9, 0.05),
}


# Where an end falls out of the beam after a round, though it would win.
LOSES_ITS_PLACE = {
    (): (0, 0.3, 0.7, 0),
    (2,): (0, 0, 0.52, 0.48),
    (2, 2): (0, 0.1, 0.5, 0.4),
    (2, 3): (0, 0.1, 0.5, 0.4),
}


# Where the second best needs the place of an end that falls out.
MAKES_ROOM = {
    (): (0, 0.2, 0.8, 0),
    (2,): (0, 0, 0.55, 0.45),
    (2, 2): (0.25, 0.25, 0.25, 0.25),
    (2, 3): (0.01, 0.01, 0, 0.98),
}


# Where all that begins with 3 falls out, though it would win.
OUT_TOGETHER = {
    (): (0.05, 0.05, 0.5, 0.4),
    (2,): (0.02, 0.03, 0.5, 0.45),
    (3,): (0.01, 0.01, 0.49, 0.49),
    (2, 2): (0.25, 0.25, 0.25, 0.25),
    (2, 3): (0.25, 0.25, 0.25, 0.25),
    (3, 2): (0.01, 0.01, 0.01, 0.97),
    (3, 3): (0.01, 0.01, 0.97, 0.01),
}


FALLS_OUT = {
    (): (0.05, 0.15, 0.42, 0.38),
    (2,): (0.2, 0.2, 0.32, 0.28),
    (3,): (0.2, 0.2, 0.32, 0.28),
}


OUTSIDE = {  # the best sequence of all begins with 4
    (): (0.01, 0.01, 0.4, 0.32, 0.26),
    (2,): (0.05, 0.1, 0.35, 0.25, 0.25),
    (3,): (0.05, 0.1, 0.25, 0.35, 0.25),
    (4,): (0.01, 0.01, 0.01, 0.01, 0.96),
    (4, 4): (0.01, 0.01, 0.01, 0.01, 0.96),
}


STEEPER = {  # with each further first token, a better pair
    (): (0.01, 0.01, 0.4, 0.33, 0.25),
    (2,): (0.1, 0.1, 0.45, 0.2, 0.15),
    (3,): (0.04, 0.05, 0.66, 0.15, 0.1),
    (4,): (0.01, 0.01, 0.01, 0.01, 0.96),
}


BOS_AGAIN = {  # a token like any other
    (): (0.6, 0.05, 0.2, 0.15),
    (0,): (0.05, 0.05, 0.8, 0.1),
}


EXERCISE = Exercise(
    id="decoding.beam_search",
    signature="beam_search(step, bos, eos, width, max_len)",
    asks=(
        "Look for a likely *sequence*, keeping `width` candidates at a time. "
        "`step` is a model: `step(tokens)` takes a list of ids that begins "
        "with `bos` and returns a tensor `(vocab,)` with the log-probability "
        "(to base e) of each next token; −∞ means impossible. The **score** "
        "of a sequence is the sum of the log-probabilities of its tokens "
        "behind `bos`, whatever its length. Start with `[bos]` alone, at "
        "score 0. In each of at most `max_len` rounds, extend every "
        "candidate by every token of the vocabulary, and keep the `width` "
        "best of all that come of it. A candidate that ends with `eos` is "
        "finished: it is not extended any more, and competes for its place "
        "as it is. Return the best candidate of the end, **finished or "
        "not**, as `(tokens, score)`: its ids as a list, with `bos` and, if "
        "it has one, `eos`; and its score. So `max_len` counts the tokens "
        "behind `bos`, and counts `eos` as one. `bos` and `eos` differ, "
        "`width` and `max_len` are 1 or more, and no two scores are equal."
    ),
    points=4,
    difficulty=5,
    importance=3,
    minutes=30,
    reference=beam_as_a_table,
    cases=(
        Case("one token", model(GREEDY_LOSES, 4, 0, 1, 1, 1)),
        Case("two tokens, width 1", model(GREEDY_LOSES, 4, 0, 1, 1, 2)),
        Case(
            "width 2, where greedy loses", model(GREEDY_LOSES, 4, 0, 1, 2, 2)
        ),
        Case(
            "the best ends after one token",
            model(SHORT_IS_BEST, 4, 0, 1, 2, 3),
        ),
        Case(
            "one ends soon, and is beaten",
            model(SHORT_IS_BEATEN, 4, 0, 1, 2, 3),
        ),
        Case(
            "one ends soon, a better one later",
            model(LONG_ENDS, 4, 0, 1, 2, 5),
        ),
        Case("the two best begin alike", model(TWINS, 4, 0, 1, 2, 3)),
        Case("the best of all is out of reach", model(OUTSIDE, 5, 0, 1, 2, 3)),
        Case("one that ends is too unlikely", model(FALLS_OUT, 4, 0, 1, 2, 3)),
        Case(
            "one ends soon, and loses its place",
            model(LOSES_ITS_PLACE, 4, 0, 1, 2, 3),
        ),
        Case(
            "one ends soon, and makes room again",
            model(MAKES_ROOM, 4, 0, 1, 2, 3),
        ),
        Case(
            "all that begin with 3 fall out together",
            model(OUT_TOGETHER, 4, 0, 1, 2, 3),
        ),
        Case("a wider beam would find more", model(STEEPER, 5, 0, 1, 1, 2)),
        Case("other ids for bos and eos", model({}, 5, 4, 2, 3, 4)),
        Case("bos can never follow", model({}, 4, 3, 0, 4, 4, never=3)),
        Case("a beam that is wider than needed", model({}, 4, 2, 1, 100, 3)),
        Case("bos follows", model(BOS_AGAIN, 4, 0, 1, 2, 2)),
    ),
    misconceptions=(
        Misconception(
            "greedy",
            "only one candidate is ever kept, whatever `width` says: that is "
            "greedy decoding.",
            searched(prune=greedily),
        ),
        Misconception(
            "every candidate on its own",
            "each candidate keeps its own best continuation, so that they "
            "never compete with each other. Throw all continuations of all "
            "candidates together, and keep the best of *those*, even if they "
            "have the same beginning.",
            searched(prune=best_of_each),
        ),
        Misconception(
            "bos never follows",
            "`bos` never comes again in yours. It is a token like any "
            "other, as likely as `step` says: extend every candidate by "
            "*every* token.",
            searched(prune=without_bos),
        ),
        Misconception(
            "nothing dropped",
            "you keep all candidates, and find the best of all sequences. "
            "With a real vocabulary there would be millions of them after "
            "two rounds. Only `width` may be kept.",
            searched(prune=everything),
        ),
        Misconception(
            "the worst kept",
            "you keep the candidates with the *lowest* scores. The nearer to "
            "0 a log-probability, the likelier.",
            searched(prune=worst_first),
        ),
        Misconception(
            "probabilities added",
            "you turned log-probabilities into probabilities and *added* "
            "those. The probability of a sequence is a product. Its "
            "logarithm is the sum of the logarithms.",
            searched(add=lambda score, log: score + math.exp(log)),
        ),
        Misconception(
            "logarithms multiplied",
            "you multiplied log-probabilities. It is probabilities that are "
            "multiplied. Their logarithms are added.",
            searched(add=operator.mul, start=1.0),
        ),
        Misconception(
            "a probability returned",
            "the score came back as a probability. Leave the sum of the "
            "log-probabilities as it is: a long sequence's probability is "
            "too small for a float.",
            searched(
                result=lambda tokens, score, eos: (tokens, math.exp(score))
            ),
        ),
        Misconception(
            "only the last step counts",
            "a candidate is judged by its last token alone. Its score is the "
            "sum over *all* of its tokens.",
            searched(add=lambda score, log: log),
        ),
        Misconception(
            "divided by the length",
            "you divided the score by the number of tokens. Many programs "
            "do, since otherwise short sequences win. Here use the plain "
            "sum.",
            searched(
                rank=mean_score,
                result=lambda tokens, score, eos: (
                    tokens,
                    mean_score(tokens, score),
                ),
            ),
        ),
        Misconception(
            "on after the end",
            "a candidate that has ended with `eos` is extended further. It "
            "is finished: it stays as it is.",
            searched(finished=lambda tokens, eos: False),
        ),
        Misconception(
            "filled up with eos",
            "a finished candidate gets another `eos` in each round. Its "
            "score is right, but there should be one `eos` only.",
            searched(resting=lambda tokens, eos: [*tokens, eos]),
        ),
        Misconception(
            "the finished forgotten",
            "what has ended with `eos` is thrown away. It stays a candidate, "
            "and may be the best in the end.",
            forgets_finished,
        ),
        Misconception(
            "what has ended is kept for ever",
            "you put everything that ends with `eos` aside and choose from "
            "it in the end. Here a finished candidate competes in its round, "
            "and in every later one, for one of the `width` places.",
            ended_put_aside,
        ),
        Misconception(
            "the finished take no place",
            "a finished candidate takes no place in yours: `width` others go "
            "on beside it, and it waits for the end. It competes for one of "
            "the `width` places in *every* round, and may lose it.",
            finished_apart(lambda width, ended: width),
        ),
        Misconception(
            "the finished keep their place",
            "a finished candidate keeps its place for ever in yours, and "
            "fewer and fewer go on beside it. It competes in every round. "
            "Where `width` others are better, it falls out.",
            finished_apart(lambda width, ended: max(width - ended, 0)),
        ),
        Misconception(
            "cut within each candidate",
            "you keep the `width` best of *each* candidate, so that the beam "
            "grows from round to round. Keep the `width` best of all "
            "together.",
            searched(prune=best_within_each),
        ),
        Misconception(
            "the first that ends",
            "you stop as soon as one candidate has ended, and return it. "
            "Others may still get to a better score. Stop when nothing can "
            "be extended, or after `max_len` rounds.",
            searched(stop=some_finished, pick=best_finished),
        ),
        Misconception(
            "only what has ended",
            "you return the best *finished* candidate, though an unfinished "
            "one has a better score. Return the best, finished or not.",
            searched(pick=best_finished),
        ),
        Misconception(
            "the last of the beam",
            "you return the last candidate of the beam, which is the worst "
            "of those that are left. The best is the first.",
            searched(pick=lambda beam, eos: beam[-1]),
        ),
        Misconception(
            "max_len counts bos",
            "your sequences are one token short: `max_len` counts the tokens "
            "*behind* `bos`.",
            searched(rounds=lambda max_len: max_len - 1),
        ),
        Misconception(
            "one round too many",
            "your sequences may be one token too long: there are at most "
            "`max_len` rounds, and each adds one.",
            searched(rounds=lambda max_len: max_len + 1),
        ),
        Misconception(
            "the last token only",
            "you give `step` only the last token. The model needs the whole "
            "sequence, from `bos` on.",
            searched(given=lambda tokens: tokens[-1:]),
        ),
        Misconception(
            "bos cut off",
            "`bos` is missing at the front of what you return.",
            searched(
                result=lambda tokens, score, eos: (tokens[1:], score),
            ),
        ),
        Misconception(
            "eos cut off",
            "`eos` is missing at the end of what you return. Without it, is "
            "the sequence finished or cut off?",
            searched(result=without_eos),
        ),
        Misconception(
            "ranked by the mean",
            "you rank candidates by their score divided by their length. "
            "Here the score alone decides, whatever the length.",
            searched(rank=mean_score),
        ),
        Misconception(
            "one candidate more",
            "you keep one candidate more than `width`.",
            lambda step, bos, eos, width, max_len: searched()(
                step, bos, eos, width + 1, max_len
            ),
        ),
    ),
    hints=(
        "After one round the candidates are *a* (0.5) and *b* (0.4), and the "
        "width is 2. From *a* on, nothing has more than 0.4; from *b* on, "
        "one token has 0.9. Which are the two best pairs?",
        "Keep a list of pairs (tokens, score). In each round make a new "
        "list: from a finished pair itself, from any other one pair for each "
        "token, the log-probability added to the score. Sort it by score, "
        "descending, and cut it off after `width`.",
        "beam = [([bos], 0)]. Repeat max_len times: new = []; for each "
        "(tokens, score) of beam: if it ends with eos, put it into new as it "
        "is; else for each token put (tokens + token, score + its "
        "log-probability) into new. beam = the `width` best of new. Result: "
        "the best of beam.",
    ),
    returns=(Whole("tokens"), "score"),
    facts=(
        Fact(
            "a score is not above 0",
            lambda score: bool((score <= 0).all()),
            "score",
        ),
    ),
)
