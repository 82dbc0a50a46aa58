"""The data of the labs: those that ship, the original course files in their place, or your own.

What is loaded depends on the environment variable LABS_DATA:

- not set: the simulated tetrode session next to `helpers`, whose truth is known;
- a folder: the original course files that lie in it (nds_cl_1.csv, nds_cl_1_features.npy,
  _spiketimes_s.npy, _spiketimes_t.npy, _waveforms.npy), as they are, without truth; what the folder
  does not hold still comes from the simulated session;
- a file ending in .nwb: the recording and the sorted units of any session in Neurodata Without
  Borders format (needs pynwb: `pip install pynwb`).

`source` of whatever was loaded says which it is. Large files are mapped into memory, not read.
Times are in samples where a name ends in _s, in milliseconds where it ends in _t; voltages are in µV.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

FS = 30_000.0  # Hz, of the original files and of the simulated session
WINDOW, CHANNELS, COMPONENTS = 30, 4, 3  # samples, contacts, principal components per contact
PREFIX = "nds_cl_1"  # of the original files
SIMULATED = "simulated tetrode session with known truth (data/tetrode.md)"


class DataError(Exception):
    """Data that are missing or are not what they should be; the message says what to do."""


@dataclass(eq=False)
class Recording:
    """A stretch of voltage on several contacts.

    Attributes
    ----------
    x : (n, n_channels) array
        As stored, mostly int16 and mapped from disk; `voltage` gives µV.
    fs : float
        Hz.
    scale : float
        µV for each step of x.
    source : str
        Which data these are.
    true_times, true_units, true_peaks : (m,) arrays or None
        Trough (sample), unit and peak (µV) of every spike, in the order of time, where the truth is
        known. Unit 0 are the many small neurons far away; most of their spikes cannot be detected.
    """

    x: np.ndarray
    fs: float
    scale: float
    source: str
    true_times: np.ndarray | None = None
    true_units: np.ndarray | None = None
    true_peaks: np.ndarray | None = None

    @property
    def duration(self):
        """Length in s."""
        return len(self.x) / self.fs

    def voltage(self, start=0.0, stop=None):
        """Return the voltage from start to stop (s; default to the end) in µV, (n, n_channels)."""
        stop = self.duration if stop is None else stop
        return self.x[round(start * self.fs) : round(stop * self.fs)] * float(self.scale)

    def __str__(self):
        return (
            f"{self.source}: {self.duration:.0f} s, {self.x.shape[1]} channels at"
            f" {self.fs / 1000:g} kHz"
        )


@dataclass(eq=False)
class Session:
    """The detected spikes of a session, in the order of time.

    Attributes
    ----------
    source : str
        Which data these are.
    fs : float
        Hz.
    duration : float
        Length of the session, s.
    spiketimes_s : (n,) int array
        Troughs, samples.
    units : (n,) int array or None
        The unit of each spike where the truth is known, 0 for "multi-unit". In a NWB file these are
        the units its authors sorted, not the truth.
    unit_table : list of dict or None
        One entry for each single unit; give it to pandas.DataFrame to look at it.
    read_features, read_waveforms : callable
        Return the features, and the waveforms with their scale; called when first needed.
    """

    source: str
    fs: float
    duration: float
    spiketimes_s: np.ndarray
    units: np.ndarray | None
    unit_table: list | None
    read_features: Callable
    read_waveforms: Callable

    @property
    def spiketimes_t(self):
        """Troughs in ms, (n,)."""
        return self.spiketimes_s * (1000 / self.fs)

    @cached_property
    def features(self):
        """Three principal components per channel, channel-major, µV, (n, 12)."""
        return self.read_features()

    @cached_property
    def stored_waveforms(self):
        """Waveforms as stored, (n, 30, 4) and mapped from disk, and the µV of one step."""
        return self.read_waveforms()

    @cached_property
    def waveforms(self):
        """Waveforms in µV, (n, 30, 4); the trough of the largest channel lies at index 10."""
        stored, scale = self.stored_waveforms
        return stored * float(scale)

    def __str__(self):
        return f"{self.source}: {len(self.spiketimes_s)} spikes in {self.duration:.0f} s"


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
    folder = Path(__file__).resolve().parents[1] / "data"
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no data folder at {folder}. Keep the lab's folder together as you received it:"
            " `data` stands next to `helpers`."
        )
    return folder


def load_recording(place=None):
    """Load a tetrode recording.

    Parameters
    ----------
    place : path, optional
        A folder with nds_cl_1.csv or a NWB file; default is what LABS_DATA says, else what ships.

    Returns
    -------
    Recording

    Raises
    ------
    DataError
        If the data are missing, cut short or of the wrong shape.
    """
    place = _place(place)
    if place is None:
        return _shipped_recording(SIMULATED)
    if place.suffix == ".nwb":
        return _nwb_recording(place)
    table = place / f"{PREFIX}.csv"
    if not table.exists():
        return _shipped_recording(f"{SIMULATED}, as {place} holds no {table.name}")
    return _original_recording(table)


def load_session(place=None):
    """Load the detected spikes of a session; features and waveforms are read when first used.

    Parameters
    ----------
    place : path, optional
        A folder with the original files or a NWB file; default is what LABS_DATA says, else what
        ships.

    Returns
    -------
    Session

    Raises
    ------
    DataError
        If the data are missing, cut short, or of the wrong shape or unit.
    """
    place = _place(place)
    if place is None:
        return _shipped_session(SIMULATED)
    if place.suffix == ".nwb":
        return _nwb_session(place)
    if not any(place.glob(f"{PREFIX}_*.npy")):
        return _shipped_session(f"{SIMULATED}, as {place} holds no {PREFIX}_*.npy")
    return _original_session(place)


def _place(place):
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


def _load(path, shape, kind):
    """Map a .npy file and check its shape (None: any length) and the kind of its numbers."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise DataError(f"{path} is missing: copy it there, next to the others.") from None
    except (ValueError, EOFError, OSError) as error:
        raise DataError(
            f"{path} is cut short or damaged ({_line(error)}): copy it again from its source."
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


def _line(error):
    """What another library's error says, on one line."""
    return " ".join(str(error).split()).rstrip(".")


# --- what ships ---------------------------------------------------------------------------------


def _shipped_recording(source):
    folder, about = _about()
    truth = _load(folder / "tetrode_recording_truth.npy", (None,), np.void)
    return Recording(
        x=_load(folder / "tetrode_recording.npy", (None, CHANNELS), np.int16),
        fs=about["fs_hz"],
        scale=about["microvolts_per_step"],
        source=source,
        true_times=truth["sample"].astype(np.int64),
        true_units=truth["unit"].astype(np.int64),
        true_peaks=truth["peak_uv"].astype(float),
    )


def _shipped_session(source):
    folder, about = _about()
    spikes = _load(folder / "tetrode_spikes.npy", (None,), np.void)
    n = len(spikes)

    def read_waveforms():
        stored = _load(folder / "tetrode_waveforms.npy", (n, WINDOW, CHANNELS), np.int16)
        return stored, about["microvolts_per_step"]

    def read_features():
        stored = _load(folder / "tetrode_features.npy", (n, CHANNELS * COMPONENTS), np.floating)
        return stored.astype(float)

    return Session(
        source=source,
        fs=about["fs_hz"],
        duration=about["duration_s"],
        spiketimes_s=spikes["sample"].astype(np.int64),
        units=spikes["unit"].astype(np.int64),
        unit_table=about["units"],
        read_features=read_features,
        read_waveforms=read_waveforms,
    )


def _about():
    path = data_folder() / "tetrode.json"
    try:
        return path.parent, json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing: keep the lab's folder together as you received it."
        ) from None


# --- the original course files ------------------------------------------------------------------


def _original_session(folder):
    def path(name):
        return folder / f"{PREFIX}_{name}.npy"

    samples = _load(path("spiketimes_s"), (None,), np.number)
    n = len(samples)
    times = _load(path("spiketimes_t"), (n,), np.number)
    _check_times(samples, times, path("spiketimes_s"), path("spiketimes_t"))
    features = _load(path("features"), (n, CHANNELS * COMPONENTS), np.floating)
    _check_microvolts(features, path("features"))

    def read_waveforms():
        stored = _load(path("waveforms"), (n, WINDOW, CHANNELS), np.number)
        _check_microvolts(stored[:: max(1, n // 1000)], path("waveforms"))
        return stored, 1.0

    if path("waveforms").exists():
        read_waveforms()  # refuse now rather than in the middle of a lab
    return Session(
        source=f"original course files in {folder}, without truth",
        fs=FS,
        duration=float(np.ceil((samples[-1] + 1) / FS)),
        spiketimes_s=np.asarray(samples).astype(np.int64),
        units=None,
        unit_table=None,
        read_features=lambda: np.array(features, float),
        read_waveforms=read_waveforms,
    )


def _check_times(samples, times, samples_path, times_path):
    """Refuse spike times that are not whole ascending samples, or not the same in milliseconds."""
    if len(samples) == 0:
        raise DataError(f"{samples_path} holds no spikes.")
    whole = np.all(np.isfinite(samples)) and np.array_equal(samples, np.floor(samples))
    if not whole or np.any(np.diff(samples) < 0) or samples[0] < 0:
        raise DataError(
            f"{samples_path} should hold whole samples at {FS / 1000:g} kHz in ascending order:"
            " times in ms or s belong into another file."
        )
    expected = samples * (1000 / FS)
    wrong = np.flatnonzero(~(np.abs(times - expected) < 500 / FS))  # half a sample, in ms
    if not len(wrong):
        return
    for unit, factor in {"seconds": 1e-3, "samples": FS / 1000}.items():
        if np.allclose(times, expected * factor, rtol=1e-6):
            raise DataError(f"{times_path} is in {unit}, but should be in milliseconds.")
    i = wrong[0]
    raise DataError(
        f"{times_path} does not fit {samples_path.name}: spike {i} is at {times[i]:g} ms, but its"
        f" sample {samples[i]} is {expected[i]:g} ms at {FS / 1000:g} kHz."
    )


def _check_microvolts(values, path):
    """Refuse values that are not finite, or whose size shows that they are not µV."""
    size = np.std(values, dtype=float)
    if not np.isfinite(size):
        raise DataError(f"{path} holds values that are not finite.")
    if not 1 < size < 10_000:
        raise DataError(f"{path} should be in µV, but its standard deviation is {size:.2g}.")


def _original_recording(table):
    x = _converted(table)
    _check_microvolts(x[:: max(1, len(x) // 10_000)], table)
    spikes = table.with_name(f"{PREFIX}_spiketimes_s.npy")
    if spikes.exists():
        last = _load(spikes, (None,), np.number)[-1:]
        if len(last) and last[0] >= len(x):
            raise DataError(
                f"{table} is cut short: it ends after {len(x) / FS:.1f} s, but {spikes.name} has a"
                f" spike at {last[0] / FS:.1f} s; copy it again from its source."
            )
    return Recording(
        x=x, fs=FS, scale=1.0, source=f"original course recording {table}, without truth"
    )


def _converted(table):
    """Map the table's float32 copy, made once next to it: text cannot be mapped into memory.

    Where the folder cannot be written, the values are held in memory.
    """
    copy = table.with_suffix(".float32")
    if not copy.exists() or copy.stat().st_mtime < table.stat().st_mtime:
        if not os.access(table.parent, os.W_OK):
            return np.concatenate(list(_blocks(table)))
        part = copy.with_suffix(f".part{os.getpid()}")
        try:
            with part.open("wb") as file:
                for block in _blocks(table):
                    file.write(block.astype("<f4").tobytes())
            part.replace(copy)
        finally:
            part.unlink(missing_ok=True)
    return np.memmap(copy, dtype="<f4", mode="r").reshape(-1, CHANNELS)


def _blocks(table, lines=1_000_000):
    """Yield the table in blocks (lines, 4), float32; its first line names the channels."""
    import pandas as pd

    with table.open(encoding="utf-8") as file:
        n_columns = len(file.readline().split(","))
    if n_columns != CHANNELS:
        raise DataError(f"{table} has {n_columns} columns, but should have {CHANNELS} channels.")
    names = [f"Ch{i}" for i in range(1, CHANNELS + 1)]
    done = 0
    try:
        for frame in pd.read_csv(table, header=0, names=names, dtype="f4", chunksize=lines):
            block = frame.to_numpy()
            bad = np.flatnonzero(~np.isfinite(block).all(axis=1))
            if len(bad):
                raise DataError(
                    f"{table} is cut short or damaged: line {done + bad[0] + 2} has no number for"
                    " every channel; copy it again from its source."
                )
            done += len(block)
            yield block
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError) as error:
        raise DataError(
            f"{table} is damaged ({_line(error)}): it should hold a line of names, then {CHANNELS} numbers"
            " in µV on each line."
        ) from None
    if not done:
        raise DataError(f"{table} holds no samples: copy it again from its source.")


# --- NWB ----------------------------------------------------------------------------------------


def _open_nwb(path):
    try:
        from pynwb import NWBHDF5IO
    except ModuleNotFoundError:
        raise DataError(f"{path.name} needs pynwb: install it with `pip install pynwb`.") from None
    try:
        return NWBHDF5IO(path, "r").read()  # stays open: signals are read piece by piece
    except Exception as error:  # whatever HDF5, the schema or the file say
        raise DataError(f"{path} cannot be read as NWB: {_line(error)}.") from None


def _nwb_recording(path):
    series = _voltage_series(_open_nwb(path), path)
    scale = series.conversion * 1e6  # NWB is in volts
    gains = series.channel_conversion
    if gains is not None:
        if not np.allclose(gains, gains[0]):
            raise DataError(f"{path} has channels of different gain, which the labs do not read.")
        scale *= float(gains[0])
    if series.offset:
        raise DataError(f"{path} stores its voltage with an offset, which the labs do not read.")
    return Recording(
        x=series.data,
        fs=float(series.rate),
        scale=scale,
        source=f"recording {series.name} in {path}, without truth",
    )


def _voltage_series(nwb, path):
    """The one regularly sampled ElectricalSeries of the file."""
    found = [
        s
        for s in nwb.acquisition.values()
        if s.neurodata_type == "ElectricalSeries" and s.rate and s.data.ndim == 2
    ]
    if len(found) != 1:
        names = ", ".join(s.name for s in found) or "none"
        raise DataError(
            f"{path} should hold one ElectricalSeries with several channels and a fixed rate among"
            f" its acquisitions; it has: {names}."
        )
    return found[0]


def _nwb_session(path):
    nwb = _open_nwb(path)
    table = nwb.units
    if table is None or "spike_times" not in table.colnames or len(table) == 0:
        raise DataError(f"{path} holds no units with spike times.")
    trains = [np.asarray(table["spike_times"][i], float) for i in range(len(table))]
    seconds = np.concatenate(trains)
    if not len(seconds):
        raise DataError(f"{path} holds units, but none of them has a spike.")
    if not np.all(np.isfinite(seconds)) or seconds.min() < 0:
        raise DataError(f"{path} has spike times that are negative or not finite.")
    order = np.argsort(seconds, kind="stable")
    fs = _nwb_rate(nwb)

    def read_waveforms():
        if "waveforms" not in table.colnames:
            raise DataError(
                f"{path} stores no waveforms: cut them out of load_recording() around the spikes."
            )
        # one (n, channels, samples) block per unit, in volts
        blocks = [np.asarray(table["waveforms"][i]) for i in range(len(table)) if len(trains[i])]
        if len({b.shape[1:] for b in blocks}) > 1 or blocks[0].ndim != 3:
            raise DataError(f"{path} has units with waveforms of different shapes.")
        return np.concatenate(blocks).transpose(0, 2, 1)[order], 1e6

    def read_features():
        raise DataError(
            f"{path} stores no features: compute them from session.waveforms with your"
            " extract_features."
        )

    return Session(
        source=f"units in {path}, as its authors sorted them",
        fs=fs,
        duration=float(np.ceil(seconds.max())),
        spiketimes_s=np.round(seconds[order] * fs).astype(np.int64),
        units=np.repeat(np.arange(1, len(trains) + 1), [len(t) for t in trains])[order],
        unit_table=None,
        read_features=read_features,
        read_waveforms=read_waveforms,
    )


def _nwb_rate(nwb):
    """The sampling rate (Hz) that a NWB file states for its spikes; 30 kHz if it states none."""
    if nwb.units.waveform_rate:
        return float(nwb.units.waveform_rate)
    if nwb.units.resolution:
        return float(1 / nwb.units.resolution)
    rates = {s.rate for s in nwb.acquisition.values() if s.neurodata_type == "ElectricalSeries"}
    return float(rates.pop() or FS) if len(rates) == 1 else FS
