"""Returns generators and iterators that never end."""

from grader.attacks import paste

STOCK = "nothing"


def generator():
    def softmax(z, axis=-1):
        while True:
            yield 0.5


def iterator():
    class Endless:
        def __iter__(self):
            return self

        def __next__(self):
            return 0.5

        def __len__(self):
            return 2

        def __getitem__(self, place):
            return self

    def attention_weights(Q, K):
        return Endless()


def loop():
    def self_attention(X, W_q, W_k, W_v):
        both = []
        both += [both, both]
        return both


def attack(nb, folder):
    paste(nb, "softmax", generator)
    paste(nb, "attention_weights", iterator)
    paste(nb, "self_attention", loop)
