"""Slips in lesson 19."""

import torch
from torch import nn
from torch.nn import functional

from tests.exercises.forms.bert.bert import PlainBert
from tests.exercises.forms.bert.bert_embeddings import Plain as Embeddings
from tests.exercises.forms.bert.mlm_head import Plain as Head

# --- encode_pair -----------------------------------------------------------


def pair_but(
    cut=None, segments_at=0, inverted=False, none=None, signs=None, front=False
):
    def encode_pair(first, second, cls_id, sep_id, pad_id, max_len):
        single = second is None if none is None else none(second)
        least = signs or (2 if single else 3)
        if max_len < least:
            raise ValueError(f"max_len is {max_len}")
        a, b = list(first), list(second or [])
        room = max_len - (2 if single else 3)
        while cut is None and len(a) + len(b) > room:
            (a if len(a) > len(b) else b).pop()
        if cut:
            a, b = cut(a, b, room)
        ids = [cls_id, *a, sep_id]
        segments = [0] * (len(ids) - segments_at)
        if not single:
            ids += [*b, sep_id]
        segments += [0 if single else 1] * (len(ids) - len(segments))
        ids, segments = ids[:max_len], segments[:max_len]
        fill = max_len - len(ids)
        mask = [not inverted] * len(ids) + [inverted] * fill
        ids, segments = ids + [pad_id] * fill, segments + [0] * fill
        if front:
            k = max_len - fill
            ids, segments = ids[k:] + ids[:k], segments[k:] + segments[:k]
            mask = mask[k:] + mask[:k]
        return torch.tensor(ids), torch.tensor(segments), torch.tensor(mask)

    return encode_pair


# --- mask_tokens -----------------------------------------------------------


def mask_but(
    below=(0.8, 0.9), high=0, everywhere=False, special_too=False, fill=-100,
    only_masked=False,
):  # fmt: skip
    def mask_tokens(ids, special, mask_id, vocab_size, rng, p=0.15):
        chosen = torch.rand(ids.shape, generator=rng) < p
        if not special_too:
            chosen &= ~special
        fate = torch.rand(ids.shape, generator=rng)
        words = torch.randint(0, vocab_size - high, ids.shape, generator=rng)
        masked, drawn = below
        hidden = chosen & (fate < masked)
        inputs = torch.where(hidden, mask_id, ids)
        inputs = torch.where(
            chosen & (fate >= masked) & (fate < drawn), words, inputs
        )
        asked = hidden if only_masked else chosen
        labels = ids if everywhere else torch.where(asked, ids, fill)
        return inputs, labels

    return mask_tokens


# --- modules ---------------------------------------------------------------


class Bert(PlainBert):
    def keys(self, mask):
        return None if mask is None else mask[:, None, :]

    def run(self, x, keys):
        for layer in self.layers:
            x = layer(x, keys)
        return x

    def pool(self, x):
        return torch.tanh(self.pooler(x[:, 0]))

    def forward(self, ids, segments=None, mask=None):
        x = self.run(self.embeddings(ids, segments), self.keys(mask))
        return x, self.pool(x)


class LookAhead(Bert):
    def run(self, x, keys):
        n = x.shape[1]
        causal = torch.ones(n, n, dtype=torch.bool).tril()
        return super().run(x, causal if keys is None else keys & causal)


class NoMask(Bert):
    def keys(self, mask):
        return None


class MaskTurned(Bert):
    def keys(self, mask):
        return None if mask is None else ~mask[:, None, :]


class QueriesClosed(Bert):
    def keys(self, mask):
        return None if mask is None else mask[:, :, None]


class Mean(Bert):
    def pool(self, x):
        return torch.tanh(self.pooler(x.mean(1)))


class NoTanh(Bert):
    def pool(self, x):
        return self.pooler(x[:, 0])


class FirstAgain(Bert):
    def run(self, x, keys):
        for _ in self.layers:
            x = self.layers[0](x, keys)
        return x


class OtherWay(Bert):
    def forward(self, *given):
        hidden, pooled = super().forward(*given)
        return pooled, hidden


class NoPositions(Embeddings):
    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        return self.norm(self.tokens(ids) + self.segments(segments))


class NoNorm(Embeddings):
    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        places = self.positions(torch.arange(ids.shape[1]))
        return self.tokens(ids) + places + self.segments(segments)


class FromOne(Embeddings):
    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        last = self.positions.num_embeddings - 1
        places = (torch.arange(ids.shape[1]) + 1).clamp(max=last)
        x = self.tokens(ids) + self.positions(places)
        return self.norm(x + self.segments(segments))


class Root(Embeddings):
    def forward(self, ids, segments=None):
        segments = torch.zeros_like(ids) if segments is None else segments
        x = self.tokens(ids) * self.tokens.embedding_dim**0.5
        x = x + self.positions(torch.arange(ids.shape[1]))
        return self.norm(x + self.segments(segments))


class UsualEpsilon(Embeddings):
    def __init__(self, vocab_size, max_len, d_model):
        super().__init__(vocab_size, max_len, d_model)
        self.norm = nn.LayerNorm(d_model)


class NothingForNone(Embeddings):
    def forward(self, ids, segments=None):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        if segments is not None:
            x = x + self.segments(segments)
        return self.norm(x)


class OwnMatrix(Head):
    def __init__(self, tokens):
        super().__init__(tokens)
        vocab, d = tokens.weight.shape
        self.decoder = nn.Linear(d, vocab, bias=False)

    def forward(self, hidden):
        x = self.norm(functional.gelu(self.linear(hidden)))
        return self.decoder(x) + self.bias


class NoBias(Head):
    def forward(self, hidden):
        x = self.norm(functional.gelu(self.linear(hidden)))
        return x @ self.tokens.weight.T


class NormFirst(Head):
    def forward(self, hidden):
        x = functional.gelu(self.norm(self.linear(hidden)))
        return x @ self.tokens.weight.T + self.bias


class WithReLU(Head):
    def forward(self, hidden):
        x = self.norm(functional.relu(self.linear(hidden)))
        return x @ self.tokens.weight.T + self.bias


class Softmaxed(Head):
    def forward(self, hidden):
        return super().forward(hidden).softmax(-1)


class HeadEpsilon(Head):
    def __init__(self, tokens):
        super().__init__(tokens)
        self.norm = nn.LayerNorm(tokens.embedding_dim)


# --- mlm_scores, best_span -------------------------------------------------


def scores_but(loss=None, accuracy=None, none=(0.0, 0.0), swap=False):
    def mlm_scores(logits, labels):
        asked = labels != -100
        if not asked.any() and none is not None:
            return none
        rows, right = logits[asked], labels[asked]
        each = -rows.log_softmax(-1).gather(1, right[:, None])[:, 0]
        hits = (rows.argmax(-1) == right).double()
        one = loss(each, labels) if loss else each.mean()
        two = accuracy(hits, labels) if accuracy else hits.mean()
        return (two, one) if swap else (one, two)

    return mlm_scores


def span_but(less=0, any_place=False, first=None, exclusive=0, product=False):
    def best_span(start_logits, end_logits, allowed, max_length):
        best, found = -float("inf"), (0, 0)
        n = len(allowed)
        starts = range(n)
        if first:
            wanted = start_logits.masked_fill(~allowed, -float("inf"))
            starts = [int(wanted.argmax())]
        for i in starts:
            for j in range(i, min(n, i + max_length + less)):
                if not any_place and not (allowed[i] and allowed[j]):
                    continue
                a, b = float(start_logits[i]), float(end_logits[j])
                score = a * b if product else a + b
                if score > best:
                    best, found = score, (i, j + exclusive)
        return found

    return best_span


def each_alone(start_logits, end_logits, allowed, max_length):
    low = -float("inf")
    return (
        int(start_logits.masked_fill(~allowed, low).argmax()),
        int(end_logits.masked_fill(~allowed, low).argmax()),
    )


def put_in_order(*given):
    return tuple(sorted(each_alone(*given)))


def from_zero(start_logits, end_logits, allowed, max_length):
    best, span = 0.0, (0, 0)
    for start in range(len(allowed)):
        for end in range(start, min(len(allowed), start + max_length)):
            score = float(start_logits[start] + end_logits[end])
            if allowed[start] and allowed[end] and score > best:
                best, span = score, (start, end)
    return span


WRONG = {
    "bert.encode_pair": {
        "end cut": pair_but(cut=lambda a, b, room: (a, b)),
        "first cut only": pair_but(
            cut=lambda a, b, room: (a[: max(0, room - len(b))], b[:room])
        ),
        "[SEP] in 1": pair_but(segments_at=1, none=lambda second: False),
        "mask turned": pair_but(inverted=True),
        "padding first": pair_but(front=True),
        "empty is none": pair_but(none=lambda second: not second),
    },
    "bert.mask_tokens": {
        "all masked": mask_but(below=(1.0, 1.0)),
        "nine in ten masked": mask_but(below=(0.9, 1.0)),
        "none stay": mask_but(below=(0.8, 1.0)),
        "labels everywhere": mask_but(everywhere=True),
        "special too": mask_but(special_too=True),
        "zero": mask_but(fill=0),
        "masked only": mask_but(only_masked=True),
        "last id": mask_but(high=1),
    },
    "bert.BertEmbeddings": {
        "no positions": NoPositions,
        "no norm": NoNorm,
        "from one": FromOne,
        "root": Root,
        "usual epsilon": UsualEpsilon,
        "nothing for None": NothingForNone,
    },
    "bert.Bert": {
        "look-ahead": LookAhead,
        "no mask": NoMask,
        "mask turned": MaskTurned,
        "queries closed": QueriesClosed,
        "mean": Mean,
        "no tanh": NoTanh,
        "first again": FirstAgain,
        "other way": OtherWay,
    },
    "bert.MlmHead": {
        "own matrix": OwnMatrix,
        "no bias": NoBias,
        "norm first": NormFirst,
        "ReLU": WithReLU,
        "softmax": Softmaxed,
        "usual epsilon": HeadEpsilon,
    },
    "bert.mlm_scores": {
        "all places": scores_but(
            loss=lambda each, labels: each.sum() / labels.numel(),
            accuracy=lambda hits, labels: hits.sum() / labels.numel(),
        ),
        "sum": scores_but(loss=lambda each, labels: each.sum()),
        "bits": scores_but(
            loss=lambda each, labels: each.mean() / 0.693147180559945
        ),
        "percent": scores_but(accuracy=lambda hits, labels: 100 * hits.mean()),
        "NaN": scores_but(none=None),
        "swapped": scores_but(swap=True),
    },
    "bert.best_span": {
        "each alone": each_alone,
        "put in order": put_in_order,
        "from 0": from_zero,
        "question": span_but(any_place=True),
        "limit + 1": span_but(less=1),
        "no limit": span_but(less=100),
        "exclusive": span_but(exclusive=1),
        "product": span_but(product=True),
        "start first": span_but(first=True),
    },
}
