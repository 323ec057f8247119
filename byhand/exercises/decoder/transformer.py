"""The exercise `decoder.Transformer`."""

import numpy as np
import torch
from torch import nn

from byhand.exercise import Case, Exercise, Fact, Misconception
from byhand.ways import modules

from .shared import (
    TURNED_ROUND,
    Attention,
    inverse,
    network,
    one_after_another,
    stack_of,
)

# Inside, a Transformer may be built in many ways, so no weights can be copied
# in. It is built with weights of its own, used on sentences that differ in
# one thing, and what must hold for any weights is measured: 1 for yes, 0 for
# no. All is done in float64, so that nothing but rounding, 1e-15 of the
# largest logit or so, can stand where there should be a difference, or none.
# Weights that all start at 0.02 leave differences down to 1e-10, and a model
# that takes its softmax in float32 has rounding of 1e-7: hence two limits.
DIFFER, AGREE = 1e-13, 1e-6  # of the largest logit


def measured(answer, settings, src, tgt, seed):
    """What a Transformer does with a sentence; see `MEASURES`.

    src, tgt: (1, n_src) and (1, n_tgt) token ids. The sentence and changed
    ones are one batch, a row each, so that few uses are needed.
    """
    m, n, late = src.shape[1], tgt.shape[1], tgt.shape[1] - 2
    sees_all = torch.ones(1, m, dtype=torch.bool)
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    hides_one = sees_all.clone()
    hides_one[:, 1] = False  # from everybody
    hides_first = causal.clone()
    hides_first[1:, 0] = False  # from all but itself
    other_src = other(src, settings["src_vocab"])
    other_tgt = other(tgt, settings["tgt_vocab"])
    rows = {
        "plain": (src, tgt, sees_all, causal),
        "again": (src, tgt, sees_all, causal),
        "late token": (src, other_tgt(late), sees_all, causal),
        "covered": (src, tgt, hides_one, causal),
        "under the cover": (other_src(1), tgt, hides_one, causal),
        "beside the cover": (other_src(0), tgt, hides_one, causal),
        "src turned": (swapped(src), tgt, sees_all, causal),
        "alone": (src, tgt, sees_all, hides_first),
        "beside the hidden": (src, other_tgt(0), sees_all, hides_first),
        "open": (src, tgt, sees_all, torch.ones_like(causal)),
        "tgt turned": (src, swapped(tgt), sees_all, torch.ones_like(causal)),
    }
    ids, targets, src_masks, tgt_masks = zip(*rows.values(), strict=True)
    batch = map(torch.cat, (ids, targets))
    masks = map(torch.stack, (src_masks, tgt_masks))
    uses = [
        [*batch, *masks],
        [src, tgt, sees_all[None], causal],
        [src, tgt, None, None],
    ]
    *outputs, count = modules.built(answer, settings, seed, uses)
    deeper = settings | {"num_layers": settings["num_layers"] + 1}
    *_, more = modules.built(answer, deeper, seed, [])
    outputs = [as_numbers(each) for each in outputs]
    came = () if outputs[0] is None else outputs[0].shape
    shape = np.array(came, dtype=float)
    wanted = [(len(u[1]), n, settings["tgt_vocab"]) for u in uses]
    if [None if o is None else o.shape for o in outputs] != wanted or not all(
        np.isfinite(o).all() for o in outputs
    ):  # there is nothing to be compared
        return shape, *(0.0,) * (len(MEASURES) - 1)
    at = dict(zip(rows, outputs[0], strict=True))
    first = at["plain"]
    largest = np.abs(first).max()
    powers = np.exp(first - first.max(axis=-1, keepdims=True))
    totals = np.log(powers.sum(axis=-1)) + first.max(axis=-1)

    def gaps(one, other):  # (n_tgt,): how far rows of logits are apart
        return np.abs(at[one] - at[other]).max(axis=-1)

    def differ(gaps):
        return yes((gaps > DIFFER * largest).all())

    def agree(gaps):
        return yes((gaps <= AGREE * largest).all())

    at["by itself"], at["no masks"] = outputs[1][0], outputs[2][0]
    future = gaps("plain", "late token")
    return (
        shape,
        1.0,
        yes(not np.allclose(first.sum(axis=-1), 1, atol=1e-4)),
        yes(not np.allclose(totals, 0, atol=1e-4)),
        yes(first.min() < 0 or first.max() > 1),
        agree(future[:late]),
        differ(future[late]),
        differ(future[late + 1 :]),
        agree(gaps("alone", "beside the hidden")[1:]),
        differ(gaps("plain", "covered").max()),
        agree(gaps("covered", "under the cover")),
        differ(gaps("covered", "beside the cover")),
        differ(gaps("plain", "src turned").max()),
        differ(gaps("open", "tgt turned")[-1]),
        agree(gaps("open", "no masks")),
        agree(gaps("plain", "again")),
        agree(gaps("plain", "by itself")),
        min(1.0, (more - count) / needed(settings)),
    )


MEASURES = (
    "shape_of_logits",
    "logits_are_finite",
    "rows_do_not_add_up_to_1",
    "nor_do_their_exponentials",
    "logits_go_below_0_or_above_1",
    "no_later_target_token_is_seen",
    "a_target_token_changes_its_own_logits",
    "a_target_token_changes_later_logits",
    "what_tgt_mask_hides_changes_nothing",
    "src_mask_changes_something",
    "what_src_mask_hides_changes_nothing",
    "what_src_mask_shows_changes_all_logits",
    "order_of_the_source_matters",
    "order_of_the_target_matters",
    "no_masks_are_open_ones",
    "equal_sentences_get_equal_logits",
    "a_sentence_alone_gets_the_same_logits",
    "share_of_its_weights_that_one_more_layer_brings",
)


def other(ids, vocabulary):
    """The ids with another token at a place; never 0, which may be padding."""

    def at(place):
        changed = ids.clone()
        changed[:, place] = ids[:, place] % (vocabulary - 1) + 1
        return changed

    return at


def swapped(ids):
    """The ids with the first two in each other's place."""
    return torch.cat([ids[:, [1, 0]], ids[:, 2:]], dim=1)


def as_numbers(value):
    """A module's output as an array, or None if it is not one of numbers."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None


def yes(holds):
    return float(bool(holds))


def needed(settings):
    """The weights of an encoder and a decoder layer; biases are extra."""
    d_model, d_ff = settings["d_model"], settings["d_ff"]
    return 12 * d_model * d_model + 4 * d_model * d_ff


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
    places=(True, True),
    vocabularies=lambda src, tgt: (src, tgt),
    encoder_depth=lambda num_layers: num_layers,
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
            up = encoder_depth(num_layers)
            self.encoder = Reader(up, d_model, num_heads, d_ff)
            self.decoder = stack_of(one_after_another)(
                num_layers, d_model, num_heads, d_ff
            )
            self.head = nn.Linear(d_model, tgt_vocab)
            self.dropout = dropout

        def placed(self, x, wanted):
            n, d_model = x.shape[1:]
            x = x + sinusoids(n, d_model) * wanted
            return drop(x, self.dropout, self.training)

        def forward(self, src, tgt, src_mask=None, tgt_mask=None):
            masks = src_mask, tgt_mask
            memory = self.encoder(
                self.placed(self.read(src), places[0]), encoder_mask(*masks)
            )
            x = self.placed(self.write(shift(tgt)), places[1])
            out = self.decoder(
                x, memory, cross_mask(*masks), self_mask(*masks)
            )
            return end(self.head(out))

    return Transformer


def shifted(tgt):
    return torch.cat([tgt[:, :1], tgt[:, :-1]], dim=1)


def sentence(settings, n_src, n_tgt):
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
        "which logits. In use (`eval()`) dropout must be off."
    ),
    points=4,
    difficulty=3,
    importance=5,
    minutes=20,
    reference=TorchTransformer,
    way=measured,
    cases=(
        Case(
            "one layer, the source has more words",
            sentence(sized(11, 7, 8, 1, 1, 12), 4, 5),
        ),
        Case(
            "two layers with dropout, the target has more words",
            sentence(sized(6, 13, 6, 3, 2, 10) | {"dropout": 0.5}, 5, 4),
        ),
    ),
    misconceptions=(
        Misconception(
            "softmax at the end",
            "these are probabilities: every row adds up to 1. Logits are "
            "asked for, the bare scores of the linear layer. The loss does "
            "the softmax itself, and twice is once too often.",
            transformer_like(end=lambda logits: logits.softmax(dim=-1)),
        ),
        Misconception(
            "sigmoid at the end",
            "every number is between 0 and 1, as after a sigmoid. That "
            "would answer a yes-or-no question about each word; here one "
            "word of all is to be chosen, which is softmax, and softmax is "
            "left to the loss. Return the scores of the linear layer.",
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
                self_mask=lambda src, tgt: (
                    None
                    if tgt is None
                    else torch.ones(tgt.shape[-2:], dtype=bool).tril()
                )
            ),
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
            "the masks have changed places: source and target have different "
            "lengths, and a mask does not fit the scores that it was given "
            "for. `tgt_mask` goes with the decoder's self-attention, "
            "`src_mask` with everything that looks at the source.",
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
            "two source tokens may change places and nothing happens: the "
            "source has no positions.",
            transformer_like(places=(False, True)),
        ),
        Misconception(
            "no positions in the target",
            "two earlier target tokens may change places and the last logits "
            "stay the same: the target has no positions.",
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
            "a layer more brings too few numbers to learn: only the decoder "
            "grows. The source has to go through as many encoder layers.",
            transformer_like(encoder_depth=lambda num_layers: 0),
        ),
        Misconception(
            "dropout always on",
            "two equal sentences of a batch get different logits, though the "
            "model is in use and not in training: dropout is never switched "
            "off. `nn.Dropout` knows whether it is wanted; the function "
            "`dropout` has to be told.",
            transformer_like(
                drop=lambda x, p, training: nn.functional.dropout(x, p)
            ),
        ),
        Misconception(
            "shifts the target itself",
            "a target token does not change the logits at its own place: "
            "you have moved the target one place to the right. That is done "
            "to the data, before the model is called (lesson 15).",
            transformer_like(shift=shifted),
        ),
    ),
    # PyTorch's `Transformer` is made of these (its own name is the learner's)
    # and of decoders, which stand in for a learner's that are wrong.
    not_by=("TransformerEncoder", "TransformerEncoderLayer"),
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
    facts=(
        Fact(
            "no target token sees a later one",
            lambda unseen: bool(unseen == 1),
            "no_later_target_token_is_seen",
        ),
    ),
)
