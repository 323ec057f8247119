"""The exercise `translation.ngram_matches`."""

from collections import Counter
from functools import reduce
from operator import add, or_

from byhand.exercise import Case, Exercise, Misconception, Whole

from .shared import corpus, counted, drawn, ngrams, seam, with_n


def best_of_one(mine, theirs):
    """At most as often as the reference that has it most often."""
    return (mine & reduce(or_, theirs)).total()


def counts(
    clip=best_of_one,
    grams=ngrams,
    of=lambda mine, theirs, tokens, n: mine.total(),
    references=lambda several: several,
    orders=lambda n: (n,),
):
    """A wrong answer: counting in which one of these goes wrong."""

    def answer(hypotheses, references_, n):
        matches = total = 0
        for order in orders(n):
            for tokens, several in zip(hypotheses, references_, strict=True):
                mine = grams(tokens, order)
                theirs = [grams(one, order) for one in references(several)]
                matches += clip(mine, theirs)
                total += of(mine, theirs, tokens, order)
        return matches, total

    return answer


def not_clipped(mine, theirs):
    allowed = set().union(*theirs)
    return sum(count for gram, count in mine.items() if gram in allowed)


def clipped_by_the_sum(mine, theirs):
    return (mine & reduce(add, theirs)).total()


def matches_of_each(mine, theirs):
    return sum((mine & one).total() for one in theirs)


def best_reference(mine, theirs):
    return max((mine & one).total() for one in theirs)


def least_of_all(mine, theirs):
    return min((mine & one).total() for one in theirs)


def in_all_of_them(mine, theirs):
    for one in theirs:
        mine = mine & one
    return mine.total()


def distinct(mine, theirs):
    return len(mine & reduce(or_, theirs))


def once_each(tokens, n):
    return Counter(dict.fromkeys(ngrams(tokens, n), 1))


def in_any_order(tokens, n):
    grams = Counter()
    for gram, count in ngrams(tokens, n).items():
        grams[tuple(sorted(gram))] += count
    return grams


def in_pieces(tokens, n):
    """Every n words cut off, with no overlap."""
    cut = zip(*(tokens[k::n] for k in range(n)), strict=False)
    return Counter(cut)


def with_gaps(tokens, n):
    """First and last word only."""
    return Counter(zip(tokens, tokens[n - 1 :], strict=False))


def one_less(tokens, n):
    grams = list(zip(*(tokens[k:] for k in range(n)), strict=False))
    return Counter(grams[:-1])


def across_the_seams(hypotheses, references, n):
    return counted([seam(hypotheses)], [[seam(r[0] for r in references)]], n)


def clipped_over_the_corpus(hypotheses, references, n):
    """The counts of all sentences first, and clipped then."""
    mine = reduce(add, (ngrams(h, n) for h in hypotheses))
    theirs = Counter()
    for several in references:
        theirs.update(reduce(or_, (ngrams(r, n) for r in several)))
    return (mine & theirs).total(), mine.total()


def the_last_sentence_only(hypotheses, references, n):
    return counted(hypotheses[-1:], references[-1:], n)


def place_by_place(hypotheses, references, n):
    matches = 0
    for tokens, several in zip(hypotheses, references, strict=True):
        matches += max(
            sum(
                tokens[k : k + n] == one[k : k + n]
                for k in range(min(len(tokens), len(one)) - n + 1)
            )
            for one in several
        )
    return matches, counted(hypotheses, references, n)[1]


def as_a_share(hypotheses, references, n):
    matches, total = counted(hypotheses, references, n)
    return (matches / total if total else 0.0), total


def swapped(hypotheses, references, n):
    return counted(hypotheses, references, n)[::-1]


def spelled(hypothesis, reference, n):
    """One sentence whose words are not drawn, as their letters count."""
    return lambda rng: {
        "hypotheses": [hypothesis.split()],
        "references": [[reference.split()]],
        "n": n,
    }


EXERCISE = Exercise(
    id="translation.ngram_matches",
    signature="ngram_matches(hypotheses, references, n)",
    asks=(
        "Count the n-grams, runs of n words, that a translation shares with "
        "its references. `hypotheses` is a list of sentences, each a list of "
        "words. `references` has for each of them a *list* of one or more "
        "reference sentences. Return two whole numbers, `(matches, total)`, "
        "added up over all sentences. `total` counts the n-grams of the "
        "hypotheses. An n-gram that stands there twice counts twice. A "
        "hypothesis shorter than n has none. `matches` counts those that "
        "stand in a reference too, **clipped**: an n-gram of a hypothesis "
        "counts at most as often as it stands in the *one* reference of that "
        "sentence that has it most often. There is at least one hypothesis. "
        "A hypothesis may be empty, a reference not. n is 1 or more."
    ),
    points=3,
    difficulty=3,
    importance=4,
    minutes=8,
    reference=counted,
    cases=(
        Case("words of a short sentence", with_n(corpus(("ab", "ac")), 1)),
        Case("one word again and again", with_n(corpus(("aaaaa", "abac")), 1)),
        Case("pairs of words", with_n(corpus(("abcad", "abdac")), 2)),
        Case(
            "the same word in two references",
            with_n(corpus(("aaaa", "abca", "dea")), 1),
        ),
        Case(
            "each reference has something else",
            with_n(corpus(("abcd", "abef", "dcgc")), 1),
        ),
        Case(
            "three references, the second the best",
            with_n(corpus(("abcd", "aefg", "abcf", "dbgh")), 1),
        ),
        Case("triples that overlap", with_n(corpus(("ababab", "ababac")), 3)),
        Case(
            "triples with another word in the middle",
            with_n(corpus(("abcd", "aecd")), 3),
        ),
        Case(
            "shorter than n, and empty",
            with_n(corpus(("ab", "abcde"), ("", "ab"), ("efghi", "efghi")), 5),
        ),
        Case(
            "sentences that share words, the last like the first",
            with_n(
                corpus(("abca", "abc"), ("bcd", "bcda"), ("abca", "abc")), 2
            ),
        ),
        Case(
            "a word that only the other sentence's reference has",
            with_n(corpus(("aab", "ab"), ("cd", "aac")), 1),
        ),
        Case(
            "the same words in another order",
            with_n(corpus(("abcabd", "cbadba")), 2),
        ),
        Case(
            "pieces of words, and a full stop",
            spelled("Le sou ris et .", "le sour is petite .", 1),
        ),
        Case(
            "pairs of pieces", spelled("Le sou ris et", "le sour is petite", 2)
        ),
        Case("a corpus, pairs of words", with_n(drawn(4, 2), 2)),
        Case("a corpus, triples", with_n(drawn(3, 3), 3)),
    ),
    misconceptions=(
        Misconception(
            "not clipped",
            "you count every n-gram of the hypothesis that stands in a "
            "reference, however often. Then *le le le le* would be right. It "
            "counts at most as often as it stands in the reference.",
            counts(clip=not_clipped),
        ),
        Misconception(
            "clipped by the sum",
            "you added up the counts of all references. An n-gram may count "
            "as often as it stands in *one* of them, the one that has it "
            "most often.",
            counts(clip=clipped_by_the_sum),
        ),
        Misconception(
            "matches of each reference added",
            "you matched the hypothesis with each reference and added the "
            "matches. So the same word counts several times. Take the "
            "largest count of each n-gram first.",
            counts(clip=matches_of_each),
        ),
        Misconception(
            "the best reference as a whole",
            "you took the one reference that matches best as a whole. Each "
            "*n-gram* looks for the reference that has it most often.",
            counts(clip=best_reference),
        ),
        Misconception(
            "in all references",
            "you count what stands in *every* reference. One is enough.",
            counts(clip=in_all_of_them),
        ),
        Misconception(
            "the worst reference",
            "you took the reference that matches worst. An n-gram counts if "
            "any reference has it.",
            counts(clip=least_of_all),
        ),
        Misconception(
            "first reference only",
            "you looked at the first reference of each sentence only.",
            counts(references=lambda several: several[:1]),
        ),
        Misconception(
            "last reference only",
            "you looked at the last reference of each sentence only.",
            counts(references=lambda several: several[-1:]),
        ),
        Misconception(
            "distinct n-grams",
            "you count *different* n-grams. One that stands twice in the "
            "hypothesis counts twice in `total`, and in `matches` as often "
            "as a reference has it.",
            counts(grams=once_each),
        ),
        Misconception(
            "distinct matches",
            "`matches` counts *different* n-grams. One that stands twice in "
            "both counts twice.",
            counts(clip=distinct),
        ),
        Misconception(
            "total from the references",
            "`total` counts the n-grams of a reference. It counts those of "
            "the hypotheses: the share of what was said that is right.",
            counts(of=lambda mine, theirs, tokens, n: theirs[0].total()),
        ),
        Misconception(
            "total from the references together",
            "`total` counts the n-grams that the references allow. It counts "
            "those of the hypotheses: the share of what was said that is "
            "right.",
            counts(
                of=lambda mine, theirs, tokens, n: reduce(or_, theirs).total()
            ),
        ),
        Misconception(
            "total of different n-grams",
            "`total` counts *different* n-grams of the hypotheses. Count one "
            "that stands twice twice.",
            counts(of=lambda mine, theirs, tokens, n: len(mine)),
        ),
        Misconception(
            "negative totals",
            "a sentence shorter than n took something away from `total`: its "
            "length − n + 1 is negative. It has 0 n-grams.",
            counts(of=lambda mine, theirs, tokens, n: len(tokens) - n + 1),
        ),
        Misconception(
            "total counts words",
            "`total` counts words. A sentence of 7 words has 7 words, but 6 "
            "pairs and 5 triples.",
            counts(of=lambda mine, theirs, tokens, n: len(tokens)),
        ),
        Misconception(
            "across the seams",
            "you joined all sentences to one long text, and so counted "
            "n-grams that begin in one sentence and end in the next. Count "
            "sentence by sentence.",
            across_the_seams,
        ),
        Misconception(
            "clipped over the corpus",
            "you added up the counts of all sentences first and clipped "
            "then. So a word is right where another sentence's reference has "
            "it. Clip sentence by sentence.",
            clipped_over_the_corpus,
        ),
        Misconception(
            "all orders together",
            "you counted n-grams of every length up to n. Count those of n "
            "words only.",
            counts(orders=lambda n: range(1, n + 1)),
        ),
        Misconception(
            "words only",
            "you counted single words, whatever n says.",
            counts(orders=lambda n: (1,)),
        ),
        Misconception(
            "one word longer",
            "your n-grams are one word too long.",
            counts(orders=lambda n: (n + 1,)),
        ),
        Misconception(
            "in any order",
            "your n-grams match whatever the order of their words. Their "
            "order is what they are counted for.",
            counts(grams=in_any_order),
        ),
        Misconception(
            "pieces without overlap",
            "you cut the sentence into pieces of n words. An n-gram begins "
            "at *every* word, so they overlap.",
            counts(grams=in_pieces),
        ),
        Misconception(
            "first and last word only",
            "you compare only the first and the last word of an n-gram. All "
            "n must match.",
            counts(grams=with_gaps),
        ),
        Misconception(
            "the last n-gram left out",
            "you leave out each sentence's last n-gram. A sentence of L "
            "words has L − n + 1 of them.",
            counts(grams=one_less),
        ),
        Misconception(
            "place by place",
            "you compare n-grams at the same place only. A match counts "
            "wherever it stands in the reference.",
            place_by_place,
        ),
        Misconception(
            "the last sentence only",
            "only the last sentence is counted. Add up over all of them.",
            the_last_sentence_only,
        ),
        Misconception(
            "a share",
            "you return a share. Return the two whole numbers. The corpus "
            "needs them, since shares of single sentences cannot be added.",
            as_a_share,
        ),
        Misconception(
            "swapped",
            "matches and total are swapped.",
            swapped,
        ),
    ),
    hints=(
        "The hypothesis is *le le le le*. One reference has *le* twice, "
        "another once. How many of the four may count?",
        "`collections.Counter` counts: of tuples, since lists cannot be "
        "counted. `a & b` keeps the smaller count of each entry, `a | b` the "
        "larger. `.total()` adds up.",
        "For each sentence: mine = Counter of its n-grams; theirs = the "
        "references' counters joined by |; matches += (mine & theirs)"
        ".total(); total += mine.total().",
    ),
    returns=(Whole("matches"), Whole("total")),
    not_by=("modified_precision", "corpus_score"),
)
