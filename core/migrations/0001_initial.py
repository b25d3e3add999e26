import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models


# Who wrote a version stands in pghistory_context, which is not ours to give a pgtrigger.
# A request and a job add to their context while they last, so it is closed after a day.
CONTEXT_IS_KEPT = """
CREATE FUNCTION registry_context_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'Cannot % table %', lower(TG_OP), TG_TABLE_NAME;
    ELSIF OLD.created_at < now() - interval '1 day' OR NEW.created_at <> OLD.created_at THEN
        RAISE EXCEPTION 'Cannot change old rows of %', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER context_is_kept BEFORE UPDATE OR DELETE ON pghistory_context
    FOR EACH ROW EXECUTE FUNCTION registry_context_is_kept();
CREATE TRIGGER context_never_emptied BEFORE TRUNCATE ON pghistory_context
    FOR EACH STATEMENT EXECUTE FUNCTION registry_context_is_kept();
"""
CONTEXT_IS_NOT_KEPT = """
DROP TRIGGER context_never_emptied ON pghistory_context;
DROP TRIGGER context_is_kept ON pghistory_context;
DROP FUNCTION registry_context_is_kept();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        # For the exclusion constraint on registration periods.
        BtreeGistExtension(),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='编号')),
                ('username', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9_.-]{3,40}$', '用户名为 3 至 40 位小写字母、数字、点或横线。')], verbose_name='用户名')),
                ('display_name', models.CharField(max_length=50, verbose_name='姓名')),
                ('role', models.CharField(choices=[('clerk', '录入员'), ('reviewer', '审核员'), ('viewer', '领导'), ('worker', '本人'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('auditor', '审计员')], max_length=20, verbose_name='角色')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='下次登录须改密码')),
                ('one_time_expires_at', models.DateTimeField(blank=True, null=True, verbose_name='一次性密码有效至')),
                ('password_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='密码修改时间')),
                ('notice_version', models.CharField(db_default='', default='', editable=False, max_length=10, verbose_name='已阅处理规则')),
                ('notice_at', models.DateTimeField(editable=False, null=True, verbose_name='阅读时间')),
                ('session_key', models.CharField(default='', editable=False, max_length=40)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='开设时间')),
            ],
            options={
                'verbose_name': '账号',
                'ordering': ['region_id', 'username'],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('digest', models.CharField(max_length=128, primary_key=True, serialize=False)),
                ('token_key', models.CharField(db_index=True, max_length=25)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('expiry', models.DateTimeField(blank=True, null=True)),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('purpose', models.CharField(max_length=60, verbose_name='用途')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='auth_token_set', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '接口令牌',
                'ordering': ['-created'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name='编号')),
                ('owner_label', models.CharField(max_length=60, verbose_name='所属记录类型')),
                ('owner_id', models.UUIDField(verbose_name='所属记录')),
                ('purpose', models.CharField(max_length=40, verbose_name='用途')),
                ('name', models.CharField(max_length=120, verbose_name='文件名')),
                ('kind', models.CharField(choices=[('jpg', '照片'), ('png', '图片'), ('pdf', 'PDF')], max_length=3, verbose_name='类型')),
                ('size', models.PositiveIntegerField(verbose_name='大小')),
                ('sha256', models.CharField(max_length=64)),
                ('file_path', models.CharField(max_length=120)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='上传时间')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='移除时间')),
                ('removed_reason', models.CharField(default='', max_length=200, verbose_name='移除原因')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='移除人')),
            ],
            options={
                'verbose_name': '附件',
                'ordering': ['added_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AttachmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, serialize=False, verbose_name='编号')),
                ('owner_label', models.CharField(max_length=60, verbose_name='所属记录类型')),
                ('owner_id', models.UUIDField(verbose_name='所属记录')),
                ('purpose', models.CharField(max_length=40, verbose_name='用途')),
                ('name', models.CharField(max_length=120, verbose_name='文件名')),
                ('kind', models.CharField(choices=[('jpg', '照片'), ('png', '图片'), ('pdf', 'PDF')], max_length=3, verbose_name='类型')),
                ('size', models.PositiveIntegerField(verbose_name='大小')),
                ('sha256', models.CharField(max_length=64)),
                ('file_path', models.CharField(max_length=120)),
                ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='上传时间')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='移除时间')),
                ('removed_reason', models.CharField(default='', max_length=200, verbose_name='移除原因')),
                ('by', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.attachment')),
                ('removed_by', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='移除人')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FormerValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=60, verbose_name='类型')),
                ('object_id', models.UUIDField(verbose_name='记录')),
                ('column', models.CharField(max_length=40, verbose_name='栏')),
                ('value', models.CharField(blank=True, default='', max_length=80, verbose_name='原值')),
                ('since', models.DateField(null=True, verbose_name='自')),
                ('until', models.DateField(verbose_name='至')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'verbose_name': '变更前的值',
                'constraints': [models.UniqueConstraint(fields=('model', 'column', 'object_id', 'until'), name='formervalue_once_a_day'), models.CheckConstraint(condition=models.Q(('since', None), ('since__lt', models.F('until')), _connector='OR'), name='formervalue_order')],
            },
        ),
        migrations.CreateModel(
            name='FormerValueEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('model', models.CharField(max_length=60, verbose_name='类型')),
                ('object_id', models.UUIDField(verbose_name='记录')),
                ('column', models.CharField(max_length=40, verbose_name='栏')),
                ('value', models.CharField(blank=True, default='', max_length=80, verbose_name='原值')),
                ('since', models.DateField(null=True, verbose_name='自')),
                ('until', models.DateField(verbose_name='至')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.formervalue')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20, verbose_name='类别')),
                ('file_name', models.CharField(max_length=255, verbose_name='文件名')),
                ('file_path', models.CharField(default='', max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('sheet', models.CharField(default='', max_length=100, verbose_name='工作表')),
                ('other_sheets', models.JSONField(db_default=[], default=list, verbose_name='其他工作表')),
                ('header_row', models.PositiveIntegerField(default=0, verbose_name='表头行')),
                ('header', models.JSONField(default=list, verbose_name='表头')),
                ('samples', models.JSONField(default=list, verbose_name='示例')),
                ('mapping', models.JSONField(default=dict, verbose_name='列对应')),
                ('places', models.JSONField(default=list, verbose_name='待建单位')),
                ('counts', models.JSONField(default=dict, verbose_name='结果')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='提示项说明')),
                ('is_confirmed', models.BooleanField(default=False, verbose_name='已确认入库')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='入库时间')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='撤销时间')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='上传时间')),
                ('is_repeat', models.BooleanField(default=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
            ],
            options={
                'verbose_name': '导入批次',
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(verbose_name='行号')),
                ('outcome', models.CharField(choices=[('new', '新增'), ('changed', '变更'), ('unchanged', '无变化'), ('duplicate', '重复'), ('held', '待处理'), ('refused', '退回')], default='new', max_length=10)),
                ('key', models.BinaryField(null=True)),
                ('target', models.UUIDField(null=True)),
                ('writes', models.JSONField(default=dict)),
                ('shown', models.JSONField(default=dict)),
                ('messages', models.JSONField(default=list)),
                ('diff', models.JSONField(db_default=[], default=list)),
                ('before', models.JSONField(db_default={}, default=dict)),
                ('decisions', models.JSONField(db_default={}, default=dict)),
                ('is_undone', models.BooleanField(db_default=False, default=False)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='core.importbatch')),
            ],
            options={
                'verbose_name': '导入行',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40, verbose_name='类型')),
                ('status', models.CharField(choices=[('queued', '排队中'), ('running', '进行中'), ('waiting', '待确认'), ('done', '已完成'), ('failed', '失败'), ('cancelled', '已取消')], default='queued', max_length=10, verbose_name='状态')),
                ('phase', models.CharField(default='', max_length=40, verbose_name='阶段')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='已处理')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='总数')),
                ('message', models.TextField(default='', verbose_name='说明')),
                ('payload', models.JSONField(default=dict)),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='尝试次数')),
                ('fence', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('runner', models.CharField(db_default='', default='', max_length=100)),
                ('heartbeat_at', models.DateTimeField(null=True, verbose_name='最近活动')),
                ('is_cancel_requested', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='提交时间')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
            ],
            options={
                'verbose_name': '任务',
                'ordering': ['-created_at'],
            },
        ),
        migrations.AddField(
            model_name='importbatch',
            name='job',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='batch', to='core.job'),
        ),
        migrations.CreateModel(
            name='ReadEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='时间')),
                ('kind', models.CharField(choices=[('list', '名单'), ('detail', '详情'), ('reveal', '查看完整号码'), ('export', '导出'), ('print', '打印'), ('file', '文件'), ('api', '接口'), ('search', '查找')], max_length=10, verbose_name='方式')),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None, verbose_name='涉及人员')),
                ('count', models.PositiveIntegerField(default=0, verbose_name='人数')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='事由')),
                ('detail', models.JSONField(default=dict, verbose_name='说明')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name='查阅人')),
            ],
            options={
                'verbose_name': '查阅记录',
                'ordering': ['-at'],
            },
        ),
        migrations.CreateModel(
            name='Region',
            fields=[
                ('code', models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name='区划代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('level', models.SmallIntegerField(choices=[(1, '省'), (2, '市（州）'), (3, '县（市、区、特区）'), (4, '乡镇（街道）')], verbose_name='级别')),
                ('valid_from', models.DateField(null=True, verbose_name='启用日期')),
                ('valid_to', models.DateField(null=True, verbose_name='撤销日期')),
                ('pinyin', models.CharField(default='', max_length=120, verbose_name='拼音')),
                ('initials', models.CharField(default='', max_length=30, verbose_name='拼音首字母')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='core.region', verbose_name='上级')),
                ('successor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='core.region', verbose_name='划归')),
            ],
            options={
                'verbose_name': '行政区划',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=160)),
                ('code', models.CharField(max_length=40, verbose_name='种类')),
                ('text', models.CharField(max_length=200, verbose_name='内容')),
                ('subject', models.CharField(default='', max_length=60, verbose_name='对象')),
                ('person', models.UUIDField(null=True, verbose_name='涉及人员')),
                ('record_label', models.CharField(max_length=60, verbose_name='缘由类型')),
                ('record_id', models.UUIDField(verbose_name='缘由记录')),
                ('link', models.CharField(default='', max_length=200, verbose_name='链接')),
                ('due_on', models.DateField(null=True, verbose_name='期限')),
                ('permission', models.CharField(default='', max_length=80, verbose_name='收件权限')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='时间')),
                ('done_at', models.DateTimeField(null=True, verbose_name='知道时间')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='了结时间')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='知道人')),
                ('to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='收件账号')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.region', verbose_name='收件地区')),
            ],
            options={
                'verbose_name': '提醒',
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.AddField(
            model_name='job',
            name='region',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='辖区'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='region',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='填报单位辖区'),
        ),
        migrations.CreateModel(
            name='ColumnMemory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('header', models.CharField(max_length=120, verbose_name='表头文字')),
                ('attribute', models.CharField(blank=True, max_length=60, verbose_name='对应列')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='core.region')),
            ],
            options={
                'verbose_name': '列对应记忆',
            },
        ),
        migrations.AddField(
            model_name='user',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='core.region', verbose_name='辖区'),
        ),
        migrations.CreateModel(
            name='RegionMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=60, verbose_name='类型')),
                ('object_id', models.UUIDField(verbose_name='记录')),
                ('until', models.DateField(help_text='在接续地区的第一天', verbose_name='至')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.region', verbose_name='原地区')),
            ],
            options={
                'verbose_name': '区划变动前的地区',
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('entity', models.CharField(max_length=60, verbose_name='名单')),
                ('name', models.CharField(max_length=20, verbose_name='名称')),
                ('query', models.CharField(max_length=2000, verbose_name='条件')),
                ('is_default', models.BooleanField(default=False, verbose_name='默认打开')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '常用筛选',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('kind', models.CharField(max_length=40, verbose_name='事项')),
                ('target', models.CharField(default='', max_length=100, verbose_name='对象')),
                ('region_code', models.CharField(default='', max_length=12, verbose_name='辖区')),
                ('detail', models.JSONField(default=dict, verbose_name='说明')),
                ('seal', models.BinaryField(max_length=32)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
            ],
            options={
                'verbose_name': '安全日志',
                'ordering': ['-id'],
            },
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['owner_id'], name='attachment_owner'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('owner_label', 'owner_id', 'sha256'), name='attachment_once', violation_error_message='这个文件已经在这条记录里。'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('removed_at', None), models.Q(('removed_by__isnull', False), models.Q(('removed_reason', ''), _negated=True)), _connector='OR'), name='attachment_removed_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['batch', 'outcome'], name='importrow_outcome'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('batch', 'number'), name='importrow_batch_number'),
        ),
        migrations.AddIndex(
            model_name='readevent',
            index=django.contrib.postgres.indexes.GinIndex(fields=['people'], name='readevent_people'),
        ),
        migrations.AddIndex(
            model_name='readevent',
            index=models.Index(fields=['user', '-at'], name='readevent_user_at'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('closed_at', None), ('done_at', None)), fields=['region', 'permission'], name='notice_open_region'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['record_id'], name='notice_record'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('closed_at', None)), fields=['code'], name='notice_unclosed_code'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('key',), name='notice_key'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('permission', ''), ('region', None), ('to__isnull', False)), models.Q(('region__isnull', False), ('to', None), models.Q(('permission', ''), _negated=True)), _connector='OR'), name='notice_to_one_or_to_an_office'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('status__in', ['queued', 'running'])), fields=['lease_until'], name='job_open_lease'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.UniqueConstraint(condition=models.Q(('is_repeat', False), ('undone_at', None)), fields=('region', 'kind', 'sha256'), name='importbatch_same_file_once'),
        ),
        migrations.AddConstraint(
            model_name='columnmemory',
            constraint=models.UniqueConstraint(fields=('region', 'kind', 'header'), name='columnmemory_once'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['clerk', 'reviewer', 'viewer', 'worker', 'system_admin', 'security_admin', 'auditor'])), name='user_role_is_one_of_the_roles'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('role', 'worker'), ('region__isnull', False), _connector='OR'), name='user_region_unless_worker'),
        ),
        migrations.AddConstraint(
            model_name='regionmove',
            constraint=models.UniqueConstraint(fields=('model', 'object_id', 'until'), name='regionmove_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('user', 'entity', 'name'), name='savedview_name', violation_error_message='已有同名的常用筛选。'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('user', 'entity'), name='savedview_one_default'),
        ),
        # A staged row is written once and read a few times: compressing it is wasted work.
        migrations.RunSQL(
            "ALTER TABLE core_importrow SET (toast_tuple_target = 8160)",
            "ALTER TABLE core_importrow RESET (toast_tuple_target)",
        ),
        migrations.RunSQL(CONTEXT_IS_KEPT, CONTEXT_IS_NOT_KEPT),
    ]
