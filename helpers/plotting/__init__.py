"""Drawing for the labs: small functions that take arrays and an axis, and compute nothing else.

Colours are the palette of Okabe and Ito, told apart by nearly everyone; wherever points of several
groups share an axis they differ in marker as well, so that a figure survives a grey print.
"""

from .correlograms import KINDS, contamination_curves, correlogram_bars, correlogram_matrix
from .deconvolution import overlaid_traces, probe_map, probe_waveforms, recall_dots
from .detector import (
    labelled_points,
    score_dots,
    threshold_trace,
    training_curves,
    waveform_bundle,
)
from .drifting import drift_scatter, mean_tracks, misclassified_dots, smoothed_track
from .lnp import counts_in_time, estimates_against_truth, rate_distributions, sample_size_curves
from .mei import (
    covariance_map,
    duel,
    frequency_shares,
    image_grid,
    neuron_choice,
    response_raster,
    search_traces,
)
from .mixtures import (
    bic_curve,
    climbing_curves,
    covariance_ellipse,
    scatter_clusters,
    shared_points,
)
from .receptive_fields import (
    field_map,
    field_maps,
    frame_timeline,
    path_curve,
    score_bars,
    temporal_kernel,
)
from .spikes import (
    cluster_waveforms,
    feature_pairs,
    spectra,
    units_and_clusters,
    voltage_traces,
    waveform_panels,
)
from .style import MARKERS, OKABE_ITO, colour, panels, set_style
