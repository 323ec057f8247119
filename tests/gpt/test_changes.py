"""What later models do differently: each change against its formula."""

import dataclasses
import math

import pytest
import torch
from torch import nn
from torch.nn import functional

from byhand.gpt.model import CAP, CHANGES, GPT, GPTConfig, Rotary

CONFIG = GPTConfig(
    vocab_size=11, block_size=7, num_layers=2, num_heads=2, d_model=8
)


def built(*changes, seed=0):
    """With weights of no particular size, so that every part counts."""
    torch.manual_seed(seed)
    model = GPT(dataclasses.replace(CONFIG, changes=changes)).double().eval()
    for weight in model.parameters():
        nn.init.normal_(weight, std=0.7)
    return model


def some_ids(*shape):
    generator = torch.Generator().manual_seed(3)
    return torch.randint(CONFIG.vocab_size, shape, generator=generator)


def stream(*shape):
    generator = torch.Generator().manual_seed(4)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def test_rotary_turns_a_complex_number():
    rotary, x = Rotary(7, 6).double(), stream(2, 5, 6)
    pairs = torch.complex(x[..., :3], x[..., 3:])
    places = torch.arange(5.0, dtype=torch.float64)
    speeds = torch.tensor(
        [1, 10_000 ** (-1 / 3), 10_000 ** (-2 / 3)], dtype=torch.float64
    )
    turned = pairs * torch.exp(1j * torch.outer(places, speeds))
    wanted = torch.cat([turned.real, turned.imag], dim=-1)
    # The table of angles is in float32, as the model is when it is made.
    torch.testing.assert_close(rotary(x), wanted, rtol=1e-6, atol=1e-6)


def test_rotary_looks_at_distances_alone():
    rotary, q, k = Rotary(7, 6).double(), stream(6), stream(2, 6)[1]
    turned = rotary(q.expand(7, 6)) @ rotary(k.expand(7, 6)).T
    for distance in range(-6, 7):
        same = turned.diagonal(distance)
        torch.testing.assert_close(
            same, same[:1].expand_as(same), rtol=1e-5, atol=1e-5
        )
    assert built("rotary").positions is None


@pytest.mark.parametrize("changes", [(), ("rotary",), ("qk-norm",)])
def test_attention_by_its_formula(changes):
    attention = built(*changes).layers[0].attention
    x = stream(3, 5, 8)
    q, k, v = (
        part.unflatten(-1, (2, 4)).transpose(1, 2)
        for part in (x @ attention.qkv_proj.weight.T).chunk(3, dim=-1)
    )
    if "rotary" in changes:
        q, k = (Rotary(7, 4).double()(one) for one in (q, k))
    if "qk-norm" in changes:
        q, k = (
            one / one.square().mean(-1, keepdim=True).sqrt() for one in (q, k)
        )
    scores = q @ k.mT / math.sqrt(4)
    scores += torch.full((5, 5), -math.inf, dtype=torch.float64).triu(1)
    heads = scores.softmax(-1) @ v
    wanted = heads.transpose(1, 2).flatten(2) @ attention.out_proj.weight.T
    torch.testing.assert_close(attention(x), wanted, rtol=1e-6, atol=1e-6)


def test_relu2_is_a_square():
    network = built("relu2").layers[0].network
    x = stream(3, 8)
    inner = (x @ network[0].weight.T).clamp(min=0) ** 2
    torch.testing.assert_close(network(x), inner @ network[2].weight.T)


def test_rmsnorm_subtracts_no_mean():
    norm = built("rmsnorm").last_norm
    x = stream(3, 8) + 5
    wanted = x / x.square().mean(-1, keepdim=True).sqrt()
    torch.testing.assert_close(norm(x), wanted, rtol=1e-6, atol=1e-6)


def test_zero_init_begins_with_the_tokens_alone():
    torch.manual_seed(0)
    config = dataclasses.replace(CONFIG, changes=("zero-init",))
    model = GPT(config).eval()
    ids = some_ids(2, 5)
    begins = model.tokens(ids) + model.positions.weight[:5]
    wanted = model.last_norm(begins)[:, -1] @ model.tokens.weight.T
    torch.testing.assert_close(model(ids), wanted)


def test_untied_reads_a_matrix_of_its_own():
    model, ids = built("untied"), some_ids(2, 5)
    before = model(ids)
    nn.init.zeros_(model.head.weight)
    assert before.abs().min() > 0 and not model(ids).any()
    tied = built()
    assert tied.head is None
    more = model.num_parameters() - tied.num_parameters()
    assert more == CONFIG.vocab_size * CONFIG.d_model


def test_pairs_look_a_token_and_the_one_before_up():
    model, ids = built("pairs"), some_ids(2, 5)
    plain = built()
    plain.load_state_dict(model.state_dict(), strict=False)
    before = torch.zeros_like(ids)
    before[:, 1:] = ids[:, :-1]
    assert len(model.pairs.weight) == CONFIG.vocab_size**2
    # What the table adds is all that it does.
    added = model.pairs.weight[CONFIG.vocab_size * before + ids]
    plain.tokens.register_forward_hook(
        lambda module, inputs, output: output + added
    )
    torch.testing.assert_close(model(ids), plain(ids))


def test_a_table_of_pairs_is_for_few_tokens():
    with pytest.raises(ValueError, match="up to 1024 tokens; got 50257"):
        dataclasses.replace(CONFIG, vocab_size=50257, changes=("pairs",))


def test_soft_cap_is_a_tanh():
    model, ids = built(), some_ids(2, 5)
    capped = built("soft-cap")
    capped.load_state_dict(model.state_dict())
    for each in (model, capped):
        with torch.no_grad():
            each.last_norm.weight *= 9
    logits = model(ids)
    assert logits.abs().max() > CAP > capped(ids).abs().max()
    torch.testing.assert_close(
        capped(ids).double(),
        CAP * torch.tanh(logits / CAP),
        rtol=1e-5,
        atol=1e-5,
    )


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_changes_something(name):
    plain, changed, ids = built(), built(name), some_ids(2, 5)
    if name == "zero-init":
        torch.manual_seed(0)
        plain = GPT(CONFIG).double().eval()
        torch.manual_seed(0)
        changed = GPT(changed.config).double().eval()
    else:
        changed.load_state_dict(plain.state_dict(), strict=False)
    assert not torch.allclose(
        plain(ids).double(), changed(ids).double(), rtol=1e-3
    )


@pytest.mark.parametrize("changes", [(name,) for name in CHANGES] + [CHANGES])
def test_nothing_looks_ahead(changes):
    model, ids = built(*changes), some_ids(1, 6)
    embedded = []
    model.tokens.register_forward_hook(
        lambda module, inputs, output: embedded.append(
            output.retain_grad() or output
        )
    )
    targets = torch.full_like(ids, -100)
    targets[0, 2] = 1
    model(ids, targets).backward()
    reached = embedded[0].grad[0].abs().sum(-1) > 0
    assert reached.tolist() == [True] * 3 + [False] * 3


def test_compiled_with_all_of_them_it_is_the_same():
    model, ids = built(*CHANGES), some_ids(2, 7)
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(compiled(ids), model(ids))
    torch._dynamo.reset()


def test_flops_leave_out_what_is_only_looked_up():
    plain, *others = (
        built(*changes).flops_per_token()
        for changes in ((), ("rotary",), ("untied",), ("pairs",))
    )
    assert others == [plain] * 3


def test_a_change_that_there_is_not():
    with pytest.raises(ValueError, match="no change 'swish'; there is rotary"):
        dataclasses.replace(CONFIG, changes=("swish",))


def test_an_odd_head_cannot_be_turned():
    with pytest.raises(ValueError, match="a width of 6 and 2 heads make it 3"):
        dataclasses.replace(CONFIG, d_model=6, changes=("rotary",))


def test_each_change_names_its_source():
    for sentence in CHANGES.values():
        assert any(f"{year}" in sentence for year in range(2017, 2026))


def test_a_norm_is_the_librarys():
    x = stream(3, 8)
    torch.testing.assert_close(
        CONFIG.norm().double()(x), functional.layer_norm(x, (8,))
    )
