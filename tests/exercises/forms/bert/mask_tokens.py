"""Right answers to `bert.mask_tokens`."""

import torch


def two_throws(ids, special, mask_id, vocab_size, rng, p=0.15):
    chosen = (torch.rand(ids.shape, generator=rng) < p) & ~special
    fate = torch.rand(ids.shape, generator=rng)
    words = torch.randint(vocab_size, ids.shape, generator=rng)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, ids)
    inputs = torch.where(chosen & (fate >= 0.9), words, inputs)
    return inputs, torch.where(chosen, ids, -100)


def as_the_collator_does(ids, special, mask_id, vocab_size, rng, p=0.15):
    """Bernoulli throws in place, on copies."""
    inputs, labels = ids.clone(), ids.clone()
    chances = torch.full(ids.shape, p).masked_fill(special, 0.0)
    chosen = torch.bernoulli(chances, generator=rng).bool()
    labels[~chosen] = -100
    eighty = torch.bernoulli(torch.full(ids.shape, 0.8), generator=rng).bool()
    inputs[eighty & chosen] = mask_id
    half = torch.bernoulli(torch.full(ids.shape, 0.5), generator=rng).bool()
    drawn = half & chosen & ~eighty
    words = torch.randint(vocab_size, ids.shape, generator=rng)
    inputs[drawn] = words[drawn]
    return inputs, labels


def one_throw(ids, special, mask_id, vocab_size, rng, p=0.15):
    """A single throw tells both whether and what."""
    throw = torch.rand(ids.shape, generator=rng, dtype=torch.float64)
    throw = throw.masked_fill(special, 2.0)
    chosen = throw < p
    masked, drawn = throw < 0.8 * p, (throw < 0.9 * p) & (throw >= 0.8 * p)
    inputs = ids.masked_fill(masked, mask_id)
    many = int(drawn.sum())
    inputs[drawn] = torch.randint(0, vocab_size, (many,), generator=rng)
    return inputs, ids.masked_fill(~chosen, -100)


def only_the_chosen(ids, special, mask_id, vocab_size, rng, p=0.15):
    """As flat lists of the places that are chosen, with numpy in between."""
    flat = ids.flatten().tolist()
    free = (~special).flatten().tolist()
    throws = torch.rand(len(flat), generator=rng).tolist()
    fates = torch.multinomial(
        torch.tensor([0.8, 0.1, 0.1]), len(flat), True, generator=rng
    ).tolist()
    words = torch.randint(vocab_size, (len(flat),), generator=rng).tolist()
    inputs, labels = [], []
    for place, word in enumerate(flat):
        hidden = free[place] and throws[place] < p
        labels.append(word if hidden else -100)
        new = (mask_id, words[place], word)[fates[place]]
        inputs.append(new if hidden else word)
    return [torch.tensor(each).view(ids.shape) for each in (inputs, labels)]


FORMS = [two_throws, as_the_collator_does, one_throw, only_the_chosen]
