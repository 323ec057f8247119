"""Right answers to `gpt_on_gpu.generate`."""

import torch
from torch.nn import functional


def written_as_usual(model, ids, length, temperature, rng):
    was = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(length):
            logits = model(ids[:, -model.block_size :])[:, -1, :]
            chances = torch.softmax(logits / temperature, dim=-1)
            new = torch.multinomial(chances, num_samples=1, generator=rng)
            ids = torch.cat((ids, new), dim=1)
    model.train(was)
    return ids


@torch.inference_mode()
def written_into_a_table(model, ids, length, temperature, rng):
    mode = model.training
    model.eval()
    n = ids.shape[1]
    out = torch.zeros(len(ids), n + length, dtype=ids.dtype)
    out[:, :n] = ids
    for at in range(n, n + length):
        seen = out[:, max(0, at - model.block_size) : at]
        logits = model(seen)[:, -1].double() / temperature
        # Gumbel's way of drawing: noise, and the largest.
        throw = torch.rand(logits.shape, generator=rng, dtype=torch.float64)
        out[:, at] = (logits - torch.log(-torch.log(throw))).argmax(-1)
    model.train(mode)
    return out


def written_text_by_text(model, ids, length, temperature, rng):
    was_training = model.training
    model.train(False)
    texts = []
    for text in ids:
        row = text.tolist()
        for _ in range(length):
            seen = torch.tensor([row[-model.block_size :]])
            with torch.no_grad():
                logits = model(seen)[0, -1]
            chances = functional.softmax(logits / temperature, 0)
            row.append(torch.multinomial(chances, 1, generator=rng).item())
        texts.append(row)
    if was_training:
        model.train()
    return torch.tensor(texts)


FORMS = [
    written_as_usual,
    written_into_a_table,
    written_text_by_text,
]
