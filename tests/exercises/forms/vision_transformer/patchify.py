"""Right answers to `vision_transformer.patchify`."""

import numpy as np
import torch


def refuse(images, patch):
    height, width = images.shape[-2:]
    if height % patch or width % patch:
        raise ValueError(f"{height} by {width} does not divide by {patch}")


def by_permute(images, patch):
    refuse(images, patch)
    b, c, h, w = images.shape
    x = images.reshape(b, c, h // patch, patch, w // patch, patch)
    return x.permute(0, 2, 4, 1, 3, 5).reshape(b, -1, c * patch * patch)


def by_loops(images, patch):
    refuse(images, patch)
    _, _, h, w = images.shape
    found = [
        images[:, :, y : y + patch, x : x + patch].flatten(1)
        for y in range(0, h, patch)
        for x in range(0, w, patch)
    ]
    return torch.stack(found, dim=1)


def by_split(images, patch):
    refuse(images, patch)
    rows = []
    for band in images.split(patch, dim=2):
        rows += [one.flatten(1) for one in band.split(patch, dim=3)]
    return torch.stack(rows, 1)


def by_unflatten(images, patch):
    refuse(images, patch)
    x = images.unflatten(3, (-1, patch)).unflatten(2, (-1, patch))
    return torch.einsum("bcypxq->byxcpq", x).flatten(3).flatten(1, 2)


def in_numpy(images, patch):
    refuse(images, patch)
    b, c, h, w = images.shape
    x = np.asarray(images).reshape(b, c, h // patch, patch, w // patch, patch)
    return x.transpose(0, 2, 4, 1, 3, 5).reshape(b, -1, c * patch**2)


def by_convolution(images, patch):
    """A convolution whose filters each pick a single pixel."""
    refuse(images, patch)
    size = images.shape[1] * patch * patch
    pick = torch.eye(size, dtype=images.dtype)
    filters = pick.view(size, images.shape[1], patch, patch)
    found = torch.nn.functional.conv2d(images, filters, stride=patch)
    return found.flatten(2).transpose(1, 2)


FORMS = [
    by_permute,
    by_loops,
    by_split,
    by_unflatten,
    in_numpy,
    by_convolution,
]
