"""The system user PostgreSQL runs as when the tool chain runs as root.

PostgreSQL refuses to be root. Its own user must be able to walk down to the data folder
and to the programs, which a clone below a private home (mode 0700) does not allow; an
access-control entry then lets exactly this user pass through, and nobody else.
"""

from __future__ import annotations

import os
import pwd
import shutil
import struct
import subprocess
from pathlib import Path

from scripts.venv import stop

NAME = "registry-db"
ACL = "system.posix_acl_access"
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
NO_ID = 0xFFFFFFFF
EXECUTE = 1


def service_user() -> pwd.struct_passwd | None:
    """The user to run PostgreSQL as, made when missing; None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not useradd:
        return pwd.getpwnam("nobody")
    shell = "/usr/sbin/nologin"
    subprocess.run(
        [useradd, "--system", "--user-group", "--no-create-home", "--shell", shell, NAME],
        capture_output=True,
    )
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        stop(f"以 root 运行时数据库需要系统用户 {NAME}，未能建立；请执行 useradd --system {NAME}。")
        raise


def as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    """Arguments of subprocess.run that run a command as `user`."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _can_pass(path: Path, user: pwd.struct_passwd) -> bool:
    check = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return subprocess.run(check, cwd="/", **as_user(user)).returncode == 0


def _let_pass(folder: Path, user: pwd.struct_passwd) -> None:
    """Add `u:NAME:--x` to the folder's access-control list."""
    mode = folder.stat().st_mode
    try:
        raw = os.getxattr(folder, ACL)
        entries = {(tag, who): bits for tag, bits, who in struct.iter_unpack("<HHI", raw[4:])}
    except OSError:
        entries = {
            (USER_OBJ, NO_ID): mode >> 6 & 7,
            (GROUP_OBJ, NO_ID): mode >> 3 & 7,
            (OTHER, NO_ID): mode & 7,
        }
    entries[USER, user.pw_uid] = entries.get((USER, user.pw_uid), 0) | EXECUTE
    entries.setdefault((MASK, NO_ID), entries[GROUP_OBJ, NO_ID])
    entries[MASK, NO_ID] |= EXECUTE
    packed = b"".join(
        struct.pack("<HHI", tag, bits, who) for (tag, who), bits in sorted(entries.items())
    )
    try:
        os.setxattr(folder, ACL, struct.pack("<I", 2) + packed)
    except OSError:
        stop(
            f"数据库以系统用户 {NAME} 运行，但它无法穿过文件夹 {folder}，"
            f"而该文件系统不支持访问控制列表。请执行 chmod o+x {folder}，"
            f"把项目放到其他位置，或设置 DATABASE_URL 使用已有的数据库。"
        )


def open_way(target: Path, user: pwd.struct_passwd | None, *, own: Path | None = None) -> None:
    """Make `target` reachable for the service user, changing as little as possible.

    What is changed outside the folder `own` is said.
    """
    if user is None or _can_pass(target, user):
        return
    for folder in [*reversed(target.parents), target]:
        if not _can_pass(folder, user):
            _let_pass(folder, user)
            if own is None or not folder.is_relative_to(own):
                print(f"已允许数据库用户 {NAME} 穿过 {folder}（不含读取）。", flush=True)


def open_programs(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Make PostgreSQL's own programs readable, where root's umask kept them private."""
    if user is None:
        return
    open_way(folder, user)
    for path in [folder, *folder.rglob("*")]:
        mode = path.lstat().st_mode
        if path.is_symlink():
            continue
        wanted = mode | 0o444 | (0o111 if path.is_dir() or mode & 0o100 else 0)
        if wanted != mode:
            path.chmod(wanted & 0o7777)
