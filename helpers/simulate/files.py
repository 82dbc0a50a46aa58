"""Build the data that ship and compare them with their checksums."""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from helpers.data.scenes import pack_images

from .detector import BOUNDARY, simulate_detector_waveforms, simulate_stretch
from .detector import STEP as DETECTOR_STEP
from .ganglion import simulate_session
from .neurons import simulate_neurons, simulate_responses
from .scenes import simulate_scenes
from .tetrode import FS, STEP, Tissue, detected_spikes, first_minute

DURATION, SEED = 1080.0, 1
GANGLION_SEED = 1
SCENES, REPEATED, SCENES_SEED = 2118, 118, 1
DETECTOR_SEED = 1
CHECKSUMS = "checksums.sha256"


def write_tetrode(folder, duration=DURATION, random_seed=SEED):
    """Write the session of lab 02 and 03 and its first minute of voltage to a folder.

    Parameters
    ----------
    folder : path
    duration : float
        s.
    random_seed : int

    Returns
    -------
    dict
        SHA-256 of each file written, by name.
    """
    tissue = Tissue(duration, random_seed)
    recording, session = first_minute(tissue), detected_spikes(tissue)
    stored, _ = session.stored_waveforms
    arrays = {
        "recording": recording.x,
        "recording_truth": _table(
            sample=(recording.true_times, "<i4"),
            unit=(recording.true_units, "u1"),
            peak_uv=(np.round(recording.true_peaks, 1), "<f4"),
        ),
        "spikes": _table(sample=(session.spiketimes_s, "<i4"), unit=(session.units, "u1")),
        "features": session.features.astype("<f4"),
        "waveforms": stored,
    }
    about = {
        "fs_hz": FS,
        "microvolts_per_step": STEP,
        "duration_s": duration,
        "random_seed": random_seed,
        "units": session.unit_table,
    }
    return _write(folder, "tetrode", arrays, about)


def write_ganglion(folder, n_frames=1488, random_seed=GANGLION_SEED):
    """Write the ganglion cell of lab 05 to a folder: as the original file holds it, and its truth.

    Parameters
    ----------
    folder : path
    n_frames, random_seed : int

    Returns
    -------
    dict
        SHA-256 of each file written, by name.
    """
    frames, cell = simulate_session(random_seed, n_frames)
    arrays = {
        "stim": frames,
        "spiketimes": cell.spiketimes,
        "triggertimes": cell.triggers,
        "space": np.round(cell.true_u, 9),
        "rate": np.round(cell.true_rate, 3),
    }
    about = {
        "random_seed": random_seed,
        "latency_s": cell.true_latency,
        "time": [round(float(weight), 6) for weight in cell.true_v],
    }
    return _write(folder, "ganglion", arrays, about)


def write_scenes(
    folder, n_scenes=SCENES, n_repeated=REPEATED, n_neurons=60, random_seed=SCENES_SEED
):
    """Write the scenes of lab 06, the counts of the neurons that saw them, and their truth.

    Parameters
    ----------
    folder : path
    n_scenes, n_repeated : int
        Scenes in all, and how many of them, the first ones, are shown 50 times.
    n_neurons, random_seed : int

    Returns
    -------
    dict
        SHA-256 of each file written, by name.
    """
    scenes, neurons = (
        simulate_scenes(n_scenes, random_seed),
        simulate_neurons(random_seed, n_neurons),
    )
    shown = scenes[:n_repeated], scenes[n_repeated:]
    repeated, single = simulate_responses(neurons, *shown, random_seed)
    arrays = {"repeated_counts": repeated, "single_counts": single}
    about = {"random_seed": random_seed, "repeated": n_repeated, "neurons": neurons.table}
    images = Path(folder) / "scenes_images.npy.bz2"
    images.write_bytes(pack_images(scenes))
    return {**_write(folder, "scenes", arrays, about), images.name: sha256(images)}


def _write(folder, prefix, arrays, about):
    """Write arrays to <prefix>_<name>.npy and what else there is to <prefix>.json: their SHA-256 by name."""
    paths = [Path(folder) / f"{prefix}_{name}.npy" for name in arrays]
    for path, array in zip(paths, arrays.values(), strict=True):
        np.save(path, array, allow_pickle=False)
    told = Path(folder) / f"{prefix}.json"
    told.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return {path.name: sha256(path) for path in (*paths, told)}


def write_detector(folder, random_seed=DETECTOR_SEED, channels=None):
    """Write the waveforms of lab 09, a stretch of voltage as they come from, and their truth.

    Parameters
    ----------
    folder : path
    random_seed : int
    channels : sequence of helpers.simulate.detector.Channel, optional

    Returns
    -------
    dict
        SHA-256 of each file written, by name.
    """
    folder = Path(folder)
    options = {"channels": channels} if channels else {}
    data = simulate_detector_waveforms(random_seed, **options)
    x, sample, units = simulate_stretch(random_seed)
    arrays = {
        "waveforms": np.round(data.waveforms / DETECTOR_STEP).astype("<i2"),
        "truth": np.stack([data.channels, data.units]).astype("u1"),
        "voltage": np.round(x / DETECTOR_STEP).astype("<i2"),
        "voltage_truth": np.stack([sample, units]).astype("<i4"),
    }
    for name, array in arrays.items():
        np.save(folder / f"detector_{name}.npy", array, allow_pickle=False)
    about = {
        "microvolts_per_step": DETECTOR_STEP,
        "random_seed": random_seed,
        "boundary_uv": BOUNDARY,
    }
    text = json.dumps(about, indent=1) + "\n"
    (folder / "detector.json").write_text(text, encoding="utf-8")
    return {path.name: sha256(path) for path in sorted(folder.glob("detector*[!sd]"))}


def _table(**columns):
    """A structured array from name=(values, dtype)."""
    length = len(next(iter(columns.values()))[0])
    table = np.empty(length, [(name, kind) for name, (_, kind) in columns.items()])
    for name, (values, _) in columns.items():
        table[name] = values
    return table


def sha256(path):
    """Return the SHA-256 of a file, in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


BUILDERS = (write_tetrode, write_ganglion, write_scenes, write_detector)


def rebuild(folder, accept=False, builders=BUILDERS):
    """Build into a folder whose checksums are known; if any differs, nothing is replaced.

    Returns 0 if the files are now those of the checksums, else 1. Other names there are let be.
    """
    folder = Path(folder)
    known = read_checksums(folder)
    with tempfile.TemporaryDirectory(dir=folder) as new:
        sums = {name: digest for build in builders for name, digest in build(new).items()}
        changed = [name for name, digest in sums.items() if known.get(name) != digest]
        if changed and not accept:
            print(
                f"Rebuilt data differ from {folder / CHECKSUMS} in {', '.join(changed)}: the"
                " simulation or a library has changed. Nothing was replaced; with --accept the new"
                " data and checksums are.",
                file=sys.stderr,
            )
            return 1
        for name in sums:
            (Path(new) / name).replace(folder / name)
    listed = "".join(f"{digest}  {name}\n" for name, digest in sorted({**known, **sums}.items()))
    (folder / CHECKSUMS).write_text(listed, encoding="utf-8")
    print(f"{folder} holds {len(sums)} rebuilt files, as listed in {CHECKSUMS}.")
    return 0


def read_checksums(folder):
    """Return the listed SHA-256 of the files in a folder, by name; `sha256sum -c` reads them too."""
    listed = Path(folder) / CHECKSUMS
    lines = listed.read_text("utf-8").splitlines() if listed.exists() else []
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
