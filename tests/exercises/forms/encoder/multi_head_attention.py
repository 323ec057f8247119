"""Right answers to `encoder.MultiHeadAttention`."""

import torch

from .shared import (
    ByEinsum,
    ByFusedFunction,
    HeadByHead,
    WithParameters,
)


class SentenceBySentence(ByFusedFunction):
    """A loop over the batch, (h, n, w) for each sentence."""

    def forward(self, query, key, value, mask=None):
        rows = []
        for b in range(query.size(0)):
            q = self.one(self.q_proj(query[b]))
            k = self.one(self.k_proj(key[b]))
            v = self.one(self.v_proj(value[b]))
            scores = q @ k.mT / q.shape[-1] ** 0.5
            if mask is not None:
                mine = mask if mask.dim() == 2 else mask[b]
                scores[:, ~mine] = float("-inf")
            weights = scores.softmax(dim=2)
            weights = torch.where(weights.isnan(), 0, weights)
            mixed = (weights @ v).permute(1, 0, 2)
            rows.append(self.out_proj(mixed.reshape(query[b].shape)))
        return torch.stack(rows)

    def one(self, x):
        n, d = x.shape
        return x.view(n, self.num_heads, d // self.num_heads).swapaxes(0, 1)


class OutputOnly(ByEinsum):
    def forward(self, *given, **named):
        return super().forward(*given, **named)[0]


FORMS = [
    ByFusedFunction,
    OutputOnly,
    HeadByHead,
    WithParameters,
    SentenceBySentence,
]
