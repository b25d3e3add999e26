"""One of the processes that check a large ledger: see core.ledgers.processes."""

import gc
import os
import signal
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from core.ledgers.checking import Checker  # noqa: E402
from core.ledgers.models import ImportBatch  # noqa: E402
from core.ledgers.processes import receive, send  # noqa: E402


def main() -> None:
    """Answer until the input ends; whoever asks is told to stop, not this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What was imported stays; rows are freed without being searched for.
    gc.freeze()
    gc.set_threshold(100_000)
    checker = None
    while (message := receive(sys.stdin.buffer)) is not None:
        head, body = message
        if checker is None or head["anew"]:
            batch = ImportBatch.objects.select_related("by", "region").get(pk=head["batch"])
            batch.places = []
            checker = Checker(batch, after=head["after"])
        checker.learn(head["places"])
        checked = checker.check(body.splitlines())
        answer = {"last": checked.last, "planned": checked.planned, "blank": checked.blank}
        send(sys.stdout.buffer, answer, checked.lines)


if __name__ == "__main__":
    main()
