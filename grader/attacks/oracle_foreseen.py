"""Has the right functions answer the inputs that later exercises will get."""

from grader.attacks import ANSWERS, find, paste

STOCK = "nothing"


def thief():
    answered = {}

    def self_attention(X, W_q, W_k, W_v):
        (dot_product_scores, softmax, attention_weights, weighted_values)
        for inputs in ([X], [X, W_q.T], [X, W_q], [X @ W_q, X @ W_k]):
            for name in (
                "dot_product_scores",
                "softmax",
                "attention_weights",
                "weighted_values",
            ):
                try:
                    answered[name, str(inputs)] = globals()[name](*inputs)
                    shorter = [i[0] for i in inputs]
                    got = globals()[name](*shorter)
                    answered[name, str(shorter)] = got
                except Exception:
                    pass
        return None


def answer(name):
    def stolen(*inputs, name=name):
        return answered.get((name, str(list(inputs))))


def attack(nb, folder):
    from grader.attacks import body

    paste(nb, "self_attention", thief)
    for name in ANSWERS[:4]:
        paste(nb, name, body(answer, f"{name} = stolen", name=name))
    last = [find(nb, n) for n in ("self_attention", "self_attention-check")]
    rest = [cell for cell in nb.cells[2:] if cell not in last]
    nb.cells = [*nb.cells[:2], *last, *rest]
