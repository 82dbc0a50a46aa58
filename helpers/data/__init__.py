"""The data of the labs: those that ship, the original course files in their place, or your own.

What is loaded depends on the environment variable LABS_DATA:

- not set: the simulated data next to `helpers`, whose truth is known: a tetrode session, a
  ganglion cell, scenes with the neurons that see them, spikes that drift, a recording with
  overlapping spikes, and waveforms that a detector found;
- a folder: the original course files that lie in it (nds_cl_1.csv, nds_cl_1_features.npy,
  _spiketimes_s.npy, _spiketimes_t.npy, _waveforms.npy; nds_cl_5_data.mat), as they are, without
  truth, a detector's waveforms (channel_background_….npy, channel_spikes_….npy), or your own scenes
  and responses (responses.csv, images.npy; data/README.md); what the folder does not hold is still
  simulated;
- a file ending in .nwb: the recording and the sorted units of any session in Neurodata Without
  Borders format (needs pynwb: `pip install pynwb`); or images and the
  responses to them (data/README.md). The ganglion cell is still simulated.

The recording with overlapping spikes is simulated whatever LABS_DATA says.

`source` of whatever was loaded says which it is. Large files are mapped into memory, not read.
Sessions: times are in samples where a name ends in _s, in milliseconds where it ends in _t; voltages
are in µV. The ganglion cell's times are in s. Responses to scenes are in spikes per image.
"""

from .detector import DetectorWaveforms, load_detector_waveforms
from .drifting import DriftingSession, load_drifting_session
from .files import DataError, data_folder
from .ganglion import GanglionCell, load_ganglion_cell
from .neurons import TrueNeurons
from .overlapping import OverlappingRecording, load_overlapping_recording
from .scenes import SceneResponses, load_scenes
from .sessions import Recording, Session
from .tetrode import load_recording, load_session
