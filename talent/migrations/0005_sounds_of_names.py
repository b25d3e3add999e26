from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Letters are found anywhere in a name: pinyin and initials from any syllable."""

    atomic = False

    dependencies = [("talent", "0004_words_of_constraints")]

    operations = [
        TrigramExtension(),
        AddIndexConcurrently(
            model_name="person",
            index=GinIndex(
                fields=["pinyin", "initials"],
                name="person_sounds",
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
            ),
        ),
    ]
