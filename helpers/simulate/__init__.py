"""Simulated data with known truth: those that ship (`make data`) and fresh ones for hidden checks."""

from .detector import simulate_detector_waveforms
from .drifting import simulate_drifting_session
from .ganglion import simulate_ganglion_cell
from .neurons import simulate_neurons, simulate_responses
from .overlapping import simulate_overlapping
from .scenes import simulate_scenes
from .tetrode import simulate_recording
