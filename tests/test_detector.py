"""The simulated detector: its truth is what comes out; files that are not what they should be."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from helpers import data
from helpers.data import DataError
from helpers.data.detector import split_of
from helpers.simulate import detector, files

DATA = Path(__file__).resolve().parents[1] / "data"
SMALL = (
    detector.Channel(0.3, 50, (detector.Cell(100, 0.13, 0.45),), 40, 20),
    detector.Channel(0.3, 50, (detector.Cell(90, 0.12, 0.4),), 50, 10),
    detector.Channel(0.3, 50, (detector.Cell(95, 0.14, 0.5),), 60, 5),
)


@pytest.fixture(autouse=True)
def _no_labs_data(monkeypatch):
    monkeypatch.delenv("LABS_DATA", raising=False)


@pytest.fixture(scope="module")
def shipped():
    return data.load_detector_waveforms(DATA)


def published(folder, sizes, seed=0):
    """Write files as the published project names them; sizes: channel → (background, spikes)."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for k, counts in sizes.items():
        for kind, n in zip(("background", "spikes"), counts, strict=True):
            np.save(folder / f"channel_{kind}_{k}.npy", rng.normal(size=(n, 42)))


# --- what ships ---------------------------------------------------------------------------------


def test_the_files_that_ship_are_those_listed():
    listed = files.read_checksums(DATA)
    shipped = {path.name for path in DATA.glob("detector*") if path.suffix != ".md"}
    assert shipped == {name for name in listed if name.startswith("detector")} != set()
    for name in shipped:
        assert files.sha256(DATA / name) == listed[name], name
    assert sum((DATA / name).stat().st_size for name in shipped) < 6e6


def test_there_are_as_many_waveforms_as_were_published(shipped):
    counts = {name: np.bincount(shipped.part(name)[1]).tolist() for name in shipped.split}
    assert counts == {"train": [12962, 2491], "validation": [6835, 819], "test": [4073, 108]}
    assert shipped.waveforms.shape == (27288, 42)
    np.testing.assert_array_equal(shipped.labels, shipped.units > 0)


def test_always_background_has_an_accuracy_of_97_percent(shipped):
    assert np.mean(shipped.part("test")[1] == 0) == pytest.approx(0.974, abs=5e-4)


def test_every_waveform_crosses_a_threshold_at_sample_12(shipped):
    """The noise is about 11 µV, so the threshold lies between −25 and −60 µV."""
    before, at = shipped.waveforms[:, 11], shipped.waveforms[:, 12]
    assert (at <= before).all() and (at < -20).all() and (before > -60).all()


@pytest.mark.slow
def test_the_waveforms_that_ship_come_from_this_code(shipped):
    simulated = detector.simulate_detector_waveforms(files.DETECTOR_SEED)
    np.testing.assert_allclose(shipped.waveforms, simulated.waveforms, atol=detector.STEP)
    np.testing.assert_array_equal(shipped.units, simulated.units)
    np.testing.assert_array_equal(shipped.channels, simulated.channels)


def test_the_stretch_that_ships_comes_from_this_code(shipped):
    x, sample, units = detector.simulate_stretch(files.DETECTOR_SEED)
    np.testing.assert_allclose(shipped.voltage, x, atol=detector.STEP)
    np.testing.assert_array_equal(np.round(shipped.spiketimes * shipped.fs), sample)
    np.testing.assert_array_equal(shipped.spike_units, units)


def test_waveforms_are_rebuilt_bit_by_bit(tmp_path):
    def build(seed):
        return [partial(files.write_detector, random_seed=seed, channels=SMALL)]

    assert files.rebuild(tmp_path, accept=True, builders=build(4)) == 0
    sums = files.read_checksums(tmp_path)
    assert len(sums) == 5
    assert files.rebuild(tmp_path, builders=build(4)) == 0
    assert files.read_checksums(tmp_path) == sums
    assert files.rebuild(tmp_path, builders=build(5)) == 1


# --- the simulation -----------------------------------------------------------------------------


def test_the_filter_keeps_the_band_and_removes_hum():
    t = np.arange(60_000) / detector.FS
    for f, low, high in ((50, 0, 0.01), (1000, 0.97, 1.03), (60, 0, 0.05), (14_000, 0, 0.05)):
        y = detector.filter_channel(np.sin(2 * np.pi * f * t))[15_000:-15_000]
        assert low <= np.sqrt(2) * y.std() <= high, f


def test_the_threshold_follows_the_noise():
    rng = np.random.default_rng(0)
    sigma = np.repeat([10.0, 10.0, 20.0, *[20.0] * 20], 3000)
    threshold = detector.adaptive_threshold(sigma * rng.standard_normal(len(sigma)), fs=3000)
    assert threshold[0] == pytest.approx(-30, rel=0.05)
    assert threshold[2 * 3000] == pytest.approx(-3 * (0.8 * 10 + 0.2 * 20), rel=0.05)
    assert threshold[-1] == pytest.approx(-60, rel=0.05)
    assert all(np.ptp(second) == 0 for second in threshold.reshape(-1, 3000))


def test_a_crossing_soon_after_one_that_counted_does_not_count():
    y = np.zeros(200)
    y[[20, 21, 40, 49, 50, 90]] = -10  # falls at 20, 40, 49 and 90
    s = detector.find_crossings(y, np.full(200, -5.0), refractory=30)
    assert s.tolist() == [20, 90]
    assert detector.find_crossings(y, np.full(200, -5.0), refractory=20).tolist() == [20, 40, 90]


def test_windows_that_do_not_fit_are_left_out():
    y = np.arange(100.0)
    w, s = detector.cut_out(y, np.array([11, 12, 70, 71]))
    assert s.tolist() == [12, 70]
    np.testing.assert_array_equal(w[0], np.arange(42))


def test_a_crossing_belongs_to_the_trough_behind_it():
    times = np.array([100, 140, 300]) / detector.FS
    units = np.array([1, 2, 3])
    s = np.array([83, 84, 106, 107, 130, 290, 500])
    assert detector.label(s, times, units).tolist() == [0, 1, 1, 0, 2, 3, 0]
    assert not detector.label(s, np.array([]), np.array([], int)).any()


def test_fresh_waveforms_are_as_many_as_asked_and_depend_on_the_seed():
    fresh, again, other = (detector.simulate_detector_waveforms(seed, SMALL) for seed in (3, 3, 4))
    assert [np.bincount(fresh.labels[fresh.channels == k]).tolist() for k in (1, 2, 3)] == [
        [40, 20], [50, 10], [60, 5],
    ]  # fmt: skip
    assert fresh.split == {"train": (1,), "validation": (2,), "test": (3,)}
    np.testing.assert_array_equal(fresh.waveforms, again.waveforms)
    assert not np.array_equal(fresh.waveforms, other.waveforms)
    deep = fresh.waveforms.min(axis=1)
    assert np.median(deep[fresh.labels == 1]) < 1.5 * np.median(deep[fresh.labels == 0])


# --- the published files ------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["", "spikes", "data/spikes"])
def test_published_files_load_in_place_of_ours(tmp_path, monkeypatch, below):
    sizes = {9: (5, 2), 11: (4, 1), 16: (3, 3), 33: (6, 2), 40: (7, 1)}
    published(tmp_path / below, sizes)
    monkeypatch.setenv("LABS_DATA", str(tmp_path))
    found = data.load_detector_waveforms()
    assert found.split == {"train": (9, 16, 33), "validation": (11,), "test": (40,)}
    counts = {name: np.bincount(found.part(name)[1]).tolist() for name in found.split}
    assert counts == {"train": [14, 7], "validation": [4, 1], "test": [7, 1]}
    assert "published" in found.source and found.voltage is None and found.units is None
    first = np.load(tmp_path / below / "channel_spikes_40.npy")
    np.testing.assert_array_equal(found.part("test")[0][-1:], first.astype(np.float32))


def test_other_channels_are_split_by_number():
    assert split_of([7, 3, 12, 5]) == {"train": (3, 5), "validation": (7,), "test": (12,)}


def test_a_folder_without_such_files_leads_to_ours(tmp_path):
    found = data.load_detector_waveforms(tmp_path)
    assert len(found.labels) == 27288 and str(tmp_path) in found.source


@pytest.mark.parametrize(
    "spoil, says",
    [
        (lambda f: (f / "channel_spikes_3.npy").unlink(), "no channel_spikes_3.npy"),
        (lambda f: (f / "channel_background_2.npy").unlink(), "no channel_background_2.npy"),
        (lambda f: np.save(f / "channel_spikes_1.npy", np.zeros((3, 41))), r"shape \(3, 41\)"),
        (lambda f: np.save(f / "channel_spikes_1.npy", np.zeros((0, 42))), "no waveforms"),
        (lambda f: np.save(f / "channel_spikes_1.npy", np.full((2, 42), np.nan)), "row 0"),
        (lambda f: (f / "channel_spikes_1.npy").write_bytes(b"\x93NUMPY"), "cut short or damaged"),
        (lambda f: np.save(f / "channel_spikes_1.npy", np.zeros((2, 42), "U1")), "number"),
        (lambda f: [p.unlink() for p in f.glob("*_3.npy")], "at least three"),
    ],
)  # fmt: skip
def test_files_that_are_not_what_they_should_be_are_refused(tmp_path, spoil, says):
    published(tmp_path, {1: (3, 2), 2: (3, 2), 3: (3, 2)})
    assert len(data.load_detector_waveforms(tmp_path).labels) == 15
    spoil(tmp_path)
    with pytest.raises(DataError, match=says):
        data.load_detector_waveforms(tmp_path)


def test_there_are_three_parts(shipped):
    with pytest.raises(ValueError, match="no 'training'"):
        shipped.part("training")
