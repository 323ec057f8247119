"""Wrong answers to the exercises of lesson 17."""

import io
import os
import shutil
import tempfile
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from tests.exercises.forms.gpt_on_gpu.gpt import PlainGPT
from tests.exercises.forms.gpt_on_gpu.shared import PlainBlock


def state_of(model, optimizer, step):
    return {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "rng": torch.get_rng_state(),
    }


def saving(how):
    """save_checkpoint that puts the bytes in place like that."""

    def answer(path, model, optimizer, step):
        buffer = io.BytesIO()
        torch.save(state_of(model, optimizer, step), buffer)
        how(path, buffer.getvalue())

    return answer


def beside(path, data):
    path.with_suffix(".new").write_bytes(data)
    return path.with_suffix(".new")


def elsewhere(data):
    folder = Path(tempfile.mkdtemp())
    (folder / "new").write_bytes(data)
    return folder / "new"


def written(path, data):
    path.write_bytes(data)


def written_in_place(path, data):
    with open(path, "r+b") as file:
        file.write(data)
        file.truncate()


def written_by_descriptor(path, data):
    end = os.open(path, os.O_WRONLY | os.O_TRUNC)
    os.write(end, data)
    os.close(end)


def unlinked_then_written(path, data):
    path.unlink()
    path.write_bytes(data)


def unlinked_then_renamed(path, data):
    new = beside(path, data)
    os.unlink(path)
    os.rename(new, path)


def removed_then_moved(path, data):
    new = beside(path, data)
    os.remove(path)
    shutil.move(new, path)


def old_one_moved_away(path, data):
    new = beside(path, data)
    path.rename(path.with_suffix(".old"))
    new.rename(path)
    path.with_suffix(".old").unlink()


def moved_from_elsewhere(path, data):
    shutil.move(elsewhere(data), path)


def copied_from_elsewhere(path, data):
    shutil.copy(elsewhere(data), path)


def replaced_from_elsewhere(path, data):
    os.replace(elsewhere(data), path)


def copied_from_beside(path, data):
    new = beside(path, data)
    shutil.copyfile(new, path)
    new.unlink()


def moved_before_it_was_whole(path, data):
    with open(path.with_suffix(".new"), "wb") as file:
        file.write(data[:1000])
        file.flush()
        os.replace(path.with_suffix(".new"), path)
        file.write(data[1000:])


def left_beside(path, data):
    new = beside(path, data)
    shutil.copyfile(new, path.with_suffix(".copy"))
    os.replace(new, path)


def straight_by_torch(path, model, optimizer, step):
    path.unlink()
    torch.save(state_of(model, optimizer, step), path)


WAYS = (
    written,
    written_in_place,
    written_by_descriptor,
    unlinked_then_written,
    unlinked_then_renamed,
    removed_then_moved,
    old_one_moved_away,
    moved_from_elsewhere,
    copied_from_elsewhere,
    replaced_from_elsewhere,
    copied_from_beside,
    moved_before_it_was_whole,
    left_beside,
)


def loading(read):
    def answer(path, model, optimizer):
        kept = read(path)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        torch.set_rng_state(kept["rng"])
        return kept["step"]

    return answer


def trusting_in_the_end(path):
    try:
        return torch.load(path, weights_only=True)
    except Exception:
        return torch.load(path, weights_only=False)


def step_clipping(gradients_of):
    def answer(model, optimizer, batches, max_norm):
        model.train()
        optimizer.zero_grad()
        total = 0.0
        for x, y in batches:
            logits = model(x).flatten(0, 1)
            loss = functional.cross_entropy(logits, y.flatten())
            (loss / len(batches)).backward()
            total += loss.item() / len(batches)
        for weights in gradients_of(optimizer.param_groups):
            torch.nn.utils.clip_grad_norm_(weights, max_norm)
        optimizer.step()
        return total

    return answer


def saved_but(change):
    """save_checkpoint of another state: change takes the four, and them."""

    def answer(path, model, optimizer, step):
        state = state_of(model, optimizer, step)
        torch.save(change(state, model, optimizer), path.with_suffix(".new"))
        os.replace(path.with_suffix(".new"), path)

    return answer


def as_parameters(state, model, optimizer):
    return {**state, "model": dict(model.named_parameters())}


def evaluated(state, model, optimizer):
    model.eval()
    return state


def in_layers(state, model, optimizer):
    for layer in model.children():
        layer.eval()
    return state


def load_parameters(path, model, optimizer):
    kept = torch.load(path, weights_only=True)
    for name, weight in model.named_parameters():
        weight.data.copy_(kept["model"][name])
    optimizer.load_state_dict(kept["optimizer"])
    torch.set_rng_state(kept["rng"])
    return kept["step"]


def load_with_own(*names):
    def answer(path, model, optimizer):
        kept = torch.load(path, weights_only=True)
        model.load_state_dict(kept["model"])
        own = {name: optimizer.param_groups[0][name] for name in names}
        optimizer.load_state_dict(kept["optimizer"])
        optimizer.param_groups[0].update(own)
        torch.set_rng_state(kept["rng"])
        return kept["step"]

    return answer


def flag_only(model, ids, length, temperature, rng):
    was = model.training
    model.training = False
    with torch.no_grad():
        for _ in range(length):
            logits = model(ids[:, -model.block_size :])[:, -1] / temperature
            new = torch.multinomial(logits.softmax(-1), 1, generator=rng)
            ids = torch.cat([ids, new], dim=1)
    model.training = was
    return ids


def gradients_off(*inputs):
    torch.set_grad_enabled(False)
    return writing(drawn(lambda rng: rng))(*inputs)


def stops_at_0(model, ids, length, temperature, rng):
    write = writing(drawn(lambda rng: rng))
    for _ in range(length):
        ids = write(model, ids, 1, temperature, rng)
        if (ids[:, -1] == 0).all():
            break
    return ids


def writing(draw, temper=lambda t: t):
    def answer(model, ids, length, temperature, rng):
        was = model.training
        model.eval()
        with torch.no_grad():
            for _ in range(length):
                logits = model(ids[:, -model.block_size :])[:, -1]
                chances = (logits / temper(temperature)).softmax(-1)
                ids = torch.cat([ids, draw(chances.double(), rng)], dim=1)
        model.train(was)
        return ids

    return answer


KEPT = torch.Generator().manual_seed(1)


def drawn(generator):
    return lambda chances, rng: torch.multinomial(
        chances, 1, generator=generator(rng)
    )


def copy_of(rng):
    return torch.Generator().manual_seed(rng.initial_seed())


def state_of_it(rng):
    copied = torch.Generator()
    copied.set_state(rng.get_state())
    return copied


def batch_by(generator, change=lambda rows: rows):
    def answer(ids, batch_size, block_size, rng):
        high = len(ids) - block_size
        starts = torch.randint(high, (batch_size,), generator=generator(rng))
        rows = ids[starts[:, None] + torch.arange(block_size + 1)]
        return change(rows[:, :-1]), change(rows[:, 1:])

    return answer


def own(_):
    return torch.Generator().manual_seed(0)


class NetworkReadsDropped(PlainBlock):
    def forward(self, x):
        x = x + self.dropout(self.attention(self.norm1(x)))
        read = self.dropout(self.norm2(x))
        inside = functional.gelu(self.linear1(read))
        return x + self.dropout(self.linear2(inside))


class DropsWords(PlainBlock):
    def forward(self, x):
        x = x + self.dropout(self.attention(self.norm1(x)))
        inside = functional.gelu(self.linear1(self.norm2(x)))
        whole = functional.dropout1d(
            self.linear2(inside), self.dropout.p, self.training
        )
        return x + whole


class DropsWholeSums(PlainGPT):
    def __init__(self, *sizes, dropout=0.0, **more):
        super().__init__(*sizes, dropout=dropout, **more)
        self.dropout = nn.Dropout1d(dropout)


WRONG = {
    "gpt_on_gpu.Block": {
        "the network reads dropped numbers": NetworkReadsDropped,
        "whole words": DropsWords,
    },
    "gpt_on_gpu.GPT": {
        "whole sums": DropsWholeSums,
    },
    "gpt_on_gpu.save_checkpoint": {
        **{one.__name__: saving(one) for one in WAYS},
        "straight_by_torch": straight_by_torch,
        "parameters for the model": saved_but(as_parameters),
        "left in evaluation mode": saved_but(evaluated),
        "layers left in evaluation mode": saved_but(in_layers),
    },
    "gpt_on_gpu.load_checkpoint": {
        "weights_only=False": loading(
            lambda path: torch.load(path, weights_only=False)
        ),
        "trusting in the end": loading(trusting_in_the_end),
        "parameters only": load_parameters,
        "its own rate": load_with_own("lr"),
        "its own decay": load_with_own("weight_decay"),
    },
    "gpt_on_gpu.train_step": {
        "first group clipped": step_clipping(lambda gs: [gs[0]["params"]]),
        "last group clipped": step_clipping(lambda gs: [gs[-1]["params"]]),
        "each group clipped": step_clipping(
            lambda gs: [group["params"] for group in gs]
        ),
    },
    "gpt_on_gpu.generate": {
        "only its own flag": flag_only,
        "gradients left off": gradients_off,
        "stops at 0": stops_at_0,
        "the first text's draw": writing(
            lambda chances, rng: torch.multinomial(
                chances[:1].expand_as(chances), 1, generator=rng
            )[:1].expand(len(chances), 1)
        ),
        "a generator of its own": writing(drawn(own)),
        "one that it keeps": writing(drawn(lambda rng: KEPT)),
        "the global one": writing(drawn(lambda rng: None)),
        "of the same seed": writing(drawn(copy_of)),
        "a copy of its state": writing(drawn(state_of_it)),
        "max(1, t)": writing(drawn(lambda rng: rng), lambda t: max(1, t)),
        "min(1, t)": writing(drawn(lambda rng: rng), lambda t: min(1, t)),
        "the root of t": writing(drawn(lambda rng: rng), lambda t: t**0.5),
        "floats": lambda *inputs: writing(drawn(lambda rng: rng))(
            *inputs
        ).double(),
    },
    "gpt_on_gpu.get_batch": {
        "a generator of its own": batch_by(own),
        "one that it keeps": batch_by(lambda rng: KEPT),
        "the global one": batch_by(lambda rng: None),
        "of the same seed": batch_by(copy_of),
        "a copy of its state": batch_by(state_of_it),
        "floats": batch_by(lambda rng: rng, lambda rows: rows.double()),
    },
}
