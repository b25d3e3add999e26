from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0011_comparisons'),
    ]

    operations = [
        ValidateConstraint('importbatch', 'importbatch_comparison_writes_nothing'),
    ]
