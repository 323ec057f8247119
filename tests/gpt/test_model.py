import dataclasses
import math

import pytest
import torch
from torch.nn import functional

from byhand.gpt.model import GPT, GPTConfig, generate

CONFIG = GPTConfig(
    vocab_size=11, block_size=7, num_layers=2, num_heads=2, d_model=6
)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return GPT(CONFIG).double().eval()


def some_ids(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(CONFIG.vocab_size, shape, generator=generator)


def by_library(model, ids):
    """The same model of torch.nn's own layers, weights copied in."""
    config = model.config
    x = functional.embedding(ids, model.tokens.weight)
    x = x + model.positions.weight[: ids.shape[1]]
    mask = torch.nn.Transformer.generate_square_subsequent_mask(
        ids.shape[1], dtype=torch.float64
    )
    for layer in model.layers:
        theirs = torch.nn.TransformerEncoderLayer(
            *(config.d_model, config.num_heads, 4 * config.d_model, 0.0),
            activation="gelu",
            batch_first=True,
            norm_first=True,
            dtype=torch.float64,
        )
        for parameter in theirs.parameters():
            torch.nn.init.zeros_(parameter)
        theirs.load_state_dict(
            {
                "self_attn.in_proj_weight": layer.attention.qkv_proj.weight,
                "self_attn.out_proj.weight": layer.attention.out_proj.weight,
                "norm1.weight": layer.attention_norm.weight,
                "norm2.weight": layer.network_norm.weight,
                "linear1.weight": layer.network[0].weight,
                "linear2.weight": layer.network[2].weight,
            },
            strict=False,
        )
        x = theirs(x, src_mask=mask, is_causal=True)
    x = functional.layer_norm(x, x.shape[-1:], model.last_norm.weight)
    return x @ model.tokens.weight.T


def test_it_is_the_librarys_model(model):
    ids = some_ids(3, 7)
    logits = by_library(model, ids)
    torch.testing.assert_close(model(ids), logits[:, -1])
    targets = some_ids(3, 7, seed=1)
    wanted = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    torch.testing.assert_close(
        model(ids, targets).double(),
        wanted.float().double(),
        rtol=1e-6,
        atol=0,
    )


def test_plain_attention_is_the_same(model):
    plain = GPT(dataclasses.replace(CONFIG, attention="plain")).double()
    plain.load_state_dict(model.state_dict())
    ids = some_ids(3, 5)
    torch.testing.assert_close(plain.eval()(ids), model(ids))


def test_nothing_flows_from_later_to_earlier(model):
    ids = some_ids(1, 6)
    x = model.tokens.weight[ids].detach().requires_grad_()
    stream = x + model.positions.weight[:6]
    for layer in model.layers:
        stream = layer(stream)
    for place in range(6):
        (back,) = torch.autograd.grad(
            stream[0, place].sum(), x, retain_graph=True
        )
        reached = back[0].abs().sum(-1) > 0
        assert reached.tolist() == [k <= place for k in range(6)]


def test_ignored_targets_count_for_nothing(model):
    ids, targets = some_ids(2, 5), some_ids(2, 5, seed=1)
    targets[:, 3:] = -100
    torch.testing.assert_close(
        model(ids, targets), model(ids[:, :3], targets[:, :3])
    )


def test_a_fresh_model_is_undecided():
    torch.manual_seed(0)
    config = GPTConfig(65, 64, 4, 4, 128)
    ids = torch.randint(65, (8, 64))
    loss = GPT(config)(ids, ids.roll(1)).item()
    assert loss == pytest.approx(math.log(65), abs=0.5)


def test_how_many_weights_and_operations():
    layers = 2 * (4 * 6 * 6 + 2 * 4 * 6 * 6 + 2 * 6)
    tokens, positions, norm = 11 * 6, 7 * 6, 6
    model = GPT(CONFIG)
    count = layers + tokens + positions + norm
    assert model.num_parameters() == count
    assert model.flops_per_token() == 6 * (count - 7 * 6) + 12 * 2 * 6 * 7


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"num_heads": 4}, "multiple of the number of heads, 4"),
        ({"d_model": 0}, "d_model should be at least 1; got 0"),
        ({"dropout": 1.0}, "at least 0 and below 1; got 1.0"),
    ],
)
def test_a_shape_that_cannot_be(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        dataclasses.replace(CONFIG, **change)


def test_more_tokens_than_positions(model):
    with pytest.raises(ValueError, match="7 tokens at most; got 8"):
        model(some_ids(1, 8))


def test_generated_text_goes_on_and_is_longer_than_a_block(model):
    ids = some_ids(2, 3)
    written = generate(model, ids, 20, top_k=1)
    assert written.shape == (2, 23)
    assert torch.equal(written[:, :3], ids)
    for at in range(3, 23):
        likeliest = model(written[:, max(0, at - 7) : at]).argmax(-1)
        assert torch.equal(written[:, at], likeliest)


def test_the_same_generator_gives_the_same_text(model):
    def written(seed):
        generator = torch.Generator().manual_seed(seed)
        return generate(model, some_ids(1, 3), 30, generator=generator)

    assert torch.equal(written(0), written(0))
    assert not torch.equal(written(0), written(1))


def test_a_low_temperature_takes_the_likeliest(model):
    cold = generate(model, some_ids(1, 3), 10, temperature=1e-6)
    assert torch.equal(cold, generate(model, some_ids(1, 3), 10, top_k=1))


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"temperature": 0.0}, "temperature should be above 0; got 0.0"),
        ({"top_k": 0}, "top_k should be at least 1; got 0"),
    ],
)
def test_choices_that_cannot_be(model, choices, sentence):
    with pytest.raises(ValueError, match=sentence):
        generate(model, some_ids(1, 3), 1, **choices)


def test_a_model_in_training_stays_in_training(model):
    model.train()
    generate(model, some_ids(1, 3), 1)
    assert model.training
