"""What people see in a real browser: Formgrader on a course, JupyterLab in a student's bundle.

Chromium cannot leave this machine here, so whatever a page needs from the net is missing.
"""

import contextlib
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from classroom import (
    LAB,
    ROOT,
    SEED,
    answered,
    hand_in,
    new_course,
    quick,
    scores,
    variables,
    wrong,
)

from course.answers import fill, reference
from course.grade import grade_class, grade_file
from course.release import release

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
from selenium.common.exceptions import (  # noqa: E402
    ElementNotInteractableException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium or chromedriver is missing"),
]
IDLE = ".jp-Notebook-ExecutionIndicator[data-status='idle']"
TOKEN = secrets.token_hex(16)
PATIENCE = 90  # seconds for one step of a page, on a busy machine
HARMFUL = """Because $x^2$ <script>window.harmed = 1</script> <img src="x" onerror="window.harmed = 2">
[press](javascript:window.harmed=3) <iframe srcdoc="<script>parent.harmed = 4</script>"></iframe>"""
HARMFUL_OUTPUT = """from IPython.display import HTML, SVG, Javascript, display
display(HTML("<b class='harm'>bold</b><script>window.harmed = 5</script>"))
display(Javascript("window.harmed = 6"))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" class="harm" onload="window.harmed = 7"/>'))"""


@contextlib.contextmanager
def jupyter(folder, place, *arguments, **more):
    """A JupyterLab on a folder, ended with all its kernels; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", *arguments,
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
    ]  # fmt: skip
    place.mkdir(parents=True, exist_ok=True)
    environment = {**variables(place), **more}
    with (place / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _await_answer(server, address, place / "server.log")
            yield address
        finally:
            _end(server)


def _await_answer(server, address, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/api", timeout=5).close()
            return
        time.sleep(0.2)
    pytest.fail(f"JupyterLab does not answer:\n{log.read_text()[-3000:]}")


def _end(server):
    with contextlib.suppress(psutil.NoSuchProcess):
        kernels = psutil.Process(server.pid).children(recursive=True)
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        for process in (*kernels, server):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
    server.wait(10)


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium that reaches nothing but this machine."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    options.unhandled_prompt_behavior = "accept"
    for argument in (
        "--headless=new",
        "--no-sandbox",  # as root there is none
        "--disable-dev-shm-usage",
        "--window-size=1300,1000",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.set_page_load_timeout(PATIENCE)
    yield driver
    driver.quit()


def wait(browser, condition, seconds=PATIENCE):
    """Wait until a condition on the browser holds, and give what it returned."""
    # A page may replace an element while we look at it: then look again.
    passing = (StaleElementReferenceException, ElementNotInteractableException)
    return WebDriverWait(browser, seconds, ignored_exceptions=passing).until(condition)


def find(browser, css, text="", seconds=PATIENCE):
    """Wait for an element that shows the text."""

    def search(b):
        return next((e for e in b.find_elements(By.CSS_SELECTOR, css) if text in e.text), None)

    return wait(browser, search, seconds)


def click(browser, css, text=""):
    """Click on an element as soon as it takes it."""
    wait(browser, lambda b: find(b, css, text).click() is None)


# ---------------------------------------------------------------- Formgrader


@pytest.fixture(scope="module")
def formgrader(tmp_path_factory):
    """Formgrader as `make formgrader` starts it, on a graded and an ungraded hand-in."""
    lab = new_course(tmp_path_factory.mktemp("formgrader") / "Übung im März")
    harm = {f"{LAB}-q1": HARMFUL, "fit_mog-fig": HARMFUL_OUTPUT}
    hand_in(lab, "ada", wrong(lab, **harm))
    grade_class(lab, seed=SEED)
    hand_in(lab, "ben", quick(lab, n_parameters="def n_parameters(K, d): return 1"))
    place = tmp_path_factory.mktemp("jupyter")
    templates = str(ROOT / "course" / "templates")
    default = "--LabApp.default_url=/formgrader"
    with jupyter(lab.folder.root, place, default, JUPYTER_PATH=templates) as address:
        yield SimpleNamespace(lab=lab, address=address)


@pytest.fixture
def submissions(browser, formgrader):
    """The page on the hand-ins of the lab, by Formgrader's own links."""
    browser.get(f"{formgrader.address}/formgrader?token={TOKEN}")
    click(browser, f"td.num-submissions a[href$='/{LAB}']")
    find(browser, "td.student-id", "ada")
    return browser


@pytest.fixture
def submission(browser, formgrader, submissions):
    """The page on which a person grades Ada's hand-in."""
    browser.get(f"{formgrader.address}/formgrader/gradebook/{LAB}/{LAB}")
    click(browser, "tbody a[href*='/submissions/']")
    wait(browser, lambda b: b.execute_script("return window.formgrader && formgrader.loaded"))
    return browser


def test_formgrader_lists_the_hand_ins(submissions):
    rows = [e.text for e in submissions.find_elements(By.CSS_SELECTOR, "tbody tr")]
    assert len(rows) == 2
    assert "ada" in rows[0] and "needs manual grading" in rows[0]
    assert "ben" in rows[1] and "needs autograding" in rows[1]


def test_formgrader_shows_checks_and_cells_to_grade(submission, formgrader):
    tables = {t.text for t in submission.find_elements(By.CSS_SELECTOR, "table")}
    assert any("mog_bic" in t and "mixing weights p[k] are missing" in t for t in tables)
    boxes = {
        e.get_attribute("id") for e in submission.find_elements(By.CSS_SELECTOR, "input.score")
    }
    assert boxes == {*formgrader.lab.manual, *(t.check_cell for t in formgrader.lab.tasks)}
    box = submission.find_element(By.ID, "sample_data-checks")
    assert box.get_attribute("placeholder") == "1"


def test_formgrader_writes_a_manual_score_into_the_gradebook(submission, formgrader):
    cell = f"{LAB}-q2"
    assert scores(formgrader.lab, "ada")[cell] == (None, None, True)
    submission.find_element(By.ID, cell).send_keys("0.25", Keys.TAB)
    wait(submission, lambda _: scores(formgrader.lab, "ada")[cell][1] is not None)
    assert scores(formgrader.lab, "ada")[cell] == (None, 0.25, False)


def test_a_students_text_and_outputs_do_nothing_on_formgraders_page(submission):
    assert "<script>window.harmed = 1</script>" in submission.page_source.replace(
        "&lt;", "<"
    ).replace("&gt;", ">")
    for link in submission.find_elements(By.LINK_TEXT, "press"):
        assert not link.get_attribute("href").lower().startswith("javascript")
    assert submission.find_elements(By.CSS_SELECTOR, ".harm, [onerror], [onload], iframe") == []
    assert submission.execute_script("return window.harmed") is None


def test_formulas_need_no_network(submission):
    submission.set_script_timeout(PATIENCE)
    submission.execute_async_script("MathJax.Hub.Queue(arguments[0])")  # when all is typeset
    assert len(submission.find_elements(By.CSS_SELECTOR, ".rendered_html .MathJax")) > 50
    left = ".MathJax_Error, .merror, .MathJax_Preview:not(:empty)"
    assert submission.find_elements(By.CSS_SELECTOR, left) == []
    assert "cdnjs" not in submission.page_source


def test_formgraders_autograde_button_grades_as_course_grade(
    browser, formgrader, submissions, nursery
):
    lab = formgrader.lab
    button = "//tr[td[text()='ben']]//td[contains(@class, 'autograde')]/a"
    submissions.find_element(By.XPATH, button).click()
    find(browser, "#success-modal, #error-modal", seconds=2 * PATIENCE)
    record, _ = grade_file(lab, lab.folder.submission("ben", LAB), nursery, seed=SEED)
    automatic = {f"{t['task']}-checks": t["score"] for t in record["tasks"]}
    found = {k: v[0] for k, v in scores(lab, "ben").items() if k in automatic}
    assert found == pytest.approx(automatic)
    assert 0 < record["score"] < record["max_score"]
    assert browser.find_elements(By.ID, "error-modal") == []


# ---------------------------------------------------------------- a student's JupyterLab


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """A JupyterLab in what a student of the lab received."""
    lab = new_course(tmp_path_factory.mktemp("bundle") / "course")
    folder = release(lab, to=lab.folder.root.parent)
    with jupyter(folder, tmp_path_factory.mktemp("jupyter")) as address:
        path = folder / f"{LAB}.ipynb"
        yield SimpleNamespace(lab=lab, path=path, address=address)


def open_notebook(browser, bundle):
    """Open the notebook and wait until its kernel is ready."""
    browser.get(f"{bundle.address}/lab/tree/{LAB}.ipynb?reset&token={TOKEN}")
    find(browser, IDLE)


def run_all(browser):
    """Choose "Run All Cells" in the menu and wait until the kernel rests."""
    click(browser, ".lm-MenuBar-itemLabel", "Run")
    click(browser, "li[data-command='runmenu:run-all']")
    last = (
        "return [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].at(-1).textContent"
    )
    wait(browser, lambda b: any(c.isdigit() for c in b.execute_script(last)), 2 * PATIENCE)
    find(browser, IDLE)


def validate(browser):
    """Press nbgrader's button and give what its dialog says."""
    click(browser, ".validate-button")
    said = find(browser, ".jp-Dialog", "Validation", 3 * PATIENCE).text
    click(browser, ".jp-Dialog .jp-mod-accept")
    return said


def test_a_fresh_bundle_runs_from_top_to_bottom(browser, bundle):
    open_notebook(browser, bundle)
    run_all(browser)
    said = validate(browser)  # which saves the notebook
    cells = [c for c in nbformat.read(bundle.path, 4).cells if c.cell_type == "code"]
    assert all(c.execution_count for c in cells)
    outputs = [o for c in cells for o in c.outputs]
    assert [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"] == []
    assert browser.find_elements(By.CSS_SELECTOR, "[data-mime-type$='stderr']") == []
    for task in bundle.lab.tasks:
        assert f'run_checks("{LAB}", "{task.name}")' in said
    assert "Traceback" not in said


def test_validate_names_the_tasks_that_fail_and_no_others(browser, bundle):
    answers = {
        k: v for k, v in reference(bundle.lab).items() if k in ("sample_data", "n_parameters")
    }
    nbformat.write(fill(bundle.lab, answers), bundle.path)
    open_notebook(browser, bundle)
    said = validate(browser)
    failing = {t.name for t in bundle.lab.tasks if f'run_checks("{LAB}", "{t.name}")' in said}
    assert failing == {"fit_mog", "mog_bic", "select_n_clusters"}


def test_validate_is_content_with_right_answers(browser, bundle):
    bundle.path.write_text(answered(bundle.lab), encoding="utf-8")
    open_notebook(browser, bundle)
    assert "Success! Your notebook passes all the tests." in validate(browser)
