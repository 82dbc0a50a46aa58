"""Answers that share structure which few others have: a hint to read both, never a finding.

Code is read as tokens in which names, numbers and texts no longer differ, so that renaming and
reformatting change nothing. Every window of k tokens is a gram; of the grams' hashes, the smallest in
every w neighbouring ones is kept as a fingerprint (winnowing), so that any shared run of k + w − 1 tokens
is noticed. Fingerprints that the released notebook or the reference answers have do not count, nor
those that much of the class has. Comments, and code that does not parse, make no difference.

Source: S. Schleimer, D. S. Wilkerson, A. Aiken, Winnowing: local algorithms for document
fingerprinting, SIGMOD 2003.
"""

import builtins
import hashlib
import itertools
import keyword
import re
import sys
from array import array
from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .lab import is_answer_cell
from .records import QUARANTINED
from .register import Register
from .submission import Quarantine, read_submission

GRAM = 14  # tokens, about two lines
WINDOW = 6
COMMON_SHARE = 0.1  # structure that a larger share of the class has is common …
COMMON_LEAST = 4  # … if it is at least more than so many
MIN_SHARED = 8  # fingerprints
MIN_SCORE = 0.35
MAX_PAIRS = 100
MAX_PASSAGES = 3
MAX_TOKENS = 20_000  # of one submission
# Texts are bounded: one that never ends must not be searched for its end again and again.
_TOKEN = re.compile(
    r"""
    (?P<skip>[^\S\n]+|\#[^\n]*|\\\n)
    |(?P<line>\n)
    |(?P<text>(?i:[rbfu]{0,2})(?:
        \"{3}(?:[^\\]|\\.){0,1000}?\"{3}|'{3}(?:[^\\]|\\.){0,1000}?'{3}
        |"(?:[^"\\\n]|\\.){0,1000}"|'(?:[^'\\\n]|\\.){0,1000}'))
    |(?P<number>\.?\d(?:[\w.]|(?<=[eE])[+-](?=\d))*)
    |(?P<name>[^\W\d]\w*)
    |(?P<sign>\*\*=?|//=?|<<=?|>>=?|->|:=|[=!<>+\-*/%@&|^]=|.)
    """,
    re.X | re.S,
)
_KEPT = frozenset(keyword.kwlist) | {n for n in dir(builtins) if n.islower()}


@dataclass(frozen=True)
class Passage:
    """Lines of two submissions that say the same."""

    cells: tuple  # the cell it stands in, in either
    texts: tuple
    n_tokens: int


@dataclass(frozen=True)
class Pair:
    """Two submissions to be read side by side."""

    students: tuple
    score: float  # share of the shorter one's uncommon fingerprints, 0 to 1
    n_shared: int
    passages: tuple


@dataclass(frozen=True)
class Comparison:
    """What comparing a class gave."""

    pairs: tuple
    n_compared: int
    n_more: int  # pairs beyond those that are listed


class Document:
    """The code of one submission as tokens.

    Parameters
    ----------
    cells : list of (str, str)
        Name and source of each cell.
    """

    def __init__(self, cells):
        self.sources = [source for _, source in cells]
        self.names = [name for name, _ in cells]
        # Every token with its cell's position and its line; a class has millions of them.
        self.tokens, self.cells, self.rows = [], array("l"), array("l")
        for position, source in enumerate(self.sources):
            room = MAX_TOKENS - len(self.tokens)
            for token, row in itertools.islice(tokens_of(source), room):
                self.tokens.append(sys.intern(token))
                self.cells.append(position)
                self.rows.append(row)

    def grams(self):
        """The hash of every gram, in order; None where it would reach into another cell."""
        codes = [_code(token) for token in self.tokens]
        last = GRAM - 1
        return [
            _mixed(codes[i : i + GRAM]) if self.cells[i] == self.cells[i + last] else None
            for i in range(len(codes) - last)
        ]

    def lines(self, start, n_tokens):
        """The text of the lines that some tokens stand in."""
        first, last = self.rows[start], self.rows[start + n_tokens - 1]
        return "\n".join(self.sources[self.cells[start]].split("\n")[first : last + 1])

    def cell(self, token):
        """The name of the cell that a token stands in."""
        return self.names[self.cells[token]]


def tokens_of(source):
    """Tokens and their lines, from 0: names become `v`, numbers `0` and texts `s`; attributes stay.

    It never fails: what is no Python is cut into signs.
    """
    line, after_dot = 0, False
    for match in _TOKEN.finditer(source):
        kind, text = match.lastgroup, match[0]
        if kind in ("skip", "line"):
            line += text.count("\n")
            continue
        if kind == "name":
            yield text if after_dot or text in _KEPT else "v", line
        else:
            yield {"number": "0", "text": "s"}.get(kind, text), line
        after_dot = text == "."
        line += text.count("\n")


def winnowed(grams):
    """The fingerprints of a document: of every window of grams, the smallest hash.

    Parameters
    ----------
    grams : list of int or None

    Returns
    -------
    set of int
    """
    kept, run = set(), []
    for gram in [*grams, None]:
        if gram is not None:
            run.append(gram)
            continue
        if run:
            kept.update(min(run[i : i + WINDOW]) for i in range(max(1, len(run) - WINDOW + 1)))
        run = []
    return kept


_codes = {}


def _code(token):
    """A number for a token, the same in every run."""
    if token not in _codes:
        if len(_codes) > 100_000:
            _codes.clear()  # hostile submissions may bring any number of attributes
        digest = hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=8).digest()
        _codes[token] = int.from_bytes(digest, "little")
    return _codes[token]


def _mixed(codes):
    return hash(tuple(codes)) & 0x7FFFFFFFFFFFFFFF  # hashes of integers are the same in every run


def compare(documents, known=(), together=lambda a, b: False):
    """Pairs of documents that share uncommon structure.

    Parameters
    ----------
    documents : dict of Document
        By student.
    known : iterable of Document
        What everybody has, or may have: the released notebook, the reference answers.
    together : callable, optional
        Whether two students handed in together.

    Returns
    -------
    Comparison
        The most similar first; pairs of equal scores by name.
    """
    students = sorted(documents)
    shared = set().union(*(document.grams() for document in known)) if known else set()
    prints = [sorted(winnowed(documents[s].grams()) - shared) for s in students]
    counts = Counter(gram for grams in prints for gram in grams)
    limit = max(COMMON_LEAST, int(COMMON_SHARE * len(students)))
    uncommon = {gram: i for i, gram in enumerate(g for g, n in counts.items() if n <= limit)}
    found = list(_alike(students, prints, uncommon, together))
    found.sort(key=lambda pair: (-pair[0], -pair[1], pair[2]))
    pairs = tuple(
        Pair(who, score, n, _passages(documents[who[0]], documents[who[1]], uncommon))
        for score, n, who in found[:MAX_PAIRS]
    )
    return Comparison(pairs, len(students), max(0, len(found) - MAX_PAIRS))


def _alike(students, prints, uncommon, together):
    """Score, number of shared fingerprints and students of every pair above the thresholds."""
    table = _incidence(prints, uncommon)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    # An inverted index: only documents that share a fingerprint meet in the product.
    both = sparse.triu(table @ table.T, k=1).tocoo()
    smaller = np.minimum(sizes[both.row], sizes[both.col])
    enough = (both.data >= MIN_SHARED) & (both.data >= MIN_SCORE * smaller)
    for i, j, n, size in zip(
        both.row[enough], both.col[enough], both.data[enough], smaller[enough], strict=True
    ):
        who = (students[i], students[j])
        if not together(*who):
            yield float(n / size), int(n), who


def _incidence(prints, uncommon):
    """A sparse matrix of documents × uncommon fingerprints."""
    rows = [i for i, grams in enumerate(prints) for g in grams if g in uncommon]
    columns = [uncommon[g] for grams in prints for g in grams if g in uncommon]
    shape = (len(prints), max(len(uncommon), 1))
    return sparse.csr_matrix((np.ones(len(rows), dtype=np.int32), (rows, columns)), shape=shape)


def _passages(a, b, uncommon):
    """The longest runs of tokens that two documents share around their uncommon fingerprints."""
    places = {}
    for j, gram in enumerate(b.grams()):
        if gram in uncommon:
            places.setdefault(gram, j)
    found, covered = [], -1
    for i, gram in enumerate(a.grams()):
        if i > covered and gram in places:
            start, other, n = _extended(a, b, i, places[gram])
            covered = start + n - 1
            found.append((n, start, other))
    found.sort(key=lambda run: (-run[0], run[1]))
    return tuple(
        Passage((a.cell(i), b.cell(j)), (a.lines(i, n), b.lines(j, n)), n)
        for n, i, j in found[:MAX_PASSAGES]
    )


def _extended(a, b, i, j):
    """A run of equal tokens, made as long as it can be within its cells."""

    def same(p, q, p0, q0):
        return a.tokens[p] == b.tokens[q] and a.cells[p] == p0 and b.cells[q] == q0

    cell_a, cell_b = a.cells[i], b.cells[j]
    n = GRAM
    while i and j and same(i - 1, j - 1, cell_a, cell_b):
        i, j, n = i - 1, j - 1, n + 1
    while i + n < len(a.tokens) and j + n < len(b.tokens) and same(i + n, j + n, cell_a, cell_b):
        n += 1
    return i, j, n


def compare_class(lab, records):
    """Compare the answers of a class, as they were handed in.

    Parameters
    ----------
    lab : Lab
    records : list of dict
        As `course.records.load_records` gives them; quarantined ones cannot be read.

    Returns
    -------
    Comparison
    """
    answers = {name for name, cell in _cells(lab.released) if is_answer_cell(cell)}
    given = {cell.source.strip() for cell in lab.released.cells}
    documents = {}
    for record in records:
        path = lab.folder.submission(record["student"], lab.name)
        if record["status"] == QUARANTINED or not path.is_file():
            continue
        try:
            cells = read_submission(path)
        except Quarantine:
            continue
        own = [
            (cell.name if cell.name in answers else "an added cell", cell.source)
            for cell in cells
            if cell.is_code and cell.source.strip() not in given
        ]
        documents[record["student"]] = Document(own)
    known = [Document(_code_of(lab.released)), Document(_code_of(lab.notebook))]
    return compare(documents, known, _together(lab))


def _cells(notebook):
    return [(c.metadata.get("nbgrader", {}).get("grade_id"), c) for c in notebook.cells]


def _code_of(notebook):
    return [(str(name), cell.source) for name, cell in _cells(notebook) if cell.cell_type == "code"]


def _together(lab):
    """Whether two students handed in as one team."""
    entries = Register(lab.folder, lab.name).entries
    teams = {student: entry.get("team") for student, entry in entries.items()}
    return lambda a, b: bool(teams.get(a)) and teams.get(a) == teams.get(b)
