"""What several exercises of lesson 18 use: words, n-grams, corpora."""

from collections import Counter

WORDS = (
    "le",
    "la",
    "chat",
    "souris",
    "voit",
    "une",
    "petite",
    "maison",
    "bleue",
    "noir",
    "grand",
    "et",
)


def ngrams(tokens, n):
    """Each n-gram of a sentence and how often it stands there."""
    return Counter(zip(*(tokens[k:] for k in range(n)), strict=False))


def counted(hypotheses, references, n):
    """(matches, total), by counters: & is the smaller count, | the larger."""
    matches = total = 0
    for hypothesis, several in zip(hypotheses, references, strict=True):
        mine, theirs = ngrams(hypothesis, n), Counter()
        for reference in several:
            theirs |= ngrams(reference, n)
        matches += (mine & theirs).total()
        total += mine.total()
    return matches, total


def corpus(*sentences):
    """A case's corpus: each a hypothesis and one or more references.

    They are written with placeholders, a letter a word; which words these
    are, chance decides.
    """

    def inputs(rng):
        words = rng.permutation(WORDS).tolist()

        def tokens(letters):
            return [words[ord(letter) - ord("a")] for letter in letters]

        return {
            "hypotheses": [tokens(first) for first, *_ in sentences],
            "references": [
                [tokens(one) for one in others] for _, *others in sentences
            ],
        }

    return inputs


def changed(rng, tokens):
    """A sentence with a few words swapped, dropped, repeated or replaced."""
    tokens = list(tokens)
    for _ in range(int(rng.integers(1, 4))):
        k = int(rng.integers(len(tokens)))
        what = int(rng.integers(4))
        if what == 0 and len(tokens) > 5:
            del tokens[k]
        elif what == 1:
            tokens.insert(k, tokens[k])
        elif what == 2:
            j = int(rng.integers(len(tokens)))
            tokens[k], tokens[j] = tokens[j], tokens[k]
        else:
            tokens[k] = str(rng.choice(WORDS))
    return tokens


def drawn(sentences, references):
    """A corpus by chance: hypotheses are references with mistakes."""

    def inputs(rng):
        right = [
            rng.choice(WORDS, size=int(rng.integers(6, 10))).tolist()
            for _ in range(sentences)
        ]
        return {
            "hypotheses": [changed(rng, one) for one in right],
            "references": [
                [one, *(changed(rng, one) for _ in range(references - 1))]
                for one in right
            ],
        }

    return inputs


def with_n(inputs, n):
    return lambda rng: {**inputs(rng), "n": n}


def seam(tokens_of_all):
    """All sentences as one long one."""
    return [token for tokens in tokens_of_all for token in tokens]
