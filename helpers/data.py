"""Where a lab's data lie: next to `helpers`, in the course and in a student's folder alike."""

from pathlib import Path


def data_folder():
    """Return the folder of the labs' data, whatever folder Python was started in.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    FileNotFoundError
        If the data are not there, with what to do.
    """
    folder = Path(__file__).resolve().parents[1] / "data"
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no data folder at {folder}. Keep the lab's folder together as you received it:"
            " `data` stands next to `helpers`."
        )
    return folder
