from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('stations', '0007_months_and_quarters'),
    ]

    operations = [
        ValidateConstraint('stationmonthly', 'stationmonthly_quarter'),
        ValidateConstraint('stationmonthly', 'stationmonthly_resources'),
    ]
