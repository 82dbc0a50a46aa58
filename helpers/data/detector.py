"""Lab 09: waveforms that a detector cut out of five channels, of neurons and of background.

What ships is simulated (data/detector.md). The files of the published project load in its place:
`channel_background_<k>.npy` and `channel_spikes_<k>.npy`, (n, 42) each, for every channel k, in the
folder itself, in its folder `spikes` or in `data/spikes`.
"""

import re
from dataclasses import dataclass

import numpy as np

from .files import DataError, chosen_place, data_folder, load_array, read_shipped

N_SAMPLES, BEFORE = 42, 12  # samples of a waveform, and how many of them come before the crossing
FS = 30_000.0  # Hz
KINDS = ("background", "spikes")  # label 0 and label 1, as the published files are named
PUBLISHED = {"train": (9, 16, 33), "validation": (11,), "test": (40,)}
SIMULATED = "simulated detector with known truth (data/detector.md)"


@dataclass(eq=False)
class DetectorWaveforms:
    """Waveforms around threshold crossings of several channels, and which of them are a neuron's.

    Attributes
    ----------
    source : str
        Which data these are.
    waveforms : (n, 42) float32 array
        µV; the crossing is at sample 12. (Published files keep the unit they have.)
    labels : (n,) int array
        1 for a neuron's spike, 0 for background.
    channels : (n,) int array
        The number of the channel of each waveform.
    split : dict
        Channel numbers, a tuple each, of "train", "validation" and "test".
    units : (n,) int array or None
        Where the truth is known: which neuron of the channel, 1, 2 …; 0 for background.
    fs : float
        Hz.
    voltage : (m,) float32 array or None
        µV, a short stretch of raw voltage as such waveforms come from.
    spiketimes, spike_units : (k,) arrays or None
        The true spikes of the neurons in that stretch: s, and the unit.
    boundary : (v, 2) array or None
        Corners of a boundary drawn by hand around the neurons' waveforms of that stretch: first and
        second principal component, µV.
    """

    source: str
    waveforms: np.ndarray
    labels: np.ndarray
    channels: np.ndarray
    split: dict
    units: np.ndarray | None = None
    fs: float = FS
    voltage: np.ndarray | None = None
    spiketimes: np.ndarray | None = None
    spike_units: np.ndarray | None = None
    boundary: np.ndarray | None = None

    def part(self, name):
        """Return waveforms (n, 42) and labels (n,) of "train", "validation" or "test"."""
        if name not in self.split:
            raise ValueError(f"The parts are {', '.join(self.split)}; there is no {name!r}.")
        chosen = np.isin(self.channels, self.split[name])
        return self.waveforms[chosen], self.labels[chosen]

    def __str__(self):
        return (
            f"{self.source}: {len(self.labels)} waveforms of {len(np.unique(self.channels))}"
            f" channels, {int(self.labels.sum())} of them a neuron's"
        )


def load_detector_waveforms(place=None):
    """Load the detector's waveforms with their labels.

    Parameters
    ----------
    place : path, optional
        A folder with the published project's files; default is what LABS_DATA says, else what ships.
        What holds no such files leads to what ships, too.

    Returns
    -------
    DetectorWaveforms

    Raises
    ------
    DataError
        If the data are missing, cut short, or of the wrong shape.
    """
    place = chosen_place(place)
    if place is None:
        return _shipped(SIMULATED)
    if place.is_dir():
        for folder in (place, place / "spikes", place / "data" / "spikes"):
            if any(folder.glob("channel_*.npy")):
                return _published(folder)
    return _shipped(f"{SIMULATED}, as {place} holds no channel_{KINDS[1]}_….npy")


def split_of(numbers):
    """Return which channels train, validate and test: as published, else the last two by number."""
    if set(numbers) == {k for part in PUBLISHED.values() for k in part}:
        return dict(PUBLISHED)
    *train, validation, test = sorted(numbers)
    return {"train": tuple(train), "validation": (validation,), "test": (test,)}


# --- what ships ---------------------------------------------------------------------------------


def _shipped(source):
    folder = data_folder()
    about = read_shipped(folder / "detector.json")

    def array(name, shape, kind=np.integer):
        return np.array(load_array(folder / f"detector_{name}.npy", shape, kind))

    step = np.float32(about["microvolts_per_step"])
    waveforms = array("waveforms", (None, N_SAMPLES))
    channels, units = array("truth", (2, len(waveforms))).astype(np.int64)
    sample, spike_units = array("voltage_truth", (2, None)).astype(np.int64)
    return DetectorWaveforms(
        source=source,
        waveforms=waveforms * step,
        labels=(units > 0).astype(np.int64),
        channels=channels,
        split=split_of(np.unique(channels).tolist()),
        units=units,
        voltage=array("voltage", (None,)) * step,
        spiketimes=sample / FS,
        spike_units=spike_units,
        boundary=np.array(about["boundary_uv"], dtype=float),
    )


# --- the published files ------------------------------------------------------------------------


def _published(folder):
    found = {kind: _numbers(folder, kind) for kind in KINDS}
    for a, b in (KINDS, KINDS[::-1]):
        for k in sorted(found[a] - found[b]):
            raise DataError(
                f"{folder} holds channel_{a}_{k}.npy, but no channel_{b}_{k}.npy: copy it there, or"
                " take the first one away."
            )
    numbers = sorted(found[KINDS[0]])
    if len(numbers) < 3:
        raise DataError(
            f"{folder} holds {len(numbers)} channels, but training, validation and test need one"
            " each: at least three."
        )
    waveforms, labels, channels = [], [], []
    for k in numbers:
        for label, kind in enumerate(KINDS):
            w = _waveforms(folder / f"channel_{kind}_{k}.npy")
            waveforms.append(w)
            labels.append(np.full(len(w), label))
            channels.append(np.full(len(w), k))
    return DetectorWaveforms(
        source=f"published waveforms in {folder}, labelled by hand",
        waveforms=np.concatenate(waveforms),
        labels=np.concatenate(labels),
        channels=np.concatenate(channels),
        split=split_of(numbers),
    )


def _numbers(folder, kind):
    names = (path.name for path in folder.glob(f"channel_{kind}_*.npy"))
    matches = (re.fullmatch(rf"channel_{kind}_(\d+)\.npy", name) for name in names)
    return {int(match[1]) for match in matches if match}


def _waveforms(path):
    w = load_array(path, (None, N_SAMPLES), np.number)
    if np.iscomplexobj(w):
        raise DataError(f"{path} holds complex numbers, but should hold voltages.")
    w = np.array(w, dtype=np.float32)
    if not len(w):
        raise DataError(f"{path} holds no waveforms: its channel cannot be used.")
    bad = np.flatnonzero(~np.isfinite(w).all(axis=1))
    if len(bad):
        raise DataError(f"{path} holds NaN or infinity in row {bad[0]}.")
    return w
