"""需要谈一谈: what a leader should talk about with an expert."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0003_voices'),
        ('directory', '0002_sort_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('kind', models.CharField(choices=[('refusals', '多次不接'), ('overdue', '超时一天以上'), ('empty_advice', '处方落不了地')], max_length=16)),
                ('occurrence', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('facts', models.JSONField(default=dict)),
                ('reasons', models.TextField(blank=True)),
                ('reasons_at', models.DateTimeField(null=True)),
                ('talked_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='cases.case')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.group')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
                ('talked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='directory.person')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('talked_at', None)), fields=['group', 'at'], name='flag_of_group'), models.Index(condition=models.Q(('talked_at', None)), fields=['person', 'at'], name='flag_of_person')],
                'constraints': [models.UniqueConstraint(fields=('person', 'kind', 'case', 'occurrence'), name='flag_once')],
            },
        ),
    ]
