"""Finds the tools that are compared, and installs what is missing from crates.io, PyPI and Debian."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TYPST = "0.15.1"
PYTHON_PACKAGES = ["typst==0.15.2", "weasyprint==70.0", "python-docx==1.2.0"]


class Missing(Exception):
    """A tool is not there and cannot be installed; says why."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(*command: str | Path, expected: tuple[int, ...] = (0,), **options) -> str:
    """Runs a command to its end and returns what it prints; its messages are shown only if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode not in expected:
        words = " ".join(map(str, command))
        raise RuntimeError(
            f"{Path(command[0]).name} ended with {done.returncode}\n{words}\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def complaint(*command: str | Path) -> str:
    """What a command complains of."""
    return subprocess.run(command, capture_output=True, text=True).stderr.strip()


def target_folder() -> Path:
    metadata = run("cargo", "metadata", "--format-version", "1", "--no-deps", cwd=ROOT)
    return Path(json.loads(metadata)["target_directory"])


def anlage(target: Path) -> Path:
    """The program with the settings of its releases, which are those of typst's."""
    say("building anlage")
    run("cargo", "build", "--profile", "dist", cwd=ROOT)
    return target / "dist/anlage"


def typst(home: Path) -> Path:
    """typst's own program, built with the settings of its releases, which crates.io does not know of."""
    program = home / "typst/bin/typst"
    if not program.exists():
        say(f"installing typst-cli {TYPST} from crates.io; that takes some 20 minutes on two cores")
        settings = {"CARGO_PROFILE_RELEASE_LTO": "thin", "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "1"}
        command = ["cargo", "install", "typst-cli", "--version", TYPST, "--locked", "--root", home / "typst"]
        run(*command, env=os.environ | settings | {"CARGO_TARGET_DIR": str(home / "typst-build")})
    return program


def python(home: Path, name: str = "python", packages: list[str] = PYTHON_PACKAGES) -> Path:
    """A Python of its own with the packages that are compared."""
    program, done = home / name / "bin/python", home / name / "packages"
    if not done.exists() or done.read_text().split() != packages:
        say(f"installing {' '.join(packages)} from PyPI")
        run(sys.executable, "-m", "venv", home / name)
        run(program, "-m", "pip", "install", "--quiet", *packages)
        done.write_text("\n".join(packages))
    return program


def package_version(python: Path, package: str) -> str:
    return run(python, "-c", f"from importlib.metadata import version; print(version('{package}'))").strip()


def debian(*packages: str) -> None:
    """Has Debian packages installed."""
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        raise Missing(f"needs the Debian packages {', '.join(packages)}")
    missing = [package for package in packages if not is_installed(package)]
    if not missing:
        return
    if os.geteuid() != 0:
        raise Missing(f"not root; `apt-get install --no-install-recommends {' '.join(missing)}` first")
    say(f"installing {' '.join(missing)} from Debian")
    run("apt-get", "update")
    run(
        "apt-get",
        "install",
        "-y",
        "--no-install-recommends",
        *missing,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )


def is_installed(package: str) -> bool:
    command = ["dpkg-query", "-W", "-f", "${Status}", package]
    return subprocess.run(command, capture_output=True, text=True).stdout == "install ok installed"
