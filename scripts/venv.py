"""The virtual environment: made, filled with the pinned requirements, and entered.

Runs on the standard library alone, since it is what a fresh clone starts with.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
UV = "uv==0.13.9"


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


def _fingerprint(requirements: Path) -> str:
    digest = hashlib.sha256()
    for path in (ROOT / "requirements.txt", ROOT / "constraints.txt", requirements):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _make() -> None:
    if sys.version_info < OLDEST:
        stop(f"需要 Python 3.11 或更新版本，当前是 {sys.version.split()[0]}。")
    print("正在建立虚拟环境 .venv …", flush=True)
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True)
    if done.returncode and os.geteuid() == 0 and shutil.which("apt-get"):
        # Debian's python3 comes without ensurepip.
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "python3-venv"], check=False)
        done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        stop("无法建立虚拟环境。Debian/Ubuntu 请先执行：apt-get install python3-venv")


def _pip_index() -> dict[str, str]:
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


def _install(requirements: Path) -> None:
    wanted = ["install", "-q", "-r", str(requirements), "-c", str(ROOT / "constraints.txt")]
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    print(f"正在安装 {requirements.name} …", flush=True)
    uv = subprocess.run([*pip, "install", "-q", UV], capture_output=True)
    if uv.returncode == 0:
        fast = subprocess.run(
            [str(VENV / "bin" / "uv"), "pip", *wanted, "--python", str(PYTHON)],
            env={**os.environ, **_pip_index()},
            capture_output=True,
        )
        if fast.returncode == 0:
            return
    if subprocess.run([*pip, *wanted]).returncode:
        stop("依赖安装失败，请检查网络或 pip 的镜像设置后重试。")


def ensure(*, dev: bool = False) -> Path:
    """Make .venv hold what the requirements say, and return its Python.

    A stamp inside .venv keeps the second start from asking pip anything.
    """
    requirements = ROOT / ("requirements-dev.txt" if dev else "requirements.txt")
    stamp = VENV / f".installed-{requirements.stem}"
    fingerprint = _fingerprint(requirements)
    if stamp.exists() and PYTHON.exists() and stamp.read_text() == fingerprint:
        return PYTHON
    refuse_foreign(VENV)
    if not PYTHON.exists():
        _make()
    _install(requirements)
    stamp.write_text(fingerprint)
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
