"""Tables as text: CSV that a spreadsheet takes for what it is, and CSV from wherever it comes."""

import csv
import io
import re
from decimal import ROUND_HALF_UP, Decimal

from .folder import CourseError

DECIMALS = 2
MAX_CELL = 10_000


def csv_text(heads, rows, delimiter=","):
    """CSV with quotes where they are needed; no cell of it is a formula.

    Parameters
    ----------
    heads : sequence of str
    rows : iterable of sequences
        Text, numbers or None.
    delimiter : str, optional
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def harmless(cell):
    """A spreadsheet takes text that starts like a formula for one: an apostrophe keeps it text."""
    if cell is None:
        return ""
    if isinstance(cell, str) and re.match(r"\s*[=+\-@].|[\t\r]", cell, re.S):
        return f"'{cell}"
    return cell


def read_table(path):
    """The heads and rows of a CSV file: UTF-8, UTF-16 or Windows, with commas, semicolons or tabs.

    Parameters
    ----------
    path : path

    Returns
    -------
    heads : list of str
    rows : list of list of str
        Each as long as the heads.
    delimiter : str

    Raises
    ------
    CourseError
        If it cannot be read, or holds no table.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CourseError(
            f"The table {path} cannot be read ({error.strerror}). Check its path."
        ) from None
    text = _decoded(raw)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(MAX_CELL)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise CourseError(
            f"The table {path} is no CSV ({error}). Export it again as CSV in UTF-8."
        ) from None
    lines = [[cell.strip() for cell in line] for line in lines if any(map(str.strip, line))]
    if not lines:
        raise CourseError(f"The table {path} is empty. Export it again as CSV.")
    heads, *rows = lines
    width = len(heads)
    return heads, [(row + [""] * width)[:width] for row in rows], delimiter


def _decoded(raw):
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")  # what Excel writes in western Europe


def rounded(points):
    """Points to two decimals as text, halves away from zero: 7.125 is 7.13, 4.0 is 4.

    The nearest short decimal is rounded, not the binary number behind it: 1.005 becomes 1.01.
    """
    exact = Decimal(repr(round(float(points), 9)))
    text = f"{exact.quantize(Decimal(1).scaleb(-DECIMALS), ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
