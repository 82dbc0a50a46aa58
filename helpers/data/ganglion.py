"""Lab 05: a retinal ganglion cell that sees a flickering checkerboard, simulated or original.

Which frame is on the screen when, and which count belongs to which lag: data/ganglion.md.
"""

from dataclasses import dataclass

import numpy as np

from .files import DataError, chosen_place, data_folder, load_array, one_line, read_shipped

SHAPE = (20, 15)  # rows and columns of the checkerboard
FILE = "nds_cl_5_data.mat"  # the original
KEYS = ("DN_stim", "DN_spiketimes", "DN_triggertimes")
SIMULATED = "simulated ganglion cell with known truth (data/ganglion.md)"


@dataclass(eq=False)
class GanglionCell:
    """A ganglion cell's spikes and what it saw: column k from triggers[k] to triggers[k + 1].

    Attributes
    ----------
    source : str
        Which data these are.
    stim : (300, n_frames) array
        One column per frame, each pixel ±.5; pixel 15·row + column of the 20 × 15 checkerboard.
    spiketimes : (n_spikes,) array
        Ascending, s; some may lie after the last flip.
    triggers : (n_frames + 1,) array
        Flips, s.
    true_rf : (300, n_lags) array or None
        Where the truth is known: the weight of each pixel, 0, 1, 2 … frames before the count, on the
        logarithm of the expected count. It is the product of true_u and true_v.
    true_u : (300,) array or None
        Space, a unit vector whose largest entry is positive.
    true_v : (n_lags,) array or None
        Time.
    true_latency : float or None
        When, after a frame came on, it counts most, s.
    true_rate : (n_frames,) array or None
        Expected spikes per s during each frame, given everything but the spikes themselves.
    """

    source: str
    stim: np.ndarray
    spiketimes: np.ndarray
    triggers: np.ndarray
    true_rf: np.ndarray | None = None
    true_u: np.ndarray | None = None
    true_v: np.ndarray | None = None
    true_latency: float | None = None
    true_rate: np.ndarray | None = None

    @property
    def shape(self):
        """Rows and columns of the checkerboard: `cell.stim[:, k].reshape(cell.shape)` is a frame."""
        return SHAPE

    @property
    def dt(self):
        """Mean length of a frame, s."""
        return float(self.triggers[-1] - self.triggers[0]) / (len(self.triggers) - 1)

    def __str__(self):
        return (
            f"{self.source}: {len(self.spiketimes)} spikes, {self.stim.shape[1]} frames of"
            f" {1000 * self.dt:.1f} ms"
        )


def load_ganglion_cell(place=None):
    """Load the ganglion cell's spikes, and the frames it saw.

    Parameters
    ----------
    place : path, optional
        A folder with nds_cl_5_data.mat; default is what LABS_DATA says, else what ships. A NWB file
        holds no checkerboard: then the cell that ships is loaded, too.

    Returns
    -------
    GanglionCell

    Raises
    ------
    DataError
        If the data are missing, cut short, or of the wrong shape or unit.
    """
    place = chosen_place(place)
    if place is None:
        return _shipped_cell(SIMULATED)
    if place.suffix == ".nwb":
        return _shipped_cell(f"{SIMULATED}, as {place.name} is no checkerboard experiment")
    path = place / FILE
    if not path.exists():
        return _shipped_cell(f"{SIMULATED}, as {place} holds no {FILE}")
    return _original_cell(path)


def shown_frames(frames, n_triggers):
    """Return the frames of a file that come on at its flips but the last, coded ±.5.

    Flip k replaces frame k of the file by frame k + 1 (data/ganglion.md): frame 0 was on the screen
    before the first flip, so column k of what is returned comes on at flip k.

    Parameters
    ----------
    frames : (20, 15, n) array
        0 or 1, n ≥ n_triggers.
    n_triggers : int

    Returns
    -------
    (300, n_triggers − 1) array
    """
    return frames.reshape(-1, frames.shape[2])[:, 1:n_triggers] - 0.5


# --- what ships ---------------------------------------------------------------------------------


def _shipped_cell(source):
    folder = data_folder()
    about = read_shipped(folder / "ganglion.json")

    def array(name, shape, kind=np.floating):
        return np.array(load_array(folder / f"ganglion_{name}.npy", shape, kind))

    triggers = array("triggertimes", (None,))
    frames = array("stim", (*SHAPE, None), np.uint8)
    u, v = array("space", (frames[..., 0].size,)), np.array(about["time"])
    return GanglionCell(
        source=source,
        stim=shown_frames(frames, len(triggers)),
        spiketimes=array("spiketimes", (None,)),
        triggers=triggers,
        true_rf=np.outer(u, v),
        true_u=u,
        true_v=v,
        true_latency=about["latency_s"],
        true_rate=array("rate", (len(triggers) - 1,)),
    )


# --- the original course file -------------------------------------------------------------------


def _original_cell(path):
    frames, spiketimes, triggers = _read_mat(path)
    _check_frames(frames, path)
    spiketimes = _check_times(spiketimes, path, KEYS[1])
    triggers = _check_times(triggers, path, KEYS[2])
    _check_together(frames, spiketimes, triggers, path)
    return GanglionCell(
        source=f"original course file {path}, without truth",
        stim=shown_frames(frames, len(triggers)),
        spiketimes=spiketimes,
        triggers=triggers,
    )


def _read_mat(path):
    """Return the three arrays of a MATLAB file up to version 7.2."""
    from scipy.io import loadmat  # only here: what ships needs NumPy alone

    try:
        found = loadmat(path)
    except NotImplementedError:
        raise DataError(
            f"{path} is in MATLAB's format 7.3, but should be in format 5 to 7.2: in MATLAB, save it"
            " again with -v7."
        ) from None
    except Exception as error:  # a damaged file raises whatever its bytes look like
        raise DataError(
            f"{path} is cut short or damaged ({one_line(error)}): copy it again from its source."
        ) from None
    missing = [key for key in KEYS if key not in found]
    if missing:
        names = ", ".join(key for key in found if not key.startswith("__")) or "nothing"
        raise DataError(
            f"{path} should hold {', '.join(KEYS)}, but lacks {', '.join(missing)}; it holds {names}."
        )
    return [found[key] for key in KEYS]


def _check_frames(frames, path):
    """Refuse frames that are not (20, 15, n) or whose pixels are not 0 or 1."""
    what = f"{KEYS[0]} in {path}"
    if frames.ndim != 3 or frames.shape[:2] != SHAPE or not frames.shape[2]:
        raise DataError(f"{what} has shape {frames.shape}, but should be (20, 15, n_frames).")
    if frames.dtype.kind not in "buif" or not np.all((frames == 0) | (frames == 1)):
        raise DataError(f"{what} should hold 0 and 1 alone, black and white pixels, but does not.")


def _check_times(times, path, key):
    """Return times as a flat array; refuse any that are not finite, positive and ascending."""
    what = f"{key} in {path}"
    if times.ndim != 2 or 1 not in times.shape or times.size < 2 or times.dtype.kind not in "uif":
        raise DataError(
            f"{what} should be a column of times, but is {times.dtype} of shape {times.shape}."
        )
    times = times.ravel().astype(float)
    if not np.all(np.isfinite(times)) or times[0] < 0:
        raise DataError(f"{what} holds times that are negative or not finite.")
    wrong = np.flatnonzero(np.diff(times) <= 0)
    if len(wrong):
        i = wrong[0] + 1
        raise DataError(
            f"{what} should ascend, but entry {i} ({times[i]:g} s) does not follow entry"
            f" {i - 1} ({times[i - 1]:g} s)."
        )
    return times


def _check_together(frames, spiketimes, triggers, path):
    """Refuse fewer frames than flips, times that are not in s, and spikes of another recording."""
    if frames.shape[2] < len(triggers):
        raise DataError(
            f"{path} has {frames.shape[2]} frames for {len(triggers)} flips: frame k + 1 comes on at"
            " flip k, so there should be at least as many frames as flips."
        )
    for key, interval in ((KEYS[2], np.diff(triggers)), (KEYS[1], np.diff(spiketimes))):
        typical = np.median(interval)
        # no display shows a frame for 5 s, no neuron of this lab pauses so long
        if typical > 5:
            raise DataError(
                f"{key} in {path} should be in seconds, but is {typical:.4g} from one to the next:"
                " divide by 1000 if these are milliseconds."
            )
    if not np.any((spiketimes >= triggers[0]) & (spiketimes < triggers[-1])):
        raise DataError(
            f"{path} has no spike between the first and the last flip: {KEYS[1]} and {KEYS[2]}"
            " should have the same zero."
        )
