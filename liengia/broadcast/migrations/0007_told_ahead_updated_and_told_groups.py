from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('broadcast', '0006_tests_of_loudspeakers'),
    ]

    operations = [
        migrations.AddField(
            model_name='capitem',
            name='updated',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='playorder',
            name='told_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='dispatch',
            name='told_groups',
            field=models.ManyToManyField(blank=True, related_name='+', to='broadcast.zalogroup'),
        ),
    ]
