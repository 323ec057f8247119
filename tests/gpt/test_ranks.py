"""Several processes that train one model, as torchrun starts them.

On this machine's own address, offline. A run of two is compared with one of
a single process, and with itself, killed and resumed.
"""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
import torch

from byhand.gpt import __main__ as command
from byhand.gpt import checkpoint, ranks, train
from byhand.gpt.ranks import Ranks

SMALL = ["--layers=1", "--heads=2", "--width=8", "--block=12", "--batch=4"]
LOCAL = {"GLOO_SOCKET_IFNAME": "lo0" if sys.platform == "darwin" else "lo"}
TWO = [
    *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
    *("--local-addr=127.0.0.1", "--nproc-per-node=2", "-m", "byhand.gpt"),
]


def words(file, out, *more, steps=20):
    return [
        *("train", "--text", str(file), "--out", str(out), "--device=cpu"),
        *(*SMALL, f"--steps={steps}", *more),
    ]


def started(arguments):
    return subprocess.Popen(
        [*TWO, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **LOCAL},
    )


def finished(arguments):
    """What two processes printed, and complained of."""
    process = started(arguments)
    printed, errors = process.communicate()
    assert process.returncode == 0, errors
    return printed, errors


def losses(printed):
    """Step → training and held-out loss."""
    rows = [x.split() for x in printed.splitlines() if x.startswith("step")]
    return {int(row[1]): (float(row[3]), float(row[6])) for row in rows}


def weights(folder):
    tensors = checkpoint.newest(folder, print).tensors
    return {n: t for n, t in tensors.items() if n.startswith("model.")}


def test_two_processes_train_as_one_does(capsys, file, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    assert command.main(words(file, one, "--evaluate-every=5")) == 0
    alone = losses(capsys.readouterr().out)
    printed, _ = finished(words(file, two, "--evaluate-every=5"))
    together = losses(printed)
    assert list(together) == list(alone) == [5, 10, 15, 20]
    for step, pair in alone.items():
        # Printed to four digits, of which rounding may move the last.
        assert together[step] == pytest.approx(pair, abs=1.5e-4)
    torch.testing.assert_close(
        weights(two), weights(one), rtol=1e-3, atol=1e-4
    )
    # What is said and written, is so once.
    assert "2 processes, each on CPU" in printed
    assert printed.count("weights on") == printed.count("It writes:") == 1
    kept = [path.name for path in two.iterdir()]
    assert sorted(kept) == [
        "step-00000015.safetensors",
        "step-00000020.safetensors",
    ]


def test_killed_and_resumed_two_are_the_same_to_the_last_bit(file, tmp_path):
    """One of two is killed; the other ends by itself; both go on."""
    steps, more = 400, ("--evaluate-every=20", "--dropout=0.1")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    finished(words(file, whole, *more, steps=steps))
    process = started(words(file, cut, *more, steps=steps))
    deadline = time.monotonic() + 120
    while not checkpoint.found(cut):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    victim = psutil.Process(process.pid).children()[-1]
    os.kill(victim.pid, signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode != 0
    assert f"byhand.gpt: {ranks.LOST}" in errors
    assert checkpoint.newest(cut, print).step < steps
    printed, _ = finished(words(file, cut, *more, "--resume", steps=steps))
    assert printed.count("Going on from step") == 1
    mine, theirs = (checkpoint.newest(x, print).tensors for x in (whole, cut))
    assert mine.keys() == theirs.keys() >= {"random.cpu", "random.cpu.1"}
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)
    assert not torch.equal(mine["random.cpu"], mine["random.cpu.1"])


# --- without other processes -----------------------------------------------


def test_shares_are_a_whole_batch():
    rows = torch.arange(12).reshape(6, 2)
    shares = [Ranks(rank, 3).share(rows) for rank in range(3)]
    assert [len(one) for one in shares] == [2, 2, 2]
    assert sorted(torch.cat(shares).flatten().tolist()) == list(range(12))


@pytest.mark.parametrize(
    ("rows", "count", "most", "size"),
    [(8, 1, 4, 4), (8, 2, 4, 4), (8, 4, 4, 2), (480, 32, 12, 5), (7, 7, 9, 1)],
)
def test_rows_at_once_are_equal_parts(rows, count, most, size):
    found = Ranks(0, count).split_evenly(rows, most)
    assert found == size
    assert rows // count % found == 0


def test_what_cannot_be_shared_out_is_told(text, recipe):
    setup = train.Setup(torch.device("cpu"), ranks=Ranks(0, 3))
    with pytest.raises(ValueError, match="8 pieces cannot be shared out"):
        train.Run(text, recipe, setup)


def test_ranks_begin_with_the_same_weights_and_drop_otherwise(text, recipe):
    runs, drawn = [], []
    for rank in range(2):
        setup = train.Setup(torch.device("cpu"), ranks=Ranks(rank, 2))
        runs.append(train.Run(text, recipe, setup))
        drawn.append(torch.rand(3))
    one, other = (run.model.state_dict() for run in runs)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not torch.equal(*drawn)


def test_more_processes_can_go_on_with_a_run_of_one(text, recipe):
    kept = train.Run(text, recipe, train.Setup(torch.device("cpu"))).state()
    setup = train.Setup(torch.device("cpu"), ranks=Ranks(1, 2))
    run = train.Run(text, recipe, setup)
    run.restore(kept._replace(step=7))
    assert run.step == 7


def test_each_process_measures_its_own_part(text, recipe, monkeypatch):
    """The sums over all parts are those of one process."""
    cpu = torch.device("cpu")
    alone = train.Run(text, recipe, train.Setup(cpu))
    whole = alone.evaluate(text.held_out, None)
    sums = []
    monkeypatch.setattr(
        Ranks, "add_up", lambda self, tensor: sums.append(tensor.clone())
    )
    for rank in range(2):
        setup = train.Setup(cpu, ranks=Ranks(rank, 2))
        train.Run(text, recipe, setup).evaluate(text.held_out, None)
    loss, count = torch.stack(sums).sum(dim=0).tolist()
    assert loss / count == pytest.approx(whole, rel=1e-6)
    assert count == sum(length for _, length in text.held_out.pieces)


def test_a_card_for_each_process(monkeypatch):
    monkeypatch.setattr(ranks.distributed, "is_torchelastic_launched",
                        lambda: True)  # fmt: skip
    monkeypatch.setattr(ranks.torch.cuda, "device_count", lambda: 2)
    monkeypatch.setenv("LOCAL_RANK", "2")
    with (
        pytest.raises(ranks.RankError, match="and here are 2; say --nproc"),
        ranks.joined(torch.device("cuda")),
    ):
        pass


def test_steps_that_differ_are_told(monkeypatch):
    monkeypatch.setattr(
        Ranks, "gathered", lambda *_: [torch.tensor([3]), torch.tensor([5])]
    )
    with pytest.raises(ranks.RankError, match=r"different steps \(3, 5\)"):
        Ranks(0, 2).agree(3, torch.device("cpu"))
