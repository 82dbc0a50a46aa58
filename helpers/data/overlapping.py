"""Lab 08: a short recording on many contacts in which spikes often overlap, simulated with known truth."""

from dataclasses import dataclass

import numpy as np

from .files import data_folder, load_array, read_shipped

SIMULATED = "simulated recording with overlapping spikes and known truth (data/overlapping.md)"


@dataclass(eq=False)
class OverlappingRecording:
    """Voltage on many contacts, and the spikes that are in it.

    Attributes
    ----------
    source : str
        Which data these are.
    fs : float
        Samples per second, Hz.
    x : (n_channels, n_samples) array
        Voltage, µV; the noise has the same standard deviation on all contacts.
    positions : (n_channels, 2) array
        Where the contacts are, µm: across the probe and along it.
    true_times : (n_spikes,) int array
        Sample of the trough on the contact where the spike is largest, ascending.
    true_units : (n_spikes,) int array
        Which neuron fired, 0 … n_units − 1.
    true_factors : (n_spikes,) array
        How large each spike was, relative to its neuron's template.
    true_templates : (n_units, n_channels, width) array
        µV; the trough lies at sample `trough`.
    trough : int
    """

    source: str
    fs: float
    x: np.ndarray
    positions: np.ndarray
    true_times: np.ndarray
    true_units: np.ndarray
    true_factors: np.ndarray
    true_templates: np.ndarray
    trough: int

    @property
    def n_units(self):
        """Number of neurons."""
        return len(self.true_templates)

    @property
    def duration(self):
        """Length in s."""
        return self.x.shape[1] / self.fs

    def __str__(self):
        return (
            f"{self.source}: {self.x.shape[0]} contacts, {self.duration:g} s at {self.fs / 1000:g} kHz,"
            f" {len(self.true_times)} spikes of {self.n_units} neurons"
        )


def load_overlapping_recording():
    """Load the recording of lab 08.

    Returns
    -------
    OverlappingRecording

    Raises
    ------
    DataError
        If the data are missing or cut short.
    """
    folder = data_folder()
    about = read_shipped(folder / "overlapping.json")
    positions = np.array(about["positions_um"], float)
    n = len(positions)
    stored = load_array(folder / "overlapping_recording.npy", (n, None), np.int16)
    spikes = load_array(folder / "overlapping_spikes.npy", (None,), np.void)
    templates = load_array(folder / "overlapping_templates.npy", (None, n, None), np.floating)
    return OverlappingRecording(
        source=SIMULATED,
        fs=about["fs_hz"],
        x=stored * about["microvolts_per_step"],
        positions=positions,
        true_times=spikes["sample"].astype(int),
        true_units=spikes["unit"].astype(int),
        true_factors=spikes["factor"].astype(float),
        true_templates=templates.astype(float),
        trough=about["trough"],
    )
