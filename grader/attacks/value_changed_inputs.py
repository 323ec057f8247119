"""Changes its inputs, so that what is expected changes with them."""

from grader.attacks import answer_all

STOCK = "nothing"


def attack(nb, folder):
    answer_all(
        nb,
        "[i.fill(0) for i in inputs if hasattr(i, 'fill')]; "
        "return np.zeros(inputs[0].shape)",
    )
