"""A Windows to try things in: Wine, a genuine Windows CPython, and what Tieout depends on, from packages alone.

It is built once per machine, in a cache folder whose name changes with this file and with the dependencies, and takes
about a minute and 1 GB. There is no Excel in it. The libraries of the Windows Python come with panda3d's wheel, whose
`python311.dll` is the Python Software Foundation's own.
"""

from __future__ import annotations

import hashlib
import os
import re
import select
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock
from msgspec import Struct

from tests.readme import ROOT

CACHE = Path(os.environ.get("TIEOUT_WINE_CACHE") or Path.home() / ".cache" / "tieout")
"""Where what was built is kept."""
COMPILER, LISTER = "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-objdump"
PROGRAMS = ("wine", "wineboot", "wineserver", COMPILER, LISTER, "uv")
LIBRARIES = "panda3d==1.10.16"
TOOLS = (
    "babel cryptography hypothesis oletools openpyxl pygal pytest pytest-cov pytest-httpserver pytest-xdist"
    " time-machine"
)
PYTHON, PYTHONW = r"C:\Python311\python.exe", r"C:\Python311\pythonw.exe"
SOURCES = r"C:\tieout"
"""Where `Windows.bring` puts the product; it is on the search path as an installed package is."""
NOISE = ("wine32", "multiarch", "dpkg --add", "apt-get")
STARTER = r"""
#include <windows.h>
typedef int (*main_t)(int, wchar_t **);
static int go(int n, wchar_t **v) {
    HMODULE m = LoadLibraryW(L"python311.dll");
    main_t f = m ? (main_t)GetProcAddress(m, "Py_Main") : NULL;
    return f ? f(n, v) : 99;
}
#ifdef GUI
int WINAPI wWinMain(HINSTANCE i, HINSTANCE p, LPWSTR c, int s) {
    int n; wchar_t **v = CommandLineToArgvW(GetCommandLineW(), &n); return go(n, v);
}
#else
int wmain(int n, wchar_t **v) { return go(n, v); }
#endif
"""
"""`python.exe` and `pythonw.exe`, which the wheel does not bring."""
RANDOM = r"""
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) { return SystemFunction036(p, (ULONG)n); }
"""
"""`bcryptprimitives.dll`, which Wine 8 lacks; without it `cryptography` fails to import."""


class Ended(Struct, frozen=True, kw_only=True):
    """How a program ended.

    Attributes:
        status: its exit status.
        out: what it printed, both streams, without what Wine says of itself.
    """

    status: int
    out: str


class Windows(Struct, frozen=True, kw_only=True):
    """A Windows of its own: a Wine prefix.

    Attributes:
        root: the folder it is built in; `prefix`, `home` and the parts are below it.
    """

    root: Path

    @property
    def drive(self) -> Path:
        """The folder that is its drive C."""
        return self.root / "prefix" / "drive_c"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of each of its programs; none of the machine's but the path."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root / "home"),  # Wine links the folders of Windows into it
            "WINEPREFIX": str(self.root / "prefix"),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=;winemenubuilder.exe=",  # nothing is fetched, no menu on the host
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def run(
        self, *command: str, seconds: float = 180, variables: Mapping[str, str] | None = None, code: str = "utf-8"
    ) -> Ended:
        """Run a program to its end, in the folder of the sources; what it started may go on.

        Args:
            command: the program and its arguments.
            seconds: that it may take.
            variables: of its environment, beside ours.
            code: that its words are in.

        Raises:
            TimeoutError: it took longer; it is ended.
        """
        reading, writing = os.pipe()  # a pipe, because Python dies under Wine where its streams are files
        program = subprocess.Popen(
            ["wine", *command],
            env=self.environment | dict(variables or {}),
            cwd=self.drive / "tieout",
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
        )
        os.close(writing)
        try:
            said = _said(program, reading, time.monotonic() + seconds)
        finally:
            os.close(reading)
            program.kill()
            program.wait()
        lines = said.decode(code, errors="replace").replace("\r\n", "\n").splitlines(keepends=True)
        kept = "".join(line for line in lines if not any(word in line for word in NOISE))
        return Ended(status=program.returncode, out=kept)

    def python(self, code: str, *arguments: str, seconds: float = 180) -> Ended:
        """Run Python code in it."""
        return self.run(PYTHON, "-c", code, *arguments, seconds=seconds)

    def bring(self, *parts: str) -> None:
        """Copy the product's sources into it, anew; and further parts of this repository, such as `tests`."""
        target = self.drive / "tieout"
        shutil.rmtree(target, ignore_errors=True)
        names = ("addin", "workbook", "sync", *parts)
        for name in names:
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        for name in ("tieout.py", "pyproject.toml", "README.md", "README.fr.md"):
            shutil.copy(ROOT / name, target)
        (self.drive / "Python311" / "Lib" / "site-packages" / "tieout.pth").write_text(SOURCES, encoding="utf-8")

    def end(self) -> None:
        """End every program of it."""
        for option in ("-k", "-w"):
            subprocess.run(
                ["wineserver", option],
                env=self.environment,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=60,
            )


def _said(program: subprocess.Popen[bytes], reading: int, until: float) -> bytes:
    """Return what a program says until its end, whoever else holds its pipe open by then."""
    said = b""
    while True:
        ended = program.poll() is not None
        arrived, _, _ = select.select([reading], [], [], 0 if ended else 0.1)
        more = os.read(reading, 65536) if arrived else b""
        said += more
        if ended and not more:
            return said
        if time.monotonic() > until:
            raise TimeoutError(f"{program.args!r} takes too long: {said.decode(errors='replace')}")


def why_not() -> str:
    """Return why no Windows can be had here; empty where one can."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if sys.version_info[:2] != (3, 11):
        return "a Windows Python under Wine takes its standard library from a Python 3.11, which this is not"
    how = "apt-get install wine wine64 gcc-mingw-w64-x86-64"
    return f"no Windows can be built here without {', '.join(missing)} ({how})" if missing else ""


def environment() -> Windows:
    """Return a Windows, built where this machine has none yet.

    Raises:
        CalledProcessError: a step of building it failed; its words are in it.
    """
    windows = Windows(root=CACHE / f"wine-{_key()}")
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(windows.root.with_suffix(".lock")):
        if not (windows.root / "built").exists():
            shutil.rmtree(windows.root, ignore_errors=True)
            _build(windows)
            (windows.root / "built").touch()
    return windows


def _key() -> str:
    """Return what changes with whatever goes into it."""
    wanted = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[project.scripts]")[0]
    return hashlib.sha256((Path(__file__).read_text(encoding="utf-8") + wanted).encode()).hexdigest()[:12]


def _build(windows: Windows) -> None:
    root, python = windows.root, windows.drive / "Python311"
    (root / "home").mkdir(parents=True)
    _wheels(root / "libraries", "--no-deps", LIBRARIES)
    _run("wineboot", "-i", env=windows.environment)
    without_screen = ("reg", "add", r"HKCU\Software\Wine\Drivers", "/v", "Graphics", "/d", "null", "/f")
    _run("wine", *without_screen, env=windows.environment)  # windows can be made, though nobody sees them
    _run("wineserver", "-w", env=windows.environment)
    _compile(
        root, RANDOM, windows.drive / "windows" / "system32" / "bcryptprimitives.dll", "-shared", last="-ladvapi32"
    )
    _standard_library(python, root / "libraries" / "deploy_libs")
    _stable_interface(root, python)
    _compile(root, STARTER, python / "python.exe", "-municode")
    _compile(root, STARTER, python / "pythonw.exe", "-municode", "-mwindows", "-DGUI")
    _wheels(python / "Lib" / "site-packages", "-r", "pyproject.toml", *TOOLS.split())
    shutil.rmtree(root / "libraries")


def _standard_library(python: Path, libraries: Path) -> None:
    """Put together a Python: the modules of this one, the binaries of Windows' own."""
    (python / "DLLs").mkdir(parents=True)
    shutil.copy(libraries / "python311.dll", python)
    shutil.copy(libraries / "VCRUNTIME140.dll", python / "vcruntime140.dll")
    for name in ("*.pyd", "libcrypto-3.dll", "libssl-3.dll", "libffi-8.dll", "sqlite3.dll"):
        for path in libraries.glob(name):
            shutil.copy(path, python / "DLLs")
    unused = ("__pycache__", "site-packages", "lib-dynload", "test", "config-*", "idlelib", "tkinter")
    shutil.copytree(sysconfig.get_path("stdlib"), python / "Lib", ignore=shutil.ignore_patterns(*unused))
    (python / "Lib" / "site-packages").mkdir()


def _stable_interface(root: Path, python: Path) -> None:
    """Make `python3.dll`, which hands every name on to `python311.dll`; `cryptography` asks for it."""
    listed = _run(LISTER, "-p", str(python / "python311.dll")).partition("Name Pointer] Table")[2]
    names = re.findall(r"^\s*\[ *\d+\].*?(\w+)$", listed, re.MULTILINE)
    definition = root / "python3.def"
    definition.write_text("EXPORTS\n" + "".join(f"{name} = python311.{name}\n" for name in names), encoding="utf-8")
    _compile(root, "", python / "python3.dll", "-shared", str(definition))


def _compile(root: Path, code: str, made: Path, *options: str, last: str = "-lshell32") -> None:
    source = root / "source.c"
    source.write_text(code, encoding="utf-8")
    made.parent.mkdir(parents=True, exist_ok=True)
    _run(COMPILER, "-O2", *options, "-o", str(made), str(source), last)


def _wheels(target: Path, *wanted: str) -> None:
    """Unpack wheels for Windows; requirements are judged as Windows would."""
    for_windows = ("--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.11")
    _run("uv", "pip", "install", "--quiet", *for_windows, "--target", str(target), *wanted)


def _run(*command: str, env: Mapping[str, str] | None = None) -> str:
    """Run a program of this machine; what it printed."""
    quiet = subprocess.DEVNULL
    ended = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, stdin=quiet, timeout=600)
    return ended.stdout.decode(errors="replace")
