"""Texts that ask for pages, log out, run scripts or keep whoever shows them busy."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    texts = (
        "![x](/hub/logout) ![y][z]\n\n[z]: http://127.0.0.1/beacon.png",
        r"$\newcommand{\a}[1]{\href{java#1:alert(1)}{x}}\a{script}$ $\style{position:fixed}{x}$",
        "\\begin{a}" * 100_000,
        "<svg/onload=alert(1)>\n\n<iframe srcdoc=x>\n\n<!-- --><style>*{display:none}</style>",
        "[" * 50_000 + "`" * 50_000 + ">" * 1000,
        "\u202etxet desrever\u202c \x1b[2J \x00",
    )
    notebook.cells[4:4] = [nbformat.v4.new_markdown_cell(text) for text in texts]
    nbformat.write(notebook, path)
