"""The exercise `gpt_on_gpu.generate`."""

import numpy as np
import torch

from byhand.exercise import Case, Exercise, Measured, Misconception, Whole, Yes
from byhand.results.tensors import plain
from byhand.ways import writing

from .shared import nothing


def by_searching(model, ids, length, temperature, rng):
    """A draw is where a number falls among the summed-up chances."""
    was = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(length):
            logits = model(ids[:, -model.block_size :])[:, -1].double()
            chances = (logits / temperature).softmax(dim=-1).cumsum(dim=-1)
            throw = torch.rand(len(ids), 1, generator=rng, dtype=torch.float64)
            new = torch.searchsorted(chances, throw)
            new = new.clamp(max=logits.shape[-1] - 1)
            ids = torch.cat([ids, new], dim=1)
    model.train(was)
    return ids


def drawn_from(chances, rng):
    return torch.multinomial(chances, 1, generator=rng)


def write_by(
    before=lambda model: model.eval(),
    see=lambda ids, model: ids[:, -model.block_size :],
    place=lambda logits: logits[:, -1],
    chances=lambda logits, t: (logits / t).softmax(dim=-1),
    draw=drawn_from,
    count=lambda length: length,
    after=lambda model, was: model.train(was),
    result=lambda ids, length: ids,
):
    """A wrong answer that goes wrong in one of these places."""

    def answer(model, ids, length, temperature, rng):
        was = model.training
        before(model)
        for _ in range(count(length)):
            logits = place(model(see(ids, model)).double())
            new = draw(chances(logits, temperature), rng)
            ids = torch.cat([ids, new], dim=1)
        after(model, was)
        return result(ids, length)

    return answer


SURE = (  # every next token is certain
    ("one token more", 1, 2, True),
    ("five more than the model can look at", 3, 6, True),
    ("a model that was in use already", 2, 3, False),
)


ROWS = 3000


def sure(width, length, training):
    return lambda rng: {
        "logits": None,
        "ids": torch.from_numpy(rng.integers(7, size=(2, width))),
        "length": length,
        "temperature": 0.5,
        "training": training,
        "seed": int(rng.integers(2**31)),
    }


def zeros_first(rng):
    """The model is certain of a 0, for both texts, and goes on."""
    return {**sure(1, 3, True)(rng), "ids": torch.full((2, 1), 2)}


def unsure(temperature):
    return lambda rng: {
        "logits": torch.from_numpy(
            rng.permutation([0.0, 1.0, 2.5, -1.0]) + rng.integers(-2, 3)
        ),
        "ids": torch.zeros(ROWS, 2, dtype=torch.int64),
        "length": 1,
        "temperature": temperature,
        "training": True,
        "seed": int(rng.integers(2**31)),
    }


def measured(answer, logits, ids, length, temperature, training, seed):
    """What can be said of the texts that an answer writes.

    The texts (where chance writes, their first row); how often each token
    came at each new place, (length, vocab); what the model says in the mode
    that it was left in; and 1 for yes and 0 for no: whether the same seed
    wrote the same, whether the generator went on after the first call, and
    whether another seed wrote otherwise. Last, a gradient that is taken
    afterwards.
    """
    came = writing.continued(
        answer, logits, ids, length, temperature, training, (seed, seed + 1)
    )
    if came[0] is None:
        return (None,) * 7
    texts, after, first, on, again, other, gradient = map(plain, came)
    new = texts[..., -length:]
    vocab = 7 if logits is None else len(logits)
    shares = np.stack(
        [(new == token).mean(axis=0) for token in range(vocab)], axis=-1
    )
    return (
        texts if logits is None else texts[:1],
        shares,
        after,
        yes(first, again),
        yes(first, on),
        yes(first, other),
        gradient,
    )


def yes(one, other):
    return float(np.array_equal(one, other))


def writing_bounds(logits, ids, length, temperature, training, seed):
    """Exact where the model is certain; else five standard errors."""
    exact = 1e-6
    new, rows = ids.shape[1] + length, len(ids)
    said = np.full((2, min(ids.shape[1], 3), 7), exact)
    flags = (*(np.array(exact),) * 3, np.full(2, exact))
    if logits is None:
        texts = np.full((rows, new), exact)
        return texts, np.full((length, 7), exact), said, *flags
    chances = (logits / temperature).softmax(dim=-1).numpy()
    # Both shares that are compared are random: the root of two.
    shares = 5 * np.sqrt(2 * chances * (1 - chances) / rows)
    which = np.where(np.arange(new) < ids.shape[1], exact, len(chances))
    said = said[..., : len(chances)]
    return which[None], exact + shares[None], said, *flags


def without_gradients(model, ids, length, temperature, rng):
    torch.set_grad_enabled(False)
    return write_by()(model, ids, length, temperature, rng)


def until_all_are_0(model, ids, length, temperature, rng):
    texts = write_by()(model, ids, length, temperature, rng)
    new = texts[:, ids.shape[1] :]
    zeros = (new == 0).all(dim=0).nonzero().flatten().tolist()
    return texts[:, : ids.shape[1] + zeros[0] + 1] if zeros else texts


def text_cut_off(model, ids, length, temperature, rng):
    was = model.training
    model.eval()
    for _ in range(length):
        ids = ids[:, -model.block_size :]
        chances = (model(ids)[:, -1].double() / temperature).softmax(dim=-1)
        ids = torch.cat([ids, drawn_from(chances, rng)], dim=1)
    model.train(was)
    return ids


EXERCISE = Exercise(
    id="gpt_on_gpu.generate",
    signature="generate(model, ids, length, temperature, rng)",
    asks=(
        "Let a model write. `ids` `(batch, n)` are the beginnings of several "
        "texts. `length` times over: give the model the last "
        "`model.block_size` tokens of each text at most, take the logits of "
        "the *last* place, divide them by `temperature`, draw a token from "
        "their softmax (`torch.multinomial` with `generator=rng`, a "
        "`torch.Generator`), and put it behind the text. Return the whole, "
        "`(batch, n + length)`. The model works in evaluation mode "
        "meanwhile, and is left in the mode in which it was found. "
        "`model(ids)` gives logits `(batch, n, vocab)`."
    ),
    points=2,
    difficulty=3,
    importance=4,
    minutes=10,
    reference=by_searching,
    way=measured,
    cases=(
        *(Case(name, sure(*sizes)) for name, *sizes in SURE),
        Case("four tokens, temperature 1", unsure(1.0)),
        Case("four tokens, temperature 0.5", unsure(0.5)),
        Case("four tokens, temperature 3", unsure(3.0)),
        Case("every text goes on with a 0", zeros_first),
    ),
    misconceptions=(
        Misconception(
            "never cropped",
            "the model was given more tokens than it has positions for. "
            "Give it the last `block_size` of them.",
            write_by(see=lambda ids, model: ids),
        ),
        Misconception(
            "cropped at the wrong end",
            "when the text grew too long, you kept its *beginning*. What "
            "comes next depends on the end.",
            write_by(see=lambda ids, model: ids[:, : model.block_size]),
        ),
        Misconception(
            "one token seen",
            "the model sees the last token only, and has forgotten what came "
            "before.",
            write_by(see=lambda ids, model: ids[:, -1:]),
        ),
        Misconception(
            "logits of the first place",
            "you took the logits of the first place, which say what comes "
            "*second*. The last place knows most.",
            write_by(place=lambda logits: logits[:, 0]),
        ),
        Misconception(
            "always the likeliest",
            "you always take the likeliest token. Draw one, so that the "
            "others come as often as the model thinks.",
            write_by(
                draw=lambda chances, rng: chances.argmax(-1, keepdim=True)
            ),
        ),
        Misconception(
            "rng not used",
            "the same `rng` gives other texts each time: draws do not come "
            "from it. Hand it to `torch.multinomial`, as its `generator`.",
            write_by(draw=lambda chances, rng: torch.multinomial(chances, 1)),
        ),
        Misconception(
            "a seed of its own",
            "every `rng` gives the same texts: you draw from a generator "
            "with a seed of its own. Draw from `rng`.",
            write_by(
                draw=lambda chances, rng: drawn_from(
                    chances, torch.Generator().manual_seed(0)
                )
            ),
        ),
        Misconception(
            "only the seed of rng",
            "two calls with one `rng` give the same texts: you draw from a "
            "copy of `rng`, made of its seed or its state. Draw from `rng` "
            "itself, which goes on from call to call.",
            write_by(
                draw=lambda chances, rng: drawn_from(
                    chances, torch.Generator().manual_seed(rng.initial_seed())
                )
            ),
        ),
        Misconception(
            "temperatures below 1 ignored",
            "right for temperatures above 1, but yours is never below 1. A "
            "temperature below 1 sharpens: divide by it as well.",
            write_by(
                chances=lambda logits, t: (logits / max(1, t)).softmax(dim=-1)
            ),
        ),
        Misconception(
            "temperature ignored",
            "`temperature` makes no difference in yours.",
            write_by(chances=lambda logits, t: logits.softmax(dim=-1)),
        ),
        Misconception(
            "temperature multiplied",
            "you multiplied by the temperature: high ones sharpen in yours, "
            "and should flatten.",
            write_by(chances=lambda logits, t: (logits * t).softmax(dim=-1)),
        ),
        Misconception(
            "uniform",
            "all tokens come equally often: the logits do not count.",
            write_by(
                chances=lambda logits, t: torch.full_like(
                    logits, 1 / logits.shape[-1]
                )
            ),
        ),
        Misconception(
            "only the new ones",
            "you returned the new tokens without the beginning.",
            write_by(result=lambda ids, length: ids[:, -length:]),
        ),
        Misconception(
            "one too few",
            "one token is missing at the end.",
            write_by(count=lambda length: length - 1),
        ),
        Misconception(
            "one too many",
            "there is a token too many at the end.",
            write_by(count=lambda length: length + 1),
        ),
        Misconception(
            "in training mode",
            "the model wrote in training mode, with dropout. `model.eval()` "
            "comes first.",
            write_by(before=nothing),
        ),
        Misconception(
            "left in evaluation mode",
            "the model was left in evaluation mode. If it was in training "
            "before, its dropout now sleeps on.",
            write_by(after=nothing),
        ),
        Misconception(
            "put into training mode",
            "the model is in training mode afterwards, whatever it was "
            "before. Remember `model.training`, and restore that.",
            write_by(after=lambda model, was: model.train()),
        ),
        Misconception(
            "gradients left off",
            "you turned gradients off and never on again, for all that comes "
            "after. `with torch.no_grad():` turns them on again at its end.",
            without_gradients,
        ),
        Misconception(
            "one draw for all texts",
            "every text gets the token that was drawn for the first. Draw "
            "one for each row: `torch.multinomial` takes all rows at once.",
            write_by(
                draw=lambda chances, rng: drawn_from(chances[:1], rng).expand(
                    len(chances), 1
                )
            ),
        ),
        Misconception(
            "stops at 0",
            "you stop as soon as all texts go on with a 0. It is a token like "
            "any other: write `length` tokens.",
            until_all_are_0,
        ),
        Misconception(
            "text itself cut off",
            "you cut off the text itself. Show the model its last tokens "
            "only, and keep the whole text.",
            text_cut_off,
        ),
    ),
    hints=(
        "The model returns logits for every place. Which of them say "
        "something about a token that is not there yet?",
        "`was = model.training` first, `model.train(was)` last. "
        "`ids[:, -k:]` is all of it where there are fewer than k.",
        "repeat length times: logits = model(ids[:, -block_size:])[:, -1] / "
        "temperature; new = multinomial(softmax(logits), 1, generator=rng); "
        "ids = ids and new, joined along axis 1.",
    ),
    returns=(
        Whole("texts"),
        Measured("share of each token"),
        Measured("logits of the model afterwards"),
        Yes("the same seed writes the same texts"),
        Yes("a second call with the same generator writes the same"),
        Yes("another seed writes the same texts"),
        Measured("gradient that is taken afterwards"),
    ),
    bounds=writing_bounds,
    called=lambda logits, ids, length, temperature, training, seed: {
        "ids": ids,
        "length": length,
        "temperature": temperature,
    },
)
