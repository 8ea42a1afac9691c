"""Brings the few files that come from npm: `make vendor`. What it brings is committed, with its licence.

Nothing else in the project calls npm. A package is named with its version and npm's own integrity value, so the same
bytes come tomorrow or none at all; each file's digest lets a test see that nobody changed it afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from portal.bootstrap import places
from portal.bootstrap.progress import Trouble, say


@dataclass(frozen=True)
class File:
    """One file of a package: its path in the archive, where it goes in the work tree, and its SHA-256."""

    source: str
    target: str
    sha256: str


@dataclass(frozen=True)
class Package:
    """An npm package of one version; `integrity` is "sha512-" and the base64 of the archive's digest."""

    name: str
    version: str
    integrity: str
    files: tuple[File, ...]


PACKAGES = (
    # Finds faults of accessibility in the browser tests. MPL-2.0, used unchanged, no part of the portal itself.
    Package(
        "axe-core",
        "4.14.1",
        "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
        (
            File(
                "package/axe.min.js",
                "tests/vendor/axe.min.js",
                "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
            ),
            File(
                "package/LICENSE",
                "tests/vendor/axe-LICENSE",
                "af175b9d96ee93c21a036152e1b905b0b95304d4ae8c2c921c7609100ba8df7e",
            ),
            File(
                "package/LICENSE-3RD-PARTY.txt",
                "tests/vendor/axe-LICENSE-3RD-PARTY.txt",
                "4f8563870d0fca38bbc3e00b6f670cb7fa9f380ba9f26a7f7d1184a6b18b1653",
            ),
        ),
    ),
)


def bring_all() -> int:
    """Fetch, check and write every file; return the exit code. Raises `Trouble` when something is not as named here."""
    if not shutil.which("npm"):
        raise Trouble("npm is missing. Only `make vendor` needs it: what it brings is already in the repository.")
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            _unpack(package, fetch(package, Path(folder)))
        say(f"{package.name} {package.version}: {', '.join(file.target for file in package.files)}")
    return 0


def changed() -> list[str]:
    """Return the vendored files that are missing or not the bytes that the package holds."""
    return [
        file.target
        for package in PACKAGES
        for file in package.files
        if not (places.ROOT / file.target).is_file()
        or hashlib.sha256((places.ROOT / file.target).read_bytes()).hexdigest() != file.sha256
    ]


def fetch(package: Package, folder: Path) -> Path:
    """Return the package's archive, once its digest is what it must be."""
    named = f"{package.name}@{package.version}"
    command = ["npm", "pack", named, "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    archive = next(folder.glob("*.tgz"))
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package.integrity:
        raise Trouble(f"{named} is not what it was: {digest} instead of {package.integrity}. Nothing was written.")
    return archive


def _unpack(package: Package, archive: Path) -> None:
    with tarfile.open(archive) as opened:
        for file in package.files:
            member = opened.extractfile(file.source)
            content = member.read() if member else b""
            if hashlib.sha256(content).hexdigest() != file.sha256:
                raise Trouble(f"{file.source} of {package.name} is not what it was. It was not written.")
            target = places.ROOT / file.target
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
