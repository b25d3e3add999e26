import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        ('stations', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='编号')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='建档时间')),
                ('updated_at', models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='更新时间')),
                ('stage', models.CharField(choices=[('10', '需求'), ('20', '立项/入库'), ('30', '采购'), ('40', '签约'), ('50', '实施'), ('60', '中期评估'), ('70', '末期评估'), ('80', '结项'), ('81', '整改'), ('90', '终止')], max_length=2, verbose_name='阶段')),
                ('planned_on', models.DateField(blank=True, null=True, verbose_name='计划日期')),
                ('reached_on', models.DateField(blank=True, null=True, verbose_name='实际日期')),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0, '评估得分应在 0 至 100 之间。'), django.core.validators.MaxValueValidator(100, '评估得分应在 0 至 100 之间。')], verbose_name='评估得分')),
            ],
            options={
                'verbose_name': '里程碑',
                'ordering': ['project_id', 'stage'],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='编号')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='建档时间')),
                ('updated_at', models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='更新时间')),
                ('stage', models.CharField(blank=True, choices=[('40', '签约'), ('60', '中期评估'), ('70', '末期评估'), ('80', '结项')], default='', help_text='除期初已付外必填。', max_length=2, verbose_name='付款节点')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='金额（元）')),
                ('paid_on', models.DateField(blank=True, help_text='除期初已付外必填。', null=True, verbose_name='付款日期')),
                ('is_opening_balance', models.BooleanField(default=False, help_text='建档以前已经付过、没有明细的金额，不填付款节点和日期。', verbose_name='期初已付')),
                ('voucher', models.CharField(blank=True, default='', max_length=60, verbose_name='凭证号')),
                ('ended_on', models.DateField(blank=True, editable=False, null=True, verbose_name='停用日期')),
                ('end_reason', models.CharField(blank=True, default='', editable=False, max_length=200, verbose_name='停用原因')),
            ],
            options={
                'verbose_name': '付款',
                'ordering': ['project_id', 'paid_on'],
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='编号')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='建档时间')),
                ('updated_at', models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='更新时间')),
                ('number', models.CharField(blank=True, default='', max_length=40, verbose_name='项目编号')),
                ('name', models.CharField(max_length=120, verbose_name='项目名称')),
                ('service_field', models.CharField(choices=[('01', '易地扶贫搬迁后续'), ('02', '老年人权益维护'), ('03', '未成年人关爱保护'), ('04', '婚姻家庭及亲子关系'), ('05', '生活困难救助'), ('06', '残障人士关爱'), ('07', '应急处置与社会心理调适'), ('08', '退役军人关爱'), ('09', '教育辅导'), ('10', '校园霸凌防止和师生情绪疏导'), ('11', '人民调解'), ('12', '社区矫正'), ('13', '戒毒康复'), ('14', '法律援助'), ('15', '职工权益维护'), ('16', '文明举止'), ('17', '卫生习惯'), ('18', '信访沟通'), ('90', '乡村振兴'), ('99', '其他')], max_length=2, verbose_name='服务领域')),
                ('fund', models.CharField(choices=[('1', '中央财政'), ('2', '省级财政'), ('3', '市州财政'), ('4', '县级财政'), ('5', '福彩公益金'), ('6', '东西部协作'), ('7', '慈善捐赠'), ('9', '其他')], max_length=1, verbose_name='资金来源')),
                ('budget', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='预算金额（元）')),
                ('contract_amount', models.DecimalField(blank=True, decimal_places=2, help_text='不超过预算金额。', max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='合同金额（元）')),
                ('procurement', models.CharField(blank=True, choices=[('1', '公开招标'), ('2', '邀请招标'), ('3', '竞争性谈判'), ('4', '竞争性磋商'), ('5', '单一来源'), ('6', '框架协议'), ('7', '委托')], default='', max_length=1, verbose_name='采购方式')),
                ('started_on', models.DateField(verbose_name='开始日期')),
                ('ends_on', models.DateField(verbose_name='结束日期')),
                ('stage', models.CharField(choices=[('10', '需求'), ('20', '立项/入库'), ('30', '采购'), ('40', '签约'), ('50', '实施'), ('60', '中期评估'), ('70', '末期评估'), ('80', '结项'), ('81', '整改'), ('90', '终止')], default='10', max_length=2, verbose_name='当前阶段')),
                ('staffing', models.CharField(blank=True, default='', max_length=200, verbose_name='人员配备要求')),
                ('ended_on', models.DateField(blank=True, editable=False, null=True, verbose_name='停用日期')),
                ('end_reason', models.CharField(blank=True, default='', editable=False, max_length=200, verbose_name='停用原因')),
            ],
            options={
                'verbose_name': '项目',
                'ordering': ['-started_on', 'name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ProjectEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False, verbose_name='编号')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='建档时间')),
                ('updated_at', models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='更新时间')),
                ('number', models.CharField(blank=True, default='', max_length=40, verbose_name='项目编号')),
                ('name', models.CharField(max_length=120, verbose_name='项目名称')),
                ('service_field', models.CharField(choices=[('01', '易地扶贫搬迁后续'), ('02', '老年人权益维护'), ('03', '未成年人关爱保护'), ('04', '婚姻家庭及亲子关系'), ('05', '生活困难救助'), ('06', '残障人士关爱'), ('07', '应急处置与社会心理调适'), ('08', '退役军人关爱'), ('09', '教育辅导'), ('10', '校园霸凌防止和师生情绪疏导'), ('11', '人民调解'), ('12', '社区矫正'), ('13', '戒毒康复'), ('14', '法律援助'), ('15', '职工权益维护'), ('16', '文明举止'), ('17', '卫生习惯'), ('18', '信访沟通'), ('90', '乡村振兴'), ('99', '其他')], max_length=2, verbose_name='服务领域')),
                ('fund', models.CharField(choices=[('1', '中央财政'), ('2', '省级财政'), ('3', '市州财政'), ('4', '县级财政'), ('5', '福彩公益金'), ('6', '东西部协作'), ('7', '慈善捐赠'), ('9', '其他')], max_length=1, verbose_name='资金来源')),
                ('budget', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='预算金额（元）')),
                ('contract_amount', models.DecimalField(blank=True, decimal_places=2, help_text='不超过预算金额。', max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='合同金额（元）')),
                ('procurement', models.CharField(blank=True, choices=[('1', '公开招标'), ('2', '邀请招标'), ('3', '竞争性谈判'), ('4', '竞争性磋商'), ('5', '单一来源'), ('6', '框架协议'), ('7', '委托')], default='', max_length=1, verbose_name='采购方式')),
                ('started_on', models.DateField(verbose_name='开始日期')),
                ('ends_on', models.DateField(verbose_name='结束日期')),
                ('stage', models.CharField(choices=[('10', '需求'), ('20', '立项/入库'), ('30', '采购'), ('40', '签约'), ('50', '实施'), ('60', '中期评估'), ('70', '末期评估'), ('80', '结项'), ('81', '整改'), ('90', '终止')], default='10', max_length=2, verbose_name='当前阶段')),
                ('staffing', models.CharField(blank=True, default='', max_length=200, verbose_name='人员配备要求')),
                ('ended_on', models.DateField(blank=True, editable=False, null=True, verbose_name='停用日期')),
                ('end_reason', models.CharField(blank=True, default='', editable=False, max_length=200, verbose_name='停用原因')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MilestoneEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False, verbose_name='编号')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='建档时间')),
                ('updated_at', models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='更新时间')),
                ('stage', models.CharField(choices=[('10', '需求'), ('20', '立项/入库'), ('30', '采购'), ('40', '签约'), ('50', '实施'), ('60', '中期评估'), ('70', '末期评估'), ('80', '结项'), ('81', '整改'), ('90', '终止')], max_length=2, verbose_name='阶段')),
                ('planned_on', models.DateField(blank=True, null=True, verbose_name='计划日期')),
                ('reached_on', models.DateField(blank=True, null=True, verbose_name='实际日期')),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0, '评估得分应在 0 至 100 之间。'), django.core.validators.MaxValueValidator(100, '评估得分应在 0 至 100 之间。')], verbose_name='评估得分')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='projects.milestone')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PaymentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False, verbose_name='编号')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='建档时间')),
                ('updated_at', models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='更新时间')),
                ('stage', models.CharField(blank=True, choices=[('40', '签约'), ('60', '中期评估'), ('70', '末期评估'), ('80', '结项')], default='', help_text='除期初已付外必填。', max_length=2, verbose_name='付款节点')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='金额（元）')),
                ('paid_on', models.DateField(blank=True, help_text='除期初已付外必填。', null=True, verbose_name='付款日期')),
                ('is_opening_balance', models.BooleanField(default=False, help_text='建档以前已经付过、没有明细的金额，不填付款节点和日期。', verbose_name='期初已付')),
                ('voucher', models.CharField(blank=True, default='', max_length=60, verbose_name='凭证号')),
                ('ended_on', models.DateField(blank=True, editable=False, null=True, verbose_name='停用日期')),
                ('end_reason', models.CharField(blank=True, default='', editable=False, max_length=200, verbose_name='停用原因')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='projects.payment')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='project',
            name='contractor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='stations.organization', verbose_name='承接方'),
        ),
        migrations.AddField(
            model_name='project',
            name='evaluator',
            field=models.ForeignKey(blank=True, help_text='不能与承接方相同。', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='stations.organization', verbose_name='评估方'),
        ),
        migrations.AddField(
            model_name='project',
            name='purchaser',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='stations.organization', verbose_name='购买方'),
        ),
        migrations.AddField(
            model_name='project',
            name='region',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='实施地区'),
        ),
        migrations.AddField(
            model_name='paymentevent',
            name='project',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.project', verbose_name='项目'),
        ),
        migrations.AddField(
            model_name='payment',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='projects.project', verbose_name='项目'),
        ),
        migrations.AddField(
            model_name='milestoneevent',
            name='project',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.project', verbose_name='项目'),
        ),
        migrations.AddField(
            model_name='milestone',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='projects.project', verbose_name='项目'),
        ),
        migrations.AddField(
            model_name='projectevent',
            name='contractor',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='stations.organization', verbose_name='承接方'),
        ),
        migrations.AddField(
            model_name='projectevent',
            name='evaluator',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text='不能与承接方相同。', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='stations.organization', verbose_name='评估方'),
        ),
        migrations.AddField(
            model_name='projectevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='projectevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='projects.project'),
        ),
        migrations.AddField(
            model_name='projectevent',
            name='purchaser',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='stations.organization', verbose_name='购买方'),
        ),
        migrations.AddField(
            model_name='projectevent',
            name='region',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='core.region', verbose_name='实施地区'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(fields=['region'], name='project_region', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None)), fields=('purchaser', 'name', 'started_on'), name='project_purchaser_name_start', violation_error_message='该购买方已有同名、同开始日期的项目。'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('started_on'))), name='project_order', violation_error_message='结束日期不能早于开始日期，请核对。'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('contract_amount', None), ('contract_amount__lte', models.F('budget')), _connector='OR'), name='project_contract_within_budget', violation_error_message='合同金额不能超过预算金额，请核对。'),
        ),
        migrations.AddConstraint(
            model_name='project',
            constraint=models.CheckConstraint(condition=models.Q(('evaluator', None), ('contractor', None), models.Q(('evaluator', models.F('contractor')), _negated=True), _connector='OR'), name='project_evaluator_is_not_contractor', violation_error_message='评估方不能是承接方，请核对。'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='payment_amount'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('is_opening_balance', True), ('paid_on__isnull', False), _connector='OR'), name='payment_dated_unless_opening'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None), ('is_opening_balance', True)), fields=('project',), name='payment_one_opening_balance'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.UniqueConstraint(fields=('project', 'stage'), name='milestone_once', violation_error_message='这个阶段已有里程碑，请在原来的一条上修改。'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('score', None), models.Q(('score__gte', 0), ('score__lte', 100)), _connector='OR'), name='milestone_score', violation_error_message='评估得分应在 0 至 100 之间。'),
        ),
    ]
