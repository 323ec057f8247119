"""Records the trainings that figures of several lessons show.

python -m byhand.sliders.record vectors writes byhand/sliders/vectors.json,
and with another figure's name, that figure's. The last digits depend on the
machine, and after thousands of steps more than those: it is run when the texts
or the training have changed. With one thread (OMP_NUM_THREADS=1) there is at
least no order of threads to depend on.
"""

import argparse
import itertools
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from byhand.sliders import (
    alignment,
    bagging,
    bottleneck,
    filling,
    first_batch,
    lengths,
    patch_attention,
    sentence_map,
    vectors,
)
from byhand.text import court, skipgram

PEOPLE = [person.word for person in court.PEOPLE]
SHOWN = {
    vectors.COURT: [*PEOPLE, "cat", "dog", "hot", "cold"],
    vectors.FIVE: ["king", "queen", "man", "woman", "cat", "dog"],
}
DECIMALS = 3
LETTERS = "hcafbged"  # whose reversal shows where the attention looks


def of_vectors() -> dict[str, Any]:
    """Text → window → what is known after each epoch, the start too."""
    texts = {vectors.COURT: court.corpus(), vectors.FIVE: court.FIVE}
    return {
        name: {
            str(window): training(name, text, window)
            for window in range(1, vectors.WINDOWS + 1)
        }
        for name, text in texts.items()
    }


def training(
    name: str, text: Sequence[Sequence[str]], window: int
) -> list[dict]:
    counts = Counter(word for sentence in text for word in sentence)
    ids = {word: i for i, word in enumerate(sorted(counts))}
    weights = np.array([counts[word] for word in ids]) ** 0.75
    pairs = pairs_of([[ids[w] for w in s] for s in text], window)
    tables, wanted = [], 0
    for learned in skipgram.train(pairs, weights / weights.sum()):
        if learned.share * vectors.EPOCHS >= wanted - 1e-9:
            tables.append(learned.vectors.copy())
            wanted += 1
    axes = principal_axes(tables[-1], ids)
    return [entry(name, table, ids, axes) for table in tables]


def pairs_of(sentences: list[list[int]], window: int) -> np.ndarray:
    """Skip-gram's pairs, none across the end of a sentence."""
    return np.array(
        [
            (ids[i], ids[j])
            for ids in sentences
            for i in range(len(ids))
            for j in range(max(i - window, 0), min(i + window + 1, len(ids)))
            if i != j
        ]
    )


def principal_axes(table: np.ndarray, ids: dict[str, int]) -> np.ndarray:
    """(d, 2): the first and the third along which the people differ.

    The people differ in three facts. On the first two of these axes the
    arrows would be points. King is at the upper right.
    """
    rows = table[[ids[word] for word in PEOPLE if word in ids]]
    axes = np.linalg.svd(rows - rows.mean(axis=0))[2][[0, 2]].T
    king = (table[ids["king"]] - rows.mean(axis=0)) @ axes
    return axes * np.where(king < 0, -1, 1)


def entry(
    name: str, table: np.ndarray, ids: dict[str, int], axes: np.ndarray
) -> dict:
    words = list(ids)
    asked = (ids[word] for word in ("man", "king", "woman"))
    answer = words[skipgram.answer(table, *asked)]
    right, of = int(answer == "queen"), 1
    if name == vectors.COURT:
        right, of = skipgram.hits(table, ids), len(court.analogies())
    known = [word for word in SHOWN[name] if word in ids]
    places = table[[ids[word] for word in known]] @ axes
    places = places - places.mean(axis=0)
    places /= np.abs(places).max(axis=0)
    return {
        "points": {
            word: [round(float(x), DECIMALS) for x in place]
            for word, place in zip(known, places, strict=True)
        },
        "right": right,
        "of": of,
        "parallel": round(parallel(table, ids), 2),
        "answer": answer,
    }


def parallel(table: np.ndarray, ids: dict[str, int]) -> float:
    """The mean cosine of the arrows with one another."""
    arrows = np.array(
        [
            table[ids[royal]] - table[ids[plain]]
            for plain, royal in vectors.ARROWS
            if {plain, royal} <= ids.keys()
        ]
    )
    units = arrows / np.linalg.norm(arrows, axis=1, keepdims=True)
    cosines = [a @ b for a, b in itertools.combinations(units, 2)]
    return float(np.mean(cosines))


def of_bottleneck() -> dict[str, Any]:
    """Shares of strings reversed by length, and one string's attention."""
    # Vectors are recorded without PyTorch.
    from byhand.text import reversal

    right = {}
    for name in reversal.MODELS:
        *_, last = reversal.train(name)
        right[name] = [
            round(reversal.accuracy(last.model, length), DECIMALS)
            for length in bottleneck.LENGTHS
        ]
    written, weights = reversal.reverse(last.model, LETTERS)
    return {
        "right": right,
        "letters": LETTERS,
        "written": written,
        "weights": [
            [round(float(weight), DECIMALS) for weight in row]
            for row in weights
        ],
    }


# Of every mistake that a dictionary makes, one; short enough for a picture.
TRANSLATED = (
    "the blue house sees the small bird .",
    "a tired star does not hear the dog .",
    "the girl sings and it likes the book .",
    "how are you ?",
)
SNAPSHOTS = 4  # of a training


def of_alignment() -> list[dict[str, Any]]:
    """Sentences that a trained translator reads, and where it looked."""
    from byhand.text import pairs, translator

    *_, last = translator.train(translator.Translator, pairs.learned())
    looks = [
        translator.look(last.model, pairs.read(text)) for text in TRANSLATED
    ]
    return [
        {
            "english": each.english,
            "french": each.french,
            "weights": rounded(each.weights.tolist()),
        }
        for each in looks
    ]


def rounded(numbers: Any) -> Any:
    if isinstance(numbers, dict):
        return {name: rounded(each) for name, each in numbers.items()}
    if isinstance(numbers, list):
        return [rounded(each) for each in numbers]
    return round(numbers, DECIMALS)


def of_lengths() -> dict[str, Any]:
    """BLEU by the length of the source: of two models as they learn."""
    from sacrebleu.metrics import BLEU

    from byhand.text import pairs, translator

    groups = pairs.unseen()
    bleu = BLEU(tokenize="none", smooth_method="none", force=True)

    def scores(translated: Any) -> list[float]:
        return [
            round(
                bleu.corpus_score(
                    [" ".join(french) for french in translated(group)],
                    [[" ".join(pair.french) for pair in group]],
                ).score,
                1,
            )
            for group in groups.values()
        ]

    models: dict[str, dict[str, list[float]]] = {}
    for name, kind in (
        (lengths.ATTENTION, translator.Translator),
        (lengths.VECTOR, translator.OneVector),
    ):
        for step, progress in enumerate(
            translator.train(kind, pairs.learned()), 1
        ):
            if step % (translator.STEPS // SNAPSHOTS) == 0:
                models.setdefault(str(step), {})[name] = scores(
                    lambda group, model=progress.model: [
                        translator.look(model, pairs.ids(pair)[0]).french
                        for pair in group
                    ]
                )
    return {
        "groups": list(groups),
        "models": models,
        "dictionary": scores(
            lambda group: [pairs.word_by_word(p.english) for p in group]
        ),
    }


def of_filling() -> dict[str, Any]:
    """Each word of a story hidden, and what [CLS] looks at."""
    from byhand.text import gaps

    bert = gaps.TinyBert(len(gaps.words()), **gaps.SIZES)
    gaps.small(bert, 0)
    head = gaps.TinyHead(bert.table)
    gaps.small(head.before, 1)
    for _ in gaps.train(bert, head, gaps.hiding):
        pass
    said = [
        filling.by(bert, head, filling.STORY, place)
        for place in range(len(filling.tokens_of(filling.STORY)))
    ]
    models, exact, looks = zip(*said, strict=True)

    return {
        "model": [rounded(one) for one in models],
        "exact": [rounded(filling.likeliest(one)) for one in exact],
        "looks": rounded(looks[0]),
    }


def of_patch_attention() -> dict[str, Any]:
    """Where [CLS] looks in a digit of each kind that was not learned from."""
    import torch

    from byhand import digits

    learned, tested = digits.parts()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = reader()
    for _ in digits.train(model, digits.classify, *learned):
        pass
    firsts = [int((tested.labels == d).nonzero()[0]) for d in range(10)]
    images = tested.images[firsts]
    with torch.no_grad():
        x, looks = model.rows(images), []
        for layer in model.layers:
            y = layer.norm1(x)
            _, weights = layer.self_attn(y, y, y, average_attn_weights=False)
            looks.append(weights[:, :, 0])
            x = layer(x)
        read = model(images).argmax(dim=1)
    weights = torch.stack(looks, dim=1).tolist()
    return {
        "images": (digits.BRIGHTEST * images[:, 0]).round().int().tolist(),
        "read": read.tolist(),
        "weights": rounded(weights),
    }


def reader() -> Any:
    """A small Vision Transformer of PyTorch's own layers."""
    import torch
    from torch import nn

    class Reader(nn.Module):
        def __init__(self, width=64):
            super().__init__()
            side, heads = patch_attention.PATCH, patch_attention.HEADS
            self.patches = nn.Conv2d(1, width, side, stride=side)
            self.cls = nn.Parameter(torch.zeros(1, 1, width))
            places = 1 + patch_attention.GRID**2
            self.positions = nn.Parameter(torch.zeros(1, places, width))
            self.layers = nn.ModuleList(
                nn.TransformerEncoderLayer(
                    *(width, heads, 2 * width, 0.0, "gelu", 1e-6),
                    batch_first=True,
                    norm_first=True,
                )
                for _ in range(patch_attention.LAYERS)
            )
            self.norm = nn.LayerNorm(width, 1e-6)
            self.head = nn.Linear(width, patch_attention.DIGITS)

        def rows(self, images):
            patches = self.patches(images).flatten(2).mT
            first = self.cls.expand(len(images), -1, -1)
            return torch.cat([first, patches], dim=1) + self.positions

        def forward(self, images):
            x = self.rows(images)
            for layer in self.layers:
                x = layer(x)
            return self.head(self.norm(x[:, 0]))

    return Reader()


def of_bagging() -> dict[str, Any]:
    """How many points come out right, for each share and number of trees."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import BaggingClassifier
    from sklearn.model_selection import train_test_split

    X, y = load_breast_cancer(return_X_y=True)
    seen, unseen, y_seen, y_unseen = train_test_split(
        *(X, y), test_size=0.3, stratify=y, random_state=0
    )
    kept = {}
    for share in bagging.SHARES:
        bag = BaggingClassifier(
            n_estimators=bagging.TREES, max_samples=share, random_state=0
        ).fit(seen, y_seen)
        drawn = bag.estimators_samples_
        in_bag = np.array(
            [np.bincount(each, minlength=len(y_seen)) > 0 for each in drawn]
        )
        learned, new = (
            np.array([tree.predict(some) for tree in bag.estimators_])
            for some in (seen, unseen)
        )
        judged = (~in_bag).cumsum(axis=0) > 0
        kept[str(share)] = {
            "judged": judged.sum(axis=1).tolist(),
            bagging.OUT: right_by(learned, ~in_bag, y_seen),
            bagging.TRAINING: right_by(learned, in_bag | True, y_seen),
            bagging.TEST: right_by(new, np.full(new.shape, True), y_unseen),
        }
    return {"points": [len(y_seen), len(y_unseen)], "right": kept}


def right_by(votes: np.ndarray, may: np.ndarray, y: np.ndarray) -> list[int]:
    """How many points the first 1, 2, … trees get right, by their votes.

    votes: (trees, n), 0 or 1. may: which of them count.
    """
    ones, all_ = (may & (votes == 1)).cumsum(0), may.cumsum(0)
    right = ((2 * ones > all_) == y) & (all_ > 0)
    return [int(each) for each in right.sum(axis=1)]


def of_sentence_map() -> dict[str, Any]:
    """Pairs of sentences, and what is known of them on the way."""
    import torch
    from torch.nn import functional

    from byhand.text import meanings

    def pool(hidden: Any, mask: Any, kind: str) -> Any:
        real = mask[..., None]
        return (hidden * real).sum(1) / real.sum(1)

    def loss(queries: Any, keys: Any) -> Any:
        logits = functional.normalize(queries) @ functional.normalize(keys).mT
        return functional.cross_entropy(
            logits / 0.05, torch.arange(len(logits))
        )

    kept: dict[int, Any] = {}
    for _ in meanings.train(meanings.started(), pool, loss, kept):
        pass
    words = [[" ".join(side) for side in pair] for pair in meanings.shown()]
    return {"words": words, "steps": sentence_map.seen(kept)}


def of_first_batch() -> dict[str, Any]:
    """Two trainings on one batch, before each step."""
    from byhand.text import two_sentences

    kept = {}
    for name, given in (
        (first_batch.SHIFTED, two_sentences.GIVEN),
        (first_batch.NOT_SHIFTED, two_sentences.TARGETS),
    ):
        model = two_sentences.new_translator()
        kept[name] = [
            first_batch.moment(loss, logits, two_sentences.write(model))
            for loss, logits in two_sentences.train(model, given)
        ]
    return kept


RECORDS = {
    "alignment": (of_alignment, alignment.RECORD),
    "bagging": (of_bagging, bagging.RECORD),
    "lengths": (of_lengths, lengths.RECORD),
    "vectors": (of_vectors, vectors.RECORD),
    "bottleneck": (of_bottleneck, bottleneck.RECORD),
    "filling": (of_filling, filling.RECORD),
    "first_batch": (of_first_batch, first_batch.RECORD),
    "patch_attention": (of_patch_attention, patch_attention.RECORD),
    "sentence_map": (of_sentence_map, sentence_map.RECORD),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m byhand.sliders.record",
        description="Train again, and keep what a figure shows.",
    )
    parser.add_argument("figure", choices=RECORDS)
    recorded, path = RECORDS[parser.parse_args().figure]
    text = json.dumps(recorded(), separators=(",", ":"))
    # A window, or a model, a line, so that a change can be looked at.
    text = text.replace('],"', '],\n"')
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
