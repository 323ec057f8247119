"""What lesson 19 builds, beside `transformers` and `tokenizers`."""

import itertools

import numpy as np
import pytest
import tokenizers
import torch
import transformers
from tokenizers.processors import BertProcessing

from byhand.bank import find
from byhand.text import gaps, minilm
from byhand.trial import trials_of

SEEDS = range(5)
# From a name of theirs to one of ours, in this order.
RENAMED = (
    ("bert.", ""),
    *minilm.RENAMED,
    ("cls.predictions.transform.dense", "linear"),
    ("cls.predictions.transform.LayerNorm", "norm"),
    ("cls.predictions.bias", "bias"),
    ("LayerNorm", "norm"),
)


def our_name(theirs):
    for old, new in RENAMED:
        theirs = theirs.replace(old, new)
    return theirs


def config(vocab_size, max_len, d_model, num_layers, num_heads, d_ff):
    return transformers.BertConfig(
        vocab_size=vocab_size,
        max_position_embeddings=max_len,
        hidden_size=d_model,
        num_hidden_layers=num_layers,
        num_attention_heads=num_heads,
        intermediate_size=d_ff,
        attn_implementation="eager",
        pad_token_id=None,
    )


def filled(theirs, weights):
    """Their module with our weights, each of which must be used."""
    theirs = theirs.double().eval()
    used = set()
    with torch.no_grad():
        for name, parameter in theirs.named_parameters():
            parameter.copy_(torch.as_tensor(weights[our_name(name)]))
            used.add(our_name(name))
    assert used == weights.keys()
    return theirs


def of(exercise):
    for seed in SEEDS:
        for trial in trials_of(find(exercise), None, (seed,)):
            yield trial.inputs, trial.right


def close(ours, theirs):
    np.testing.assert_allclose(
        ours.detach(), theirs.detach(), rtol=1e-9, atol=1e-12
    )


def test_bert_is_theirs():
    for inputs, (hidden, pooled, _, _) in of("bert.Bert"):
        theirs = filled(
            transformers.BertModel(config(**inputs["settings"])),
            inputs["weights"],
        )
        ids, segments, mask = inputs["inputs"]
        came = theirs(ids, mask, segments)
        close(hidden, came.last_hidden_state)
        close(pooled, came.pooler_output)


def test_the_embeddings_are_theirs():
    for inputs, (output, _, _) in of("bert.BertEmbeddings"):
        settings = inputs["settings"] | {
            "num_layers": 1,
            "num_heads": 1,
            "d_ff": 1,
        }
        whole = transformers.BertModel(config(**settings))
        theirs = filled(whole.embeddings, inputs["weights"])
        ids, segments = (*inputs["inputs"], None)[:2]
        close(output, theirs(input_ids=ids, token_type_ids=segments))


def test_the_head_is_theirs():
    for inputs, (logits, _, _) in of("bert.MlmHead"):
        vocab, d_model = inputs["tables"]["tokens"]
        whole = transformers.BertForMaskedLM(
            config(vocab, 2, d_model, 1, 1, 1)
        )
        table = torch.as_tensor(inputs["weights"]["tokens.weight"])
        whole.double().eval()
        assert whole.cls.predictions.decoder.weight is (
            whole.bert.embeddings.word_embeddings.weight
        )
        with torch.no_grad():
            whole.bert.embeddings.word_embeddings.weight.copy_(table)
            for name, parameter in whole.cls.named_parameters(prefix="cls"):
                if "decoder" not in name:
                    weight = inputs["weights"][our_name(name)]
                    parameter.copy_(torch.as_tensor(weight))
        (hidden,) = inputs["inputs"]
        close(logits, whole.cls(torch.as_tensor(hidden)))


def test_as_many_parameters():
    with torch.device("meta"):
        models = [
            transformers.BertModel(
                config(30522, 512, *sizes), add_pooling_layer=True
            )
            for sizes in ((768, 12, 12, 3072), (1024, 24, 16, 4096))
        ]
        masked = transformers.BertForMaskedLM(
            config(30522, 512, 768, 12, 12, 3072)
        )
    counts = [
        sum(p.numel() for p in model.parameters())
        for model in (*models, masked)
    ]
    assert counts == [109_482_240, 335_141_888, 109_514_298]
    with torch.device("meta"):
        ours = find("bert.Bert").reference(30522, 512, 768, 12, 12, 3072)
    assert sum(p.numel() for p in ours.parameters()) == counts[0]


@pytest.fixture(scope="module")
def library():
    """A tokenizer whose words are their own ids, as decimal numbers."""
    words = {str(i): i for i in range(103)}
    made = tokenizers.Tokenizer(
        tokenizers.models.WordLevel(words, unk_token="0")
    )
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.post_processor = BertProcessing(("102", 102), ("101", 101))
    return made


def test_pairs_are_laid_out_as_theirs(library):
    """But at a tie, which theirs breaks the other way in an odd room."""
    encode_pair = find("bert.encode_pair").reference
    compared = 0
    for n, m, room in itertools.product(range(6), (None, *range(6)), range(9)):
        first = [*range(1, n + 1)]
        second = None if m is None else [*range(50, 50 + m)]
        max_len = room + (2 if m is None else 3)
        if n == 0 or m == 0:
            continue  # theirs takes no empty text for a pair
        # Where both are cut to the same, a tie decides who gets the odd place.
        if n + (m or 0) > room and 2 * min(n, m or 0) >= room and room % 2:
            continue
        library.enable_truncation(max_len)
        library.enable_padding(pad_id=0, length=max_len)
        texts = [" ".join(map(str, text)) for text in (first, second or [])]
        theirs = (
            library.encode(texts[0])
            if second is None
            else library.encode(*texts)
        )
        ids, segments, mask = encode_pair(first, second, 101, 102, 0, max_len)
        assert ids.tolist() == theirs.ids
        assert segments.tolist() == theirs.type_ids
        assert mask.tolist() == [bool(one) for one in theirs.attention_mask]
        compared += 1
    assert compared > 150


def test_words_are_hidden_as_theirs_are():
    """The collator of `transformers`, measured as an answer is."""
    exercise = find("bert.mask_tokens")

    class Words:
        """What the collator asks of a tokenizer."""

        mask_token, pad_token = "[MASK]", "[PAD]"

        def __init__(self, vocab_size, mask_id):
            self.vocab_size, self.mask_token_id = vocab_size, mask_id

        def __len__(self):
            return self.vocab_size

        def convert_tokens_to_ids(self, token):
            return self.mask_token_id

    def theirs(ids, special, mask_id, vocab_size, rng, p=0.15):
        collator = transformers.DataCollatorForLanguageModeling(
            Words(vocab_size, mask_id), mlm_probability=p, seed=None
        )
        torch.manual_seed(int(torch.randint(2**31, (), generator=rng)))
        return collator.torch_mask_tokens(ids.clone(), special.long())

    for seed in SEEDS:
        for trial in trials_of(exercise, None, (seed,)):
            assert trial.distance(trial.run(theirs)) <= 1


def test_a_tiny_bert_of_ours_is_one():
    """What the figure was recorded with does as the exercise's does."""
    right = find("bert.Bert").reference(9, 8, 8, 2, 4, 16)
    mine = gaps.TinyBert(9, 8, 8, 2, 4, 16)
    named = dict(right.named_parameters())
    ours = {
        "table": "embeddings.tokens",
        "places": "embeddings.positions",
        "kinds": "embeddings.segments",
        "norm": "embeddings.norm",
        "last": "pooler",
        "network.0": "linear1",
        "network.2": "linear2",
        "norms.0": "norm1",
        "norms.1": "norm2",
    }
    with torch.no_grad():
        for name, parameter in mine.named_parameters():
            for old, new in ours.items():
                if name.startswith(old) or f".{old}." in name:
                    name = name.replace(old, new)
            parameter.copy_(named.pop(name))
    assert not named
    ids = torch.tensor([[1, 4, 2, 0], [1, 5, 6, 2]])
    for one, other in zip(
        right(ids, None, ids != 0), mine(ids, None, ids != 0), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
