import dataclasses
import math

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from byhand.gpt import checkpoint, data
from byhand.gpt import train as train_module
from byhand.gpt.model import GPT, GPTConfig
from byhand.gpt.train import (
    PROFILES,
    Run,
    Setup,
    best_setup,
    device_named,
    kept_recipe,
    learning_rate,
    loaded,
    train,
)

CPU = torch.device("cpu")


def new_run(text, recipe, **setup):
    return Run(text, recipe, Setup(CPU, **setup))


def finished(run, folder=None):
    """All reports of a run trained to its end."""
    return list(train(run, folder, every=5))


def weights(run):
    return {n: w.clone() for n, w in run.model.state_dict().items()}


def same_state(one, other):
    a, b = one.state(), other.state()
    return (
        a.step == b.step
        and a.facts == b.facts
        and a.tensors.keys() == b.tensors.keys()
        and all(torch.equal(a.tensors[n], b.tensors[n]) for n in a.tensors)
    )


# --- the rate --------------------------------------------------------------


def test_the_rate_is_that_of_pytorchs_schedules(recipe):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=recipe.peak)
    schedules = torch.optim.lr_scheduler
    up = schedules.LambdaLR(optimizer, lambda k: (k + 1) / recipe.warmup)
    for step in range(recipe.warmup):
        assert learning_rate(recipe, step) == pytest.approx(
            optimizer.param_groups[0]["lr"]
        )
        optimizer.step()
        up.step()
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=recipe.peak)
    down = schedules.CosineAnnealingLR(
        optimizer, recipe.steps - 1 - recipe.warmup, recipe.floor
    )
    for step in range(recipe.warmup, recipe.steps):
        assert learning_rate(recipe, step) == pytest.approx(
            optimizer.param_groups[0]["lr"]
        )
        optimizer.step()
        down.step()
    assert learning_rate(recipe, recipe.steps - 1) == recipe.floor


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_a_run_shorter_than_its_warm_up(recipe, steps):
    short = dataclasses.replace(recipe, steps=steps, warmup=5)
    rates = [learning_rate(short, step) for step in range(steps)]
    assert rates == pytest.approx(
        [short.peak * (k + 1) / 5 for k in range(steps)]
    )


# --- a step ----------------------------------------------------------------


def test_a_step_is_that_of_pytorchs_adamw(text, recipe):
    """Clipping, decay and accumulation, redone with PyTorch's plain AdamW."""
    recipe = dataclasses.replace(recipe, dropout=0.0)
    run, other = (new_run(text, recipe) for _ in "ab")
    model = other.model
    slow = torch.optim.AdamW(
        [
            {"params": [p for p in model.parameters() if p.dim() > 1]},
            {
                "params": [p for p in model.parameters() if p.dim() == 1],
                "weight_decay": 0,
            },
        ],
        betas=(0.9, recipe.beta2),
        weight_decay=recipe.weight_decay,
        foreach=False,
        fused=False,
    )
    for step in range(6):
        inputs, targets = data.batch(text.training, 8, 12, 0, step)
        loss = run.train_step(
            list(zip(inputs.split(4), targets.split(4), strict=True))
        )
        # One batch of eight: the mean of two means of four.
        slow.zero_grad()
        whole = model(inputs, targets)
        whole.backward()
        norm = math.sqrt(
            sum(p.grad.square().sum().item() for p in model.parameters())
        )
        for p in model.parameters():
            p.grad *= min(1, recipe.max_norm / norm)
        for group in slow.param_groups:
            group["lr"] = learning_rate(recipe, step)
        slow.step()
        assert loss.item() == pytest.approx(whole.item(), rel=1e-5)
    for mine, theirs in zip(
        run.model.parameters(), model.parameters(), strict=True
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


def test_muon_has_the_matrices_within_the_layers(text, recipe):
    recipe = dataclasses.replace(
        recipe, dropout=0.0, muon=0.02, changes=("untied",)
    )
    run = new_run(text, recipe)
    adamw, muon = run.optimizers
    names = {id(p): name for name, p in run.model.named_parameters()}
    held = {
        names[id(p)] for group in muon.param_groups for p in group["params"]
    }
    assert held == {
        f"layers.{k}.{part}.weight"
        for k in range(recipe.num_layers)
        for part in (
            *("attention.qkv_proj", "attention.out_proj"),
            *("network.0", "network.2"),
        )
    }
    others = [p for group in adamw.param_groups for p in group["params"]]
    assert len(others) + len(held) == len(names)
    before = {n: p.clone() for n, p in run.model.named_parameters()}
    inputs, targets = data.batch(text.training, 4, 12, 0, 0)
    run.train_step([(inputs, targets)])
    rate = learning_rate(recipe, 0) / recipe.peak * recipe.muon
    for name, p in run.model.named_parameters():
        moved = p.detach() - before[name] * (1 - rate * recipe.weight_decay)
        if name not in held:
            assert moved.abs().max() > 0
            continue
        # All directions alike: the singular values of a step are one number
        # times about 1; less where a direction had next to no gradient.
        parts = moved.chunk(3) if "qkv" in name else [moved]
        for part in parts:
            tall = math.sqrt(max(1, part.shape[0] / part.shape[1]))
            sizes = torch.linalg.svdvals(part) / (rate * tall)
            assert 0.6 < sizes[0] < 1.6
    by_group = [g["lr"] for o in run.optimizers for g in o.param_groups]
    assert by_group == pytest.approx(
        [learning_rate(recipe, 0)] * 2 + [rate] * 2, rel=1e-12
    )


def test_a_step_leaves_its_loss_on_the_device(text, recipe):
    run = new_run(text, recipe)
    loss = run.train_step([data.batch(text.training, 4, 12, 0, 0)])
    assert isinstance(loss, torch.Tensor)
    assert not loss.requires_grad


def test_it_learns(text, recipe):
    longer = dataclasses.replace(recipe, steps=60, evaluate_every=60)
    first, last = new_run(text, longer), new_run(text, longer)
    reports = finished(last)
    before = first.evaluate(text.held_out, None)
    assert before > 2.0
    # Every letter is one of two: ln 2 is the least.
    assert math.log(2) < reports[-1].held_out < before - 0.5


# --- evaluation ------------------------------------------------------------


def test_the_held_out_loss_is_the_mean_over_all_tokens(text, recipe):
    run = new_run(text, recipe)
    total = count = 0
    for start, length in text.held_out.pieces:
        piece = text.held_out.ids[start : start + length + 1]
        logits = run.model.eval()(piece[None, :-1], piece[None, 1:])
        total += logits.item() * length
        count += length
    run.model.train()
    assert count == len(text.held_out.ids) - 1
    assert run.evaluate(text.held_out, None) == pytest.approx(
        total / count, rel=1e-6
    )


def test_sums_are_as_wide_as_the_device_can():
    wide = {kind: Setup(torch.device(kind)).widest for kind in ("cpu", "mps")}
    assert wide == {"cpu": torch.float64, "mps": torch.float32}


def test_evaluation_changes_nothing(text, recipe):
    run, other = (new_run(text, recipe) for _ in "ab")
    run.evaluate(text.held_out, 2)
    assert run.model.training
    assert same_state(run, other)


def test_dropout_is_off_in_evaluation(text, recipe):
    run = new_run(text, dataclasses.replace(recipe, dropout=0.9))
    one, other = (run.evaluate(text.held_out, None) for _ in "ab")
    assert one == other


# --- resuming --------------------------------------------------------------


def test_resumed_training_is_the_same_to_the_last_bit(text, recipe, tmp_path):
    whole = new_run(text, recipe)
    finished(whole)
    reports = train(new_run(text, recipe), tmp_path, every=5)
    while next(reports).step < 10:
        pass
    reports.close()
    rest = new_run(text, recipe)
    rest.restore(checkpoint.newest(tmp_path, print))
    assert rest.step == 10
    finished(rest)
    assert same_state(whole, rest)


def test_muon_and_changes_resume_as_well(text, recipe, tmp_path):
    recipe = dataclasses.replace(
        recipe, muon=0.01, changes=("relu2", "untied")
    )
    whole = new_run(text, recipe)
    finished(whole, tmp_path)
    rest = new_run(text, recipe)
    kept = checkpoint.read(checkpoint.found(tmp_path)[1])
    assert kept_recipe(kept)[0] == recipe
    assert any(name.endswith("momentum_buffer") for name in kept.tensors)
    rest.restore(kept)
    finished(rest)
    assert same_state(whole, rest)


def test_a_resumed_run_without_the_random_numbers_differs(
    text, recipe, tmp_path
):
    """The test above would notice: dropout draws in every step."""
    whole = new_run(text, recipe)
    finished(whole, tmp_path)
    rest = new_run(text, recipe)
    rest.restore(checkpoint.read(checkpoint.found(tmp_path)[1]))
    torch.manual_seed(99)
    finished(rest)
    assert not same_state(whole, rest)


def test_what_a_checkpoint_says_of_the_run(text, recipe, tmp_path):
    run = new_run(text, recipe)
    finished(run, tmp_path)
    kept = checkpoint.newest(tmp_path, print)
    again, path = kept_recipe(kept)
    assert again == recipe
    assert path == text.path
    model, alphabet, prompt = loaded(tmp_path, CPU, print)
    assert alphabet == text.alphabet and prompt == text.prompt
    ids = data.encode(alphabet, "abc")[None]
    torch.testing.assert_close(model(ids), run.model.eval()(ids))


def test_a_checkpoint_of_another_recipe_is_refused(text, recipe):
    kept = new_run(text, recipe).state()
    kept = kept._replace(
        facts={**kept.facts, "recipe": {**kept.facts["recipe"], "steps": 9}}
    )
    with pytest.raises(
        checkpoint.CheckpointError, match="steps is 9 there and 20 here"
    ):
        new_run(text, recipe).restore(kept)


def test_a_checkpoint_of_another_text_is_refused(text, recipe):
    kept = new_run(text, recipe).state()
    kept.facts["text"]["digest"] = "other"
    with pytest.raises(checkpoint.CheckpointError, match="another text"):
        new_run(text, recipe).restore(kept)


# --- the loop --------------------------------------------------------------


def test_what_is_reported(text, recipe, tmp_path):
    reports = finished(new_run(text, recipe), tmp_path)
    assert [r.step for r in reports] == [5, 10, 15, 20]
    assert [r.held_out is not None for r in reports] == [0, 1, 0, 1]
    assert all(r.tokens_per_second > 0 for r in reports)
    steps = [checkpoint.read(p).step for p in checkpoint.found(tmp_path)]
    assert steps == [20, 10]


def test_the_reported_loss_is_the_mean_of_its_steps(text, recipe):
    other = new_run(text, recipe)
    losses = []
    for step in range(recipe.steps):
        inputs, targets = data.batch(text.training, 8, 12, recipe.seed, step)
        parts = zip(inputs.split(4), targets.split(4), strict=True)
        losses.append(other.train_step(list(parts)).item())
    means = [sum(losses[k : k + 5]) / 5 for k in range(0, 20, 5)]
    reports = finished(new_run(text, recipe))
    assert [r.loss for r in reports] == pytest.approx(means, rel=1e-6)


def test_a_sample_begins_after_the_prompt(text, recipe):
    run = new_run(text, recipe)
    written = run.sample(30, 0)
    assert len(written) == 30
    assert set(written) <= set(text.alphabet)
    assert written == run.sample(30, 0) != run.sample(30, 1)


# --- what a machine offers -------------------------------------------------


@pytest.mark.parametrize("precision", ["bfloat16", "tf32"])
def test_other_precisions_train_too(text, recipe, precision):
    run = new_run(text, recipe, precision=precision)
    assert math.isfinite(finished(run)[-1].held_out)
    assert {p.dtype for p in run.model.parameters()} == {torch.float32}


def test_bfloat16_is_what_the_products_are_in(text, recipe):
    run = new_run(text, recipe, precision="bfloat16")
    seen = []
    run.model.layers[0].attention.qkv_proj.register_forward_hook(
        lambda module, given, result: seen.append(result.dtype)
    )
    run.train_step([data.batch(text.training, 4, 12, 0, 0)])
    assert seen == [torch.bfloat16]


def test_float16_is_scaled(text, recipe):
    run = new_run(text, recipe, precision="float16")
    assert run.scaler.is_enabled()
    assert run.state().facts["scaler"]["scale"] > 1
    before = weights(run)
    for step in range(30):  # the first steps may find that it overflows
        run.train_step([data.batch(text.training, 4, 12, 0, step)])
    after = weights(run)
    assert any(not torch.equal(before[n], after[n]) for n in before)


def test_an_unfused_optimizer_does_the_same(text, recipe):
    found = []
    for fused in (True, False):
        run = new_run(text, recipe, fused_optimizer=fused)
        finished(run)
        found.append(weights(run))
    torch.testing.assert_close(*found, rtol=1e-3, atol=1e-4)


def test_devices():
    assert device_named("cpu") == CPU
    assert device_named("auto").type in ("cpu", "cuda", "mps")
    with pytest.raises(ValueError, match="no device 'tpu' here; there is"):
        device_named("tpu")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="no device 'cuda' here"):
            device_named("cuda")
    assert best_setup(CPU).precision == "float32"
    assert not best_setup(CPU).compile


def test_without_a_compiler(monkeypatch):
    monkeypatch.setattr(train_module.shutil, "which", lambda name: None)
    assert not best_setup(CPU).compile
    with pytest.raises(ValueError, match="needs a C\\+\\+ compiler"):
        best_setup(CPU, compiled=True)
    monkeypatch.setattr(train_module.shutil, "which", lambda name: "/bin/g++")
    assert best_setup(CPU, compiled=True).compile


def test_the_model_compiles_as_a_whole_and_does_the_same(
    text, recipe, monkeypatch
):
    """As far as it goes without a compiler of C++ or Triton: no breaks."""
    compiled = torch.compile
    monkeypatch.setattr(
        torch,
        "compile",
        lambda model: compiled(model, backend="aot_eager", fullgraph=True),
    )
    losses = []
    for wanted in (False, True):
        run = new_run(
            text, dataclasses.replace(recipe, dropout=0.0), compile=wanted
        )
        losses.append([report.loss for report in finished(run)])
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


# --- recipes ---------------------------------------------------------------


@pytest.mark.parametrize("name", PROFILES)
def test_profiles_are_models(name):
    assert PROFILES[name].model(65).vocab_size == 65


def test_the_small_profile_is_the_one_of_the_course():
    small = PROFILES["small"]
    assert (small.num_layers, small.num_heads, small.d_model) == (6, 6, 384)
    assert (small.block_size, small.batch_size) == (256, 64)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"steps": 0}, "steps should be at least 1; got 0"),
        ({"batch_size": 0}, "batch_size should be at least 1; got 0"),
        ({"accumulation": -1}, "accumulation should be at least 1; got -1"),
        ({"seed": -1}, "seed should not be negative; got -1"),
        ({"floor": 1.0}, "no higher than its peak; got 1.0 and 0.01"),
        ({"peak": 0.0}, "above 0"),
        ({"evaluate_every": 0}, "evaluate_every should be at least 1; got 0"),
        ({"warmup": -1}, "warmup should not be negative; got -1"),
    ],
)
def test_a_recipe_that_cannot_be(recipe, change, sentence):
    with pytest.raises(ValueError, match=sentence):
        dataclasses.replace(recipe, **change)


def test_flops_are_those_that_pytorch_counts():
    """Of matrix products alone; the formula's attention is not causal."""
    model = GPT(GPTConfig(11, 16, 2, 2, 32, attention="plain"))
    ids = torch.zeros(4, 16, dtype=torch.int64)
    with FlopCounterMode(display=False) as counted:
        model(ids, ids).backward()
    per_token = counted.get_total_flops() / ids.numel()
    # Norms multiply without a matrix product.
    assert model.flops_per_token() == pytest.approx(per_token, rel=0.05)
