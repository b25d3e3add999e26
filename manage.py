#!/usr/bin/env python3
"""Django's command line, run in the project's own virtual environment."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        python = HERE / ".venv" / "bin" / "python"
        if not python.exists() or Path(sys.prefix) == HERE / ".venv":
            sys.exit("请先运行 make setup（或 make run），再使用 manage.py。")
        os.execv(python, [str(python), *sys.argv])
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
