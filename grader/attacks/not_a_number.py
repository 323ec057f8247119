"""Returns NaN and infinities in the right shapes, for comparisons to miss."""

from grader.attacks import paste

STOCK = "nothing"


def weights():
    def attention_weights(Q, K):
        return np.full((len(Q), len(K)), np.nan)


def scores():
    def dot_product_scores(Q, K):
        return np.full((len(Q), len(K)), -np.inf)


def soft():
    def softmax(z, axis=-1):
        return np.full_like(z, np.nan) * 1j


def attack(nb, folder):
    paste(nb, "attention_weights", weights)
    paste(nb, "dot_product_scores", scores)
    paste(nb, "softmax", soft)
