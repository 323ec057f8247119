# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4 · Tokenization
#
# The network of lesson 3 takes numbers. A sentence is letters. Something must
# stand between the two, and it decides more than you would think. It decides
# what a model can spell, which words it knows, and who pays how much for a
# question. In this lesson you build it, up to the byte-pair encoding that GPT
# uses.
#
# **After it you can**
#
# - say what a corpus, a document, a token and a vocabulary are;
# - tell a stem from a lemma, and say why a Transformer needs neither;
# - turn text into ids and back, unknown words and special tokens included;
# - learn the merges of byte-pair encoding by hand, and apply them;
# - say why no text is unknown to it, and who pays for that.
#
# You need Python's lists, dicts and strings, and the arrays of lesson 2 for
# one-hot rows. About 75 minutes.

# %%
import re
import unicodedata
from collections import Counter
from itertools import pairwise

import numpy as np

from byhand import check, tools

# %% [markdown]
# ## The idea in one picture
#
# {picture text_to_rows.svg The text The dog sat. becomes four tokens, the tokens become the ids 1, 2, 3, 0, and each id becomes a row with a single 1.}
#
# Cut the text into **tokens**. Give every different token a number, its **id**.
# All tokens with their ids are the **vocabulary**. A network then reads each id
# as a row of numbers. Everything in this lesson is one of these three arrows,
# or the way back. (Why the full stop has the id 0, the second exercise says.)
#
# ## Five words
#
# A **corpus** is all the texts that you have. A **document** is one of them: a
# story, a page, a letter. A document has **sentences**, a sentence has
# **words**. The vocabulary holds each different word once.
#
# Take this document: "I like to drink Apple Juice. My friend likes mango
# juice". Count before you read on. It has 2 sentences and 11 words. Of these
# all 11 are different, since "Juice" and "juice" are. If you fold the case,
# which means that you write everything in lower case, 10 are different.
#
# Whether you fold is your choice. But make it once: **one vocabulary, one rule
# about case**.
#
# ## Text to tokens
#
# Where does a word end? At a blank, mostly. But "mat." is not another word than
# "mat", so marks such as a full stop become tokens too. Here is our rule.
#
# {card tokenization.word_tokenize}


# %% nbgrader={"grade_id": "word_tokenize", "solution": true}
def word_tokenize(text: str) -> list[str]:
    """Runs of letters, digits and underscores; other characters alone."""
    ### BEGIN SOLUTION
    return re.findall(r"\w+|[^\w\s]", text)
    ### END SOLUTION


# %% nbgrader={"grade_id": "word_tokenize-check", "grade": true, "locked": true}
check("tokenization.word_tokenize", word_tokenize)

# %% tags=["demonstration"]
document = "I like to drink Apple Juice. My friend likes mango juice"
words = [token for token in word_tokenize(document) if token != "."]
folded = [word.lower() for word in words]
print("sentences:", len(re.split(r"\. ", document)))
print("words:", len(words), "distinct:", len(set(words)), end=" ")
print("case folded:", len(set(folded)))

for text in ("Hello, how are you doing today?", "The cat sat on the mat."):
    tokens = word_tokenize(text)
    print(f"\n{len(text)} characters, {len(tokens)} tokens:")
    print(*tokens, sep=" | ")
print("folded:", len({token.lower() for token in tokens}), "distinct")

# %% [markdown]
# ## Other rules
#
# Our rule is one of many. NLTK is a library for the study of language. Its
# tokenizer has rules for English: it knows that "don't" is *do not*. It cuts off
# a full stop at the end of the line only, so that "Mr." stays whole. scikit-learn, a library for machine learning,
# drops words of one letter. Look at what they make of the same text. (If a
# library is missing on your machine, the cell says so, and shows what it printed
# when this page was built.)

# %% tags=["demonstration"]
line = "I don't pay $3.50, Mr. O'Hara!"
print("ours:        ", *word_tokenize(line))

# %% tags=["demonstration"]
if tools.installed("nltk", "sklearn", recorded="tokenization/other_rules"):
    import nltk
    from sklearn.feature_extraction.text import CountVectorizer

    # `preserve_line` leaves out the cut into sentences, for which NLTK would
    # need data from the network.
    for text in (line, "Hello, how are you doing today?"):
        print("NLTK:        ", *nltk.word_tokenize(text, preserve_line=True))
    cut = CountVectorizer().build_tokenizer()
    print("scikit-learn:", *cut("I am a cat"))

# %% [markdown]
# None of them is right or wrong. But a model that was trained with one rule
# must be used with the same one.
#
# NLTK has more: a lemmatiser and a list of stopwords, which you meet next. For
# these it needs data from the network (`wordnet`, `stopwords`), so here other
# libraries stand in.
#
# ## Fewer words: stems, lemmas, stopwords
#
# "like" and "likes" are two tokens. Before neural networks that was a problem:
# each word had to be counted by itself. Three ways to get fewer:
#
# - **Stemming** cuts endings by rules. What is left, the *stem*, need not be a
#   word: studies → studi. The best-known rules are Porter's.
# - **Lemmatising** looks a word up. The *lemma* is the word as it stands in a
#   dictionary: mice → mouse. For that you must know what the word does in its
#   sentence. "saw" is *see* or a tool.
# - **Stopwords** are frequent words that say little, such as "the". A list of
#   them is left out.

# %% tags=["demonstration"]
if tools.installed("nltk", recorded="tokenization/stems"):
    from nltk.stem import LancasterStemmer, PorterStemmer, SnowballStemmer

    some = ["studies", "university", "universe", "organization", "was", "mice"]
    for name, stemmer in (
        ("Porter", PorterStemmer()),
        ("Snowball", SnowballStemmer("english")),
        ("Lancaster", LancasterStemmer()),
    ):
        print(f"{name:9}", *[stemmer.stem(word) for word in some])

# %% tags=["demonstration"]
LEMMAS = {  # by word and part of speech
    ("saw", "verb"): "see",
    ("saw", "noun"): "saw",
    ("meeting", "verb"): "meet",
    ("meeting", "noun"): "meeting",
    ("leaves", "verb"): "leave",
    ("leaves", "noun"): "leaf",
    ("better", "adjective"): "good",
    ("mice", "noun"): "mouse",
}
for (word, part), lemma in LEMMAS.items():
    print(f"{word:7} {part:9} → {lemma}")

# %% tags=["demonstration"]
if tools.installed(
    "nltk", "simplemma", "sklearn", recorded="tokenization/fewer_words"
):
    import simplemma
    from nltk.stem import PorterStemmer
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    # A library that knows many lemmas, and no part of speech.
    for word in ("mice", "was", "better", "corpora", "playing"):
        print(f"{word:7} → {simplemma.lemmatize(word, lang='en')}")

    stem = PorterStemmer().stem
    stems = {stem(word) for word in folded}
    print("\nstems of our document:", len(stems), *sorted(stems))
    left = [word for word in folded if word not in ENGLISH_STOP_WORDS]
    print("without stopwords:", len(left), "words,", end=" ")
    print(len(set(left)), "distinct,", len(set(map(stem, left))), "stems")

    print("\nstopwords:", len(ENGLISH_STOP_WORDS))
    for word in ("not", "system"):
        print(f"is {word!r} one of them?", word in ENGLISH_STOP_WORDS)
    kept = [w for w in ("not", "good") if w not in ENGLISH_STOP_WORDS]
    print("'not good' without stopwords is", repr(" ".join(kept)))

# %% [markdown]
# Each way loses something. Porter gives *university* and *universe* the same
# stem. A tool without context guesses: "playe". And "not good" becomes "good".
#
# A Transformer needs none of the three. It learns by itself that "like" and
# "likes" are related, and "not" matters to it. You will still meet them where
# texts are searched or counted, as in lesson 5.
#
# ## Tokens to ids
#
# Count the tokens, put the most frequent first, and number them. A few
# **special tokens** come before all others. They are signs for the model, not
# words of a text:
#
# | token | for |
# |---|---|
# | `<pad>` | filling up short rows of a batch |
# | `<unk>` | a token that is not in the vocabulary |
# | `<bos>`, `<eos>` | the beginning and the end of a text |
# | `[CLS]`, `[SEP]`, `[MASK]` | the same idea in BERT, lesson 19 |
#
# {card tokenization.build_vocabulary}


# %% nbgrader={"grade_id": "build_vocabulary", "solution": true}
def build_vocabulary(
    tokens: list[str], specials: tuple[str, ...] = (), min_count: int = 1
) -> dict[str, int]:
    """From token to id: specials first, then the most frequent."""
    ### BEGIN SOLUTION
    counts = Counter(token for token in tokens if token not in specials)
    often = [token for token, n in counts.items() if n >= min_count]
    often.sort(key=lambda token: (-counts[token], token))
    return {token: i for i, token in enumerate([*specials, *often])}
    ### END SOLUTION


# %% nbgrader={"grade_id": "build_vocabulary-check", "grade": true, "locked": true}
check("tokenization.build_vocabulary", build_vocabulary)

# %% [markdown]
# With a vocabulary, a text becomes numbers by looking up. What if a word is not
# in it? It gets the id of `<unk>`, and what it was is lost.
#
# {card tokenization.encode}


# %% nbgrader={"grade_id": "encode", "solution": true}
def encode(tokens: list[str], vocabulary: dict[str, int]) -> list[int]:
    """The id of each token; of "<unk>" for those that are not there."""
    ### BEGIN SOLUTION
    numbers = []
    for word in tokens:
        if word not in vocabulary and "<unk>" not in vocabulary:
            raise ValueError(f"{word!r} is not in the vocabulary")
        numbers.append(vocabulary[word if word in vocabulary else "<unk>"])
    return numbers
    ### END SOLUTION


# %% nbgrader={"grade_id": "encode-check", "grade": true, "locked": true}
check("tokenization.encode", encode)

# %% [markdown]
# And the way back, which a model needs as soon as it writes:
#
# {card tokenization.decode}


# %% nbgrader={"grade_id": "decode", "solution": true}
def decode(ids: list[int], vocabulary: dict[str, int]) -> list[str]:
    """The token of each id."""
    ### BEGIN SOLUTION
    tokens = {number: token for token, number in vocabulary.items()}
    for wanted in ids:
        if wanted not in tokens:
            raise ValueError(f"{wanted} is the id of no token")
    return [tokens[wanted] for wanted in ids]
    ### END SOLUTION


# %% nbgrader={"grade_id": "decode-check", "grade": true, "locked": true}
check("tokenization.decode", decode)

# %% tags=["demonstration"]
tokens = word_tokenize("the cat sat on the mat. the dog sat.")
vocabulary = build_vocabulary(tokens, specials=("<pad>", "<unk>"))
print(vocabulary)
ids = encode(word_tokenize("the bird sat."), vocabulary)
print("the bird sat. →", ids, "→", decode(ids, vocabulary))

# %% [markdown]
# "bird" went in, and `<unk>` came out.
#
# ## A batch of sentences
#
# All rows of an array have the same length. Sentences do not, so fill up the short
# ones with `<pad>`. Here a sentence of three tokens and
# one of two become an array of shape `(2, 3)`, with the pad id 0:
# [[1, 2, 3], [4, 5, 0]]. Lesson 9 makes sure that nobody looks at the padding.
#
# ## Ids to rows
#
# An id is a name and no size: id 4 is not twice id 2. So a network must not
# multiply it. A **one-hot** row has a 1 in the column of the id and 0
# elsewhere. You subtracted such rows in lesson 3.
#
# {card tokenization.one_hot}


# %% nbgrader={"grade_id": "one_hot", "solution": true}
def one_hot(ids: np.ndarray, size: int) -> np.ndarray:
    """A row for each id, with a single 1. ids: (n,), result: (n, size)."""
    ### BEGIN SOLUTION
    ids = np.asarray(ids)
    if (ids < 0).any() or (ids >= size).any():
        raise ValueError(f"ids should be from 0 to {size - 1}, got {ids}")
    return np.eye(size)[ids]
    ### END SOLUTION


# %% nbgrader={"grade_id": "one_hot-check", "grade": true, "locked": true}
check("tokenization.one_hot", one_hot)

# %% tags=["demonstration"]
PAD = 0
sentences = [[1, 2, 3], [4, 5]]
longest = max(map(len, sentences))
batch = [ids + [PAD] * (longest - len(ids)) for ids in sentences]
print("a batch:", batch)

five = {"a": 0, "am": 1, "i": 2, "thanks": 3, "student": 4}
print("am:", one_hot(np.array(encode(["am"], five)), len(five)))

# %% [markdown]
# ## Words, characters, or something between
#
# Words as tokens have two faults. There are very many of them, and a new one is
# `<unk>`. Characters as tokens have neither, but every text becomes long. And
# the cost of attention grows with the *square* of the length, as you will see.
#
# **Subwords** are the way between. Frequent words stay whole, rare ones are cut
# into pieces that are in the vocabulary. All of today's models use them. Nobody
# writes the pieces down: they are *learned* from text.
#
# ## Byte-pair encoding, by hand
#
# A computer stores text as **bytes**, numbers from 0 to 255. The common way to
# write them is UTF-8: a letter of English is one byte, other characters are
# two, three or four. Begin with these 256 ids. Then look which two neighbours
# occur most often, and make them *one* token. Look again, and so on.
#
# Our words: **low** five times, **lower** twice, **newest** six times and
# **widest** three times. Together they have 79 bytes.
#
# 1. "e s" occurs in newest and widest: 6 + 3 = 9 times. So does "s t". The tie
#    goes to the smaller pair of ids: e is 101 and s is 115, so (101, 115)
#    comes before (115, 116). Merge e s into the new token **es**, id 256. Nine
#    places have one token less: 79 − 9 = 70 are left.
# 2. Now "es t" occurs 9 times. **est** gets the id 257, and 61 tokens are left.
# 3. "l o" and "o w" occur 7 times. l is 108, o is 111: **lo** is 258.
#
# Pairs are counted inside a word only, never across two. Do the fourth merge on
# paper. Then write the function.
#
# {card tokenization.train_bpe}


# %% nbgrader={"grade_id": "train_bpe", "solution": true}
def train_bpe(words: list[str], num_merges: int) -> list[tuple[int, int]]:
    """The pairs of ids to merge, in the order in which they are learned."""
    ### BEGIN SOLUTION
    # Equal words are kept together, with how often they come.
    kinds = Counter(tuple(word.encode()) for word in words)
    learned: list[tuple[int, int]] = []
    while len(learned) < num_merges:
        pairs: Counter = Counter()
        for ids, times in kinds.items():
            for pair in pairwise(ids):
                pairs[pair] += times
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        changed: Counter = Counter()
        for ids, times in kinds.items():
            changed[tuple(merge(ids, best, 256 + len(learned)))] += times
        learned.append(best)
        kinds = changed
    return learned


def merge(ids, pair, new):
    """Replace a pair wherever it stands, from left to right."""
    result = []
    for one in ids:
        if result and (result[-1], one) == pair:
            result[-1] = new
        else:
            result.append(one)
    return result
    ### END SOLUTION


# %% nbgrader={"grade_id": "train_bpe-check", "grade": true, "locked": true}
check("tokenization.train_bpe", train_bpe)

# %% [markdown]
# To use the merges, apply them in the order in which they were learned. It is
# tempting to take the longest piece that fits instead. But then a text would be
# cut in other ways than in training, and the model has never seen those.
#
# {card tokenization.bpe_encode}


# %% nbgrader={"grade_id": "bpe_encode", "solution": true}
def bpe_encode(text: str, merges: list[tuple[int, int]]) -> list[int]:
    """The ids of a text, which is taken as one word."""
    ### BEGIN SOLUTION
    codes = list(text.encode("utf-8"))
    for new, (left, right) in enumerate(merges, start=256):
        i = 0
        while i < len(codes) - 1:
            if codes[i] == left and codes[i + 1] == right:
                codes[i : i + 2] = [new]
            i += 1
    return codes
    ### END SOLUTION


# %% nbgrader={"grade_id": "bpe_encode-check", "grade": true, "locked": true}
check("tokenization.bpe_encode", bpe_encode)


# %% tags=["demonstration"]
def pieces_of(merges):
    """The bytes that each id stands for."""
    pieces = {byte: bytes([byte]) for byte in range(256)}
    for k, (left, right) in enumerate(merges):
        pieces[256 + k] = pieces[left] + pieces[right]
    return pieces


def bpe_decode(ids, merges):
    """The way back: join the bytes. What is no text becomes U+FFFD."""
    pieces = pieces_of(merges)
    return b"".join(pieces[i] for i in ids).decode(errors="replace")


corpus = ["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3
merges = train_bpe(corpus, 10)
pieces = pieces_of(merges)


def tokens_left(corpus, merges):
    """How many tokens a list of words is cut into."""
    return sum(
        times * len(bpe_encode(word, merges))
        for word, times in Counter(corpus).items()
    )


before = tokens_left(corpus, [])
print("merge  pair      as ids     count  tokens left of", before)
for k, (left, right) in enumerate(merges):
    after = tokens_left(corpus, merges[: k + 1])
    pair = f"{pieces[left].decode()} {pieces[right].decode()}"
    print(f"{k + 1:5}  {pair:8}  {left} {right:3}", end="")
    print(f"    {before - after:5}  {after:3}")
    before = after

for word in ("lowest", "newer", "slow"):
    ids = bpe_encode(word, merges)
    print(word, "→", ids, *[pieces[i].decode() for i in ids])

# %% [markdown]
# "lowest" was never seen. Still it is two good pieces: low and est. And no text
# is unknown, since every text is made of bytes. Decoding joins the bytes of the
# pieces. It gives back exactly what went in, whatever the language. Only a
# piece of a character is no text: it is shown as �, whose name is U+FFFD.

# %% tags=["demonstration"]
print("characters  bytes  back")
for text in ("é", "e\u0301", "你", "🙂", "👨‍👩‍👧", "hello", "नमस्ते", "שלום"):
    back = bpe_decode(bpe_encode(text, merges), merges)
    print(f"{len(text):10}  {len(text.encode()):5}  {back == text}  {text}")

first_byte = bpe_encode("é", merges)[:1]
print(
    "a lone byte,", first_byte, "is no text:", bpe_decode(first_byte, merges)
)

same = unicodedata.normalize("NFC", "e\u0301") == "é"
print("e + accent, normalised by NFC, is é:", same)

# %% [markdown]
# The family is one picture of five characters: three people, and between them
# two **joiners** that nobody sees. And "é" can be written in two ways, which
# look the same and are different tokens. So **normalise** text first. NFC, a
# rule of Unicode, makes one character of a letter and its accent.
#
# ## Learn from real text
#
# The course has a grammar that writes small stories. Take 500 of them, about
# 69 kB. First cut the text into pieces: a word with the blank before it, a
# mark, or a line end. No merge goes across pieces. (If your function counts
# every piece by itself, the cell needs some seconds. Count equal words
# together, and it is done at once.)

# %% tags=["demonstration"]
from byhand.text import stories

PIECES = re.compile(r" ?\w+|[^\w\s]|\s")
story = "\n".join(one.text for one in stories.corpus(500, 0))
print(story[: story.index("\n")], "\n")

corpus = PIECES.findall(story)
merges = train_bpe(corpus, 1000)
pieces = pieces_of(merges)
print(f"{len(story.encode())} bytes, {len(corpus)} pieces", end=", ")
print(f"{len(merges)} merges, then no pair is left")
for k in (0, 10, 50, 100, 194):
    print(f"after {k:3} merges: {tokens_left(corpus, merges[:k]):6} tokens")

print("\n            tokens  kinds")
for name, cut in (
    ("characters", list(story)),
    ("words", word_tokenize(story)),
):
    print(f"{name:10}  {len(cut):6}  {len(set(cut)):5}")
print(f"subwords    {tokens_left(corpus, merges):6}  {256 + len(merges):5}")

# %% [markdown]
# 194 merges are enough to make every piece of these stories one token. That is
# because our stories have few words. GPT-2 learned 50,000 merges, from much
# more text.
#
# Now cut other sentences with the same merges:

# %% tags=["demonstration"]
for text in (
    "The dog sat by the river.",
    "Der Hund saß am Fluss.",
    "Le chien était près de la rivière.",
    "犬は川のそばに座った。",
):
    ids = [i for one in PIECES.findall(text) for i in bpe_encode(one, merges)]
    print(f"{len(text):2} characters, {len(ids):2} tokens: {text}")

# %% [markdown]
# The same content costs 9 tokens in English and 33 in Japanese. A tokenizer is
# made for a text, and others pay: in money where tokens are sold, in time, and
# in how much fits into the model at once.
#
# ## Poke at it
#
# A colour is one token, with its id below it. A dot is a blank. A byte that is
# only a part of a character is shown with two digits to base 16: c3 is
# $12 · 16 + 3 = 195$.
#
# 1. Move the merges from 0 to 194 over the English text. When do you see bytes,
#    when parts of words, when whole words?
# 2. At which number does "·Lily", with its blank, become one token? And
#    "·river"?
# 3. Take German, then French. Which pieces of English do they use?
# 4. Is there a number at which the Japanese text gets shorter?
# 5. Python is English, too. Why does `for` stay cut?
#
# {figure byte_pairs}

# %% tags=["demonstration"]
from byhand.sliders import byte_pairs

byte_pairs.show()

# %% [markdown]
# <details><summary>What you should have found</summary>
#
# 1. Bytes at 0. Parts such as "ver" and "ne" at about 50. With 194 nearly all
#    are whole words.
# 2. At 150, and at 113.
# 3. Short ones by chance: "nd", "er", " am", " a", "it". "ß" and "é" are two
#    bytes each, and stay two tokens.
# 4. No. None of the merges holds a byte of Japanese.
# 5. The stories hold no "for". They hold "morning", and from it comes "or".
#
# </details>
#
# ## BERT's way: WordPiece
#
# BERT cuts words with **WordPiece**. Its pieces are listed, and those for the
# inside of a word are marked with `##`. It takes the *longest* piece that fits,
# from the left, and never goes back. With the pieces a, ab, ##c and ##bcd, the
# word "abcd" begins with ab, then ##c, and then nothing fits. The whole word
# becomes `[UNK]`, although a and ##bcd would have been a way.
#
# {card tokenization.wordpiece_tokenize}


# %% nbgrader={"grade_id": "wordpiece_tokenize", "solution": true}
def wordpiece_tokenize(word: str, pieces: list[str]) -> list[str]:
    """The longest piece first, from the left, without a way back."""
    ### BEGIN SOLUTION
    chain: list[str] = []
    begin = 0
    while begin < len(word):
        marker = "##" if begin else ""
        for end in range(len(word), begin, -1):
            if marker + word[begin:end] in pieces:
                break
        else:
            return ["[UNK]"]
        chain.append(marker + word[begin:end])
        begin = end
    return chain
    ### END SOLUTION


# %% nbgrader={"grade_id": "wordpiece_tokenize-check", "grade": true, "locked": true}
check("tokenization.wordpiece_tokenize", wordpiece_tokenize)

# %% tags=["demonstration"]
print("abcd:   ", wordpiece_tokenize("abcd", ["a", "ab", "##c", "##bcd"]))
lacking = ["play", "##ing", "##ed", "sing"]
print("playing:", wordpiece_tokenize("playing", lacking))
print("playing:", wordpiece_tokenize("playing", [*lacking, "playing"]))

# %% [markdown]
# ## What it costs, and where it breaks
#
# - **Training** counts all pairs again for every merge. Keep equal words
#   together. Real tokenizers go further: they only update the counts near a
#   merge.
# - **The size of the vocabulary** is a trade. GPT-2 has 256 bytes, 50,000 merges
#   and one special token: 50,257 ids. Each needs a row of its own in the model
#   (lesson 5). More ids make shorter texts and a larger table.
# - **Letters are hidden.** A model sees the id of a piece, not how it is spelled.
#   So it is bad at counting the letters of a word.
# - **Numbers are cut by chance.** Neighbours such as 127 and 128 may be cut in
#   two different ways, which makes arithmetic hard.
# - **What looks the same may differ**: an accent, a blank that does not break, a
#   character without a width. Each is another token.
# - **Special tokens stand outside the merges.** If a user could type `<eos>` and
#   have it read as the sign, anyone could end a text. So what users type is cut
#   as ordinary characters.

# %% tags=["demonstration"]
print("GPT-2:", 256 + 50_000 + 1, "ids")
print("one id for the letters of", pieces[bpe_encode(" garden", merges)[0]])
for text in (" river", " River", " riv\u200ber"):
    print(f"{text!r:14} →", bpe_encode(text, merges))

# %% [markdown]
# ## Spot the slip
#
# Each of these lines was published in notes about tokenization. Each is wrong.
# Find out why before you run the cell below.
#
# 1. "The root of a word after stemming is called its lemma."
# 2. "*The* and *the* have the id 1." (Further down, each has a one-hot row of
#    its own.)
# 3. "A corpus is a paragraph, and its sentences are the documents."
# 4. "Hello, how are you?" is cut into `Hello` `,` `␣` `how` `␣` `are` `␣` `you`
#    `␣` `?`, ten pieces. (In the same notes it is six pieces further down.)
# 5. "`nltk.download('punkt')` gives `word_tokenize` its data, a model that splits
#    words."
# 6. "BERT cuts *playing* into `play` `##ing`."
# 7. To get one token more than the prompt has:
#    `max_length = len("I 'm not going to see") + 1`.
# 8. To put marks back: `for m in "percent": text = text.replace(" " + m, m + " ")`.
#    (`percent` was meant to be the name of a list of marks.)

# %% tags=["demonstration"]
print("1. a stem is 'studi'; a lemma is", LEMMAS["mice", "noun"])
print("2.", build_vocabulary(word_tokenize("The cat saw the dog")))
text = "Hello, how are you?"
published = ["Hello", ",", " ", "how", " ", "are", " ", "you", " ", "?"]
print("4. joined:", repr("".join(published)), "is not", repr(text))
with_blanks = re.findall(r"\w+|[^\w\s]|\s", text)
print("   with blanks", len(with_blanks), end=", ")
print("by words", len(word_tokenize(text)))
prompt = "I 'm not going to see"
print(f"7. {len(prompt)} characters, {len(prompt.split())} tokens:", end=" ")
print(f"asks for {len(prompt) + 1 - len(prompt.split())} more")
text = "and the prince"
for mark in "percent":
    text = text.replace(" " + mark, mark + " ")
print("8.", text)

# %% [markdown]
# <details><summary>What is wrong with them</summary>
#
# 1. A stem need not be a word. The lemma is one: the form that stands in a
#    dictionary.
# 2. One vocabulary, one rule about case: either they share an id and a row, or
#    neither.
# 3. A corpus is all the texts. A document is one of them.
# 4. The pieces must join to the text, and no blank stands before the "?". With
#    blanks there are nine pieces, by words six.
# 5. `punkt` splits *sentences*. Words are split by rules. And since NLTK 3.9 the
#    data are called `punkt_tab`, so that the published lines end in a
#    LookupError.
# 6. A vocabulary without "playing" does. The best-known one, of
#    bert-base-uncased, has it whole, with the id 2652.
# 7. `len` of a text counts characters, 21 of them. They are 6 tokens, so that
#    this asks for 16 more.
# 8. The loop goes through the *letters* of "percent". And with a proper list of
#    marks, an opening bracket would still move to the wrong side.
#
# </details>
#
# ## In your own words
#
# *2 points, read by a person.* Why does a tokenizer that begins with bytes know
# every text, in any language? And who pays for it, and how? Two or three
# sentences.

# %% [markdown] nbgrader={"grade_id": "who-pays", "grade": true, "points": 2, "solution": true}
# Every text is stored as bytes, and all 256 of them are in the vocabulary. So
# whatever is not covered by a merge is written byte by byte, and nothing is
# unknown. Texts unlike those that the merges were learned from pay: they get
# many more tokens for the same content, which costs money, time and room in the
# context.
#
# ### BEGIN MARK SCHEME
# - 1 point: every text is a sequence of bytes, and all bytes are tokens. "It can
#   fall back on bytes" is enough.
# - 1 point: languages or kinds of text that the training text lacked are cut
#   into more tokens. One consequence must be named: price, time, or how much
#   fits into the model.
# - Half a point for the second where only "other languages are worse" is said.
# ### END MARK SCHEME

# %% [markdown]
# ## Recall
#
# Think first, then open.
#
# <details><summary>1. How many tokens has "Wait... what?!" by our rule?
# </summary>
#
# Seven: Wait, three full stops, what, ?, !.
#
# </details>
#
# <details><summary>2. A vocabulary has the ids 0 to 9, and decode gets −1.
# Why must it not return the last token?</summary>
#
# No token has the id −1. A wrong id that looks right is the kind of mistake that
# nobody finds.
#
# </details>
#
# <details><summary>3. The words "ab", "ab", "bc". What are the first two merges?
# </summary>
#
# (97, 98) occurs twice and becomes 256. Then only "b c" is left: (98, 99).
#
# </details>
#
# <details><summary>4. The merge a b was learned first, b c second. How is "abc"
# cut?</summary>
#
# ab c. The older merge takes the b.
#
# </details>
#
# <details><summary>5. How many tokens has 🙂 without any merges, and why?
# </summary>
#
# Four: it has four bytes in UTF-8.
#
# </details>
#
# <details><summary>6. What does WordPiece do that byte-pair encoding never does?
# </summary>
#
# It gives up: a word that it cannot finish becomes `[UNK]`.
#
# </details>
#
# <details><summary>7. Why is an id not used as a number by the network?
# </summary>
#
# It is a name. Id 4 is not twice id 2, so no product with it means anything.
#
# </details>
#
# ## What comes next
#
# You have ids, a vocabulary and one-hot rows. A one-hot row times a matrix picks
# one row of the matrix. [Lesson 5](../05_word_vectors/05_word_vectors.ipynb)
# begins there, and *learns* those rows: words become vectors.
#
# `python -m byhand progress` in a terminal shows what you have solved.
