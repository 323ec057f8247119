"""Slips in lesson 17."""

import math
import os

import torch
from torch import nn
from torch.nn import functional

from tests.exercises.forms.gpt_on_gpu.shared import Fused, PlainBlock


def batch(ids, batch_size, block_size, rng, high=0, gap=1, own=False):
    starts = torch.randint(
        len(ids) - block_size + high, (batch_size,), generator=rng
    )
    x = torch.stack([ids[s : s + block_size] for s in starts])
    y = torch.stack([ids[s + gap : s + gap + block_size] for s in starts])
    return x, y


def same_start(ids, batch_size, block_size, rng):
    s = int(torch.randint(len(ids) - block_size, (), generator=rng))
    x = ids[s : s + block_size].repeat(batch_size, 1)
    return x, ids[s + 1 : s + 1 + block_size].repeat(batch_size, 1)


def multiples(ids, batch_size, block_size, rng):
    count = (len(ids) - 1) // block_size
    starts = block_size * torch.randint(count, (batch_size,), generator=rng)
    x = torch.stack([ids[s : s + block_size] for s in starts])
    y = torch.stack([ids[s + 1 : s + 1 + block_size] for s in starts])
    return x, y


def ignores_rng(ids, batch_size, block_size, rng):
    return batch(ids, batch_size, block_size, torch.Generator().manual_seed(0))


def next_token_alone(ids, batch_size, block_size, rng):
    starts = torch.randint(len(ids) - block_size, (batch_size,), generator=rng)
    x = torch.stack([ids[s : s + block_size] for s in starts])
    return x, torch.stack([ids[s + block_size] for s in starts])


class Attention(Fused):
    def parts(self, x):
        return self.qkv_proj(x).chunk(3, dim=-1)

    def mask(self, n):
        return torch.ones(n, n, dtype=torch.bool).tril()

    def width(self, d):
        return d // self.num_heads

    def p(self):
        return self.dropout if self.training else 0.0

    def merge(self, y):
        return y.transpose(1, 2).flatten(2)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = (
            y.view(b, n, self.num_heads, -1).transpose(1, 2)
            for y in self.parts(x)
        )
        scores = q @ k.mT / math.sqrt(self.width(d))
        scores = scores.masked_fill(~self.mask(n), -math.inf)
        w = functional.dropout(torch.softmax(scores, -1), self.p())
        return self.out_proj(self.merge(w @ v))


class NotCausal(Attention):
    def mask(self, n):
        return torch.ones(n, n, dtype=torch.bool)


class ByModelWidth(Attention):
    def width(self, d):
        return d


class KeyFirst(Attention):
    def parts(self, x):
        k, q, v = super().parts(x)
        return q, k, v


class AlwaysDrops(Attention):
    def p(self):
        return self.dropout


class NotMerged(Attention):
    def merge(self, y):
        b, h, n, w = y.shape
        return y.reshape(b, n, h * w)


class NoLastLayer(Attention):
    def forward(self, x):
        b, n, _d = x.shape
        q, k, v = (
            y.view(b, n, self.num_heads, -1).transpose(1, 2)
            for y in self.parts(x)
        )
        y = functional.scaled_dot_product_attention(
            q, k, v, dropout_p=self.p(), is_causal=True
        )
        return self.merge(y)


class PostNorm(PlainBlock):
    def forward(self, x):
        x = self.norm1(x + self.dropout(self.attention(x)))
        inside = functional.gelu(self.linear1(x))
        return self.norm2(x + self.dropout(self.linear2(inside)))


class Relu(PlainBlock):
    def forward(self, x):
        x = x + self.dropout(self.attention(self.norm1(x)))
        inside = torch.relu(self.linear1(self.norm2(x)))
        return x + self.dropout(self.linear2(inside))


class OneNorm(PlainBlock):
    def forward(self, x):
        x = x + self.dropout(self.attention(self.norm1(x)))
        inside = functional.gelu(self.linear1(self.norm1(x)))
        return x + self.dropout(self.linear2(inside))


class Parallel(PlainBlock):
    def forward(self, x):
        seen = self.dropout(self.attention(self.norm1(x)))
        inside = functional.gelu(self.linear1(self.norm2(x)))
        return x + seen + self.dropout(self.linear2(inside))


class NormedResidual(PlainBlock):
    def forward(self, x):
        x = self.norm1(x)
        x = x + self.dropout(self.attention(x))
        y = self.norm2(x)
        inside = functional.gelu(self.linear1(y))
        return y + self.dropout(self.linear2(inside))


class NoSuper(nn.Module):
    def __init__(self, d_model, num_heads, dropout=0.0):
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = Fused(d_model, num_heads, dropout)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, 4 * d_model)
        self.linear2 = nn.Linear(4 * d_model, d_model)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.linear2(functional.gelu(self.linear1(self.norm2(x))))


class GPT(nn.Module):
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
        self.block_size = block_size
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        self.blocks = nn.ModuleList(
            PlainBlock(d_model, num_heads, dropout) for _ in range(num_layers)
        )
        self.last_norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def place(self, ids):
        return self.positions(torch.arange(ids.shape[1]))

    def embed(self, ids):
        return self.dropout(self.tokens(ids) + self.place(ids))

    def through(self, x):
        for block in self.blocks:
            x = block(x)
        return x

    def head(self, x):
        return self.last_norm(x) @ self.tokens.weight.T

    def forward(self, ids):
        return self.head(self.through(self.embed(ids)))


class Untied(GPT):
    def __init__(self, vocab_size, d_model, **more):
        super().__init__(vocab_size=vocab_size, d_model=d_model, **more)
        self.out = nn.Linear(d_model, vocab_size, bias=False)

    def head(self, x):
        return self.out(self.last_norm(x))


class LastBlockSkipped(GPT):
    def through(self, x):
        for block in self.blocks[:-1]:
            x = block(x)
        return x


class NoLastNorm(GPT):
    def head(self, x):
        return x @ self.tokens.weight.T


class NoPositions(GPT):
    def embed(self, ids):
        return self.dropout(self.tokens(ids))


class Softmaxed(GPT):
    def head(self, x):
        return torch.softmax(super().head(x), -1)


class LastPlaceOnly(GPT):
    def head(self, x):
        return super().head(x[:, -1])


def train(
    model,
    optimizer,
    batches,
    max_norm,
    *,
    mode=True,
    forget=True,
    mean=True,
    clip=True,
    each=False,
    back=True,
):
    if mode:
        model.train()
    if forget:
        optimizer.zero_grad()
    total = 0.0
    for x, y in batches:
        if each:
            optimizer.zero_grad()
        logits = model(x)
        loss = functional.cross_entropy(logits.flatten(0, 1), y.flatten())
        (loss / len(batches) if mean else loss).backward()
        total += loss.item() / len(batches)
        if each:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
    if each:
        return total
    if clip:
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return total


def train_but(**wrong):
    def train_step(model, optimizer, batches, max_norm):
        return train(model, optimizer, batches, max_norm, **wrong)

    return train_step


def content(model, optimizer, step):
    return {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "rng": torch.get_rng_state(),
    }


def put(path, what):
    other = path.with_suffix(".new")
    torch.save(what, other)
    os.replace(other, path)


def straight(path, model, optimizer, step):
    torch.save(content(model, optimizer, step), path)


def without(*names):
    def save_checkpoint(path, model, optimizer, step):
        what = content(model, optimizer, step)
        for name in names:
            del what[name]
        put(path, what)

    return save_checkpoint


def whole_model(path, model, optimizer, step):
    put(path, content(model, optimizer, step) | {"model": model})


def copied(path, model, optimizer, step):
    other = path.with_suffix(".new")
    torch.save(content(model, optimizer, step), other)
    torch.save(content(model, optimizer, step), path)


def removed_first(path, model, optimizer, step):
    if path.exists():
        os.remove(path)
    other = path.with_suffix(".new")
    torch.save(content(model, optimizer, step), other)
    os.rename(other, path)


def load(path, model, optimizer, skip=(), back=True):
    saved = torch.load(path, weights_only=True)
    if "model" not in skip:
        model.load_state_dict(saved["model"])
    if "optimizer" not in skip:
        optimizer.load_state_dict(saved["optimizer"])
    if "rng" not in skip:
        torch.set_rng_state(saved["rng"])
    return saved["step"] if back else None


def load_but(**wrong):
    def load_checkpoint(path, model, optimizer):
        return load(path, model, optimizer, **wrong)

    return load_checkpoint


def one_step_on(path, model, optimizer):
    return load(path, model, optimizer) + 1


def write(
    model,
    ids,
    length,
    temperature,
    rng,
    *,
    crop=True,
    place=-1,
    times=False,
    greedy=False,
    mode="restore",
    own=False,
):
    was = model.training
    if mode != "never":
        model.eval()
    for _ in range(length):
        seen = ids[:, -model.block_size :] if crop else ids
        logits = model(seen)[:, place]
        logits = logits * temperature if times else logits / temperature
        p = torch.softmax(logits, -1)
        if greedy:
            new = p.argmax(-1, keepdim=True)
        else:
            new = torch.multinomial(p, 1, generator=None if own else rng)
        ids = torch.cat([ids, new], dim=1)
    if mode == "restore":
        model.train(was)
    return ids


def write_but(**wrong):
    @torch.no_grad()
    def generate(model, ids, length, temperature, rng):
        return write(model, ids, length, temperature, rng, **wrong)

    return generate


@torch.no_grad()
def crops_the_text(model, ids, length, temperature, rng):
    was = model.training
    model.eval()
    for _ in range(length):
        ids = ids[:, -model.block_size :]
        p = torch.softmax(model(ids)[:, -1] / temperature, -1)
        ids = torch.cat([ids, torch.multinomial(p, 1, generator=rng)], dim=1)
    model.train(was)
    return ids


WRONG = {
    "gpt_on_gpu.get_batch": {
        "the last place": lambda ids, batch_size, block_size, rng: batch(
            ids, batch_size, block_size, rng, high=-1
        ),
        "targets are inputs": lambda ids, batch_size, block_size, rng: batch(
            ids, batch_size, block_size, rng, gap=0
        ),
        "one place for all": same_start,
        "multiples": multiples,
        "own generator": ignores_rng,
        "next token alone": next_token_alone,
    },
    "gpt_on_gpu.CausalSelfAttention": {
        "not causal": NotCausal,
        "by d_model": ByModelWidth,
        "key first": KeyFirst,
        "always drops": AlwaysDrops,
        "merged by reshape": NotMerged,
        "no out_proj": NoLastLayer,
    },
    "gpt_on_gpu.Block": {
        "post-norm": PostNorm,
        "relu": Relu,
        "one norm": OneNorm,
        "parallel": Parallel,
        "normed residual": NormedResidual,
        "no super": NoSuper,
    },
    "gpt_on_gpu.GPT": {
        "untied": Untied,
        "last block skipped": LastBlockSkipped,
        "no last norm": NoLastNorm,
        "no positions": NoPositions,
        "softmax": Softmaxed,
        "last place only": LastPlaceOnly,
    },
    "gpt_on_gpu.train_step": {
        "no zero_grad": train_but(forget=False),
        "sum of gradients": train_but(mean=False),
        "no clipping": train_but(clip=False),
        "a step a batch": train_but(each=True),
        "no train()": train_but(mode=False),
        "last batch alone": lambda model, optimizer, batches, max_norm: train(
            model, optimizer, batches[-1:], max_norm
        ),
    },
    "gpt_on_gpu.save_checkpoint": {
        "straight": straight,
        "no rng": without("rng"),
        "no optimizer": without("optimizer"),
        "whole model": whole_model,
        "left behind": copied,
        "removed first": removed_first,
    },
    "gpt_on_gpu.load_checkpoint": {
        "no rng": load_but(skip=("rng",)),
        "no optimizer": load_but(skip=("optimizer",)),
        "no model": load_but(skip=("model",)),
        "no step": load_but(back=False),
        "step + 1": one_step_on,
        "rng is the step": lambda path, model, optimizer: (
            load(path, model, optimizer, skip=("rng",)),
            torch.manual_seed(0),
        )[0],
    },
    "gpt_on_gpu.generate": {
        "no crop": write_but(crop=False),
        "text cropped": crops_the_text,
        "times": write_but(times=True),
        "greedy": write_but(greedy=True),
        "stays in eval": write_but(mode="eval"),
        "never eval": write_but(mode="never"),
    },
}
