from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0014_paper_lists'),
    ]

    operations = [
        migrations.AlterField(
            model_name='paperform',
            name='lists',
            field=models.JSONField(null=True, verbose_name='填哪些名单'),
        ),
        # Forms of before 0014 got an empty list: the housekeeping looks at them.
        migrations.RunSQL(
            "UPDATE core_paperform SET lists = NULL WHERE lists = '[]'",
            "UPDATE core_paperform SET lists = '[]' WHERE lists IS NULL",
        ),
    ]
