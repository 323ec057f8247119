"""The references of lesson 22 against the library that people use."""

import threading
import time

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DistributedSampler
from torch.utils.flop_counter import FlopCounterMode

from byhand.bank import find
from byhand.ways import workers

RIGHT = {
    name: find(f"scaling_out.{name}").reference
    for name in (
        "shard_indices",
        "sync_gradients",
        "combine_gradients",
        "reduce_scatter",
        "all_reduce_bytes",
        "memory_per_device",
        "training_days",
    )
}


def test_shards_by_hand():
    shards = [RIGHT["shard_indices"](10, rank, 4) for rank in range(4)]
    assert shards == [[0, 4, 8], [1, 5, 9], [2, 6, 0], [3, 7, 1]]


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 23])
@pytest.mark.parametrize("world_size", [1, 2, 3, 5, 8])
def test_the_formula_of_the_misconceptions_is_the_samplers(n, world_size):
    from byhand.exercises.scaling_out.shard_indices import shard

    for rank in range(world_size):
        sampler = DistributedSampler(range(n), world_size, rank, shuffle=False)
        assert shard(n, rank, world_size) == list(sampler)


def model_and_batch():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    inputs = torch.randn(12, 3, dtype=torch.float64)
    return model, inputs, torch.randint(2, (12,))


def gradients(model, inputs, targets):
    model.zero_grad()
    functional.cross_entropy(model(inputs), targets).backward()
    return [p.grad.clone() for p in model.parameters()]


def test_combined_gradients_are_those_of_the_whole_batch():
    model, inputs, targets = model_and_batch()
    counts = [2, 7, 3]
    parts = [
        gradients(model, x, y)
        for x, y in zip(
            inputs.split(counts), targets.split(counts), strict=True
        )
    ]
    whole = gradients(model, inputs, targets)
    torch.testing.assert_close(
        RIGHT["combine_gradients"](parts, counts), whole
    )


def test_synced_gradients_are_those_of_the_whole_batch():
    model, inputs, targets = model_and_batch()
    parts = [
        gradients(model, x, y)
        for x, y in zip(inputs.split(4), targets.split(4), strict=True)
    ]
    whole = gradients(model, inputs, targets)
    weights = [[p.detach() for p in model.parameters()]] * 3
    came, own = workers.at_work(RIGHT["sync_gradients"], weights, parts)
    for worker in came:
        torch.testing.assert_close(worker, whole)
    assert all(
        torch.equal(*pair) for pair in zip(own[2], weights[0], strict=True)
    )


def test_reduce_scatter_and_bytes_by_hand():
    vectors = [torch.tensor([1.0, 2, 3, 4]), torch.tensor([10.0, 20, 30, 40])]
    pieces = RIGHT["reduce_scatter"](vectors)
    assert [piece.tolist() for piece in pieces] == [[11, 22], [33, 44]]
    size = 4 * 124_439_808
    sent = [
        round(RIGHT["all_reduce_bytes"](size, p) / 1e6, 1)
        for p in (1, 2, 4, 8, 64)
    ]
    assert sent == [0, 497.8, 746.6, 871.1, 980.0]


@pytest.mark.parametrize(
    ("parameters", "workers", "gigabytes"),
    [
        (124_439_808, 8, [1.991, 0.684, 0.467, 0.249]),
        (7.5e9, 64, [120, 31.406, 16.641, 1.875]),
        (70e9, 64, [1120, 293.125, 155.312, 17.5]),
        (70e9, 8, [1120, 385, 262.5, 140]),
    ],
)
def test_the_table_of_memory(parameters, workers, gigabytes):
    found = [
        RIGHT["memory_per_device"](parameters, workers, stage) / 1e9
        for stage in range(4)
    ]
    assert found == pytest.approx(gigabytes, abs=5.1e-4)


@pytest.mark.parametrize(
    ("given", "days"),
    [
        ((124_439_808, 10e9, 1, 989e12, 0.40), 0.2184),
        ((175e9, 300e9, 1024, 312e12, 0.45), 25.4),
        ((405e9, 15.6e12, 16_384, 989e12, 0.41), 66.0),
    ],
)
def test_days_by_hand(given, days):
    assert RIGHT["training_days"](*given) == pytest.approx(days, rel=2e-3)


def test_six_operations_for_a_weight_and_a_token():
    """As PyTorch counts them, where inputs have no gradients but one."""
    layers = nn.Sequential(*(nn.Linear(64, 64, bias=False) for _ in range(3)))
    tokens = torch.zeros(10, 64, requires_grad=True)
    with FlopCounterMode(display=False) as counted:
        layers(tokens).sum().backward()
    weights = sum(p.numel() for p in layers.parameters())
    assert counted.get_total_flops() == 6 * weights * 10


# --- workers in threads ----------------------------------------------------


def at_work(answer, gradients):
    ones = [[torch.ones(2) for _ in row] for row in gradients]
    return workers.at_work(answer, ones, gradients)


def test_who_waits_for_a_worker_that_has_ended_is_told_so():
    def skips(parameters, all_reduce, world_size):
        for p in parameters:
            if p.grad is not None:
                all_reduce(p.grad)

    with pytest.raises(
        RuntimeError, match="worker 0 waits for ever in call 1"
    ):
        at_work(skips, [[torch.ones(2)], [None]])


def test_shapes_that_differ_are_told():
    def sums(parameters, all_reduce, world_size):
        all_reduce(parameters[0].grad[: int(parameters[0].grad[0])])

    with pytest.raises(RuntimeError, match=r"shape \(1,\) from worker 0 and"):
        at_work(sums, [[torch.ones(2)], [2 * torch.ones(2)]])


def test_an_error_of_one_worker_is_the_error():
    def fails(parameters, all_reduce, world_size):
        if parameters[0].grad[0] > 1:
            raise KeyError("mine")
        all_reduce(parameters[0].grad)

    with pytest.raises(KeyError, match="mine"):
        at_work(fails, [[torch.ones(2)], [2 * torch.ones(2)]])


def test_workers_that_never_end_are_stopped(monkeypatch):
    """As a time limit does: here, the main thread is interrupted."""
    seen = []

    def endless(parameters, all_reduce, world_size):
        seen.append(threading.current_thread())
        while True:
            pass

    def interrupted(self, timeout=None):
        if len(seen) == 2:
            raise KeyboardInterrupt
        time.sleep(0.001)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        at_work(endless, [[torch.ones(2)], [torch.ones(2)]])
    monkeypatch.undo()
    for thread in seen:
        thread.join()
