"""Answers with the references of the course's own library."""

from grader.attacks import ANSWERS, paste

STOCK = "9 marks, 0 earned"


def attack(nb, folder):
    for name in ANSWERS:
        paste(
            nb,
            name,
            "from byhand.exercises import self_attention as bank\n"
            f"{name} = bank.{name}.EXERCISE.reference",
        )
