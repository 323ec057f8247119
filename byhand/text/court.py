"""A small world in sentences of a grammar of our own, for word vectors.

Eight people differ in three facts: his or hers, crown or hat, school or work.
Each sentence tells two of the three. So two people who differ in one fact
keep the same company in the other two, and whoever learns vectors from the
neighbours of words can find the facts again as directions. Cat and dog do the
same things; so do hot and cold, which mean the opposite.
"""

from functools import cache
from typing import NamedTuple

import numpy as np


class Person(NamedTuple):
    word: str
    male: bool
    royal: bool
    grown: bool


PEOPLE = (
    Person("king", male=True, royal=True, grown=True),
    Person("queen", male=False, royal=True, grown=True),
    Person("prince", male=True, royal=True, grown=False),
    Person("princess", male=False, royal=True, grown=False),
    Person("man", male=True, royal=False, grown=True),
    Person("woman", male=False, royal=False, grown=True),
    Person("boy", male=True, royal=False, grown=False),
    Person("girl", male=False, royal=False, grown=False),
)
FACTS = ("male", "royal", "grown")
# What somebody does, by what is true of them.
HAIR = {True: "grows his beard", False: "grows her braid"}
FAMILY = {
    (True, True): "is a father",
    (False, True): "is a mother",
    (True, False): "is a son",
    (False, False): "is a daughter",
}
COURT = {
    True: ("wears a crown", "sits on the throne", "lives in the castle"),
    False: ("wears a hat", "sits on the bench", "lives in the village"),
}
AGE = {
    True: ("goes to work", "pays the tax", "sleeps late"),
    False: ("goes to school", "plays with a toy", "sleeps early"),
}
PETS = ("cat", "dog")
PET_DOES = ("sat on the mat", "chased the ball", "slept by the fire")
MEALS, HEAT, USES = (
    ("tea", "soup", "water"),
    ("hot", "cold"),
    ("drink", "eat", "touch"),
)
# A sentence is about a person, a pet or a meal.
SHARES = (0.75, 0.15, 0.10)
# Five sentences from which nothing can be learned.
FIVE = tuple(
    sentence.split()
    for sentence in (
        "the king rules the land",
        "the queen rules the court",
        "the man works all day",
        "the woman sings all night",
        "the cat meets a dog",
    )
)


def told(rng: np.random.Generator, person: Person, fact: str) -> str:
    """What somebody does that shows a fact about them."""
    if fact == "male":
        family = FAMILY[person.male, person.grown]
        return str(rng.choice([HAIR[person.male], family]))
    table = COURT[person.royal] if fact == "royal" else AGE[person.grown]
    return str(rng.choice(table))


def sentence(rng: np.random.Generator) -> list[str]:
    """The words of a new sentence."""
    kind = rng.choice(3, p=SHARES)
    if kind == 0:
        person = PEOPLE[rng.integers(len(PEOPLE))]
        facts = rng.choice(FACTS, 2, replace=False)
        first, second = (told(rng, person, str(fact)) for fact in facts)
        pronoun = "he" if person.male else "she"
        text = f"the {person.word} {first} and {pronoun} {second}"
    elif kind == 1:
        text = f"the {rng.choice(PETS)} {rng.choice(PET_DOES)}"
    else:
        meal, heat, use = (rng.choice(one) for one in (MEALS, HEAT, USES))
        text = f"the {meal} is too {heat} to {use}"
    return text.split()


@cache
def corpus(count: int = 4000, seed: int = 0) -> tuple[tuple[str, ...], ...]:
    """That many sentences; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    return tuple(tuple(sentence(rng)) for _ in range(count))


def analogies() -> list[tuple[str, str, str, str]]:
    """All 72 among the people: a is to b as c is to d.

    a and b differ in one fact alone, c and d in the same one, the same way.
    """
    by_facts: dict[tuple[bool, ...], str] = {
        person[1:]: person.word for person in PEOPLE
    }
    found = []
    for place in range(len(FACTS)):
        for value in (True, False):
            pairs = [
                (word, by_facts[(*f[:place], not value, *f[place + 1 :])])
                for f, word in by_facts.items()
                if f[place] == value
            ]
            found += [
                (a, b, c, d) for a, b in pairs for c, d in pairs if a != c
            ]
    return found
