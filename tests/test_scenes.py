"""The scenes and the neurons that see them: their statistics, their truth, and data of your own."""

import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers import data
from helpers.data import DataError
from helpers.data import scenes as loader
from helpers.data.neurons import CONTRAST, KINDS, TrueNeurons
from helpers.mei import oracle_correlation
from helpers.simulate import files, neurons, scenes, simulate_neurons, simulate_scenes

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(autouse=True)
def _no_labs_data(monkeypatch):
    monkeypatch.delenv("LABS_DATA", raising=False)


@pytest.fixture
def rng():
    return np.random.default_rng(12)


@pytest.fixture(scope="module")
def shipped():
    return loader._shipped_scenes(loader.SIMULATED)


@pytest.fixture(scope="module")
def population():
    return simulate_neurons(random_seed=7)


def of_kind(population, kind):
    return np.flatnonzero(population.kinds == kind)


def one_sentence(error):
    message = str(error.value)
    assert message.endswith(".") and "\n" not in message and len(message) < 500
    return message


# --- rebuilding ---------------------------------------------------------------------------------


def test_the_files_that_ship_are_those_listed():
    listed = files.read_checksums(DATA)
    ours = [path for path in DATA.glob("scenes*") if path.suffix != ".md"]
    assert {path.name for path in ours} == {name for name in listed if name.startswith("scenes")}
    assert len(ours) == 4
    for path in ours:
        assert files.sha256(path) == listed[path.name], path
    assert sum(path.stat().st_size for path in ours) < 10e6


def test_what_ships_comes_from_this_code(shipped):
    np.testing.assert_array_equal(simulate_scenes(9, files.SCENES_SEED), shipped.repeated[:9])
    again = simulate_neurons(files.SCENES_SEED, 60)
    assert again.table == shipped.truth
    counts = neurons.simulate_responses(again, shipped.repeated, shipped.single, files.SCENES_SEED)
    stored = shipped.repeated_responses, shipped.single_responses
    for drawn, found in zip(counts, stored, strict=True):
        np.testing.assert_array_equal(np.where(drawn == 255, np.nan, drawn), found)


def test_scenes_are_rebuilt_bit_by_bit(tmp_path, capsys):
    few = [partial(files.write_scenes, n_scenes=12, n_repeated=3, n_neurons=6, random_seed=4)]
    assert files.rebuild(tmp_path, accept=True, builders=few) == 0
    assert len(files.read_checksums(tmp_path)) == 4
    assert files.rebuild(tmp_path, builders=few) == 0
    other = [partial(files.write_scenes, n_scenes=12, n_repeated=3, n_neurons=6, random_seed=5)]
    assert files.rebuild(tmp_path, builders=other) == 1
    assert "scenes_images.npy.bz2" in capsys.readouterr().err


def test_images_come_back_as_they_were_packed(rng):
    images = (4 * rng.integers(0, 64, (5, 7, 9)) + 2).astype(np.uint8)
    np.testing.assert_array_equal(loader.unpack_images(loader.pack_images(images)), images)


# --- scenes -------------------------------------------------------------------------------------


def test_the_power_of_scenes_falls_with_the_square_of_frequency(shipped):
    assert scenes.spectral_slope(shipped.single) == pytest.approx(-2, abs=0.2)
    assert scenes.spectral_slope(simulate_scenes(150, 9)) == pytest.approx(-2, abs=0.2)


def test_the_slope_of_a_known_spectrum_is_found(rng):
    # noise whose power falls with the square of frequency, cut from planes much larger
    planes = (scenes.pink_noise(rng) for _ in range(40))
    cuts = np.stack([p[y : y + 60, x : x + 60] for p in planes for y in (0, 90) for x in (0, 90)])
    # the taper smears the slowest frequencies: .07 steeper
    assert scenes.spectral_slope(cuts) == pytest.approx(-2.07, abs=0.06)
    assert scenes.spectral_slope(rng.standard_normal((200, 60, 96))) == pytest.approx(0, abs=0.1)


def test_scenes_have_edges_and_few_pixels_at_the_limits(shipped):
    steps = np.diff(shipped.single.astype(float), axis=2)
    # most neighbours are alike, a few differ by an edge; 3 for Gaussian noise of any spectrum
    assert np.mean(steps**4) / np.mean(steps**2) ** 2 > 8
    assert np.mean((shipped.single == 2) | (shipped.single == 254)) < 0.03
    assert set(np.unique(shipped.single)) <= set(range(2, 256, 4))
    contrast = (shipped.single / 255).std(axis=(1, 2))
    assert contrast.mean() == pytest.approx(CONTRAST, abs=0.015)
    assert shipped.single.mean() / 255 == pytest.approx(0.5, abs=0.02)


def test_a_scene_depends_on_its_seed_and_number_alone():
    many = simulate_scenes(4, 3)
    np.testing.assert_array_equal(simulate_scenes(2, 3), many[:2])
    assert len(np.unique(many.reshape(4, -1), axis=0)) == 4
    assert np.mean(simulate_scenes(2, 4) == many[:2]) < 0.1


# --- neurons ------------------------------------------------------------------------------------


def test_all_kinds_are_drawn_and_every_filter_fits_into_the_image(population):
    assert {kind: len(of_kind(population, kind)) for kind in KINDS} == neurons.PARTS
    assert set(simulate_neurons(1, 10).kinds) == set(KINDS)
    assert len(simulate_neurons(1, 130)) == 130
    assert simulate_neurons(8).table != population.table
    assert simulate_neurons(7).table == population.table
    for i in np.flatnonzero(population.kinds != "untuned"):
        h = population.filter(i)
        energy = np.abs(h) ** 2
        assert energy[3:-3, 3:-3].sum() > 0.99 * energy.sum()
        assert np.abs(h.sum()) < 1e-9 * np.abs(h).sum()
    for i in of_kind(population, "untuned"):
        assert not population.filter(i).any()


def test_drives_are_scaled_to_the_scenes_that_ship(shipped):
    x = shipped.single.reshape(len(shipped.single), -1) / 255
    for i in np.flatnonzero(shipped.neurons.kinds != "untuned"):
        h = shipped.true_filter(i).ravel()
        parts = [h] if np.isrealobj(h) else [h.real, h.imag]
        assert 0.6 < np.sqrt(np.mean([np.var(x @ part) for part in parts])) < 1.5, i


@pytest.mark.parametrize("kind", ["simple", "centre-surround"])
def test_linear_neurons_are_linear_before_their_threshold(population, kind, rng):
    images = 0.5 + 0.2 * rng.standard_normal((2, 60, 96))
    for i in of_kind(population, kind):
        entry, h = population.table[i], population.filter(i)

        def drive(x, i=i, entry=entry):
            soft = 2 * (population.response(i, x) - entry["base"]) / entry["gain"]
            return np.log(np.expm1(soft)) / 2 + entry["threshold"]

        one, two = drive(images)
        both = drive((0.3 * images[0] + 0.7 * images[1])[None])[0]
        assert both == pytest.approx(0.3 * one + 0.7 * two, abs=1e-6)
        assert one == pytest.approx(np.sum(h * images[0]), abs=1e-6)


def test_off_cells_like_a_dark_spot_and_on_cells_a_bright_one(population):
    signs = set()
    for i in of_kind(population, "centre-surround"):
        row, column = np.round(population.table[i]["centre"]).astype(int)
        spots = np.full((2, 60, 96), 0.5)
        spots[0, row - 1 : row + 2, column - 1 : column + 2] = 1
        spots[1, row - 1 : row + 2, column - 1 : column + 2] = 0
        bright, dark = population.response(i, spots)
        sign = population.table[i]["sign"]
        assert (bright > dark) == (sign > 0)
        signs.add(sign)
    assert signs == {1, -1}


def test_simple_cells_care_for_phase_and_complex_ones_do_not(population):
    phases = np.linspace(0, 2 * np.pi, 12, endpoint=False)[:, None, None]
    for i in np.flatnonzero(np.isin(population.kinds, ["simple", "complex"])):
        entry = population.table[i]
        turn = np.deg2rad(entry["orientation"])
        y, x = np.mgrid[:60, :96]
        along = (y * np.cos(turn) + x * np.sin(turn)) / entry["wavelength"]
        r = population.response(i, 0.5 + 0.2 * np.cos(2 * np.pi * along + phases))
        modulation = (r.max() - r.min()) / r.max()
        assert modulation < 0.15 if entry["kind"] == "complex" else modulation > 0.5


def test_normalised_cells_saturate_and_complex_ones_do_not(population):
    contrasts = np.array([0.1, 0.2, 1.6, 3.2])
    for i in np.flatnonzero(np.isin(population.kinds, ["complex", "normalised"])):
        h = population.filter(i).real
        images = 0.5 + contrasts[:, None, None] * h / np.abs(h).max()
        r = population.response(i, images) - population.table[i]["base"]
        assert np.all(np.diff(r) > 0)
        steep, late = r[1] / r[0], r[3] / r[2]  # each for twice the contrast: 4 for an energy
        if population.kinds[i] == "normalised":
            assert late < 1.15 < 1.9 < steep
        else:
            assert late > 1.9


def test_an_image_outside_the_receptive_field_suppresses_normalised_cells_alone(population, rng):
    for kind, changed in (("complex", False), ("normalised", True)):
        i = of_kind(population, kind)[0]
        h = population.filter(i).real
        image = 0.5 + 0.3 * h / np.abs(h).max()
        noise = rng.standard_normal((60, 96))
        # noise that the filter itself cannot see
        basis = np.linalg.qr(
            np.stack([population.filter(i).real, population.filter(i).imag]).reshape(2, -1).T
        )[0]
        noise -= (basis @ (basis.T @ noise.ravel())).reshape(60, 96)
        r = population.response(i, np.stack([image, image + 0.3 * noise]))
        assert (r[1] < 0.8 * r[0]) == changed
        assert changed or r[1] == pytest.approx(r[0])


def test_untuned_neurons_respond_alike_to_everything(population, rng):
    r = population.respond(rng.random((4, 60, 96)))
    untuned = population.kinds == "untuned"
    assert np.all(r[:, untuned] == r[0, untuned])
    assert np.all(r[:, ~untuned].std(axis=0) > 0) and np.all(r > 0)


def test_gabors_miss_what_bent_cells_want(population):
    """At fixed contrast no circular Gabor near the cell reaches 90 % of what the cell's own filter does."""
    contrast = 0.2
    y, x = np.mgrid[:60, :96]
    for i in of_kind(population, "complex")[:3]:
        entry = population.table[i]
        row, column = entry["centre"]
        turns = np.deg2rad(entry["orientation"] + np.arange(-20, 21, 10))
        patches = []
        for turn in turns:
            for scale in (0.75, 0.9, 1.0, 1.1, 1.3):
                for sigma in (3, 4, 5, 6, 8):
                    for shift in (-2, 0, 2):
                        dy = y - row - shift * np.cos(turn)
                        dx = x - column - shift * np.sin(turn)
                        u = (dy * np.cos(turn) + dx * np.sin(turn)) / (scale * entry["wavelength"])
                        envelope = np.exp(-(dy**2 + dx**2) / (2 * sigma**2))
                        patches += [envelope * wave(2 * np.pi * u) for wave in (np.sin, np.cos)]
        candidates = np.concatenate([patches, population.filter(i).real[None]])
        candidates -= candidates.mean(axis=(1, 2), keepdims=True)
        candidates *= contrast / candidates.std(axis=(1, 2), keepdims=True)
        r = population.response(i, 0.5 + candidates)
        assert 0.6 * r[-1] < r[:-1].max() < 0.92 * r[-1], i


def test_what_is_no_image_or_no_neuron_is_refused(shipped):
    with pytest.raises(ValueError, match=r"shape \(3, 96, 60\), but should be \(n, 60, 96\)"):
        shipped.true_response(0, np.zeros((3, 96, 60)))
    with pytest.raises(ValueError, match="no neuron 60"):
        shipped.true_response(60, np.zeros((3, 60, 96)))
    with pytest.raises(ValueError, match="divide them by 255"):
        shipped.true_response(0, shipped.repeated)


# --- a session ----------------------------------------------------------------------------------


def test_the_session_has_the_shapes_of_the_experiment(shipped):
    assert shipped.repeated.shape == (118, 60, 96) and shipped.single.shape == (2000, 60, 96)
    assert shipped.repeated_responses.shape == (118, 50, 60)
    assert shipped.single_responses.shape == (2000, 2, 60)
    assert shipped.n_neurons == len(shipped.truth) == 60 and shipped.shape == (60, 96)
    assert "118 images shown 50 times" in str(shipped) and "truth" in shipped.source
    images = np.concatenate([shipped.repeated, shipped.single]).reshape(2118, -1)
    assert len(np.unique(images, axis=0)) == 2118


def test_oracles_spread_as_in_published_data(shipped):
    oracle = oracle_correlation(shipped.repeated_responses)
    tuned = shipped.neurons.kinds != "untuned"
    assert np.all(np.abs(oracle[~tuned]) < 0.08)
    assert np.all(oracle[tuned] > 0.1)
    low, middle, high = np.quantile(oracle[tuned], [0.1, 0.5, 0.9])
    assert low < 0.35 and 0.4 < middle < 0.6 and 0.6 < high < 0.7
    assert oracle.max() < 0.75


def test_counts_follow_the_true_rates(shipped):
    mean = np.nanmean(shipped.repeated_responses, axis=1)
    for i in np.flatnonzero(shipped.neurons.kinds != "untuned"):
        truth = shipped.true_response(i, shipped.repeated / 255)
        assert np.corrcoef(truth, mean[:, i])[0, 1] > 0.85, i
        assert mean[:, i].mean() == pytest.approx(truth.mean(), rel=0.25)


def test_some_trials_are_missing_and_enough_are_left(shipped):
    for responses, least in ((shipped.repeated_responses, 35), (shipped.single_responses, 0)):
        missing = np.isnan(responses)
        assert 0.003 < missing.mean() < 0.03
        assert np.sum(~missing, axis=1).min() >= least
        # whole trials are lost, and single neurons for a while
        assert np.any(missing.all(axis=2)) and missing.mean(axis=(0, 1)).max() > 0.04


def test_gains_drift_slowly_and_are_shared():
    gain = neurons.slow_gain(9900, 200, np.random.default_rng(5))
    log = np.log(gain)
    assert log.std(axis=0).mean() == pytest.approx(neurons.DRIFT, abs=0.06)
    assert np.abs(np.diff(log, axis=0)).max() < 0.01
    shared = np.corrcoef(log.T)[np.triu_indices(200, 1)].mean()
    assert 0.3 < shared < 0.7


def test_a_thousand_images_take_less_than_a_second(shipped):
    images = shipped.single[:1000] / 255
    shipped.true_response(3, images[:2])
    start = time.process_time()
    assert shipped.true_response(3, images).shape == (1000,)
    assert time.process_time() - start < 1
    assert shipped.true_response(3, images[0]) == pytest.approx(shipped.true_response(3, images)[0])


# --- your own data ------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path, rng):
    """Write three images, two of them shown often; return the folder, the table and the images."""
    images = rng.integers(0, 256, (4, 6, 8), dtype=np.uint8)
    np.save(tmp_path / "images.npy", images)
    rows = [
        (scene, trial, neuron, 100 * scene + 10 * trial + neuron)
        for scene, shows in ((0, 12), (1, 2), (3, 11))
        for trial in range(5, 5 + shows)
        for neuron in (4, 7)
    ]
    table = pd.DataFrame(rows, columns=list(loader.COLUMNS)).sample(frac=1, random_state=1)

    def write(table=table):
        table.to_csv(tmp_path / "responses.csv", index=False)
        return tmp_path

    write()
    return write, table.reset_index(drop=True), images


def test_a_table_of_your_own_comes_back(own, monkeypatch):
    write, _, images = own
    monkeypatch.setenv("LABS_DATA", str(write()))
    mine = data.load_scenes()
    np.testing.assert_array_equal(mine.repeated, images[[0, 3]])
    np.testing.assert_array_equal(mine.single, images[[1]])  # image 2 was never shown
    assert mine.repeated_responses.shape == (2, 12, 2) and mine.single_responses.shape == (1, 2, 2)
    trials = 10.0 * np.arange(5, 17)
    np.testing.assert_array_equal(mine.repeated_responses[0], np.stack([trials + 4, trials + 7], 1))
    assert np.isnan(mine.repeated_responses[1, 11]).all()
    assert np.isfinite(mine.repeated_responses[1, :11]).all()
    np.testing.assert_array_equal(mine.single_responses[0, :, 1], [157, 167])
    assert "responses.csv" in mine.source and mine.truth is None
    for ask in (partial(mine.true_response, 0, images / 255), partial(mine.true_filter, 0)):
        with pytest.raises(DataError) as error:
            ask()
        assert "simulated" in one_sentence(error)


def test_images_may_be_png_files_named_like_their_scenes(own, tmp_path):
    write, table, images = own
    (tmp_path / "images.npy").unlink()
    (tmp_path / "images").mkdir()
    for i, image in enumerate(images):
        Image.fromarray(image).save(tmp_path / "images" / f"00{i}.png")
    named = table.assign(scene=[f"00{scene}" for scene in table["scene"]])
    mine = data.load_scenes(write(named))
    np.testing.assert_array_equal(mine.repeated, images[[0, 3]])

    Image.fromarray(images[0][:5]).save(tmp_path / "images" / "001.png")
    refused(tmp_path, "001.png has 5 × 8 pixels, but 000.png has 6 × 8")
    Image.fromarray(np.zeros((6, 8), np.uint16)).save(tmp_path / "images" / "001.png")
    refused(tmp_path, "16 bits")
    (tmp_path / "images" / "001.png").write_bytes(b"no image")
    refused(tmp_path, "cannot be read as an image")


def refused(folder, *words):
    with pytest.raises(DataError) as error:
        data.load_scenes(folder)
    for word in words:
        assert word in one_sentence(error)


def test_a_missing_response_is_a_missing_trial(own):
    write, table, _ = own
    lost = (table["scene"] == 0) & (table["trial"] == 6)
    gaps = table.assign(response=table["response"].where(~lost | (table["neuron"] == 7)))
    r = data.load_scenes(write(gaps)).repeated_responses
    assert np.isnan(r[0, 1, 0]) and np.isfinite(r[0, 1, 1]) and np.isnan(r).sum() == 3


def test_tables_that_are_not_what_they_should_be_are_refused(own):
    write, table, _ = own
    refused(write(table.drop(columns="trial")), "lacks trial", "it has scene, neuron, response")
    refused(write(table.iloc[:0]), "holds no responses")
    refused(write(table.replace({"scene": {3: 9}})), "scene 9", "0 … 3")
    refused(write(table.replace({"scene": {3: None}})), "no scene in row")
    refused(write(table.replace({"neuron": {7: None}})), "no neuron in row")
    words = table.astype({"trial": object, "response": object})
    words.loc[4, "trial"] = "first"
    refused(write(words), "a trial that is no number in row 5")
    words = table.astype({"response": object})
    words.loc[4, "response"] = "many"
    refused(write(words), "a response that is no number in row 5")
    endless = table.astype({"response": float})
    endless.loc[2, "response"] = np.inf
    refused(write(endless), "infinite in row 3")
    refused(write(pd.concat([table, table.iloc[[3]]])), "2 responses of neuron", "should be one")
    silent = table.assign(response=table["response"].where(table["neuron"] == 4))
    refused(write(silent), "no response of neuron 7")
    refused(write(table[table["trial"] < 9]), "at most 4 trials", "at least 10")
    folder = write(table)
    (folder / "responses.csv").write_bytes(b"\xff\x00scene")
    refused(folder, "cannot be read as a table")


def test_images_that_are_not_what_they_should_be_are_refused(own, tmp_path):
    images = own[2]
    for wrong, word in (
        (images / 255, "uint8"),
        (images[0], "(n, n, n)"),
        (images[:2], "scene 3"),
        (images[:0], "holds no images"),
    ):
        np.save(tmp_path / "images.npy", wrong)
        refused(tmp_path, word)
    (tmp_path / "images.npy").unlink()
    refused(tmp_path, "holds no images", "images.npy")


def test_a_folder_without_a_table_keeps_the_scenes_that_ship(tmp_path, shipped):
    scenes = data.load_scenes(tmp_path)
    np.testing.assert_array_equal(scenes.repeated, shipped.repeated)
    assert "holds no responses.csv" in scenes.source


def test_parquet_without_pyarrow_says_how_to_install_it(own, tmp_path, monkeypatch):
    (tmp_path / "responses.csv").unlink()
    (tmp_path / "responses.parquet").write_bytes(b"")
    for name in ("pyarrow", "fastparquet"):
        monkeypatch.setitem(sys.modules, name, None)
    refused(tmp_path, "pip install pyarrow")


def test_a_parquet_table_comes_back(own, tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    write, table, _ = own
    expected = data.load_scenes(write())
    (tmp_path / "responses.csv").unlink()
    table.to_parquet(tmp_path / "responses.parquet")
    found = data.load_scenes(tmp_path)
    np.testing.assert_array_equal(found.repeated_responses, expected.repeated_responses)


def test_missing_and_damaged_files_that_ship_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(loader, "data_folder", lambda: tmp_path)
    refused(None, "scenes.json is missing")
    for path in DATA.glob("scenes*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    whole = (tmp_path / "scenes_images.npy.bz2").read_bytes()
    (tmp_path / "scenes_images.npy.bz2").write_bytes(whole[: len(whole) // 2])
    refused(None, "scenes_images.npy.bz2 is cut short or damaged")


# --- Neurodata Without Borders ------------------------------------------------------------------


@pytest.fixture
def write_nwb(tmp_path, rng):
    """Write images, trials and responses; return the path, the images, scenes and responses."""
    pytest.importorskip("pynwb", reason="pynwb is not installed")
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.image import ImageSeries

    images = rng.integers(0, 256, (3, 6, 8), dtype=np.uint8)
    scene = rng.permutation(np.repeat([0, 1, 2], [12, 3, 10]))
    responses = rng.random((25, 5))
    responses[4, 2] = np.nan

    def write(template=True, columns=("scene", "responses"), scene=scene):
        start = datetime(2020, 1, 1, tzinfo=UTC)
        nwb = NWBFile(session_description="made up", identifier="x", session_start_time=start)
        if template:
            series = ImageSeries(name="scenes", data=images, rate=1.0, unit="n.a.", format="raw")
            nwb.add_stimulus_template(series)
        for name in columns:
            nwb.add_trial_column(name=name, description="made up")
        for t in range(25 if columns else 0):
            values = {"scene": int(scene[t]), "responses": responses[t]}
            nwb.add_trial(start_time=float(t), stop_time=t + 0.5, **{c: values[c] for c in columns})
        path = tmp_path / f"mine{len(list(tmp_path.iterdir()))}.nwb"
        with NWBHDF5IO(path, "w") as file:
            file.write(nwb)
        return path

    return write, images, scene, responses


def test_images_and_responses_come_back_from_nwb(write_nwb, monkeypatch):
    write, images, scene, responses = write_nwb
    monkeypatch.setenv("LABS_DATA", str(write()))
    mine = data.load_scenes()
    np.testing.assert_array_equal(mine.repeated, images[[0, 2]])
    np.testing.assert_array_equal(mine.single, images[[1]])
    np.testing.assert_array_equal(mine.repeated_responses[0], responses[scene == 0])
    np.testing.assert_array_equal(mine.single_responses[0], responses[scene == 1])
    assert np.isnan(mine.repeated_responses[1, 10:]).all()


def test_nwb_files_of_another_layout_are_refused(write_nwb):
    write = write_nwb[0]
    refused(write(template=False), "templates are none", "scene, responses")
    refused(write(columns=("scene",)), "should hold one series of images", "responses")
    refused(write(scene=np.full(25, 7)), "scene is none of 0 … 2")
    kept = data.load_scenes(write(template=False, columns=()))
    assert "shows no images" in kept.source and isinstance(kept.neurons, TrueNeurons)
