"""Where the data lie, and files that are refused with one sentence when they are not what they should be."""

import json
import os
from pathlib import Path

import numpy as np


class DataError(Exception):
    """Data that are missing or are not what they should be; the message says what to do."""


def data_folder():
    """Return the folder of the labs' data, whatever folder Python was started in.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If the data are not there, with what to do.
    """
    folder = Path(__file__).resolve().parents[2] / "data"
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no data folder at {folder}. Keep the lab's folder together as you received it:"
            " `data` stands next to `helpers`."
        )
    return folder


def read_shipped(path, read=lambda path: json.loads(path.read_text("utf-8"))):
    """Read one of the files that ship, by default JSON."""
    try:
        return read(path)
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing: keep the lab's folder together as you received it."
        ) from None


def chosen_place(place):
    """Return the user's own folder or NWB file, or None where the data that ship are meant."""
    place = place or os.environ.get("LABS_DATA")
    if not place:
        return None
    place = Path(place).expanduser()
    if not (place.is_file() if place.suffix == ".nwb" else place.is_dir()):
        raise DataError(
            f"LABS_DATA points to {place}, which is no folder and no .nwb file: correct it, or unset"
            " it to use the data that ship."
        )
    return place


def load_array(path, shape, kind):
    """Map a .npy file and check its shape (None: any length) and the kind of its numbers."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise DataError(f"{path} is missing: copy it there, next to the others.") from None
    except (ValueError, EOFError, OSError) as error:
        raise DataError(
            f"{path} is cut short or damaged ({one_line(error)}): copy it again from its source."
        ) from None
    fits = array.ndim == len(shape) and all(
        wanted in (None, n) for wanted, n in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("n" if n is None else str(n) for n in shape)
        raise DataError(f"{path} has shape {array.shape}, but should be ({wanted}).")
    if not np.issubdtype(array.dtype, kind):
        raise DataError(f"{path} holds {array.dtype}, but should hold {kind.__name__} numbers.")
    return array


def one_line(error):
    """What another library's error says, on one line."""
    return " ".join(str(error).split()).rstrip(".")
