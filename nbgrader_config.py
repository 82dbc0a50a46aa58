"""nbgrader's settings for this course; COURSE_ROOT points nbgrader at another folder of the same layout."""

import os
from pathlib import Path

from course.folder import configure

configure(get_config(), os.environ.get("COURSE_ROOT") or Path(__file__).parent)  # noqa: F821
