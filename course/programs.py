"""Programs that come with our packages, found although no environment is activated."""

import os
import sys
from pathlib import Path


def find_programs():
    """Put this Python's programs on the PATH: nbgrader calls `alembic` when it makes a gradebook."""
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + path
