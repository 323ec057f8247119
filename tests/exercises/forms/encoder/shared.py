"""What the forms of several exercises use."""

import math

import torch
from torch import nn
from torch.nn import functional
from torch.nn.functional import scaled_dot_product_attention


class ByFusedFunction(nn.Module):
    """PyTorch's function for the attention itself."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def heads(self, x):
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        if mask is not None and mask.ndim == 3:
            mask = mask[:, None]
        mixed = scaled_dot_product_attention(
            self.heads(self.q_proj(query)),
            self.heads(self.k_proj(key)),
            self.heads(self.v_proj(value)),
            mask,
        )
        return self.out_proj(mixed.transpose(1, 2).flatten(2))


class ByEinsum(nn.Module):
    """The heads stay where they are; the weights come back as well."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))
        self.h, self.w = num_heads, d_model // num_heads

    def forward(self, query, key, value, mask=None):
        q = self.q_proj(query).view(*query.shape[:2], self.h, self.w)
        k = self.k_proj(key).view(*key.shape[:2], self.h, self.w)
        v = self.v_proj(value).view(*value.shape[:2], self.h, self.w)
        scores = torch.einsum("bihw,bjhw->bhij", q, k) / self.w**0.5
        if mask is None:
            weights = scores.softmax(-1)
        else:
            b, n, m = len(query), query.shape[1], key.shape[1]
            shut = ~mask.expand(b, n, m)[:, None]
            # −1e9 leaves a finite row, and zeros afterwards make it empty.
            weights = scores.masked_fill(shut, -1e9).softmax(-1)
            weights = weights.masked_fill(shut, 0.0)
        mixed = torch.einsum("bhij,bjhw->bihw", weights, v)
        return self.out_proj(mixed.reshape(query.shape)), weights


class HeadByHead(nn.Module):
    """A loop over the heads, and the parts in a dict."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.parts = nn.ModuleDict(
            {
                name: nn.Linear(d_model, d_model)
                for name in ("q_proj", "k_proj", "v_proj", "out_proj")
            }
        )
        self.num_heads = num_heads

    def forward(self, query, key, value, mask=None):
        q = self.parts["q_proj"](query).chunk(self.num_heads, -1)
        k = self.parts["k_proj"](key).chunk(self.num_heads, -1)
        v = self.parts["v_proj"](value).chunk(self.num_heads, -1)
        found = []
        for one, other, third in zip(q, k, v, strict=True):
            scores = torch.bmm(one, other.mT) / math.sqrt(one.shape[-1])
            if mask is not None:
                scores = torch.where(mask, scores, -torch.inf)
            weights = torch.softmax(scores, -1).nan_to_num()
            found.append(torch.bmm(weights, third))
        return self.parts["out_proj"](torch.cat(found, -1))


class WithParameters(nn.Module):
    """Matrices of one's own in small modules; heads moved into the batch."""

    class Affine(nn.Module):
        def __init__(self, d):
            super().__init__()
            self.weight = nn.Parameter(torch.randn(d, d) / d**0.5)
            self.bias = nn.Parameter(torch.zeros(d))

        def forward(self, x):
            return torch.matmul(x, self.weight.T) + self.bias

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads do not divide {d_model}")
        self.num_heads = num_heads
        self.out_proj, self.v_proj, self.k_proj, self.q_proj = (
            self.Affine(d_model) for _ in range(4)
        )

    def into_batch(self, x):
        b, n, d = x.shape
        x = x.reshape(b, n, self.num_heads, d // self.num_heads)
        return x.permute(0, 2, 1, 3).flatten(0, 1)

    def forward(self, query, key, value, mask=None):
        q = self.into_batch(self.q_proj(query))
        k = self.into_batch(self.k_proj(key))
        v = self.into_batch(self.v_proj(value))
        scores = q @ k.transpose(1, 2) * (1 / math.sqrt(q.size(-1)))
        if mask is None:
            powers = torch.exp(scores - scores.amax(-1, keepdim=True))
        else:
            if mask.dim() == 3:
                mask = mask.repeat_interleave(self.num_heads, dim=0)
            highest = scores.masked_fill(~mask, -1e30).amax(-1, keepdim=True)
            powers = torch.exp((scores - highest).masked_fill(~mask, -1e30))
            powers = powers * mask
        weights = powers / powers.sum(-1, keepdim=True).clamp(min=1e-30)
        b, n, d = query.shape
        mixed = (weights @ v).unflatten(0, (b, self.num_heads))
        return self.out_proj(mixed.permute(0, 2, 1, 3).reshape(b, n, d))


class PlainLayer(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.self_attention = ByFusedFunction(d_model, num_heads)
        self.norm1 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        seen = self.self_attention(x, x, x, mask)
        x = self.norm1(x + self.dropout(seen))
        thought = self.linear2(torch.relu(self.linear1(x)))
        return self.norm2(x + self.dropout(thought))


class LayerWithFlag(nn.Module):
    """Dropout by the function; attention gives its weights, which are kept."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.norm2, self.norm1 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.self_attention = ByEinsum(d_model, num_heads)
        self.p = dropout

    def drop(self, x):
        return functional.dropout(x, p=self.p, training=self.training)

    def forward(self, x, mask=None):
        found, self.looked = self.self_attention(x, x, x, mask=mask)
        x = self.norm1(self.drop(found).add(x))
        inside = self.linear1(x).clamp(min=0)
        inside = self.drop(inside)  # as PyTorch's own layer does as well
        return self.norm2(self.drop(self.linear2(inside)) + x)


class LayerInParts(nn.Module):
    """The network in a `Sequential` of its own, dropout at three places."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.attention = HeadByHead(d_model, num_heads)
        network = nn.Sequential()
        network.add_module("linear1", nn.Linear(d_model, d_ff))
        network.add_module("relu", nn.ReLU())
        network.add_module("linear2", nn.Linear(d_ff, d_model))
        network.add_module("dropout", nn.Dropout(dropout))
        self.network = network
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        h = self.norm1(x + self.drop(self.attention(x, x, x, mask)))
        return self.norm2(h + self.network(h))


class LayerByFormulas(PlainLayer):
    """Norms, network and dropout written out."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff)
        self.self_attention = WithParameters(d_model, num_heads)
        self.p = dropout

    def dropped(self, x):
        if not self.training:
            return x
        return x * (torch.rand_like(x) >= self.p) / (1 - self.p)

    def normed(self, x, norm):
        variance, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
        unit = (x - mean) * torch.rsqrt(variance + norm.eps)
        return norm.weight * unit + norm.bias

    def forward(self, x, mask=None):
        seen = self.dropped(self.self_attention(x, x, x, mask))
        x = self.normed(x + seen, self.norm1)
        inside = x @ self.linear1.weight.mT + self.linear1.bias
        inside = torch.maximum(inside, torch.zeros_like(inside))
        out = inside @ self.linear2.weight.mT + self.linear2.bias
        return self.normed(x + self.dropped(out), self.norm2)
