import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0010_papers_register'),
    ]

    operations = [
        # squawk: adding-foreign-key-constraint: the column is new, so there is nothing to read
        migrations.AddField(
            model_name='importbatch',
            name='compared_region',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.region', verbose_name='比对地区'),
        ),
        AddConstraintNotValid(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(('compared_region', None), models.Q(('applied_at', None), ('is_confirmed', False)), _connector='OR'), name='importbatch_comparison_writes_nothing'),
        ),
    ]
