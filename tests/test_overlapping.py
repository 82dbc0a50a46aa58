"""The recording with overlapping spikes: its truth is what comes out; files are refused when cut short."""

import shutil
from functools import partial

import numpy as np
import pytest
from conftest import ROOT

from helpers import data
from helpers.data import DataError
from helpers.simulate import files, overlapping, simulate_overlapping

DATA = ROOT / "data"


@pytest.fixture(scope="module")
def recording():
    return data.load_overlapping_recording()


def test_what_ships_is_what_the_simulation_gives(recording):
    fresh = simulate_overlapping(files.OVERLAPPING_SEED)
    np.testing.assert_allclose(recording.x, fresh.x, atol=1e-9)
    np.testing.assert_array_equal(recording.true_times, fresh.true_times)
    np.testing.assert_array_equal(recording.true_units, fresh.true_units)
    np.testing.assert_allclose(recording.true_factors, fresh.true_factors, atol=1e-6)
    np.testing.assert_allclose(recording.true_templates, fresh.true_templates, atol=1e-4)
    np.testing.assert_array_equal(recording.positions, fresh.positions)


def test_files_are_listed_and_small():
    listed = files.read_checksums(DATA)
    ours = sorted(DATA.glob("overlapping*[!d]"))
    assert [listed[path.name] for path in ours] == [files.sha256(path) for path in ours]
    assert len(ours) == 4 and sum(path.stat().st_size for path in ours) <= 4e6


def test_a_changed_simulation_is_noticed(tmp_path):
    def build(seed):
        return [partial(files.write_overlapping, duration=0.1, random_seed=seed)]

    assert files.rebuild(tmp_path, accept=True, builders=build(4)) == 0
    assert files.rebuild(tmp_path, builders=build(4)) == 0
    assert files.rebuild(tmp_path, builders=build(5)) == 1


def test_without_its_spikes_the_voltage_is_white_noise(recording):
    rest = recording.x.copy()
    width = recording.true_templates.shape[2]
    spikes = zip(recording.true_times, recording.true_units, recording.true_factors, strict=True)
    for t, k, factor in spikes:
        start = t - recording.trough
        rest[:, start : start + width] -= factor * recording.true_templates[k]
    n = rest.shape[1]
    # five standard errors of a standard deviation and of a correlation
    np.testing.assert_allclose(rest.std(axis=1), overlapping.NOISE, rtol=5 / np.sqrt(2 * n))
    assert np.abs(np.corrcoef(rest) - np.eye(len(rest))).max() < 5 / np.sqrt(n)
    lagged = [np.corrcoef(x[:-1], x[1:])[0, 1] for x in rest]
    assert np.abs(lagged).max() < 5 / np.sqrt(n)


def test_templates_have_their_trough_where_it_is_said(recording):
    for W in recording.true_templates:
        assert np.unravel_index(W.argmin(), W.shape)[1] == recording.trough
        assert 7 <= -W.min() / overlapping.NOISE <= 14.01


def test_many_spikes_overlap_but_none_with_its_own_neuron(recording):
    t, u = recording.true_times, recording.true_units
    near = (np.abs(t[:, None] - t) < 10) & (u[:, None] != u)
    assert near.any(axis=1).sum() > 100
    for k in range(recording.n_units):
        assert np.diff(t[u == k]).min() >= recording.true_templates.shape[2]


def test_missing_and_damaged_files_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.data.overlapping.data_folder", lambda: tmp_path)
    with pytest.raises(DataError, match=r"overlapping.json is missing"):
        data.load_overlapping_recording()
    for path in DATA.glob("overlapping*[!d]"):
        shutil.copy(path, tmp_path)
    whole = (tmp_path / "overlapping_recording.npy").read_bytes()
    (tmp_path / "overlapping_recording.npy").write_bytes(whole[:1000])
    with pytest.raises(DataError, match=r"overlapping_recording.npy is cut short"):
        data.load_overlapping_recording()
