"""Returns arrays of a hundred million entries, small and large types."""

from grader.attacks import paste

STOCK = "nothing"


def flags():
    def softmax(z, axis=-1):
        return np.ones((15, 1_000_000), bool)


def long():
    def attention_weights(Q, K):
        return np.broadcast_to(np.float64(0.5), (100_000_000,))


def listed():
    def self_attention(X, W_q, W_k, W_v):
        return [0.5] * 3_000_000, [[]] * 3_000_000


def attack(nb, folder):
    paste(nb, "softmax", flags)
    paste(nb, "attention_weights", long)
    paste(nb, "self_attention", listed)
