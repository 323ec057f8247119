import itertools

import pytest
import torch
from torch import nn

from byhand.exercises.translation.greedy_translate import one_at_a_time
from byhand.exercises.translation.make_batch import batch
from byhand.text import pairs, translator

CORPUS = pairs.corpus(60, seed=5)
BOTH = [translator.Translator, translator.OneVector]


def test_its_size():
    model = translator.Translator()
    assert sum(p.numel() for p in model.parameters()) == 243_316


def test_a_batch_is_what_the_exercise_wants():
    some = [pairs.ids(pair) for pair in CORPUS]
    for special in ((0, 1, 2), (90, 91, 92)):
        ours = translator.batch_of(some, *special)
        right = batch(some, *special)
        for one, other in zip(ours, right, strict=True):
            assert torch.equal(one, other)


@pytest.mark.parametrize("kind", BOTH)
def test_nothing_depends_on_padding_or_on_later_words(kind):
    torch.manual_seed(0)
    model = kind().eval()
    src, tgt, _, src_mask, tgt_mask = translator.batch_of(
        [pairs.ids(pair) for pair in CORPUS[:4]], 0, 1, 2
    )
    with torch.no_grad():
        whole = model(src, tgt, src_mask, tgt_mask)
        for k, pair in enumerate(CORPUS[:4]):
            n = len(pair.english)
            alone = model(
                src[k : k + 1, :n],
                tgt[k : k + 1, :3],
                torch.ones(1, 1, n, dtype=torch.bool),
                torch.ones(3, 3, dtype=torch.bool).tril(),
            )
            torch.testing.assert_close(
                alone[0], whole[k, :3], rtol=1e-4, atol=1e-5
            )


def test_one_vector_is_all_that_the_decoder_sees():
    torch.manual_seed(0)
    model = translator.OneVector().eval()
    src, mask = translator.sources([[5, 6, 7], [8]])
    memory, seen = model.memory(src, mask)
    assert memory.shape == (2, 1, translator.WIDTH) and seen is None
    whole, _ = translator.Translator.memory(model, src, mask)
    torch.testing.assert_close(memory[0, 0], whole[0].mean(0))
    torch.testing.assert_close(memory[1, 0], whole[1, 0])


def test_it_is_pytorchs_transformer():
    """Weight by weight: the library's own, post-norm, no last norms."""
    torch.manual_seed(0)
    ours = translator.Translator().eval().double()
    width, heads = translator.WIDTH, translator.HEADS
    settings = {
        "dim_feedforward": translator.INNER,
        "batch_first": True,
        "dropout": 0.0,
    }
    theirs = (
        nn.Transformer(
            *(width, heads, translator.LAYERS, translator.LAYERS), **settings
        )
        .double()
        .eval()
    )
    theirs.encoder.norm = theirs.decoder.norm = None
    theirs.encoder.use_nested_tensor = False

    def fill(attention, own):
        parts = (own.q_proj, own.k_proj, own.v_proj)
        attention.in_proj_weight.copy_(torch.cat([p.weight for p in parts]))
        attention.in_proj_bias.copy_(torch.cat([p.bias for p in parts]))
        attention.out_proj.load_state_dict(own.out_proj.state_dict())

    with torch.no_grad():
        for there, here in itertools.chain(
            zip(theirs.encoder.layers, ours.encoder, strict=True),
            zip(theirs.decoder.layers, ours.decoder, strict=True),
        ):
            fill(there.self_attn, here.own)
            if here.cross is not None:
                fill(there.multihead_attn, here.cross)
            there.linear1.load_state_dict(here.network[0].state_dict())
            there.linear2.load_state_dict(here.network[2].state_dict())
            for k, norm in enumerate(here.norms, 1):
                getattr(there, f"norm{k}").load_state_dict(norm.state_dict())
        src, tgt, _, src_mask, _ = translator.batch_of(
            [pairs.ids(pair) for pair in CORPUS[:3]], 0, 1, 2
        )
        look = torch.ones(tgt.shape[1], tgt.shape[1], dtype=torch.bool).tril()
        came = theirs(
            translator.placed(ours.source, src),
            translator.placed(ours.target, tgt),
            tgt_mask=~look,
            src_key_padding_mask=~src_mask[:, 0],
            memory_key_padding_mask=~src_mask[:, 0],
        )
        torch.testing.assert_close(
            ours(src, tgt, src_mask, look), ours.output(came)
        )


def test_a_training_learns_and_is_the_same_again():
    def losses():
        steps = translator.train(translator.Translator, CORPUS, steps=12)
        return [one.loss for one in steps]

    first = losses()
    assert first[-1] < first[0] - 0.5
    assert first == losses()
    *_, last = translator.train(
        translator.OneVector, CORPUS, batch=batch, steps=2
    )
    assert last.share == 1 and isinstance(last.model, translator.OneVector)


def test_batches_hold_sentences_of_like_length():
    found = list(itertools.islice(translator.batches(pairs.learned(), 0), 20))
    assert {len(one) for one in found} == {translator.BATCH}
    spread = [
        max(len(s) for s, _ in one) - min(len(s) for s, _ in one)
        for one in found
    ]
    assert sum(gap <= 3 for gap in spread) >= 15


def test_translations_come_in_the_order_of_the_corpus():
    *_, last = translator.train(translator.Translator, CORPUS, steps=5)
    together = translator.translate(last.model, CORPUS[:7], one_at_a_time, 3)
    for pair, said in zip(CORPUS[:7], together, strict=True):
        src, mask = translator.sources([pairs.ids(pair)[0]])
        with torch.no_grad():
            (row,) = one_at_a_time(
                last.model, src, mask, pairs.BOS, pairs.EOS, len(said) or 1
            )
        assert [pairs.FRENCH[k] for k in row][: len(said)] == said


def test_where_it_looked():
    torch.manual_seed(0)
    model = translator.Translator().eval()
    seen = translator.look(model, pairs.read("the cat sleeps ."))
    assert seen.english == ["the", "cat", "sleeps", "."]
    layers, heads, m, n = seen.weights.shape
    assert (layers, heads, n) == (2, 4, 4)
    assert m == len(seen.french) <= 9
    torch.testing.assert_close(
        seen.weights.sum(-1), torch.ones(layers, heads, m)
    )
