"""Returns an object whose type has no name, and one of a very long name."""

from grader.attacks import paste

STOCK = "nothing"


def nameless():
    def softmax(z, axis=-1):
        return type("", (), {})()


def long():
    def attention_weights(Q, K):
        return type("x" * 10**7, (), {})()


def strange():
    def self_attention(X, W_q, W_k, W_v):
        return type("\n<b>\x1b[2J", (), {})(), type("", (), {})


def attack(nb, folder):
    paste(nb, "softmax", nameless)
    paste(nb, "attention_weights", long)
    paste(nb, "self_attention", strange)
