import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('starts_on', models.DateField(verbose_name='开始日期')),
                ('ends_on', models.DateField(help_text='含当日；结算以此日为准。', verbose_name='结束日期')),
                ('baseline_on', models.DateField(verbose_name='基期')),
                ('document_on', models.DateField(blank=True, null=True, verbose_name='文件公布日期')),
                ('document', models.CharField(blank=True, default='', max_length=80, verbose_name='文号')),
            ],
            options={
                'verbose_name': '规划',
                'ordering': ['starts_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='plan_order')],
            },
        ),
        migrations.CreateModel(
            name='PlanEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('code', models.CharField(max_length=20, verbose_name='代码')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('starts_on', models.DateField(verbose_name='开始日期')),
                ('ends_on', models.DateField(help_text='含当日；结算以此日为准。', verbose_name='结束日期')),
                ('baseline_on', models.DateField(verbose_name='基期')),
                ('document_on', models.DateField(blank=True, null=True, verbose_name='文件公布日期')),
                ('document', models.CharField(blank=True, default='', max_length=80, verbose_name='文号')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reports.plan')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('uid', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, unique=True)),
                ('as_of', models.DateField(verbose_name='统计日期')),
                ('computed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='计算时间')),
                ('definitions_version', models.CharField(max_length=40, verbose_name='口径版本')),
                ('divisions_version', models.CharField(max_length=40, verbose_name='区划版本')),
                ('versions', models.JSONField(db_default={}, default=dict, verbose_name='各指标口径版本')),
                ('is_settlement', models.BooleanField(default=False, verbose_name='规划结算')),
                ('seconds', models.FloatField(default=0, verbose_name='用时（秒）')),
                ('marks', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': '快照',
                'ordering': ['-as_of', '-computed_at'],
                'indexes': [models.Index(fields=['-as_of', '-computed_at'], name='snapshot_latest')],
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('document', models.CharField(max_length=80, verbose_name='文号')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='签核时间')),
                ('digest', models.CharField(default='', max_length=64, verbose_name='名单校验码')),
                ('frozen_at', models.DateTimeField(null=True, verbose_name='冻结时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='签核人')),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settlement', to='core.job')),
                ('plan', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='settlement', to='reports.plan')),
                ('snapshot', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settlement', to='reports.snapshot')),
            ],
            options={
                'verbose_name': '规划决算',
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('indicator', models.CharField(max_length=20, verbose_name='指标')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('value', models.PositiveIntegerField(verbose_name='目标值')),
                ('is_rate', models.BooleanField(default=False, verbose_name='按比例（%）')),
                ('clause', models.CharField(blank=True, default='', max_length=40, verbose_name='条款')),
                ('kind', models.CharField(choices=[('1', '约束性'), ('2', '预期性')], default='2', max_length=1, verbose_name='性质')),
                ('document', models.CharField(max_length=80, verbose_name='文号')),
                ('updated_at', models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now())),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='reports.plan', verbose_name='规划')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='地区')),
            ],
            options={
                'verbose_name': '目标',
                'ordering': ['plan_id', 'indicator', 'region_id', 'year'],
            },
        ),
        migrations.CreateModel(
            name='TargetEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                ('indicator', models.CharField(max_length=20, verbose_name='指标')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('value', models.PositiveIntegerField(verbose_name='目标值')),
                ('is_rate', models.BooleanField(default=False, verbose_name='按比例（%）')),
                ('clause', models.CharField(blank=True, default='', max_length=40, verbose_name='条款')),
                ('kind', models.CharField(choices=[('1', '约束性'), ('2', '预期性')], default='2', max_length=1, verbose_name='性质')),
                ('document', models.CharField(max_length=80, verbose_name='文号')),
                ('updated_at', models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now())),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reports.target')),
                ('plan', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='reports.plan', verbose_name='规划')),
                ('region', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.region', verbose_name='地区')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SettledMembers',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('indicator', models.CharField(max_length=20, verbose_name='指标')),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('amounts', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), null=True, size=None)),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='地区')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='reports.settlement')),
            ],
            options={
                'verbose_name': '决算名单',
                'constraints': [models.UniqueConstraint(fields=('settlement', 'indicator', 'region'), name='settledmembers_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='SnapshotValue',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('indicator', models.CharField(max_length=20, verbose_name='指标')),
                ('value', models.IntegerField(null=True, verbose_name='数值')),
                ('denominator', models.IntegerField(null=True, verbose_name='分母')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='地区')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='values', to='reports.snapshot')),
            ],
            options={
                'verbose_name': '快照数值',
                'indexes': [models.Index(fields=['snapshot', 'region'], name='snapshotvalue_region')],
                'constraints': [models.UniqueConstraint(fields=('snapshot', 'indicator', 'region'), name='snapshotvalue_once', nulls_distinct=False)],
            },
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(fields=('plan', 'indicator', 'region', 'year'), name='target_once', violation_error_message='该指标、地区、年度已有目标。'),
        ),
        migrations.CreateModel(
            name='Recount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(verbose_name='统计日期')),
                ('counted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='复核时间')),
                ('night', models.DateField(null=True, verbose_name='所属夜间复核')),
                ('compared', models.PositiveIntegerField(null=True, verbose_name='比对数')),
                ('differing', models.PositiveIntegerField(default=0, verbose_name='不符数')),
                ('differences', models.JSONField(default=list, verbose_name='不符之处')),
            ],
            options={
                'verbose_name': '指标复核',
                'ordering': ['-counted_at', '-id'],
                'indexes': [models.Index(fields=['-counted_at'], name='recount_latest')],
            },
        ),
    ]
