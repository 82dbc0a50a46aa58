"""Simulated data with known truth: those that ship (`make data`) and fresh ones for hidden checks."""

from .tetrode import simulate_recording
