"""Loading: what ships, the original files in their place, NWB, and clear refusals."""

import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from helpers import data
from helpers.data import DataError

ROOT = Path(__file__).resolve().parents[1]
ORIGINAL = Path(os.environ.get("LABS_DATA") or "nowhere")


@pytest.fixture(autouse=True)
def _no_labs_data(monkeypatch):
    monkeypatch.delenv("LABS_DATA", raising=False)


@pytest.fixture(scope="module")
def table():
    """A second of made-up voltage (30000, 4), and the same as text."""
    rows = np.random.default_rng(1).integers(-30_000, 30_000, (30_000, 4)) / 100
    return rows, "0,1,2,3\n" + "\n".join(",".join(map(str, row)) for row in rows.tolist()) + "\n"


@pytest.fixture
def original(tmp_path, table):
    """A folder in the original formats, with made-up numbers."""
    rng = np.random.default_rng(0)
    samples = np.sort(rng.choice(np.arange(50, 29_000), 200, replace=False))
    save(tmp_path, spiketimes_s=samples, spiketimes_t=samples / 30.0)
    save(tmp_path, features=rng.normal(0, 200, (200, 12)))
    save(tmp_path, waveforms=rng.normal(0, 60, (200, 30, 4)))
    (tmp_path / "nds_cl_1.csv").write_text(table[1])
    return tmp_path


def save(folder, **arrays):
    for name, array in arrays.items():
        np.save(folder / f"nds_cl_1_{name}.npy", array)


def cut_short(path, fraction=0.7):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * fraction)])


def one_sentence(error):
    """The message of a refusal: one line that is a sentence."""
    message = str(error.value)
    assert "\n" not in message and message.endswith(".") and len(message) < 500
    return message


# --- what ships ---------------------------------------------------------------------------------


def test_the_recording_that_ships_is_mapped_and_in_microvolts():
    recording = data.load_recording()
    assert isinstance(recording.x, np.memmap) and recording.x.dtype == np.int16
    assert recording.fs == 30_000 and recording.duration == 60
    piece = recording.voltage(1.0, 1.5)
    assert piece.shape == (15_000, 4)
    np.testing.assert_allclose(piece, recording.x[30_000:45_000] * recording.scale)
    assert len(recording.true_times) == len(recording.true_units) == len(recording.true_peaks)
    assert "simulated" in str(recording) and "60 s" in str(recording)


def test_the_session_that_ships_fits_together():
    session = data.load_session()
    n = len(session.spiketimes_s)
    assert 30_000 < n < 38_000 and session.duration == 1080
    assert session.features.shape == (n, 12) and session.features.dtype == float
    stored, scale = session.stored_waveforms
    assert isinstance(stored, np.memmap) and stored.shape == (n, 30, 4)
    np.testing.assert_allclose(session.waveforms[5], stored[5] * scale)
    np.testing.assert_allclose(session.spiketimes_t, session.spiketimes_s / 30)
    assert np.all(np.diff(session.spiketimes_s) > 0)
    assert set(session.units) == {0} | {unit["unit"] for unit in session.unit_table}
    assert f"{n} spikes in 1080 s" in str(session)


def test_only_what_a_lab_uses_is_read(monkeypatch):
    """Lab 03's bundle holds the times and labels alone."""
    opened = []
    load = np.load
    monkeypatch.setattr(np, "load", lambda path, **kw: opened.append(path.name) or load(path, **kw))
    session = data.load_session()
    assert session.units is not None and opened == ["tetrode_spikes.npy"]
    assert session.features.any() and opened[1:] == ["tetrode_features.npy"]


def test_importing_needs_numpy_alone():
    code = (
        "import sys, helpers.data\n"
        "names = {'pandas', 'pynwb', 'h5py', 'scipy', 'sklearn', 'helpers.simulate'}\n"
        "sys.exit(str(names & set(sys.modules)) if names & set(sys.modules) else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_missing_and_damaged_files_that_ship_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr("helpers.data.tetrode.data_folder", lambda: tmp_path)
    with pytest.raises(DataError) as error:
        data.load_session()
    assert "tetrode.json is missing" in one_sentence(error)
    for name in ("tetrode.json", "tetrode_spikes.npy"):
        (tmp_path / name).write_bytes((ROOT / "data" / name).read_bytes())
    session = data.load_session()
    with pytest.raises(DataError) as error:
        _ = session.features
    assert "tetrode_features.npy is missing" in one_sentence(error)
    cut_short(tmp_path / "tetrode_spikes.npy")
    with pytest.raises(DataError) as error:
        data.load_session()
    assert "tetrode_spikes.npy is cut short or damaged" in one_sentence(error)


# --- the original files -------------------------------------------------------------------------


def test_original_files_load_in_place_of_ours(original, table, monkeypatch):
    monkeypatch.setenv("LABS_DATA", str(original))
    session, recording = data.load_session(), data.load_recording()
    samples = np.load(original / "nds_cl_1_spiketimes_s.npy")
    np.testing.assert_array_equal(session.spiketimes_s, samples)
    np.testing.assert_allclose(
        session.spiketimes_t, np.load(original / "nds_cl_1_spiketimes_t.npy")
    )
    np.testing.assert_array_equal(session.features, np.load(original / "nds_cl_1_features.npy"))
    np.testing.assert_array_equal(session.waveforms, np.load(original / "nds_cl_1_waveforms.npy"))
    assert session.units is None and session.unit_table is None and session.duration == 1.0
    np.testing.assert_allclose(recording.voltage(), table[0], rtol=1e-6)
    assert recording.true_times is None
    for source in (session.source, recording.source):
        assert "original" in source and "without truth" in source and str(original) in source


def test_the_text_file_is_read_once_and_again_when_it_changes(original):
    text = original / "nds_cl_1.csv"
    first = data.load_recording(original)
    assert isinstance(first.x.base, np.memmap) or isinstance(first.x, np.memmap)
    copy = original / "nds_cl_1.float32"
    written = copy.stat().st_mtime_ns
    data.load_recording(original)
    assert copy.stat().st_mtime_ns == written
    text.write_text("a,b,c,d\n" + "100,-100,50,-50\n-100,100,-50,50\n" * 15_000)
    os.utime(text, ns=(written + 10**9, written + 10**9))
    assert data.load_recording(original).x[0].tolist() == [100, -100, 50, -50]
    assert not list(original.glob("*.part*"))


def test_a_folder_that_cannot_be_written_is_read_all_the_same(original, table, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    np.testing.assert_allclose(data.load_recording(original).x, table[0], rtol=1e-6)
    assert not (original / "nds_cl_1.float32").exists()


def test_what_the_folder_does_not_hold_comes_from_ours_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("LABS_DATA", str(tmp_path))
    for loaded in (data.load_recording(), data.load_session()):
        assert "simulated" in loaded.source and f"{tmp_path} holds no" in loaded.source
        assert loaded.fs == 30_000


def test_a_session_without_waveforms_loads_until_they_are_needed(original):
    (original / "nds_cl_1_waveforms.npy").unlink()
    session = data.load_session(original)
    assert session.features.shape == (200, 12)
    with pytest.raises(DataError) as error:
        _ = session.waveforms
    assert "nds_cl_1_waveforms.npy is missing" in one_sentence(error)


def test_a_place_that_is_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("LABS_DATA", str(tmp_path / "elsewhere"))
    for load in (data.load_recording, data.load_session):
        with pytest.raises(DataError) as error:
            load()
        assert "LABS_DATA points to" in one_sentence(error)


SAMPLES = np.arange(100, 300) * 90
REFUSED = {
    "another number of features": ({"features": np.ones((200, 8))}, "shape (200, 8)", "(200, 12)"),
    "fewer features than spikes": ({"features": np.ones((150, 12))}, "shape (150, 12)"),
    "transposed waveforms": ({"waveforms": np.ones((200, 4, 30))}, "shape (200, 4, 30)"),
    "features in volts": ({"features": np.random.default_rng(0).normal(0, 2e-4, (200, 12))}, "µV"),
    "waveforms in volts": (
        {"waveforms": np.linspace(-2e-4, 2e-4, 24_000).reshape(200, 30, 4)},
        "µV",
    ),
    "features that are not finite": ({"features": np.full((200, 12), np.nan)}, "not finite"),
    "whole numbers as features": ({"features": np.ones((200, 12), int)}, "int64"),
    "times in seconds": (
        {"spiketimes_s": SAMPLES, "spiketimes_t": SAMPLES / 30_000},
        "spiketimes_t.npy is in seconds",
    ),
    "times in samples": (
        {"spiketimes_s": SAMPLES, "spiketimes_t": SAMPLES.astype(float)},
        "spiketimes_t.npy is in samples",
    ),
    "another sampling rate": (
        {"spiketimes_s": SAMPLES, "spiketimes_t": SAMPLES / 24.0},
        "spike 0 is at 375 ms",
        "300 ms at 30 kHz",
    ),
    "samples in milliseconds": (
        {"spiketimes_s": SAMPLES / 30 + 0.1, "spiketimes_t": SAMPLES / 30 + 0.1},
        "whole samples",
    ),
    "times out of order": (
        {"spiketimes_s": SAMPLES[::-1], "spiketimes_t": SAMPLES[::-1] / 30},
        "ascending",
    ),
    "no spikes": ({"spiketimes_s": SAMPLES[:0], "spiketimes_t": SAMPLES[:0] / 30}, "no spikes"),
    "one spike too few": ({"spiketimes_t": SAMPLES[1:] / 30}, "shape (199,)", "(200)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_shapes_and_units_are_refused_in_one_sentence(original, case):
    arrays, *says = REFUSED[case]
    save(original, **arrays)
    with pytest.raises(DataError) as error:
        data.load_session(original)
    message = one_sentence(error)
    assert all(words in message for words in says), message
    assert any(f"nds_cl_1_{name}.npy" in message for name in arrays)


@pytest.mark.parametrize("name", ["features", "spiketimes_s", "spiketimes_t", "waveforms"])
@pytest.mark.parametrize("fraction", [0.0, 0.01, 0.7])
def test_files_cut_short_are_refused(original, name, fraction):
    path = original / f"nds_cl_1_{name}.npy"
    cut_short(path, fraction)
    with pytest.raises(DataError) as error:
        data.load_session(original)
    message = one_sentence(error)
    assert path.name in message and "cut short" in message


def test_pickled_arrays_are_never_unpickled(original):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("unpickled",))

    path = original / "nds_cl_1_features.npy"
    for content in (np.array([Trap()], object), None):
        if content is None:
            path.write_bytes(pickle.dumps(Trap()))
        else:
            np.save(path, content, allow_pickle=True)
        with pytest.raises(DataError) as error:
            data.load_session(original)
        assert path.name in one_sentence(error)


@pytest.mark.parametrize(
    ("text", "says"),
    {
        "a column too few": ("a,b,c\n1,2,3\n" * 9, "3 columns"),
        "a column too many": ("a,b,c,d,e\n1,2,3,4,5\n" * 9, "5 columns"),
        "a longer line later": ("a,b,c,d\n" + "1,-99,3,4\n" * 5 + "1,2,3,4,5\n", "damaged"),
        "cut in the middle of a line": ("a,b,c,d\n" + "1,-99,3,4\n" * 5 + "1,2", "line 7"),
        "words": ("a,b,c,d\n" + "1,-99,3,4\n" * 5 + "1,2,3,what\n", "damaged"),
        "only its head": ("a,b,c,d\n", "no samples"),
        "nothing": ("", "1 columns"),
        "volts": ("a,b,c,d\n" + "1e-4,-1e-4,0,0\n" * 40_000, "µV"),
        "fewer samples than the spikes need": (
            "a,b,c,d\n" + "1,-99,3,4\n" * 900,
            "ends after 0.0 s",
        ),
    }.values(),
)
def test_a_damaged_recording_is_refused(original, text, says):
    (original / "nds_cl_1.csv").write_text(text)
    with pytest.raises(DataError) as error:
        data.load_recording(original)
    message = one_sentence(error)
    assert says in message and "nds_cl_1.csv" in message
    assert not list(original.glob("*.part*"))


@pytest.mark.skipif(
    not (ORIGINAL / "nds_cl_1_features.npy").is_file(),
    reason="LABS_DATA does not point to the original files",
)
def test_the_original_session_loads():
    session = data.load_session(ORIGINAL)
    n = len(session.spiketimes_s)
    assert session.features.shape == (n, 12) and session.units is None
    assert session.spiketimes_t[-1] < session.duration * 1000
    stored = np.load(ORIGINAL / "nds_cl_1_spiketimes_t.npy")
    np.testing.assert_allclose(session.spiketimes_t, stored, atol=1e-3)


# --- NWB ----------------------------------------------------------------------------------------


@pytest.fixture
def write_nwb(tmp_path):
    """Write a file with made-up units and one recording; return its path and what is in it."""
    pytest.importorskip("pynwb", reason="pynwb is not installed")
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.ecephys import ElectricalSeries
    from pynwb.misc import Units

    def write(waveforms=True, units=True, voltage=True, rate=20_000.0):
        rng = np.random.default_rng(1)
        nwb = NWBFile(
            session_description="made up",
            identifier="test",
            session_start_time=datetime(2020, 1, 1, tzinfo=UTC),
        )
        device = nwb.create_device(name="probe")
        group = nwb.create_electrode_group(
            name="tetrode", description="made up", location="unknown", device=device
        )
        for _ in range(4):
            nwb.add_electrode(group=group, location="unknown")
        trains = [np.sort(rng.uniform(0, 9, n)) for n in (30, 1, 0, 12)]
        shapes = [rng.normal(0, 1e-4, (len(t), 4, 24)) for t in trains]
        x = rng.integers(-900, 900, (2000, 4), dtype=np.int16)
        if voltage:
            region = nwb.create_electrode_table_region(region=[0, 1, 2, 3], description="all")
            nwb.add_acquisition(
                ElectricalSeries(name="raw", data=x, electrodes=region, rate=rate, conversion=2e-7)
            )
        if units:
            nwb.units = Units(name="units", description="sorted", waveform_rate=rate)
            for train, shape in zip(trains, shapes, strict=True):
                stored = {"waveforms": shape} if waveforms else {}
                nwb.add_unit(spike_times=train, **stored)
        path = tmp_path / f"mine{len(list(tmp_path.iterdir()))}.nwb"  # what is read stays open
        with NWBHDF5IO(path, "w") as file:
            file.write(nwb)
        return path, trains, shapes, x

    return write


def test_a_session_comes_back_from_nwb(write_nwb, monkeypatch):
    path, trains, shapes, x = write_nwb()
    monkeypatch.setenv("LABS_DATA", str(path))
    session, recording = data.load_session(), data.load_recording()

    assert session.fs == 20_000 and str(path) in session.source
    assert np.all(np.diff(session.spiketimes_s) >= 0)
    for k, (train, shape) in enumerate(zip(trains, shapes, strict=True), start=1):
        mine = session.units == k
        np.testing.assert_allclose(session.spiketimes_t[mine] / 1000, train, atol=0.5 / 20_000)
        np.testing.assert_allclose(session.waveforms[mine], 1e6 * shape.transpose(0, 2, 1))
    with pytest.raises(DataError) as error:
        _ = session.features
    assert "extract_features" in one_sentence(error)

    np.testing.assert_allclose(recording.voltage(0.01, 0.02), x[200:400] * 0.2)
    assert recording.fs == 20_000 and recording.duration == 0.1


def test_an_nwb_file_without_what_is_asked_for_is_refused(write_nwb, tmp_path):
    path, *_ = write_nwb(waveforms=False, voltage=False)
    session = data.load_session(path)
    assert len(session.spiketimes_s) == 43
    with pytest.raises(DataError) as error:
        _ = session.waveforms
    assert "stores no waveforms" in one_sentence(error)
    with pytest.raises(DataError) as error:
        data.load_recording(path)
    assert "ElectricalSeries" in one_sentence(error)
    path, *_ = write_nwb(units=False)
    with pytest.raises(DataError) as error:
        data.load_session(path)
    assert "no units" in one_sentence(error)
    cut_short(path)
    for load in (data.load_session, data.load_recording):
        with pytest.raises(DataError) as error:
            load(path)
        assert "cannot be read as NWB" in one_sentence(error)


def test_nwb_without_pynwb_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pynwb", None)
    (tmp_path / "mine.nwb").write_bytes(b"")
    with pytest.raises(DataError) as error:
        data.load_session(tmp_path / "mine.nwb")
    assert "pip install" in one_sentence(error)
