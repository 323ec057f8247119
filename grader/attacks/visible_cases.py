"""Answers the cases that learners can see from a table made beforehand."""

from byhand.bank import find
from byhand.trial import draw
from grader.attacks import ANSWERS, paste

STOCK = "9 marks, 0 earned"


def attack(nb, folder):
    for name in ANSWERS:
        exercise = find(f"self_attention.{name}")
        table = {}
        for case in exercise.cases:
            inputs = list(draw(case, 0, exercise).values())
            right = exercise.reference(*inputs)
            both = isinstance(right, tuple)
            known = [r.tolist() for r in right] if both else right.tolist()
            table[_key(inputs)] = known
        paste(
            nb,
            name,
            f"table = {table!r}\n"
            f"def {name}(*inputs, table=table):\n"
            "    return table.get(repr([np.asarray(i).tolist() "
            "for i in inputs]))",
        )


def _key(inputs):
    return repr([i if isinstance(i, int) else i.tolist() for i in inputs])
