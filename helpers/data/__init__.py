"""The data of the labs: those that ship, the original course files in their place, or your own.

What is loaded depends on the environment variable LABS_DATA:

- not set: the simulated tetrode session next to `helpers`, whose truth is known;
- a folder: the original course files that lie in it (nds_cl_1.csv, nds_cl_1_features.npy,
  _spiketimes_s.npy, _spiketimes_t.npy, _waveforms.npy), as they are, without truth; what the folder
  does not hold still comes from the simulated session;
- a file ending in .nwb: the recording and the sorted units of any session in Neurodata Without
  Borders format (needs pynwb: `pip install pynwb`).

`source` of whatever was loaded says which it is. Large files are mapped into memory, not read.
Times are in samples where a name ends in _s, in milliseconds where it ends in _t; voltages are in µV.
"""

from .files import DataError, data_folder
from .sessions import Recording, Session
from .tetrode import load_recording, load_session
