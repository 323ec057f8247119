"""Right answers to `tokenization.wordpiece_tokenize`."""

UNKNOWN = ["[UNK]"]


def by_two_loops(word, pieces):
    found, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start:
            piece = word[start:end] if start == 0 else "##" + word[start:end]
            if piece in pieces:
                break
            end -= 1
        if end == start:
            return ["[UNK]"]
        found.append(piece)
        start = end
    return found


def by_sorted_pieces(word, pieces):
    longest_first = sorted(set(pieces), key=len, reverse=True)
    first = [p for p in longest_first if not p.startswith("##")]
    inside = [p[2:] for p in longest_first if p.startswith("##")]
    found, rest = [], word
    while rest:
        known = inside if found else first
        fit = next((p for p in known if rest.startswith(p)), None)
        if fit is None:
            return UNKNOWN
        found.append(f"##{fit}" if found else fit)
        rest = rest[len(fit) :]
    return found


def recursively(word, pieces, before=""):
    if not word:
        return ()
    for end in reversed(range(1, len(word) + 1)):
        if (piece := before + word[:end]) in pieces:
            rest = recursively(word[end:], pieces, "##")
            return UNKNOWN if rest == UNKNOWN else (piece, *rest)
    return UNKNOWN


def by_rewriting(word, pieces):
    """The rest carries its ## until a piece is cut off."""
    tokens = []
    while word not in ("", "##"):
        ends = range(len(word), 2 * bool(tokens), -1)
        cut = next((end for end in ends if word[:end] in pieces), None)
        if cut is None:
            tokens = ["[UNK]"]
            break
        tokens.append(word[:cut])
        word = "##" + word[cut:]
    return tokens


FORMS = [by_two_loops, by_sorted_pieces, recursively, by_rewriting]
