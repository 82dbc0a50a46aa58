# style: scipy's tree for neighbours within the window
# %% correlogram
from scipy.spatial import cKDTree


def correlogram(t1, t2, bin_size, window, auto=False):
    M = round(window / bin_size)
    counts = np.zeros(2 * M + 1, dtype=int)
    centers = np.arange(-M, M + 1) * bin_size
    if len(t1) == 0 or len(t2) == 0:
        return counts, centers
    tree1, tree2 = cKDTree(t1[:, None]), cKDTree(t2[:, None])
    for i, near in enumerate(tree1.query_ball_tree(tree2, (M + 0.49) * bin_size)):
        for j in near:
            if auto and i == j:
                continue
            counts[M + int(np.rint((t2[j] - t1[i]) / bin_size))] += 1
    return counts, centers
