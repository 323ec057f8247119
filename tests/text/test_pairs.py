import re
from collections import Counter
from statistics import median

import pytest

from byhand.text import pairs

KNOWN = pairs.corpus(4_000, seed=7)


class Reader:
    """Translates by parsing, to hold the generator against."""

    def __init__(self, english):
        self.words, self.at = list(english), 0

    def next(self):
        self.at += 1
        return self.words[self.at - 1]

    def sees(self, *words):
        return self.words[self.at : self.at + len(words)] == list(words)

    def sentence(self):
        if self.words == pairs.IDIOM[0].split():
            return pairs.IDIOM[1].split()
        said, feminine = self.noun()
        said += self.verb()
        while self.sees("and", "it"):
            self.at += 2
            said += ["et", "elle" if feminine else "il", *self.verb()]
        assert self.next() == "." and self.at == len(self.words)
        text = " ".join([*said, "."])
        text = re.sub(r"\bl[ea] (?=[aeiouéh])", "l' ", text)
        return re.sub(r"\bne (?=[aeiouéh])", "n' ", text).split()

    def noun(self):
        article = {"the": ("le", "la"), "a": ("un", "une")}[self.next()]
        before, behind = [], []
        while (word := self.next()) not in pairs.NOUNS:
            into = before if word in pairs.BEFORE else behind
            into.append((pairs.BEFORE | pairs.BEHIND)[word])
        noun, feminine = pairs.NOUNS[word]
        said = [article[feminine], *(one[feminine] for one in before), noun]
        said += [one[feminine] for one in behind]
        if self.sees("that"):
            self.at += 1
            said += ["qui", *self.verb()]
        return said, feminine

    def verb(self):
        negated = self.sees("does", "not")
        self.at += 2 * negated
        verb = self.next() if negated else self.next().removesuffix("s")
        french = (pairs.TRANSITIVE | pairs.INTRANSITIVE)[verb]
        said = ["ne", french, "pas"] if negated else [french]
        if verb in pairs.TRANSITIVE:
            said += self.noun()[0]
        return said


def test_every_english_sentence_has_one_french_one():
    for pair in KNOWN:
        assert list(pair.french) == Reader(pair.english).sentence()
    assert len({p.english for p in KNOWN}) == len(set(KNOWN))


def test_the_vocabularies():
    assert (len(pairs.ENGLISH), len(pairs.FRENCH)) == (49, 52)
    special = set(pairs.SPECIAL)
    for language, words in enumerate((pairs.ENGLISH, pairs.FRENCH)):
        found = {word for pair in KNOWN for word in pair[language]}
        assert found == set(words) - special
        assert words[:3] == pairs.SPECIAL


def test_what_a_dictionary_does_not_know():
    said = {" ".join(p.english): " ".join(p.french) for p in KNOWN}
    text = "\n".join(said.values())
    for part in (
        *("l' oiseau", "le petit oiseau", "l' étoile", "la petite étoile"),
        *("n' aime pas", "ne voit pas", "et elle", "et il", "qui"),
        *("maison bleue", "livre bleu", "petite maison", "fatiguée"),
    ):
        assert part in text, part
    assert not re.search(r"\b(le|la|ne) [aeiouéh]", text)
    assert said["how are you ?"] == "comment allez vous ?"
    share = sum(p.english[0] == "how" for p in KNOWN) / len(KNOWN)
    assert 0.005 < share < 0.02


def test_the_same_seed_gives_the_same_pairs():
    assert pairs.corpus(50, 3) == pairs.corpus(50, 3)
    assert pairs.corpus(50, 3) != pairs.corpus(50, 4)


def test_lengths():
    lengths = [len(pair.english) for pair in pairs.learned()]
    assert (min(lengths), max(lengths), median(lengths)) == (4, 50, 13)
    # No translation is longer or shorter than its source.
    assert all(len(p.english) == len(p.french) for p in KNOWN)


def test_unseen_pairs_were_never_learned():
    learned = {pair.english for pair in pairs.learned()}
    groups = pairs.unseen(of_each=5)
    assert {n: len(some) for n, some in groups.items()} == dict.fromkeys(
        pairs.GROUPS, 5
    )
    every = [pair for some in groups.values() for pair in some]
    assert len({pair.english for pair in every}) == 25
    assert not learned & {pair.english for pair in every}
    for name, some in groups.items():
        assert {pairs.group_of(pair) for pair in some} == {name}
    bounds = Counter(pairs.group_of(p) for p in KNOWN)
    assert set(bounds) == set(pairs.GROUPS)


def test_a_typed_sentence():
    ids = pairs.read("The blue house sees it.")
    assert [pairs.ENGLISH[k] for k in ids] == [
        *("the", "blue", "house", "sees", "it", ".")
    ]
    with pytest.raises(ValueError, match="the 46 words: elephant, jumps"):
        pairs.read("the elephant jumps the elephant .")
    with pytest.raises(ValueError, match="46 words: <pad>"):
        pairs.read("the <pad>")
    with pytest.raises(ValueError, match="no word"):
        pairs.read("  ")


def test_ids_and_the_dictionary():
    for pair in KNOWN[:200]:
        english, french = pairs.ids(pair)
        assert tuple(pairs.ENGLISH[k] for k in english) == pair.english
        assert tuple(pairs.FRENCH[k] for k in french) == pair.french
        assert len(pairs.word_by_word(pair.english)) == len(pair.english)
    assert pairs.word_by_word(("the", "house", "sings")) == [
        *("le", "maison", "chante")
    ]
