"""What the forms of several exercises use."""

import math

import torch
from torch import nn
from torch.nn import functional


class ByFunction(nn.Module):
    """Multi-head attention by PyTorch's fused function."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.out_proj = nn.Linear(d_model, d_model)
        self.num_heads = num_heads

    def split(self, x):
        b, n, _ = x.shape
        return x.view(b, n, self.num_heads, -1).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        if mask is not None and mask.dim() == 3:
            mask = mask.unsqueeze(1)
        found = functional.scaled_dot_product_attention(
            self.split(self.q_proj(query)),
            self.split(self.k_proj(key)),
            self.split(self.v_proj(value)),
            attn_mask=mask,
        )
        return self.out_proj(found.transpose(1, 2).flatten(2))


class HeadByHead(ByFunction):
    """The same, a head at a time, and its weights come back as well."""

    def forward(self, query, key, value, mask=None):
        width = query.shape[-1] // self.num_heads
        found, maps = [], []
        for h in range(self.num_heads):
            mine = slice(h * width, (h + 1) * width)
            q = self.q_proj(query)[..., mine]
            k = self.k_proj(key)[..., mine]
            scores = q @ k.mT / math.sqrt(width)
            if mask is not None:
                scores = scores.masked_fill(mask.logical_not(), -1e9)
            weights = torch.softmax(scores, dim=-1)
            maps.append(weights)
            found.append(weights @ self.v_proj(value)[..., mine])
        return self.out_proj(torch.cat(found, dim=-1)), torch.stack(maps, 1)


class PlainLayer(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.self_attention = ByFunction(d_model, num_heads)
        self.norm1 = nn.LayerNorm(d_model)
        self.cross_attention = ByFunction(d_model, num_heads)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.norm3 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        drop = self.dropout
        x = self.norm1(x + drop(self.self_attention(x, x, x, tgt_mask)))
        found = self.cross_attention(x, memory, memory, src_mask)
        x = self.norm2(x + drop(found))
        inside = drop(torch.relu(self.linear1(x)))
        return self.norm3(x + drop(self.linear2(inside)))


class LayerByParts(nn.Module):
    """A step is a method; attention gives its weights, and they are kept."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.p = dropout
        for name in ("self_attention", "cross_attention"):
            setattr(self, name, HeadByHead(d_model, num_heads))
        for k in (1, 2, 3):
            setattr(self, f"norm{k}", nn.LayerNorm(d_model))
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)

    def joined(self, x, found, norm):
        return norm(functional.dropout(found, self.p, self.training).add(x))

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        found, self.looked = self.self_attention(x, x, x, mask=tgt_mask)
        x = self.joined(x, found, self.norm1)
        found, self.seen = self.cross_attention(
            key=memory, value=memory, query=x, mask=src_mask
        )
        x = self.joined(x, found, self.norm2)
        found = self.linear2(functional.relu(self.linear1(x)))
        return self.joined(x, found, self.norm3)


class LayerWithLists(nn.Module):
    """Other names: parts are found by the ends of their names and order."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.attentions = nn.ModuleList(
            [ByFunction(d_model, num_heads), HeadByHead(d_model, num_heads)]
        )
        self.norm1, self.norm2, self.norm3 = (
            nn.LayerNorm(d_model) for _ in range(3)
        )
        self.mlp, self.p = nn.Module(), dropout
        self.mlp.linear1 = nn.Linear(d_model, d_ff)
        self.mlp.linear2 = nn.Linear(d_ff, d_model)

    def drop(self, x):
        return nn.functional.dropout(x, self.p, self.training)

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        own, across = self.attentions
        a = self.norm1(self.drop(own(x, x, x, tgt_mask)) + x)
        found, _ = across(a, memory, memory, src_mask)
        b = self.norm2(self.drop(found) + a)
        inside = self.mlp.linear1(b).clamp(min=0)
        return self.norm3(self.drop(self.mlp.linear2(inside)) + b)


class LayerByFormulas(PlainLayer):
    """Norms and network written out."""

    def normed(self, x, norm):
        gaps = x - x.mean(-1, keepdim=True)
        spread = (gaps.square().mean(-1, keepdim=True) + norm.eps).sqrt()
        return gaps / spread * norm.weight + norm.bias

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        drop = self.dropout
        seen = drop(self.self_attention(x, x, x, tgt_mask))
        x = self.normed(x + seen, self.norm1)
        found = self.cross_attention(x, memory, memory, src_mask)
        x = self.normed(x + drop(found), self.norm2)
        inside = x @ self.linear1.weight.T + self.linear1.bias
        out = (inside * (inside > 0)) @ self.linear2.weight.T
        return self.normed(x + drop(out + self.linear2.bias), self.norm3)


class PlainStack(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.layers = nn.ModuleList(
            [
                PlainLayer(d_model, num_heads, d_ff, dropout)
                for _ in range(num_layers)
            ]
        )

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        for layer in self.layers:
            x = layer(x, memory, src_mask, tgt_mask)
        return x


class StackByAppending(nn.Module):
    def __init__(self, num_layers, *sizes, **more):
        super().__init__()
        self.layers = nn.ModuleList()
        while len(self.layers) < num_layers:
            self.layers.append(LayerByParts(*sizes, **more))

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        for layer in self.layers:
            x = layer(x, memory, tgt_mask=tgt_mask, src_mask=src_mask)
        return x
