from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Letters are found anywhere in a name: pinyin and initials from any syllable."""

    atomic = False

    dependencies = [("talent", "0004_words_of_constraints")]

    operations = [
        TrigramExtension(),
        # It waits for whoever writes at that moment, and leaves half an index where it was cut off.
        migrations.RunSQL("SET lock_timeout = 0", migrations.RunSQL.noop),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS person_sounds", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="person",
            index=GinIndex(
                fields=["pinyin", "initials"],
                name="person_sounds",
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
            ),
        ),
    ]
