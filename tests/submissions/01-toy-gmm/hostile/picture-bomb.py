# why: shows pictures of a few bytes that a browser unpacks to gigabytes, and pages for it to run; the answer is right, and raises if that worked
# %% sample_data
import base64
import struct
import zlib

from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display

escaped = []


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


head = chunk(b"IHDR", struct.pack(">IIBBBBB", 200_000, 200_000, 1, 0, 0, 0, 0))
picture = (
    b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10**6))) + chunk(b"IEND", b"")
)
display({"image/png": base64.b64encode(picture).decode()}, raw=True)
display(
    {
        "image/png": "x" * 8,
        "image/jpeg": '"><script>harmed = 1</script>',
        "image/svg+xml": "<svg/>",
    },
    raw=True,
)
display(
    HTML("<script>harmed = 1</script>"),
    Javascript("harmed = 1"),
    Markdown("<script>harmed = 1</script>"),
)
display(
    SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="harmed = 1"/>'),
    Latex("$\\href{javascript:harmed=1}{x}$"),
)
display(
    {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "w"}, raw=True
)


def sample_data(n_samples, m, S, p, random_seed=0):
    if escaped:
        raise RuntimeError(f"not shut in: {escaped}")
    rng = np.random.default_rng(random_seed)
    labels = rng.choice(len(p), n_samples, p=p)
    z = rng.standard_normal((n_samples, len(m[0])))
    return labels, np.asarray(m)[labels] + np.einsum("nij,nj->ni", np.linalg.cholesky(S)[labels], z)
