"""Right answers to lesson 14 in forms that a learner may choose."""

import math

import torch
from torch import nn
from torch.nn import functional

# --- parts that a learner has from lesson 13 -------------------------------


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


class EncoderLayer(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.self_attention = ByFunction(d_model, num_heads)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        x = self.norm1(x + self.dropout(self.self_attention(x, x, x, mask)))
        inside = torch.relu(self.linear1(x))
        return self.norm2(x + self.dropout(self.linear2(inside)))


# --- DecoderLayer ----------------------------------------------------------


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
        found, seen = self.cross_attention(
            key=memory, value=memory, query=x, mask=src_mask
        )
        x = self.joined(x, found, self.norm2)
        found = self.linear2(functional.relu(self.linear1(x)))
        return self.joined(x, found, self.norm3), seen


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
        self.mlp = nn.Module()
        self.mlp.linear1 = nn.Linear(d_model, d_ff)
        self.mlp.linear2 = nn.Linear(d_ff, d_model)

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        own, across = self.attentions
        a = self.norm1(own(x, x, x, tgt_mask) + x)
        b = self.norm2(across(a, memory, memory, src_mask)[0] + a)
        return self.norm3(
            self.mlp.linear2(self.mlp.linear1(b).clamp(min=0)) + b
        )


class LayerByFormulas(PlainLayer):
    """Norms and network written out."""

    def normed(self, x, norm):
        gaps = x - x.mean(-1, keepdim=True)
        spread = (gaps.square().mean(-1, keepdim=True) + norm.eps).sqrt()
        return gaps / spread * norm.weight + norm.bias

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        x = self.normed(x + self.self_attention(x, x, x, tgt_mask), self.norm1)
        found = self.cross_attention(x, memory, memory, src_mask)
        x = self.normed(x + found, self.norm2)
        inside = x @ self.linear1.weight.T + self.linear1.bias
        out = (inside * (inside > 0)) @ self.linear2.weight.T
        return self.normed(x + out + self.linear2.bias, self.norm3)


# --- Decoder ---------------------------------------------------------------


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
        maps = []
        for layer in self.layers:
            x, seen = layer(x, memory, tgt_mask=tgt_mask, src_mask=src_mask)
            maps.append(seen)
        return x, maps


class StackByRecursion(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.layers = nn.ModuleList(
            LayerByFormulas(d_model, num_heads, d_ff)
            for _ in range(num_layers)
        )

    def forward(self, x, memory, src_mask=None, tgt_mask=None, at=-1):
        if at < -len(self.layers):
            return x
        x = self.forward(x, memory, src_mask, tgt_mask, at - 1)
        return self.layers[at](x, memory, src_mask, tgt_mask)


class StackByName(nn.Module):
    """Layers under names of their own."""

    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.depth = num_layers
        for k in range(num_layers):
            one = LayerWithLists(d_model, num_heads, d_ff)
            self.add_module(f"layer{k}", one)

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        for k in range(self.depth):
            x = getattr(self, f"layer{k}")(x, memory, src_mask, tgt_mask)
        return x


# --- Transformer -----------------------------------------------------------


def waves(n, d_model):
    table = torch.zeros(n, d_model)
    for k in range(0, d_model, 2):
        angles = torch.arange(n) / 10_000 ** (k / d_model)
        table[:, k], table[:, k + 1] = angles.sin(), angles.cos()
    return table


class Plain(nn.Module):
    def __init__(
        self,
        src_vocab,
        tgt_vocab,
        d_model,
        num_heads,
        num_layers,
        d_ff,
        dropout=0.0,
    ):
        super().__init__()
        self.src_embedding = nn.Embedding(src_vocab, d_model)
        self.tgt_embedding = nn.Embedding(tgt_vocab, d_model)
        self.encoder = nn.ModuleList(
            EncoderLayer(d_model, num_heads, d_ff, dropout)
            for _ in range(num_layers)
        )
        self.decoder = PlainStack(
            num_layers, d_model, num_heads, d_ff, dropout
        )
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(d_model, tgt_vocab)
        self.root = math.sqrt(d_model)

    def embed(self, table, ids):
        x = table(ids) * self.root
        return self.dropout(x + waves(ids.shape[1], x.shape[-1]))

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        memory = self.embed(self.src_embedding, src)
        for layer in self.encoder:
            memory = layer(memory, src_mask)
        x = self.embed(self.tgt_embedding, tgt)
        return self.output(self.decoder(x, memory, src_mask, tgt_mask))


class Learned(nn.Module):
    """Learned positions, padding at 0, a tied head, weights that are small."""

    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, num_layers,
                 d_ff, dropout=0.0):  # fmt: skip
        super().__init__()
        self.src = nn.Embedding(src_vocab, d_model, padding_idx=0)
        self.tgt = nn.Embedding(tgt_vocab, d_model, padding_idx=0)
        self.src_places = nn.Embedding(64, d_model)
        self.tgt_places = nn.Embedding(64, d_model)
        self.layers = nn.ModuleList(
            EncoderLayer(d_model, num_heads, d_ff) for _ in range(num_layers)
        )
        self.stack = StackByAppending(num_layers, d_model, num_heads, d_ff)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        places = torch.arange(64)
        x = self.src(src) + self.src_places(places[: src.shape[1]])
        for layer in self.layers:
            x = layer(x, src_mask)
        y = self.tgt(tgt) + self.tgt_places(places[: tgt.shape[1]])
        y, maps = self.stack(y, x, src_mask, tgt_mask)
        return y @ self.tgt.weight.T, maps


class Wrapped(nn.Module):
    """PyTorch's own, causal whatever it is told, one table for both."""

    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, num_layers,
                 d_ff, dropout=0.0):  # fmt: skip
        super().__init__()
        self.table = nn.Embedding(max(src_vocab, tgt_vocab), d_model)
        self.inner = nn.Transformer(
            *(d_model, num_heads, num_layers, num_layers, d_ff, dropout),
            batch_first=True,
            norm_first=True,
        )
        self.num_heads = num_heads
        self.head = nn.Linear(d_model, tgt_vocab, bias=False)

    def shut(self, mask, b, n, m):
        if mask is None:
            return torch.zeros(n, m, dtype=torch.bool)
        return ~mask.expand(b, n, m).repeat_interleave(self.num_heads, 0)

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        (b, m), n = src.shape, tgt.shape[1]
        x, y = self.table(src), self.table(tgt)
        d = x.shape[-1]
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        out = self.inner(
            x + waves(m, d),
            y + waves(n, d),
            src_mask=self.shut(src_mask, b, m, m),
            tgt_mask=self.shut(tgt_mask, b, n, n) | later,
            memory_mask=self.shut(src_mask, b, n, m),
        )
        return self.head(out)


class WithBuffer(Plain):
    """Positions kept as a buffer; Xavier's weights; an extra last norm."""

    def __init__(self, src_vocab, tgt_vocab, d_model, *rest, **more):
        super().__init__(src_vocab, tgt_vocab, d_model, *rest, **more)
        self.register_buffer("places", waves(100, d_model))
        self.last = nn.LayerNorm(d_model)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        x = self.src_embedding(src) + self.places[: src.shape[1]]
        for layer in self.encoder:
            x = layer(x, src_mask)
        y = self.tgt_embedding(tgt) + self.places[: tgt.shape[1]]
        y = self.last(self.decoder(y, self.last(x), src_mask, tgt_mask))
        return self.output(y)


FORMS = {
    "decoder.DecoderLayer": [
        PlainLayer,
        LayerByParts,
        LayerWithLists,
        LayerByFormulas,
    ],
    "decoder.Decoder": [
        PlainStack,
        StackByAppending,
        StackByRecursion,
        StackByName,
    ],
    "decoder.Transformer": [Plain, Learned, Wrapped, WithBuffer],
}
