"""Labs 02 and 03: a tetrode recording and its spikes, simulated, original or from NWB."""

import os

import numpy as np

from .files import DataError, chosen_place, data_folder, load_array, one_line, read_shipped
from .nwb import nwb_recording, nwb_session
from .sessions import FS, Recording, Session

WINDOW, CHANNELS, COMPONENTS = 30, 4, 3  # samples, contacts, principal components per contact
PREFIX = "nds_cl_1"  # of the original files
SIMULATED = "simulated tetrode session with known truth (data/tetrode.md)"


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
    place = chosen_place(place)
    if place is None:
        return _shipped_recording(SIMULATED)
    if place.suffix == ".nwb":
        return nwb_recording(place)
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
    place = chosen_place(place)
    if place is None:
        return _shipped_session(SIMULATED)
    if place.suffix == ".nwb":
        return nwb_session(place)
    if not any(place.glob(f"{PREFIX}_*.npy")):
        return _shipped_session(f"{SIMULATED}, as {place} holds no {PREFIX}_*.npy")
    return _original_session(place)


# --- what ships ---------------------------------------------------------------------------------


def _shipped_recording(source):
    folder = data_folder()
    about = read_shipped(folder / "tetrode.json")
    truth = load_array(folder / "tetrode_recording_truth.npy", (None,), np.void)
    return Recording(
        x=load_array(folder / "tetrode_recording.npy", (None, CHANNELS), np.int16),
        fs=about["fs_hz"],
        scale=about["microvolts_per_step"],
        source=source,
        true_times=truth["sample"].astype(np.int64),
        true_units=truth["unit"].astype(np.int64),
        true_peaks=truth["peak_uv"].astype(float),
    )


def _shipped_session(source):
    folder = data_folder()
    about = read_shipped(folder / "tetrode.json")
    spikes = load_array(folder / "tetrode_spikes.npy", (None,), np.void)
    n = len(spikes)

    def read_waveforms():
        stored = load_array(folder / "tetrode_waveforms.npy", (n, WINDOW, CHANNELS), np.int16)
        return stored, about["microvolts_per_step"]

    def read_features():
        stored = load_array(
            folder / "tetrode_features.npy", (n, CHANNELS * COMPONENTS), np.floating
        )
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


# --- the original course files ------------------------------------------------------------------


def _original_session(folder):
    def path(name):
        return folder / f"{PREFIX}_{name}.npy"

    samples = load_array(path("spiketimes_s"), (None,), np.number)
    n = len(samples)
    times = load_array(path("spiketimes_t"), (n,), np.number)
    _check_times(samples, times, path("spiketimes_s"), path("spiketimes_t"))
    features = load_array(path("features"), (n, CHANNELS * COMPONENTS), np.floating)
    _check_microvolts(features, path("features"))

    def read_waveforms():
        stored = load_array(path("waveforms"), (n, WINDOW, CHANNELS), np.number)
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
        last = load_array(spikes, (None,), np.number)[-1:]
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
            f"{table} is damaged ({one_line(error)}): it should hold a line of names, then {CHANNELS} numbers"
            " in µV on each line."
        ) from None
    if not done:
        raise DataError(f"{table} holds no samples: copy it again from its source.")
