"""Lab 06: images, and how neurons respond to them trial by trial, simulated or your own.

Your own: a folder with `responses.csv` or `responses.parquet` (columns scene, trial, neuron,
response) and the images, `images.npy` or `images/*.png`; or a .nwb file. The layouts stand in
data/README.md.
"""

import bz2
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .files import DataError, chosen_place, data_folder, load_array, one_line, read_shipped
from .neurons import TrueNeurons
from .nwb import open_nwb

TABLES = ("responses.csv", "responses.parquet")
COLUMNS = ("scene", "trial", "neuron", "response")
SIMULATED = "simulated scenes and neurons with known truth (data/scenes.md)"
MISSING = 255  # in the files, where a count is missing
REPEATS = 10  # of your own scenes, those with at least as many trials count as repeated


@dataclass(eq=False)
class SceneResponses:
    """Images and the responses of neurons to them, NaN where a trial is missing.

    Attributes
    ----------
    source : str
        Which data these are.
    repeated : (n_repeated, H, W) uint8 array
        Images shown many times, 0 black … 255 white.
    repeated_responses : (n_repeated, n_trials, n_neurons) array
        Spikes in each trial, trials in the order of time.
    single : (n_single, H, W) uint8 array
        Other images, shown once or a few times.
    single_responses : (n_single, n_shows, n_neurons) array
    neurons : TrueNeurons or None
        The neurons themselves, where they are simulated.
    """

    source: str
    repeated: np.ndarray
    repeated_responses: np.ndarray
    single: np.ndarray
    single_responses: np.ndarray
    neurons: TrueNeurons | None = None

    @property
    def n_neurons(self):
        """Number of neurons."""
        return self.repeated_responses.shape[2]

    @property
    def shape(self):
        """Rows and columns of an image."""
        return self.repeated.shape[1:]

    @property
    def truth(self):
        """Kind and parameters of each neuron, a list of dicts; None where nobody knows them."""
        return None if self.neurons is None else [dict(entry) for entry in self.neurons.table]

    def true_response(self, neuron, images):
        """Return what a neuron truly responds to images, without noise.

        Parameters
        ----------
        neuron : int
        images : (n, H, W) or (H, W) array
            0 black … 1 white; values outside are fine.

        Returns
        -------
        (n,) array, or a float for one image
            Expected spikes per image.

        Raises
        ------
        DataError
            If the neurons are not simulated.
        ValueError
            If there is no such neuron, or if the images have another size or are uint8.
        """
        neurons, images = self._true_neurons(), np.asarray(images)
        if images.ndim == 2:
            return float(neurons.response(neuron, images[None])[0])
        return neurons.response(neuron, images)

    def true_filter(self, neuron):
        """Return a neuron's true filter (H, W); complex where the neuron has two phases."""
        return self._true_neurons().filter(neuron)

    def _true_neurons(self):
        if self.neurons is None:
            raise DataError(f"Nobody knows the true neurons of {self.source}: only simulated ones.")
        return self.neurons

    def __str__(self):
        return (
            f"{self.source}: {self.n_neurons} neurons, {len(self.repeated)} images shown"
            f" {self.repeated_responses.shape[1]} times, {len(self.single)} shown"
            f" {self.single_responses.shape[1]} times"
        )


def load_scenes(place=None):
    """Load images and the neurons' responses to them.

    Parameters
    ----------
    place : path, optional
        A folder with responses.csv or responses.parquet and images, or a .nwb file; default is what
        LABS_DATA says, else what ships. Where the folder has no such table, or the NWB file no
        images, the data that ship are loaded.

    Returns
    -------
    SceneResponses

    Raises
    ------
    DataError
        If the data are missing or are not what they should be.
    """
    place = chosen_place(place)
    if place is None:
        return _shipped_scenes(SIMULATED)
    if place.suffix == ".nwb":
        return _nwb_scenes(place)
    table = next((place / name for name in TABLES if (place / name).exists()), None)
    if table is None:
        return _shipped_scenes(f"{SIMULATED}, as {place} holds no {' or '.join(TABLES)}")
    return _own_scenes(table)


# --- what ships ---------------------------------------------------------------------------------


def _shipped_scenes(source):
    folder = data_folder()
    about = read_shipped(folder / "scenes.json")
    images = unpack_images(read_shipped(folder / "scenes_images.npy.bz2", Path.read_bytes))
    n = about["repeated"]
    neurons = TrueNeurons(about["neurons"])

    def counts(name, n):
        path = folder / f"scenes_{name}_counts.npy"
        stored = load_array(path, (n, None, len(neurons)), np.uint8)
        return np.where(stored == MISSING, np.nan, stored.astype(float))

    return SceneResponses(
        source=source,
        repeated=images[:n],
        repeated_responses=counts("repeated", n),
        single=images[n:],
        single_responses=counts("single", len(images) - n),
        neurons=neurons,
    )


def pack_images(images):
    """Compress images (n, H, W) uint8 with 64 greys: a .npy file of the steps from row to row.

    bzip2 has one implementation, so the bytes are the same everywhere, as zlib's are not.
    """
    steps = np.diff(images // 4, axis=1, prepend=np.uint8(0))
    file = io.BytesIO()
    np.save(file, steps, allow_pickle=False)
    return bz2.compress(file.getvalue(), 9)


def unpack_images(packed):
    """Return the images that `pack_images` compressed."""
    try:
        steps = np.load(io.BytesIO(bz2.decompress(packed)), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise DataError(
            f"scenes_images.npy.bz2 is cut short or damaged ({one_line(error)}): copy it again from its"
            " source."
        ) from None
    return 4 * np.cumsum(steps, axis=1, dtype=np.uint8) + np.uint8(2)


# --- your own table -----------------------------------------------------------------------------


def _own_scenes(path):
    names, images = _own_images(path.parent)
    table = _read_table(path)
    scene = np.array([names.get(name, -1) for name in table["scene"]])
    if np.any(scene < 0):
        unknown, known = table["scene"][scene.argmin()], list(names)
        raise DataError(
            f"{path} has scene {unknown}, but there is no such image: they are {known[0]} …"
            f" {known[-1]}."
        )
    neurons, neuron = np.unique(table["neuron"], return_inverse=True)
    trials, trial = _rank_trials(scene, table["trial"], len(images))
    _refuse_duplicates(np.stack([scene, trial, neuron], axis=1), table, path)
    responses = np.full((len(images), trials.max(), len(neurons)), np.nan)
    responses[scene, trial, neuron] = table["response"]
    silent = np.all(np.isnan(responses), axis=(0, 1))
    if silent.any():
        raise DataError(
            f"{path} has no response of neuron {neurons[silent.argmax()]}: leave it out."
        )
    return _split(images, responses, trials, path)


def _split(images, responses, trials, path):
    """Tell the scenes that were shown often from the others; leave out those never shown."""
    often, other = trials >= REPEATS, (trials > 0) & (trials < REPEATS)
    if not often.any():
        raise DataError(
            f"{path} has at most {trials.max()} trials of any scene, but some need at least {REPEATS}:"
            " without them nobody knows how reliable the neurons are."
        )
    return SceneResponses(
        source=f"responses in {path}, without truth",
        repeated=images[often],
        repeated_responses=responses[often],
        single=images[other],
        single_responses=responses[other][:, : max(trials[other], default=0)],
    )


def _rank_trials(scene, trial, n_scenes):
    """Return each scene's number of trials, and the rank of each row's trial among them."""
    pairs, which = np.unique(np.stack([scene, trial], axis=1), axis=0, return_inverse=True)
    trials = np.bincount(pairs[:, 0].astype(int), minlength=n_scenes)
    rank = np.arange(len(pairs)) - np.repeat(np.cumsum(trials) - trials, trials)
    return trials, rank[which.ravel()]


def _refuse_duplicates(keys, table, path):
    _, first, counts = np.unique(keys, axis=0, return_index=True, return_counts=True)
    if np.any(counts > 1):
        row = {name: table[name][first[counts.argmax()]] for name in COLUMNS}
        raise DataError(
            f"{path} has {counts.max()} responses of neuron {row['neuron']} in trial"
            f" {row['trial']:g} of scene {row['scene']}: there should be one."
        )


def _read_table(path):
    """Return the four columns as arrays: names of scenes, numbers of trials, neurons, responses."""
    import pandas as pd  # only here: what ships needs NumPy alone

    try:
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path, dtype={"scene": str}, encoding="utf-8")
    except ImportError:
        raise DataError(
            f"{path} needs pyarrow: install it with `pip install pyarrow`, or save the table as"
            " responses.csv."
        ) from None
    except Exception as error:  # whatever a parser says about a damaged file
        raise DataError(f"{path} cannot be read as a table: {one_line(error)}.") from None
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        raise DataError(
            f"{path} should have the columns {', '.join(COLUMNS)}, but lacks {', '.join(missing)}; it"
            f" has {', '.join(map(str, frame.columns)) or 'none'}."
        )
    if not len(frame):
        raise DataError(f"{path} holds no responses.")
    for name in ("scene", "trial", "neuron"):
        _refuse_rows(frame[name].isna(), f"no {name}", path)
    numbers = {name: pd.to_numeric(frame[name], errors="coerce") for name in ("trial", "response")}
    _refuse_rows(numbers["trial"].isna(), "a trial that is no number", path)
    # an empty response is a missing trial, a word is a mistake
    words = numbers["response"].isna() & frame["response"].notna()
    _refuse_rows(words, "a response that is no number", path)
    _refuse_rows(np.isinf(numbers["response"]), "a response that is infinite", path)
    return {
        "scene": frame["scene"].astype(str).to_numpy(),
        "trial": numbers["trial"].to_numpy(float),
        "neuron": frame["neuron"].to_numpy(),
        "response": numbers["response"].to_numpy(float),
    }


def _refuse_rows(wrong, what, path):
    if np.any(wrong):
        row = int(np.argmax(np.asarray(wrong)))
        raise DataError(f"{path} has {what} in row {row + 1} below the names of its columns.")


def _own_images(folder):
    """Return the images of a folder, (n, H, W) uint8, and the index of each by name."""
    stack, files = folder / "images.npy", sorted((folder / "images").glob("*.png"))
    if stack.exists():
        images = _check_images(np.array(load_array(stack, (None, None, None), np.number)), stack)
        return {str(i): i for i in range(len(images))}, images
    if not files:
        raise DataError(
            f"{folder} holds no images: put images.npy, (n, height, width) uint8, or images/*.png, each"
            " named like its scene, next to the table."
        )
    images = [_read_png(path) for path in files]
    for path, image in zip(files, images, strict=True):
        if image.shape != images[0].shape:
            raise DataError(
                f"{path} has {image.shape[0]} × {image.shape[1]} pixels, but {files[0].name} has"
                f" {images[0].shape[0]} × {images[0].shape[1]}: all images should be alike."
            )
    return {path.stem: i for i, path in enumerate(files)}, np.stack(images)


def _read_png(path):
    """Read an image in grey, 8 bits: (H, W) uint8."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            mode, grey = image.mode, np.array(image.convert("L"))
    except Exception as error:  # whatever the decoder says about a damaged file
        raise DataError(f"{path} cannot be read as an image: {one_line(error)}.") from None
    if mode.startswith(("I", "F")):  # would be clipped
        raise DataError(f"{path} has 16 bits for each pixel, but should have 8.")
    return grey


def _check_images(images, what):
    if images.dtype != np.uint8:
        raise DataError(
            f"{what} holds {images.dtype}, but should hold uint8: grey from 0, black, to 255, white."
        )
    if not images.size:
        raise DataError(f"{what} holds no images.")
    return images


# --- a NWB file ---------------------------------------------------------------------------------


def _nwb_scenes(path):
    """Images from the one series of stimulus templates, responses from the table of trials."""
    nwb = open_nwb(path)
    series, trials = list(nwb.stimulus_template.values()), nwb.trials
    columns = () if trials is None else trials.colnames
    found = {"scene", "responses"} & set(columns)
    if not found and not series:
        return _shipped_scenes(f"{SIMULATED}, as {path.name} shows no images")
    stacks = [one for one in series if getattr(one, "data", None) is not None]
    if len(found) < 2 or len(stacks) != 1 or np.ndim(stacks[0].data) != 3:
        raise DataError(
            f"{path} should hold one series of images (n, height, width) among its stimulus templates,"
            " and trials with the columns scene (which image) and responses (a number for each"
            f" neuron); its templates are {_named(nwb.stimulus_template)}, its trials have"
            f" {_named(columns)}."
        )
    images = _check_images(np.asarray(stacks[0].data), f"{stacks[0].name} in {path}")
    shown, responses = np.asarray(trials["scene"][:]), np.asarray(trials["responses"][:])
    if responses.ndim != 2 or responses.dtype.kind not in "uif" or np.isinf(responses).any():
        raise DataError(
            f"The responses in {path} should be one finite number for each trial and neuron, NaN where"
            f" one is missing, but are {responses.dtype} of shape {responses.shape}."
        )
    if not np.all(np.isin(shown, np.arange(len(images)))):
        raise DataError(f"{path} has trials whose scene is none of 0 … {len(images) - 1}.")
    shown = shown.astype(int)
    trials, rank = _rank_trials(shown, np.arange(len(shown)), len(images))
    stacked = np.full((len(images), trials.max(), responses.shape[1]), np.nan)
    stacked[shown, rank] = responses
    return _split(images, stacked, trials, path)


def _named(names):
    return ", ".join(names) or "none"
