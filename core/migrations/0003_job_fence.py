from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_step'),
    ]

    operations = [
        # squawk: constraint-missing-not-valid: jobs are some thousand rows, read in milliseconds
        # squawk: disallowed-unique-constraint: the same; its index is there as fast
        migrations.AddConstraint(
            model_name='job',
            constraint=models.UniqueConstraint(fields=('id', 'fence'), name='job_fence', violation_error_message='这个任务已由另一个进程接手，请刷新页面。'),
        ),
    ]
