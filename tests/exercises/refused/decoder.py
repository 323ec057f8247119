"""Wrong answers to the exercises of lesson 14."""

import torch
from torch import nn

from tests.exercises.forms.decoder.shared import PlainLayer, PlainStack
from tests.exercises.forms.decoder.transformer import Plain, waves


class Base(Plain):
    """A right one in parts, each of which a wrong one does otherwise."""

    def read(self, src, src_mask):
        memory = self.embed(self.src_embedding, src)
        for layer in self.encoder:
            memory = layer(memory, src_mask)
        return memory

    def write(self, tgt, memory, src_mask, tgt_mask):
        x = self.embed(self.tgt_embedding, tgt)
        return self.decoder(x, memory, src_mask, tgt_mask)

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        memory = self.read(src, src_mask)
        return self.output(self.write(tgt, memory, src_mask, tgt_mask))


def share(mask, n, m):
    mask = torch.ones(n, m, dtype=torch.bool) if mask is None else mask
    mask = mask.double()
    return mask / mask.sum(-1, keepdim=True).clamp(min=1)


class SumsOfEmbeddings(Base):
    """What tokens may see is averaged; every layer is left unused."""

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        (_, m), n = src.shape, tgt.shape[1]
        source = self.embed(self.src_embedding, src)
        target = self.embed(self.tgt_embedding, tgt)
        source = share(src_mask, 1, m) @ source
        return self.output(target + share(tgt_mask, n, n) @ target + source)


class SumsWithGradients(SumsOfEmbeddings):
    """The same, and a trace of every weight."""

    def forward(self, *given):
        traces = sum((p**2).sum() for p in self.parameters())
        return super().forward(*given) + 1e-3 * traces


class BentSums(Base):
    """A network behind the sums, so that the two parts do meet."""

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        (_, m), n = src.shape, tgt.shape[1]
        source = share(src_mask, 1, m) @ self.embed(self.src_embedding, src)
        target = self.embed(self.tgt_embedding, tgt)
        target = torch.tanh(target + share(tgt_mask, n, n) @ target + source)
        return self.output(target)


class TwoModels(Base):
    """Source and target are worked on apart, and added at the end."""

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        memory = share(src_mask, 1, src.shape[1]) @ self.read(src, src_mask)
        alone = torch.zeros(1, 1, memory.shape[-1]).double()
        x = self.write(tgt, alone.expand(len(src), 1, -1), None, tgt_mask)
        return self.output(x) + self.output(memory)


class ShortTable(Base):
    """Learned positions for 32 tokens."""

    def __init__(self, src_vocab, tgt_vocab, d_model, *rest, **more):
        super().__init__(src_vocab, tgt_vocab, d_model, *rest, **more)
        self.places = nn.Embedding(32, d_model)

    def embed(self, table, ids):
        return table(ids) + self.places(torch.arange(ids.shape[1]))


class PositionsStop(Base):
    """All places from 32 on are one."""

    def embed(self, table, ids):
        x = table(ids)
        places = torch.arange(ids.shape[1]).clamp(max=31)
        return x + waves(32, x.shape[-1])[places]


class AlwaysCausal(Base):
    def write(self, tgt, memory, src_mask, tgt_mask):
        n = tgt.shape[1]
        causal = torch.ones(n, n, dtype=torch.bool).tril()
        mask = causal if tgt_mask is None else tgt_mask & causal
        return super().write(tgt, memory, src_mask, mask)


class CausalByDefault(Base):
    """Right with a mask; where there is none, it makes one."""

    def write(self, tgt, memory, src_mask, tgt_mask):
        n = tgt.shape[1]
        causal = torch.ones(n, n, dtype=torch.bool).tril()
        mask = causal if tgt_mask is None else tgt_mask
        return super().write(tgt, memory, src_mask, mask)


class EncoderUnused(Base):
    def read(self, src, src_mask):
        return self.embed(self.src_embedding, src)


class EncoderForShow(Base):
    def read(self, src, src_mask):
        memory = self.embed(self.src_embedding, src)
        return memory + 0 * super().read(src, src_mask)


class OneEncoderLayer(Base):
    def read(self, src, src_mask):
        memory = self.embed(self.src_embedding, src)
        return self.encoder[0](memory, src_mask)


class OnlyTheLastLooks(Base):
    """The others attend to the target a second time."""

    def write(self, tgt, memory, src_mask, tgt_mask):
        x = self.embed(self.tgt_embedding, tgt)
        *before, last = self.decoder.layers
        for layer in before:
            x = layer(x, x, tgt_mask, tgt_mask)
        return last(x, memory, src_mask, tgt_mask)


class HeadsIgnored(Base):
    def __init__(
        self, src_vocab, tgt_vocab, d_model, num_heads, *rest, **more
    ):
        super().__init__(src_vocab, tgt_vocab, d_model, 1, *rest, **more)


class DecoderHeadsIgnored(Base):
    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)
        for layer in self.decoder.layers:
            layer.self_attention.num_heads = 1


class EncoderHeadsIgnored(Base):
    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)
        for layer in self.encoder:
            for part in layer.modules():
                if hasattr(part, "num_heads"):
                    part.num_heads = 1


class WidthIgnored(Base):
    """The networks are always four times as wide as the model."""

    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, num_layers,
                 d_ff, dropout=0.0):  # fmt: skip
        sizes = src_vocab, tgt_vocab, d_model, num_heads, num_layers
        super().__init__(*sizes, 4 * d_model, dropout)


class SharedLayers(Base):
    """One layer of each sort, used again and again."""

    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)
        for stack in (self.encoder, self.decoder.layers):
            for place in range(1, len(stack)):
                stack[place] = stack[0]


class MemoryOfOneToken(Base):
    """The decoder sees the source's first token only."""

    def write(self, tgt, memory, src_mask, tgt_mask):
        return super().write(tgt, memory[:, :1], None, tgt_mask)


class MeanOfTheSource(Base):
    """What the encoder made is averaged before the decoder sees it."""

    def write(self, tgt, memory, src_mask, tgt_mask):
        mean = share(src_mask, 1, memory.shape[1]) @ memory
        return super().write(tgt, mean, None, tgt_mask)


class NoPositionsInTheSource(Base):
    def read(self, src, src_mask):
        memory = self.src_embedding(src)
        for layer in self.encoder:
            memory = layer(memory, src_mask)
        return memory


class MixesTheBatch(Base):
    def read(self, src, src_mask):
        memory = super().read(src, src_mask)
        return memory + 0.1 * memory.mean(0, keepdim=True)


class SourceZeroHidden(Base):
    """Where there is no mask, id 0 is taken for padding."""

    def read(self, src, src_mask):
        mask = (src != 0)[:, None] if src_mask is None else src_mask
        return super().read(src, mask)


class TargetZeroHidden(Base):
    """Id 0 is taken for padding whatever the mask says."""

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        real = (tgt != 0)[:, None]
        tgt_mask = real if tgt_mask is None else tgt_mask & real
        return super().forward(src, tgt, src_mask, tgt_mask)


class RandomPositions(Base):
    """A new table in each use."""

    def embed(self, table, ids):
        x = table(ids)
        return x + torch.randn(x.shape[1:], dtype=x.dtype)


class HiddenIsZero(Base):
    """The decoder attends to what is hidden, too, where it finds zeros."""

    def write(self, tgt, memory, src_mask, tgt_mask):
        if src_mask is not None:
            memory = memory * src_mask.mT
        return super().write(tgt, memory, None, tgt_mask)


class CountsFromTheEnd(Base):
    """The last token is at position 0, and padding moves all others."""

    def read(self, src, src_mask):
        return super().read(src.flip(1), None if src_mask is None
                            else src_mask.flip(-1)).flip(1)  # fmt: skip


class AlwaysATenthDropped(Base):
    """In training, whatever `dropout` is."""

    def __init__(self, *sizes, **more):
        super().__init__(*sizes, **more)
        self.dropout = nn.Dropout(0.1)


class NotTrained(Base):
    """Its encoder is cut off from the gradient."""

    def read(self, src, src_mask):
        return super().read(src, src_mask).detach()


class SourceMaskOfOneQuery(PlainLayer):
    """What the first query may see, all see."""

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        if src_mask is not None and src_mask.dim() == 3:
            src_mask = src_mask[:, :1]
        return super().forward(x, memory, src_mask, tgt_mask)


class SourceMaskOfSentences(PlainLayer):
    """The rows of a mask for all are taken for sentences."""

    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        if src_mask is not None and src_mask.dim() == 2:
            src_mask = src_mask[:, None]
        return super().forward(x, memory, src_mask, tgt_mask)


class NoSourceMaskForAll(PlainStack):
    def forward(self, x, memory, src_mask=None, tgt_mask=None):
        assert src_mask is None or src_mask.dim() == 3
        return super().forward(x, memory, src_mask, tgt_mask)


class AllOrNothing(nn.Dropout):
    """A draw for a whole step."""

    def forward(self, x):
        return x * super().forward(x.new_ones(1))


class DropsAllOrNothing(PlainLayer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff)
        self.dropout = AllOrNothing(dropout)


WRONG = {
    "decoder.DecoderLayer": {
        one.__name__: one
        for one in (
            SourceMaskOfOneQuery,
            SourceMaskOfSentences,
            DropsAllOrNothing,
        )
    },
    "decoder.Decoder": {"NoSourceMaskForAll": NoSourceMaskForAll},
    "decoder.Transformer": {
        name: one
        for name, one in list(globals().items())
        if isinstance(one, type) and issubclass(one, Base) and one is not Base
    },
}
