"""Magic commands, shell commands and tasks that run code beside the cells, and end the kernel in odd ways."""

import nbformat

EXPECT = {"status": "needs-manual", "score": 8.0, "says": []}


def build(notebook, path):
    texts = (
        "%%javascript\nJupyter.notebook.kernel.execute('1')",
        "%%html\n<script>alert(1)</script>",
        "%%bash --bg\nsleep 100",
        "%%writefile numpy.py\nraise SystemExit",
        "%%writefile sitecustomize.py\nraise SystemExit",
        "%alias_magic t timeit\n%config InlineBackend.figure_formats = ['svg', 'pdf']",
        "import asyncio\nasync def on():\n    while True: await asyncio.sleep(0.01)\ntask = asyncio.ensure_future(on())\nawait asyncio.sleep(0.1)",
        "from __future__ import annotations",
        "# -*- coding: utf-7 -*-\nx = 1",
        "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'] if 'bomb' in str(lines) else lines)",
        "import signal, os\nos.kill(os.getpid(), signal.SIGTERM)",
        "import faulthandler, sys\nsys.setrecursionlimit(10**4)\ndef f(): f()\nf()",
    )
    notebook.cells[4:4] = [nbformat.v4.new_code_cell(text) for text in texts]
    nbformat.write(notebook, path)
