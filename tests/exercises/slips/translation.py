"""Slips in lesson 18, written from its cards."""

import math
from collections import Counter

import torch


def filled(rows, pad):
    most = max(map(len, rows))
    return torch.tensor([[*r, *[pad] * (most - len(r))] for r in rows])


def make(pairs, pad, bos, eos, ins=None, outs=None):
    src = filled([s for s, _ in pairs], pad)
    tgt_in = filled([[bos, *t] for _, t in pairs], pad)
    tgt_out = filled([[*t, eos] for _, t in pairs], pad)
    look = torch.ones(tgt_in.shape[1], tgt_in.shape[1]).tril().bool()
    mask = look & (tgt_in != pad)[:, None]
    return src, tgt_in, tgt_out, (src != pad)[:, None], mask


def one_sentence_cut(pairs, pad_id, bos_id, eos_id):
    src, *_, src_mask, _ = make(pairs, pad_id, bos_id, eos_id)
    whole = filled([[bos_id, *t, eos_id] for _, t in pairs], pad_id)
    tgt_in, tgt_out = whole[:, :-1], whole[:, 1:]
    look = torch.ones(tgt_in.shape[1], tgt_in.shape[1]).tril().bool()
    return src, tgt_in, tgt_out, src_mask, look & (tgt_in != pad_id)[:, None]


def look_ahead_alone(pairs, pad_id, bos_id, eos_id):
    *ids, src_mask, mask = make(pairs, pad_id, bos_id, eos_id)
    return *ids, src_mask, torch.ones_like(mask).tril()


def nonzero_words(pairs, pad_id, bos_id, eos_id):
    src, tgt_in, tgt_out, *_ = make(pairs, pad_id, bos_id, eos_id)
    look = torch.ones(tgt_in.shape[1], tgt_in.shape[1]).tril().bool()
    mask = look & (tgt_in != 0)[:, None]
    return src, tgt_in, tgt_out, (src != 0)[:, None], mask


def pytorchs_masks(pairs, pad_id, bos_id, eos_id):
    """True for what is hidden, as torch.nn.Transformer has it."""
    *ids, src_mask, mask = make(pairs, pad_id, bos_id, eos_id)
    return *ids, ~src_mask, ~mask


def float_masks(pairs, pad_id, bos_id, eos_id):
    *ids, src_mask, mask = make(pairs, pad_id, bos_id, eos_id)
    return *ids, src_mask.float(), mask.float()


def no_axis(pairs, pad_id, bos_id, eos_id):
    *ids, src_mask, mask = make(pairs, pad_id, bos_id, eos_id)
    return *ids, src_mask[:, 0], mask


def only_ids(pairs, pad_id, bos_id, eos_id):
    return make(pairs, pad_id, bos_id, eos_id)[:3]


def eos_after_padding(pairs, pad_id, bos_id, eos_id):
    src, tgt_in, _, src_mask, mask = make(pairs, pad_id, bos_id, eos_id)
    end = torch.full((len(pairs), 1), eos_id)
    tgt_out = torch.cat([tgt_in[:, 1:], end], 1)
    return src, tgt_in, tgt_out, src_mask, mask


def write(
    model,
    src,
    src_mask,
    bos,
    eos,
    most,
    mask=lambda t: torch.ones(t, t).tril().bool(),
    rows=lambda tgt: tgt,
    last=-1,
    stop=all,
):
    tgt = torch.full((len(src), 1), bos)
    for _ in range(most):
        given = rows(tgt)
        logits = model(src, given, src_mask, mask(given.shape[1]))
        best = logits[:, last].argmax(-1, keepdim=True)
        tgt = torch.cat([tgt, best], 1)
        if stop((tgt[:, 1:] == eos).any(1).tolist()):
            break
    return tgt


def cut(tgt, eos):
    found = []
    for row in tgt[:, 1:].tolist():
        found.append(row[: row.index(eos)] if eos in row else row)
    return found


def everything(model, src, src_mask, bos_id, eos_id, max_len):
    return write(model, src, src_mask, bos_id, eos_id, max_len).tolist()


def until_one_ends(model, src, src_mask, bos_id, eos_id, max_len):
    tgt = write(model, src, src_mask, bos_id, eos_id, max_len, stop=any)
    return cut(tgt, eos_id)


def until_the_first_ends(model, src, src_mask, bos_id, eos_id, max_len):
    tgt = write(
        *(model, src, src_mask, bos_id, eos_id, max_len),
        stop=lambda ended: ended[0],
    )
    return cut(tgt, eos_id)


def one_word_a_time(model, src, src_mask, bos_id, eos_id, max_len):
    tgt = write(
        *(model, src, src_mask, bos_id, eos_id, max_len),
        rows=lambda tgt: tgt[:, -1:],
    )
    return cut(tgt, eos_id)


def without_look_ahead(model, src, src_mask, bos_id, eos_id, max_len):
    tgt = write(
        *(model, src, src_mask, bos_id, eos_id, max_len),
        mask=lambda t: None,
    )
    return cut(tgt, eos_id)


def first_logits(model, src, src_mask, bos_id, eos_id, max_len):
    tgt = write(model, src, src_mask, bos_id, eos_id, max_len, last=0)
    return cut(tgt, eos_id)


def no_source_mask(model, src, src_mask, bos_id, eos_id, max_len):
    return cut(write(model, src, None, bos_id, eos_id, max_len), eos_id)


def bos_is_a_word(model, src, src_mask, bos_id, eos_id, max_len):
    tgt = write(model, src, src_mask, bos_id, eos_id, max_len - 1)
    return cut(tgt, eos_id)


def grams(words, n):
    return Counter(tuple(words[k : k + n]) for k in range(len(words) - n + 1))


def unclipped(hypotheses, references, n):
    matches = total = 0
    for h, several in zip(hypotheses, references, strict=True):
        known = {g for r in several for g in grams(r, n)}
        matches += sum(c for g, c in grams(h, n).items() if g in known)
        total += grams(h, n).total()
    return matches, total


def as_sets(hypotheses, references, n):
    matches = total = 0
    for h, several in zip(hypotheses, references, strict=True):
        known = {g for r in several for g in grams(r, n)}
        matches += len(set(grams(h, n)) & known)
        total += len(grams(h, n))
    return matches, total


def first_of_several(hypotheses, references, n):
    matches = total = 0
    for h, several in zip(hypotheses, references, strict=True):
        matches += (grams(h, n) & grams(several[0], n)).total()
        total += grams(h, n).total()
    return matches, total


def sum_of_references(hypotheses, references, n):
    matches = total = 0
    for h, several in zip(hypotheses, references, strict=True):
        known = sum((grams(r, n) for r in several), Counter())
        matches += (grams(h, n) & known).total()
        total += grams(h, n).total()
    return matches, total


def length_minus_n(hypotheses, references, n):
    matches = total = 0
    for h, several in zip(hypotheses, references, strict=True):
        known = Counter()
        for r in several:
            known |= grams(r, n)
        matches += (grams(h, n) & known).total()
        total += len(h) - n + 1
    return matches, total


def precision(hypotheses, references, n):
    matches, total = first_of_several(hypotheses, references, n)
    return matches / max(total, 1), total


def scored(hypotheses, references, max_n=4, mean=None, r=min, times=100):
    shares = []
    for n in range(1, max_n + 1):
        matches = total = 0
        for h, several in zip(hypotheses, references, strict=True):
            known = Counter()
            for one in several:
                known |= grams(one, n)
            matches += (grams(h, n) & known).total()
            total += grams(h, n).total()
        shares.append(matches / total if total else 0.0)
    c = sum(map(len, hypotheses))
    wanted = sum(r(map(len, several)) for several in references)
    short = (math.exp(1 - wanted / c) if c else 0.0) if c < wanted else 1.0
    mean = mean or (lambda s: math.prod(s) ** (1 / len(s)))
    return times * short * mean(shares)


def by_sentence(hypotheses, references, max_n=4):
    each = [
        scored([h], [r], max_n)
        for h, r in zip(hypotheses, references, strict=True)
    ]
    return sum(each) / len(each)


WRONG = {
    "translation.make_batch": {
        "one sentence, cut at both ends": one_sentence_cut,
        "the look-ahead mask alone": look_ahead_alone,
        "0 is padding": nonzero_words,
        "PyTorch's masks": pytorchs_masks,
        "float masks": float_masks,
        "no axis in the middle": no_axis,
        "only the ids": only_ids,
        "eos behind the padding": eos_after_padding,
    },
    "translation.greedy_translate": {
        "everything as it is": everything,
        "until one ends": until_one_ends,
        "until the first ends": until_the_first_ends,
        "one word at a time": one_word_a_time,
        "no look-ahead mask": without_look_ahead,
        "the first place": first_logits,
        "no source mask": no_source_mask,
        "bos is a word": bos_is_a_word,
    },
    "translation.ngram_matches": {
        "not clipped": unclipped,
        "sets": as_sets,
        "the first reference": first_of_several,
        "the sum of the references": sum_of_references,
        "length − n + 1": length_minus_n,
        "a precision": precision,
    },
    "translation.brevity_penalty": {
        "c over r": lambda c, r: min(1.0, c / r),
        "without a branch": lambda c, r: math.exp(1 - r / c) if c else 0.0,
        "upside down": lambda c, r: 1.0 if c >= r else math.exp(1 - c / r),
        "both sides": lambda c, r: math.exp(-abs(1 - r / c)) if c else 0.0,
        "0 forgotten": lambda c, r: 1.0 if c >= r else math.exp(1 - r / c),
        "swapped": lambda r, c: (
            1.0 if c >= r else math.exp(1 - r / c) if c else 0.0
        ),
        "no exponential": lambda c, r: (
            1.0 if c >= r else 1 - r / c if c else 0.0
        ),
    },
    "translation.bleu": {
        "the shortest reference": scored,
        "the longest reference": lambda h, r, max_n=4: scored(
            h, r, max_n, r=max
        ),
        "arithmetic mean": lambda h, r, max_n=4: scored(
            h, r, max_n, mean=lambda s: sum(s) / len(s)
        ),
        "0 to 1": lambda h, r, max_n=4: scored(h, r, max_n, times=1),
        "sentence by sentence": by_sentence,
        "four always": lambda h, r, max_n=4: scored(h, r, 4),
        "no root": lambda h, r, max_n=4: scored(h, r, max_n, mean=math.prod),
    },
    "translation.rescore": {
        "multiplied": lambda candidates, alpha: sorted(
            ((t, s * ((5 + len(t)) / 6) ** alpha) for t, s in candidates),
            key=lambda one: -one[1],
        ),
        "the mean": lambda candidates, alpha: sorted(
            ((t, s / len(t)) for t, s in candidates), key=lambda one: -one[1]
        ),
        "ascending": lambda candidates, alpha: sorted(
            ((t, s / ((5 + len(t)) / 6) ** alpha) for t, s in candidates),
            key=lambda one: one[1],
        ),
        "not sorted": lambda candidates, alpha: [
            (t, s / ((5 + len(t)) / 6) ** alpha) for t, s in candidates
        ],
        "n to the alpha": lambda candidates, alpha: sorted(
            ((t, s / len(t) ** alpha) for t, s in candidates),
            key=lambda one: -one[1],
        ),
        "the tokens only": lambda candidates, alpha: [
            t for t, _ in candidates
        ],
    },
    "translation.align": {
        "padding too": lambda w, mask: w.mean(0).argmax(-1),
        "the largest head": lambda w, mask: (
            w.amax(0).masked_fill(~mask, -1).argmax(-1)
        ),
        "the first head": lambda w, mask: (
            w[0].masked_fill(~mask, -1).argmax(-1)
        ),
        "each head": lambda w, mask: w.masked_fill(~mask, -1).argmax(-1),
        "the other axis": lambda w, mask: (
            w.mean(0).masked_fill(~mask, -1).argmax(0)
        ),
        "real words counted": lambda w, mask: w.mean(0)[:, mask].argmax(-1),
    },
}
