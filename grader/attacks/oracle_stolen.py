"""Keeps the right functions that stand in for one exercise, for the others."""

from grader.attacks import ANSWERS, find, paste

STOCK = "6 marks, 0 earned"


def thief():
    kept = {}

    def self_attention(X, W_q, W_k, W_v):
        (dot_product_scores, softmax, attention_weights, weighted_values)
        for name in (
            "dot_product_scores",
            "softmax",
            "attention_weights",
            "weighted_values",
        ):
            kept.setdefault(name, []).append(globals()[name])
        return None


def answer(name):
    def stolen(*inputs, name=name):
        for function in reversed(kept[name]):
            if function.__name__ != "stolen":
                return function(*inputs)


def attack(nb, folder):
    from grader.attacks import body

    paste(nb, "self_attention", thief)
    for name in ANSWERS[:4]:
        paste(nb, name, body(answer, f"{name} = stolen", name=name))
    last = [find(nb, n) for n in ("self_attention", "self_attention-check")]
    rest = [cell for cell in nb.cells[2:] if cell not in last]
    nb.cells = [*nb.cells[:2], *last, *rest]
