"""Whether a row is applied follows from its batch; only what was taken back is noted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0005_fewer_indexes")]

    operations = [
        migrations.AddField(
            model_name="importrow",
            name="is_undone",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(
            "UPDATE core_importrow r SET is_undone = true FROM core_importbatch b"
            " WHERE b.id = r.batch_id AND b.applied_at IS NOT NULL AND NOT r.is_applied"
            " AND r.outcome IN ('new', 'changed')",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField(model_name="importrow", name="is_applied"),
    ]
