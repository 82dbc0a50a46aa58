"""JupyterHub for the course on one machine: its accounts, its disk, nbgrader's exchange.

Root runs `jupyterhub -f course/hub/jupyterhub_config.py`. What differs from machine to machine stands in
/etc/neural-data-labs/hub.toml, or in the file that the variable LABS_HUB names; README.md explains both.
"""

import json
import os
import pwd
import sys
import tomllib
from pathlib import Path

c = get_config()  # noqa: F821
settings = tomllib.loads(
    Path(os.environ.get("LABS_HUB", "/etc/neural-data-labs/hub.toml")).read_text(encoding="utf-8")
)
instructor = pwd.getpwnam(settings["instructor"])
checkout = settings["checkout"]
exchange = Path(settings["exchange"])
state = Path(settings["state"])
private, public = state / "hub", state / "jupyter"


def prepare_exchange():
    """Make the exchange before any student can make a folder of the course's name in it."""
    exchange.mkdir(parents=True, exist_ok=True)
    exchange.chmod(0o1777)  # nbgrader insists that all may write; nobody removes another's folder
    course = exchange / settings["course"]
    if not course.exists():
        course.mkdir(0o700)
        # What is handed in can be put there, but neither listed nor removed by others; feedback
        # is found only under a name that its student knows.
        modes = {"outbound": 0o755, "inbound": 0o1733, "feedback": 0o711, ".": 0o755}
        for name, mode in modes.items():
            folder = course / name
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)
            os.chown(folder, instructor.pw_uid, instructor.pw_gid)
    if course.lstat().st_uid != instructor.pw_uid:
        sys.exit(
            f"{course} does not belong to {instructor.pw_name}: move it away, then start again."
        )


def tell_servers():
    """Write what nbgrader and Jupyter have to know in everybody's server."""
    public.mkdir(parents=True, exist_ok=True)
    private.mkdir(exist_ok=True)
    private.chmod(0o700)
    nbgrader = {
        "CourseDirectory": {"course_id": settings["course"]},
        "Exchange": {"root": str(exchange)},
        "ExchangeSubmit": {"strict": True},  # a renamed notebook is no hand-in: say so at once
    }
    # No login shell: that would forget where our programs are.
    server = {"ServerApp": {"terminado_settings": {"shell_command": ["/bin/bash"]}}}
    for name, told in {"nbgrader_config": nbgrader, "jupyter_server_config": server}.items():
        (public / f"{name}.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


def settle_in(spawner):
    """Close a home to everybody else; the instructor's server also gets the course."""
    os.chmod(pwd.getpwnam(spawner.user.name).pw_dir, 0o700)
    if spawner.user.name == instructor.pw_name:
        spawner.notebook_dir = checkout
        spawner.environment = {
            **spawner.environment,
            "COURSE_ROOT": checkout,
            "PYTHONPATH": checkout,
            "JUPYTER_CONFIG_PATH": f"{checkout}:{public}",
            "JUPYTER_PATH": f"{checkout}/course/templates",  # formulas in Formgrader, offline
        }


prepare_exchange()
tell_servers()

c.JupyterHub.bind_url = settings["address"]
c.JupyterHub.subdomain_host = settings.get("subdomains", "")
c.JupyterHub.db_url = f"sqlite:///{private}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(private / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(private / "proxy.pid")

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {settings["students"]}
c.Authenticator.allowed_users = {instructor.pw_name}

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 120  # s, when a whole class logs in at once
c.Spawner.env_keep = ["LANG", "LC_ALL", "TZ"]  # nothing else of root's
c.Spawner.environment = {
    "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
    "JUPYTER_CONFIG_PATH": str(public),
}
c.Spawner.pre_spawn_hook = settle_in
