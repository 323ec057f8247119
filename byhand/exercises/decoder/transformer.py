"""The exercise `decoder.Transformer`."""

import math

import torch
from torch import nn

from byhand.exercise import Case, Exercise, Misconception

from .measures import MEASURES, expected, measured
from .shared import (
    TURNED_ROUND,
    Attention,
    inverse,
    network,
    one_after_another,
    stack_of,
)


def sinusoids(n, d_model):
    places = torch.arange(n)[:, None]
    rates = 1e4 ** (-torch.arange(0, d_model, 2) / d_model)
    waves = torch.stack([torch.sin(places * rates), torch.cos(places * rates)])
    return waves.permute(1, 2, 0).reshape(n, d_model)


class TorchTransformer(nn.Module):
    """A Transformer of torch.nn.Transformer's layers."""

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
        self.read = nn.Embedding(src_vocab, d_model)
        self.write = nn.Embedding(tgt_vocab, d_model)
        sizes = d_model, num_heads, d_ff, dropout
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(*sizes, batch_first=True),
            num_layers,
            enable_nested_tensor=False,
        )
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(*sizes, batch_first=True), num_layers
        )
        self.drop = nn.Dropout(dropout)
        self.head = nn.Linear(d_model, tgt_vocab)
        self.num_heads = num_heads

    def blocked(self, mask, batch, n, m):
        if mask is None:
            return None
        whole = mask.broadcast_to(batch, n, m)
        return ~whole.repeat_interleave(self.num_heads, dim=0)

    def place(self, table, ids):
        x = table(ids)
        return self.drop(x + sinusoids(*x.shape[1:]))

    def forward(self, src, tgt, src_mask=None, tgt_mask=None):
        (b, m), n = src.shape, tgt.shape[1]
        memory = self.encoder(
            self.place(self.read, src),
            mask=self.blocked(src_mask, b, m, m),
        )
        out = self.decoder(
            self.place(self.write, tgt),
            memory,
            tgt_mask=self.blocked(tgt_mask, b, n, n),
            memory_mask=self.blocked(src_mask, b, n, m),
        )
        return self.head(out)


class Reader(nn.Module):
    """An encoder, for the misconceptions: it hands each layer the mask."""

    def __init__(self, num_layers, d_model, num_heads, d_ff):
        super().__init__()
        self.layers = nn.ModuleList()
        for _ in range(num_layers):
            parts = nn.Module()
            parts.p = 0.0
            parts.look = Attention(d_model, num_heads)
            parts.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in "12")
            parts.linear1 = nn.Linear(d_model, d_ff)
            parts.linear2 = nn.Linear(d_ff, d_model)
            self.layers.append(parts)

    def forward(self, x, mask=None):
        for part in self.layers:
            first, second = part.norms
            x = first(x + part.look(x, x, x, mask))
            x = second(x + network(part, x))
        return x


def transformer_like(
    *,
    end=lambda logits: logits,
    encoder_mask=lambda src, tgt: src,
    cross_mask=lambda src, tgt: src,
    self_mask=lambda src, tgt: tgt,
    mask_the_target=lambda tgt, n: tgt,
    places=(True, True),
    vocabularies=lambda src, tgt: (src, tgt),
    encoder_depth=lambda num_layers: num_layers,
    heads=lambda num_heads: num_heads,
    encoder_heads=lambda num_heads: num_heads,
    decode=one_after_another,
    fit=math.inf,
    drop=lambda x, p, training: nn.functional.dropout(x, p, training),
    shift=lambda tgt: tgt,
):
    """A Transformer that is right but for what is given here."""

    class Transformer(nn.Module):
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
            reading, writing = vocabularies(src_vocab, tgt_vocab)
            self.read = nn.Embedding(reading, d_model)
            self.write = nn.Embedding(writing, d_model)
            up, h = encoder_depth(num_layers), heads(num_heads)
            self.encoder = Reader(up, d_model, encoder_heads(h), d_ff)
            self.decoder = stack_of(decode)(num_layers, d_model, h, d_ff)
            self.head = nn.Linear(d_model, tgt_vocab)
            self.dropout = dropout

        def placed(self, x, wanted):
            n, d_model = x.shape[1:]
            if n > fit:  # what a table of positions says
                raise IndexError("index out of range in self")
            x = x + sinusoids(n, d_model) * wanted
            return drop(x, self.dropout, self.training)

        def forward(self, src, tgt, src_mask=None, tgt_mask=None):
            masks = src_mask, mask_the_target(tgt_mask, tgt.shape[1])
            memory = self.encoder(
                self.placed(self.read(src), places[0]), encoder_mask(*masks)
            )
            x = self.placed(self.write(shift(tgt)), places[1])
            out = self.decoder(
                x, memory, cross_mask(*masks), self_mask(*masks)
            )
            return end(self.head(out))

    return Transformer


def only_the_last_looks(self, x, memory, src_mask, tgt_mask):
    *before, last = self.layers
    for layer in before:
        x = layer.norm1(x + layer.self_attention(x, x, x, tgt_mask))
        x = layer.norm3(x + network(layer, x))
    return last(x, memory, src_mask, tgt_mask)


def causal_of(n):
    return torch.ones(n, n, dtype=torch.bool).tril()


def shifted(tgt):
    return torch.cat([tgt[:, :1], tgt[:, :-1]], dim=1)


def sentence(settings, n_src, n_tgt, **more):
    """Token ids from 1 on, the highest among them."""

    def ids(rng, vocabulary, n):
        drawn = rng.integers(1, vocabulary, (1, n))
        drawn[:, :2] = vocabulary - 1, 1  # these two change places
        return torch.from_numpy(drawn)

    return lambda rng: {
        "settings": settings,
        "src": ids(rng, settings["src_vocab"], n_src),
        "tgt": ids(rng, settings["tgt_vocab"], n_tgt),
        "seed": int(rng.integers(2**31)),
        **more,
    }


def sized(src_vocab, tgt_vocab, d_model, num_heads, num_layers, d_ff):
    return {
        "src_vocab": src_vocab,
        "tgt_vocab": tgt_vocab,
        "d_model": d_model,
        "num_heads": num_heads,
        "num_layers": num_layers,
        "d_ff": d_ff,
    }


EXERCISE = Exercise(
    id="decoder.Transformer",
    signature=(
        "Transformer(src_vocab, tgt_vocab, d_model, num_heads, num_layers, "
        "d_ff, dropout=0.0)"
    ),
    asks=(
        "All of it, as a `torch.nn.Module`. `src_vocab` and `tgt_vocab` are "
        "the sizes of two vocabularies, and encoder and decoder have "
        "`num_layers` layers each. `forward(src, tgt, src_mask=None, "
        "tgt_mask=None)` takes token ids (whole numbers) of the source, "
        "`(batch, n_src)`, and of the target, `(batch, n_tgt)`, and returns "
        "**logits** `(batch, n_tgt, tgt_vocab)`: for each place in the "
        "target a score for every token that may come next. Embed both, add "
        "positions to both, encode the source, decode the target, and end "
        "with a linear layer. No softmax: that belongs to the loss.\n\n"
        "`src_mask`, `(batch, 1, n_src)`, hides padding of the source, from "
        "the encoder *and* from the decoder; `tgt_mask`, `(n_tgt, n_tgt)` or "
        "`(batch, n_tgt, n_tgt)`, goes with the target's attention to "
        "itself. Both are boolean masks as you built them in lesson 9, "
        '`True` for "may attend", and `None` masks nothing. How you name the '
        "parts, scale the embeddings and make the positions is up to you, as "
        "long as 64 tokens fit. The check builds your model by keyword, with "
        "weights of its own, and measures what it does: which tokens change "
        "which logits. In training, drop something with probability "
        "`dropout`: where is up to you. In use (`eval()`), drop nothing."
    ),
    points=4,
    difficulty=3,
    importance=5,
    minutes=20,
    reference=TorchTransformer,
    way=measured,
    expected=expected,
    cases=(
        Case(
            "one layer, the source has more words",
            sentence(sized(11, 7, 8, 1, 1, 12), 4, 5, learning=False),
        ),
        Case(
            "two layers with dropout, the target has more words",
            sentence(sized(6, 13, 6, 3, 2, 10) | {"dropout": 0.5}, 5, 4),
        ),
    ),
    misconceptions=(
        Misconception(
            "softmax at the end",
            "these are probabilities: every row adds up to 1. Return logits, "
            "the bare scores of the linear layer. The loss does the softmax "
            "itself.",
            transformer_like(end=lambda logits: logits.softmax(dim=-1)),
        ),
        Misconception(
            "sigmoid at the end",
            "every number is between 0 and 1, as after a sigmoid. A sigmoid "
            "answers a yes-or-no question about each word. Return the scores "
            "of the linear layer: the loss does the softmax.",
            transformer_like(end=torch.sigmoid),
        ),
        Misconception(
            "tgt_mask not handed on",
            "your decoder ignores `tgt_mask`: a later target token changes "
            "earlier logits, so that the answer is known before it is given. "
            "Hand it to the decoder.",
            transformer_like(self_mask=lambda src, tgt: None),
        ),
        Misconception(
            "always causal",
            "the future is hidden whatever `tgt_mask` says, and nothing else "
            "is: the mask itself is not used. It may also hide padding.",
            transformer_like(
                mask_the_target=lambda tgt, n: (
                    None if tgt is None else causal_of(n)
                )
            ),
        ),
        Misconception(
            "the future hidden as well",
            "a later target token never changes earlier logits, even where "
            "`tgt_mask` shows it: you hide the future on top of what the "
            "mask says. Use the mask as it is given. `None` masks nothing.",
            transformer_like(
                mask_the_target=lambda tgt, n: (
                    causal_of(n) if tgt is None else tgt & causal_of(n)
                )
            ),
        ),
        Misconception(
            "too few positions",
            "a sentence of 64 tokens does not fit: your table of positions "
            "has fewer rows. Make it 64 rows long or longer.",
            transformer_like(fit=32),
        ),
        Misconception(
            "a decoder layer that does not look",
            "a layer more brings too few weights that learn. In some decoder "
            "layer, no query chooses among the tokens of the source. Every "
            "decoder layer attends to all that the encoder returned.",
            transformer_like(decode=only_the_last_looks),
        ),
        Misconception(
            "num_heads ignored",
            "`num_heads` makes no difference. Hand it on to the layers of "
            "the encoder and of the decoder.",
            transformer_like(heads=lambda num_heads: 1),
        ),
        Misconception(
            "num_heads ignored in the encoder",
            "`num_heads` makes no difference in the encoder. Hand it on to "
            "the encoder's layers, too.",
            transformer_like(encoder_heads=lambda num_heads: 1),
        ),
        Misconception(
            "src_mask not handed on",
            "`src_mask` changes nothing at all: neither the encoder nor the "
            "decoder gets it.",
            transformer_like(
                encoder_mask=lambda src, tgt: None,
                cross_mask=lambda src, tgt: None,
            ),
        ),
        Misconception(
            "src_mask in one place only",
            "a hidden source token still gets through. `src_mask` has two "
            "jobs and does one: in the *encoder* it keeps other tokens from "
            "taking padding in, in the *decoder* it keeps the target from "
            "looking at it.",
            transformer_like(cross_mask=lambda src, tgt: None),
        ),
        Misconception(
            "masks swapped",
            "you swapped the masks: source and target have different "
            "lengths, and a mask does not fit its scores. `tgt_mask` goes "
            "with the decoder's self-attention, `src_mask` with everything "
            "that looks at the source.",
            transformer_like(
                cross_mask=lambda src, tgt: tgt,
                self_mask=lambda src, tgt: src,
            ),
        ),
        Misconception(
            "masks turned round",
            TURNED_ROUND,
            transformer_like(
                encoder_mask=lambda src, tgt: inverse(src),
                cross_mask=lambda src, tgt: inverse(src),
                self_mask=lambda src, tgt: inverse(tgt),
            ),
        ),
        Misconception(
            "no positions",
            "the order of the tokens makes no difference, neither in the "
            "source nor in the target: nothing says where a token stands. "
            "Add positions to both embeddings.",
            transformer_like(places=(False, False)),
        ),
        Misconception(
            "no positions in the source",
            "swapping two source tokens changes nothing: the source has no "
            "positions.",
            transformer_like(places=(False, True)),
        ),
        Misconception(
            "no positions in the target",
            "swapping two earlier target tokens does not change the last "
            "logits: the target has no positions.",
            transformer_like(places=(True, False)),
        ),
        Misconception(
            "vocabularies swapped",
            "a token id is too large for its table. Ids of the source belong "
            "in a table of `src_vocab` rows, ids of the target in another, "
            "of `tgt_vocab`.",
            transformer_like(vocabularies=lambda src, tgt: (tgt, src)),
        ),
        Misconception(
            "no encoder",
            "a layer more brings too few weights that learn: only those of "
            "the decoder do. Does the source go through `num_layers` encoder "
            "layers, and does their result reach the decoder?",
            transformer_like(encoder_depth=lambda num_layers: 0),
        ),
        Misconception(
            "dropout always on",
            "two equal sentences of a batch get different logits, though the "
            "model is in use and not in training: your dropout is never off. "
            "`nn.Dropout` knows the mode. Tell the function `dropout`: "
            "`training=self.training`.",
            transformer_like(
                drop=lambda x, p, training: nn.functional.dropout(x, p)
            ),
        ),
        Misconception(
            "dropout ignored",
            "in training nothing is dropped: `dropout` is never used. Hand "
            "it on to the layers.",
            transformer_like(drop=lambda x, p, training: x),
        ),
        Misconception(
            "ReLU at the end",
            "no logit is below 0, as after a ReLU. Return the scores of the "
            "linear layer as they are.",
            transformer_like(end=torch.relu),
        ),
        Misconception(
            "shifts the target itself",
            "a target token does not change the logits at its own place: "
            "you have moved the target one place to the right. That is done "
            "to the data, before the model is called (lesson 15).",
            transformer_like(shift=shifted),
        ),
    ),
    not_by=(
        "Transformer",
        "TransformerEncoder",
        "TransformerEncoderLayer",
        "TransformerDecoder",
        "TransformerDecoderLayer",
    ),
    hints=(
        "Follow a token id of the source to a logit, and one of the target: "
        "which parts does each pass? Where do the two meet?",
        "You need five parts in all: two tables (`nn.Embedding`), an "
        "encoder, a decoder and a linear layer. Positions are added to what "
        "the tables give; the encoder takes one mask, the decoder two.",
        "memory = encoder of (embedded src plus positions) under src_mask; "
        "out = decoder of (embedded tgt plus positions), memory, src_mask, "
        "tgt_mask; return the linear layer of out.",
    ),
    returns=MEASURES,
    called=lambda settings, src, tgt, seed, learning=True: {
        **settings,
        "src": src,
        "tgt": tgt,
    },
)
