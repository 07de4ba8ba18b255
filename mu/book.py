"""Builds the book: runs every notebook, then renders.

Running and rendering are apart. A notebook is executed by papermill when its source, the package's source or
a parameter has changed since it was last executed, never because the page is rendered. The executed
copies are laid over the sources in a staging folder, and Jupyter Book renders that with execution off.
What the notebooks compute is run before them, item by item in one pool of workers: a kernel that starts its own
would take longer than most of the smaller items.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from joblib import Parallel, cpu_count, delayed

from mu import results, runner
from mu.downloads import DataError
from mu.experiments import items
from mu.storage import digest, digest_files, replacing, write_text

STAGED = ("_config.yml", "_toc.yml", "book", "notebooks", "results")  # what a rendering reads
KERNELS = 4  # notebooks run at once, at most: a kernel takes some 600 MB
NOT_RUN = {"pages", "verdicts", "reproduced.py", "cli.py", "__main__.py"}  # of the package, by no notebook
RENDERED = ("html", ".doctrees", "source")  # made anew at every rendering: an incremental one hides warnings


class BookError(ChildProcessError):
    """A notebook failed, or the book has warnings. The message says which."""


def build(profile: str = "quick", seeds: int | None = None, *, rerun: bool = False) -> Path:
    """Run every notebook live under `profile`, render the book, and return the path of its first page.

    Args:
        profile: smoke, quick, laptop or paper.
        seeds: seeds per item; the profile's own number if None.
        rerun: execute notebooks even where nothing has changed.

    Raises:
        ValueError: unknown profile, or no seed.
        BookError: a notebook failed or the book has warnings; the message says which.
    """
    next(iter(items().values())).cells(profile, seeds)  # or an error, before anything runs
    home = results.home()
    parameters = {"profile": profile} | ({} if seeds is None else {"seeds": seeds})
    folder = home / "_build" / "executed"
    copies = {item.notebook: executed_copy(home / item.notebook, parameters, folder) for item in items().values()}
    stale = [item for item in items().values() if rerun or not copies[item.notebook].exists()]
    for record in dict.fromkeys(item.record for item in stale):
        with contextlib.suppress(DataError):  # the notebook says so
            runner.run(record, profile, seeds)
    calls = (delayed(execute)(home / item.notebook, parameters, folder) for item in stale)
    done = Parallel(min(cpu_count(), KERNELS), return_as="generator")(calls)
    for number, (item, _) in enumerate(zip(stale, done, strict=True), 1):
        print(f"[{number}/{len(stale)}] {item.notebook}", flush=True)
    index = home / "_build" / "html" / "index.html"
    stamp = home / "_build" / "rendered"
    state = digest([source_digest(home), digest_files(folder, copies.values())])
    if not (index.exists() and stamp.exists() and stamp.read_text() == state):
        stamp.unlink(missing_ok=True)
        render(home, copies)
        write_text(stamp, state)
    return index


def execute(notebook: Path, parameters: dict, folder: Path) -> None:
    """Run a notebook by papermill into `executed_copy`, in place of copies of other sources or parameters."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    copy = executed_copy(notebook, parameters, folder)
    for stale in folder.glob(f"{notebook.parent.name}-{notebook.stem}-*.ipynb"):
        stale.unlink()
    with replacing(copy) as temporary, tempfile.TemporaryDirectory() as sockets:
        # Sockets in files, not ports, so that nothing listens; in a folder of its own, or two kernels share them.
        local = Config(KernelManager={"transport": "ipc", "ip": f"{sockets}/kernel"})
        try:
            executed = papermill.execute_notebook(
                notebook, None, parameters, progress_bar=False, cwd=results.home(), config=local
            )
        except PapermillExecutionError as error:
            raise BookError(f"{notebook} failed in cell {error.exec_count}:\n{error}") from error
        for cell in executed.cells:
            if "injected-parameters" in cell.metadata.get("tags", []):
                cell.metadata.tags.append("remove-cell")  # the page says what was set; the cell is noise
        nbformat.write(executed, temporary)


def executed_copy(notebook: Path, parameters: dict, folder: Path) -> Path:
    """Where the executed copy of a notebook lies, by its source, that of what it runs and the parameters."""
    key = digest([notebook.read_text(), package_digest(without=NOT_RUN), parameters])
    return folder / f"{notebook.parent.name}-{notebook.stem}-{key}.ipynb"


def render(home: Path, executed: dict[str, Path]) -> None:
    """Render a clean book, with every warning an error."""
    for name in RENDERED:
        shutil.rmtree(home / "_build" / name, ignore_errors=True)
    stage = home / "_build" / "source"
    stage.mkdir(parents=True)
    for name in STAGED:
        source = home / name
        if source.is_dir():
            shutil.copytree(source, stage / name)
        elif source.exists():
            shutil.copy(source, stage / name)
    for notebook, copy in executed.items():
        shutil.copy(copy, stage / notebook)
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [jupyter_book, "build", stage, "--path-output", home, "-n", "-W", "--keep-going"]
    if subprocess.run([str(word) for word in command], cwd=home, check=False).returncode:
        raise BookError("the book was not rendered without warnings; see above")


def package_digest(without: Collection[str] = ()) -> str:
    """Hash of the package's source files and of the numbers that it brings along, but for some files or folders."""
    package = Path(__file__).parent
    files = (file for kind in ("*.py", "*.csv") for file in package.rglob(kind))
    files = (file for file in files if file.relative_to(package).parts[0] not in without)
    return digest_files(package, files)


def source_digest(home: Path) -> str:
    """Hash of everything that is rendered."""
    files = (file for name in STAGED for file in (home / name, *(home / name).rglob("*")) if file.is_file())
    return digest([package_digest(), digest_files(home, files)])
