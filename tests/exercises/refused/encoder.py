"""Wrong answers to the exercises of lesson 13."""

import torch
from torch import nn

from tests.exercises.forms.encoder.encoder import PlainStack
from tests.exercises.forms.encoder.shared import ByFusedFunction, PlainLayer


class Dropping(PlainLayer):
    """A right one, in parts that the wrong ones do otherwise."""

    def seen(self, x, mask):
        return self.dropout(self.self_attention(x, x, x, mask))

    def ideas(self, x):
        inside = torch.relu(self.linear1(x))
        return self.dropout(self.linear2(inside))

    def forward(self, x, mask=None):
        x = self.norm1(x + self.seen(x, mask))
        return self.norm2(x + self.ideas(x))


class DropsWords(Dropping):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff)
        self.dropout = nn.Dropout1d(dropout)


class DropsSquared(Dropping):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout**2)


class TooFew(nn.Dropout):
    """Where p is nearly 1 the share is right; the factor always is."""

    def forward(self, x):
        if not self.training:
            return x
        return x * (torch.rand_like(x) >= self.p**2) / (1 - self.p)


class DropsTooFew(Dropping):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff)
        self.dropout = TooFew(dropout)


class OnePatternForBoth(Dropping):
    def forward(self, x, mask=None):
        keep = self.dropout(torch.ones_like(x))
        x = self.norm1(x + keep * self.self_attention(x, x, x, mask))
        inside = torch.relu(self.linear1(x))
        return self.norm2(x + keep * self.linear2(inside))


class OnePatternForAllWords(Dropping):
    def ideas(self, x):
        inside = self.linear2(torch.relu(self.linear1(x)))
        return inside * self.dropout(torch.ones_like(inside[:, :1]))


class OnePatternForAllSentences(Dropping):
    def seen(self, x, mask):
        found = self.self_attention(x, x, x, mask)
        return found * self.dropout(torch.ones_like(found[:1]))


class DropsAllOrNothing(Dropping):
    def ideas(self, x):
        inside = self.linear2(torch.relu(self.linear1(x)))
        return inside * self.dropout(inside.new_ones(1))


class MaskByBatchSize(ByFusedFunction):
    """As many rows as sentences: so there is one for each."""

    def forward(self, query, key, value, mask=None):
        if mask is not None and len(mask) == len(query) and mask.dim() == 2:
            mask = mask[:, None].expand(-1, query.shape[1], -1)
        return super().forward(query, key, value, mask)


class Written(nn.Module):
    """Attention written out, with a softmax of its own: `weigh`."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def cut(self, x):
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.cut(self.q_proj(query))
        k = self.cut(self.k_proj(key))
        v = self.cut(self.v_proj(value))
        scores = q @ k.mT / q.shape[-1] ** 0.5
        if mask is not None:
            fits = mask if mask.dim() == 2 else mask[:, None]
            scores = scores.masked_fill(~fits, -torch.inf)
        mixed = self.weigh(scores, mask) @ v
        return self.out_proj(mixed.transpose(1, 2).flatten(-2))


def shares(powers):
    total = powers.sum(-1, keepdim=True)
    return powers / total.masked_fill(total == 0, 1)


class BareExponentials(Written):
    def weigh(self, scores, mask):
        return shares(scores.exp())


class LargestOfAll(Written):
    def weigh(self, scores, mask):
        return shares((scores - scores.max().detach()).exp())


class LonelyInOneMaskOnly(Written):
    def weigh(self, scores, mask):
        weights = scores.softmax(-1)
        one = mask is not None and mask.dim() == 2
        return weights.nan_to_num() if one else weights


class LonelyInManyMasksOnly(Written):
    def weigh(self, scores, mask):
        weights = scores.softmax(-1)
        many = mask is not None and mask.dim() == 3
        return weights.nan_to_num() if many else weights


class HandsOnHalf(PlainStack):
    def __init__(self, *sizes, dropout=0.0, **more):
        super().__init__(*sizes, dropout=dropout / 2, **more)


WRONG = {
    "encoder.EncoderLayer": {
        name: one
        for name, one in list(globals().items())
        if isinstance(one, type)
        and issubclass(one, Dropping)
        and one is not Dropping
    },
    "encoder.MultiHeadAttention": {
        one.__name__: one
        for one in (MaskByBatchSize, *Written.__subclasses__())
    },
    "encoder.Encoder": {"HandsOnHalf": HandsOnHalf},
}
