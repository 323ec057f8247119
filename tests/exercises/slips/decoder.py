"""Slips in lesson 14."""

import torch
from torch import nn

from tests.exercises.forms.decoder.shared import PlainLayer as DecoderLayer
from tests.exercises.forms.decoder.shared import PlainStack as Decoder
from tests.exercises.refused.decoder import Base


class Layer(DecoderLayer):
    """A right one, whose parts the wrong ones do otherwise."""

    def look(self, x, tgt_mask):
        return self.self_attention(x, x, x, tgt_mask)

    def cross(self, x, memory, src_mask, tgt_mask):
        return self.cross_attention(x, memory, memory, src_mask)

    def think(self, x):
        return self.linear2(torch.relu(self.linear1(x)))

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        drop = self.dropout
        x = self.norm1(x + drop(self.look(x, tgt_mask)))
        x = self.norm2(x + drop(self.cross(x, memory, src_mask, tgt_mask)))
        return self.norm3(x + drop(self.think(x)))


class ValueIsX(Layer):
    def cross(self, x, memory, src_mask, tgt_mask):
        return self.cross_attention(x, memory, x, src_mask)


class QueryIsMemory(Layer):
    def cross(self, x, memory, src_mask, tgt_mask):
        return self.cross_attention(memory, x, x, None)


class MasksSwapped(Layer):
    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        return super().forward(x, memory, tgt_mask, src_mask)


class NoSourceMask(Layer):
    def cross(self, x, memory, src_mask, tgt_mask):
        return self.cross_attention(x, memory, memory)


class Gelu(Layer):
    def think(self, x):
        return self.linear2(nn.functional.gelu(self.linear1(x)))


class NoLastResidual(Layer):
    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        drop = self.dropout
        x = self.norm1(x + drop(self.look(x, tgt_mask)))
        x = self.norm2(x + drop(self.cross(x, memory, src_mask, tgt_mask)))
        return self.norm3(drop(self.think(x)))


class ReturnsInTheLoop(Decoder):
    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        for layer in self.layers:
            x = layer(x, memory, src_mask, tgt_mask)
            return x


class MemoryIsX(Decoder):
    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        for layer in self.layers:
            x = layer(x, memory, src_mask, tgt_mask)
            memory = x
            src_mask = tgt_mask
        return x


class NoMasks(Decoder):
    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        for layer in self.layers:
            x = layer(x, memory)
        return x


class MasksInTheWrongOrder(Decoder):
    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        for layer in self.layers:
            x = layer(x, memory, tgt_mask, src_mask)
        return x


class OneTooFew(Decoder):
    def __init__(self, num_layers, *sizes, **more):
        super().__init__(num_layers - 1, *sizes, **more)


class AlwaysFromTheInput(Decoder):
    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        for layer in self.layers:
            out = layer(x, memory, src_mask, tgt_mask)
        return out


class Probabilities(Base):
    def forward(self, *given, **more):
        return torch.softmax(super().forward(*given, **more), -1)


class NoPositions(Base):
    def embed(self, table, ids):
        return table(ids)


class DecoderForgetsSourceMask(Base):
    def write(self, tgt, memory, src_mask, tgt_mask):
        return super().write(tgt, memory, None, tgt_mask)


class EncoderForgetsMask(Base):
    def read(self, src, src_mask):
        return super().read(src, None)


class TargetMaskForgotten(Base):
    def write(self, tgt, memory, src_mask, tgt_mask):
        return super().write(tgt, memory, src_mask, None)


class SourceNotEncoded(Base):
    def read(self, src, src_mask):
        return self.embed(self.src_embedding, src)


WRONG = {
    "decoder.DecoderLayer": {
        "value is x": ValueIsX,
        "masks swapped": MasksSwapped,
        "no source mask": NoSourceMask,
        "gelu": Gelu,
        "no last residual": NoLastResidual,
        "query is memory": QueryIsMemory,
    },
    "decoder.Decoder": {
        "in the loop": ReturnsInTheLoop,
        "memory is x": MemoryIsX,
        "no masks": NoMasks,
        "masks in the wrong order": MasksInTheWrongOrder,
        "one too few": OneTooFew,
        "always from the input": AlwaysFromTheInput,
    },
    "decoder.Transformer": {
        "probabilities": Probabilities,
        "no positions": NoPositions,
        "decoder forgets the source mask": DecoderForgetsSourceMask,
        "encoder forgets its mask": EncoderForgetsMask,
        "target mask forgotten": TargetMaskForgotten,
        "source not encoded": SourceNotEncoded,
    },
}
