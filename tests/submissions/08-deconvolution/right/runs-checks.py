# style: runs the checks below the answer, in the same cell
# %% update_waveform
from helpers.checks import run_checks


def update_waveform(R, a):
    g = R @ a
    return g / np.linalg.norm(g)


run_checks("08-deconvolution", "update_waveform")
