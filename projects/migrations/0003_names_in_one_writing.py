"""Names that were kept with half-width marks get the one writing that ledgers and forms give
them now: else the same name, taken in again, would be another one."""

from functools import partial

from django.db import migrations

from core.database import rewrite_names


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_words_of_constraints")]

    operations = [
        migrations.RunPython(
            partial(rewrite_names, model="projects.Project", columns=("name",)), migrations.RunPython.noop
        ),
    ]
