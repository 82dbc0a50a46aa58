"""The simulated tetrode session: its physics, its truth, and that it is rebuilt bit by bit."""

import os
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.signal import welch

from helpers import data
from helpers.simulate import calibration, files, tetrode

DATA = Path(__file__).resolve().parents[1] / "data"
ORIGINAL = os.environ.get("LABS_DATA", "")


@pytest.fixture(scope="module")
def tissue():
    return tetrode.Tissue(30.0, random_seed=5, n_units=6, n_cloud=30)


@pytest.fixture(scope="module")
def session(tissue):
    return tetrode.detected_spikes(tissue)


# --- rebuilding ---------------------------------------------------------------------------------


def test_the_files_that_ship_are_those_listed():
    listed = files.read_checksums(DATA)
    shipped = {path.name for path in DATA.glob("tetrode*") if path.suffix != ".md"}
    assert shipped == {name for name in listed if name.startswith("tetrode")} != set()
    for name in shipped:
        assert files.sha256(DATA / name) == listed[name], name


def test_all_data_stay_small():
    assert sum(path.stat().st_size for path in DATA.glob("tetrode*")) < 27e6
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 50e6


def test_the_first_minute_that_ships_comes_from_this_code():
    tissue = tetrode.Tissue(files.DURATION, files.SEED)
    recording, shipped = tetrode.first_minute(tissue), data.load_recording(DATA)
    np.testing.assert_array_equal(recording.x, shipped.x)
    np.testing.assert_array_equal(recording.true_times, shipped.true_times)
    np.testing.assert_array_equal(recording.true_units, shipped.true_units)


def test_a_session_is_rebuilt_bit_by_bit(tmp_path, capsys):
    short = [partial(files.write_tetrode, duration=3.0, random_seed=4)]
    assert files.rebuild(tmp_path, accept=True, builders=short) == 0
    sums = files.read_checksums(tmp_path)
    assert len(sums) == 6
    assert {name: files.sha256(tmp_path / name) for name in sums} == sums
    assert files.rebuild(tmp_path, builders=short) == 0

    # another session is refused, by name, and leaves everything as it was
    assert (
        files.rebuild(
            tmp_path, builders=[partial(files.write_tetrode, duration=3.0, random_seed=5)]
        )
        == 1
    )
    assert "tetrode_recording.npy" in capsys.readouterr().err
    assert {name: files.sha256(tmp_path / name) for name in sums} == sums


def test_rebuilding_leaves_other_checksums_alone(tmp_path):
    (tmp_path / files.CHECKSUMS).write_text("ab12  other.npy\n")
    files.rebuild(
        tmp_path, accept=True, builders=[partial(files.write_tetrode, duration=2.0, random_seed=4)]
    )
    assert files.read_checksums(tmp_path)["other.npy"] == "ab12"


def test_a_fresh_recording_depends_on_the_seed_alone():
    one, same, other = (tetrode.simulate_recording(3.0, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.x, same.x)
    assert not np.array_equal(one.x, other.x)
    with pytest.raises(ValueError, match="at most 60 s"):
        tetrode.simulate_recording(61.0)


# --- when neurons fire --------------------------------------------------------------------------


@pytest.mark.parametrize("regularity", [0.7, 1.0, 4.0])
def test_renewal_intervals_have_the_distribution_asked_for(regularity):
    rate, refractory = 20.0, 0.003
    times = tetrode.renewal_train(
        1000.0, rate, np.random.default_rng(1), refractory, regularity=regularity
    )
    intervals = np.diff(times)
    assert intervals.min() >= refractory
    law = stats.gamma(regularity, refractory, (1 / rate - refractory) / regularity)
    assert stats.kstest(intervals, law.cdf).pvalue > 1e-4
    expected = (1 - rate * refractory) / np.sqrt(regularity)
    assert intervals.std() / intervals.mean() == pytest.approx(expected, rel=0.05)


def test_the_first_spike_of_a_renewal_process_is_not_special():
    """The mean count in the first 20 ms is that of any other 20 ms."""
    first = [
        np.sum(tetrode.renewal_train(0.02, 30.0, np.random.default_rng(seed)) < 0.02)
        for seed in range(3000)
    ]
    assert np.mean(first) == pytest.approx(0.6, abs=5 * np.std(first) / np.sqrt(len(first)))


def test_a_rate_beyond_the_refractory_period_is_refused():
    with pytest.raises(ValueError, match="refractory"):
        tetrode.renewal_train(1.0, 600.0, np.random.default_rng(0), refractory=0.002)


def test_the_gain_moves_spikes_and_keeps_the_refractory_period():
    gain = np.repeat([0.5, 1.5], [5000, 5000])  # 50 s slow, 50 s fast
    times = tetrode.renewal_train(100.0, 20.0, np.random.default_rng(2), 0.004, 2.0, gain=gain)
    slow, fast = np.sum(times < 50), np.sum(times >= 50)
    assert fast / slow == pytest.approx(3.0, rel=0.15)
    assert np.diff(times).min() >= 0.004


def test_the_common_drive_has_mean_one_and_the_stated_memory():
    gain = tetrode.rate_gain(20_000.0, np.random.default_rng(3), sd=0.5, timescale=1.0, step=0.1)
    z = np.log(gain)
    assert gain.mean() == pytest.approx(1.0, abs=0.03)
    assert z.std() == pytest.approx(0.5, rel=0.03)
    assert np.corrcoef(z[:-10], z[10:])[0, 1] == pytest.approx(np.exp(-1), abs=0.03)


def test_spikes_within_the_refractory_period_go_one_after_the_other():
    times = np.array([0.0, 0.0015, 0.003, 0.0045, 0.1])
    np.testing.assert_array_equal(tetrode.keep_apart(times, 0.002), [0.0, 0.003, 0.1])


def test_bursts_have_the_mean_length_asked_for():
    events = np.arange(2000) * 0.5
    times = tetrode.burst_train(events, np.random.default_rng(4), mean_extra=1.5)
    assert len(times) / len(events) == pytest.approx(2.5, rel=0.1)
    intervals = np.diff(times)
    assert intervals.min() >= 0.002
    assert np.mean(intervals < 0.02) == pytest.approx(1.5 / 2.5, rel=0.1)


def test_amplitudes_fall_within_a_burst_and_recover():
    times = np.array([0.0, 0.004, 0.008, 5.0])
    a = tetrode.adapted_amplitudes(times, depth=0.2, recovery=0.02)
    kept = np.exp(-0.2)
    assert a[0] == 1
    assert a[1] == pytest.approx(1 - 0.2 * kept)
    assert a[2] == pytest.approx(1 - (1 - 0.8 * a[1]) * kept)
    assert a[3] == pytest.approx(1)


def test_units_keep_their_refractory_period_and_rates(tissue):
    for k, neuron in enumerate(tissue.units, start=1):
        times = tissue.true_times[tissue.true_units == k]
        assert np.diff(times).min() >= 0.999 * neuron.refractory / 1000
    longer = tetrode.Tissue(600.0, random_seed=5, n_units=6, n_cloud=0)
    for k, neuron in enumerate(longer.units, start=1):
        rate = np.mean(longer.true_units == k) * len(longer.true_times) / 600
        assert 0.6 * neuron.rate < rate < 1.4 * neuron.rate  # counts scatter more than Poisson ones


def test_a_session_has_what_the_lab_asks_for():
    units = tetrode.Tissue(1.0, random_seed=9, n_cloud=0).units
    assert 12 <= len(units) <= 15
    rates = [unit.rate for unit in units]
    assert 0.2 <= min(rates) < 1 and 4 < max(rates) <= 15
    assert sum(unit.burst > 0 for unit in units) == 2
    assert all(unit.adaptation > 0.2 for unit in units[:2])
    apart = np.linalg.norm(np.subtract(units[-1].position, units[-2].position))
    assert apart == pytest.approx(5.0)


# --- what a spike looks like --------------------------------------------------------------------


def test_the_waveform_has_its_trough_at_zero_and_three_phases():
    t = np.linspace(-1.5, 2.5, 4001)
    w = tetrode.waveform(t, 0.14, 0.32, 0.5)
    assert w.min() == pytest.approx(-1.0, abs=0.05)
    assert abs(t[w.argmin()]) < 0.03
    assert w[t < -0.2].max() > 0.05  # capacitive
    assert w[t > 0.3].max() > 0.25  # potassium
    assert abs(w[0]) < 1e-3 and abs(w[-1]) < 1e-3


def test_amplitudes_fall_off_exponentially_with_distance():
    contacts = np.array([[0.0, 0, 0], [10, 0, 0], [50, 0, 0]])
    share, distance = tetrode.footprint((0, 0, 0), contacts)
    np.testing.assert_allclose(distance, [0, 10, 50])
    np.testing.assert_allclose(np.log(share), -distance / tetrode.FALL_OFF)


def test_far_contacts_see_a_smaller_and_wider_spike():
    neuron = tetrode.draw_neuron(300.0, 1.0, np.random.default_rng(1))
    spike = tetrode.templates(neuron, phases=1)[0]
    assert -spike.min() == pytest.approx(300.0)
    near, far = np.argsort(spike.min(axis=0))[[0, -1]]
    below_half = (spike < spike.min(axis=0) / 2).sum(axis=0)
    assert spike[:, far].min() > spike[:, near].min()
    assert below_half[far] >= below_half[near]


def test_templates_between_two_samples_are_shifted_copies():
    neuron = tetrode.draw_neuron(300.0, 1.0, np.random.default_rng(1))
    spike = tetrode.templates(neuron)
    # a shift of half a sample: both neighbours' mean, up to the curvature of the trough
    half = spike[len(spike) // 2]
    np.testing.assert_allclose(half[1:], (spike[0][1:] + spike[0][:-1]) / 2, atol=6.0)
    assert np.abs(half - spike[0]).max() > 10


def test_overlapping_spikes_add_and_edges_cut_them_off():
    neuron = tetrode.draw_neuron(300.0, 1.0, np.random.default_rng(1))
    spike = tetrode.templates(neuron)
    times, factors = np.array([0.0101, 0.0104, 0.0399]), np.array([1.0, 0.5, 0.8])
    alone = []
    for t, factor in zip(times, factors, strict=True):
        x = np.zeros((1200, 4))
        tetrode.add_spikes(x, np.array([t]), np.array([factor]), spike)
        alone.append(x)
    together = np.zeros((1200, 4))
    tetrode.add_spikes(together, times, factors, spike)
    np.testing.assert_allclose(together, sum(alone))
    assert alone[0].argmin(axis=0).max() == pytest.approx(0.0101 * tetrode.FS, abs=3)
    assert np.abs(together[-1]).max() > 0  # the last one is cut off, not left out

    outside = np.zeros((1200, 4))
    tetrode.add_spikes(outside, np.array([-1.0, 2.0]), np.ones(2), spike)
    assert not outside.any()


# --- what else is on the wire -------------------------------------------------------------------


@pytest.mark.parametrize("n", [300_000, 300_001])
def test_noise_has_the_spectrum_asked_for(n):
    x = tetrode.coloured_noise(n, tetrode.background_spectrum, np.random.default_rng(6), channels=2)
    assert x.shape == (n, 2)
    f, power = welch(x, fs=tetrode.FS, nperseg=2000, axis=0)
    inner = slice(2, -2)
    # about 300 half-overlapping segments: relative error 1/√300, with some 2000 values looked at
    ratio = power[inner] / tetrode.background_spectrum(f[inner])[:, None]
    assert np.abs(ratio - 1).max() < 0.35
    assert ratio.mean() == pytest.approx(1, abs=0.01)
    assert abs(np.corrcoef(x.T)[0, 1]) < 0.03


def test_background_is_shared_between_near_contacts():
    x = tetrode.background(200_000, np.random.default_rng(7))
    apart = np.linalg.norm(tetrode.CONTACTS[:, None] - tetrode.CONTACTS, axis=-1)
    np.testing.assert_allclose(np.corrcoef(x.T), np.exp(-apart / 60), atol=0.03)


def test_hum_is_a_line_at_50_hz():
    power = np.abs(np.fft.rfft(tetrode.hum(30_000)[:, 0])) ** 2
    assert power[50] + power[150] == pytest.approx(power.sum())
    assert power[50] == pytest.approx((25.0 * 15_000) ** 2)
    np.testing.assert_allclose(tetrode.hum(10, start=600), tetrode.hum(10), atol=1e-9)


def test_the_converter_refuses_to_clip():
    assert tetrode.to_steps(np.array([-6389.0, 0.1, 6389.0])).tolist() == [-32764, 1, 32764]
    with pytest.raises(ValueError, match="range"):
        tetrode.to_steps(np.array([7000.0]))


def test_the_voltage_that_ships_is_far_from_clipping_and_holds_a_slow_potential():
    x = data.load_recording(DATA).x
    assert np.abs(x[::7].astype(int)).max() < 16_000
    recording = data.load_recording(DATA)
    f, power = welch(recording.voltage(0, 20)[:, 0], fs=recording.fs, nperseg=30_000)
    assert power[f == 2] > 100 * power[f == 100]
    assert power[f == 50] > 10 * power[f == 60]


# --- what is detected ---------------------------------------------------------------------------


def test_spikes_are_deep_enough_apart_enough_and_where_the_trough_is(tissue, session):
    s = session.spiketimes_s
    assert np.diff(s).min() >= tetrode.LOCKOUT * tetrode.FS / 1000
    assert s.min() >= tetrode.TROUGH and s.max() < tissue.duration * tetrode.FS
    w = session.waveforms
    assert w.shape == (len(s), tetrode.WINDOW, 4)
    largest = w.min(axis=1).argmin(axis=1)
    troughs = w[np.arange(len(s)), :, largest].argmin(axis=1)
    assert np.mean(np.abs(troughs - tetrode.TROUGH) <= 1) > 0.9


def test_windows_are_cut_from_the_voltage_of_the_recording(tissue, session):
    y = tetrode._band_pass(tetrode.first_minute(tissue).voltage())
    inside = np.flatnonzero((session.spiketimes_s > 3000) & (session.spiketimes_s < 890_000))[::20]
    window = session.spiketimes_s[inside, None] + np.arange(30) - tetrode.TROUGH
    # the recording ends where the simulation had a margin: filters differ a little near its ends
    np.testing.assert_allclose(session.waveforms[inside], y[window], atol=1.0)


def test_features_are_centred_uncorrelated_and_ordered(session):
    b = session.features
    assert b.shape == (len(session.spiketimes_s), 12)
    np.testing.assert_allclose(b.mean(axis=0), 0, atol=0.02)
    for channel in range(4):
        spread = np.cov(b[:, 3 * channel : 3 * channel + 3].T)
        assert np.all(np.diff(np.diag(spread)) < 0)
        off = spread[np.triu_indices(3, 1)]
        assert np.abs(off).max() < 0.01 * np.diag(spread).min()


def test_large_units_are_found_and_labelled(tissue, session):
    for k, unit in enumerate(session.unit_table, start=1):
        if max(unit["peaks_uv"]) < 300 or unit["burst_extra"]:
            continue
        times = tissue.true_times[tissue.true_units == k] * tetrode.FS
        found = session.spiketimes_s[session.units == k]
        distance = np.abs(times[:, None] - found).min(axis=1)
        assert np.mean(distance < 15) > 0.9, unit


def test_the_largest_true_spike_nearby_gives_the_label(tissue, session):
    near = np.abs(session.spiketimes_s[:, None] - np.round(tissue.true_times * tetrode.FS)) <= 15
    expected = [
        tissue.true_units[row][tissue.true_peaks[row].argmax()] if row.any() else 0 for row in near
    ]
    np.testing.assert_array_equal(session.units, expected)


def test_the_unit_table_tells_the_truth():
    session = data.load_session(DATA)
    assert [unit["unit"] for unit in session.unit_table] == list(
        range(1, len(session.unit_table) + 1)
    )
    for unit in session.unit_table:
        assert unit["detected"] == np.sum(session.units == unit["unit"])
        assert 0.2 <= unit["rate_hz"] <= 15
    *others, last, twin = session.unit_table
    assert (last["nearest"], twin["nearest"]) == (twin["unit"], last["unit"])
    assert twin["isolation"] < 2.5 < min(unit["isolation"] for unit in others)
    # the session starts with the minute whose voltage ships
    recording = data.load_recording(DATA)
    first = session.spiketimes_s[session.units > 0]
    first = first[first < len(recording.x) - 20]
    true = recording.true_times[recording.true_units > 0]
    assert np.abs(first[:, None] - true).min(axis=1).max() <= 15


def test_separations_of_two_gaussians():
    S = np.array([np.diag([4.0, 1.0]), np.diag([2.0, 1.0])])
    apart = calibration.separations(np.array([[0.0, 0.0], [3.0, 0.0]]), S)
    assert apart[0, 1] == apart[1, 0] == pytest.approx(np.sqrt(3.0))


# --- beside the original ------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(
    not (Path(ORIGINAL) / "nds_cl_1_features.npy").is_file() or not ORIGINAL,
    reason="LABS_DATA does not point to the original files",
)
def test_the_simulation_resembles_the_original():
    """Every number within a factor of two, most within a quarter; of fitted clusters, medians."""
    table = []
    for place in (ORIGINAL, DATA):
        session = data.load_session(place)
        table.append(
            calibration.statistics(
                session.features, session.spiketimes_s / session.fs, session.duration
            )
        )
    ratios = {
        name: np.array(table[1][name]) / np.array(original)
        for name, original in table[0].items()
        if not name.startswith(("absolute", "distance", "rates of"))
    }
    assert all(np.all((r > 0.5) & (r < 2.0)) for r in ratios.values()), ratios
    assert np.mean(np.abs(np.concatenate(list(ratios.values())) - 1) < 0.25) > 0.75
    for name, original in table[0].items():
        if name.startswith(("distance", "rates of")):
            assert np.median(table[1][name]) == pytest.approx(np.median(original), rel=0.5), name
