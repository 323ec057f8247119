"""What a learner reads, for every way an answer can be wrong."""

import threading
import time
import warnings
from functools import partial

import numpy as np
import pytest
import scipy.special
import torch

import byhand
from byhand import CheckFailed, attempt, check, short_cuts
from byhand.bank import UnknownExercise, find
from byhand.exercises.multi_head import multi_head_attention

SOFTMAX = "self_attention.softmax"


def right_softmax(z, axis=-1):
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def message(name, wrong, **options):
    with pytest.raises(CheckFailed) as failed:
        check(name, wrong, **options)
    return str(failed.value)


def test_a_right_answer_prints_one_line_and_returns_none(capsys):
    assert check(SOFTMAX, right_softmax) is None
    captured = capsys.readouterr()
    assert captured.out == f"{SOFTMAX}: right, in all 9 cases.\n"
    assert captured.err == ""


@pytest.mark.parametrize(
    ("answer", "call"),
    [
        (
            lambda z, axis=-1: scipy.special.softmax(z, axis),
            "scipy.softmax",
        ),
        (lambda z, axis=-1: torch.tensor(z).softmax(axis), "torch.softmax"),
        (
            lambda z, axis=-1: np.exp(scipy.special.log_softmax(z, axis)),
            "scipy.log_softmax",
        ),
        (
            lambda z, axis=-1: next(
                map(partial(torch.softmax, dim=axis), [torch.tensor(z)])
            ),
            "torch.softmax",
        ),
    ],
)
def test_a_library_call_that_does_it_all_is_said(capsys, answer, call):
    check(SOFTMAX, answer)
    said = capsys.readouterr().out
    assert "right, in all 9 cases" in said
    assert f"By hand means by hand: it calls `{call}`" in said
    assert "Graded, it earns nothing, unless your instructor" in said


def test_a_library_class_that_does_it_all_is_said(capsys):
    def by_library(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
        layer = torch.nn.MultiheadAttention(
            x.shape[-1], num_heads, bias=False, dtype=torch.float64
        )
        del layer  # built and not used: that is enough to be seen
        return multi_head_attention.EXERCISE.reference(
            x, W_q, W_k, W_v, W_o, num_heads, mask
        )

    check("multi_head.multi_head_attention", by_library)
    assert "it calls `torch.MultiheadAttention`" in capsys.readouterr().out


def test_a_class_of_ones_own_is_not_the_librarys():
    class MultiheadAttention(torch.nn.Module):
        """What somebody may well call it."""

    with short_cuts.notice(("MultiheadAttention",)) as called:
        MultiheadAttention()
        assert called == []
        torch.nn.MultiheadAttention(2, 1)
    assert called == ["torch.MultiheadAttention"]


def test_true_and_false_are_shown_as_such():
    text = message("masking.causal_mask", lambda n: np.triu(np.ones((n, n))))
    expected, _, got = text.partition("got")
    assert "True, False" in expected
    assert "1.0, 1.0" in got and "True" not in got
    text = message("masking.causal_mask", lambda n: np.ones((n, n), bool))
    assert "True, True" in text.partition("got")[2]


def test_a_function_of_ones_own_may_have_that_name(capsys):
    def softmax(z, axis=-1):
        return right_softmax(z, axis)

    check(SOFTMAX, lambda z, axis=-1: softmax(z, axis))
    assert "By hand" not in capsys.readouterr().out


def test_it_is_an_assertion_error_that_knows_what_happened():
    with pytest.raises(AssertionError) as failed:
        check(SOFTMAX, lambda z, axis=-1: np.exp(z))
    assert failed.value.exercise == SOFTMAX
    assert failed.value.case == "three scores"


def test_the_message_gives_case_expected_got_and_first_difference():
    text = message(
        "self_attention.attention_weights",
        lambda Q, K: right_softmax(Q @ K.T),
    )
    for part in (
        'Case 1 of 4, "one query, two keys"',
        "    Q = [[",
        "expected\n    weights = ",
        "got\n    weights = ",
        "First difference: weights[0, 0] should be ",
        "Hint: these are the weights without the division by √d_k.",
    ):
        assert part in text


def test_the_same_seed_gives_the_same_case_and_another_another():
    def wrong(z, axis=-1):
        return z

    assert message(SOFTMAX, wrong) == message(SOFTMAX, wrong, seed=0)
    assert message(SOFTMAX, wrong) != message(SOFTMAX, wrong, seed=1)


def test_what_holds_is_said_where_no_misconception_matches():
    def wrong(Q, K):
        return np.full((len(Q), len(K)), 1 / len(K))

    text = message("self_attention.attention_weights", wrong)
    assert "It holds that every row of weights adds up to 1." in text
    assert "Hint" not in text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda z, axis=-1: None, "is there a `return`"),
        (lambda z, axis=-1: "no", "should be numbers; got the text 'no'"),
        (lambda z, axis=-1: [[1.0], [1.0, 2.0]], "not all of one length"),
        (lambda z, axis=-1: right_softmax, "brackets may be missing."),
        (lambda z, axis=-1: (x for x in z), "a generator"),
        (lambda z, axis=-1: z[..., :1], "should have 3 numbers; yours has 1"),
        (lambda z, axis=-1: z * np.nan, "has 3 NaN"),
        (lambda z, axis=-1: z / 0, "should be"),
        (lambda z, axis=-1: 1 + 1j * z, "should be numbers"),
        (lambda z, axis=-1: -right_softmax(z), "but for its sign"),
        (lambda z, axis=-1: right_softmax(z) + 1, "is off by 1 everywhere"),
        (lambda z, axis=-1: 3 * right_softmax(z), "is 3 times the right"),
        (lambda z, axis=-1: np.round(right_softmax(z), 4), "is rounded"),
        (lambda z: right_softmax(z), "It is called as softmax(z, axis=-1)"),
        (lambda: 0, "It is called as softmax(z, axis=-1)"),
    ],
)
def test_each_unusable_answer_gets_its_own_sentence(wrong, sentence):
    assert sentence in message(SOFTMAX, wrong)


def test_the_result_in_place_of_the_function():
    text = message(SOFTMAX, np.array([0.5, 0.5]))
    assert "Pass the function itself, `softmax`, without brackets" in text


def test_not_written_yet():
    def stub(z, axis=-1):
        raise NotImplementedError

    assert "not written yet" in message(SOFTMAX, stub)


def test_an_exception_names_itself_and_the_learners_line():
    def wrong(z, axis=-1):
        return z["no such thing"]

    text = message(SOFTMAX, wrong)
    assert "It raised IndexError" in text
    assert 'The line was: return z["no such thing"]' in text


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (lambda Q, K: 2 * Q @ K, "a row of A is as long as a column of B"),
        (lambda Q, K: np.dot(2 * Q, K), "Print both shapes."),
        (lambda Q, K: Q + K[:, :2], "whose shapes do not fit each other"),
    ],
)
def test_an_exception_of_numpy_is_put_in_plain_words(answer, advice):
    text = message("self_attention.dot_product_scores", answer)
    assert "It raised ValueError: " in text
    assert advice in text


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        (lambda x: x.__iadd__(1), "Write `x = x + …`"),
        (lambda x: x.exp().__imul__(x.exp()).exp().__iadd__(1), "in place"),
        (lambda x: x @ x.mT @ x.mT, "a row of A is as long as a column of B"),
        (lambda x: x + x[..., :2], "whose shapes do not fit each other"),
        (lambda x: torch.stack([x, x[:, :0]]), "Is one of them cut short"),
    ],
)
def test_an_exception_of_pytorch_is_put_in_plain_words(change, advice):
    from tests.exercises.forms.encoder.shared import PlainLayer

    class Changed(PlainLayer):
        def forward(self, x, mask=None):
            return super().forward(change(x), mask)

    text = message("encoder.EncoderLayer", Changed)
    assert "It raised RuntimeError: " in text
    assert advice in text


def test_exit_does_not_end_the_check():
    def wrong(z, axis=-1):
        raise SystemExit(3)

    assert "It raised SystemExit: 3." in message(SOFTMAX, wrong)


def test_inputs_changed_in_place():
    def wrong(z, axis=-1):
        z -= z.max(axis=axis, keepdims=True)
        return right_softmax(z, axis)

    assert "changed its input z in place" in message(SOFTMAX, wrong)


@pytest.mark.parametrize("swallows", [False, True])
def test_an_endless_loop_is_stopped_and_said(monkeypatch, swallows):
    monkeypatch.setattr(attempt, "TIME_LIMIT", 0.3)
    end = threading.Event()  # so that the thread does not outlive the test

    def wrong(z, axis=-1):
        while not end.is_set():
            try:
                sum(range(300_000))  # seldom anywhere else
            except BaseException:
                if not swallows:
                    raise

    begin = time.monotonic()
    text = message(SOFTMAX, wrong)
    end.set()
    assert time.monotonic() - begin < 5
    assert "a loop that never ends, or does it do much more work" in text
    assert ("Restart the kernel" in text) == swallows


def test_what_it_prints_and_warns_is_shown_and_not_held_against_it(capsys):
    def chatty(z, axis=-1):
        print("hello")
        warnings.warn("careful", stacklevel=1)
        return right_softmax(z, axis)

    check(SOFTMAX, chatty)
    captured = capsys.readouterr()
    assert "    hello\n    UserWarning: careful\n" in captured.out
    assert captured.err == ""


def test_endless_printing_costs_no_memory():
    def wrong(z, axis=-1):
        for _ in range(20_000):
            print("x" * 100)
        return z

    assert len(message(SOFTMAX, wrong)) < 4_000


def test_an_earlier_exercise_that_is_wrong_does_not_sink_this_one(capsys):
    def softmax(z, axis=-1):
        return np.exp(z)

    scope = {"softmax": softmax, "np": np}
    exec(
        "def attention_weights(Q, K):\n"
        "    return softmax(Q @ K.T / np.sqrt(K.shape[1]))\n",
        scope,
    )
    check("self_attention.attention_weights", scope["attention_weights"])
    assert "Your `softmax` is not right yet" in capsys.readouterr().out
    assert scope["softmax"] is softmax  # and it is theirs again


def test_an_earlier_exercise_inside_a_comprehension_is_seen_too(capsys):
    scope = {"softmax": lambda z, axis=-1: np.exp(z), "np": np}
    exec(
        "def attention_weights(Q, K):\n"
        "    return [softmax(K @ q / np.sqrt(len(q))) for q in Q]\n",
        scope,
    )
    check("self_attention.attention_weights", scope["attention_weights"])
    assert "Your `softmax` is not right yet" in capsys.readouterr().out


def test_what_an_answer_sets_holds_for_that_call_only(capsys):
    def strict(z, axis=-1):
        np.seterr(divide="raise")
        return right_softmax(np.asarray(z) * 1.0, axis)

    def divides(values):
        np.float64(1) / np.float64(0)  # would raise under `strict`'s rules
        return sum(values) / len(values)

    check(SOFTMAX, strict)
    check("start_here.average", divides)
    assert "divide by zero" in capsys.readouterr().out


def test_an_answer_after_one_that_was_stopped(monkeypatch):
    monkeypatch.setattr(attempt, "TIME_LIMIT", 0.3)

    def endless(z, axis=-1):
        while True:
            pass

    message(SOFTMAX, endless)
    check(SOFTMAX, right_softmax)


def test_a_part_of_an_exercise():
    def counts(m, batch_size):
        return -(-m // batch_size)

    name = "gradient_descent.updates_per_epoch"
    check(name, counts, part="counts")
    assert "ValueError" in message(name, counts, part="refuses")
    with pytest.raises(ValueError, match="its parts: counts, refuses"):
        check(name, counts, part="no such part")
    with pytest.raises(ValueError, match="it has no parts"):
        check(SOFTMAX, right_softmax, part="counts")


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(UnknownExercise, match=r"self_attention\.softmax"):
        check("self_attention.sofmax", right_softmax)
    with pytest.raises(KeyError, match="python -m byhand exercises"):
        check("zzz", right_softmax)
    with pytest.raises(TypeError, match="is a string"):
        check(right_softmax, SOFTMAX)


@pytest.mark.parametrize("seed", ["1", 1.0, True, None])
def test_a_seed_that_is_no_integer(seed):
    with pytest.raises(TypeError, match="seed should be an integer"):
        check(SOFTMAX, right_softmax, seed=seed)
    with pytest.raises(ValueError, match="should not be negative"):
        check(SOFTMAX, right_softmax, seed=-1)


def test_tensors_and_lists_are_read():
    check(
        SOFTMAX,
        lambda z, axis=-1: torch.softmax(torch.tensor(z), dim=axis),
    )
    check(SOFTMAX, lambda z, axis=-1: right_softmax(z, axis).tolist())


def test_a_notebook_shows_the_message_and_no_frames_of_ours():
    with pytest.raises(CheckFailed) as failed:
        check(SOFTMAX, lambda z, axis=-1: z)
    shown = failed.value._render_traceback_()
    assert "\n".join(shown) == str(failed.value)


def test_a_broken_reference_is_our_fault_and_says_so(monkeypatch):
    from dataclasses import replace

    from byhand.exercises import self_attention

    def broken(z, axis=-1):
        raise ZeroDivisionError

    bad = replace(find(SOFTMAX), reference=broken)
    monkeypatch.setattr(self_attention, "EXERCISES", (bad,))
    with pytest.raises(RuntimeError, match="please report"):
        check(SOFTMAX, right_softmax)


def by_attribute(x):
    return scipy.special.expit(x)


def through_a_helper(x):
    return by_attribute(x) * 1


def by_name(x):
    return ufunc(x)


ufunc = scipy.special.expit


@pytest.mark.parametrize(
    "answer", [by_attribute, through_a_helper, by_name, ufunc, partial(ufunc)]
)
def test_a_ufunc_that_does_it_all_is_noticed(answer):
    with short_cuts.notice(("expit",), answer) as called:
        answer(0.5)
    assert called == ["scipy.expit"]


def test_a_function_of_that_name_of_the_learners_own_is_none():
    def expit(x):
        return 1 / (1 + np.exp(-x))

    with short_cuts.notice(("expit", "logistic"), expit) as called:
        expit(0.5)
    assert called == []


def test_numpys_functions_are_noticed_too():
    with short_cuts.notice(("broadcast_shapes",)) as called:
        np.broadcast_shapes((1, 2), (3, 1))
        np.zeros((1, 2)) + np.zeros((3, 1))
    assert called == ["numpy.broadcast_shapes"]


def test_who_did_the_earlier_exercise_right_is_not_accused():
    scope = {"softmax": right_softmax, "np": np}
    exec("def attention_weights(Q, K):\n    return softmax(Q @ K.T)\n", scope)
    text = message(
        "self_attention.attention_weights", scope["attention_weights"]
    )
    assert "division by √d_k" in text
    assert "softmax" not in text


def test_what_lending_does_not_change_is_not_told():
    scope = {"softmax": lambda z, axis=-1: np.exp(z), "np": np}
    exec("def attention_weights(Q, K):\n    softmax(Q @ K.T)\n", scope)
    text = message(
        "self_attention.attention_weights", scope["attention_weights"]
    )
    assert "It returned None" in text
    assert "softmax" not in text


def test_the_hint_stands_under_the_first_line():
    text = message(SOFTMAX, lambda z, axis=-1: scipy.special.softmax(-z, axis))
    first, second, *_ = text.splitlines()
    assert first == f"{SOFTMAX}: not right yet."
    assert second.startswith("Hint: ")


def test_a_message_is_bounded():
    def fails(z, axis=-1):
        raise ValueError("x" * 10**6)

    assert len(message(SOFTMAX, fails)) < 21_000


def test_a_mistake_that_a_later_case_contradicts_is_not_named():
    def wrong(x, grad, lr):
        return grad * x  # on flat ground, the step alone: 0

    text = message("gradient_descent.gradient_step", wrong)
    assert "x_new should be 1.3; yours is 0." in text
    assert "Perhaps" not in text and "Hint" not in text


def test_a_mistake_that_a_passed_case_contradicts_is_not_named():
    from byhand.judge import recognise
    from byhand.trial import trials_of

    exercise = find("gradient_descent.gradient_step")
    right = exercise.reference
    trials = trials_of(exercise, None, (0,))

    def uphill_at_last(x, grad, lr):
        passed = any(x == t.inputs["x"] for t in trials[:2])
        return right(x, grad, lr) if passed else right(x, -grad, lr)

    outcomes = [trial.run(uphill_at_last) for trial in trials]
    assert recognise(trials, outcomes, uphill_at_last) == (None, False)
    uphill = next(m for m in exercise.misconceptions if m.name == "uphill")
    assert trials[2].alike(outcomes[2], trials[2].outcome_of(uphill))


def test_two_mistakes_of_which_one_is_known_are_perhaps_that_one():
    def no_n_and_no_refusal(m, batch_size):
        return m // batch_size + 1 if batch_size else 0

    text = message("gradient_descent.updates_per_epoch", no_n_and_no_refusal)
    assert "you always count one batch more" in text


def test_a_right_refusal_is_no_witness_for_or_against_a_mistake():
    def halves(n, d_model):
        if d_model % 2:
            raise ValueError("an odd width")
        speeds = 10000 ** (-np.arange(0, d_model, 2) / d_model)
        angles = np.arange(n)[:, None] * speeds
        return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)

    text = message("positional_encoding.sinusoidal_encoding", halves)
    assert "\nHint: the numbers are right and in another layout" in text


def test_a_wrong_shape_is_told_and_nothing_else():
    text = message(
        "self_attention.dot_product_scores",
        lambda Q, K: [q @ k for q in Q for k in K],
    )
    second = text.splitlines()[1]
    assert second == "scores should have shape (1, 1); yours has shape (1,)."
    assert "Perhaps" not in text and "Hint" not in text


def test_a_later_case_that_never_ends_takes_no_hint_away(monkeypatch):
    monkeypatch.setattr(attempt, "TIME_LIMIT", 0.5)
    many = 5

    def uphill(theta, x, y, lr):
        while len(x) == many:
            pass
        return theta + lr * np.mean(2 * (theta * x - y) * x)

    text = message("gradient_descent.batch_epoch", uphill)
    assert "\nPerhaps: θ moves uphill" in text


def test_what_is_not_true_of_the_right_answer_is_not_said():
    text = message("decoding.top_k_filter", lambda logits, k: logits - k)
    assert "finite" not in text
    text = message(SOFTMAX, lambda z, axis=-1: np.exp(z) * np.inf)
    assert "It does not hold that every number is finite." in text


def test_a_refusal_has_a_sentence_where_one_is_due(capsys):
    def refuses(m, batch_size):
        if m < 1 or batch_size < 1:
            raise ValueError
        return -(-m // batch_size)

    text = message("gradient_descent.updates_per_epoch", refuses)
    assert "Your ValueError has no sentence." in text

    def dropped(x, p, rng):
        if not 0 <= p < 1:
            raise ValueError
        return x * (rng.random(x.shape) >= p) / (1 - p)

    check("layer_norm.dropout", dropped)  # its card asks for none
    assert "right" in capsys.readouterr().out


def test_a_long_message_is_folded_and_last_prints_all_of_it(capsys):
    long = np.arange(60.0).reshape(60, 1)
    text = message(SOFTMAX, lambda z, axis=-1: long)
    assert len(text.splitlines()) == 25
    assert text.splitlines()[-1].endswith(" lines more: `byhand.last()`")
    byhand.last()
    whole = capsys.readouterr().out
    assert whole.startswith("\n".join(text.splitlines()[:24]))
    assert "[59.0]" in whole


def test_a_modules_case_is_told_in_words():
    class Wrong(torch.nn.Linear):
        def __init__(self, d_model, num_heads):
            super().__init__(d_model, d_model)

    text = message("encoder.MultiHeadAttention", Wrong)
    assert "    d_model = 4\n    num_heads = 2\n    query = [[[" in text
    assert "The line was" not in text
    for word in ("along", "settings", "weight_gradients"):
        assert word not in text


def test_a_module_without_super_is_told_what_is_missing():
    class Wrong(torch.nn.Module):
        def __init__(self, d_model, num_heads):
            self.q_proj = torch.nn.Linear(d_model, d_model)

    text = message("encoder.MultiHeadAttention", Wrong)
    assert "Call `super().__init__()` in the first line" in text


def test_what_an_answer_says_of_the_generator_that_it_takes_is_shown():
    def no_softmax(logits, rng):
        return torch.multinomial(logits, 1, generator=rng)[..., 0]

    text = message("decoding.sample", no_softmax)
    assert "It raised RuntimeError: probability tensor" in text
    assert "torch.Generator" not in text

    def numpys(logits, rng):
        return rng.random() + "1"

    assert "Generator" not in message("decoding.sample", numpys)


def test_a_fault_of_ours_is_not_told_as_the_answers(monkeypatch):
    def broken(not_by, answer):
        raise LookupError("of the check's own")

    monkeypatch.setattr(short_cuts, "notice", broken)
    with pytest.raises(LookupError, match="of the check's own"):
        attempt.attempt(right_softmax, {"z": np.zeros(2)}, not_by=("softmax",))
