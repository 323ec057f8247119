"""Right answers to `decoder.Decoder`."""

from torch import nn

from .shared import (
    LayerByFormulas,
    LayerWithLists,
    PlainStack,
    StackByAppending,
)


class StackByRecursion(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.layers = nn.ModuleList(
            LayerByFormulas(d_model, num_heads, d_ff, dropout)
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
            one = LayerWithLists(d_model, num_heads, d_ff, dropout)
            self.add_module(f"layer{k}", one)

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        for k in range(self.depth):
            x = getattr(self, f"layer{k}")(x, memory, src_mask, tgt_mask)
        return x


FORMS = [
    PlainStack,
    StackByAppending,
    StackByRecursion,
    StackByName,
]
