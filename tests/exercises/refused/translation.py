"""Wrong answers to the exercises of lesson 18."""

import math
from collections import Counter

import numpy as np
import torch

from byhand.exercises.translation.bleu import nearest, score
from byhand.exercises.translation.brevity_penalty import (
    smaller_of_two as brevity,
)
from byhand.exercises.translation.greedy_translate import (
    look_ahead,
    one_at_a_time,
)
from byhand.exercises.translation.make_batch import batch
from byhand.exercises.translation.rescore import divided
from byhand.exercises.translation.shared import counted, ngrams


def then(change):
    """A right batch, changed by something that sees its inputs too."""

    def answer(pairs, pad_id, bos_id, eos_id):
        made = batch(pairs, pad_id, bos_id, eos_id)
        return change(*made, pairs, (pad_id, bos_id, eos_id))

    return answer


def longest_first(src, tgt_in, tgt_out, src_mask, tgt_mask, pairs, special):
    order = sorted(range(len(pairs)), key=lambda k: -len(pairs[k][0]))
    return [x[order] for x in (src, tgt_in, tgt_out, src_mask, tgt_mask)]


def the_first_pair_only(src, tgt_in, tgt_out, src_mask, tgt_mask, *_):
    return [x[:1] for x in (src, tgt_in, tgt_out, src_mask, tgt_mask)]


def the_sources_lengths(src, tgt_in, tgt_out, src_mask, tgt_mask, pairs, _):
    """Targets are masked as if they were as long as their sources."""
    m = tgt_in.shape[1]
    lengths = torch.tensor([len(s) + 1 for s, _ in pairs])
    real = torch.arange(m) < lengths[:, None]
    return src, tgt_in, tgt_out, src_mask, look_ahead(m) & real[:, None]


def all_sources_real(src, tgt_in, tgt_out, src_mask, tgt_mask, *_):
    return src, tgt_in, tgt_out, torch.ones_like(src_mask), tgt_mask


def minus_100(src, tgt_in, tgt_out, src_mask, tgt_mask, pairs, special):
    out = torch.where(tgt_out == special[0], -100, tgt_out)
    return src, tgt_in, out, src_mask, tgt_mask


def filled_with_eos(src, tgt_in, tgt_out, src_mask, tgt_mask, _, special):
    out = torch.where(tgt_out == special[0], special[2], tgt_out)
    return src, tgt_in, out, src_mask, tgt_mask


def itself_only(src, tgt_in, tgt_out, src_mask, tgt_mask, *_):
    alone = torch.eye(tgt_in.shape[1], dtype=torch.bool) & tgt_mask
    return src, tgt_in, tgt_out, src_mask, alone


def two_back(src, tgt_in, tgt_out, src_mask, tgt_mask, *_):
    near = torch.ones_like(tgt_mask).triu(-1)
    return src, tgt_in, tgt_out, src_mask, tgt_mask & near


def the_first_rows_mask(src, tgt_in, tgt_out, src_mask, tgt_mask, *_):
    return src, tgt_in, tgt_out, src_mask, tgt_mask[:1].expand_as(tgt_mask)


def everyone_sees_the_first(src, tgt_in, tgt_out, src_mask, tgt_mask, *_):
    open_ = tgt_mask.clone()
    open_[:, 0] = True
    return src, tgt_in, tgt_out, src_mask, open_


def one_place_more(src, tgt_in, tgt_out, src_mask, tgt_mask, _, special):
    pad = torch.nn.functional.pad
    return (
        *(src, pad(tgt_in, (0, 1), value=special[0])),
        *(pad(tgt_out, (0, 1), value=special[0]), src_mask),
        pad(tgt_mask, (0, 1, 0, 1)),
    )


def languages_swapped(pairs, pad_id, bos_id, eos_id):
    swapped = [(target, source) for source, target in pairs]
    return batch(swapped, pad_id, bos_id, eos_id)


def sources_reversed(pairs, pad_id, bos_id, eos_id):
    turned = [(source[::-1], target) for source, target in pairs]
    return batch(turned, pad_id, bos_id, eos_id)


def each_pair_once(pairs, pad_id, bos_id, eos_id):
    once = [p for k, p in enumerate(pairs) if p not in pairs[:k]]
    return batch(once, pad_id, bos_id, eos_id)


def one_target_a_source(pairs, pad_id, bos_id, eos_id):
    """As a dictionary keeps them."""
    known = {tuple(source): target for source, target in pairs}
    return batch(list(known.items()), pad_id, bos_id, eos_id)


def int32(src, tgt_in, tgt_out, src_mask, tgt_mask, *_):
    return src.int(), tgt_in.int(), tgt_out.int(), src_mask, tgt_mask


# --- greedy_translate ------------------------------------------------------


def first_mask_for_all(model, src, src_mask, bos_id, eos_id, max_len):
    same = src_mask[:1].expand_as(src_mask)
    return one_at_a_time(model, src, same, bos_id, eos_id, max_len)


def source_zeroed(model, src, src_mask, bos_id, eos_id, max_len):
    return one_at_a_time(model, src * 0, src_mask, bos_id, eos_id, max_len)


def source_reversed(model, src, src_mask, bos_id, eos_id, max_len):
    return one_at_a_time(
        *(model, src.flip(1), src_mask.flip(2), bos_id, eos_id, max_len)
    )


def source_cut(model, src, src_mask, bos_id, eos_id, max_len):
    """Columns that are padding in all rows are dropped."""
    real = src_mask[:, 0].any(0)
    given = src[:, real], src_mask[:, :, real]
    return one_at_a_time(model, *given, bos_id, eos_id, max_len)


def afterwards(change):
    def answer(model, src, src_mask, bos_id, eos_id, max_len):
        rows = one_at_a_time(model, src, src_mask, bos_id, eos_id, max_len)
        return change(rows)

    return answer


def through(change):
    """The model's logits are changed before they are read."""

    def answer(model, src, src_mask, bos_id, eos_id, max_len):
        def other(*given):
            return change(model, *given)

        return one_at_a_time(other, src, src_mask, bos_id, eos_id, max_len)

    return answer


def closed(model, src, tgt, src_mask, tgt_mask):
    """Each place sees itself and bos only."""
    t = tgt.shape[1]
    mask = torch.eye(t, dtype=torch.bool)
    mask[:, 0] = True
    return model(src, tgt, src_mask, mask)


def never_again(model, src, tgt, src_mask, tgt_mask):
    logits = model(src, tgt, src_mask, tgt_mask).clone()
    logits[:, -1, tgt[0]] = -math.inf
    return logits


def last_two_words(model, src, tgt, src_mask, tgt_mask):
    tgt = torch.cat([tgt[:, :1], tgt[:, 1:][:, -2:]], 1)
    return model(src, tgt, src_mask, look_ahead(tgt.shape[1]))


def second_best(model, *given):
    logits = model(*given).clone()
    best = logits.argmax(-1, keepdim=True)
    return logits.scatter(-1, best, -math.inf)


def by_size(model, *given):
    return model(*given).abs()


def softmaxed_over_places(model, *given):
    return model(*given).softmax(1)


# --- the counts ------------------------------------------------------------


def by_substrings(hypotheses, references, n):
    matches = total = 0
    for words, several in zip(hypotheses, references, strict=True):
        for gram, count in ngrams(words, n).items():
            total += count
            text = " ".join(gram)
            most = max(" ".join(one).count(text) for one in several)
            matches += min(count, most)
    return matches, total


def with_the_letters_small(hypotheses, references, n):
    return counted(
        [[word.lower() for word in h] for h in hypotheses],
        [[[w.lower() for w in r] for r in rs] for rs in references],
        n,
    )


def joined_words(hypotheses, references, n):
    def grams(words):
        return Counter("".join(gram) for gram in ngrams(words, n).elements())

    matches = total = 0
    for words, several in zip(hypotheses, references, strict=True):
        most = Counter()
        for one in several:
            most |= grams(one)
        matches += (grams(words) & most).total()
        total += grams(words).total()
    return matches, total


def short_ones_left_out(hypotheses, references, n):
    long = [
        (h, r)
        for h, r in zip(hypotheses, references, strict=True)
        if len(h) > n
    ]
    return counted([h for h, _ in long], [r for _, r in long], n)


def once_in_two_sentences(hypotheses, references, n):
    """An n-gram counts for the first sentence that has it."""
    seen, matches = set(), 0
    for words, several in zip(hypotheses, references, strict=True):
        theirs = Counter()
        for one in several:
            theirs |= ngrams(one, n)
        for gram, count in (ngrams(words, n) & theirs).items():
            matches += count * (gram not in seen)
            seen.add(gram)
    return matches, counted(hypotheses, references, n)[1]


def as_words_of_both(hypotheses, references, n):
    matches, total = counted(hypotheses, references, n)
    return matches, max(
        total, sum(ngrams(r[0], n).total() for r in references)
    )


def at_most_two(hypotheses, references, n):
    matches = total = 0
    for words, several in zip(hypotheses, references, strict=True):
        mine = ngrams(words, n)
        known = {g for one in several for g in ngrams(one, n)}
        matches += sum(min(2, c) for g, c in mine.items() if g in known)
        total += mine.total()
    return matches, total


def without_signs(hypotheses, references, n):
    """Full stops and commas are left out."""

    def words(tokens):
        return [token for token in tokens if token.isalnum()]

    return counted(
        [words(h) for h in hypotheses],
        [[words(r) for r in rs] for rs in references],
        n,
    )


def four_words_at_most(hypotheses, references, n):
    return counted(hypotheses, references, min(n, 4))


def each_sentence_once(hypotheses, references, n):
    """As a dictionary keeps them."""
    known = {
        tuple(h): rs for h, rs in zip(hypotheses, references, strict=True)
    }
    return counted([list(h) for h in known], list(known.values()), n)


def mean_of_the_references(hypotheses, references, n):
    matches = total = 0
    for words, several in zip(hypotheses, references, strict=True):
        mine = ngrams(words, n)
        total += mine.total()
        each = [(mine & ngrams(one, n)).total() for one in several]
        matches += round(sum(each) / len(each))
    return matches, total


def every_reference_a_hypothesis(hypotheses, references, n):
    return counted(
        [h for h, rs in zip(hypotheses, references, strict=True) for _ in rs],
        [[r] for rs in references for r in rs],
        n,
    )


# --- BLEU ------------------------------------------------------------------


def weighted(hypotheses, references, max_n=4):
    """Higher orders weigh more."""

    def mean(shares):
        weights = range(1, len(shares) + 1)
        if min(shares) == 0:
            return 0.0
        logs = [w * math.log(p) for w, p in zip(weights, shares, strict=True)]
        return math.exp(sum(logs) / sum(weights))

    return score(hypotheses, references, max_n, mean=mean)


def part(**parts):
    def answer(hypotheses, references, max_n=4):
        return score(hypotheses, references, max_n, **parts)

    return answer


def up_to_four_at_most_three(hypotheses, references, max_n=4):
    return score(hypotheses, references, min(max_n, 3))


def rounded(hypotheses, references, max_n=4):
    return round(score(hypotheses, references, max_n), 2)


def nearest_relative(hypothesis, several):
    return min(
        (abs(math.log(len(r) / max(len(hypothesis), 1))), len(r))
        for r in several
    )[1]


def not_shorter(hypothesis, several):
    """The nearest that is at least as long."""
    long = [len(r) for r in several if len(r) >= len(hypothesis)]
    return min(long, default=max(map(len, several)))


def not_longer(hypothesis, several):
    short = [len(r) for r in several if len(r) <= len(hypothesis)]
    return max(short, default=min(map(len, several)))


def median_length(hypothesis, several):
    return sorted(map(len, several))[len(several) // 2]


def of_characters(hypothesis, several):
    """Nearest in letters."""
    size = len("".join(hypothesis))
    return len(min(several, key=lambda r: abs(len("".join(r)) - size)))


def best_reference(hypothesis, several):
    """The length of the reference that shares most words."""
    mine = Counter(hypothesis)
    return len(max(several, key=lambda r: (mine & Counter(r)).total()))


def empty_ones_left_out(hypotheses, references, max_n=4):
    full = [(h, r) for h, r in zip(hypotheses, references, strict=True) if h]
    if not full:
        return 100.0
    return score([h for h, _ in full], [r for _, r in full], max_n)


def none_for_an_empty_one(hypothesis, several):
    return nearest(hypothesis, several) if hypothesis else 0


def an_empty_one_spoils_all(hypotheses, references, max_n=4):
    return score(hypotheses, references, max_n) if all(hypotheses) else 0.0


def linear(c, r):
    return min(1.0, c / r)


# --- rescore and align -----------------------------------------------------


def penalised(penalty):
    def answer(candidates, alpha):
        new = [(t, s / penalty(len(t), alpha)) for t, s in candidates]
        return sorted(new, key=lambda one: -one[1])

    return answer


def counted_by(size):
    """Tokens are counted in another way."""

    def answer(candidates, alpha):
        new = [(t, s / ((5 + size(t)) / 6) ** alpha) for t, s in candidates]
        return sorted(new, key=lambda one: -one[1])

    return answer


def one_for_each_length(candidates, alpha):
    """As a dictionary keeps them."""
    known = {len(t): (t, s) for t, s in candidates}
    return divided(list(known.values()), alpha)


def tokens_kept_scores_sorted(candidates, alpha):
    scores = sorted((s for _, s in divided(candidates, alpha)), reverse=True)
    return [(t, s) for (t, _), s in zip(candidates, scores, strict=True)]


def scores_kept_tokens_by_length(candidates, alpha):
    new = divided(candidates, alpha)
    tokens = sorted((t for t, _ in new), key=len)
    return [(t, s) for t, (_, s) in zip(tokens, new, strict=True)]


def tokens_reversed(candidates, alpha):
    return [(t[::-1], s) for t, s in divided(candidates, alpha)]


def without_the_last(candidates, alpha):
    return [(t[:-1], s) for t, s in divided(candidates, alpha)]


def by_length_alone(candidates, alpha):
    return [(t, float(len(t))) for t, _ in divided(candidates, alpha)]


def diagonal(weights, mask):
    """Word by word, whatever the weights say."""
    real = torch.nonzero(mask)[:, 0]
    return real[torch.arange(weights.shape[1]).clamp(max=len(real) - 1)]


def each_place_once(weights, mask):
    """A source word that is taken is not taken again."""
    mean = weights.mean(0).masked_fill(~mask, -1).clone()
    places = []
    for row in range(len(mean)):
        places.append(int(mean[row].argmax()))
        mean[row:, places[-1]] -= 1
    return places


def joined_heads(join):
    def answer(weights, mask):
        return join(weights).masked_fill(~mask, -1).argmax(-1)

    return answer


PARTS = {
    "longest first": longest_first,
    "the first pair": the_first_pair_only,
    "the sources' lengths": the_sources_lengths,
    "all sources real": all_sources_real,
    "−100": minus_100,
    "filled with eos": filled_with_eos,
    "itself only": itself_only,
    "two back": two_back,
    "the first row's mask": the_first_rows_mask,
    "everyone sees the first": everyone_sees_the_first,
    "one place more": one_place_more,
    "int32": int32,
}
WRONG = {
    "translation.make_batch": {
        **{name: then(change) for name, change in PARTS.items()},
        "languages swapped": languages_swapped,
        "sources reversed": sources_reversed,
        "each pair once": each_pair_once,
        "one target a source": one_target_a_source,
    },
    "translation.greedy_translate": {
        "the first mask for all": first_mask_for_all,
        "source zeroed": source_zeroed,
        "source reversed": source_reversed,
        "source cut": source_cut,
        "each word once": afterwards(
            lambda rows: [list(dict.fromkeys(row)) for row in rows]
        ),
        "0 left out": afterwards(
            lambda rows: [[word for word in row if word] for row in rows]
        ),
        "as short as the shortest": afterwards(
            lambda rows: [row[: min(map(len, rows))] for row in rows]
        ),
        "joined": afterwards(
            lambda rows: [[word for row in rows for word in row]]
        ),
        "floats": afterwards(lambda rows: [[*map(float, r)] for r in rows]),
        "reversed": afterwards(lambda rows: [row[::-1] for row in rows]),
        "rows reversed": afterwards(lambda rows: rows[::-1]),
        "empty ones left out": afterwards(
            lambda rows: [row for row in rows if row]
        ),
        **{
            change.__name__: through(change)
            for change in (
                *(closed, never_again, last_two_words, second_best),
                *(by_size, softmaxed_over_places),
            )
        },
    },
    "translation.ngram_matches": {
        answer.__name__: answer
        for answer in (
            *(by_substrings, with_the_letters_small, joined_words),
            *(short_ones_left_out, once_in_two_sentences, as_words_of_both),
            *(at_most_two, mean_of_the_references, without_signs),
            *(four_words_at_most, each_sentence_once),
            every_reference_a_hypothesis,
        )
    }
    | {"booleans": lambda h, r, n: (True, False)},
    "translation.brevity_penalty": {
        "linear": lambda c, r: linear(c, r),
        "a root": lambda c, r: math.sqrt(min(1.0, c / r)),
        "a square": lambda c, r: min(1.0, c / r) ** 2,
        "a step": lambda c, r: float(c >= r),
        "a word short is enough": lambda c, r: (
            1.0 if c and c >= r - 1 else brevity(c, r)
        ),
        "nearly is enough": lambda c, r: (
            1.0 if c >= 0.9 * r else brevity(c, r)
        ),
        "one word is none": lambda c, r: 0.0 if c < 2 else brevity(c, r),
        "a thousandth at least": lambda c, r: (
            max(1e-3, brevity(c, r)) if c else 0.0
        ),
        "nothing below a tenth": lambda c, r: (
            brevity(c, r) if 10 * c > r else 0.0
        ),
        "one word": lambda c, r: 1.0 if c >= r else math.exp(c - r),
        "at least one word": lambda c, r: min(
            1.0, math.exp(1 - r / max(c, 1))
        ),
        "base 10": lambda c, r: (
            1.0 if c >= r else 10 ** (1 - r / c) if c else 0.0
        ),
        "percent": lambda c, r: (
            100 * min(1.0, math.exp(1 - r / c)) if c else 0.0
        ),
        "rounded": lambda c, r: (
            round(min(1.0, math.exp(1 - r / c)), 2) if c else 0.0
        ),
        "twice as strict": lambda c, r: (
            min(1.0, math.exp(2 - 2 * r / c)) if c else 0.0
        ),
        "of c + 1": lambda c, r: (
            min(1.0, math.exp(1 - (r + 1) / (c + 1))) if c else 0.0
        ),
    },
    "translation.bleu": {
        "weighted": weighted,
        "up to three": up_to_four_at_most_three,
        "rounded": rounded,
        "relative": part(reference_length=nearest_relative, penalty=linear),
        "not shorter": part(reference_length=not_shorter),
        "not longer": part(reference_length=not_longer),
        "the median length": part(reference_length=median_length),
        "the best reference's length": part(reference_length=best_reference),
        "a linear penalty": part(penalty=linear),
        "the smallest precision": part(mean=min),
        "the largest precision": part(mean=max),
        "the last precision": part(mean=lambda shares: shares[-1]),
        "nearest + 1": part(reference_length=lambda h, rs: nearest(h, rs) + 1),
        "empty ones left out": empty_ones_left_out,
        "no length for an empty one": part(
            reference_length=none_for_an_empty_one
        ),
        "an empty one spoils all": an_empty_one_spoils_all,
        "by letters": part(reference_length=of_characters, scale=1.0),
    },
    "translation.rescore": {
        "the mean of both": penalised(
            lambda n, alpha: (1 + ((5 + n) / 6) ** alpha) / 2
        ),
        "alpha squared": penalised(lambda n, alpha: ((5 + n) / 6) ** alpha**2),
        "a logarithm": penalised(
            lambda n, alpha: 1 + alpha * math.log((5 + n) / 6)
        ),
        "6 + n over 6": penalised(lambda n, alpha: (1 + n / 6) ** alpha),
        "always 0.6": penalised(lambda n, alpha: ((5 + n) / 6) ** 0.6),
        "at most 1": penalised(
            lambda n, alpha: ((5 + n) / 6) ** min(alpha, 1)
        ),
        "20 tokens at most": penalised(
            lambda n, alpha: ((5 + min(n, 20)) / 6) ** alpha
        ),
        "different tokens": counted_by(lambda tokens: len(set(tokens))),
        "0 taken for padding": counted_by(
            lambda tokens: sum(token != 0 for token in tokens)
        ),
        "one for each length": one_for_each_length,
        "the best four": lambda c, alpha: divided(c, alpha)[:4],
        "tokens kept, scores sorted": tokens_kept_scores_sorted,
        "tokens by length": scores_kept_tokens_by_length,
        "tokens reversed": tokens_reversed,
        "without the last token": without_the_last,
        "lengths as scores": by_length_alone,
    },
    "translation.align": {
        "the diagonal": diagonal,
        "each place once": each_place_once,
        "squares": joined_heads(lambda w: (w**2).mean(0)),
        "roots": joined_heads(lambda w: w.sqrt().mean(0)),
        "two heads": lambda w, mask: joined_heads(lambda w: w[:2].mean(0))(
            w, mask
        ),
        "the difference": joined_heads(lambda w: w[0] - w[1:].sum(0)),
        "the last real word": lambda w, mask: torch.full(
            (w.shape[1],), int(mask.nonzero()[-1])
        ),
        "the first real word": lambda w, mask: torch.full(
            (w.shape[1],), int(mask.nonzero()[0])
        ),
        "the running mean": joined_heads(lambda w: w.mean(0).cumsum(0)),
        "hidden by 0, signs": lambda w, mask: (
            (-w.mean(0) * mask).argmin(-1).flip(0)
        ),
        "an array of strings": lambda w, mask: np.array(
            [str(k) for k in range(w.shape[1])]
        ),
    },
}
