"""The simulated ganglion cell: its truth is what comes out; files that are not what they should be."""

import os
import struct
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy import io
from scipy.integrate import quad

from helpers import data
from helpers.data import DataError
from helpers.data.ganglion import shown_frames
from helpers.simulate import calibration, files, ganglion

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
ORIGINAL = Path(os.environ.get("LABS_DATA") or "nowhere")
FILE = "nds_cl_5_data.mat"


@pytest.fixture(autouse=True)
def _no_labs_data(monkeypatch):
    monkeypatch.delenv("LABS_DATA", raising=False)


@pytest.fixture(scope="module")
def cell():
    return data.load_ganglion_cell(DATA)


@pytest.fixture(scope="module")
def long():
    """Frames as in a file, and the cell: long enough to see its receptive field clearly."""
    return ganglion.simulate_session(random_seed=11, n_frames=8000)


def spike_counts(cell):
    return np.histogram(cell.spiketimes, cell.triggers)[0]


def slope(stim, counts, lag):
    """Regress counts on each pixel `lag` frames before: (300,), relative to the mean count."""
    counts, stim = counts[lag:], stim[:, : len(counts) - lag]
    return stim @ (counts - counts.mean()) / (0.25 * counts.sum())


# --- rebuilding ---------------------------------------------------------------------------------


def test_the_files_that_ship_are_those_listed():
    listed = files.read_checksums(DATA)
    shipped = {path.name for path in DATA.glob("ganglion*") if path.suffix != ".md"}
    assert shipped == {name for name in listed if name.startswith("ganglion")} != set()
    for name in shipped:
        assert files.sha256(DATA / name) == listed[name], name
    assert sum((DATA / name).stat().st_size for name in shipped) < 1e6


def test_the_cell_that_ships_comes_from_this_code(cell):
    frames, simulated = ganglion.simulate_session(files.GANGLION_SEED)
    np.testing.assert_array_equal(np.load(DATA / "ganglion_stim.npy"), frames)
    for name in ("stim", "spiketimes", "triggers"):
        np.testing.assert_array_equal(getattr(cell, name), getattr(simulated, name), name)
    for name in ("true_rf", "true_u", "true_v", "true_latency", "true_rate"):
        np.testing.assert_allclose(
            getattr(cell, name), getattr(simulated, name), atol=1e-3, err_msg=name
        )


def test_a_cell_is_rebuilt_bit_by_bit(tmp_path):
    def build(seed):
        return [partial(files.write_ganglion, n_frames=30, random_seed=seed)]

    assert files.rebuild(tmp_path, accept=True, builders=build(4)) == 0
    sums = files.read_checksums(tmp_path)
    assert len(sums) == 6
    assert files.rebuild(tmp_path, builders=build(4)) == 0
    assert files.rebuild(tmp_path, builders=build(5)) == 1
    assert {name: files.sha256(tmp_path / name) for name in sums} == sums


def test_a_fresh_cell_depends_on_the_seed_alone():
    one, same, other = (ganglion.simulate_ganglion_cell(seed, n_frames=50) for seed in (1, 1, 2))
    for name in ("stim", "spiketimes", "triggers"):
        np.testing.assert_array_equal(getattr(one, name), getattr(same, name))
        assert not np.array_equal(getattr(one, name), getattr(other, name))
    with pytest.raises(ValueError, match="too few"):
        ganglion.simulate_ganglion_cell(n_frames=5)


# --- the convention of data/ganglion.md ---------------------------------------------------------


def test_the_recovered_lag_is_the_true_lag(long):
    """The field peaks one frame before the count; sliced from frame 0 it would seem to be none."""
    frames, cell = long
    counts = spike_counts(cell)
    assert cell.true_v.argmax() == 1

    def projections(stim):
        return [slope(stim, counts, lag) @ cell.true_u for lag in range(6)]

    as_stated = projections(cell.stim)
    # with 8000 frames of 3.7 spikes a slope scatters by √(4·1.1/(8000·3.7)) = .012
    np.testing.assert_allclose(as_stated, cell.true_v, atol=0.05)
    assert np.argmax(as_stated) == 1 and np.argmin(as_stated) == 3

    early = frames.reshape(300, -1)[:, : len(counts)] - 0.5
    assert np.argmax(projections(early)) == 0
    np.testing.assert_allclose(projections(early)[:-1], as_stated[1:], atol=1e-2)


def test_the_field_is_recovered_pixel_by_pixel(long):
    cell = long[1]
    w = slope(cell.stim, spike_counts(cell), 1)
    assert np.corrcoef(w, cell.true_rf[:, 1])[0, 1] > 0.85
    # of 38 pixels without weight the mean scatters by .012/√38
    assert abs(w[cell.true_u**2 < 1e-8].mean()) < 0.01


def test_the_cell_that_ships_shows_its_field_at_lag_one(cell):
    counts = spike_counts(cell)
    z = np.array([calibration.pixel_scores(cell.stim, counts, lag) for lag in range(5)])
    lag, pixel = np.unravel_index(np.abs(z).argmax(), z.shape)
    row, column = divmod(pixel, 15)
    assert lag == 1 and 6 < z[1].max() < 8
    assert np.hypot(row - ganglion.CENTRE[0], column - ganglion.CENTRE[1]) < 1.5

    frames = np.load(DATA / "ganglion_stim.npy").reshape(300, -1)
    sliced_from_0 = calibration.pixel_scores(frames[:, : len(counts)] - 0.5, counts, 0)
    assert sliced_from_0.argmax() == pixel and sliced_from_0.max() > 6


def test_frame_one_of_the_file_comes_on_at_the_first_flip():
    frames = np.zeros((20, 15, 7), np.uint8)
    frames[2, 3, 1] = 1
    stim = shown_frames(frames, n_triggers=6)
    assert stim.shape == (300, 5) and np.unique(stim).tolist() == [-0.5, 0.5]
    assert np.argwhere(stim > 0).tolist() == [[2 * 15 + 3, 0]]


def test_the_latency_is_seen_between_frames(long):
    """The mean frame before a spike, finer than frames, follows the time course smeared by a frame."""
    cell = long[1]
    seen = cell.true_u @ cell.stim
    tau = np.arange(0.02, 0.9, 0.02)
    spikes = cell.spiketimes[(cell.spiketimes > 2) & (cell.spiketimes < cell.triggers[-1])]
    frame = np.searchsorted(cell.triggers, spikes - tau[:, None], side="right") - 1
    measured = seen[frame].mean(axis=1)
    u = np.arange(0.0005, 2, 0.001)
    shared = np.maximum(1 - np.abs(tau[:, None] - u) / cell.dt, 0)  # of two times, in one frame
    expected = 0.25 * shared @ ganglion.time_course(u) * 0.001
    assert np.corrcoef(measured, expected)[0, 1] > 0.97
    assert tau[measured.argmax()] == pytest.approx(tau[expected.argmax()], abs=0.041)
    assert cell.true_latency == pytest.approx(ganglion.PEAKS[0], abs=0.005)


# --- what is on the screen ----------------------------------------------------------------------


def test_flips_come_at_refreshes_of_a_real_display():
    t = ganglion.flip_times(20_000, np.random.default_rng(3))
    lengths = np.diff(t)
    assert t[0] == 0 and lengths.mean() == pytest.approx(ganglion.FRAME, abs=1e-5)
    assert lengths.std() == pytest.approx(0.0240, abs=0.0015)
    assert np.corrcoef(lengths[1:], lengths[:-1])[0, 1] == pytest.approx(-0.6, abs=0.05)
    # after its refresh each is late by 0–8 ms; the first flip's own delay shifts all of them
    late = (t - t[0]) % ganglion.REFRESH
    gap = np.sort(late)
    widest = np.diff(np.concatenate([gap, gap[:1] + ganglion.REFRESH])).max()
    assert widest == pytest.approx(ganglion.REFRESH - ganglion.LATE[1], abs=2e-4)


def test_frames_are_fair_coins(cell):
    frames = np.load(DATA / "ganglion_stim.npy")
    assert frames.shape == (20, 15, 1500) and frames.dtype == np.uint8
    assert frames.mean() == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(frames.size))
    np.testing.assert_array_equal(cell.stim, shown_frames(frames, 1489))


def test_the_weights_of_frames_are_the_integral_of_the_time_course():
    onsets = np.array([-np.inf, 0.0, 0.18, 0.44, 0.62, 0.85, 1.1, 1.29])
    shown = np.array([0.5, -0.5, 0.5, 0.5, -0.5, 0.5, -0.5, 0.5])
    t = np.array([0.05, 0.43, 1.0, 1.35])
    x = sum(weight * shown[frame] for frame, weight in ganglion.weighted_frames(t, onsets))
    edges = np.append(onsets[1:], 2.0)
    for i, now in enumerate(t):
        parts = [-1.0, *edges[edges < now], now]
        expected = sum(
            value * quad(lambda s, now=now: ganglion.time_course(now - s), low, high)[0]
            for value, low, high in zip(shown, parts[:-1], parts[1:], strict=False)
        )
        assert x[i] == pytest.approx(expected, abs=2e-3)  # the last lag stands for all before


# --- what the cell does -------------------------------------------------------------------------


def test_the_field_is_a_centre_and_a_weaker_surround():
    u = ganglion.spatial_field((11.7, 4.3)).reshape(20, 15)
    assert np.linalg.norm(u) == pytest.approx(1)
    assert np.unravel_index(u.argmax(), u.shape) == (12, 4)
    assert -0.2 * u.max() < u.min() < -0.02 * u.max()
    assert u[12, 8] < 0 and u[7, 4] < 0 < u[10, 4]
    moved = ganglion.spatial_field((5.0, 9.0)).reshape(20, 15)
    assert np.unravel_index(moved.argmax(), moved.shape) == (5, 9)


def test_the_time_course_is_positive_then_negative_and_adds_up():
    k = ganglion.time_course(np.array([-0.1, 0.0, 0.05, 0.28, 0.54, 2.0]))
    assert k[0] == k[1] == 0 and abs(k[2]) < 1e-3 and abs(k[5]) < 1e-3
    assert k[3] > 0 > k[4]
    for tau in (0.1, 0.3, 0.6, 3.0):
        area = quad(ganglion.time_course, 0, tau, limit=200)[0]
        assert ganglion.step_response(np.array(tau)) == pytest.approx(area, abs=1e-7)
    assert ganglion.step_response(np.array([-1.0, 0.0])).tolist() == [0, 0]


def test_the_true_rate_is_the_one_spikes_come_at(long):
    cell = long[1]
    counts, expected = spike_counts(cell), cell.true_rate * np.diff(cell.triggers)
    assert counts.sum() / expected.sum() == pytest.approx(1, abs=0.01)
    assert (counts - expected).var() < 0.25 * counts.mean()  # a Poisson process: 1
    lively = expected > 1
    fit = np.polyfit(expected[lively], counts[lively], 1)
    assert fit[0] == pytest.approx(1, abs=0.02)


def test_spikes_keep_the_refractory_period_and_the_cell_runs_down(long):
    cell = long[1]
    assert np.diff(cell.spiketimes).min() > ganglion.REFRACTORY - 2e-5
    tenths = np.histogram(cell.spiketimes, np.linspace(0, cell.triggers[-1], 11))[0]
    assert tenths[0] > 1.1 * tenths[5] and tenths[5] > 4 * tenths[9] > 0


# --- beside the original ------------------------------------------------------------------------


@pytest.fixture
def original():
    if not (ORIGINAL / FILE).is_file():
        pytest.skip("LABS_DATA does not point to the original files")
    return data.load_ganglion_cell(ORIGINAL)


def test_the_original_cell_loads(original):
    assert original.stim.shape == (300, 1488) and len(original.triggers) == 1489
    assert "original" in original.source and original.true_rf is None
    assert original.dt == pytest.approx(0.2155, abs=1e-4)
    z = calibration.pixel_scores(original.stim, spike_counts(original), 1)
    assert divmod(int(np.abs(z).argmax()), 15) == (12, 4) and np.abs(z).max() > 6


def test_the_simulation_resembles_the_original(original, cell, tmp_path):
    """Of what was calibrated, every number within a factor of 1.6, most within a fifth."""
    table = [calibration.cell_statistics(c) for c in (original, cell)]
    calibrated = ("frame,", "spikes per", "intervals of", "Fano", "standard deviation of z")
    ratios = [
        np.array(table[1][name]) / np.array(table[0][name])
        for name in table[0]
        if name.startswith(calibrated)
    ]
    ratios = np.concatenate(ratios)
    assert ratios.min() > 1 / 1.6 and ratios.max() < 1.6
    assert np.mean(np.abs(ratios - 1) < 0.2) > 0.85
    (tmp_path / FILE).symlink_to(ORIGINAL / FILE)
    shown = calibration.comparison(tmp_path)
    assert "Ganglion cell" in shown and "Tetrode" not in shown


def test_the_comparison_of_nothing_says_so(tmp_path):
    assert "none of the original" in calibration.comparison(tmp_path)


# --- loading what ships -------------------------------------------------------------------------


def test_the_cell_that_ships_fits_together(cell):
    assert cell.shape == (20, 15) and cell.stim.shape == (300, 1488)
    assert len(cell.triggers) == 1489 and cell.dt == pytest.approx(0.2155, abs=1e-4)
    assert 15 < len(cell.spiketimes) / cell.triggers[-1] < 19
    np.testing.assert_allclose(cell.true_rf, np.outer(cell.true_u, cell.true_v))
    assert np.linalg.norm(cell.true_u) == pytest.approx(1) and cell.true_u.max() > 0
    assert cell.true_rate.shape == (1488,)
    assert "simulated" in str(cell) and "1488 frames of 215.5 ms" in str(cell)


def test_loading_what_ships_needs_numpy_alone():
    code = (
        "import sys, helpers.data\n"
        "helpers.data.load_ganglion_cell()\n"
        "names = {'scipy', 'pandas', 'h5py', 'helpers.simulate'} & set(sys.modules)\n"
        "sys.exit(str(names) if names else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_a_place_without_the_cell_falls_back_and_says_so(tmp_path, monkeypatch):
    nwb = tmp_path / "mine.nwb"
    nwb.write_bytes(b"")
    for place, says in ((tmp_path, f"{tmp_path} holds no {FILE}"), (nwb, "mine.nwb is no")):
        monkeypatch.setenv("LABS_DATA", str(place))
        loaded = data.load_ganglion_cell()
        assert says in loaded.source and "simulated" in loaded.source
        assert loaded.true_rf is not None
    monkeypatch.setenv("LABS_DATA", str(tmp_path / "elsewhere"))
    with pytest.raises(DataError, match="LABS_DATA points to"):
        data.load_ganglion_cell()


def test_missing_and_damaged_files_that_ship_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.data.ganglion.data_folder", lambda: tmp_path)
    names = ["ganglion.json", *(f"ganglion_{n}.npy" for n in ("triggertimes", "stim", "space"))]
    names += ["ganglion_spiketimes.npy", "ganglion_rate.npy"]
    for name in names:
        with pytest.raises(DataError, match=f"{name} is missing"):
            data.load_ganglion_cell()
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    assert data.load_ganglion_cell().stim.shape == (300, 1488)
    path = tmp_path / "ganglion_stim.npy"
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(DataError, match=r"ganglion_stim.npy is cut short"):
        data.load_ganglion_cell()


# --- the original file in its place -------------------------------------------------------------


@pytest.fixture
def write(tmp_path):
    """Write a made-up file with the original's keys, types and layout; keywords replace them."""
    rng = np.random.default_rng(0)
    made_up = {
        "DN_stim": rng.integers(0, 2, (20, 15, 30), dtype=np.uint8),
        "DN_spiketimes": np.sort(rng.uniform(0, 6, 90))[:, None],
        "DN_triggertimes": np.arange(28)[:, None] * 0.2155,
    }

    def write(compress=True, **changes):
        contents = {**made_up, **{f"DN_{name}": value for name, value in changes.items()}}
        path = tmp_path / FILE
        kept = {name: value for name, value in contents.items() if value is not None}
        io.savemat(path, kept, do_compression=compress)
        return path, contents

    return write


@pytest.mark.parametrize("kind", [np.uint8, float, bool])
def test_a_file_like_the_original_loads_in_our_place(write, monkeypatch, kind):
    frames = np.random.default_rng(1).integers(0, 2, (20, 15, 30)).astype(kind)
    path, contents = write(stim=frames)
    monkeypatch.setenv("LABS_DATA", str(path.parent))
    cell = data.load_ganglion_cell()
    assert cell.stim.shape == (300, 27) and cell.stim.dtype == float
    assert np.all(cell.stim[2 * 15 + 3] + 0.5 == frames[2, 3, 1:28])
    np.testing.assert_array_equal(cell.spiketimes, contents["DN_spiketimes"].ravel())
    np.testing.assert_array_equal(cell.triggers, contents["DN_triggertimes"].ravel())
    assert str(path) in cell.source and cell.dt == pytest.approx(0.2155)
    truth = ("true_rf", "true_u", "true_v", "true_latency", "true_rate")
    assert all(getattr(cell, name) is None for name in truth)


FLIPS = np.arange(28)[:, None] * 0.2155
SPIKES = np.sort(np.random.default_rng(0).uniform(0, 6, 90))[:, None]
FRAMES = np.random.default_rng(0).integers(0, 2, (20, 15, 30), dtype=np.uint8)
REFUSED = {
    "another key": ({"stim": None, "stimulus": FRAMES}, "lacks DN_stim", "DN_stimulus"),
    "no spikes stored": ({"spiketimes": None}, "lacks DN_spiketimes"),
    "rows and columns swapped": ({"stim": FRAMES.transpose(1, 0, 2)}, "(15, 20, 30)"),
    "flattened pixels": ({"stim": FRAMES.reshape(300, 30)}, "DN_stim", "(300, 30)"),
    "grey levels": ({"stim": FRAMES * np.uint8(255)}, "DN_stim", "0 and 1"),
    "coded ±1": ({"stim": 2.0 * FRAMES - 1}, "0 and 1"),
    "pixels that are not numbers": ({"stim": np.where(FRAMES, np.nan, 0)}, "0 and 1"),
    "cells": ({"stim": np.full((20, 15, 30), "a", object)}, "0 and 1"),
    "fewer frames than flips": ({"stim": FRAMES[..., :27]}, "27 frames for 28 flips"),
    "flips out of order": (
        {"triggertimes": FLIPS[[0, 1, 3, 2, *range(4, 28)]]},
        "DN_triggertimes",
        "ascend",
        "entry 3 (0.431 s)",
    ),
    "a flip twice": ({"triggertimes": FLIPS[[0, 1, 1, *range(2, 28)]]}, "ascend", "entry 2"),
    "spikes out of order": ({"spiketimes": SPIKES[::-1]}, "DN_spiketimes", "ascend"),
    "spikes missing a number": ({"spiketimes": np.append(SPIKES, [[np.nan]])}, "not finite"),
    "spikes before the start": ({"spiketimes": SPIKES - 1}, "DN_spiketimes", "negative"),
    "flips in ms": ({"triggertimes": FLIPS * 1000}, "DN_triggertimes", "in seconds", "215.5"),
    "spikes in ms": ({"spiketimes": SPIKES * 1000}, "DN_spiketimes", "in seconds"),
    "no spikes": ({"spiketimes": np.zeros((0, 1))}, "DN_spiketimes", "shape (0, 1)"),
    "a matrix of spikes": ({"spiketimes": SPIKES.reshape(45, 2)}, "shape (45, 2)"),
    "words": ({"spiketimes": np.array([["a"], ["b"]])}, "DN_spiketimes", "a column of times"),
    "another clock": ({"spiketimes": SPIKES + 100}, "no spike between", "the same zero"),
}


def refusal(path):
    """The message with which the folder of this file is refused: one line that is a sentence."""
    with pytest.raises(DataError) as error:
        data.load_ganglion_cell(path.parent)
    message = str(error.value)
    assert "\n" not in message and message.endswith(".") and len(message) < 500
    assert str(path) in message
    return message


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_contents_are_refused_in_one_sentence(write, case):
    changes, *says = REFUSED[case]
    message = refusal(write(**changes)[0])
    assert all(words in message for words in says), message


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("fraction", [0.0, 0.02, 0.3, 0.7, 0.98])
def test_files_cut_short_are_refused(write, compress, fraction):
    path, _ = write(compress)
    path.write_bytes(path.read_bytes()[: int(fraction * path.stat().st_size)])
    assert "copy it again" in refusal(path)


@pytest.mark.parametrize("content", [b"not a MATLAB file at all, but a line of text\n" * 9, b"\0"])
def test_files_of_another_kind_are_refused(tmp_path, content):
    path = tmp_path / FILE
    path.write_bytes(content)
    assert "copy it again" in refusal(path)


def test_matlab_7_3_says_how_to_save_it_again(tmp_path):
    """That format is HDF5 behind a MATLAB header with another version number."""
    path = tmp_path / FILE
    header = b"MATLAB 7.3 MAT-file".ljust(116) + bytes(8) + struct.pack("<H2s", 0x0200, b"IM")
    path.write_bytes(header.ljust(512, b"\0") + b"\x89HDF\r\n\x1a\n" + bytes(2000))
    assert "-v7" in refusal(path)
