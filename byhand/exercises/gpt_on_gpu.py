"""Lesson 17: a GPT, and what trains it.

The references of the modules are PyTorch's own layers; a piece of training
is judged by what it does to a model of a few numbers.
"""

import math
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from byhand import calls
from byhand.exercise import Case, Exercise, Misconception, readable, weights_of

LESSON = "17_gpt_on_gpu"

MODULE = ("output", "input_gradients", "weight_gradients")


# --- get_batch -------------------------------------------------------------


def windows(ids, batch_size, block_size, rng):
    """All pieces of block_size + 1 tokens, and a choice of them."""
    rows = ids.unfold(0, block_size + 1, 1)
    chosen = rows[torch.randint(len(rows), (batch_size,), generator=rng)]
    return chosen[:, :-1], chosen[:, 1:]


def from_starts(ids, starts, block_size, first=0, step=1):
    """Inputs, and targets that begin `step` places after them."""
    places = starts[:, None] + torch.arange(block_size)
    last = len(ids) - 1
    return ids[places], ids[(places + step).clamp(0, last)]


def random_starts(ids, batch_size, block_size, rng, high=None):
    high = len(ids) - block_size if high is None else high
    return torch.randint(max(high, 1), (batch_size,), generator=rng)


def pieces_by(choose=random_starts, step=1):
    def answer(ids, batch_size, block_size, rng):
        starts = choose(ids, batch_size, block_size, rng)
        return from_starts(ids, starts, block_size, step=step)

    return answer


def rolled_within(ids, batch_size, block_size, rng):
    inputs, _ = windows(ids, batch_size, block_size, rng)
    return inputs, inputs.roll(-1, dims=1)


def only_the_last_target(ids, batch_size, block_size, rng):
    inputs, targets = windows(ids, batch_size, block_size, rng)
    return inputs, targets[:, -1]


def turned(ids, batch_size, block_size, rng):
    inputs, targets = windows(ids, batch_size, block_size, rng)
    return inputs.T, targets.T


def changed_places(ids, batch_size, block_size, rng):
    inputs, targets = windows(ids, batch_size, block_size, rng)
    return targets, inputs


def targets_of_their_own(ids, batch_size, block_size, rng):
    inputs, _ = windows(ids, batch_size, block_size, rng)
    _, targets = windows(ids, batch_size, block_size, rng)
    return inputs, targets


def the_last_piece_left_out(ids, batch_size, block_size, rng):
    high = len(ids) - block_size - 1
    return random_starts(ids, batch_size, block_size, rng, high)


def in_a_row(ids, batch_size, block_size, rng):
    return torch.arange(batch_size) % (len(ids) - block_size)


def in_blocks(ids, batch_size, block_size, rng):
    count = (len(ids) - 1) // block_size
    return block_size * torch.randint(count, (batch_size,), generator=rng)


def one_for_all(ids, batch_size, block_size, rng):
    one = random_starts(ids, 1, block_size, rng)
    return one.expand(batch_size)


def own_generator(ids, batch_size, block_size, rng):
    return random_starts(
        ids, batch_size, block_size, torch.Generator().manual_seed(0)
    )


def no_generator(ids, batch_size, block_size, rng):
    return torch.randint(len(ids) - block_size, (batch_size,))


TIMES = 60


def a_text(length, batch_size, block_size):
    """Ids that are no places, each of them once."""
    return lambda rng: {
        "ids": torch.from_numpy(20 + rng.permutation(length)),
        "batch_size": batch_size,
        "block_size": block_size,
        "seed": int(rng.integers(2**31)),
        "times": TIMES,
    }


def batch_bounds(ids, batch_size, block_size, seed, times):
    """Exact, but for what is counted: five standard errors there."""
    exact = 1e-6
    starts, rows = len(ids) - block_size, times * batch_size
    share = np.zeros(len(ids))
    share[:starts] = 5 * math.sqrt((1 - 1 / starts) / starts / rows)
    neighbours = times * (batch_size - 1)
    alike = 5 * math.sqrt((1 - 1 / starts) / starts / max(neighbours, 1))
    return (
        *(np.full(2, exact),) * 2,
        *(np.full(block_size, exact),) * 2,
        # Both shares that are compared are random: the root of two.
        exact + math.sqrt(2) * share,
        np.array(exact + math.sqrt(2) * alike),
        np.array(exact),
        np.array(exact),
    )


get_batch = Exercise(
    id="gpt_on_gpu.get_batch",
    signature="get_batch(ids, batch_size, block_size, rng)",
    asks=(
        "Draw what a step learns from. `ids` is a whole text, a tensor "
        "`(length,)` of token ids. Choose `batch_size` places in it at "
        "random, each place from which `block_size` tokens *and the one after "
        "them* fit being equally likely. Return `(inputs, targets)`, both "
        "`(batch_size, block_size)`: a row of `inputs` is the piece of the "
        "text from its place on, and the target at each place of a row is "
        "the token that comes next in the text. `rng` is a "
        "`torch.Generator`; all randomness comes from it. The check draws "
        "many batches, from a text in which no token comes twice, and looks "
        "at where rows begin and what stands in them."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=windows,
    call=calls.batches,
    cases=(
        Case("blocks of one token", a_text(5, 20, 1)),
        Case("blocks of three tokens", a_text(9, 25, 3)),
        Case("a text with room for two blocks", a_text(6, 30, 4)),
    ),
    misconceptions=(
        Misconception(
            "not shifted",
            "the targets are the inputs. The model would learn to repeat "
            "what it is shown; it should say what comes *next*.",
            pieces_by(step=0),
        ),
        Misconception(
            "two ahead",
            "the targets stand two places after the inputs. It is one: the "
            "very next token.",
            pieces_by(step=2),
        ),
        Misconception(
            "inputs and targets changed places",
            "inputs and targets changed places: the model is shown a token "
            "and asked for the one *before* it.",
            changed_places,
        ),
        Misconception(
            "rolled within the row",
            "the last target of a row is its first input: you shifted the "
            "row around in a circle. The last target is the token that "
            "follows in the *text*, so a row needs one token more than "
            "`block_size`.",
            rolled_within,
        ),
        Misconception(
            "one target a row",
            "there is one target a row. A Transformer answers at every place "
            "at once, so that a row of `block_size` tokens has as many "
            "lessons to give: a target for each place.",
            only_the_last_target,
        ),
        Misconception(
            "turned round",
            "rows and columns changed places: a piece of text should stand "
            "in a row, `(batch_size, block_size)`.",
            turned,
        ),
        Misconception(
            "two draws",
            "inputs and targets come from different places of the text, as "
            "if each had been drawn for itself. Draw once, and use the same "
            "places for both.",
            targets_of_their_own,
        ),
        Misconception(
            "the last piece left out",
            "the last piece of the text is never drawn. `torch.randint` "
            "leaves its upper end out by itself, so nothing more is to be "
            "taken off.",
            pieces_by(the_last_piece_left_out),
        ),
        Misconception(
            "in a row",
            "the pieces are not random: every batch begins at the same "
            "places, one after another.",
            pieces_by(in_a_row),
        ),
        Misconception(
            "blocks side by side",
            "pieces begin at multiples of `block_size` only. Any place will "
            "do, and the model sees each token in many different positions.",
            pieces_by(in_blocks),
        ),
        Misconception(
            "one place for the whole batch",
            "all rows of a batch are the same piece. Draw a place for each "
            "row.",
            pieces_by(one_for_all),
        ),
        Misconception(
            "a seed of its own",
            "every call gives the same batch: the randomness does not come "
            "from `rng`, which goes on from call to call.",
            pieces_by(own_generator),
        ),
        Misconception(
            "rng not used",
            "`rng` makes no difference in yours: with the same seed it draws "
            "other pieces each time. Hand it on, `generator=rng`.",
            pieces_by(no_generator),
        ),
    ),
    hints=(
        "How many places are there in a text of 6 tokens where 4 tokens and "
        "one more fit? Which are they?",
        "Draw the places first, `torch.randint(high, (batch_size,), "
        "generator=rng)`. The targets are the same slices, one place on.",
        "starts = randint(len(ids) - block_size, …); inputs = the slices "
        "[s, s + block_size) of each start, stacked; targets = the slices "
        "[s + 1, s + 1 + block_size), stacked.",
    ),
    returns=(
        "inputs_shape",
        "targets_shape",
        "places_of_inputs_after_the_first",
        "places_of_targets_after_the_first_input",
        "share_of_rows_beginning_at_each_place",
        "share_of_neighbouring_rows_that_are_alike",
        "calls_differ",
        "same_seed_same_batch",
    ),
    bounds=batch_bounds,
)


# --- CausalSelfAttention ---------------------------------------------------


class TorchCausal(nn.Module):
    """PyTorch's multi-head attention, told to look back only."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.num_heads = num_heads
        self.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x):
        n, d_model = x.shape[1:]
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        output, _ = functional.multi_head_attention_forward(
            *(x.transpose(0, 1),) * 3,
            d_model,
            self.num_heads,
            self.qkv_proj.weight,
            self.qkv_proj.bias,
            None,
            None,
            False,
            0.0,
            self.out_proj.weight,
            self.out_proj.bias,
            need_weights=False,
            attn_mask=later,
        )
        return output.transpose(0, 1)


def heads_of(x, num_heads):
    return torch.stack(x.chunk(num_heads, dim=-1), dim=1)


def heads_by_reshape(x, num_heads):
    batch, n, d_model = x.shape
    return x.reshape(batch, num_heads, n, d_model // num_heads)


def put_together(x):
    return torch.cat(x.unbind(dim=1), dim=-1)


def put_together_by_reshape(x):
    batch, heads, n, width = x.shape
    return x.reshape(batch, n, heads * width)


def look_back(scores):
    n, m = scores.shape[-2:]
    later = torch.ones(n, m, dtype=torch.bool).triu(1)
    return scores.masked_fill(later, -math.inf).softmax(dim=-1)


def look_strictly_back(scores):
    n, m = scores.shape[-2:]
    now = torch.ones(n, m, dtype=torch.bool).triu()
    return scores.masked_fill(now, -math.inf).softmax(dim=-1).nan_to_num()


def look_ahead(scores):
    return look_back(scores.mT.flip(-1).mT.flip(-1)).flip(-1).flip(-2)


def zeros_before_softmax(scores):
    return scores.tril().softmax(dim=-1)


def zeros_after_softmax(scores):
    return scores.softmax(dim=-1).tril()


def three_of(own, x):
    return own.qkv_proj(x).chunk(3, dim=-1)


def other_order(*order):
    def parts(own, x):
        found = three_of(own, x)
        return [found[k] for k in order]

    return parts


def head_by_head(own, x):
    """Cut into heads first: every head's q, k and v stand side by side."""
    h = own.num_heads
    each = own.qkv_proj(x).unflatten(-1, (h, 3, -1))
    return [each[..., k, :].flatten(-2) for k in range(3)]


class Causal(nn.Module):
    """Causal self-attention of which every part can be another."""

    def __init__(
        self,
        d_model,
        num_heads,
        dropout=0.0,
        *,
        parts=three_of,
        split=heads_of,
        merge=put_together,
        weigh=look_back,
        scale=lambda d_model, width: width**-0.5,
        finish=lambda own, x: own.out_proj(x),
        drop=lambda weights, p: weights,
    ):
        super().__init__()
        self.num_heads, self.p = num_heads, dropout
        self.parts, self.split, self.merge = parts, split, merge
        self.weigh, self.finish, self.drop = weigh, finish, drop
        self.factor = scale(d_model, d_model // num_heads)
        self.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.out_proj = nn.Linear(d_model, d_model)

    def forward(self, x):
        q, k, v = (self.split(y, self.num_heads) for y in self.parts(self, x))
        weights = self.weigh(
            torch.einsum("bhnw,bhmw->bhnm", q, k * self.factor)
        )
        mixed = torch.einsum("bhnm,bhmw->bhnw", self.drop(weights, self.p), v)
        return self.finish(self, self.merge(mixed))


def other_causal(**parts):
    return partial(Causal, **parts)


# So close to 1 that whoever drops in use drops everything, and everybody who
# does so gets the same numbers.
NEARLY_ALL = 1 - 1e-9


def reading(reference, settings, batch, n, first=None):
    """Rows of vectors; gradients of the first outputs alone, if wanted."""

    def inputs(rng):
        along = readable(rng, batch, n, settings["d_model"])
        if first is not None:
            along[:, first:] = 0
        return {
            "settings": settings,
            "weights": weights_of(reference, settings, rng),
            "inputs": [readable(rng, batch, n, settings["d_model"])],
            "along": along,
        }

    return inputs


def sized(d_model, num_heads, **more):
    return {"d_model": d_model, "num_heads": num_heads, **more}


causal_self_attention = Exercise(
    id="gpt_on_gpu.CausalSelfAttention",
    signature="CausalSelfAttention(d_model, num_heads, dropout=0.0)",
    asks=(
        "The attention of a GPT, as a `torch.nn.Module`: every token looks "
        "at itself and at what came before it, in `num_heads` heads. It "
        "learns two linear layers, both with bias: `qkv_proj`, from `d_model` "
        "to `3 * d_model` numbers, which are the query, the key and the value "
        "in this order (each `d_model` wide, one matrix product in place of "
        "three), and `out_proj`, from `d_model` to `d_model`. "
        "`forward(x)` takes `(batch, n, d_model)` and returns the same shape. "
        "The mask is always causal, so that nobody has to pass one. "
        "`torch.nn.functional.scaled_dot_product_attention` is allowed here, "
        "and on a GPU it is the point. In training, attention weights are "
        "dropped with probability `dropout`; in use (`eval()`), none."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=TorchCausal,
    call=calls.module,
    cases=(
        Case("one token", reading(TorchCausal, sized(4, 2), 1, 1)),
        Case("one head, two tokens", reading(TorchCausal, sized(3, 1), 1, 2)),
        Case(
            "two heads; gradients of output 0 alone",
            reading(TorchCausal, sized(4, 2), 1, 3, first=1),
        ),
        Case(
            "three heads, two texts", reading(TorchCausal, sized(12, 3), 2, 5)
        ),
        Case(
            "dropout of nearly 1, in use: nothing is dropped",
            reading(TorchCausal, sized(4, 2, dropout=NEARLY_ALL), 2, 3),
        ),
    ),
    misconceptions=(
        Misconception(
            "no mask",
            "tokens see what comes after them. A model that is trained so "
            "finds each answer in its own input, and has learned nothing "
            "when it must write.",
            other_causal(weigh=lambda scores: scores.softmax(dim=-1)),
        ),
        Misconception(
            "looks ahead only",
            "the mask is turned round: tokens see what comes *after* them, "
            "and nothing of what was before.",
            other_causal(weigh=look_ahead),
        ),
        Misconception(
            "not at itself",
            "a token does not see itself. The diagonal is allowed: at place "
            "i, tokens 0 to i are known, and token i + 1 is asked for.",
            other_causal(weigh=look_strictly_back),
        ),
        Misconception(
            "zeros before the softmax",
            "later scores were set to 0 before the softmax, and e⁰ = 1 is a "
            "weight like any other. It is −∞ that becomes 0.",
            other_causal(weigh=zeros_before_softmax),
        ),
        Misconception(
            "zeros after the softmax",
            "later weights were set to 0 *after* the softmax, so the others "
            "no longer add up to 1.",
            other_causal(weigh=zeros_after_softmax),
        ),
        Misconception(
            "not scaled",
            "the scores are not divided by the root of a head's width.",
            other_causal(scale=lambda d_model, width: 1.0),
        ),
        Misconception(
            "root of d_model",
            "you divided by √d_model; it is the root of the *head's* width.",
            other_causal(scale=lambda d_model, width: d_model**-0.5),
        ),
        Misconception(
            "key, query, value",
            "query and key changed places. In `qkv_proj` they stand in the "
            "order of its name: query, key, value.",
            other_causal(parts=other_order(1, 0, 2)),
        ),
        Misconception(
            "value, key, query",
            "query and value changed places. In `qkv_proj` they stand in the "
            "order of its name: query, key, value.",
            other_causal(parts=other_order(2, 1, 0)),
        ),
        Misconception(
            "three for each head",
            "you cut into heads first and each head into three. The first "
            "third of all numbers is the query of *all* heads: cut into "
            "three first.",
            other_causal(parts=head_by_head),
        ),
        Misconception(
            "split by reshape alone",
            "the heads mix up tokens: the last axis becomes two (heads, "
            "width), and then that of the heads moves in front of the tokens.",
            other_causal(split=heads_by_reshape),
        ),
        Misconception(
            "merged by reshape alone",
            "the heads were put together without moving their axis back "
            "behind the tokens first.",
            other_causal(merge=put_together_by_reshape),
        ),
        Misconception(
            "no last projection",
            "`out_proj` is missing: the heads were put side by side and "
            "handed out.",
            other_causal(finish=lambda own, x: x),
        ),
        Misconception(
            "dropping in use",
            "weights are dropped although the module is in use. The function "
            "`scaled_dot_product_attention` does not know of `eval()`: its "
            "`dropout_p` has to be 0 unless `self.training`.",
            other_causal(drop=functional.dropout),
        ),
    ),
    hints=(
        "Which of lesson 13's four projections have become one here? What is "
        "the mask, if nobody passes it?",
        "`chunk(3, dim=-1)` gives query, key and value. Then heads as in "
        "lesson 10. PyTorch's function takes `is_causal=True`, and scales.",
        "q, k, v = qkv_proj(x).chunk(3, -1), each as (batch, heads, n, "
        "width); y = scaled_dot_product_attention(q, k, v, dropout_p = "
        "dropout if training else 0, is_causal=True); merge the heads; "
        "return out_proj of that.",
    ),
    returns=MODULE,
    not_by=("MultiheadAttention",),
)


# --- Block -----------------------------------------------------------------


class TorchBlock(nn.Module):
    """PyTorch's encoder layer with norms first, GELU and a causal mask."""

    def __init__(self, d_model, num_heads, dropout=0.0):
        super().__init__()
        self.num_heads = num_heads
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = nn.Module()
        self.attention.qkv_proj = nn.Linear(d_model, 3 * d_model)
        self.attention.out_proj = nn.Linear(d_model, d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, 4 * d_model)
        self.linear2 = nn.Linear(4 * d_model, d_model)

    def forward(self, x):
        n, d_model = x.shape[1:]
        library = torch.nn.TransformerEncoderLayer(
            *(d_model, self.num_heads, 4 * d_model, 0.0, "gelu"),
            batch_first=True,
            norm_first=True,
            device="meta",
        )
        names = {
            "attention.qkv_proj.": "self_attn.in_proj_",
            "attention.": "self_attn.",
        }
        given = {}
        for name, weight in self.named_parameters():
            for ours, theirs in names.items():
                name = name.replace(ours, theirs)
            given[name] = weight
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        return torch.func.functional_call(library, given, (x, later))


def network(own, x, bend=functional.gelu):
    return own.linear2(bend(own.linear1(x)))


def pre_norm(own, x):
    x = x + own.attention(own.norm1(x))
    return x + network(own, own.norm2(x))


def post_norm(own, x):
    x = own.norm1(x + own.attention(x))
    return own.norm2(x + network(own, x))


def path_from_the_norm(own, x):
    y = own.norm1(x)
    x = y + own.attention(y)
    y = own.norm2(x)
    return y + network(own, y)


def norm_of_the_result(own, x):
    x = x + own.norm1(own.attention(x))
    return x + own.norm2(network(own, x))


def side_by_side(own, x):
    return x + own.attention(own.norm1(x)) + network(own, own.norm2(x))


def no_second_path(own, x):
    x = x + own.attention(own.norm1(x))
    return network(own, own.norm2(x))


def no_first_path(own, x):
    x = own.attention(own.norm1(x))
    return x + network(own, own.norm2(x))


def second_path_from_x(own, x):
    y = x + own.attention(own.norm1(x))
    return x + network(own, own.norm2(y))


def one_norm_twice(own, x):
    x = x + own.attention(own.norm1(x))
    return x + network(own, own.norm1(x))


def network_without_norm(own, x):
    x = x + own.attention(own.norm1(x))
    return x + network(own, x)


def network_first(own, x):
    x = x + network(own, own.norm2(x))
    return x + own.attention(own.norm1(x))


def bent_by(bend):
    def flow(own, x):
        x = x + own.attention(own.norm1(x))
        return x + network(own, own.norm2(x), bend)

    return flow


def bent_at_the_end(own, x):
    x = x + own.attention(own.norm1(x))
    return x + functional.gelu(network(own, own.norm2(x), lambda z: z))


def dropping(own, x):
    x = x + functional.dropout(own.attention(own.norm1(x)), own.p)
    return x + functional.dropout(network(own, own.norm2(x)), own.p)


class Layer(nn.Module):
    """A block that goes forward in another way."""

    def __init__(
        self, d_model, num_heads, dropout=0.0, *, flow=pre_norm, wide=4
    ):
        super().__init__()
        self.flow, self.p = flow, dropout
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = Causal(d_model, num_heads)
        self.norm2 = nn.LayerNorm(d_model)
        self.linear1 = nn.Linear(d_model, wide * d_model)
        self.linear2 = nn.Linear(wide * d_model, d_model)

    def forward(self, x):
        return self.flow(self, x)


def other_layer(flow=pre_norm, **more):
    return partial(Layer, flow=flow, **more)


block = Exercise(
    id="gpt_on_gpu.Block",
    signature="Block(d_model, num_heads, dropout=0.0)",
    asks=(
        "One block of a GPT, **pre-norm**: attention reads a normed copy of "
        "x and *adds* what it found, then the network reads a normed copy of "
        "the sum and adds in its turn. Nothing ever stands in the way of x "
        "itself. Its parts are `norm1` (an `nn.LayerNorm`), `attention` (your "
        "`CausalSelfAttention`), `norm2`, `linear1` (from `d_model` to `4 * "
        "d_model`) and `linear2` (back again), with GELU between, "
        "`torch.nn.functional.gelu`. `forward(x)` takes and returns `(batch, "
        "n, d_model)`. In training, what attention and network add is dropped "
        "with probability `dropout`; in use, nothing."
    ),
    points=2,
    difficulty=2,
    importance=5,
    minutes=10,
    reference=TorchBlock,
    call=calls.module,
    cases=(
        Case("one token", reading(TorchBlock, sized(2, 1), 1, 1)),
        Case("one head, two tokens", reading(TorchBlock, sized(3, 1), 1, 2)),
        Case(
            "two heads; gradients of output 0 alone",
            reading(TorchBlock, sized(4, 2), 1, 3, first=1),
        ),
        Case("two texts", reading(TorchBlock, sized(6, 3), 2, 4)),
        Case(
            "dropout of nearly 1, in use: nothing is dropped",
            reading(TorchBlock, sized(4, 2, dropout=NEARLY_ALL), 1, 3),
        ),
    ),
    misconceptions=(
        Misconception(
            "post-norm",
            "this is post-norm, as in the first Transformer: the norm comes "
            "after the sum. In a GPT it comes first, on what the sub-layer "
            "*reads*, and the path of x stays free.",
            other_layer(post_norm),
        ),
        Misconception(
            "path from after the norm",
            "you add to the *normed* x. The sub-layer reads the normed copy; "
            "what it found is added to x as it was before the norm.",
            other_layer(path_from_the_norm),
        ),
        Misconception(
            "norm of what was found",
            "you norm what a sub-layer returns. Norm what it *reads*.",
            other_layer(norm_of_the_result),
        ),
        Misconception(
            "side by side",
            "attention and network both read the block's input. The network "
            "should read the sum that attention has added to.",
            other_layer(side_by_side),
        ),
        Misconception(
            "no path around the network",
            "the residual path around the network is missing: what it "
            "returns *replaces* x.",
            other_layer(no_second_path),
        ),
        Misconception(
            "no path around attention",
            "the residual path around attention is missing: what it returns "
            "*replaces* x.",
            other_layer(no_first_path),
        ),
        Misconception(
            "second sum from the block's input",
            "the second sum begins at the block's input again, so that what "
            "attention has added is lost on the way.",
            other_layer(second_path_from_x),
        ),
        Misconception(
            "one norm twice",
            "`norm1` does the work of both norms, and `norm2` is never used.",
            other_layer(one_norm_twice),
        ),
        Misconception(
            "network without a norm",
            "the network reads x as it is. `norm2` comes before it.",
            other_layer(network_without_norm),
        ),
        Misconception(
            "network first",
            "the network comes before attention in yours.",
            other_layer(network_first),
        ),
        Misconception(
            "ReLU",
            "you used ReLU, as the first Transformer did. GPT has GELU.",
            other_layer(bent_by(torch.relu)),
        ),
        Misconception(
            "no GELU",
            "there is nothing between `linear1` and `linear2`, and two "
            "linear layers in a row are no more than one.",
            other_layer(bent_by(lambda z: z)),
        ),
        Misconception(
            "GELU at the end",
            "GELU comes after `linear2`; it belongs between the two.",
            other_layer(bent_at_the_end),
        ),
        Misconception(
            "network as wide as the model",
            "the network is `d_model` numbers wide inside. It has `4 * "
            "d_model`.",
            other_layer(wide=1),
        ),
        Misconception(
            "dropping in use",
            "numbers are dropped although the block is in use: `eval()` does "
            "not reach your dropout.",
            other_layer(dropping),
        ),
    ),
    hints=(
        "Read the sentence of the exercise with your finger on x: where is "
        "it copied, where is it added to?",
        "Two lines, each of the form x = x + something of norm(x).",
        "x = x + drop(attention(norm1(x))); return x + "
        "drop(linear2(gelu(linear1(norm2(x))))).",
    ),
    returns=MODULE,
    not_by=("TransformerEncoderLayer", "TransformerDecoderLayer"),
    tolerance=1e-5,
)


# --- GPT -------------------------------------------------------------------


class TorchGPT(nn.Module):
    """PyTorch's encoder with norms first, between one table used twice."""

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
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        self.blocks = nn.ModuleList(
            TorchBlock(d_model, num_heads) for _ in range(num_layers)
        )
        self.last_norm = nn.LayerNorm(d_model)

    def forward(self, ids):
        x = self.tokens.weight[ids] + self.positions.weight[: ids.shape[1]]
        for one in self.blocks:
            x = one(x)
        return torch.einsum(
            "bnd,vd->bnv", self.last_norm(x), self.tokens.weight
        )


def all_of(own, x):
    for one in own.blocks:
        x = one(x)
    return x


def first_again(own, x):
    for _ in own.blocks:
        x = own.blocks[0](x)
    return x


def first_only(own, x):
    return own.blocks[0](x)


def embedded(own, ids):
    places = torch.arange(ids.shape[1])
    return own.tokens(ids) + own.positions(places)


def without_positions(own, ids):
    return own.tokens(ids)


def positions_from_one(own, ids):
    count = own.positions.num_embeddings
    places = (1 + torch.arange(ids.shape[1])).clamp(max=count - 1)
    return own.tokens(ids) + own.positions(places)


def positions_of_ids(own, ids):
    count = own.positions.num_embeddings
    return own.tokens(ids) + own.positions(ids.clamp(max=count - 1))


def one_position_for_all(own, ids):
    return own.tokens(ids) + own.positions(torch.tensor(ids.shape[1] - 1))


def scaled_tokens(own, ids):
    return embedded(own, ids) + own.tokens(ids) * (
        own.tokens.embedding_dim**0.5 - 1
    )


def tied(own, x):
    return own.last_norm(x) @ own.tokens.weight.T


class Whole(nn.Module):
    """A GPT of which every part can be another."""

    def __init__(
        self,
        vocab_size,
        block_size,
        num_layers,
        num_heads,
        d_model,
        dropout=0.0,
        *,
        embed=embedded,
        flow=all_of,
        head=tied,
        keep=nn.ModuleList,
        shared=False,
        own_head=False,
        drop=lambda x, p: x,
    ):
        super().__init__()
        self.embed, self.flow, self.head = embed, flow, head
        self.drop, self.p = drop, dropout
        self.tokens = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(block_size, d_model)
        made = [Layer(d_model, num_heads) for _ in range(num_layers)]
        self.blocks = keep(made[:1] * num_layers if shared else made)
        self.last_norm = nn.LayerNorm(d_model)
        if own_head:
            self.lm_head = nn.Linear(d_model, vocab_size, bias=False)

    def forward(self, ids):
        x = self.drop(self.embed(self, ids), self.p)
        return self.head(self, self.flow(self, x))


def other_gpt(**parts):
    return partial(Whole, **parts)


def writing(settings, batch, n, first=None):
    def inputs(rng):
        ids = rng.integers(settings["vocab_size"], size=(batch, n))
        along = readable(rng, batch, n, settings["vocab_size"])
        if first is not None:
            along[:, first:] = 0
        return {
            "settings": settings,
            "weights": weights_of(TorchGPT, settings, rng),
            "inputs": [torch.from_numpy(ids)],
            "along": along,
        }

    return inputs


def gpt_of(vocab_size, block_size, num_layers, num_heads, d_model, **more):
    return {
        "vocab_size": vocab_size,
        "block_size": block_size,
        "num_layers": num_layers,
        **sized(d_model, num_heads, **more),
    }


gpt = Exercise(
    id="gpt_on_gpu.GPT",
    signature=(
        "GPT(vocab_size, block_size, num_layers, num_heads, d_model, "
        "dropout=0.0)"
    ),
    asks=(
        "All of it. `tokens` is a table with a vector for each token "
        "(`nn.Embedding`), `positions` one with a vector for each of "
        "`block_size` places, `blocks` an `nn.ModuleList` of `num_layers` "
        "blocks, `last_norm` an `nn.LayerNorm`. `forward(ids)` takes `(batch, "
        "n)` token ids, n at most `block_size`, adds each token's vector and "
        "its place's (0, 1, 2, …), sends the sum through all blocks and the "
        "last norm, and returns **logits** `(batch, n, vocab_size)`. The "
        "head is *tied*: a token's logit is the dot product of the result "
        "with that token's vector in `tokens`, without bias, so that nothing "
        "more is to be learned. In training the sum at the start is dropped "
        "with probability `dropout`, too; in use, nothing."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=TorchGPT,
    call=calls.module,
    cases=(
        Case(
            "one token, no block to speak of",
            writing(gpt_of(3, 2, 1, 1, 2), 1, 1),
        ),
        Case("one block, three tokens", writing(gpt_of(5, 4, 1, 1, 4), 1, 3)),
        Case(
            "two blocks; gradients of output 0 alone",
            writing(gpt_of(6, 5, 2, 2, 4), 1, 3, first=1),
        ),
        Case("three blocks, two texts", writing(gpt_of(7, 5, 3, 3, 6), 2, 5)),
        Case(
            "dropout of nearly 1, in use: nothing is dropped",
            writing(gpt_of(5, 4, 2, 1, 4, dropout=NEARLY_ALL), 1, 3),
        ),
    ),
    misconceptions=(
        Misconception(
            "head not tied",
            "there is a matrix more to learn: a head of its own. It should be "
            "tied, which is to use the table of token vectors a second time.",
            other_gpt(
                own_head=True,
                head=lambda own, x: own.lm_head(own.last_norm(x)),
            ),
        ),
        Misconception(
            "no positions",
            "positions are never added. Without them a model cannot tell "
            '"dog bites man" from "man bites dog".',
            other_gpt(embed=without_positions),
        ),
        Misconception(
            "positions from 1",
            "places are counted from 1. They begin at 0.",
            other_gpt(embed=positions_from_one),
        ),
        Misconception(
            "positions of ids",
            "you looked up positions by token ids. They are looked up by "
            "*where* a token stands: 0, 1, 2, …",
            other_gpt(embed=positions_of_ids),
        ),
        Misconception(
            "one position for all",
            "every token of a text got the same position. Each place has its "
            "own: 0, 1, 2, …",
            other_gpt(embed=one_position_for_all),
        ),
        Misconception(
            "token vectors scaled",
            "you multiplied the token vectors by √d_model, as the first "
            "Transformer does. GPT adds them as they are.",
            other_gpt(embed=scaled_tokens),
        ),
        Misconception(
            "no last norm",
            "`last_norm` is missing. In a pre-norm model nothing has normed "
            "the sum that leaves the last block.",
            other_gpt(head=lambda own, x: x @ own.tokens.weight.T),
        ),
        Misconception(
            "first block again and again",
            "x goes through the *first* block again and again.",
            other_gpt(flow=first_again),
        ),
        Misconception(
            "first block only",
            "only the first block is used: does the loop return too early?",
            other_gpt(flow=first_only),
        ),
        Misconception(
            "one block, many times",
            "there is one block in your list, several times over: its places "
            "share their weights.",
            other_gpt(shared=True),
        ),
        Misconception(
            "a plain list",
            "the blocks stand in a plain Python list, into which PyTorch does "
            "not look: it would train none of them.",
            other_gpt(keep=list),
        ),
        Misconception(
            "softmax at the end",
            "these are probabilities. Logits are asked for; the loss does "
            "the softmax itself.",
            other_gpt(head=lambda own, x: tied(own, x).softmax(dim=-1)),
        ),
        Misconception(
            "last place only",
            "there are logits for the last place only. In training every "
            "place is asked what comes next.",
            other_gpt(head=lambda own, x: tied(own, x)[:, -1]),
        ),
        Misconception(
            "dropping in use",
            "numbers are dropped although the model is in use: `eval()` does "
            "not reach your dropout.",
            other_gpt(drop=functional.dropout),
        ),
    ),
    hints=(
        "Which two things about a token have to be known before the first "
        "block? What are the shapes of the two tables?",
        "`torch.arange(n, device=ids.device)` are the places; their vectors, "
        "(n, d_model), are added to every text of the batch. The tied head "
        "is `functional.linear(x, self.tokens.weight)`.",
        "x = drop(tokens(ids) + positions(0 … n − 1)); for each block: x = "
        "block(x); return last_norm(x) times the transposed token table.",
    ),
    returns=MODULE,
    tolerance=1e-5,
    # Not the layer: a right Block that stands in for a wrong one is of it.
    not_by=("TransformerEncoder",),
)


# --- train_step ------------------------------------------------------------


def by_whole_batch(model, optimizer, batches, max_norm):
    """All batches as one: the mean gradient, by hand, in one backward."""
    model.train()
    inputs, targets = (torch.cat(each) for each in zip(*batches, strict=True))
    loss = loss_of(model, inputs, targets)
    weights = list(model.parameters())
    gradients = torch.autograd.grad(loss, weights)
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    factor = min(1.0, max_norm / norm.item())
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = factor * gradient
    optimizer.step(None)
    return loss.item()


def loss_of(model, inputs, targets):
    return functional.cross_entropy(
        model(inputs).flatten(0, 1), targets.flatten()
    )


def loss_of_chances(model, inputs, targets):
    chances = model(inputs).softmax(dim=-1)
    return functional.cross_entropy(chances.flatten(0, 1), targets.flatten())


def nothing(*_):
    return None


def step_by(
    begin=lambda model: model.train(),
    forget=lambda optimizer: optimizer.zero_grad(),
    before_each=nothing,
    loss_by=loss_of,
    share=lambda count: 1 / count,
    after_each=nothing,
    clip=nn.utils.clip_grad_norm_,
    before_step=nothing,
    step=lambda optimizer: optimizer.step(),
    result=lambda losses, model, batches: sum(losses) / len(losses),
):
    """A wrong answer that goes wrong in one of these places."""

    def answer(model, optimizer, batches, max_norm):
        begin(model)
        forget(optimizer)
        losses = []
        for inputs, targets in batches:
            before_each(optimizer)
            loss = loss_by(model, inputs, targets)
            (loss * share(len(batches))).backward()
            losses.append(loss.item())
            after_each(optimizer, model, max_norm)
        clip(model.parameters(), max_norm)
        before_step(optimizer)
        step(optimizer)
        return result(losses, model, batches)

    return answer


def loss_after(losses, model, batches):
    with torch.no_grad():
        again = [loss_of(model, *pair).item() for pair in batches]
    return sum(again) / len(again)


def each_by_itself(weights, max_norm):
    for weight in weights:
        nn.utils.clip_grad_norm_([weight], max_norm)


def always_scaled(weights, max_norm):
    gradients = [weight.grad for weight in weights]
    norm = torch.cat([g.flatten() for g in gradients]).norm()
    for gradient in gradients:
        gradient *= max_norm / norm


def clip_now(optimizer, model, max_norm):
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)


def pairs(count, batch, n, max_norm, steps):
    def inputs(rng):
        drawn = rng.integers(5, size=(count, 2, batch, n))
        return {
            "batches": [
                (torch.from_numpy(one), torch.from_numpy(other))
                for one, other in drawn
            ],
            "max_norm": max_norm,
            "steps": steps,
            "seed": int(rng.integers(2**31)),
        }

    return inputs


train_step = Exercise(
    id="gpt_on_gpu.train_step",
    signature="train_step(model, optimizer, batches, max_norm)",
    asks=(
        "One update of the weights. `batches` is a list of pairs `(inputs, "
        "targets)`, both `(batch, n)`, all of one shape; `model(inputs)` "
        "gives logits `(batch, n, vocab)`. Put the model into training mode, "
        "forget old gradients, and let the gradients of all batches "
        "*accumulate*, so that what arrives is the gradient of the mean loss "
        "over all of them (cross-entropy, the mean over all places). Then "
        "clip: if the gradients of all weights, taken as one long vector, are "
        "longer than `max_norm`, scale them to that length. Then let "
        "`optimizer` take **one** step. Return the mean loss as it was "
        "before the step, a number or a tensor with one. "
        "`torch.nn.functional.cross_entropy` and "
        "`torch.nn.utils.clip_grad_norm_` are allowed."
    ),
    points=3,
    difficulty=3,
    importance=5,
    minutes=15,
    reference=by_whole_batch,
    call=calls.trained,
    cases=(
        Case("one batch, one step", pairs(1, 1, 2, 100.0, 1)),
        Case("one batch, three steps", pairs(1, 2, 3, 100.0, 3)),
        Case("three batches to a step", pairs(3, 2, 3, 100.0, 2)),
        Case("a norm that clips", pairs(1, 2, 3, 0.05, 2)),
        Case("two batches, and a norm that clips", pairs(2, 2, 3, 0.05, 3)),
    ),
    misconceptions=(
        Misconception(
            "gradients not zeroed",
            "gradients from before are still there: PyTorch adds to what it "
            "finds. Forget them first, `optimizer.zero_grad()`.",
            step_by(forget=nothing),
        ),
        Misconception(
            "gradients zeroed between batches",
            "gradients were forgotten between batches, so that only the last "
            "batch counts. Accumulating means not to.",
            step_by(before_each=lambda optimizer: optimizer.zero_grad()),
        ),
        Misconception(
            "a step for each batch",
            "the optimizer took a step after every batch. Gradients of all "
            "batches gather first; then comes one step.",
            step_by(
                after_each=lambda optimizer, *_: optimizer.step(),
                clip=nothing,
                step=nothing,
            ),
        ),
        Misconception(
            "sum in place of the mean",
            "the gradients of several batches were added up, not averaged: "
            "the step is as many times too long. Divide each loss by the "
            "number of batches before `backward()`.",
            step_by(share=lambda count: 1.0),
        ),
        Misconception(
            "losses and gradients summed up",
            "neither the losses nor the gradients are averaged over the "
            "batches: both are sums. Divide each loss by the number of "
            "batches before `backward()`.",
            step_by(
                share=lambda count: 1.0,
                result=lambda losses, *_: sum(losses),
            ),
        ),
        Misconception(
            "softmax before the cross-entropy",
            "the loss was taken of the logits' softmax. PyTorch's "
            "`cross_entropy` wants the logits, and does the softmax itself.",
            step_by(loss_by=loss_of_chances),
        ),
        Misconception(
            "never clipped",
            "the gradients are not clipped, or only after the step has used "
            "them.",
            step_by(clip=nothing),
        ),
        Misconception(
            "every number clipped by itself",
            "you clipped each number by itself, which turns the gradient to "
            "another direction. Clip the length of the whole: "
            "`clip_grad_norm_`, not `clip_grad_value_`.",
            step_by(clip=nn.utils.clip_grad_value_),
        ),
        Misconception(
            "every weight clipped by itself",
            "you clipped the gradient of each weight tensor by itself. The "
            "norm is that of all gradients together.",
            step_by(clip=each_by_itself),
        ),
        Misconception(
            "always scaled to the norm",
            "the gradients were scaled to `max_norm` although they were "
            "shorter. Clipping only ever shortens.",
            step_by(clip=always_scaled),
        ),
        Misconception(
            "clipped after every batch",
            "you clipped after every batch, so that what gathers first is "
            "clipped again and again. Clip once, when all are in.",
            step_by(clip=nothing, after_each=clip_now),
        ),
        Misconception(
            "no step",
            "the weights have not changed: `optimizer.step()` is missing, or "
            "the gradients were forgotten between `backward()` and the step.",
            step_by(step=nothing),
        ),
        Misconception(
            "in evaluation mode",
            "the model worked in evaluation mode, in which somebody had left "
            "it: its dropout sleeps. `model.train()` comes first.",
            step_by(begin=nothing),
        ),
        Misconception(
            "loss of the last batch",
            "you returned the loss of the last batch alone. The mean over "
            "all batches is asked for.",
            step_by(result=lambda losses, *_: losses[-1]),
        ),
        Misconception(
            "sum of the losses",
            "you returned the sum of the losses; the mean is asked for.",
            step_by(result=lambda losses, *_: sum(losses)),
        ),
        Misconception(
            "loss after the step",
            "you returned the loss after the step, for which the model had "
            "to work again. The loss that the gradients came from is asked "
            "for.",
            step_by(result=loss_after),
        ),
    ),
    hints=(
        "What is in `weight.grad` when `backward()` is called a second time? "
        "What should be in it when the optimizer looks?",
        "The gradient of a mean of three losses is the mean of their "
        "gradients: divide each loss by three and let them add up. "
        "`cross_entropy` takes logits `(places, vocab)` and targets "
        "`(places,)`: `.flatten(0, 1)` makes one axis of the first two.",
        "model.train(); zero_grad; for each pair: loss = cross-entropy / "
        "number of batches, backward, total += loss; clip_grad_norm_; step; "
        "return total.",
    ),
    returns=("losses", "weights_after", "share_of_uses_in_training_mode"),
)


# --- save_checkpoint and load_checkpoint -----------------------------------


def state_of(model, optimizer, step):
    return {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
        "rng": torch.get_rng_state(),
    }


def moved_into_place(path, state):
    beside = path.with_suffix(".partial")
    torch.save(state, beside)
    beside.replace(path)


def save_all(path, model, optimizer, step):
    moved_into_place(path, state_of(model, optimizer, step))


def save_by(**other):
    """Saved as it should be, but for these entries; None for none."""

    def answer(path, model, optimizer, step):
        state = state_of(model, optimizer, step)
        state |= {name: make(state[name]) for name, make in other.items()}
        state = {n: value for n, value in state.items() if value is not None}
        moved_into_place(path, state)

    return answer


def no_entry(value):
    return None


def written_over(path, model, optimizer, step):
    torch.save(state_of(model, optimizer, step), path)


def left_behind(path, model, optimizer, step):
    beside = path.with_suffix(".partial")
    torch.save(state_of(model, optimizer, step), beside)
    path.unlink()
    path.write_bytes(beside.read_bytes())


def whole_objects(path, model, optimizer, step):
    moved_into_place(path, (model, optimizer, step))


def draws_first(path, model, optimizer, step):
    torch.rand(1)
    save_all(path, model, optimizer, step)


def in_training(rng):
    return {
        "step": int(rng.integers(3, 1000)),
        "seed": int(rng.integers(2**31)),
    }


FORMAT = (
    'a dict with four entries: `"model"`, the model\'s `state_dict()`; '
    '`"optimizer"`, the optimizer\'s; `"step"`, a whole number; and '
    '`"rng"`, the state of PyTorch\'s random numbers, '
    "`torch.get_rng_state()`"
)

save_checkpoint = Exercise(
    id="gpt_on_gpu.save_checkpoint",
    signature="save_checkpoint(path, model, optimizer, step)",
    asks=(
        "Keep a training run, so that it can go on as if it had never "
        f"stopped. Write with `torch.save` to `path` (a `pathlib.Path`) "
        f"{FORMAT}. **A crash while you write must not cost the older "
        "checkpoint**, which may stand at `path` already: write the file "
        "under another name in the same folder first, and then move it to "
        "its place with `os.replace`, which is done all at once or not at "
        "all. No other file may be left. Return nothing."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=save_all,
    call=calls.saved,
    cases=(
        Case("a model with AdamW and dropout, after two steps", in_training),
    ),
    misconceptions=(
        Misconception(
            "optimizer forgotten",
            "the optimizer is missing. Adam remembers a mean of gradients "
            "and one of their squares for every weight; without them it "
            "begins again as if nothing were known.",
            save_by(optimizer=no_entry),
        ),
        Misconception(
            "random numbers forgotten",
            "the state of the random numbers is missing: dropout would draw "
            "others, and nothing after that would be the same.",
            save_by(rng=no_entry),
        ),
        Misconception(
            "step forgotten",
            "the step is missing. The learning rate follows from it, and "
            "what of the data comes next.",
            save_by(step=no_entry),
        ),
        Misconception(
            "seed in place of the state",
            "what you keep under `rng` is not the state of the random "
            "numbers. A seed says where they began, not where they are now.",
            save_by(rng=lambda state: torch.initial_seed()),
        ),
        Misconception(
            "reseeded state",
            "the random numbers that come next are others than they would "
            "have been: were some drawn, or a seed set, before their state "
            "was kept?",
            draws_first,
        ),
        Misconception(
            "next step",
            "the step is one too many: the number of steps that are done is "
            "what was given.",
            save_by(step=lambda step: step + 1),
        ),
        Misconception(
            "whole objects",
            "you saved objects, not their numbers. Reading such a file runs "
            "code that the file names, so nobody should read one that comes "
            "from elsewhere, and `weights_only=True` refuses it.",
            whole_objects,
        ),
        Misconception(
            "written over",
            "you wrote straight into `path`, over the older checkpoint. "
            "If the machine stops in the middle, there is neither.",
            written_over,
        ),
        Misconception(
            "left behind",
            "another file was left in the folder. Moving leaves nothing "
            "behind; copying does.",
            left_behind,
        ),
        Misconception(
            "parameter groups only",
            "under `optimizer` are its settings, without what it remembers. "
            "Its `state_dict()` has both.",
            save_by(optimizer=lambda kept: {"groups": kept["param_groups"]}),
        ),
    ),
    hints=(
        "Which four things does the next step of training depend on? Which "
        "of them does `model.state_dict()` know?",
        "`path.with_suffix('.partial')` is a name in the same folder, and "
        "only within one folder (one disk) is moving all or nothing.",
        "state = dict of the four; torch.save(state, beside); "
        "os.replace(beside, path).",
    ),
    returns=(
        "weights",
        "what_the_optimizer_remembers",
        "step",
        "random_numbers_that_come_next",
        "older_file_not_written_into",
        "files_left_over",
    ),
)


def load_by(
    weights=lambda model, kept: model.load_state_dict(kept),
    memory=lambda optimizer, kept: optimizer.load_state_dict(kept),
    random=torch.set_rng_state,
    after=nothing,
    result=lambda kept: kept["step"],
):
    """Loaded as it should be, but for these."""

    def answer(path, model, optimizer):
        kept = torch.load(path, weights_only=True)
        weights(model, kept["model"])
        memory(optimizer, kept["optimizer"])
        random(kept["rng"])
        after(kept)
        return result(kept)

    return answer


def by_copying(path, model, optimizer):
    """Number by number, into the optimizer's own state too."""
    kept = torch.load(path, weights_only=True)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(kept["model"][name])
    for place, weight in enumerate(model.parameters()):
        for name, value in kept["optimizer"]["state"][place].items():
            optimizer.state[weight][name].copy_(value)
    torch.set_rng_state(kept["rng"])
    return kept["step"]


def first_moment_only(optimizer, kept):
    mine = optimizer.state_dict()
    for place, state in mine["state"].items():
        state["exp_avg"] = kept["state"][place]["exp_avg"]
    optimizer.load_state_dict(mine)


def half_of(model, kept):
    first = next(iter(kept))
    model.load_state_dict({first: kept[first]}, strict=False)


load_checkpoint = Exercise(
    id="gpt_on_gpu.load_checkpoint",
    signature="load_checkpoint(path, model, optimizer)",
    asks=(
        f"The way back. `path` is a file with {FORMAT}. Put all of it where "
        "it came from, into `model` and `optimizer` and PyTorch's random "
        "numbers (`torch.set_rng_state`), and return the step. Read with "
        "`torch.load(path, weights_only=True)`, which never runs code from "
        "the file. The check goes on training from there, with dropout: "
        "every number must be the same as if nothing had happened."
    ),
    points=2,
    difficulty=2,
    importance=4,
    minutes=10,
    reference=by_copying,
    call=calls.restored,
    cases=(Case("into another model, trained otherwise", in_training),),
    misconceptions=(
        Misconception(
            "optimizer not restored",
            "the optimizer still remembers its own gradients, so the next "
            "steps go elsewhere. Load its state as well.",
            load_by(memory=nothing),
        ),
        Misconception(
            "weights not restored",
            "the model's weights are what they were before.",
            load_by(weights=nothing),
        ),
        Misconception(
            "some weights only",
            "only some of the weights have arrived. With `strict=False`, "
            "what is missing is passed over in silence.",
            load_by(weights=half_of),
        ),
        Misconception(
            "first moment only",
            "the optimizer has got back its mean of gradients, but not that "
            "of their squares.",
            load_by(memory=first_moment_only),
        ),
        Misconception(
            "random numbers not restored",
            "the random numbers are not those that would have come: dropout "
            "drops others from here on.",
            load_by(random=nothing),
        ),
        Misconception(
            "seeded with 0",
            "you set a seed. The state from the file is what goes on where "
            "the run stopped.",
            load_by(random=lambda state: torch.manual_seed(0)),
        ),
        Misconception(
            "a number drawn afterwards",
            "a random number was drawn after the state had been restored, so "
            "that all others come one too early.",
            load_by(after=lambda kept: torch.rand(1)),
        ),
        Misconception(
            "everything returned",
            "you returned all that the file holds. The step is asked for; "
            "the rest should be in its place by then.",
            load_by(result=lambda kept: kept),
        ),
        Misconception(
            "nothing returned",
            "nothing came back: the step is asked for, or the learning rate "
            "would begin anew.",
            load_by(result=nothing),
        ),
        Misconception(
            "the step after",
            "the step is one too many: the file holds how many are done.",
            load_by(result=lambda kept: kept["step"] + 1),
        ),
    ),
    hints=(
        "Which four things went into the file? Where does each belong?",
        "`load_state_dict` of the model, and that of the optimizer, copy "
        "numbers into what is there. A new model, or a new optimizer, would "
        "be of no use to whoever called you.",
        "kept = torch.load(path, weights_only=True); two times "
        "load_state_dict; torch.set_rng_state(kept['rng']); return "
        "kept['step'].",
    ),
    returns=(
        "step",
        "weights",
        "random_numbers_that_come_next",
        "weights_after_two_more_steps",
    ),
)


# --- generate --------------------------------------------------------------


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


def unsure(temperature):
    return lambda rng: {
        "logits": torch.tensor([0.0, 1.0, 2.5, -1.0], dtype=torch.float64),
        "ids": torch.zeros(ROWS, 2, dtype=torch.int64),
        "length": 1,
        "temperature": temperature,
        "training": True,
        "seed": int(rng.integers(2**31)),
    }


def writing_bounds(logits, ids, length, temperature, training, seed):
    """Exact where the model is certain; else five standard errors."""
    exact = 1e-6
    new = ids.shape[1] + length
    if logits is None:
        return (
            np.full(new, exact),
            np.full((length, 7), exact),
            *(np.array(exact),) * 2,
        )
    chances = (logits / temperature).softmax(dim=-1).numpy()
    # Both shares that are compared are random: the root of two.
    shares = 5 * np.sqrt(2 * chances * (1 - chances) / len(ids))
    which = np.where(np.arange(new) < ids.shape[1], exact, len(chances))
    return which, exact + shares[None], *(np.array(exact),) * 2


generate = Exercise(
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
    call=calls.continued,
    cases=(
        *(Case(name, sure(*sizes)) for name, *sizes in SURE),
        Case("four tokens, temperature 1", unsure(1.0)),
        Case("four tokens, temperature 3", unsure(3.0)),
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
        "first_text",
        "share_of_each_token",
        "in_training_mode_after",
        "same_seed_same_text",
    ),
    bounds=writing_bounds,
)

EXERCISES = (
    get_batch,
    causal_self_attention,
    block,
    gpt,
    train_step,
    save_checkpoint,
    load_checkpoint,
    generate,
)
