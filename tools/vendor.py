"""Renew or check the vendored front-end files: font, icons, htmx, and axe-core for the tests.

`make vendor` takes the packages by name and version with `npm pack` in a temporary folder, compares each
archive with the integrity that the manifest holds, and writes files, licences and the icon sprite anew.
`tools/vendor.py --check` compares the files with the manifests and needs no network.

A new icon: add its name to liengia/static/vendor/tabler-icons/names.txt and run `make vendor`.
A new version: change it in PACKAGES and run `make vendor`; the manifest then holds the new integrity.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = Path("liengia/static/vendor")
TESTS_ONLY = Path("tests/vendor")
ICON_NAMES = SHIPPED / "tabler-icons/names.txt"
SPRITE = Path("liengia/static/icons.svg")
FONT_FILES = [
    f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
    for subset in ("latin", "vietnamese")
    for weight in (400, 600, 700)
]


@dataclass(frozen=True)
class Package:
    """One package: which of its files are kept, and under which names."""

    folder: str
    name: str
    version: str
    licence: str
    files: dict[str, str]
    home: Path = SHIPPED
    builds_sprite: bool = field(default=False)


PACKAGES = [
    Package(
        folder="be-vietnam-pro",
        name="@fontsource/be-vietnam-pro",
        version="5.3.0",
        licence="OFL-1.1",
        files={"LICENSE": "LICENSE", **{f"files/{name}": name for name in FONT_FILES}},
    ),
    Package(
        folder="tabler-icons",
        name="@tabler/icons",
        version="3.51.0",
        licence="MIT",
        files={"LICENSE": "LICENSE"},
        builds_sprite=True,
    ),
    Package(
        folder="htmx",
        name="htmx.org",
        version="2.0.11",
        licence="0BSD",
        files={"LICENSE": "LICENSE", "dist/htmx.min.js": "htmx.min.js"},
    ),
    Package(
        folder="axe-core",
        name="axe-core",
        version="4.14.1",
        licence="MPL-2.0",
        files={
            "LICENSE": "LICENSE",
            "LICENSE-3RD-PARTY.txt": "LICENSE-3RD-PARTY.txt",
            "axe.min.js": "axe.min.js",
        },
        home=TESTS_ONLY,
    ),
]


class VendorError(Exception):
    """The vendored files are not what the manifest says; the sentence tells which and what to do."""


def sha256(path: Path) -> str:
    """Return the checksum as the manifest writes it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def icon_names() -> list[str]:
    """Return the names of the icons in the sprite, sorted."""
    return sorted(
        line.strip() for line in (ROOT / ICON_NAMES).read_text(encoding="utf-8").splitlines() if line.strip()
    )


def manifest(home: Path) -> dict[str, Any]:
    """Return a manifest, or an empty one."""
    path = ROOT / home / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"packages": []}


def packed(package: Package, folder: Path) -> tuple[Path, str]:
    """Download a package's archive into a folder; return it with its integrity."""
    command = ["npm", "pack", f"{package.name}@{package.version}", "--json", "--silent"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise VendorError("npm is missing. Install Node.js, then run make vendor again.") from error
    except subprocess.CalledProcessError as error:
        raise VendorError(
            f"{package.name} {package.version} could not be fetched: {error.stderr.strip()}"
        ) from error
    said = json.loads(done.stdout)[0]
    return folder / Path(said["filename"].replace("@", "").replace("/", "-")).name, said["integrity"]


def sprite(archive: tarfile.TarFile) -> str:
    """Build the icon sprite: one symbol an icon, in the order of the names, without the icon's own frame."""
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">']
    for name in icon_names():
        try:
            member = archive.extractfile(f"package/icons/outline/{name}.svg")
        except KeyError as error:
            raise VendorError(f"There is no icon {name!r}; mend {ICON_NAMES}.") from error
        drawing = member.read().decode() if member else ""
        shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", drawing)
        kept = [re.sub(r"\s*/>", "/>", shape) for shape in shapes if 'stroke="none"' not in shape]
        lines.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{"".join(kept)}</symbol>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def renew() -> None:
    """Fetch every package, compare it with the manifest, and write files and manifests."""
    entries: dict[Path, list[dict[str, Any]]] = {SHIPPED: [], TESTS_ONLY: []}
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            archive_path, integrity = packed(package, Path(scratch))
            known = next((p for p in manifest(package.home)["packages"] if p["name"] == package.name), None)
            if known and known["version"] == package.version and known["integrity"] != integrity:
                raise VendorError(
                    f"{package.name} {package.version} has changed since it was vendored; nothing written."
                )
            folder = ROOT / package.home / package.folder
            folder.mkdir(parents=True, exist_ok=True)
            written: dict[str, str] = {}
            with tarfile.open(archive_path) as archive:
                for source, target in package.files.items():
                    member = archive.extractfile(f"package/{source}")
                    if member is None:
                        raise VendorError(f"{package.name} has no file {source}.")
                    (folder / target).write_bytes(member.read())
                    written[(package.home / package.folder / target).as_posix()] = sha256(folder / target)
                if package.builds_sprite:
                    (ROOT / SPRITE).write_text(sprite(archive), encoding="utf-8")
                    written[ICON_NAMES.as_posix()] = sha256(ROOT / ICON_NAMES)
                    written[SPRITE.as_posix()] = sha256(ROOT / SPRITE)
            entries[package.home].append(
                {
                    "name": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "integrity": integrity,
                    "files": written,
                }
            )
    for home, packages in entries.items():
        text = json.dumps({"packages": packages}, indent=2, ensure_ascii=False)
        (ROOT / home / "manifest.json").write_text(text + "\n", encoding="utf-8")


def problems() -> list[str]:
    """Return what differs between the vendored files and the manifests."""
    found: list[str] = []
    for home in (SHIPPED, TESTS_ONLY):
        listed = {
            path: sha for package in manifest(home)["packages"] for path, sha in package["files"].items()
        }
        named = {package["name"]: package["version"] for package in manifest(home)["packages"]}
        for package in PACKAGES:
            if package.home == home and named.get(package.name) != package.version:
                found.append(f"{package.name} {package.version} is not in {home}/manifest.json")
        for path, sha in listed.items():
            if not (ROOT / path).exists():
                found.append(f"{path} is missing")
            elif sha256(ROOT / path) != sha:
                found.append(f"{path} differs from the manifest")
        there = {p.relative_to(ROOT).as_posix() for p in (ROOT / home).rglob("*") if p.is_file()}
        found += [
            f"{path} is not in the manifest"
            for path in sorted(there - set(listed))
            if Path(path).name != "manifest.json"
        ]
    drawn = re.findall(r'<symbol id="i-([^"]+)"', (ROOT / SPRITE).read_text(encoding="utf-8"))
    if drawn != icon_names():
        found.append(f"{SPRITE} does not hold the icons of {ICON_NAMES}")
    return found


def main() -> int:
    """Renew, or with --check only compare."""
    parser = argparse.ArgumentParser(description="Renew or check the vendored front-end files.")
    parser.add_argument(
        "--check", action="store_true", help="compare the files with the manifests, without network"
    )
    try:
        if not parser.parse_args().check:
            renew()
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    found = problems()
    for line in found:
        print(f"{line}. Run make vendor.", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
