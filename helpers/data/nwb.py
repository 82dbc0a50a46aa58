"""Recordings and sorted units of any session in Neurodata Without Borders format."""

import numpy as np

from .files import DataError, one_line
from .sessions import FS, Recording, Session


def open_nwb(path):
    try:
        from pynwb import NWBHDF5IO
    except ModuleNotFoundError:
        raise DataError(f"{path.name} needs pynwb: install it with `pip install pynwb`.") from None
    try:
        return NWBHDF5IO(path, "r").read()  # stays open: signals are read piece by piece
    except Exception as error:  # whatever HDF5, the schema or the file say
        raise DataError(f"{path} cannot be read as NWB: {one_line(error)}.") from None


def nwb_recording(path):
    series = _voltage_series(open_nwb(path), path)
    scale = series.conversion * 1e6  # NWB is in volts
    gains = series.channel_conversion
    if gains is not None:
        if not np.allclose(gains, gains[0]):
            raise DataError(f"{path} has channels of different gain, which the labs do not read.")
        scale *= float(gains[0])
    if series.offset:
        raise DataError(f"{path} stores its voltage with an offset, which the labs do not read.")
    return Recording(
        x=series.data,
        fs=float(series.rate),
        scale=scale,
        source=f"recording {series.name} in {path}, without truth",
    )


def _voltage_series(nwb, path):
    """The one regularly sampled ElectricalSeries of the file."""
    found = [
        s
        for s in nwb.acquisition.values()
        if s.neurodata_type == "ElectricalSeries" and s.rate and s.data.ndim == 2
    ]
    if len(found) != 1:
        names = ", ".join(s.name for s in found) or "none"
        raise DataError(
            f"{path} should hold one ElectricalSeries with several channels and a fixed rate among"
            f" its acquisitions; it has: {names}."
        )
    return found[0]


def nwb_session(path):
    nwb = open_nwb(path)
    table = nwb.units
    if table is None or "spike_times" not in table.colnames or len(table) == 0:
        raise DataError(f"{path} holds no units with spike times.")
    trains = [np.asarray(table["spike_times"][i], float) for i in range(len(table))]
    seconds = np.concatenate(trains)
    if not len(seconds):
        raise DataError(f"{path} holds units, but none of them has a spike.")
    if not np.all(np.isfinite(seconds)) or seconds.min() < 0:
        raise DataError(f"{path} has spike times that are negative or not finite.")
    order = np.argsort(seconds, kind="stable")
    fs = _nwb_rate(nwb)

    def read_waveforms():
        if "waveforms" not in table.colnames:
            raise DataError(
                f"{path} stores no waveforms: cut them out of load_recording() around the spikes."
            )
        # one (n, channels, samples) block per unit, in volts
        blocks = [np.asarray(table["waveforms"][i]) for i in range(len(table)) if len(trains[i])]
        if len({b.shape[1:] for b in blocks}) > 1 or blocks[0].ndim != 3:
            raise DataError(f"{path} has units with waveforms of different shapes.")
        return np.concatenate(blocks).transpose(0, 2, 1)[order], 1e6

    def read_features():
        raise DataError(
            f"{path} stores no features: compute them from session.waveforms with your"
            " extract_features."
        )

    return Session(
        source=f"units in {path}, as its authors sorted them",
        fs=fs,
        duration=float(np.ceil(seconds.max())),
        spiketimes_s=np.round(seconds[order] * fs).astype(np.int64),
        units=np.repeat(np.arange(1, len(trains) + 1), [len(t) for t in trains])[order],
        unit_table=None,
        read_features=read_features,
        read_waveforms=read_waveforms,
    )


def _nwb_rate(nwb):
    """The sampling rate (Hz) that a NWB file states for its spikes; 30 kHz if it states none."""
    if nwb.units.waveform_rate:
        return float(nwb.units.waveform_rate)
    if nwb.units.resolution:
        return float(1 / nwb.units.resolution)
    rates = {s.rate for s in nwb.acquisition.values() if s.neurodata_type == "ElectricalSeries"}
    return float(rates.pop() or FS) if len(rates) == 1 else FS
