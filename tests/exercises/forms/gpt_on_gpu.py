"""Right answers to lesson 17 in forms that a learner may choose."""

import math
import os
import shutil

import numpy as np
import torch
from torch import nn
from torch.nn import functional

# --- get_batch -------------------------------------------------------------


def batch_of_slices(ids, batch_size, block_size, rng):
    high = len(ids) - block_size
    starts = torch.randint(high, (batch_size,), generator=rng)
    inputs = torch.stack([ids[s : s + block_size] for s in starts])
    targets = torch.stack([ids[s + 1 : s + 1 + block_size] for s in starts])
    return inputs, targets


def batch_by_indices(ids, batch_size, block_size, rng):
    starts = torch.randint(
        0, ids.numel() - block_size, (batch_size, 1), generator=rng
    )
    places = starts + torch.arange(block_size)
    return ids[places], ids[places + 1]


def batch_by_permutation(ids, batch_size, block_size, rng):
    """Each row from a shuffle of its own."""
    inputs, targets = [], []
    for _ in range(batch_size):
        order = torch.randperm(len(ids) - block_size, generator=rng)
        piece = ids[order[0] : order[0] + block_size + 1]
        inputs.append(piece[:-1])
        targets.append(piece[1:])
    return [torch.stack(inputs), torch.stack(targets)]


def batch_by_real_numbers(ids, batch_size, block_size, rng):
    share = torch.rand(batch_size, generator=rng, dtype=torch.float64)
    starts = (share * (len(ids) - block_size)).floor().long().tolist()
    rows = torch.stack([ids[s : s + block_size + 1] for s in starts])
    return rows[:, :-1].contiguous(), rows[:, 1:].contiguous()


# --- modules ---------------------------------------------------------------


class Fused(nn.Module):
    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)
        self.num_heads, self.dropout = num_heads, dropout

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = (
            y.view(b, n, self.num_heads, d // self.num_heads).transpose(1, 2)
            for y in self.qkv_proj(x).chunk(3, dim=-1)
        )
        p = self.dropout if self.training else 0.0
        y = functional.scaled_dot_product_attention(
            q, k, v, dropout_p=p, is_causal=True
        )
        return self.out_proj(y.transpose(1, 2).reshape(b, n, d))


class WithBuffer(nn.Module):
    """The mask is a buffer; dropout a module; a head's weights are kept."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)
        self.h = num_heads
        self.register_buffer("mask", torch.tril(torch.ones(64, 64)))

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = self.qkv_proj(x).split(d, dim=2)
        cut = (b, n, self.h, d // self.h)
        q, k, v = (y.reshape(cut).permute(0, 2, 1, 3) for y in (q, k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(k.size(-1))
        scores = scores.masked_fill(self.mask[:n, :n] == 0, -torch.inf)
        weights = self.drop(torch.softmax(scores, dim=-1))
        y = (weights @ v).permute(0, 2, 1, 3).flatten(2)
        return self.out_proj(y)


class HeadByHead(nn.Module):
    """A head and a token at a time."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)
        self.num_heads = num_heads

    def forward(self, x):
        n, d = x.shape[1:]
        w = d // self.num_heads
        q, k, v = self.qkv_proj(x).unflatten(-1, (3, d)).unbind(2)
        heads = []
        for h in range(self.num_heads):
            mine = slice(h * w, (h + 1) * w)
            rows = []
            for i in range(n):
                keys, values = k[:, : i + 1, mine], v[:, : i + 1, mine]
                scores = (keys @ q[:, i, mine, None])[..., 0] * w**-0.5
                shares = scores.softmax(-1)
                rows.append((shares[:, None] @ values)[:, 0])
            heads.append(torch.stack(rows, 1))
        return self.out_proj(torch.cat(heads, -1))


class PlainBlock(nn.Module):
    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = Fused(d_model, num_heads, dropout)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, 4 * d_model)
        self.linear2 = nn.Linear(4 * d_model, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        x = x + self.dropout(self.attention(self.norm1(x)))
        inside = functional.gelu(self.linear1(self.norm2(x)))
        return x + self.dropout(self.linear2(inside))


class BlockInSequence(nn.Module):
    """The network is an nn.Sequential: other names, the same order."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = WithBuffer(d_model, num_heads, dropout)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, 4 * d_model)
        self.linear2 = nn.Linear(4 * d_model, d_model)
        self.p = dropout

    def drop(self, x):
        return functional.dropout(x, self.p, training=self.training)

    def think(self, x):
        return self.linear2(nn.GELU()(self.linear1(x)))

    def forward(self, x):
        return (seen := self.drop(self.attention(self.norm1(x))) + x) + (
            self.drop(self.think(self.norm2(seen)))
        )


class BlockByFormulas(PlainBlock):
    def normed(self, norm, x):
        return functional.layer_norm(
            x, x.shape[-1:], norm.weight, norm.bias, 1e-5
        )

    def forward(self, x):
        x = x + self.attention(self.normed(self.norm1, x))
        z = self.linear1(self.normed(self.norm2, x))
        z = z * (1 + torch.erf(z / math.sqrt(2))) / 2
        return x + z @ self.linear2.weight.mT + self.linear2.bias


class PlainGPT(nn.Module):
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
            [
                PlainBlock(d_model, num_heads, dropout)
                for _ in range(num_layers)
            ]
        )
        self.last_norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, ids):
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.dropout(self.tokens(ids) + self.positions(places))
        for block in self.blocks:
            x = block(x)
        return functional.linear(self.last_norm(x), self.tokens.weight)


class TiedByAssignment(nn.Module):
    """A linear layer whose weight *is* the table."""

    def __init__(self, vocab_size, block_size, num_layers, num_heads,
                 d_model, dropout=0.0):  # fmt: skip
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        self.blocks = nn.ModuleList()
        for _ in range(num_layers):
            self.blocks.append(BlockInSequence(d_model, num_heads, dropout))
        self.last_norm = nn.LayerNorm(d_model)
        self.lm_head = nn.Linear(d_model, vocab_size, bias=False)
        self.lm_head.weight = self.tokens.weight

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight[: ids.size(1)]
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.last_norm(x))


class GPTInSequence(nn.Module):
    """The blocks are an nn.Sequential."""

    def __init__(self, vocab_size, block_size, num_layers, num_heads,
                 d_model, dropout=0.0):  # fmt: skip
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        self.blocks = nn.Sequential(
            *(BlockByFormulas(d_model, num_heads) for _ in range(num_layers))
        )
        self.last_norm = nn.LayerNorm(d_model)

    def forward(self, ids):
        places = torch.arange(ids.shape[-1]).expand_as(ids)
        x = self.blocks(self.tokens(ids) + self.positions(places))
        return self.last_norm(x) @ self.tokens.weight.t()


# --- train_step ------------------------------------------------------------


def step_as_usual(model, optimizer, batches, max_norm):
    model.train()
    optimizer.zero_grad()
    total = 0.0
    for inputs, targets in batches:
        logits = model(inputs)
        loss = functional.cross_entropy(
            logits.view(-1, logits.size(-1)), targets.view(-1)
        )
        loss = loss / len(batches)
        loss.backward()
        total += loss.item()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return total


def step_with_a_tensor(model, optimizer, batches, max_norm):
    """Nothing is waited for: the loss stays a tensor."""
    model.train(True)
    losses = []
    optimizer.zero_grad(set_to_none=False)
    for inputs, targets in batches:
        scores = model(inputs).transpose(1, 2)  # (batch, vocab, n)
        losses.append(nn.CrossEntropyLoss()(scores, targets))
    loss = torch.stack(losses).mean()
    loss.backward()
    nn.utils.clip_grad_norm_(
        model.parameters(), max_norm, error_if_nonfinite=True
    )
    optimizer.step()
    optimizer.zero_grad()
    return loss.detach()


def step_by_hand(model, optimizer, batches, max_norm):
    model.train()
    for weight in model.parameters():
        weight.grad = None
    losses = []
    for inputs, targets in batches:
        logs = model(inputs).log_softmax(-1)
        chosen = logs.gather(-1, targets[..., None])
        losses.append(-chosen.mean())
        losses[-1].backward()
    gradients = [w.grad.div_(len(batches)) for w in model.parameters()]
    norm = math.sqrt(sum((g**2).sum().item() for g in gradients))
    if norm > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / norm)
    optimizer.step()
    return np.mean([loss.item() for loss in losses])


# --- checkpoints -----------------------------------------------------------


def four(model, optimizer, step):
    return {
        "rng": torch.get_rng_state(),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
    }


def saved_by_replacing(path, model, optimizer, step):
    temporary = f"{path}.tmp"
    torch.save(four(model, optimizer, step), temporary)
    os.replace(temporary, path)


def saved_and_flushed(path, model, optimizer, step):
    beside = path.parent / "new-checkpoint"
    with open(beside, "wb") as file:
        torch.save(four(model, optimizer, step), file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def saved_by_moving(path, model, optimizer, step):
    folder = path.with_name("half")
    folder.mkdir()
    torch.save(four(model, optimizer, step), folder / path.name)
    shutil.move(folder / path.name, path)
    folder.rmdir()


def saved_on_copies(path, model, optimizer, step):
    """The weights' copies, and the step as a tensor."""
    state = four(model, optimizer, torch.tensor(step))
    state["model"] = {n: w.clone() for n, w in state["model"].items()}
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").rename(path)


def loaded_as_usual(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["rng"])
    return state["step"]


def loaded_from_a_file(path, model, optimizer):
    with open(path, "rb") as file:
        state = torch.load(file, map_location="cpu", weights_only=True)
    torch.random.set_rng_state(state["rng"].to(torch.uint8))
    optimizer.load_state_dict(state["optimizer"])
    model.load_state_dict(state["model"], strict=True)
    return int(state["step"])


def loaded_weight_by_weight(path, model, optimizer):
    state = torch.load(path, weights_only=True)
    for name, weight in model.named_parameters():
        weight.data = state["model"][name]
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["rng"])
    return torch.tensor(state["step"])


# --- generate --------------------------------------------------------------


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


FORMS = {
    "gpt_on_gpu.get_batch": [
        batch_of_slices,
        batch_by_indices,
        batch_by_permutation,
        batch_by_real_numbers,
    ],
    "gpt_on_gpu.CausalSelfAttention": [Fused, WithBuffer, HeadByHead],
    "gpt_on_gpu.Block": [PlainBlock, BlockInSequence, BlockByFormulas],
    "gpt_on_gpu.GPT": [PlainGPT, TiedByAssignment, GPTInSequence],
    "gpt_on_gpu.train_step": [
        step_as_usual,
        step_with_a_tensor,
        step_by_hand,
    ],
    "gpt_on_gpu.save_checkpoint": [
        saved_by_replacing,
        saved_and_flushed,
        saved_by_moving,
        saved_on_copies,
    ],
    "gpt_on_gpu.load_checkpoint": [
        loaded_as_usual,
        loaded_from_a_file,
        loaded_weight_by_weight,
    ],
    "gpt_on_gpu.generate": [
        written_as_usual,
        written_into_a_table,
        written_text_by_text,
    ],
}
