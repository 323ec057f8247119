"""What the forms of several exercises use."""


def split_by_swapaxes(x, num_heads):
    *front, n, d = x.shape
    if d % num_heads != 0:
        raise ValueError("the heads do not divide the width")
    return x.reshape(*front, n, num_heads, -1).swapaxes(-2, -3)


def merge_by_swapaxes(x):
    moved = x.swapaxes(-2, -3)
    return moved.reshape(*moved.shape[:-2], -1)
