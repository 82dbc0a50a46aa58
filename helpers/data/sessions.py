"""What labs 02 and 03 work on: a recording, and the spikes of a session."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

FS = 30_000.0  # Hz, of the original files and of the simulated session


@dataclass(eq=False)
class Recording:
    """A stretch of voltage on several contacts.

    Attributes
    ----------
    x : (n, n_channels) array
        As stored, mostly int16 and mapped from disk; `voltage` gives µV.
    fs : float
        Hz.
    scale : float
        µV for each step of x.
    source : str
        Which data these are.
    true_times, true_units, true_peaks : (m,) arrays or None
        Trough (sample), unit and peak (µV) of every spike, in the order of time, where the truth is
        known. Unit 0 are the many small neurons far away; most of their spikes cannot be detected.
    """

    x: np.ndarray
    fs: float
    scale: float
    source: str
    true_times: np.ndarray | None = None
    true_units: np.ndarray | None = None
    true_peaks: np.ndarray | None = None

    @property
    def duration(self):
        """Length in s."""
        return len(self.x) / self.fs

    def voltage(self, start=0.0, stop=None):
        """Return the voltage from start to stop (s; default to the end) in µV, (n, n_channels)."""
        stop = self.duration if stop is None else stop
        return self.x[round(start * self.fs) : round(stop * self.fs)] * float(self.scale)

    def __str__(self):
        return (
            f"{self.source}: {self.duration:.0f} s, {self.x.shape[1]} channels at"
            f" {self.fs / 1000:g} kHz"
        )


@dataclass(eq=False)
class Session:
    """The detected spikes of a session, in the order of time.

    Attributes
    ----------
    source : str
        Which data these are.
    fs : float
        Hz.
    duration : float
        Length of the session, s.
    spiketimes_s : (n,) int array
        Troughs, samples.
    units : (n,) int array or None
        The unit of each spike where the truth is known, 0 for "multi-unit". In a NWB file these are
        the units its authors sorted, not the truth.
    unit_table : list of dict or None
        One entry for each single unit; give it to pandas.DataFrame to look at it.
    read_features, read_waveforms : callable
        Return the features, and the waveforms with their scale; called when first needed.
    """

    source: str
    fs: float
    duration: float
    spiketimes_s: np.ndarray
    units: np.ndarray | None
    unit_table: list | None
    read_features: Callable
    read_waveforms: Callable

    @property
    def spiketimes_t(self):
        """Troughs in ms, (n,)."""
        return self.spiketimes_s * (1000 / self.fs)

    @cached_property
    def features(self):
        """Three principal components per channel, channel-major, µV, (n, 12)."""
        return self.read_features()

    @cached_property
    def stored_waveforms(self):
        """Waveforms as stored, (n, 30, 4) and mapped from disk, and the µV of one step."""
        return self.read_waveforms()

    @cached_property
    def waveforms(self):
        """Waveforms in µV, (n, 30, 4); the trough of the largest channel lies at index 10."""
        stored, scale = self.stored_waveforms
        return stored * float(scale)

    def __str__(self):
        return f"{self.source}: {len(self.spiketimes_s)} spikes in {self.duration:.0f} s"
