"""make test: pytest against real servers made for it and thrown away afterwards.

With --measure (as in .ci/run) every process notes which lines ran; scripts/gate.py judges.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from scripts import gate, localenv, prepared, venv
from scripts.services import Services

PACKAGES = ("chromium", "fonts-noto-cjk")
# Two cores wait for browsers, servers and time-outs: with four processes hardly ever.
WORKERS = "4"


def _has_cjk_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True)
    return bool(listed.stdout.strip())


def _has_chromium() -> bool:
    return bool(shutil.which("chromium") or shutil.which("chromium-browser"))


def ensure_browser() -> None:
    """Chromium and a Chinese font: installed when allowed, else the one command is printed."""
    if _has_chromium() and _has_cjk_font():
        return
    packages = " ".join(PACKAGES)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        venv.stop(
            "测试需要 Chromium 和中文字体，当前用户无权安装。请执行：\n"
            f"  sudo apt-get update && sudo apt-get install -y {packages}"
        )
    print(f"正在安装 {packages} …", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=env, stdout=subprocess.DEVNULL)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    if subprocess.run(command, env=env, stdout=subprocess.DEVNULL).returncode:
        venv.stop(f"安装失败，请手工执行：apt-get update && apt-get install -y {packages}")


def _secrets() -> dict[str, str]:
    """The same in each run: rows lie in the order of keyed digests, and chance takes them so."""
    said = {
        name: hashlib.sha256(name.encode()).hexdigest()
        for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY")
    }
    return localenv.fresh_secrets() | said | {"FIELD_KEYS": f"k1:{said['FIELD_KEYS'][:32]}"}


def environment(services: Services, folder: str) -> dict[str, str]:
    """What a process needs to run on throw-away servers and on nothing of this machine's own."""
    own = {name: value for name, value in os.environ.items() if name != "DATABASE_REPLICA_URL"}
    return {
        **own,
        **_secrets(),
        "LOCAL_DIR": folder,
        "DATABASE_URL": services.database_url(),
        "REDIS_URL": services.redis_url,
        "DEBUG": "false",
        "HTTPS": "false",
        "BEHIND_PROXY": "false",
    }


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    venv.enter("scripts.test", dev=True)
    ensure_browser()
    signal.signal(signal.SIGTERM, _stop)
    is_measured = "--measure" in sys.argv
    arguments = [word for word in sys.argv[1:] if word != "--measure"]
    if not any(word.startswith(("-n", "--numprocesses")) for word in arguments):
        workers = "0" if "--drill" in arguments else WORKERS
        arguments = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder", *arguments]
    folder = tempfile.mkdtemp(prefix="registry-local-")
    try:
        with prepared.servers() as services:
            runner = gate.begin() if is_measured else [str(venv.PYTHON), "-m"]
            env = environment(services, folder) | {prepared.VARIABLE: prepared.NAME}
            done = subprocess.run([*runner, "pytest", *arguments], cwd=venv.ROOT, env=env)
        reaches_enough = gate.end() if is_measured else True
        return done.returncode or int(not reaches_enough)
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
