from django.db import migrations


class Migration(migrations.Migration):
    """A staged row is written once and read a few times: compressing it is wasted work."""

    dependencies = [
        ("core", "0009_job_runner"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE core_importrow SET (toast_tuple_target = 8160)",
            "ALTER TABLE core_importrow RESET (toast_tuple_target)",
        ),
    ]
