"""Right answers to `encoder.Encoder`."""

from torch import nn

from .shared import (
    LayerByFormulas,
    LayerInParts,
    LayerWithFlag,
    PlainLayer,
)


class PlainStack(nn.Module):
    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.layers = nn.ModuleList(
            [
                PlainLayer(d_model, num_heads, d_ff, dropout)
                for _ in range(num_layers)
            ]
        )

    def forward(self, x, mask=None):
        for layer in self.layers:
            x = layer(x, mask)
        return x


class StackByAppending(nn.Module):
    """The maps of the layers are collected and kept."""

    def __init__(self, num_layers, *sizes, **more):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(num_layers):
            self.layers.append(LayerWithFlag(*sizes, **more))

    def forward(self, x, mask=None):
        self.maps = []
        for layer in self.layers:
            x = layer(x, mask)
            self.maps.append(layer.looked)
        return x


class StackByName(nn.Module):
    """No list at all: layers under names of their own."""

    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.names = [f"layer_{k}" for k in range(num_layers)]
        for name in self.names:
            self.add_module(
                name, LayerByFormulas(d_model, num_heads, d_ff, dropout)
            )

    def forward(self, x, mask=None):
        for name in self.names:
            x = self.get_submodule(name)(x, mask)
        return x


class StackByRecursion(nn.Module):
    """Sizes by name; the last layer asks the ones below it."""

    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        sizes = {"d_model": d_model, "num_heads": num_heads, "d_ff": d_ff}
        self.layers = nn.ModuleList(
            LayerInParts(**sizes, dropout=dropout) for _ in range(num_layers)
        )

    def forward(self, x, mask=None, below=None):
        below = len(self.layers) if below is None else below
        if not below:
            return x
        return self.layers[below - 1](self(x, mask, below - 1), mask)


class StackBySequential(nn.Sequential):
    """A `Sequential` whose own forward knows no mask."""

    def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
        layers = []
        for _ in range(num_layers):
            layers += [PlainLayer(d_model, num_heads, d_ff, dropout)]
        super().__init__(*layers)

    def forward(self, x, mask=None):
        out = x
        for k in range(len(self)):
            out = self[k](out, mask=mask)
        return out


FORMS = [
    PlainStack,
    StackByAppending,
    StackByName,
    StackByRecursion,
    StackBySequential,
]
