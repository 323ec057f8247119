"""What other paths say to the exercises of this lesson.

`tokenizers` for merges and pieces, PyTorch for one-hot rows, scikit-learn
for ids by name; and regular expressions, which the references do not use.
"""

import json
import re
from collections import Counter

import torch
from sklearn.preprocessing import LabelEncoder
from tokenizers import Tokenizer, models, trainers

from tests.exercises.references.registry import judge_of


def letter(byte):
    """One character for each byte, in the order of the bytes."""
    return chr(0x100 + byte)


def spelt(text):
    return "".join(map(letter, text.encode()))


ALPHABET = [letter(byte) for byte in range(256)]


@judge_of("tokenization.word_tokenize")
def word_tokenize(text):
    return re.findall(r"\w+|[^\w\s]", text)


@judge_of("tokenization.build_vocabulary")
def build_vocabulary(tokens, specials=(), min_count=1):
    counts = Counter(token for token in tokens if token not in specials)
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    kept = [token for token, count in ranked if count >= min_count]
    return dict(zip([*specials, *kept], range(10_000), strict=False))


def numbering(vocabulary):
    """Tokens as scikit-learn numbers them, and their ids in that order."""
    encoder = LabelEncoder().fit(list(vocabulary))
    return encoder, [vocabulary[str(token)] for token in encoder.classes_]


@judge_of("tokenization.encode")
def encode(tokens, vocabulary):
    if not tokens:
        return []
    known = [token if token in vocabulary else "<unk>" for token in tokens]
    encoder, ids = numbering(vocabulary)
    return [ids[place] for place in encoder.transform(known)]


@judge_of("tokenization.decode")
def decode(ids, vocabulary):
    encoder, numbers = numbering(vocabulary)
    places = [numbers.index(one) for one in ids]
    return encoder.inverse_transform(places).tolist()


@judge_of("tokenization.one_hot")
def one_hot(ids, size):
    return torch.nn.functional.one_hot(ids, size)


@judge_of("tokenization.train_bpe")
def train_bpe(words, num_merges):
    tokenizer = Tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=256 + num_merges,
        min_frequency=1,
        show_progress=False,
        initial_alphabet=ALPHABET,
    )
    tokenizer.train_from_iterator([spelt(w) for w in words], trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    ids = {one: number for number, one in enumerate(ALPHABET)}
    for left, right in merges:
        ids.setdefault(left + right, len(ids))
    return [(ids[left], ids[right]) for left, right in merges]


@judge_of("tokenization.bpe_encode")
def bpe_encode(text, merges):
    pieces = dict(enumerate(ALPHABET))
    for left, right in merges:
        pieces[len(pieces)] = pieces[left] + pieces[right]
    model = models.BPE(
        vocab={piece: number for number, piece in pieces.items()},
        merges=[(pieces[left], pieces[right]) for left, right in merges],
    )
    return Tokenizer(model).encode(spelt(text)).ids


@judge_of("tokenization.wordpiece_tokenize")
def wordpiece_tokenize(word, pieces):
    vocab = {piece: number for number, piece in enumerate(["[UNK]", *pieces])}
    model = models.WordPiece(vocab, unk_token="[UNK]")
    return Tokenizer(model).encode(word).tokens
