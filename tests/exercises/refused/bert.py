"""Wrong answers to the exercises of lesson 19."""

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tests.exercises.forms.bert.bert import PlainBert
from tests.exercises.forms.bert.bert_embeddings import Plain as Embeddings
from tests.exercises.forms.bert.best_span import as_a_table
from tests.exercises.forms.bert.encode_pair import by_popping
from tests.exercises.forms.bert.mask_tokens import two_throws
from tests.exercises.forms.bert.mlm_head import Plain as Head
from tests.exercises.forms.bert.mlm_scores import by_choosing


def after(right, change):
    """What a right answer returns, changed."""
    return lambda *given, **named: change(*right(*given, **named))


def before(right, change):
    """A right answer to changed inputs."""
    return lambda *given, **named: right(*change(*given), **named)


# --- encode_pair -----------------------------------------------------------


def words_reversed(ids, segments, mask):
    return ids.flip(0), segments, mask


def swaps_the_texts(first, second, *rest):
    if second is None:
        return by_popping(first, second, *rest)
    return by_popping(second, first, *rest)


def refuses_all_that_is_cut(first, second, *rest):
    signs = 2 if second is None else 3
    if len(first) + len(second or []) + signs > rest[-1]:
        raise ValueError("too long")
    return by_popping(first, second, *rest)


def refuses_by_another_exception(*given):
    try:
        return by_popping(*given)
    except ValueError as error:
        raise IndexError(str(error)) from None


def returns_nothing_for_too_short(*given):
    try:
        return by_popping(*given)
    except ValueError:
        return None


def refuses_one_too_many(first, second, *rest):
    if rest[-1] < (3 if second is None else 4):
        raise ValueError("too short")
    return by_popping(first, second, *rest)


def cuts_one_word_more(first, second, *rest):
    *signs, max_len = rest
    ids, segments, mask = by_popping(first, second, *signs, max_len)
    if mask.all() and max_len > 3:
        shorter = by_popping(first, second, *signs, max_len - 1)
        ids = torch.cat([shorter[0], torch.tensor([signs[2]])])
        segments = torch.cat([shorter[1], torch.tensor([0])])
        mask = torch.cat([shorter[2], torch.tensor([False])])
    return ids, segments, mask


def drops_by_value(first, second, cls_id, sep_id, pad_id, max_len):
    """The last word goes where it stands first."""
    room = max_len - (2 if second is None else 3)
    a, b = list(first), list(second or [])
    while room >= 0 and len(a) + len(b) > room:
        longer = a if len(a) > len(b) else b
        longer.remove(longer[-1])
    b = None if second is None else b
    return by_popping(a, b, cls_id, sep_id, pad_id, max_len)


def half_and_the_rest(first, second, cls_id, sep_id, pad_id, max_len):
    """The first has half of the room, and the second what is left."""
    if second is not None:
        room = max(max_len - 3, 0)
        if len(first) + len(second) > room:
            first = first[: (room + 1) // 2]
            second = second[: room - len(first)]
    return by_popping(first, second, cls_id, sep_id, pad_id, max_len)


def three_places_for_any(first, second, *rest):
    if rest[-1] < 3:
        raise ValueError("too short")
    return by_popping(first, second, *rest)


# --- mask_tokens -----------------------------------------------------------


def masks_only_once(ids, special, mask_id, vocab_size, rng, p=0.15):
    """The words are drawn from the batch, not from the vocabulary."""
    inputs, labels = two_throws(ids, special, mask_id, vocab_size, rng, p)
    drawn = (inputs != ids) & (inputs != mask_id)
    flat = ids[~special]
    places = torch.randint(len(flat), ids.shape, generator=rng)
    return torch.where(drawn, flat[places], inputs), labels


def words_above(first):
    def answer(ids, special, mask_id, vocab_size, rng, p=0.15):
        chosen = (torch.rand(ids.shape, generator=rng) < p) & ~special
        fate = torch.rand(ids.shape, generator=rng)
        words = torch.randint(first, vocab_size, ids.shape, generator=rng)
        inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
        inputs = torch.where(chosen & (fate >= 0.9), words, inputs)
        return inputs, torch.where(chosen, ids, -100)

    return answer


def never_the_same_word(ids, special, mask_id, vocab_size, rng, p=0.15):
    chosen = (torch.rand(ids.shape, generator=rng) < p) & ~special
    fate = torch.rand(ids.shape, generator=rng)
    on = torch.randint(1, vocab_size, ids.shape, generator=rng)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    words = (ids + on) % vocab_size
    inputs = torch.where(chosen & (fate >= 0.9), words, inputs)
    return inputs, torch.where(chosen, ids, -100)


def special_by_ids(ids, special, mask_id, vocab_size, rng, p=0.15):
    """Ids below 4 are taken for special tokens."""
    return two_throws(ids, ids < 4, mask_id, vocab_size, rng, p)


def same_throw_for_both(ids, special, mask_id, vocab_size, rng, p=0.15):
    """What is chosen has a low throw, and so is nearly always [MASK]."""
    throw = torch.rand(ids.shape, generator=rng)
    chosen = (throw < p) & ~special
    words = torch.randint(vocab_size, ids.shape, generator=rng)
    inputs = torch.where(chosen & (throw < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (throw >= 0.9), words, inputs)
    return inputs, torch.where(chosen, ids, -100)


def every_kth(ids, special, mask_id, vocab_size, rng, p=0.15):
    """Places at equal distances, from a random first one on."""
    if not 0 < p < 1:
        return two_throws(ids, special, mask_id, vocab_size, rng, p)
    step = round(1 / p)
    first = torch.randint(step, (len(ids), 1), generator=rng)
    chosen = (torch.arange(ids.shape[1]) + first) % step == 0
    return two_throws(ids, special | ~chosen, mask_id, vocab_size, rng, 1.0)


def spans(ids, special, mask_id, vocab_size, rng, p=0.15):
    """Two neighbours at a time, as SpanBERT does."""
    start = torch.rand(ids.shape, generator=rng) < p / 2
    chosen = start | start.roll(1, 1)
    return two_throws(ids, special | ~chosen, mask_id, vocab_size, rng, 1.0)


def fresh_seed(ids, special, mask_id, vocab_size, rng, p=0.15):
    """The generator's seed is used again in each call."""
    own = torch.Generator().manual_seed(rng.initial_seed())
    return two_throws(ids, special, mask_id, vocab_size, own, p)


def half_of_the_rest_stays_masked(
    ids, special, mask_id, vocab_size, rng, p=0.15
):
    """90 / 5 / 5."""
    chosen = (torch.rand(ids.shape, generator=rng) < p) & ~special
    fate = torch.rand(ids.shape, generator=rng)
    words = torch.randint(vocab_size, ids.shape, generator=rng)
    inputs = torch.where(chosen & (fate < 0.9), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.95), words, inputs)
    return inputs, torch.where(chosen, ids, -100)


def changes_its_input(ids, special, mask_id, vocab_size, rng, p=0.15):
    inputs, labels = two_throws(ids, special, mask_id, vocab_size, rng, p)
    ids[:] = inputs
    return ids, labels


def one_row(inputs, labels):
    return inputs[0], labels[0]


def labels_of_inputs(inputs, labels):
    return inputs, torch.where(labels == -100, -100, inputs)


def labels_minus_one(inputs, labels):
    return inputs, torch.where(labels == -100, -1, labels)


# --- modules ---------------------------------------------------------------


class PositionsUnused(Embeddings):
    """There, and multiplied by 0."""

    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.tokens(ids) + self.segments(segments)
        return self.norm(x + 0 * self.positions.weight[: ids.shape[1]])


class PositionsDetached(Embeddings):
    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.tokens(ids) + self.segments(segments)
        places = self.positions.weight[: ids.shape[1]].detach()
        return self.norm(x + places)


class SegmentsDetached(Embeddings):
    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.tokens(ids) + self.segments(segments).detach()
        return self.norm(x + self.positions.weight[: ids.shape[1]])


class SegmentsOfTheFirstRow(Embeddings):
    def forward(self, ids, segments=None):
        if segments is not None:
            segments = segments[:1].expand_as(ids)
        return super().forward(ids, segments)


class PlacesReversed(Embeddings):
    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.tokens(ids) + self.segments(segments)
        places = self.positions.weight[: ids.shape[1]].flip(0)
        return self.norm(x + places)


class NormWithoutBias(Embeddings):
    def forward(self, ids, segments=None):
        return super().forward(ids, segments) - self.norm.bias


class UnitNorm(Embeddings):
    """γ and β are there, and not used."""

    def forward(self, ids, segments=None):
        x = super().forward(ids, segments)
        return (x - self.norm.bias) / self.norm.weight


class NormOfTheRow(Embeddings):
    """Mean and variance over places as well."""

    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.tokens(ids) + self.segments(segments)
        x = x + self.positions.weight[: ids.shape[1]]
        x = functional.layer_norm(x, x.shape[1:], eps=1e-12)
        return x * self.norm.weight + self.norm.bias


class NearbyEpsilon(Embeddings):
    def __init__(self, *sizes, **named):
        super().__init__(*sizes, **named)
        self.norm.eps = 1e-9


class Half(Embeddings):
    def forward(self, ids, segments=None):
        return super().forward(ids, segments).half()


class InputsIgnored(Embeddings):
    def forward(self, ids, segments=None):
        return super().forward(torch.zeros_like(ids), segments)


class Rebuilt(PlainBert):
    """A right one in parts, each of which a wrong one does otherwise."""

    def keys(self, mask):
        return None if mask is None else mask[:, None, :]

    def through(self, x, keys):
        for layer in self.layers:
            x = layer(x, keys)
        return x

    def pool(self, x):
        return torch.tanh(self.pooler(x[:, 0]))

    def forward(self, ids, segments=None, mask=None):
        x = self.embeddings(ids, segments)
        x = self.through(x, self.keys(mask))
        return x, self.pool(x)


class PooledDetached(Rebuilt):
    def pool(self, x):
        return super().pool(x.detach())


class PoolerUntrained(Rebuilt):
    def pool(self, x):
        return super().pool(x).detach()


class PoolerWithoutBias(Rebuilt):
    def pool(self, x):
        return torch.tanh(x[:, 0] @ self.pooler.weight.T)


class PoolerTransposed(Rebuilt):
    def pool(self, x):
        return torch.tanh(x[:, 0] @ self.pooler.weight + self.pooler.bias)


class PooledFromTheStart(PlainBert):
    """Of the embeddings, not of the last layer."""

    def forward(self, ids, segments=None, mask=None):
        hidden, _ = super().forward(ids, segments, mask)
        first = self.embeddings(ids, segments)[:, 0]
        return hidden, torch.tanh(self.pooler(first))


class HiddenMasked(PlainBert):
    """Padded places come back as zeros."""

    def forward(self, ids, segments=None, mask=None):
        hidden, pooled = super().forward(ids, segments, mask)
        if mask is not None:
            hidden = hidden * mask[..., None]
        return hidden, pooled


class MaskOfTheFirstRow(Rebuilt):
    def keys(self, mask):
        return None if mask is None else mask[:1, None, :]


class MaskByIds(PlainBert):
    """Token 0 is taken for padding, whatever the mask says."""

    def forward(self, ids, segments=None, mask=None):
        return super().forward(ids, segments, ids != 0)


class MaskSquare(Rebuilt):
    """Padding sees nothing, and so keeps its place's norm."""

    def keys(self, mask):
        if mask is None:
            return None
        return mask[:, None, :] & mask[:, :, None]


class SoftMask(PlainBert):
    """Padding weighs less, and is not gone."""

    def forward(self, ids, segments=None, mask=None):
        x = self.embeddings(ids, segments)
        if mask is not None:
            x = torch.where(mask[..., None], x, 0.0)
        for layer in self.layers:
            x = layer(x)
        return x, torch.tanh(self.pooler(x[:, 0]))


class LayersTwice(Rebuilt):
    def through(self, x, keys):
        return super().through(super().through(x, keys), keys)


class PathAround(Rebuilt):
    def through(self, x, keys):
        return x + super().through(x, keys)


class FirstLayerDetached(Rebuilt):
    def through(self, x, keys):
        for place, layer in enumerate(self.layers):
            x = layer(x, keys)
            x = x.detach() if place == 0 else x
        return x


class HeadsIgnoredInTheLast(PlainBert):
    def __init__(self, *sizes, **named):
        super().__init__(*sizes, **named)
        attention = self.layers[-1].self_attention
        attention.split = (1, attention.q_proj.out_features)


class NetworkIgnored(PlainBert):
    """In the last layer, W2 is multiplied by 0."""

    def forward(self, ids, segments=None, mask=None):
        *before, last = self.layers
        x = self.embeddings(ids, segments)
        keys = None if mask is None else mask[:, None, :]
        for layer in before:
            x = layer(x, keys)
        x = last.norm1(x + last.self_attention(x, x, x, keys))
        x = last.norm2(x + 0 * last.linear2(last.linear1(x)))
        return x, torch.tanh(self.pooler(x[:, 0]))


class LayersShared(PlainBert):
    """Built one by one, with the second's attention that of the first."""

    def __init__(self, *sizes, **named):
        super().__init__(*sizes, **named)
        for layer in self.layers[1:]:
            layer.self_attention = self.layers[0].self_attention


class HiddenAlone(PlainBert):
    def forward(self, ids, segments=None, mask=None):
        return super().forward(ids, segments, mask)[0]


class AllLayers(PlainBert):
    """Pooled, and every layer's result stacked."""

    def forward(self, ids, segments=None, mask=None):
        hidden, pooled = super().forward(ids, segments, mask)
        return hidden[None], pooled


class MixesTheBatch(Rebuilt):
    def through(self, x, keys):
        x = super().through(x, keys)
        return x + 1e-2 * (x.mean(0, keepdim=True) - x)


class SegmentsOfPairsOnly(PlainBert):
    """Where all is one text, its segment is 1."""

    def forward(self, ids, segments=None, mask=None):
        if segments is None:
            segments = torch.ones_like(ids)
        return super().forward(ids, segments, mask)


class CopiedOnce(Head):
    """The matrix as it was when the head was built, and the table itself."""

    def __init__(self, tokens):
        super().__init__(tokens)
        self.matrix = tokens.weight.detach().clone()

    def forward(self, hidden):
        x = self.norm(functional.gelu(self.linear(hidden)))
        return x @ self.matrix.T + self.bias


class OwnParameter(Head):
    """A new parameter of the same name."""

    def __init__(self, tokens):
        super().__init__(tokens)
        self.tokens = nn.Embedding(*tokens.weight.shape)


class SharedLayer(Head):
    """The table's transpose in both places, where it is square."""

    def forward(self, hidden):
        return super().forward(hidden) * 1.01


class BiasUntrained(Head):
    def forward(self, hidden):
        return super().forward(hidden) + (self.bias.detach() - self.bias)


class LinearDetached(Head):
    def forward(self, hidden):
        x = functional.gelu(self.linear(hidden)).detach()
        return self.norm(x) @ self.tokens.weight.T + self.bias


class LinearTwice(Head):
    def forward(self, hidden):
        return super().forward(self.linear(hidden))


class NormTwice(Head):
    def forward(self, hidden):
        x = self.norm(functional.gelu(self.linear(hidden)))
        return self.norm(x) @ self.tokens.weight.T + self.bias


class BiasFirst(Head):
    """The bias is normalised away."""

    def forward(self, hidden):
        x = self.norm(functional.gelu(self.linear(hidden)))
        scores = x @ self.tokens.weight.T
        return scores + self.bias - self.bias.mean()


class RowsNormalised(Head):
    """Cosines: each word's vector has length 1."""

    def forward(self, hidden):
        x = self.norm(functional.gelu(self.linear(hidden)))
        rows = functional.normalize(self.tokens.weight)
        return x @ rows.T + self.bias


class FirstPlace(Head):
    def forward(self, hidden):
        return super().forward(hidden)[:, :1].expand(-1, hidden.shape[1], -1)


class QuickGelu(Head):
    def forward(self, hidden):
        z = self.linear(hidden)
        x = self.norm(z * torch.sigmoid(1.702 * z))
        return x @ self.tokens.weight.T + self.bias


class DeepCopied(Head):
    def __init__(self, tokens):
        super().__init__(copy.deepcopy(tokens))


# --- mlm_scores, best_span -------------------------------------------------


def where_negative(logits, labels):
    """Only labels above 0 count."""
    return by_choosing(logits, torch.where(labels > 0, labels, -100))


def top_2(logits, labels):
    chosen = labels != -100
    if not chosen.any():
        return 0.0, 0.0
    two = logits[chosen].topk(2).indices
    hits = (two == labels[chosen][:, None]).any(1)
    return by_choosing(logits, labels)[0], hits.double().mean().item()


def hits_of_the_rows(logits, labels):
    """A row counts as right only if all of it is."""
    loss, _ = by_choosing(logits, labels)
    chosen = labels != -100
    rows = [
        bool((z.argmax(-1) == want)[c].all())
        for z, want, c in zip(logits, labels, chosen, strict=True)
        if c.any()
    ]
    return loss, sum(rows) / max(len(rows), 1)


def first_row_only(logits, labels):
    return by_choosing(logits[:1], labels[:1])


def median_loss(logits, labels):
    chosen = labels != -100
    if not chosen.any():
        return 0.0, 0.0
    each = functional.cross_entropy(
        logits[chosen], labels[chosen], reduction="none"
    )
    return float(np.median(each)), by_choosing(logits, labels)[1]


def of_the_mean(logits, labels):
    """The logarithm of the mean probability."""
    chosen = labels != -100
    if not chosen.any():
        return 0.0, 0.0
    rows = logits[chosen].softmax(-1)
    right = rows.gather(1, labels[chosen][:, None])
    return -right.mean().log().item(), by_choosing(logits, labels)[1]


def clipped(logits, labels):
    chosen = labels != -100
    loss, accuracy = by_choosing(logits, labels)
    return (loss if chosen.sum() > 1 else min(loss, 0.1)), accuracy


def probability_clamped(logits, labels):
    chosen = labels != -100
    if not chosen.any():
        return 0.0, 0.0
    rows = logits[chosen].softmax(-1)
    right = rows.gather(1, labels[chosen][:, None]).clamp(min=1e-5)
    return -right.log().mean().item(), by_choosing(logits, labels)[1]


def above_a_half(logits, labels):
    """A guess is right if its probability is more than that of the rest."""
    chosen = labels != -100
    if not chosen.any():
        return 0.0, 0.0
    rows = logits[chosen].softmax(-1)
    hits = rows.gather(1, labels[chosen][:, None]) > 0.5
    return by_choosing(logits, labels)[0], hits.double().mean().item()


def over_the_vocabulary(logits, labels):
    loss, accuracy = by_choosing(logits, labels)
    return loss / logits.shape[-1], accuracy


def smoothed(logits, labels):
    chosen = labels != -100
    if not chosen.any():
        return 0.0, 0.0
    loss = functional.cross_entropy(
        logits[chosen], labels[chosen], label_smoothing=0.05
    )
    return loss.item(), by_choosing(logits, labels)[1]


def one_for_none(logits, labels):
    loss, accuracy = by_choosing(logits, labels)
    return loss, accuracy if (labels != -100).any() else 1.0


def from_minus_100(starts, ends, allowed, most):
    """The best sum so far begins at −100."""
    start, end = as_a_table(starts, ends, allowed, most)
    return (start, end) if starts[start] + ends[end] > -100 else (0, 0)


def length_from_the_first_word(starts, ends, allowed, most):
    """No span ends beyond so many words of the text."""
    first = int(allowed.nonzero()[0])
    near = allowed & (torch.arange(len(allowed)) < first + most)
    return as_a_table(starts, ends, near, most)


def hidden_by_minus_100(starts, ends, allowed, most):
    starts, ends = (x.masked_fill(~allowed, -100) for x in (starts, ends))
    return as_a_table(starts, ends, torch.ones_like(allowed), most)


def strictly_longer(starts, ends, allowed, most):
    """A span of one word is none."""
    n = len(allowed)
    table = starts[:, None] + ends[None]
    ones = torch.ones(n, n, dtype=torch.bool)
    fits = ones.triu(1) & ones.tril(most - 1)
    fits &= allowed[:, None] & allowed[None]
    if not fits.any():
        return as_a_table(starts, ends, allowed, most)
    return divmod(int(table.masked_fill(~fits, -torch.inf).argmax()), n)


def shorter_if_nearly_as_good(starts, ends, allowed, most):
    """Each word more costs a little."""
    price = 0.5 * torch.arange(len(allowed))
    return as_a_table(starts + price, ends - price, allowed, most)


def longer_if_nearly_as_good(starts, ends, allowed, most):
    price = 0.5 * torch.arange(len(allowed))
    return as_a_table(starts - price, ends + price, allowed, most)


def larger_of_the_two(starts, ends, allowed, most):
    n = len(allowed)
    table = torch.maximum(starts[:, None], ends[None])
    ones = torch.ones(n, n, dtype=torch.bool)
    fits = ones.triu() & ones.tril(most - 1)
    fits &= allowed[:, None] & allowed[None]
    return divmod(int(table.masked_fill(~fits, -torch.inf).argmax()), n)


def mean_over_the_span(starts, ends, allowed, most):
    return as_a_table(starts - starts.mean() + ends, ends, allowed, most)


def whole_text(starts, ends, allowed, most):
    places = allowed.nonzero().flatten()
    return int(places[0]), int(places[-1])


def as_one_number(starts, ends, allowed, most):
    start, end = as_a_table(starts, ends, allowed, most)
    return start * len(allowed) + end


def floats(starts, ends, allowed, most):
    start, end = as_a_table(starts, ends, allowed, most)
    return start / 1, end / 1


def absolute(starts, ends, allowed, most):
    return as_a_table(starts.abs(), ends.abs(), allowed, most)


def cut_at_the_limit(starts, ends, allowed, most):
    """The best span of any length, and then shortened."""
    start, end = as_a_table(starts, ends, allowed, len(allowed))
    return start, min(end, start + most - 1)


def start_of_all(starts, ends, allowed, most):
    """The start may stand outside."""
    n = len(allowed)
    table = starts[:, None] + ends[None]
    ones = torch.ones(n, n, dtype=torch.bool)
    fits = ones.triu() & ones.tril(most - 1) & allowed[None]
    return divmod(int(table.masked_fill(~fits, -torch.inf).argmax()), n)


def subclasses(base):
    return {
        name: one
        for name, one in list(globals().items())
        if isinstance(one, type) and issubclass(one, base) and one is not base
    }


def named(*functions):
    return {one.__name__: one for one in functions}


WRONG = {
    "bert.encode_pair": {
        "reversed": after(by_popping, words_reversed),
        "no mask": after(by_popping, lambda ids, seg, mask: (ids, seg)),
        "mask second": after(
            by_popping, lambda ids, seg, mask: (ids, mask, seg)
        ),
        "segments from 1": after(
            by_popping, lambda ids, seg, mask: (ids, seg + 1, mask)
        ),
        "segments swapped": after(
            by_popping, lambda ids, seg, mask: (ids, 1 - seg, mask)
        ),
        "ids as floats": after(
            by_popping, lambda ids, seg, mask: (ids.double(), seg, mask)
        ),
        "segments as int32": after(
            by_popping, lambda ids, seg, mask: (ids, seg.int(), mask)
        ),
        "a row of rows": after(
            by_popping, lambda *rows: [row[None] for row in rows]
        ),
        **named(
            swaps_the_texts,
            refuses_all_that_is_cut,
            refuses_by_another_exception,
            returns_nothing_for_too_short,
            refuses_one_too_many,
            cuts_one_word_more,
            drops_by_value,
            half_and_the_rest,
            three_places_for_any,
        ),
    },
    "bert.mask_tokens": {
        "one row": after(two_throws, one_row),
        "labels of the inputs": after(two_throws, labels_of_inputs),
        "-1 for not chosen": after(two_throws, labels_minus_one),
        "inputs alone": after(two_throws, lambda inputs, labels: inputs),
        "floats": after(
            two_throws, lambda inputs, labels: (inputs.double(), labels)
        ),
        "no signs": words_above(4),
        **named(
            masks_only_once,
            special_by_ids,
            never_the_same_word,
            same_throw_for_both,
            every_kth,
            spans,
            fresh_seed,
            half_of_the_rest_stays_masked,
            changes_its_input,
        ),
    },
    "bert.BertEmbeddings": subclasses(Embeddings),
    "bert.Bert": {
        name: one
        for name, one in subclasses(PlainBert).items()
        if one is not Rebuilt
    },
    "bert.MlmHead": subclasses(Head),
    "bert.mlm_scores": named(
        where_negative,
        top_2,
        hits_of_the_rows,
        first_row_only,
        median_loss,
        of_the_mean,
        clipped,
        probability_clamped,
        above_a_half,
        over_the_vocabulary,
        smoothed,
        one_for_none,
    ),
    "bert.best_span": named(
        from_minus_100,
        length_from_the_first_word,
        hidden_by_minus_100,
        strictly_longer,
        shorter_if_nearly_as_good,
        longer_if_nearly_as_good,
        larger_of_the_two,
        mean_over_the_span,
        whole_text,
        as_one_number,
        floats,
        absolute,
        cut_at_the_limit,
        start_of_all,
    ),
}
