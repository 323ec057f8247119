"""Asks the right functions for results that would fill the host's memory."""

from grader.attacks import paste

STOCK = "nothing"


def wrong():
    def dot_product_scores(Q, K):
        return None


def answer():
    def softmax(z, axis=-1):
        rows = np.ones((40_000, 1))
        return dot_product_scores(rows, rows)


def weights():
    def attention_weights(Q, K):
        long = np.ones((400_000, 2))
        try:
            softmax("A" * 10**6, axis=10**6)
        except ValueError:
            pass
        return dot_product_scores(long, long[:, :1])


def attack(nb, folder):
    paste(nb, "dot_product_scores", wrong)
    paste(nb, "softmax", answer)
    paste(nb, "attention_weights", weights)
