"""The virtual environment: made of the one Python, filled from a lock, and entered.

Runs on the standard library alone, and on Pythons that are only there to find the right
one, since it is what a fresh clone starts with.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
# The image, the tests and make run have the same (tests/scripts/test_one_python.py).
VERSION = "3.11"
# The name of a requirements file and its lock; the wider one serves make run as well.
RUN, DEV = "requirements-local", "requirements-dev"


def stop(message: str) -> None:
    """End with a plain sentence instead of a traceback."""
    sys.exit(f"\n{message}\n")


def owner_name(path: Path) -> str:
    import pwd

    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"UID {uid}"


def refuse_foreign(path: Path) -> None:
    """Say plainly that a folder was made by somebody else, before anything trips over it."""
    if path.exists() and path.stat().st_uid != os.geteuid():
        stop(
            f"{path} 是用户 {owner_name(path)} 建立的，当前用户无法接着使用。"
            f"请改用 {owner_name(path)} 运行，或者由其删除该文件夹后重试"
            f"（删除 .local 会清空本机的演示数据）。"
        )


# --- The one Python -----------------------------------------------------------------------
def _is_right(python: str) -> bool:
    asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == VERSION


def find_python() -> str | None:
    """A Python of the right version on this machine: the running one, else one in PATH."""
    found = (sys.executable, shutil.which(f"python{VERSION}"), "/usr/bin/python" + VERSION)
    return next((one for one in found if one and _is_right(one)), None)


def _make() -> None:
    """.venv of the right Python; uv, where the machine has it, finds or fetches one."""
    print("正在建立虚拟环境 .venv …", flush=True)
    python, uv = find_python(), shutil.which("uv")
    if python is None and uv is None:
        stop(
            f"需要 Python {VERSION}，这里的 python3 是 {sys.version.split()[0]}。"
            f"Debian/Ubuntu 请执行：apt-get install python{VERSION} python{VERSION}-venv；"
            f"没有这个软件包的系统请先安装 uv（pip install uv），它会找到或取来 Python {VERSION}。"
        )
    if python is None:
        command = [str(uv), "venv", "--seed", "--clear", "--python", VERSION, str(VENV)]
    else:
        command = [python, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True)
    if done.returncode and python and os.geteuid() == 0 and shutil.which("apt-get"):
        # Debian's Python comes without ensurepip.
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", f"python{VERSION}-venv"], check=False)
        done = subprocess.run(command)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(f"无法建立虚拟环境。Debian/Ubuntu 请先执行：apt-get install python{VERSION}-venv")


# --- What is in it ------------------------------------------------------------------------
def pip_index() -> dict[str, str]:
    """pip's own index settings, handed to uv, which does not read pip's files."""
    found = {}
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        for section in ("global", "install"):
            asked = subprocess.run(
                [str(PYTHON), "-m", "pip", "config", "get", f"{section}.{option}"],
                capture_output=True,
                text=True,
            )
            if asked.returncode == 0 and asked.stdout.strip():
                found[variable] = asked.stdout.strip()
    if os.environ.get("PIP_INDEX_URL"):
        found["UV_DEFAULT_INDEX"] = os.environ["PIP_INDEX_URL"]
    return {name: value for name, value in found.items() if name not in os.environ}


def lock(name: str) -> Path:
    return ROOT / f"{name}.lock"


def locked(package: str) -> str:
    """What the lock says of one package: its version and hashes, as pip reads them."""
    block = rf"^{re.escape(package)}==(?:.*\\\n)*.*\n"
    found = re.search(block, lock(DEV).read_text(), re.MULTILINE)
    if found is None:
        raise LookupError(package)
    return found[0]


def _install(name: str) -> None:
    """By uv, itself taken from the lock, in seconds; by pip where uv is not to be had."""
    print(f"正在安装 {name}.lock …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    wanted = ["-q", "--require-hashes", "-r"]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(locked("uv"))
        file.flush()
        uv = subprocess.run([*pip, "install", *wanted, file.name], capture_output=True)
    if uv.returncode == 0:
        # The widest lock is all there is to be; make run leaves more in place.
        verb = "sync" if name == DEV else "install"
        words = ["-q", "--require-hashes", *(["-r"] if verb == "install" else []), str(lock(name))]
        fast = subprocess.run(
            [str(UV), "pip", verb, "--python", str(PYTHON), *words],
            env={**os.environ, **pip_index()},
            capture_output=True,
        )
        if fast.returncode == 0:
            return
    if subprocess.run([*pip, "install", *wanted, str(lock(name))]).returncode:
        stop("依赖安装失败，请检查网络或 pip 的镜像设置后重试。")


def _stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def _has(name: str) -> bool:
    wanted = hashlib.sha256(lock(name).read_bytes()).hexdigest()
    stamp = _stamp(name)
    return stamp.exists() and stamp.read_text() == wanted


def _stands() -> bool:
    """Whether .venv is there, of the right Python, and that Python still is."""
    return PYTHON.exists() and (VENV / "lib" / f"python{VERSION}").is_dir()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two commands in a fresh clone do not fill the same .venv."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def ensure(*, dev: bool = False) -> Path:
    """Make .venv hold what the lock says, and return its Python.

    A stamp inside .venv keeps the second start from asking pip anything.
    """
    names = (DEV,) if dev else (RUN, DEV)
    if _stands() and any(_has(name) for name in names):
        return PYTHON
    refuse_foreign(VENV)
    with _alone():
        if not _stands():
            _make()
        if not any(_has(name) for name in names):
            _install(names[0])
            digest = hashlib.sha256(lock(names[0]).read_bytes()).hexdigest()
            _stamp(names[0]).write_text(digest)
    return PYTHON


def enter(module: str, *, dev: bool = False) -> None:
    """Carry on in the virtual environment: returns at once when already there."""
    python = ensure(dev=dev)
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.chdir(ROOT)
        os.execv(str(python), [str(python), "-m", module, *sys.argv[1:]])


if __name__ == "__main__":
    ensure(dev="--dev" in sys.argv)
    print("虚拟环境已就绪：.venv")
