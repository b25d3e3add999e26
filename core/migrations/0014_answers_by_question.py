from django.db import migrations, models

# A row that was skipped stays so. One other answer used to stand for every question of its
# row: those are asked anew, when the job has compared the waiting ledgers once more.
_SKIPPED = """
    UPDATE core_importrow SET decisions = '{"row": "skip"}' WHERE decision = 'skip'
"""
_COMPARE_ANEW = """
    UPDATE core_job j SET status = 'queued', attempts = 0, lease_until = NULL, phase = ''
    FROM core_importbatch b
    WHERE b.job_id = j.id AND j.status = 'waiting' AND b.counts <> '{}' AND b.applied_at IS NULL
"""


class Migration(migrations.Migration):
    """Each question of a held row is answered by itself.

    The column `decision` stays in the database for the processes of the version before; the
    release after this one drops it.
    """

    dependencies = [
        ("core", "0013_notice_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="importrow",
            name="decisions",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.RunSQL(_SKIPPED, migrations.RunSQL.noop),
        migrations.RunSQL(_COMPARE_ANEW, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("importrow", "decision")]
        ),
    ]
