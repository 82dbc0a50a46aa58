"""Lab 07: the spikes of a session in which the electrode moved, simulated, with known truth."""

from dataclasses import dataclass

import numpy as np

from .files import data_folder, load_array, read_shipped

BLOCK = 60.0  # s, of the true tracks
N_FEATURES = 12
SIMULATED = "simulated drifting session with known truth (data/drifting.md)"


@dataclass(eq=False)
class DriftingSession:
    """Spikes of several units whose features drift, in the order of time.

    Attributes
    ----------
    source : str
        Which data these are.
    features : (n, 12) float array
        Three principal components per channel, channel-major, µV.
    t : (n,) float array
        When the spike came, s from the start of the session.
    units : (n,) int array
        The true unit of each spike, 1 … K; 0 are artefacts, which belong to no unit.
    tracks : (K, T, 12) float array
        True mean features of units 1 … K in each block of 60 s, µV.
    duration : float
        Length of the session, s.
    displacement : (T,) float array
        How far the tissue has moved in each block, µm, on average.
    """

    source: str
    features: np.ndarray
    t: np.ndarray
    units: np.ndarray
    tracks: np.ndarray
    duration: float
    displacement: np.ndarray

    @property
    def n_units(self):
        """Number of units, K; artefacts are none."""
        return len(self.tracks)

    def __str__(self):
        return (
            f"{self.source}: {len(self.t)} spikes of {self.n_units} units in {self.duration:.0f} s"
        )


def load_drifting_session():
    """Load the drifting session of lab 07.

    Returns
    -------
    DriftingSession

    Raises
    ------
    DataError
        If the data are missing, cut short, or of the wrong shape.
    """
    folder = data_folder()
    about = read_shipped(folder / "drifting.json")
    spikes = _array(folder, "spikes", (None,), np.void)
    n, n_blocks = len(spikes), len(about["displacement_um"])
    features = _array(folder, "features", (n, N_FEATURES), np.floating)
    tracks = _array(folder, "tracks", (None, n_blocks, N_FEATURES), np.floating)
    return DriftingSession(
        source=SIMULATED,
        features=features.astype(float),
        t=spikes["t_s"].astype(float),
        units=spikes["unit"].astype(int),
        tracks=tracks.astype(float),
        duration=about["duration_s"],
        displacement=np.array(about["displacement_um"]),
    )


def _array(folder, name, shape, kind):
    return load_array(folder / f"drifting_{name}.npy", shape, kind)
