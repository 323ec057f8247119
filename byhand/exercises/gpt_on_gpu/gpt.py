"""The exercise `gpt_on_gpu.GPT`."""

from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import modules

from ..pieces.dropping import (
    DROPPING,
    QUARTER,
    TEXTS,
    TOKENS,
    measuring_dropout,
    silent,
)
from ..pieces.inputs import readable
from ..pieces.tensors import GRADIENTS, NEARLY_ALL, going_in
from ..pieces.weights import weights_of
from .shared import Layer, TorchBlock, dropped, sized


class TorchGPT(nn.Module):
    """PyTorch's encoder with norms first, between one table used twice."""

    def __init__(
        self,
        vocab_size,
        block_size,
        num_layers,
        num_heads,
        d_model,
        dropout=0.0,
    ):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        self.blocks = nn.ModuleList(
            TorchBlock(d_model, num_heads, dropout) for _ in range(num_layers)
        )
        self.p = dropout
        self.last_norm = nn.LayerNorm(d_model)

    def forward(self, ids):
        x = self.tokens.weight[ids] + self.positions.weight[: ids.shape[1]]
        x = functional.dropout(x, self.p, self.training)
        for one in self.blocks:
            x = one(x)
        return torch.einsum(
            "bnd,vd->bnv", self.last_norm(x), self.tokens.weight
        )


def all_of(own, x):
    for one in own.blocks:
        x = one(x)
    return x


def first_again(own, x):
    for _ in own.blocks:
        x = own.blocks[0](x)
    return x


def first_only(own, x):
    return own.blocks[0](x)


def embedded(own, ids):
    places = torch.arange(ids.shape[1])
    return own.tokens(ids) + own.positions(places)


def without_positions(own, ids):
    return own.tokens(ids)


def positions_from_one(own, ids):
    count = own.positions.num_embeddings
    places = (1 + torch.arange(ids.shape[1])).clamp(max=count - 1)
    return own.tokens(ids) + own.positions(places)


def positions_of_ids(own, ids):
    count = own.positions.num_embeddings
    return own.tokens(ids) + own.positions(ids.clamp(max=count - 1))


def one_position_for_all(own, ids):
    return own.tokens(ids) + own.positions(torch.tensor(ids.shape[1] - 1))


def positions_of_texts(own, ids):
    return own.tokens(ids) + own.positions(torch.arange(ids.shape[0]))


def tokens_dropped(own, ids):
    places = torch.arange(ids.shape[1])
    return dropped(own, own.tokens(ids)) + own.positions(places)


def both_dropped(own, ids):
    places = own.positions(torch.arange(ids.shape[1]).expand_as(ids))
    return dropped(own, own.tokens(ids)) + dropped(own, places)


def dropping_after(own, x):
    for one in own.blocks:
        x = dropped(own, one(x))
    return x


def scaled_tokens(own, ids):
    return embedded(own, ids) + own.tokens(ids) * (
        own.tokens.embedding_dim**0.5 - 1
    )


def tied(own, x):
    return own.last_norm(x) @ own.tokens.weight.T


class Whole(nn.Module):
    """A GPT of which every part can be another."""

    def __init__(
        self,
        vocab_size,
        block_size,
        num_layers,
        num_heads,
        d_model,
        dropout=0.0,
        *,
        embed=embedded,
        flow=all_of,
        head=tied,
        keep=nn.ModuleList,
        shared=False,
        own_head=False,
        drop=dropped,
        handed=lambda dropout: dropout,
        padding=None,
    ):
        super().__init__()
        self.embed, self.flow, self.head = embed, flow, head
        self.drop, self.p = drop, dropout
        self.tokens = nn.Embedding(vocab_size, d_model, padding_idx=padding)
        self.positions = nn.Embedding(block_size, d_model)
        sizes = d_model, num_heads, handed(dropout)
        made = [Layer(*sizes) for _ in range(num_layers)]
        self.blocks = keep(made[:1] * num_layers if shared else made)
        self.last_norm = nn.LayerNorm(d_model)
        if own_head:
            self.lm_head = nn.Linear(d_model, vocab_size, bias=False)

    def forward(self, ids):
        x = self.drop(self, self.embed(self, ids))
        return self.head(self, self.flow(self, x))


def other_gpt(**parts):
    return partial(Whole, **parts)


def writing(settings, batch, n, first=None, training=False):
    def inputs(rng):
        ids = rng.integers(settings["vocab_size"], size=(batch, n))
        if batch > 1:
            ids[-1, -1] = 0  # it learns as every other does
        along = readable(rng, batch, n, settings["vocab_size"])
        if first is not None:
            along[:, first:] = 0
        return {
            "settings": settings,
            "weights": weights_of(TorchGPT, settings, rng),
            "inputs": [torch.from_numpy(ids)],
            "along": along,
            **({"training": True} if training else {}),
        }

    return inputs


def gpt_of(vocab_size, block_size, num_layers, num_heads, d_model, **more):
    return {
        "vocab_size": vocab_size,
        "block_size": block_size,
        "num_layers": num_layers,
        **sized(d_model, num_heads, **more),
    }


def all_but_the_last(own, x):
    for one in own.blocks[:-1]:
        x = one(x)
    return x


# About the root of a norm's ε, which then tells how much the norm has scaled.
TINY = 1e-3


def sum_alone(rng):
    """Every token is 1, every place 2; logits say the numbers of the norm."""
    settings = gpt_of(33, TOKENS, 1, 2, 32, dropout=QUARTER)
    weights = silent(TorchGPT, settings)
    weights["tokens.weight"][0] = TINY
    weights["tokens.weight"][1:] = np.eye(32)
    weights["positions.weight"][...] = 2 * TINY
    return {
        "settings": settings,
        "weights": weights,
        "inputs": [torch.zeros(TEXTS, TOKENS, dtype=torch.int64)],
        "along": np.zeros((TEXTS, TOKENS, 33)),
        "training": True,
    }


def before_the_norm(logits, _):
    """What entered the last norm, where some of it is dropped: 0 is."""
    normed = logits[..., 1:]
    spread = normed.var(axis=-1, keepdims=True)
    entered = normed * np.sqrt(1e-5 / (1 - spread)) / (3 * TINY)
    some = spread[..., 0] > TINY
    return [(entered - entered.min(axis=-1, keepdims=True))[some]], []


EXERCISE = Exercise(
    id="gpt_on_gpu.GPT",
    signature=(
        "GPT(vocab_size, block_size, num_layers, num_heads, d_model, "
        "dropout=0.0)"
    ),
    asks=(
        "All of it. `tokens` is a table with a vector for each token "
        "(`nn.Embedding`), `positions` one with a vector for each of "
        "`block_size` places, `blocks` an `nn.ModuleList` of `num_layers` "
        "blocks, `last_norm` an `nn.LayerNorm`. `forward(ids)` takes `(batch, "
        "n)` token ids, n at most `block_size`, adds each token's vector and "
        "its place's (0, 1, 2, …), sends the sum through all blocks and the "
        "last norm, and returns **logits** `(batch, n, vocab_size)`. The "
        "head is *tied*: a token's logit is the dot product of the result "
        "with that token's vector in `tokens`, without bias, so that it "
        "learns nothing more. Each block gets the same `dropout`. In training "
        "the sum at the start is dropped with that probability, too; in use, "
        "nothing."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=TorchGPT,
    way=measuring_dropout(modules.alone, steps=1, read=before_the_norm),
    cases=(
        Case(
            "one token, one block",
            writing(gpt_of(3, 2, 1, 1, 4), 1, 1),
        ),
        Case("one block, three tokens", writing(gpt_of(5, 4, 1, 1, 4), 1, 3)),
        Case(
            "two blocks; gradients of output 0 alone",
            writing(gpt_of(6, 5, 2, 2, 4), 1, 3, first=1),
        ),
        Case("three blocks, two texts", writing(gpt_of(7, 5, 3, 3, 6), 2, 5)),
        Case(
            "dropout of nearly 1, in use: nothing is dropped",
            writing(gpt_of(5, 4, 2, 1, 4, dropout=NEARLY_ALL), 1, 3),
        ),
        Case(
            "dropout of nearly 1, in training: nothing gets through",
            writing(
                gpt_of(5, 4, 2, 1, 4, dropout=NEARLY_ALL),
                *(1, 3),
                training=True,
            ),
        ),
        Case("dropout of 0.25, in training, blocks that add 0", sum_alone),
    ),
    misconceptions=(
        Misconception(
            "head not tied",
            "there is a matrix more to learn: a head of its own. It should be "
            "tied, which is to use the table of token vectors a second time.",
            other_gpt(
                own_head=True,
                head=lambda own, x: own.lm_head(own.last_norm(x)),
            ),
        ),
        Misconception(
            "no positions",
            "positions are never added. Without them a model cannot tell "
            '"dog bites man" from "man bites dog".',
            other_gpt(embed=without_positions),
        ),
        Misconception(
            "positions from 1",
            "places are counted from 1. They begin at 0.",
            other_gpt(embed=positions_from_one),
        ),
        Misconception(
            "positions of ids",
            "you looked up positions by token ids. They are looked up by "
            "*where* a token stands: 0, 1, 2, …",
            other_gpt(embed=positions_of_ids),
        ),
        Misconception(
            "one position for all",
            "every token of a text got the same position. Each place has its "
            "own: 0, 1, 2, …",
            other_gpt(embed=one_position_for_all),
        ),
        Misconception(
            "token vectors scaled",
            "you multiplied the token vectors by √d_model, as the first "
            "Transformer does. GPT adds them as they are.",
            other_gpt(embed=scaled_tokens),
        ),
        Misconception(
            "no last norm",
            "`last_norm` is missing. In a pre-norm model nothing has normed "
            "the sum that leaves the last block.",
            other_gpt(head=lambda own, x: x @ own.tokens.weight.T),
        ),
        Misconception(
            "first block again and again",
            "x goes through the *first* block again and again.",
            other_gpt(flow=first_again),
        ),
        Misconception(
            "first block only",
            "only the first block is used: does the loop return too early?",
            other_gpt(flow=first_only),
        ),
        Misconception(
            "one block, many times",
            "there is one block in your list, several times over: its places "
            "share their weights.",
            other_gpt(shared=True),
        ),
        Misconception(
            "a plain list",
            "the blocks stand in a plain Python list, into which PyTorch does "
            "not look: it would train none of them.",
            other_gpt(keep=list),
        ),
        Misconception(
            "softmax at the end",
            "these are probabilities. Return logits: the loss does the "
            "softmax itself.",
            other_gpt(head=lambda own, x: tied(own, x).softmax(dim=-1)),
        ),
        Misconception(
            "last place only",
            "there are logits for the last place only. In training every "
            "place is asked what comes next.",
            other_gpt(head=lambda own, x: tied(own, x)[:, -1]),
        ),
        Misconception(
            "dropping in use",
            "dropout changes numbers although the model is in use: it drops "
            "some, or scales all by 1 − p. In use it must leave every number "
            "as it is. `nn.Dropout`, made in `__init__`, hears of `eval()`. "
            "Tell the function: `training=self.training`.",
            other_gpt(drop=lambda own, x: functional.dropout(x, own.p)),
        ),
        Misconception(
            "dropout not handed on",
            "in training your blocks drop nothing: they do not get "
            "`dropout`. Hand it on to each.",
            other_gpt(handed=lambda dropout: 0.0),
        ),
        Misconception(
            "the sum at the start not dropped",
            "in training the sum of token and position is not dropped. It "
            "is, with probability `dropout`, before the first block.",
            other_gpt(drop=lambda own, x: x),
        ),
        Misconception(
            "last block skipped",
            "the last block never runs. Send x through all of them.",
            other_gpt(flow=all_but_the_last),
        ),
        Misconception(
            "texts counted",
            "you counted the texts of the batch. Positions count the places "
            "in a text: `n`, the second axis of `ids`.",
            other_gpt(embed=positions_of_texts),
        ),
        Misconception(
            "all positions added",
            "you added the vectors of all `block_size` places. A text of n "
            "tokens has n places: take the first n.",
            other_gpt(
                embed=lambda own, ids: own.tokens(ids) + own.positions.weight
            ),
        ),
        Misconception(
            "padding_idx",
            "token 0 never learns: that is `padding_idx=0`. Here every id has "
            "a vector that learns.",
            other_gpt(padding=0),
        ),
        Misconception(
            "dropped apart",
            "in training you drop the vectors of tokens and of positions, "
            "each by itself. Drop their *sum*.",
            other_gpt(embed=both_dropped, drop=lambda own, x: x),
        ),
        Misconception(
            "dropped after the blocks",
            "in training you also drop what the blocks return. They see to "
            "dropout themselves. Drop the sum at the start, and no more.",
            other_gpt(flow=dropping_after),
        ),
        Misconception(
            "only tokens dropped",
            "in training you drop the token vectors alone. Drop the *sum* of "
            "token and position.",
            other_gpt(embed=tokens_dropped, drop=lambda own, x: x),
        ),
        Misconception(
            "a copy for a head",
            "the logits are right, but no gradient reaches the token table "
            "through the head. You copied or detached it there. Use the "
            "table itself.",
            other_gpt(
                head=lambda own, x: (
                    own.last_norm(x) @ own.tokens.weight.detach().T
                )
            ),
        ),
    ),
    hints=(
        "Which two things about a token must be known before the first "
        "block? What are the shapes of the two tables?",
        "`torch.arange(n, device=ids.device)` are the places; their vectors, "
        "(n, d_model), are added to every text of the batch. The tied head "
        "is `functional.linear(x, self.tokens.weight)`.",
        "x = drop(tokens(ids) + positions(0 … n − 1)); for each block: x = "
        "block(x); return last_norm(x) times the transposed token table.",
    ),
    returns=(*GRADIENTS, *DROPPING),
    called=going_in("ids"),
    tolerance=1e-5,
    not_by=(
        "Transformer",
        "TransformerEncoder",
        "TransformerEncoderLayer",
        "TransformerDecoder",
        "TransformerDecoderLayer",
    ),
)
