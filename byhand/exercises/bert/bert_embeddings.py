"""The exercise `bert.BertEmbeddings`."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional

from byhand.exercise import Case, Exercise, Misconception
from byhand.ways import modules

from ..pieces.inputs import readable
from ..pieces.tensors import GRADIENTS, going_in
from .shared import TINY, ids_of, of_size, second_from


class FunctionalEmbeddings(nn.Module):
    """By PyTorch's functions; whole, as it is lent to others by its text."""

    def __init__(self, vocab_size, max_len, d_model):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(max_len, d_model)
        self.segments = nn.Embedding(2, d_model)
        self.norm = nn.LayerNorm(d_model, eps=1e-12)

    def forward(self, ids, segments=None):
        which = torch.zeros_like(ids) if segments is None else segments
        total = (
            functional.embedding(ids, self.tokens.weight)
            + self.positions.weight[: ids.shape[-1]]
            + functional.embedding(which, self.segments.weight)
        )
        return functional.layer_norm(
            total,
            self.norm.normalized_shape,
            self.norm.weight,
            self.norm.bias,
            eps=1e-12,
        )


# --- what goes wrong -------------------------------------------------------


def of_tokens(own, ids, segments):
    return own.tokens(ids)


def of_places(own, ids, segments):
    return own.positions.weight[: ids.shape[-1]].expand(*ids.shape, -1)


def of_segments(own, ids, segments):
    return own.segments(
        torch.zeros_like(ids) if segments is None else segments
    )


PARTS = (of_tokens, of_places, of_segments)


def added(*parts):
    return lambda own, *given: sum(part(own, *given) for part in parts)


all_three = added(*PARTS)


def multiplied(own, *given):
    one, two, three = (part(own, *given) for part in PARTS)
    return one * two * three


def places_from_one(own, ids, segments):
    count = own.positions.num_embeddings
    places = (1 + torch.arange(ids.shape[1])).clamp(max=count - 1)
    return own.positions(places).expand(*ids.shape, -1)


def places_of_ids(own, ids, segments):
    return own.positions(ids.clamp(max=own.positions.num_embeddings - 1))


def places_along_the_batch(own, ids, segments):
    places = torch.arange(len(ids))[:, None].expand(ids.shape)
    return own.positions(places.clamp(max=own.positions.num_embeddings - 1))


def place_0_for_all(own, ids, segments):
    return own.positions(torch.zeros_like(ids))


def segment_1_for_none(own, ids, segments):
    return own.segments(torch.ones_like(ids) if segments is None else segments)


def always_segment_0(own, ids, segments):
    return of_segments(own, ids, None)


def segments_inverted(own, ids, segments):
    if segments is None:
        return of_segments(own, ids, None)
    return own.segments(1 - segments)


def no_segment_for_none(own, ids, segments):
    return 0 if segments is None else own.segments(segments)


def scaled_tokens(own, ids, segments):
    return own.tokens(ids) * own.tokens.embedding_dim**0.5


def scaled(own, *given):
    return all_three(own, *given) * own.tokens.embedding_dim**0.5


def norm_of_the_sum(own, total, *given):
    return own.norm(total(own, *given))


def no_norm(own, total, *given):
    return total(own, *given)


def norm_of_the_tokens(own, total, *given):
    rest = added(of_places, of_segments)
    return own.norm(own.tokens(given[0])) + rest(own, *given)


def norm_before_segments(own, total, *given):
    first = added(of_tokens, of_places)(own, *given)
    return own.norm(first) + of_segments(own, *given)


def norm_of_each(own, total, *given):
    return sum(own.norm(part(own, *given)) for part in PARTS)


class Embedded(nn.Module):
    """Embeddings whose parts are joined in another way."""

    def __init__(
        self,
        vocab_size,
        max_len,
        d_model,
        *,
        total=all_three,
        flow=norm_of_the_sum,
        eps=TINY,
        kinds=2,
        padding=None,
        drop=0.0,
    ):
        super().__init__()
        self.total, self.flow, self.drop = total, flow, drop
        self.tokens = nn.Embedding(vocab_size, d_model, padding)
        self.positions = nn.Embedding(max_len, d_model)
        self.segments = nn.Embedding(kinds, d_model)
        self.norm = nn.LayerNorm(d_model, eps)

    def forward(self, ids, segments=None):
        x = self.flow(self, self.total, ids, segments)
        return functional.dropout(x, self.drop, self.training)


def other(*parts, **more):
    """Embeddings that add these parts."""
    if parts:
        more["total"] = added(*parts)
    return partial(Embedded, **more)


# --- cases -----------------------------------------------------------------


def reading(sizes, batch, n, place=None, size=1.0, training=False):
    """Ids, and segments from a place on; size: of the weights."""

    def inputs(rng):
        settings = dict(zip(("vocab_size", "max_len"), sizes, strict=False))
        settings["d_model"] = sizes[2]
        given = [ids_of(rng, settings["vocab_size"], batch, n)]
        if place is not None:
            given.append(second_from(batch, n, place))
        return {
            "settings": settings,
            "weights": of_size(size, FunctionalEmbeddings, settings, rng),
            "inputs": given,
            "along": readable(rng, batch, n, settings["d_model"]),
            **({"training": True} if training else {}),
        }

    return inputs


EXERCISE = Exercise(
    id="bert.BertEmbeddings",
    signature="BertEmbeddings(vocab_size, max_len, d_model)",
    asks=(
        "What goes into the first layer. `tokens`, `positions` and `segments` "
        "are `nn.Embedding` with `vocab_size`, `max_len` and 2 rows, `norm` "
        "is an `nn.LayerNorm` with ε = 1e-12. `forward(ids, segments=None)` "
        "takes `(b, n)` ids and segments, n at most `max_len`, and returns "
        "`(b, n, d_model)`: the norm of the *sum* of the token's, the "
        "place's and the segment's vector. Places count from 0. `None` means "
        "segment 0 everywhere. There is no dropout."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=4,
    reference=FunctionalEmbeddings,
    way=modules.alone,
    cases=(
        Case("one token", reading((3, 2, 4), 1, 1)),
        Case("three tokens, no segments", reading((5, 4, 3), 1, 3)),
        Case(
            "three tokens, the last in segment 1", reading((5, 4, 3), 1, 3, 2)
        ),
        Case("two texts, full length", reading((7, 5, 4), 2, 5, 2)),
        Case("three texts, no segments", reading((6, 7, 4), 3, 4)),
        Case(
            "weights near 0.001, where ε shows",
            reading((5, 4, 3), 1, 3, 2, size=1e-3),
        ),
        Case(
            "in training: nothing is dropped",
            reading((5, 6, 4), 2, 4, 1, training=True),
        ),
    ),
    misconceptions=(
        Misconception(
            "no tokens",
            "the vectors of the tokens are missing in the sum.",
            other(of_places, of_segments),
        ),
        Misconception(
            "no positions",
            "the vectors of the places are missing in the sum. Without them "
            "no order is left.",
            other(of_tokens, of_segments),
        ),
        Misconception(
            "no segments",
            "the vectors of the segments are missing in the sum. Segment 0 "
            "has one, too.",
            other(of_tokens, of_places),
        ),
        Misconception(
            "no norm",
            "the sum comes back as it is. Its norm is missing.",
            other(flow=no_norm),
        ),
        Misconception(
            "norm of the tokens only",
            "you normalise the tokens' vectors and add the others to that. "
            "Add all three first.",
            other(flow=norm_of_the_tokens),
        ),
        Misconception(
            "norm before the segments",
            "you normalise first and add the segments afterwards. Add all "
            "three first.",
            other(flow=norm_before_segments),
        ),
        Misconception(
            "a norm for each",
            "you normalise each of the three by itself. Add them first, and "
            "normalise the sum.",
            other(flow=norm_of_each),
        ),
        Misconception(
            "positions from 1",
            "places are counted from 1. They begin at 0.",
            other(of_tokens, places_from_one, of_segments),
        ),
        Misconception(
            "positions of ids",
            "you looked up positions by token ids. Look them up by *where* a "
            "token stands: 0, 1, 2, …",
            other(of_tokens, places_of_ids, of_segments),
        ),
        Misconception(
            "positions along the batch",
            "every token of a text gets the same position, and each text "
            "another: the places run along the batch. They run along the "
            "text, the second axis.",
            other(of_tokens, places_along_the_batch, of_segments),
        ),
        Misconception(
            "place 0 for all",
            "every token gets the position 0. Each place has its own: 0, 1, "
            "2, …",
            other(of_tokens, place_0_for_all, of_segments),
        ),
        Misconception(
            "tokens scaled",
            "you multiplied the tokens' vectors by √d_model, as the first "
            "Transformer does. BERT adds them as they are.",
            other(scaled_tokens, of_places, of_segments),
        ),
        Misconception(
            "PyTorch's own ε",
            "the norm's ε is not 1e-12. PyTorch's own is 1e-5, which shows "
            "where numbers are small.",
            other(eps=1e-5),
        ),
        Misconception(
            "segment 1 for None",
            "without segments yours puts everything into segment 1. It is "
            "segment 0.",
            other(of_tokens, of_places, segment_1_for_none),
        ),
        Misconception(
            "no segment for None",
            "without segments yours adds no segment vector at all. `None` "
            "means segment 0, which has one.",
            other(of_tokens, of_places, no_segment_for_none),
        ),
        Misconception(
            "segments ignored",
            "everything is in segment 0, whatever `segments` says.",
            other(of_tokens, of_places, always_segment_0),
        ),
        Misconception(
            "segments inverted",
            "you swapped segments 0 and 1.",
            other(of_tokens, of_places, segments_inverted),
        ),
        Misconception(
            "multiplied",
            "you multiplied the three vectors. Add them.",
            other(total=multiplied),
        ),
        Misconception(
            "padding_idx",
            "token 0 never learns: that is `padding_idx=0`. Here every id has "
            "a vector that learns.",
            other(padding=0),
        ),
        Misconception(
            "three segments",
            "the table of segments does not have 2 rows.",
            other(kinds=3),
        ),
        Misconception(
            "dropout",
            "in training you drop numbers. There is no dropout here.",
            other(drop=0.1),
        ),
    ),
    hints=(
        "Which three things about a token does the first layer need to know? "
        "What are the shapes of the three tables?",
        "`torch.arange(n, device=ids.device)` are the places. "
        "`torch.zeros_like(ids)` are segments for all in segment 0.",
        "x = tokens(ids) + positions(0 … n − 1) + segments(segments or "
        "zeros); return norm(x).",
    ),
    returns=GRADIENTS,
    called=going_in("ids", "segments"),
)
