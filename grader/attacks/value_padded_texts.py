"""Returns a long text among short ones, which an array pads to gigabytes."""

from grader.attacks import paste

STOCK = "nothing"


def texts():
    def softmax(z, axis=-1):
        return ["A" * 200_000] + [""] * 20_000


def data():
    def attention_weights(Q, K):
        return [b"A" * 200_000] + [b""] * 20_000


def both():
    def self_attention(X, W_q, W_k, W_v):
        return [1.0, "A" * 500_000, *[0] * 10_000], [["A" * 500_000]] * 500


def attack(nb, folder):
    paste(nb, "softmax", texts)
    paste(nb, "attention_weights", data)
    paste(nb, "self_attention", both)
