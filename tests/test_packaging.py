"""The catalogues and templates are found however the package is installed."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow
LOOK = (
    "import entryscore, entryscore.bundled as b; print(entryscore.__file__);"
    "assert {'emerging_market', 'emerging_market_public'} <= set(b.catalogue_names());"
    "from entryscore.partners.bundled import load_ecosystem; assert load_ecosystem().types;"
    "import entryscore.page as p; assert all(map(p._read, (*p._SCRIPTS, 'page.css', 'page.html')))"
)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """The wheel built from the source tree, and the one built from the sdist."""
    direct, through = tmp_path_factory.mktemp("direct"), tmp_path_factory.mktemp("through")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir"]
    subprocess.run([*build, direct, "--wheel", ROOT], check=True, capture_output=True)
    subprocess.run([*build, through, ROOT], check=True, capture_output=True)  # by way of the sdist
    return [next(folder.glob("*.whl")) for folder in (direct, through)]


def look(path: Path, tmp_path: Path) -> str:
    env = os.environ | {"PYTHONPATH": str(path)}
    command = [sys.executable, "-c", LOOK]
    done = subprocess.run(
        command, env=env, cwd=tmp_path, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("which", [0, 1], ids=["wheel", "sdist-built wheel"])
def test_wheels(wheels, which, tmp_path):
    with zipfile.ZipFile(wheels[which]) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    kinds = [("indicators", "*.toml"), ("indicators/partners", "*.csv"), ("templates", "*.xlsx")]
    for folder, kind in kinds:
        files = {f"entryscore/{folder}/{p.name}" for p in (ROOT / folder).glob(kind)}
        assert files
        assert files <= names
    page = ROOT / "src/entryscore/page"
    parts = {f"entryscore/page/{p.name}" for p in page.iterdir() if p.is_file()}
    assert {"entryscore/page/page.html", "entryscore/page/engine.js"} <= parts <= names
    assert look(tmp_path / "site", tmp_path).startswith(str(tmp_path))


def test_editable(tmp_path):
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--editable", ROOT]
    site = tmp_path / "site"
    options = ["--no-build-isolation", "--disable-pip-version-check", "--target", site]
    subprocess.run([*install, *options], check=True, capture_output=True)
    (pth,) = site.glob("*.pth")
    assert look(Path(pth.read_text().strip()), tmp_path).startswith(str(ROOT / "src"))
