"""Names that were kept with half-width marks get the one writing that ledgers and forms give
them now: else the same name, taken in again, would be another one."""

from functools import partial

from django.db import migrations

from core.database import rewrite_names


class Migration(migrations.Migration):
    dependencies = [("talent", "0005_sounds_of_names")]

    operations = [
        migrations.RunPython(
            partial(rewrite_names, model="talent.GraduateStat", columns=("school", "major")), migrations.RunPython.noop
        ),
    ]
