"""`python -m helpers.simulate`: rebuild the data that ship, or compare them with the original files."""

import argparse
import sys

from helpers.data import data_folder

from .calibration import comparison
from .files import rebuild


def main(arguments=None):
    """Rebuild the data that ship and compare their checksums; see `--help`."""
    parser = argparse.ArgumentParser(prog="python -m helpers.simulate", description=main.__doc__)
    parser.add_argument(
        "--accept", action="store_true", help="replace data and checksums by the new"
    )
    parser.add_argument(
        "--compare", metavar="FOLDER", help="print a table beside the original files"
    )
    options = parser.parse_args(arguments)
    if options.compare:
        print(comparison(options.compare))
        return 0
    return rebuild(data_folder(), options.accept)


if __name__ == "__main__":
    sys.exit(main())
