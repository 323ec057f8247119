"""Calls that do a whole exercise are noticed, however they are made."""

import functools
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from byhand import special
from byhand.bank import find
from byhand.judge import drawn, judge, judge_on
from byhand.short_cuts import handed_in, notice
from byhand.sliders import maths, positions
from byhand.ways import modules
from tests.exercises.forms.encoder.multi_head_attention import (
    ByFusedFunction,
    HeadByHead,
)


def noticed(exercise, answer):
    verdict = judge(find(exercise), answer, None, (0,))
    assert not verdict.failed
    return verdict.short_cuts


def test_attention_inside_attention():
    name = "encoder.MultiHeadAttention"
    assert noticed(name, ByFusedFunction) == (
        "torch.scaled_dot_product_attention",
    )
    assert noticed(name, HeadByHead) == ()


class Loss(nn.CrossEntropyLoss):
    """The library's under another name."""


def loss_by_class(logits, targets, ignore_index=-100, label_smoothing=0.0):
    loss = Loss(ignore_index=ignore_index, label_smoothing=label_smoothing)
    return loss(logits.flatten(0, -2), targets.flatten())


def test_a_class_that_is_made_from_the_librarys():
    calls = noticed("training.cross_entropy", loss_by_class)
    assert "torch.CrossEntropyLoss" in calls


def by_sacrebleu(hypotheses, references, max_n=4):
    from sacrebleu.metrics import BLEU

    metric = BLEU(
        force=True,
        tokenize="none",
        smooth_method="none",
        max_ngram_order=max_n,
    )
    most = max(map(len, references))
    columns = [
        [" ".join(r[k]) if k < len(r) else None for r in references]
        for k in range(most)
    ]
    texts = [" ".join(words) for words in hypotheses]
    return metric.corpus_score(texts, columns).score


def test_bleu_by_the_library():
    calls = noticed("translation.bleu", by_sacrebleu)
    assert "sacrebleu.corpus_score" in calls


def test_a_brevity_penalty_by_nltk():
    from nltk.translate.bleu_score import brevity_penalty

    def answer(hypothesis_length, reference_length):
        return brevity_penalty(reference_length, hypothesis_length)

    calls = noticed("translation.brevity_penalty", answer)
    assert calls == ("nltk.brevity_penalty",)


def test_our_own_library_handed_in_and_called():
    name = "positional_encoding.sinusoidal_encoding"
    handed = judge(find(name), positions.encode, None, (0,)).short_cuts
    assert handed == ("byhand.encode",)

    def softmax(z, axis=-1):
        return maths.softmax(z, axis)

    assert noticed("self_attention.softmax", softmax) == ("byhand.softmax",)
    assert noticed("self_attention.softmax", maths.softmax) == (
        "byhand.softmax",
    )

    def squashed(x):
        return special.squashed(x)

    assert noticed("backpropagation.sigmoid", squashed) == ("byhand.squashed",)


def test_what_ours_calls_in_its_turn_is_not_named():
    with notice(()) as called:
        maths.attend(*(np.ones((1, 1)),) * 3)
    assert called == ["byhand.attend"]


IMPORTS = """
import sys
from byhand.attempt import attempt

def sigmoid(x):
    from scipy.special import expit

    return expit(x)

assert "scipy" not in sys.modules
print(*attempt(sigmoid, {"x": 0.5}, not_by=("expit",)).short_cuts)
"""


def test_a_library_that_the_answer_itself_imports():
    """In a process of its own: here SciPy is imported already."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "scipy.expit\n"


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (torch.softmax, ("softmax",)),
        (functional.cross_entropy, ("cross_entropy",)),
        (functools.partial(torch.softmax, dim=-1), ("softmax",)),
        (nn.MultiheadAttention, ("MultiheadAttention",)),
    ],
)
def test_the_function_itself(function, names):
    assert handed_in(function, names) == [f"torch.{names[0]}"]
    assert handed_in(functools.partial(print, function), names)
    assert handed_in(function, ("another",)) == []


def test_a_right_answer_that_is_lent_costs_nothing():
    """Its own library calls are not the learner's."""
    exercise = find("encoder.Encoder")
    lent = find("encoder.EncoderLayer").reference

    class Encoder(nn.Module):
        def __init__(self, num_layers, d_model, num_heads, d_ff, dropout=0.0):
            super().__init__()
            sizes = d_model, num_heads, d_ff, dropout
            self.layers = nn.ModuleList(
                lent(*sizes) for _ in range(num_layers)
            )

        def forward(self, x, mask=None):
            for layer in self.layers:
                x = layer(x, mask)
            return x

    named = replace(exercise, not_by=("TransformerEncoderLayer",))
    assert not judge(named, Encoder, None, (0,)).short_cuts

    class Own(Encoder):
        def forward(self, x, mask=None):
            nn.TransformerEncoderLayer(2, 1, 3, device="meta")
            return super().forward(x, mask)

    assert judge(named, Own, None, (0,)).short_cuts == (
        "torch.TransformerEncoderLayer",
    )


def is_watched():
    return sys.getprofile() is not None


def test_a_case_is_looked_at_once():
    watched = []

    def averaging(numbers):
        watched.append(is_watched())
        return sum(numbers) / len(numbers)

    exercise = find("start_here.average")
    assert not judge_on(drawn(exercise, None, (0, 1)), averaging).failed
    number = len(exercise.cases)
    assert watched == [True] * number + [False] * number


def test_a_module_is_looked_at_with_its_first_weights():
    watched = []

    class Doubling(nn.Module):
        def forward(self, x):
            watched.append(is_watched())
            return torch.relu(2 * x)

    uses = [[torch.ones(1, 1)], [torch.zeros(1, 1)]]
    with notice(("relu",)) as called:
        modules.used(Doubling, {}, [1, 2, 3], uses)
        assert is_watched()
    assert called == ["torch.relu"]
    assert watched == [True] * 2 + [False] * 4
