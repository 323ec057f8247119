"""JupyterLab as a learner meets it.

All lessons on the left, the first one in the middle, its table of contents on
the right, and no news. What an instructor has installed beside it is in the
instructor's window alone. After the first time, JupyterLab opens as it was
left.

Beside this file, in forms that are Jupyter's: `settings/` are defaults, which
a person's own settings go before; `learner/` is a folder of configuration;
`workspace.json` is how it looks the first time.
"""

import os
from pathlib import Path

HERE = Path(__file__).parent
FIRST = "lessons/00_start_here/00_start_here.ipynb"
WORKSPACE = "attention-by-hand"


def options() -> list[str]:
    """What JupyterLab is started with."""
    return [
        f"--LabApp.default_url=/lab/workspaces/{WORKSPACE}",
        f"--LabApp.app_settings_dir={HERE / 'settings'}",
        # Nothing is asked of the network.
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class="
        "jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--ServerApp.kernel_websocket_connection_class="
        "byhand.sliders.server.PromptConnection",
        "--ContentsManager.pre_save_hook=byhand.saving.keep_kernel",
    ]


def without_the_instructors() -> dict[str, str]:
    """The environment in which nbgrader's buttons and menus are not there."""
    there = os.environ.get("JUPYTER_CONFIG_PATH")
    paths = [str(HERE / "learner"), *([there] if there else [])]
    return {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def first_look(folder: Path) -> None:
    """Let JupyterLab open the lessons, unless it was open before.

    folder: where it keeps how it was left.
    """
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    manager = WorkspacesManager(str(folder))
    if not manager.load(WORKSPACE)["data"]:
        text = (HERE / "workspace.json").read_text(encoding="utf-8")
        manager.save(WORKSPACE, text)


def start(more: list[str], instructor: bool) -> int:
    """Open it. more: options of JupyterLab's."""
    from jupyterlab.commands import get_workspaces_dir
    from jupyterlab.labapp import main

    if not instructor:
        os.environ.update(without_the_instructors())
    first_look(Path(get_workspaces_dir()))
    return main([*options(), *more])
